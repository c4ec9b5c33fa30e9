"""The sweep: once, in order, late, twice, together; and what officers do."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from console.domain.errors import Refusal
from console.domain.model import Alarm, Case, Command
from console.domain.vocabulary import Action, AlarmState, DeadlineKind, Severity, State
from console.services.views import SweepResult
from tests.unit.services.conftest import DUTY, KIOSK, LEADER, OTHER_LEADER, Site
from tests.unit.services.test_cases import refused


def alarm_of(site: Site, case: Case) -> Alarm:
    """The newest alarm of a case."""
    rows = site.services.alarms.list(DUTY).rows
    return next(alarm for alarm in rows if alarm.source_id == case.id)


def sweep_at(site: Site, **span: float) -> SweepResult:
    """Move the clock on and sweep."""
    site.clock.on(**span)
    return site.services.alarms.sweep()


def counts(result: SweepResult) -> tuple[int, int, int]:
    """raised, worsened, notified."""
    return result.raised, result.worsened, result.notified


def test_each_promise_rings_at_80_and_100_once_and_in_order(each_site: Site) -> None:
    site = each_site
    case = site.open()
    assert counts(sweep_at(site, seconds=239)) == (0, 0, 0)
    assert counts(sweep_at(site, seconds=1)) == (1, 0, 0)
    assert counts(sweep_at(site, seconds=0)) == (0, 0, 0)
    assert alarm_of(site, case).severity is Severity.MEDIUM
    assert counts(sweep_at(site, seconds=59)) == (0, 0, 0)
    assert counts(sweep_at(site, seconds=1)) == (0, 1, 0)
    assert alarm_of(site, case).severity is Severity.HIGH
    site.do(case, "file")
    sweep_at(site, seconds=48)
    sweep_at(site, seconds=12)
    site.do(case, "dispatch")
    site.do(case, "accept")
    sweep_at(site, minutes=7)
    sweep_at(site, minutes=2)
    site.do(case, "arrive")
    sweep_at(site, hours=3)
    site.do(case, "handled")
    sweep_at(site, minutes=24)
    sweep_at(site, minutes=6)
    assert site.rung(case) == [
        ("decision", 80),
        ("decision", 100),
        ("dispatch", 80),
        ("dispatch", 100),
        ("arrival", 80),
        ("arrival", 100),
        ("handling", 80),
        ("handling", 100),
        ("check", 80),
        ("check", 100),
    ]


def test_a_late_sweep_rings_both_thresholds_in_order(each_site: Site) -> None:
    site = each_site
    case = site.open()
    result = sweep_at(site, minutes=9)
    assert counts(result) == (1, 0, 0)
    assert [round(late) for late in result.lateness_s] == [300, 240]
    assert counts(sweep_at(site, seconds=5)) == (0, 0, 0)
    assert site.rung(case) == [("decision", 80), ("decision", 100)]
    alarm = alarm_of(site, case)
    assert (alarm.severity, alarm.threshold, alarm.late_s) == (Severity.HIGH, 100, 240.0)


def test_a_step_before_the_sweep_records_what_had_crossed(site: Site) -> None:
    case = site.open()
    site.clock.on(minutes=6)
    site.do(case, "file")
    assert site.events(case) == ["open", "alarm", "alarm", "file"]
    assert alarm_of(site, case).state is AlarmState.RETURNED
    assert counts(sweep_at(site, seconds=1)) == (0, 0, 0)


def test_a_step_entered_late_but_done_in_time_rings_only_what_it_crossed(site: Site) -> None:
    case = site.through(site.open(), "file", "dispatch", "accept")
    arrived = site.clock.at + timedelta(minutes=9)
    site.clock.on(minutes=15)
    site.do(case, "arrive", at=arrived)
    assert site.rung(case) == [("arrival", 80)]
    sweep_at(site, seconds=1)
    assert site.rung(case) == [("arrival", 80)]


@pytest.mark.litter
def test_two_sweeps_at_the_same_instant_double_nothing(each_site: Site) -> None:
    site = each_site
    cases = [site.open() for _ in range(12)]
    for minutes in (4, 1):
        site.clock.on(minutes=minutes)
        gate = threading.Barrier(3)
        results: list[SweepResult] = []

        def run(gate: threading.Barrier = gate, results: list[SweepResult] = results) -> None:
            gate.wait()
            results.append(site.services.alarms.sweep())

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 3
        assert sum(r.raised + r.worsened for r in results) == 12
        assert sum(len(r.lateness_s) for r in results) == 12
    for case in cases:
        assert site.rung(case) == [("decision", 80), ("decision", 100)]
    assert site.services.alarms.list(DUTY, active=True).total == 12


def test_a_quiet_sweep_writes_nothing(site: Site) -> None:
    site.open()
    before = site.size()
    result = sweep_at(site, seconds=30)
    assert not result.changed
    assert site.size() == before
    assert site.services.alarms.next_wake() == site.clock.at + timedelta(seconds=210)


def test_an_alarm_is_latched_until_acknowledged_and_gone(site: Site) -> None:
    alarms = site.services.alarms
    first = site.open()
    sweep_at(site, minutes=4)
    site.do(first, "file")
    assert alarm_of(site, first).state is AlarmState.RETURNED
    cleared = alarms.acknowledge(DUTY, alarm_of(site, first).id)
    assert cleared.state is AlarmState.CLEARED

    second = site.open()
    sweep_at(site, minutes=4)
    taken = alarms.acknowledge(DUTY, alarm_of(site, second).id, 3)
    assert (taken.state, taken.acked_by) == (AlarmState.ACKNOWLEDGED, "officer01")
    site.do(second, "reject", reason="不属实")
    assert alarm_of(site, second).state is AlarmState.CLEARED


def test_a_promise_not_kept_comes_back_louder(each_site: Site) -> None:
    site = each_site
    case = site.through(site.open(), "file", "dispatch", "accept", "arrive")
    sweep_at(site, minutes=96)
    alarm = alarm_of(site, case)
    assert (alarm.deadline, alarm.severity) == (DeadlineKind.HANDLING, Severity.LOW)
    site.services.alarms.acknowledge(DUTY, alarm.id, 1)
    assert counts(sweep_at(site, seconds=59)) == (0, 0, 0)
    assert counts(sweep_at(site, seconds=1)) == (0, 0, 1)
    assert counts(sweep_at(site, seconds=1)) == (0, 0, 0)
    louder = alarm_of(site, case)
    assert (louder.state, louder.severity, louder.louder) == (AlarmState.RAISED, Severity.MEDIUM, 1)


def test_a_shelf_needs_a_reason_and_ends(site: Site) -> None:
    alarms = site.services.alarms
    case = site.open()
    sweep_at(site, minutes=4)
    alarm = alarm_of(site, case)
    with refused("missing_reason"):
        alarms.shelve(DUTY, alarm.id, 5, " ")
    with refused("forbidden"):
        alarms.shelve(KIOSK, alarm.id, 5, "x")
    with refused("unknown_alarm"):
        alarms.shelve(DUTY, alarm.id + 1, 5, "x")
    aside = alarms.shelve(DUTY, alarm.id, 5, "现场核实中")
    assert aside.shelved_until == site.clock.at + timedelta(minutes=5)
    assert counts(sweep_at(site, minutes=1)) == (0, 1, 0)
    assert alarm_of(site, case).state is AlarmState.SHELVED
    assert counts(sweep_at(site, minutes=4)) == (0, 0, 1)
    assert alarm_of(site, case).state is AlarmState.RAISED
    with refused("illegal_transition"):
        alarms.unshelve(DUTY, alarm.id)


def test_acknowledging_twice_names_who_was_faster(site: Site) -> None:
    case = site.open()
    sweep_at(site, minutes=4)
    alarm = alarm_of(site, case)
    site.services.alarms.acknowledge(DUTY, alarm.id)
    with refused("conflict", "acknowledged"):
        site.services.alarms.acknowledge(LEADER, alarm.id)
    with refused("bad_value"):
        site.services.alarms.acknowledge(LEADER, alarm.id, 9)
    assert alarm_of(site, case).acked_by == DUTY.name


def test_a_suspension_ends_by_itself_however_late(each_site: Site) -> None:
    site = each_site
    case = site.through(site.open(), "file", "dispatch", "accept", "arrive")
    until = site.clock.at + timedelta(days=3)
    wish = Command(Action.SUSPEND, reason="等批复", until=until)
    asked = site.services.cases.act(LEADER, case.id, wish).approval
    assert asked is not None
    site.services.cases.approve(OTHER_LEADER, asked.id)
    assert site.services.alarms.next_wake() == until
    assert counts(sweep_at(site, days=2)) == (0, 0, 0)
    assert sweep_at(site, days=1, hours=1).changed
    resumed = site.services.cases.show(DUTY, case.id)[0]
    assert (resumed.state, resumed.suspended_until) == (State.HANDLING, None)
    event = site.services.cases.show(DUTY, case.id)[1][-1]
    assert (event.action, event.actor, event.at) == (Action.RESUME, "system", until)
    assert not sweep_at(site, seconds=1).changed


def test_a_clock_that_comes_back_late_from_a_pause_warns_anew(site: Site) -> None:
    case = site.open()
    sweep_at(site, seconds=250)
    site.services.alarms.acknowledge(DUTY, alarm_of(site, case).id)
    site.do(case, "verify")
    assert alarm_of(site, case).state is AlarmState.CLEARED
    assert counts(sweep_at(site, minutes=3)) == (0, 0, 0)
    site.do(case, "verified", result="exists")
    # The step itself rings: nobody has to sweep.
    assert site.rung(case) == [("decision", 80), ("decision", 80)]
    assert alarm_of(site, case).state is AlarmState.RAISED
    assert counts(sweep_at(site, seconds=1)) == (0, 0, 0)
    assert counts(sweep_at(site, seconds=48)) == (0, 0, 0)
    assert counts(sweep_at(site, seconds=1)) == (0, 1, 0)
    assert site.rung(case) == [("decision", 80), ("decision", 80), ("decision", 100)]


def test_a_second_round_of_a_clock_rings_for_itself(each_site: Site) -> None:
    site = each_site
    case = site.through(site.open(), "file")
    sweep_at(site, seconds=48)
    site.through(case, "dispatch")
    site.do(case, "refuse", reason="不属本队")
    assert counts(sweep_at(site, seconds=47)) == (0, 0, 0)
    assert sweep_at(site, seconds=1).lateness_s == (0.0,)
    assert sweep_at(site, seconds=12).lateness_s == (0.0,)
    assert site.rung(case) == [("dispatch", 80), ("dispatch", 80), ("dispatch", 100)]


def test_an_ended_case_rings_no_more(site: Site) -> None:
    case = site.open()
    site.do(case, "reject", reason="不属实")
    assert not sweep_at(site, hours=5).changed
    assert site.rung(case) == []


def test_many_due_in_the_same_second_are_all_swept(site: Site) -> None:
    for _ in range(30):
        site.open()
    from console.services import alarms

    batch, alarms.BATCH = alarms.BATCH, 7
    try:
        assert counts(sweep_at(site, minutes=4)) == (30, 0, 0)
    finally:
        alarms.BATCH = batch
    assert site.services.alarms.list(DUTY).total == 30


def test_one_case_that_cannot_resume_does_not_keep_others_silent(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from console.services import alarms

    case = site.through(site.open(), "file", "dispatch", "accept", "arrive")
    wish = Command(Action.SUSPEND, reason="等批复", until=site.clock.at + timedelta(minutes=3))
    asked = site.services.cases.act(LEADER, case.id, wish).approval
    assert asked is not None
    site.services.cases.approve(OTHER_LEADER, asked.id)
    other = site.open()

    def fails(*_: object) -> None:
        raise Refusal("illegal_transition")

    monkeypatch.setattr(alarms.life, "step", fails)
    with caplog.at_level("CRITICAL", "console.services.alarms"):
        result = sweep_at(site, minutes=4)
    assert result.raised == 1
    assert site.rung(other) == [("decision", 80)]
    # What is left undone neither wakes the sweep without end nor hides what is next.
    alarms = site.services.alarms
    assert alarms.next_wake() == site.clock.at - timedelta(minutes=1)
    assert alarms.next_wake(result.until) == site.clock.at + timedelta(minutes=1)


def test_a_clock_set_back_lengthens_no_promise_shelf_or_ring(each_site: Site) -> None:
    site, alarms = each_site, each_site.services.alarms
    taken, aside, ringing = (site.open() for _ in range(3))
    sweep_at(site, minutes=4)
    site.clock.on(hours=1)
    alarms.acknowledge(DUTY, alarm_of(site, taken).id, 3)
    alarms.shelve(DUTY, alarm_of(site, aside).id, 20, "现场核实中")
    late = site.open()
    sweep_at(site, minutes=4)
    mended = site.clock.on(hours=-1)
    assert alarms.set_back() == 3
    assert alarms.set_back() == 0
    assert alarm_of(site, late).raised_at == mended
    assert alarm_of(site, aside).shelved_until == mended + timedelta(minutes=20)
    # The one whose promise had ended rings since the sweep, an hour ahead.
    assert alarm_of(site, taken).raised_at == mended
    assert alarm_of(site, ringing).raised_at < mended
    told = alarms.acknowledge(DUTY, alarm_of(site, taken).id, 2)
    assert told.promise_until == mended + timedelta(minutes=2)
