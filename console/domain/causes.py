"""Why a promise was broken: a coded cause, given when the case is closed.

The list is data: :data:`CAUSES` is the starter set (the cause codes of a late
list, practice of supervising desks), and a site's own rows change the names,
put causes of its own behind them or rest those it does not use. A case keeps
the code; words beside it are free. A case closed without one counts as not
coded, and the figures say how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from console.domain import deadlines
from console.domain.errors import Refusal
from console.domain.model import Case

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,23}")
MOST_CAUSES: Final = 40
MOST_NAME: Final = 40
#: The code that needs words: what it was, nobody else can know.
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Cause:
    """One row of the list. ``group`` says where it lies: ``force`` (people and
    vehicles), ``order`` (how the work ran), ``place`` (out there), ``system``,
    ``none`` (no reason that counts). ``active`` ones are offered."""

    code: str
    zh: str
    en: str
    group: str
    active: bool = True


GROUPS: Final = ("force", "order", "place", "system", "none")

CAUSES: Final = (
    Cause("no_unit", "无空闲力量", "No unit free", "force"),
    Cause("far", "路程远或堵车", "Far away or traffic", "force"),
    Cause("wrong_team", "派错队伍", "Wrong team sent", "order"),
    Cause("refused", "推诿退回", "Returned as not ours", "order"),
    Cause("verify_slow", "核实慢", "Verification slow", "order"),
    Cause("check_slow", "核查慢", "Check slow", "order"),
    Cause("late_entry", "做完未及时录入", "Done in time, entered late", "order"),
    Cause("rush", "同时来案多", "Many cases at once", "order"),
    Cause("place_unclear", "位置不清", "Place unclear", "place"),
    Cause("resisted", "当事人不配合", "Person concerned refused", "place"),
    Cause("weather", "恶劣天气", "Severe weather", "place"),
    Cause("needs_others", "需多部门协调", "Needs several departments", "place"),
    Cause("system_down", "系统或网络故障", "System or network down", "system"),
    Cause("no_reason", "无正当理由", "No reason", "none"),
    Cause(OTHER, "其他", "Other", "none"),
)


def of_site(rows: Iterable[Mapping[str, object]]) -> tuple[Cause, ...]:
    """The list in force: the starter set with the site's own ``rows`` over it
    (``code``, ``zh``, ``en``, ``group``, ``active``), new codes before "other".
    Raises ``Refusal('bad_value', 'cause_row')`` for a row that cannot be one."""
    found = {one.code: one for one in CAUSES}
    last = found.pop(OTHER)
    for row in rows:
        cause = _read(row)
        if cause.code == OTHER:
            last = replace(cause, active=True)
        else:
            found[cause.code] = cause
    if len(found) >= MOST_CAUSES:
        raise Refusal("bad_value", "cause_row", value=f"> {MOST_CAUSES}")
    return (*found.values(), last)


def _read(row: Mapping[str, object]) -> Cause:
    code = str(row.get("code", "")).strip()
    zh, en = str(row.get("zh", "")).strip(), str(row.get("en", "")).strip()
    group = str(row.get("group", "") or "order")
    fits = 0 < len(zh) <= MOST_NAME and 0 < len(en) <= MOST_NAME
    if not _CODE.fullmatch(code) or not fits or group not in GROUPS:
        raise Refusal("bad_value", "cause_row", value=" · ".join((code, zh, en, group))[:200])
    return Cause(code, zh, en, group, row.get("active", True) is not False)


def check(code: str, words: str, known: Sequence[Cause]) -> None:
    """Nothing for no code. Raises ``Refusal('bad_value')``: ``cause`` for a code
    that is not offered, ``cause_words`` for "other" without a word."""
    if not code:
        return
    if code not in {one.code for one in known if one.active}:
        allowed = ", ".join(one.code for one in known if one.active)
        raise Refusal("bad_value", "cause", value=code, allowed=allowed)
    if code == OTHER and not words.strip():
        raise Refusal("bad_value", "cause_words")


def broken(case: Case, at: datetime) -> tuple[str, ...]:
    """The clocks of a case that were broken as of ``at``, in their order: kinds
    whose round ended late or runs past its due time, or did in an earlier round."""
    ended = case.closed_at or case.ended_at
    return tuple(
        clock.kind.value
        for clock in case.deadlines
        if deadlines.missed(clock, at) or deadlines.cut_off_late(clock, ended)
    )
