"""What the page of figures asks, and what it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from console.domain import kpi, periods, shifts
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.services import figure_math, permissions, shift_plan
from console.services.figures import CUTS, GROUPS, groups_of, rules_of
from console.services.ports import UnitOfWork
from console.services.rankings import key_names
from console.services.requests import Heavy
from console.services.rules import causes_of

if TYPE_CHECKING:
    from console.services.assembly import Services

#: Periods one key away, shortest first.
PERIODS: Final = ("shift", "day", "yesterday", "week", "last_week", "month", "last_month", "year")
#: So many groups stand beside each other, those with most cases.
MOST_GROUPS: Final = 12


@dataclass(frozen=True, slots=True)
class LoadIndicators(Heavy):
    """→ :class:`IndicatorsView`. ``by`` empty: only all cases together."""

    period: str = "day"
    cut: str = "filed"
    by: str = ""


@dataclass(frozen=True, slots=True)
class LoadBehind(Heavy):
    """The cases behind a figure of such a view → ids, newest first; ``bad``:
    only those that fell short."""

    figure: str
    start: datetime
    end: datetime
    cut: str
    by: str = ""
    key: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """One column: its key (``None``: all cases), how many, every figure, and how
    many cases stand behind each, in all and short of what is wanted."""

    key: str | None
    n: int
    values: Mapping[str, kpi.Value]


@dataclass(frozen=True, slots=True)
class IndicatorsView:
    """Figures of a period; ``groups`` is how many groups there are in all."""

    period: str
    cut: str
    by: str
    start: datetime
    end: datetime
    taken_at: datetime
    columns: tuple[GroupColumn, ...]
    groups: int
    rules: FigureRules = field(default_factory=FigureRules)
    parts: Mapping[str, tuple[tuple[str, int, float | None], ...]] = field(default_factory=dict)
    """Composite → (part, weight, points or None) of all cases."""
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Key of a group → its names, Chinese and English, where it has any."""


def period_of(uow: UnitOfWork, name: str, now: datetime) -> tuple[datetime, datetime]:
    """Begin and end of a period of :data:`PERIODS`."""
    if name == "shift":
        span = shifts.span_at(shift_plan.load(uow), now)
        return span.start, span.end
    if name == "yesterday":
        found = periods.last("day", now)
    elif name.startswith("last_"):
        found = periods.last(name.removeprefix("last_"), now)
    elif name in PERIODS:
        found = periods.around(name, now)
    else:
        raise Refusal("bad_usage", "choice", what="period", value=name, choices=", ".join(PERIODS))
    return found.start, found.end


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What the office answers about indicators."""

    def load(request: LoadIndicators) -> IndicatorsView:
        permissions.demand(request.actor, "kpi.read")
        now = services.clock.now()
        with services.uows.read() as uow:
            return view(services, uow, request, now)

    def behind(request: LoadBehind) -> tuple[str, ...]:
        return services.kpi.cases(
            request.actor,
            request.figure,
            request.start,
            request.end,
            request.cut,
            by=request.by,
            key=request.key,
            bad=request.bad,
        )

    return {LoadIndicators: load, LoadBehind: behind}


def view(services: Services, uow: UnitOfWork, request: LoadIndicators, now: datetime) -> IndicatorsView:
    """The figures one page shows, read in the caller's unit of work."""
    if request.cut not in CUTS or request.by not in ("", *GROUPS):
        raise Refusal("bad_usage", "choice", what="--cut", value=request.cut, choices=", ".join(CUTS))
    start, end = period_of(uow, request.period, now)
    rules = rules_of(uow)
    rows = services.kpi.rows_in(uow, start, end, now, request.cut)
    counts = figure_math.count(rows, now)
    whole = kpi.values(counts, rules)
    columns, many = [GroupColumn(None, len(rows), whole)], 0
    if request.by:
        found = figure_math.by(rows, groups_of(uow, rows, request.by), now, rules)
        many = len(found)
        largest = sorted(found.items(), key=lambda item: -item[1][0])[:MOST_GROUPS]
        kept = {key for key, _ in largest}
        ordered = found.items() if request.by in ("hour", "shift", "day") else largest
        columns += [GroupColumn(key, n, values) for key, (n, values) in ordered if key in kept]
    parts = {
        name: tuple((part, weight, kpi.points_of(part, counts, whole, rules)) for weight, part in rows_of)
        for name, rows_of in rules.scores.items()
    }
    return IndicatorsView(
        request.period,
        request.cut,
        request.by,
        start,
        end,
        now,
        tuple(columns),
        many,
        rules,
        parts,
        _names(uow, request.by),
    )


def _names(uow: UnitOfWork, by: str) -> Mapping[str, tuple[str, str]]:
    if by == "cause":
        found = causes_of(uow.settings.all())
        return {one.code: (one.zh, one.en) for one in found}
    return key_names(uow, by)
