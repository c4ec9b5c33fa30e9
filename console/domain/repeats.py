"""Places where the same thing comes back: same small class, near, within days.

A place is a case with every other of its class within the distance around it.
The case with the most neighbours is taken first, then the next of what is left,
so that a long street of stalls is several places and not one without end, and
the answer does not depend on the order of the cases.

50 m is the radius at which desks look for a repeated report; 30 days is the
window supervisors look back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from console.domain import geo

METRES: Final = 50.0
WINDOW: Final = timedelta(days=30)
#: Cases that make a place one to look at.
LEAST: Final = 3
#: Metres on the ground of one degree of latitude.
_DEGREE_M: Final = geo.RADIUS_M * math.pi / 180


class Placed(Protocol):
    """What a case must tell."""

    @property
    def id(self) -> str: ...

    @property
    def lon(self) -> float: ...

    @property
    def lat(self) -> float: ...


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class Around:
    """One place: the case in its middle, all its cases, and how far the
    farthest lies from the middle, metres."""

    middle: str
    ids: tuple[str, ...]
    metres: float


def places(cases: Sequence[P], metres: float = METRES, least: int = LEAST) -> tuple[Around, ...]:
    """Places with ``least`` cases or more among cases of one class, the fullest
    first. Cases keep the order they came in."""
    near = _neighbours(cases, metres)
    left = set(range(len(cases)))
    found: list[Around] = []
    # How many are near only shrinks: what was counted is looked at once more
    # before it is taken, and goes back where it belongs when it has shrunk.
    waiting = _Waiting((len(near[at]), at) for at in left if len(near[at]) >= least)
    for counted, at in waiting:
        if at not in left:
            continue
        here = [one for one in near[at] if one in left]
        if len(here) < counted:
            if len(here) >= least:
                waiting.back(len(here), at)
            continue
        left.difference_update(here)
        middle = cases[at]
        spread = max(_metres(middle, cases[one]) for one in here)
        found.append(Around(middle.id, tuple(cases[one].id for one in sorted(here)), spread))
    return tuple(found)


class _Waiting:
    """Gives the fullest first, of equals the earliest case."""

    def __init__(self, counted: Iterable[tuple[int, int]]) -> None:
        self._by: dict[int, list[int]] = {}
        for many, at in counted:
            self.back(many, at)

    def back(self, many: int, at: int) -> None:
        """Wait again, with fewer than before."""
        self._by.setdefault(many, []).append(at)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        while self._by:
            most = max(self._by)
            for at in sorted(self._by.pop(most)):
                yield most, at


def _neighbours(cases: Sequence[P], metres: float) -> list[list[int]]:
    """For every case the cases within the distance, itself too."""
    cells: dict[tuple[int, int], list[int]] = {}
    keys = []
    step = metres / _DEGREE_M
    # As wide on the ground as high, or wider: one width for all, of the case farthest from the equator.
    farthest = max((abs(case.lat) for case in cases), default=0.0)
    wide = step / max(0.01, math.cos(math.radians(farthest)))
    for at, case in enumerate(cases):
        key = (math.floor(case.lon / wide), math.floor(case.lat / step))
        keys.append(key)
        cells.setdefault(key, []).append(at)
    found: list[list[int]] = []
    for at, (x, y) in enumerate(keys):
        beside = (one for dx in (-1, 0, 1) for dy in (-1, 0, 1) for one in cells.get((x + dx, y + dy), ()))
        found.append([one for one in beside if _metres(cases[at], cases[one]) <= metres])
    return found


def _metres(a: Placed, b: Placed) -> float:
    return geo.distance_m((a.lon, a.lat), (b.lon, b.lat))
