"""When the clocks of a case ring: rows of the office, and which of them holds.

A clock has three steps: ``warn`` before its time is up, ``due`` when it is, and
``more`` when it is long overdue. The office's default (80 per cent, 100 per
cent, and no third) holds for a step until a row says otherwise: for a clock,
and if wished only for a kind of case, a class, a community or hours of the day.
Of several rows of a step the narrowest holds, of those of one scope the newest
that has begun. A row of zero lets its step be silent.

A clock keeps the thresholds it was started under, as a case keeps its limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.calendars import WorkingCalendar
from console.domain.chance import FORESEEN
from console.domain.errors import Refusal
from console.domain.limits import seconds
from console.domain.model import Case, CategoryKey, Deadline, Mark
from console.domain.records import replace
from console.domain.vocabulary import DeadlineKind, Severity

WARN: Final = "warn"
DUE: Final = "due"
MORE: Final = "more"
STEPS: Final = (WARN, DUE, MORE)

#: Clocks that may ring; ``total`` is shown and counted, never an alarm.
CLOCKS: Final = tuple(kind for kind in DeadlineKind if kind is not DeadlineKind.TOTAL)
#: The lowest per cent of a threshold: below it stands what is only foreseen.
LEAST_PERCENT: Final = FORESEEN + 1
#: The furthest a threshold may lie beyond the limit, in per cent of it.
MOST_PERCENT: Final = 1000
#: The longest time before the end, seconds.
MOST_LEFT_S: Final = 7 * 86_400

_AT: Final = re.compile(r"(\d{1,6})\s*(%|s|sec|min|m|秒|分|分钟)?")
_HOURS: Final = re.compile(r"([01]?\d|2[0-3])-([01]?\d|2[0-4])")
_CATEGORY: Final = re.compile(r"(event|component)(:\d{2,7})?")


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row. ``percent`` of the limit, or ``left_s`` seconds before its end;
    both 0: the step is silent. ``category``: empty, ``event``, ``component``
    or a class such as ``event:09006`` (a shorter code: all that begin so).
    ``hours``: empty, or ``22-6``: clocks started from 22:00 to before 06:00,
    local time."""

    clock: DeadlineKind
    step: str
    percent: int = 0
    left_s: int = 0
    severity: Severity = Severity.MEDIUM
    category: str = ""
    community: str = ""
    hours: str = ""
    version: int = 1
    valid_from: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    set_by: str = ""

    @property
    def silent(self) -> bool:
        """True for a row that switches its step off."""
        return not self.percent and not self.left_s

    @property
    def scope(self) -> tuple[str, str, str, str, str]:
        """What makes two rows versions of one."""
        return self.clock.value, self.step, self.category, self.community, self.hours

    @property
    def at(self) -> str:
        """``80%``, ``90s`` or ``0``."""
        return f"{self.percent}%" if self.percent else f"{self.left_s}s" if self.left_s else "0"


def _default() -> tuple[Threshold, ...]:
    low, medium, high = Severity.LOW, Severity.MEDIUM, Severity.HIGH
    quick = (DeadlineKind.DECISION, DeadlineKind.DISPATCH, DeadlineKind.ARRIVAL)
    return tuple(
        row
        for kind in CLOCKS
        for row in (
            Threshold(kind, WARN, 80, severity=medium if kind in quick else low, version=0),
            Threshold(kind, DUE, 100, severity=high if kind in quick else medium, version=0),
        )
    )


#: What holds until the office says otherwise.
DEFAULTS: Final = _default()


def marks_for(
    rows: Sequence[Threshold], kind: DeadlineKind, case: Case, at: datetime, tz: str
) -> tuple[Mark, ...] | None:
    """The marks of a clock of ``case`` started at ``at``, not laid out yet
    (:func:`laid`); ``None`` where the office's default holds. Hours are those
    of the zone ``tz``."""
    mine = [row for row in rows if row.clock is kind and _speaks(row, case, at, tz)]
    if not mine or kind not in CLOCKS:
        return None
    chosen: dict[str, Threshold] = {row.step: row for row in DEFAULTS if row.clock is kind}
    usual = dict(chosen)
    for row in sorted(mine, key=_narrow):
        chosen[row.step] = row
    if {step: _worth(row) for step, row in chosen.items()} == {s: _worth(r) for s, r in usual.items()}:
        return None
    ring = (row for row in chosen.values() if not row.silent)
    return tuple(Mark(row.percent, at, row.severity, row.left_s) for row in ring)


def laid(deadline: Deadline, calendar: WorkingCalendar) -> Deadline:
    """The clock with its marks at their instants, earliest first. Two at the
    same per cent are one, the more severe."""
    if deadline.marks is None:
        return deadline
    granted = seconds(deadline.limit, deadline.times)
    found: dict[int, Mark] = {}
    for mark in deadline.marks:
        used = granted - mark.left_s if mark.left_s else granted * mark.threshold / 100
        percent = _percent(used, granted) if mark.left_s else mark.threshold
        at = calendar.add(deadline.start_at, max(0.0, used) + deadline.paused_s, deadline.limit.unit)
        fresh = Mark(percent, at, mark.severity, mark.left_s)
        old = found.get(percent)
        if old is None or old.severity.rank < fresh.severity.rank:
            found[percent] = fresh
    return replace(deadline, marks=tuple(sorted(found.values(), key=_by_instant)))


def moved(marks: tuple[Mark, ...], at: datetime) -> tuple[Mark, ...]:
    """Marks that were passed in silence ring from ``at``."""
    return tuple(replace(mark, at=at) if mark.at <= at else mark for mark in marks)


def next_mark(deadline: Deadline, rung: int) -> datetime | None:
    """When a clock with marks of its own rings next, once the mark of ``rung``
    per cent has; ``None`` for never."""
    return next((mark.at for mark in deadline.marks or () if mark.threshold > rung), None)


def in_force(rows: Iterable[Threshold], at: datetime) -> tuple[Threshold, ...]:
    """Of each scope the newest row that has begun by ``at``."""
    newest: dict[tuple[str, str, str, str, str], Threshold] = {}
    for row in rows:
        known = newest.get(row.scope)
        begun = row.valid_from <= at
        if begun and (known is None or _age(known) <= _age(row)):
            newest[row.scope] = row
    return tuple(newest[scope] for scope in sorted(newest))


def read_at(text: str) -> tuple[int, int]:
    """Per cent and seconds before the end out of ``80%``, ``90s``, ``2min`` or
    ``0``. Raises ``Refusal('bad_value', 'threshold_at')``."""
    found = _AT.fullmatch(text.strip().lower())
    number = int(found[1]) if found else -1
    unit = (found[2] or "") if found else ""
    if found is None or (not unit and number):
        raise Refusal("bad_value", "threshold_at", value=text[:40])
    if unit in ("min", "m", "分", "分钟"):
        number *= 60
    if unit == "%" and number <= MOST_PERCENT:
        return number, 0
    if unit != "%" and number <= MOST_LEFT_S:
        return 0, number
    raise Refusal("bad_value", "threshold_at", value=text[:40])


def checked(row: Threshold) -> Threshold:
    """The row, if an office may set it. Raises ``Refusal('bad_value', …)``:
    ``threshold_clock``, ``threshold_step``, ``threshold_at`` (a warning lies
    before the end, ``due`` at it, ``more`` beyond), ``threshold_category``,
    ``threshold_hours``."""
    if row.clock not in CLOCKS:
        raise Refusal("bad_value", "threshold_clock", allowed=", ".join(kind.value for kind in CLOCKS))
    if row.step not in STEPS:
        raise Refusal("bad_value", "threshold_step", value=row.step[:40], allowed=", ".join(STEPS))
    fits = {
        WARN: row.percent == 0 or LEAST_PERCENT <= row.percent < 100,
        DUE: row.percent in (0, 100) and not row.left_s,
        MORE: (row.percent > 100 or not row.percent) and not row.left_s,
    }
    if not fits[row.step]:
        raise Refusal("bad_value", "threshold_place", value=row.at, step=row.step)
    checked_scope(row.category, row.hours)
    return row


def checked_scope(category: str, hours: str) -> None:
    """Refuse a class or hours nobody could mean: ``threshold_category``,
    ``threshold_hours``."""
    if category and not _CATEGORY.fullmatch(category):
        raise Refusal("bad_value", "threshold_category", value=category[:40])
    if hours and not _spans(hours):
        raise Refusal("bad_value", "threshold_hours", value=hours[:40])


def _spans(hours: str) -> bool:
    found = _HOURS.fullmatch(hours)
    return found is not None and int(found[1]) != int(found[2]) % 24


def _speaks(row: Threshold, case: Case, at: datetime, tz: str) -> bool:
    return speaks(row.category, row.community, row.hours, case, at, tz)


def speaks(category: str, community: str, hours: str, case: Case, at: datetime, tz: str) -> bool:
    """True when a row of that scope is about ``case`` at ``at``; what is empty
    is about every one. Hours are those of the zone ``tz``."""
    if community and community != case.community:
        return False
    if category and not _of_class(category, case.category):
        return False
    return not hours or _within(hours, at.astimezone(ZoneInfo(tz)).hour)


def _of_class(wanted: str, key: CategoryKey | None) -> bool:
    kind, _, code = wanted.partition(":")
    return key is not None and key.kind == kind and key.code.startswith(code)


def _within(hours: str, hour: int) -> bool:
    begin, end = (int(part) for part in hours.split("-"))
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def _narrow(row: Threshold) -> tuple[int, bool, bool]:
    """Wider rows first: class before community before hours."""
    return len(row.category), bool(row.community), bool(row.hours)


def _worth(row: Threshold) -> tuple[int, int, Severity | None]:
    return row.percent, row.left_s, None if row.silent else row.severity


def _age(row: Threshold) -> tuple[datetime, int]:
    return row.valid_from, row.version


def _percent(used: float, granted: float) -> int:
    return min(99, max(LEAST_PERCENT, round(100 * used / granted)))


def _by_instant(mark: Mark) -> tuple[datetime, int]:
    return mark.at, mark.threshold
