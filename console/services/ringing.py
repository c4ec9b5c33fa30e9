"""Alarms inside a unit of work: crossings become alarms, each once.

Whoever finds a crossing first records it: the sweep, or the step that is about
to stop the very clock that has crossed. A crossing is known by (case, clock,
due version, threshold); the alarm's own events, the chain and the mark on the
deadline all keep it, so that a second finder has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import alarm_life, deadlines
from console.domain.deadlines import Crossing
from console.domain.model import Alarm, AlarmEvent, Case, EventDraft
from console.domain.terms import SYSTEM
from console.domain.vocabulary import Action, DeadlineKind
from console.services.ports import Swept, UnitOfWork

_CASE: Final = "case"
Key = tuple[int, DeadlineKind | None, int, int]


@dataclass
class Rung:
    """What was found and recorded. ``lost`` counts sources whose alarm another
    sweep inserted at the same instant: they are looked at again."""

    raised: int = 0
    worsened: int = 0
    lost: int = 0
    changed: bool = False
    drafts: list[EventDraft] = field(default_factory=list)
    crossed_at: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """A case with crossings nobody has recorded yet."""

    case: Case
    alarm: Alarm | None
    crossings: tuple[Crossing, ...]


def ring(
    uow: UnitOfWork, cases: Sequence[Case], until: datetime, now: datetime, *, sure: bool = True
) -> Rung:
    """Record every crossing of ``cases`` up to ``until`` that is not recorded
    yet: raise alarms, worsen the open ones, mark the deadlines. ``sure``: the
    caller knows that each of the cases has one."""
    open_alarms = uow.alarms.open_of(_CASE, [case.id for case in cases]) if cases else {}
    found = []
    marks: list[Swept] = []
    for case in cases:
        crossings = deadlines.crossings(case, until)
        fresh = _unrecorded(uow, case, open_alarms.get(case.id), crossings, sure)
        marks += [_mark(case, c) for c in crossings if c not in fresh]
        if fresh:
            found.append(_Found(case, open_alarms.get(case.id), fresh))
    rung = Rung()
    stored = _raise([f for f in found if f.alarm is None], uow, now, rung)
    told = stored + _worsen([f for f in found if f.alarm is not None], uow, now, rung)
    for item, alarm, crossings in told:
        marks += [_mark(item.case, c) for c in item.crossings]
        rung.drafts += [_draft(item.case, alarm, c, now) for c in crossings]
        rung.crossed_at += [c.at for c in crossings]
    rung.drafts.sort(key=_by_time)
    uow.cases.mark_swept(marks)
    return rung


def foretell(uow: UnitOfWork, found: Sequence[tuple[Case, Crossing]], now: datetime) -> Rung:
    """Raise an alarm for each case, none of which has one, for what has not
    come yet. The clocks' own marks stay as they are: they are still to ring."""
    rung = Rung()
    told = _raise([_Found(case, None, (crossing,)) for case, crossing in found], uow, now, rung)
    rung.drafts += [_draft(item.case, alarm, c, now) for item, alarm, crossings in told for c in crossings]
    return rung


def catch_up(uow: UnitOfWork, case: Case, until: datetime, now: datetime) -> Rung:
    """Before a step at ``until``: record what the case has crossed and no
    sweep has seen, since the step may stop the clock that did it."""
    if not deadlines.crossings(case, until):
        return Rung()
    return ring(uow, [case], until, now, sure=False)


def settle(uow: UnitOfWork, case: Case, now: datetime) -> Rung:
    """After a step: record what the step itself has set ringing (a clock that
    comes back beyond its mark), then let the case's alarm go when no clock rings
    any more. Recorded first: the alarm may be made to show such a clock, and what
    it shows counts as rung."""
    rung = Rung()
    if deadlines.crossings(case, now):
        rung = ring(uow, [case], now, now, sure=False)
    alarm = uow.alarms.open_of(_CASE, [case.id]).get(case.id)
    if alarm is None:
        return rung
    after, events = alarm_life.settle(alarm, case, now)
    if after == alarm:
        return rung
    uow.alarms.save([after])
    uow.alarms.record(events)
    rung.changed = True
    return rung


def _raise(
    found: Sequence[_Found], uow: UnitOfWork, now: datetime, rung: Rung
) -> list[tuple[_Found, Alarm, tuple[Crossing, ...]]]:
    made = [alarm_life.raise_case(item.case, item.crossings, now) for item in found]
    stored = {alarm.source_id: alarm for alarm in uow.alarms.add([alarm for alarm, _ in made])}
    told: list[tuple[_Found, Alarm, tuple[Crossing, ...]]] = []
    events: list[AlarmEvent] = []
    for item, (_, drafts) in zip(found, made, strict=True):
        alarm = stored.get(item.case.id)
        if alarm is None:
            rung.lost += 1
            continue
        events += [replace(event, alarm=alarm.id) for event in drafts]
        told.append((item, alarm, item.crossings))
    uow.alarms.record(events)
    rung.raised += len(told)
    rung.changed = rung.changed or bool(told)
    return told


def _worsen(
    found: Sequence[_Found], uow: UnitOfWork, now: datetime, rung: Rung
) -> list[tuple[_Found, Alarm, tuple[Crossing, ...]]]:
    wanted: list[AlarmEvent] = []
    for item in found:
        assert item.alarm is not None
        wanted += alarm_life.worsen(item.alarm, item.crossings, now)[1]
    recorded: set[Key] = {
        (e.alarm, e.deadline, e.due_version, e.threshold) for e in uow.alarms.record(wanted)
    }
    told: list[tuple[_Found, Alarm, tuple[Crossing, ...]]] = []
    changed: list[Alarm] = []
    for item in found:
        assert item.alarm is not None
        number = item.alarm.id
        fresh = tuple(c for c in item.crossings if (number, c.kind, c.due_version, c.threshold) in recorded)
        after = alarm_life.worsen(item.alarm, fresh, now)[0]
        if after != item.alarm:
            changed.append(after)
        rung.worsened += bool(fresh)
        told.append((item, after, fresh))
    uow.alarms.save(changed)
    rung.changed = rung.changed or bool(changed)
    return told


def _unrecorded(
    uow: UnitOfWork, case: Case, alarm: Alarm | None, crossings: tuple[Crossing, ...], sure: bool
) -> tuple[Crossing, ...]:
    """The crossings nobody has recorded. What the open alarm shows has rung;
    of one that is left a caller that is sure knows that it has not; of several
    the chain tells."""
    left = tuple(c for c in crossings if alarm is None or not _shown(alarm, c))
    if not left or (sure and len(left) == 1):
        return left
    rung = {
        (event.data.get("deadline"), event.data.get("due_version"), event.data.get("threshold"))
        for event in uow.events.of_case(case.id)
        if event.action is Action.ALARM
    }
    return tuple(c for c in left if (c.kind.value, c.due_version, c.threshold) not in rung)


def _shown(alarm: Alarm, crossing: Crossing) -> bool:
    """Only of a first round: a later one may be due at the same instant, as
    after a night in which the office's clock stood anyway."""
    return (
        crossing.due_version == 1
        and crossing.kind is alarm.deadline
        and crossing.due_at == alarm.due_at
        and crossing.threshold <= alarm.threshold
    )


def _mark(case: Case, crossing: Crossing) -> Swept:
    return case.id, crossing.kind.value, crossing.due_version, crossing.threshold, crossing.next_at


def _draft(case: Case, alarm: Alarm, crossing: Crossing, now: datetime) -> EventDraft:
    """The chain's record of one crossing, at the instant it happened."""
    return EventDraft(
        case=case.id,
        at=crossing.at,
        recorded_at=now,
        actor=SYSTEM.name,
        action=Action.ALARM,
        data={
            "alarm": alarm.id,
            "deadline": crossing.kind.value,
            "due_version": crossing.due_version,
            "threshold": crossing.threshold,
            "severity": crossing.severity.value,
            "due_at": crossing.due_at.isoformat(),
            "late_ms": max(0, (now - crossing.at) // timedelta(milliseconds=1)),
        },
    )


def _by_time(draft: EventDraft) -> tuple[datetime, str, int]:
    return draft.at, draft.case, int(str(draft.data["threshold"]))
