"""What is kept about cameras: how available they were, and who last saw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol


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


#: So many changes of the configuration can be taken back.
CHANGES_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class ChangedCamera:
    """One camera in a change: the fields that changed, as they were and as they
    became (``secret`` is ciphertext). ``before`` is ``None`` for a camera that
    was not there; then ``after`` is ``None`` too."""

    camera: str
    before: Mapping[str, Any] | None = field(default=None, repr=False)
    after: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CameraChange:
    """One change of the configuration, of one camera or of hundreds. ``what``:
    ``add edit bulk replace remove restore import groups masks undo``; ``count`` is how many
    cameras. ``rows`` is empty in lists."""

    number: int
    at: datetime
    by: str
    what: str
    count: int
    fields: tuple[str, ...] = ()
    undone_at: datetime | None = None
    undone_by: str = ""
    rows: tuple[ChangedCamera, ...] = field(default=(), repr=False)


class CameraChangeRepository(Protocol):
    """What can be taken back, the newest :data:`CHANGES_KEPT`."""

    def add(self, change: CameraChange) -> int:
        """Store one and forget the oldest; returns its number."""
        ...

    def get(self, number: int) -> CameraChange | None:
        """One with its rows."""
        ...

    def newest(self, limit: int = 20) -> tuple[CameraChange, ...]:
        """The newest first, without rows."""
        ...

    def all(self) -> tuple[CameraChange, ...]:
        """Every one with its rows: for a change of the key."""
        ...

    def put_rows(self, number: int, rows: Sequence[ChangedCamera]) -> None:
        """Other rows in the place of those stored: the same, under another key."""
        ...

    def mark_undone(self, number: int, at: datetime, by: str) -> bool:
        """``False`` when somebody was quicker."""
        ...
