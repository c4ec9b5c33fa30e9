"""Months of cases at once, for figures, lists and measurements.

Cases are led through the domain's own steps in memory and stored with all
their clocks and events, a day a transaction; the chain is as valid as one that
grew by itself. Alarms are made only for cases which are still open at the end;
those of ended cases have no bearing on any figure and are left out.
"""

from __future__ import annotations

import gc
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import deadlines
from console.domain.errors import Refusal
from console.domain.model import Case
from console.domain.vocabulary import Purpose
from console.services import ringing
from console.services.bulk import PackedEvent, told
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules
from console.simulation import lives
from console.simulation.lives import Bundle, Lot
from console.simulation.world import World

LOCAL: Final = ZoneInfo("Asia/Shanghai")
#: Weight of each local hour; peaks at 8–10 and 17–21.
HOURS: Final = (1, 1, 1, 1, 1, 1, 2, 4, 9, 9, 6, 5, 4, 4, 5, 5, 6, 9, 10, 9, 8, 5, 3, 2)
#: Which databases may be filled with invented cases.
ALLOWED: Final = frozenset({Purpose.DEMO, Purpose.DRILL, Purpose.TEST})
MOST_CASES: Final = 1_000_000
#: From here on the database is given more memory.
_MANY: Final = 5_000
#: Cases of one transaction.
_BUNDLE: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class _Waiting:
    """Events that wait for their turn in the chain, which is by time."""

    events: list[tuple[int, int, PackedEvent]] = field(default_factory=list)
    serial: int = 0

    def put(self, events: Sequence[PackedEvent]) -> None:
        first, self.serial = self.serial, self.serial + len(events)
        self.events = self.events + [(item.recorded, first + n, item) for n, item in enumerate(events)]

    def until(self, at: datetime | None) -> list[PackedEvent]:
        """Those before ``at``, earliest first; all for ``None``."""
        self.events.sort()
        cut = len(self.events) if at is None else bisect_left(self.events, (_micros(at),))
        ready, self.events = self.events[:cut], self.events[cut:]
        return [item for _, _, item in ready]


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


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
    moulds: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Mapping[str, object]:
    """Invent ``count`` cases between ``start`` and ``end`` and store them.

    The caller has made sure of the purpose (:func:`demand_purpose`). With
    ``brisk`` everything is handled within the hours of a demonstration, and
    what would still be open at the end is left out; without ``moulds`` each is
    led step by step, which takes longer and comes out alike. ``progress`` is told how
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
    times = _times(random.Random(f"{seed}:times"), start, end, count)
    with uows.read() as uow:
        rules = load_rules(uow, end)
        packer = uow.bulk.packer(many=count > _MANY)
        bundles = list(_bundles(uow, times))
    plan = lives.Plan(world, rules, end, seed, lang, brisk, packer, moulds)
    store = _Store(uows, plan, count)
    looks = gc.get_threshold()
    if count > _MANY:
        gc.set_threshold(*lives.RARELY)
    # An interrupt comes to the main thread, and in the middle of a statement it
    # would leave the database locked: it waits until the bundle is stored.
    with ThreadPoolExecutor(1, "history") as desk:
        try:
            desk.submit(store.begin).result()
            for bundle, lot in lives.led(plan, bundles):
                desk.submit(store.put, bundle, lot).result()
                if progress is not None:
                    progress(store.done, count)
        finally:
            gc.set_threshold(*looks)
            # Also when it was broken off: what is stored is whole.
            desk.submit(store.finish).result()
    return {"cases": store.cases, "events": store.events, "seconds": round(clock.monotonic() - begun, 3)}


class _Store:
    """Puts bundle after bundle away, each in one transaction."""

    def __init__(self, uows: UnitOfWorkFactory, plan: lives.Plan, count: int) -> None:
        self._uows = uows
        self._plan = plan
        self._waiting = _Waiting()
        self._many = count > _MANY
        self.cases = self.events = self.done = 0

    def begin(self) -> None:
        """Tell the database that much is to come."""
        if self._many:
            self._mind(begin=True)

    def _mind(self, begin: bool) -> None:
        with self._uows.write() as uow:
            uow.touch("case")
            uow.bulk.begin() if begin else uow.bulk.end()
            uow.commit()

    def put(self, bundle: Bundle, lot: Lot) -> None:
        """Store what became of a bundle, and the events up to its last case."""
        waiting = self._waiting.events
        try:
            lot, events = self._stored(bundle, lot)
        except BaseException:
            # Nothing of the bundle is stored, so nothing of it may wait.
            self._waiting.events = waiting
            raise
        self.cases += lot.many
        self.events += events
        self.done += len(bundle.cases)

    def _stored(self, bundle: Bundle, lot: Lot) -> tuple[Lot, int]:
        with self._uows.write() as uow:
            first = uow.bulk.take_numbers(bundle.day, lot.many) if lot.many else bundle.first
            if first != bundle.first:
                # Somebody else has opened cases of this day, or some were left out.
                lot = lives.lead(self._plan, bundle._replace(first=first))
            uow.bulk.put(lot.packed)
            self._waiting.put(self._numbered(uow, lot))
            for case in lot.still:
                _ring(uow, case, self._plan, self._waiting)
            # Events later than this bundle's last case wait for their turn.
            ready = self._waiting.until(bundle.cases[-1][1])
            uow.bulk.chain(ready)
            uow.touch("case", "alarm")
            uow.commit()
        return lot, len(ready)

    def _numbered(self, uow: UnitOfWork, lot: Lot) -> Sequence[PackedEvent]:
        """The lot's events, its requests numbered and stored."""
        numbers = uow.bulk.asked(lot.packed.requests)
        asked = zip(lot.packed.requests, numbers, strict=True)
        uow.bulk.put_asked([replace(request, id=number) for request, number in asked])
        packer = self._plan.packer
        return [
            packer.numbered(item, numbers[item.request - 1]) if item.request else item
            for item in lot.packed.events
        ]

    def finish(self) -> None:
        """Chain what waits."""
        ready = self._waiting.until(None)
        if ready:
            with self._uows.write() as uow:
                uow.bulk.chain(ready)
                uow.touch("case", "alarm")
                uow.commit()
            self.events += len(ready)
        if self._many:
            self._mind(begin=False)


def _times(dice: random.Random, start: datetime, end: datetime, count: int) -> list[datetime]:
    """Arrival times over the span, by the weight of their local hour."""
    begun: list[tuple[datetime, float]] = []
    weights: list[float] = []
    at = start
    while at < end:
        after = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        length = (min(after, end) - at).total_seconds()
        begun.append((at, length))
        weights.append(HOURS[at.astimezone(LOCAL).hour] * length)
        at = after
    if not begun:
        return []
    hours = dice.choices(begun, weights, k=count)
    return sorted([hour + timedelta(seconds=round(dice.random() * length, 3)) for hour, length in hours])


def _bundles(uow: UnitOfWork, times: Sequence[datetime]) -> Iterator[Bundle]:
    """Numbered times in bundles of a local day, at most a thousand each."""
    days: list[tuple[str, list[tuple[int, datetime]]]] = []
    over = datetime.min.replace(tzinfo=UTC)
    for number, at in enumerate(times):
        if at >= over:
            local = at.astimezone(LOCAL)
            days.append((local.strftime("%Y%m%d"), []))
            over = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=LOCAL).astimezone(UTC)
        days[-1][1].append((number, at))
    given = uow.bulk.last_numbers([day for day, _ in days])
    for day, cases in days:
        for begin in range(0, len(cases), _BUNDLE):
            yield Bundle(day, given[day] + begin + 1, cases[begin : begin + _BUNDLE])


def _ring(uow: UnitOfWork, case: Case, plan: lives.Plan, waiting: _Waiting) -> None:
    """The alarms an open case has by now, each at its own instant."""
    for crossing in deadlines.crossings(case, plan.end):
        rung = ringing.ring(uow, [case], crossing.at, crossing.at)
        waiting.put([plan.packer.event(told(draft), case.id) for draft in rung.drafts])
