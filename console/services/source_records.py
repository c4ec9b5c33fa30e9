"""The port to what is wrong besides cases, as it is followed over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from console.domain.conditions import Tracked


class SourceRepository(Protocol):
    """The book of every watcher, and the one number that grows with it."""

    def version(self) -> int:
        """Grows with every change of the book or of its rules."""
        ...

    def hold(self) -> int:
        """The version; until this unit ends nobody else changes the book."""
        ...

    def bump(self) -> int:
        """Say that the book or its rules changed; the new version."""
        ...

    def tracked(self) -> tuple[Tracked, ...]:
        """All that is followed, of every watcher."""
        ...

    def put(self, rows: Sequence[Tracked]) -> None:
        """Insert or replace."""
        ...

    def drop(self, rows: Iterable[Tracked]) -> None:
        """Forget."""
        ...
