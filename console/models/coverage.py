"""Which cameras somebody has really looked at. Pure, no Qt.

A camera counts as seen when it was on a tile of a window that can be seen,
live, with pictures painted, for :data:`SEEN_S` on end while somebody was signed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from console.services.camera_records import CameraSeen

#: How long a camera must be in view to count as seen, seconds.
SEEN_S: Final = 5.0
#: Looks further apart than this do not belong together, seconds.
MOST_GAP_S: Final = 2.5


class CoverageTracker:
    """Fed once a second with the cameras in view. ``gather`` hands out the
    last sight of each camera seen since it was last asked."""

    def __init__(self, seat: str) -> None:
        self._seat = seat
        self._since: dict[str, float] = {}
        self._looked_at = float("-inf")
        self._who = ""
        self._seen: dict[str, CameraSeen] = {}

    def look(self, who: str, in_view: Iterable[str], now: float, at: datetime) -> None:
        """``in_view`` is live and painted at the monotonic instant ``now``,
        which is ``at``; ``who`` is signed in (empty for nobody)."""
        if who != self._who or now - self._looked_at > MOST_GAP_S or now < self._looked_at:
            self._since = {}
        self._who, self._looked_at = who, now
        if not who:
            return
        self._since = {camera: self._since.get(camera, now) for camera in in_view}
        for camera, since in self._since.items():
            if now - since >= SEEN_S:
                self._seen[camera] = CameraSeen(camera, at, who, self._seat)

    def last(self, camera: str) -> CameraSeen | None:
        """The last sight that was not handed out yet."""
        return self._seen.get(camera)

    def gather(self) -> tuple[CameraSeen, ...]:
        """Sights since the last call, by camera."""
        seen, self._seen = self._seen, {}
        return tuple(seen[camera] for camera in sorted(seen))
