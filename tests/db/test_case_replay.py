"""Random officers do random things to real cases at random times, on both
databases. Whatever is refused has changed nothing; whatever was done, the events
alone make the same case as the row, the clocks and the teams in the database."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import db
from console.domain import chain, life, replay
from console.domain.approvals import Word
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, Approval, Case, Command, Condition, GradeLimit, Place, Team
from console.domain.thresholds import Threshold
from console.domain.transitions import STAMPS, TABLE, rows
from console.domain.vocabulary import (
    OPEN,
    TERMINAL,
    Action,
    AlarmState,
    DeadlineKind,
    EvidenceKind,
    Role,
    Severity,
    Source,
    State,
    Unit,
)
from console.services.assembly import Services, assemble
from console.services.cases import Attachment, NewCase
from console.services.rules import load_rules
from tests.unit.domain.build import OFFICE, STALL
from tests.unit.domain.test_life_machine import BRANCHES
from tests.unit.services.conftest import DUTY, LEADER, OTHER_LEADER, Hands

#: Another one by hand: ``FIFTEEN_SEED=7 pytest tests/db/test_case_replay.py -s``.
SEED = int(os.environ.get("FIFTEEN_SEED", "20260805"))
EXAMPLES, STEPS = 14, 24
FIELD = Actor("team", Role.FIELD, team="appearance")
ACTORS = [DUTY, LEADER, OTHER_LEADER, FIELD, Actor("wall", Role.KIOSK)]
WISHES = sorted({row.action for row in TABLE})
REASONS = st.sampled_from(["", "等产权单位", "mis-key"])
ANY = st.integers(0, 99)
GRADED = replace(STALL, grade_limits=(GradeLimit("A", 1, Unit.URGENT_HOUR),))
CONDITIONS = (GRADED, OFFICE)
STANDARD = {(one.condition_id, one.version): one for one in CONDITIONS}
#: An alarm of an ended case may only wait for somebody to see that it is over.
OVER = (AlarmState.RETURNED, AlarmState.CLEARED)


#: Some clocks ring by the office's own rows: events and rows keep those too.
THRESHOLDS = (
    Threshold(DeadlineKind.DISPATCH, "warn", 30, severity=Severity.LOW),
    Threshold(DeadlineKind.ARRIVAL, "more", 150, severity=Severity.HIGH),
    Threshold(DeadlineKind.HANDLING, "warn", left_s=900, severity=Severity.LOW),
    Threshold(DeadlineKind.CHECK, "warn"),
)


class Office:
    """One database with its services, for all examples of a run."""

    def __init__(self, store: db.Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.clock = Hands()
        self.services: Services = assemble(store.uows, self.clock, folder, purpose="test")
        self.photo = folder / "after.txt"
        self.photo.write_text("after", "utf-8")
        self.checked: tuple[int, str] = (0, chain.GENESIS)
        self.refused: set[str] = set()
        self.done: set[Action] = set()
        with store.uows.write() as uow:
            uow.reference.put_categories(_categories(CONDITIONS))
            uow.reference.put_conditions(CONDITIONS)
            uow.reference.put_places([Place("community", "yatai", "亚太社区", "Yatai", grade="A")])
            uow.reference.put_teams(Team(name, name, name, own=True) for name in ("appearance", "patrol"))
            uow.thresholds.add(THRESHOLDS)
            uow.commit()


def _categories(conditions: tuple[Condition, ...]):  # type: ignore[no-untyped-def]
    from console.domain.model import Category

    one = conditions[0]
    return [Category(one.category, one.code_2013, "街面秩序", "Street order", one.name_zh, one.name_en)]


class Shift(RuleBasedStateMachine):
    """A few cases and everybody who may, or may not, touch them."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office, self.clock = office, office.clock
        self.cases, self.alarms = office.services.cases, office.services.alarms
        self.ids: list[str] = []

    # -- reading -------------------------------------------------------------

    def case(self, pick: int) -> Case:
        return self.stored()[pick % len(self.ids)]

    def stored(self) -> tuple[Case, ...]:
        with self.office.store.uows.read() as uow:
            return uow.cases.load(self.ids)

    def waiting(self) -> tuple[Approval, ...]:
        with self.office.store.uows.read() as uow:
            return tuple(one for one in uow.users.waiting() if one.case in self.ids)

    def ringing(self) -> dict[str, Alarm]:
        with self.office.store.uows.read() as uow:
            return dict(uow.alarms.open_of("case", self.ids))

    def everything(self) -> object:
        with self.office.store.uows.read() as uow:
            head = uow.events.head()
        return self.stored(), self.waiting(), self.ringing(), head

    def attempt(self, do: Callable[[], object]) -> bool:
        """Do it; a refusal leaves everything as it was."""
        before, said = self.everything(), ""
        try:
            do()
        except Refusal as refusal:
            said = f"{refusal.code}.{refusal.detail}"
        if said:
            self.office.refused.add(said)
            assert self.everything() == before, f"refused with {said}, and yet something changed"
        return not said

    def act(self, actor: Actor, case: Case, command: Command) -> bool:
        def do() -> None:
            self.cases.act(actor, case.id, command, seen_version=case.version)
            self.office.done.add(command.action)

        return self.attempt(do)

    # -- what people do ------------------------------------------------------

    @initialize(begun=st.lists(st.tuples(st.sampled_from(list(Source)), ANY), min_size=2, max_size=2))
    def begin(self, begun: list[tuple[Source, int]]) -> None:
        """Two cases, each somewhere on its way."""
        self.clock.on(hours=1)
        for pick, (source, steps) in enumerate(begun):
            new = NewCase(source=source, condition="E09006-1", place="朝凤路", lon=113.7712345, lat=34.75)
            self.ids.append(self.cases.open(DUTY, new).case.id)
            self._forward(pick, steps % 9, 30)

    @rule(seconds=st.one_of(st.integers(0, 90), st.integers(0, 4 * 3600)), sweep=st.booleans())
    def time_passes(self, seconds: int, sweep: bool) -> None:
        self.clock.on(seconds=seconds)
        if sweep:
            self.alarms.sweep()

    @rule(pick=ANY, steps=st.integers(1, 3), seconds=st.integers(1, 600))
    def go_on(self, pick: int, steps: int, seconds: int) -> None:
        """The straight way, some steps of it, by the officer on duty."""
        self._forward(pick, steps, seconds)

    def _forward(self, pick: int, steps: int, seconds: int) -> None:
        for _ in range(steps):
            case = self.case(pick)
            if case.state not in OPEN:
                return
            self.clock.on(seconds=seconds)
            with self.office.store.uows.read() as uow:
                action = life.next_action(case, Role.DUTY, load_rules(uow, self.clock.now()))
            assert action is not None
            wish = Command(action, result="exists" if action is Action.VERIFIED else "", cause="no_unit")
            condition = "E09006-1" if action is Action.FILE else ""
            assert self.act(DUTY, case, replace(wish, condition=condition))

    @rule(
        pick=ANY,
        other=ANY,
        action=st.sampled_from(WISHES),
        actor=st.sampled_from(ACTORS),
        reason=REASONS,
        result=st.sampled_from(["", "exists", "pass", "rework", "parent", "nonsense"]),
        back=st.one_of(st.none(), st.integers(-60, 7200)),
        ahead=st.one_of(st.none(), st.integers(-10, 5 * 86_400)),
        team=st.sampled_from([(), ("appearance",), ("patrol", "appearance"), ("nobody",)]),
    )
    def wish(
        self,
        pick: int,
        other: int,
        action: Action,
        actor: Actor,
        reason: str,
        result: str,
        back: int | None,
        ahead: int | None,
        team: tuple[str, ...],
    ) -> None:
        """Anything, by anybody."""
        now = self.clock.now()
        until = None if ahead is None else now + timedelta(seconds=ahead)
        at = None if back is None else now - timedelta(seconds=back)
        wish = Command(action, at=at, reason=reason, result=result, until=until, reply_by=until, teams=team)
        self.act(actor, self.case(pick), replace(wish, text=reason, other=self.case(other).id))

    @rule(pick=ANY, which=ANY, seconds=st.integers(1, 1200), grant=st.booleans())
    def turn_aside(self, pick: int, which: int, seconds: int, grant: bool) -> None:
        """A branch with all it needs; it may still come too late or too often."""
        case = self.case(pick)
        branches = [*BRANCHES.get(case.state, ()), Action.URGE, Action.SUPERVISE]
        if case.reply_by is not None:
            branches = [Action.REPLY, *branches[:1]]
        action = branches[which % len(branches)]
        later = self.clock.on(seconds=seconds) + timedelta(days=1)
        wish = Command(action, reason="不属本队", until=later, reply_by=later, text="已到现场", cause="far")
        known = {one.id for one in self.waiting()}
        self.act(LEADER, case, replace(wish, result="rework" if action is Action.CHECK else ""))
        for request in self.waiting():
            if grant and request.id not in known:
                self.attempt(lambda number=request.id: self.cases.approve(OTHER_LEADER, number))

    @rule(pick=ANY, field=st.sampled_from(STAMPS), seconds=st.integers(-900, 900), grant=st.booleans())
    def correct_a_time(self, pick: int, field: str, seconds: int, grant: bool) -> None:
        case = self.case(pick)
        old: datetime | None = getattr(case, field)
        value = (old or self.clock.now()) + timedelta(seconds=seconds)
        self._correct(case, field, value.isoformat(), grant)

    @rule(
        pick=ANY,
        right=st.sampled_from(
            [
                ("place", "经北六路"),
                ("community", "亚太社区"),
                ("community", "nowhere"),
                ("source", "patrol"),
                ("source", "camera"),
                ("category", "E06001-1"),
                ("category", "E09006-1"),
                ("category", "nonsense"),
                ("owner", "me"),
            ]
        ),
        grant=st.booleans(),
    )
    def correct_something(self, pick: int, right: tuple[str, str], grant: bool) -> None:
        self._correct(self.case(pick), *right, grant)

    def _correct(self, case: Case, field: str, value: str, grant: bool) -> None:
        wish = Command(Action.CORRECT, reason="抄错", field_name=field, field_value=value)
        known = {one.id for one in self.waiting()}
        self.act(DUTY, case, wish)
        for request in self.waiting():
            if grant and request.id not in known:
                self.attempt(lambda number=request.id: self.cases.approve(LEADER, number))

    @precondition(lambda self: self.ids and self.waiting())
    @rule(
        pick=ANY,
        actor=st.sampled_from(ACTORS),
        word=st.sampled_from(["yes", "no", "back"]),
        ago=st.one_of(st.none(), st.integers(-5, 1800)),
    )
    def answer(self, pick: int, actor: Actor, word: str, ago: int | None) -> None:
        waiting = self.waiting()
        number = waiting[pick % len(waiting)].id
        at = None if ago is None else self.clock.now() - timedelta(seconds=ago)
        said = Word("情况不实", at, "张队")
        answers: dict[str, Callable[[], object]] = {
            "yes": lambda: self.cases.approve(actor, number, said),
            "no": lambda: self.cases.deny(actor, number, word=said),
            "back": lambda: self.cases.withdraw(actor, number),
        }
        self.attempt(answers[word])

    @rule(pick=ANY, actor=st.sampled_from(ACTORS))
    def a_photo(self, pick: int, actor: Actor) -> None:
        file = Attachment(self.office.photo, EvidenceKind.AFTER, self.clock.now())
        self.attempt(lambda: self.cases.attach(actor, self.case(pick).id, [file]))

    @rule(pick=ANY, minutes=st.integers(0, 3), shelve=st.booleans())
    def take_an_alarm_on(self, pick: int, minutes: int, shelve: bool) -> None:
        self.alarms.sweep()
        ringing = sorted(self.ringing().values(), key=_number)
        if not ringing:
            return
        number = ringing[pick % len(ringing)].id
        if shelve:
            self.attempt(lambda: self.alarms.shelve(DUTY, number, minutes, "已知"))
        else:
            self.attempt(lambda: self.alarms.acknowledge(DUTY, number, minutes))

    # -- what must hold ------------------------------------------------------

    @invariant()
    def all_of_it_holds(self) -> None:
        seq, digest = self.office.checked
        with self.office.store.uows.read() as uow:
            fresh = uow.events.since(seq, 100_000)
            self.office.checked = uow.events.head()
            stored = uow.cases.load(self.ids)
            chains = {case.id: uow.events.of_case(case.id) for case in stored}
            waiting = [one for one in uow.users.waiting() if one.case in self.ids]
            active = uow.alarms.find(active=True, limit=10_000).rows
        # The chain.
        assert chain.verify(fresh, digest, seq) is None
        assert self.office.checked[0] == seq + len(fresh)
        # The events alone make the same case.
        for case in stored:
            assert replay.case(chains[case.id], STANDARD) == replace(case, version=0, evidence=())
        states = {case.id: case.state for case in stored}
        self._requests(waiting, states)
        self._rings(active, states)

    def _requests(self, waiting: Sequence[Approval], states: Mapping[str, State]) -> None:
        """One of a kind waits, and none for an ended case."""
        kinds = [(one.case, one.action, str(one.command.get("field_name"))) for one in waiting]
        assert len(kinds) == len(set(kinds))
        for case_id, action, _field in kinds:
            assert states[case_id] not in TERMINAL or rows(action, states[case_id])

    def _rings(self, active: Sequence[Alarm], states: Mapping[str, State]) -> None:
        """One open alarm for a source, and none that rings for an ended case."""
        sources = [(one.source_kind, one.source_id) for one in active]
        assert len(sources) == len(set(sources))
        for one in active:
            assert states.get(one.source_id) not in TERMINAL or one.state in OVER


def _number(alarm: Alarm) -> int:
    return alarm.id


def test_events_make_the_same_cases_whatever_people_do(store: db.Store, tmp_path: Path) -> None:
    office = Office(store, tmp_path)

    @seed(SEED)
    class Here(Shift):
        def __init__(self) -> None:
            super().__init__(office)

    print(f"seed {SEED}")
    limits = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        derandomize=False,
        database=None,
        # The database goes on from example to example, so that a shorter way to
        # the same failure would be looked for in vain.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Here, settings=limits)
    # The run is worth something only if much was done and much refused.
    asides = {Action.SUSPEND, Action.EXTEND, Action.REFUSE, Action.SUPERVISE, Action.REPLY, Action.CORRECT}
    assert len(asides & office.done) >= 4, sorted(office.done)
    assert len(office.refused) >= 12, sorted(office.refused)
