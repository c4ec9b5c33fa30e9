"""What the figures need of the database: packed rows, in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol


class FigureRepository(Protocol):
    """Packed rows of cases (``console.domain.figure_row``)."""

    def read(self, start: datetime, end: datetime, cut: str) -> tuple[int, Iterable[bytes]]:
        """Rows of cases whose ``cut`` (reported, filed, due, closed) may lie in
        ``[start, end)``: how many at most, and the rows, many joined at a time.
        All that lie inside are among them, in the order of case numbers."""
        ...

    def of_cases(self, ids: Sequence[str]) -> bytes:
        """Rows of these cases, joined, in the order of case numbers; unknown
        ones are left out."""
        ...

    def words(self) -> Mapping[int, str]:
        """Words by their number."""
        ...
