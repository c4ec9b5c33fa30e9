"""Time stamps for libVLC's stream output, and which picture comes out of it.

libVLC rounds the stamps of what it has decoded down to the frame rate a stream
claims, and throws a picture away whose rounded stamp is that of the one before:
a camera that sends faster than it says, or unevenly, would lose pictures. No one
waits for these stamps, so the time between pictures is stretched far beyond any
rounding, and what comes out names its picture for certain.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final, NamedTuple

from console.feeds.rtp import CLOCK_HZ

#: Seconds of libVLC's time for one of the camera's. 25 pictures a second are then
#: 1.3 s apart, beyond the rounding of a stream that claims one picture a second.
STRETCH: Final = 32
#: A longer step (or one back) of the camera's time, s, is no time between two
#: pictures: the clock was set, or the stream began anew. libVLC calls a minute
#: of its own time a new stream, so the stretched step must stay below that.
GAP_S: Final = 1.5
#: What stands for such a step, s.
STEP_S: Final = 0.04
#: Room for pictures that come out of order, s of the camera's time.
REORDER_S: Final = 0.5
_US: Final = 1_000_000
_WAITING_MAX: Final = 600


class _Fed(NamedTuple):
    place: int
    at: float


class Stamps(NamedTuple):
    """Decoding and presentation time, microseconds; both above zero."""

    dts: int
    pts: int


class PictureTimes:
    """One player's pictures, in libVLC's microseconds."""

    def __init__(self) -> None:
        self._base = 0
        self._last: int | None = None
        self._newest = 0
        self._dts = 0
        self._shift: int | None = None
        self._fed: list[_Fed] = []

    def stamp(self, pts: int, at: float) -> Stamps:
        """Stamps for a unit of the camera's time ``pts`` (ticks of 90 kHz, in
        decoding order) that was taken at ``at`` (monotonic seconds)."""
        place = _stretched(pts - self._base)
        last = self._last
        if last is None or abs(place - last) > GAP_S * STRETCH * _US:
            place = self._newest + _stretched(round(STEP_S * CLOCK_HZ))
            self._base = pts - round(place * CLOCK_HZ / (STRETCH * _US))
        self._last = place
        self._newest = max(self._newest, place)
        insort(self._fed, _Fed(place, at))
        del self._fed[:-_WAITING_MAX]
        self._dts = max(self._dts + 1, place)
        return Stamps(self._dts, place + round(REORDER_S * STRETCH * _US))

    def taken(self, stamp: int) -> float | None:
        """When the picture was taken that came out with ``stamp``; ``None`` when
        it is none of those given. Those before it never come any more."""
        fed = self._fed
        if not fed:
            return None
        if self._shift is None:
            self._shift = stamp - fed[0].place
        place = stamp - self._shift
        if not fed[0].place - GAP_S * STRETCH * _US <= place <= fed[-1].place + GAP_S * STRETCH * _US:
            # libVLC has begun to count anew; what is oldest is never too young.
            self._shift = stamp - fed[0].place
            place = fed[0].place
        index = bisect_left(fed, _Fed(place, 0.0))
        if index == len(fed) or (index and place - fed[index - 1].place < fed[index].place - place):
            index -= 1
        at = fed[index].at
        del fed[: index + 1]
        return at


def _stretched(ticks: int) -> int:
    return round(ticks * STRETCH * _US / CLOCK_HZ)
