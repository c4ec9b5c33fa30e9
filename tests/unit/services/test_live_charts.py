"""The live charts against the events, the cases and the other figures, over an
invented fortnight on both databases."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.domain import replay
from console.domain.errors import Refusal
from console.domain.model import Actor, AlarmEvent, Case, Event
from console.domain.shifts import DEFAULT
from console.domain.vocabulary import OPEN, DeadlineKind, Role, Severity, State
from console.services import live_series
from console.services.board import BoardReader
from console.services.live_charts import LiveCharts
from console.services.live_view import SPANS, WEEK, LiveView, Point, frame
from console.services.ports import CaseQuery
from console.simulation import history
from console.simulation.replay_clock import ReplayClock
from tests.unit.services.conftest import DUTY, LEADER, MORNING, Site

#: 18:40 of the story's day, in the middle of a shift.
EVENING = MORNING.replace(hour=10, minute=40, second=0, microsecond=0)
FIELD = Actor("team", Role.FIELD, team="appearance")


def charts_of(site: Site) -> LiveCharts:
    return LiveCharts(site.store.uows, site.clock, site.services.teams.open_cases)


def known(charts: LiveCharts, span: str) -> LiveView:
    """Look until the past has been read."""
    for _ in range(200):
        view = charts.view(LEADER, span)
        if view.ready == 1.0 and view.week_ready == 1.0:
            return view
    raise AssertionError("the past was never read")


class Invented:
    """A site with a fortnight of cases, and what its record says."""

    def __init__(self, site: Site) -> None:
        self.site = site
        start = EVENING - timedelta(days=9)
        site.clock.at = EVENING
        clock = ReplayClock(EVENING)
        history.make(site.store.uows, clock, start=start, end=EVENING, count=330, seed=11)
        with site.store.uows.read() as uow:
            self.events: tuple[Event, ...] = uow.events.since(0, 100_000)
            self.cases: tuple[Case, ...] = uow.cases.find(CaseQuery(limit=2000)).rows

    def stood(self, at: datetime) -> dict[str, State]:
        """Open cases at an instant, from what had been entered by then."""
        made = replay.cases(replay.known_at(self.events, at))
        return {case.id: case.state for case in made.values() if case.state in OPEN}


@pytest.fixture
def invented(each_site: Site) -> Invented:
    return Invented(each_site)


@pytest.fixture
def embedded(site: Site) -> Invented:
    """On SQLite alone: what depends on no query of its own."""
    return Invented(site)


def test_open_cases_at_any_time_are_what_the_events_say(invented: Invented) -> None:
    charts, dice = charts_of(invented.site), random.Random(4)
    for span in SPANS:
        view = known(charts, span)
        assert view.times[-1] == EVENING.timestamp()
        for n in dice.sample(range(len(view.times)), 4):
            at = datetime.fromtimestamp(view.times[n], UTC)
            stood = invented.stood(at)
            counted = {state: row[n] for state, row in view.open.items() if row[n]}
            assert counted == dict(Counter(stood.values())), f"{span} at {at}"
            point = charts.point(LEADER, Point("open", view.times[n]))
            assert set(point.cases) == set(stood)
        for n in dice.sample(range(len(view.week_times)), 4):
            then = datetime.fromtimestamp(view.week_times[n], UTC) - WEEK
            assert view.open_before[n] == len(invented.stood(then)), f"{span} a week before {then}"


def test_stage_times_are_those_of_the_cases(embedded: Invented) -> None:
    view = known(charts_of(embedded.site), "day")
    begin = datetime.fromtimestamp(view.begin, UTC)
    for stage in live_series.STAGES:
        wished = set()
        for case in embedded.cases:
            clock = next((d for d in case.deadlines if d.kind is DeadlineKind(stage)), None)
            if clock is None or case.mis_key or clock.cancelled:
                continue
            done = clock.met_at if clock.met_at is not None else EVENING
            late = clock.missed_before or done > clock.due_at
            if clock.met_at is None and (clock.due_at >= EVENING or clock.paused_since is not None):
                continue
            if begin <= done <= EVENING and not (late and case.exempt):
                took = max(0.0, (done - clock.start_at).total_seconds() - clock.paused_s)
                wished.add((case.id, round(took, 3), not late, clock.met_at is None))
        drawn = {(d.case, round(d.taken_s, 3), d.met, d.running) for d in view.dots[stage]}
        assert drawn == wished
        assert len(drawn) > 10, "the day tells something"


def test_figures_are_those_of_the_table_and_of_the_strip(invented: Invented) -> None:
    site = invented.site
    view = known(charts_of(site), "day")
    table = site.services.kpi.figures(LEADER)
    assert view.values == table.rows[0].values
    total = table.rows[0].values["total_met"]
    assert sum(share.n for share in view.shares) == total.den
    assert sum(share.met for share in view.shares) == total.num
    reported = site.services.kpi.figures(LEADER, cut="reported").rows[0].values["reported"]
    assert sum(one.n for one in view.taken) == reported.value
    board = BoardReader(site.store.uows, site.clock, site.services.store, teams=site.services.teams)
    strip = board.board(DUTY).kpi
    assert (view.total, view.alarms_10min) == (strip.open, strip.alarms_10min)
    assert view.values["total_met"].value == strip.total_met
    assert view.values["arrival_p90"].value == strip.arrival_p90_s
    last_week = site.services.kpi.figures(
        LEADER, datetime.fromtimestamp(view.begin, UTC) - WEEK, EVENING - WEEK
    )
    assert view.values_before == last_week.rows[0].values


def test_points_open_their_cases(embedded: Invented) -> None:
    charts = charts_of(embedded.site)
    view = known(charts, "shift")
    taken = max(view.taken, key=lambda one: one.n)
    behind = charts.point(LEADER, Point("sources", taken.begin, taken.end)).cases
    assert len(behind) == taken.n > 0
    reported = {case.id: case.reported_at or case.found_at for case in embedded.cases}
    assert all(taken.begin <= at.timestamp() < taken.end for one in behind if (at := reported[one]))
    load = view.loads[0]
    cases = charts.point(LEADER, Point("teams", key=load.team)).cases
    assert len(cases) == load.busy > 0
    assert all(load.team in case.teams for case in embedded.cases if case.id in cases)
    with pytest.raises(Refusal):
        charts.point(LEADER, Point("weather"))


def test_nothing_is_computed_while_nothing_happens(site: Site) -> None:
    site.clock.at = EVENING
    first = site.open()
    charts = charts_of(site)
    view = known(charts, "hour")
    done, looks = charts.computed, charts.looks
    assert charts.view(LEADER, "hour") == view
    assert (charts.computed, charts.looks) == (done, looks + 1)
    site.clock.on(seconds=1)
    assert charts.view(LEADER, "hour") == replace(view, taken_at=site.clock.at)
    assert charts.computed == done, "a second later it is the same picture"
    site.through(first, "file")
    fresh = charts.view(LEADER, "hour")
    assert charts.computed == done + 1
    assert fresh.open[State.FILED][-1] == 1
    site.clock.on(seconds=10)
    assert charts.view(LEADER, "hour").times[-1] == site.clock.at.timestamp()


def test_an_overdue_case_that_nobody_touches_is_drawn(site: Site) -> None:
    site.clock.at = EVENING
    case = site.open()
    charts = charts_of(site)
    known(charts, "hour")
    site.clock.on(minutes=7)
    dots = charts.view(LEADER, "hour").dots["decision"]
    assert [(d.case, d.running, d.met, d.taken_s) for d in dots] == [(case.id, True, False, 420.0)]


def test_alarms_of_ten_minutes(site: Site) -> None:
    site.clock.at = EVENING
    case = site.open()
    charts = charts_of(site)
    site.clock.on(minutes=4, seconds=1)
    site.services.alarms.sweep()
    rung = known(charts, "hour")
    assert (rung.alarms_10min, rung.calls[-1]) == (1, 1)
    assert charts.point(LEADER, Point("alarms", site.clock.at.timestamp())).cases == (case.id,)
    site.clock.on(minutes=1)
    site.services.alarms.sweep()
    assert charts.view(LEADER, "hour").calls[-1] == 1, "worse, but the same alarm"
    site.clock.on(minutes=10)
    later = charts.view(LEADER, "hour")
    assert later.calls[-1] == 0
    assert max(later.calls) == 1


def test_who_may_not_read_figures_reads_none(site: Site) -> None:
    charts = charts_of(site)
    with pytest.raises(Refusal) as caught:
        charts.view(FIELD, "hour")
    assert caught.value.code == "forbidden"
    with pytest.raises(Refusal):
        charts.point(FIELD, Point("open"))
    with pytest.raises(Refusal):
        charts.view(LEADER, "year")


def event(alarm: int, minute: float, what: str) -> AlarmEvent:
    return AlarmEvent(alarm, EVENING + timedelta(minutes=minute), what, "system", Severity.LOW)


def test_an_alarm_calls_once_until_somebody_took_it() -> None:
    rung = live_series.calls(
        [
            event(1, 0, "raised"),
            event(1, 1, "worsened"),
            event(1, 2, "acknowledged"),
            event(1, 3, "worsened"),
            event(2, 3, "raised"),
            event(1, 20, "expired"),
        ]
    )
    base = EVENING.timestamp()
    assert rung.alarms == (1, 1, 2, 1)
    assert live_series.call_counts(rung, [base, base + 200, base + 599, base + 700, base + 1200]) == [
        1, 2, 2, 2, 1,
    ]  # fmt: skip
    assert live_series.called(rung, base + 1000) == ()


def test_spans_of_time() -> None:
    hour = frame("hour", EVENING + timedelta(seconds=31), DEFAULT)
    assert (hour.begin, hour.end) == (EVENING - timedelta(hours=1), EVENING + timedelta(seconds=31))
    assert len(hour.edges()) == 8
    shift = frame("shift", EVENING, DEFAULT)
    assert (shift.begin, shift.end) == (EVENING.replace(hour=8, minute=0), EVENING.replace(hour=16, minute=0))
    assert shift.shift.endswith("-middle")
    day = frame("day", EVENING, DEFAULT)
    assert day.end - day.begin == timedelta(days=1)
    assert day.begin.astimezone(EVENING.tzinfo).hour == 16
    times = live_series.grid(day.begin, EVENING, day.step)
    assert times[-1] == EVENING.timestamp()
    assert len(times) == 75


def test_of_very_many_dots_some_are_drawn(embedded: Invented, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = known(charts_of(embedded.site), "day").dots["arrival"]
    monkeypatch.setattr(live_series, "MOST_DOTS", 5)
    few = known(charts_of(embedded.site), "day").dots["arrival"]
    assert [dot for dot in few if not dot.running] == [dot for dot in whole if not dot.running][-5:]
    assert len(whole) > 10
