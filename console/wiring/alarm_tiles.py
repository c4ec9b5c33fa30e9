"""High alarms on the alarm tiles of the walls: shown, held, released, returned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from console.domain.vocabulary import Severity
from console.i18n import t
from console.models.alarm_tiles import (
    AlarmTiles,
    Holding,
    Loan,
    Mark,
    Room,
    Shot,
    Wanted,
    mark_of,
    shots,
    wanted,
)
from console.models.wording import alarm_text, letter
from console.services.ports import FeedHealth
from console.services.views import AlarmRow, BoardView, FeedsView
from console.widgets.keys import Key
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part
from console.wiring.tours import Tours

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.windows.desk_base import DeskBase


class _Wall(QObject):
    """One wall's keys."""

    def __init__(self, part: AlarmTilesPart, name: str, pane: WallPane) -> None:
        super().__init__(part)
        self._part, self.name, self.pane = part, name, pane
        pane.wall.alarmWanted.connect(part.jump)
        pane.wall.alarmReleased.connect(self._release)
        pane.wall.planChanged.connect(self._changed)

    @Slot()
    def _release(self) -> None:
        self._part.release(self.name)

    @Slot(object)
    def _changed(self, _plan: object) -> None:
        self._part.settle()

    def go_to(self, tile: int) -> None:
        """The keyboard on an alarm tile, whatever lies over the wall."""
        pane = self.pane
        pane.window().activateWindow()
        if pane.focused:
            pane.focus_view.close_camera()
        pane.uncover()
        pane.wall.setFocus()
        pane.wall.select(tile)


class AlarmTilesPart(Part):
    """Listens to the board; the walls show what :class:`AlarmTiles` says."""

    def __init__(self, console: ConsoleApp, tours: Tours) -> None:
        super().__init__(console)
        self.tiles = AlarmTiles()
        self.walls: dict[str, _Wall] = {}
        self._tours = tours
        self._view: BoardView | None = None
        self._asked: tuple[Wanted, ...] = ()
        self._by_key: dict[str, Wanted] = {}
        self._health: Mapping[str, FeedHealth] = {}
        self._released: dict[int, Mark] = {}
        self._told: dict[str, tuple[str, str]] = {}

    # -- life -----------------------------------------------------------------
    def wire(self, name: str, pane: WallPane) -> None:
        """A wall that may lend tiles."""
        self.walls[name] = _Wall(self, name, pane)

    def desk(self, window: DeskBase) -> None:
        """Both keys from anywhere in the window."""
        window.add_key(Key("alarm_tile", "Alt+A", "alarm"), self.jump, whole=True)
        window.add_key(Key("alarm_tile_off", "Alt+X", "alarm"), self._release_any, whole=True)

    def started(self) -> None:
        """The board tells of alarms."""
        self.console.boarded.connect(self._boarded)

    def posted(self, what: object) -> None:
        """How the cameras are: only those with a picture are brought up nearby."""
        if isinstance(what, FeedsView):
            self._health = what.health

    def tick(self, now: datetime) -> None:
        """A hand has let go, a wall is seen again: once a second is enough."""
        if self._asked or self.tiles.held:
            self.settle()

    @Slot(object)
    def _boarded(self, view: BoardView) -> None:
        self._view = view
        alarms = {row.alarm.id for row in view.alarms}
        self._released = {one: mark for one, mark in self._released.items() if one in alarms}
        self._ask()

    def _ask(self) -> None:
        if self._view is not None:
            self._asked = wanted(self._view, self.console.cameras, self._released)
            self._by_key = {one.key: one for one in self._asked}
            self.settle()

    # -- showing --------------------------------------------------------------
    def settle(self) -> None:
        """Bring the walls to what the alarms of the board ask for."""
        rooms = [
            Room(name, one.pane.wall.takeable(), one.pane.wall.in_hand())
            for name, one in self.walls.items()
            if one.pane.isVisible()
        ]
        fresh = self.tiles.settle(self._asked, rooms, self._near)
        self._told = {key: told for key, told in self._told.items() if key in self.tiles.held}
        self._show()
        for key in fresh:
            held = self.tiles.held[key]
            wall = self.walls[held.wall]
            wall.pane.say(t("alarmtiles.said.shown", words=self._words(key), n=len(held.cells)))
            self._tours.stand(held.wall, held.cells[0][1].camera)

    def _near(self, one: Wanted, count: int, shown: frozenset[str]) -> tuple[Shot, ...]:
        return shots(one, count, shown, self.console.cameras, self._health)

    def _show(self) -> None:
        loans: dict[str, dict[int, Loan]] = {name: {} for name in self.walls}
        waiting = sum(len(one.rows) for one in self.tiles.waiting)
        for at, (key, held) in enumerate(self._in_order()):
            more = f"+{waiting}" if waiting and at == 0 else ""
            words = self._words(key)
            if held.over:
                words = t("alarmtiles.tile.over", words=words)
            for tile, shot in held.cells:
                loans[held.wall][tile] = self._loan(shot, key, words, more)
        for name, wall in self.walls.items():
            wall.pane.wall.lend(loans[name])
            wall.pane.bar.set_waiting(waiting if wall.pane.wall.lending else 0)

    def _loan(self, shot: Shot, key: str, words: str, more: str) -> Loan:
        if shot.metres is None:
            return Loan(shot.camera, words, letter(Severity.HIGH), more)
        metres = round(shot.metres / 5) * 5
        return Loan(shot.camera, t("alarmtiles.tile.near", metres=metres, number=self._tell(key)[0]))

    def _in_order(self) -> list[tuple[str, Holding]]:
        """What is held, in the order of the walls and tiles."""
        order = list(self.walls)
        return sorted(self.tiles.held.items(), key=lambda one: (order.index(one[1].wall), one[1].lead))

    def _rows(self, key: str) -> tuple[AlarmRow, ...]:
        one = self._by_key.get(key)
        return one.rows if one is not None else ()

    def _tell(self, key: str) -> tuple[str, str]:
        """Number and sentence of an alarm; of one that is over, the last ones."""
        rows = self._rows(key)
        if not rows:
            return self._told.get(key, ("", ""))
        words = t("alarmtiles.tile.alarm", number=rows[0].number, what=alarm_text(rows[0].alarm)).strip()
        if len(rows) > 1:
            words = t("alarmtiles.tile.also", words=words, n=len(rows) - 1)
        self._told[key] = rows[0].number, words
        return self._told[key]

    def _words(self, key: str) -> str:
        return self._tell(key)[1]

    # -- keys -----------------------------------------------------------------
    @Slot()
    def jump(self) -> None:
        """To the next alarm on the walls, tile by tile, round and round."""
        leads = [(held.wall, held.lead) for _, held in self._in_order()]
        if not leads:
            self.console.say(t("alarmtiles.said.none"))
            return
        at = self._at()
        here = next((i for i, one in enumerate(leads) if one == at), -1)
        wall, tile = leads[(here + 1) % len(leads)]
        self.walls[wall].go_to(tile)

    def _at(self) -> tuple[str, int] | None:
        """The wall with the keyboard and its selected tile."""
        walls = (one for one in self.walls.values() if one.pane.wall.hasFocus())
        return next(((one.name, one.pane.wall.selected) for one in walls), None)

    def _release_any(self) -> None:
        at = self._at()
        self.release(at[0] if at is not None else "")

    def release(self, wall: str) -> None:
        """The selected alarm of a wall (or the first there is) gives its tiles
        back, also from under the hand: the officer says so."""
        held = [(key, one) for key, one in self._in_order() if not wall or one.wall == wall]
        selected = self.walls[wall].pane.wall.selected if wall else -1
        chosen = next((one for one in held if selected in dict(one[1].cells)), next(iter(held), None))
        if chosen is None:
            self.console.say(t("alarmtiles.said.none"))
            return
        key = chosen[0]
        words = self._words(key)
        self._released.update({row.alarm.id: mark_of(row.alarm) for row in self._rows(key)})
        self.tiles.held.pop(key)
        pane = self.walls[chosen[1].wall].pane
        if pane.wall.selected in dict(chosen[1].cells):
            pane.wall.leave_alarm()
        pane.say(t("alarmtiles.said.released", words=words))
        self._ask()
