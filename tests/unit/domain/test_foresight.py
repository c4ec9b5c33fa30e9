"""From cases to what is foretold of them, and back to a case that runs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import alarm_life, deadlines, foresight, life
from console.domain.calendars import WorkingCalendar
from console.domain.chance import FORESEEN, Chance
from console.domain.deadlines import Crossing
from console.domain.foresight import Foresight, crowds_now, leg_now, spans
from console.domain.model import Case, Limit
from console.domain.pace import TRAVEL, part_of_day
from console.domain.prediction import DECISION, DISPATCH, Crowds, Span, fit
from console.domain.vocabulary import Action, AlarmState, DeadlineKind, Severity, State, Unit
from tests.unit.domain.build import KEY, T0, ZONE, after, clock, do, opened, to
from tests.unit.domain.past import arrivals

CALENDAR = WorkingCalendar.default()


def by_leg(case: Case, minutes: float) -> dict[str, Span]:
    return {span.leg: span for span in spans(case, CALENDAR, ZONE, after(minutes))}


def test_what_a_case_teaches() -> None:
    found = by_leg(to(State.CLOSED), 60)
    assert {leg: (span.took_s, span.limit_s) for leg, span in found.items()} == {
        DECISION: (60, 300),
        DISPATCH: (30, 60),
        TRAVEL: (390, 570),  # filed at +1, sent at +1:30, there at +8, due at +11
    }
    travel = found[TRAVEL]
    assert (travel.team, travel.accepted_s, travel.category) == ("appearance", 30, KEY.code)
    assert travel.part == part_of_day(T0, ZONE)
    assert (travel.at_s, travel.end_s) == (after(1.5).timestamp(), after(8).timestamp())
    assert not any(span.missed for span in found.values())
    assert (found[DECISION].crowd, travel.crowd) == ("desk", "appearance")


def test_what_runs_teaches_once_it_is_too_late() -> None:
    sent = do(do(opened(), Action.FILE, after(1)), Action.DISPATCH, after(2))
    assert TRAVEL not in by_leg(sent, 10.9)
    late = by_leg(sent, 11.1)[TRAVEL]
    assert (late.missed, late.took_s, late.accepted_s) == (True, math.inf, math.inf)
    # It stands in the way of others for four limits at most.
    assert late.end_s == after(2).timestamp() + 4 * late.limit_s
    arrived = do(do(sent, Action.ACCEPT, after(3)), Action.ARRIVE, after(12))
    assert by_leg(arrived, 12)[TRAVEL].took_s == 600
    assert by_leg(arrived, 12)[TRAVEL].missed


def test_what_teaches_nothing() -> None:
    case = opened()
    assert by_leg(replace(case, mis_key=True), 20) == {}
    void = do(do(case, Action.FILE, after(1)), Action.VOID, after(1.5), reason="twice")
    assert set(by_leg(void, 20)) == {DECISION}
    # Sent when it was too late already: nobody could have travelled in time.
    slow = do(do(case, Action.FILE, after(1)), Action.DISPATCH, after(12))
    assert set(by_leg(slow, 20)) == {DECISION, DISPATCH}


def test_a_pause_is_nobodys_delay() -> None:
    asked = do(opened(), Action.VERIFY, after(1))
    told = do(asked, Action.VERIFIED, after(11), result="exists")
    filed = do(told, Action.FILE, after(12))
    decision = by_leg(filed, 30)[DECISION]
    assert (decision.took_s, decision.limit_s, decision.missed) == (120, 300, False)


def test_who_waits_now() -> None:
    filed = do(opened(), Action.FILE, after(1))
    sent = do(filed, Action.DISPATCH, after(1.5))
    cases = [opened(), filed, sent, do(sent, Action.ACCEPT, after(2)), to(State.HANDLING), to(State.CLOSED)]
    assert crowds_now(cases, after(3)) == {"desk": 2, "appearance": 2}
    # What nobody has touched for four limits holds nobody up.
    assert crowds_now(cases, after(21)) == {"appearance": 2}
    assert crowds_now(cases, after(60)) == {}


PAST = arrivals(3, 3000).spans
KNOWN = Foresight(after(0), {TRAVEL: fit(TRAVEL, PAST, Crowds(PAST))})


def enroute(community: str = "p1", team: str = "t1") -> Case:
    case = do(do(opened(community=community), Action.FILE, after(1)), Action.DISPATCH, after(1.5))
    return replace(do(case, Action.ACCEPT, after(2)), teams=(team,))


def told(case: Case, minutes: float, others: int = 0, warn: float = 0.5) -> Chance | None:
    head = deadlines.headline(case)
    assert head is not None
    crowds = {case.teams[0]: others + 1} if case.teams else {}
    return foresight.chance(KNOWN, case, head, crowds, after(minutes), CALENDAR, ZONE, warn)


def test_a_running_case_is_told_its_chance() -> None:
    case = enroute()
    found = told(case, 3)
    assert found is not None
    assert (found.kind, found.n) == (DeadlineKind.ARRIVAL, 3000)
    assert found.due_at == after(11)
    assert found.points[0][0] == after(3)
    assert found.points[-1][0] < found.due_at
    values = [value for _, value in found.points]
    assert values == sorted(values)
    model = KNOWN.models[TRAVEL]
    assert found.alone == model.alone.chance(90, 480)
    # The same at any later second as if it were asked again then.
    again = told(case, 7)
    assert again is not None
    assert found.at(after(7)) == pytest.approx(again.at(after(7)), abs=1e-9)
    assert found.at(after(11)) == 1.0
    assert after(3) < found.until <= found.due_at


def test_more_to_reach_makes_it_likelier_and_says_so() -> None:
    case = enroute()
    alone, busy = told(case, 7, 0), told(case, 7, 3)
    assert alone is not None
    assert busy is not None
    assert busy.at(after(7)) > alone.at(after(7))
    calls = next(push for push in busy.pushes if push.fact == "calls")
    assert (calls.level, calls.points > 0) == ("3", True)
    strengths = [abs(push.points) for push in busy.pushes]
    assert strengths == sorted(strengths, reverse=True)
    # It is the difference to the chance without it.
    known = (KEY.code, "p1", part_of_day(T0, ZONE), "t1", "never seen", "yes")
    without = KNOWN.models[TRAVEL].chance(330, 240, known)
    assert busy.at(after(7)) - without == pytest.approx(calls.points)


def test_nothing_is_foretold() -> None:
    case = enroute()
    arrival = clock(case, DeadlineKind.ARRIVAL)
    assert told(case, 11) is None, "it is over"
    assert told(to(State.HANDLING), 9) is None, "another clock"
    assert told(opened(), 1) is None, "a leg without a model"
    paused = replace(case, deadlines=(deadlines.pause(arrival, after(3)),))
    assert told(paused, 4) is None, "it stands still"
    assert foresight.chance(Foresight(), case, arrival, {}, after(3), CALENDAR, ZONE, 0.5) is None
    assert leg_now(do(opened(), Action.FILE, after(1)), arrival) is None, "nobody was sent"
    assert not Foresight().speaks


def test_when_it_warns() -> None:
    case = enroute()
    sure = told(case, 3, warn=0.0001)
    assert sure is not None
    assert sure.warns(after(3))
    assert sure.warns_at == after(3)
    never = told(case, 3, warn=0.0)
    assert never is not None
    assert not never.warns(after(10.9))
    assert never.warns_at is None
    middle = told(case, 3, warn=0.3)
    assert middle is not None
    at = middle.warns_at
    assert at is not None
    assert not middle.warns(at - timedelta(seconds=1))
    assert middle.warns(at)
    assert not middle.warns(middle.due_at)


def test_what_was_foreseen_goes_with_its_clock() -> None:
    """It stays while the clock it is about runs on to the same due time."""
    case = enroute()
    arrival = clock(case, DeadlineKind.ARRIVAL)
    crossing = Crossing(DeadlineKind.ARRIVAL, 1, FORESEEN, after(5), arrival.due_at, Severity.LOW)
    alarm, (event,) = alarm_life.raise_case(case, [crossing], after(5))
    assert (alarm.severity, event.threshold, alarm.late_s) == (Severity.LOW, FORESEEN, 0.0)
    assert alarm_life.settle(alarm, case, after(6)) == (alarm, ())
    ends = {
        "met": deadlines.meet(arrival, after(6)),
        "paused": deadlines.pause(arrival, after(6)),
        "extended": deadlines.extend(arrival, CALENDAR),
        "cancelled": deadlines.cancel(arrival),
    }
    for how, changed in ends.items():
        after_it = alarm_life.settle(alarm, deadlines.put(case, changed), after(6))[0]
        assert after_it.state is AlarmState.RETURNED, how
    worse = alarm_life.worsen(alarm, deadlines.crossings(case, after(9.5)), after(9.5))[0]
    assert (worse.severity, worse.threshold) == (Severity.MEDIUM, 80)


@given(st.floats(-3, 12), st.integers(0, 30))
def test_any_moment_has_a_chance_between_none_and_sure(minutes: float, others: int) -> None:
    """Also before it was sent, where a clock went back."""
    found = told(enroute(), minutes, others)
    assert (found is None) == (minutes >= 11)
    if found is not None:
        assert all(0 < value < 1 for _, value in found.points)
        assert all(abs(push.points) <= 1 for push in found.pushes)


def test_limits_of_office_hours_are_walked_in_office_hours() -> None:
    rules = replace(
        life.Rules(),
        promises={**life.Rules().promises, DeadlineKind.ARRIVAL: Limit(1, Unit.WORK_DAY, "1")},
    )
    case = do(opened(rules=rules), Action.FILE, after(1), rules=rules)
    case = do(case, Action.DISPATCH, after(1.5), rules=rules)
    arrival = clock(case, DeadlineKind.ARRIVAL)
    found = foresight.chance(KNOWN, case, arrival, {}, after(2), CALENDAR, ZONE, 0.5)
    assert found is not None
    hours = [at.astimezone(ZONE).hour for at, _ in found.points]
    assert all(8 <= hour < 18 and not 12 < hour < 14 for hour in hours)
