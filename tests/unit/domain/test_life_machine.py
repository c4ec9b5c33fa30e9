"""The life of a case under a thousand wishes, sensible and not.

A machine wishes for anything at any time as anybody. Whatever is refused must
have changed nothing; whatever goes through must leave a case that holds
together: stamps in order, clocks that fit the state, one step forward.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.domain import chain, deadlines, life, replay
from console.domain.errors import Refusal
from console.domain.model import Actor, Approval, Case, Command, EventDraft
from console.domain.transitions import RUNNING, STAMPS, TABLE
from console.domain.vocabulary import OPEN, TERMINAL, Action, DeadlineKind, Lamp, Role, Source, State
from tests.unit.domain.build import DUTY, LEADER, OFFICE, SECOND, STALL, T0, draft

ACTORS = [DUTY, LEADER, SECOND, Actor("team", Role.FIELD, team="appearance"), Actor("k", Role.KIOSK)]
WISHES = sorted({row.action for row in TABLE})
REASONS = st.sampled_from(["", "because", "mis-key"])
ORIGINS = st.sampled_from(["filed", "dispatched"])
WAY = {
    State.REGISTERING: Action.FILE,
    State.FILED: Action.DISPATCH,
    State.DISPATCHED: Action.ACCEPT,
    State.ENROUTE: Action.ARRIVE,
    State.HANDLING: Action.HANDLED,
    State.FEEDBACK: Action.FEEDBACK,
    State.CHECKING: Action.CHECK,
    State.CLOSING: Action.CLOSE,
}


BRANCHES = {
    State.REGISTERING: [Action.VERIFY],
    State.DISPATCHED: [Action.REFUSE, Action.ADD_TEAM],
    State.HANDLING: [Action.SUSPEND, Action.EXTEND],
    State.SUSPENDED: [Action.EXTEND, Action.RESUME],
    State.FEEDBACK: [Action.CHECK],
    State.CHECKING: [Action.CHECK],
    State.CLOSING: [Action.CHECK, Action.FORCE_CLOSE],
    State.CLOSED: [Action.REOPEN, Action.APPEAL, Action.CALL_BACK],
}


class CaseLife(RuleBasedStateMachine):
    """One case, its clock, its requests, and all its events."""

    case: Case
    rules: life.Rules
    now: datetime

    @initialize(source=st.sampled_from(list(Source)), origin=ORIGINS)
    def open(self, source: Source, origin: str) -> None:
        self.rules = life.Rules(arrival_origin=origin)
        self.now = T0
        self.requests: list[Approval] = []
        self.drafts: list[EventDraft] = []
        self.other = replace(life.open_case(draft(), DUTY, self.rules, T0).case, id="20260805-0002")
        known = draft(
            source, place="亚太广场", lon=113.771234, lat=34.75, note="烧烤摊", category=STALL.category
        )
        step = life.open_case(known, DUTY, self.rules, self.now)
        self.case = replace(step.case, id="20260805-0001")
        self._events(step)

    def _events(self, step: life.Step) -> None:
        self.drafts += step.drafts

    def _try(self, command: Command, actor: Actor) -> bool:
        """The wish; a refusal must name a known code and change nothing."""
        before = self.case
        context = life.Context(OFFICE if self.case.rework else STALL, self.other)
        try:
            step = life.step(self.case, command, actor, self.rules, self.now, context)
        except Refusal:
            assert self.case == before
            return False
        if step.approval is not None:
            assert step.case == before
            self.requests.append(replace(step.approval, id=len(self.requests) + 1))
        else:
            self._moved(before, step.case, command.action)
            self.case = step.case
        self._events(step)
        return True

    def _moved(self, before: Case, after: Case, action: Action) -> None:
        ways = {(before.state, row.to or before.state) for row in TABLE if row.action is action}
        assert (before.state, after.state) in ways, "not a way of the table"

    @rule(seconds=st.one_of(st.integers(0, 90), st.integers(0, 4 * 3600)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.case.state in OPEN)
    @rule(seconds=st.integers(1, 600))
    def go_on(self, seconds: int) -> None:
        """The straight way always works for the officer on duty."""
        self.now += timedelta(seconds=seconds)
        action = life.next_action(self.case, Role.DUTY, self.rules)
        assert action is not None
        assert self._try(Command(action, result="exists" if action is Action.VERIFIED else ""), DUTY)

    @rule(
        action=st.sampled_from(WISHES),
        actor=st.sampled_from(ACTORS),
        reason=REASONS,
        result=st.sampled_from(["", "exists", "none", "pass", "rework", "yes", "nonsense"]),
        back=st.one_of(st.none(), st.integers(-60, 7200)),
        ahead=st.one_of(st.none(), st.integers(-10, 5 * 86_400)),
        team=st.sampled_from([(), ("appearance",), ("patrol",)]),
    )
    def wish(
        self,
        action: Action,
        actor: Actor,
        reason: str,
        result: str,
        back: int | None,
        ahead: int | None,
        team: tuple[str, ...],
    ) -> None:
        until = None if ahead is None else self.now + timedelta(seconds=ahead)
        at = None if back is None else self.now - timedelta(seconds=back)
        wish = Command(action, at=at, reason=reason, result=result, until=until, reply_by=until, teams=team)
        self._try(replace(wish, text=reason), actor)

    @precondition(lambda self: self._branches())
    @rule(pick=st.integers(0, 99), seconds=st.integers(1, 1200), grant=st.booleans())
    def turn_aside(self, pick: int, seconds: int, grant: bool) -> None:
        """A branch with all it needs; it may still come too late or too often."""
        self.now += timedelta(seconds=seconds)
        branches = self._branches()
        action = branches[pick % len(branches)]
        wish = Command(action, reason="because", until=self.now + timedelta(days=1), text="because")
        wish = replace(wish, result={Action.CHECK: "rework", Action.CALL_BACK: "yes"}.get(action, ""))
        known = len(self.requests)
        if self._try(wish, LEADER) and len(self.requests) > known and grant:
            self._answer(self.requests[-1], SECOND, True)

    def _branches(self) -> list[Action]:
        return BRANCHES.get(self.case.state, [])

    @rule(field=st.sampled_from(STAMPS), seconds=st.integers(-900, 900))
    def ask_for_a_correction(self, field: str, seconds: int) -> None:
        old: datetime | None = getattr(self.case, field)
        value = (old or self.now) + timedelta(seconds=seconds)
        wish = Command(Action.CORRECT, reason="x", field_name=field, field_value=value.isoformat())
        self._try(wish, DUTY)

    @rule(
        field=st.sampled_from(["place", "source", "category", "grid"]),
        value=st.sampled_from(["朝凤路", "patrol", "camera", "public", ""]),
    )
    def ask_for_another_correction(self, field: str, value: str) -> None:
        self._try(Command(Action.CORRECT, reason="x", field_name=field, field_value=value), DUTY)

    @precondition(lambda self: self.requests)
    @rule(who=st.sampled_from(ACTORS), agree=st.booleans(), pick=st.integers(0, 99))
    def answer(self, who: Actor, agree: bool, pick: int) -> None:
        self._answer(self.requests[pick % len(self.requests)], who, agree)

    def _answer(self, request: Approval, who: Actor, agree: bool) -> None:
        before = self.case
        try:
            if agree:
                step = life.perform_approved(before, request, who, self.rules, self.now, life.Context(STALL))
            else:
                step = life.deny(before, request, who, self.rules, self.now)
        except Refusal:
            return
        assert who.role is Role.LEADER
        assert who.name != request.asked_by
        assert agree or step.case == before
        self._moved(before, step.case, request.action) if agree else None
        self.requests.remove(request)
        self.case = step.case
        self._events(step)

    @precondition(lambda self: self.case.state is State.SUSPENDED)
    @rule(late=st.integers(0, 86_400))
    def the_sweep_resumes(self, late: int) -> None:
        until = self.case.suspended_until
        assert until is not None
        self.now = max(self.now, until + timedelta(seconds=late))
        assert self._try(Command(Action.RESUME, at=until), life.SYSTEM)
        assert self.case.state is State.HANDLING

    @invariant()
    def stamps_are_in_order(self) -> None:
        stamps = [at for name in STAMPS if (at := getattr(self.case, name)) is not None]
        # In rework the last check comes before the next handling.
        assert stamps == sorted(stamps)
        assert all(at <= self.now + timedelta(seconds=5) for at in stamps)

    @invariant()
    def clocks_fit_the_state(self) -> None:
        kinds = [d.kind for d in self.case.deadlines]
        assert len(kinds) == len(set(kinds)), "one clock of a kind"
        running = {d.kind for d in self.case.deadlines if d.running}
        assert running <= RUNNING[self.case.state]
        if self.case.state in TERMINAL:
            assert not running
        for deadline in self.case.deadlines:
            assert deadline.due_at > deadline.start_at
            assert deadline.met_at is None or not deadline.cancelled
            assert deadline.met_at is None or deadline.met_at >= deadline.start_at
            paused = deadline.running and deadline.paused_since is not None
            assert paused == self._stands_still(deadline.kind)

    def _stands_still(self, kind: DeadlineKind) -> bool:
        state = self.case.state
        if kind is DeadlineKind.DECISION:
            return state is State.VERIFYING
        return kind is DeadlineKind.HANDLING and state in (State.SUSPENDED, State.FILED)

    @invariant()
    def clocks_that_must_run_do(self) -> None:
        running = {d.kind for d in self.case.deadlines if d.running}
        must = {
            State.REGISTERING: DeadlineKind.DECISION,
            State.VERIFYING: DeadlineKind.VERIFY,
            State.FILED: DeadlineKind.DISPATCH,
            State.DISPATCHED: DeadlineKind.ARRIVAL,
            State.ENROUTE: DeadlineKind.ARRIVAL,
            State.HANDLING: DeadlineKind.HANDLING,
            State.SUSPENDED: DeadlineKind.HANDLING,
            State.FEEDBACK: DeadlineKind.CHECK,
            State.CHECKING: DeadlineKind.CHECK,
        }
        if self.case.state in must:
            assert must[self.case.state] in running

    @invariant()
    def one_step_forward(self) -> None:
        action = life.next_action(self.case, Role.DUTY, self.rules)
        assert (action is None) == (self.case.state in TERMINAL)

    @invariant()
    def counters_stay_within_bounds(self) -> None:
        assert 0 <= self.case.extensions <= 2
        assert 0 <= self.case.suspensions <= 1
        assert (self.case.suspended_until is not None) <= (self.case.state in {State.SUSPENDED} | TERMINAL)

    @invariant()
    def lamps_and_crossings_agree(self) -> None:
        crossed = {(c.kind, c.threshold) for c in deadlines.crossings(self.case, self.now)}
        for a in deadlines.assess(self.case, self.now, self.rules.calendar):
            assert a.remaining_s <= a.deadline.limit.value * 86_400 * a.deadline.times
            rings = a.running and not a.paused and a.kind in deadlines.SEVERITIES
            if rings:
                assert ((a.kind, 100) in crossed) == (a.lamp is Lamp.RED)
                assert ((a.kind, 80) in crossed) == (a.lamp is not Lamp.GREEN)
            else:
                assert (a.kind, 80) not in crossed

    @invariant()
    def its_events_alone_make_the_same_case(self) -> None:
        told = [draft for draft in self.drafts if draft.case in ("", self.case.id)]
        standard = {(one.condition_id, one.version): one for one in (STALL, OFFICE)}
        made = replay.case(told, standard)
        assert made is not None
        assert replace(made, id=self.case.id) == self.case

    @invariant()
    def events_can_be_chained(self) -> None:
        events = chain.extend(0, chain.GENESIS, self.drafts)
        assert chain.verify(events) is None
        assert all("from" in d.data and "to" in d.data for d in self.drafts)


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_the_straight_way_is_in_the_table() -> None:
    for state, action in WAY.items():
        assert any(row.action is action and state in row.sources for row in TABLE)
