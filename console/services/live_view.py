"""What the live charts are given, and what they may ask for. Frozen.

Every instant is in Unix seconds; what is told of last week is already moved
forward by seven days, so that it lies on the same axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.kpi import Value
from console.domain.shifts import ShiftPlan, span_at
from console.domain.vocabulary import State
from console.services.live_series import Dot, Load, Share, Taken
from console.services.requests import Prompt, Reading

SPANS: Final = ("hour", "shift", "day")
#: The charts, in their order on the page.
CHARTS: Final = (
    "open",
    "decision",
    "dispatch",
    "arrival",
    "attainment",
    "sources",
    "alarms",
    "cameras",
    "teams",
)
WEEK: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)
#: Over the last hour the attainment is shown by the hours of so long.
_HOURS: Final = 8


@dataclass(frozen=True, slots=True)
class LoadLive(Reading):
    """→ ``LiveView``; asked for once a second while somebody sees it."""

    span: str = "hour"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart. ``at``, ``end``: Unix seconds, as the view gave them;
    ``key``: a team."""

    chart: str
    at: float = 0.0
    end: float = 0.0
    key: str = ""


@dataclass(frozen=True, slots=True)
class LoadLivePoint(Prompt):
    """What stands behind a point → ``LivePoint``."""

    point: Point


@dataclass(frozen=True, slots=True)
class LivePoint:
    """The cases behind a point; for the cameras their ids instead, for alarms
    also how many of them were about something else than a case."""

    cases: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class LiveView:
    """All charts as of ``taken_at``. The axis goes from ``begin`` to ``end``; a
    shift or a day goes on after now. ``times`` end with now, ``week_times``
    with the axis. ``ready`` and ``week_ready``: which share of the past has been
    read, 0–1. ``values``: the figures of the cases filed since ``begin``
    (``values_before``: of those filed in the same time last week)."""

    taken_at: datetime
    span: str
    begin: float
    end: float
    ready: float
    week_ready: float
    times: tuple[float, ...]
    open: Mapping[State, tuple[int, ...]]
    dots: Mapping[str, tuple[Dot, ...]]
    limits: Mapping[str, float]
    values: Mapping[str, Value]
    shares: tuple[Share, ...]
    taken: tuple[Taken, ...]
    calls: tuple[int, ...]
    dark: tuple[int, ...]
    loads: tuple[Load, ...]
    alarms_10min: int
    week_times: tuple[float, ...] = ()
    open_before: tuple[int, ...] = ()
    values_before: Mapping[str, Value] | None = None
    shares_before: tuple[Share, ...] = ()
    taken_before: tuple[Taken, ...] = ()
    calls_before: tuple[int, ...] = ()
    dark_before: tuple[int, ...] = ()
    shift: str = ""
    """The id of the shift that is shown, for ``shift``."""

    @property
    def total(self) -> int:
        """Cases open now."""
        return sum(counts[-1] for counts in self.open.values() if counts)


@dataclass(frozen=True, slots=True)
class Frame:
    """The piece of time a span stands for now: ``begin`` included, ``end`` not;
    a point every ``step``, a bar every ``bin``."""

    span: str
    begin: datetime
    end: datetime
    step: timedelta
    bin: timedelta
    bars: datetime
    """Where the bars of the attainment begin."""
    shift: str = ""

    def edges(self, begin: datetime | None = None, back: timedelta = timedelta()) -> tuple[float, ...]:
        """Where bars begin and end, Unix seconds, ``back`` earlier."""
        at, width = begin or self.begin, _HOUR if begin is not None else self.bin
        found = [at]
        while at < self.end:
            at += width
            found.append(at)
        return tuple((one - back).timestamp() for one in found)


def frame(span: str, now: datetime, plan: ShiftPlan) -> Frame:
    """The last hour, this shift, or this day of the site."""
    if span == "shift":
        here = span_at(plan, now)
        return Frame(span, here.start, here.end, timedelta(minutes=5), _HOUR, here.start, here.id)
    zone = ZoneInfo(plan.zone)
    local = now.astimezone(zone)
    if span == "day":
        start = datetime.combine(local.date(), time(), tzinfo=zone).astimezone(now.tzinfo)
        end = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=zone)
        return Frame(
            span, start, end.astimezone(now.tzinfo), timedelta(minutes=15), _HOUR, start, f"{local:%Y%m%d}"
        )
    minute = now.replace(second=0, microsecond=0)
    ten = timedelta(minutes=10)
    hour = local.replace(minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    begin = minute - _HOUR
    begin -= timedelta(minutes=begin.minute % 10)
    return Frame("hour", begin, now, timedelta(minutes=1), ten, hour - (_HOURS - 1) * _HOUR)
