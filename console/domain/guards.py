"""What must hold before a step: the time, what was given, what went before.

Every function returns quietly or raises a ``Refusal``; none changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from console.domain import causes, corrections, deadlines, rights
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.terms import Context, Rules
from console.domain.transitions import CALL_BACK_RESULTS, CHECK_RESULTS, MIS_KEY, OTHER_END, STAMPS, Row
from console.domain.vocabulary import OPEN, Action, DeadlineKind, Lamp, Role, Source, State

#: Two workstations may differ by this much before stamps are refused at all;
#: within it a step never lies before the one it follows.
TOLERANCE: Final = timedelta(seconds=5)
#: How long the key may be taken back.
MIS_KEY_WITHIN: Final = timedelta(seconds=10)
MOST_EXTENSIONS: Final = 2
MOST_SUSPENSIONS: Final = 1
_REWORK: Final = CHECK_RESULTS[1]
LONGEST_SUSPENSION: Final = timedelta(days=366)
#: More teams at one case are a slip, or another kind of event.
MOST_TEAMS: Final = 12
_STAMPED: Final = attrgetter(*STAMPS)
_STAMP_NAMES: Final = tuple(stamp.removesuffix("_at") for stamp in STAMPS)
#: Clocks whose beginning or standing still tells that a case came back.
_RETURNS: Final = frozenset({DeadlineKind.DISPATCH, DeadlineKind.HANDLING})


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish with all it is judged by."""

    case: Case
    command: Command
    actor: Actor
    rules: Rules
    context: Context
    at: datetime
    now: datetime


def former(case: Case) -> tuple[str, datetime] | None:
    """The latest thing that has happened to a case: its name (``filed``,
    ``returned``, ``suspended``…) and its time."""
    stamps: tuple[datetime | None, ...] = _STAMPED(case)
    found = [(at, name) for at, name in zip(stamps, _STAMP_NAMES, strict=True) if at is not None]
    for deadline in case.deadlines:
        if deadline.kind not in _RETURNS or not deadline.running:
            continue
        if not any(at == deadline.start_at for at, _ in found):
            found.append((deadline.start_at, "returned"))
        if deadline.paused_since is not None:
            name = "suspended" if case.state is State.SUSPENDED else "returned"
            found.append((deadline.paused_since, name))
    if not found:
        return None
    at, name = max(found)
    return name, at


def resolve_time(case: Case, row: Row, command: Command, actor: Actor, now: datetime) -> datetime:
    """When it happened. Only a leader may say so (``--at``); never in the
    future, before the former step, or more than 24 h ago."""
    moves = bool(row.to or row.stamps or row.clocks)
    last = former(case) if moves else None
    if command.at is None:
        if last is None or now >= last[1]:
            return now
        if last[1] - now <= TOLERANCE:
            return last[1]
        raise Refusal("time_order", f"before_{last[0]}", at=now, former=last[1])
    if row.second:
        raise Refusal("bad_value", "at_with_approval", action=str(command.action))
    by_hand(command.at, actor, now)
    if last is not None and command.at < last[1]:
        raise Refusal("time_order", f"before_{last[0]}", at=command.at, former=last[1])
    return command.at


def by_hand(at: datetime, actor: Actor, now: datetime) -> None:
    """A time somebody gives himself: a leader's right (the scheduler's too),
    not in the future and no older than a correction may be."""
    if at.tzinfo is None:
        raise Refusal("bad_value", "time", value=at.isoformat())
    if actor.role is not Role.SYSTEM:
        if not rights.allowed(actor.role, "at"):
            raise Refusal("forbidden", "at", role=str(actor.role))
        if at < now - corrections.OLDEST:
            raise Refusal("time_order", "too_old", at=at, hours=24)
    if at > now:
        raise Refusal("time_future", "", at=at, now=now)


def granted_time(
    case: Case, asked_at: datetime, at: datetime | None, actor: Actor, now: datetime
) -> datetime:
    """When a request was granted: now, or at a time the leader gives (he said
    it on the telephone), not before it was asked or before the former step."""
    last = former(case)
    if at is None:
        return max(now, last[1]) if last is not None and last[1] - now <= TOLERANCE else now
    by_hand(at, actor, now)
    if at < asked_at:
        raise Refusal("time_order", "before_asked", at=at, former=asked_at)
    if last is not None and at < last[1]:
        raise Refusal("time_order", f"before_{last[0]}", at=at, former=last[1])
    return at


def own_team(case: Case, actor: Actor) -> None:
    """A field user acts on the cases of his own team only."""
    if actor.role is Role.FIELD and actor.team and case.teams and actor.team not in case.teams:
        raise Refusal("forbidden", "other_team", team=actor.team, teams=", ".join(case.teams))


def needs(row: Row, ask: Ask) -> None:
    """All that the row asks for was given."""
    for need in row.needs:
        _NEEDS[need](ask)


def special(ask: Ask, row: Row) -> None:
    """The rules that single actions have beyond the table."""
    if row.result == MIS_KEY:
        _mis_key(ask)
    guard = _SPECIAL.get(ask.command.action)
    if guard is not None:
        guard(ask)


def overran(case: Case) -> bool:
    """True when any clock of the case ended late, also one that was cut off
    past its due time by a forced close."""
    ended = case.closed_at or case.ended_at
    return any(
        d.missed_before or deadlines.ended_late(d) or deadlines.cut_off_late(d, ended) for d in case.deadlines
    )


def _reason(ask: Ask) -> None:
    if not ask.command.reason.strip():
        sent_back = ask.command.action is Action.CHECK and ask.command.result == _REWORK
        # "Check" is the name of passing it; sending back has its own.
        raise Refusal("missing_reason", "", action=_REWORK if sent_back else str(ask.command.action))


def _condition(ask: Ask) -> None:
    wanted, given = ask.command.condition, ask.context.condition
    if given is None:
        if wanted:
            raise Refusal("unknown_condition", "", condition=wanted)
        raise Refusal("missing_condition", "")
    if wanted and wanted != given.condition_id:
        raise Refusal("unknown_condition", "", condition=wanted)
    if not given.active:
        raise Refusal("unknown_condition", "inactive", condition=given.condition_id)


def _filed(ask: Ask) -> None:
    if not ask.case.condition_id:
        raise Refusal("missing_condition", "closing")


def teams_for(ask: Ask) -> tuple[str, ...]:
    """The teams named, or the condition's own one."""
    if ask.command.teams:
        return tuple(dict.fromkeys(t for t in ask.command.teams if t))
    condition = ask.context.condition
    return (condition.team,) if condition is not None and condition.team else ()


def _teams(ask: Ask) -> None:
    if not teams_for(ask):
        raise Refusal("unknown_team", "missing")


def _other(ask: Ask) -> None:
    other = ask.context.other
    if other is None:
        if ask.command.other:
            raise Refusal("unknown_case", "", case=ask.command.other)
        raise Refusal("unknown_case", "missing")
    if other.id == ask.case.id:
        raise Refusal("illegal_transition", "same_case", case=other.id)


def _until(ask: Ask) -> None:
    until = ask.command.until
    if until is None:
        raise Refusal("bad_value", "until_missing")
    if until.tzinfo is None:
        raise Refusal("bad_value", "time", value=until.isoformat())
    if until <= ask.now:
        raise Refusal("bad_value", "until_past", until=until)
    if until > ask.now + LONGEST_SUSPENSION:
        raise Refusal("bad_value", "until_far", until=until)


def _reply_by(ask: Ask) -> None:
    reply_by = ask.command.reply_by
    if reply_by is None:
        raise Refusal("bad_value", "reply_by_missing")
    if reply_by.tzinfo is None:
        raise Refusal("bad_value", "time", value=reply_by.isoformat())
    if reply_by <= ask.now:
        raise Refusal("bad_value", "reply_by_past", reply_by=reply_by)


def _text(ask: Ask) -> None:
    if not ask.command.text.strip():
        raise Refusal("bad_value", "text_missing")


def _files(ask: Ask) -> None:
    if not ask.command.files:
        raise Refusal("bad_value", "files_missing")


def _field(ask: Ask) -> None:
    if not ask.command.field_name or not ask.command.field_value.strip():
        raise Refusal(
            "bad_value", "field", field=ask.command.field_name, allowed=", ".join(corrections.ALLOWED)
        )


def _result(ask: Ask) -> None:
    if not ask.command.result:
        raise Refusal("bad_value", "result", result="", allowed="exists, none, unclear")


_NEEDS: Final[Mapping[str, Callable[[Ask], None]]] = {
    "reason": _reason,
    "condition": _condition,
    "filed": _filed,
    "teams": _teams,
    "other": _other,
    "until": _until,
    "reply_by": _reply_by,
    "text": _text,
    "files": _files,
    "field": _field,
    "result": _result,
}


def _mis_key(ask: Ask) -> None:
    case = ask.case
    if case.source is not Source.CAMERA or case.condition_id or case.category is not None or case.note:
        raise Refusal("illegal_transition", "mis_key_typed")
    begun = case.found_at or case.opened_at or ask.at
    if ask.at - begun > MIS_KEY_WITHIN:
        raise Refusal("illegal_transition", "mis_key_late", seconds=10)


def _merge(ask: Ask) -> None:
    other = ask.context.other
    if other is not None and other.state not in OPEN:
        raise Refusal("illegal_transition", "merge_into_ended", case=other.id, state=str(other.state))


def _link(ask: Ask) -> None:
    other, kind = ask.context.other, ask.command.result
    if kind and kind not in OTHER_END:
        raise Refusal("bad_value", "link", value=kind, allowed=", ".join(OTHER_END))
    orphan = {"parent": ask.case, "child": other}.get(kind)
    if orphan is not None and any(link.kind == "parent" for link in orphan.links):
        raise Refusal("illegal_transition", "parent_before", case=orphan.id)
    if other is not None and any(link.id == other.id for link in ask.case.links):
        raise Refusal("illegal_transition", "linked_before", case=other.id)


def _suspend(ask: Ask) -> None:
    if ask.case.suspensions >= MOST_SUSPENSIONS:
        raise Refusal("illegal_transition", "suspended_before", most=MOST_SUSPENSIONS)


def _extend(ask: Ask) -> None:
    if ask.case.extensions >= MOST_EXTENSIONS:
        raise Refusal("illegal_transition", "extended_before", most=MOST_EXTENSIONS)
    handling = deadlines.of(ask.case, DeadlineKind.HANDLING)
    if handling is None or not handling.running:
        raise Refusal("illegal_transition", "no_handling_clock")
    if deadlines.lamp(handling, ask.at) is Lamp.RED:
        raise Refusal("illegal_transition", "extend_overdue", due_at=handling.due_at)


def _answering(ask: Ask) -> None:
    """Only a team that was sent can answer; anybody may be told of a case."""
    if ask.command.result == "copied":
        return
    strange = [team for team in ask.command.teams if team not in ask.case.teams]
    if strange:
        raise Refusal("unknown_team", "not_sent", team=strange[0], teams=", ".join(ask.case.teams))


def _adding(ask: Ask) -> None:
    """A further team is named, and is not one of those that were sent."""
    if not ask.command.teams:
        raise Refusal("unknown_team", "which")
    sent = [team for team in ask.command.teams if team in ask.case.teams]
    if sent:
        raise Refusal("unknown_team", "sent_before", team=sent[0])
    if len(ask.case.teams) + len(set(ask.command.teams)) > MOST_TEAMS:
        raise Refusal("illegal_transition", "most_teams", most=MOST_TEAMS)


def _appeal(ask: Ask) -> None:
    if ask.case.exempt:
        raise Refusal("illegal_transition", "appealed_before")
    if not overran(ask.case):
        raise Refusal("illegal_transition", "not_overrun")


def _cause(ask: Ask) -> None:
    causes.check(ask.command.cause, ask.command.text, ask.rules.causes)


def _call_back(ask: Ask) -> None:
    if ask.command.result not in CALL_BACK_RESULTS:
        allowed = ", ".join(CALL_BACK_RESULTS)
        raise Refusal("bad_value", "result", result=ask.command.result, allowed=allowed)


def _reply(ask: Ask) -> None:
    if ask.case.reply_by is None:
        raise Refusal("illegal_transition", "no_reply_due")


_SPECIAL: Final[Mapping[Action, Callable[[Ask], None]]] = {
    Action.MERGE: _merge,
    Action.LINK: _link,
    Action.SUSPEND: _suspend,
    Action.EXTEND: _extend,
    Action.CLOSE: _cause,
    Action.FORCE_CLOSE: _cause,
    Action.APPEAL: _appeal,
    Action.ADD_TEAM: _adding,
    Action.ACCEPT: _answering,
    Action.ARRIVE: _answering,
    Action.HANDLED: _answering,
    Action.REFUSE: _answering,
    Action.NOTE: _answering,
    Action.REPLY: _reply,
    Action.CALL_BACK: _call_back,
}


def possible(case: Case, action: Action) -> bool:
    """False for what the case's own past rules out, whoever asks."""
    if action is Action.SUSPEND:
        return case.suspensions < MOST_SUSPENSIONS
    if action is Action.EXTEND:
        return case.extensions < MOST_EXTENSIONS
    if action is Action.APPEAL:
        return not case.exempt and overran(case)
    if action is Action.REPLY:
        return case.reply_by is not None
    return True
