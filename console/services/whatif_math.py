"""Other limits over past cases: which promises would have been kept, when alarms
would have rung.

What a case took does not change; only the line it is held against does. A clock
that has ended keeps its length, one that still runs is looked at as of now. An
earlier round that ended late stays broken, since how long it took is not kept;
an appeal that was granted takes the miss out of the figure, as everywhere.
Limits in office hours are moved on the office's own calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from console.domain import figure_row
from console.domain.calendars import CONTINUOUS, WorkingCalendar
from console.domain.figure_row import NONE, UNITS
from console.domain.model import Limit
from console.domain.vocabulary import DeadlineKind
from console.services.figure_rows import SECOND, FigureRows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
else:
    from console.services.late_numpy import np

    Array = Any


_D: Final = DeadlineKind
#: Clocks whose limit may be moved; the total goes with decision and arrival.
MOVED: Final = (_D.DECISION, _D.DISPATCH, _D.ARRIVAL, _D.TOTAL, _D.HANDLING)
#: Clocks that ring; ``total`` never does.
RINGS: Final = (_D.DECISION, _D.DISPATCH, _D.ARRIVAL, _D.HANDLING, _D.VERIFY, _D.CHECK)
WARN: Final = 80


@dataclass(frozen=True, slots=True)
class Moves:
    """The limits to try. Seconds of a limit by kind (``decision``, ``dispatch``,
    ``arrival``, ``total``); what is not named stays as each case had it.
    ``handling`` is a factor on each case's own limit; ``warn`` the per cent of
    a limit at which the first alarm rings."""

    seconds: Mapping[str, int] = field(default_factory=dict)
    handling: float = 1.0
    warn: int = WARN

    def moves(self, kind: DeadlineKind) -> bool:
        """True when this clock gets another limit."""
        return kind.value in self.seconds or (kind is _D.HANDLING and self.handling != 1.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One clock under one set of limits, one entry a case. ``kept``: int8, 1
    kept, 0 broken, -1 not counted. ``warn_at``/``due_at``: when it rings, int64
    µs, :data:`NONE` where it does not."""

    kept: Array
    warn_at: Array
    due_at: Array


def clock(rows: FigureRows, kind: DeadlineKind, moves: Moves, now: datetime) -> Outcome:
    """The clock ``kind`` of every case under ``moves``, as of ``now``."""
    name, at = kind.value, figure_row.micros(now)
    there = rows.clock(name, figure_row.THERE)
    due, warn = _lines(rows, kind, moves, there)
    met, paused = rows.met(name), rows.clock(name, figure_row.PAUSED)
    cancelled = rows.clock(name, figure_row.CANCELLED)
    kept = np.full(len(rows), -1, np.int8)
    done = met != NONE
    kept[done] = met[done] <= due[done]
    kept[~done & (at > due) & ~paused] = 0
    kept[cancelled] = -1
    kept[rows.clock(name, figure_row.MISSED_BEFORE)] = 0
    kept[~there] = -1
    kept[(kept == 0) & rows.flag(figure_row.EXEMPT)] = -1
    rung = there & (done | (~paused & ~cancelled))
    closed = rows.at("closed")
    # A clock that the end of its case cut off rang up to then.
    cut_off = there & ~done & cancelled & (closed != NONE)
    ended = np.where(done, met, np.where(cut_off, closed, at))
    rung |= cut_off
    return Outcome(
        kept, np.where(rung & (warn < ended), warn, NONE), np.where(rung & (due < ended), due, NONE)
    )


def _lines(rows: FigureRows, kind: DeadlineKind, moves: Moves, there: Array) -> tuple[Array, Array]:
    """When each clock is due and when it warns, int64 µs."""
    name = kind.value
    start, due, paused = rows.start_of(name), rows.due(name), rows.paused_s(name)
    if name in figure_row.OWN_CALENDAR:
        return _on_own_calendar(rows, kind, moves, there)
    if name in moves.seconds:
        due = np.where(there, start + (moves.seconds[name] + paused) * SECOND, due)
    whole = due - start - paused * SECOND
    warn = np.where(there, start + whole * moves.warn // 100 + paused * SECOND, NONE)
    return due, warn


def _on_own_calendar(rows: FigureRows, kind: DeadlineKind, moves: Moves, there: Array) -> tuple[Array, Array]:
    """The same for clocks whose limit may run in office hours only."""
    name = kind.value
    start, due, paused = rows.start_of(name), rows.due(name), rows.paused_s(name)
    limit = rows.limit_s(name).astype(np.float64)
    units = rows.raw["unit"][:, figure_row.OWN_CALENDAR.index(name)]
    through = np.isin(units, [UNITS.index(unit) for unit in CONTINUOUS])
    if name in moves.seconds:
        limit, through = np.full(len(rows), float(moves.seconds[name])), np.ones(len(rows), bool)
    elif kind is _D.HANDLING:
        limit = limit * moves.handling
    new_due, warn = due.copy(), np.full(len(rows), NONE, np.int64)
    for share, into in ((1.0, new_due), (moves.warn / 100, warn)):
        if share == 1.0 and not moves.moves(kind):
            continue  # the very instant each case had
        long = np.round((limit * share + paused) * SECOND).astype(np.int64)
        plain = there & through
        into[plain] = start[plain] + long[plain]
        office = there & ~through
        if office.any():
            into[office] = worked_until(rows.calendar, start[office], long[office])
    return new_due, warn


def worked_until(calendar: WorkingCalendar, start: Array, long: Array) -> Array:
    """The instants by which ``long`` µs of office time have passed since
    ``start`` (both int64 µs), exact to the microsecond."""
    first = figure_row.instant(int(start.min()))
    assert first is not None
    years = 2 + int(long.max() // (SECOND * 3600 * 1000))
    last = first.replace(year=min(9998, first.year + years), month=1, day=2)
    starts, ends = calendar.slots(first, last)
    if not starts:
        return np.full(len(start), np.iinfo(np.int64).max, np.int64)
    begins = np.array(starts, np.int64)
    length = np.array(ends, np.int64) - begins
    before = np.concatenate([[0], np.cumsum(length)])
    slot = np.clip(np.searchsorted(begins, start, side="right") - 1, 0, len(begins) - 1)
    worked = before[slot] + np.clip(start - begins[slot], 0, length[slot])
    wanted = worked + long
    found = np.clip(np.searchsorted(before, wanted, side="left") - 1, 0, len(begins) - 1)
    until = begins[found] + wanted - before[found]
    return np.where(wanted > before[-1], np.iinfo(np.int64).max, until)


def total_of(before: Mapping[DeadlineKind, Limit], seconds: Mapping[str, int], origin: str) -> int | None:
    """The total that goes with moved decision and arrival limits: it grows and
    shrinks by as much; ``None`` when neither moves. With the arrival counted
    from dispatch the dispatch limit lies before it and counts too."""
    from console.domain import limits

    parts = [_D.DECISION, _D.ARRIVAL] + ([_D.DISPATCH] if origin == "dispatched" else [])
    moved = [one for one in parts if one.value in seconds]
    if not moved:
        return None
    whole = limits.seconds(limits.total(before, origin))
    return whole + sum(seconds[one.value] - limits.seconds(limits.promise(before, one)) for one in moved)


def bins(instants: Array, edges: Array) -> Array:
    """How many instants lie in each ``[edges[i], edges[i+1])``, int64."""
    found = instants[instants != NONE]
    slot = np.searchsorted(edges, found, side="right") - 1
    slot = slot[(slot >= 0) & (slot < len(edges) - 1)]
    return np.bincount(slot, minlength=len(edges) - 1).astype(np.int64)


def busy_slots(instants: Array, most: int, width_s: int = 600) -> int:
    """How many stretches of ``width_s`` seconds hold more than ``most`` of them."""
    found = instants[instants != NONE]
    if not len(found):
        return 0
    _, many = np.unique(found // (width_s * SECOND), return_counts=True)
    return int((many > most).sum())
