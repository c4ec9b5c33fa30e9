"""The points of the live charts, computed from a window; no reading, no clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from console.domain import deadlines
from console.domain.alarm_quality import ASKS, WINDOW
from console.domain.figure_row import NONE, micros
from console.domain.model import Alarm, AlarmEvent, Case
from console.domain.vocabulary import OPEN, TERMINAL, SourceKind, State
from console.services.figure_rows import SECOND, Array, FigureRows
from console.services.live_window import Move

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


#: The stages whose times stand against a promise of minutes.
STAGES: Final = ("decision", "dispatch", "arrival")
#: Teams have their hands on a case in these states.
BUSY: Final = (State.DISPATCHED, State.ENROUTE, State.HANDLING)
#: More dots than this no eye tells apart; those that go on stand over each other.
MOST_DOTS: Final = 3000
MOST_RUNNING: Final = 200
#: What is wrong with a camera but does not take its picture away.
_SEES: Final = frozenset({"clock_off"})
_OVER: Final = frozenset({"returned", "cleared"})
_TEN_MIN: Final = WINDOW.total_seconds()


@dataclass(frozen=True, slots=True)
class Dot:
    """A stage of one case: when it ended (Unix seconds; for one that is over
    its limit and goes on: now), seconds taken, kept or not."""

    at: float
    taken_s: float
    met: bool
    running: bool
    case: str


@dataclass(frozen=True, slots=True)
class Share:
    """A rate over a piece of time, Unix seconds; ``cases`` behind it, the
    broken promises first."""

    begin: float
    end: float
    met: int
    cases: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many promises were kept or broken."""
        return len(self.cases)


@dataclass(frozen=True, slots=True)
class Taken:
    """Cases taken in within a piece of time, by source."""

    begin: float
    end: float
    by_source: Mapping[str, int]

    @property
    def n(self) -> int:
        """All of them."""
        return sum(self.by_source.values())


@dataclass(frozen=True, slots=True)
class Load:
    """What a team has to deal with, how much of it is over a limit, and how
    much it was at the same hour last week (``None``: not known yet)."""

    team: str
    busy: int
    overdue: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Calls:
    """Instants (Unix seconds, ascending) at which alarms called, with the alarm."""

    times: tuple[float, ...]
    alarms: tuple[int, ...]


def open_counts(
    moves: Sequence[Move], now: Mapping[State, int], times: Sequence[float]
) -> dict[State, list[int]]:
    """How many cases stood in each open state at ``times``: what happened
    after an instant is taken back from what is there now."""
    at = np.array([move.at for move in moves])
    points = np.asarray(times, dtype=float)
    found: dict[State, list[int]] = {}
    seen = {s for m in moves for s in (m.before, m.after) if s is not None} | set(now)
    upto = np.searchsorted(at, points, side="right")
    for state in (one for one in State if one in OPEN and one in seen):
        steps = np.array([(m.after is state) - (m.before is state) for m in moves], dtype=np.int64)
        sums = np.concatenate(([0], np.cumsum(steps)))
        counts = now.get(state, 0) - (sums[-1] - sums[upto])
        found[state] = [int(n) for n in np.maximum(counts, 0)]
    return found


def open_at(moves: Sequence[Move], now: Mapping[str, State], at: float) -> dict[str, State]:
    """Which cases were open at an instant, and in which state."""
    stood = dict(now)
    for move in reversed(moves):
        if move.at <= at:
            break
        if move.before is None:
            stood.pop(move.case, None)
        else:
            stood[move.case] = move.before
    return {case: state for case, state in stood.items() if state in OPEN}


def totals(moves: Sequence[Move], first: int, times: Sequence[float]) -> list[int]:
    """Open cases at ``times``, from how many there were before the first step."""
    steps = [_step(move) for move in moves]
    sums = [first]
    for step in steps:
        sums.append(sums[-1] + step)
    at = [move.at for move in moves]
    return [max(0, sums[bisect_right(at, point)]) for point in times]


def _step(move: Move) -> int:
    return (move.after in OPEN) - (move.before is not None and move.before in OPEN)


def dots(rows: FigureRows, stage: str, begin: datetime, now: datetime) -> tuple[Dot, ...]:
    """Stages that ended since ``begin``, and those over their limit that have
    not; the same rule as the figures (a granted appeal takes a miss out)."""
    took, met, kept = rows.took_us(stage, now), rows.met(stage), rows.counts(stage, now)
    at = micros(now)
    ended = np.where(met == NONE, at, met)
    which = np.flatnonzero((took != NONE) & (ended >= micros(begin)) & (ended <= at))
    which = _few(which[np.argsort(ended[which], kind="stable")], met, took)
    columns = (ended[which], took[which], kept[which], met[which], rows.ids(which))
    return tuple(
        Dot(int(end) / SECOND, int(long) / SECOND, bool(good), int(done) == NONE, case)
        for end, long, good, done, case in zip(*columns, strict=True)
    )


def _few(which: Array, met: Array, took: Array) -> Array:
    """Of very many the newest, and of those that still run the longest."""
    running = which[met[which] == NONE]
    longest = running[np.argsort(took[running], kind="stable")][-MOST_RUNNING:]
    return np.concatenate([which[met[which] != NONE][-MOST_DOTS:], longest])


def attainment(
    rows: FigureRows, edges: Sequence[float], now: datetime, stage: str = "total"
) -> tuple[Share, ...]:
    """Promises kept, by when the case was filed; one entry between two edges."""
    kept = rows.counts(stage, now)
    slots = _slots(edges, rows.at("filed"))
    found = []
    for n in range(len(edges) - 1):
        inside = slots == n
        bad, good = rows.ids(inside & (kept == 0)), rows.ids(inside & (kept == 1))
        found.append(Share(edges[n], edges[n + 1], len(good), (*bad, *good)))
    return tuple(found)


def intake(rows: FigureRows, edges: Sequence[float]) -> tuple[Taken, ...]:
    """Cases taken in between each two edges, by source."""
    slots, groups = _slots(edges, rows.at("reported")), rows.groups("source")
    found = []
    for n in range(len(edges) - 1):
        many = np.bincount(groups.codes[slots == n], minlength=len(groups.words))
        by_source = {word: int(count) for word, count in zip(groups.words, many, strict=False) if count}
        found.append(Taken(edges[n], edges[n + 1], by_source))
    return tuple(found)


def filed_in(rows: FigureRows, begin: datetime, end: datetime) -> FigureRows:
    """The cases filed from ``begin`` until before ``end``."""
    at = rows.at("filed")
    return rows.pick((at >= micros(begin)) & (at < micros(end)))


def intake_ids(rows: FigureRows, begin: float, end: float) -> tuple[str, ...]:
    """Who was taken in from ``begin`` until before ``end``."""
    return rows.ids(_slots((begin, end), rows.at("reported")) == 0)


def _slots(edges: Sequence[float], at: Array) -> Array:
    """Between which two edges each instant (µs) lies; -1 for none."""
    marks = np.array([round(edge * SECOND) for edge in edges], np.int64)
    found = np.searchsorted(marks, at, side="right") - 1
    return np.where((found >= 0) & (found < len(marks) - 1), found, -1)


# -- alarms ------------------------------------------------------------------


def calls(events: Iterable[AlarmEvent]) -> Calls:
    """When alarms were raised, in order. One that only grew worse while nobody
    had acknowledged it was there already, and is no call more."""
    times: list[float] = []
    alarms: list[int] = []
    acked: set[int] = set()
    for event in sorted(events, key=_event_time):
        if event.what == "acknowledged":
            acked.add(event.alarm)
        rings = event.what in ASKS or event.what == "handed_over"
        if not rings or (event.what == "worsened" and event.alarm not in acked):
            continue
        acked.discard(event.alarm)
        times.append(event.at.timestamp())
        alarms.append(event.alarm)
    return Calls(tuple(times), tuple(alarms))


def called(rung: Calls, at: float) -> tuple[int, ...]:
    """The alarms that called in the ten minutes up to ``at``, each once."""
    low, high = bisect_right(rung.times, at - _TEN_MIN), bisect_right(rung.times, at)
    return tuple(dict.fromkeys(rung.alarms[low:high]))


def call_counts(rung: Calls, times: Sequence[float]) -> list[int]:
    """How many alarms called in the ten minutes up to each of ``times``."""
    return [len(called(rung, at)) for at in times]


def _event_time(event: AlarmEvent) -> tuple[datetime, int]:
    return event.at, event.alarm


# -- cameras -----------------------------------------------------------------


def outages(
    alarms: Iterable[Alarm], events: Iterable[AlarmEvent], begin: datetime, end: datetime
) -> tuple[tuple[float, float, str], ...]:
    """From when until when (Unix seconds) which camera was told to be without
    its picture. ``alarms``: all that the events name and all that stand."""
    told: dict[int, list[AlarmEvent]] = {}
    for event in sorted(events, key=_event_time):
        told.setdefault(event.alarm, []).append(event)
    found = []
    for alarm in alarms:
        if alarm.code in _SEES or not _about_cameras(alarm):
            continue
        names = alarm.members or (alarm.source_id,)
        for low, high in _stood(alarm, told.get(alarm.id, []), begin, end):
            found += [(low, high, name) for name in names]
    return tuple(sorted(found))


def _about_cameras(alarm: Alarm) -> bool:
    return alarm.source_kind is SourceKind.CAMERA or (
        alarm.source_kind is SourceKind.NETWORK and bool(alarm.members)
    )


def _stood(
    alarm: Alarm, events: Sequence[AlarmEvent], begin: datetime, end: datetime
) -> list[tuple[float, float]]:
    """When it was true, within the window."""
    first = alarm.began_at or alarm.raised_at
    starts_before = bool(events) and events[0].what in _OVER
    since: datetime | None = begin if starts_before else None
    if not events:
        over = alarm.returned_at or alarm.cleared_at
        stood = first < end and (over is None or over > begin)
        return [(max(begin, first).timestamp(), min(end, over or end).timestamp())] if stood else []
    found: list[tuple[float, float]] = []
    for event in events:
        if event.what in _OVER:
            if since is not None:
                found.append((since.timestamp(), event.at.timestamp()))
            since = None
        elif since is None:
            early = first if first <= event.at and not found else event.at
            since = max(begin, early)
    if since is not None:
        found.append((since.timestamp(), end.timestamp()))
    return found


def dark_at(spans: Iterable[tuple[float, float, str]], at: float) -> tuple[str, ...]:
    """The cameras without a picture at an instant."""
    return tuple(sorted({name for low, high, name in spans if low <= at < high or low <= at == high}))


def dark_counts(spans: Sequence[tuple[float, float, str]], times: Sequence[float]) -> list[int]:
    """How many cameras were without a picture at each of ``times``."""
    whole: dict[str, list[tuple[float, float]]] = {}
    for low, high, name in spans:
        whole.setdefault(name, []).append((low, high))
    steps = [0] * (len(times) + 1)
    for rows in whole.values():
        inside: set[int] = set()
        for low, high in rows:
            inside.update(range(bisect_left(times, low), bisect_right(times, high)))
        for n in inside:
            steps[n] += 1
    return steps[: len(times)]


# -- teams -------------------------------------------------------------------


def loads(cases: Mapping[str, Case], now: datetime, before: Mapping[str, int] | None) -> tuple[Load, ...]:
    """Every team with something to do now, the busiest first."""
    busy: Counter[str] = Counter()
    over: Counter[str] = Counter()
    for case in cases.values():
        if case.state not in BUSY:
            continue
        head = deadlines.headline(case)
        late = head is not None and head.paused_since is None and head.due_at < now
        for team in case.teams:
            busy[team] += 1
            over[team] += late
    rows = [
        Load(team, n, over[team], (before or {}).get(team, 0) if before is not None else None)
        for team, n in busy.items()
    ]
    rows.sort(key=_busiest)
    return tuple(rows)


def _busiest(load: Load) -> tuple[int, int, str]:
    return -load.busy, -load.overdue, load.team


def busy_before(rows: FigureRows, at: datetime) -> dict[str, int]:
    """What each team had to deal with at an instant that is past."""
    then, sent, done = micros(at), rows.at("dispatched"), rows.at("handled")
    gone = rows.state(*TERMINAL) & (done == NONE)
    had = (sent != NONE) & (sent <= then) & ((done == NONE) | (done > then)) & ~gone
    groups = rows.groups("team")
    many = np.bincount(groups.codes[had], minlength=len(groups.words))
    return {team: int(n) for team, n in zip(groups.words, many, strict=False) if n and team}


def grid(begin: datetime, end: datetime, step: timedelta) -> tuple[float, ...]:
    """Unix seconds from ``begin`` (left out) to ``end`` (always the last)."""
    times: list[float] = []
    at = begin + step
    while at < end:
        times.append(at.timestamp())
        at += step
    return (*times, end.timestamp())
