"""What hangs on the walls is written down whenever it changes, so that a shift
can be looked back at with its walls. Nobody has to do anything for it."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from console.domain.rights import RIGHTS
from console.models.past_walls import written
from console.models.tours import GROUP, LAYOUTS, PAGES
from console.services.history_records import GONE, HANGS, WallChange
from console.wiring.part import Part
from console.worker import Rank

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.wiring.tours import Tours, WallTour

#: A wall that is being rearranged is written down once it has rested so long, s.
REST_S: Final = 2.0
#: While the database is away so many changes are kept; more tell nothing.
MOST_WAITING: Final = 500
#: After a failure the database is left alone for so long, s.
AGAIN_S: Final = 30.0
_RIGHT: Final = "layout.edit"
_Sign = tuple[object, ...]


class WallPast(Part):
    """Looks at each wall once a second; writes what is new."""

    def __init__(self, console: ConsoleApp, tours: Tours) -> None:
        super().__init__(console)
        self._tours = tours
        self._told: dict[str, _Sign | None] = {}
        self._coming: dict[str, tuple[_Sign | None, datetime, float]] = {}
        self._rows: deque[WallChange] = deque(maxlen=MOST_WAITING)
        self._again_at = float("-inf")

    def tick(self, now: datetime) -> None:
        """A comparison a wall, unless something hangs otherwise."""
        for name, wall in self._tours.walls.items():
            self._look(name, wall, now)
        if self._rows and self.engine.clock.monotonic() >= self._again_at:
            self.engine.worker.call(self._write, Rank.BACKGROUND, "wall-past")

    def stop(self) -> None:
        """The walls go dark: that is written down, too."""
        now = self.engine.clock.now()
        gone = [name for name, sign in self._told.items() if sign is not None]
        self._rows.extend(self._row(name, None, now) for name in gone)
        self.engine.worker.call(self._write, Rank.PERSON, "wall-past")

    def _look(self, name: str, wall: WallTour, now: datetime) -> None:
        sign = _sign(wall)
        if name in self._told and sign == self._told[name]:
            self._coming.pop(name, None)
            return
        before = self._coming.get(name)
        if before is None or before[0] != sign:
            self._coming[name] = sign, now, self.engine.clock.monotonic()
        _, since, seen = self._coming[name]
        if name in self._told and self.engine.clock.monotonic() - seen < REST_S:
            return
        del self._coming[name]
        known, self._told[name] = self._told.get(name), sign
        if sign is not None or known is not None:
            self._rows.append(self._row(name, wall if sign is not None else None, since))

    def _row(self, name: str, wall: WallTour | None, at: datetime) -> WallChange:
        actor = self.console.actor
        who = actor.name if actor is not None and _RIGHT in RIGHTS[actor.role] else ""
        hung = _hung(wall) if wall is not None else {}
        return WallChange(at, who, self.engine.seat, name, GONE if wall is None else HANGS, hung)

    def _write(self) -> None:
        """In the database's thread. What could not be written is tried again."""
        rows = [self._rows.popleft() for _ in range(len(self._rows))]
        if not rows:
            return
        try:
            self.engine.services.history.hang(rows)
        except Exception:
            self._rows.extendleft(reversed(rows))
            self._again_at = self.engine.clock.monotonic() + AGAIN_S
            raise


def _sign(wall: WallTour) -> _Sign | None:
    """By what two states of a wall differ; ``None`` while nobody can see it."""
    pane = wall.pane
    if not pane.isVisible():
        return None
    tour = wall.tour
    walk: _Sign = ()
    if tour is not None:
        walk = tour.kind, tour.name, tour.dwell_s, tour.paused, tour.stop if tour.kind == LAYOUTS else ""
    plan = pane.wall.plan if tour is None or tour.kind == LAYOUTS else wall.home
    lent = tuple((tile, loan.camera) for tile, loan in sorted(pane.wall.loans.items()))
    return plan, walk, lent


def _hung(wall: WallTour) -> dict[str, Any]:
    view = wall.pane.wall
    plan, tour = view.plan, wall.tour
    layout = plan.arranged(view.width(), view.height())
    walk: dict[str, Any] | None = None
    if tour is not None:
        cameras = plan.slots if tour.kind in (PAGES, GROUP) else tour.stops
        walk = {
            "kind": tour.kind,
            "name": tour.name or (tour.stop if tour.kind == LAYOUTS else ""),
            "stops": [] if tour.kind == LAYOUTS else list(cameras),
            "count": len(tour.stops),
            "dwell_s": max(1, round(tour.dwell_s)),
            "at": tour.at,
            "tile": tour.tile,
            "free": list(plan.free),
            "paused": tour.paused,
        }
    cells = [(cell.x, cell.y, cell.w, cell.h) for cell in layout.cells]
    lent = {tile: loan.camera for tile, loan in view.loans.items()}
    shape = (layout.name, layout.columns, layout.rows, cells)
    return written(shape, plan.shown(), (plan.page, plan.pages), walk, lent)
