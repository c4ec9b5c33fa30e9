"""The clocks of a case: set, stopped, paused, read.

Nothing here counts down. A deadline keeps the instants of 80 % and 100 % of
its limit; lamp, remaining time and crossings are computed from them and the
time asked for. Thresholds: 0–80 % green, 80–100 % yellow, beyond red
(practice of the field). ``total`` is shown and counted, never an alarm. A clock
rings where its lamp turns, unless the office has set marks of its own
(``console.domain.thresholds``); the lamp stays with 80 % and 100 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain import limits, thresholds
from console.domain.calendars import WorkingCalendar
from console.domain.model import Case, Deadline, Limit, Mark
from console.domain.records import replace
from console.domain.vocabulary import TERMINAL, DeadlineKind, Lamp, Severity, State

#: Per cent of a limit at which the lamp turns yellow.
WARN: Final = 80
FULL: Final = 100
#: What adding up parts of a second may lose.
_GRAIN_S: Final = 1e-7

#: Severity of a crossing by clock: at 80 % and at 100 %. A clock that is not
#: here never rings.
SEVERITIES: Final[Mapping[DeadlineKind, tuple[Severity, Severity]]] = {
    DeadlineKind.DECISION: (Severity.MEDIUM, Severity.HIGH),
    DeadlineKind.DISPATCH: (Severity.MEDIUM, Severity.HIGH),
    DeadlineKind.ARRIVAL: (Severity.MEDIUM, Severity.HIGH),
    DeadlineKind.HANDLING: (Severity.LOW, Severity.MEDIUM),
    DeadlineKind.VERIFY: (Severity.LOW, Severity.MEDIUM),
    DeadlineKind.CHECK: (Severity.LOW, Severity.MEDIUM),
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one clock of a case stands: seconds left on its own calendar
    (negative when over), share of the limit used (1.0 = all)."""

    kind: DeadlineKind
    deadline: Deadline
    lamp: Lamp
    remaining_s: float
    ratio: float
    running: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """A running clock that has passed a threshold (80 or 100 per cent, or one
    of its own) at ``at``; ``due_at`` is its 100 %. Recorded once per (clock, due
    version, threshold). ``next_at``: when a clock with marks of its own rings
    next after this one."""

    kind: DeadlineKind
    due_version: int
    threshold: int
    at: datetime
    due_at: datetime
    severity: Severity
    next_at: datetime | None = None


def start(
    kind: DeadlineKind,
    limit: Limit,
    at: datetime,
    calendar: WorkingCalendar,
    times: int = 1,
    marks: tuple[Mark, ...] | None = None,
) -> Deadline:
    """A clock set running at ``at`` for ``times`` limits; ``marks`` are those of
    ``thresholds.marks_for``."""
    blank = Deadline(kind=kind, start_at=at, limit=limit, due_at=at, warn_at=at, times=times, marks=marks)
    return _laid(blank, calendar)


def again(old: Deadline | None, fresh: Deadline) -> Deadline:
    """``fresh`` as the next round of ``old``: a new due version, and a late
    earlier round stays on record."""
    if old is None:
        return fresh
    return replace(fresh, due_version=old.due_version + 1, missed_before=old.missed_before or ended_late(old))


def pause(deadline: Deadline, at: datetime) -> Deadline:
    """Let a running clock stand still from ``at``; otherwise unchanged."""
    if not deadline.running or deadline.paused_since is not None:
        return deadline
    return replace(deadline, paused_since=at)


def resume(deadline: Deadline, at: datetime, calendar: WorkingCalendar) -> Deadline:
    """Let a paused clock run on. The pause is measured on the limit's own
    calendar, so that one outside office hours gives no office time away, in
    whole seconds that have passed: one more would take a clock back behind the
    mark it has just rung at, and that one would be silent. A clock that comes
    back beyond 80 % warns anew, from now."""
    if deadline.paused_since is None:
        return deadline
    elapsed = calendar.elapsed(deadline.paused_since, at, deadline.limit.unit)
    credit = int(elapsed + _GRAIN_S)
    moved = replace(deadline, paused_since=None, paused_s=deadline.paused_s + credit)
    return _warn_again(_laid(moved, calendar) if credit else moved, at)


def meet(deadline: Deadline, at: datetime) -> Deadline:
    """What was promised happened at ``at``; unchanged when nothing runs. A
    paused clock is met where it stood still."""
    if not deadline.running:
        return deadline
    return replace(deadline, met_at=at)


def reopen(deadline: Deadline, at: datetime) -> Deadline:
    """Take the end back at ``at``: the clock has been running all along
    (rework). What it passed in silence warns from now."""
    return _warn_again(replace(deadline, met_at=None, cancelled=False), at)


def cancel(deadline: Deadline) -> Deadline:
    """End a running clock without counting it; others stay as they are."""
    return replace(deadline, cancelled=True) if deadline.running else deadline


def extend(deadline: Deadline, calendar: WorkingCalendar) -> Deadline:
    """Grant one more original limit on top of the present due time."""
    more = replace(deadline, times=deadline.times + 1, due_version=deadline.due_version + 1)
    return _laid(more, calendar)


def move_start(deadline: Deadline, at: datetime, calendar: WorkingCalendar) -> Deadline:
    """The same clock with a corrected start; pauses and extensions stay."""
    return _laid(replace(deadline, start_at=at, due_version=deadline.due_version + 1), calendar)


def relimit(deadline: Deadline, limit: Limit, calendar: WorkingCalendar) -> Deadline:
    """The same clock under another limit; start, pauses and extensions stay."""
    return _laid(replace(deadline, limit=limit, due_version=deadline.due_version + 1), calendar)


def lamp(deadline: Deadline, now: datetime) -> Lamp:
    """Green, yellow, red. An ended clock keeps the lamp it ended with, a
    paused one the lamp it paused with; a cancelled one is green. A running
    clock turns at the same instant as its alarm rings; one met exactly when
    due was in time."""
    if deadline.cancelled:
        return Lamp.GREEN
    met = deadline.met_at
    at = deadline.paused_since or met or now
    if at > deadline.due_at or (at == deadline.due_at and met is None):
        return Lamp.RED
    return Lamp.YELLOW if at >= deadline.warn_at else Lamp.GREEN


def remaining_s(deadline: Deadline, now: datetime, calendar: WorkingCalendar) -> float:
    """Seconds left on the limit's own calendar; negative when over, frozen
    while paused and once met, 0 when cancelled. A clock that went back never
    gives more than the whole limit."""
    if deadline.cancelled:
        return 0.0
    at, due, unit = deadline.paused_since or deadline.met_at or now, deadline.due_at, deadline.limit.unit
    if at > due:
        return -calendar.elapsed(due, at, unit)
    return min(calendar.elapsed(at, due, unit), float(limits.seconds(deadline.limit, deadline.times)))


def ratio(deadline: Deadline, now: datetime, calendar: WorkingCalendar) -> float:
    """Share of the limit used up: 0.0 at the start, 1.0 when due."""
    whole = limits.seconds(deadline.limit, deadline.times)
    return 1.0 - remaining_s(deadline, now, calendar) / whole


def ended_late(deadline: Deadline) -> bool:
    """True when this round was met, or came to stand still, after it was due."""
    at = deadline.paused_since or deadline.met_at
    return not deadline.cancelled and at is not None and at > deadline.due_at


def cut_off_late(deadline: Deadline, ended: datetime | None) -> bool:
    """True when the end of the case cut this clock off past its due time: it
    was not met, and it had overrun."""
    if not deadline.cancelled or deadline.paused_since is not None or ended is None:
        return False
    return ended > deadline.due_at


def missed(deadline: Deadline, now: datetime) -> bool:
    """True when the promise was broken: an earlier round ended late, this one
    did, or it runs and is past due."""
    if deadline.missed_before or ended_late(deadline):
        return True
    return deadline.running and deadline.paused_since is None and now > deadline.due_at


def assess(case: Case, now: datetime, calendar: WorkingCalendar) -> tuple[Assessment, ...]:
    """Every clock of a case as it stands at ``now``."""
    found = []
    for deadline in case.deadlines:
        left = remaining_s(deadline, now, calendar)
        whole = limits.seconds(deadline.limit, deadline.times)
        paused = deadline.running and deadline.paused_since is not None
        found.append(
            Assessment(
                kind=deadline.kind,
                deadline=deadline,
                lamp=lamp(deadline, now),
                remaining_s=left,
                ratio=0.0 if deadline.cancelled else 1.0 - left / whole,
                running=deadline.running,
                paused=paused,
            )
        )
    return tuple(found)


def crossings(case: Case, now: datetime) -> tuple[Crossing, ...]:
    """Thresholds that running clocks have passed by ``now``, oldest first;
    also those already recorded, for the caller knows which they are. A clock
    that came back running beyond a threshold passes it when it came back."""
    if case.state in TERMINAL:
        return ()
    found: list[Crossing] = []
    for deadline in case.deadlines:
        severities = SEVERITIES.get(deadline.kind)
        if severities is None or not _ringing(deadline):
            continue
        if deadline.marks is not None:
            found += _marked(deadline, now)
            continue
        if now < deadline.warn_at:
            continue
        marks = ((WARN, deadline.warn_at, severities[0]), (FULL, deadline.due_at, severities[1]))
        for threshold, at, severity in marks:
            if now >= at:
                since = max(at, deadline.warn_at)
                found.append(
                    Crossing(deadline.kind, deadline.due_version, threshold, since, deadline.due_at, severity)
                )
    found.sort(key=_when)
    return tuple(found)


def next_transition(case: Case, now: datetime) -> datetime | None:
    """The nearest instant after ``now`` at which a lamp that rings turns, at
    which a clock with marks of its own rings, or at which a suspension ends
    (also when that is already past)."""
    if case.state in TERMINAL:
        return None
    nearest = case.suspended_until if case.state is State.SUSPENDED else None
    for deadline in case.deadlines:
        if deadline.kind not in SEVERITIES or not _ringing(deadline):
            continue
        marks = (mark.at for mark in deadline.marks or ())
        coming = [at for at in (deadline.warn_at, deadline.due_at, *marks) if at > now]
        nearest = min((*coming, nearest) if nearest is not None else coming, default=None)
    return nearest


def headline(case: Case) -> Deadline | None:
    """The clock that counts now: of the running ones that ring, the one due
    first; a paused one only when all are paused."""
    best: Deadline | None = None
    for deadline in case.deadlines:
        if deadline.kind not in SEVERITIES or not deadline.running:
            continue
        if best is None or _weight(deadline) < _weight(best):
            best = deadline
    return best


def of(case: Case, kind: DeadlineKind) -> Deadline | None:
    """The case's clock of one kind."""
    return next((d for d in case.deadlines if d.kind is kind), None)


def put(case: Case, deadline: Deadline) -> Case:
    """The case with this clock in place of the one of its kind."""
    kept = tuple(deadline if d.kind is deadline.kind else d for d in case.deadlines)
    if all(d.kind is not deadline.kind for d in case.deadlines):
        kept = (*kept, deadline)
    return replace(case, deadlines=kept)


def _warn_again(deadline: Deadline, at: datetime) -> Deadline:
    marks = None if deadline.marks is None else thresholds.moved(deadline.marks, at)
    if at < deadline.warn_at and marks == deadline.marks:
        return deadline
    warn_at = max(at, deadline.warn_at)
    return replace(deadline, warn_at=warn_at, marks=marks, due_version=deadline.due_version + 1)


def _marked(deadline: Deadline, now: datetime) -> list[Crossing]:
    """Marks of its own that a clock has passed."""
    return [
        Crossing(
            deadline.kind,
            deadline.due_version,
            mark.threshold,
            mark.at,
            deadline.due_at,
            mark.severity,
            thresholds.next_mark(deadline, mark.threshold),
        )
        for mark in deadline.marks or ()
        if now >= mark.at
    ]


def _ringing(deadline: Deadline) -> bool:
    return deadline.met_at is None and not deadline.cancelled and deadline.paused_since is None


def _weight(deadline: Deadline) -> tuple[bool, datetime]:
    return deadline.paused_since is not None, deadline.due_at


def _when(crossing: Crossing) -> tuple[datetime, int]:
    return crossing.at, crossing.threshold


def _laid(deadline: Deadline, calendar: WorkingCalendar) -> Deadline:
    """Walk 80 % and 100 % of the granted time, pauses included."""
    granted = limits.seconds(deadline.limit, deadline.times)
    unit, begin, away = deadline.limit.unit, deadline.start_at, deadline.paused_s
    laid = replace(
        deadline,
        due_at=calendar.add(begin, granted + away, unit),
        warn_at=calendar.add(begin, granted * WARN / FULL + away, unit),
    )
    return thresholds.laid(laid, calendar)
