"""What stands behind a large display that runs as a program of its own: it
reads, and nothing else.

It neither sweeps nor calls anybody: its login of the database may be one that
can only read. Whether somebody else watches is told by :class:`KioskState`.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from console.clock import SystemClock, clock_for
from console.clock_server import follow_server
from console.domain.errors import Refusal
from console.domain.model import Camera
from console.feeds.doctor import chosen
from console.feeds.governor import Governor
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.feeds.streams import StreamChooser
from console.feeds.workload import Workload
from console.services.assembly import Services, assemble
from console.services.office import Office
from console.services.ports import Budget, Change
from console.services.views import FeedsView
from console.settings import Places
from console.worker import DatabaseWorker, Rank
from db import Store, open_store

log = logging.getLogger(__name__)

#: Pictures of the past are not wanted here: the rings are short, seconds.
RING_S: Final = 5.0
#: How often the clock is compared with the database server's, in seconds.
OFFSET_EVERY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class CamerasRead:
    """Posted when the list of cameras was read: all that are in use, without
    secrets."""

    cameras: tuple[Camera, ...]


class KioskEngine:
    """Store, one reader, the change feed, and the cameras that are shown.
    ``post`` receives ``Answer``, ``Refused``, ``Broke`` and ``Change``, from
    any thread."""

    def __init__(self, places: Places, post: Callable[[object], None]) -> None:
        self.places = places
        self._post = post
        self.store: Store = open_store(places.db_url)
        self.clock: SystemClock = clock_for(str(self.store.purpose))
        self.services: Services = assemble(
            self.store.uows, self.clock, places.data, purpose=str(self.store.purpose)
        )
        self._office = Office(self.services)
        tokens = itertools.count(1)
        self._reader = DatabaseWorker(self._office.handle, post, name="kiosk-reader", tokens=tokens)
        # An Argon2 hash takes a while; the board must not look old meanwhile.
        self._slow = DatabaseWorker(self._office.handle, post, name="kiosk-slow", tokens=tokens)
        self.feeds: FeedPool | None = None
        self._governor, self._streams = Governor(), StreamChooser()
        self._workload: Workload | None = None
        self._cpu = 0.0
        self._rows: Mapping[str, Camera] = {}
        self._wanted: frozenset[str] = frozenset()
        self._offset_at = float("-inf")
        self._stopping = threading.Event()

    def start(self) -> None:
        """Reader, change feed, feeds without a camera yet."""
        self._reader.start()
        self._slow.start()
        self.feeds = FeedPool((), self.clock, 1, ring_seconds=RING_S, engine=chosen("auto"))
        self.feeds.start()
        self._workload = Workload(self.feeds)
        self._reader.call(self._read_cameras, Rank.SWEEP, "cameras")
        self.store.feed.start(self._changed)

    def stop(self) -> None:
        """In reverse order."""
        self._stopping.set()
        self.store.feed.stop()
        self.services.slack.stop()
        if not (self._slow.stop() and self._reader.stop()):
            log.error("a reader of the large display did not end in time")
        if self.feeds is not None:
            self.feeds.stop()
        self.store.close()

    def submit(self, request: object, *, slow: bool = False) -> int:
        """Ask; the answer is posted with this token."""
        return (self._slow if slow else self._reader).submit(request)

    def follow(self, cameras: Collection[str]) -> None:
        """Read these cameras and no others; returns at once."""
        wanted = frozenset(cameras)
        if wanted != self._wanted:
            self._wanted = wanted
            self._slow.call(self._open, Rank.SWEEP, "feeds")

    def wish(self, wishes: Mapping[str, Budget]) -> None:
        """What the walls would like to see."""
        self._governor.wish(wishes, self.clock.monotonic())
        self._grant()

    def govern(self) -> None:
        """Once a second: fewer tiles when pictures are late; the server's clock."""
        if self.clock.monotonic() - self._offset_at >= OFFSET_EVERY_S:
            self._offset_at = self.clock.monotonic()
            self._slow.call(self._follow_clock, Rank.BACKGROUND, "clock")
        if self._workload is not None:
            load, points = self._workload.read()
            self._governor.measure(points)
            self._governor.review(load, self.clock.monotonic())
            self._cpu = load.cpu
            self._grant()

    def feeds_view(self) -> FeedsView:
        """State of every camera that is read."""
        return FeedsView(self.feeds.health() if self.feeds is not None else {})

    def _follow_clock(self) -> None:
        follow_server(self.store, self.clock)

    def _grant(self) -> None:
        if self.feeds is not None:
            granted = self._governor.granted
            self.feeds.set_budget(self._streams.apply(granted, self.clock.monotonic(), self._cpu))

    def _changed(self, change: Change) -> None:
        if self._stopping.is_set():
            return
        if "camera" in change.kinds:
            self._reader.call(self._read_cameras, Rank.SWEEP, "cameras")
        self._post(change)

    def _read_cameras(self) -> None:
        with self.store.uows.read() as uow:
            rows = tuple(uow.cameras.all())
        self._rows = {one.id: one for one in rows if one.enabled}
        self._post(CamerasRead(tuple(replace(one, username="", secret="") for one in rows if one.enabled)))
        self._slow.call(self._open, Rank.SWEEP, "feeds")

    def _open(self) -> None:
        """Connect to what is wanted and is not connected; let the others go."""
        rows = self._rows
        if self.feeds is not None and not self._stopping.is_set():
            self.feeds.replace([self._source(rows[one]) for one in sorted(self._wanted) if one in rows])

    def _source(self, camera: Camera) -> FeedSource:
        password = ""
        if camera.secret:
            try:
                password = self.services.vault.open(camera.secret, camera.id)
            except Refusal as refusal:
                log.warning("the password of camera %s cannot be read: %s", camera.id, refusal.code)
        return FeedSource(
            camera.id, camera.name, camera.url, camera.url_sub, camera.username, password, camera.enabled
        )
