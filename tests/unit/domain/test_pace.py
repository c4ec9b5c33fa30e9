"""What cases usually still need: statistics with a known truth."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import deadlines, limits
from console.domain.calendars import WorkingCalendar
from console.domain.model import Case, Limit
from console.domain.pace import LEAST, TRAVEL, WEIGHT, History, Took, pace, part_of_day, took
from console.domain.vocabulary import Action, DeadlineKind, State, Unit
from tests.unit.domain.build import KEY, T0, ZONE, after, do, local, opened

CALENDAR = WorkingCalendar.default()
SECONDS = st.floats(1, 50_000, allow_nan=False)
A, B = ("09006", "yatai", "day"), ("09006", "zhongyan", "night")


def rows(seconds: list[float], where: tuple[str, str, str] = A, leg: str = "arrival") -> list[Took]:
    return [Took(leg, *where, one) for one in seconds]


def need(history: History, spent: float = 0.0, where: tuple[str, str, str] = A) -> float | None:
    found = history.need("arrival", *where, spent)
    return None if found is None else found[0]


@given(st.lists(SECONDS, min_size=LEAST, max_size=60), SECONDS)
def test_it_is_the_median_of_what_the_others_then_still_needed(took_s: list[float], spent: float) -> None:
    """One group only: the truth is the plain median, whatever the shrinkage."""
    left = sorted(one - spent for one in took_s if one > spent)
    found = need(History(rows(took_s)), spent)
    if len(left) < LEAST:
        assert found is None
        return
    middle = (left[(len(left) - 1) // 2] + left[len(left) // 2]) / 2
    assert found == pytest.approx(middle)
    assert found > 0


@given(st.lists(SECONDS, min_size=LEAST, max_size=40), st.lists(SECONDS, min_size=1, max_size=40), SECONDS)
def test_a_small_group_lies_between_itself_and_the_others(
    many: list[float], few: list[float], spent: float
) -> None:
    history = History(rows(many, B) + rows(few, A))
    everything = need(history, spent)
    if everything is None:
        return
    bounds = [one - spent for one in (*many, *few) if one > spent]
    assert min(bounds) <= everything <= max(bounds)


def test_the_weight_of_few_and_of_many() -> None:
    """A hundred of the class took 600 s, ``n`` of this place and hour 60 s."""
    for n in (0, 1, 5, 20, 2000):
        history = History(rows([600.0] * 100, B) + rows([60.0] * n))
        found = history.need("arrival", *A, 0.0)
        assert found is not None
        value, said, total, scope = found
        share = n / (n + WEIGHT)
        # At each step of the ladder below the class the group is the same n.
        middle = 60.0 if n > 100 else 600.0
        expected = middle
        for _ in range(2):
            expected = share * 60 + (1 - share) * expected
        assert value == pytest.approx(expected)
        assert total == 100 + n
        assert (scope, said) == (("class_place_hour", n) if n >= 3 else ("class", 100 + n))


def test_waiting_that_has_no_memory_needs_as_long_as_ever() -> None:
    """Exponential durations: the median of the rest is ln 2 · mean, always."""
    dice = random.Random(7)
    history = History(rows([dice.expovariate(1 / 300) for _ in range(20_000)]))
    for spent in (0.0, 100.0, 600.0):
        assert need(history, spent) == pytest.approx(math.log(2) * 300, rel=0.08)


def test_what_always_takes_the_same_needs_what_is_left_of_it() -> None:
    history = History(rows([480.0] * 30))
    assert need(history, 0.0) == 480
    assert need(history, 300.0) == 180
    assert need(history, 480.0) is None  # longer than ever: nobody knows


def test_no_history_is_no_figure() -> None:
    assert need(History()) is None
    assert need(History(rows([60.0] * (LEAST - 1)))) is None
    assert History(rows([60.0] * 50)).need("check", *A, 0.0) is None


def sent(at_minutes: float = 2) -> Case:
    """A case on its way since two minutes after it was seen."""
    case = do(opened(community="yatai"), Action.FILE, after(1))
    return do(case, Action.DISPATCH, after(at_minutes), teams=("appearance",))


def test_a_team_that_was_sent_is_judged_by_travel() -> None:
    case = sent()
    clock = deadlines.of(case, DeadlineKind.ARRIVAL)
    assert clock is not None
    place = (KEY.code, "yatai", part_of_day(after(2), ZONE))
    history = History(rows([480.0] * 20, place, TRAVEL) + rows([60.0] * 20, place, "arrival"))
    found = pace(history, case, clock, after(2), CALENDAR, ZONE)
    assert found is not None
    assert (found.need_s, found.n, found.scope) == (480, 20, "class_place_hour")
    assert found.latest_at == clock.due_at - timedelta(seconds=480)
    assert found.at == after(2) < found.until
    left = deadlines.remaining_s(clock, after(6), CALENDAR)  # due 11 minutes after it was seen
    assert left == 300
    assert found.short(left)
    assert not found.short(481)
    assert not found.short(-1)  # over: the red lamp says that
    assert pace(history, case, deadlines.pause(clock, after(3)), after(3), CALENDAR, ZONE) is None
    assert pace(History(), case, clock, after(2), CALENDAR, ZONE) is None


def test_office_hours_are_counted_in_office_hours() -> None:
    """Eight working hours from Friday noon, of which three are usually needed:
    the last moment is on Monday, three working hours before it is due."""
    friday = local(2026, 8, 7, 12, 0)
    limit = Limit(1, Unit.WORK_DAY, "1")
    clock = deadlines.start(DeadlineKind.HANDLING, limit, friday, CALENDAR)
    case = replace(sent(), state=State.HANDLING, deadlines=(clock,), community="yatai")
    assert clock.due_at == local(2026, 8, 10, 12, 0)
    place = (KEY.code, "yatai", part_of_day(friday, ZONE))
    history = History(rows([3 * 3600.0] * 20, place, "handling"))
    found = pace(history, case, clock, friday, CALENDAR, ZONE)
    assert found is not None
    assert found.need_s == 3 * 3600
    assert found.latest_at == local(2026, 8, 10, 9, 0)
    saturday = pace(history, case, clock, local(2026, 8, 8, 12, 0), CALENDAR, ZONE)
    assert saturday is None or saturday.latest_at <= clock.due_at


@given(st.floats(0, 40_000), st.integers(1, 3))
def test_the_last_moment_is_when_just_the_need_is_left(spent: float, days: int) -> None:
    begun = local(2026, 8, 5, 9, 0)
    clock = deadlines.start(DeadlineKind.HANDLING, Limit(days, Unit.WORK_DAY, "1"), begun, CALENDAR)
    case = replace(sent(), state=State.HANDLING, deadlines=(clock,))
    history = History(rows([50_000.0, 60_000.0, 45_000.0, 70_000.0, 41_000.0], leg="handling"))
    now = CALENDAR.add(begun, spent, Unit.WORK_DAY)
    found = pace(history, case, clock, now, CALENDAR, ZONE)
    assert found is not None
    assert found.until > now
    whole = limits.seconds(clock.limit)
    if found.need_s <= whole:
        left = CALENDAR.elapsed(found.latest_at, clock.due_at, Unit.WORK_DAY)
        assert left == pytest.approx(found.need_s, abs=1e-3)
    else:
        assert found.latest_at < clock.start_at


def test_what_a_closed_case_teaches() -> None:
    case = sent()
    case = do(case, Action.ACCEPT, after(3))
    case = do(case, Action.ARRIVE, after(8))
    case = do(case, Action.HANDLED, after(40))
    legs = {row.leg: row.seconds for row in took(case, CALENDAR, ZONE)}
    assert legs["decision"] == 60
    assert legs["dispatch"] == 60
    assert legs["arrival"] == 7 * 60
    assert legs[TRAVEL] == 6 * 60
    assert legs["handling"] == 38 * 60
    assert {row.category for row in took(case, CALENDAR, ZONE)} == {KEY.code}
    assert "handling" not in {row.leg for row in took(replace(case, rework=1), CALENDAR, ZONE)}
    assert TRAVEL not in {row.leg for row in took(replace(case, refusals=1), CALENDAR, ZONE)}


def test_parts_of_the_day() -> None:
    names = [part_of_day(local(2026, 8, 5, hour, 30), ZONE) for hour in (0, 6, 7, 9, 10, 16, 17, 19, 21, 22)]
    assert names == [
        "night", "night", "morning", "morning", "day", "day", "rush", "evening", "evening", "night"
    ]  # fmt: skip
    assert part_of_day(T0, ZONE) == "morning"
