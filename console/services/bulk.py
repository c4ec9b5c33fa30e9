"""Storing months of cases at once: what a history needs of the database.

Cases are cut into rows where they are made, also in other processes, and get
their place in the chain where they are stored. What is sent between processes
is tuples, text and numbers: a frozen dataclass with slots takes ten times as
long to pack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from console.domain import chain
from console.domain.model import Approval, Case, EventDraft


class Told(NamedTuple):
    """An event but for its place in the chain: ``start`` and ``data`` are those
    of ``chain.unnumbered``, ``words`` what a person wrote in it. ``asks``: its
    ``"request":0`` stands for a request that has no number yet."""

    at: datetime
    recorded_at: datetime
    actor: str
    action: str
    start: str
    data: str
    words: tuple[str, ...] = ()
    asks: bool = False


class Finished(NamedTuple):
    """A case as it stands in the end, its events, and what it asked a second
    person for, without a number."""

    case: Case
    told: Sequence[Told]
    request: Approval | None = None


class PackedEvent(NamedTuple):
    """An event ready for the chain: when it was entered in microseconds, the
    bytes it begins with, and the store's own row after number and hashes.
    ``request`` is the place of its request in the bundle, from 1; 0 without."""

    recorded: int
    start: bytes
    row: tuple[Any, ...]
    request: int = 0


class Packed(NamedTuple):
    """Cases of one day, cut into the rows of each table, with their events, the
    words their figures name, and their requests without a number."""

    rows: Mapping[str, Sequence[tuple[Any, ...]]]
    events: Sequence[PackedEvent]
    words: frozenset[str]
    requests: Sequence[Approval] = ()


class Packer(Protocol):
    """Cuts cases for one kind of database; may be sent to another process."""

    def __call__(self, cases: Sequence[Finished], day: str, first: int) -> Packed:
        """Cut cases of ``day`` (``YYYYMMDD``), which are numbered from
        ``first`` on and carry their ids already."""
        ...

    def event(self, told: Told, case_id: str, request: int = 0) -> PackedEvent:
        """Cut one event."""
        ...

    def numbered(self, event: PackedEvent, number: int) -> PackedEvent:
        """The event with the number its request was given."""
        ...


class BulkStore(Protocol):
    """Writes what was packed, inside a unit of work."""

    def packer(self, many: bool = False) -> Packer:
        """What packs for this database; where there are ``many``, so that they
        take little room."""
        ...

    def begin(self) -> None:
        """Much is to come: take more memory, put off what can be done later."""
        ...

    def end(self) -> None:
        """All has come: do what was put off."""
        ...

    def last_numbers(self, days: Sequence[str]) -> Mapping[str, int]:
        """The last number given on each of these days, 0 for none."""
        ...

    def take_numbers(self, day: str, count: int) -> int:
        """Take the day's next ``count`` numbers; returns the first."""
        ...

    def put(self, packed: Packed) -> None:
        """Store cases under the numbers they carry, which were taken in this
        unit. Evidence is not stored."""
        ...

    def chain(self, events: Sequence[PackedEvent]) -> None:
        """Append events in the order given, at once."""
        ...

    def asked(self, requests: Sequence[Approval]) -> tuple[int, ...]:
        """Take numbers for requests, as many as there are."""
        ...

    def put_asked(self, requests: Sequence[Approval]) -> None:
        """Store requests under the numbers they carry, answered or not."""
        ...


def told(draft: EventDraft, asks: bool = False) -> Told:
    """A draft as an event without its number. Raises ``ValueError`` for what
    an event cannot hold."""
    start, data = chain.unnumbered(draft)
    found = (draft.data.get(key) for key in ("text", "reason"))
    words = tuple(value for value in found if isinstance(value, str) and value)
    return Told(draft.at, draft.recorded_at, draft.actor, str(draft.action), start, data, words, asks)
