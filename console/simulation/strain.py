"""What makes an invented office late: a truth that is known.

A plan (:mod:`console.simulation.plans`) is late with the same chance whatever
it is about. An office is not: here the chance that a promise is missed depends
on the part of the day, the community, the class of the case and on how many
others wait for the desk or for the team at that moment. On average about as
many are late as the plan alone would have.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

from console.domain.pace import part_of_day
from console.domain.records import replace
from console.domain.vocabulary import Action
from console.simulation.plans import LATE_ARRIVAL, LATE_DECISION, LATE_DISPATCH, Deed, Plan

#: What the part of the day does to the chance of being late.
PARTS: Final = {"night": 0.5, "morning": 1.0, "day": 0.7, "rush": 1.8, "evening": 1.2}
#: What communities and classes do: each has one of these, by its id.
PLACES: Final = (0.4, 0.9, 1.7)
CLASSES: Final = (0.5, 1.0, 1.6)
#: What each other case that waits does, up to so many.
CROWD: Final = 1.6
MOST_OTHERS: Final = 5
MOST: Final = 0.85
_BASE: Final = {Action.FILE: LATE_DECISION, Action.DISPATCH: LATE_DISPATCH, Action.ARRIVE: LATE_ARRIVAL}


def risk(what: Action, part: str, community: str, category: str, others: int) -> float:
    """The chance that deciding (``FILE``), dispatching or arriving is late."""
    own = PLACES[_one_of(what, community)] * CLASSES[_one_of(what, category)]
    return min(MOST, _BASE[what] * PARTS[part] * own * CROWD ** min(others, MOST_OTHERS))


@lru_cache(maxsize=4096)
def _one_of(what: Action, name: str) -> int:
    """Which of three a community or a class has."""
    return crc32(f"{what}:{name}".encode()) % 3


@dataclass
class Strain:
    """Who waits for whom among the cases of a day, in the order they come in."""

    zone: ZoneInfo
    _desk: list[datetime] = field(default_factory=list)
    _teams: dict[str, list[datetime]] = field(default_factory=dict)

    def bend(
        self, dice: random.Random, plan: Plan, at: datetime, community: str, category: str, team: str
    ) -> Plan:
        """``plan``, which begins at ``at``, with its times as the office is then."""
        deeds = list(plan.deeds)
        here = (community, category)
        self._desk = [end for end in self._desk if end > at]
        if deeds[0].action is Action.FILE:
            late = dice.random() < self._risk(Action.FILE, at, here, len(self._desk))
            deeds[0] = _timed(deeds[0], late, dice.uniform(305, 480), dice.uniform(60, 285), 300)
        sent = next((n for n, deed in enumerate(deeds) if deed.action is Action.DISPATCH), None)
        if sent is None:
            self._desk.append(at + _sum(deeds))
            return replace(plan, deeds=tuple(deeds))
        filed = at + _sum(deeds[:sent])
        waiting = sum(end > filed for end in self._desk)
        late = dice.random() < self._risk(Action.DISPATCH, filed, here, waiting)
        deeds[sent] = _timed(deeds[sent], late, dice.uniform(62, 110), dice.uniform(15, 56), 60)
        self._desk.append(filed + timedelta(seconds=deeds[sent].after_s))
        self._arrive(dice, deeds, filed, sent, here, team)
        return replace(plan, deeds=tuple(deeds))

    def _arrive(
        self,
        dice: random.Random,
        deeds: list[Deed],
        filed: datetime,
        sent: int,
        here: tuple[str, str],
        team: str,
    ) -> None:
        there = next((n for n, deed in enumerate(deeds) if deed.action is Action.ARRIVE), None)
        if there is None:
            return
        begun = filed + timedelta(seconds=deeds[sent].after_s)
        calls = [end for end in self._teams.get(team, ()) if end > begun]
        late = dice.random() < self._risk(Action.ARRIVE, begun, here, len(calls))
        before = sum(deed.after_s for deed in deeds[sent:there])
        whole = before + deeds[there].after_s
        wished = dice.uniform(605, 860) if late else min(whole, dice.uniform(300, 590))
        if late != (whole > 600):
            deeds[there] = replace(deeds[there], after_s=round(max(30.0, wished - before), 1))
        calls.append(filed + timedelta(seconds=before + deeds[there].after_s))
        self._teams[team] = calls

    def _risk(self, what: Action, at: datetime, here: tuple[str, str], others: int) -> float:
        return risk(what, part_of_day(at, self.zone), *here, others)


def _timed(deed: Deed, late: bool, long_s: float, short_s: float, limit_s: float) -> Deed:
    """The deed, late or not; its time stays where it already is so."""
    if late == (deed.after_s > limit_s):
        return deed
    return replace(deed, after_s=round(long_s if late else short_s, 1))


def _sum(deeds: Sequence[Deed]) -> timedelta:
    return timedelta(seconds=sum(deed.after_s for deed in deeds))
