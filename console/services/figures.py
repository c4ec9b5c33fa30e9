"""Figures over cases: one cut a report, and the cut is in the answer.

The instants of a period are the site's local days; a fractile is computed from
the cases every time and never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import kpi
from console.domain.errors import Refusal
from console.domain.model import Actor, CaseFact
from console.domain.shifts import ShiftPlan, span_at
from console.services import permissions, shift_plan
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

SITE_ZONE: Final = ZoneInfo("Asia/Shanghai")
CUTS: Final = ("reported", "filed", "due", "closed")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One group: its key, how many cases, every indicator."""

    key: str
    n: int
    values: Mapping[str, kpi.Value]


@dataclass(frozen=True, slots=True)
class Figures:
    """A report. ``start`` is included, ``end`` is not."""

    cut: str
    start: datetime
    end: datetime
    timezone: str
    rows: tuple[FigureRow, ...]


def today(now: datetime) -> tuple[datetime, datetime]:
    """The local day around ``now``: its first instant and the next day's."""
    local = now.astimezone(SITE_ZONE)
    start = datetime.combine(local.date(), time(), tzinfo=SITE_ZONE)
    end = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=SITE_ZONE)
    return start.astimezone(now.tzinfo), end.astimezone(now.tzinfo)


class KpiService:
    """Reads figures; changes nothing."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def figures(
        self,
        actor: Actor,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        by: str = "",
        cut: str = "filed",
    ) -> Figures:
        """Every indicator over the period, as one row ``all`` or one a group.

        Without a period it is today. Raises ``Refusal('bad_usage')`` for an
        unknown cut or group and ``bad_value`` for a period that runs backwards.
        """
        permissions.demand(actor, "kpi.read")
        now = self._clock.now()
        first, last = _period(start, end, now)
        with self._uows.read() as uow:
            return figures_in(uow, first, last, now, by=by, cut=cut)


def figures_in(
    uow: UnitOfWork, start: datetime, end: datetime, now: datetime, *, by: str = "", cut: str = "filed"
) -> Figures:
    """The report, read in the caller's unit of work."""
    if cut not in CUTS:
        raise Refusal("bad_usage", "choice", what="--cut", value=cut, choices=", ".join(CUTS))
    if by and by not in GROUPS:
        raise Refusal("bad_usage", "choice", what="--by", value=by, choices=", ".join(GROUPS))
    facts = uow.facts.facts(start, end, cut)
    groups = _grouped(facts, by, cut, shift_plan.load(uow))
    rows = tuple(FigureRow(key, len(group), kpi.compute(group, now)) for key, group in groups.items())
    return Figures(cut, start, end, str(SITE_ZONE), rows)


def _period(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    if start is None:
        start = today(now if end is None else end - timedelta(microseconds=1))[0]
    if end is None:
        end = max(today(now)[1], today(start)[1])
    if end <= start:
        raise Refusal("bad_value", "period", start=start, end=end)
    return start, end


def _grouped(facts: Iterable[CaseFact], by: str, cut: str, plan: ShiftPlan) -> Mapping[str, list[CaseFact]]:
    if not by:
        return {"all": list(facts)}
    groups: dict[str, list[CaseFact]] = {}
    key = GROUPS[by]
    for fact in facts:
        groups.setdefault(key(fact, cut, plan), []).append(fact)
    return dict(sorted(groups.items()))


def cut_instant(fact: CaseFact, cut: str) -> datetime | None:
    """The instant of a case that decides in which period it counts."""
    if cut == "filed":
        return fact.filed_at
    if cut == "closed":
        return fact.closed_at
    if cut == "due":
        handling = fact.deadlines.get("handling")
        return handling[1] if handling else None
    return fact.reported_at or fact.found_at or fact.opened_at


def _hour(fact: CaseFact, cut: str, plan: ShiftPlan) -> str:
    at = cut_instant(fact, cut)
    return f"{at.astimezone(SITE_ZONE):%H}" if at else ""


def _shift(fact: CaseFact, cut: str, plan: ShiftPlan) -> str:
    at = cut_instant(fact, cut)
    return span_at(plan, at).id if at is not None else ""


def _field(name: str) -> Callable[[CaseFact, str, ShiftPlan], str]:
    def read(fact: CaseFact, cut: str, plan: ShiftPlan) -> str:
        return str(getattr(fact, name))

    return read


#: What a report can be cut by: key of a case.
GROUPS: Final[Mapping[str, Callable[[CaseFact, str, ShiftPlan], str]]] = {
    **{name: _field(name) for name in ("team", "community", "category", "camera", "officer", "source")},
    "hour": _hour,
    "shift": _shift,
}
