"""Times as they are typed into a search: days, spans, hours of a night.

``今天`` ``yesterday`` ``2026-03`` ``3月4日`` ``近7天`` ``2026-03-01..2026-03-09``, and hours
after a day: ``昨天 22-6`` is from yesterday's ten in the evening to six in the
morning. All in the site's own zone; a span is half open, ``[since, until)``.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from console.domain.errors import Refusal

Span = tuple[datetime, datetime]

_DAY: Final = timedelta(days=1)
_NAMED: Final = {
    "今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2,
}  # fmt: skip
_WEEK: Final = {"本周": 0, "这周": 0, "thisweek": 0, "上周": 1, "lastweek": 1}
_MONTH: Final = {"本月": 0, "这个月": 0, "thismonth": 0, "上月": 1, "上个月": 1, "lastmonth": 1}
_YEAR: Final = {"今年": 0, "thisyear": 0, "去年": 1, "lastyear": 1}
_FULL: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)")
_SHORT: Final = re.compile(r"(\d{1,2})月(?:(\d{1,2})[日号])?")
_LAST: Final = re.compile(r"(?:近|最近|last)?(\d{1,3})(?:天|日内|d|days?)")
_HOURS: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?[点时]?(?:-|–|~|～|到|至)(\d{1,2})(?::(\d{2}))?[点时]?")
_TO: Final = re.compile(r"\.\.+|~|～|至|到")
#: What is meant for a time, right or wrong.
_LIKE: Final = re.compile(r"\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{0,2}日?)?")


def span_of(typed: str, today: date, zone: tzinfo) -> Span | None:
    """The span a word names; ``None`` when it names no time. Raises
    ``Refusal('bad_usage', 'query_time')`` for a day that is not in the
    calendar and for a span that ends before it begins."""
    word = typed.casefold()
    found = _days(word, today)
    if found is not None:
        return _at(found[0], zone), _at(found[1], zone)
    ends = _TO.split(word)
    if len(ends) == 2 and ends[0] and ends[1]:
        first, last = _days(ends[0], today), _days(ends[1], today)
        if first is not None and last is not None:
            if last[1] <= first[0]:
                raise Refusal("bad_usage", "query_time", value=typed)
            return _at(first[0], zone), _at(last[1], zone)
    return None


def from_of(typed: str, today: date, zone: tzinfo) -> datetime:
    """The beginning of what was typed after ``from:``."""
    return _demanded(typed, today, zone)[0]


def to_of(typed: str, today: date, zone: tzinfo) -> datetime:
    """The end of what was typed after ``to:``; a day is meant whole."""
    return _demanded(typed, today, zone)[1]


def _demanded(typed: str, today: date, zone: tzinfo) -> Span:
    found = span_of(typed, today, zone)
    if found is not None:
        return found
    try:
        at = datetime.fromisoformat(typed)
    except ValueError as error:
        raise Refusal("bad_usage", "query_time", value=typed) from error
    at = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    return at, at


def hours_of(typed: str, day: Span, zone: tzinfo) -> Span | None:
    """Hours inside a day (``8-12``), over midnight when they run backwards
    (``22-6``); ``None`` when these are no hours."""
    match = _HOURS.fullmatch(typed.casefold())
    if match is None:
        return None
    first, last = _minutes(match[1], match[2]), _minutes(match[3], match[4])
    if first is None or last is None:
        raise Refusal("bad_usage", "query_time", value=typed)
    midnight = day[0].astimezone(zone)
    over = _DAY if last <= first else timedelta()
    return midnight + timedelta(minutes=first), midnight + timedelta(minutes=last) + over


def _minutes(hour: str, minute: str | None) -> int | None:
    whole = int(hour) * 60 + int(minute or 0)
    return whole if whole <= 24 * 60 and int(minute or 0) < 60 else None


def _at(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _days(word: str, today: date) -> tuple[date, date] | None:
    """First day and the day after the last."""
    if word in _NAMED:
        day = today - _NAMED[word] * _DAY
        return day, day + _DAY
    if word in _WEEK:
        monday = today - (today.weekday() + 7 * _WEEK[word]) * _DAY
        return monday, monday + 7 * _DAY
    if word in _MONTH:
        return _month(today.year, today.month - _MONTH[word])
    if word in _YEAR:
        year = today.year - _YEAR[word]
        return date(year, 1, 1), date(year + 1, 1, 1)
    last = _LAST.fullmatch(word)
    if last is not None and (word[0] in "近最l" or not word.endswith("日内")):
        return today - (max(1, int(last[1])) - 1) * _DAY, today + _DAY
    return _dated(word, today)


def _dated(word: str, today: date) -> tuple[date, date] | None:
    full, short = _FULL.fullmatch(word), _SHORT.fullmatch(word)
    try:
        if full is not None:
            if full[3] is None:
                return _month(int(full[1]), int(full[2]), strict=True)
            day = date(int(full[1]), int(full[2]), int(full[3]))
            return day, day + _DAY
        if short is not None:
            # A month still to come is last year's: nobody looks for the future.
            year = today.year if int(short[1]) <= today.month else today.year - 1
            if short[2] is None:
                return _month(year, int(short[1]), strict=True)
            day = date(year, int(short[1]), int(short[2]))
            return day, day + _DAY
    except ValueError as error:
        raise Refusal("bad_usage", "query_time", value=word) from error
    if _LIKE.fullmatch(word) is not None:
        raise Refusal("bad_usage", "query_time", value=word)
    return None


def _month(year: int, month: int, *, strict: bool = False) -> tuple[date, date]:
    if strict and not 1 <= month <= 12:
        raise ValueError(month)
    if month < 1:
        year, month = year - 1, month + 12
    first = date(year, month, 1)
    after = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return first, after
