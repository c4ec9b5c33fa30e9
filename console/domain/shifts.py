"""Shifts (班次): when each begins and ends, and which one an instant belongs to.

A plan divides the local day: its kinds follow each other without a gap and
without an overlap, so that every instant belongs to exactly one shift. A shift
is named after the local day on which it begins, ``20261121-night``. Three
shifts of eight hours (早班 08–16, 中班 16–24, 夜班 00–08) hold until the office
sets its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal

ZONE: Final = "Asia/Shanghai"
#: More kinds of shift than this is no shift plan.
MOST_KINDS: Final = 6
#: An id stands in the number of a shift, which a column of 20 characters holds.
_KIND_ID: Final = re.compile(r"[a-z][a-z0-9]{0,9}")
_SHIFT_ID: Final = re.compile(r"(\d{4})(\d{2})(\d{2})-([a-z][a-z0-9]{0,9})")
_DAY: Final = timedelta(days=1)
NAME_CHARS: Final = 20


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """One kind of shift: ``start`` included, ``end`` not, local times. An end
    at or before the start is on the next day (``00:00`` is midnight)."""

    id: str
    zh: str
    en: str
    start: time
    end: time

    @property
    def seconds(self) -> int:
        """How long it is; one kind alone is a whole day."""
        return (_second(self.end) - _second(self.start) - 1) % 86_400 + 1


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """The kinds of a site, in the order of the day, and its time zone."""

    kinds: tuple[ShiftKind, ...]
    zone: str = ZONE

    def kind(self, kind_id: str) -> ShiftKind | None:
        """The kind of that id."""
        return next((one for one in self.kinds if one.id == kind_id), None)


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """One shift of one day: ``start`` included, ``end`` not, UTC."""

    id: str
    kind: ShiftKind
    start: datetime
    end: datetime

    @property
    def day(self) -> str:
        """The local day it is named after, ``YYYYMMDD``."""
        return self.id[:8]


DEFAULT: Final = ShiftPlan(
    (
        ShiftKind("morning", "早班", "Morning", time(8), time(16)),
        ShiftKind("middle", "中班", "Middle", time(16), time(0)),
        ShiftKind("night", "夜班", "Night", time(0), time(8)),
    )
)


def checked(kinds: Sequence[ShiftKind], zone: str = ZONE) -> ShiftPlan:
    """A plan of these kinds in the order of the day. Raises
    ``Refusal('bad_value', …)``: ``shift_plan`` where they leave a gap, overlap
    or are too many, ``shift_kind`` for an id, a name or a time that is none."""
    if not 1 <= len(kinds) <= MOST_KINDS:
        raise Refusal("bad_value", "shift_plan", most=MOST_KINDS)
    for one in kinds:
        named = 0 < len(one.zh) <= NAME_CHARS and 0 < len(one.en) <= NAME_CHARS
        if _KIND_ID.fullmatch(one.id) is None or not named or one.start.tzinfo or one.end.tzinfo:
            raise Refusal("bad_value", "shift_kind", id=one.id, most=NAME_CHARS)
    ordered = tuple(sorted(kinds, key=_start))
    follow = all(one.end == ordered[(n + 1) % len(ordered)].start for n, one in enumerate(ordered))
    once = len({one.id for one in ordered}) == len(ordered)
    if not follow or not once or sum(one.seconds for one in ordered) != 86_400:
        raise Refusal("bad_value", "shift_plan", most=MOST_KINDS)
    return ShiftPlan(ordered, zone)


def span_at(plan: ShiftPlan, instant: datetime) -> ShiftSpan:
    """The shift in which ``instant`` (aware) lies."""
    day = instant.astimezone(_zone(plan.zone)).date()
    for begun in (day, day - _DAY):
        for kind in plan.kinds:
            span = _span(plan, kind, begun)
            if span.start <= instant < span.end:
                return span
    raise ValueError("a plan covers the whole day")


def spans_between(plan: ShiftPlan, start: datetime, end: datetime) -> tuple[ShiftSpan, ...]:
    """Every shift that has a part in ``[start, end)``, earliest first."""
    found: list[ShiftSpan] = []
    span = span_at(plan, start)
    while span.start < end:
        found.append(span)
        span = span_at(plan, span.end)
    return tuple(found)


def span_of(plan: ShiftPlan, shift_id: str) -> ShiftSpan:
    """The shift of that number. Raises ``Refusal('unknown_shift')`` for a day
    that does not exist or a kind the plan does not have."""
    parts = _SHIFT_ID.fullmatch(shift_id.strip().lower())
    kind = plan.kind(parts[4]) if parts else None
    if parts is None or kind is None:
        kinds = ", ".join(one.id for one in plan.kinds)
        raise Refusal("unknown_shift", "name", shift=shift_id, kinds=kinds)
    try:
        begun = date(int(parts[1]), int(parts[2]), int(parts[3]))
        return _span(plan, kind, begun)
    except (ValueError, OverflowError) as error:
        kinds = ", ".join(one.id for one in plan.kinds)
        raise Refusal("unknown_shift", "name", shift=shift_id, kinds=kinds) from error


def next_span(plan: ShiftPlan, span: ShiftSpan) -> ShiftSpan:
    """The shift that follows."""
    return span_at(plan, span.end)


def span_before(plan: ShiftPlan, span: ShiftSpan) -> ShiftSpan:
    """The shift that came before."""
    return span_at(plan, span.start - timedelta(microseconds=1))


def _span(plan: ShiftPlan, kind: ShiftKind, begun: date) -> ShiftSpan:
    zone = _zone(plan.zone)
    over = begun + _DAY if kind.end <= kind.start else begun
    start = datetime.combine(begun, kind.start, tzinfo=zone).astimezone(UTC)
    end = datetime.combine(over, kind.end, tzinfo=zone).astimezone(UTC)
    return ShiftSpan(f"{begun:%Y%m%d}-{kind.id}", kind, start, end)


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _start(kind: ShiftKind) -> time:
    return kind.start


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
