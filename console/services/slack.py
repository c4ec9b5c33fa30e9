"""The pace of the office: learned from its closed cases, asked for each card.

Learning reads the newest cases a few at a time, in the thread for long
reads, and rests in between: the interpreter is one, and a step that waits for it
is felt. What was learned is a table in memory that any thread may ask.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.domain import deadlines, foresight, pace
from console.domain.calendars import WorkingCalendar
from console.domain.model import Actor, Case
from console.domain.pace import History, Pace, Took
from console.domain.prediction import Span
from console.domain.vocabulary import State
from console.services import permissions
from console.services.ports import CaseMatch, Clock, UnitOfWorkFactory
from console.services.prediction import PredictionReport, PredictionService
from console.services.requests import Heavy
from console.services.rules import load_rules

#: No more closed cases than this are read, the newest: about two months of
#: an office with 80 a day, and half a minute of reading with rests.
MOST_CASES: Final = 5000
#: Older ones say little about the office of today.
OLDEST: Final = timedelta(days=365)
#: Open, rejected and merged ones among them are passed over, but not for ever.
MOST_LOOKED: Final = 25_000
_PAGE: Final = 50
#: After each page the reader rests so many times as long as the page took.
REST: Final = 5.0


@dataclass(frozen=True, slots=True)
class LearnPace(Heavy):
    """Learn what cases usually need anew → :class:`PaceLearned`."""


@dataclass(frozen=True, slots=True)
class PaceLearned:
    """From how many closed cases, and the oldest of them (``None`` for none)."""

    cases: int
    since: datetime | None


class SlackService:
    """Knows what cases of a kind usually still need. Safe from any thread."""

    def __init__(
        self, uows: UnitOfWorkFactory, clock: Clock, prediction: PredictionService | None = None
    ) -> None:
        self._uows = uows
        self._clock = clock
        self.prediction = prediction or PredictionService(clock)
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._history = History()
        self._version = 0

    @property
    def known(self) -> tuple[History, int]:
        """What was learned last, and how often it was."""
        with self._lock:
            return self._history, self._version

    def stop(self) -> None:
        """The program ends: who is learning stops at once, and nothing is
        taken from what was half read."""
        self._ending.set()

    def learn(self, actor: Actor, rest: float = REST) -> PaceLearned:
        """Read the former cases again: pace, and what is foretold. After each
        page it rests ``rest`` times as long as that took. Raises ``forbidden``."""
        permissions.demand(actor, "board.read")
        now = self._clock.now()
        rows: list[Took] = []
        promises: list[Span] = []
        count, since = 0, None
        for case, calendar, zone in self._former(now, rest):
            promises.extend(foresight.spans(case, calendar, zone, now))
            if case.state is not State.CLOSED:
                continue
            count += 1
            since = case.opened_at if since is None else min(since, case.opened_at or since)
            rows.extend(pace.took(case, calendar, zone))
        if self._ending.is_set():
            return PaceLearned(0, None)
        history = History(rows)
        with self._lock:
            self._history = history
            self._version += 1
        try:
            self.prediction.learn(promises, _Pauses(self._clock, self._ending, rest).rest)
        except _Ends:
            return PaceLearned(0, None)
        return PaceLearned(count, since)

    def report(self, actor: Actor) -> PredictionReport:
        """What is foretold and whether it came true, learned at once without
        rests: for a program of its own. Raises ``forbidden``."""
        permissions.demand(actor, "kpi.read")
        self.learn(actor, rest=0.0)
        with self._uows.read() as uow:
            return self.prediction.report(uow)

    def _former(self, now: datetime, rest: float) -> Iterator[tuple[Case, WorkingCalendar, ZoneInfo]]:
        """Former and present cases, newest first, until enough of them are
        closed; a unit of work a page, so that a long reading holds nobody up."""
        left, looked, until = MOST_CASES, 0, now + timedelta(seconds=1)
        seen: set[str] = set()
        with self._uows.read() as uow:
            calendar = load_rules(uow, now).calendar
        zone = ZoneInfo(calendar.tz)
        while left > 0 and looked < MOST_LOOKED:
            begun = self._clock.monotonic()
            # By time, not by offset: a page in the middle of a million costs
            # no more than the first.
            with self._uows.read() as uow:
                ids = uow.cases.matching(CaseMatch(since=now - OLDEST, until=until, bound=_PAGE))
                page = uow.cases.load(ids)
            for case in page:
                # Opened with an earlier time, a case may turn up twice.
                if left > 0 and case.id not in seen:
                    left -= case.state is State.CLOSED
                    seen.add(case.id)
                    yield case, calendar, zone
            before, looked = until, looked + len(page)
            until = page[-1].opened_at or until if page else until
            ends = self._ending.wait(rest * (self._clock.monotonic() - begun))
            if ends or len(page) < _PAGE or until >= before:
                return


class _Ends(Exception):
    """The program ends while something is being learned."""


class _Pauses:
    """Rests after each stretch of thinking, so many times as long as it was."""

    def __init__(self, clock: Clock, ending: threading.Event, rest: float) -> None:
        self._clock, self._ending, self._times = clock, ending, rest
        self._since = clock.monotonic()

    def rest(self) -> None:
        """Raises ``_Ends`` when there is nobody left to think for."""
        if self._ending.wait(self._times * (self._clock.monotonic() - self._since)):
            raise _Ends
        self._since = self._clock.monotonic()


class PaceKeeper:
    """Each open case's pace, worked out again only when it is due, when the
    case changed, and when something was learned."""

    def __init__(self, service: SlackService) -> None:
        self._service = service
        self._kept: dict[str, tuple[Case, Pace | None, datetime]] = {}
        self._version = -1
        self.worked_out = 0

    def of(
        self, cases: Mapping[str, Case], now: datetime, calendar: WorkingCalendar
    ) -> Callable[[Case], Pace | None]:
        """A question for one board: the pace of a case among ``cases``."""
        history, version = self._service.known
        if version != self._version:
            self._kept, self._version = {}, version
        elif len(self._kept) > 2 * len(cases) + 100:
            self._kept = {key: row for key, row in self._kept.items() if key in cases}
        zone = ZoneInfo(calendar.tz)
        quiet = history.rows == 0

        def ask(case: Case) -> Pace | None:
            if quiet:
                return None
            row = self._kept.get(case.id)
            if row is not None and row[0] is case and now < row[2]:
                return row[1]
            found = self._work_out(history, case, now, calendar, zone)
            again = found.until if found is not None else now + timedelta(minutes=5)
            self._kept[case.id] = (case, found, again)
            return found

        return ask

    @property
    def stamp(self) -> int:
        """Which learning the answers come from."""
        return self._version

    def until(self, case: Case) -> datetime | None:
        """When a case's pace is worked out anew; ``None`` while nothing is known."""
        row = self._kept.get(case.id)
        return row[2] if row is not None and row[0] is case else None

    def _work_out(
        self, history: History, case: Case, now: datetime, calendar: WorkingCalendar, zone: ZoneInfo
    ) -> Pace | None:
        self.worked_out += 1
        head = deadlines.headline(case)
        return pace.pace(history, case, head, now, calendar, zone) if head is not None else None


def handlers(slack: SlackService) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""

    def learn(request: LearnPace) -> PaceLearned:
        return slack.learn(request.actor)

    return {LearnPace: learn}
