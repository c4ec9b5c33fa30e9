"""What is kept about how a case came in, beside the case itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """How one case came in.

    ``origin_key`` is the hash of source and outside number, unique over the
    site, or empty: the same row of a hand-down list never becomes two cases.
    ``condition`` is the filing condition named at intake (nothing is filed by
    it). ``callback`` is empty, ``wanted``, ``reached`` or ``missed``;
    ``called_at`` and ``called_by`` tell of the last call."""

    case: str
    origin_key: str = ""
    external: str = ""
    condition: str = ""
    callback: str = ""
    called_at: datetime | None = None
    called_by: str = ""


@dataclass(frozen=True, slots=True)
class UsedPlace:
    """A place that earlier cases carry in words."""

    place: str
    community: str
    grid: str
    lon: float | None
    lat: float | None


class IntakeRepository(Protocol):
    """Rows about how cases came in."""

    def put(self, row: IntakeRow) -> None:
        """Insert or replace the row of a case. Raises ``Refusal('conflict',
        'imported')`` when another case has this ``origin_key``."""
        ...

    def get(self, case_id: str) -> IntakeRow | None: ...

    def with_origin(self, keys: Sequence[str]) -> dict[str, str]:
        """Case id by origin key, for those already taken in."""
        ...

    def used_places(self, newest: int = 2000) -> tuple[UsedPlace, ...]:
        """Distinct places of the newest cases, newest first."""
        ...
