"""Figures over cases: one cut a report, and the cut is in the answer.

The instants of a period are the site's local days; a fractile is computed from
the cases every time and never averaged. Screen, command line and paper all
take their figures here or from the rows of :meth:`KpiService.rows`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from console.domain import figure_row, figure_rules, kpi, shifts
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.domain.model import Actor
from console.services import audit, figure_math, permissions, shift_plan
from console.services.figure_live import LiveRows
from console.services.figure_rows import Array, FigureRows, Groups, read_rows
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


SITE_ZONE: Final = ZoneInfo("Asia/Shanghai")
CUTS: Final = ("reported", "filed", "due", "closed")
#: What a report can be cut by; the command line knows the first eight.
GROUPS: Final = (
    "team", "community", "category", "camera", "officer", "source", "hour", "shift", "road", "cause", "day",
)  # fmt: skip
#: A list of cases behind a figure holds so many, the newest.
MOST_BEHIND: Final = 20_000
#: A running period longer than this is read each time it is asked for.
LONGEST_LIVE: Final = timedelta(days=2)
#: Under which name the office's own rules are kept, as JSON.
RULES_SETTING: Final = "figures.rules"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One group: its key, how many cases, every indicator."""

    key: str
    n: int
    values: Mapping[str, kpi.Value]


@dataclass(frozen=True, slots=True)
class Figures:
    """A report. ``start`` is included, ``end`` is not; ``rules`` is the version
    of the office's rules it was counted under."""

    cut: str
    start: datetime
    end: datetime
    timezone: str
    rows: tuple[FigureRow, ...]
    rules: str = ""


def today(now: datetime) -> tuple[datetime, datetime]:
    """The local day around ``now``: its first instant and the next day's."""
    local = now.astimezone(SITE_ZONE)
    start = datetime.combine(local.date(), time(), tzinfo=SITE_ZONE)
    end = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=SITE_ZONE)
    return start.astimezone(now.tzinfo), end.astimezone(now.tzinfo)


class KpiService:
    """Reads figures; of what it knows only the office's rules are changed."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock
        #: Rows of periods that are still running.
        self.live = LiveRows()

    def figures(
        self,
        actor: Actor,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        by: str = "",
        cut: str = "filed",
    ) -> Figures:
        """Every indicator over the period, as one row ``all`` or one a group.

        Without a period it is today. Raises ``Refusal('bad_usage')`` for an
        unknown cut or group and ``bad_value`` for a period that runs backwards.
        """
        permissions.demand(actor, "kpi.read")
        now = self._clock.now()
        first, last = period(start, end, now)
        with self._uows.read() as uow:
            return self.figures_in(uow, first, last, now, by=by, cut=cut)

    def rows(
        self, actor: Actor, start: datetime | None = None, end: datetime | None = None, cut: str = "filed"
    ) -> FigureRows:
        """The cases of a period as columns. Raises as :meth:`figures` does."""
        permissions.demand(actor, "kpi.read")
        now = self._clock.now()
        first, last = period(start, end, now)
        with self._uows.read() as uow:
            return self.rows_in(uow, first, last, now, cut)

    def rows_in(
        self, uow: UnitOfWork, start: datetime, end: datetime, now: datetime, cut: str = "filed"
    ) -> FigureRows:
        """The same in the caller's unit of work. A period that still runs and
        is not too long is kept up instead of being read again."""
        if cut in CUTS and start <= now < end and end - start <= LONGEST_LIVE:
            return self.live.look(uow, start, end, cut, load_rules(uow, now).calendar)
        return rows_in(uow, start, end, cut)

    def figures_in(
        self,
        uow: UnitOfWork,
        start: datetime,
        end: datetime,
        now: datetime,
        *,
        by: str = "",
        cut: str = "filed",
    ) -> Figures:
        """The report, read in the caller's unit of work."""
        return figures_of(uow, self.rows_in(uow, start, end, now, cut), now, by)

    def cases(
        self,
        actor: Actor,
        figure: str,
        start: datetime,
        end: datetime,
        cut: str = "filed",
        *,
        by: str = "",
        key: str = "",
        bad: bool = False,
    ) -> tuple[str, ...]:
        """Ids of the cases behind a figure, newest first; ``bad``: only those
        that pull it away from what is wanted. Raises ``Refusal('bad_usage')``
        for an indicator nobody knows."""
        permissions.demand(actor, "kpi.read")
        if figure not in kpi.BY_ID:
            raise Refusal("bad_usage", "indicator", value=figure)
        now = self._clock.now()
        with self._uows.read() as uow:
            rows = self.rows_in(uow, start, end, now, cut)
            groups = groups_of(uow, rows, by) if by else None
        which = (figure_math.failed if bad else figure_math.members)(rows, figure, now)
        if groups is not None:
            which = which & (groups.codes == _place(groups, key))
        newest = np.flatnonzero(which)[-MOST_BEHIND:]
        return rows.ids(newest)[::-1]

    def rules(self, actor: Actor) -> FigureRules:
        """The rules the figures are counted under now."""
        permissions.demand(actor, "kpi.read")
        with self._uows.read() as uow:
            return rules_of(uow)

    def put_rules(self, actor: Actor, stored: Mapping[str, object]) -> FigureRules:
        """Set the office's own rules; ``{}`` takes them away again. The version
        must be another than before, so that no two reports of one version were
        counted differently. Raises ``Refusal('bad_value')``."""
        permissions.demand(actor, "figures.rules")
        made = figure_rules.read(stored)
        with self._uows.write() as uow:
            before = rules_of(uow)
            if made != before and made.version == before.version:
                raise Refusal("bad_value", "figure_version", version=made.version)
            uow.settings.put(RULES_SETTING, json.dumps(stored, ensure_ascii=False) if stored else "")
            audit.changed(uow, self._clock, actor, "figure_rules", now=made.version, was=before.version)
            uow.commit()
        return made


def rules_of(uow: UnitOfWork) -> FigureRules:
    """The rules of this site; the default where it has none of its own."""
    stored = uow.settings.get(RULES_SETTING)
    return figure_rules.read(json.loads(stored)) if stored else kpi.DEFAULT_RULES


def rows_in(uow: UnitOfWork, start: datetime, end: datetime, cut: str = "filed") -> FigureRows:
    """The cases of a period, read in the caller's unit of work."""
    if cut not in CUTS:
        raise Refusal("bad_usage", "choice", what="--cut", value=cut, choices=", ".join(CUTS))
    return read_rows(uow, start, end, cut, load_rules(uow, start).calendar)


def figures_in(
    uow: UnitOfWork, start: datetime, end: datetime, now: datetime, *, by: str = "", cut: str = "filed"
) -> Figures:
    """The report over a period, read in the caller's unit of work."""
    return figures_of(uow, rows_in(uow, start, end, cut), now, by)


def figures_of(uow: UnitOfWork, rows: FigureRows, now: datetime, by: str = "") -> Figures:
    """The report over these cases, under the rules of the site."""
    if by and by not in GROUPS:
        raise Refusal("bad_usage", "choice", what="--by", value=by, choices=", ".join(GROUPS))
    rules = rules_of(uow)
    if by:
        found = figure_math.by(rows, groups_of(uow, rows, by), now, rules)
        made = tuple(FigureRow(key, n, values) for key, (n, values) in found.items())
    else:
        made = (FigureRow("all", len(rows), figure_math.compute(rows, None, now, rules)),)
    return Figures(rows.cut, rows.start, rows.end, str(SITE_ZONE), made, rules.version)


def groups_of(uow: UnitOfWork, rows: FigureRows, by: str) -> Groups:
    """Groups of a report; shifts by the plan of the site."""
    return shift_groups(rows, shift_plan.load(uow)) if by == "shift" else rows.groups(by)


def shift_groups(rows: FigureRows, plan: shifts.ShiftPlan) -> Groups:
    """Cases by the shift in which their cut lies, ``YYYYMMDD-kind``."""
    spans = shifts.spans_between(plan, rows.start, rows.end)
    begins = np.array([figure_row.micros(span.start) for span in spans], np.int64)
    codes: Array = np.searchsorted(begins, rows.cut_at(), side="right") - 1
    return Groups(codes, tuple(span.id for span in spans))


def period(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """A period of which perhaps only one end, or none, was named."""
    if start is None:
        start = today(now if end is None else end - timedelta(microseconds=1))[0]
    if end is None:
        end = max(today(now)[1], today(start)[1])
    if end <= start:
        raise Refusal("bad_value", "period", start=start, end=end)
    return start, end


def _place(groups: Groups, key: str) -> int:
    """Where a key stands among the groups; -1 when it does not."""
    return groups.words.index(key) if key in groups.words else -1
