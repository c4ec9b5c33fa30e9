"""The life of a case: one wish in, one new case with its events out.

:func:`step` is the whole machine: it finds the row of the table, asks for the
right, the time and what must be given, and then stamps, moves and turns the
clocks. Nothing is stored here; a refusal means that nothing happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from console.domain import approvals, changes, clocks, corrections, guards, rights
from console.domain.errors import Refusal
from console.domain.guards import Ask
from console.domain.model import Actor, Approval, Case, Command, EventDraft
from console.domain.records import replace
from console.domain.terms import SYSTEM, Context, Rules, Step
from console.domain.transitions import (
    CHECK_RESULTS,
    FORWARD,
    MIS_KEY,
    OPENING,
    OTHER_END,
    PLAIN_LINK,
    RESULTS,
    TABLE,
    Row,
    rows,
)
from console.domain.vocabulary import Action, Channel, Role, Source, State

__all__ = [
    "SYSTEM",
    "Context",
    "Rules",
    "Step",
    "available",
    "deny",
    "lapse",
    "next_action",
    "open_case",
    "perform_approved",
    "preview",
    "step",
    "withdraw",
]

_NOTHING = Context()
_SILENT = approvals.Word()


def open_case(draft: Case, actor: Actor, rules: Rules, now: datetime) -> Step:
    """A new case in ``registering`` (or ``reported``, when the draft says so:
    intake that nobody has taken in yet), with its decision clock running from
    the first sight by a camera, else from the report.

    A camera's case without ``found_at`` is found now, any other without
    ``reported_at`` is reported now. Raises ``forbidden``, ``time_future`` and
    ``time_order.reported_before_found``.
    """
    rights.demand(actor, Action.OPEN, rules.separate_filing)
    found, reported = _sighted(draft, now)
    state = State.REPORTED if draft.state is State.REPORTED else State.REGISTERING
    case = replace(
        draft,
        state=state,
        found_at=found,
        reported_at=reported,
        opened_at=now,
        owner=draft.owner or actor.name,
        deadlines=(),
    )
    begun = corrections.origin(case) or now
    row = Row(Action.OPEN, frozenset(), state, clocks=OPENING)
    case, told = clocks.apply(case, row, clocks.Turn(begun, rules))
    data = _opening(case, told)
    if case.owner != actor.name:
        data["owner"] = case.owner
    return Step(case, (EventDraft(case.id, now, now, actor.name, Action.OPEN, data),))


def _sighted(draft: Case, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When it was found and reported, both in order and not to come."""
    found, reported = draft.found_at, draft.reported_at
    if draft.source is Source.CAMERA:
        found = found or reported or now
    else:
        reported = reported or now
    for at in (found, reported):
        if at is not None and at.tzinfo is None:
            raise Refusal("bad_value", "time", value=at.isoformat())
        if at is not None and at > now:
            raise Refusal("time_future", "", at=at, now=now)
    if found is not None and reported is not None and reported < found:
        raise Refusal("time_order", "reported_before_found", at=reported, former=found)
    return found, reported


def _opening(case: Case, told: list[dict[str, object]]) -> dict[str, object]:
    """What the first event tells of a case."""
    data: dict[str, object] = {
        "from": "",
        "to": case.state.value,
        "channel": Channel.DESK.value,
        "source": case.source.value,
        "found_at": case.found_at.isoformat() if case.found_at else None,
        "reported_at": case.reported_at.isoformat() if case.reported_at else None,
        "clocks": told,
    }
    for name in ("camera", "place", "grid", "community", "note", "person_id"):
        if getattr(case, name):
            data[name] = getattr(case, name)
    if case.lon is not None and case.lat is not None:
        # An event holds no floats; the shortest text that reads back as the same.
        data |= {"lon": repr(case.lon), "lat": repr(case.lat)}
    if case.category is not None:
        data |= {"category": corrections.category_data(case.category), "name_zh": case.name_zh}
        data |= {"name_en": case.name_en, "code_2013": case.code_2013}
    return data


def step(
    case: Case,
    command: Command,
    actor: Actor,
    rules: Rules,
    now: datetime,
    context: Context = _NOTHING,
) -> Step:
    """Do what ``command`` wishes, or raise a ``Refusal``.

    Where a second person must agree, the case comes back unchanged with the
    request in ``approval`` and an event that it was asked.
    """
    row = _row(case, command, actor, rules)
    rights.demand(actor, row.demands, rules.separate_filing)
    guards.own_team(case, actor)
    at = guards.resolve_time(case, row, command, actor, now)
    ask = Ask(case, command, actor, rules, context, at, now)
    guards.needs(row, ask)
    guards.special(ask, row)
    if not row.second:
        return _perform(ask, row)
    if command.action is Action.CORRECT:
        corrections.check(case, command, now, context)
    request = approvals.ask(case.id, command, actor, now)
    data: dict[str, object] = {"asked": True, "from": case.state.value, "to": case.state.value}
    data |= {"channel": command.channel.value, **_given(ask)}
    draft = EventDraft(case.id, now, now, actor.name, command.action, data)
    return Step(case, (draft,), approval=request)


def perform_approved(
    case: Case,
    approval: Approval,
    actor: Actor,
    rules: Rules,
    now: datetime,
    context: Context = _NOTHING,
    word: approvals.Word = _SILENT,
) -> Step:
    """Grant a request and do it, at the time of the grant (``word`` may say
    that it was given earlier, by which channel and in whose name).

    The case is judged again as it is now: what has become impossible since it
    was asked is refused. ``approval`` of the answer is the answered request;
    the drafts are the grant and the deed.
    """
    answered = approvals.answer(approval, actor, rules, now, agree=True)
    at = guards.granted_time(case, approval.asked_at, word.at, actor, now)
    ask, row = _again(case, approval, actor, rules, (at, now), context)
    if word.at is not None:
        ask = replace(ask, command=replace(ask.command, at=at))
    done = _perform(ask, row, {"asked_by": approval.asked_by, "request": approval.id})
    grant = _answer_draft(case, replace(answered, answered_at=at), now, Action.APPROVE, word)
    return replace(done, drafts=(grant, *done.drafts), approval=replace(answered, answered_at=at))


def preview(case: Case, approval: Approval, rules: Rules, now: datetime, context: Context = _NOTHING) -> Case:
    """The case as it would be if the request were granted now; raises what the
    grant would be refused with."""
    asker = Actor(approval.asked_by, Role.LEADER)
    at = guards.granted_time(case, approval.asked_at, None, asker, now)
    ask, row = _again(case, approval, asker, rules, (at, now), context)
    return _perform(ask, row).case


def _again(
    case: Case,
    approval: Approval,
    actor: Actor,
    rules: Rules,
    times: tuple[datetime, datetime],
    context: Context,
) -> tuple[Ask, Row]:
    """A request judged on the case as it is now; ``times``: when it happens
    and when it is entered."""
    command = approvals.decode(approval.command)
    row = _row(case, command, actor, rules)
    ask = Ask(case, command, actor, rules, context, *times)
    guards.needs(row, ask)
    guards.special(ask, row)
    if command.action is Action.CORRECT:
        corrections.check(case, command, approval.asked_at, context)
    return ask, row


def deny(
    case: Case,
    approval: Approval,
    actor: Actor,
    rules: Rules,
    now: datetime,
    word: approvals.Word = _SILENT,
) -> Step:
    """Turn a request down; the case stays as it is."""
    answered = approvals.answer(approval, actor, rules, now, agree=False)
    if word.at is not None:
        guards.by_hand(word.at, actor, now)
        if word.at < approval.asked_at:
            raise Refusal("time_order", "before_asked", at=word.at, former=approval.asked_at)
        answered = replace(answered, answered_at=word.at)
    draft = _answer_draft(case, answered, now, Action.DENY, word)
    return Step(case, (draft,), approval=answered)


def withdraw(case: Case, approval: Approval, actor: Actor, now: datetime) -> Step:
    """Take one's own request back; the case stays as it is."""
    answered = approvals.withdraw(approval, actor, now)
    draft = _answer_draft(case, answered, now, Action.WITHDRAW, _SILENT)
    return Step(case, (draft,), approval=answered)


def lapse(case: Case, approval: Approval, now: datetime) -> Step:
    """End a request that the end of its case has made idle."""
    answered = approvals.lapse(approval, now)
    draft = _answer_draft(case, answered, now, Action.WITHDRAW, _SILENT)
    return Step(case, (replace(draft, data={**draft.data, "lapsed": True}),), approval=answered)


def available(case: Case, role: Role, rules: Rules) -> tuple[Action, ...]:
    """What a role may wish for in this state, the step forward first. Field
    teams and times are judged only when it is done."""
    found: dict[Action, None] = {}
    forward = FORWARD.get(case.state, ())
    for action in (*forward, *dict.fromkeys(row.action for row in TABLE)):
        if action not in found and _may(case, action, role, rules):
            found[action] = None
    return tuple(found)


def next_action(case: Case, role: Role, rules: Rules) -> Action | None:
    """The one step forward this role may take, or ``None``."""
    for action in FORWARD.get(case.state, ()):
        if _may(case, action, role, rules):
            return action
    return None


def _may(case: Case, action: Action, role: Role, rules: Rules) -> bool:

    return guards.possible(case, action) and any(
        rights.allowed(role, row.demands, rules.separate_filing)
        for row in rows(action, case.state)
        if row.result != MIS_KEY
    )


def _row(case: Case, command: Command, actor: Actor, rules: Rules) -> Row:
    """The row of the table this wish goes by."""
    action = command.action
    result = command.result
    if action in RESULTS and result and result not in RESULTS[action]:
        raise Refusal("bad_value", "result", result=result, allowed=", ".join(RESULTS[action]))
    if action is Action.CHECK:
        result = result or CHECK_RESULTS[0]
    elif action is Action.REJECT:
        result = MIS_KEY if command.reason.strip() == MIS_KEY else ""
    fitting = [row for row in rows(action, case.state) if row.result in ("", result)]
    exact = [row for row in fitting if row.result == result] or fitting
    if not exact:
        known = any(row.action is action for row in TABLE)
        if known and not rights.allowed(actor.role, action, rules.separate_filing):
            rights.demand(actor, action, rules.separate_filing)
        raise Refusal("illegal_transition", "", case=case.id, action=action.value, state=case.state.value)
    return exact[0]


def _perform(ask: Ask, row: Row, extra: Mapping[str, object] | None = None) -> Step:
    """Stamp, move and turn the clocks; everything has been judged."""
    case, command, at = ask.case, ask.command, ask.at
    state = row.to or case.state
    change = changes.of(ask, row)
    same_unit = command.action is Action.DISPATCH and case.teams[:1] == guards.teams_for(ask)[:1]
    turn = clocks.Turn(at, ask.rules, ask.context.condition, same_unit, case.limit_grade)
    turned, told = clocks.apply(case, row, turn)
    fields: dict[str, object] = {"state": state, "deadlines": turned.deadlines}
    fields |= dict.fromkeys(row.stamps, at) | dict.fromkeys(row.clears)
    if row.actor_field:
        fields[row.actor_field] = ask.actor.name
    if row.counts:
        fields[row.counts] = getattr(case, row.counts) + 1
    by_hand = command.at is not None and ask.actor.role is not Role.SYSTEM
    if by_hand:
        fields["manual_time"] = True
    fields |= change.fields
    after = replace(case, **fields)
    data: dict[str, object] = {"from": case.state.value, "to": state.value}
    data |= {"channel": command.channel.value, **change.data}
    was = {n: v.isoformat() for n in row.clears if (v := getattr(case, n)) is not None}
    for key, value in (("was", was), ("clocks", told), ("on_behalf_of", command.on_behalf_of)):
        if value:
            data[key] = value
    if by_hand:
        data["manual"] = True
    data |= extra or {}
    draft = EventDraft(case.id, at, ask.now, ask.actor.name, command.action, data)
    also, more = _others(ask, at)
    return Step(after, (draft, *more), also=also)


def _others(ask: Ask, at: datetime) -> tuple[tuple[Case, ...], tuple[EventDraft, ...]]:
    """The other end of a merge or a link, with its own event."""
    other = ask.context.other
    merges = ask.command.action is Action.MERGE
    if other is None or not (merges or ask.command.action is Action.LINK):
        return (), ()
    kind = "from" if merges else OTHER_END[ask.command.result or PLAIN_LINK]
    data: dict[str, object] = {"from": other.state.value, "to": other.state.value}
    data["merged" if merges else "other"] = ask.case.id
    if kind not in ("from", PLAIN_LINK):
        data["kind"] = kind
    files = [one.sha256 for one in ask.case.evidence] if merges else []
    if files:
        data["files"] = files
    draft = EventDraft(other.id, at, ask.now, ask.actor.name, ask.command.action, data)
    return (changes.linked(other, ask.case.id, kind),), (draft,)


def _given(ask: Ask) -> dict[str, object]:
    """What was asked for, for the timeline."""
    command = ask.command
    data: dict[str, object] = {"reason": command.reason.strip()}
    if command.until is not None:
        data["until"] = command.until.isoformat()
    if command.action is Action.CORRECT:
        data |= {"field": command.field_name, "new": command.field_value.strip()}
        data["old"] = corrections.told(ask.case, command.field_name)
    if command.on_behalf_of:
        data["on_behalf_of"] = command.on_behalf_of
    return data


def _answer_draft(
    case: Case, answered: Approval, now: datetime, action: Action, word: approvals.Word
) -> EventDraft:
    data: dict[str, object] = {
        "from": case.state.value,
        "to": case.state.value,
        "request": answered.id,
        "asked": answered.action.value,
        "asked_by": answered.asked_by,
        "asked_at": answered.asked_at.isoformat(),
        "channel": word.channel.value,
    }
    told = {"reason": word.reason.strip(), "on_behalf_of": word.on_behalf_of, "manual": word.at is not None}
    data |= {key: value for key, value in told.items() if value}
    return EventDraft(case.id, answered.answered_at or now, now, answered.answered_by, action, data)
