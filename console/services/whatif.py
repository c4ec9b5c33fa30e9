"""What if the limits were others: past months held against them.

The left column is the past as it was counted (the same figures as everywhere),
the right one the same cases under the limits to try. Beside the modelled alarms
stand those that were recorded, so that one sees how true the model is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from console.domain import deadlines, figure_row, limits, ranking, shifts
from console.domain.errors import Refusal
from console.domain.figure_row import NONE
from console.domain.model import Actor
from console.domain.terms import Rules
from console.domain.vocabulary import DeadlineKind, Severity
from console.services import permissions, shift_plan, whatif_math
from console.services.figure_rows import FigureRows, read_rows
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Heavy
from console.services.rules import load_rules
from console.services.whatif_math import MOVED, RINGS, Moves

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


if TYPE_CHECKING:
    from console.services.assembly import Services

#: What may be tried, in seconds (per cent for ``handling`` and ``warn``).
RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "decision": (30, 7200),
    "dispatch": (10, 7200),
    "arrival": (60, 14_400),
    "total": (60, 28_800),
    "handling": (10, 500),
    "warn": (10, 99),
}
#: Above this many calls in ten minutes nobody can answer them all (ISA-18.2).
FLOOD: Final = 10
MOST_DAYS: Final = 1100
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to try over which time. Times in seconds, ``handling`` and ``warn``
    in per cent; ``None`` leaves a limit as it is. Cases filed in
    ``[start, end)`` are taken."""

    start: datetime
    end: datetime
    decision: int | None = None
    dispatch: int | None = None
    arrival: int | None = None
    total: int | None = None
    handling: int | None = None
    warn: int | None = None


@dataclass(frozen=True, slots=True)
class StageRow:
    """One promise before and after. ``limit_before``/``limit_after`` in seconds
    (``None``: each case has its own, which is multiplied). ``lost`` are cases
    that kept it and would not, ``won`` those that broke it and would not have."""

    kind: str
    limit_before: int | None
    limit_after: int | None
    factor: float
    hits_before: int
    n_before: int
    hits_after: int
    n_after: int
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()

    @property
    def before(self) -> float | None:
        """Attainment as it was, 0–1."""
        return self.hits_before / self.n_before if self.n_before else None

    @property
    def after(self) -> float | None:
        """Attainment as it would be, 0–1."""
        return self.hits_after / self.n_after if self.n_after else None

    def interval(self, after: bool) -> ranking.Interval | None:
        """Its 95 % interval."""
        hits, n = (self.hits_after, self.n_after) if after else (self.hits_before, self.n_before)
        return ranking.wilson(hits, n)


@dataclass(frozen=True, slots=True)
class Ringing:
    """Calls of case alarms over the period. ``by_shift`` as long as the shifts;
    ``by_severity`` high, medium, low; ``floods`` ten-minute stretches with more
    than ten."""

    calls: int
    by_shift: tuple[int, ...]
    by_severity: Mapping[str, int]
    floods: int

    @property
    def mean(self) -> float | None:
        """Calls a shift."""
        return self.calls / len(self.by_shift) if self.by_shift else None

    @property
    def p90(self) -> int | None:
        """Calls of the shift that is louder than nine of ten (nearest rank)."""
        ordered = sorted(self.by_shift)
        return ordered[-(-9 * len(ordered) // 10) - 1] if ordered else None

    @property
    def most(self) -> int | None:
        """Calls of the loudest shift."""
        return max(self.by_shift, default=None)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer. ``shifts``: ids, oldest first. ``recorded``: alarm calls of
    cases that were really recorded in the period."""

    wish: Wish
    n: int
    stages: tuple[StageRow, ...]
    shifts: tuple[str, ...]
    before: Ringing
    after: Ringing
    recorded: int
    origin: str
    carried: int
    """Cases with an earlier round that ended late: they stay broken."""


@dataclass(frozen=True, slots=True)
class AskWhatIf(Heavy):
    """→ ``WhatIf``."""

    actor: Actor
    wish: Wish


class WhatIfService:
    """Reads cases; changes nothing."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def ask(self, actor: Actor, wish: Wish) -> WhatIf:
        """Raises ``Refusal``: ``bad_value.period`` for a period that runs
        backwards or is longer than three years, ``bad_value.range`` for a limit
        nobody would set."""
        permissions.demand(actor, "kpi.read")
        now = self._clock.now()
        wish = checked(wish, now)
        with self._uows.read() as uow:
            rules = load_rules(uow, now)
            rows = read_rows(uow, wish.start, wish.end, "filed", rules.calendar)
            plan = shift_plan.load(uow)
            recorded = _recorded(uow, wish.start, wish.end)
        return answer(rows, wish, rules, plan, recorded, now)


def checked(wish: Wish, now: datetime) -> Wish:
    """The wish, its end not after ``now``."""
    end = min(wish.end, now)
    if end <= wish.start or end - wish.start > MOST_DAYS * _DAY:
        raise Refusal("bad_value", "period", start=wish.start, end=wish.end)
    for name, (low, high) in RANGES.items():
        value = getattr(wish, name)
        if value is not None and not low <= value <= high:
            raise Refusal("bad_value", "range", value=value, low=low, high=high)
    return replace(wish, end=end)


def moves_of(wish: Wish, rules: Rules) -> Moves:
    """The wish as limits to try."""
    named = ("decision", "dispatch", "arrival", "total")
    seconds = {name: value for name in named if (value := getattr(wish, name)) is not None}
    if "total" not in seconds:
        total = whatif_math.total_of(rules.promises, seconds, rules.arrival_origin)
        if total is not None:
            seconds["total"] = max(1, total)
    factor = wish.handling / 100 if wish.handling is not None else 1.0
    return Moves(seconds, factor, wish.warn if wish.warn is not None else whatif_math.WARN)


def answer(
    rows: FigureRows, wish: Wish, rules: Rules, plan: shifts.ShiftPlan, recorded: int, now: datetime
) -> WhatIf:
    """Both columns over these cases."""
    moves, still = moves_of(wish, rules), Moves()
    spans = shifts.spans_between(plan, wish.start, wish.end)
    edges = np.array([figure_row.micros(span.start) for span in spans] + [figure_row.micros(spans[-1].end)])
    stages = tuple(_stage(rows, kind, moves, still, rules, now) for kind in MOVED)
    carried = np.zeros(len(rows), bool)
    for kind in MOVED:
        carried |= rows.clock(kind.value, figure_row.MISSED_BEFORE)
    return WhatIf(
        wish=wish,
        n=len(rows),
        stages=stages,
        shifts=tuple(span.id for span in spans),
        before=_ringing(rows, still, edges, now),
        after=_ringing(rows, moves, edges, now),
        recorded=recorded,
        origin=rules.arrival_origin,
        carried=int(carried.sum()),
    )


def _stage(
    rows: FigureRows, kind: DeadlineKind, moves: Moves, still: Moves, rules: Rules, now: datetime
) -> StageRow:
    was = whatif_math.clock(rows, kind, still, now).kept
    will = whatif_math.clock(rows, kind, moves, now).kept if moves.moves(kind) else was
    if kind is DeadlineKind.HANDLING:
        before = after = None
    else:
        limit = (
            limits.total(rules.promises, rules.arrival_origin)
            if kind is DeadlineKind.TOTAL
            else limits.promise(rules.promises, kind)
        )
        before = limits.seconds(limit)
        after = moves.seconds.get(kind.value, before)
    return StageRow(
        kind=kind.value,
        limit_before=before,
        limit_after=after,
        factor=moves.handling if kind is DeadlineKind.HANDLING else 1.0,
        hits_before=int((was == 1).sum()),
        n_before=int((was >= 0).sum()),
        hits_after=int((will == 1).sum()),
        n_after=int((will >= 0).sum()),
        lost=rows.ids((was != 0) & (will == 0)),
        won=rows.ids((was == 0) & (will != 0)),
    )


def _ringing(rows: FigureRows, moves: Moves, edges: Any, now: datetime) -> Ringing:
    calls: dict[Severity, list[Any]] = {one: [] for one in Severity}
    for kind in RINGS:
        found = whatif_math.clock(rows, kind, moves, now)
        warns, over = deadlines.SEVERITIES[kind]
        calls[warns].append(found.warn_at[found.warn_at != NONE])
        calls[over].append(found.due_at[found.due_at != NONE])
    joined = {severity: np.concatenate(parts) for severity, parts in calls.items()}
    inside = {s: at[(at >= edges[0]) & (at < edges[-1])] for s, at in joined.items()}
    every = np.concatenate(list(inside.values()))
    by_shift = whatif_math.bins(every, edges)
    return Ringing(
        calls=len(every),
        by_shift=tuple(int(n) for n in by_shift),
        by_severity={severity.value: len(at) for severity, at in inside.items()},
        floods=whatif_math.busy_slots(every, FLOOD),
    )


def _recorded(uow: UnitOfWork, start: datetime, end: datetime) -> int:
    """Crossings of cases that were recorded."""
    return uow.alarms.count_crossings(start, end)


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What a window may ask of this room."""

    def ask(request: AskWhatIf) -> WhatIf:
        return services.whatif.ask(request.actor, request.wish)

    return {AskWhatIf: ask}
