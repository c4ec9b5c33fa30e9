"""A case out of its events alone: what it was at any instant.

The events of a case tell everything a case row holds but the texts of its
filing condition (a version of the standard never changes, so its id is enough)
and its evidence (files are named by their hash). :func:`case` folds them into
the same ``Case`` the database keeps; a test drives random cases through the
services and compares the two. What a site's history looked like at ten past
four is the fold of the events recorded by then (:func:`known_at`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from console.domain import corrections, deadlines
from console.domain.changes import linked
from console.domain.model import Case, CategoryKey, Condition, Deadline, Event, EventDraft, Limit, Mark
from console.domain.records import replace
from console.domain.transitions import MIS_KEY, PLAIN_LINK, Op, Row, rows
from console.domain.vocabulary import Action, DeadlineKind, Severity, Source, State, Unit

#: Conditions by id and version, for the texts a case carries.
Standard = Mapping[tuple[str, int], Condition]
Told = Event | EventDraft

#: What happened around a case without changing it.
_QUIET: Final = frozenset(
    {
        Action.APPROVE,
        Action.DENY,
        Action.WITHDRAW,
        Action.ALARM,
        Action.PERSON,
        Action.PACK,
        Action.RETENTION,
        Action.UP_REPORT,
        Action.REVIEW,
        Action.AUDIT,
    }
)
_NO_STANDARD: Final[Standard] = {}
#: Field of the case → word of the event that closed it.
_CAUSE: Final = {"breach_cause": "cause", "breach_words": "cause_words"}


def case(events: Iterable[Told], standard: Standard = _NO_STANDARD) -> Case | None:
    """The case its events (all of one case, in the chain's order) make, without
    version and evidence; ``None`` for no events. Raises ``ValueError`` or
    ``KeyError`` for events no case can have."""
    made: Case | None = None
    for event in events:
        made = follow(made, event, standard)
    return made


def cases(events: Iterable[Told], standard: Standard = _NO_STANDARD) -> dict[str, Case]:
    """Every case of a site's chain, by id; events of no case are passed over."""
    made: dict[str, Case] = {}
    for event in events:
        of_a_case = event.case and event.action is not Action.SHIFT
        after = follow(made.get(event.case), event, standard) if of_a_case else None
        if after is not None:
            made[event.case] = after
    return made


def known_at(events: Iterable[Event], at: datetime) -> tuple[Event, ...]:
    """The events that had been entered by ``at``: what the office knew then."""
    return tuple(event for event in events if event.recorded_at <= at)


def follow(before: Case | None, event: Told, standard: Standard = _NO_STANDARD) -> Case | None:
    """The case after one more event."""
    if event.action is Action.OPEN:
        return _opened(event)
    if before is None or event.action in _QUIET or event.data.get("asked") is True:
        return before
    if event.data.get("manual"):
        before = replace(before, manual_time=True)
    if event.action in (Action.NOTE, Action.ATTACH):
        return before
    if event.data.get("merged"):
        return linked(before, str(event.data["merged"]), "from")
    if event.action is Action.LINK:
        return linked(before, str(event.data["other"]), str(event.data.get("kind") or PLAIN_LINK))
    row = _row(event)
    fields: dict[str, object] = {"state": State(str(event.data["to"]))}
    fields |= dict.fromkeys(row.stamps, event.at) | dict.fromkeys(row.clears)
    if row.actor_field:
        fields[row.actor_field] = event.actor
    if row.counts:
        fields[row.counts] = getattr(before, row.counts) + 1
    fields |= _own(before, event, standard)
    return _timed(replace(before, **fields), event)


def _row(event: Told) -> Row:
    """The row of the table this event went by."""
    data = event.data
    result = MIS_KEY if data.get("mis_key") else str(data.get("result") or "")
    fitting = [row for row in rows(event.action, State(str(data["from"]))) if row.result in ("", result)]
    exact = [row for row in fitting if row.result == result] or fitting
    if not exact:
        raise ValueError(f"event {event.action} of {event.case} leads nowhere from {data['from']}")
    return exact[0]


# -- what single actions tell ------------------------------------------------


def _opened(event: Told) -> Case:
    data = event.data
    made = Case(
        id=event.case,
        state=State(str(data["to"])),
        source=Source(str(data["source"])),
        category=_key(data.get("category")),
        found_at=_instant(data.get("found_at")),
        reported_at=_instant(data.get("reported_at")),
        opened_at=event.at,
        manual_time=bool(data.get("manual")),
        owner=str(data.get("owner") or event.actor),
        lon=float(str(data["lon"])) if "lon" in data else None,
        lat=float(str(data["lat"])) if "lat" in data else None,
        **_texts(data, "camera", "place", "grid", "community", "note", "person_id"),
        **_texts(data, "name_zh", "name_en", "code_2013"),
    )
    return _timed(made, event)


def _own(before: Case, event: Told, standard: Standard) -> dict[str, object]:
    """The fields an action changes beyond its row of the table."""
    data, action = event.data, event.action
    reason = str(data.get("reason") or "")
    if action is Action.FILE:
        return _filed(data, standard)
    if action is Action.CORRECT:
        return _corrected(before, data, standard)
    if action is Action.REJECT:
        return {"end_reason": reason or (MIS_KEY if data.get("mis_key") else ""), **_flag(data, "mis_key")}
    if action is Action.MERGE:
        into = str(data["into"])
        return {"links": linked(before, into, "into").links, "end_reason": into}
    if action in (Action.VOID, Action.FORCE_CLOSE):
        return {"end_reason": reason, **_caused(data)}
    return _later(event)


def _later(event: Told) -> dict[str, object]:
    """The same, for what comes after filing."""
    data = event.data
    if event.action in (Action.DISPATCH, Action.ADD_TEAM):
        return {"teams": tuple(str(team) for team in _list(data["teams"]))}
    if event.action is Action.REFUSE:
        return {"dispatched_by": ""}
    if event.action is Action.SUSPEND:
        return {"suspended_until": _instant(data["until"])}
    if event.action is Action.APPEAL:
        return {"exempt": True}
    if event.action is Action.REOPEN:
        return dict.fromkeys(("closed_by", "end_reason", "breach_cause", "breach_words", "call_back"), "")
    if event.action is Action.CALL_BACK:
        return {"call_back": str(data["result"])}
    if event.action is Action.CLOSE:
        return _caused(data)
    if event.action is Action.SUPERVISE:
        return {"reply_by": _instant(data["reply_by"])}
    if event.action is Action.REPLY:
        return {"reply_by": None}
    return {}


def _caused(data: Mapping[str, Any]) -> dict[str, object]:
    """Why a promise was broken, as it was coded at the close."""
    return {name: str(data.get(key) or "") for name, key in _CAUSE.items()}


def _filed(data: Mapping[str, Any], standard: Standard) -> dict[str, object]:
    fields: dict[str, object] = {
        "category": _key(data["category"]),
        "condition_id": str(data["condition"]),
        "condition_version": int(data["condition_version"]),
        **_graded(data),
        **_texts(data, "name_zh", "name_en", "code_2013"),
    }
    known = standard.get((str(data["condition"]), int(data["condition_version"])))
    if known is not None:
        fields |= corrections.of_condition(known)
    return fields


def _graded(data: Mapping[str, Any]) -> dict[str, object]:
    """The grade whose limit was taken, where the event tells of a limit."""
    limit = data.get("limit")
    return {"limit_grade": str(limit.get("grade") or "")} if isinstance(limit, Mapping) else {}


def _corrected(before: Case, data: Mapping[str, Any], standard: Standard) -> dict[str, object]:
    name, new = str(data["field"]), str(data["new"])
    if name == "category":
        if "condition" in data:
            return _filed(data, standard)
        return {"category": _key(data["category"]), **_texts(data, "name_zh", "name_en", "code_2013")}
    if name == "source":
        return {"source": Source(new)}
    if name not in corrections.FIELDS:
        return {name: new, **_graded(data)}
    fields: dict[str, object] = {name: _instant(new), "manual_time": True}
    if name == "closed_at" and before.ended_at == before.closed_at:
        fields["ended_at"] = _instant(new)
    return fields


# -- clocks ------------------------------------------------------------------


def _timed(made: Case, event: Told) -> Case:
    """The case with its clocks turned as the event tells."""
    for entry in _list(event.data.get("clocks") or ()):
        kind = DeadlineKind(entry["kind"])
        made = deadlines.put(made, _clock(deadlines.of(made, kind), kind, entry, event))
    return made


def _clock(old: Deadline | None, kind: DeadlineKind, entry: Mapping[str, Any], event: Told) -> Deadline:
    op = entry["op"]
    if old is not None and op == Op.CANCEL:
        return deadlines.cancel(old)
    if old is not None and op == Op.PAUSE:
        return deadlines.pause(old, event.at)
    if old is not None and op == Op.MEET:
        return deadlines.meet(old, _instant(entry["met_at"]) or event.at)
    limit = entry["limit"]
    due = _instant(entry["due_at"]) or event.at
    return Deadline(
        kind=kind,
        start_at=_instant(entry["start_at"]) or event.at,
        limit=Limit(int(limit["value"]), Unit(limit["unit"]), str(limit["version"])),
        due_at=due,
        warn_at=_instant(entry["warn_at"]) or due,
        met_at=_instant(entry.get("met_at")),
        cancelled=bool(entry.get("cancelled")),
        paused_since=_instant(entry.get("paused_since")),
        paused_s=int(entry.get("paused_s", 0)),
        due_version=int(entry.get("due_version", 1)),
        times=int(entry.get("times", 1)),
        missed_before=bool(entry.get("missed_before")),
        marks=_marks(entry.get("marks"), due),
    )


def _marks(told: object, due: datetime) -> tuple[Mark, ...] | None:
    """Marks of its own, where a clock has them."""
    if told is None:
        return None
    return tuple(
        Mark(int(one["percent"]), _instant(one["at"]) or due, Severity(one["severity"]), int(one["left_s"]))
        for one in _list(told)
    )


# -- plain data --------------------------------------------------------------


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _key(value: object) -> CategoryKey | None:
    if not isinstance(value, Mapping):
        return None
    return CategoryKey(str(value["standard"]), str(value["kind"]), str(value["code"]))


def _texts(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: str(data[name]) for name in names if data.get(name)}


def _flag(data: Mapping[str, Any], name: str) -> dict[str, object]:
    return {name: bool(data.get(name))}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
