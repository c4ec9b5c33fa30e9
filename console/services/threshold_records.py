"""The port to the rows that say when clocks ring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from console.domain.thresholds import Threshold


class ThresholdRepository(Protocol):
    """Versions of thresholds; one once stored stays."""

    def all(self) -> tuple[Threshold, ...]:
        """Every version, as they were stored."""
        ...

    def add(self, rows: Sequence[Threshold]) -> tuple[Threshold, ...]:
        """Store each as the next version of its scope."""
        ...
