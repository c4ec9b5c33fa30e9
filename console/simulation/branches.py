"""What rarely happens to a case, in a whole history: merged, voided, closed by
force, corrected, reopened, appealed, urged, helped by a second team, supervised.

A drawn plan (:mod:`console.simulation.plans`) is the ordinary way; here one in
twelve goes another. The shares are an office's, rounded up so that every branch
is there in a few thousand cases.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from console.domain.records import replace
from console.domain.vocabulary import Action, Source
from console.simulation import breaches
from console.simulation.plans import Deed, Plan

#: What becomes of how many of a thousand cases.
SHARES: Final[Mapping[str, int]] = {
    "merged": 14,
    "voided": 6,
    "forced": 5,
    "corrected": 8,
    "reopened": 7,
    "appealed": 22,
    "urged": 10,
    "noted": 10,
    "joined": 4,
    "supervised": 4,
}
#: Of those that would appeal only the late ones can; of these so many are denied.
DENIED: Final = 0.3
#: A step that takes longer than so many seconds breaks the promise named.
_LATE: Final = {
    Action.FILE: (300, "decision"),
    Action.DISPATCH: (60, "dispatch"),
    Action.ARRIVE: (560, "arrival"),
    Action.CHECK: (1700, "check"),
}

_SENTENCES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "voided": (("重复录入", "Entered twice"), ("不属本辖区", "Not in this district")),
    "forced": (("当事单位已书面承诺，先行结案", "Promised in writing by the owner; closed ahead"),),
    "corrected": (("队员先到现场、后点到达", "The team was there before it pressed the key"),),
    "reopened": (("回访发现问题复发", "The call-back found it had come back"),),
    "appealed": (("道路封闭绕行，非本队原因", "Road closed, a detour; not the team's fault"),),
    "urged": (("市民再次来电催办", "The resident has called again"),),
    "noted": (("已联系商户负责人", "The shop's owner has been told"),),
    "joined": (("现场需环卫配合清运", "Sanitation has to carry it away"),),
    "supervised": (("领导批示，今日内回复", "A leader wants an answer today"),),
    "replied": (("已处置到位并留人值守", "Done, and somebody stays there"),),
}


def _said(dice: random.Random, key: str, lang: str) -> str:
    zh, en = dice.choice(_SENTENCES[key])
    return zh if lang == "zh" else en


def branch(dice: random.Random, plan: Plan, lang: str) -> Plan:
    """``plan``, or one time in twelve another course."""
    at = dice.random() * 1000
    for name, share in SHARES.items():
        if at < share:
            return _BRANCHES[name](dice, plan, lang)
        at -= share
    return plan


def caused(dice: random.Random, plan: Plan, known: frozenset[str]) -> Plan:
    """A case that will be late is closed with its cause, one of ``known``; one
    that will not is not appealed."""
    broken = _broken(plan.deeds)
    if not broken and any(deed.action is Action.APPEAL for deed in plan.deeds):
        # Nothing to appeal against: it ends with its close.
        plan = replace(plan, deeds=plan.deeds[:-2])
    code = breaches.cause(dice, broken) if broken else ""
    if code not in known:
        return plan
    ends = (Action.CLOSE, Action.FORCE_CLOSE)
    deeds = (replace(deed, cause=code) if deed.action in ends else deed for deed in plan.deeds)
    return replace(plan, deeds=tuple(deeds))


def _broken(deeds: Sequence[Deed]) -> list[str]:
    """The promises that these steps will break, roughly and in their order."""
    found = []
    for deed in deeds:
        most, kind = _LATE.get(deed.action, (math.inf, ""))
        if deed.after_s > most:
            found.append(kind)
        elif deed.share > 1:
            found.append("handling")
    return found


def _place(plan: Plan, action: Action) -> int | None:
    """Where the last such step stands; nowhere for a case that asks for a
    second person's word already."""
    found = [n for n, deed in enumerate(plan.deeds) if deed.action is action]
    asks = any(deed.action is Action.APPROVE for deed in plan.deeds)
    return found[-1] if found and not asks else None


def _after(plan: Plan, action: Action, more: Sequence[Deed], ends: bool = False) -> Plan:
    """``plan`` with ``more`` behind a step, and nothing after it when it ``ends``."""
    at = _place(plan, action)
    if at is None:
        return plan
    rest = () if ends else plan.deeds[at + 1 :]
    return replace(plan, deeds=(*plan.deeds[: at + 1], *more, *rest))


def _agreed(dice: random.Random) -> Deed:
    return Deed(Action.APPROVE, round(dice.uniform(40, 400), 1), "leader")


def _merged(dice: random.Random, plan: Plan, lang: str) -> Plan:
    """Seen by somebody else, too: it goes into the one that is there."""
    source = Source.PUBLIC if dice.random() < 0.6 else Source.PATROL
    return replace(plan, source=source, deeds=(Deed(Action.MERGE, round(dice.uniform(25, 200), 1)),))


def _voided(dice: random.Random, plan: Plan, lang: str) -> Plan:
    step = Action.FILE if dice.random() < 0.5 else Action.DISPATCH
    wish = Deed(Action.VOID, round(dice.uniform(30, 300), 1), reason=_said(dice, "voided", lang))
    return _after(plan, step, (wish, _agreed(dice)), ends=True)


def _forced(dice: random.Random, plan: Plan, lang: str) -> Plan:
    wish = Deed(Action.FORCE_CLOSE, round(dice.uniform(600, 90_000), 1), reason=_said(dice, "forced", lang))
    return _after(plan, Action.ARRIVE, (wish, _agreed(dice)), ends=True)


def _corrected(dice: random.Random, plan: Plan, lang: str) -> Plan:
    """The arrival was earlier than the key that told it."""
    reason = _said(dice, "corrected", lang)
    wish = Deed(Action.CORRECT, round(dice.uniform(60, 150), 1), reason=reason, result="arrived_at")
    return _after(plan, Action.ARRIVE, (wish, Deed(Action.APPROVE, 60, "leader")))


def _reopened(dice: random.Random, plan: Plan, lang: str) -> Plan:
    return _after(
        plan,
        Action.CLOSE,
        (
            Deed(
                Action.REOPEN,
                round(dice.uniform(1800, 40_000), 1),
                "leader",
                reason=_said(dice, "reopened", lang),
            ),
            Deed(Action.HANDLED, round(dice.uniform(1200, 6000), 1), "field"),
            Deed(Action.FEEDBACK, round(dice.uniform(60, 500), 1)),
            Deed(Action.CHECK, round(dice.uniform(200, 1100), 1), result="pass"),
            Deed(Action.CLOSE, round(dice.uniform(30, 400), 1)),
        ),
    )


def _appealed(dice: random.Random, plan: Plan, lang: str) -> Plan:
    reason = _said(dice, "appealed", lang)
    answer = Action.DENY if dice.random() < DENIED else Action.APPROVE
    wish = Deed(Action.APPEAL, round(dice.uniform(3600, 80_000), 1), reason=reason)
    return _after(plan, Action.CLOSE, (wish, Deed(answer, round(dice.uniform(600, 20_000), 1), "leader")))


def _urged(dice: random.Random, plan: Plan, lang: str) -> Plan:
    return _after(plan, Action.ARRIVE, (Deed(Action.URGE, 60, text=_said(dice, "urged", lang)),))


def _noted(dice: random.Random, plan: Plan, lang: str) -> Plan:
    return _after(plan, Action.ARRIVE, (Deed(Action.NOTE, 45, text=_said(dice, "noted", lang)),))


def _joined(dice: random.Random, plan: Plan, lang: str) -> Plan:
    return _after(
        plan, Action.ARRIVE, (Deed(Action.ADD_TEAM, 90, reason=_said(dice, "joined", lang), again=True),)
    )


def _supervised(dice: random.Random, plan: Plan, lang: str) -> Plan:
    ask = Deed(Action.SUPERVISE, 50, "leader", text=_said(dice, "supervised", lang), until_s=4 * 3600)
    return _after(plan, Action.ARRIVE, (ask, Deed(Action.REPLY, 900, text=_said(dice, "replied", lang))))


_BRANCHES: Final[Mapping[str, Callable[[random.Random, Plan, str], Plan]]] = {
    "merged": _merged,
    "voided": _voided,
    "forced": _forced,
    "corrected": _corrected,
    "reopened": _reopened,
    "appealed": _appealed,
    "urged": _urged,
    "noted": _noted,
    "joined": _joined,
    "supervised": _supervised,
}
