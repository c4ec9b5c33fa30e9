"""Hand-overs that are late, and shifts nobody opened, for the door of the alarms."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import shifts
from console.domain.conditions import Condition
from console.domain.vocabulary import SourceKind
from console.services import shift_plan
from console.services.ports import UnitOfWork
from console.services.shift_reading import KEEPS, grace

_ZONE: Final = ZoneInfo(shifts.ZONE)


def conditions(uow: UnitOfWork, now: datetime) -> list[Condition]:
    """What is late by more than the grace of the site."""
    wait = grace(uow)
    open_rows = uow.shifts.unsigned()
    late = [row for row in open_rows if now >= row.end_at + wait]
    found = [_condition("handover_late", row.id, row.start_at, row.end_at, row.end_at + wait) for row in late]
    span = shifts.span_at(shift_plan.load(uow), now)
    kept = uow.shifts.between(now - KEEPS, now + KEEPS)
    if kept and not open_rows and now >= span.start + wait:
        found.append(_condition("shift_missing", span.id, span.start, span.end, span.start + wait))
    return found


def _condition(code: str, shift_id: str, start: datetime, end: datetime, since: datetime) -> Condition:
    begin, over = start.astimezone(_ZONE), end.astimezone(_ZONE)
    facts = {"name": f"{begin:%m-%d %H:%M}–{over:%H:%M}", "due": f"{over:%H:%M}"}
    return Condition(SourceKind.SUPERVISION, shift_id, code, since, "", facts)
