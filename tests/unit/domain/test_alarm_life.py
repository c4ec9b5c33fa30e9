"""The life of an alarm: latched, rising, promised, shelved, gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.domain import alarm_life, deadlines
from console.domain.deadlines import Crossing
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, AlarmEvent, Case
from console.domain.vocabulary import Action, AlarmState, DeadlineKind, Role, Severity, State
from tests.unit.domain.build import DUTY, T0, after, do, opened, to

KIND = DeadlineKind
S = AlarmState


def crossing(
    kind: DeadlineKind = KIND.DECISION,
    threshold: int = 80,
    at: datetime = T0,
    severity: Severity = Severity.MEDIUM,
    version: int = 1,
) -> Crossing:
    return Crossing(kind, version, threshold, at, at + timedelta(seconds=60), severity)


def raised(minute: float = 4.0) -> tuple[Case, Alarm]:
    case = opened()
    alarm, _ = alarm_life.raise_case(case, deadlines.crossings(case, after(minute)), after(minute))
    return case, replace(alarm, id=5)


def test_it_is_raised_at_80_and_worsens_at_100() -> None:
    case = opened()
    alarm, events = alarm_life.raise_case(case, deadlines.crossings(case, after(4, 0.5)), after(4, 0.5))
    assert (alarm.state, alarm.severity, alarm.deadline, alarm.threshold) == (
        S.RAISED,
        Severity.MEDIUM,
        KIND.DECISION,
        80,
    )
    assert alarm.late_s == 0.5
    assert [(e.what, e.threshold, e.due_version) for e in events] == [("raised", 80, 1)]
    new = [c for c in deadlines.crossings(case, after(5)) if c.threshold == 100]
    worse, more = alarm_life.worsen(alarm, new, after(5))
    assert (worse.severity, worse.threshold, worse.late_s, worse.raised_at) == (
        Severity.HIGH,
        100,
        0,
        after(4, 0.5),
    )
    assert [(e.what, e.threshold) for e in more] == [("worsened", 100)]


def test_a_late_sweep_tells_both_crossings_and_shows_the_worst() -> None:
    case = opened()
    alarm, events = alarm_life.raise_case(case, deadlines.crossings(case, after(9)), after(9))
    assert (alarm.severity, alarm.threshold, alarm.late_s) == (Severity.HIGH, 100, 240)
    assert [(e.what, e.threshold, e.late_s) for e in events] == [("raised", 80, 300), ("worsened", 100, 240)]


def test_severity_never_falls_while_nobody_has_acknowledged() -> None:
    high, _ = alarm_life.raise_case(opened(), [crossing(severity=Severity.HIGH, threshold=100)], T0)
    still, events = alarm_life.worsen(high, [crossing(KIND.HANDLING, severity=Severity.LOW)], after(1))
    assert (still.severity, still.deadline) == (Severity.HIGH, KIND.DECISION)
    assert len(events) == 1


def test_acknowledging_names_the_owner_and_the_promise() -> None:
    _, alarm = raised()
    mine, events = alarm_life.acknowledge(alarm, DUTY, 2, after(4.5))
    assert (mine.state, mine.acked_by, mine.promise_until, mine.acked_severity) == (
        S.ACKNOWLEDGED,
        "duty-1",
        after(6.5),
        Severity.MEDIUM,
    )
    assert [(e.what, e.actor) for e in events] == [("acknowledged", "duty-1")]
    with pytest.raises(Refusal, match=r"conflict\.acknowledged"):
        alarm_life.acknowledge(mine, DUTY, 2, after(4.6))
    with pytest.raises(Refusal, match=r"bad_value\.minutes"):
        alarm_life.acknowledge(alarm, DUTY, 5, after(4.5))
    with pytest.raises(Refusal, match=r"forbidden\.role"):
        alarm_life.acknowledge(alarm, Actor("k", Role.KIOSK), 2, after(4.5))


def test_a_later_rise_rings_again_but_not_the_same_severity_of_the_same_clock() -> None:
    _, alarm = raised()
    mine, _ = alarm_life.acknowledge(alarm, DUTY, 3, after(4.2))
    same, _ = alarm_life.worsen(mine, [crossing(version=2)], after(4.5))
    assert same.state is S.ACKNOWLEDGED
    lower, _ = alarm_life.worsen(mine, [crossing(KIND.HANDLING, severity=Severity.LOW)], after(4.5))
    assert lower.state is S.ACKNOWLEDGED
    other, _ = alarm_life.worsen(mine, [crossing(KIND.ARRIVAL)], after(4.5))
    assert (other.state, other.deadline, other.acked_by) == (S.RAISED, KIND.ARRIVAL, "")
    rise, _ = alarm_life.worsen(mine, [crossing(threshold=100, severity=Severity.HIGH)], after(5))
    assert (rise.state, rise.severity, rise.raised_at, rise.promise_until) == (
        S.RAISED,
        Severity.HIGH,
        after(5),
        None,
    )


def test_a_promise_not_kept_comes_back_louder() -> None:
    _, alarm = raised()
    mine, _ = alarm_life.acknowledge(alarm, DUTY, 1, after(4))
    assert alarm_life.expire(mine, after(4.99)) == (mine, ())
    back, events = alarm_life.expire(mine, after(5, 2))
    assert (back.state, back.severity, back.louder, back.late_s) == (S.RAISED, Severity.HIGH, 1, 2)
    assert [(e.what, e.actor) for e in events] == [("expired", "system")]
    assert alarm_life.expire(back, after(9)) == (back, ())
    again, _ = alarm_life.expire(alarm_life.acknowledge(back, DUTY, 1, after(6))[0], after(7))
    assert (again.severity, again.louder) == (Severity.HIGH, 2)


def test_a_shelf_needs_a_reason_and_an_end_and_ends_by_itself() -> None:
    _, alarm = raised()
    for until, reason, name in (
        (after(60), " ", "missing_reason"),
        (after(4), "noise", "bad_value.shelf_past"),
        (after(60 * 13), "noise", "bad_value.shelf_long"),
    ):
        with pytest.raises(Refusal, match=name):
            alarm_life.shelve(alarm, DUTY, until, reason, after(5))
    aside, events = alarm_life.shelve(alarm, DUTY, after(60), "noise", after(5))
    assert (aside.state, aside.shelved_by, aside.reason, events[0].reason) == (
        S.SHELVED,
        "duty-1",
        "noise",
        "noise",
    )
    quiet, _ = alarm_life.worsen(aside, [crossing(threshold=100, severity=Severity.HIGH)], after(6))
    assert (quiet.state, quiet.severity) == (S.SHELVED, Severity.HIGH)
    with pytest.raises(Refusal, match=r"illegal_transition\.alarm"):
        alarm_life.acknowledge(aside, DUTY, 1, after(6))
    back, told = alarm_life.expire(quiet, after(60))
    assert (back.state, back.shelved_until, told[0].what) == (S.RAISED, None, "unshelved")
    by_hand, _ = alarm_life.unshelve(aside, DUTY, after(7))
    assert by_hand.state is S.RAISED
    with pytest.raises(Refusal, match=r"illegal_transition\.alarm"):
        alarm_life.unshelve(by_hand, DUTY, after(7))


def test_it_stays_until_acknowledged_and_gone() -> None:
    case, alarm = raised()
    filed = do(case, Action.FILE, after(4.5))
    waiting, events = alarm_life.settle(alarm, filed, after(4.5))
    assert (waiting.state, [e.what for e in events]) == (S.RETURNED, ["returned"])
    assert alarm_life.settle(waiting, filed, after(4.6)) == (waiting, ())
    gone, told = alarm_life.acknowledge(waiting, DUTY, 1, after(4.7))
    assert (gone.state, gone.cleared_at, [e.what for e in told]) == (
        S.CLEARED,
        after(4.7),
        ["acknowledged", "cleared"],
    )
    mine, _ = alarm_life.acknowledge(alarm, DUTY, 1, after(4.2))
    cleared, told = alarm_life.settle(mine, filed, after(4.5))
    assert (cleared.state, [e.what for e in told]) == (S.CLEARED, ["cleared"])
    with pytest.raises(ValueError, match="raise a new one"):
        alarm_life.worsen(cleared, [crossing()], after(9))


def test_a_returned_alarm_rings_again_for_something_new() -> None:
    case, alarm = raised()
    waiting, _ = alarm_life.settle(alarm, do(case, Action.FILE, after(4.5)), after(4.5))
    again, _ = alarm_life.worsen(waiting, [crossing(KIND.DISPATCH, at=after(5.3))], after(5.3))
    assert (again.state, again.deadline, again.returned_at) == (S.RAISED, KIND.DISPATCH, None)


def test_settling_shows_the_clock_that_still_rings() -> None:
    case = to(State.FILED)
    both = deadlines.crossings(case, after(11))
    alarm, _ = alarm_life.raise_case(case, both, after(11))
    assert alarm.deadline is KIND.DISPATCH, "due first"
    mine, _ = alarm_life.acknowledge(alarm, DUTY, 3, after(11))
    sent = do(case, Action.DISPATCH, after(11.2))
    shown, events = alarm_life.settle(mine, sent, after(11.2))
    assert (shown.state, shown.deadline, shown.severity, events) == (
        S.ACKNOWLEDGED,
        KIND.ARRIVAL,
        Severity.HIGH,
        (),
    )


class AlarmLife(RuleBasedStateMachine):
    """Any order of crossings, officers and time; twice is once."""

    alarm: Alarm
    now: datetime

    @initialize(severity=st.sampled_from(list(Severity)))
    def begin(self, severity: Severity) -> None:
        self.now = T0
        self.alarm, events = alarm_life.raise_case(opened(), [crossing(severity=severity)], self.now)
        self.events: list[AlarmEvent] = list(events)

    def _took(self, life: alarm_life.Life) -> None:
        before = self.alarm
        self.alarm = life[0]
        self.events += life[1]
        unacked = before.state in (S.RAISED, S.SHELVED)
        if unacked and self.alarm.state is before.state:
            assert self.alarm.severity.rank >= before.severity.rank
        if before.state is not self.alarm.state:
            assert life[1], "no change of state without an event"

    @rule(seconds=st.integers(0, 300))
    def time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self._took(alarm_life.expire(self.alarm, self.now))
        assert alarm_life.expire(self.alarm, self.now) == (self.alarm, ())

    @precondition(lambda self: self.alarm.state is not S.CLEARED)
    @rule(
        kind=st.sampled_from(sorted(deadlines.SEVERITIES)),
        severity=st.sampled_from(list(Severity)),
        threshold=st.sampled_from([80, 100]),
    )
    def worse(self, kind: DeadlineKind, severity: Severity, threshold: int) -> None:
        before = self.alarm
        self._took(alarm_life.worsen(self.alarm, [crossing(kind, threshold, self.now, severity)], self.now))
        if before.state is S.RETURNED:
            assert self.alarm.state is S.RAISED
        if before.acked_severity is not None and severity.rank > before.acked_severity.rank:
            assert self.alarm.state in (S.RAISED, S.SHELVED)

    @rule(minutes=st.integers(1, 3))
    def acknowledge(self, minutes: int) -> None:
        legal = self.alarm.state in (S.RAISED, S.RETURNED)
        try:
            self._took(alarm_life.acknowledge(self.alarm, DUTY, minutes, self.now))
        except Refusal:
            assert not legal
        else:
            assert legal

    @rule(minutes=st.integers(1, 700))
    def shelve(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        try:
            self._took(alarm_life.shelve(self.alarm, DUTY, until, "noise", self.now))
        except Refusal:
            assert self.alarm.state not in (S.RAISED, S.ACKNOWLEDGED)

    @rule()
    def unshelve(self) -> None:
        if self.alarm.state is S.SHELVED:
            self._took(alarm_life.unshelve(self.alarm, DUTY, self.now))

    @rule()
    def gone(self) -> None:
        before = self.alarm.state
        self._took(alarm_life.return_(self.alarm, self.now))
        assert alarm_life.return_(self.alarm, self.now) == (self.alarm, ())
        assert self.alarm.state is (S.RETURNED if before in (S.RAISED, S.RETURNED) else S.CLEARED)

    @invariant()
    def it_is_whole(self) -> None:
        a = self.alarm
        assert (a.promise_until is not None) == (a.state is S.ACKNOWLEDGED)
        assert (a.shelved_until is not None) == (a.state is S.SHELVED)
        assert (a.cleared_at is not None) == (a.state is S.CLEARED)
        assert a.state is not S.ACKNOWLEDGED or (a.acked_by and a.acked_severity is not None)
        assert a.state is not S.RAISED or not a.acked_by

    @invariant()
    def nobody_clears_what_nobody_took(self) -> None:
        if self.alarm.state is S.CLEARED:
            assert {e.what for e in self.events} & {"acknowledged", "shelved"}


TestAlarmLife = AlarmLife.TestCase
TestAlarmLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
