"""What is kept about cameras: how available they were, and who last saw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CameraDay:
    """One camera on one local day (``YYYY-MM-DD``): for how long it was
    watched and how much of that it was live, in seconds; how often it fell; the
    last reason (``feeds.reason``) and when that was told."""

    camera: str
    day: str
    watched_s: float = 0.0
    live_s: float = 0.0
    flaps: int = 0
    last_reason: str = ""
    last_bad_at: datetime | None = None

    @property
    def availability(self) -> float | None:
        """Live share of what was watched, 0–1; ``None`` before a second was."""
        return min(1.0, self.live_s / self.watched_s) if self.watched_s >= 1.0 else None

    def plus(self, more: CameraDay) -> CameraDay:
        """Both counts of the same camera and day together."""
        newer = more.last_bad_at is not None and (
            self.last_bad_at is None or more.last_bad_at >= self.last_bad_at
        )
        return CameraDay(
            self.camera,
            self.day,
            self.watched_s + more.watched_s,
            self.live_s + more.live_s,
            self.flaps + more.flaps,
            more.last_reason if newer else self.last_reason,
            more.last_bad_at if newer else self.last_bad_at,
        )


@dataclass(frozen=True, slots=True)
class CameraSeen:
    """A camera was on a visible tile, live and painted, for some seconds until
    ``at``, while ``by`` was signed in at ``seat``."""

    camera: str
    at: datetime
    by: str
    seat: str


class CameraRecordRepository(Protocol):
    """Both kinds of rows."""

    def add_days(self, seat: str, rows: Sequence[CameraDay]) -> None:
        """Add counts to what this seat has already counted."""
        ...

    def day(self, day: str, camera: str = "") -> tuple[CameraDay, ...]:
        """All seats together, by camera; of one camera when it is named."""
        ...

    def live_seconds(self, first: str, last: str) -> Mapping[str, float]:
        """Seconds each camera was live on our consoles from the day ``first``
        to the day ``last``, both included, all seats together."""
        ...

    def put_seen(self, rows: Sequence[CameraSeen]) -> int:
        """Remember the newest sight of each; older ones are left out."""
        ...

    def seen(self, camera: str = "") -> tuple[CameraSeen, ...]:
        """Last sights, oldest first; of one camera when it is named."""
        ...
