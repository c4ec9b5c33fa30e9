"""What became of alarms: the history of a day, the life of one, their quality.

Only reads. A day is a day of the site; an alarm belongs to each day on which
anything happened to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from console.domain import alarm_quality, ids
from console.domain.alarm_quality import Quality, Source, Standing
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, AlarmEvent, Case
from console.domain.vocabulary import Severity, SourceKind
from console.services import permissions
from console.services.figures import SITE_ZONE
from console.services.ports import CaseQuery, Clock, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Heavy, Prompt

#: A day's list tells of so many alarms; a day with more has other troubles.
MOST_ROWS: Final = 2000
#: Acknowledged alarms of which somebody has to know the names of cases at once.
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class LoadAlarmHistory(Heavy):
    """One day (``None``: today) → ``AlarmHistory``."""

    day: date | None = None


@dataclass(frozen=True, slots=True)
class LoadAlarmLife(Prompt):
    """Everything that happened to one alarm → ``AlarmLife``."""

    alarm_id: int


@dataclass(frozen=True, slots=True)
class PastAlarm:
    """One alarm on one day. ``first_at``: its first call of the day; ``worst``:
    the highest severity it called with; ``acked_s``: seconds from that first
    call to the first acknowledgement, ``None`` for none; ``acked_by``: by whom."""

    alarm: Alarm
    number: str
    what_zh: str
    what_en: str
    first_at: datetime
    worst: Severity
    calls: int
    late_s: float
    acked_s: float | None
    acked_by: str


@dataclass(frozen=True, slots=True)
class AlarmHistory:
    """A day's alarms, newest first (``total`` of them, the newest ``rows``),
    and how good they were. ``names``: what sources of the report are called,
    Chinese and English."""

    day: date
    rows: tuple[PastAlarm, ...]
    total: int
    quality: Quality
    names: Mapping[Source, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AlarmLife:
    """One alarm and what happened to it, in order. ``acked_s`` as in
    :class:`PastAlarm`, over its whole life."""

    alarm: Alarm
    events: tuple[AlarmEvent, ...]
    acked_s: float | None


class AlarmLog:
    """Reads; changes nothing."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def day(self, actor: Actor, day: date | None = None) -> AlarmHistory:
        """One day of the site; ``None`` for today, which ends now."""
        permissions.demand(actor, "alarm.read")
        now = self._clock.now()
        chosen = day or now.astimezone(SITE_ZONE).date()
        start, end = bounds(chosen)
        with self._uows.read() as uow:
            events = uow.alarms.events_between(start, end)
            open_now = uow.alarms.find(active=True, limit=MOST_ROWS * 5).rows
            alarms = {one.id: one for one in open_now}
            alarms.update(_missing(uow, {event.alarm for event in events}, alarms))
            standing = _standing(uow, alarms.values(), start)
            cases = _cases(uow, alarms.values())
        sources = {one.id: _source(one) for one in alarms.values()}
        report = alarm_quality.quality(events, sources, standing, start, min(end, max(start, now)))
        lives: dict[int, list[AlarmEvent]] = {}
        for event in events:
            lives.setdefault(event.alarm, []).append(event)
        rows = [_past(alarms[n], told, cases) for n, told in lives.items() if n in alarms]
        rows.sort(key=_newest)
        names = {_source(one): _named(one, cases) for one in alarms.values()}
        return AlarmHistory(chosen, tuple(rows[:MOST_ROWS]), len(rows), report, names)

    def life(self, actor: Actor, alarm_id: int) -> AlarmLife:
        """One alarm with its events. Raises ``Refusal('unknown_alarm')``."""
        permissions.demand(actor, "alarm.read")
        with self._uows.read() as uow:
            alarm = uow.alarms.get(alarm_id)
            if alarm is None:
                raise Refusal("unknown_alarm", alarm=alarm_id)
            events = uow.alarms.events_of(alarm_id)
        return AlarmLife(alarm, events, _acked(events)[0])


def bounds(day: date) -> tuple[datetime, datetime]:
    """First instant of a day of the site, and of the next one."""
    start = datetime.combine(day, time(), tzinfo=SITE_ZONE)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=SITE_ZONE)
    return start, end


def handlers(services: Any) -> Mapping[type, Callable[[Any], object]]:
    """A handler by request type."""
    log = AlarmLog(services.uows, services.clock)

    def history(request: LoadAlarmHistory) -> AlarmHistory:
        return log.day(request.actor, request.day)

    def life(request: LoadAlarmLife) -> AlarmLife:
        return log.life(request.actor, request.alarm_id)

    return {LoadAlarmHistory: history, LoadAlarmLife: life}


def _missing(uow: UnitOfWork, wanted: set[int], known: Mapping[int, Alarm]) -> dict[int, Alarm]:
    return {one.id: one for one in uow.alarms.load(sorted(wanted.difference(known)))}


def _standing(uow: UnitOfWork, alarms: Iterable[Alarm], start: datetime) -> list[Standing]:
    """Since when each alarm has stood. ``raised_at`` moves with each return,
    so its first event is asked, for those that could be stale at all."""
    found = []
    for one in alarms:
        first = one.raised_at
        if one.version > 1:
            events = uow.alarms.events_of(one.id)
            first = min([first, *(event.at for event in events[:1])])
        found.append(Standing(_source(one), first, one.cleared_at))
    return found


def _cases(uow: UnitOfWork, alarms: Iterable[Alarm]) -> dict[str, Case]:
    wanted = sorted({one.source_id for one in alarms if one.source_kind is SourceKind.CASE})
    found: dict[str, Case] = {}
    for at in range(0, len(wanted), _BATCH):
        part = tuple(wanted[at : at + _BATCH])
        rows = uow.cases.find(CaseQuery(ids=part, limit=len(part))).rows
        found.update({case.id: case for case in rows})
    return found


def _source(alarm: Alarm) -> Source:
    return str(alarm.source_kind), alarm.source_id


def _named(alarm: Alarm, cases: Mapping[str, Case]) -> tuple[str, str]:
    case = cases.get(alarm.source_id)
    if case is None:
        return alarm.source_id, alarm.source_id
    number = ids.number(case.id)
    return f"{number} {case.name_zh}".strip(), f"{number} {case.name_en}".strip()


def _past(alarm: Alarm, told: Sequence[AlarmEvent], cases: Mapping[str, Case]) -> PastAlarm:
    case = cases.get(alarm.source_id)
    asked = [event for event in told if event.what in alarm_quality.ASKS] or list(told)
    acked_s, by = _acked(told)
    return PastAlarm(
        alarm=alarm,
        number=ids.number(case.id) if case is not None else alarm.source_id,
        what_zh=" · ".join(w for w in (case.name_zh, case.place) if w) if case is not None else "",
        what_en=" · ".join(w for w in (case.name_en, case.place) if w) if case is not None else "",
        first_at=asked[0].at,
        worst=max((event.severity for event in asked), key=_rank),
        calls=len({event.at for event in asked}),
        late_s=max(event.late_s for event in asked),
        acked_s=acked_s,
        acked_by=by,
    )


def _acked(told: Sequence[AlarmEvent]) -> tuple[float | None, str]:
    """From the first call to the first acknowledgement after it, seconds."""
    asked: datetime | None = None
    for event in told:
        if event.what in alarm_quality.ASKS and asked is None:
            asked = event.at
        elif event.what == "acknowledged" and asked is not None:
            return (event.at - asked).total_seconds(), event.actor
    return None, ""


def _newest(row: PastAlarm) -> tuple[float, int]:
    return -row.first_at.timestamp(), -row.alarm.id


def _rank(severity: Severity) -> int:
    return severity.rank
