"""The large display: what it shows when, how large its type is, and how slowly
a wrong PIN may be tried again. Pure.

36 mm capitals at 5 m are about 25 minutes of arc, twice what ISO 9241-303 asks
for at least (16 to 22): the display is read in passing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

#: Pages that take turns, and those that come by themselves.
WALL: Final = "wall"
KPI: Final = "kpi"
BOARD: Final = "board"
MAP: Final = "map"
NOTICE: Final = "notice"
PAGES: Final = (WALL, KPI, BOARD, MAP, NOTICE)
ALARM: Final = "alarm"
CASE: Final = "case"
CAMERA: Final = "camera"
#: What can be put on it by hand.
PUSHED: Final = (CAMERA, CASE)

#: Ranges of what can be set: seconds, metres, per cent, pixels.
DWELL_S: Final = (5, 600)
ALARM_S: Final = (0, 900)
PUSH_S: Final = (10, 900)
DISTANCE_DM: Final = (10, 200)
DIM_PERCENT: Final = (0, 80)
SHIFT_PX: Final = (0, 16)
PIN_DIGITS: Final = (4, 12)
#: So long one of several alarms is shown before the next, seconds.
EACH_ALARM_S: Final = 8

#: Height of a capital at :data:`READ_AT_M`, mm.
CAPITAL_MM: Final = 36.0
READ_AT_M: Final = 5.0
#: A capital of the family is so much of its em (Noto Sans CJK SC: 733/1000).
CAPITAL: Final = 0.733
#: At least so many lines stand on a display, however small it is.
LINES: Final = 9
#: Where a display does not tell its size in mm, so many lines are taken to fit.
USUAL_LINES: Final = 13

#: Older data than this is not shown as if it were current, seconds.
STALE_S: Final = 5.0

#: Wrong PINs without a wait, then 5 s, twice as long each time, at most so long.
FREE_TRIES: Final = 3
FIRST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 900

#: Seven digits and more in a row are a telephone or an identity card.
_NUMBER: Final = re.compile(r"(?<![\d#])\d[\d\- ]{5,}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class KioskPlan:
    """How the display behaves. ``pages``: page and how long it stays, seconds;
    ``layout`` the wall's named layout or a preset; ``distance_dm`` from where it
    is read, tenths of a metre; ``alarm_s`` how long an unanswered alarm stays
    (0: until somebody answers it); ``push_s`` how long what was put on it stays;
    ``dim_percent`` between ``night_from`` and ``night_to`` (``HH:MM``, local);
    ``shift_px`` how far the picture wanders against burning in."""

    pages: tuple[tuple[str, int], ...] = ((WALL, 30), (BOARD, 20), (KPI, 20), (MAP, 20), (NOTICE, 15))
    layout: str = ""
    distance_dm: int = 50
    alarm_s: int = 120
    push_s: int = 60
    night_from: str = "22:00"
    night_to: str = "06:00"
    dim_percent: int = 40
    shift_px: int = 8
    title: str = ""
    notice: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Push:
    """What somebody put on the display: ``kind`` of :data:`PUSHED` and its id."""

    kind: str
    id: str
    by: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the display now: page or :data:`ALARM`, :data:`CASE`,
    :data:`CAMERA` with the id it is about; ``more`` alarms wait behind it."""

    page: str
    subject: str = ""
    more: int = 0


@dataclass
class Turns:
    """Which page it is. An alarm goes before what was put there, and that before
    the pages that take turns; but what was put there *after* the alarm came goes
    before it. Remembers since when each alarm is high."""

    begun: datetime
    since: dict[str, datetime] = field(default_factory=dict)

    def shown(self, plan: KioskPlan, now: datetime, alarms: Sequence[str], push: Push | None) -> Shown:
        """``alarms``: ids of those that are high and unanswered, worst first."""
        self.since = {one: self.since.get(one, now) for one in alarms}
        lasting = [
            one
            for one in alarms
            if not plan.alarm_s or (now - self.since[one]).total_seconds() < plan.alarm_s
        ]
        pushed = push if push is not None and push.at <= now < push.until else None
        if lasting and (pushed is None or max(self.since[one] for one in lasting) > pushed.at):
            at = int((now - self.begun).total_seconds() // EACH_ALARM_S) % len(lasting)
            return Shown(ALARM, lasting[at], len(lasting) - 1)
        if pushed is not None:
            return Shown(pushed.kind, pushed.id)
        return Shown(self._turn(plan, now))

    def _turn(self, plan: KioskPlan, now: datetime) -> str:
        pages = [(page, dwell) for page, dwell in plan.pages if page != NOTICE or plan.notice]
        if not pages:
            return BOARD
        left = (now - self.begun).total_seconds() % sum(dwell for _, dwell in pages)
        for page, dwell in pages:
            left -= dwell
            if left < 0:
                return page
        return pages[-1][0]


@dataclass(frozen=True, slots=True)
class TypeSize:
    """``em`` of ordinary lines, px; ``capital_mm`` how high its capitals really
    are (``None``: the display does not tell its size), ``wanted_mm`` how high
    they should be."""

    em: int
    capital_mm: float | None
    wanted_mm: float

    @property
    def reached(self) -> bool:
        """Whether it can be read from where it is to be read."""
        return self.capital_mm is not None and self.capital_mm >= self.wanted_mm - 0.5


def type_size(height_px: int, height_mm: float, distance_dm: int) -> TypeSize:
    """The size of ordinary lines on a display of that height, read from
    ``distance_dm`` tenths of a metre. Never so large that fewer than
    :data:`LINES` lines fit."""
    wanted = CAPITAL_MM * distance_dm / 10 / READ_AT_M
    if height_mm <= 0:
        return TypeSize(max(16, height_px // USUAL_LINES), None, wanted)
    px_mm = height_px / height_mm
    em = max(16, min(round(wanted * px_mm / CAPITAL), height_px // LINES))
    return TypeSize(em, round(em * CAPITAL / px_mm, 1), wanted)


def dimmed(plan: KioskPlan, clock: str) -> float:
    """How dark the display is, 0–1, at the local time ``HH:MM``."""
    begin, end = plan.night_from, plan.night_to
    night = begin <= clock < end if begin < end else (clock >= begin or clock < end)
    return plan.dim_percent / 100 if night and begin != end else 0.0


def wander(plan: KioskPlan, minutes: int) -> tuple[int, int]:
    """Where the picture stands in its margin, px from left and top: round a
    square, one step a minute."""
    span = plan.shift_px
    if not span:
        return 0, 0
    step = minutes % (4 * span)
    side, along = divmod(step, span)
    return ((along, 0), (span, along), (span - along, span), (0, span - along))[side]


def masked(text: str) -> str:
    """Without telephone and identity numbers that somebody typed into a place."""
    return _NUMBER.sub("…", text)


def wait_after(failures: int) -> int:
    """Seconds until the next PIN may be tried."""
    if failures < FREE_TRIES:
        return 0
    return int(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(failures - FREE_TRIES, 12)))


def still_waits(until: datetime | None, now: datetime) -> int:
    """Seconds left; a clock that was set far back does not make it longer than
    the longest wait there is."""
    if until is None or until <= now:
        return 0
    return min(LONGEST_WAIT_S, int((until - now) / timedelta(seconds=1)) + 1)


def good_pin(pin: str) -> bool:
    """Digits enough, not all the same and not counted up or down."""
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS[0] <= len(pin) <= PIN_DIGITS[1]):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps not in ({0}, {1}, {-1})


#: Names of plain numbers of the plan, with what they may be.
NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "distance_dm": DISTANCE_DM,
    "alarm_s": ALARM_S,
    "push_s": PUSH_S,
    "dim_percent": DIM_PERCENT,
    "shift_px": SHIFT_PX,
}
