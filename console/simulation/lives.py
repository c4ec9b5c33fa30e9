"""Leading invented cases through their lives, in this process or in several.

A life depends on nothing but its number, its time, the plan and those that came
in before it on its day, so days are led side by side and still come out alike
for the same seed. Nothing is stored here.
"""

from __future__ import annotations

import gc
import marshal
import math
import multiprocessing
import os
import pickle
import random
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from console.domain import life, limits
from console.domain.changes import linked
from console.domain.guards import overran
from console.domain.ids import make as make_id
from console.domain.model import Approval, Case, Condition, EventDraft
from console.domain.records import replace
from console.domain.terms import Context, Rules, Step
from console.domain.vocabulary import OPEN, Action, Source, State
from console.services.bulk import Finished, Packed, PackedEvent, Packer, Told, told
from console.simulation import branches
from console.simulation.moulds import Moulds
from console.simulation.plans import Deed, draw
from console.simulation.plans import Plan as CasePlan
from console.simulation.strain import Strain
from console.simulation.traffic import wish
from console.simulation.world import DUTY, SECOND, Spot, World

#: Below so many cases other processes cost more than they save.
_ALONE: Final = 4_000
#: Bundles asked for ahead of the one that is being stored, a process.
_AHEAD: Final = 3
#: Among so many before it a case is looked for that another one repeats.
_NEAR: Final = 60
#: How often the garbage collector looks: what is made here has no circles.
RARELY: Final = (100_000, 50, 100)


class Bundle(NamedTuple):
    """Cases of one local day (``YYYYMMDD``), numbered from ``first`` on: which
    case of the history each is, and when it comes in."""

    day: str
    first: int
    cases: Sequence[tuple[int, datetime]]


class Lot(NamedTuple):
    """What became of a bundle: how many cases, packed; those not ended."""

    many: int
    packed: Packed
    still: Sequence[Case]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a history is made under: one site, one set of rules, one seed, and
    how the database wants its cases packed. Without ``moulds`` every case is
    led through the domain's steps one by one."""

    world: World
    rules: Rules
    end: datetime
    seed: int
    lang: str
    brisk: bool
    packer: Packer
    moulds: bool = True


@dataclass(slots=True)
class Led:
    """A case on its way: where it has got, what has been told of it, and in
    which state it was from when on."""

    case: Case
    condition: str
    told: list[Told] = field(default_factory=list)
    states: list[tuple[datetime, State]] = field(default_factory=list)
    request: Approval | None = None

    def take(self, step: Step) -> None:
        """Go one step on."""
        self.case = step.case
        for draft in step.drafts:
            self.tell(draft)
        self.request = step.approval or self.request

    def tell(self, draft: EventDraft) -> None:
        """Add an event of this case."""
        self.told.append(told(draft, "request" in draft.data))
        self.states.append((draft.at, State(str(draft.data["to"]))))

    def state_at(self, at: datetime) -> State:
        """The state the case was in at ``at``."""
        return max((one for one in self.states if one[0] <= at), key=_when, default=self.states[0])[1]


def _when(one: tuple[datetime, State]) -> datetime:
    return one[0]


def led(plan: Plan, bundles: Sequence[Bundle]) -> Iterator[tuple[Bundle, Lot]]:
    """The bundles in order, each with what became of it."""
    if sum(len(bundle.cases) for bundle in bundles) < _ALONE:
        moulds = _moulds(plan)
        for bundle in bundles:
            yield bundle, lead(plan, bundle, moulds)
        return
    processes = max(1, min(os.cpu_count() or 1, 8))
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(plan,)
    ) as pool:
        coming = deque(bundles)
        queue: deque[tuple[Bundle, Future[Lot | bytes]]] = deque()
        try:
            while True:
                while coming and len(queue) < processes * _AHEAD:
                    queue.append((coming[0], pool.submit(_lead, coming.popleft())))
                if not queue:
                    return
                first, future = queue.popleft()
                yield first, _received(future.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_HERE: list[tuple[Plan, Moulds | None]] = []


def _begin(plan: Plan) -> None:
    """In the other process: an interrupt is answered by the one that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*RARELY)
    _HERE[:] = [(plan, _moulds(plan))]


def _lead(bundle: Bundle) -> Lot | bytes:
    plan, moulds = _HERE[0]
    return _sent(lead(plan, bundle, moulds))


def _sent(lot: Lot) -> Lot | bytes:
    """A lot on its way to the other process: marshalled, which takes half as
    long as pickling, where its rows are plain values."""
    if lot.still or lot.packed.requests:
        rest = pickle.dumps((lot.packed.requests, lot.still))
    else:
        rest = b""
    packed = lot.packed
    try:
        return marshal.dumps(
            (lot.many, dict(packed.rows), [tuple(one) for one in packed.events], packed.words, rest)
        )
    except ValueError:
        return lot


def _received(sent: Lot | bytes) -> Lot:
    if isinstance(sent, Lot):
        return sent
    count, rows, events, words, rest = marshal.loads(sent)
    requests, still = pickle.loads(rest) if rest else ((), ())
    return Lot(count, Packed(rows, [PackedEvent._make(one) for one in events], words, requests), still)


def _moulds(plan: Plan) -> Moulds | None:
    """None where the office has thresholds of its own: they look at more than
    a mould knows of."""
    return Moulds(plan.rules.calendar) if plan.moulds and not plan.rules.thresholds else None


def lead(plan: Plan, bundle: Bundle, moulds: Moulds | None = None) -> Lot:
    """Lead the cases of one bundle as far as the end of the history."""
    day = _Day(
        None if plan.brisk else Strain(ZoneInfo(plan.rules.calendar.tz)),
        frozenset(cause.code for cause in plan.rules.causes if cause.active),
        moulds,
    )
    made = day.before
    for which in bundle.cases:
        one = _one(plan, which, make_id(bundle.day, bundle.first + len(made)), day)
        if one is not None:
            made.append(one)
    finished = [Finished(replace_version(one.case), one.told, one.request) for one in made]
    still = [item.case for item in finished if item.case.state in OPEN]
    return Lot(len(made), plan.packer(finished, bundle.day, bundle.first), still)


def replace_version(case: Case) -> Case:
    """The case as it is stored for the first time."""
    return case if case.version == 1 else replace(case, version=1)


@dataclass(slots=True)
class _Day:
    """What the cases of a bundle have in common: who waits for whom, the causes
    the office offers, the moulds, and the cases before the next one."""

    strain: Strain | None
    causes: frozenset[str]
    moulds: Moulds | None
    before: list[Led] = field(default_factory=list)


def _one(plan: Plan, which: tuple[int, datetime], named: str, day: _Day) -> Led | None:
    """Invent one case; ``None`` when it is left out."""
    number, at = which
    strain, moulds = day.strain, day.moulds
    dice = random.Random(f"{plan.seed}:{number}")
    drawn = draw(dice, plan.world.conditions, plan.lang)
    if plan.brisk and at + timedelta(seconds=sum(deed.after_s for deed in drawn.deeds)) > plan.end:
        return None
    other: Led | None = None
    if not plan.brisk:
        drawn = branches.branch(dice, drawn, plan.lang)
        if drawn.deeds[0].action is Action.MERGE:
            drawn, other = _repeated(drawn, at, day.before)
    draft = _draft(plan.world, dice, drawn, at, named, other)
    if strain is not None and draft.category is not None:
        team = plan.world.team_for(drawn.condition, again=False)
        drawn = strain.bend(dice, drawn, at, draft.community, draft.category.code, team)
        drawn = branches.caused(dice, drawn, day.causes)
    times = _times(plan, drawn, at)
    if moulds is not None and len(times) == len(drawn.deeds):
        cast = moulds.cast(draft, drawn.deeds, times)
        if cast is not None:
            return Led(cast.case, drawn.condition, cast.told, cast.states)
    steps = list(_steps(plan, draft, drawn, times, other))
    if moulds is not None and len(times) == len(drawn.deeds) and other is None:
        moulds.learn(draft, drawn.deeds, times, steps)
    return _live(draft, drawn, steps, other)


def _repeated(drawn: CasePlan, at: datetime, before: Sequence[Led]) -> tuple[CasePlan, Led | None]:
    """The case that another one repeats, of whose class it then is: the newest
    that is open when they are put together; without one it is turned away."""
    merge = drawn.deeds[0]
    then = at + timedelta(seconds=merge.after_s)
    for one in reversed(before[-_NEAR:]):
        if one.state_at(then) in OPEN and one.states[0][0] < at:
            return replace(drawn, condition=one.condition), one
    deed = Deed(Action.REJECT, merge.after_s, reason=drawn.note)
    return replace(drawn, deeds=(deed,)), None


def _draft(
    world: World, dice: random.Random, plan: CasePlan, at: datetime, named: str, other: Led | None
) -> Case:
    spot = world.spot(dice, plan.source)
    if other is not None:
        same = other.case
        spot = Spot("", same.place, same.community, same.grid, same.lon, same.lat)
    condition = world.conditions[plan.condition]
    return Case(
        id=named,
        state=State.REGISTERING,
        source=plan.source,
        category=condition.category,
        code_2013=condition.code_2013,
        name_zh=condition.name_zh,
        name_en=condition.name_en,
        camera=spot.camera,
        place=spot.place,
        grid=spot.grid,
        community=spot.community,
        lon=spot.lon,
        lat=spot.lat,
        note=plan.note,
        found_at=at if plan.source is Source.CAMERA else None,
        reported_at=None if plan.source is Source.CAMERA else at,
    )


def _times(plan: Plan, drawn: CasePlan, at: datetime) -> list[datetime]:
    """When each step is done, as far as the end of the history: so long after
    the last one, or, for the handling, at a share of its limit on the limit's
    own calendar."""
    condition = plan.world.conditions[drawn.condition]
    found: list[datetime] = []
    sent: datetime | None = None
    for deed in drawn.deeds:
        at += timedelta(seconds=deed.after_s)
        if deed.share and sent is not None and not plan.brisk:
            before = found[-1]
            seconds = limits.UNIT_SECONDS[condition.limit_unit] * condition.limit_value * deed.share
            done = plan.rules.calendar.add(sent, math.ceil(seconds), condition.limit_unit)
            at = max(before, done, before + timedelta(minutes=3))
        if at > plan.end:
            break
        if deed.action is Action.DISPATCH:
            sent = at
        found.append(at)
    return found


def _live(draft: Case, drawn: CasePlan, steps: Sequence[Step], other: Led | None) -> Led:
    """The case its steps make; what they tell of another one goes there."""
    one = Led(draft, drawn.condition)
    for step in steps:
        if step.also and other is not None:
            other.case = linked(other.case, draft.id, "from")
            mine, theirs = step.drafts
            other.tell(theirs)
            step = replace(step, drafts=(mine,))
        one.take(step)
    return one


def _steps(
    plan: Plan, draft: Case, drawn: CasePlan, times: Sequence[datetime], other: Led | None = None
) -> Iterator[Step]:
    """The steps of a case from its opening on."""
    condition = plan.world.conditions[drawn.condition]
    step = life.open_case(draft, DUTY, plan.rules, draft.found_at or draft.reported_at or plan.end)
    yield step
    case, team, request = step.case, "", None
    for deed, at in zip(drawn.deeds, times, strict=False):
        if deed.action in (Action.DISPATCH, Action.ADD_TEAM):
            wanted = plan.world.team_for(drawn.condition, deed.again)
            if deed.action is Action.DISPATCH:
                team = wanted
            elif wanted in case.teams:
                continue
        else:
            wanted = team
        done = _do(plan, case, deed, at, (condition, wanted, request), other)
        if done is None:
            return
        yield done
        case, request = done.case, done.approval or request


def _do(
    plan: Plan,
    case: Case,
    deed: Deed,
    at: datetime,
    facts: tuple[Condition, str, Approval | None],
    other: Led | None,
) -> Step | None:
    """One step; ``None`` where there is nothing to appeal against."""
    condition, team, request = facts
    context = Context(condition=condition)
    if deed.action is Action.APPROVE:
        assert request is not None
        return life.perform_approved(case, request, SECOND, plan.rules, at, context)
    if deed.action is Action.DENY:
        assert request is not None
        return life.deny(case, request, SECOND, plan.rules, at)
    if deed.action is Action.APPEAL and not overran(case):
        return None
    actor, command = wish(deed, condition.condition_id, team, at)
    if deed.action in (Action.CLOSE, Action.FORCE_CLOSE):
        command = replace(command, cause=deed.cause)
    if deed.action is Action.MERGE and other is not None:
        context = replace(context, other=replace(other.case, state=other.state_at(at)))
        command = replace(command, other=other.case.id)
    if deed.action is Action.CORRECT:
        assert case.accepted_at is not None
        assert case.arrived_at is not None
        earlier = max(case.accepted_at, case.arrived_at - timedelta(seconds=50))
        command = replace(command, result="", field_name=deed.result, field_value=earlier.isoformat())
    return life.step(case, command, actor, plan.rules, at, context)
