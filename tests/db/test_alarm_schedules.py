"""A thousand random schedules: cases led along by people at awkward instants,
swept late, twice, by two programs in turn, by one that dies at any statement of
its transaction, and begun anew. Afterwards every alarm that truth demands is
there once, with its true lateness, and no other.

Another seed by hand: ``FIFTEEN_SEED=7 pytest tests/db/test_alarm_schedules.py -s``.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import pytest

import db
from console.domain import life
from console.domain.errors import Refusal
from console.domain.model import Alarm, Case, Command
from console.domain.vocabulary import TERMINAL, Action, AlarmState, Source, State
from console.services import ringing
from console.services.alarms import AlarmService
from console.services.ports import UnitOfWork
from tests.alarm_truth import complaints
from tests.memory_units import MemoryUnits
from tests.unit.domain.build import RULES, SECOND, STALL, draft
from tests.unit.services.conftest import LEADER, Hands

SEED: Final = int(os.environ.get("FIFTEEN_SEED", "20261121"))
SPAN: Final = timedelta(hours=3)
CONTEXT: Final = life.Context(STALL)

_A = Action
#: What may be done in a state, more often what is written more often.
WAYS: Final = {
    State.REGISTERING: (_A.FILE, _A.FILE, _A.FILE, _A.FILE, _A.VERIFY, _A.REJECT),
    State.VERIFYING: (_A.VERIFIED,),
    State.FILED: (_A.DISPATCH,),
    State.DISPATCHED: (_A.ACCEPT, _A.ACCEPT, _A.REFUSE),
    State.ENROUTE: (_A.ARRIVE, _A.ARRIVE, _A.ARRIVE, _A.REFUSE),
    State.HANDLING: (_A.HANDLED, _A.HANDLED, _A.SUSPEND, _A.REFUSE),
    State.SUSPENDED: (_A.RESUME,),
    State.FEEDBACK: (_A.CHECK,),
    State.CLOSING: (_A.CLOSE,),
}


class Dies(BaseException):
    """The program ends in the middle of a transaction."""


class Mortal:
    """Units of work whose user dies after so many calls of a repository; it may
    be right before a commit, or right after it."""

    def __init__(self, inner: Any, calls: int) -> None:
        self._inner, self._left = inner, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in ("write", "read"):
            return lambda: Mortal(found(), self._left)
        if not callable(found):
            return _Counted(self, found)
        return self.counted(found)

    def __enter__(self) -> Mortal:
        self._inner.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._inner.__exit__(*error)

    def counted(self, call: Any) -> Any:
        """``call``, unless this one is too many."""

        def counts(*given: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                raise Dies
            done = call(*given, **named)
            self._left -= 1
            if self._left == 0:
                raise Dies
            return done

        return counts


class _Counted:
    def __init__(self, mortal: Mortal, repository: Any) -> None:
        self._mortal, self._repository = mortal, repository

    def __getattr__(self, name: str) -> Any:
        return self._mortal.counted(getattr(self._repository, name))


class World:
    """Many schedules on one store and one clock. ``programs``: the units of work
    of programs that sweep it, each by its own."""

    def __init__(self, programs: Sequence[Any], schedules: int, sweeps: int, seed: int) -> None:
        self.seed, self.dice, self.clock, self.programs = seed, Random(seed), Hands(), programs
        self.done: Counter[str] = Counter()
        self.end = self.clock.at + SPAN
        self.plan: list[tuple[datetime, int, str]] = []
        self._begin(schedules)
        at = self.clock.at
        for number in range(sweeps):
            at += timedelta(seconds=self.dice.expovariate(sweeps / SPAN.total_seconds()))
            self._put(at, "", number)

    # -- time --------------------------------------------------------------------
    def play(self) -> None:
        """Everything in its order; steps between two sweeps in one transaction."""
        while self.plan and self.plan[0][0] <= self.end:
            if self.plan[0][2] == "":
                self.clock.at = heapq.heappop(self.plan)[0]
                self._sweep()
                self._officer()
                continue
            with self.programs[0].write() as uow:
                while self.plan and self.plan[0][2] and self.plan[0][0] <= self.end:
                    at, _, case_id = heapq.heappop(self.plan)
                    self.clock.at = at
                    self._step(uow, case_id)
                uow.commit()
        self.clock.at = self.end
        self._service().sweep()

    def _put(self, at: datetime, case_id: str, order: int = 0) -> None:
        heapq.heappush(self.plan, (at, order, case_id))

    # -- the program ---------------------------------------------------------------
    def _service(self) -> AlarmService:
        """A program that has just begun: it remembers nothing."""
        return AlarmService(self.dice.choice(self.programs), self.clock)

    def _sweep(self) -> None:
        how = self.dice.choice(("once", "once", "twice", "dies"))
        self.done[how] += 1
        if how == "dies":
            try:
                mortal: Any = Mortal(self.dice.choice(self.programs), self.dice.randint(1, 40))
                AlarmService(mortal, self.clock).sweep()
            except Dies:
                self.done["died"] += 1
            return
        for _ in range(2 if how == "twice" else 1):
            self._service().sweep()

    # -- people ----------------------------------------------------------------------
    def _begin(self, schedules: int) -> None:
        with self.programs[0].write() as uow:
            steps = []
            for _ in range(schedules):
                back = timedelta(seconds=self.dice.choice((0, 0, self.dice.uniform(0, 400))))
                new = draft(self.dice.choice(list(Source)), found_at=self.clock.at - back)
                steps.append(life.open_case(new, LEADER, RULES, self.clock.at))
            cases = uow.cases.add_all([step.case for step in steps], "20260805")
            for case, step in zip(cases, steps, strict=True):
                uow.events.append([replace(one, case=case.id) for one in step.drafts])
                self._put(self._moment(case), case.id)
            uow.commit()

    def _moment(self, case: Case) -> datetime:
        """When the next step comes: often right at a mark of a running clock."""
        now = self.clock.at
        running = [d for d in case.deadlines if d.running and d.paused_since is None]
        if running and self.dice.random() < 0.6:
            clock = self.dice.choice(running)
            near = self.dice.choice((clock.warn_at, clock.due_at))
            near += timedelta(seconds=self.dice.choice((-1, -0.000001, 0, 0, 0.000001, 0.25, 7)))
            if near >= now:
                return near
        return now + timedelta(seconds=self.dice.choice((0, 0.3, 20, 90, 700)) * self.dice.random())

    def _step(self, uow: UnitOfWork, case_id: str) -> None:
        """One person's step, as the service of cases takes it."""
        now = self.clock.at
        case = uow.cases.get(case_id)
        assert case is not None
        if case.state in TERMINAL:
            return
        action = self.dice.choice(WAYS[case.state])
        if action is Action.SUSPEND and case.suspensions:
            action = Action.HANDLED  # once is all that is granted
        rung = ringing.catch_up(uow, case, now, now)
        step = life.step(case, self._wish(action), LEADER, RULES, now, CONTEXT)
        drafts = [*rung.drafts, *step.drafts]
        if step.approval is not None:
            step = life.perform_approved(case, step.approval, SECOND, RULES, now, CONTEXT)
            drafts += step.drafts
        saved = uow.cases.save(step.case, case.version)
        settled = ringing.settle(uow, saved, now)
        uow.events.append([*drafts, *settled.drafts])
        self.done[action.value] += 1
        self._put(self._moment(saved), case_id)

    def _wish(self, action: Action) -> Command:
        result = {_A.VERIFIED: "exists", _A.CHECK: self.dice.choice(("pass", "pass", "rework"))}
        return Command(
            action,
            teams=(self.dice.choice(("appearance", "patrol")),) if action is _A.DISPATCH else (),
            reason="不属本队",
            result=result.get(action, ""),
            until=self.clock.at + timedelta(seconds=self.dice.uniform(1, 4000)),
        )

    def _officer(self) -> None:
        """Now and then somebody answers an alarm."""
        service = self._service()
        for alarm in service.list(LEADER, active=True, limit=4).rows:
            try:
                self._answer(service, alarm, self.dice.randrange(6))
            except Refusal as refusal:
                if refusal.code != "illegal_transition":
                    raise

    def _answer(self, service: AlarmService, alarm: Alarm, what: int) -> None:
        if alarm.state is AlarmState.SHELVED and what < 2:
            service.unshelve(LEADER, alarm.id)
        elif what == 2:
            service.shelve(LEADER, alarm.id, self.dice.randint(1, 20), "现场核实中")
        elif what == 3 and self.dice.random() < 0.1:
            service.hand_over(LEADER)
        elif alarm.state is not AlarmState.ACKNOWLEDGED and what > 3:
            service.acknowledge(LEADER, alarm.id, self.dice.randint(1, 3))
        else:
            return
        self.done["answered"] += 1


def check(world: World) -> list[str]:
    """Play it; what is missing or too many."""
    print(f"seed {world.seed}")
    world.play()
    # The run is worth something only if much has happened.
    assert world.done["died"] > 3, world.done
    assert world.done["answered"] > 20, world.done
    assert all(world.done[one.value] for ways in WAYS.values() for one in ways), world.done
    return complaints(world.programs[0], world.end)


@pytest.mark.parametrize("world", range(5))
def test_a_thousand_schedules_end_with_what_truth_demands(sqlite_url: str, world: int) -> None:
    """Five worlds of two hundred: a sweep looks at all of its world."""
    with db.open_store(sqlite_url) as store, store.uows.read() as beside:
        units = MemoryUnits(beside)
        assert check(World([units, units], 200, 160, SEED + world)) == []


def test_schedules_on_a_database_end_so_too(url: str) -> None:
    with db.open_store(url) as one, db.open_store(url) as other:
        assert check(World([one.uows, other.uows], 30, 120, SEED)) == []
