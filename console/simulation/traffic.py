"""Believable case traffic through the real services.

:meth:`Traffic.step` does what is due at a given time and has no thread and no
clock of its own, so that the same seed gives the same day. It plays three
parts: what happens in the street (intake), the field teams (accept, arrive,
handle) and an officer who keeps the desk going but is slow enough now and then
that a person at the desk finds something to do.

A case that a person opened, or on which a person has done anything, is theirs:
the traffic lets it go and never touches it again.
"""

from __future__ import annotations

import heapq
import logging
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, Command
from console.domain.records import replace
from console.domain.terms import SYSTEM
from console.domain.vocabulary import Action, AlarmState, Channel, EvidenceKind, SourceKind
from console.services.alarms import AlarmService
from console.services.cases import Attachment, CaseService
from console.services.ports import Clock, EvidenceStore, UnitOfWorkFactory
from console.simulation import breaches
from console.simulation.plans import Deed, Plan, draw
from console.simulation.stills import Stills
from console.simulation.world import DUTY, SECOND, World, field_actor

log = logging.getLogger(__name__)

#: How often the officer looks at the alarms.
LOOK_S = 2.0
#: Share of the officer's steps that are left lying, for a person to take.
LEFT = 0.22
#: Cases of a burst, and the time within which they come.
BURST_CASES, BURST_S, BURST_AFTER_S, BURST_EVERY_S = 12, 60.0, 15.0, 1800.0


@dataclass(frozen=True, slots=True)
class Room:
    """The services the traffic goes through, all on one clock."""

    uows: UnitOfWorkFactory
    cases: CaseService
    alarms: AlarmService

    @classmethod
    def of(cls, uows: UnitOfWorkFactory, clock: Clock, store: EvidenceStore) -> Self:
        """Services of their own on ``clock``."""
        return cls(uows, CaseService(uows, clock, store), AlarmService(uows, clock))


@dataclass
class _Open:
    """A case under way: the plan and how far it has got."""

    number: int
    plan: Plan
    dice: random.Random
    case_id: str = ""
    camera: str = ""
    done: int = 0
    team: str = ""
    request: int = 0


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """Something to be done at a time; ``what`` is ``open``, ``deed`` or
    ``ack`` of ``which`` (a running number, or an alarm's id)."""

    at: datetime
    order: int
    what: str
    which: int


class Traffic:
    """The traffic of one site from ``start`` on (``None``: no intake yet, but
    for :meth:`enter`, until :meth:`move_to`).

    ``cases_per_hour`` come in at random times (0: none but those of
    :meth:`enter`); ``speed`` makes people as much quicker (promises stay as
    they are); ``burst`` adds a storm of twelve cases within a minute, soon and
    every half hour; ``lang`` is the language people type in. With ``stills``
    cases that a camera found get a picture, and handled ones an after-photo.
    """

    def __init__(
        self,
        room: Room,
        start: datetime | None,
        seed: int = 15,
        cases_per_hour: float = 12.0,
        speed: float = 1.0,
        burst: bool = False,
        lang: str = "zh",
        stills: Stills | None = None,
    ) -> None:
        if speed <= 0 or cases_per_hour < 0:
            raise Refusal("bad_value", "range", value=min(speed, cases_per_hour), low="0", high="1000")
        self._room = room
        self._world = World.read(room.uows)
        self._seed = seed
        self._rate = cases_per_hour
        self._speed = speed
        self._pace = 1.0
        self._burst = burst
        self._lang = lang
        self._stills = stills
        self._street = random.Random(f"{seed}:street")
        self._queue: list[_Due] = []
        self._open: dict[int, _Open] = {}
        self._by_case: dict[str, int] = {}
        self._acks: set[tuple[int, int]] = set()
        self._orders = 0
        self._numbers = 0
        self._looked_at: datetime | None = None
        self._next_intake: datetime | None = None
        if start is not None:
            self._live_from(start)

    # -- what a caller sees --------------------------------------------------

    @property
    def names(self) -> frozenset[str]:
        """The people this traffic acts as."""
        fields = {field_actor(c.team).name for c in self._world.conditions.values()}
        fields |= {field_actor(team).name for team in self._world.own_teams}
        return frozenset(fields | {DUTY.name, SECOND.name, SYSTEM.name})

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Cases it still looks after."""
        return tuple(self._by_case)

    def next_due(self) -> datetime | None:
        """When :meth:`step` has something to do next (alarms not counted)."""
        times = [self._queue[0].at] if self._queue else []
        if self._next_intake is not None:
            times.append(self._next_intake)
        return min(times, default=None)

    def step(self, now: datetime) -> int:
        """Do all that is due at ``now``, in the order it was due; returns how
        many things were done. Never raises for a case that went another way."""
        done = 0
        while (due := self.next_due()) is not None and due <= now:
            if self._next_intake is not None and self._next_intake <= due:
                self._intake(self._next_intake)
                continue
            job = heapq.heappop(self._queue)
            done += self._do(job, now)
        if self._looked_at is None or (now - self._looked_at).total_seconds() >= LOOK_S:
            self._looked_at = now
            self._look(now)
        return done

    def enter(self, at: datetime, plan: Plan) -> None:
        """Let a case with a given plan come in at ``at``."""
        self._numbers += 1
        dice = random.Random(f"{self._seed}:{self._numbers}")
        self._open[self._numbers] = _Open(self._numbers, plan, dice)
        self._put(at, "open", self._numbers)

    def move_to(self, room: Room, now: datetime) -> None:
        """Go on with other services (from a replayed past to the present);
        intake begins now."""
        self._room = room
        self._live_from(now)

    # -- the street ----------------------------------------------------------

    def _live_from(self, start: datetime) -> None:
        self._pace = self._speed
        if self._rate > 0:
            # The first case comes soon: a newcomer should not wait for life.
            self._next_intake = start + timedelta(seconds=self._street.uniform(4, 9))
        if self._burst:
            self._storm(start + timedelta(seconds=BURST_AFTER_S))

    def _storm(self, at: datetime) -> None:
        for _ in range(BURST_CASES):
            self.enter(at + timedelta(seconds=self._street.uniform(0, BURST_S)), self._drawn())
        self._put(at + timedelta(seconds=BURST_EVERY_S), "storm", 0)

    def _drawn(self) -> Plan:
        dice = random.Random(f"{self._seed}:plan:{self._numbers + 1}")
        plan = draw(dice, self._world.conditions, self._lang)
        return replace(plan, deeds=tuple(_left_lying(dice, plan.deeds)))

    def _intake(self, at: datetime) -> None:
        self.enter(at, self._drawn())
        gap = self._street.expovariate(self._rate * self._speed / 3600)
        self._next_intake = at + timedelta(seconds=max(gap, 1.0))

    # -- doing ---------------------------------------------------------------

    def _put(self, at: datetime, what: str, which: int) -> None:
        self._orders += 1
        heapq.heappush(self._queue, _Due(at, self._orders, what, which))

    def _do(self, job: _Due, now: datetime) -> int:
        if job.what == "storm":
            self._storm(job.at)
            return 0
        if job.what == "ack":
            return self._acknowledge(job.which)
        state = self._open.get(job.which)
        if state is None:
            return 0
        try:
            if job.what == "open":
                self._bring_in(state)
            elif not self._ours(state):
                self._let_go(state)
                return 0
            else:
                self._act(state, now)
        except Refusal as refusal:
            # Somebody was faster, or the site's rules are other ones: not ours any more.
            log.info("traffic lets case %s go: %s", state.case_id or "-", refusal)
            self._let_go(state)
            return 0
        self._plan_next(state, job.at)
        return 1

    def _bring_in(self, state: _Open) -> None:
        plan = state.plan
        new = self._world.new_case(state.dice, plan.source, plan.condition, plan.note)
        case = self._room.cases.open(DUTY, new).case
        state.case_id, state.camera = case.id, case.camera
        self._by_case[case.id] = state.number
        if case.camera:
            with self._photo(state, EvidenceKind.SNAPSHOT) as photos:
                if photos:
                    self._room.cases.attach(DUTY, case.id, photos)

    @contextmanager
    def _photo(self, state: _Open, kind: EvidenceKind) -> Iterator[list[Attachment]]:
        """A picture of the place, as a file that is gone afterwards."""
        if self._stills is None:
            yield []
            return
        path = self._stills.picture(state.camera, state.dice)
        try:
            yield [Attachment(path, kind, camera=state.camera)]
        finally:
            path.unlink(missing_ok=True)

    def _plan_next(self, state: _Open, at: datetime) -> None:
        if state.done >= len(state.plan.deeds):
            self._let_go(state)
            return
        after_s = state.plan.deeds[state.done].after_s / self._pace
        self._put(at + timedelta(seconds=after_s), "deed", state.number)

    def _ours(self, state: _Open) -> bool:
        """Nobody else has done anything to this case."""
        with self._room.uows.read() as uow:
            events = uow.events.of_case(state.case_id)
        names = self.names
        return all(event.actor in names for event in events)

    def _let_go(self, state: _Open) -> None:
        self._open.pop(state.number, None)
        self._by_case.pop(state.case_id, None)

    def _act(self, state: _Open, now: datetime) -> None:
        deed = state.plan.deeds[state.done]
        if deed.action is Action.APPROVE:
            self._room.cases.approve(SECOND, state.request)
        else:
            if deed.action is Action.DISPATCH:
                state.team = self._world.team_for(state.plan.condition, deed.again)
            actor, command = wish(deed, state.plan.condition, state.team, now)
            if deed.action is Action.HANDLED:
                with self._photo(state, EvidenceKind.AFTER) as photos:
                    answer = self._room.cases.act(actor, state.case_id, command, attachments=photos)
            else:
                answer = self._room.cases.act(actor, state.case_id, command)
            if answer.approval is not None:
                state.request = answer.approval.id
        state.done += 1

    # -- alarms --------------------------------------------------------------

    def _look(self, now: datetime) -> None:
        """See new alarms of the traffic's own cases, to be acknowledged after
        a moment; every third is left for a minute or more."""
        for alarm in self._room.alarms.list(DUTY, active=True).rows:
            key = (alarm.id, alarm.louder)
            if key in self._acks or not self._rings_here(alarm):
                continue
            dice = random.Random(f"{self._seed}:ack:{len(self._acks)}")
            slow = len(self._acks) % 3 == 2
            self._acks.add(key)
            wait = dice.uniform(60, 110) if slow else dice.uniform(4, 9)
            self._put(now + timedelta(seconds=wait), "ack", alarm.id)

    def _rings_here(self, alarm: Alarm) -> bool:
        return (
            alarm.source_kind is SourceKind.CASE
            and alarm.source_id in self._by_case
            and alarm.state is AlarmState.RAISED
        )

    def _acknowledge(self, alarm_id: int) -> int:
        with self._room.uows.read() as uow:
            alarm = uow.alarms.get(alarm_id)
        if alarm is None or not self._rings_here(alarm):
            return 0
        state = self._open.get(self._by_case[alarm.source_id])
        if state is None or not self._ours(state):
            return 0
        try:
            self._room.alarms.acknowledge(DUTY, alarm_id, 2)
        except Refusal as refusal:
            log.info("traffic leaves alarm %s: %s", alarm_id, refusal)
            return 0
        return 1


def wish(deed: Deed, condition: str, team: str, now: datetime) -> tuple[Actor, Command]:
    """Who does a planned step, and the command for it."""
    command = Command(deed.action, reason=deed.reason, result=deed.result, text=deed.text, cause=deed.cause)
    if deed.action is Action.FILE:
        command = replace(command, condition=condition)
    elif deed.action in (Action.DISPATCH, Action.ADD_TEAM):
        command = replace(command, teams=(team,))
    elif deed.action is Action.SUSPEND:
        command = replace(command, until=now + timedelta(seconds=deed.until_s))
    elif deed.action is Action.SUPERVISE:
        command = replace(command, reply_by=now + timedelta(seconds=deed.until_s))
    elif deed.action is Action.CLOSE:
        # Kept only where a promise was broken.
        command = replace(command, cause=breaches.cause(random.Random(now.isoformat())))
    if deed.who == "field":
        return field_actor(team), replace(command, channel=Channel.APP)
    return (SECOND if deed.who == "leader" else DUTY), command


def _left_lying(dice: random.Random, deeds: Iterable[Deed]) -> Iterable[Deed]:
    """The officer's steps, some of them put off until an alarm is near."""
    for deed in deeds:
        if deed.who != "duty" or dice.random() >= LEFT:
            yield deed
        elif deed.action is Action.FILE and deed.after_s < 240:
            yield replace(deed, after_s=round(dice.uniform(252, 292), 1))
        elif deed.action in (Action.FEEDBACK, Action.CLOSE):
            yield replace(deed, after_s=round(deed.after_s + dice.uniform(120, 420), 1))
        else:
            yield deed
