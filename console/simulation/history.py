"""Months of cases at once, for figures, lists and measurements.

Cases are led through the domain's own steps in memory and stored with all
their clocks and events, a day a transaction; the chain is as valid as one that
grew by itself. Alarms are made only for cases which are still open at the end;
those of ended cases have no bearing on any figure and are left out.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count as counter
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import deadlines, life, limits
from console.domain.errors import Refusal
from console.domain.model import Approval, Case, Condition, EventDraft
from console.domain.terms import Context, Rules
from console.domain.vocabulary import OPEN, Action, Purpose, Source, State
from console.services import ringing
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules
from console.simulation.plans import Deed, Plan, draw
from console.simulation.traffic import wish
from console.simulation.world import DUTY, SECOND, World

LOCAL: Final = ZoneInfo("Asia/Shanghai")
#: Weight of each local hour; peaks at 8–10 and 17–21.
HOURS: Final = (1, 1, 1, 1, 1, 1, 2, 4, 9, 9, 6, 5, 4, 4, 5, 5, 6, 9, 10, 9, 8, 5, 3, 2)
#: Which databases may be filled with invented cases.
ALLOWED: Final = frozenset({Purpose.DEMO, Purpose.DRILL, Purpose.TEST})
MOST_CASES: Final = 1_000_000


@dataclass
class _Drafts:
    """Events that wait for their turn in the chain, earliest first."""

    heap: list[tuple[datetime, int, EventDraft]] = field(default_factory=list)
    serial: Iterator[int] = field(default_factory=counter)

    def put(self, draft: EventDraft) -> None:
        heapq.heappush(self.heap, (draft.recorded_at, next(self.serial), draft))

    def until(self, at: datetime | None) -> list[EventDraft]:
        found = []
        while self.heap and (at is None or self.heap[0][0] < at):
            found.append(heapq.heappop(self.heap)[2])
        return found


@dataclass(frozen=True)
class _Life:
    """What a history is made under: one site, one set of rules."""

    world: World
    rules: Rules
    end: datetime
    lang: str
    brisk: bool


def demand_purpose(purpose: Purpose) -> None:
    """Raise ``Refusal('forbidden', 'purpose')`` for a real site's database."""
    if purpose not in ALLOWED:
        raise Refusal("forbidden", "purpose", purpose=purpose.value)


def make(
    uows: UnitOfWorkFactory,
    clock: Clock,
    *,
    start: datetime,
    end: datetime,
    count: int,
    seed: int = 15,
    lang: str = "zh",
    brisk: bool = False,
) -> Mapping[str, object]:
    """Invent ``count`` cases between ``start`` and ``end`` and store them.

    The caller has made sure of the purpose (:func:`demand_purpose`). With
    ``brisk`` everything is handled within the hours of a demonstration, and
    what would still be open at the end is left out. Returns
    ``{cases, events, seconds}``. Raises ``Refusal('bad_value')`` for counts out
    of range and ``Refusal('time_future')`` for an end that has not come.
    """
    if not 0 <= count <= MOST_CASES:
        raise Refusal("bad_value", "range", value=count, low="0", high=str(MOST_CASES))
    if end > clock.now():
        raise Refusal("time_future", "", at=end, now=clock.now())
    begun = clock.monotonic()
    world = World.read(uows)
    with uows.read() as uow:
        rules = load_rules(uow, end)
    made = _Life(world, rules, end, lang, brisk)
    waiting = _Drafts()
    cases = events = 0
    for day in _days(_times(random.Random(f"{seed}:times"), start, end, count)):
        with uows.write() as uow:
            for number, at in day:
                cases += _store(uow, made, random.Random(f"{seed}:{number}"), at, waiting)
            # Events later than this bundle's last case wait for their turn.
            drafts = waiting.until(None if number == count - 1 else at)
            uow.events.append(drafts)
            events += len(drafts)
            uow.touch("case", "alarm")
            uow.commit()
    return {"cases": cases, "events": events, "seconds": round(clock.monotonic() - begun, 3)}


def _times(dice: random.Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """Arrival times over the span, by the weight of their local hour."""
    found: list[datetime] = []
    span = (end - start).total_seconds()
    while len(found) < count:
        at = start + timedelta(seconds=round(dice.uniform(0, span), 3))
        if dice.random() * max(HOURS) < HOURS[at.astimezone(LOCAL).hour]:
            found.append(at)
    return sorted(found)


def _days(times: list[datetime]) -> Iterator[list[tuple[int, datetime]]]:
    """Numbered times in bundles of a local day, at most a thousand each."""
    bundle: list[tuple[int, datetime]] = []
    for number, at in enumerate(times):
        if bundle and (
            at.astimezone(LOCAL).date() != bundle[0][1].astimezone(LOCAL).date() or len(bundle) >= 1000
        ):
            yield bundle
            bundle = []
        bundle.append((number, at))
    if bundle:
        yield bundle


def _store(uow: UnitOfWork, made: _Life, dice: random.Random, at: datetime, waiting: _Drafts) -> bool:
    """Invent one case from ``at`` on and store what has become of it; false
    when it was left out."""
    plan = draw(dice, made.world.conditions, made.lang)
    if made.brisk and at + timedelta(seconds=sum(deed.after_s for deed in plan.deeds)) > made.end:
        return False
    opened = life.open_case(_draft(made.world, dice, plan, at), DUTY, made.rules, at)
    local_day = at.astimezone(LOCAL).strftime("%Y%m%d")
    drafts = list(opened.drafts)
    asked = any(deed.action is Action.APPROVE for deed in plan.deeds)
    # A request needs the case's number before it can be asked.
    case = uow.cases.add(opened.case, local_day) if asked else opened.case
    version = case.version
    case, more = _live(uow, made, case, plan, at)
    drafts += more
    case = uow.cases.save(case, version) if asked else uow.cases.add(case, local_day)
    for draft in drafts:
        waiting.put(replace(draft, case=case.id))
    if case.state in OPEN:
        _ring(uow, case, made.end, waiting)
    return True


def _draft(world: World, dice: random.Random, plan: Plan, at: datetime) -> Case:
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
    uow: UnitOfWork, made: _Life, case: Case, plan: Plan, at: datetime
) -> tuple[Case, list[EventDraft]]:
    """Lead a case through its plan as far as the end of the history."""
    condition = made.world.conditions[plan.condition]
    context = Context(condition=condition)
    drafts: list[EventDraft] = []
    team, request = "", None
    for deed in plan.deeds:
        at = max(at, _due(made, case, condition, deed, at))
        if at > made.end:
            break
        if deed.action is Action.APPROVE:
            assert request is not None
            step = life.perform_approved(case, request, SECOND, made.rules, at, context)
        else:
            if deed.action is Action.DISPATCH:
                team = made.world.team_for(plan.condition, deed.again)
            actor, command = wish(deed, plan.condition, team, at)
            step = life.step(case, command, actor, made.rules, at, context)
        drafts += step.drafts
        case = step.case
        request = _requested(uow, step.approval) or request
    return case, drafts


def _requested(uow: UnitOfWork, approval: Approval | None) -> Approval | None:
    if approval is None:
        return None
    if approval.state == "waiting":
        return uow.users.ask(approval)
    uow.users.answer(approval)
    return approval


def _due(made: _Life, case: Case, condition: Condition, deed: Deed, last: datetime) -> datetime:
    """When a step is done: so long after the last one, or, for the handling,
    at a share of its limit on the limit's own calendar."""
    plain = last + timedelta(seconds=deed.after_s)
    if made.brisk or not deed.share or case.dispatched_at is None:
        return plain
    seconds = limits.UNIT_SECONDS[condition.limit_unit] * condition.limit_value * deed.share
    done = made.rules.calendar.add(case.dispatched_at, math.ceil(seconds), condition.limit_unit)
    return max(done, last + timedelta(minutes=3))


def _ring(uow: UnitOfWork, case: Case, end: datetime, waiting: _Drafts) -> None:
    """The alarms an open case has by now, each at its own instant."""
    for crossing in deadlines.crossings(case, end):
        rung = ringing.ring(uow, [case], crossing.at, crossing.at)
        for draft in rung.drafts:
            waiting.put(draft)
