"""How far a camera's own clock is off, from its RTCP sender reports.

A sender report (RFC 3550 §6.4.1) holds the camera's wall clock as an NTP time
and the RTP time stamp of the same instant. The report comes over the same
connection as the pictures, so what it says on arrival is the time the camera
burns into them, within the few milliseconds a district's network takes.
"""

from __future__ import annotations

import struct
from collections import deque
from statistics import median
from typing import Final

#: Seconds from 1900 (NTP, RFC 5905 §6) to 1970 (Unix).
NTP_EPOCH_S: Final = 2_208_988_800
SENDER_REPORT: Final = 200
#: The median over so many reports: one that was held up by a slow link, or
#: sent while the camera set its clock, does not move it.
SAMPLES: Final = 5
#: Three reports in a row that differ by more than this from what was believed,
#: and agree with one another, are a clock that was set.
STEP_S: Final = 1.0
#: Beyond this the officer is told in words: the minute burnt into a picture
#: would contradict the case.
NOTICE_S: Final = 2.0


def sender_time(view: memoryview, start: int, end: int) -> float | None:
    """Unix seconds of the camera's clock in the RTCP packet ``view[start:end]``;
    ``None`` when it is no sender report, or its sender has no wall clock (RFC
    3550 lets such senders count from their start: a time before 1970)."""
    if end - start < 28 or view[start] & 0xC0 != 0x80 or view[start + 1] != SENDER_REPORT:
        return None
    seconds, fraction = struct.unpack_from("!II", view, start + 8)
    if seconds < NTP_EPOCH_S:
        return None
    return float(seconds - NTP_EPOCH_S + fraction / 2**32)


class CameraClock:
    """The clock of one camera against this machine's monotonic one; whoever
    knows the true time turns that into an offset (:func:`offset_s`)."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[float] = deque(maxlen=SAMPLES)

    def take(self, told: float, at: float) -> None:
        """The camera said it is ``told`` (Unix seconds) at the monotonic
        instant ``at``."""
        self._samples.append(told - at)
        newest = list(self._samples)[-3:]
        old = list(self._samples)[:-3]
        if old and max(newest) - min(newest) <= STEP_S and abs(median(newest) - median(old)) > STEP_S:
            self._samples = deque(newest, SAMPLES)

    def control(self, view: memoryview, start: int, end: int, at: float) -> None:
        """An RTCP packet came at the monotonic instant ``at``."""
        told = sender_time(view, start, end)
        if told is not None:
            self.take(told, at)

    def forget(self) -> None:
        """Another connection may be another camera behind the same address."""
        self._samples.clear()

    @property
    def base(self) -> float | None:
        """Camera's Unix time minus monotonic time, median; ``None`` unknown."""
        return median(self._samples) if self._samples else None


def offset_s(base: float | None, now: float, utc_s: float) -> float | None:
    """Seconds the camera is ahead (+) or behind (−), when it is ``utc_s`` (Unix
    seconds) at the monotonic instant ``now``."""
    return None if base is None else base - (utc_s - now)
