"""Reporters as stored: sealed text and keyed hashes, never a clear name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A reporter as stored: sealed name and telephone, and a keyed hash of
    each for exact search. Clear text never reaches the database."""

    id: str
    case: str
    name_sealed: str
    phone_sealed: str
    name_key: str
    phone_key: str
    added_at: datetime


class PersonRepository(Protocol):
    """Reporters; events carry only their id."""

    def add(self, row: PersonRow) -> None: ...

    def get(self, person_id: str) -> PersonRow | None: ...

    def with_key(self, key: str) -> tuple[PersonRow, ...]:
        """Those whose name or telephone has this keyed hash."""
        ...

    def older_than(self, at: datetime) -> tuple[PersonRow, ...]: ...

    def erase(self, ids: Sequence[str]) -> int:
        """Delete; returns how many were there."""
        ...
