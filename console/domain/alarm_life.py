"""The life of an alarm (ISA-18.2): raised, acknowledged, shelved, returned, cleared.

One alarm stands for one source, with a severity that only rises until somebody
acknowledges it. It is latched: it goes when it is acknowledged *and* what it
rang for is over. Every function is given the time and answers with the new
alarm and what to record; called twice it changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import deadlines, rights
from console.domain.chance import FORESEEN
from console.domain.deadlines import Crossing
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, AlarmEvent, Case
from console.domain.terms import SYSTEM
from console.domain.vocabulary import AlarmState, Severity, SourceKind

Life = tuple[Alarm, tuple[AlarmEvent, ...]]

#: The promises an officer may give, in minutes.
PROMISES: Final = (1, 2, 3)
#: The longest shelf: one shift.
LONGEST_SHELF: Final = timedelta(hours=12)
#: Workstations may differ by so much. What lies further ahead was stamped by a
#: clock that has been set back since.
AHEAD: Final = timedelta(seconds=10)

_LOUDER: Final = {
    Severity.LOW: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.HIGH: Severity.HIGH,
}
_S = AlarmState


def worst(crossings: Sequence[Crossing]) -> Crossing:
    """The crossing an alarm shows: the most severe, then the further one, then
    the one due first. Raises ``ValueError`` for none."""
    return min(crossings, key=_weight)


def raise_case(case: Case, crossings: Sequence[Crossing], now: datetime) -> Life:
    """A new alarm for a case; its events tell every crossing, oldest first.
    The alarm and its events have number 0 until they are stored."""
    top = worst(crossings)
    alarm = Alarm(
        id=0,
        source_kind=SourceKind.CASE,
        source_id=case.id,
        severity=top.severity,
        state=_S.RAISED,
        raised_at=now,
        late_s=_late(top, now),
        deadline=top.kind,
        threshold=top.threshold,
        due_at=top.due_at,
    )
    ordered = sorted(crossings, key=_order)
    events = [_crossed(alarm, c, "worsened" if i else "raised", now) for i, c in enumerate(ordered)]
    return alarm, tuple(events)


def worsen(alarm: Alarm, crossings: Sequence[Crossing], now: datetime) -> Life:
    """Add new crossings of the same source.

    Severity only rises while nobody has acknowledged. An acknowledgement
    covers its own deadline at its own severity: a higher one, or another
    deadline just as severe, brings the alarm back to ``raised``. A shelved or
    suppressed alarm stays so, and shows the higher severity. Raises
    ``ValueError`` for a cleared alarm.
    """
    if alarm.state is _S.CLEARED:
        raise ValueError("a cleared alarm does not worsen; raise a new one")
    if not crossings:
        return alarm, ()
    events = tuple(_crossed(alarm, c, "worsened", now) for c in sorted(crossings, key=_order))
    top = worst(crossings)
    changed = alarm
    higher = top.severity.rank - alarm.severity.rank
    if higher > 0 or (higher == 0 and _further(alarm, top)):
        changed = replace(
            alarm,
            severity=top.severity,
            deadline=top.kind,
            threshold=top.threshold,
            due_at=top.due_at,
            late_s=_late(top, now),
        )
    awake = alarm.state is _S.ACKNOWLEDGED and _uncovered(alarm, top)
    if awake or alarm.state is _S.RETURNED:
        changed = _raised(_showing(changed, top, now), now)
    return changed, events


def acknowledge(alarm: Alarm, actor: Actor, minutes: int, now: datetime) -> Life:
    """Take an alarm on, with a promise of 1, 2 or 3 minutes. What it rang for
    being over already, it is cleared.

    Raises ``forbidden``, ``bad_value.minutes``, ``conflict.acknowledged`` (by
    somebody before) and ``illegal_transition.alarm``.
    """
    rights.demand(actor, "alarm.ack")
    if minutes not in PROMISES:
        raise Refusal("bad_value", "minutes", minutes=minutes, allowed="1, 2, 3")
    if alarm.state is _S.ACKNOWLEDGED:
        raise Refusal("conflict", "acknowledged", by=alarm.acked_by, at=alarm.acked_at)
    if alarm.state not in (_S.RAISED, _S.RETURNED):
        raise _illegal(alarm, "acknowledge")
    taken = replace(alarm, acked_by=actor.name, acked_at=now, acked_severity=alarm.severity)
    told = _told(taken, "acknowledged", actor.name, now)
    if alarm.state is _S.RETURNED:
        cleared = replace(taken, state=_S.CLEARED, cleared_at=now, promise_until=None)
        return cleared, (told, _told(cleared, "cleared", actor.name, now))
    promised = replace(taken, state=_S.ACKNOWLEDGED, promise_until=now + timedelta(minutes=minutes))
    return promised, (replace(told, until=promised.promise_until),)


def expire(alarm: Alarm, now: datetime) -> Life:
    """What time alone does: a promise not kept brings the alarm back one step
    louder (high stays high), a shelf that ends brings it back as it was."""
    if alarm.state is _S.ACKNOWLEDGED and alarm.promise_until is not None and alarm.promise_until <= now:
        late = (now - alarm.promise_until) / timedelta(seconds=1)
        louder = replace(
            _raised(alarm, now),
            severity=_LOUDER[alarm.severity],
            louder=alarm.louder + 1,
            late_s=late,
        )
        event = replace(_told(louder, "expired", SYSTEM.name, now), late_s=late)
        return louder, (event,)
    if alarm.state is _S.SHELVED and alarm.shelved_until is not None and alarm.shelved_until <= now:
        return _unshelved(alarm, SYSTEM.name, now)
    return alarm, ()


def set_back(alarm: Alarm, begun: datetime, now: datetime) -> Life:
    """The clock was set back behind ``begun``, when the alarm's present state
    began: a promise or a shelf lasts as long as it was given for, counted from
    now, and what rings has been ringing since now. Otherwise it would be silent,
    or call nobody, until the clock has caught up. Unchanged where nothing lies
    ahead."""
    if begun <= now + AHEAD:
        return alarm, ()
    ahead = begun - now
    moved = alarm
    if alarm.state is _S.ACKNOWLEDGED and alarm.promise_until is not None:
        moved = replace(alarm, acked_at=now, promise_until=alarm.promise_until - ahead)
    elif alarm.state is _S.SHELVED and alarm.shelved_until is not None:
        moved = replace(alarm, shelved_until=alarm.shelved_until - ahead)
    elif alarm.state is _S.RAISED:
        moved = replace(alarm, raised_at=now)
    if moved == alarm:
        return alarm, ()
    until = moved.promise_until or moved.shelved_until
    return moved, (replace(_told(moved, "set_back", SYSTEM.name, now), until=until),)


def hand_over(alarm: Alarm, actor: Actor, now: datetime) -> Life:
    """At the end of a shift: what somebody of it had taken on rings again, as
    loud as it was, for those who come; nothing is taken along in silence."""
    rights.demand(actor, "shift.sign")
    if alarm.state is not _S.ACKNOWLEDGED:
        return alarm, ()
    back = replace(_raised(alarm, now), late_s=0.0)
    return back, (replace(_told(back, "handed_over", actor.name, now), reason=alarm.acked_by),)


def shelve(alarm: Alarm, actor: Actor, until: datetime, reason: str, now: datetime) -> Life:
    """Put an alarm aside for a while, with a reason.

    Raises ``forbidden``, ``missing_reason``, ``bad_value.shelf_past``,
    ``bad_value.shelf_long`` (more than one shift, 12 h) and
    ``illegal_transition.alarm``.
    """
    rights.demand(actor, "alarm.shelve")
    if not reason.strip():
        raise Refusal("missing_reason", "", action="shelve")
    if until <= now:
        raise Refusal("bad_value", "shelf_past", until=until)
    if until > now + LONGEST_SHELF:
        raise Refusal("bad_value", "shelf_long", until=until, hours=12)
    if alarm.state not in (_S.RAISED, _S.ACKNOWLEDGED):
        raise _illegal(alarm, "shelve")
    aside = replace(
        alarm,
        state=_S.SHELVED,
        shelved_by=actor.name,
        shelved_until=until,
        reason=reason.strip(),
        promise_until=None,
    )
    told = replace(_told(aside, "shelved", actor.name, now), reason=reason.strip(), until=until)
    return aside, (told,)


def unshelve(alarm: Alarm, actor: Actor, now: datetime) -> Life:
    """Take an alarm back before its shelf ends; it is raised again."""
    rights.demand(actor, "alarm.unshelve")
    if alarm.state is not _S.SHELVED:
        raise _illegal(alarm, "unshelve")
    return _unshelved(alarm, actor.name, now)


def return_(alarm: Alarm, now: datetime) -> Life:
    """What the alarm rang for is over: it waits for its acknowledgement, or,
    being acknowledged, shelved or suppressed, is cleared."""
    if alarm.state is _S.RAISED:
        gone = replace(alarm, state=_S.RETURNED, returned_at=now)
        return gone, (_told(gone, "returned", SYSTEM.name, now),)
    if alarm.state in (_S.RETURNED, _S.CLEARED):
        return alarm, ()
    cleared = replace(
        alarm, state=_S.CLEARED, returned_at=now, cleared_at=now, promise_until=None, shelved_until=None
    )
    return cleared, (_told(cleared, "cleared", SYSTEM.name, now),)


def settle(alarm: Alarm, case: Case, now: datetime) -> Life:
    """Bring a case's alarm in line with its clocks after a step.

    No running clock beyond a threshold any more: :func:`return_`. Another one
    still beyond: an acknowledged alarm shows that one from now on, at that
    one's severity, so that a later rise rings.
    """
    if alarm.state is _S.CLEARED:
        return alarm, ()
    present = deadlines.crossings(case, now)
    if not present and _foreseen(alarm, case):
        return alarm, ()
    if not present:
        return return_(alarm, now)
    if any(c.kind is alarm.deadline for c in present):
        return alarm, ()
    top = worst(present)
    shown = replace(alarm, deadline=top.kind, threshold=top.threshold, due_at=top.due_at)
    if alarm.state is _S.ACKNOWLEDGED:
        shown = replace(shown, severity=top.severity, acked_severity=top.severity)
    return shown, ()


def _foreseen(alarm: Alarm, case: Case) -> bool:
    """It rang for what has not come yet, and that clock still runs."""
    if alarm.threshold != FORESEEN or alarm.deadline is None:
        return False
    deadline = deadlines.of(case, alarm.deadline)
    if deadline is None or not deadline.running or deadline.paused_since is not None:
        return False
    return deadline.due_at == alarm.due_at


def _raised(alarm: Alarm, now: datetime) -> Alarm:
    return replace(
        alarm,
        state=_S.RAISED,
        raised_at=now,
        acked_by="",
        acked_at=None,
        acked_severity=None,
        promise_until=None,
        returned_at=None,
    )


def _showing(alarm: Alarm, top: Crossing, now: datetime) -> Alarm:
    return replace(
        alarm,
        deadline=top.kind,
        threshold=top.threshold,
        due_at=top.due_at,
        late_s=_late(top, now),
    )


def _unshelved(alarm: Alarm, actor: str, now: datetime) -> Life:
    back = replace(_raised(alarm, now), shelved_by="", shelved_until=None, reason="", late_s=0.0)
    return back, (_told(back, "unshelved", actor, now),)


def _uncovered(alarm: Alarm, top: Crossing) -> bool:
    """True when the acknowledgement does not speak of this crossing."""
    covered = (alarm.acked_severity or alarm.severity).rank
    if top.severity.rank > covered:
        return True
    return top.severity.rank == covered and top.kind is not alarm.deadline


def _further(alarm: Alarm, top: Crossing) -> bool:
    """Just as severe, but past a further threshold or due earlier."""
    if alarm.due_at is None or top.threshold != alarm.threshold:
        return top.threshold > alarm.threshold
    return top.due_at < alarm.due_at


def _weight(crossing: Crossing) -> tuple[int, int, datetime]:
    return -crossing.severity.rank, -crossing.threshold, crossing.due_at


def _order(crossing: Crossing) -> tuple[datetime, int]:
    return crossing.at, crossing.threshold


def _late(crossing: Crossing, now: datetime) -> float:
    return (now - crossing.at) / timedelta(seconds=1)


def _crossed(alarm: Alarm, crossing: Crossing, what: str, now: datetime) -> AlarmEvent:
    return AlarmEvent(
        alarm=alarm.id,
        at=now,
        what=what,
        actor=SYSTEM.name,
        severity=crossing.severity,
        deadline=crossing.kind,
        due_version=crossing.due_version,
        threshold=crossing.threshold,
        late_s=_late(crossing, now),
    )


def _told(alarm: Alarm, what: str, actor: str, now: datetime) -> AlarmEvent:
    return AlarmEvent(
        alarm=alarm.id,
        at=now,
        what=what,
        actor=actor,
        severity=alarm.severity,
        deadline=alarm.deadline,
        code=alarm.code,
    )


def _illegal(alarm: Alarm, action: str) -> Refusal:
    return Refusal("illegal_transition", "alarm", alarm=alarm.id, state=str(alarm.state), action=action)
