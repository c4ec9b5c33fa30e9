"""Whether what is foretold comes true: the newest quarter told from the rest.

The model learns from the older three quarters of the past and foretells the
newest one, which it has not seen. Its Brier score (mean squared error of the
chance; Brier, 1950) stands beside those of the share of all and of the time
left alone. The calibration asks: of the promises of which about 30 % was said,
were about 30 % missed? The interval is Wilson's (1927) at 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from console.domain.chance import Bin
from console.domain.prediction import WEIGHT, Crowds, Span, enough, fit, nothing, rows, unhurried

#: The share of the past that is foretold.
NEWEST: Final = 0.25
#: Edges of the classes of the calibration.
EDGES: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Check:
    """How one leg was foretold: ``n`` promises from ``since_s`` to ``until_s``
    (seconds of the epoch), ``late`` of them missed, learned from ``learned``
    others before."""

    leg: str
    learned: int
    n: int
    late: int
    since_s: float
    until_s: float
    brier: float
    brier_base: float
    brier_alone: float
    bins: tuple[Bin, ...]

    @property
    def useful(self) -> bool:
        """True when it foretold better than the share of all and the time left
        alone; otherwise nobody is told anything."""
        return self.brier < min(self.brier_base, self.brier_alone)

    def better_than(self, other: float) -> float:
        """The share of another score that is saved (0 when that is 0)."""
        return 1.0 - self.brier / other if other > 0 else 0.0


def check(
    leg: str, spans: Sequence[Span], crowds: Crowds, rest: Callable[[], None] = nothing
) -> Check | None:
    """Foretell the newest quarter from the rest; ``None`` where there is not
    enough past for that. ``rest`` as in :func:`console.domain.prediction.fit`."""
    ordered = sorted(spans, key=_begin)
    cut = len(ordered) - round(len(ordered) * NEWEST)
    older, newest = ordered[:cut], ordered[cut:]
    if not enough(older) or not newest:
        return None
    model = fit(leg, older, crowds, rest)
    told: list[tuple[float, bool]] = []
    brier = base = alone = 0.0
    for row in unhurried(rows(newest, crowds), rest):
        late = 1.0 if row.span.missed else 0.0
        said = model.chance(row.spent_s, row.left_s, row.known)
        told.append((said, row.span.missed))
        brier += (said - late) ** 2
        base += (model.alone.base - late) ** 2
        alone += (model.alone.chance(row.spent_s, row.left_s) - late) ** 2
    looks = len(told)
    return Check(
        leg=leg,
        learned=len(older),
        n=len(newest),
        late=sum(span.missed for span in newest),
        since_s=newest[0].at_s,
        until_s=newest[-1].at_s,
        brier=brier / looks,
        brier_base=base / looks,
        brier_alone=alone / looks,
        bins=bins(told),
    )


def bins(told: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """The calibration of ``(said, late)``; classes in which nothing was said
    are left out."""
    found = []
    for low, high in pairwise(EDGES):
        last = high == EDGES[-1]
        group = [one for one in told if low <= one[0] < high or (last and one[0] == high)]
        if not group:
            continue
        said = sum(value for value, _ in group) / len(group)
        came = sum(late for _, late in group) / len(group)
        n = len(group) * WEIGHT
        found.append(Bin(low, high, n, said, came, *wilson(came, n)))
    return tuple(found)


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share seen among ``n``."""
    middle = (share + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
    half = _Z / (1 + _Z * _Z / n) * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _begin(span: Span) -> float:
    return span.at_s
