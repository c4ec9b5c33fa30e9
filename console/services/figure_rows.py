"""Cases as columns: what every figure on screen, paper and command line is counted from.

A column is a numpy array with one entry a case. Instants are whole microseconds
since 1970 UTC (:data:`NONE` where there is none), durations seconds. Nothing is
copied until it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from console.domain import figure_row
from console.domain.calendars import CONTINUOUS, WorkingCalendar
from console.domain.figure_row import KEYS, KINDS, NONE, STATES, UNITS
from console.domain.model import CaseFact
from console.domain.vocabulary import State
from console.services.ports import UnitOfWork

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
else:
    from console.services.late_numpy import np

    Array = Any


SITE_ZONE: Final = ZoneInfo("Asia/Shanghai")
SECOND: Final = 1_000_000
_HOUR: Final = 3600 * SECOND


@cache
def row_type() -> np.dtype[np.void]:
    """The layout of a row as numpy reads it."""
    fields = [(name, kind) if many == 1 else (name, kind, (many,)) for name, kind, many in figure_row.FIELDS]
    made = np.dtype(fields)
    assert made.itemsize == figure_row.SIZE
    return made


@dataclass(frozen=True, slots=True)
class Groups:
    """What each case belongs to: ``words[codes[i]]`` is the key of case ``i``.
    ``words`` are in order; an empty word is a case without that key."""

    codes: Array
    words: tuple[str, ...]


class FigureRows:
    """The cases of one report, in the order of their numbers, without mis-keys.

    ``start``, ``end`` (excluded) and ``cut`` say which they are. Attributes by
    :meth:`at`, :meth:`start_of`, :meth:`outcome`, :meth:`took`, :meth:`groups`.
    """

    def __init__(
        self,
        raw: Array,
        words: Mapping[int, str],
        start: datetime,
        end: datetime,
        cut: str,
        calendar: WorkingCalendar | None = None,
    ) -> None:
        """``raw``: an array of :func:`row_type`."""
        self.raw = raw
        self.start, self.end, self.cut = start, end, cut
        self.calendar = calendar if calendar is not None else WorkingCalendar.default()
        self._words = words

    def __len__(self) -> int:
        return len(self.raw)

    def pick(self, which: Array) -> FigureRows:
        """Some of the cases: a mask or positions."""
        return FigureRows(self.raw[which], self._words, self.start, self.end, self.cut, self.calendar)

    def ids(self, which: Array | None = None) -> tuple[str, ...]:
        """Case ids, of a mask or of positions, or all."""
        keys = self.raw["key"] if which is None else self.raw["key"][which]
        return tuple(f"{key // 1_000_000:08d}-{key % 1_000_000:04d}" for key in keys.tolist())

    # -- one number a case -------------------------------------------------------

    def at(self, name: str) -> Array:
        """An instant (``opened reported filed dispatched arrived handled
        check_sent closed``, or ``due``: of the handling), int64 µs."""
        return self.due("handling") if name == "due" else self.raw[name]

    def cut_at(self) -> Array:
        """The instant by which a case counts in this report, int64 µs."""
        return self.at(self.cut)

    def has(self, name: str) -> Array:
        """Whether there is such an instant."""
        found: Array = self.at(name) != NONE
        return found

    def state(self, *states: State) -> Array:
        """Whether a case stands in one of these."""
        return np.isin(self.raw["state"], [STATES.index(state) for state in states])

    def flag(self, bit: int) -> Array:
        """A bit of ``console.domain.figure_row``: ``EXEMPT``, ``SATISFIED`` …"""
        found: Array = (self.raw["flags"] & bit) != 0
        return found

    def number(self, name: str) -> Array:
        """``rework``, ``refusals``, ``extensions`` or ``suspensions``, int64."""
        found: Array = self.raw[name].astype(np.int64)
        return found

    # -- clocks ------------------------------------------------------------------

    def start_of(self, kind: str) -> Array:
        """When the clock ``kind`` began, int64 µs."""
        return self._clock("start", kind)

    def due(self, kind: str) -> Array:
        """When it is due, pauses and extensions included, int64 µs."""
        return self._clock("due", kind)

    def met(self, kind: str) -> Array:
        """When it was met, int64 µs."""
        return self._clock("met", kind)

    def paused_s(self, kind: str) -> Array:
        """How long it stood still, int64 seconds of its own calendar."""
        found: Array = self._clock("paused_s", kind).astype(np.int64)
        return found

    def clock(self, kind: str, bit: int) -> Array:
        """A flag of a clock: ``THERE``, ``CANCELLED``, ``MISSED_BEFORE``, ``PAUSED``."""
        found: Array = (self._clock("clock", kind) & bit) != 0
        return found

    def limit_s(self, kind: str) -> Array:
        """Seconds of all limits granted; of decision and handling only."""
        found: Array = self.raw["limit_s"][:, figure_row.OWN_CALENDAR.index(kind)].astype(np.int64)
        return found

    def outcome(self, kind: str, now: datetime) -> Array:
        """int8: 1 kept, 0 broken, -1 neither (in time, paused, cancelled, never
        begun). An earlier round that ended late breaks it for good."""
        at, due, met = figure_row.micros(now), self.due(kind), self.met(kind)
        found = np.full(len(self), -1, np.int8)
        found[(met == NONE) & (at > due) & ~self.clock(kind, figure_row.PAUSED)] = 0
        done = met != NONE
        found[done] = met[done] <= due[done]
        found[self.clock(kind, figure_row.CANCELLED)] = -1
        found[self.clock(kind, figure_row.MISSED_BEFORE)] = 0
        found[~self.clock(kind, figure_row.THERE)] = -1
        return found

    def counts(self, kind: str, now: datetime) -> Array:
        """int8 as :meth:`outcome`, but a miss that a granted appeal takes out
        of the figure is -1: what attainment is counted from."""
        found = self.outcome(kind, now)
        found[(found == 0) & self.flag(figure_row.EXEMPT)] = -1
        return found

    def took_us(self, kind: str, now: datetime, counted: Array | None = None) -> Array:
        """How long the clock ran, without pauses, int64 µs; :data:`NONE` where
        it has no length yet. A broken one that still runs, up to ``now``.
        ``counted``: what :meth:`counts` said, if it is known."""
        at, met = figure_row.micros(now), self.met(kind)
        counted = self.counts(kind, now) if counted is None else counted
        running = (met == NONE) & (self.due(kind) < at)
        for bit in (figure_row.CANCELLED, figure_row.PAUSED):
            running &= ~self.clock(kind, bit)
        there = (counted >= 0) & ((met != NONE) | running)
        ended = np.where(met == NONE, at, met)[there]
        found = np.full(len(self), NONE, np.int64)
        long = ended - self.start_of(kind)[there] - self.paused_s(kind)[there] * SECOND
        found[there] = np.maximum(0, long)
        return found

    def took(self, kind: str, now: datetime) -> Array:
        """:meth:`took_us` in seconds, float64, NaN where there is none."""
        found = self.took_us(kind, now)
        return np.where(found == NONE, np.nan, found / SECOND)

    def own_s(self, kind: str, begin: Array, end: Array, which: Array) -> Array:
        """Seconds between two columns of instants on the calendar of the
        case's own limit of ``kind`` (decision or handling), float64; of the
        cases ``which`` only, the others 0."""
        found = np.zeros(len(self))
        units = self.raw["unit"][:, figure_row.OWN_CALENDAR.index(kind)]
        through = np.isin(units, [UNITS.index(unit) for unit in CONTINUOUS])
        whole = which & through & (end > begin)
        found[whole] = (end[whole] - begin[whole]) / SECOND
        office = which & ~through & (end > begin)
        if office.any():
            found[office] = _worked(self.calendar, begin[office], end[office])
        return found

    # -- groups ------------------------------------------------------------------

    def groups(self, by: str) -> Groups:
        """Cases by a key (``team community category camera officer source
        place cause``; ``road`` is the place), by ``state``, by ``hour`` of the
        cut (local, ``00``–``23``) or its ``day`` (``YYYY-MM-DD``)."""
        if by == "hour":
            hours = self._local() // _HOUR % 24
            return Groups(hours.astype(np.int32), tuple(f"{hour:02d}" for hour in range(24)))
        if by == "day":
            days, codes = np.unique(self._local() // (24 * _HOUR), return_inverse=True)
            return Groups(codes, tuple(str(np.datetime64(int(day), "D")) for day in days))
        if by == "state":
            return Groups(self.raw["state"].astype(np.int32), tuple(str(state) for state in STATES))
        name = "place" if by == "road" else by
        if name not in KEYS:
            raise KeyError(by)
        numbers, codes = np.unique(self.raw[name], return_inverse=True)
        return sorted_groups(codes, [self._words.get(int(one), "") for one in numbers])

    def _local(self) -> Array:
        """The cut on the wall clock of the site, in µs. The zone has had one
        offset since 1991."""
        offset = self.start.astimezone(SITE_ZONE).utcoffset() or timedelta(0)
        found: Array = self.cut_at() + int(offset.total_seconds()) * SECOND
        return found

    def _clock(self, field: str, kind: str) -> Array:
        found: Array = self.raw[field][:, KINDS.index(kind)]
        return found


def sorted_groups(codes: Array, words: Sequence[str]) -> Groups:
    """Groups with their words in order, the same word once."""
    order = sorted(set(words))
    place = {word: at for at, word in enumerate(order)}
    return Groups(np.array([place[word] for word in words] or [0], np.int32)[codes], tuple(order))


def read_rows(
    uow: UnitOfWork, start: datetime, end: datetime, cut: str, calendar: WorkingCalendar | None = None
) -> FigureRows:
    """The cases whose ``cut`` lies in ``[start, end)``. Raises
    ``Refusal('bad_usage', 'cut')`` for another cut."""
    most, bundles = uow.figures.read(start, end, cut)
    raw, many = np.empty(most, row_type()), 0
    for bundle in bundles:
        part = inside(bundle, start, end, cut)
        raw[many : many + len(part)] = part
        many += len(part)
    return FigureRows(raw[:many], uow.figures.words(), start, end, cut, calendar)


def inside(bundle: bytes, start: datetime, end: datetime, cut: str) -> Array:
    """The rows of a bundle that lie in the period."""
    raw = np.frombuffer(bundle, row_type())
    at = raw["due"][:, KINDS.index("handling")] if cut == "due" else raw[cut]
    mis_key = (raw["flags"] & figure_row.MIS_KEY) != 0
    which = (at >= figure_row.micros(start)) & (at < figure_row.micros(end)) & ~mis_key
    return raw if which.all() else raw[which]


def _worked(calendar: WorkingCalendar, begin: Array, end: Array) -> Array:
    """Working seconds between instants: the working time before an instant is
    a broken line over the edges of the office hours."""
    first, last = figure_row.instant(begin.min()), figure_row.instant(end.max())
    starts, ends = calendar.slots(first, last) if first and last else ((), ())
    if not starts:
        return np.zeros(len(begin))
    edges = np.empty(2 * len(starts), np.int64)
    edges[0::2], edges[1::2] = starts, ends
    long = np.cumsum(np.array(ends, np.int64) - np.array(starts, np.int64))
    before = np.empty(len(edges), np.int64)
    before[0::2] = np.concatenate([[0], long[:-1]])
    before[1::2] = long
    return (_up_to(end, edges, before) - _up_to(begin, edges, before)) / SECOND


def _up_to(at: Array, edges: Array, before: Array) -> Array:
    """Working µs before each instant, exact."""
    slot = np.searchsorted(edges, at, side="right") - 1
    inside = (slot >= 0) & (slot % 2 == 0)
    found = np.where(slot >= 0, before[np.maximum(slot, 0)], 0)
    return found + np.where(inside, at - edges[np.maximum(slot, 0)], 0)


def joined(bundles: Iterable[bytes]) -> Array:
    """Rows of several bundles as one array."""
    return np.frombuffer(b"".join(bundles), row_type())


def of_facts(facts: Iterable[CaseFact], start: datetime, end: datetime, cut: str) -> FigureRows:
    """Cases that are at hand as columns; mis-keys are left out. Their number
    is that of their id, if they have one."""
    kept = [fact for fact in facts if not fact.mis_key]
    raw = joined(figure_row.pack(fact, _key(fact.id)) for fact in kept)
    words = {figure_row.word(text): text for fact in kept for text in figure_row.words_of(fact)}
    return FigureRows(raw, words, start, end, cut)


def _key(case_id: str) -> int:
    day, _, number = case_id.partition("-")
    return int(day) * 1_000_000 + int(number) if number else 0
