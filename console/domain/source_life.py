"""The life of an alarm that is not a case's: camera, segment, disk, database …

The same states and the same latch as a case's alarm (``alarm_life``): severity
only rises until somebody acknowledges, an acknowledgement covers what it was
given for, and an alarm goes when it is acknowledged and what it rang for is
over. What is being worked on, and what hangs behind a dead segment, is
suppressed: it stands, and rings only once that is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import alarm_life
from console.domain.alarm_life import Life
from console.domain.alarm_priorities import UNSTABLE
from console.domain.conditions import Facts, Source, Trouble
from console.domain.model import Alarm, AlarmEvent
from console.domain.terms import SYSTEM
from console.domain.vocabulary import AlarmState, Severity

_S = AlarmState
#: An event names so many members; an outage has more than a line can hold.
NAMED: Final = 100


@dataclass(frozen=True, slots=True)
class Picture:
    """How a source stands: its ``troubles``, worst first, the codes that are
    ``fresh`` since it was last looked at, its ``members`` where it is a
    segment, how many of these are still ``missing``, and why it is ``aside``
    (suppressed by design) if it is."""

    source: Source
    troubles: tuple[Trouble, ...]
    fresh: Collection[str] = ()
    members: tuple[str, ...] = ()
    missing: int = 0
    aside: str = ""


def begin(picture: Picture, now: datetime) -> Life:
    """A new alarm of a source with troubles; number 0 until it is stored."""
    top = picture.troubles[0]
    alarm = Alarm(
        id=0,
        source_kind=picture.source[0],
        source_id=picture.source[1],
        severity=top.severity,
        state=_S.SUPPRESSED if picture.aside else _S.RAISED,
        raised_at=now,
        late_s=_late(top, now),
        members=picture.members,
        code=top.code,
        began_at=top.since,
        facts=_facts(picture),
        reason=picture.aside,
    )
    if picture.aside:
        return alarm, (replace(_told(alarm, "suppressed", now), reason=picture.aside),)
    events = [_raised(alarm, one, "worsened" if at else "raised", now) for at, one in _ordered(picture)]
    return alarm, tuple(events)


def follow(alarm: Alarm, picture: Picture, now: datetime) -> Life:
    """An open alarm brought in line with its source; unchanged when it is.
    Raises ``ValueError`` for a cleared alarm."""
    if alarm.state is _S.CLEARED:
        raise ValueError("a cleared alarm does not go on; raise a new one")
    if not picture.troubles:
        return alarm_life.return_(alarm, now)
    if alarm.state is _S.RETURNED:
        return _again(alarm, picture, now)
    if picture.aside and alarm.state in (_S.RAISED, _S.ACKNOWLEDGED):
        return _aside(alarm, picture, now)
    if alarm.state is _S.SUPPRESSED:
        return _shown(alarm, picture) if picture.aside else _back(alarm, picture, now)
    joined, told = _membership(alarm, picture, now)
    after, events = _changed(joined, picture, now)
    return _settled(after, picture), (*told, *events)


def _again(alarm: Alarm, picture: Picture, now: datetime) -> Life:
    """Wrong again before anybody acknowledged: it is the same alarm."""
    top = picture.troubles[0]
    state = _S.SUPPRESSED if picture.aside else _S.RAISED
    severity = max(alarm.severity, top.severity, key=_rank)
    back = replace(
        _awake(alarm, now),
        state=state, severity=severity, members=picture.members, code=top.code, began_at=top.since,
        facts=_facts(picture), late_s=_late(top, now), reason=picture.aside,
    )  # fmt: skip
    if picture.aside:
        return back, (replace(_told(back, "suppressed", now), reason=picture.aside),)
    return back, tuple(
        _raised(back, one, "worsened" if at else "raised", now) for at, one in _ordered(picture)
    )


def _aside(alarm: Alarm, picture: Picture, now: datetime) -> Life:
    quiet = replace(
        alarm, state=_S.SUPPRESSED, reason=picture.aside, promise_until=None,
        acked_by="", acked_at=None, acked_severity=None,
    )  # fmt: skip
    return quiet, (replace(_told(quiet, "suppressed", now), reason=picture.aside),)


def _back(alarm: Alarm, picture: Picture, now: datetime) -> Life:
    """No longer suppressed, and still wrong: it rings from now."""
    top = picture.troubles[0]
    back = replace(
        _awake(alarm, now),
        state=_S.RAISED, severity=top.severity, code=top.code, began_at=top.since,
        facts=_facts(picture), members=picture.members, late_s=0.0, reason="",
    )  # fmt: skip
    return back, (replace(_told(back, "unsuppressed", now), code=top.code),)


def _shown(alarm: Alarm, picture: Picture) -> Life:
    """A suppressed alarm shows what is wrong, without ringing."""
    top = picture.troubles[0]
    return replace(
        alarm, severity=top.severity, code=top.code, began_at=top.since, facts=_facts(picture),
        members=picture.members, reason=picture.aside,
    ), ()  # fmt: skip


def _membership(alarm: Alarm, picture: Picture, now: datetime) -> Life:
    """Who is affected grows while the alarm stands; nobody is taken off."""
    new = sorted(set(picture.members).difference(alarm.members))
    if not new:
        return alarm, ()
    joined = replace(alarm, members=tuple(sorted({*alarm.members, *new})))
    return joined, (replace(_told(joined, "joined", now), reason=named(new)),)


def _changed(alarm: Alarm, picture: Picture, now: datetime) -> Life:
    """New codes: severity rises while nobody has it; what an acknowledgement
    did not speak of brings the alarm back."""
    fresh = [one for one in picture.troubles if one.code in picture.fresh and one.code != alarm.code]
    if not fresh:
        return alarm, ()
    events = tuple(
        _raised(alarm, one, "unstable" if one.code == UNSTABLE else "worsened", now) for one in fresh
    )
    top = fresh[0]
    covered = alarm.acked_severity or alarm.severity
    if alarm.state is _S.ACKNOWLEDGED and top.severity.rank >= covered.rank:
        severity = max(alarm.severity, top.severity, key=_rank)
        return replace(_awake(alarm, now), state=_S.RAISED, severity=severity, late_s=_late(top, now)), events
    if top.severity.rank > alarm.severity.rank:
        alarm = replace(alarm, severity=top.severity, late_s=_late(top, now))
    return alarm, events


def _settled(alarm: Alarm, picture: Picture) -> Alarm:
    """The alarm shows the worst of what is wrong now. Acknowledged, it stands
    at that one's severity when its own trouble is over, so that a later rise
    rings."""
    top = picture.troubles[0]
    over = all(one.code != alarm.code for one in picture.troubles)
    shown = replace(alarm, code=top.code, began_at=top.since, facts=_facts(picture))
    if over and alarm.state is _S.ACKNOWLEDGED:
        return replace(shown, severity=top.severity, acked_severity=top.severity)
    return shown


def named(members: Sequence[str]) -> str:
    """Members in a line: the first hundred, and how many more."""
    more = f" +{len(members) - NAMED}" if len(members) > NAMED else ""
    return " ".join(members[:NAMED]) + more


def _awake(alarm: Alarm, now: datetime) -> Alarm:
    return replace(
        alarm, raised_at=now, acked_by="", acked_at=None, acked_severity=None, promise_until=None,
        returned_at=None,
    )  # fmt: skip


def _facts(picture: Picture) -> Facts:
    more = (("missing", str(picture.missing)),) if picture.members else ()
    codes = tuple(one.code for one in picture.troubles[1:])
    also = (("also", " ".join(codes)),) if codes else ()
    return tuple(sorted({**dict(picture.troubles[0].facts), **dict(more), **dict(also)}.items()))


def _ordered(picture: Picture) -> list[tuple[int, Trouble]]:
    return list(enumerate(picture.troubles))


def _raised(alarm: Alarm, one: Trouble, what: str, now: datetime) -> AlarmEvent:
    return replace(_told(alarm, what, now), severity=one.severity, code=one.code, late_s=_late(one, now))


def _told(alarm: Alarm, what: str, now: datetime) -> AlarmEvent:
    return AlarmEvent(
        alarm=alarm.id, at=now, what=what, actor=SYSTEM.name, severity=alarm.severity, code=alarm.code
    )


def _late(one: Trouble, now: datetime) -> float:
    return max(0.0, (now - one.due_at) / timedelta(seconds=1))


def _rank(severity: Severity) -> int:
    return severity.rank
