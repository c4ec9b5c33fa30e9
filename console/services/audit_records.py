"""What is asked of the audit log, and who keeps its index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.domain.audit import Entry, Kind


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A filter; empty fields do not filter. Newest first. ``text`` is looked for
    in account, workstation and facts; ``named`` are kinds whose name it is."""

    text: str = ""
    named: frozenset[Kind] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A part of what was found: ``total`` counts all."""

    rows: tuple[Entry, ...]
    total: int


class AuditRepository(Protocol):
    """The index of the audit log; its rows are made when events get their number."""

    def find(self, query: AuditQuery) -> AuditPage: ...

    def last(self, kind: Kind) -> dict[str, datetime]:
        """When each account's newest entry of a kind was written."""
        ...
