"""Which period a report is about, and which reports of a plan are due.

A report is about a shift, a day, a week, ten days (旬), a month, or about the
month (or another period) of one team or one community. A plan makes one report
for every period that ends; the name of a period (``20261121-night``,
``2026-11-21``, ``2026-W47``, ``2026-11-t2``, ``2026-11``) makes it unique.
Pure: nothing is read and no clock is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from console.domain import periods, shifts
from console.domain.errors import Refusal
from console.domain.shifts import ShiftPlan

#: Kinds of report.
KINDS: Final = ("shift", "day", "week", "ten", "month", "team", "community")
#: Reports about one of several: of which, the key says.
KEYED: Final = ("team", "community")
#: Periods those may have.
EVERY: Final = ("day", "week", "ten", "month", "quarter", "year")
FORMATS: Final = ("pdf", "xlsx", "csv")
#: What was missed while no program ran is made up for, so many periods a plan.
MOST_MISSED: Final = 31
#: A report may wait so long after its period, minutes.
DELAY: Final = (0, 2880)
DELAY_DEFAULT: Final = 10
_INSTANT: Final = timedelta(microseconds=1)
_PLAN_ID: Final = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Span:
    """One period: ``start`` included, ``end`` not, UTC. ``kind``: ``shift`` or
    a kind of :data:`console.domain.periods.KINDS`, or ``free``."""

    id: str
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: ``kind`` of :data:`KINDS`; ``key``: which team or
    community, empty for all of them side by side; ``every``: its period."""

    kind: str
    key: str = ""
    every: str = "month"

    @property
    def period(self) -> str:
        """Kind of its period: ``shift`` or one of ``console.domain.periods``."""
        return self.every if self.kind in KEYED else self.kind


@dataclass(frozen=True, slots=True)
class Plan:
    """A report made again and again, ``delay`` minutes after each period, into
    ``folder`` (empty: none) and to the addresses ``mails``. ``since``: periods
    that ended before it are not made."""

    id: str
    name: str
    subject: Subject
    formats: tuple[str, ...] = ("pdf",)
    lang: str = "zh"
    folder: str = ""
    mails: tuple[str, ...] = ()
    delay: int = DELAY_DEFAULT
    enabled: bool = True
    since: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    by: str = ""
    version: int = 0


def checked(subject: Subject) -> Subject:
    """The subject. Raises ``Refusal('bad_usage', 'choice')`` for a kind or a
    period that there is not."""
    for what, value, choices in (("--kind", subject.kind, KINDS), ("--every", subject.every, EVERY)):
        if value not in choices:
            raise Refusal("bad_usage", "choice", what=what, value=value, choices=", ".join(choices))
    return subject


def sound(plan: Plan) -> Plan:
    """The plan. Raises ``bad_value`` (``report_plan_name``, ``report_plan_format``,
    ``report_plan_delay``, ``report_plan_target``) for what it may not be."""
    checked(plan.subject)
    if not _PLAN_ID.fullmatch(plan.id) or not 0 < len(plan.name.strip()) <= 60:
        raise Refusal("bad_value", "report_plan_name", most=60)
    if not plan.formats or any(one not in FORMATS for one in plan.formats):
        raise Refusal("bad_value", "report_plan_format", allowed=", ".join(FORMATS))
    if not DELAY[0] <= plan.delay <= DELAY[1]:
        raise Refusal("bad_value", "report_plan_delay", low=DELAY[0], high=DELAY[1], value=plan.delay)
    if not plan.folder and not plan.mails:
        raise Refusal("bad_value", "report_plan_target")
    return plan


def span_at(period: str, shift_plan: ShiftPlan, at: datetime) -> Span:
    """The period of that kind in which ``at`` lies."""
    if period == "shift":
        found = shifts.span_at(shift_plan, at)
        return Span(found.id, "shift", found.start, found.end)
    around = periods.around(period, at)
    return Span(_name(period, around.start), period, around.start, around.end)


def span_before(span: Span, shift_plan: ShiftPlan) -> Span:
    """The one before it: of its kind, or as long as it. A shift is compared
    with the same one of the day before, not with the hours before it."""
    if span.kind == "free":
        start = span.start - (span.end - span.start)
        return free(start, span.start)
    back = timedelta(days=1) if span.kind == "shift" else _INSTANT
    return span_at(span.kind, shift_plan, span.start - back)


def span_after(span: Span, shift_plan: ShiftPlan) -> Span:
    """The one that follows."""
    if span.kind == "free":
        return free(span.end, span.end + (span.end - span.start))
    return span_at(span.kind, shift_plan, span.end)


def span_last(period: str, shift_plan: ShiftPlan, now: datetime) -> Span:
    """The newest period of that kind that is over."""
    return span_at(period, shift_plan, span_at(period, shift_plan, now).start - _INSTANT)


def free(start: datetime, end: datetime) -> Span:
    """A period somebody typed. Raises ``Refusal('bad_value', 'period')`` for
    one that runs backwards."""
    if end <= start:
        raise Refusal("bad_value", "period", start=start, end=end)
    local = (one.astimezone(periods.ZONE) for one in (start, end))
    return Span("_".join(f"{one:%Y%m%dT%H%M}" for one in local), "free", start, end)


def due(plan: Plan, shift_plan: ShiftPlan, now: datetime) -> tuple[Span, ...]:
    """The periods a plan owes by now, done or not, the oldest first; of many
    that were missed the newest :data:`MOST_MISSED`."""
    if not plan.enabled:
        return ()
    return tuple(reversed(list(_ended(plan, shift_plan, now))))


def next_due(plan: Plan, shift_plan: ShiftPlan, now: datetime) -> datetime | None:
    """When a plan owes its next report, after ``now``."""
    if not plan.enabled:
        return None
    wait = timedelta(minutes=plan.delay)
    span = span_at(plan.subject.period, shift_plan, max(now - wait, plan.since))
    return span.end + wait


def _ended(plan: Plan, shift_plan: ShiftPlan, now: datetime) -> Iterator[Span]:
    span = span_at(plan.subject.period, shift_plan, now - timedelta(minutes=plan.delay))
    for _ in range(MOST_MISSED):
        span = span_at(plan.subject.period, shift_plan, span.start - _INSTANT)
        if span.end <= plan.since:
            return
        yield span


def _name(period: str, start: datetime) -> str:
    local = start.astimezone(periods.ZONE)
    if period == "week":
        year, week, _ = local.isocalendar()
        return f"{year}-W{week:02d}"
    if period == "ten":
        return f"{local:%Y-%m}-t{min(3, 1 + local.day // 10)}"
    if period == "quarter":
        return f"{local.year}-Q{(local.month + 2) // 3}"
    return local.strftime({"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[period])
