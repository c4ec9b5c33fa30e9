"""Alarms as they were at any instant, out of what happened to them.

A case's alarm is folded by the very functions that rule its life
(:mod:`console.domain.alarm_life`): a crossing raises or worsens it, and after a
step it is brought in line with the case as it then was. Of an alarm of another
source state, severity and code are told by its events; what it says besides
(facts, members) is what was stored last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from console.domain import alarm_life, deadlines
from console.domain.deadlines import Crossing
from console.domain.model import Alarm, AlarmEvent, Case, Event
from console.domain.past_cases import CasePast, Tape
from console.domain.records import replace
from console.domain.vocabulary import AlarmState, DeadlineKind, Severity, SourceKind

_S = AlarmState
_CROSSES: Final = frozenset({"raised", "worsened"})
_RINGS: Final = frozenset({"raised", "worsened", "unstable"})
#: (alarm, clock, due version, threshold) → what the chain tells of a crossing.
Crossings = Mapping[tuple[int, str, int, int], Event]


def past_of(row: Alarm, events: Sequence[AlarmEvent], case: CasePast | None, chain: Crossings) -> Tape[Alarm]:
    """The versions of the alarm stored as ``row``. ``events``: all that happened
    to it, in order; ``case``: the case it is about, if any."""
    moves = _moves(events, case)
    made: Alarm | None = None
    instants: list[datetime] = []
    versions: list[Alarm] = []
    for at, told, stepped in moves:
        after = made
        for group in told:
            after = _follow(row, after, group, case, chain)
        now = case.tape.at(at) if stepped and case is not None else None
        if after is not None and now is not None:
            after = _in_line(after, now, at)
        if after is None or after == made:
            continue
        made = after
        instants.append(at)
        versions.append(made)
    return Tape(tuple(instants), tuple(versions))


def _moves(
    events: Sequence[AlarmEvent], case: CasePast | None
) -> list[tuple[datetime, list[list[AlarmEvent]], bool]]:
    """Instants at which something happened, with what: crossings found together
    are one group."""
    told: dict[datetime, list[list[AlarmEvent]]] = {}
    last: datetime | None = None
    for event in events:
        at = last = event.at if last is None else max(last, event.at)
        groups = told.setdefault(at, [])
        if groups and event.what in _CROSSES and groups[-1][-1].what in _CROSSES:
            groups[-1].append(event)
        else:
            groups.append([event])
    steps = set(case.steps) if case is not None else set()
    return [(at, told.get(at, []), at in steps) for at in sorted(steps.union(told))]


def _follow(
    row: Alarm, before: Alarm | None, group: Sequence[AlarmEvent], case: CasePast | None, chain: Crossings
) -> Alarm | None:
    event = group[0]
    if row.source_kind is not SourceKind.CASE:
        for one in group:
            before = _source(row, before, one)
        return before
    if event.what in _CROSSES:
        return _crossed(row, before, group, case, chain)
    move = _MOVES.get(event.what)
    return before if before is None or move is None else move(before, event)


def _crossed(
    row: Alarm, before: Alarm | None, group: Sequence[AlarmEvent], case: CasePast | None, chain: Crossings
) -> Alarm:
    """Raised anew, or worse than it was."""
    at = group[0].at
    crossings = [_crossing(one, case, chain) for one in group if one.deadline is not None]
    if before is None or before.state is _S.CLEARED:
        top = alarm_life.worst(crossings)
        return Alarm(
            id=row.id,
            source_kind=row.source_kind,
            source_id=row.source_id,
            severity=top.severity,
            state=_S.RAISED,
            raised_at=at,
            late_s=(at - top.at).total_seconds(),
            deadline=top.kind,
            threshold=top.threshold,
            due_at=top.due_at,
        )
    return alarm_life.worsen(before, crossings, at)[0]


def _crossing(event: AlarmEvent, case: CasePast | None, chain: Crossings) -> Crossing:
    """The chain knows the due time of the crossing; else the case's clock then."""
    kind = event.deadline or DeadlineKind.DECISION
    told = chain.get((event.alarm, kind.value, event.due_version, event.threshold))
    due: datetime | None = None
    if told is not None:
        due = datetime.fromisoformat(str(told.data["due_at"]))
    elif case is not None:
        then = case.tape.at(event.at)
        clock = deadlines.of(then, kind) if then is not None else None
        due = clock.due_at if clock is not None else None
    at = told.at if told is not None else event.at
    return Crossing(kind, event.due_version, event.threshold, at, due or event.at, event.severity)


def _in_line(alarm: Alarm, case: Case, at: datetime) -> Alarm:
    """What a step changes of an alarm without a word: which clock it shows.
    That it is over is an event of its own."""
    after, told = alarm_life.settle(alarm, case, at)
    return alarm if told else after


# -- single words ------------------------------------------------------------


def _raised(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(
        alarm,
        state=_S.RAISED,
        raised_at=event.at,
        severity=event.severity,
        late_s=event.late_s,
        acked_by="",
        acked_at=None,
        acked_severity=None,
        promise_until=None,
        returned_at=None,
    )


def _acknowledged(alarm: Alarm, event: AlarmEvent) -> Alarm:
    taken = replace(alarm, acked_by=event.actor, acked_at=event.at, acked_severity=alarm.severity)
    if alarm.state is _S.RETURNED:
        return taken
    return replace(taken, state=_S.ACKNOWLEDGED, promise_until=event.until)


def _expired(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(_raised(alarm, event), louder=alarm.louder + 1)


def _shelved(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(
        alarm,
        state=_S.SHELVED,
        shelved_by=event.actor,
        shelved_until=event.until,
        reason=event.reason,
        promise_until=None,
    )


def _unshelved(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(_raised(alarm, event), shelved_by="", shelved_until=None, reason="")


def _returned(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(alarm, state=_S.RETURNED, returned_at=event.at)


def _cleared(alarm: Alarm, event: AlarmEvent) -> Alarm:
    """By its acknowledgement, or by itself because it had been taken on."""
    by_hand = alarm.state is _S.RETURNED
    return replace(
        alarm,
        state=_S.CLEARED,
        returned_at=alarm.returned_at if by_hand else event.at,
        cleared_at=event.at,
        promise_until=None,
        shelved_until=alarm.shelved_until if by_hand else None,
    )


def _set_back(alarm: Alarm, event: AlarmEvent) -> Alarm:
    if alarm.state is _S.ACKNOWLEDGED:
        return replace(alarm, acked_at=event.at, promise_until=event.until)
    if alarm.state is _S.SHELVED:
        return replace(alarm, shelved_until=event.until)
    return replace(alarm, raised_at=event.at)


def _suppressed(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(
        alarm, state=_S.SUPPRESSED, reason=event.reason, promise_until=None,
        acked_by="", acked_at=None, acked_severity=None,
    )  # fmt: skip


def _unsuppressed(alarm: Alarm, event: AlarmEvent) -> Alarm:
    return replace(_raised(alarm, event), reason="")


_MOVES: Final[Mapping[str, Callable[[Alarm, AlarmEvent], Alarm]]] = {
    "acknowledged": _acknowledged,
    "expired": _expired,
    "handed_over": _raised,
    "shelved": _shelved,
    "unshelved": _unshelved,
    "returned": _returned,
    "cleared": _cleared,
    "set_back": _set_back,
    "suppressed": _suppressed,
    "unsuppressed": _unsuppressed,
}


def _source(row: Alarm, before: Alarm | None, event: AlarmEvent) -> Alarm:
    """One thing that happened to an alarm that is not a case's."""
    if before is None:
        state = _S.SUPPRESSED if event.what == "suppressed" else _S.RAISED
        before = replace(
            row, severity=event.severity, state=state, raised_at=event.at, late_s=event.late_s,
            acked_by="", acked_at=None, acked_severity=None, promise_until=None, shelved_by="",
            shelved_until=None, reason=event.reason, returned_at=None, cleared_at=None, louder=0, version=0,
        )  # fmt: skip
        return _coded(row, before, event)
    if event.what in _RINGS:
        return _coded(row, _louder(before, event), event)
    move = _MOVES.get(event.what)
    return before if move is None else _coded(row, move(before, event), event)


def _louder(alarm: Alarm, event: AlarmEvent) -> Alarm:
    """Something more is wrong: what an acknowledgement did not cover rings."""
    covered = (alarm.acked_severity or alarm.severity).rank
    awake = alarm.state is _S.ACKNOWLEDGED and event.severity.rank >= covered
    if awake or alarm.state is _S.RETURNED:
        return replace(_raised(alarm, event), severity=max(alarm.severity, event.severity, key=_rank))
    return replace(alarm, severity=max(alarm.severity, event.severity, key=_rank))


def _coded(row: Alarm, alarm: Alarm, event: AlarmEvent) -> Alarm:
    code = event.code or alarm.code
    same = code == row.code
    return replace(
        alarm, code=code, facts=row.facts if same else (), began_at=row.began_at if same else alarm.raised_at
    )


def _rank(severity: Severity) -> int:
    return severity.rank
