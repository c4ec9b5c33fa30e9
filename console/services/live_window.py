"""Which cases went from one state to another between two instants, kept up by
the chain.

A window is read in portions, so that whoever shares its thread does not stand
behind a whole day; after that each look reads only what is new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from console.domain.model import Event
from console.domain.vocabulary import Action, State
from console.services.ports import UnitOfWork

#: Events read at once.
PORTION: Final = 2000
#: So many steps before the begin are let go together.
_STALE: Final = 500


@dataclass(frozen=True, slots=True)
class Move:
    """A case went from one state to another; ``before`` is ``None`` when it
    was opened. ``at`` is when it was entered, Unix seconds."""

    at: float
    case: str
    before: State | None
    after: State


@dataclass(slots=True)
class Window:
    """Steps recorded from ``begin`` on, until ``end`` (``None``: going on)."""

    begin: datetime
    end: datetime | None = None
    moves: list[Move] = field(default_factory=list)
    #: Grows with every step that was read.
    version: int = 0
    _first: int = 0
    _last: int = 0
    _seq: int = -1

    def bring_up(self, uow: UnitOfWork) -> float:
        """Read one portion; answers which share of the window is known, 0–1."""
        head = uow.events.head()[0]
        if head < self._seq:
            self._forget()  # a backup was restored
        if self._seq < 0:
            self._seq = self._first = first_since(uow, self.begin, head)
            self._last = head if self.end is None else first_since(uow, self.end, head)
        if self.end is None:
            self._last = head
        if self._seq < self._last:
            self._read(uow)
        whole = self._last - self._first
        return 1.0 if self._seq >= self._last else (self._seq - self._first) / whole

    def keep_from(self, begin: datetime) -> None:
        """What was entered before ``begin`` is of no interest any more."""
        at = begin.timestamp()
        old = next((n for n, move in enumerate(self.moves) if move.at >= at), len(self.moves))
        if old > _STALE:
            self.begin = begin
            del self.moves[:old]

    def _forget(self) -> None:
        self.moves, self._seq = [], -1
        self.version += 1

    def _read(self, uow: UnitOfWork) -> None:
        part = uow.events.since(self._seq, min(PORTION, self._last - self._seq))
        self._seq = part[-1].seq if part else self._last
        found = [move for event in part if (move := _move(event)) is not None]
        self.moves += found
        self.version += bool(found)


def first_since(uow: UnitOfWork, begin: datetime, head: int) -> int:
    """The seq before the first event recorded at or after ``begin``. Recorded
    times grow along the chain (but for a stepped clock), so it is found by
    halving."""
    low, high = 0, head
    while low < high:
        middle = (low + high) // 2
        found = uow.events.since(middle, 1)
        if found and found[0].recorded_at < begin:
            low = middle + 1
        else:
            high = middle
    return low


def _move(event: Event) -> Move | None:
    after = event.data.get("to")
    if after is None or event.data.get("asked") is True:
        return None
    before = event.data.get("from") if event.action is not Action.OPEN else None
    if before == after:
        return None
    was = State(str(before)) if before is not None else None
    return Move(event.recorded_at.timestamp(), event.case, was, State(str(after)))
