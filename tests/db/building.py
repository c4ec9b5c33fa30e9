"""Cases, events and alarms for the tests of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.domain.model import Alarm, AlarmEvent, Case, CategoryKey, Deadline, EventDraft, Limit
from console.domain.vocabulary import (
    Action,
    AlarmState,
    DeadlineKind,
    Severity,
    Source,
    SourceKind,
    State,
    Unit,
)

NOW = datetime(2026, 8, 5, 0, 15, 2, 123457, tzinfo=UTC)
TRADING = CategoryKey("GB/T 47678.5-2026", "event", "09006")


def clock(
    kind: DeadlineKind = DeadlineKind.DECISION,
    start: datetime = NOW,
    minutes: int = 5,
    **more: object,
) -> Deadline:
    """A running deadline of ``minutes`` from ``start``."""
    length = timedelta(minutes=minutes)
    made = Deadline(
        kind=kind,
        start_at=start,
        limit=Limit(minutes, Unit.URGENT_MINUTE, "1"),
        due_at=start + length,
        warn_at=start + length * 0.8,
    )
    return _with(made, **more)


def _with(made: Deadline, **more: object) -> Deadline:
    from dataclasses import replace

    return replace(made, **more)  # type: ignore[arg-type]


def case(start: datetime = NOW, **more: object) -> Case:
    """A case just found by a camera, its five minutes running."""
    values: dict[str, object] = {
        "id": "",
        "state": State.REGISTERING,
        "source": Source.CAMERA,
        "category": TRADING,
        "name_zh": "占道经营",
        "name_en": "Trading on road",
        "place": "东关街口",
        "community": "dongguan",
        "camera": "cam-07",
        "found_at": start,
        "opened_at": start,
        "deadlines": (clock(start=start), clock(DeadlineKind.TOTAL, start, 15)),
    }
    return Case(**(values | more))  # type: ignore[arg-type]


def draft(case_id: str = "20260805-0001", action: Action = Action.OPEN, **data: object) -> EventDraft:
    """An event not yet in the chain."""
    return EventDraft(case_id, NOW, NOW + timedelta(microseconds=5), "li.na", action, data)


def alarm(case_id: str = "20260805-0001", **more: object) -> Alarm:
    """A case's alarm at 80 % of its decision."""
    values: dict[str, object] = {
        "id": 0,
        "source_kind": SourceKind.CASE,
        "source_id": case_id,
        "severity": Severity.MEDIUM,
        "state": AlarmState.RAISED,
        "raised_at": NOW,
        "late_s": 0.25,
        "deadline": DeadlineKind.DECISION,
        "threshold": 80,
        "due_at": NOW + timedelta(minutes=5),
    }
    return Alarm(**(values | more))  # type: ignore[arg-type]


def crossing(alarm_id: int, threshold: int = 80, **more: object) -> AlarmEvent:
    """The event of a threshold being crossed."""
    values: dict[str, object] = {
        "alarm": alarm_id,
        "at": NOW,
        "what": "raised",
        "actor": "system",
        "severity": Severity.MEDIUM,
        "deadline": DeadlineKind.DECISION,
        "due_version": 1,
        "threshold": threshold,
        "late_s": 0.25,
    }
    return AlarmEvent(**(values | more))  # type: ignore[arg-type]
