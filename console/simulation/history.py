"""Months of cases at once, for figures, lists and measurements.

Cases are led through the domain's own steps in memory and stored with all
their clocks and events, a day a transaction; the chain is as valid as one that
grew by itself. Alarms are made only for cases which are still open at the end;
those of ended cases have no bearing on any figure and are left out.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count as counter
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import deadlines
from console.domain.errors import Refusal
from console.domain.model import Approval, Case
from console.domain.vocabulary import Purpose
from console.services import ringing
from console.services.bulk import PackedCase, PackedEvent
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules
from console.simulation import lives
from console.simulation.lives import Bundle
from console.simulation.world import World

LOCAL: Final = ZoneInfo("Asia/Shanghai")
#: Weight of each local hour; peaks at 8–10 and 17–21.
HOURS: Final = (1, 1, 1, 1, 1, 1, 2, 4, 9, 9, 6, 5, 4, 4, 5, 5, 6, 9, 10, 9, 8, 5, 3, 2)
#: Which databases may be filled with invented cases.
ALLOWED: Final = frozenset({Purpose.DEMO, Purpose.DRILL, Purpose.TEST})
MOST_CASES: Final = 1_000_000
#: From here on the database is given more memory.
_MANY: Final = 5_000


@dataclass
class _Waiting:
    """Events that wait for their turn in the chain, which is by time."""

    events: list[tuple[datetime, int, str, PackedEvent]] = field(default_factory=list)
    serial: Iterator[int] = field(default_factory=counter)

    def put(self, case_id: str, item: PackedEvent) -> None:
        self.events.append((item.recorded_at, next(self.serial), case_id, item))

    def until(self, at: datetime | None) -> list[tuple[str, PackedEvent]]:
        """Those before ``at``, earliest first; all for ``None``."""
        self.events.sort()
        cut = len(self.events) if at is None else bisect_left(self.events, (at,))
        ready, self.events = self.events[:cut], self.events[cut:]
        return [(case_id, item) for _, _, case_id, item in ready]


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
    progress: Callable[[int, int], None] | None = None,
) -> Mapping[str, object]:
    """Invent ``count`` cases between ``start`` and ``end`` and store them.

    The caller has made sure of the purpose (:func:`demand_purpose`). With
    ``brisk`` everything is handled within the hours of a demonstration, and
    what would still be open at the end is left out. ``progress`` is told how
    many of how many are done, a bundle at a time. Returns
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
        packer = uow.bulk.packer()
    plan = lives.Plan(world, rules, end, seed, lang, brisk, packer)
    waiting = _Waiting()
    cases = events = done = 0
    times = _times(random.Random(f"{seed}:times"), start, end, count)
    for day, made in lives.led(plan, list(_days(times))):
        done += len(day)
        with uows.write() as uow:
            if count > _MANY:
                uow.bulk.roomy()
            cases += _store(uow, end, day, made, waiting)
            # Events later than this bundle's last case wait for their turn.
            ready = waiting.until(None if done == count else day[-1][1])
            uow.bulk.chain(ready)
            events += len(ready)
            uow.touch("case", "alarm")
            uow.commit()
        if progress is not None:
            progress(done, count)
    return {"cases": cases, "events": events, "seconds": round(clock.monotonic() - begun, 3)}


def _store(uow: UnitOfWork, end: datetime, day: Bundle, made: Sequence[lives.Life], waiting: _Waiting) -> int:
    """Store a bundle of one local day and what has become of it; how many."""
    local_day = day[0][1].astimezone(LOCAL).strftime("%Y%m%d")
    asked = [life for life in made if life.request is not None]
    numbers = iter(uow.bulk.asked([life.request for life in asked if life.request is not None]))
    packs: list[PackedCase | None] = []
    requests: list[Approval] = []
    for life in made:
        if life.request is not None:
            requests.append(replace(life.request, id=next(numbers)))
            packs.append(lives.with_request(life, requests[-1].id, uow.bulk.packer()))
        else:
            packs.append(life.pack)
    ids = uow.bulk.put([pack for pack in packs if pack is not None], local_day)
    named = dict(zip((id(life) for life in asked), requests, strict=True))
    done = []
    for case_id, life, pack in zip(ids, made, packs, strict=True):
        assert pack is not None
        for item in pack.events:
            waiting.put(case_id, item)
        if id(life) in named:
            done.append(replace(named[id(life)], case=case_id))
        if life.open is not None:
            _ring(uow, replace(life.open, id=case_id, version=1), end, waiting)
    uow.bulk.put_asked(done)
    return len(ids)


def _times(dice: random.Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """Arrival times over the span, by the weight of their local hour."""
    found: list[datetime] = []
    span = (end - start).total_seconds()
    while len(found) < count:
        at = start + timedelta(seconds=round(dice.uniform(0, span), 3))
        if dice.random() * max(HOURS) < HOURS[at.astimezone(LOCAL).hour]:
            found.append(at)
    return sorted(found)


def _days(times: list[datetime]) -> Iterator[Bundle]:
    """Numbered times in bundles of a local day, at most a thousand each."""
    bundle: Bundle = []
    for number, at in enumerate(times):
        if bundle and (
            at.astimezone(LOCAL).date() != bundle[0][1].astimezone(LOCAL).date() or len(bundle) >= 1000
        ):
            yield bundle
            bundle = []
        bundle.append((number, at))
    if bundle:
        yield bundle


def _ring(uow: UnitOfWork, case: Case, end: datetime, waiting: _Waiting) -> None:
    """The alarms an open case has by now, each at its own instant."""
    for crossing in deadlines.crossings(case, end):
        rung = ringing.ring(uow, [case], crossing.at, crossing.at)
        for draft in rung.drafts:
            waiting.put(case.id, uow.bulk.pack_event(draft))
