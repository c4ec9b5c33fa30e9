"""The console's side of the feeds: workers, budgets, health, pictures, files.

Thread-safe and without Qt. Nothing here blocks but :meth:`FeedPool.stop` and
the calls that say so (they wait for a file a worker writes).
"""

from __future__ import annotations

import itertools
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from console.domain.errors import Refusal
from console.feeds import worker
from console.feeds.files import raise_limit
from console.feeds.focus_player import FocusPlayer
from console.feeds.health import HealthBook
from console.feeds.link import Link
from console.feeds.messages import STALLED_S, Report, WorkerFacts
from console.feeds.replays import Replays
from console.feeds.reviews import Reviews
from console.feeds.slots import FrameSlots, Picture, sweep_leftovers
from console.feeds.sources import IDLE, NO_BUDGET, OPENS_AT_ONCE, RING_SECONDS, FeedSource
from console.services.ports import Budget, Clock, FeedHealth

log = logging.getLogger(__name__)

#: A child that has just been spawned may take so long to say hello.
START_S: Final = 20.0
#: A worker that dies sooner than this after its start is started again slower.
_YOUNG_S: Final = 5.0
_RESTART_MAX_S: Final = 10.0
_WATCH_S: Final = 0.25
_ANSWER_S: Final = {"snapshot": 3.0, "main_picture": 5.0, "clip": 20.0, "recording_clip": 20.0}


@dataclass(slots=True)
class _Share:
    """One worker and what it looks after."""

    index: int
    sources: tuple[FeedSource, ...]
    link: Link | None = None
    facts: WorkerFacts | None = None
    deaths: int = 0
    restart_at: float = 0.0
    restarts: int = 0


def ring_limit() -> int:
    """Bytes all packet rings may hold: min(4 GiB, a quarter of the memory)."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        memory = 8 << 30
    return min(4 << 30, memory // 4)


class FeedPool:
    """All cameras of this console. ``workers`` child processes share them;
    ``decoders`` threads decode in each; ``ring_bytes`` bounds all rings
    together (default :func:`ring_limit`); ``engine`` decodes tiles that move:
    ``av`` or ``vlc``."""

    def __init__(
        self,
        cameras: Sequence[FeedSource],
        clock: Clock,
        workers: int = 1,
        *,
        decoders: int = 1,
        ring_bytes: int | None = None,
        ring_seconds: float = RING_SECONDS,
        engine: str = "av",
    ) -> None:
        self.slots = FrameSlots()
        self._clock = clock
        self._decoders = decoders
        self.engine = engine
        self._ring_bytes = ring_limit() if ring_bytes is None else ring_bytes
        self._ring_seconds = ring_seconds
        self.lock = self._lock = threading.RLock()
        self._shares = [_Share(index, ()) for index in range(max(1, workers))]
        self._cameras: dict[str, FeedSource] = {}
        self._budgets: dict[str, Budget] = {}
        self._book = HealthBook()
        self._asked: dict[int, tuple[Future[Any], _Share]] = {}
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._watcher: threading.Thread | None = None
        self.player = FocusPlayer(self)
        self.reviews = Reviews(self)
        self._clocked_at = 0.0
        self._listeners: dict[str, Callable[[tuple[Any, ...]], None]] = {}
        self._greeters: list[Callable[[tuple[str, ...]], None]] = []
        self.replays = Replays(self)
        self._distribute(cameras)

    def start(self) -> None:
        """Sweep what a dead console left in shared memory, start the workers."""
        raise_limit()
        sweep_leftovers()
        with self._lock:
            if self._watcher is not None:
                return
            self._stopping.clear()
            # The watcher starts the workers: it finds that there are none.
            self._wake.set()
            self._watcher = threading.Thread(target=self._watch, name="feed-pool", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """End every child and unlink the slots; up to a few seconds."""
        self._stopping.set()
        self._wake.set()
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.join()
        with self._lock:
            links = [share.link for share in self._shares if share.link is not None]
            player = self.player.stop()
            links += [player] if player is not None else []
            for share in self._shares:
                share.link = None
            waiting, self._asked = self._asked, {}
        for future, _ in waiting.values():
            future.set_exception(Refusal("no_camera", "stopped"))
        for link in links:
            link.send(("stop",))
        for link in links:
            link.end(3.0)
        self.slots.close()

    def replace(self, cameras: Sequence[FeedSource]) -> None:
        """Look after another list of cameras; those that stay the same keep
        their connections."""
        with self._lock:
            self._distribute(cameras)
            for share in self._shares:
                if share.link is not None:
                    share.link.send(("cameras", share.sources))
                    self._send_budgets(share)

    def _distribute(self, cameras: Sequence[FeedSource]) -> None:
        """A camera that has a worker keeps it; new ones go to the emptiest."""
        wanted = {camera.id: camera for camera in cameras}
        home = {source.id: share.index for share in self._shares for source in share.sources}
        lists: list[list[FeedSource]] = [[] for _ in self._shares]
        for camera in wanted.values():
            if camera.id in home:
                lists[home[camera.id]].append(camera)
        for camera in wanted.values():
            if camera.id not in home:
                min(lists, key=len).append(camera)
        for share, sources in zip(self._shares, lists, strict=True):
            share.sources = tuple(sources)
        for gone in self._cameras.keys() - wanted.keys():
            self.slots.drop(gone)
            self._budgets.pop(gone, None)
            self._book.forget(gone)
        self._cameras = wanted

    def read(self, camera_id: str, after_seq: int = 0) -> Picture | None:
        """Newest picture of a camera (see :meth:`FrameSlots.read`)."""
        return self.slots.read(camera_id, after_seq)

    def set_budget(self, budgets: Mapping[str, Budget]) -> None:
        """Replace all budgets; a camera not named is ``idle``. Never blocks."""
        with self._lock:
            wanted = {
                camera: budget
                for camera, budget in budgets.items()
                if camera in self._cameras and budget.mode != IDLE
            }
            if wanted == self._budgets:
                return
            self._budgets = wanted
            for share in self._shares:
                self._send_budgets(share)

    def budget(self, camera_id: str) -> Budget:
        """The budget in force."""
        return self._budgets.get(camera_id, NO_BUDGET)

    def _send_budgets(self, share: _Share) -> None:
        if share.link is None:
            return
        table: dict[str, tuple[Budget, str]] = {}
        for source in share.sources:
            budget = self._budgets.get(source.id)
            if budget is None:
                continue
            try:
                table[source.id] = (budget, self.slots.ensure(source.id))
            except OSError as error:
                log.error("no shared memory for %s: %s", source.id, error)
        share.link.send(("budgets", table))

    def health(self) -> dict[str, FeedHealth]:
        """What is known of every camera now, judged by ages at this instant:
        a worker that fell silent makes its cameras stale by itself. Of a camera
        that is well it is the same object until its worker tells more."""
        now, at = time.monotonic(), self._clock.now()
        with self._lock:
            return self._book.all(self._cameras.values(), self.budget, now, at)

    def reports(self) -> dict[str, Report]:
        """The newest report of every camera: ring length, losses, back-off; of
        one that is well it may be some seconds old (:mod:`console.feeds.telling`)."""
        with self._lock:
            return dict(self._book.reports)

    def worker_facts(self) -> tuple[WorkerFacts, ...]:
        """How the workers are doing: CPU seconds, picture ages, ring bytes."""
        with self._lock:
            return tuple(share.facts for share in self._shares if share.facts is not None)

    def worker_pids(self) -> tuple[int, ...]:
        """Process ids of the workers that run."""
        with self._lock:
            links = [share.link for share in self._shares if share.link is not None]
            return tuple(link.process.pid or 0 for link in links)

    @property
    def player_pid(self) -> int:
        """Process id of the focus player; 0 when there is none."""
        return self.player.pid

    @property
    def restarts(self) -> int:
        """How many workers had to be replaced since the start."""
        return sum(share.restarts for share in self._shares)

    # -- for what is built on the pool ------------------------------------

    def listen(self, kind: str, listener: Callable[[tuple[Any, ...]], None]) -> None:
        """Hand every event of ``kind`` from any worker to ``listener``, on
        that worker's reader thread. Call before :meth:`start`."""
        self._listeners[kind] = listener

    def greet(self, greeter: Callable[[tuple[str, ...]], None]) -> None:
        """Call ``greeter`` with the cameras of a worker that has just been
        started (again): what it was told before is forgotten. Holds the
        pool's lock; must only :meth:`tell`."""
        self._greeters.append(greeter)

    def tell(self, camera: str, command: tuple[Any, ...]) -> bool:
        """Send a command to the worker that looks after ``camera``; False
        when there is none just now. Never blocks."""
        with self._lock:
            for share in self._shares:
                if share.link is not None and any(source.id == camera for source in share.sources):
                    share.link.send(command)
                    return True
        return False

    # -- files (these wait; never call them on the GUI thread) ------------

    def snapshot(self, camera: str, target: Path) -> datetime:
        """Write the newest picture as JPEG; returns its capture time. Waits
        up to 3 s. Raises ``Refusal`` ``no_camera``, ``disk_full``, ``bad_file``."""
        return self._utc(self._ask("snapshot", camera, (str(target),)))

    def main_picture(self, camera: str, target: Path) -> datetime:
        """The same from the main stream, over a short connection of its own
        when tiles read a sub stream. Waits up to 5 s."""
        return self._utc(self._ask("main_picture", camera, (str(target),)))

    def clip(self, camera: str, seconds: float, end: datetime, target: Path) -> tuple[datetime, float]:
        """Write the ``seconds`` before ``end`` from the ring as MP4, not
        re-encoded, from the key frame at or before the start; returns its true
        start and length in seconds. Waits up to 20 s."""
        stop = time.monotonic() + (end - self._clock.now()).total_seconds()
        start, length = self._ask("clip", camera, (stop - seconds, stop, str(target)))
        return self._utc(start), length

    def recording_clip(
        self, camera: str, seconds: float, end: datetime, target: Path
    ) -> tuple[datetime, float]:
        """The same of the recording that is being replayed (its own time)."""
        stop = time.monotonic() + (end - self._clock.now()).total_seconds()
        start, length = self._ask("recording_clip", camera, (stop - seconds, stop, str(target)))
        return self._utc(start), length

    def utc(self, monotonic: float) -> datetime:
        """Wall time of a monotonic instant, as this console's clock has it."""
        return self._utc(monotonic)

    def _utc(self, monotonic: float) -> datetime:
        return self._clock.now() + timedelta(seconds=monotonic - time.monotonic())

    def _ask(self, kind: str, camera: str, arguments: tuple[Any, ...]) -> Any:
        with self._lock:
            if camera not in self._cameras:
                raise Refusal("unknown_camera", camera=camera)
            share = next(s for s in self._shares if any(c.id == camera for c in s.sources))
            if share.link is None:
                raise Refusal("no_camera", "no_picture", camera=camera)
            number = next(self._numbers)
            future: Future[Any] = Future()
            self._asked[number] = (future, share)
            share.link.send(("ask", number, kind, camera, arguments))
        try:
            return future.result(_ANSWER_S[kind])
        except FutureTimeout:
            raise Refusal("no_camera", "no_answer", camera=camera) from None
        except Refusal as refusal:
            refusal.facts = {**refusal.facts, "camera": camera}
            raise
        finally:
            with self._lock:
                self._asked.pop(number, None)

    # -- the focus player --------------------------------------------------

    def focus(self, camera: str, width: int, height: int) -> str:
        """Play a camera in libVLC, fed from the ring, at most ``width`` ×
        ``height``, into the slot whose key is returned (``focus:<camera>``).
        A second call changes the size. Never blocks."""
        return self.player.focus(camera, width, height)

    def unfocus(self, camera: str) -> None:
        """End the focus player of a camera."""
        self.player.unfocus(camera)

    def source(self, camera: str) -> FeedSource | None:
        """How a camera is reached; ``None`` for one that is not looked after."""
        return self._cameras.get(camera)

    def wake(self) -> None:
        """Let the watcher look at once."""
        self._wake.set()

    # -- children ------------------------------------------------------------

    def _spawn(self, share: _Share) -> None:
        """Start a worker. Starting a process takes a tenth of a second and
        more, so the lock, for which a screen may wait, is taken afterwards."""
        count = len(self._shares)
        opens = max(1, OPENS_AT_ONCE // count)
        arguments = (self._decoders, self._ring_bytes // count, opens, self.engine, self._ring_seconds)
        link = Link(f"fifteen-feeds-{share.index}", worker.main, arguments, self._event)
        with self._lock:
            self._attach(share, link)

    def _attach(self, share: _Share, link: Link) -> None:
        share.link = link
        link.send(("clock", _microseconds(self._clock.now()), time.monotonic()))
        link.send(("cameras", share.sources))
        self._send_budgets(share)
        self.player.attached([source.id for source in share.sources], link.send)
        for greeter in self._greeters:
            greeter(tuple(source.id for source in share.sources))

    def _event(self, link: Link, event: tuple[Any, ...]) -> None:
        """A child's word, on that child's reader thread."""
        kind = event[0]
        if kind in ("report", "news"):
            self._told(link, event)
        elif kind in ("unit", "sound"):
            self.player.take(event)
        elif kind in ("done", "failed"):
            with self._lock:
                future, _ = self._asked.pop(event[1], (None, None))
            if future is not None and kind == "done":
                future.set_result(event[2])
            elif future is not None:
                future.set_exception(Refusal(event[2], event[3]))
        elif kind in self._listeners:
            self._listeners[kind](event)

    def _told(self, link: Link, event: tuple[Any, ...]) -> None:
        with self._lock:
            share = next((share for share in self._shares if share.link is link), None)
            if share is None:
                return
            at: float = event[1]
            when = (at, time.monotonic(), self._clock.now())
            self._book.take(event[2], self._cameras, self.budget, when, share.index)
            if event[0] == "report":
                share.facts = event[3]
                self._book.beat(share.index, at)

    def _watch(self) -> None:
        """Thread: heartbeats, replacements, the clock."""
        while not self._stopping.is_set():
            self._wake.wait(_WATCH_S)
            self._wake.clear()
            if self._stopping.is_set():
                return
            now = time.monotonic()
            try:
                for share in self._shares:
                    self._look_at(share, now)
                self.player.look(now)
                if now - self._clocked_at >= 1.0:
                    self.send_clock(now)
            except Exception:
                log.exception("watching the feed workers")

    def send_clock(self, now: float) -> None:
        """Tell every child what time it is."""
        self._clocked_at = now
        command = ("clock", _microseconds(self._clock.now()), time.monotonic())
        with self._lock:
            for share in self._shares:
                if share.link is not None:
                    share.link.send(command)
            self.player.send(command)

    @staticmethod
    def silent(link: Link, now: float) -> bool:
        """Whether a child has said nothing for too long."""
        return now - link.heard_at > (STALLED_S if link.greeted else START_S)

    def _look_at(self, share: _Share, now: float) -> None:
        link = share.link
        if link is None:
            if now >= share.restart_at and not self._stopping.is_set():
                self._spawn(share)
            return
        hung = share.facts is not None and share.facts.decoder_busy_s > STALLED_S
        if link.alive() and not self.silent(link, now) and not hung:
            if now - link.started_at > _YOUNG_S:
                share.deaths = 0
            return
        log.error("feed worker %s %s; replacing it", link.name, "stalled" if link.alive() else "died")
        young = now - link.started_at < _YOUNG_S
        with self._lock:
            share.deaths = share.deaths + 1 if young else 0
            share.restarts += 1
            share.restart_at = now + _restart_pause(share.deaths)
            share.link = share.facts = None
            lost = [number for number, (_, of) in self._asked.items() if of is share]
            futures = [self._asked.pop(number)[0] for number in lost]
        for future in futures:
            future.set_exception(Refusal("no_camera", "no_picture"))
        link.end(0.0)
        if now >= share.restart_at:
            self._spawn(share)


def _restart_pause(deaths: int) -> float:
    """Seconds before a worker that has died young ``deaths`` times in a row
    is started again: at once after the first, then 1, 2, 4 … 10."""
    return 0.0 if deaths < 2 else min(_RESTART_MAX_S, 2.0 ** (deaths - 2))


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1e6)
