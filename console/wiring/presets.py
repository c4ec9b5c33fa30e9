"""Presets of the room: windows to their monitors, walls hung, light and dimming,
all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal, Slot

from console.i18n import explain, t
from console.services.ports import Change
from console.services.requests import Answer, Broke, Refused
from console.services.room_presets import (
    AT_FIRST,
    DIMMEST,
    DropPreset,
    LoadPresets,
    PutPreset,
    RoomPreset,
)
from console.widgets.dimmer import Dimmer
from console.widgets.wall_library import hung_of
from console.windows.placement import KIOSK, arrange
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.wiring.layouts import Layouts

_MINE = (LoadPresets, PutPreset, DropPreset)


class Presets(Part):
    """``changed()``: the presets or the dimming are others; ``said(sentence)``."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, console: ConsoleApp, layouts: Layouts) -> None:
        super().__init__(console)
        self._layouts = layouts
        self.rows: tuple[RoomPreset, ...] = AT_FIRST
        self.dim = 0
        self._dimmers: dict[int, Dimmer] = {}
        self._asked: dict[int, str] = {}

    def started(self) -> None:
        """New windows are as dark as the others."""
        self.console.monitors.changed.connect(self._darken)
        self.set_dim(self.console.monitors.dim)

    def entered(self) -> None:
        """Another person."""
        self.reload()

    def reload(self) -> None:
        """Read the site's presets anew."""
        if self.console.actor is not None:
            self._submit(LoadPresets(self.console.actor))

    def find(self, name: str) -> RoomPreset | None:
        """The preset of that name."""
        return next((one for one in self.rows if one.name == name), None)

    # -- taken -----------------------------------------------------------------
    @Slot(str)
    def take(self, name: str) -> None:
        """Put windows, walls and light as the preset has them; what has no
        display here is parked and listed."""
        preset, monitors = self.find(name), self.console.monitors
        if preset is None:
            return
        # Light first: windows that are put up anew are as dark as wanted.
        if preset.theme:
            self.console.theme.use(preset.theme)
        self.set_dim(preset.dim)
        if preset.places:
            monitors.arrange(arrange(monitors.room, dict(preset.places), preset.away))
        hung = 0
        for place, what in preset.walls:
            wall = self._layouts.walls.get(place)
            hung += wall is not None and wall.hang(what, keep=True)
        self.said.emit(t("room.said.taken", name=_title(name), walls=hung, parked=len(monitors.parked)))

    # -- saved -----------------------------------------------------------------
    def now(self, name: str) -> RoomPreset:
        """What stands now, under a name."""
        room, placed = self.console.monitors.room, self.console.monitors.placed
        places = tuple((window, home) for window, home in room.homes.items() if window != KIOSK)
        walls = tuple(
            (place, hung_of(self._layouts.tours.walls[place].home))
            for place, one in sorted(self._layouts.walls.items())
            if place in placed.windows and one.pane.isVisible()
        )
        return RoomPreset(name, places, tuple(sorted(room.away)), walls, self.console.theme.name, self.dim)

    @Slot(str)
    def save(self, name: str) -> None:
        """Under a new name."""
        self._put(self.now(name), 0)

    @Slot(str)
    def overwrite(self, name: str) -> None:
        """What stands now takes the place of this preset."""
        old = self.find(name)
        if old is not None:
            self._put(self.now(name), old.version)

    @Slot(str)
    def drop(self, name: str) -> None:
        """Delete it; day, night and emergency are then as at first."""
        actor, old = self.console.actor, self.find(name)
        if actor is not None and old is not None and old.version:
            self._submit(DropPreset(actor, name, old.version), t("room.said.dropped", name=_title(name)))

    def _put(self, preset: RoomPreset, seen: int) -> None:
        if self.console.actor is not None:
            said = t("room.said.saved", name=_title(preset.name))
            self._submit(PutPreset(self.console.actor, replace(preset, version=seen)), said)

    # -- dimmed ----------------------------------------------------------------
    @Slot(int)
    def step_dim(self, step: int) -> None:
        """Darker or lighter by so many per cent."""
        self.set_dim(self.dim + step)

    def set_dim(self, percent: int) -> None:
        """On every window of this program; never so dark that an alarm is lost."""
        self.dim = max(0, min(DIMMEST, percent))
        self.console.monitors.keep_dim(self.dim)
        self._darken()
        self.changed.emit()

    @Slot()
    def _darken(self) -> None:
        for name, window in self.console.windows.items():
            if name == KIOSK:
                continue  # it has its own hours for that
            dimmer = window.findChild(Dimmer)
            if dimmer is None and self.dim:
                dimmer = Dimmer(window)
            if dimmer is not None:
                dimmer.set_percent(self.dim)

    # -- answers ---------------------------------------------------------------
    def _submit(self, request: object, said: str = "") -> None:
        self._asked[self.engine.submit(request)] = said

    def posted(self, what: object) -> None:
        """Answers to what was asked here, changes from other seats."""
        if isinstance(what, Change):
            if "setting" in what.kinds and not what.here:
                self.reload()
        elif isinstance(what, Answer) and isinstance(what.request, _MINE):
            self.rows = cast("tuple[RoomPreset, ...]", what.value)
            if said := self._asked.pop(what.token, ""):
                self.said.emit(said)
            self.changed.emit()
        elif isinstance(what, Refused | Broke) and what.token in self._asked:
            del self._asked[what.token]
            if isinstance(what, Refused):
                self.said.emit(" ".join(explain(what.refusal)))
            if not isinstance(what.request, LoadPresets):
                self.reload()


def _title(name: str) -> str:
    from console.wiring.room import preset_title

    return preset_title(name)
