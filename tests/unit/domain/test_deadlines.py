"""Clocks: lamps, remaining time, pauses, extensions, crossings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import deadlines, limits
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Case, Deadline, Limit
from console.domain.vocabulary import DeadlineKind, Lamp, Severity, Source, State, Unit
from tests.unit.domain.build import T0, local

CAL = WorkingCalendar.default()
FIVE = Limit(5, Unit.URGENT_MINUTE, "t")
FOUR_OFFICE_HOURS = Limit(4, Unit.WORK_HOUR, "t")
KIND = DeadlineKind


def clock(kind: DeadlineKind = KIND.DECISION, limit: Limit = FIVE, at: datetime = T0) -> Deadline:
    return deadlines.start(kind, limit, at, CAL)


def case_of(*clocks: Deadline, state: State = State.REGISTERING) -> Case:
    return Case(id="20260805-0001", state=state, source=Source.CAMERA, deadlines=clocks)


def s(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_five_minutes_warn_at_four() -> None:
    five = clock()
    assert five.due_at == s(300)
    assert five.warn_at == s(240)
    lamps = [deadlines.lamp(five, s(t)) for t in (0, 239.999, 240, 299.999, 300, 9999)]
    assert lamps == [Lamp.GREEN, Lamp.GREEN, Lamp.YELLOW, Lamp.YELLOW, Lamp.RED, Lamp.RED]


def test_met_when_due_is_in_time_and_the_lamp_stays() -> None:
    assert deadlines.lamp(deadlines.meet(clock(), s(300)), s(9999)) is Lamp.YELLOW
    assert deadlines.lamp(deadlines.meet(clock(), s(200)), s(9999)) is Lamp.GREEN
    late = deadlines.meet(clock(), s(300.001))
    assert deadlines.lamp(late, s(9999)) is Lamp.RED
    assert deadlines.ended_late(late)
    assert not deadlines.ended_late(deadlines.meet(clock(), s(300)))


def test_remaining_is_frozen_once_met_and_nothing_once_cancelled() -> None:
    met = deadlines.meet(clock(), s(120))
    assert deadlines.remaining_s(met, s(9999), CAL) == 180
    assert deadlines.remaining_s(clock(), s(330), CAL) == -30
    assert deadlines.ratio(clock(), s(330), CAL) == pytest.approx(1.1)
    assert deadlines.remaining_s(deadlines.cancel(clock()), s(9999), CAL) == 0
    assert deadlines.cancel(met) == met


def test_a_clock_that_went_back_gives_no_more_than_the_limit() -> None:
    assert deadlines.remaining_s(clock(), s(-60), CAL) == 300
    assert deadlines.ratio(clock(), s(-60), CAL) == 0


def test_a_pause_at_night_gives_no_office_time_away() -> None:
    office = clock(KIND.HANDLING, FOUR_OFFICE_HOURS, local(2026, 3, 3, 16))
    paused = deadlines.pause(office, local(2026, 3, 3, 19))
    back = deadlines.resume(paused, local(2026, 3, 4, 7), CAL)
    assert back.paused_s == 0
    assert back.due_at == office.due_at
    assert back.due_version == office.due_version


def test_a_weekend_pause_credits_the_office_hours_in_it() -> None:
    office = clock(KIND.HANDLING, FOUR_OFFICE_HOURS, local(2026, 3, 6, 16))
    paused = deadlines.pause(office, local(2026, 3, 6, 17))
    back = deadlines.resume(paused, local(2026, 3, 9, 9), CAL)
    assert back.paused_s == 2 * 3600
    assert back.due_at == local(2026, 3, 9, 12)
    assert deadlines.remaining_s(back, local(2026, 3, 9, 9), CAL) == 3 * 3600


def test_two_pauses_add_up_and_time_stands_still_in_them() -> None:
    five = deadlines.pause(clock(), s(60))
    assert deadlines.remaining_s(five, s(600), CAL) == 240
    five = deadlines.resume(five, s(600), CAL)
    assert deadlines.remaining_s(five, s(600), CAL) == 240
    five = deadlines.resume(deadlines.pause(five, s(660)), s(1000), CAL)
    assert five.paused_s == 540 + 340
    assert five.due_at == s(300 + 880)
    assert deadlines.remaining_s(five, s(1000), CAL) == 180


def test_extension_while_paused() -> None:
    paused = deadlines.pause(clock(), s(60))
    more = deadlines.extend(paused, CAL)
    assert more.times == 2
    assert more.due_version == 2
    assert deadlines.remaining_s(more, s(500), CAL) == 240 + 300
    back = deadlines.resume(more, s(500), CAL)
    assert back.due_at == s(600 + 440)
    assert back.warn_at == s(480 + 440), "80 % of both limits"


def test_extension_adds_one_original_limit_on_the_office_calendar() -> None:
    office = clock(KIND.HANDLING, FOUR_OFFICE_HOURS, local(2026, 3, 6, 14))
    assert office.due_at == local(2026, 3, 6, 18)
    assert deadlines.extend(office, CAL).due_at == local(2026, 3, 9, 12)


def test_what_rang_before_a_pause_warns_anew_at_its_end() -> None:
    paused = deadlines.pause(clock(), s(270))
    assert deadlines.crossings(case_of(paused), s(280)) == ()
    back = deadlines.resume(paused, s(600), CAL)
    (crossing,) = deadlines.crossings(case_of(back), s(600))
    assert (crossing.threshold, crossing.at, crossing.due_version) == (80, s(600), 2)
    early = deadlines.resume(deadlines.pause(clock(), s(100)), s(200), CAL)
    assert early.due_version == 1, "nothing had rung yet"
    assert early.warn_at == s(340)


def test_crossings_come_in_order_and_only_from_running_clocks() -> None:
    decision, arrival = clock(), clock(KIND.ARRIVAL, Limit(10, Unit.URGENT_MINUTE, "t"))
    total = clock(KIND.TOTAL)
    case = case_of(decision, arrival, total)
    assert deadlines.crossings(case, s(239.9)) == ()
    seen = [(c.kind, c.threshold, c.at, c.severity) for c in deadlines.crossings(case, s(9999))]
    assert seen == [
        (KIND.DECISION, 80, s(240), Severity.MEDIUM),
        (KIND.DECISION, 100, s(300), Severity.HIGH),
        (KIND.ARRIVAL, 80, s(480), Severity.MEDIUM),
        (KIND.ARRIVAL, 100, s(600), Severity.HIGH),
    ]
    met = case_of(deadlines.meet(decision, s(290)), deadlines.cancel(arrival), total)
    assert deadlines.crossings(met, s(9999)) == ()
    assert deadlines.crossings(replace(case, state=State.CLOSED), s(9999)) == ()


@pytest.mark.parametrize("kind", [KIND.HANDLING, KIND.VERIFY, KIND.CHECK])
def test_slow_clocks_are_low_then_medium(kind: DeadlineKind) -> None:
    found = deadlines.crossings(case_of(clock(kind)), s(300))
    assert [c.severity for c in found] == [Severity.LOW, Severity.MEDIUM]


def test_next_transition_is_the_nearest_to_come() -> None:
    case = case_of(clock(), clock(KIND.ARRIVAL, Limit(10, Unit.URGENT_MINUTE, "t")), clock(KIND.TOTAL))
    expected = [(0, 240), (240, 300), (300, 480), (480, 600)]
    for now, then in expected:
        assert deadlines.next_transition(case, s(now)) == s(then)
    assert deadlines.next_transition(case, s(600)) is None
    suspended = replace(case_of(deadlines.pause(clock(), s(1))), state=State.SUSPENDED, suspended_until=s(50))
    assert deadlines.next_transition(suspended, s(90)) == s(50)


@given(st.lists(st.tuples(st.sampled_from(sorted(deadlines.SEVERITIES)), st.integers(1, 90)), max_size=4))
def test_walking_the_transitions_meets_every_crossing_when_it_happens(
    rows: list[tuple[DeadlineKind, int]],
) -> None:
    kinds = dict(rows)
    case = case_of(*(clock(k, Limit(v, Unit.URGENT_MINUTE, "t")) for k, v in kinds.items()))
    now, met = T0, []
    while (at := deadlines.next_transition(case, now)) is not None:
        assert at > now
        before = deadlines.crossings(case, now)
        now = at
        met += [c for c in deadlines.crossings(case, now) if c not in before]
        assert all(c.at == now for c in deadlines.crossings(case, now) if c not in before)
    assert met == list(deadlines.crossings(case, now))
    assert len(met) == 2 * len(kinds)


def test_headline_is_the_ringing_clock_due_first_and_a_paused_one_last() -> None:
    decision, verify = deadlines.pause(clock(), s(10)), clock(KIND.VERIFY, Limit(30, Unit.URGENT_MINUTE, "t"))
    assert deadlines.headline(case_of(decision, verify, clock(KIND.TOTAL))) == verify
    assert deadlines.headline(case_of(decision)) == decision
    assert deadlines.headline(case_of(clock(KIND.TOTAL), deadlines.meet(clock(), s(1)))) is None


def test_a_new_round_has_a_new_version_and_remembers_a_miss() -> None:
    late = deadlines.meet(clock(KIND.DISPATCH), s(301))
    second = deadlines.again(late, clock(KIND.DISPATCH, at=s(400)))
    assert (second.due_version, second.missed_before) == (2, True)
    third = deadlines.again(deadlines.meet(second, s(410)), clock(KIND.DISPATCH, at=s(900)))
    assert (third.due_version, third.missed_before) == (3, True)
    assert deadlines.missed(third, s(901))


@given(
    st.lists(st.integers(0, 60 * 60), min_size=1, max_size=6),
    st.sampled_from([Unit.URGENT_HOUR, Unit.WORK_HOUR, Unit.WORK_DAY]),
)
def test_time_used_is_what_passed_outside_the_pauses(gaps: list[int], unit: Unit) -> None:
    """The sum over the running stretches, counted separately, is what is used."""
    limit = Limit(3, unit, "t")
    at = local(2026, 3, 6, 10)
    deadline = clock(KIND.HANDLING, limit, at)
    used, paused = 0.0, False
    for gap in gaps:
        then = at + timedelta(minutes=gap)
        if paused:
            deadline = deadlines.resume(deadline, then, CAL)
        else:
            used += CAL.elapsed(at, then, unit)
            deadline = deadlines.pause(deadline, then)
        paused, at = not paused, then
    left = limits.seconds(limit) - used
    assert deadlines.remaining_s(deadline, at, CAL) == pytest.approx(left, abs=1e-6)


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("2紧急工作时", 2, Unit.URGENT_HOUR),
        ("1紧急工作日", 1, Unit.NATURAL_DAY),
        ("4小时", 4, Unit.WORK_HOUR),
        ("2天", 2, Unit.WORK_DAY),
        ("2 工作日", 2, Unit.WORK_DAY),
        ("4个小时", 4, Unit.WORK_HOUR),
        ("10分钟", 10, Unit.URGENT_MINUTE),
        ("3 自然日", 3, Unit.NATURAL_DAY),
        ("2 urgent_hour", 2, Unit.URGENT_HOUR),
        ("2 work days", 2, Unit.WORK_DAY),
        ("4 hours", 4, Unit.WORK_HOUR),
        ("1 natural-day", 1, Unit.NATURAL_DAY),
    ],
)
def test_typed_limits(typed: str, value: int, unit: Unit) -> None:
    assert limits.parse(typed) == (value, unit)


@pytest.mark.parametrize("typed", ["", "two days", "0天", "-1天", "3", "3 fortnights", "99999天", "天2"])
def test_what_cannot_be_read_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal) as caught:
        limits.parse(typed)
    assert (caught.value.code, caught.value.detail) == ("bad_value", "limit")


def test_every_unit_parses_its_own_name() -> None:
    for unit in Unit:
        assert limits.parse(f"3 {unit.value}") == (3, unit)
        assert limits.seconds(Limit(3, unit, ""), 2) == 6 * limits.UNIT_SECONDS[unit]


def test_the_total_is_15_or_16_minutes() -> None:
    assert limits.total(limits.PROMISES, "filed").value == 15
    assert limits.total(limits.PROMISES, "dispatched").value == 16
