"""Duty hours of a team as people write them: ``1-5 08:00-18:00; 6-7 09:00-17:00``.

Days are 1 (Monday) to 7; hours that end before they begin go over midnight.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from console.domain.errors import Refusal
from console.services.cases import SITE_ZONE

_PART: Final = re.compile(r"^(?:([1-7])(?:-([1-7]))? +)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")
#: More parts than a week of day and night shifts needs are a slip.
MOST: Final = 14


@dataclass(frozen=True, slots=True)
class Hours:
    """Duty from ``start`` to ``end`` (local) on ``days`` (1 Monday … 7)."""

    days: frozenset[int]
    start: time
    end: time


def parse(text: str) -> tuple[Hours, ...]:
    """The rota, empty for an empty text. Raises ``Refusal('bad_value', 'rota')``."""
    clean = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-")
    parts = [part.strip() for part in re.split(r"[;\n,、]", clean) if part.strip()]
    if len(parts) > MOST:
        raise Refusal("bad_value", "rota", value=text[:80])
    return tuple(_part(part, text) for part in parts)


def on(rota: tuple[Hours, ...], at: datetime) -> bool:
    """True within the hours; always without a rota."""
    if not rota:
        return True
    local = at.astimezone(SITE_ZONE)
    return any(begin <= local < end for begin, end in _around(rota, local.date()))


def next_change(rota: tuple[Hours, ...], after: datetime) -> datetime | None:
    """The first beginning or end of duty after an instant; none without a rota."""
    local = after.astimezone(SITE_ZONE)
    edges = [
        edge
        for day in range(9)
        for span in _around(rota, local.date() + timedelta(days=day))
        for edge in span
        if edge > local
    ]
    return min(edges, default=None)


def _around(rota: tuple[Hours, ...], day: date) -> list[tuple[datetime, datetime]]:
    """Spans that begin the day before or on the day: those may hold it."""
    found = []
    for back in (1, 0):
        begun = day - timedelta(days=back)
        for hours in rota:
            if begun.isoweekday() in hours.days:
                start = datetime.combine(begun, hours.start, SITE_ZONE)
                over = 1 if hours.end <= hours.start else 0
                found.append((start, datetime.combine(begun + timedelta(days=over), hours.end, SITE_ZONE)))
    return found


def _part(part: str, whole: str) -> Hours:
    found = _PART.match(part)
    if found is None:
        raise Refusal("bad_value", "rota", value=whole[:80])
    first, last, *clock = found.groups()
    begin = int(first or 1)
    end = int(last or first or 7)
    try:
        start, stop = _hour(clock[0], clock[1]), _hour(clock[2], clock[3])
    except ValueError:
        raise Refusal("bad_value", "rota", value=whole[:80]) from None
    if end < begin:
        raise Refusal("bad_value", "rota", value=whole[:80])
    return Hours(frozenset(range(begin, end + 1)), start, stop)


def _hour(hour: str, minute: str) -> time:
    """24:00 is the midnight that ends the day."""
    return time(0, 0) if (hour, minute) == ("24", "00") else time(int(hour), int(minute))
