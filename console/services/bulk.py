"""Storing months of cases at once: what a history needs of the database.

Cases are cut into rows where they are made, also in other processes, and get
their numbers and their places in the chain where they are stored. What is sent
between processes are named tuples: a frozen dataclass with slots takes ten
times as long to pack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from console.domain.model import Approval, Case, EventDraft


class PackedEvent(NamedTuple):
    """An event ready for the chain but for its case and number. ``row`` is the
    database's own; ``head`` and ``rest`` are those of ``chain.pieces``."""

    recorded_at: datetime
    head: str
    rest: str
    row: tuple[Any, ...]


class PackedCase(NamedTuple):
    """A case with all its rows but its number."""

    row: tuple[Any, ...]
    clocks: tuple[tuple[Any, ...], ...]
    teams: tuple[str, ...]
    tokens: tuple[str, ...]
    said: str
    events: tuple[PackedEvent, ...]
    #: Its cuts and its packed row, without its number, and the words it names.
    figure: tuple[Any, ...]
    words: tuple[str, ...]


#: Cuts a case and its events; may be sent to another process.
Packer = Callable[[Case, Sequence[EventDraft]], PackedCase]


class BulkStore(Protocol):
    """Writes what was packed, inside a unit of work."""

    def packer(self) -> Packer:
        """The function that packs for this database."""
        ...

    def pack_event(self, draft: EventDraft) -> PackedEvent:
        """One event of a case that is stored already."""
        ...

    def roomy(self) -> None:
        """Take more memory for this connection: much is to come."""
        ...

    def put(self, packs: Sequence[PackedCase], local_date: str) -> tuple[str, ...]:
        """Store ended or open cases of one day (``YYYYMMDD``) under its next
        numbers; returns their ids. Evidence and links are not stored."""
        ...

    def chain(self, events: Sequence[tuple[str, PackedEvent]]) -> None:
        """Append events of ``(case id, event)`` in the order given, at once."""
        ...

    def asked(self, requests: Sequence[Approval]) -> tuple[int, ...]:
        """Take numbers for requests, as many as there are."""
        ...

    def put_asked(self, requests: Sequence[Approval]) -> None:
        """Store requests under the numbers they carry, answered or not."""
        ...
