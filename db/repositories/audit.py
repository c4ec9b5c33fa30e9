"""The index of the audit log: a row for each of its events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from console.domain.audit import Entry, Kind, entry, said
from console.domain.model import Event
from console.domain.vocabulary import Action
from console.services.audit_records import AuditPage, AuditQuery
from db.repositories.base import Repository, Row
from db.tables_audit import audit_entry


class Audit(Repository):
    """Implements ``AuditRepository``."""

    def find(self, query: AuditQuery) -> AuditPage:
        """Newest first."""
        wanted = _matching(query)
        total = self._db.execute(select(func.count()).select_from(audit_entry).where(*wanted)).scalar_one()
        page = (
            select(audit_entry)
            .where(*wanted)
            .order_by(audit_entry.c.seq.desc())
            .limit(query.limit)
            .offset(query.offset)
        )
        return AuditPage(tuple(_entry(row) for row in self._db.execute(page)), int(total))

    def last(self, kind: Kind) -> dict[str, datetime]:
        """By account; accounts without one are not in the answer."""
        c = audit_entry.c
        query = select(c.actor, func.max(c.at).label("at")).where(c.kind == kind.value).group_by(c.actor)
        return {str(row.actor): row.at for row in self._db.execute(query)}


def index(connection: Connection, events: Iterable[Event]) -> None:
    """Store the rows of those events that are entries of the audit log."""
    rows = [row_of(entry(event)) for event in events if event.action is Action.AUDIT]
    if rows:
        connection.execute(insert(audit_entry), rows)


def row_of(one: Entry) -> Row:
    """An entry's row."""
    return {
        "seq": one.seq,
        "at": one.at,
        "actor": one.actor,
        "seat": one.seat,
        "kind": one.kind.value,
        "facts": dict(one.facts),
        "said": said(one),
    }


def _entry(row: Any) -> Entry:
    return Entry(row.seq, row.at, row.actor, row.seat, Kind(row.kind), row.facts)


def _matching(query: AuditQuery) -> list[ColumnElement[bool]]:
    c = audit_entry.c
    wanted: list[ColumnElement[bool]] = []
    for word in query.text.split():
        found = c.said.contains(word, autoescape=True)
        if query.named and word == query.text:
            found = or_(found, c.kind.in_([kind.value for kind in query.named]))
        wanted.append(found)
    if query.kinds:
        wanted.append(c.kind.in_([kind.value for kind in query.kinds]))
    if query.who:
        wanted.append(c.actor == query.who)
    if query.since is not None:
        wanted.append(c.at >= query.since)
    if query.until is not None:
        wanted.append(c.at < query.until)
    return wanted
