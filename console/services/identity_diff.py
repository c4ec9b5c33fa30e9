"""Which of many records are others than before, by what they *are*.

Readers hand the same frozen objects out again while nothing changed. So two
states of ten thousand are compared by address, which takes a millisecond, and
no record is looked into.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityDiff(Generic[T]):
    """Keeps what it has seen (an address tells which record it is only while
    the record is there) and tells what is new of the next ones."""

    def __init__(self) -> None:
        self._known: Collection[T] = ()
        self._ids: set[int] = set()

    def look(self, now: Collection[T]) -> tuple[list[T], list[T]]:
        """``(fresh, gone)``: records that came, and those they came instead of
        or that went. What is known stays as it was until :meth:`take`."""
        if now is self._known:
            return [], []
        ids = set(map(id, now))
        new, old = ids - self._ids, self._ids - ids
        fresh = [one for one in now if id(one) in new] if new else []
        gone = [one for one in self._known if id(one) in old] if old else []
        return fresh, gone

    def take(self, now: Collection[T]) -> None:
        """These are known from now on; ``now`` must not change any more."""
        if now is not self._known:
            self._known, self._ids = now, set(map(id, now))

    def forget(self) -> None:
        """Everything is new again."""
        self._known, self._ids = (), set()
