"""Tours on the walls: started, paused, halted by an alarm. Only what is looked
at changes; the plan of the wall comes back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

from console.i18n import t
from console.models import board_index
from console.models.tours import CAMERAS, GROUP, LAYOUTS, PAGES, Tour
from console.services.views import BoardView
from console.widgets.hangings import camera_of
from console.widgets.wall_library import plan_of
from console.widgets.wall_pane import WallPane
from console.widgets.wall_plan import WallPlan
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.wiring.layouts import Layouts

#: Seconds a stop is shown unless the tour says otherwise.
DWELL_S: Final = 10


class WallTour(QObject):
    """The tour of one wall, if any."""

    def __init__(self, part: Tours, pane: WallPane) -> None:
        super().__init__(part)
        self._part, self.pane = part, pane
        self.tour: Tour | None = None
        self._home = WallPlan()
        self._cameras: tuple[str, ...] = ()
        self._foreign = False
        #: Seconds at each stop of the next tour that says nothing else.
        self.dwell_s: float = DWELL_S
        pane.wall.tourWanted.connect(self.toggle)

    @property
    def home(self) -> WallPlan:
        """The plan that counts: the wall's own, whatever a tour shows."""
        if self.tour is None:
            return self.pane.wall.plan
        if self.tour.kind == PAGES and not self._foreign:  # pictures may be moved meanwhile
            return replace(self.pane.wall.plan, page=self._home.page % self.pane.wall.plan.pages)
        return self._home

    @Slot()
    def toggle(self) -> None:
        """T: pause or go on; without a tour walk through the pages."""
        now = self._part.now()
        if self.tour is None:
            self.start(PAGES)
        elif self.tour.paused:
            self.tour.resume(now)
            self._go_on()
        else:
            self.tour.pause(now)
        self.tell()

    def start(
        self, kind: str, stops: tuple[str, ...] = (), name: str = "", dwell_s: float = 0.0, at: int = 0
    ) -> bool:
        """Begin; False (and said) when there is nothing to walk through.
        ``dwell_s`` 0: as long as chosen for this wall."""
        self.stop()
        home = self.pane.wall.plan
        if kind == PAGES:
            stops = tuple(str(page) for page in range(home.pages))
        tile = self.pane.wall.selected
        if kind == CAMERAS and tile in dict(home.pins):
            self.pane.say(t("tiles.pin.refusal"))
            return False
        stops_now = self._runs(kind, stops, home)
        if len(stops_now) < 2:
            self.pane.say(t("layouts.tour.nothing"))
            return False
        self._home = home
        self.tour = Tour(
            kind, stops, dwell_s or self.dwell_s, self._part.now(), name, tile, at % len(stops_now)
        )
        self.tour.stops = stops_now
        self._cameras = stops
        if kind != PAGES:
            self.pane.wall.guard(t("layouts.tour.guard"))
        self._show()
        self.tell()
        return True

    def _runs(self, kind: str, stops: tuple[str, ...], home: WallPlan) -> tuple[str, ...]:
        """What counts as one stop: of a group, a page of its cameras."""
        if kind == GROUP:
            walking = sum(one not in home.held for one in stops)
            return tuple(str(page) for page in range(-(-walking // len(home.free)))) if home.free else ()
        if kind == CAMERAS:
            known = self._part.known()
            return tuple(one for one in stops if camera_of(one) in known)
        return stops

    def stay(self, seconds: float) -> None:
        """So long at each stop, from now on."""
        self.dwell_s = seconds
        if self.tour is not None:
            self.tour.dwell_s = seconds
            self.tell()

    def stop(self) -> None:
        """Back to the plan from before."""
        if self.tour is None:
            return
        home = self.home
        self.tour, self._foreign = None, False
        self.pane.wall.guard("")
        self.pane.wall.set_plan(home.following(self._part.known()))
        self.tell()

    def step(self) -> None:
        """Each second: move on when it is time, unless one camera is large."""
        if self.tour is None:
            return
        if not self.pane.focused and self.tour.advance(self._part.now()):
            self._show()
        self.tell()

    def _go_on(self) -> None:
        """After a halt: what an alarm brought goes again."""
        assert self.tour is not None
        if self._foreign:
            self._foreign = False
            self.pane.wall.set_plan(self._home)
        self.pane.wall.guard("" if self.tour.kind == PAGES else t("layouts.tour.guard"))
        self._show()

    def _show(self) -> None:
        assert self.tour is not None
        self.pane.wall.set_plan(self._plan(self.tour))

    def _plan(self, tour: Tour) -> WallPlan:
        home = self._home
        if tour.kind == PAGES:
            plan = self.pane.wall.plan
            return replace(plan, page=int(tour.stop) % plan.pages)
        if tour.kind == GROUP:
            slots = tuple(one for one in self._cameras if one not in home.held)
            return replace(home, slots=slots, page=int(tour.stop), seen=frozenset(self._part.known()))
        if tour.kind == LAYOUTS:
            named = self._part.layouts.library.layout(tour.stop)
            try:
                known = self._part.known()
                return plan_of(named.hung, known).keeping(home) if named is not None else home
            except ValueError:
                return home
        return home.lent(tour.tile, tour.stop)

    def shows(self, camera: str) -> bool:
        """The wall's own plan has this camera."""
        return any(camera_of(token) == camera for token in self.home.tokens)

    def halt(self, camera: str) -> None:
        """A new high alarm: stand still and bring the camera."""
        tour, pane = self.tour, self.pane
        if tour is None:
            return
        tour.pause(self._part.now(), camera)
        home, here = self.home, self.shows(camera)
        self._home, self._foreign = home, self._foreign or not here
        plan = home.bring(camera) if here else home.lent(0, camera)
        pane.wall.guard("" if tour.kind == PAGES and not self._foreign else t("layouts.tour.guard"))
        pane.wall.set_plan(plan)
        pane.wall.bring(camera)
        self._say_halted(camera)

    def stand(self, camera: str) -> None:
        """The alarm tiles of this wall show the camera: only stand still."""
        tour = self.tour
        if tour is not None and tour.kind != CAMERAS and not tour.halted:
            tour.pause(self._part.now(), camera)
            self._say_halted(camera)

    def _say_halted(self, camera: str) -> None:
        found = self.pane.wall.camera(camera)
        self.pane.say(t("layouts.tour.halted", camera=found.name if found else camera))
        self.tell()

    def tell(self) -> None:
        """The bar: where, and how long still."""
        tour = self.tour
        if tour is None:
            self.pane.bar.set_tour("")
            self.pane.wall.set_touring("")
            return
        self.pane.wall.set_touring("paused" if tour.paused else "walking")
        facts = {"at": tour.at + 1, "of": len(tour.stops), "left": -int(-tour.left_s(self._part.now()) // 1)}
        state = "halt" if tour.halted else "paused" if tour.paused else "walking"
        found = self.pane.wall.camera(tour.halted) if tour.halted else None
        camera = found.name if found is not None else tour.halted
        words = t(f"layouts.tour.{state}", **facts, camera=camera)
        brief = t(f"layouts.tour.{'alarm' if tour.halted else state}", **facts)
        name = tour.name or t(f"layouts.tour.kind_{tour.kind}")
        self.pane.bar.set_tour(words, t("layouts.tour.spoken", name=name, words=words), brief)

    def kept(self) -> dict[str, Any] | None:
        """The tour for the file, ``None`` without one."""
        tour = self.tour
        if tour is None:
            return None
        return {
            "kind": tour.kind,
            "stops": list(self._cameras),
            "name": tour.name,
            "dwell_s": tour.dwell_s,
            "at": tour.at,
            "tile": tour.tile,
            "paused": tour.paused,
        }

    def restore(self, row: Mapping[str, Any]) -> None:
        """Go on with what :meth:`kept` wrote. Raises as its fields are wrong."""
        stops = tuple(str(one) for one in row["stops"])
        self.pane.wall.select(int(row["tile"]))
        if self.start(str(row["kind"]), stops, str(row["name"]), float(row["dwell_s"]), int(row["at"])):
            assert self.tour is not None
            if row["paused"]:
                self.tour.pause(self._part.now())
            self.tell()


class Tours(Part):
    """All walls' tours; listens to the board for new high alarms."""

    def __init__(self, console: ConsoleApp, layouts: Layouts) -> None:
        super().__init__(console)
        self.layouts = layouts
        self.walls: dict[str, WallTour] = {}
        self._high: frozenset[str] | None = None
        layouts.tours = self

    def now(self) -> float:
        """Seconds that never jump."""
        return self.engine.clock.monotonic()

    def known(self) -> tuple[str, ...]:
        """Ids of all cameras."""
        return tuple(camera.id for camera in self.console.cameras)

    def started(self) -> None:
        """The board tells of alarms."""
        self.console.boarded.connect(self._boarded)

    def wire(self, name: str, pane: WallPane) -> None:
        """A wall that may walk."""
        self.walls[name] = WallTour(self, pane)

    def tick(self, now: datetime) -> None:
        """Move on what is due."""
        for wall in self.walls.values():
            wall.step()

    @Slot(object)
    def _boarded(self, view: BoardView) -> None:
        high = board_index.of(view).high
        before, self._high = self._high, high
        fresh = sorted(high - before) if before is not None else []
        for camera in fresh[:1]:
            self.halt(camera)

    def stand(self, wall: str, camera: str) -> None:
        """The alarm tiles of this wall show the camera."""
        self.walls[wall].stand(camera)

    def halt(self, camera: str) -> None:
        """The walking walls whose plan has the camera stand still and show it;
        where none has, the first one that walks, unless it is seen on alarm
        tiles already. One tile's tour goes on."""
        walking = [
            wall for wall in self.walls.values()
            if wall.tour is not None and wall.tour.kind != CAMERAS and wall.pane.isVisible()
        ]  # fmt: skip
        lent = [wall for wall in self.walls.values() if camera in wall.pane.wall.lent]
        having = [wall for wall in walking if wall.shows(camera)]
        for wall in having or ([] if lent else walking[:1]):
            if wall in lent:
                wall.stand(camera)
            else:
                wall.halt(camera)
