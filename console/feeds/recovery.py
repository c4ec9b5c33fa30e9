"""When a camera that failed may be called live again.

Bad news is told at once, good news only after it has held: a camera whose
pictures come for a second between two failures is not a live camera, and a
tile that blinks is worse than one that says it waits.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from console.domain.vocabulary import FeedState

#: Pictures must have come for so long after lost, frozen, bad data, refused
#: … before the camera is told live. With the shortest back-off (0.6 s) and a key
#: frame every 2 s a healed camera is back within 5 s.
HOLD_S: Final = 1.5
#: The same for a camera that keeps falling: longer than what a link that is
#: up for three seconds has left after it was opened and sent a key frame.
FLAP_HOLD_S: Final = 2.5
#: A camera that fell this often within this many seconds flaps.
FLAP_FALLS: Final = 3
FLAP_WINDOW_S: Final = 60.0
#: The reason told meanwhile (``feeds.reason``).
RECOVERING: Final = "recovering"


class Recovery:
    """One camera. ``falls`` counts how often it stopped being live; pictures
    that break off while they are being trusted again count as well."""

    __slots__ = ("_back_at", "_deep", "_down", "_recent", "falls")

    def __init__(self) -> None:
        self.falls = 0
        self._recent: deque[float] = deque(maxlen=FLAP_FALLS)
        self._down = self._deep = False
        self._back_at: float | None = None

    def tell(self, state: FeedState, reason: str, now: float) -> tuple[FeedState, str]:
        """What is told of a camera judged ``state`` at the monotonic instant
        ``now``: the same, but for live, which waits as ``connecting`` with the
        reason ``recovering``. The first connection waits for nothing."""
        if state is FeedState.LIVE:
            return self._live(now)
        if state is FeedState.DISABLED:
            self._down = self._deep = False
            self._back_at = None
            return state, reason
        if self._back_at is not None:
            self._fell(now)
        self._back_at = None
        if state is FeedState.CONNECTING:
            return state, reason
        if not self._down:
            self._fell(now)
        self._down = True
        # A short gap is no failure; only one that keeps coming back is.
        self._deep = self._deep or state is not FeedState.STALE
        return state, reason

    def _fell(self, now: float) -> None:
        self.falls += 1
        self._recent.append(now)

    def _live(self, now: float) -> tuple[FeedState, str]:
        if self._down:
            if self._back_at is None:
                self._back_at = now
            if now - self._back_at < self.hold_s(now):
                return FeedState.CONNECTING, RECOVERING
        self._down = self._deep = False
        self._back_at = None
        return FeedState.LIVE, ""

    def hold_s(self, now: float) -> float:
        """For how long pictures must come before they are believed."""
        if len(self._recent) == FLAP_FALLS and now - self._recent[0] <= FLAP_WINDOW_S:
            return FLAP_HOLD_S
        return HOLD_S if self._deep else 0.0
