"""The index of the audit log: a row for each of its events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Text, and_, delete, func, insert, or_, select, type_coerce

from console.domain.audit import OVERRIDES, Entry, Kind, entry, said
from console.domain.model import Event
from console.domain.vocabulary import Action
from console.services.audit_records import AuditPage, AuditQuery
from db.repositories.base import Repository, Row
from db.tables import case_file, event, site
from db.tables_audit import audit_entry

#: Under which key of the site the layout of its rows is kept.
_KEY: Final = "audit_layout"
_LAYOUT: Final = "1"
_STEP: Final = 5000


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
    found = (entry(one) for one in events)
    rows = [row_of(one) for one in found if one is not None]
    if rows:
        connection.execute(insert(audit_entry), rows)


#: Steps that are entries whatever they say.
_ACTIONS: Final = (*sorted(OVERRIDES), Action.AUDIT, Action.PERSON, Action.PACK)
#: Words of which one stands in the canonical JSON of any event that is an entry.
_SIGNS: Final = (
    b'"manual":true',
    *(f'"action":"{one}"'.encode() for one in _ACTIONS),
)


def index_bodies(connection: Connection, bodies: Iterable[tuple[int, bytes]]) -> None:
    """The same for events that are written as canonical JSON up to their number
    (``chain.unnumbered``), with that number."""
    index(connection, (_event(seq, start) for seq, start in bodies if any(sign in start for sign in _SIGNS)))


def _event(seq: int, start: bytes) -> Event:
    told = json.loads(start + b"0}")
    at, recorded = (datetime.fromisoformat(told[name]) for name in ("at", "recorded_at"))
    return Event(
        seq, told["case"], at, recorded, told["actor"], Action(told["action"]), told["data"], 1, "", ""
    )


def fill(connection: Connection) -> None:
    """Index what was in the chain before there was an index; part of each upgrade."""
    found = connection.execute(select(site.c.value).where(site.c.key == _KEY)).scalar()
    if found == _LAYOUT:
        return
    from db.repositories.events import read_event

    connection.execute(delete(audit_entry))
    data, last = type_coerce(event.c.data, Text), 0
    candidates: list[ColumnElement[bool]] = [event.c.action.in_(_ACTIONS), data.like('%"manual":true%')]
    if connection.dialect.name == "sqlite":
        # What is squeezed can only be read, which for a million cases takes ten
        # minutes: only cases that bear the mark hold such a step.
        marked = select(case_file.c.id).where(case_file.c.manual_time.is_(True))
        candidates.append(and_(func.typeof(event.c.data) == "blob", event.c.case_id.in_(marked)))
    query = select(event).where(or_(*candidates)).order_by(event.c.seq).limit(_STEP)
    while rows := connection.execute(query.where(event.c.seq > last)).all():
        index(connection, [read_event(row) for row in rows])
        last = int(rows[-1].seq)
    connection.execute(delete(site).where(site.c.key == _KEY))
    connection.execute(insert(site).values(key=_KEY, value=_LAYOUT))


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
