"""Looking back over a stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, insert, or_, select

from console.domain.model import Alarm, AlarmEvent, Event, Evidence
from console.domain.shift_log import place_of
from console.services.history_records import WallChange
from db.repositories.alarms import EVENT_COLUMNS, Alarms
from db.repositories.base import Repository, chunks
from db.repositories.evidence import evidence_row
from db.tables import alarm, alarm_event, case_file, event, evidence
from db.tables_history import wall_change

#: A corrected time may lie so far before its entry (``domain.corrections``).
_BACK: Final = timedelta(hours=25)
#: Columns of an event that say what happened; its hashes are left out.
_TOLD: Final = [event.c[name] for name in "seq case_id at recorded_at actor action data".split()]
_DAY: Final = timedelta(days=1)


class History(Repository):
    """Implements ``HistoryRepository``."""

    def cases_between(self, since: datetime, start: datetime, end: datetime) -> tuple[str, ...]:
        """Ids of cases open at ``start`` or touched from ``since`` to ``end``."""
        ended = case_file.c.ended_at
        still = and_(case_file.c.opened_at <= start, or_(ended.is_(None), ended >= start - _BACK))
        found = {row.id for row in self._db.execute(select(case_file.c.id).where(still))}
        inside = and_(event.c.recorded_at >= since, event.c.recorded_at <= end, event.c.case_id != "")
        found.update(
            row.case_id for row in self._db.execute(select(event.c.case_id).where(inside).distinct())
        )
        return tuple(sorted(found))

    def events_of(self, ids: Sequence[str], until: datetime) -> Mapping[str, tuple[Event, ...]]:
        """Events of cases, each in the chain's order."""
        found: dict[str, list[Event]] = {case_id: [] for case_id in ids}
        for part in chunks(ids):
            of = and_(event.c.case_id.in_(part), event.c.recorded_at <= until)
            for row in self._db.execute(select(*_TOLD).where(of).order_by(event.c.seq)):
                found[row.case_id].append(_event(row))
        return {case_id: tuple(rows) for case_id, rows in found.items()}

    def entered(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """Events of no case: the site's own, and those of shifts."""
        of_none = or_(event.c.case_id == "", event.c.case_id.startswith(place_of("")))
        inside = and_(event.c.recorded_at >= start, event.c.recorded_at <= end)
        query = select(*_TOLD).where(inside, of_none).order_by(event.c.seq)
        return tuple(_event(row) for row in self._db.execute(query))

    def alarms_between(self, start: datetime, end: datetime) -> tuple[Alarm, ...]:
        """Alarms by number that were open in between. Numbers grow with time:
        none above the highest of the last day before ``end`` had begun."""
        by_then = alarm_event.c.at <= end
        last = self._db.execute(select(func.max(alarm_event.c.at)).where(by_then)).scalar()
        top: int | None = None
        if last is not None:
            # Several are raised at an instant, in no order of their numbers.
            of_a_day = select(func.max(alarm_event.c.alarm)).where(by_then, alarm_event.c.at > last - _DAY)
            top = self._db.execute(of_a_day).scalar()
        inside = select(alarm_event.c.alarm).where(alarm_event.c.at >= start, alarm_event.c.at <= end)
        ids = {int(row.alarm) for row in self._db.execute(inside.distinct())}
        if top is not None:
            gone = alarm.c.cleared_at
            lasting = and_(alarm.c.id <= top, or_(gone.is_(None), gone >= start))
            ids.update(int(row.id) for row in self._db.execute(select(alarm.c.id).where(lasting)))
        return Alarms(self._db, self._touch).load(sorted(ids))

    def alarm_events(self, ids: Sequence[int], until: datetime) -> Mapping[int, tuple[AlarmEvent, ...]]:
        """Events of alarms, each in order."""
        found: dict[int, list[AlarmEvent]] = {number: [] for number in ids}
        for part in chunks(ids):
            of = and_(alarm_event.c.alarm.in_(part), alarm_event.c.at <= until)
            for row in self._db.execute(select(*EVENT_COLUMNS).where(of).order_by(alarm_event.c.id)):
                found[row.alarm].append(AlarmEvent(*row))
        return {number: tuple(rows) for number, rows in found.items()}

    def evidence_of(self, ids: Sequence[str], until: datetime) -> tuple[Evidence, ...]:
        """Evidence by the time it was taken."""
        found: list[Evidence] = []
        for part in chunks(ids):
            of = and_(evidence.c.case_id.in_(part), evidence.c.added_at <= until)
            found += [evidence_row(row) for row in self._db.execute(select(evidence).where(of))]
        return tuple(sorted(found, key=_taken))

    def walls(self, start: datetime, end: datetime) -> tuple[WallChange, ...]:
        """What hung at ``start``, and every change until ``end``."""
        before = wall_change.c.at <= start
        last = (
            select(func.max(wall_change.c.id)).where(before).group_by(wall_change.c.seat, wall_change.c.wall)
        )
        inside = and_(wall_change.c.at > start, wall_change.c.at <= end)
        query = select(wall_change).where(or_(wall_change.c.id.in_(last), inside))
        rows = self._db.execute(query.order_by(wall_change.c.at, wall_change.c.id))
        return tuple(WallChange(row.at, row.actor, row.seat, row.wall, row.what, row.hung) for row in rows)

    def hang(self, rows: Iterable[WallChange]) -> None:
        """Add rows. Nobody is told: nothing on a screen of today hangs on it."""
        values = [
            {
                "at": one.at,
                "actor": one.actor,
                "seat": one.seat[:80],
                "wall": one.wall[:40],
                "what": one.what,
                "hung": dict(one.hung),
            }
            for one in rows
        ]
        if values:
            self._touch()
            self._db.execute(insert(wall_change), values)


def _taken(row: Evidence) -> tuple[datetime, str]:
    return row.captured_at, row.id


def _event(row: Any) -> Event:
    return Event(row.seq, row.case_id, row.at, row.recorded_at, row.actor, row.action, row.data, 0, "", "")
