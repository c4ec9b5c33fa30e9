"""A feed worker: a child process that owns a share of the cameras.

One asyncio thread reads all cameras, a few decoder threads turn units into
pictures, one small pool writes files, two threads serve the pipe. No Qt; no
secret but what comes over the pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from console.feeds import clip
from console.feeds.channel import Channel
from console.feeds.decoder import DecoderThread, UtcMap
from console.feeds.messages import NEWS_S, REPORT_S, WorkerFacts
from console.feeds.reader import Ears, reader_for
from console.feeds.relays import relay
from console.feeds.ring import RingStore
from console.feeds.rtp import Unit
from console.feeds.rtsp import RtspError
from console.feeds.sources import MOVING, NO_BUDGET, RING_SECONDS, FeedSource
from console.feeds.telling import Teller
from console.feeds.vlc_engine import VlcDecoders
from console.feeds.worker_replay import WorkerReplays
from console.services.ports import Budget

log = logging.getLogger(__name__)

#: One picture of the main stream is there within this time or not at all.
MAIN_PICTURE_S: Final = 3.0
_STOP_S: Final = 2.0


class Failure(Exception):
    """A request that cannot be met: a refusal's code and detail."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail


class Worker:
    """The asyncio side of a worker process."""

    def __init__(
        self,
        conn: Connection,
        decoders: int,
        ring_bytes: int,
        opens: int,
        engine: str = "av",
        ring_seconds: float = RING_SECONDS,
    ) -> None:
        self._conn = conn
        self._utc = UtcMap()
        # libVLC brings its own threads: one of ours feeds them.
        self._decoders: list[DecoderThread] = (
            [VlcDecoders(0, self._utc)]
            if engine == "vlc"
            else [DecoderThread(n, self._utc) for n in range(max(1, decoders))]
        )
        self._store = RingStore(ring_bytes, ring_seconds)
        self._opens = max(1, opens)
        self._channels: dict[str, Channel] = {}
        self._decoder_of: dict[str, DecoderThread] = {}
        self._files = ThreadPoolExecutor(2, thread_name_prefix="files")
        self._outbox: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
        self._chance = random.Random()
        self._stop: asyncio.Event
        self._gate: asyncio.Semaphore
        self._loop: asyncio.AbstractEventLoop
        self._jobs: set[asyncio.Task[None]] = set()
        self._teller = Teller()
        self._news: set[str] = set()
        self._handlers: dict[str, Callable[..., None]] = {
            "stop": self._end,
            "clock": self._utc.set,
            "cameras": self._set_cameras,
            "budgets": self._set_budgets,
            "relay": self._relay,
            "ask": self._answer,
        }
        self._replays = WorkerReplays(
            self._handlers, self._channels, self._store, self._outbox.put, self._task, self._utc.utc_us
        )

    async def run(self) -> None:
        """Serve until told to stop or the console is gone."""
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._gate = asyncio.Semaphore(self._opens)
        threads = [
            threading.Thread(target=self._receive, name="commands", daemon=True),
            threading.Thread(target=self._send, name="events", daemon=True),
            *self._decoders,
        ]
        for thread in threads:
            thread.start()
        qt = any(name.split(".")[0] in ("PySide6", "shiboken6") for name in sys.modules)
        self._outbox.put(("hello", os.getpid(), qt))
        while not self._stop.is_set():
            self._report()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), REPORT_S)
        await self._close()

    async def _close(self) -> None:
        self._replays.stop()
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await asyncio.gather(*(c.stop() for c in self._channels.values()), return_exceptions=True)
        for decoder in self._decoders:
            decoder.stop()
        for decoder in self._decoders:
            await self._loop.run_in_executor(None, decoder.join, 1.0)
        self._files.shutdown(wait=False, cancel_futures=True)
        self._outbox.put(None)

    def _receive(self) -> None:
        """Thread: commands from the console. Its end is our end."""
        try:
            while True:
                self._loop.call_soon_threadsafe(self._command, self._conn.recv())
        except (EOFError, OSError, RuntimeError):
            # The console is gone, or our own loop already is.
            threading.Timer(_STOP_S, os._exit, (3,)).start()
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)

    def _send(self) -> None:
        """Thread: events to the console; a slow console delays no camera."""
        with contextlib.suppress(OSError):
            while (event := self._outbox.get()) is not None:
                self._conn.send(event)

    def _command(self, command: tuple[Any, ...]) -> None:
        handler = self._handlers.get(command[0])
        if handler is not None:
            handler(*command[1:])

    def _end(self) -> None:
        self._stop.set()

    def _answer(self, number: int, kind: str, camera: str, arguments: tuple[Any, ...]) -> None:
        self._task(self._ask(number, kind, camera, arguments))

    def _task(self, work: Any) -> None:
        job = self._loop.create_task(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def _set_cameras(self, sources: tuple[FeedSource, ...]) -> None:
        wanted = {source.id: source for source in sources}
        gone = [c for key, c in self._channels.items() if not c.source.read_like(wanted.get(key))]
        for channel in gone:
            del self._channels[channel.source.id]
            self._teller.forget(channel.source.id)
            self._decoder_of.pop(channel.source.id, None)
        for source in sources:
            if source.id in self._channels:
                continue
            counts = [list(self._decoder_of.values()).count(d) for d in self._decoders]
            decoder = self._decoders[counts.index(min(counts))]
            channel = Channel(source, self._store, decoder, self._gate, self._chance, self._heard)
            self._channels[source.id] = channel
            self._decoder_of[source.id] = decoder
            old = next((c for c in gone if c.source.id == source.id), None)
            if old is not None:
                channel.set_budget(old.view.budget, old.view.slot_name)
            channel.start()
            if old is not None and old.relayed:
                relay(channel, True, old.relayed, self._outbox.put)
        for channel in gone:
            self._task(channel.stop())

    def _set_budgets(self, budgets: dict[str, tuple[Budget, str]]) -> None:
        for camera, channel in self._channels.items():
            budget, slot = budgets.get(camera, (NO_BUDGET, ""))
            if budget != channel.view.budget or slot != channel.view.slot_name:
                channel.set_budget(budget, slot)

    def _relay(self, camera: str, on: bool, stream: str = "sub") -> None:
        channel = self._channels.get(camera)
        if channel is not None:
            relay(channel, on, stream, self._outbox.put)

    def _report(self) -> None:
        now = time.monotonic()
        ticked = [(c.tick(now), c.view.budget.mode == MOVING) for c in self._channels.values()]
        reports = self._teller.pick(ticked, now)
        busy = max(d.busy_s(now) for d in self._decoders)
        ages: list[float] = []
        for decoder in self._decoders:
            taken, decoder.age_s = decoder.age_s, []
            ages += taken
        times = os.times()
        facts = WorkerFacts(os.getpid(), busy, tuple(ages), self._store.used, times.user + times.system)
        self._outbox.put(("report", now, reports, facts))

    def _heard(self, camera: str) -> None:
        """Something happened to a camera: not to be kept until the report."""
        if not self._news:
            self._loop.call_later(NEWS_S, self._tell_news)
        self._news.add(camera)

    def _tell_news(self) -> None:
        now, cameras = time.monotonic(), self._news
        self._news = set()
        reports = [c.report() for key, c in self._channels.items() if key in cameras]
        self._teller.sent(reports, now)
        if reports:
            self._outbox.put(("news", now, reports))

    async def _ask(self, number: int, kind: str, camera: str, arguments: tuple[Any, ...]) -> None:
        try:
            channel = self._channels.get(camera)
            if channel is None:
                raise Failure("no_camera", "unknown")
            value: float | tuple[float, float]
            if kind == "clip":
                value = await self._clip(channel, *arguments)
            elif kind == "recording_clip":
                value = await self._replays.clip(camera, *arguments)
            elif kind == "main_picture":
                value = await self._main_picture(channel, *arguments)
            else:
                value = await self._snapshot(channel, *arguments)
            self._outbox.put(("done", number, value))
        except Failure as failure:
            self._outbox.put(("failed", number, failure.code, failure.detail))
        except clip.NoPicture:
            self._outbox.put(("failed", number, "no_camera", "no_picture"))
        except OSError as error:
            full = error.errno in (28, 122)  # ENOSPC, EDQUOT
            self._outbox.put(("failed", number, "disk_full" if full else "bad_file", ""))
        except Exception:
            log.exception("%s of %s", kind, camera)
            self._outbox.put(("failed", number, "no_camera", "no_picture"))

    async def _snapshot(self, channel: Channel, target: str) -> float:
        units = channel.ring.latest_group()
        if not units:
            raise Failure("no_camera", "no_picture")
        return await self._loop.run_in_executor(self._files, _picture, channel.codec, units, target)

    async def _clip(self, channel: Channel, start: float, end: float, target: str) -> tuple[float, float]:
        units = [unit for unit in channel.ring.since(start) if unit.at <= end]
        if not units:
            raise Failure("no_camera", "no_picture")
        return await self._loop.run_in_executor(
            self._files, clip.write_mp4, channel.codec, units, Path(target)
        )

    async def _main_picture(self, channel: Channel, target: str) -> float:
        source = channel.source
        if source.url == source.live_url:
            return await self._snapshot(channel, target)
        try:
            unit, codec = await asyncio.wait_for(_first_key_frame(source), MAIN_PICTURE_S)
        except TimeoutError:
            raise Failure("no_camera", "no_answer") from None
        except RtspError as error:
            raise Failure("no_camera", error.kind) from error
        return await self._loop.run_in_executor(self._files, _picture, codec, [unit], target)


def _picture(codec: Any, units: list[Unit], target: str) -> float:
    frame, at = clip.newest_picture(codec, units)
    clip.write_jpeg(frame, Path(target))
    return at


async def _first_key_frame(source: FeedSource) -> tuple[Unit, str]:
    """The next key frame of the main stream, over a connection of its own."""
    found: asyncio.Future[Unit] = asyncio.get_running_loop().create_future()

    def deliver(data: bytes, pts: int, key: bool) -> None:
        if key and not found.done():
            found.set_result(Unit(data, pts, key, time.monotonic()))

    ears = Ears(deliver, _nothing)
    reader = reader_for(source.url, source.username, source.password, ears)
    ending: asyncio.Task[None] | None = None
    try:
        await reader.open()
        ending = asyncio.get_running_loop().create_task(reader.run())
        waiting: list[asyncio.Future[Any]] = [found, ending]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not found.done():
            await ending
        return found.result(), reader.codec
    finally:
        if ending is not None:
            ending.cancel()
        reader.close()


def _nothing() -> None:
    """For who does not ask when bytes came."""


def main(
    conn: Connection,
    decoders: int,
    ring_bytes: int,
    opens: int,
    engine: str = "av",
    ring_seconds: float = RING_SECONDS,
) -> None:
    """Entry point of the child process; ``engine`` ``av`` or ``vlc``."""
    # Ctrl-C reaches the whole group; the console stops its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(Worker(conn, decoders, ring_bytes, opens, engine, ring_seconds).run())
    if engine == "vlc":
        # Threads of libVLC that have not ended may still call into Python.
        os._exit(0)
