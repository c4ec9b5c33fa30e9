"""Traffic: the same seed gives the same day, by the rules, and persons come first."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import db
from console.domain import chain, deadlines
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command, Event
from console.domain.transitions import rows
from console.domain.vocabulary import OPEN, Action, AlarmState, DeadlineKind, Role, Source, State
from console.services.cases import NewCase
from console.services.evidence import FileEvidenceStore
from console.services.ports import CaseQuery
from console.simulation import history, opening, plans
from console.simulation.plans import Deed, Plan
from console.simulation.replay_clock import ReplayClock
from console.simulation.stills import Stills
from console.simulation.traffic import Room, Traffic
from tests.unit.simulation.conftest import MORNING

HUMAN = Actor("li.na", Role.DUTY)


def all_events(store: db.Store) -> tuple[Event, ...]:
    with store.uows.read() as uow:
        return uow.events.since(0, 100_000)


def all_cases(store: db.Store, open_only: bool = False) -> dict[str, Case]:
    with store.uows.read() as uow:
        page = uow.cases.find(CaseQuery(limit=10_000, open_only=open_only))
    return {case.id: case for case in page.rows}


def told(events: tuple[Event, ...]) -> list[tuple[str, str, datetime, str]]:
    return [(e.case, e.action.value, e.at, e.actor) for e in events]


def live(
    store: db.Store,
    files: FileEvidenceStore,
    minutes: int,
    seed: int = 15,
    every_s: float | None = None,
    **how: float,
) -> Traffic:
    """Traffic for some minutes; stepped at each due instant, or on a beat."""
    clock = ReplayClock(MORNING)
    room = Room.of(store.uows, clock, files)
    traffic = Traffic(room, MORNING, seed, **how)  # type: ignore[arg-type]
    until = MORNING + timedelta(minutes=minutes)
    if every_s is None:
        opening.replay(traffic, room, clock, until)
        return traffic
    while clock.now() < until:
        clock.put(clock.now() + timedelta(seconds=every_s))
        room.alarms.sweep()
        traffic.step(clock.now())
    return traffic


def test_same_seed_same_day(loaded: Path, tmp_path: Path, files: FileEvidenceStore) -> None:
    days = []
    for number, seed in enumerate((7, 7, 8)):
        path = tmp_path / f"{number}.sqlite"
        shutil.copy(loaded, path)
        with db.open_store(f"sqlite:///{path}") as store:
            live(store, files, 25, seed, cases_per_hour=30)
            days.append(told(all_events(store)))
    assert days[0] == days[1]
    assert len(days[0]) > 40
    assert days[0] != days[2]


def test_no_illegal_transition_and_a_valid_chain(store: db.Store, files: FileEvidenceStore) -> None:
    live(store, files, 55, cases_per_hour=40)
    events = all_events(store)
    assert chain.verify(events, chain.GENESIS) is None
    for event in events:
        before, after = event.data.get("from"), event.data.get("to")
        if before and event.action not in (Action.APPROVE, Action.DENY, Action.ALARM, Action.OPEN):
            ways = rows(event.action, State(str(before)))
            assert any((row.to or State(str(before))) == after for row in ways) or event.data.get("asked")
    states = Counter(case.state for case in all_cases(store).values())
    assert len(states) >= 6
    assert states[State.CLOSED] > 5


def test_step_on_a_beat_does_the_same_things(loaded: Path, tmp_path: Path, files: FileEvidenceStore) -> None:
    found = []
    for number, every in enumerate((None, 1.0)):
        path = tmp_path / f"{number}.sqlite"
        shutil.copy(loaded, path)
        with db.open_store(f"sqlite:///{path}") as store:
            live(store, files, 10, cases_per_hour=60, every_s=every)
            found.append([(e.case, e.action) for e in all_events(store) if e.action is not Action.ALARM])
    # What was due in the last second may be missing on the beat.
    assert set(found[1]) <= set(found[0])
    assert len(found[0]) - len(found[1]) <= 2


def test_sources_and_matters_come_in_the_measured_mix(store: db.Store) -> None:
    with store.uows.read() as uow:
        conditions = {c.condition_id: c for c in uow.reference.conditions()}
    assert set(plans.MIX) <= set(conditions)
    dice = random.Random(1)
    drawn = [plans.draw(dice, conditions, "zh") for _ in range(4000)]
    shares = Counter(plan.source for plan in drawn)
    assert 0.57 < shares[Source.CAMERA] / 4000 < 0.63
    assert 0.27 < shares[Source.PATROL] / 4000 < 0.33
    assert 0.08 < shares[Source.PUBLIC] / 4000 < 0.12
    most = Counter(plan.condition for plan in drawn).most_common(3)
    assert {name for name, _ in most} == {"E07007-1", "E06036-1", "E06010-1"}
    actions = Counter(deed.action for plan in drawn for deed in plan.deeds)
    for rare in (Action.REJECT, Action.REFUSE, Action.VERIFY, Action.SUSPEND, Action.EXTEND):
        assert actions[rare] > 10, rare
    reworks = sum(deed.result == "rework" for plan in drawn for deed in plan.deeds)
    assert 0.04 < reworks / 4000 < 0.1


def test_some_promises_are_kept_and_some_are_not(store: db.Store) -> None:
    # A history follows the same plans and takes a tenth of the time.
    history.make(
        store.uows,
        ReplayClock(MORNING),
        start=MORNING - timedelta(days=9),
        end=MORNING,
        count=500,
    )
    late: Counter[DeadlineKind] = Counter()
    met: Counter[DeadlineKind] = Counter()
    for case in all_cases(store).values():
        for deadline in case.deadlines:
            if deadline.met_at is not None:
                (late if deadline.met_at > deadline.due_at else met)[deadline.kind] += 1
    for kind in (DeadlineKind.DECISION, DeadlineKind.DISPATCH, DeadlineKind.ARRIVAL, DeadlineKind.HANDLING):
        assert 0.01 < late[kind] / met[kind] < 0.2, kind


# -- the opening ---------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demo_begins_mid_morning(
    store: db.Store, files: FileEvidenceStore, tmp_path: Path, lang: str
) -> None:
    clock = ReplayClock(MORNING)
    opening.begin(store.uows, clock, files, lang=lang, stills=Stills(tmp_path / "stills"))
    cases = all_cases(store, open_only=True)
    assert len(cases) >= 12
    assert len({case.state for case in cases.values()}) >= 6
    soon = [
        crossing
        for case in cases.values()
        for crossing in deadlines.crossings(case, MORNING + timedelta(seconds=15))
        if crossing.threshold == 80 and crossing.at > MORNING
    ]
    assert soon
    assert any(crossing.kind is DeadlineKind.DECISION for crossing in soon)
    assert all(case.opened_at and case.opened_at < MORNING for case in cases.values())
    notes = {case.note for case in all_cases(store).values()}
    assert all(note.isascii() for note in notes) == (lang == "en")
    assert any(case.evidence for case in cases.values())
    assert not list((tmp_path / "stills").iterdir())
    assert chain.verify(all_events(store), chain.GENESIS) is None


def test_the_first_minute_of_a_demo(store: db.Store, files: FileEvidenceStore) -> None:
    clock = ReplayClock(MORNING)
    traffic = opening.begin(store.uows, clock, files)
    room = Room.of(store.uows, clock, files)
    before = set(all_cases(store))
    raised: set[int] = set()
    early = 0
    acknowledged: set[int] = set()
    for _ in range(60):
        clock.put(clock.now() + timedelta(seconds=1))
        room.alarms.sweep()
        traffic.step(clock.now())
        for alarm in room.alarms.list(HUMAN, active=True).rows:
            if alarm.raised_at > MORNING and alarm.id not in raised:
                raised.add(alarm.id)
                early += bool(alarm.due_at and alarm.due_at > clock.now())
            if alarm.state is AlarmState.ACKNOWLEDGED and alarm.acked_at and alarm.acked_at > MORNING:
                acknowledged.add(alarm.id)
    assert early >= 2
    assert acknowledged & raised
    assert set(all_cases(store)) - before, "nothing came in"
    assert len({case.state for case in all_cases(store, open_only=True).values()}) >= 6


# -- persons first ----------------------------------------------------------------


def test_a_persons_case_is_never_touched(store: db.Store, files: FileEvidenceStore) -> None:
    clock = ReplayClock(MORNING)
    traffic = opening.begin(store.uows, clock, files, earlier=0)
    room = Room.of(store.uows, clock, files)
    opened = room.cases.open(HUMAN, NewCase(Source.CAMERA, condition="E09006-1", camera="cam001")).case.id
    taken = next(c.id for c in all_cases(store, True).values() if c.state is State.FILED)
    room.cases.act(HUMAN, taken, Command(Action.DISPATCH, teams=("appearance",)))
    noted = next(c.id for c in all_cases(store, True).values() if c.state is State.ENROUTE)
    room.cases.act(HUMAN, noted, Command(Action.NOTE, text="已通话"))
    opening.replay(traffic, room, clock, MORNING + timedelta(minutes=16))
    for case_id in (opened, taken, noted):
        with store.uows.read() as uow:
            events = uow.events.of_case(case_id)
        mine = max(i for i, event in enumerate(events) if event.actor == HUMAN.name)
        assert {event.actor for event in events[mine + 1 :]} <= {"system"}
        assert case_id not in traffic.case_ids
    with store.uows.read() as uow:
        alarms = [a for a in uow.alarms.find().rows if a.source_id in (opened, taken)]
        assert alarms
        # Nobody but a person takes on the alarm of a person's case.
        for alarm in alarms:
            assert not any(e.what == "acknowledged" for e in uow.alarms.events_of(alarm.id))


def test_a_lost_race_ends_the_bots_interest(store: db.Store, files: FileEvidenceStore) -> None:
    clock = ReplayClock(MORNING)
    room = Room.of(store.uows, clock, files)
    traffic = Traffic(room, None)
    # A plan the rules do not allow stands for a site whose rules are others.
    traffic.enter(MORNING, Plan(Source.CAMERA, "E09006-1", "", (Deed(Action.CLOSE, 5), Deed(Action.FILE, 5))))
    opening.replay(traffic, room, clock, MORNING + timedelta(minutes=1))
    (case,) = all_cases(store).values()
    assert case.state is State.REGISTERING
    assert traffic.case_ids == ()


def test_burst_brings_a_dozen_within_a_minute(store: db.Store, files: FileEvidenceStore) -> None:
    live(store, files, 2, cases_per_hour=0, burst=True)
    opened = sorted(case.opened_at for case in all_cases(store).values() if case.opened_at)
    assert len(opened) == 12
    assert opened[-1] - opened[0] <= timedelta(seconds=60)


def test_speed_makes_people_quicker(loaded: Path, tmp_path: Path, files: FileEvidenceStore) -> None:
    ended = []
    for number, speed in enumerate((1.0, 10.0)):
        path = tmp_path / f"{number}.sqlite"
        shutil.copy(loaded, path)
        with db.open_store(f"sqlite:///{path}") as store:
            live(store, files, 15, cases_per_hour=12, speed=speed)
            cases = all_cases(store).values()
            ended.append((len(cases), sum(case.state not in OPEN for case in cases)))
    assert ended[1][0] > 4 * ended[0][0]
    assert ended[1][1] > ended[0][1]


@pytest.mark.parametrize("wrong", [{"speed": 0}, {"speed": -1}, {"cases_per_hour": -1}])
def test_bad_rates_are_refused(store: db.Store, files: FileEvidenceStore, wrong: dict[str, float]) -> None:
    with pytest.raises(Refusal):
        Traffic(Room.of(store.uows, ReplayClock(MORNING), files), MORNING, **wrong)  # type: ignore[arg-type]
