"""What single actions change in a case beyond stamps, state and clocks.

Each function returns the fields it changes and what the event tells of it. An
action that is not here changes nothing more than its row of the table says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from console.domain import causes, clocks, corrections, guards, limits
from console.domain.guards import Ask
from console.domain.model import Case, CaseLink
from console.domain.records import replace
from console.domain.transitions import MIS_KEY, PLAIN_LINK, Row
from console.domain.vocabulary import Action, State

#: What a note may tell of a team beyond its words: that one more team accepted,
#: arrived or returned the case (the first one moves the case itself), or that
#: the message for it was copied.
TOLD: Final = ("accept", "arrive", "refuse", "copied")


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of the case to replace, and facts for the event."""

    fields: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)


def of(ask: Ask, row: Row) -> Change:
    """The change that goes with this action."""
    maker = _MAKERS.get(ask.command.action)
    change = maker(ask, row) if maker is not None else Change()
    if "reason" in row.needs or ask.command.reason:
        return Change(change.fields, {"reason": ask.command.reason.strip(), **change.data})
    return change


def linked(case: Case, other: str, kind: str) -> Case:
    """The case with a link to ``other``, once."""
    link = CaseLink(other, kind)
    return case if link in case.links else replace(case, links=(*case.links, link))


def _verify(ask: Ask, _row: Row) -> Change:
    sent_to = ask.command.text.strip()
    return Change(data={"sent_to": sent_to} if sent_to else {})


def _verified(ask: Ask, _row: Row) -> Change:
    told = ask.command.text.strip()
    return Change(data={"result": ask.command.result, **({"text": told} if told else {})})


def _file(ask: Ask, _row: Row) -> Change:
    condition = ask.context.condition
    assert condition is not None  # guards.needs has refused otherwise
    case = ask.case
    grade = limits.grade_taken(condition, ask.context.grade)
    fields = corrections.of_condition(condition) | {"limit_grade": grade}
    data: dict[str, object] = {
        "condition": condition.condition_id,
        "condition_version": condition.version,
        "category": corrections.category_data(condition.category),
        "name_zh": condition.name_zh,
        "name_en": condition.name_en,
        "code_2013": condition.code_2013,
        "limit": limits.told(condition, grade),
    }
    if case.category is not None and case.category != condition.category:
        data["old_category"] = corrections.category_data(case.category)
    return Change(fields, data)


def _reject(ask: Ask, row: Row) -> Change:
    mis_key = row.result == MIS_KEY
    fields: dict[str, object] = {"end_reason": ask.command.reason.strip(), "mis_key": mis_key}
    return Change(fields, {"mis_key": True} if mis_key else {})


def _merge(ask: Ask, _row: Row) -> Change:
    assert ask.context.other is not None
    into = ask.context.other.id
    fields: dict[str, object] = {"links": linked(ask.case, into, "into").links, "end_reason": into}
    files = [one.sha256 for one in ask.case.evidence]
    return Change(fields, {"into": into, **({"files": files} if files else {})})


def _link(ask: Ask, _row: Row) -> Change:
    assert ask.context.other is not None
    other = ask.context.other.id
    kind = ask.command.result or PLAIN_LINK
    data: dict[str, object] = {"other": other, **({"kind": kind} if kind != PLAIN_LINK else {})}
    return Change({"links": linked(ask.case, other, kind).links}, data)


def _dispatch(ask: Ask, _row: Row) -> Change:
    teams = guards.teams_for(ask)
    data: dict[str, object] = {"teams": list(teams)}
    if ask.case.teams and ask.case.teams != teams:
        data["old_teams"] = list(ask.case.teams)
    return Change({"teams": teams}, data)


def _add_team(ask: Ask, _row: Row) -> Change:
    added = guards.teams_for(ask)
    teams = (*ask.case.teams, *added)
    return Change({"teams": teams}, {"added": list(added), "teams": list(teams)})


def _refuse(ask: Ask, _row: Row) -> Change:
    # The teams stay, so that the next dispatch knows whether it goes back to
    # the same unit.
    data: dict[str, object] = {"teams": list(ask.case.teams), "count": ask.case.refusals + 1}
    return Change({"dispatched_by": ""}, data | _by(ask))


def _answer(ask: Ask, _row: Row) -> Change:
    return Change(data=_by(ask))


def _by(ask: Ask) -> dict[str, object]:
    """Which of several teams said so, where that was told."""
    teams = ask.command.teams or ((ask.actor.team,) if ask.actor.team in ask.case.teams else ())
    return {"by": list(teams)} if teams else {}


def _check(ask: Ask, row: Row) -> Change:
    data: dict[str, object] = {"result": row.result}
    if ask.case.state is State.FEEDBACK:
        data["sent"] = True
    if row.result == "rework":
        data["count"] = ask.case.rework + 1
    return Change(data=data)


def _suspend(ask: Ask, _row: Row) -> Change:
    until = ask.command.until
    assert until is not None
    return Change({"suspended_until": until}, {"until": until.isoformat()})


def _resume(ask: Ask, _row: Row) -> Change:
    until = ask.case.suspended_until
    by_itself = until is not None and ask.at >= until
    return Change(data={"until": until.isoformat() if until else None, "by_itself": by_itself})


def _extend(ask: Ask, _row: Row) -> Change:
    return Change(data={"count": ask.case.extensions + 1})


def _end(ask: Ask, _row: Row) -> Change:
    return Change({"end_reason": ask.command.reason.strip()}, {})


def _close(ask: Ask, _row: Row) -> Change:
    return _caused(ask)


def _force_close(ask: Ask, _row: Row) -> Change:
    return _caused(ask, end_reason=ask.command.reason.strip())


def _caused(ask: Ask, **fields: object) -> Change:
    """Why a promise was broken; a case that kept them all has no cause, and
    words without a code are none."""
    code = ask.command.cause if causes.broken(ask.case, ask.at) else ""
    words = ask.command.text.strip() if code else ""
    data = {key: value for key, value in (("cause", code), ("cause_words", words)) if value}
    return Change(fields | {"breach_cause": code, "breach_words": words}, data)


def _appeal(_ask: Ask, _row: Row) -> Change:
    return Change({"exempt": True}, {"exempt": True})


def _reopen(_ask: Ask, _row: Row) -> Change:
    gone = ("closed_by", "end_reason", "breach_cause", "breach_words", "call_back")
    return Change(dict.fromkeys(gone, ""), {})


def _call_back(ask: Ask, _row: Row) -> Change:
    """Asked again, the last answer counts; the earlier ones stay in the chain."""
    data = {"result": ask.command.result, "text": ask.command.text.strip()}
    return Change({"call_back": ask.command.result}, {key: value for key, value in data.items() if value})


def _supervise(ask: Ask, _row: Row) -> Change:
    reply_by = ask.command.reply_by
    assert reply_by is not None
    data: dict[str, object] = {"reply_by": reply_by.isoformat()}
    if ask.command.text.strip():
        data["text"] = ask.command.text.strip()
    if ask.case.reply_by is not None:
        data["old_reply_by"] = ask.case.reply_by.isoformat()
    return Change({"reply_by": reply_by}, data)


def _reply(ask: Ask, _row: Row) -> Change:
    due = ask.case.reply_by
    assert due is not None  # guards.special has refused otherwise
    data = {"text": ask.command.text.strip(), "reply_by": due.isoformat(), "in_time": ask.at <= due}
    return Change({"reply_by": None}, data)


def _urge(ask: Ask, _row: Row) -> Change:
    return Change(data={"count": ask.case.urges + 1, "text": ask.command.text.strip()})


def _note(ask: Ask, _row: Row) -> Change:
    data: dict[str, object] = {"text": ask.command.text.strip()}
    if ask.command.result in TOLD:
        data |= {"told": ask.command.result, **_by(ask)}
    return Change(data=data)


def _attach(ask: Ask, _row: Row) -> Change:
    return Change(data={"files": list(ask.command.files)})


def _correct(ask: Ask, _row: Row) -> Change:
    """The fields that differ afterwards, the old value and the clocks moved."""
    fixed, data = corrections.corrected(ask.case, ask.command, ask.context, ask.rules.calendar)
    names = ("deadlines", "ended_at", ask.command.field_name, *corrections.GOES_ALONG)
    fields: dict[str, object] = {name: getattr(fixed, name) for name in names}
    moved = [(was, now) for was, now in zip(ask.case.deadlines, fixed.deadlines, strict=True) if was != now]
    data["deadlines"] = [now.kind.value for _, now in moved]
    if moved:
        data["clocks"] = [clocks.corrected(was, now) for was, now in moved]
    return Change({**fields, "manual_time": fixed.manual_time}, data)


_MAKERS: Final[Mapping[Action, Callable[[Ask, Row], Change]]] = {
    Action.VERIFY: _verify,
    Action.VERIFIED: _verified,
    Action.FILE: _file,
    Action.REJECT: _reject,
    Action.MERGE: _merge,
    Action.LINK: _link,
    Action.DISPATCH: _dispatch,
    Action.ADD_TEAM: _add_team,
    Action.ACCEPT: _answer,
    Action.ARRIVE: _answer,
    Action.HANDLED: _answer,
    Action.REFUSE: _refuse,
    Action.CHECK: _check,
    Action.SUSPEND: _suspend,
    Action.RESUME: _resume,
    Action.EXTEND: _extend,
    Action.VOID: _end,
    Action.CLOSE: _close,
    Action.FORCE_CLOSE: _force_close,
    Action.APPEAL: _appeal,
    Action.REOPEN: _reopen,
    Action.CALL_BACK: _call_back,
    Action.SUPERVISE: _supervise,
    Action.REPLY: _reply,
    Action.URGE: _urge,
    Action.NOTE: _note,
    Action.ATTACH: _attach,
    Action.CORRECT: _correct,
}
