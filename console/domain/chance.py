"""The chance that a promise will be missed, as it is handed to a screen.

It is worked out for some instants until the promise is due, so that a screen
can say it at any second without asking again: nothing counts here either.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain.vocabulary import DeadlineKind

#: What an alarm has for a threshold that rings because it will probably come to
#: that: one per cent, before any an office would set.
FORESEEN: Final = 1


@dataclass(frozen=True, slots=True)
class Push:
    """One fact and what it does to the chance: without it the chance would be
    lower by ``points`` (0.14: fourteen of a hundred; negative: higher).

    ``fact`` is one of ``class place part team desk calls accept``, ``level``
    what it is here, ``n`` how many former cases it is known from.
    """

    fact: str
    level: str
    points: float
    n: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Former promises of which a chance in ``[low, high)`` was said: ``n`` of
    them (all looks at one together count one), ``said`` on average, ``came`` the
    share that was missed, with its 95 % interval."""

    low: float
    high: float
    n: float
    said: float
    came: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance (0–1) that the clock ``kind``, due at ``due_at``, will not be
    met in time, if nothing happens meanwhile.

    ``points`` are (instant, chance from then on) in order, ending before
    ``due_at``. ``alone`` is what the time left says without any other fact, at
    the first instant. ``pushes``: the facts, the strongest first. ``n`` former
    promises of the kind stand behind it, ``late`` of them were missed. From
    ``warn`` on it is worth a warning (0: never). From ``until`` on it is to be
    worked out again.
    """

    kind: DeadlineKind
    due_at: datetime
    points: tuple[tuple[datetime, float], ...]
    alone: float
    pushes: tuple[Push, ...]
    n: int
    late: int
    warn: float
    until: datetime
    bins: tuple[Bin, ...] = ()
    """What became of the promises of which so much was said before."""

    def at(self, now: datetime) -> float:
        """The chance at ``now``; 1.0 once it is due."""
        if now >= self.due_at:
            return 1.0
        place = bisect_right(self.points, now, key=_instant)
        return self.points[max(0, place - 1)][1]

    def warns(self, now: datetime) -> bool:
        """True while the promise can still be kept and the chance is high."""
        return 0.0 < self.warn <= self.at(now) and now < self.due_at

    def checked(self, now: datetime) -> Bin | None:
        """What became of former promises of which about the same was said."""
        value = self.at(now)
        return next((one for one in self.bins if one.low <= value < one.high), None)

    @property
    def warns_at(self) -> datetime | None:
        """The first instant known at which it warns, if nothing happens."""
        if self.warn <= 0.0:
            return None
        return next((at for at, value in self.points if value >= self.warn), None)


def _instant(point: tuple[datetime, float]) -> datetime:
    return point[0]
