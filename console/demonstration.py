"""The demonstration: a throw-away district, simulated cameras, case traffic.

Everything in it is real but the street: RTSP over TCP from cameras in a child
process, a SQLite database with the purpose ``demo``, cases moved by the same
services a person uses.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

import db
from console import demo_shift
from console.app import ConsoleApp, Options
from console.clock import SystemClock
from console.domain.model import Actor
from console.domain.vocabulary import FeedState, Role
from console.engine import Engine
from console.i18n import either
from console.page_tour import PageTour
from console.services.assembly import Services, assemble
from console.services.people import Argon2Hasher
from console.services.recorders import ADDRESS
from console.settings import Places
from console.simulation import district, opening
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from console.simulation.display import VirtualDisplay
from console.simulation.stills import Stills
from console.simulation.traffic import Traffic
from console.widgets.stall_meter import StallMeter
from console.wiring.site_setup import SiteSetup
from console.worker import Rank

log = logging.getLogger(__name__)

#: Feeds are measured from this long after the start, in ms: cameras open one
#: after the other and wait for a key frame.
SETTLE_MS = 8000
#: The tour of the pages begins no later than this after the start, in ms.
TOUR_MS = 30_000
#: So long a tour of the pages may go on after the time is over, at most, s.
GRACE_S = 45
#: Who sits at the desk of a demonstration.
VISITOR = "li.na"


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What the command line asked for. ``seconds`` 0: until closed."""

    cameras: int = 36
    speed: float = 1.0
    seconds: float = 0.0
    shots: Path | None = None
    cases_per_hour: float = 12.0
    burst: bool = False
    lang: str = "zh"
    engine: str = "auto"


class DemoSite:
    """The district, its cameras and its morning. Use it in a ``with`` block:
    everything is gone afterwards."""

    def __init__(self, plan: DemoPlan, cache: Path) -> None:
        self.plan = plan
        self._stack = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="fifteen-demo-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.places = Places(f"sqlite:///{self.folder / 'demo.sqlite'}", self.folder, cache)
        self.cameras: SpawnedCameras | None = None
        self.traffic: Traffic | None = None

    def __enter__(self) -> DemoSite:
        try:
            self._build()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _build(self) -> None:
        plan = self.plan
        cameras = SpawnedCameras(
            CameraPlan(count=plan.cameras, cache=self.places.cache, auth=("operator", "district"))
        )
        self.cameras = cameras.start()
        self._stack.callback(cameras.stop)
        db.admin.init(self.places.db_url, "demo")
        store = db.open_store(self.places.db_url)
        try:
            clock = SystemClock()
            services = assemble(store.uows, clock, self.places.data)
            rows = district.camera_rows(plan.cameras, cameras.urls, cameras.urls_sub, cameras.user)
            # The password is no secret here; cheap parameters keep the start short.
            hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
            district.load(store.uows, clock, hasher, services.vault, rows, cameras.password)
            if cameras.urls:
                with store.uows.write() as uow:
                    uow.settings.put(ADDRESS, f"127.0.0.1:{urlsplit(cameras.urls[0]).port}")
                    uow.commit()
        finally:
            store.close()

    def begin(self, engine: Engine) -> None:
        """Fill the morning; the traffic goes on from it."""
        self.traffic = opening.begin(
            engine.store.uows,
            engine.clock,
            engine.services.store,
            cases_per_hour=self.plan.cases_per_hour,
            speed=self.plan.speed,
            burst=self.plan.burst,
            lang=self.plan.lang,
            stills=Stills(self.folder / "stills"),
        )
        demo_shift.begin(engine.services, engine.seat, self.plan.lang)

    @property
    def visitor(self) -> Actor:
        """Who the newcomer is."""
        return Actor(VISITOR, Role.DUTY)

    def suggested(self) -> tuple[tuple[str, str], ...]:
        """Demo users for the sign-in page: those who sit at a desk."""
        desk = (Role.DUTY, Role.LEADER, Role.SUPERVISOR, Role.ADMIN)
        return tuple((u.name, either(u.display_zh, u.display_en)) for u in district.users() if u.role in desk)


class DemoRun(QObject):
    """The console on a :class:`DemoSite`, measured, until the time is over."""

    over = Signal()

    def __init__(self, app: QApplication, site: DemoSite, display: VirtualDisplay | None) -> None:
        super().__init__()
        self.site, self._display = site, display
        plan = site.plan
        options = Options(
            places=site.places,
            lang=plan.lang,
            suggested=site.suggested(),
            actor=site.visitor,
            engine=plan.engine,
        )
        self.console = ConsoleApp(app, options, self)
        site.begin(self.console.engine)
        self.meter = StallMeter(self)
        self.shots: list[str] = []
        self._tour: PageTour | None = None
        self._touring = False
        self._grace = min(GRACE_S, int(plan.seconds / 3)) if plan.seconds else 0
        self._painted: dict[str, tuple[int, int]] = {}
        self._measured_s = 0.0
        self._since = 0.0
        self._ages: list[float] = []
        self._states: dict[str, FeedState] = {}
        self._fps: dict[str, float] = {}
        self._shown: set[str] = set()
        self._clock = self.console.engine.clock
        self._stepper = self._every(500, self._step)
        self._sampler = self._every(1000, self._sample)

    def _every(self, interval_ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    def start(self) -> None:
        """Open the windows and let life begin."""
        plan = self.site.plan
        self.console.closed.connect(self._left)
        self.console.start()
        self._stepper.start()
        QTimer.singleShot(SETTLE_MS, self, self._measure)
        if not plan.seconds:
            # A newcomer sits there: the sheet of keys is the first page shown.
            QTimer.singleShot(1500, self, self._welcome)
        if plan.seconds:
            QTimer.singleShot(int(plan.seconds * 1000), self, self._finish)
            if plan.shots is not None:
                # The wide pages first, then the monitors but one are pulled.
                QTimer.singleShot(min(TOUR_MS, int(plan.seconds * 330)), self, self._first_tour)

    def stop(self) -> None:
        """Close everything; the figures stay."""
        for timer in (self._stepper, self._sampler):
            timer.stop()
        self.meter.stop()
        if self._tour is not None:
            self._tour.close()
            # A tour that was cut short has taken pictures too.
            self.shots += [file for file in self._tour.files if file not in self.shots]
        self.console.stop()

    @property
    def leaving(self) -> bool:
        """Whether the visitor has set up a real site and goes there now."""
        return any(isinstance(part, SiteSetup) and part.leaving for part in self.console.parts)

    # -- life -----------------------------------------------------------------
    @Slot()
    def _welcome(self) -> None:
        self.console.desk.keys.run("help")

    @Slot()
    def _step(self) -> None:
        self.console.engine.worker.call(self._traffic_step, Rank.BACKGROUND, "traffic")

    def _traffic_step(self) -> None:
        if self.site.traffic is not None:
            self.site.traffic.step(self._clock.now())

    def finish(self) -> None:
        """The time is over: no more is measured. Ended early, the states of
        the cameras are those of now."""
        self._close_measure()
        if not self._states:
            self._sample()

    @Slot()
    def _left(self) -> None:
        """The desk was closed: nobody waits for pictures."""
        self._grace = 0
        self._finish()

    @Slot()
    def _finish(self) -> None:
        self.finish()
        if self._touring and self._grace > 0:
            # Half of the pages would be half of the truth: the tour ends first.
            self._grace -= 1
            QTimer.singleShot(1000, self, self._finish)
            return
        self.over.emit()

    # -- pictures of every page -----------------------------------------------
    @Slot()
    def _first_tour(self) -> None:
        if self.site.plan.shots is None:
            return
        # The tour covers walls and pulls monitors: the feeds are measured before.
        self._close_measure()
        self._touring = True
        self._tour = PageTour(self.console, self.site.plan.shots)
        self._tour.finished.connect(self._toured)
        # Nobody grabs a window of six megapixels, or changes the language of
        # all pages twice a second, at work.
        self._tour.taking.connect(self.meter.leave_out)
        self._tour.start()

    @Slot(object)
    def _toured(self, files: list[str]) -> None:
        self.shots += files
        if self._display is None or "desk" not in self.console.windows:
            self._touring = False
            return
        # One display is left: the page with feeds beside the board comes up.
        self._display.unplug(1)
        QTimer.singleShot(2500, self, self._second_tour)

    @Slot()
    def _second_tour(self) -> None:
        if self._tour is not None:
            self._tour.close()
        self._first_tour()

    # -- figures --------------------------------------------------------------
    @Slot()
    def _measure(self) -> None:
        self._painted = self._counts()
        self._shown = self._on_walls()
        self._since = self._clock.monotonic()
        self.meter.start()
        self._sampler.start()

    def _on_walls(self) -> set[str]:
        """Cameras on a tile now; alarm tiles show others than were hung."""
        walls = [pane.wall for pane in self.console.panes if pane.isVisible()]
        return {tile.camera for wall in walls for tile in wall.tiles if tile.camera}

    def _counts(self) -> dict[str, tuple[int, int]]:
        """Per camera: times painted, pictures decoded. A tile is painted for
        other reasons too, and a picture may come while its wall is hidden."""
        feeds = self.console.engine.feeds
        total: dict[str, tuple[int, int]] = {}
        for pane in self.console.panes:
            for camera, count in pane.wall.painted.items():
                picture = feeds.read(camera, 0) if feeds is not None else None
                total[camera] = (total.get(camera, (0, 0))[0] + count, picture.seq if picture else 0)
        return total

    @Slot()
    def _sample(self) -> None:
        feeds = self.console.engine.feeds
        if feeds is None:
            return
        now = self._clock.monotonic()
        seen = self._on_walls()
        self._shown &= seen
        for camera, health in feeds.health().items():
            self._states[camera] = health.state
            picture = feeds.read(camera, 0)
            # What hangs where nobody sees it is not decoded: its last picture has no age to tell.
            if picture is not None and camera in seen and health.state is FeedState.LIVE:
                self._ages.append(now - picture.captured_monotonic)

    def _close_measure(self) -> None:
        """Keep the figures of the cameras that were on a wall all the time."""
        if not self._sampler.isActive() or self._measured_s:
            return
        self._sampler.stop()
        self._measured_s = self._clock.monotonic() - self._since
        after = self._counts()
        none = (0, 0)
        for camera in self._shown:
            (painted, decoded), (p0, d0) = after.get(camera, none), self._painted.get(camera, none)
            self._fps[camera] = min(painted - p0, decoded - d0) / self._measured_s

    def feeds_report(self) -> dict[str, object]:
        """``feeds`` of the report: states at the end of the measurement,
        pictures painted a second, age of the pictures."""
        states = list(self._states.values())
        fps = sorted(self._fps.values())
        ages = sorted(self._ages)
        return {
            "configured": self.site.plan.cameras,
            "live": sum(s is FeedState.LIVE for s in states),
            "stale": sum(s in (FeedState.STALE, FeedState.FROZEN) for s in states),
            "lost": sum(s in (FeedState.LOST, FeedState.BACKOFF) for s in states),
            "fps_min": round(fps[0], 2) if fps else 0.0,
            "fps_mean": round(sum(fps) / len(fps), 2) if fps else 0.0,
            "age_p95_s": round(ages[-(-95 * len(ages) // 100) - 1], 3) if ages else None,
        }


def report(run: DemoRun, seconds: float) -> dict[str, object]:
    """The demonstration's report, as in CLI.md."""
    services = run.console.engine.services
    return {
        "seconds": round(seconds, 1),
        "feeds": run.feeds_report(),
        "cases": _states(services),
        "promises": _promises(services, run.site.visitor),
        "alarms": _alarms(services),
        "gui": run.meter.figures(),
        "shots": run.shots,
    }


def _states(services: Services) -> dict[str, int]:
    with services.uows.read() as uow:
        return {state.value: count for state, count in uow.cases.count_by_state().items() if count}


def _promises(services: Services, actor: Actor) -> dict[str, dict[str, int]]:
    """Kept and broken promises of today's cases and of the hours before."""
    now = services.clock.now()
    figures = services.kpi.figures(
        actor, now - timedelta(hours=12), now + timedelta(minutes=1), cut="reported"
    )
    values = figures.rows[0].values if figures.rows else {}
    out = {}
    for kind in ("decision", "dispatch", "arrival", "total"):
        met = values.get(f"{kind}_met")
        hits, all_of = (int(met.num or 0), int(met.den or 0)) if met is not None else (0, 0)
        out[kind] = {"met": hits, "missed": all_of - hits}
    return out


def _alarms(services: Services) -> dict[str, int]:
    """Alarms raised, how many of them before the deadline, how many taken on."""
    raised = early = acknowledged = 0
    with services.uows.read() as uow:
        for alarm in uow.alarms.find(limit=10_000).rows:
            events = uow.alarms.events_of(alarm.id)
            first = next((e for e in events if e.what == "raised"), None)
            raised += first is not None
            early += first is not None and first.threshold < 100
            acknowledged += any(e.what == "acknowledged" for e in events)
    return {"raised": raised, "early": early, "acknowledged": acknowledged}
