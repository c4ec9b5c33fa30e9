"""The open cases, kept in memory and brought up to date by the chain.

Every change of a case appends an event, so the events since the last look name
the cases to read again; nothing else is read. A thousand open cases are kept
up in a few milliseconds where reading them all takes a hundred.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from console.domain import deadlines
from console.domain.model import Case, Event
from console.domain.vocabulary import OPEN, Action, State
from console.services.ports import CaseQuery, UnitOfWork

#: With more news than this everything is read again.
MOST_NEWS: Final = 2000
_PAGE: Final = 2000


class OpenCases:
    """A cache over one database. Any thread may look; one at a time does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cases: dict[str, Case] = {}
        self._head: tuple[int, str] | None = None

    def look(self, uow: UnitOfWork) -> tuple[Mapping[str, Case], int]:
        """Open cases by id as of ``uow``'s snapshot, and the chain's length.
        The mapping is the caller's own."""
        with self._lock:
            head = uow.events.head()
            if head != self._head:
                self._bring_up(uow, head)
                self._head = head
            return dict(self._cases), head[0]

    def _bring_up(self, uow: UnitOfWork, head: tuple[int, str]) -> None:
        news = self._news(uow, head)
        if news is None:
            self._cases = _all_open(uow)
            return
        ids = tuple({event.case for event in news if event.case and not _only_rang(event)})
        for start in range(0, len(ids), _PAGE):
            part = ids[start : start + _PAGE]
            found = {c.id: c for c in uow.cases.find(CaseQuery(ids=part, limit=len(part))).rows}
            for case_id in part:
                case = found.get(case_id)
                if case is not None and case.state in OPEN:
                    self._cases[case_id] = case
                else:
                    self._cases.pop(case_id, None)

    def _news(self, uow: UnitOfWork, head: tuple[int, str]) -> tuple[Event, ...] | None:
        """Events since the last look; ``None`` when all has to be read: the
        first time, after a restored backup, after a long while."""
        if self._head is None:
            return None
        seq, digest = self._head
        if head[0] < seq or head[0] - seq > MOST_NEWS:
            return None
        events = uow.events.since(max(seq - 1, 0), head[0] - seq + 1)
        if seq and (not events or events[0].hash != digest):
            return None
        return tuple(event for event in events if event.seq > seq)


def _only_rang(event: Event) -> bool:
    """An alarm's event changes no case."""
    return event.action is Action.ALARM


def _all_open(uow: UnitOfWork) -> dict[str, Case]:
    found: dict[str, Case] = {}
    while True:
        page = uow.cases.find(CaseQuery(open_only=True, limit=_PAGE, offset=len(found)))
        found.update((case.id, case) for case in page.rows)
        if len(page.rows) < _PAGE:
            return found


def count_states(cases: Mapping[str, Case]) -> Mapping[State, int]:
    """How many cases stand in each state."""
    counts: dict[State, int] = {}
    for case in cases.values():
        counts[case.state] = counts.get(case.state, 0) + 1
    return counts


def load_by_team(cases: Mapping[str, Case]) -> Mapping[str, int]:
    """Open cases each team has to deal with now."""
    busy = (State.DISPATCHED, State.ENROUTE, State.HANDLING)
    load: dict[str, int] = {}
    for case in cases.values():
        for team in case.teams if case.state in busy else ():
            load[team] = load.get(team, 0) + 1
    return load


def due_soon_and_over(cases: Mapping[str, Case], now: datetime, soon_s: float) -> tuple[int, int]:
    """Cases whose headline clock is due within ``soon_s`` seconds, and those
    whose is past due; a paused clock is neither."""
    soon = over = 0
    edge = now + timedelta(seconds=soon_s)
    for case in cases.values():
        clock = deadlines.headline(case)
        if clock is None or clock.paused_since is not None or clock.due_at > edge:
            continue
        late = clock.due_at <= now
        over += late
        soon += not late
    return soon, over
