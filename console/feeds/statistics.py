"""How available each camera was: counted from what is told of it, second by second.

Pure: whoever has a clock says what time it is and which local day. Counts are
taken away when they are stored (:meth:`Statistics.take`) and added up there,
so that a restart loses at most what was not stored yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain.vocabulary import FeedState
from console.services.camera_records import CameraDay
from console.services.ports import FeedHealth

#: Between two looks no more than this is counted, seconds: a machine that
#: slept watched nothing meanwhile.
MOST_GAP_S: Final = 5.0
#: States that are nobody's failure.
_NEUTRAL: Final = frozenset({FeedState.LIVE, FeedState.CONNECTING})


@dataclass(slots=True)
class _Count:
    day: str
    watched_s: float = 0.0
    live_s: float = 0.0
    flaps: int = 0
    reason: str = ""
    bad_at: datetime | None = None


class Statistics:
    """Counts of all cameras since they were last taken. Not thread-safe."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], _Count] = {}
        self._falls: dict[str, int] = {}
        self._looked_at: float | None = None

    def look(self, health: Mapping[str, FeedHealth], now: float, at: datetime, day: str) -> None:
        """What is told of every camera at the monotonic instant ``now``, which
        is ``at`` on the local day ``day``. What passed since the last look is
        counted to the state told now. A camera switched off is not counted."""
        before, self._looked_at = self._looked_at, now
        passed = 0.0 if before is None else min(MOST_GAP_S, max(0.0, now - before))
        for camera, told in health.items():
            if told.state is FeedState.DISABLED:
                self._falls[camera] = told.falls
                continue
            count = self._counts.get((camera, day))
            if count is None:
                count = self._counts[camera, day] = _Count(day)
            count.watched_s += passed
            if told.state is FeedState.LIVE:
                count.live_s += passed
            elif told.state not in _NEUTRAL:
                count.reason, count.bad_at = told.reason or told.state.value, at
            # A camera that is new here starts from nothing; one that was
            # configured anew counts its falls anew.
            known = self._falls.get(camera, 0)
            count.flaps += told.falls - known if told.falls >= known else told.falls
            self._falls[camera] = told.falls

    def pending(self, camera: str, day: str) -> CameraDay:
        """What was counted of a camera and is not stored yet."""
        count = self._counts.get((camera, day))
        return CameraDay(camera, day) if count is None else _row(camera, count)

    def take(self) -> tuple[CameraDay, ...]:
        """All counts, which begin anew; whoever takes them stores them."""
        counts, self._counts = self._counts, {}
        return tuple(
            _row(camera, count) for (camera, _), count in sorted(counts.items()) if count.watched_s > 0
        )


def _row(camera: str, count: _Count) -> CameraDay:
    return CameraDay(
        camera, count.day, count.watched_s, count.live_s, count.flaps, count.reason, count.bad_at
    )
