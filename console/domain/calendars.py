"""Working time: which seconds of the year a limit in working hours consumes.

A limit in urgent minutes, urgent hours or natural days runs round the clock; a
limit in working hours or working days runs only inside the office's periods on
its working days (facts of practice: 08:00–12:00 and 14:00–18:00, Monday to
Friday, a make-up Saturday counts, a statutory holiday does not). All instants
are aware UTC; the zone is only used to lay the periods onto the days.

Years are laid out once and kept, so that an addition over months is a search
in a table and never a walk over seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal
from console.domain.vocabulary import Unit

#: Units that run day and night.
CONTINUOUS: Final = frozenset({Unit.URGENT_MINUTE, Unit.URGENT_HOUR, Unit.NATURAL_DAY})

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
_SATURDAY: Final = 5
#: A limit that needs more years than this has a calendar without working time.
_FARTHEST_YEARS: Final = 30


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Office hours ``start``–``end`` (minutes after local midnight, end above
    start, at most 1440) on the working days from ``first`` to ``last``."""

    first: date
    last: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Year:
    """The working slots of one local year in microseconds since 1970, with
    the working time before each; ``total`` is the whole year's."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def worked(self, at: int) -> int:
        """Working microseconds of this year up to ``at``."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        return self.before[i] + min(at, self.ends[i]) - self.starts[i]

    def instant(self, worked: int) -> int:
        """The earliest instant by which ``worked`` (1…total) has been done."""
        i = bisect_left(self.before, worked) - 1
        return self.starts[i] + worked - self.before[i]


DEFAULT_PERIODS: Final = (
    Period(date.min, date.max, 8 * 60, 12 * 60),
    Period(date.min, date.max, 14 * 60, 18 * 60),
)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """An office's working time. Build it with :meth:`from_rows` or
    :meth:`default`; adding and counting are exact to the microsecond."""

    tz: str
    periods: tuple[Period, ...]
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    _laid: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def default(cls, tz: str = "Asia/Shanghai") -> Self:
        """08:00–12:00 and 14:00–18:00, Monday to Friday, no holidays."""
        return cls(tz, DEFAULT_PERIODS)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]], tz: str = "Asia/Shanghai") -> Self:
        """Read rows ``type,from,to,start,end,name``.

        ``period``: office hours from a date on (``to`` may end them); rows with
        the same ``from`` belong together, the newest group that has begun holds,
        and before the first group the first one does. ``holiday``: no work from
        ``from`` to ``to``. ``workday``: work although it is a weekend or holiday.
        Raises ``Refusal('bad_row')`` with ``row`` (1-based), ``field``, ``value``.
        """
        periods: list[Period] = []
        days: dict[str, set[date]] = {"holiday": set(), "workday": set()}
        for number, row in enumerate(rows, start=1):
            kind = (row.get("type") or "").strip()
            if kind == "period":
                periods.append(_period(row, number, periods))
            elif kind in days:
                days[kind].update(_span(row, number))
            else:
                raise _bad("type", kind, number)
        return cls(
            tz,
            tuple(sorted(periods)) or DEFAULT_PERIODS,
            frozenset(days["holiday"]),
            frozenset(days["workday"]),
        )

    def has_year(self, year: int) -> bool:
        """True when the holiday table says anything about ``year``; without
        it, every Monday to Friday of that year is taken as a working day."""
        return any(d.year == year for d in self.holidays) or any(d.year == year for d in self.workdays)

    def is_workday(self, day: date) -> bool:
        """A make-up day beats a holiday, a holiday beats the week."""
        if day in self.workdays:
            return True
        return day not in self.holidays and day.weekday() < _SATURDAY

    def hours(self, day: date) -> tuple[tuple[int, int], ...]:
        """Working periods of a local day in minutes after midnight, in order."""
        if not self.is_workday(day):
            return ()
        begun = [p for p in self.periods if p.first <= day <= p.last]
        if not begun:
            earliest = min(p.first for p in self.periods)
            begun = [p for p in self.periods if p.first == earliest] if day < earliest else []
        newest = max((p.first for p in begun), default=None)
        return tuple(sorted((p.start, p.end) for p in begun if p.first == newest))

    def add(self, start: datetime, seconds: float, unit: Unit) -> datetime:
        """The instant by which ``seconds`` of ``unit``'s calendar have passed
        since ``start`` (the earliest such instant; 0 gives ``start``).

        Raises ``ValueError`` below zero and ``Refusal('bad_value',
        'no_working_time')`` when the calendar never has that much.
        """
        if seconds < 0:
            raise ValueError("a limit is not negative")
        left = round(seconds * _SECOND)
        if unit in CONTINUOUS or left == 0:
            return start + left * _MICRO
        begin = _micros(start)
        year = self._local_year(start)
        left += self._year(year).worked(begin)
        for y in range(year, year + _FARTHEST_YEARS):
            table = self._year(y)
            if left <= table.total:
                return _EPOCH + table.instant(left) * _MICRO
            left -= table.total
        raise Refusal("bad_value", "no_working_time", seconds=int(seconds))

    def elapsed(self, start: datetime, now: datetime, unit: Unit) -> float:
        """Seconds of ``unit``'s calendar between the two; 0 when the clock
        went back and ``now`` lies before ``start``."""
        if now <= start:
            return 0.0
        if unit in CONTINUOUS:
            return (now - start) / timedelta(seconds=1)
        first, last = self._local_year(start), self._local_year(now)
        worked = self._year(last).worked(_micros(now)) - self._year(first).worked(_micros(start))
        worked += sum(self._year(y).total for y in range(first, last))
        return worked / _SECOND

    def slots(self, first: datetime, last: datetime) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Begin and end of every office period of the local years from
        ``first`` to ``last``, in microseconds since 1970, in order."""
        years = [self._year(y) for y in range(self._local_year(first), self._local_year(last) + 1)]
        starts = tuple(at for year in years for at in year.starts)
        return starts, tuple(at for year in years for at in year.ends)

    def _local_year(self, at: datetime) -> int:
        return at.astimezone(ZoneInfo(self.tz)).year

    def _year(self, year: int) -> _Year:
        table = self._laid.get(year)
        if table is None:
            table = self._laid[year] = self._lay(year)
        return table

    def _lay(self, year: int) -> _Year:
        zone = ZoneInfo(self.tz)
        starts: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        total = 0
        day, end_of_year = date(year, 1, 1), date(year, 12, 31)
        while True:
            midnight = datetime.combine(day, time(), tzinfo=zone)
            for first, last in self.hours(day):
                begin = _micros(midnight + timedelta(minutes=first))
                end = _micros(midnight + timedelta(minutes=last))
                starts.append(begin)
                ends.append(end)
                before.append(total)
                total += end - begin
            if day == end_of_year:
                break
            day += timedelta(days=1)
        return _Year(tuple(starts), tuple(ends), tuple(before), total)


def _micros(at: datetime) -> int:
    return (at.astimezone(UTC) - _EPOCH) // _MICRO


def _bad(name: str, value: str, number: int) -> Refusal:
    return Refusal("bad_row", f"calendar_{name}", row=number, field=name, value=value)


def _date(row: Mapping[str, str], name: str, number: int, default: date | None = None) -> date:
    text = (row.get(name) or "").strip()
    if not text and default is not None:
        return default
    try:
        year, month, day = text.replace("/", "-").split("-")
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise _bad(name, text, number) from error


def _minutes(row: Mapping[str, str], name: str, number: int) -> int:
    text = (row.get(name) or "").strip()
    try:
        hour, minute = (int(part) for part in text.replace("：", ":").split(":")[:2])
    except ValueError as error:
        raise _bad(name, text, number) from error
    minutes = hour * 60 + minute
    if not 0 <= minute < 60 or not 0 <= minutes <= 24 * 60:
        raise _bad(name, text, number)
    return minutes


def _period(row: Mapping[str, str], number: int, others: Iterable[Period]) -> Period:
    first = _date(row, "from", number, date.min)
    last = _date(row, "to", number, date.max)
    start, end = _minutes(row, "start", number), _minutes(row, "end", number)
    if last < first:
        raise _bad("to", row.get("to") or "", number)
    if end <= start:
        raise _bad("end", row.get("end") or "", number)
    for other in others:
        if other.first == first and start < other.end and other.start < end:
            raise _bad("start", row.get("start") or "", number)
    return Period(first, last, start, end)


def _span(row: Mapping[str, str], number: int) -> tuple[date, ...]:
    first = _date(row, "from", number)
    last = _date(row, "to", number, first)
    if not first <= last <= first + timedelta(days=366):
        raise _bad("to", row.get("to") or "", number)
    return tuple(first + timedelta(days=i) for i in range((last - first).days + 1))
