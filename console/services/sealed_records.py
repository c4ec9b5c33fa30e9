"""What is stored encrypted, as rows: the port for a change of the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row with encrypted columns. ``key`` is its id and the context its texts
    are bound to; more columns (``name_key`` …) may be set on the way back."""

    table: str
    key: str
    texts: Mapping[str, str] = field(repr=False)


class SealedRepository(Protocol):
    """Cameras, reporters, callers, settings: all that the key opens."""

    def all(self) -> tuple[SealedRow, ...]:
        """Every row that holds something encrypted."""
        ...

    def put(self, row: SealedRow) -> None:
        """Other texts in the place of those stored."""
        ...
