"""The outbox: notices, leased while somebody sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, or_, select, update

from console.domain.escalation import Ring
from console.domain.vocabulary import AlarmState
from console.services.notice_records import Notice
from db.repositories.base import Repository, Row, chunks
from db.tables import alarm
from db.tables_notices import notice

_FIELDS = tuple(field.name for field in fields(Notice))
_COLUMNS = [notice.c[name] for name in _FIELDS]
_WAITING = "waiting"


class Notices(Repository):
    """Implements ``NoticeRepository``."""

    def ringing(self, until: datetime) -> tuple[Ring, ...]:
        """Alarms nobody has acknowledged, raised at or before ``until``."""
        c = alarm.c
        query = select(c.id, c.severity, c.raised_at, c.louder)
        # Written out, so that the index of these alone is used.
        raised: ColumnElement[str] = literal_column(f"'{AlarmState.RAISED.value}'")
        query = query.where(c.state == raised, c.raised_at <= until).order_by(c.raised_at)
        return tuple(Ring(*row) for row in self._db.execute(query))

    def add(self, notices: Sequence[Notice]) -> tuple[Notice, ...]:
        """Insert; keys already there are left out of the answer. In the order of
        their keys, so that two programs at the same instant wait for each other
        and cannot lock each other out."""
        if not notices:
            return ()
        self._touch("notice")
        wanted = {item.key: item for item in reversed(notices)}
        rows = [_row(wanted[key]) for key in sorted(wanted)]
        query = self._insert(notice).on_conflict_do_nothing().returning(notice.c.id, notice.c.key)
        ids = {row.key: int(row.id) for row in self._db.execute(query, rows)}
        return tuple(replace(wanted[key], id=ids[key]) for key in wanted if key in ids)

    def waits(self, now: datetime, channel: str) -> bool:
        """True when something of a channel is due and nobody has leased it."""
        return self._db.execute(select(notice.c.id).where(_due(now, channel)).limit(1)).first() is not None

    def claim(self, now: datetime, channel: str, by: str, until: datetime) -> Notice | None:
        """Lease the most urgent due notice to ``by`` and count the try: what was
        tried least first, so that one bad address does not hold up the others."""
        c = notice.c
        query = select(c.id).where(_due(now, channel)).order_by(c.attempts, c.next_at, c.id).limit(1)
        # SQLite has one writer at a time and leaves this clause out.
        number = self._db.execute(query.with_for_update(skip_locked=True)).scalar()
        if number is None:
            return None
        same = c.id == number
        leased = {"lease_by": by, "lease_until": until, "attempts": c.attempts + 1}
        self._db.execute(update(notice).where(same).values(**leased))
        return _notice(self._db.execute(select(*_COLUMNS).where(same)).one())

    def settle(self, item: Notice) -> bool:
        """Store what became of a leased notice; false when the lease was lost."""
        self._touch("notice")
        c = notice.c
        mine = and_(c.id == item.id, c.lease_by == item.lease_by, c.attempts == item.attempts)
        values = {
            "state": item.state,
            "next_at": item.next_at,
            "done_at": item.done_at,
            "reason": item.reason,
            "lease_until": None,
        }
        same = and_(mine, c.state == _WAITING)
        return self._db.execute(update(notice).where(same).values(**values)).rowcount == 1

    def fold(self, ids: Sequence[int], into: str, now: datetime) -> None:
        """Mark notices as part of the summary whose key is ``into``."""
        self._touch("notice")
        values = {"state": "folded", "next_at": None, "done_at": now, "reason": into}
        for part in chunks(ids):
            self._db.execute(update(notice).where(notice.c.id.in_(part)).values(**values))

    def find(self, state: str = "", limit: int = 200) -> tuple[Notice, ...]:
        """Newest first; all states unless one is named."""
        query = select(*_COLUMNS).order_by(notice.c.id.desc()).limit(limit)
        if state:
            query = query.where(notice.c.state == state)
        return tuple(_notice(row) for row in self._db.execute(query))

    def counts(self, since: datetime) -> Mapping[str, int]:
        """How many left or leave the house, by state: all that wait, the others
        since ``since``."""
        c = notice.c
        query = select(c.state, func.count()).where(or_(c.state == _WAITING, c.made_at >= since))
        query = query.where(c.channel != "screen")  # those leave nothing to send
        return {str(state): int(number) for state, number in self._db.execute(query.group_by(c.state))}

    def forget(self, before: datetime) -> int:
        """Delete what was over before that; returns how many."""
        gone = self._db.execute(delete(notice).where(notice.c.done_at < before)).rowcount
        if gone:
            self._touch("notice")
        return gone


def _due(now: datetime, channel: str) -> ColumnElement[bool]:
    c = notice.c
    free = or_(c.lease_until.is_(None), c.lease_until <= now)
    return and_(c.next_at <= now, c.state == _WAITING, c.channel == channel, free)


def _row(item: Notice) -> Row:
    row: Row = {name: getattr(item, name) for name in _FIELDS[1:]}
    row["facts"] = dict(item.facts)
    return row


def _notice(row: Any) -> Notice:
    return Notice(**dict(row._mapping))
