"""What hangs on a wall, changed: undo, redo, lock, pages."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from console.i18n import t
from console.widgets.sight import Sight
from console.widgets.wall_alarms import WallAlarms
from console.widgets.wall_plan import History, WallPlan


class WallChanges(WallAlarms):
    """Adds to the painted wall that its plan can be changed, and taken back."""

    said = Signal(str)
    """A sentence for the notice strip: what was done, or why it was not."""

    def __init__(self, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(sight, parent)
        self._history = History()
        self._guard = ""
        self._loaded: WallPlan | None = None

    def guard(self, sentence: str) -> None:
        """Refuse every change with this sentence (a tour walks); ``""`` ends it."""
        self._guard = sentence

    def change(self, plan: WallPlan) -> bool:
        """Take a changed plan, undoable; refused (and said) when locked."""
        if plan == self.plan:
            return False
        if self._guard or self.plan.locked:
            self.said.emit(self._guard or t("wall.wall.locked_refusal"))
            return False
        self._history.remember(self.plan)
        self.set_plan(plan)
        return True

    def held_back(self, *tiles: int) -> bool:
        """True (and said) when one of these tiles is pinned, or lent to an alarm."""
        pinned, lent = (any(tile in held for tile in tiles) for held in (dict(self.plan.pins), self.loans))
        if pinned or lent:
            self.said.emit(self._guard or t("tiles.pin.refusal" if pinned else "alarmtiles.said.refusal"))
        return pinned or lent

    @Slot()
    def toggle_alarm_tile(self) -> None:
        """M: alarms may have the selected tile, or no longer."""
        marked, here = set(self.lending), self.selected
        if here in dict(self.plan.pins):
            self.said.emit(t("tiles.pin.refusal"))
        elif self.change(self.plan.with_alarm_tiles(sorted(marked ^ {here}))):
            said = "unmarked" if here in marked else "marked"
            self.said.emit(t(f"alarmtiles.said.{said}", n=len(marked ^ {here})))

    @Slot()
    def toggle_pin(self) -> None:
        """K: the selected tile keeps its camera, or gives it free again."""
        pinned = self.selected in dict(self.plan.pins)
        if not self.selected_camera:
            return
        if self.selected in self.loans:
            self.held_back(self.selected)
            return
        if self.change(self.plan.pinned(self.selected)):
            self.said.emit(t("tiles.pin.released" if pinned else "tiles.pin.done"))

    def use_alarm_tiles(self, which: str) -> None:
        """``preset``: the lower row; ``none``; ``here``: the selected one as well, or no longer."""
        if which == "here":
            self.toggle_alarm_tile()
        else:
            self.change(self.plan.with_alarm_tiles(None if which == "preset" else ()))

    def load(self, plan: WallPlan) -> None:
        """Hang a stored plan. Naming one is no accident, so a lock does not
        stand in the way; Ctrl+Z brings back what hung before, lock and all."""
        if plan == self.plan:
            return
        self._history.remember(self.plan)
        self._loaded = plan
        self.set_plan(plan)

    @Slot(str)
    def use_layout(self, name: str) -> None:
        """Another preset; the selected camera stays in view."""
        self.change(self.plan.with_layout(name, self.selected_camera))

    @Slot()
    def undo(self) -> None:
        """Take the last change of the layout back."""
        just_loaded = self._loaded is not None and replace(self.plan, page=0) == replace(self._loaded, page=0)
        if self._guard or (self.plan.locked and not just_loaded):
            self.said.emit(self._guard or t("wall.wall.locked_refusal"))
            return
        before = self._history.undo(self.plan)
        if before is None:
            self.said.emit(t("wall.wall.nothing_to_undo"))
            return
        self.set_plan(before)
        self.said.emit(t("wall.wall.undone"))

    @Slot()
    def redo(self) -> None:
        """Do what was taken back again."""
        after = None if self.plan.locked or self._guard else self._history.redo(self.plan)
        if after is not None:
            self.set_plan(after)

    @Slot()
    def toggle_lock(self) -> None:
        """Lock against accident, or unlock."""
        if self._guard:
            self.said.emit(self._guard)
            return
        self.set_plan(self.plan.with_lock(not self.plan.locked))

    @Slot()
    def next_page(self) -> None:
        """The next cameras; looking is not changing."""
        self.set_plan(self.plan.turn(1))

    @Slot()
    def previous_page(self) -> None:
        """The cameras before."""
        self.set_plan(self.plan.turn(-1))

    def bring(self, camera: str) -> None:
        """Turn to the page that shows ``camera`` and select it."""
        if camera not in self.lent:
            self.set_plan(self.plan.bring(camera))
        for tile in self.tiles:
            if tile.camera == camera:
                self.select(tile.index)
