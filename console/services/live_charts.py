"""The live charts of the desk: what happens now, against the same hour last week.

Nothing is read but while somebody asks, and then only what is new since the
last time: the chain names the cases to read again. The past is read in
portions, so that the board, which is read in the same thread, never waits.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from console.domain import limits
from console.domain.alarm_quality import WINDOW
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.domain.model import Actor, Alarm, AlarmEvent, Case
from console.domain.terms import Rules
from console.domain.vocabulary import DeadlineKind, SourceKind
from console.services import figure_math, live_series, permissions, shift_plan
from console.services.figure_live import LiveRows
from console.services.figure_rows import FigureRows, read_rows
from console.services.figures import rules_of, today
from console.services.live_series import Calls
from console.services.live_view import (
    SPANS,
    WEEK,
    Frame,
    LivePoint,
    LiveView,
    LoadLive,
    LoadLivePoint,
    Point,
    frame,
)
from console.services.live_window import Window
from console.services.open_cases import OpenCases
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules

#: Between looks at the alarms' events so much of the end is read again.
_AGAIN: Final = timedelta(minutes=15)
#: Cases reported so long before the begin of last week's days may still have
#: been in the hands of a team then.
_LEAD: Final = timedelta(days=14)
#: A case open for longer than this a week ago and ended since is not counted
#: in the line of last week.
_LONG: Final = timedelta(days=30)
#: So many times finer than its points a chart is drawn anew while nothing happens.
_FINE: Final = 12


@dataclass(slots=True)
class _Rung:
    """The events of alarms since ``begin``, the newest part read again."""

    begin: datetime
    old: tuple[AlarmEvent, ...] = ()
    upto: datetime | None = None

    def read(self, uow: UnitOfWork, now: datetime) -> tuple[AlarmEvent, ...]:
        """All of them up to ``now``."""
        fresh = uow.alarms.events_between(self.upto or self.begin, now + timedelta(seconds=1))
        whole = (*self.old, *fresh)
        edge = now - _AGAIN
        if self.upto is None or edge - self.upto > _AGAIN:
            self.old = tuple(event for event in whole if self.begin <= event.at < edge)
            self.upto = edge
        return whole


@dataclass(slots=True)
class _Week:
    """The same days last week, and how many cases were open at their begin."""

    window: Window
    first: int = 0
    rows: FigureRows | None = None
    events: tuple[AlarmEvent, ...] = ()
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class _Now:
    """What one look found. ``rows``: the cases reported since yesterday,
    ``filed``: those filed since then."""

    cases: Mapping[str, Case]
    head: int
    rules: Rules
    figure_rules: FigureRules
    rows: FigureRows
    filed: FigureRows
    events: tuple[AlarmEvent, ...]
    alarms: tuple[Alarm, ...]
    alarms_10min: int
    now: datetime


class LiveCharts:
    """The charts of one database. Any thread may ask; one at a time does."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, open_cases: OpenCases) -> None:
        self._uows, self._clock, self._open = uows, clock, open_cases
        self._lock = threading.Lock()
        self._window: Window | None = None
        self._rung: _Rung | None = None
        self._rows = LiveRows()
        self._week: _Week | None = None
        self._made: dict[str, tuple[object, LiveView]] = {}
        self._past: dict[object, dict[str, Any]] = {}
        self._over: dict[int, Alarm] = {}
        self._known: tuple[object, tuple[Alarm, ...]] | None = None
        #: Looks and computed views since the beginning, for the tests.
        self.looks = self.computed = 0

    def view(self, actor: Actor, span: str) -> LiveView:
        """The charts of ``hour``, ``shift`` or ``day`` as of now."""
        permissions.demand(actor, "kpi.read")
        if span not in SPANS:
            raise Refusal("bad_usage", "choice", what="span", value=span, choices=", ".join(SPANS))
        with self._lock, self._uows.read() as uow:
            self.looks += 1
            now = self._clock.now()
            piece = frame(span, now, shift_plan.load(uow))
            window, found = self._look(uow, now)
            ready = window.bring_up(uow)
            week_ready = self._look_back(uow, now, ready)
            fine = piece.step.total_seconds() / _FINE
            key = (
                found.head, window.version, len(found.events), found.alarms_10min, ready, week_ready,
                piece.begin, piece.end if span != "hour" else None, int(now.timestamp() / fine),
            )  # fmt: skip
            made = self._made.get(span)
            if made is not None and made[0] == key:
                return replace(made[1], taken_at=now)
            self.computed += 1
            view = self._view(piece, window, found, ready, week_ready)
            self._made[span] = (key, view)
            return view

    def point(self, actor: Actor, asked: Point) -> LivePoint:
        """What stands behind a point of a chart."""
        permissions.demand(actor, "kpi.read")
        with self._lock, self._uows.read() as uow:
            now = self._clock.now()
            window, found = self._look(uow, now)
            if asked.chart == "open":
                states = {case.id: case.state for case in found.cases.values()}
                return LivePoint(tuple(sorted(live_series.open_at(window.moves, states, asked.at))))
            if asked.chart == "sources":
                return LivePoint(live_series.intake_ids(found.rows, asked.at, asked.end))
            if asked.chart == "teams":
                return LivePoint(_of_team(found.cases, asked.key))
            if asked.chart == "alarms":
                return self._called(uow, found, asked.at)
            if asked.chart == "cameras":
                spans = live_series.outages(found.alarms, found.events, found.rows.start, now)
                return LivePoint(cameras=live_series.dark_at(spans, min(asked.at, now.timestamp())))
            raise Refusal("bad_usage", "choice", what="chart", value=asked.chart, choices="open")

    # -- reading -----------------------------------------------------------------

    def _look(self, uow: UnitOfWork, now: datetime) -> tuple[Window, _Now]:
        cases, head = self._open.look(uow)
        day, tomorrow = today(now)
        begin = day - timedelta(days=1)
        if self._window is None or self._rung is None or now < self._rung.begin:
            self._window = Window(begin)
            self._rung = _Rung(begin - WINDOW)
        self._window.keep_from(begin)
        self._rung.begin = begin - WINDOW
        rules = load_rules(uow, now)
        events = self._rung.read(uow, now)
        return self._window, _Now(
            cases,
            head,
            rules,
            rules_of(uow),
            self._rows.look(uow, begin, tomorrow, "reported", rules.calendar),
            self._rows.look(uow, begin, tomorrow, "filed", rules.calendar),
            events,
            self._named(uow, events, head),
            uow.alarms.count_raised(now - WINDOW),
            now,
        )

    def _named(self, uow: UnitOfWork, events: tuple[AlarmEvent, ...], head: int) -> tuple[Alarm, ...]:
        """Every alarm the events name, and those that stand; read again when
        something happened to one."""
        key = (head, len(events), events[-1] if events else None)
        if self._known is None or self._known[0] != key:
            standing = {one.id: one for one in uow.alarms.find(active=True, limit=10_000).rows}
            over = {n: one for n, one in self._over.items() if n not in standing}
            missing = sorted({event.alarm for event in events}.difference(standing, over))
            over.update((one.id, one) for one in uow.alarms.load(missing))
            self._over = {n: one for n, one in over.items() if one.cleared_at is not None}
            self._known = (key, tuple({**over, **standing}.values()))
        return self._known[1]

    def _look_back(self, uow: UnitOfWork, now: datetime, ready: float) -> float:
        """One portion of last week, once today is known."""
        if ready < 1.0:
            return 0.0
        day, tomorrow = today(now)
        begin, end = day - timedelta(days=1) - WEEK, tomorrow - WEEK
        week = self._week
        if week is None or week.window.begin != begin:
            rows = read_rows(uow, begin - _LEAD, end, "reported", load_rules(uow, now).calendar)
            events = uow.alarms.events_between(begin - WINDOW, end)
            alarms = uow.alarms.load(sorted({event.alarm for event in events}))
            first = len(uow.facts.open_at(begin, begin - _LONG))
            self._week = _Week(Window(begin, end), first, rows, events, alarms)
            self._past.clear()
            return 0.0
        return week.window.bring_up(uow)

    # -- computing ---------------------------------------------------------------

    def _view(self, piece: Frame, window: Window, found: _Now, ready: float, week_ready: float) -> LiveView:
        now = found.now
        times = live_series.grid(piece.begin, now, piece.step)
        states = Counter(case.state for case in found.cases.values())
        spans = live_series.outages(found.alarms, found.events, piece.begin, now)
        past = self._before(piece, found) if week_ready >= 1.0 else {}
        busy = past.pop("busy", None)
        stood = live_series.open_counts(window.moves, states, times)
        filed = live_series.filed_in(found.filed, piece.begin, now)
        return LiveView(
            taken_at=now,
            span=piece.span,
            begin=piece.begin.timestamp(),
            end=piece.end.timestamp(),
            ready=ready,
            week_ready=week_ready,
            times=times,
            open={state: tuple(row) for state, row in stood.items()},
            dots={
                stage: live_series.dots(found.rows, stage, piece.begin, now) for stage in live_series.STAGES
            },
            limits=_limits(found.rules),
            values=figure_math.compute(filed, None, now, found.figure_rules),
            shares=live_series.attainment(found.filed, piece.edges(piece.bars), now),
            taken=live_series.intake(found.rows, piece.edges()),
            calls=_calls(live_series.calls(found.events), times, found.alarms_10min),
            dark=tuple(live_series.dark_counts(spans, times)),
            loads=live_series.loads(found.cases, now, busy),
            alarms_10min=found.alarms_10min,
            shift=piece.shift,
            **past,
        )

    def _before(self, piece: Frame, found: _Now) -> dict[str, Any]:
        """The same piece of time last week; computed once a minute."""
        week, now = self._week, found.now
        assert week is not None
        assert week.rows is not None
        key = (piece.span, piece.begin, int(now.timestamp() // 60))
        kept = self._past.get(key)
        if kept is None:
            kept = _last_week(week, week.rows, piece, now, found.figure_rules)
            self._past = {key: kept}
        return dict(kept)

    def _called(self, uow: UnitOfWork, found: _Now, at: float) -> LivePoint:
        numbers = set(live_series.called(live_series.calls(found.events), at))
        rung = [one for one in found.alarms if one.id in numbers]
        cases = sorted({one.source_id for one in rung if one.source_kind is SourceKind.CASE})
        return LivePoint(tuple(cases), others=sum(one.source_kind is not SourceKind.CASE for one in rung))


def handlers(services: Any) -> Mapping[type, Callable[[Any], object]]:
    """A handler by request type."""
    charts = LiveCharts(services.uows, services.clock, services.teams.open_cases)

    def view(request: LoadLive) -> LiveView:
        return charts.view(request.actor, request.span)

    def point(request: LoadLivePoint) -> LivePoint:
        return charts.point(request.actor, request.point)

    return {LoadLive: view, LoadLivePoint: point}


def _last_week(
    week: _Week, rows: FigureRows, piece: Frame, now: datetime, rules: FigureRules
) -> dict[str, Any]:
    begin, end, shift = piece.begin - WEEK, piece.end - WEEK, WEEK.total_seconds()
    times = live_series.grid(begin, end, piece.step)
    rung = live_series.calls(week.events)
    spans = live_series.outages(week.alarms, week.events, begin, end)
    filed = live_series.filed_in(rows, begin, now - WEEK)
    shares = live_series.attainment(rows, piece.edges(piece.bars, WEEK), now)
    taken = live_series.intake(rows, piece.edges(None, WEEK))
    return {
        "week_times": tuple(at + shift for at in times),
        "open_before": tuple(live_series.totals(week.window.moves, week.first, times)),
        "values_before": figure_math.compute(filed, None, now, rules),
        "shares_before": tuple(replace(s, begin=s.begin + shift, end=s.end + shift) for s in shares),
        "taken_before": tuple(replace(s, begin=s.begin + shift, end=s.end + shift) for s in taken),
        "calls_before": tuple(live_series.call_counts(rung, times)),
        "dark_before": tuple(live_series.dark_counts(spans, times)),
        "busy": live_series.busy_before(rows, now - WEEK),
    }


def _limits(rules: Rules) -> Mapping[str, float]:
    """The promises of minutes, seconds."""
    found = {
        stage: float(limits.seconds(limits.promise(rules.promises, DeadlineKind(stage))))
        for stage in live_series.STAGES
    }
    found["total"] = float(limits.seconds(limits.total(rules.promises, rules.arrival_origin)))
    return found


def _calls(rung: Calls, times: tuple[float, ...], now_n: int) -> tuple[int, ...]:
    """The last one is the meter's own figure, as in the strip and the header."""
    return (*live_series.call_counts(rung, times[:-1]), now_n)


def _of_team(cases: Mapping[str, Case], team: str) -> tuple[str, ...]:
    busy = (one for one in cases.values() if one.state in live_series.BUSY and team in one.teams)
    return tuple(sorted(one.id for one in busy))
