"""The office's foresight: learned with its pace, asked for each card, reported.

Learning comes from the same reading of former cases as the pace
(:mod:`console.services.slack`), in the thread for long reads, and rests in
between. What was learned is a value in memory that any thread may ask.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import deadlines, foresight
from console.domain.calendars import WorkingCalendar
from console.domain.chance import Chance
from console.domain.foresight import Foresight
from console.domain.model import Case
from console.domain.prediction import FACTS, LEGS, Crowds, Span, enough, fit, nothing
from console.domain.prediction_check import Check, check
from console.services.ports import Clock, UnitOfWork

#: The chance in per cent from which on a promise is warned of; 0 turns it off.
WARN: Final = "prediction_warn"
WARN_PERCENT: Final = 50
WARN_RANGE: Final = (0, 99)
#: From so many open cases on, how many wait for whom is counted this seldom.
MANY_OPEN: Final = 1000
CROWDS_REST: Final = timedelta(seconds=10)
#: No more former promises of a kind than this are learned from, the newest.
MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Known:
    """One level of a fact as it was learned: odds multiplied by ``factor``,
    from ``n`` former cases."""

    fact: str
    level: str
    factor: float
    n: int


@dataclass(frozen=True, slots=True)
class LegReport:
    """What is known of one promise: ``n`` former ones, ``late`` of them missed;
    the check (``None``: too few to foretell anything), whether it is told to
    anybody, and the facts by how much they move the odds."""

    leg: str
    n: int
    late: int
    check: Check | None
    told: bool
    facts: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class PredictionReport:
    """The whole foresight as of ``at``; ``warn`` in per cent."""

    at: datetime
    warn: int
    legs: tuple[LegReport, ...]
    names: Mapping[str, tuple[str, str]]
    """Chinese and English name of a level: classes, communities, teams."""


class PredictionService:
    """Keeps what was learned last. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known = Foresight()
        self._past: Mapping[str, tuple[int, int]] = {}
        self._version = 0
        self._crowds: tuple[datetime, Mapping[str, int]] | None = None

    @property
    def known(self) -> tuple[Foresight, int]:
        """What was learned last, and how often it was."""
        with self._lock:
            return self._known, self._version

    def learn(self, spans: Iterable[Span], rest: Callable[[], None] = nothing) -> Foresight:
        """Learn all legs anew from former promises; ``rest`` is called now and
        then. A leg is only foretold where the check shows that it helps."""
        by_leg: dict[str, list[Span]] = {leg: [] for leg in LEGS}
        for span in spans:
            by_leg[span.leg].append(span)
        crowds = Crowds(span for group in by_leg.values() for span in group)
        models, checks = {}, {}
        for leg, group in by_leg.items():
            group = sorted(group, key=_begin)[-MOST:]
            by_leg[leg] = group
            found = check(leg, group, crowds, rest) if enough(group) else None
            if found is None:
                continue
            checks[leg] = found
            if found.useful:
                models[leg] = fit(leg, group, crowds, rest)
        known = Foresight(self._clock.now(), models, checks)
        past = {leg: (len(group), sum(s.missed for s in group)) for leg, group in by_leg.items()}
        with self._lock:
            self._known, self._past = known, past
            self._version += 1
        return known

    def of_case(
        self, case: Case, cases: Mapping[str, Case], now: datetime, calendar: WorkingCalendar, warn: int
    ) -> Chance | None:
        """The chance of one case among the open ``cases``; ``warn`` in per cent."""
        known, _ = self.known
        head = deadlines.headline(case)
        if head is None or not known.speaks:
            return None
        crowds = self.crowds(cases, now)
        zone = ZoneInfo(calendar.tz)
        return foresight.chance(known, case, head, crowds, now, calendar, zone, warn / 100)

    def crowds(self, cases: Mapping[str, Case], now: datetime) -> Mapping[str, int]:
        """How many of the open ``cases`` wait for the same people. Of very many
        they are counted each :data:`CROWDS_REST` only: one more or less of
        hundreds changes no chance."""
        with self._lock:
            kept = self._crowds
        if len(cases) >= MANY_OPEN and kept is not None and kept[0] <= now < kept[0] + CROWDS_REST:
            return kept[1]
        found = foresight.crowds_now(cases.values(), now)
        with self._lock:
            self._crowds = now, found
        return found

    def report(self, uow: UnitOfWork) -> PredictionReport:
        """What was learned last, with the names a person reads."""
        with self._lock:
            known, past = self._known, self._past
        legs = tuple(
            LegReport(
                leg=leg,
                n=past.get(leg, (0, 0))[0],
                late=past.get(leg, (0, 0))[1],
                check=known.checks.get(leg),
                told=leg in known.models,
                facts=_facts(known, leg),
            )
            for leg in LEGS
        )
        at = known.at or self._clock.now()
        return PredictionReport(at, warn_percent(uow), legs, _names(uow))


class ChanceKeeper:
    """Each open case's chance, worked out again only when it is due, when the
    case changed, and when something was learned."""

    def __init__(self, service: PredictionService) -> None:
        self._service = service
        self._kept: dict[str, tuple[Case, Chance | None, datetime]] = {}
        self._for: tuple[int, int] = (-1, -1)
        self.worked_out = 0

    def of(
        self, cases: Mapping[str, Case], now: datetime, calendar: WorkingCalendar, warn: int
    ) -> Callable[[Case], Chance | None] | None:
        """A question for one board: the chance of a case among ``cases``;
        ``None`` while nothing is foretold. ``warn`` in per cent."""
        known, version = self._service.known
        if (version, warn) != self._for:
            self._kept, self._for = {}, (version, warn)
        if not known.speaks:
            return None
        if len(self._kept) > 2 * len(cases) + 100:
            self._kept = {key: row for key, row in self._kept.items() if key in cases}
        # Counted only where a chance is due: most boards need none.
        crowds = cache(partial(self._service.crowds, cases, now))
        zone = ZoneInfo(calendar.tz)

        def ask(case: Case) -> Chance | None:
            head = deadlines.headline(case)
            if head is None or foresight.leg_now(case, head) not in known.models:
                return None
            row = self._kept.get(case.id)
            if row is not None and row[0] is case and now < row[2]:
                return row[1]
            self.worked_out += 1
            found = foresight.chance(known, case, head, crowds(), now, calendar, zone, warn / 100)
            again = found.until if found is not None else now + timedelta(minutes=5)
            self._kept[case.id] = (case, found, again)
            return found

        return ask

    def warned(self, now: datetime) -> tuple[tuple[Case, Chance], ...]:
        """Of the cases last asked about, those of which a warning is due."""
        rows = ((case, chance) for case, chance, _ in self._kept.values() if chance is not None)
        return tuple((case, chance) for case, chance in rows if chance.warns(now))

    @property
    def stamp(self) -> tuple[int, int]:
        """Which learning, and which share to warn from, the answers come from."""
        return self._for

    def until(self, case: Case) -> datetime | None:
        """When a case's chance is worked out anew; ``None`` while nothing is
        foretold of its clock."""
        row = self._kept.get(case.id)
        return row[2] if row is not None and row[0] is case else None


def warn_percent(uow: UnitOfWork) -> int:
    """From which chance on a promise is warned of, in per cent; what nobody
    could have set counts as the default."""
    text = uow.settings.get(WARN)
    return int(text) if text.isdecimal() and int(text) <= WARN_RANGE[1] else WARN_PERCENT


def _facts(known: Foresight, leg: str) -> tuple[Known, ...]:
    model = known.models.get(leg)
    if model is None:
        return ()
    found = [
        Known(fact, level, math.exp(effect.value), effect.n)
        for fact in FACTS[leg]
        for level, effect in model.effects[fact].items()
    ]
    return tuple(sorted(found, key=_strength, reverse=True))


def _names(uow: UnitOfWork) -> Mapping[str, tuple[str, str]]:
    names = {place.id: (place.name_zh, place.name_en) for place in uow.reference.places("community")}
    names |= {team.id: (team.name_zh, team.name_en) for team in uow.reference.teams()}
    return names | {c.category.code: (c.name_zh, c.name_en) for c in uow.reference.conditions()}


def _begin(span: Span) -> float:
    return span.at_s


def _strength(one: Known) -> float:
    return max(one.factor, 1 / one.factor) if one.factor > 0 else 0.0
