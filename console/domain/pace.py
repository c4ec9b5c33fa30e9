"""What cases of a kind usually still need, from the office's own closed cases.

Plain statistics that an officer can be told in a sentence. For each leg of a
case's life (deciding, dispatching, travelling …) the seconds that closed cases
took are kept per group, from narrow to broad: class, community and part of the
day; class and part of the day; class; all. For a case that has been in a leg
for ``e`` seconds, a group says the median of ``d − e`` over its durations
``d > e``: half of those that were still under way then needed more. A group of
``n`` such cases is drawn towards the next broader one as if that one had
brought :data:`WEIGHT` cases of its own:

    need(group) = (n · median + WEIGHT · need(broader)) / (n + WEIGHT)

so a group without cases says what the broader one says, and a large one speaks
for itself (empirical-Bayes shrinkage with a fixed prior weight; e.g. Efron and
Morris, 1977). Durations are counted on the calendar of their limit, pauses
left out. No Qt, no I/O, no clock of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.calendars import CONTINUOUS, WorkingCalendar
from console.domain.model import Case, Deadline
from console.domain.vocabulary import DeadlineKind

#: How many cases of its own a broader group counts for.
WEIGHT: Final = 5
#: With fewer cases than this in all there is no history to speak of.
LEAST: Final = 5
#: A group with at least this many is named as what the figure rests on.
NAMED: Final = 3
#: What is still needed is worked out again when the time spent in the leg has
#: grown by this share, or by this many seconds at least.
STEP: Final = 1.15
STEP_S: Final = 20.0
#: Where a part of the day begins, local hour: night, the two peaks, between.
_PARTS: Final = ((22, "night"), (19, "evening"), (17, "rush"), (10, "day"), (7, "morning"), (0, "night"))
#: The leg of a case that was sent and is not there yet; the other legs are
#: named after their clock.
TRAVEL: Final = "travel"
#: Names of groups, narrow to broad.
SCOPES: Final = ("class_place_hour", "class_hour", "class", "all")


@dataclass(frozen=True, slots=True)
class Took:
    """How long one closed case was in a leg: ``seconds`` on the limit's own
    calendar, without pauses."""

    leg: str
    category: str
    community: str
    part: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What a running clock usually still needs.

    ``need_s`` seconds on the clock's own calendar as of ``at``; ``n`` closed
    cases of the group ``scope`` stand behind it, ``n_all`` of any class.
    ``latest_at`` is the last instant at which the usual pace would still be in
    time: what a board sorts by, for it stands still between two workings-out.
    From ``until`` on it is to be worked out again.
    """

    need_s: float
    n: int
    n_all: int
    scope: str
    at: datetime
    latest_at: datetime
    until: datetime

    def short(self, remaining_s: float) -> bool:
        """True when less is left than is usually needed, and something is."""
        return 0.0 < remaining_s < self.need_s


def part_of_day(at: datetime, zone: ZoneInfo) -> str:
    """``night``, ``morning``, ``day``, ``rush`` or ``evening`` at the site."""
    hour = at.astimezone(zone).hour
    return next(name for begins, name in _PARTS if hour >= begins)


class History:
    """Durations by leg and group, sorted; made once, then only read."""

    def __init__(self, rows: Iterable[Took] = ()) -> None:
        held: dict[tuple[str, ...], list[float]] = {}
        self.rows = 0
        for row in rows:
            self.rows += 1
            for group in _groups(row.leg, row.category, row.community, row.part):
                held.setdefault(group, []).append(row.seconds)
        for one in held.values():
            one.sort()
        self._held: Mapping[tuple[str, ...], list[float]] = held

    def need(
        self, leg: str, category: str, community: str, part: str, spent_s: float
    ) -> tuple[float, int, int, str] | None:
        """``(seconds still needed, n, n of all, scope)`` for a case that has
        spent ``spent_s`` seconds in ``leg``; ``None`` without history: fewer
        than :data:`LEAST` cases ever took longer than that."""
        groups = _groups(leg, category, community, part)
        everything = self._left(groups[-1], spent_s)
        if everything is None or everything[1] < LEAST:
            return None
        need, total = everything
        n, scope = total, SCOPES[-1]
        for group, name in zip(groups[-2::-1], SCOPES[-2::-1], strict=True):
            own = self._left(group, spent_s)
            if own is None:
                continue
            median, count = own
            need = (count * median + WEIGHT * need) / (count + WEIGHT)
            if count >= NAMED:
                n, scope = count, name
        return need, n, total, scope

    def _left(self, group: tuple[str, ...], spent_s: float) -> tuple[float, int] | None:
        """Median of what those still under way then needed, and how many."""
        took = self._held.get(group)
        if not took:
            return None
        first = bisect_right(took, spent_s)
        count = len(took) - first
        if count == 0:
            return None
        low, high = first + (count - 1) // 2, first + count // 2
        return (took[low] + took[high]) / 2 - spent_s, count


def _groups(leg: str, category: str, community: str, part: str) -> tuple[tuple[str, ...], ...]:
    """Keys from narrow to broad, one a scope. A case without a class has only
    those without a class for company, and all."""
    return (leg, category, community, part), (leg, category, part), (leg, category), (leg,)


def leg_of(case: Case, deadline: Deadline) -> tuple[str, datetime]:
    """Which leg a clock is in, and since when: the arrival's clock starts at
    filing, but a team that was sent is judged by how long teams travel."""
    sent = case.dispatched_at
    if deadline.kind is DeadlineKind.ARRIVAL and sent is not None and sent >= deadline.start_at:
        return TRAVEL, sent
    return deadline.kind.value, deadline.start_at


def took(case: Case, calendar: WorkingCalendar, zone: ZoneInfo) -> list[Took]:
    """What a closed case teaches: one row a leg that was met in one round."""
    found: list[Took] = []
    code = case.category.code if case.category is not None else ""
    for deadline in case.deadlines:
        if deadline.met_at is None or deadline.cancelled or deadline.missed_before:
            continue
        if case.rework and deadline.kind in (DeadlineKind.HANDLING, DeadlineKind.CHECK):
            continue  # the clock ran through the check as well
        starts = [(deadline.kind.value, deadline.start_at)]
        leg, begun = leg_of(case, deadline)
        if leg == TRAVEL and not case.refusals:
            starts.append((leg, begun))
        for name, start in starts:
            seconds = calendar.elapsed(start, deadline.met_at, deadline.limit.unit) - deadline.paused_s
            if seconds >= 0:
                found.append(Took(name, code, case.community, part_of_day(start, zone), seconds))
    return found


def pace(
    history: History, case: Case, deadline: Deadline, now: datetime, calendar: WorkingCalendar, zone: ZoneInfo
) -> Pace | None:
    """What ``deadline``, the clock that counts, usually still needs at ``now``;
    ``None`` while it stands still and where there is no history."""
    if not deadline.running or deadline.paused_since is not None:
        return None
    unit = deadline.limit.unit
    leg, begun = leg_of(case, deadline)
    away = deadline.paused_s if leg != TRAVEL else 0
    spent = max(0.0, calendar.elapsed(begun, now, unit) - away) if now > begun else 0.0
    code = case.category.code if case.category is not None else ""
    found = history.need(leg, code, case.community, part_of_day(begun, zone), spent)
    if found is None:
        return None
    need, n, n_all, scope = found
    later = max(spent * STEP, spent + STEP_S)
    step = timedelta(seconds=later - spent)
    until = now + step if unit in CONTINUOUS else calendar.add(now, later - spent, unit)
    return Pace(need, n, n_all, scope, now, _latest(deadline, need, calendar), until)


def _latest(deadline: Deadline, need: float, calendar: WorkingCalendar) -> datetime:
    """The instant from which exactly ``need`` seconds are left until due."""
    unit = deadline.limit.unit
    if unit in CONTINUOUS:
        return deadline.due_at - timedelta(seconds=need)
    whole = calendar.elapsed(deadline.start_at, deadline.due_at, unit)
    if need <= whole:
        return calendar.add(deadline.start_at, whole - need, unit)
    return deadline.start_at - timedelta(seconds=need - whole)
