"""What the large display shows when, how large, and how slowly its PIN is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import kiosk
from console.domain.kiosk import KioskPlan, Push, Shown, Turns

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def push(at: float, until: float) -> Push:
    return Push(kiosk.CAMERA, "cam001", "li.na", after(at), after(until))


def test_pages_take_turns_for_as_long_as_the_plan_says() -> None:
    plan = KioskPlan(pages=(("wall", 30), ("kpi", 10), ("notice", 5)), notice="今晚联检")
    turns = Turns(NINE)
    seen = [turns.shown(plan, after(s), (), None).page for s in (0, 29, 30, 39, 40, 44, 45)]
    assert seen == ["wall", "wall", "kpi", "kpi", "notice", "notice", "wall"]
    quiet = [turns.shown(KioskPlan(pages=plan.pages), after(s), (), None).page for s in (0, 39, 40)]
    assert quiet == ["wall", "kpi", "wall"], "no notice, no page for it"


def test_an_alarm_goes_before_everything_until_its_time_is_over() -> None:
    plan, turns = KioskPlan(pages=(("kpi", 60),), alarm_s=120), Turns(NINE)
    assert turns.shown(plan, after(0), ("7",), None) == Shown(kiosk.ALARM, "7", 0)
    both = {turns.shown(plan, after(s), ("7", "8"), None).subject for s in range(20, 60)}
    assert both == {"7", "8"}, "several take turns"
    assert turns.shown(plan, after(121), ("7", "8"), None) == Shown(kiosk.ALARM, "8", 0)
    assert turns.shown(plan, after(141), ("7", "8"), None).page == "kpi"
    turns.shown(plan, after(150), (), None)
    assert turns.shown(plan, after(160), ("7",), None).page == kiosk.ALARM, "it rings anew"
    until_answered, other = KioskPlan(alarm_s=0), Turns(NINE)
    other.shown(until_answered, after(0), ("7",), None)
    assert other.shown(until_answered, after(9000), ("7",), None).page == kiosk.ALARM


def test_of_an_alarm_and_what_was_put_there_the_later_one_is_shown() -> None:
    plan, turns = KioskPlan(pages=(("kpi", 60),)), Turns(NINE)
    assert turns.shown(plan, after(1), (), push(0, 60)) == Shown(kiosk.CAMERA, "cam001")
    assert turns.shown(plan, after(5), ("7",), push(0, 60)).page == kiosk.ALARM
    assert turns.shown(plan, after(11), ("7",), push(10, 70)).page == kiosk.CAMERA, "put there in spite of it"
    assert turns.shown(plan, after(12), ("7", "8"), push(10, 70)).page == kiosk.ALARM, "a second one rings"
    assert turns.shown(plan, after(70), (), push(10, 70)).page == "kpi"


def test_type_is_as_large_as_the_distance_asks_for() -> None:
    # 55 inches: 1210 x 680 mm.
    size = kiosk.type_size(1080, 680, 50)
    assert (size.capital_mm, size.wanted_mm, size.reached) == (36.0, 36.0, True)
    assert size.em == round(36 * 1080 / 680 / 0.733)
    near = kiosk.type_size(1080, 680, 25)
    assert near.em == pytest.approx(size.em / 2, abs=1)
    small = kiosk.type_size(1080, 286, 50)
    assert small.em == 1080 // kiosk.LINES
    assert not small.reached
    assert kiosk.type_size(1080, 0, 50).capital_mm is None, "a projector tells no size"
    # A tenth of the picture: capitals of 5 px and more are letters, below they are dots.
    assert size.em * kiosk.CAPITAL / 10 >= 5


def test_the_night_goes_over_midnight() -> None:
    plan = KioskPlan(night_from="22:00", night_to="06:00", dim_percent=40)
    assert [kiosk.dimmed(plan, clock) for clock in ("21:59", "22:00", "03:00", "05:59", "06:00")] == [
        0.0, 0.4, 0.4, 0.4, 0.0,
    ]  # fmt: skip
    noon = KioskPlan(night_from="12:00", night_to="13:00", dim_percent=10)
    assert (kiosk.dimmed(noon, "12:30"), kiosk.dimmed(noon, "23:00")) == (0.1, 0.0)
    assert kiosk.dimmed(KioskPlan(night_from="00:00", night_to="00:00"), "03:00") == 0.0


@given(st.integers(0, 16), st.integers(0, 2000))
def test_the_picture_wanders_round_its_margin_by_one_pixel_a_minute(span: int, minute: int) -> None:
    plan = KioskPlan(shift_px=span)
    here, there = kiosk.wander(plan, minute), kiosk.wander(plan, minute + 1)
    assert all(0 <= one <= span for one in here)
    assert abs(here[0] - there[0]) + abs(here[1] - there[1]) == (1 if span else 0)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("朝凤路3号王先生13800138000", "朝凤路3号王先生…"),
        ("身份证 41010219900101123X 东门", "身份证 … 东门"),
        ("电话 0371-6666 8888", "电话 …"),
        ("经北六路 1280 号 3 单元", "经北六路 1280 号 3 单元"),
        ("#0042 2026", "#0042 2026"),
    ],
)
def test_numbers_of_persons_are_not_shown(typed: str, shown: str) -> None:
    assert kiosk.masked(typed) == shown


def test_guessing_a_pin_gets_slower_and_a_clock_set_back_does_not_lock_for_ever() -> None:
    assert [kiosk.wait_after(n) for n in range(1, 9)] == [0, 0, 5, 10, 20, 40, 80, 160]
    assert kiosk.wait_after(50) == kiosk.LONGEST_WAIT_S
    assert kiosk.still_waits(None, NINE) == 0
    assert kiosk.still_waits(after(4.2), NINE) == 5
    assert kiosk.still_waits(after(86400 * 365), NINE) == kiosk.LONGEST_WAIT_S


def test_a_pin_that_everybody_guesses_first_is_none() -> None:
    bad = ("", "123", "0000", "1234", "9876", "12a4", "１２８４", "1" * 13)
    assert [one for one in bad if kiosk.good_pin(one)] == []
    assert kiosk.good_pin("4829")
    assert kiosk.good_pin("112233")
