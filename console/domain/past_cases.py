"""Cases as they were at any instant: every version with when it became known.

A case at an instant is the fold of its events that had been recorded by then
(:mod:`console.domain.replay`). The folds are made once for all instants, so
that afterwards a moment of a shift costs a search per case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from console.domain import replay
from console.domain.model import Case, Event
from console.domain.replay import Standard
from console.domain.vocabulary import Action, State

V = TypeVar("V")
#: What happens to a case without its alarm being looked at.
_BESIDE: Final = frozenset({Action.NOTE, Action.ATTACH, Action.OPEN})
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tape(Generic[V]):
    """Something over time: ``values[i]`` holds from ``instants[i]`` on, until
    the next. Instants never go back, also where a clock did."""

    instants: tuple[datetime, ...]
    values: tuple[V, ...]

    def at(self, instant: datetime) -> V | None:
        """What it was at ``instant`` (which counts); ``None`` before the first."""
        place = bisect_right(self.instants, instant)
        return self.values[place - 1] if place else None

    def before(self, instant: datetime) -> V | None:
        """What it was just before ``instant``."""
        return self.at(instant - _MICROSECOND)


@dataclass(frozen=True, slots=True)
class CasePast:
    """One case over time. ``steps``: when a step was taken after which its
    alarm was brought in line with it; ``why``: the reason of its suspension,
    ``""`` while there is none."""

    id: str
    tape: Tape[Case]
    why: Tape[str]
    steps: tuple[datetime, ...]


def past_of(case_id: str, events: Iterable[Event], standard: Standard) -> CasePast:
    """The versions its events (all of one case, in the chain's order) make.
    Raises as :func:`console.domain.replay.follow` does."""
    made: Case | None = None
    instants: list[datetime] = []
    versions: list[Case] = []
    whys: list[str] = []
    steps: list[datetime] = []
    why = ""
    for event in events:
        at = max(event.recorded_at, instants[-1]) if instants else event.recorded_at
        if _turns(event):
            steps.append(at)
        after = replay.follow(made, event, standard)
        if after is None or after is made:
            continue
        if after.state is not State.SUSPENDED:
            why = ""
        elif made is None or made.state is not State.SUSPENDED:
            why = str(event.data.get("reason") or "")
        made = after
        if instants and instants[-1] == at:
            # One transaction: nobody ever saw what lay between.
            versions[-1], whys[-1] = made, why
        else:
            instants.append(at)
            versions.append(made)
            whys.append(why)
    known = tuple(instants)
    return CasePast(case_id, Tape(known, tuple(versions)), Tape(known, tuple(whys)), tuple(steps))


def _turns(event: Event) -> bool:
    """A step of the case, as opposed to what is only said about it."""
    data = event.data
    return "to" in data and event.action not in _BESIDE and data.get("asked") is not True
