"""Time stamps that go on where they were, whatever a camera's own do.

A camera begins its time stamps anew with every connection, and some jump in
the middle of one. Whoever keeps, cuts or muxes its pictures needs one line.
"""

from __future__ import annotations

from typing import Final

from console.feeds.rtp import CLOCK_HZ

#: Time stamps that jump further than this (s) start a new time line.
JUMP_S: Final = 5.0


class TimeLine:
    """One stream's line, in ticks of 90 kHz from its first unit on. Over a
    break it goes on by the time that has passed."""

    def __init__(self) -> None:
        self.broken = True
        """Whether the unit placed last did not follow the one before it."""
        self._shift = 0
        self._newest: int | None = None
        self._newest_at = 0.0
        self._follows = False

    def interrupt(self) -> None:
        """The next unit comes over another connection."""
        self._follows = False

    def place(self, pts: int, at: float) -> int:
        """Where on the line a unit belongs that the camera stamped ``pts``
        and that came at the monotonic instant ``at``."""
        newest = self._newest
        if newest is None:
            self._shift = -pts
        elif not self._follows or abs(pts + self._shift - newest) > JUMP_S * CLOCK_HZ:
            passed = max(1, round((at - self._newest_at) * CLOCK_HZ))
            self._shift = newest + passed - pts
            self._follows = False
        self.broken, self._follows = not self._follows, True
        placed = pts + self._shift
        if newest is None or placed > newest:
            self._newest, self._newest_at = placed, at
        return placed
