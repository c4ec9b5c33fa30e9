"""The JSON shapes of the command line: domain records as plain documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from console import source_words
from console.commands.session import iso
from console.crossing_words import crossed
from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.model import (
    Alarm,
    AlarmEvent,
    Approval,
    Case,
    Condition,
    Deadline,
    Event,
    Evidence,
    Place,
    Team,
    User,
)
from console.domain.vocabulary import SourceKind

Document = dict[str, Any]


def rows(documents: Iterable[Document], total: int | None = None) -> Document:
    """A list is always rows and total."""
    found = list(documents)
    return {"rows": found, "total": len(found) if total is None else total}


def case(record: Case, now: datetime, calendar: WorkingCalendar) -> Document:
    """A case with its clocks as they stand at ``now``."""
    key = record.category
    return {
        "id": record.id,
        "state": record.state.value,
        "category": {
            "standard": key.standard if key else None,
            "kind": key.kind if key else None,
            "code": key.code if key else None,
            "code_2013": record.code_2013,
            "name_zh": record.name_zh,
            "name_en": record.name_en,
            "condition_id": record.condition_id or None,
            "condition_zh": record.condition_zh,
            "condition_en": record.condition_en,
            "limit_grade": record.limit_grade or None,
        },
        "source": record.source.value,
        "camera": record.camera,
        "place": record.place,
        "grid": record.grid,
        "community": record.community,
        "lon": record.lon,
        "lat": record.lat,
        "note": record.note,
        "teams": list(record.teams),
        "owner": record.owner,
        **{name: iso(getattr(record, name)) for name in _STAMPS},
        "manual_time": record.manual_time,
        "rework": record.rework,
        "extensions": record.extensions,
        "suspended_until": iso(record.suspended_until),
        "reply_by": iso(record.reply_by),
        "urges": record.urges,
        "refusals": record.refusals,
        "exempt": record.exempt,
        "end_reason": record.end_reason,
        "breach_cause": record.breach_cause or None,
        "breach_words": record.breach_words,
        "call_back": record.call_back or None,
        "links": [{"id": link.id, "kind": link.kind} for link in record.links],
        "deadlines": [deadline(d, now, calendar) for d in record.deadlines],
        "evidence": [evidence(e) for e in record.evidence],
        "version": record.version,
    }


_STAMPS = (
    "found_at",
    "reported_at",
    "filed_at",
    "dispatched_at",
    "accepted_at",
    "arrived_at",
    "handled_at",
    "checked_at",
    "closed_at",
)


def deadline(record: Deadline, now: datetime, calendar: WorkingCalendar) -> Document:
    """A clock; ``remaining_s`` is negative when over and stands still while
    paused."""
    return {
        "kind": record.kind.value,
        "start_at": iso(record.start_at),
        "due_at": iso(record.due_at),
        "warn_at": iso(record.warn_at),
        "met_at": iso(record.met_at),
        "cancelled": record.cancelled,
        "paused_s": record.paused_s,
        "lamp": deadlines.lamp(record, now).value,
        "remaining_s": round(deadlines.remaining_s(record, now, calendar), 3),
        "limit": {
            "value": record.limit.value,
            "unit": record.limit.unit.value,
            "version": record.limit.version,
        },
    }


def evidence(record: Evidence) -> Document:
    """A file in the store."""
    return {
        "id": record.id,
        "kind": record.kind.value,
        "sha256": record.sha256,
        "bytes": record.bytes,
        "captured_at": iso(record.captured_at),
        "camera": record.camera,
        "clock_offset_s": record.clock_offset_s,
    }


def event(record: Event) -> Document:
    """A link of the chain."""
    return {
        "seq": record.seq,
        "case": record.case,
        "at": iso(record.at),
        "recorded_at": iso(record.recorded_at),
        "actor": record.actor,
        "action": record.action.value,
        "data": dict(record.data),
        "v": record.v,
        "prev_hash": record.prev_hash,
        "hash": record.hash,
    }


#: The four kinds a document tells apart; ``what`` is the exact one.
_KINDS = {kind: kind for kind in (SourceKind.CASE, SourceKind.CAMERA, SourceKind.NETWORK)}


def alarm(record: Alarm) -> Document:
    """An alarm, with what it says in both languages."""
    return {
        "id": record.id,
        "source": {
            "kind": _KINDS.get(record.source_kind, SourceKind.SYSTEM).value,
            "id": record.source_id,
            "what": record.source_kind.value,
        },
        "code": record.code or None,
        "began_at": iso(record.began_at),
        "facts": dict(record.facts),
        "threshold": record.threshold or None,
        "deadline": record.deadline.value if record.deadline else None,
        "severity": record.severity.value,
        "state": record.state.value,
        "raised_at": iso(record.raised_at),
        "late_s": round(record.late_s, 3),
        "acked_by": record.acked_by or None,
        "promise_until": iso(record.promise_until),
        "shelved_until": iso(record.shelved_until),
        "reason": record.reason,
        "message_zh": alarm_message("zh", record),
        "message_en": alarm_message("en", record),
        "members": list(record.members),
    }


def alarm_event(record: AlarmEvent) -> Document:
    """One thing that happened to an alarm."""
    return {
        "at": iso(record.at),
        "what": record.what,
        "actor": record.actor,
        "severity": record.severity.value,
        "deadline": record.deadline.value if record.deadline else None,
        "threshold": record.threshold or None,
        "code": record.code or None,
        "late_s": round(record.late_s, 3),
        "reason": record.reason,
    }


def alarm_message(lang: str, record: Alarm) -> str:
    """One sentence: which case, which clock, how far."""
    if record.deadline is None:
        return source_words.said(lang, record)
    return f"{record.source_id} {crossed(lang, record.deadline.value, record.threshold)}"


def approval(record: Approval) -> Document:
    """A request that waits, or has been answered."""
    return {
        "id": record.id,
        "case": record.case,
        "action": record.action.value,
        "asked_by": record.asked_by,
        "asked_at": iso(record.asked_at),
        "reason": record.reason,
        "state": record.state,
        "answered_by": record.answered_by or None,
        "answered_at": iso(record.answered_at),
    }


def condition(record: Condition) -> Document:
    """A row of the filing standard, in the columns of its table."""
    return {
        "condition_id": record.condition_id,
        "standard": record.category.standard,
        "kind": record.category.kind,
        "code": record.category.code,
        "code_2013": record.code_2013,
        "name_zh": record.name_zh,
        "name_en": record.name_en,
        "condition_zh": record.condition_zh,
        "condition_en": record.condition_en,
        "limit_value": record.limit_value,
        "limit_unit": record.limit_unit.value,
        "closing_zh": record.closing_zh,
        "closing_en": record.closing_en,
        "team": record.team,
        "team_also": record.team_also,
        "not_to_file": record.not_to_file,
        "limit_source": record.limit_source,
        "version": record.version,
        "valid_from": iso(record.valid_from),
        "active": record.active,
        "grade_limits": {
            one.grade: {"value": one.value, "unit": one.unit.value} for one in record.grade_limits
        },
        "not_to_file_en": record.not_to_file_en,
    }


def team(record: Team) -> Document:
    """A team in the columns of its table."""
    return {
        "id": record.id,
        "name_zh": record.name_zh,
        "name_en": record.name_en,
        "own": record.own,
        "communities": list(record.communities),
        "categories": list(record.categories),
        "leader": record.leader,
        "phone": record.phone,
    }


def place(record: Place) -> Document:
    """A place in the columns of its table."""
    return {
        "kind": record.kind,
        "id": record.id,
        "name_zh": record.name_zh,
        "name_en": record.name_en,
        "parent": record.parent,
        "lon": record.lon,
        "lat": record.lat,
        "wkt": record.wkt,
        "grade": record.grade,
    }


def user(record: User) -> Document:
    """An account, without its password's hash."""
    return {
        "name": record.name,
        "display_zh": record.display_zh,
        "display_en": record.display_en,
        "role": record.role.value,
        "team": record.team,
        "disabled": record.disabled,
    }
