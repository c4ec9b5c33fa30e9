"""A ring played like a tape: any picture of the last minute, forwards or back.

Nothing is copied but references to units: the ring goes on under the tape, and
a picture it has dropped meanwhile is gone (the tape then stands at the oldest
one). Going back is decoding again from the key frame before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import av
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from console.feeds.rtp import Unit

#: Copying the references again when the ring grew in the middle of it.
_TRIES: Final = 20


class Shown(NamedTuple):
    """A decoded picture with its place on the tape: ``pts`` in 90 kHz ticks,
    ``at`` the monotonic instant it arrived from the camera."""

    frame: VideoFrame
    pts: int
    at: float


class Tape:
    """Reads one ring. Used by one thread; the ring may grow and shrink in
    another. ``units`` is the ring's deque, or anything like it."""

    def __init__(self, units: Iterable[Unit], codec: Callable[[], str]) -> None:
        self._units = units
        self._codec = codec
        self._context: VideoCodecContext | None = None
        self._made_for = ""
        self._ready: deque[Shown] = deque()
        self._times: dict[int, float] = {}
        self._fed: Unit | None = None
        self._drained = False
        self._last_pts = 0
        self.clamped = False
        """Whether the ring has dropped what was asked for, since last read."""

    def held(self) -> list[Unit]:
        """What the ring holds at this instant, oldest first."""
        for _ in range(_TRIES):
            try:
                return list(self._units)
            except RuntimeError:  # it grew in the middle of the copy
                continue
        return []

    def bounds(self) -> tuple[float, float]:
        """Arrival of the first and of the last picture held; zeros for none."""
        units = self.held()
        return (units[0].at, units[-1].at) if units else (0.0, 0.0)

    def seek(self, at: float) -> Shown | None:
        """The picture that was the newest at the instant ``at``; the oldest
        held when that is gone. ``None`` for an empty ring or a damaged group."""
        units = self.held()
        if not units:
            return None
        self.clamped = self.clamped or at < units[0].at
        start = 0
        for index, unit in enumerate(units):
            if unit.at > at and index:
                break
            start = index if unit.key else start
        return self._run_to(units[start:], at, None)

    def back(self, pts: int) -> Shown | None:
        """The picture before the one at ``pts``; ``None`` when it is the oldest."""
        units = self.held()
        earlier = [unit.pts for unit in units if unit.pts < pts]
        if not earlier:
            self.clamped = bool(units) and units[0].pts > pts
            return None
        wanted = max(earlier)
        place = next(i for i, unit in enumerate(units) if unit.pts == wanted)
        start = max((i for i in range(place + 1) if units[i].key), default=0)
        return self._run_to(units[start:], None, wanted)

    def next(self) -> Shown | None:
        """The picture after the one returned last; ``None`` when the camera
        has not sent it yet (or the ring has dropped everything)."""
        if self._fed is None:
            return None
        units = self.held()
        if not units:
            return None
        if self._fed.at < units[0].at:
            self.clamped = True
            return self.seek(units[0].at)
        if self._ready:
            return self._ready.popleft()
        if self._drained:
            return self._after_drain(units)
        for unit in _after(units, self._fed):
            self._feed(unit)
            if self._ready:
                return self._ready.popleft()
        return None

    def _after_drain(self, units: list[Unit]) -> Shown | None:
        """A decoder that has been emptied goes on at no picture but a key
        frame; so the group is decoded again when something newer is there."""
        assert self._fed is not None
        if not units or units[-1] is self._fed:
            return None
        newer = min((u.pts for u in units if u.pts > self._last_pts), default=None)
        if newer is None:
            return None
        place = next(i for i, unit in enumerate(units) if unit.pts == newer)
        start = max((i for i in range(place + 1) if units[i].key), default=0)
        return self._run_to(units[start:], None, newer)

    def _run_to(self, units: list[Unit], at: float | None, pts: int | None) -> Shown | None:
        """Decode from a key frame to the picture wanted, by time or by place."""
        self._restart()
        found: Shown | None = None
        for unit in units:
            self._feed(unit)
            while self._ready:
                shown = self._ready[0]
                if found is not None and at is not None and shown.at > at:
                    return self._found(found)
                found = self._ready.popleft()
                if pts is not None and shown.pts >= pts:
                    return self._found(found)
            if at is not None and found is not None and unit.at > at and unit.key:
                break
        self._drain()
        while self._ready:
            shown = self._ready[0]
            late = at is not None and shown.at > at
            if found is not None and (late or (pts is not None and found.pts >= pts)):
                break
            found = self._ready.popleft()
        return self._found(found)

    def _found(self, shown: Shown | None) -> Shown | None:
        if shown is not None:
            self._last_pts = shown.pts
        return shown

    def _restart(self) -> None:
        self._ready.clear()
        self._times.clear()
        self._fed = None
        self._drained = False
        name = self._codec()
        if self._context is None or self._made_for != name:
            context = CodecContext.create(name, "r")
            assert isinstance(context, VideoCodecContext)
            context.thread_count = 1
            self._context, self._made_for = context, name
        else:
            self._context.flush_buffers()

    def _feed(self, unit: Unit) -> None:
        self._fed = unit
        if unit.key and self._made_for != self._codec():
            self._restart()  # another stream from here on
            self._fed = unit
        if len(self._times) > 256:
            self._times.clear()
        self._times[unit.pts] = unit.at
        packet = av.Packet(unit.data)
        packet.pts = unit.pts
        assert self._context is not None
        try:
            self._take(self._context.decode(packet))
        except av.FFmpegError:
            return  # a damaged picture; a later one may be whole

    def _drain(self) -> None:
        """Pictures a decoder holds back to put them in order (B pictures)."""
        assert self._context is not None
        self._drained = True
        try:
            self._take(self._context.decode(None))
        except av.FFmpegError:
            return
        finally:
            self._context.flush_buffers()

    def _take(self, frames: list[VideoFrame]) -> None:
        assert self._fed is not None
        for frame in frames:
            pts = self._fed.pts if frame.pts is None else frame.pts
            self._ready.append(Shown(frame, pts, self._times.pop(pts, self._fed.at)))


def _after(units: list[Unit], fed: Unit) -> list[Unit]:
    """Units behind ``fed``, in the order of decoding."""
    for index in range(len(units) - 1, -1, -1):
        if units[index] is fed:
            return units[index + 1 :]
    return []
