"""The live chart: open cases minute by minute, and arrivals against the limit.

Both are read from the chain, backwards from what is open now: a case opened
after an instant was not open then, one that ended after it was.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final

from console.domain import deadlines, limits
from console.domain.model import Event
from console.domain.terms import Rules
from console.domain.vocabulary import TERMINAL, Action, DeadlineKind
from console.services.open_cases import OpenCases
from console.services.ports import CaseQuery, UnitOfWork
from console.services.views import TrendView

_STEP: Final = 2000
_ENDED: Final = frozenset(state.value for state in TERMINAL)


class TrendReader:
    """Reads :class:`TrendView`; keeps the events of the window."""

    def __init__(self, open_cases: OpenCases) -> None:
        self._open = open_cases
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._last: tuple[int, str] = (0, "")

    def read(self, uow: UnitOfWork, now: datetime, minutes: int, rules: Rules) -> TrendView:
        """One point a minute for the last ``minutes``, oldest first."""
        begin = now - timedelta(minutes=minutes)
        with self._lock:
            events = self._window(uow, begin)
        changes = _changes(events)
        times = [at for at, _ in changes]
        sums = [0]
        for _, step in changes:
            sums.append(sums[-1] + step)
        now_open = len(self._open.look(uow)[0])
        points = [begin + timedelta(minutes=i) for i in range(1, minutes + 1)]
        # What happened after a point is taken back from what is open now.
        counts = [now_open - (sums[-1] - sums[bisect_right(times, point)]) for point in points]
        arrival = limits.promise(rules.promises, DeadlineKind.ARRIVAL)
        return TrendView(
            minutes=tuple(point.timestamp() for point in points),
            open=tuple(max(0, count) for count in counts),
            arrivals=_arrivals(uow, events, begin),
            limit_s=float(limits.seconds(arrival)),
        )

    def _window(self, uow: UnitOfWork, begin: datetime) -> list[Event]:
        """Events recorded since ``begin``. Recorded times grow along the
        chain (but for a stepped clock), so its start is found by halving."""
        head = uow.events.head()
        kept_back = not self._events or self._events[0].recorded_at <= begin
        if head[0] < self._last[0] or not kept_back or not self._last[0]:
            self._events = []
            self._last = (_first_since(uow, begin, head[0]), "")
        while self._last[0] < head[0]:
            part = uow.events.since(self._last[0], _STEP)
            if not part:
                break
            self._events += [event for event in part if event.action is not Action.ALARM]
            self._last = (part[-1].seq, part[-1].hash)
        old = begin - timedelta(minutes=10)
        while len(self._events) > 1 and self._events[1].recorded_at < old:
            self._events.pop(0)
        return [event for event in self._events if event.recorded_at >= begin]


def _first_since(uow: UnitOfWork, begin: datetime, head: int) -> int:
    """The seq before the first event recorded at or after ``begin``."""
    low, high = 0, head
    while low < high:
        middle = (low + high) // 2
        found = uow.events.since(middle, 1)
        if found and found[0].recorded_at < begin:
            low = middle + 1
        else:
            high = middle
    return max(0, low - 1)


def _changes(events: list[Event]) -> list[tuple[datetime, int]]:
    """When one more or one less was open, in order."""
    found: list[tuple[datetime, int]] = []
    for event in events:
        before, after = event.data.get("from"), event.data.get("to")
        if event.action is Action.OPEN:
            found.append((event.recorded_at, 1))
        elif after in _ENDED and before not in _ENDED:
            found.append((event.recorded_at, -1))
        elif before in _ENDED and after is not None and after not in _ENDED:
            found.append((event.recorded_at, 1))
    found.sort()
    return found


def _arrivals(uow: UnitOfWork, events: list[Event], begin: datetime) -> tuple[tuple[float, float, bool], ...]:
    """Arrivals of the window: when, seconds taken, in time."""
    ids = tuple(dict.fromkeys(event.case for event in events if event.action is Action.ARRIVE))
    if not ids:
        return ()
    found = []
    for case in uow.cases.find(CaseQuery(ids=ids, limit=len(ids))).rows:
        clock = deadlines.of(case, DeadlineKind.ARRIVAL)
        if clock is None or clock.met_at is None or clock.met_at < begin:
            continue
        taken = (clock.met_at - clock.start_at).total_seconds()
        found.append((clock.met_at.timestamp(), taken, clock.met_at <= clock.due_at))
    return tuple(sorted(found))
