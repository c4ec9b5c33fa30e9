"""What is kept of samples, and what a supervisor reads of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.domain.model import Event
from console.domain.review import Draw, EndedCase, Review, Standing


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """A filter over reviews; empty fields do not filter. Newest week first."""

    week: str = ""
    officer: str = ""
    case: str = ""
    standing: Standing | None = None
    limit: int = 500


@dataclass(frozen=True, slots=True)
class LateRow:
    """A promise that was broken: ``late_s`` seconds over (until now while it is
    open still); the limit as it was granted."""

    case: str
    clock: str
    due_at: datetime
    met_at: datetime | None
    late_s: float
    limit_value: int
    limit_unit: str
    name_zh: str
    name_en: str
    place: str
    community: str
    team: str
    officer: str
    exempt: bool
    cause: str = ""
    cause_words: str = ""


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """Where a case of which class happened."""

    id: str
    kind: str
    code: str
    name_zh: str
    name_en: str
    place: str
    community: str
    lon: float
    lat: float
    opened_at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class CameraDown:
    """A camera over some days: seconds it was watched over and not live, falls."""

    camera: str
    watched_s: float
    down_s: float
    flaps: int
    last_reason: str


class ReviewRepository(Protocol):
    """Draws and reviews, and the long lists of what to look at."""

    def ended(self, start: datetime, end: datetime) -> tuple[EndedCase, ...]:
        """Cases that ended in ``[start, end)``, mis-keys left out."""
        ...

    def add(self, draw: Draw, reviews: Sequence[Review]) -> bool:
        """Store a draw with its reviews; False (and nothing stored) when the
        week has been drawn already."""
        ...

    def draw(self, week: str) -> Draw | None: ...

    def draws(self, limit: int = 60) -> tuple[Draw, ...]:
        """The newest week first."""
        ...

    def get(self, review_id: str) -> Review | None: ...

    def find(self, query: ReviewQuery) -> tuple[Review, ...]: ...

    def save(self, review: Review, expected_version: int) -> Review:
        """Compare-and-set; raises ``Refusal('conflict')``."""
        ...

    def deeds(self, start: datetime, end: datetime, limit: int) -> tuple[Event, ...]:
        """Steps that go beside the usual way (void, forced close, corrected or
        manual times, extensions, suspensions, appeals, reopened), newest first."""
        ...

    def late(self, start: datetime, end: datetime, now: datetime, limit: int) -> tuple[LateRow, ...]:
        """Promises of cases filed in ``[start, end)`` that were broken, the
        longest overdue first."""
        ...

    def placed(self, since: datetime, until: datetime) -> tuple[PlacedCase, ...]:
        """Cases with a class and coordinates, oldest first, without what was
        merged, rejected, voided or a mis-key."""
        ...

    def cameras_down(self, first: str, last: str) -> tuple[CameraDown, ...]:
        """Sums over local days ``first`` to ``last``, the longest down first."""
        ...
