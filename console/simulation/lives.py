"""Leading invented cases through their lives, in this process or in several.

A life depends on nothing but its number, its time, the plan and those that came
in before it on its day, so days are led side by side and still come out alike
for the same seed. Nothing is stored here.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import random
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import causes, life, limits
from console.domain.model import Approval, Case, Condition, EventDraft
from console.domain.terms import Context, Rules
from console.domain.vocabulary import OPEN, Action, Source, State
from console.services.bulk import PackedCase, Packer
from console.simulation import breaches
from console.simulation.plans import Deed, draw
from console.simulation.plans import Plan as CasePlan
from console.simulation.strain import Strain
from console.simulation.traffic import wish
from console.simulation.world import DUTY, SECOND, World

#: Cases of one local day: number of the case and when it comes in.
Bundle = list[tuple[int, datetime]]
#: Below so many cases other processes cost more than they save.
_ALONE: Final = 4_000
#: Bundles asked for ahead of the one that is being stored, a process.
_AHEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a history is made under: one site, one set of rules, one seed, and
    how the database wants its cases packed."""

    world: World
    rules: Rules
    end: datetime
    seed: int
    lang: str
    brisk: bool
    packer: Packer


@dataclass(frozen=True, slots=True)
class Life:
    """What became of a case by the end: packed, or with its ``request`` still
    without a number and then as ``case`` and ``drafts``. ``open`` is the case
    where it is not ended."""

    pack: PackedCase | None
    open: Case | None = None
    request: Approval | None = None
    case: Case | None = None
    drafts: tuple[EventDraft, ...] = ()


def led(plan: Plan, bundles: Sequence[Bundle]) -> Iterator[tuple[Bundle, list[Life]]]:
    """The bundles in order, each with its lives; those left out are missing."""
    if sum(map(len, bundles)) < _ALONE:
        for bundle in bundles:
            yield bundle, lead(plan, bundle)
        return
    processes = max(1, min(os.cpu_count() or 1, 8))
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(plan,)
    ) as pool:
        coming = deque(bundles)
        queue: deque[tuple[Bundle, Future[list[Life]]]] = deque()
        try:
            while True:
                while coming and len(queue) < processes * _AHEAD:
                    queue.append((coming[0], pool.submit(_lead, coming.popleft())))
                if not queue:
                    return
                first, future = queue.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_PLAN: list[Plan] = []


def _begin(plan: Plan) -> None:
    """In the other process: an interrupt is answered by the one that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _PLAN[:] = [plan]


def _lead(bundle: Bundle) -> list[Life]:
    return lead(_PLAN[0], bundle)


def lead(plan: Plan, bundle: Bundle) -> list[Life]:
    """Lead the cases of one bundle as far as the end of the history."""
    strain = None if plan.brisk else Strain(ZoneInfo(plan.rules.calendar.tz))
    found = (_one(plan, number, at, strain) for number, at in bundle)
    return [life for life in found if life is not None]


def with_request(done: Life, number: int, packer: Packer) -> PackedCase:
    """Pack a life whose request was given its number."""
    assert done.case is not None
    drafts = [
        replace(draft, data={**draft.data, "request": number}) if "request" in draft.data else draft
        for draft in done.drafts
    ]
    return packer(done.case, drafts)


def _one(plan: Plan, number: int, at: datetime, strain: Strain | None) -> Life | None:
    """Invent one case from ``at`` on; ``None`` when it is left out."""
    dice = random.Random(f"{plan.seed}:{number}")
    drawn = draw(dice, plan.world.conditions, plan.lang)
    if plan.brisk and at + timedelta(seconds=sum(deed.after_s for deed in drawn.deeds)) > plan.end:
        return None
    draft = _draft(plan.world, dice, drawn, at)
    if strain is not None and draft.category is not None:
        team = plan.world.team_for(drawn.condition, again=False)
        drawn = strain.bend(dice, drawn, at, draft.community, draft.category.code, team)
    opened = life.open_case(draft, DUTY, plan.rules, at)
    case, more, request = _live(plan, opened.case, drawn, at)
    drafts = (*opened.drafts, *more)
    case = replace(case, version=1)
    still = case if case.state in OPEN else None
    if request is not None:
        return Life(None, still, request, case, drafts)
    return Life(plan.packer(case, drafts), still)


def _draft(world: World, dice: random.Random, plan: CasePlan, at: datetime) -> Case:
    spot = world.spot(dice, plan.source)
    condition = world.conditions[plan.condition]
    return Case(
        id="",
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


def _live(
    plan: Plan, case: Case, drawn: CasePlan, at: datetime
) -> tuple[Case, list[EventDraft], Approval | None]:
    """Lead a case through its steps; its request, asked or answered, too."""
    condition = plan.world.conditions[drawn.condition]
    context = Context(condition=condition)
    drafts: list[EventDraft] = []
    team = ""
    request: Approval | None = None
    for deed in drawn.deeds:
        at = max(at, _due(plan, case, condition, deed, at))
        if at > plan.end:
            break
        if deed.action is Action.APPROVE:
            assert request is not None
            step = life.perform_approved(case, request, SECOND, plan.rules, at, context)
        else:
            if deed.action is Action.DISPATCH:
                team = plan.world.team_for(drawn.condition, deed.again)
            actor, command = wish(deed, drawn.condition, team, at)
            broken = causes.broken(case, at) if deed.action is Action.CLOSE else ()
            if broken:
                command = replace(command, cause=breaches.cause(random.Random(at.isoformat()), broken))
            step = life.step(case, command, actor, plan.rules, at, context)
        drafts += step.drafts
        case = step.case
        request = step.approval or request
    return case, drafts, request


def _due(plan: Plan, case: Case, condition: Condition, deed: Deed, last: datetime) -> datetime:
    """When a step is done: so long after the last one, or, for the handling,
    at a share of its limit on the limit's own calendar."""
    plain = last + timedelta(seconds=deed.after_s)
    if plan.brisk or not deed.share or case.dispatched_at is None:
        return plain
    seconds = limits.UNIT_SECONDS[condition.limit_unit] * condition.limit_value * deed.share
    done = plan.rules.calendar.add(case.dispatched_at, math.ceil(seconds), condition.limit_unit)
    return max(done, last + timedelta(minutes=3))
