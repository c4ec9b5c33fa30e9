"""The chance that a promise will be missed, learned from the office's own past.

Three legs are judged: deciding, dispatching, and travelling (a team that was
sent against the arrival's clock). For a case that has been in a leg for ``e``
seconds with ``r`` seconds left the *time alone* says: of the former cases that
took longer than ``e``, so many took longer than ``e + r`` (the empirical
survival function, drawn a little towards the share of all). Facts of the case
then move its odds:

    logit P = a + b · logit P(time alone) + Σ effect(fact, level)

A logistic regression on landmarks (van Houwelingen, 2007: each former case is
looked at after some shares of its limit, as long as it was still under way;
all looks together count as one case), with a ridge on the effects (Hoerl and Kennard,
1970): a level with few cases hardly moves anything. Facts are the class, the
community, the part of the day, the team, how many wait at the desk or for the
same team at that moment, and whether the team has said that it is coming.

Plain enough to be told: what a fact does is the difference it makes to the
figure. No Qt, no I/O, no clock of its own.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from console.domain.pace import TRAVEL
from console.domain.vocabulary import DeadlineKind

DECISION: Final = DeadlineKind.DECISION.value
DISPATCH: Final = DeadlineKind.DISPATCH.value
#: Each leg and the clock it is held against.
LEGS: Final[Mapping[str, DeadlineKind]] = {
    DECISION: DeadlineKind.DECISION,
    DISPATCH: DeadlineKind.DISPATCH,
    TRAVEL: DeadlineKind.ARRIVAL,
}
#: What is known of a case in a leg.
FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    DECISION: ("class", "place", "part", "desk"),
    DISPATCH: ("class", "place", "part", "desk"),
    TRAVEL: ("class", "place", "part", "team", "calls", "accept"),
}
#: Former cases are looked at after these shares of their limit.
MARKS: Final = (0.0, 0.25, 0.5, 0.7, 0.85)
#: What a look counts for. The same for all: were it shared among a case's own
#: looks, those that came in time would count for more at the first of them.
WEIGHT: Final = 1 / len(MARKS)
#: With fewer promises, or fewer missed ones, nothing is foretold.
LEAST: Final = 200
LEAST_LATE: Final = 20
#: The ridge: how much information (in cases · p(1 − p)) the belief is worth that
#: a level has no effect. From 4 to 8 foretold best on invented pasts with weak,
#: strong and no effects.
RIDGE: Final = 6.0
#: The same for the belief that the time alone is to be taken as it is.
TRUST: Final = 10.0
#: For how many cases the share of all counts in what the time alone says.
PRIOR: Final = 2.0
#: Rows that are looked at between two rests.
STRETCH: Final = 2000
_SWEEPS: Final = 12
_SETTLED: Final = 0.01
#: Lower edges of the classes of how many others wait.
_CROWDS: Final = (0, 1, 2, 3, 5, 8)
#: And of the seconds a team has not said that it is coming.
_SILENCES: Final = (0, 60, 180)
#: A call that nobody reached in so many limits holds nobody up any more.
FORGOTTEN: Final = 4


@dataclass(frozen=True, slots=True)
class Span:
    """One former promise, or one that runs.

    ``at_s`` and ``end_s`` are its begin and its end in seconds of the epoch
    (``end_s`` as far as it held anybody up). ``limit_s`` seconds were promised
    from the begin of the leg, ``took_s`` were needed (infinite when it was never
    met, or not yet); pauses are left out of both. ``accepted_s``: after so many
    seconds the team said that it is coming.
    """

    leg: str
    at_s: float
    end_s: float
    limit_s: float
    took_s: float
    category: str = ""
    community: str = ""
    part: str = ""
    team: str = ""
    accepted_s: float = math.inf

    @property
    def missed(self) -> bool:
        """True when the promise was not kept."""
        return self.took_s > self.limit_s

    @property
    def crowd(self) -> str:
        """Whom it stands in the way of: the desk, or its team."""
        return self.team if self.leg == TRAVEL else "desk"


class Crowds:
    """How many others were waiting at any moment, for the desk or for a team."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._begun: dict[str, list[float]] = {}
        self._ended: dict[str, list[float]] = {}
        for span in spans:
            self._begun.setdefault(span.crowd, []).append(span.at_s)
            self._ended.setdefault(span.crowd, []).append(span.end_s)
        for times in (*self._begun.values(), *self._ended.values()):
            times.sort()

    def others(self, span: Span, at_s: float) -> int:
        """How many besides ``span``, one of those it was made from."""
        begun = bisect_right(self._begun.get(span.crowd, ()), at_s)
        return max(0, begun - bisect_right(self._ended.get(span.crowd, ()), at_s) - 1)


def crowd_level(others: int) -> str:
    """The class of so many others: ``0 1 2 3 5 8``, each the least of it."""
    return str(next(edge for edge in reversed(_CROWDS) if others >= edge))


def silence_level(spent_s: float, accepted_s: float) -> str:
    """``yes`` once the team has said that it is coming, else for how many
    seconds it has not, at least."""
    if accepted_s <= spent_s:
        return "yes"
    return str(next(edge for edge in reversed(_SILENCES) if spent_s >= edge))


def levels(span: Span, spent_s: float, others: int) -> tuple[str, ...]:
    """The facts of a leg as they stand after ``spent_s``, in the order of
    :data:`FACTS`."""
    first = (span.category, span.community, span.part)
    if span.leg != TRAVEL:
        return (*first, crowd_level(others))
    return (*first, span.team, crowd_level(others), silence_level(spent_s, span.accepted_s))


class TimeAlone:
    """What the time spent and the time left say by themselves."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._took = sorted(span.took_s for span in spans)
        late = sum(span.missed for span in spans)
        self.base = (late + 0.5) / (len(spans) + 1)

    def chance(self, spent_s: float, left_s: float) -> float:
        """The chance to be late, strictly between 0 and 1."""
        if left_s <= 0:
            return 1.0 - 1e-6
        under_way = len(self._took) - bisect_right(self._took, spent_s)
        longer = len(self._took) - bisect_right(self._took, spent_s + left_s)
        return (longer + PRIOR * self.base) / (under_way + PRIOR)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a level does to the odds (``exp(value)`` times), from ``n`` cases."""

    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Model:
    """One leg, learned: ``n`` promises, ``late`` of them missed."""

    leg: str
    n: int
    late: int
    alone: TimeAlone
    shift: float
    slope: float
    effects: Mapping[str, Mapping[str, Effect]]

    def chance(self, spent_s: float, left_s: float, known: Sequence[str]) -> float:
        """The chance to be late for a case with these :func:`levels`."""
        return sigmoid(self.logit(spent_s, left_s) + sum(self.parts(known)))

    def logit(self, spent_s: float, left_s: float) -> float:
        """The log odds before any fact."""
        return self.shift + self.slope * logit(self.alone.chance(spent_s, left_s))

    def parts(self, known: Sequence[str]) -> tuple[float, ...]:
        """What each fact adds to the log odds; 0 for a level never seen."""
        names = FACTS[self.leg]
        return tuple(
            effect.value if (effect := self.effects[name].get(level)) is not None else 0.0
            for name, level in zip(names, known, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A former case at one landmark."""

    span: Span
    spent_s: float
    left_s: float
    known: tuple[str, ...]


def rows(spans: Iterable[Span], crowds: Crowds) -> Iterator[Row]:
    """Every span at every landmark at which it was still under way."""
    for span in spans:
        marks = [share * span.limit_s for share in MARKS if span.took_s > share * span.limit_s]
        for spent in marks:
            known = levels(span, spent, crowds.others(span, span.at_s + spent))
            yield Row(span, spent, span.limit_s - spent, known)


def enough(spans: Sequence[Span]) -> bool:
    """True when there is a past to learn from: promises kept and missed."""
    late = sum(span.missed for span in spans)
    return len(spans) >= LEAST and min(late, len(spans) - late) >= LEAST_LATE


def nothing() -> None:
    """No rest."""


def fit(leg: str, spans: Sequence[Span], crowds: Crowds, rest: Callable[[], None] = nothing) -> Model:
    """Learn one leg from its spans. ``rest`` is called now and then, for a
    thread that must not keep the others waiting."""
    alone = TimeAlone(spans)
    table = _Table(leg, list(unhurried(rows(spans, crowds), rest)), alone)
    rest()
    for _ in range(_SWEEPS):
        moved = table.straighten()
        for place in range(len(FACTS[leg])):
            rest()
            moved = max(moved, table.move(place))
        if moved < _SETTLED:
            break
    late = sum(span.missed for span in spans)
    return Model(leg, len(spans), late, alone, table.shift, table.slope, table.effects())


def unhurried(found: Iterable[Row], rest: Callable[[], None]) -> Iterator[Row]:
    """The rows, with a rest after each :data:`STRETCH` of them."""
    for number, row in enumerate(found, 1):
        yield row
        if number % STRETCH == 0:
            rest()


class _Table:
    """The rows as columns, and Newton's steps on them: for shift and slope
    together, and for all levels of one fact at once, whose rows are apart."""

    def __init__(self, leg: str, found: Sequence[Row], alone: TimeAlone) -> None:
        self._leg = leg
        self._late = [1.0 if row.span.missed else 0.0 for row in found]
        self._time = [logit(alone.chance(row.spent_s, row.left_s)) for row in found]
        self._odds = list(self._time)
        self.shift, self.slope = 0.0, 1.0
        self._names: list[dict[str, int]] = [{} for _ in FACTS[leg]]
        self._level: list[list[int]] = []
        for place, names in enumerate(self._names):
            self._level.append([names.setdefault(row.known[place], len(names)) for row in found])
        self._value = [[0.0] * len(names) for names in self._names]

    def straighten(self) -> float:
        """A step for shift and slope; how far it went."""
        g0 = 0.0
        g1 = TRUST * (1.0 - self.slope)
        h00, h01, h11 = 1e-6, 0.0, TRUST
        for late, odds, time in zip(self._late, self._odds, self._time, strict=True):
            p = sigmoid(odds)
            g, h = WEIGHT * (late - p), WEIGHT * p * (1.0 - p)
            g0 += g
            g1 += g * time
            h00 += h
            h01 += h * time
            h11 += h * time * time
        det = h00 * h11 - h01 * h01
        up, steeper = _bounded((h11 * g0 - h01 * g1) / det), _bounded((h00 * g1 - h01 * g0) / det)
        self.shift += up
        self.slope += steeper
        self._odds = [odds + up + steeper * time for odds, time in zip(self._odds, self._time, strict=True)]
        return max(abs(up), abs(steeper))

    def move(self, place: int) -> float:
        """A step for every level of one fact; how far the furthest went."""
        value, level = self._value[place], self._level[place]
        down = [-RIDGE * one for one in value]
        steep = [RIDGE] * len(value)
        for at, late, odds in zip(level, self._late, self._odds, strict=True):
            p = sigmoid(odds)
            down[at] += WEIGHT * (late - p)
            steep[at] += WEIGHT * p * (1.0 - p)
        steps = [_bounded(g / h) for g, h in zip(down, steep, strict=True)]
        self._value[place] = [one + step for one, step in zip(value, steps, strict=True)]
        self._odds = [odds + steps[at] for odds, at in zip(self._odds, level, strict=True)]
        return max(map(abs, steps), default=0.0)

    def effects(self) -> Mapping[str, Mapping[str, Effect]]:
        """What was learned, by fact and level."""
        found: dict[str, Mapping[str, Effect]] = {}
        for place, fact in enumerate(FACTS[self._leg]):
            cases = [0.0] * len(self._names[place])
            for at in self._level[place]:
                cases[at] += WEIGHT
            found[fact] = {
                name: Effect(self._value[place][at], round(cases[at]))
                for name, at in self._names[place].items()
            }
        return found


def logit(p: float) -> float:
    """Log odds, held within ±7 (one in a thousand)."""
    return max(-7.0, min(7.0, math.log(p / (1.0 - p)))) if 0.0 < p < 1.0 else math.copysign(7.0, p - 0.5)


def sigmoid(odds: float) -> float:
    """The chance with these log odds."""
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -30.0 else 0.0


def _bounded(step: float) -> float:
    """Newton overshoots where nearly all were kept or missed."""
    return max(-2.0, min(2.0, step))
