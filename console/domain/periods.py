"""Periods people compare: a week, ten days, a month, and the one before.

A week runs from Monday to Sunday. A month is cut into 旬: 1–10, 11–20, 21 to its
end. All begin and end at local midnight; instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal

ZONE: Final = ZoneInfo("Asia/Shanghai")
#: Kinds of period by the length of their run.
KINDS: Final = ("day", "week", "ten", "month", "quarter", "year")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """``start`` included, ``end`` not, UTC; ``kind`` of :data:`KINDS`, or
    ``free`` for one somebody typed."""

    kind: str
    start: datetime
    end: datetime


def around(kind: str, at: datetime) -> Period:
    """The period of that kind in which ``at`` lies. Raises
    ``Refusal('bad_usage', 'choice')`` for another kind."""
    if kind not in KINDS:
        raise Refusal("bad_usage", "choice", what="--period", value=kind, choices=", ".join(KINDS))
    day = at.astimezone(ZONE).date()
    first = _first(kind, day)
    return Period(kind, _instant(first), _instant(_next(kind, first)))


def before(period: Period) -> Period:
    """The one before it: of the same kind, or of the same length."""
    if period.kind in KINDS:
        return around(period.kind, period.start - _DAY / 2)
    return Period(period.kind, period.start - (period.end - period.start), period.start)


def last(kind: str, at: datetime) -> Period:
    """The newest period of that kind that has ended by ``at``."""
    return before(around(kind, at))


def free(start: datetime, end: datetime) -> Period:
    """A typed period. Raises ``Refusal('bad_value', 'period')`` for one that
    runs backwards."""
    if end <= start:
        raise Refusal("bad_value", "period", start=start, end=end)
    return Period("free", start, end)


def _first(kind: str, day: date) -> date:
    if kind == "day":
        return day
    if kind == "week":
        return day - timedelta(days=day.weekday())
    if kind == "ten":
        return day.replace(day=21 if day.day > 20 else 11 if day.day > 10 else 1)
    if kind == "month":
        return day.replace(day=1)
    if kind == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1)


def _next(kind: str, first: date) -> date:
    if kind == "day":
        return first + _DAY
    if kind == "week":
        return first + timedelta(days=7)
    if kind == "ten" and first.day < 21:
        return first + timedelta(days=10)
    months = {"quarter": 3, "year": 12}.get(kind, 1)
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC)
