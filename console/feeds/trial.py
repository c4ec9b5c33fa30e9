"""Trying cameras: connect, look at what comes for a few seconds, hang up.

Nothing of the running wall is touched: a trial has connections of its own. Many
are tried at once on one asyncio loop; decoding a key frame is done beside it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from console.feeds.camera_clock import offset_s
from console.feeds.clip import NoPicture, newest_picture
from console.feeds.reader import Ears, Reader, reader_for
from console.feeds.rtp import CLOCK_HZ, Codec, Unit
from console.feeds.rtsp import RtspError
from console.feeds.sources import FeedSource
from console.services.ports import Clock

#: So many cameras are tried at once.
PARALLEL: Final = 24
#: A stream is looked at for so long at most, s: two key frames of most cameras, and
#: the first report of their clock (about every 5 s).
WATCH_S: Final = 8.0
#: Connecting takes no longer than this, s: the answers of one camera together.
OPEN_S: Final = 12.0
#: Its clock is waited for no longer than this after the first picture, s.
CLOCK_S: Final = 6.0
#: States by kind of failure (``RtspError``).
STATES: Final = {
    "unauthorised": "auth",
    "not_found": "not_found",
    "no_answer": "timeout",
    "refused": "refused",
    "busy": "refused",
    "closed": "refused",
    "server_error": "refused",
    "bad_data": "bad_data",
    "unsupported": "bad_data",
    "undecodable": "bad_data",
    "silent": "no_video",
    "no_picture": "no_video",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """How one camera did. ``state``: ``ok auth not_found timeout refused no_video
    bad_data``; ``reason`` is a word of ``feeds.reason``; times in seconds, ``None``
    where nothing was learnt. ``sub`` is the sub stream's state, empty without one."""

    camera: str
    state: str
    reason: str = ""
    connect_s: float | None = None
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float | None = None
    key_gap_s: float | None = None
    clock_offset_s: float | None = None
    sub: str = ""

    @property
    def ok(self) -> bool:
        """Whether both streams do."""
        return self.state == "ok"


@dataclass
class _Seen:
    """What came so far."""

    first: float = 0.0
    last_pts: int = 0
    first_pts: int = 0
    units: int = 0
    keys: list[int] = field(default_factory=list)
    key: bytes = b""

    def unit(self, data: bytes, pts: int, key: bool) -> None:
        if not self.units:
            self.first, self.first_pts = time.monotonic(), pts
        self.units += 1
        self.last_pts = max(self.last_pts, pts)
        if key:
            self.keys.append(pts)
            self.key = self.key or data


async def try_camera(source: FeedSource, clock: Clock, watch_s: float = WATCH_S) -> Trial:
    """Try both streams of a camera; what is measured is the main stream. A sub
    stream that fails makes the camera fail: tiles show it."""
    found = await _try(source, source.url, clock, watch_s)
    if not found.ok or source.live_url == source.url:
        return found
    sub = await _try(source, source.live_url, clock, 0.0)
    if sub.ok:
        return replace(found, sub="ok")
    return replace(found, state=sub.state, reason=sub.reason, sub=sub.state)


async def _try(source: FeedSource, url: str, clock: Clock, watch_s: float) -> Trial:
    seen, began = _Seen(), time.monotonic()
    reader: Reader | None = None
    try:
        reader = reader_for(url, source.username, source.password, Ears(seen.unit, _nothing))
        try:
            await asyncio.wait_for(reader.open(), OPEN_S)
        except TimeoutError:
            raise RtspError("no_answer") from None
        connect_s = time.monotonic() - began
        await _watch(reader, seen, watch_s)
        return await _told(source, reader, seen, clock, connect_s)
    except RtspError as error:
        return Trial(source.id, STATES.get(error.kind, "bad_data"), error.kind)
    finally:
        if reader is not None:
            reader.close()


async def _watch(reader: Reader, seen: _Seen, watch_s: float) -> None:
    """Until enough was seen, the time is over or the connection ends."""
    running = asyncio.ensure_future(reader.run())
    until = time.monotonic() + max(watch_s, OPEN_S / 2)
    try:
        while time.monotonic() < until and not running.done() and not _enough(reader, seen, watch_s):
            await asyncio.wait({running}, timeout=0.1)
        if running.done() and not seen.keys:
            running.result()  # raises the reason
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _enough(reader: Reader, seen: _Seen, watch_s: float) -> bool:
    if not watch_s:
        return bool(seen.keys)
    clock_due = seen.units > 0 and time.monotonic() - seen.first > min(CLOCK_S, watch_s)
    return len(seen.keys) > 1 and seen.units > 8 and (reader.clock_base is not None or clock_due)


async def _told(source: FeedSource, reader: Reader, seen: _Seen, clock: Clock, connect_s: float) -> Trial:
    if not seen.key:
        raise RtspError("no_picture" if seen.units else "silent")
    size = await asyncio.to_thread(_size, reader.codec, seen.key)
    span = (seen.last_pts - seen.first_pts) / CLOCK_HZ
    gaps = [later - earlier for earlier, later in zip(seen.keys, seen.keys[1:], strict=False)]
    away = offset_s(reader.clock_base, time.monotonic(), clock.now().timestamp())
    return Trial(
        source.id,
        "ok",
        connect_s=round(connect_s, 3),
        codec=reader.codec,
        width=size[0],
        height=size[1],
        fps=round((seen.units - 1) / span, 2) if span > 0.2 else None,
        key_gap_s=round(sum(gaps) / len(gaps) / CLOCK_HZ, 2) if gaps else None,
        clock_offset_s=None if away is None else round(away, 3),
    )


def _size(codec: Codec, data: bytes) -> tuple[int, int]:
    """The size of the picture, which is decoded: a camera whose pictures cannot
    be is not well."""
    try:
        frame, _ = newest_picture(codec, [Unit(data, 0, True, 0.0)])
    except NoPicture:
        raise RtspError("undecodable") from None
    return frame.width, frame.height


def _nothing() -> None:
    """A packet came."""


class Trials:
    """Trying many at once, in a thread of its own. ``done`` is called there with
    each result as it comes, ``over`` once at the end (also after a stop); ``sources``
    is asked there too."""

    def __init__(
        self,
        sources: Callable[[], Sequence[FeedSource]],
        clock: Clock,
        done: Callable[[Trial], None],
        over: Callable[[], None] = _nothing,
        parallel: int = PARALLEL,
        watch_s: float = WATCH_S,
    ) -> None:
        self._sources, self._clock = sources, clock
        self._done, self._over = done, over
        self._parallel, self._watch_s = parallel, watch_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera-trials", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up; what is not yet tried is not told."""
        self._stopped.set()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; ``False`` when it did not come in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        finally:
            self._over()

    async def _all(self) -> None:
        gate = asyncio.Semaphore(self._parallel)
        tasks = [asyncio.create_task(self._one(source, gate)) for source in self._sources()]
        while tasks and not self._stopped.is_set():
            done, _ = await asyncio.wait(tasks, timeout=0.1, return_when=asyncio.ALL_COMPLETED)
            if len(done) == len(tasks):
                break
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def _one(self, source: FeedSource, gate: asyncio.Semaphore) -> None:
        async with gate:
            if not self._stopped.is_set():
                self._done(await try_camera(source, self._clock, self._watch_s))
