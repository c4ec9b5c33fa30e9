"""Comparing groups fairly: intervals, the mix of cases, flags, causes in order.

Small groups swing by chance, so nothing here ranks a bare rate: a group below
the minimum number of cases has no place, every rate carries its 95 % interval
(Wilson), every count an hour its Poisson interval (Byar's approximation), every
percentile the interval between order statistics. Groups that are sent harder
cases are compared by indirect standardisation: what they would have reached
with everybody's rates for the cases they had, against what they reached.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

#: Two-sided 95 % of the normal distribution.
Z: Final = 1.959963984540054
#: Below this many cases a figure is grey everywhere; the default minimum here.
MINIMUM: Final = 20
#: Flags of a circular (红黑旗): the best and the worst places, by default three.
FLAGS: Final = 3

Interval = tuple[float, float]


def wilson(num: float, den: float, z: float = Z) -> Interval | None:
    """The interval of a rate ``num``/``den`` (0–1); ``None`` for no cases.
    Wilson 1927, score interval without continuity correction."""
    if den <= 0:
        return None
    share, square = num / den, z * z
    middle = share + square / (2 * den)
    half = z * math.sqrt(share * (1 - share) / den + square / (4 * den * den))
    whole = 1 + square / den
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def poisson(count: int, exposure: float, z: float = Z) -> Interval | None:
    """The interval of ``count`` events in ``exposure`` (hours, say), per unit of
    it; ``None`` without exposure. Byar's approximation of the exact limits."""
    if exposure <= 0:
        return None
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3
    return max(0.0, low) / exposure, high / exposure


def percentile(ordered: Sequence[float], share: int, z: float = Z) -> Interval | None:
    """The interval of a percentile of ascending values: the order statistics
    that hold it with 95 %; ``None`` when no value lies above it."""
    n, p = len(ordered), share / 100
    if not n:
        return None
    half = z * math.sqrt(n * p * (1 - p))
    low, high = math.floor(n * p - half), math.ceil(n * p + half) + 1
    if high > n:
        return None
    return ordered[max(1, low) - 1], ordered[high - 1]


def adjusted(num: float, expected: float, whole: float | None) -> float | None:
    """A rate as it would be with everybody's mix of cases: the group's hits
    against those expected of its own cases, times everybody's rate (0–1).
    ``None`` where nothing was expected."""
    if whole is None or expected <= 0:
        return None
    return min(1.0, num / expected * whole)


@dataclass(frozen=True, slots=True)
class Standing:
    """One group in a ranking.

    ``n`` is its cases, ``den`` what the figure was measured on (cases of the
    rate, or hours). ``value`` is the figure (0–1, seconds, a count per hour, a
    score or a number of cases), ``low`` and ``high`` its interval, ``adjusted``
    the value with everybody's mix of cases, ``before`` the value and
    ``before_n`` what it was measured on in the period before.
    ``place`` counts from 1; 0: too few cases, or nothing to tell. ``flag`` is
    ``red`` (first places), ``black`` (last) or empty; ``again`` tells that the
    period before gave the same flag.
    """

    key: str
    n: int
    num: float = 0.0
    den: float = 0.0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    adjusted: float | None = None
    before: float | None = None
    before_n: int = 0
    place: int = 0
    flag: str = ""
    again: bool = False
    mix: tuple[tuple[str, int], ...] = ()


def placed(
    rows: Sequence[Standing], direction: int, minimum: int, *, by_adjusted: bool = False
) -> tuple[Standing, ...]:
    """The rows in order, best first, those without a place last (most cases
    first). ``direction``: 1 more is better, -1 less is better. Equal values
    share a place. Groups measured on less than ``minimum`` have none."""

    def worth(row: Standing) -> float | None:
        return row.adjusted if by_adjusted else row.value

    def order(row: Standing) -> tuple[float, int, str]:
        found = worth(row)
        assert found is not None
        return (-direction * found, -row.n, row.key)

    ranked = sorted((row for row in rows if row.den >= minimum and worth(row) is not None), key=order)
    named = {row.key for row in ranked}
    rest = sorted((row for row in rows if row.key not in named), key=lambda row: (-row.n, row.key))
    made: list[Standing] = []
    for at, row in enumerate(ranked, 1):
        tied = bool(made) and worth(made[-1]) == worth(row)
        made.append(replace(row, place=made[-1].place if tied else at))
    return (*made, *(replace(row, place=0) for row in rest))


def flagged(
    rows: Sequence[Standing], whole: float | None, direction: int, most: int = FLAGS
) -> tuple[Standing, ...]:
    """Red flags for the first places, black ones for the last, at most ``most``
    of each and never more than a third of those placed. A flag is only given
    where the interval lies wholly on its side of everybody's figure: nobody is
    pilloried for chance."""
    ranked = [row for row in rows if row.place]
    each = min(most, len(ranked) // 3)
    if whole is None or not each:
        return tuple(replace(row, flag="") for row in rows)
    red = {row.key for row in ranked[:each] if _beyond(row, whole, direction)}
    black = {row.key for row in ranked[-each:] if _beyond(row, whole, -direction)}
    return tuple(
        replace(row, flag="red" if row.key in red else "black" if row.key in black else "") for row in rows
    )


def _beyond(row: Standing, whole: float, side: int) -> bool:
    """True when the whole interval lies above (``side`` 1) or below (-1)."""
    if row.low is None or row.high is None:
        return False
    return row.low > whole if side > 0 else row.high < whole


@dataclass(frozen=True, slots=True)
class CauseShare:
    """One cause of a Pareto list: how many cases, its share and the running
    share of all broken promises (0–1)."""

    code: str
    n: int
    share: float
    running: float


def pareto(counts: Mapping[str, int], last: Sequence[str] = ("",)) -> tuple[CauseShare, ...]:
    """Causes by number, the most first; those in ``last`` (not coded) behind
    all others, whatever their number: they name no cause to work on."""
    whole = sum(counts.values())
    if not whole:
        return ()
    order = sorted(counts, key=lambda code: (code in last, -counts[code], code))
    made, running = [], 0
    for code in order:
        running += counts[code]
        made.append(CauseShare(code, counts[code], counts[code] / whole, running / whole))
    return tuple(made)
