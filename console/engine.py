"""Everything but the windows: store, services, worker, waker, feeds.

Together with ``app.py`` the place where the rooms meet. It knows no Qt, so the
benchmarks and headless commands run the same thing the windows do.
"""

from __future__ import annotations

import itertools
import logging
import os
import platform
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from console.captures import CaptureFailed, Captures
from console.clips import Beside
from console.clock import SystemClock, clock_for
from console.clock_server import demand_true_clock, follow_server
from console.devices.onvif import DeviceAddress
from console.domain.errors import Refusal
from console.domain.model import Camera
from console.feeds import clip
from console.feeds.doctor import chosen
from console.feeds.governor import Governor
from console.feeds.pool import FeedPool
from console.feeds.sources import RING_SECONDS, FeedSource
from console.feeds.streams import StreamChooser
from console.feeds.workload import Workload
from console.i18n import t
from console.notify.outbox import Outbox, channels
from console.report_making import ReportMaker
from console.scheduling.waker import DeadlineWaker
from console.services.assembly import Services, assemble
from console.services.forewarning import LookAhead
from console.services.live_view import LoadLive
from console.services.office import Office
from console.services.people_requests import (
    AddAccount,
    ChangePassword,
    Recover,
    SetAccount,
    SwitchOfficer,
    UnlockDesk,
)
from console.services.ports import Budget, Change
from console.services.requests import (
    Heavy,
    HeavyWrite,
    LoadBoard,
    LoadTrend,
    OpenFromCamera,
    Prompt,
    Reading,
    Request,
    SignIn,
)
from console.services.source_watch import SourceWatch
from console.services.views import CaseAnswer, FeedsView, Pulse, SweepResult
from console.settings import Places
from console.source_watching import build
from console.worker import DatabaseWorker, Rank
from db import Store, open_store

log = logging.getLogger(__name__)

__all__ = ["CaptureFailed", "Engine", "Swept"]


#: How often the clock is compared with the database server's, in seconds.
OFFSET_EVERY_S = 30.0
#: Cameras one feed worker looks after before another one is started.
SHARE = 18
#: What the board's reader answers: boards, charts, what is foretold.
_FOR_READER = (LoadBoard, LoadTrend, LookAhead, LoadLive)
#: What proves or sets a password: each hash costs a twentieth of a second and 64 MiB, and
#: no sweep may stand behind it.
_PROVING = (SignIn, SwitchOfficer, UnlockDesk, Recover, ChangePassword, AddAccount, SetAccount)
#: How soon a thread that computes lets another one in, in seconds.
SWITCH_S = 0.0005


@dataclass(frozen=True, slots=True)
class Swept:
    """Posted after a sweep that changed something."""

    result: SweepResult


class Engine:
    """One console's machinery on one database.

    ``post`` receives frozen objects from any thread: ``Answer``, ``Refused``,
    ``Broke``, ``Change``, ``Swept`` and ``CaptureFailed``. Start order: store, worker, change feed, waker,
    feeds; stopped in reverse.
    """

    def __init__(self, places: Places, post: Callable[[object], None], *, seat: str = "") -> None:
        self.places = places
        self.seat = seat or platform.node()
        self._post = post
        self.store: Store = open_store(places.db_url)
        self.clock: SystemClock = clock_for(str(self.store.purpose))
        root = os.environ.get("FIFTEEN_EVIDENCE", "")
        self.services: Services = assemble(
            self.store.uows,
            self.clock,
            places.data,
            evidence_root=Path(root) if root else None,
            purpose=str(self.store.purpose),
        )
        self.office = Office(self.services)
        tokens = itertools.count(1)
        self.worker = DatabaseWorker(self._handle, post, tokens=tokens)
        # A board of ten thousand cases takes a while to read; in the worker's
        # queue a sweep would stand behind it.
        self.reader = DatabaseWorker(self._handle, post, name="board-reader", tokens=tokens, rest=4.0)
        self.prompt = DatabaseWorker(self._handle, post, name="prompt-reader", tokens=tokens)
        self.heavy = DatabaseWorker(self._handle, post, name="heavy-reader", tokens=tokens, rest=0.5)
        self.waker = DeadlineWaker(self.clock)
        self.feeds: FeedPool | None = None
        self.governor = Governor()
        self.streams = StreamChooser()
        self._cpu = 0.0
        self._reads: tuple[tuple[str, ...], ...] = ()
        self._workload: Workload | None = None
        self.sources: SourceWatch | None = None
        self.captures: Captures | None = None
        self.beside = Beside(clip.describe, self.seat, version("fifteen"))
        ways = channels(self.clock, str(self.store.purpose))
        self.outbox = Outbox(self.services.notices, ways, f"{self.seat}-{os.getpid()}")
        by = f"{self.seat}-{os.getpid()}"
        self.reports = ReportMaker(self.services, self.clock, by, str(self.store.purpose))
        self.sweeps = self.escalated = 0
        self._offset_at = float("-inf")
        self._steps = -1
        self._stopping = threading.Event()

    # -- life -------------------------------------------------------------------
    def start(self) -> None:
        """Start everything that runs without cameras."""
        # Every SQLite call gives the interpreter's lock away and asks for it
        # back; with the default of 5 ms a sweep of twenty calls waits a tenth
        # of a second behind a thread that draws up a large board.
        sys.setswitchinterval(SWITCH_S)
        self.worker.start()
        self.reader.start()
        self.heavy.start()
        self.prompt.start()
        # While the windows are made; nobody types yet.
        self.prompt.call(self.office.warm, Rank.PERSON, "warm")
        self.store.feed.start(self._changed)
        self.outbox.start()
        self.waker.start(self.wake)
        self.wake()

    def open_cameras(
        self, workers: int = 0, engine: str = "auto", ring_seconds: float = RING_SECONDS
    ) -> tuple[Camera, ...]:
        """Start the feeds of all enabled cameras; returns every camera
        configured, without secrets. Opening them waits for nobody.
        ``workers`` 0: one for :data:`SHARE` cameras, at most one a core. ``engine`` ``av``,
        ``vlc`` or ``auto`` decodes tiles that move."""
        with self.store.uows.read() as uow:
            cameras = uow.cameras.all()
        sources = self._sources(cameras)
        wanted = workers or max(1, min(os.cpu_count() or 1, -(-len(sources) // SHARE)))
        self.feeds = FeedPool(sources, self.clock, wanted, ring_seconds=ring_seconds, engine=chosen(engine))
        self.feeds.start()
        self._workload = Workload(self.feeds)
        self.captures = Captures(
            self.feeds, self.places.spool, self.submit, self._post, self._facts_of, self.beside
        )
        return tuple(cameras)

    def watch_sources(self, role: str) -> None:
        """Begin to watch everything but the cases, and to tell of it: cameras (if
        they are open), disks, database, scheduler, backups. ``role``: ``console``
        or ``watch``."""
        self.sources = build(self, role)
        self.sources.start()
        self.reports.start()

    def stop(self) -> None:
        """Stop in reverse order; what people asked for is finished first."""
        self._stopping.set()
        if self.sources is not None:
            self.sources.stop()
        if not self.reports.stop():
            log.error("a planned report did not end in time")
        self.services.slack.stop()
        self.waker.stop()
        if not self.outbox.stop():
            log.error("a sender of notices did not end in time")
        if self.captures is not None:
            self.captures.stop()
        if self.feeds is not None:
            self.feeds.stop()
        self.store.feed.stop()
        if not (self.prompt.stop() and self.heavy.stop() and self.reader.stop() and self.worker.stop()):
            log.error("the database worker did not end in time")
        self.store.close()

    # -- what windows ask (the gateway) -------------------------------------------
    def submit(self, request: object) -> int:
        """Ask the database worker; the answer is posted with this token."""
        if isinstance(request, Heavy | HeavyWrite):
            return self.heavy.submit(request)
        if isinstance(request, (Prompt, *_PROVING)):
            return self.prompt.submit(request)
        worker = self.reader if isinstance(request, _FOR_READER) else self.worker
        return worker.submit(request)

    def pulse(self) -> Pulse:
        """How old the scheduler's heartbeat is, how far off the clock."""
        trouble = self.sources.trouble() if self.sources is not None else None
        away = trouble.since if trouble is not None else None
        return Pulse(self.clock.now(), self.waker.heartbeat(), self.clock.offset_s, away)

    def feeds_view(self) -> FeedsView:
        """State of every camera, from the last reports, and what the governor
        dropped, in words; cheap."""
        return FeedsView(self.feeds.health() if self.feeds is not None else {}, self._dropped())

    # -- what is decoded (one thread: that of the windows) --------------------------
    def wish(self, wishes: Mapping[str, Budget]) -> None:
        """What all walls together would like; the governor grants it."""
        self.governor.wish(wishes, self.clock.monotonic())
        self._grant()

    def attend(self, selected: Collection[str], cased: Collection[str]) -> None:
        """Cameras that are dropped last: selected ones, those with an open case."""
        self.governor.attend(selected, cased)
        self._grant()

    def govern(self) -> None:
        """Once a second: fewer tiles when pictures are late, more when there is room."""
        if self._workload is None:
            return
        load, points = self._workload.read()
        self.governor.measure(points)
        self.governor.review(load, self.clock.monotonic())
        self._cpu = load.cpu
        self._grant()

    def _grant(self) -> None:
        if self.feeds is not None:
            granted = self.governor.granted
            self.feeds.set_budget(self.streams.apply(granted, self.clock.monotonic(), self._cpu))

    def _dropped(self) -> str:
        dropped = self.governor.dropped
        if not dropped.cameras:
            return ""
        return t("wall.governor.dropped", count=len(dropped.cameras), cpu=round(100 * dropped.cpu))

    # -- in the worker's thread ---------------------------------------------------
    def _handle(self, request: object) -> object:
        if isinstance(request, Request) and not isinstance(request, Reading):
            demand_true_clock(self.clock)
        value = self.office.handle(request)
        if isinstance(request, OpenFromCamera) and isinstance(value, CaseAnswer) and self.captures:
            self.captures.take(request.actor, value.case.id, request.camera, request.pressed_at)
        return value

    def wake(self) -> None:
        """Put a sweep into the queue; a burst of these is one sweep."""
        self.worker.call(self._sweep, Rank.SWEEP, "sweep")

    def _sweep(self) -> None:
        if self.clock.monotonic() - self._offset_at >= OFFSET_EVERY_S:
            self._offset_at = self.clock.monotonic()
            follow_server(self.store, self.clock)
        if self.waker.steps != self._steps:
            # Also at the start: nobody knows what the clock did meanwhile.
            self.services.alarms.set_back()
            self._steps = self.waker.steps
        result = self.services.alarms.sweep()
        self.sweeps += 1
        self.waker.swept()
        self.waker.move(self.services.alarms.next_wake(result.until))
        if result.changed:
            self._post(Swept(result))
        self._escalate()

    def _escalate(self) -> None:
        """Call people about what nobody has acknowledged, behind each sweep."""
        done = self.services.escalation.follow()
        self.escalated += done.steps
        if done.notices:
            self.outbox.wake()

    def _changed(self, change: Change) -> None:
        """A commit, here or on another workstation."""
        if self._stopping.is_set():
            return
        self._post(change)
        if "camera" in change.kinds:
            self.worker.call(self._follow_cameras, Rank.SWEEP, "cameras")
        self.wake()

    def device_address(self, camera: str) -> DeviceAddress:
        """Where a camera's device answers, with its login: for the threads that
        speak with it, never for the screens. The host of its stream when none
        is given."""
        with self.store.uows.read() as uow:
            found = uow.cameras.get(camera)
        if found is None:
            raise Refusal("unknown_camera", camera=camera)
        source = self._source(found)
        host = found.host or urlsplit(found.url).hostname or ""
        return DeviceAddress(camera, host, source.username, source.password)

    def clock_offset(self, camera: str) -> float | None:
        """How far a camera's own clock is off, seconds; ``None`` unknown."""
        health = self.feeds.health().get(camera) if self.feeds is not None else None
        return None if health is None else health.clock_offset_s

    def _facts_of(self, camera: str) -> tuple[str, float | None]:
        """Name and clock of a camera, for what is captured from it."""
        source = self.feeds.source(camera) if self.feeds is not None else None
        return (source.name if source is not None else camera), self.clock_offset(camera)

    # -- cameras --------------------------------------------------------------
    def _sources(self, cameras: Iterable[Camera]) -> list[FeedSource]:
        rows = tuple(camera for camera in cameras if camera.enabled)
        self._reads = tuple(map(_how_read, rows))
        return [self._source(camera) for camera in rows]

    def _follow_cameras(self) -> None:
        """Another list of cameras in the database reaches the feeds; those
        read as before keep their connections."""
        if self.feeds is None:
            return
        with self.store.uows.read() as uow:
            cameras = uow.cameras.all()
        if tuple(_how_read(camera) for camera in cameras if camera.enabled) != self._reads:
            self.feeds.replace(self._sources(cameras))

    def _source(self, camera: Camera) -> FeedSource:
        username, password = camera.username, ""
        if camera.secret:
            try:
                password = self.services.vault.open(camera.secret, camera.id)
            except Refusal as refusal:
                # The camera will answer 401 and its tile will say so.
                log.warning("the password of camera %s cannot be read: %s", camera.id, refusal.code)
        return FeedSource(
            camera.id, camera.name, camera.url, camera.url_sub, username, password, camera.enabled
        )


def _how_read(camera: Camera) -> tuple[str, ...]:
    """What a connection to a camera depends on; the rest of its card may
    change without one being cut."""
    return camera.id, camera.name, camera.url, camera.url_sub, camera.username, camera.secret
