"""Alarms and what happened to them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update

from console.domain.errors import Refusal
from console.domain.model import Alarm, AlarmEvent
from console.domain.vocabulary import AlarmState
from console.services.ports import Page
from db.repositories.base import Repository, Row, chunks
from db.tables import alarm, alarm_event
from db.types import dump_json

_FIELDS = tuple(field.name for field in fields(Alarm))
_EVENT_FIELDS = tuple(field.name for field in fields(AlarmEvent))
_COLUMNS = [alarm.c[name] for name in _FIELDS]
EVENT_COLUMNS = [alarm_event.c[name] for name in _EVENT_FIELDS]
_OPEN = alarm.c.state != AlarmState.CLEARED

_SAVE = (
    update(alarm)
    .where(and_(alarm.c.id == bindparam("old_id"), alarm.c.version == bindparam("old_version")))
    .values({name: bindparam(f"new_{name}") for name in (*_FIELDS[1:], "timer_at")})
)


class Alarms(Repository):
    """Implements ``AlarmRepository``."""

    def get(self, alarm_id: int) -> Alarm | None:
        """One alarm, or ``None``."""
        row = self._db.execute(select(*_COLUMNS).where(alarm.c.id == alarm_id)).first()
        return None if row is None else _alarm(row)

    def load(self, ids: Sequence[int]) -> tuple[Alarm, ...]:
        """Many alarms at once, by number; unknown ones left out."""
        found: list[Alarm] = []
        for part in chunks(ids):
            query = select(*_COLUMNS).where(alarm.c.id.in_(part)).order_by(alarm.c.id)
            found += [_alarm(row) for row in self._db.execute(query)]
        return tuple(found)

    def open_of(self, source_kind: str, source_ids: Sequence[str]) -> Mapping[str, Alarm]:
        """The open alarm of each source that has one."""
        found: dict[str, Alarm] = {}
        for part in chunks(source_ids):
            of = and_(alarm.c.source_kind == source_kind, alarm.c.source_id.in_(part), _OPEN)
            for row in self._db.execute(select(*_COLUMNS).where(of)):
                found[row.source_id] = _alarm(row)
        return found

    def add(self, alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
        """Insert; a source that has an open alarm already is left out of the
        answer. In the order of their sources, so that two sweeps at the same
        instant wait for each other and cannot lock each other out."""
        if not alarms:
            return ()
        self._touch("alarm")
        wanted = {(str(a.source_kind), a.source_id): a for a in reversed(alarms)}
        rows = [_row(replace(wanted[key], version=1)) for key in sorted(wanted)]
        inserted = self._insert(alarm).on_conflict_do_nothing()
        query = inserted.returning(alarm.c.id, alarm.c.source_kind, alarm.c.source_id)
        ids = {(str(r.source_kind), r.source_id): r.id for r in self._db.execute(query, rows)}
        out = []
        for item in alarms:
            number = ids.pop((str(item.source_kind), item.source_id), None)
            if number is not None:
                out.append(replace(item, id=int(number), version=1))
        return tuple(out)

    def save(self, alarms: Sequence[Alarm]) -> None:
        """Compare-and-set on each version, which grows by one. Raises
        ``Refusal('conflict')`` when somebody was faster with one of them."""
        if not alarms:
            return
        self._touch("alarm")
        rows = []
        for item in sorted(alarms, key=_by_id):
            values = _row(replace(item, version=item.version + 1))
            row = {f"new_{name}": value for name, value in values.items()}
            rows.append(row | {"old_id": item.id, "old_version": item.version})
        if self._db.execute(_SAVE, rows).rowcount != len(rows):
            raise Refusal("conflict", "alarm", alarm=alarms[0].id)

    def record(self, events: Sequence[AlarmEvent]) -> tuple[AlarmEvent, ...]:
        """Insert; crossings already there are left out of the answer."""
        if not events:
            return ()
        self._touch("alarm")
        rows = [{name: getattr(item, name) for name in _EVENT_FIELDS} for item in events]
        query = self._insert(alarm_event).on_conflict_do_nothing().returning(*EVENT_COLUMNS)
        stored: dict[AlarmEvent, int] = {}
        for row in self._db.execute(query, rows):
            made = AlarmEvent(*row)
            stored[made] = stored.get(made, 0) + 1
        out = []
        for item in events:
            if stored.get(item, 0) > 0:
                stored[item] -= 1
                out.append(item)
        return tuple(out)

    def events_of(self, alarm_id: int) -> tuple[AlarmEvent, ...]:
        """What happened to one alarm, in order."""
        query = select(*EVENT_COLUMNS).where(alarm_event.c.alarm == alarm_id).order_by(alarm_event.c.id)
        return tuple(AlarmEvent(*row) for row in self._db.execute(query))

    def events_between(self, start: datetime, end: datetime) -> tuple[AlarmEvent, ...]:
        """Everything that happened from ``start`` until before ``end``, in order."""
        within = and_(alarm_event.c.at >= start, alarm_event.c.at < end)
        query = select(*EVENT_COLUMNS).where(within).order_by(alarm_event.c.id)
        return tuple(AlarmEvent(*row) for row in self._db.execute(query))

    def find(self, active: bool = False, since: datetime | None = None, limit: int = 500) -> Page[Alarm]:
        """Alarms, newest first; ``active`` leaves out the cleared ones."""
        where = []
        if active:
            where.append(_OPEN)
        if since is not None:
            where.append(alarm.c.raised_at >= since)
        query = select(*_COLUMNS).where(*where).order_by(alarm.c.raised_at.desc(), alarm.c.id.desc())
        rows = tuple(_alarm(row) for row in self._db.execute(query.limit(limit)))
        total = self._db.execute(select(func.count()).select_from(alarm).where(*where)).scalar_one()
        return Page(rows, int(total))

    def timed(self, now: datetime) -> tuple[Alarm, ...]:
        """Open alarms whose promise or shelf ends at or before ``now``."""
        query = select(*_COLUMNS).where(alarm.c.timer_at <= now).order_by(alarm.c.timer_at)
        return tuple(_alarm(row) for row in self._db.execute(query))

    def next_timed(self, after: datetime | None = None) -> datetime | None:
        """The nearest end of a promise or a shelf, or the nearest after ``after``."""
        query = select(func.min(alarm.c.timer_at)).where(alarm.c.timer_at.is_not(None))
        if after is not None:
            query = query.where(alarm.c.timer_at > after)
        found: datetime | None = self._db.execute(query).scalar()
        return found

    def count_raised(self, since: datetime) -> int:
        """How many alarms were raised since."""
        query = select(func.count()).select_from(alarm).where(alarm.c.raised_at >= since)
        return int(self._db.execute(query).scalar_one())

    def count_crossings(self, start: datetime, end: datetime) -> int:
        """How often clocks of cases rang from ``start`` until before ``end``."""
        rang = and_(alarm_event.c.threshold > 0, alarm_event.c.deadline.is_not(None))
        answers = ("acknowledged", "expired", "shelved", "unshelved", "returned", "cleared", "suppressed")
        within = and_(alarm_event.c.at >= start, alarm_event.c.at < end)
        asked = and_(rang, within, alarm_event.c.what.not_in(answers))
        return int(self._db.execute(select(func.count()).select_from(alarm_event).where(asked)).scalar_one())


def _by_id(item: Alarm) -> int:
    return item.id


def _timer(item: Alarm) -> datetime | None:
    if item.state is AlarmState.ACKNOWLEDGED:
        return item.promise_until
    if item.state is AlarmState.SHELVED:
        return item.shelved_until
    return None


def _row(item: Alarm) -> Row:
    row: Row = {name: getattr(item, name) for name in _FIELDS[1:]}
    row["members"] = list(item.members)
    row["facts"] = dump_json(dict(item.facts)) if item.facts else ""
    row["timer_at"] = _timer(item)
    return row


def _alarm(row: Any) -> Alarm:
    values = dict(row._mapping)
    values["members"] = tuple(values["members"])
    facts = values["facts"]
    values["facts"] = tuple(sorted(json.loads(facts).items())) if facts else ()
    return Alarm(**values)
