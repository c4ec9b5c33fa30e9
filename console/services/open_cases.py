"""The open cases, kept in memory and brought up to date by the chain.

Every change of a case appends an event, so the events since the last look name
the cases to read again; nothing else is read. A thousand open cases are kept
up in a few milliseconds where reading them all takes a hundred.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

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
        self._cases: Mapping[str, Case] = {}
        self._head: tuple[int, str] | None = None

    def look(self, uow: UnitOfWork) -> tuple[Mapping[str, Case], int]:
        """Open cases by id as of ``uow``'s snapshot, and the chain's length.
        The mapping never changes; while nothing happens it is the same one."""
        with self._lock:
            head = uow.events.head()
            if head != self._head:
                self._bring_up(uow, head)
                self._head = head
            return self._cases, head[0]

    def _bring_up(self, uow: UnitOfWork, head: tuple[int, str]) -> None:
        news = chain_news(uow, self._head, head) if self._head is not None else None
        if news is None:
            self._cases = _all_open(uow)
            return
        cases = dict(self._cases)
        ids = tuple({event.case for event in news if event.case and not only_rang(event)})
        for start in range(0, len(ids), _PAGE):
            part = ids[start : start + _PAGE]
            found = {c.id: c for c in uow.cases.load(part)}
            for case_id in part:
                case = found.get(case_id)
                if case is not None and case.state in OPEN:
                    cases[case_id] = case
                else:
                    cases.pop(case_id, None)
        self._cases = cases


def chain_news(uow: UnitOfWork, last: tuple[int, str], head: tuple[int, str]) -> tuple[Event, ...] | None:
    """Events after ``last``, a look at the chain's head, up to ``head``;
    ``None`` when all has to be read anew: after a restored backup, after a
    long while."""
    seq, digest = last
    if head[0] < seq or head[0] - seq > MOST_NEWS:
        return None
    events = uow.events.since(max(seq - 1, 0), head[0] - seq + 1)
    if seq and (not events or events[0].hash != digest):
        return None
    return tuple(event for event in events if event.seq > seq)


def only_rang(event: Event) -> bool:
    """An alarm's event changes no case, nor does a line of a shift's log or an
    entry of the audit log."""
    return event.action in (Action.ALARM, Action.SHIFT, Action.AUDIT)


def _all_open(uow: UnitOfWork) -> dict[str, Case]:
    found: dict[str, Case] = {}
    while True:
        page = uow.cases.find(CaseQuery(open_only=True, limit=_PAGE, offset=len(found)))
        found.update((case.id, case) for case in page.rows)
        if len(page.rows) < _PAGE:
            return found


def load_by_team(cases: Mapping[str, Case]) -> Mapping[str, int]:
    """Open cases each team has to deal with now."""
    busy = (State.DISPATCHED, State.ENROUTE, State.HANDLING)
    load: dict[str, int] = {}
    for case in cases.values():
        for team in case.teams if case.state in busy else ():
            load[team] = load.get(team, 0) + 1
    return load
