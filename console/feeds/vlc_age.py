"""How old a picture is that libVLC shows. libVLC does not say which one it is.

Three things are known: what was fed and when; that pictures are shown in the
order in which they were fed; and whether what is drawn differs from what was
drawn before, because libVLC draws the same picture again twelve times a second
while nothing newer comes. So pictures are counted, and an age told is never
below the true one. Pictures that libVLC drops would let the count fall behind:
what must have been shown by now, at the lag that was measured, is passed over.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

#: What the way through libVLC takes beside its caching: the room for pictures
#: out of order in the stream (s), and whole pictures that the demuxer, the
#: packetiser and the decoder hold back until the next ones are there. Measured
#: with numbered pictures at 5, 15 and 25 a second: 0.79, 0.59 and 0.52 s in all,
#: with any caching up to 0.3 s.
LAG_S: Final = 0.1
LAG_PICTURES: Final = 3
#: What was not shown this long (s) after the lag never will be: libVLC drops
#: pictures that are late by more than a few hundredths of a second.
LATE_S: Final = 0.25
#: Without newer ones after it a picture may stay inside: so many of them.
HELD: Final = 4
#: The past a player begins with is shown within this time, s.
BEGIN_S: Final = 3.0


class _Fed(NamedTuple):
    at: float
    given_at: float
    past: bool


class PictureAges:
    """One player's pictures. Instants are monotonic seconds; ``caching_s`` is
    how much of the stream libVLC keeps back."""

    def __init__(self, caching_s: float) -> None:
        self._caching_s = caching_s
        self._fed: deque[_Fed] = deque(maxlen=600)
        self._interval = 0.0
        self._fed_at = 0.0
        self._present = False
        """Whether the past it began with is over."""
        self._begun_at: float | None = None

    @property
    def lag_s(self) -> float:
        """How long it takes a picture from being fed to being shown."""
        return self._caching_s + LAG_S + LAG_PICTURES * self._interval

    def feed(self, at: float, now: float, past: bool) -> None:
        """A picture taken at ``at`` is given to libVLC; ``past``: among those
        it needs to begin with and shows in no time."""
        if self._fed_at:
            step = min(1.0, max(0.0, at - self._fed_at))
            self._interval += (step - self._interval) * (0.1 if self._interval else 1.0)
        self._fed_at = at
        self._fed.append(_Fed(at, now, past))

    def show(self, same: bool, now: float) -> float | None:
        """When the picture drawn just now was taken; ``None`` when it is the
        one shown before. ``same``: its pixels are."""
        if self._begun_at is None:
            self._begun_at = now
        newest: float | None = None
        if not same and self._fed:
            newest = self._take()
        if self._present or now - self._begun_at > BEGIN_S:
            # Of a street where nothing moves two pictures may be alike.
            while len(self._fed) > HELD and self._fed[0].given_at + self.lag_s + LATE_S <= now:
                newest = self._take()
        return newest

    def _take(self) -> float:
        fed = self._fed.popleft()
        self._present = self._present or not fed.past
        return fed.at
