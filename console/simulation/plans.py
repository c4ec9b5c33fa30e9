"""How an invented case goes: who sees what, how long each step takes, what goes wrong.

The mix of classes follows what one city filed and closed in a month (banners
367, clutter 307, exposed garbage 275, hanging 191, vendors 184 … and a long
tail); the sources and the load are a street office's: 60 % camera, 30 % patrol,
10 % public. The times are chosen so that most promises are kept and some are not.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from console.domain.model import Condition
from console.domain.vocabulary import Action, Source, Unit

#: How often each condition comes up, out of about 2,000.
MIX: Final[Mapping[str, int]] = {
    "E07007-1": 367,
    "E06036-1": 307,
    "E06010-1": 275,
    "E06007-1": 191,
    "E09001-1": 184,
    "E07001-1": 107,
    "E06042-1": 102,
    "E06012-1": 90,
    "E09005-1": 71,
    "E06003-1": 55,
    "E09006-1": 45,
    "E06011-1": 44,
    "E09004-1": 28,
    "E09010-1": 26,
    "E09011-1": 24,
    "E09009-1": 20,
    "E06029-1": 12,
    "E06028-1": 10,
    "E08004-1": 9,
    "E06013-1": 6,
    "C01003-1": 6,
    "E06020-1": 5,
    "E06014-1": 5,
    "C03005-1": 5,
    "E08002-1": 4,
    "C01037-1": 3,
    "C04002-1": 3,
    "E09012-1": 3,
    "E10002-1": 2,
    "L05006-1": 2,
    "L05003-1": 1,
}
SOURCES: Final[Mapping[Source, int]] = {Source.CAMERA: 60, Source.PATROL: 30, Source.PUBLIC: 10}

#: What goes wrong, as shares.
REJECTED = 0.05
REFUSED = 0.04
LATE_DECISION = 0.04
LATE_DISPATCH = 0.05
LATE_ARRIVAL = 0.09
REWORK = 0.07
SUSPENDED = 0.015
EXTENDED = 0.01
LATE_HANDLING = 0.06
VERIFIED = 0.5
DENIED_BY_VERIFICATION = 0.2

#: Sentences people type, Chinese and English.
SENTENCES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "reject": (
        ("不在立案标准之内", "Not within the filing standard"),
        ("到现场前已自行清理", "Cleared before anybody came"),
        ("画面为正常装卸货", "Ordinary loading and unloading"),
    ),
    "nothing": (("现场核实无此问题", "Nothing found at the place"),),
    "refuse": (
        ("不属本队职责", "Not this team's work"),
        ("位置在相邻办事处辖区", "The place belongs to the next office"),
    ),
    "rework": (
        ("现场仍有残留", "Something is still there"),
        ("处置后照片与位置不符", "The after-photo shows another place"),
    ),
    "suspend": (("需产权单位配合，约定明日施工", "Waits for the owner, who comes tomorrow"),),
    "extend": (("物料需外调", "Material has to be brought in"),),
    "camera": (("视频巡查发现", "Seen on a camera"),),
    "patrol": (("巡查人员上报", "Reported by a patrol"),),
    "public": (
        ("市民来电反映", "A resident telephoned"),
        ("热线转办", "Passed on by the hotline"),
    ),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One planned step. It is due ``after_s`` seconds after the one before it;
    with ``share`` it is due at that share of the handling limit instead, where
    a whole history is made. ``who``: ``duty``, ``leader`` or ``field``.
    ``again`` asks for another team than before; ``cause`` is told where a
    promise was broken."""

    action: Action
    after_s: float
    who: str = "duty"
    result: str = ""
    reason: str = ""
    share: float = 0.0
    again: bool = False
    until_s: float = 0.0
    text: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """An invented case: its source, its condition and its steps in order."""

    source: Source
    condition: str
    note: str
    deeds: tuple[Deed, ...]


def sentence(dice: random.Random, key: str, lang: str) -> str:
    """One of the sentences people type."""
    zh, en = dice.choice(SENTENCES[key])
    return zh if lang == "zh" else en


def draw(dice: random.Random, conditions: Mapping[str, Condition], lang: str) -> Plan:
    """Invent a case. ``conditions`` is the site's standard by id; those of the
    mix that the site does not have are left out."""
    known, weights = _mix(tuple(conditions))
    condition = dice.choices(known, cum_weights=weights)[0]
    source = dice.choices(_SOURCES, cum_weights=_SOURCE_WEIGHTS)[0]
    note = sentence(dice, source.value, lang)
    deeds = _intake(dice, source, lang)
    if deeds[-1].action is Action.FILE:
        deeds += _dispatch(dice, lang)
        deeds += _field(dice, conditions[condition], lang)
        deeds += _checking(dice, lang)
    return Plan(source, condition, note, tuple(deeds))


_SOURCES: Final = list(SOURCES)
_SOURCE_WEIGHTS: Final = list(accumulate(SOURCES.values()))


@lru_cache(maxsize=8)
def _mix(conditions: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The site's conditions of the mix and their summed weights."""
    known = [cid for cid in MIX if cid in conditions] or sorted(conditions)
    return known, list(accumulate(MIX.get(cid, 1) for cid in known))


def _around(dice: random.Random, median_s: float, spread: float, most_s: float = math.inf) -> float:
    """A time of a person's work: log-normal, rounded to tenths of a second."""
    return round(min(median_s * math.exp(dice.gauss(0.0, spread)), most_s), 1)


def _intake(dice: random.Random, source: Source, lang: str) -> list[Deed]:
    deeds: list[Deed] = []
    if source is Source.PUBLIC and dice.random() < VERIFIED:
        deeds.append(Deed(Action.VERIFY, _around(dice, 70, 0.4, 200)))
        found = "none" if dice.random() < DENIED_BY_VERIFICATION else "exists"
        deeds.append(Deed(Action.VERIFIED, _around(dice, 480, 0.4, 1700), result=found))
        if found == "none":
            reason = sentence(dice, "nothing", lang)
            return [*deeds, Deed(Action.REJECT, _around(dice, 30, 0.4, 80), reason=reason)]
        return [*deeds, Deed(Action.FILE, _around(dice, 30, 0.5, 90))]
    if dice.random() < REJECTED:
        reason = sentence(dice, "reject", lang)
        return [Deed(Action.REJECT, _around(dice, 80, 0.5, 280), reason=reason)]
    median = 55.0 if source is Source.PATROL else 100.0
    late = dice.random() < LATE_DECISION
    wait = dice.uniform(305, 480) if late else _around(dice, median, 0.5, 285)
    return [Deed(Action.FILE, round(wait, 1))]


def _dispatch(dice: random.Random, lang: str) -> list[Deed]:
    late = dice.random() < LATE_DISPATCH
    deeds = [Deed(Action.DISPATCH, round(dice.uniform(62, 110), 1) if late else _around(dice, 22, 0.4, 56))]
    if dice.random() < REFUSED:
        reason = sentence(dice, "refuse", lang)
        deeds.append(Deed(Action.REFUSE, _around(dice, 60, 0.4, 150), "field", reason=reason))
        deeds.append(Deed(Action.DISPATCH, _around(dice, 25, 0.4, 56), again=True))
    return deeds


def _field(dice: random.Random, condition: Condition, lang: str) -> list[Deed]:
    accept = _around(dice, 40, 0.5, 120)
    late = dice.random() < LATE_ARRIVAL
    # Arrival is promised from filing; dispatch took some twenty seconds of it.
    arrive = dice.uniform(590, 840) if late else _around(dice, 330, 0.3, 540)
    deeds = [
        Deed(Action.ACCEPT, accept, "field"),
        Deed(Action.ARRIVE, round(max(arrive - accept - 25, 30), 1), "field"),
    ]
    if dice.random() < SUSPENDED:
        reason = sentence(dice, "suspend", lang)
        deeds.append(Deed(Action.SUSPEND, 300, reason=reason, until_s=18 * 3600))
        deeds.append(Deed(Action.APPROVE, 200, "leader"))
        deeds.append(Deed(Action.RESUME, 3 * 3600))
    elif dice.random() < EXTENDED:
        deeds.append(Deed(Action.EXTEND, 400, reason=sentence(dice, "extend", lang)))
        deeds.append(Deed(Action.APPROVE, 240, "leader"))
    share = dice.uniform(1.02, 1.6) if dice.random() < LATE_HANDLING else dice.uniform(0.05, 0.75)
    deeds.append(Deed(Action.HANDLED, _handling_s(dice, condition.limit_unit), "field", share=share))
    return deeds


def _handling_s(dice: random.Random, unit: Unit) -> float:
    """Live traffic handles what it can within the hour, so that something moves."""
    if unit in (Unit.URGENT_MINUTE, Unit.URGENT_HOUR):
        return _around(dice, 900, 0.5, 5400)
    return _around(dice, 1800, 0.6, 3 * 3600)


def _checking(dice: random.Random, lang: str) -> list[Deed]:
    deeds: list[Deed] = []
    if dice.random() < REWORK:
        deeds += [
            Deed(Action.FEEDBACK, _around(dice, 120, 0.5, 600)),
            Deed(
                Action.CHECK,
                _around(dice, 420, 0.5, 1500),
                result="rework",
                reason=sentence(dice, "rework", lang),
            ),
            Deed(Action.HANDLED, _around(dice, 900, 0.5, 3600), "field"),
        ]
    return [
        *deeds,
        Deed(Action.FEEDBACK, _around(dice, 120, 0.5, 600)),
        Deed(Action.CHECK, _around(dice, 400, 0.5, 1150), result="pass"),
        Deed(Action.CLOSE, _around(dice, 90, 0.6, 600)),
    ]
