"""Working time, compared with a slow walk that knows nothing of the fast one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.vocabulary import Unit
from tests.unit.domain.build import ZONE, local

ROWS = [
    {"type": "period", "from": "2026-01-01", "start": "08:00", "end": "12:00"},
    {"type": "period", "from": "2026-01-01", "start": "14:00", "end": "18:00"},
    {"type": "period", "from": "2026-06-01", "start": "08:00", "end": "12:00"},
    {"type": "period", "from": "2026-06-01", "start": "15:00", "end": "18:30"},
    {"type": "period", "from": "2026-09-15", "start": "08:30", "end": "12:00"},
    {"type": "period", "from": "2026-09-15", "start": "14:00", "end": "17:30"},
    {"type": "holiday", "from": "2026-10-01", "to": "2026-10-07", "name": "国庆节"},
    {"type": "holiday", "from": "2026-06-19", "to": "", "name": "端午节"},
    {"type": "workday", "from": "2026-10-10", "name": "调休"},
    {"type": "workday", "from": "2026-09-20", "name": "调休"},
]
CALENDAR = WorkingCalendar.from_rows(ROWS)
WORK = Unit.WORK_HOUR
HOUR = 3600


def slow_hours(day: date) -> list[tuple[int, int]]:
    """The oracle's own reading of ROWS: minutes after midnight."""
    makeup = {date(2026, 10, 10), date(2026, 9, 20)}
    holiday = {date(2026, 10, d) for d in range(1, 8)} | {date(2026, 6, 19)}
    if day not in makeup and (day in holiday or day.isoweekday() > 5):
        return []
    if day < date(2026, 6, 1):
        return [(480, 720), (840, 1080)]
    if day < date(2026, 9, 15):
        return [(480, 720), (900, 1110)]
    return [(510, 720), (840, 1050)]


def slow_working(at: datetime) -> bool:
    here = at.astimezone(ZONE)
    minute = here.hour * 60 + here.minute
    return any(a <= minute < b for a, b in slow_hours(here.date()))


def slow_elapsed(start: datetime, now: datetime) -> int:
    """Minute by minute; both on whole minutes."""
    total = 0
    at = start
    while at < now:
        total += 60 * slow_working(at)
        at += timedelta(minutes=1)
    return total


def slow_add(start: datetime, minutes: int) -> datetime:
    at = start
    while minutes:
        minutes -= slow_working(at)
        at += timedelta(minutes=1)
    return at


INSTANTS = st.integers(0, 60 * 24 * 330).map(lambda m: local(2026, 1, 5) + timedelta(minutes=m))


@given(INSTANTS, st.integers(1, 60 * 20))
def test_add_agrees_with_a_walk(start: datetime, minutes: int) -> None:
    assert CALENDAR.add(start, minutes * 60, WORK) == slow_add(start, minutes)


@given(INSTANTS, st.integers(0, 60 * 24 * 12))
def test_elapsed_agrees_with_a_walk(start: datetime, minutes: int) -> None:
    now = start + timedelta(minutes=minutes)
    assert CALENDAR.elapsed(start, now, WORK) == slow_elapsed(start, now)


@given(INSTANTS, st.integers(0, 40 * 60 * 60), st.integers(0, 40 * 60 * 60), st.integers(0, 999_999))
def test_adding_twice_is_adding_once(start: datetime, one: int, two: int, micro: int) -> None:
    start += timedelta(microseconds=micro)
    whole = CALENDAR.add(start, one + two, WORK)
    assert CALENDAR.add(CALENDAR.add(start, one, WORK), two, WORK) == whole
    assert CALENDAR.elapsed(start, whole, WORK) == one + two


@given(INSTANTS, INSTANTS, INSTANTS, st.sampled_from(list(Unit)))
def test_elapsed_adds_up_and_never_goes_back(a: datetime, b: datetime, c: datetime, unit: Unit) -> None:
    a, b, c = sorted((a, b, c))
    parts = CALENDAR.elapsed(a, b, unit) + CALENDAR.elapsed(b, c, unit)
    assert CALENDAR.elapsed(a, c, unit) == parts
    assert CALENDAR.elapsed(c, a, unit) == 0 or a == c


PLAIN = WorkingCalendar.from_rows(
    [
        {"type": "holiday", "from": "2026-10-01", "to": "2026-10-07", "name": "国庆节"},
        {"type": "workday", "from": "2026-10-10", "name": "调休"},
    ]
)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        pytest.param((2026, 3, 3, 20), 1, (2026, 3, 4, 9), id="starts at night"),
        pytest.param((2026, 3, 3, 5), 1, (2026, 3, 3, 9), id="starts before the office opens"),
        pytest.param((2026, 3, 3, 12), 1, (2026, 3, 3, 15), id="exactly noon: first second at 14:00"),
        pytest.param((2026, 3, 3, 10), 2, (2026, 3, 3, 12), id="due exactly at the end of the morning"),
        pytest.param((2026, 3, 3, 11), 2, (2026, 3, 3, 15), id="over the noon break"),
        pytest.param((2026, 3, 6, 17), 2, (2026, 3, 9, 9), id="over a weekend"),
        pytest.param((2026, 9, 30, 17), 2, (2026, 10, 8, 9), id="over a week-long holiday"),
        pytest.param((2026, 10, 9, 17), 2, (2026, 10, 10, 9), id="into a make-up Saturday"),
        pytest.param((2026, 10, 10, 17), 2, (2026, 10, 12, 9), id="from a make-up Saturday on"),
        pytest.param((2026, 12, 31, 17), 2, (2027, 1, 1, 9), id="into a year without a table"),
        pytest.param((2026, 3, 3, 8), 16, (2026, 3, 4, 18), id="two working days"),
    ],
)
def test_edges_of_working_time(start: tuple[int, ...], hours: int, due: tuple[int, ...]) -> None:
    assert PLAIN.add(local(*start), hours * HOUR, WORK) == local(*due)


def test_hours_change_with_the_season_from_their_date_on() -> None:
    assert CALENDAR.add(local(2026, 5, 29, 14), 3 * HOUR, WORK) == local(2026, 5, 29, 17)
    assert CALENDAR.add(local(2026, 6, 1, 12), HOUR, WORK) == local(2026, 6, 1, 16)
    assert CALENDAR.add(local(2026, 5, 29, 17), 6 * HOUR, WORK) == local(2026, 6, 1, 16)
    assert CALENDAR.hours(date(2025, 1, 6)) == ((480, 720), (840, 1080)), (
        "before the first group it holds too"
    )


def test_a_group_with_an_end_gives_way_to_the_one_before() -> None:
    calendar = WorkingCalendar.from_rows(
        [
            {"type": "period", "from": "", "start": "08:00", "end": "16:00"},
            {"type": "period", "from": "2026-07-01", "to": "2026-08-31", "start": "6:00", "end": "14:00"},
        ]
    )
    assert calendar.hours(date(2026, 7, 1)) == ((360, 840),)
    assert calendar.hours(date(2026, 9, 1)) == ((480, 960),)


def test_continuous_units_run_through_the_night() -> None:
    start = local(2026, 10, 1, 23, 59, 30)
    assert PLAIN.add(start, 60, Unit.URGENT_MINUTE) == local(2026, 10, 2, 0, 0, 30)
    assert PLAIN.add(start, 86_400, Unit.NATURAL_DAY) == local(2026, 10, 2, 23, 59, 30)
    assert PLAIN.elapsed(start, start + timedelta(hours=3), Unit.URGENT_HOUR) == 3 * HOUR


def test_a_clock_that_goes_back_has_not_used_anything_up() -> None:
    start = local(2026, 3, 3, 9)
    for unit in Unit:
        assert PLAIN.elapsed(start, start - timedelta(seconds=30), unit) == 0


def test_a_year_without_a_holiday_table_is_named() -> None:
    assert PLAIN.has_year(2026)
    assert not PLAIN.has_year(2027)
    assert PLAIN.is_workday(date(2027, 10, 1)), "without a table a Friday is a working day"


def test_parts_of_a_second_are_kept() -> None:
    start = local(2026, 3, 3, 11, 59, 59) + timedelta(milliseconds=500)
    assert PLAIN.add(start, 1, WORK) == local(2026, 3, 3, 14) + timedelta(milliseconds=500)


def test_a_long_limit_is_no_long_walk() -> None:
    calls = 0

    class Counting(WorkingCalendar):
        def hours(self, day: date) -> tuple[tuple[int, int], ...]:
            nonlocal calls
            calls += 1
            return WorkingCalendar.hours(self, day)

    calendar = Counting(PLAIN.tz, PLAIN.periods, PLAIN.holidays, PLAIN.workdays)
    for minute in range(500):
        calendar.add(local(2026, 1, 5, 8) + timedelta(minutes=minute), 8 * HOUR * 200, Unit.WORK_DAY)
    assert calls == 365, "each year is laid out once"


def test_a_calendar_without_work_refuses_instead_of_searching_for_ever() -> None:
    rows = [{"type": "period", "from": "2020-01-01", "to": "2020-12-31", "start": "8:00", "end": "9:00"}]
    with pytest.raises(Refusal) as caught:
        WorkingCalendar.from_rows(rows).add(local(2026, 1, 1), HOUR, WORK)
    assert (caught.value.code, caught.value.detail) == ("bad_value", "no_working_time")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"type": "hollyday", "from": "2026-01-01"}, "type"),
        ({"type": "holiday", "from": "01.10.2026"}, "from"),
        ({"type": "holiday", "from": ""}, "from"),
        ({"type": "holiday", "from": "2026-10-07", "to": "2026-10-01"}, "to"),
        ({"type": "period", "from": "2026-01-01", "start": "08:00", "end": "08:00"}, "end"),
        ({"type": "period", "from": "2026-01-01", "start": "8 o'clock", "end": "12:00"}, "start"),
        ({"type": "period", "from": "2026-01-01", "start": "08:00", "end": "24:30"}, "end"),
        ({"type": "period", "from": "2026-01-01", "to": "2025-01-01", "start": "08:00", "end": "9:00"}, "to"),
    ],
)
def test_a_bad_row_is_named(row: dict[str, str], field: str) -> None:
    good = {"type": "holiday", "from": "2026-01-01"}
    with pytest.raises(Refusal) as caught:
        WorkingCalendar.from_rows([good, row])
    assert caught.value.code == "bad_row"
    assert caught.value.facts["row"] == 2
    assert caught.value.facts["field"] == field


def test_periods_of_one_group_may_not_overlap() -> None:
    rows = [
        {"type": "period", "from": "2026-01-01", "start": "08:00", "end": "12:00"},
        {"type": "period", "from": "2026-01-01", "start": "11:00", "end": "13:00"},
    ]
    with pytest.raises(Refusal, match="calendar_start"):
        WorkingCalendar.from_rows(rows)


def test_another_zone_lays_its_own_day() -> None:
    utc = WorkingCalendar.default("UTC")
    assert utc.add(datetime(2026, 3, 3, 7, tzinfo=UTC), HOUR, WORK) == datetime(2026, 3, 3, 9, tzinfo=UTC)
