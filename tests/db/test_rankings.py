"""Rankings, heat, causes and what-if against plain arithmetic over the cases of
an invented history, on both databases; and the same figures as ``kpi``."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import db
from console.domain import causes, limits
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Deadline
from console.domain.periods import Period
from console.domain.vocabulary import DeadlineKind, Role, State
from console.services.assembly import Services, assemble
from console.services.camera_records import CameraDay
from console.services.ports import CaseQuery
from console.services.ranking_math import MEASURES, RATES
from console.services.rankings import AskBehind, RankWish
from console.services.rules import load_rules
from console.services.whatif import Wish
from console.simulation import district, history
from console.simulation.replay_clock import ReplayClock
from tests import postgres
from tests.db.conftest import KINDS

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
MONTH = Period("free", NOW - timedelta(days=10), NOW)
LEADER = Actor("leader-1", Role.LEADER)
FIELD = Actor("team-1", Role.FIELD, team="patrol")


@dataclass
class World:
    services: Services
    cases: tuple[Case, ...]
    calendar: WorkingCalendar

    def filed(self, period: Period = MONTH) -> list[Case]:
        """Cases filed in the period, without mis-keys."""
        return [
            one
            for one in self.cases
            if one.filed_at is not None and period.start <= one.filed_at < period.end and not one.mis_key
        ]


@pytest.fixture(scope="module", params=KINDS)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[World]:
    """One history for all: nothing in here changes a case."""
    folder = tmp_path_factory.mktemp("rankings")
    if request.param == "sqlite":
        shutil.copy(sqlite_template, folder / "fifteen.db")
        url = f"sqlite:///{folder / 'fifteen.db'}"
    else:
        url = postgres.fresh_url("test")
    with db.open_store(url) as store:
        yield made(store, folder)
    if request.param != "sqlite":
        postgres.drop(url)


def made(store: db.Store, folder: Path) -> World:
    clock = ReplayClock(NOW)
    district.load_if_bare(store.uows, clock)
    history.make(store.uows, clock, start=NOW - timedelta(days=20), end=NOW, count=900, seed=5)
    with store.uows.read() as uow:
        cases = uow.cases.find(CaseQuery(limit=2000)).rows
        calendar = load_rules(uow, NOW).calendar
    return World(assemble(store.uows, clock, folder), tuple(cases), calendar)


def clock_of(case: Case, kind: str) -> Deadline | None:
    return next((one for one in case.deadlines if one.kind.value == kind), None)


def kept(case: Case, clock: Deadline | None, due: datetime | None = None) -> bool | None:
    """Was this promise kept, were it due then? None: not counted."""
    if clock is None:
        return None
    due = clock.due_at if due is None else due
    if clock.missed_before:
        found: bool | None = False
    elif clock.cancelled:
        found = None
    elif clock.met_at is not None:
        found = clock.met_at <= due
    else:
        found = False if due < NOW and clock.paused_since is None else None
    return None if found is False and case.exempt else found


def tally(found: Iterable[bool | None]) -> tuple[int, int]:
    counted = [one for one in found if one is not None]
    return sum(counted), len(counted)


def test_a_ranking_is_what_plain_arithmetic_says(world: World) -> None:
    found = world.services.rankings.rank(LEADER, RankWish("team", "total_met", MONTH, minimum=10))
    cases = world.filed()
    by_team: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.teams:
            by_team[case.teams[0]].append(case)
    assert {row.key: row.n for row in found.rows} == {team: len(own) for team, own in by_team.items()}
    assert found.nameless == sum(not case.teams for case in cases)
    hits, n = tally(kept(case, clock_of(case, "total")) for case in cases)
    assert found.whole == pytest.approx(hits / n)
    for row in found.rows:
        hits, n = tally(kept(case, clock_of(case, "total")) for case in by_team[row.key])
        assert (row.num, row.den) == (hits, n)
        assert (row.place > 0) == (n >= 10)
    values = [row.value for row in found.rows if row.place]
    assert values == sorted(values, reverse=True)
    assert len(values) >= 2


def stratum(case: Case) -> tuple[str, bool]:
    assert case.filed_at is not None
    hour = case.filed_at.astimezone(ZONE).hour
    key = f"{case.category.kind}:{case.category.code}" if case.category else ""
    return key, hour >= 20 or hour < 7


def test_the_adjusted_value_expects_of_each_group_what_its_cases_are(world: World) -> None:
    found = world.services.rankings.rank(LEADER, RankWish("community", "arrival_met", MONTH, minimum=1))
    whole: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for case in world.filed():
        outcome = kept(case, clock_of(case, "arrival"))
        if outcome is not None:
            whole[stratum(case)].append(outcome)
    rate = sum(map(sum, whole.values())) / sum(map(len, whole.values()))
    for row in found.rows:
        own = [case for case in world.filed() if case.community == row.key]
        counted = [case for case in own if kept(case, clock_of(case, "arrival")) is not None]
        expected = sum(sum(whole[stratum(case)]) / len(whole[stratum(case)]) for case in counted)
        assert row.adjusted == pytest.approx(min(1.0, row.num / expected * rate) if expected else None)
    assert any(abs((row.adjusted or 0) - (row.value or 0)) > 0.001 for row in found.rows)


@pytest.mark.parametrize("by", ["team", "category", "officer"])
def test_every_measure_is_the_figure_of_kpi(world: World, by: str) -> None:
    """Screen, paper and ``kpi`` tell the same, and the cases behind a rate are
    as many as it was measured on."""
    kpi = world.services.kpi.figures(LEADER, MONTH.start, MONTH.end, by=by)
    figures = {row.key: row for row in kpi.rows}
    everybody = world.services.kpi.figures(LEADER, MONTH.start, MONTH.end).rows[0]
    for measure in (*RATES, "arrival_p90", "score_department", "reported"):
        found = world.services.rankings.rank(LEADER, RankWish(by, measure, MONTH))
        if measure != "reported":
            assert found.whole == everybody.values[measure].value
        for row in found.rows:
            told = figures[row.key].values[measure]
            assert (row.n, row.value) == (figures[row.key].n, told.value)
            if measure in RATES:
                assert (row.num, row.den) == (told.num or 0, told.den)
    group = max(figures.values(), key=lambda row: (bool(row.key), row.n))
    for late, share in ((False, 1), (True, 0)):
        ask = AskBehind(LEADER, MONTH, "filed", "group", group.key, by, "total_met", late)
        told = group.values["total_met"]
        many = told.den if share else (told.den or 0) - (told.num or 0)
        assert len(world.services.rankings.behind(LEADER, ask)) == many


def test_roads_come_from_the_place_and_else_from_the_camera(world: World) -> None:
    with world.services.uows.read() as uow:
        roads = [one.name_zh for one in uow.reference.places("road")]
        of_camera = {one.id: one.road for one in uow.cameras.all()}
    counted: Counter[str] = Counter()
    for case in world.filed():
        named = sorted((case.place.find(road), -len(road), road) for road in roads if road in case.place)
        counted[named[0][2] if named else of_camera.get(case.camera, "")] += 1
    found = world.services.rankings.rank(LEADER, RankWish("road", "reported", MONTH))
    assert {row.key: row.n for row in found.rows} == {road: n for road, n in counted.items() if road}
    assert len(found.rows) > 5


def test_cameras_by_the_cases_found_in_an_hour(world: World) -> None:
    day = MONTH.start.astimezone(ZONE).date()
    with world.services.uows.write() as uow:
        hours = {"cam001": 40, "cam002": 25, "cam003": 2}
        rows = [CameraDay(camera, day.isoformat(), n * 3600, n * 3600) for camera, n in hours.items()]
        before = (day - timedelta(days=1)).isoformat()
        uow.camera_records.add_days("seat-1", [*rows, CameraDay("cam001", before, 3600, 3600)])
        uow.camera_records.add_days("seat-2", [CameraDay("cam001", day.isoformat(), 7200, 3600)])
        uow.commit()
    counted = Counter(case.camera for case in world.filed() if case.source == "camera")
    found = world.services.rankings.rank(LEADER, RankWish("camera", "found_hour", MONTH))
    told = {row.key: row for row in found.rows}
    assert told["cam001"].value == counted["cam001"] / 41
    assert (told["cam001"].low or 0) <= counted["cam001"] / 41 <= (told["cam001"].high or 0)
    assert (told["cam001"].place > 0, told["cam003"].place) == (True, 0), "too few hours have no place"
    assert told["cam004"].value is None
    with pytest.raises(Refusal):
        world.services.rankings.rank(LEADER, RankWish("team", "found_hour", MONTH))


def test_heat_counts_each_case_in_its_local_hour(world: World) -> None:
    found = world.services.rankings.heat(LEADER, MONTH)
    cells: Counter[tuple[int, int]] = Counter()
    late: Counter[tuple[int, int]] = Counter()
    for case in world.filed():
        assert case.filed_at is not None
        there = case.filed_at.astimezone(ZONE)
        cells[there.weekday(), there.hour] += 1
        late[there.weekday(), there.hour] += kept(case, clock_of(case, "total")) is False
    for day in range(7):
        assert found.heat.cases[day] == tuple(cells[day, hour] for hour in range(24))
        assert found.heat.missed[day] == tuple(late[day, hour] for hour in range(24))
    assert sum(found.heat.days) in (10, 11)
    most = max(cells, key=lambda cell: cells[cell])
    ask = AskBehind(LEADER, MONTH, "filed", "cell", str(most[0] * 24 + most[1]))
    assert len(world.services.rankings.behind(LEADER, ask)) == cells[most]
    places = Counter(case.community for case in world.filed())
    assert {key: n for key, n, _, _ in found.places["community"]} == dict(places)
    for key, _, missed, counted in found.places["community"]:
        own = [kept(case, clock_of(case, "total")) for case in world.filed() if case.community == key]
        assert (counted - missed, counted) == tally(own)


def test_causes_are_those_that_were_coded(world: World) -> None:
    found = world.services.rankings.causes(LEADER, MONTH)
    closed = [case for case in world.filed() if case.state is State.CLOSED]
    late = [
        case
        for case in closed
        if case.breach_cause or any(kept_plain(clock) is False for clock in case.deadlines)
    ]
    assert (found.closed, found.late) == (len(closed), len(late))
    assert {row.code: row.n for row in found.rows} == Counter(case.breach_cause for case in late)
    assert found.rows[-1].code == "", "not coded stands last"
    assert {row.code for row in found.rows} - {""} <= {one.code for one in causes.CAUSES}
    ask = AskBehind(LEADER, MONTH, "filed", "cause", found.rows[0].code)
    assert len(world.services.rankings.behind(LEADER, ask)) == found.rows[0].n


def kept_plain(clock: Deadline) -> bool | None:
    """The clock alone, an appeal or not."""
    if clock.missed_before:
        return False
    if clock.cancelled:
        return None
    if clock.met_at is not None:
        return clock.met_at <= clock.due_at
    return False if clock.due_at < NOW and clock.paused_since is None else None


MOVED: Mapping[str, int] = {"decision": 240, "dispatch": 45, "arrival": 480, "total": 720}
WISH = Wish(MONTH.start, NOW, decision=240, dispatch=45, arrival=480, handling=70, warn=60)
STILL = Wish(MONTH.start, NOW)


def lines(world: World, clock: Deadline, wish: Wish) -> tuple[datetime, datetime]:
    """When a clock is due and when it warns, walked on its own calendar."""
    kind = clock.kind.value
    whole, unit = limits.seconds(clock.limit, clock.times), clock.limit.unit
    moved = {"handling": wish.handling, **{name: getattr(wish, name) for name in MOVED}}.get(kind)
    warn = (wish.warn or 80) / 100
    if kind == "handling":
        whole = whole * (wish.handling or 100) / 100  # type: ignore[assignment]
    elif wish is WISH and kind in MOVED:
        whole, unit = MOVED[kind], limits.PROMISES[DeadlineKind.DECISION].unit
    warn_at = world.calendar.add(clock.start_at, whole * warn + clock.paused_s, unit)
    if moved is None and not (wish is WISH and kind == "total"):
        return clock.due_at, warn_at
    return world.calendar.add(clock.start_at, whole + clock.paused_s, unit), warn_at


@pytest.mark.parametrize("wish", [STILL, WISH])
def test_what_if_is_what_walking_each_clock_says(world: World, wish: Wish) -> None:
    found = world.services.whatif.ask(LEADER, wish)
    cases = world.filed()
    assert found.n == len(cases)
    for row in found.stages:
        before = [kept(case, clock_of(case, row.kind)) for case in cases]
        after = []
        for case in cases:
            clock = clock_of(case, row.kind)
            after.append(kept(case, clock, lines(world, clock, wish)[0]) if clock else None)
        assert (row.hits_before, row.n_before) == tally(before)
        assert (row.hits_after, row.n_after) == tally(after), row.kind
        sides = zip(cases, before, after, strict=True)
        assert set(row.lost) == {c.id for c, was, will in sides if was is not False and will is False}
    assert found.after.calls == calls(world, cases, wish)
    assert found.before.calls == calls(world, cases, STILL)
    assert sum(found.after.by_shift) == found.after.calls == sum(found.after.by_severity.values())
    if wish is WISH:
        assert found.after.calls > found.before.calls
        assert [row.limit_after for row in found.stages] == [240, 45, 480, 720, None]


def calls(world: World, cases: Iterable[Case], wish: Wish) -> int:
    """Crossings of warnings and limits, clock by clock."""
    many = 0
    for case in cases:
        for clock in case.deadlines:
            if clock.kind is DeadlineKind.TOTAL:
                continue
            ended = clock.met_at
            if ended is None and clock.cancelled:
                ended = case.closed_at
            elif ended is None and clock.paused_since is None:
                ended = NOW
            if ended is None:
                continue
            due, warn = lines(world, clock, wish)
            inside = [at for at in (due, warn) if at < ended and first_shift() <= at < last_shift()]
            many += len(inside)
    return many


def first_shift() -> datetime:
    """The shift that runs at the beginning of the period: noon lies in 08–16."""
    return MONTH.start.astimezone(ZONE).replace(hour=8).astimezone(UTC)


def last_shift() -> datetime:
    return NOW.astimezone(ZONE).replace(hour=16).astimezone(UTC)


def test_the_past_is_the_one_of_kpi(world: World) -> None:
    found = world.services.whatif.ask(LEADER, STILL)
    told = world.services.kpi.figures(LEADER, MONTH.start, NOW).rows[0].values
    for row in found.stages[:4]:
        assert (row.before, row.hits_before) == (told[f"{row.kind}_met"].value, told[f"{row.kind}_met"].num)
        assert (row.after, row.lost, row.won) == (row.before, (), ())


def test_a_time_without_cases_is_no_trouble(world: World) -> None:
    rankings, empty = (
        world.services.rankings,
        Period("free", NOW - timedelta(days=99), NOW - timedelta(days=90)),
    )
    for measure in MEASURES[:-1]:
        found = rankings.rank(LEADER, RankWish("community", measure, empty))
        assert (found.rows, found.n, found.nameless) == ((), 0, 0)
    assert rankings.heat(LEADER, empty).n == 0
    assert rankings.causes(LEADER, empty).rows == ()
    assert world.services.kpi.figures(LEADER, empty.start, empty.end, by="team").rows == ()
    tried = world.services.whatif.ask(LEADER, Wish(empty.start, empty.end, arrival=480))
    assert (tried.n, tried.after.calls, tried.stages[2].after) == (0, 0, None)


def test_nobody_without_the_right_sees_figures_and_nonsense_is_refused(world: World) -> None:
    asks = (
        lambda: world.services.rankings.rank(FIELD, RankWish("team", "total_met", MONTH)),
        lambda: world.services.rankings.heat(FIELD, MONTH),
        lambda: world.services.rankings.causes(FIELD, MONTH),
        lambda: world.services.whatif.ask(FIELD, STILL),
        lambda: world.services.rankings.rank(LEADER, RankWish("moon", "total_met", MONTH)),
        lambda: world.services.rankings.rank(LEADER, RankWish("team", "moon", MONTH)),
        lambda: world.services.whatif.ask(LEADER, Wish(NOW, MONTH.start)),
        lambda: world.services.whatif.ask(LEADER, Wish(MONTH.start, NOW, arrival=1)),
        lambda: world.services.whatif.ask(LEADER, Wish(MONTH.start, NOW, warn=100)),
    )
    codes = []
    for ask in asks:
        with pytest.raises(Refusal) as told:
            ask()
        codes.append(told.value.code)
    assert codes == ["forbidden"] * 4 + ["bad_usage"] * 2 + ["bad_value"] * 3
    assert len(set(MEASURES)) == len(MEASURES)
