"""A shift looked back at: whatever people did, each moment is what the office
saw then. Random officers work through a shift while somebody writes down, at
random instants, what the board shows; afterwards the past tells the same."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import db
from console.domain import kpi, life, replay
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, Case, Command
from console.domain.vocabulary import OPEN, Action, EvidenceKind, Role, SourceKind, State
from console.models.past_walls import written
from console.services.alarm_sources import Condition
from console.services.board import BoardReader
from console.services.cases import Attachment, NewCase
from console.services.figures import figures_in, today
from console.services.history_records import GONE, HANGS, WallChange
from console.services.past_shift import Moment, PastShift, moment
from console.services.ports import CaseQuery
from console.services.rules import load_rules
from console.services.views import BoardView
from console.widgets.layouts import PRESETS
from tests.db.test_case_replay import STANDARD, Office
from tests.unit.domain.test_life_machine import BRANCHES
from tests.unit.services.conftest import DUTY, LEADER, MORNING, OTHER_LEADER

SEED = int(os.environ.get("FIFTEEN_SEED", "20261121"))
ROUNDS = 100
SUPERVISOR = Actor("boss", Role.SUPERVISOR)
SOURCES = ["camera", "patrol", "public"]


@dataclass
class Seen:
    """What was there at an instant."""

    at: datetime
    board: BoardView
    cases: dict[str, Case]
    total: kpi.Value
    p90: kpi.Value


class Day:
    """One shift and what happens in it."""

    def __init__(self, office: Office, rng: random.Random) -> None:
        self.office, self.rng = office, rng
        self.clock, self.services = office.clock, office.services
        self.seen: list[Seen] = []
        self.troubles: list[Condition] = []
        self.wishes: list[Callable[[], object]] = [
            self.open, self.open, self.forward, self.forward, self.forward, self.aside, self.aside,
            self.correct, self.answer, self.alarm, self.alarm, self.photo, self.note, self.trouble, self.wall,
        ]  # fmt: skip

    def step(self) -> None:
        """Time goes on, somebody does something, and sometimes it is written down."""
        self.clock.on(
            seconds=self.rng.choice([1, 7, 40, 90, 200, 400]), microseconds=self.rng.randint(1, 999)
        )
        if self.rng.random() < 0.5:
            self.services.alarms.sweep()
            self.tick()
        try:
            self.rng.choice(self.wishes)()
        except Refusal:
            pass
        self.tick()
        if self.rng.random() < 0.3:
            self.look()

    def tick(self) -> None:
        self.clock.on(microseconds=1)

    def look(self) -> None:
        self.clock.on(seconds=self.rng.random() * 3)
        now = self.clock.now()
        reader = BoardReader(
            self.office.store.uows, self.clock, self.services.store, "test", teams=self.services.teams
        )
        with self.office.store.uows.read() as uow:
            rows = uow.cases.find(CaseQuery(limit=5000)).rows
            day = figures_in(uow, *today(now), now).rows[0].values
        view = reader.board(SUPERVISOR)
        self.seen.append(Seen(now, view, {c.id: c for c in rows}, day["total_met"], day["arrival_p90"]))
        self.tick()

    # -- what people do --------------------------------------------------------

    def pick(self, ended: bool = False) -> Case:
        with self.office.store.uows.read() as uow:
            rows = [c for c in uow.cases.find(CaseQuery(limit=5000)).rows if ended or c.state in OPEN]
        if not rows:
            raise Refusal("unknown_case")
        return self.rng.choice(rows)

    def open(self) -> None:
        from console.domain.vocabulary import Source

        known = {"condition": "E09006-1", "place": "朝凤路", "lon": 113.77, "lat": 34.75}
        new = NewCase(source=Source(self.rng.choice(SOURCES)), **known)  # type: ignore[arg-type]
        self.services.cases.open(DUTY, new)

    def forward(self) -> None:
        """The straight way, some steps of it."""
        case = self.pick()
        for _ in range(self.rng.randint(1, 4)):
            with self.office.store.uows.read() as uow:
                case = uow.cases.load([case.id])[0]
                action = life.next_action(case, Role.DUTY, load_rules(uow, self.clock.now()))
            if action is None:
                return
            result = "exists" if action is Action.VERIFIED else ""
            condition = "E09006-1" if action is Action.FILE else ""
            self.act(DUTY, case, Command(action, result=result, condition=condition, cause="no_reason"))
            self.clock.on(seconds=self.rng.choice([2, 30, 100]))

    def act(self, actor: Actor, case: Case, wish: Command) -> None:
        self.services.cases.act(actor, case.id, wish)
        self.tick()
        if self.rng.random() < 0.7:
            with self.office.store.uows.read() as uow:
                waiting = uow.users.waiting(case.id)
            for one in waiting:
                self.services.cases.approve(OTHER_LEADER, one.id)
                self.tick()

    def aside(self) -> None:
        """A branch that fits where the case stands, mostly."""
        case = self.pick(ended=self.rng.random() < 0.2)
        with self.office.store.uows.read() as uow:
            worked = uow.cases.find(CaseQuery(states=frozenset({State.HANDLING}))).rows
        if worked and self.rng.random() < 0.6:
            case = self.rng.choice(worked)
        often = [*BRANCHES.get(case.state, ()), *BRANCHES.get(case.state, ())]
        seldom = [Action.REOPEN, Action.VERIFY, Action.REJECT, Action.SUPERVISE, Action.REPLY, Action.MERGE]
        later = self.clock.now() + timedelta(hours=self.rng.choice([1, 30]))
        wish = Command(self.rng.choice([*often, *seldom]), reason="等产权单位", until=later, reply_by=later)
        other = self.pick(ended=True).id
        self.act(LEADER, case, replace(wish, text="已到现场", other=other, cause="no_reason"))

    def correct(self) -> None:
        case = self.pick(ended=True)
        name = self.rng.choice(["filed_at", "arrived_at", "found_at", "handled_at"])
        old = getattr(case, name) or self.clock.now()
        value = old + timedelta(seconds=self.rng.randint(-300, 300))
        wish = Command(Action.CORRECT, reason="抄错", field_name=name, field_value=value.isoformat())
        self.act(DUTY, case, wish)

    def answer(self) -> None:
        with self.office.store.uows.read() as uow:
            waiting = uow.users.waiting()
        for one in waiting[:1]:
            self.services.cases.deny(OTHER_LEADER, one.id, "情况不实")

    def alarm(self) -> None:
        with self.office.store.uows.read() as uow:
            active = uow.alarms.find(active=True, limit=1000).rows
        if not active:
            return
        one = self.rng.choice(active)
        alarms = self.services.alarms
        what = self.rng.random()
        if what < 0.6:
            alarms.acknowledge(DUTY, one.id, self.rng.choice([1, 2, 3]))
        elif what < 0.8:
            alarms.shelve(DUTY, one.id, self.rng.choice([1, 20]), "已知")
        elif what < 0.95:
            alarms.unshelve(DUTY, one.id)
        else:
            alarms.hand_over(LEADER)

    def photo(self) -> None:
        file = Attachment(self.office.photo, EvidenceKind.AFTER, self.clock.now(), camera="cam01")
        self.services.cases.attach(DUTY, self.pick().id, [file])

    def note(self) -> None:
        self.act(DUTY, self.pick(ended=True), Command(Action.NOTE, text="已电话联系"))

    def trouble(self) -> None:
        """The cameras come and go."""
        now = self.clock.now()
        name = f"cam{self.rng.randint(1, 4):02d}"
        kept = [one for one in self.troubles if one.id != name]
        if len(kept) == len(self.troubles):
            kept.append(Condition(SourceKind.CAMERA, name, "lost", now))
        self.troubles = kept
        for _ in range(2):
            self.services.alarm_sources.present("cameras", self.troubles, self.clock.now())
            self.clock.on(seconds=61)

    def wall(self) -> None:
        """A wall is hung otherwise, or goes."""
        name = self.rng.choice(["4", "9", "16"])
        layout = PRESETS[name][0]
        cells = [(cell.x, cell.y, cell.w, cell.h) for cell in layout.cells]
        tiles = [f"cam{self.rng.randint(1, 9):02d}" for _ in cells[: self.rng.randint(1, len(cells))]]
        hung = written((name, layout.columns, layout.rows, cells), tiles, (0, 1), None, {})
        what = GONE if self.rng.random() < 0.2 else HANGS
        wall = f"wall-{self.rng.randint(1, 2)}"
        row = WallChange(self.clock.now(), DUTY.name, "desk-1", wall, what, {} if what == GONE else hung)
        self.services.history.hang([row])


def same_alarm(then: Alarm, now: Alarm) -> None:
    """What an officer saw of an alarm; of a camera's what its events tell."""
    names = [
        "state",
        "severity",
        "acked_by",
        "promise_until",
        "shelved_by",
        "shelved_until",
        "louder",
        "code",
    ]
    if then.source_kind is SourceKind.CASE:
        names += ["deadline", "threshold", "due_at", "raised_at", "reason", "acked_severity", "late_s"]
    told = {name: getattr(now, name) for name in names}
    if "late_s" in told:
        assert told.pop("late_s") == pytest.approx(then.late_s, abs=1e-6)
        names.remove("late_s")
    assert told == {name: getattr(then, name) for name in names}, f"alarm {then.id} of {then.source_id}"


def same_board(seen: Seen, past: Moment, whole: PastShift) -> None:
    """Cards, counts, alarms and strip are what they were."""
    then, now = seen.board, past.board
    assert past.at == seen.at
    plain = [replace(c, next_action=None, pace=None, chance=None, version=0) for c in then.cards]
    told = [replace(c, pace=None, chance=None, version=0) for c in now.cards]
    assert told == plain
    assert dict(now.counts) == dict(then.counts)
    ours = {one.alarm.id: one for one in now.alarms}
    assert set(ours) == {one.alarm.id for one in then.alarms}
    for row in then.alarms:
        same_alarm(row.alarm, ours[row.alarm.id].alarm)
        if row.alarm.source_kind is SourceKind.CASE:
            assert replace(ours[row.alarm.id], alarm=row.alarm) == row
    assert now.kpi == replace(then.kpi, total_met=seen.total.value, total_n=seen.total.den or 0,
                              arrival_p90_s=seen.p90.value)  # fmt: skip


def test_each_moment_of_a_shift_is_what_the_office_saw(store: db.Store, tmp_path: Path) -> None:
    office = Office(store, tmp_path)
    office.clock.at = MORNING - timedelta(hours=3)
    rng = random.Random(SEED)
    day = Day(office, rng)
    for _ in range(ROUNDS):
        day.step()
    service = office.services.history
    states: set[State] = set()
    looked = 0
    pasts: dict[str, PastShift] = {}
    for seen in day.seen:
        past = service.shift(SUPERVISOR, at=seen.at)
        past = pasts.setdefault(past.span.id, past)
        same_board(seen, service.moment(SUPERVISOR, past, seen.at), past)
        # The cases of the board are those that the events make.
        with store.uows.read() as uow:
            told = uow.events.since(0, 100_000)
        known = replay.cases(replay.known_at(told, seen.at), STANDARD)
        for case_id, case in known.items():
            stored = replace(seen.cases[case_id], version=0, evidence=())
            assert case == stored
            states.add(case.state)
            mine = next((one for one in past.cases if one.id == case_id), None)
            assert mine is not None or case.state not in OPEN
            if mine is not None:
                assert mine.tape.at(seen.at) == stored
                looked += 1
    # The run is worth something only if much was different.
    assert len(day.seen) > 20
    assert looked > 100
    assert len(states) >= 9, sorted(states)
    kinds = {row.alarm.source_kind for seen in day.seen for row in seen.board.alarms}
    assert {SourceKind.CASE, SourceKind.CAMERA} <= kinds
    assert len(pasts) >= 2


def test_who_did_what_stands_in_order_and_walls_hang_as_they_hung(store: db.Store, tmp_path: Path) -> None:
    office = Office(store, tmp_path)
    office.clock.at = MORNING
    day = Day(office, random.Random(SEED + 1))
    for _ in range(ROUNDS // 2):
        day.step()
    past = office.services.history.shift(SUPERVISOR, at=MORNING + timedelta(minutes=30))
    times = [deed.at for deed in past.deeds]
    assert times
    assert times == sorted(times)
    assert all(past.span.start <= at <= past.end for at in times)
    actors = {deed.actor for deed in past.deeds}
    assert {DUTY.name, "system"} <= actors
    assert [mark.at for mark in past.marks] == sorted(mark.at for mark in past.marks)
    assert {mark.kind for mark in past.marks} == {"alarm", "breach"}
    hung: dict[str, WallChange] = {}
    for deed in past.deeds:
        if isinstance(deed.what, WallChange):
            hung[deed.what.wall] = deed.what
            shown = moment(past, deed.at).walls
            told = {one.change.wall: one.change for one in shown}
            assert told == {wall: one for wall, one in hung.items() if one.what != GONE}
    assert len(hung) == 2


def test_who_may_not_replay_and_a_shift_to_come_are_refused(store: db.Store, tmp_path: Path) -> None:
    office = Office(store, tmp_path)
    service = office.services.history
    with pytest.raises(Refusal) as forbidden:
        service.shift(Actor("wall", Role.KIOSK))
    assert forbidden.value.code == "forbidden"
    with pytest.raises(Refusal) as ahead:
        service.shift(SUPERVISOR, "20991231-night")
    assert (ahead.value.code, ahead.value.detail) == ("unknown_shift", "ahead")
    with pytest.raises(Refusal) as never:
        service.shift(SUPERVISOR, "20260230-night")
    assert never.value.code == "unknown_shift"
    empty = service.shift(SUPERVISOR, at=office.clock.now())
    told = service.moment(SUPERVISOR, empty, empty.span.start - timedelta(days=1))
    assert told.at == empty.span.start
    assert (told.board.cards, told.board.kpi.total_met) == ((), None)
