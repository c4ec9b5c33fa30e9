"""A clock that stands where it is put, to live through the past."""

from __future__ import annotations

from datetime import UTC, datetime


class ReplayClock:
    """A :class:`console.services.ports.Clock` that only moves when told."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Where it was put."""
        return self._at

    def monotonic(self) -> float:
        """Seconds that go on with the wall time."""
        return self._at.timestamp()

    def put(self, at: datetime) -> None:
        """Move on to ``at``; never back."""
        self._at = max(self._at, at.astimezone(UTC))
