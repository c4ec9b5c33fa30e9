"""What stands in a report: the figures of a period, what they were before, and
the cases worth a sentence. Only reads; the words are made in
``console.reports.report_build``.

All figures come from the same columns of cases as those on the screen and the
command line (``figure_rows``, ``figure_math``): nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from console.domain import alarm_quality, figure_row, kpi, report_plan, shifts
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.domain.kpi import Value
from console.domain.limits import UNIT_SECONDS
from console.domain.model import Actor, AlarmEvent, Case, Limit
from console.domain.periods import ZONE
from console.domain.report_plan import Span, Subject
from console.domain.shift_log import ShiftLog, fold, place_of
from console.domain.vocabulary import Severity
from console.services import figure_math, permissions, ranking_math, shift_plan
from console.services.figure_rows import SECOND, Array, FigureRows, Groups, read_rows
from console.services.figures import CUTS, rules_of
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.rules import causes_of, load_rules

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


#: Promises a report tells of, in order.
STAGES: Final = ("decision", "dispatch", "arrival", "total")
#: What a whole report is broken down by, and how many of the largest it tells.
TABLES: Final[Mapping[str, int]] = {
    "team": 40, "community": 40, "category": 15, "officer": 40, "source": 10,
}  # fmt: skip
#: So many late cases are named.
MOST_LATE: Final[Mapping[str, int]] = {"shift": 5, "day": 10}
MOST_LATE_ELSE: Final = 20
#: So many teams or communities get a page of their own.
MOST_PAGES: Final = 30

Names = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the cases: a team, an hour. ``n``: how many; ``before``: the same
    figures of the period before, where they were asked for."""

    key: str
    n: int
    values: Mapping[str, Value]
    n_before: int = 0
    before: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class LateCase:
    """A case that broke a promise: which, and by how many seconds."""

    case: Case
    stage: str
    over_s: float


@dataclass(frozen=True, slots=True)
class AlarmSum:
    """Alarms that called somebody in the period: all, by severity, the most in
    ten minutes, and the middle of the seconds until somebody took one."""

    calls: int
    by_severity: Mapping[Severity, int]
    busiest: int
    acked_s: float | None


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything a report tells, as figures and records.

    ``buckets`` divide the period (an hour, a day, a month each; keys are ISO
    8601 local); ``tables`` are the parts by :data:`TABLES`; ``pages`` are the
    parts that get a page of their own; ``limits`` seconds by stage; ``names``
    by kind: Chinese and English by id."""

    subject: Subject
    span: Span
    span_before: Span
    cut: str
    at: datetime
    by: str
    rules: FigureRules
    whole: Part
    buckets: tuple[Part, ...]
    buckets_before: tuple[Part, ...]
    tables: Mapping[str, tuple[Part, ...]]
    late: tuple[LateCase, ...]
    late_total: int
    causes: tuple[tuple[str, int, float], ...]
    limits: Mapping[str, int]
    alarms: AlarmSum
    names: Mapping[str, Names]
    site: str = ""
    shift: ShiftLog | None = None
    """The duty log, of a report about a shift that somebody opened."""
    pages: tuple[Part, ...] = ()
    page_buckets: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)

    def name(self, kind: str, key: str) -> tuple[str, str]:
        """Chinese and English name of a key, or the key."""
        return self.names.get(kind, {}).get(key, (key, key))


class ReportService:
    """Reads reports. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def spans(self, actor: Actor, subject: Subject, at: datetime | None = None) -> tuple[Span, Span]:
        """The period of a subject around ``at`` (default: now), and the newest
        one that is over."""
        permissions.demand(actor, "report")
        report_plan.checked(subject)
        now = self._clock.now()
        with self._uows.read() as uow:
            plan = shift_plan.load(uow)
        last = report_plan.span_last(subject.period, plan, now)
        return report_plan.span_at(subject.period, plan, at or now), last

    def shift(self, actor: Actor, shift_id: str = "") -> Span:
        """The shift of that number; without one the newest that is over. Raises
        ``unknown_shift``."""
        permissions.demand(actor, "report")
        with self._uows.read() as uow:
            plan = shift_plan.load(uow)
        if not shift_id:
            return report_plan.span_last("shift", plan, self._clock.now())
        return report_plan.span_at("shift", plan, shifts.span_of(plan, shift_id).start)

    def step(self, actor: Actor, span: Span, forward: bool) -> Span:
        """The period after or before one."""
        permissions.demand(actor, "report")
        with self._uows.read() as uow:
            plan = shift_plan.load(uow)
        if forward:
            return report_plan.span_after(span, plan)
        if span.kind == "shift":
            return report_plan.span_at("shift", plan, span.start - timedelta(microseconds=1))
        return report_plan.span_before(span, plan)

    def read(self, actor: Actor, subject: Subject, span: Span, cut: str = "filed") -> ReportData:
        """One report. Raises ``forbidden``, ``bad_usage`` for a kind, period or
        cut that there is not, ``unknown_team``/``bad_value.report_key`` for a key."""
        permissions.demand(actor, "report")
        return self._read(actor.name, subject, span, cut)

    def read_planned(self, by: str, subject: Subject, span: Span) -> ReportData:
        """A report of a plan, for the program itself; ``by`` set the plan up."""
        return self._read(by, subject, span, "filed")

    def cases(
        self, actor: Actor, subject: Subject, span: Span, figure: str, by: str = "", key: str = ""
    ) -> tuple[str, ...]:
        """Ids of the cases behind one figure of a report, newest first: of the
        whole, or of the part ``key`` by ``by`` (also ``bucket``)."""
        permissions.demand(actor, "report")
        if figure not in kpi.BY_ID:
            raise Refusal("bad_usage", "indicator", value=figure)
        now = self._clock.now()
        with self._uows.read() as uow:
            rows = _rows(uow, subject, span, "filed", now)
        which = figure_math.members(rows, figure, now)
        if by:
            groups = _buckets(rows, span) if by == "bucket" else rows.groups(by)
            place = groups.words.index(key) if key in groups.words else -1
            which = which & (groups.codes == place)
        return rows.ids(which)[::-1]

    def name_of(self, subject: Subject) -> tuple[str, str]:
        """Chinese and English name of what a subject is about."""
        if not subject.key:
            return "", ""
        with self._uows.read() as uow:
            return _names(uow)[subject.kind].get(subject.key, (subject.key, subject.key))

    def choices(self, actor: Actor) -> Mapping[str, Names]:
        """Teams and communities a report can be about."""
        permissions.demand(actor, "report")
        with self._uows.read() as uow:
            names = _names(uow)
        return {kind: names[kind] for kind in report_plan.KEYED}

    def _read(self, by: str, subject: Subject, span: Span, cut: str) -> ReportData:
        report_plan.checked(subject)
        if cut not in CUTS:
            raise Refusal("bad_usage", "choice", what="--cut", value=cut, choices=", ".join(CUTS))
        now = self._clock.now()
        with self._uows.read() as uow:
            before = report_plan.span_before(span, shift_plan.load(uow))
            names = _names(uow)
            if subject.key and subject.key not in names[subject.kind]:
                raise Refusal("bad_value", "report_key", kind=subject.kind, key=subject.key[:60])
            rules = rules_of(uow)
            rows = _rows(uow, subject, span, cut, now)
            rows_before = _rows(uow, subject, before, cut, now)
            late, late_total = _late(uow, rows, now, MOST_LATE.get(span.kind, MOST_LATE_ELSE))
            promises = load_rules(uow, min(now, span.end)).promises
            alarms = _alarms(uow, span)
            site = uow.settings.get("site.name")
            log = fold(uow.events.of_case(place_of(span.id))) if span.kind == "shift" else None
        count = _Counting(rows, rows_before, now, rules)
        pages = (
            count.parts(subject.kind)[:MOST_PAGES]
            if subject.kind in report_plan.KEYED and not subject.key
            else ()
        )
        return ReportData(
            subject=subject,
            span=span,
            span_before=before,
            cut=cut,
            at=now,
            by=by,
            rules=rules,
            whole=count.whole(),
            buckets=_in_buckets(rows, span, now, rules),
            buckets_before=_in_buckets(rows_before, before, now, rules),
            tables={name: count.parts(name)[:most] for name, most in TABLES.items()},
            late=late,
            late_total=late_total,
            causes=tuple((one.code, one.n, one.running) for one in ranking_math.causes(rows, now)),
            limits={kind.value: _seconds(limit) for kind, limit in promises.items()},
            alarms=alarms,
            names=names,
            site=site,
            shift=log,
            pages=pages,
            page_buckets={one.key: _of_page(rows, subject.kind, one.key, span, now, rules) for one in pages},
        )


class _Counting:
    """The figures of a period beside those of the one before."""

    def __init__(self, rows: FigureRows, before: FigureRows, now: datetime, rules: FigureRules) -> None:
        self._rows, self._before, self._now, self._rules = rows, before, now, rules

    def whole(self) -> Part:
        """All cases."""
        values = figure_math.compute(self._rows, None, self._now, self._rules)
        before = figure_math.compute(self._before, None, self._now, self._rules)
        return Part("all", len(self._rows), values, len(self._before), before)

    def parts(self, by: str) -> tuple[Part, ...]:
        """Group by group, the largest first; without what has no key."""
        found, before = self._groups(self._rows, by), self._groups(self._before, by)
        parts = []
        for key, (n, values) in found.items():
            was = before.get(key)
            if key:
                parts.append(Part(key, n, values, was[0] if was else 0, was[1] if was else None))
        return tuple(sorted(parts, key=_largest))

    def _groups(self, rows: FigureRows, by: str) -> Mapping[str, tuple[int, Mapping[str, Value]]]:
        return figure_math.by(rows, by, self._now, self._rules) if len(rows) else {}


def _largest(part: Part) -> tuple[int, str]:
    return -part.n, part.key


def _rows(uow: UnitOfWork, subject: Subject, span: Span, cut: str, now: datetime) -> FigureRows:
    """The cases a report is about."""
    rows = read_rows(uow, span.start, span.end, cut, load_rules(uow, now).calendar)
    if subject.kind not in report_plan.KEYED or not subject.key:
        return rows
    return _of(rows, subject.kind, subject.key)


def _of(rows: FigureRows, by: str, key: str) -> FigureRows:
    groups = rows.groups(by)
    place = groups.words.index(key) if key in groups.words else -1
    return rows.pick(groups.codes == place)


def _of_page(
    rows: FigureRows, by: str, key: str, span: Span, now: datetime, rules: FigureRules
) -> tuple[Part, ...]:
    return _in_buckets(_of(rows, by, key), span, now, rules)


def edges(span: Span) -> tuple[datetime, ...]:
    """Where a period is cut: hours of a shift or a day, days up to a quarter,
    months of what is longer. Each begins a part; aware local instants."""
    long = span.end - span.start
    found = []
    at = span.start.astimezone(ZONE)
    while at < span.end:
        found.append(at)
        if long <= timedelta(days=1, hours=1):
            at = (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        elif long <= timedelta(days=93):
            at = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        else:
            year, month = at.year + at.month // 12, at.month % 12 + 1
            at = at.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    return tuple(found)


def _buckets(rows: FigureRows, span: Span) -> Groups:
    begins = edges(span)
    micros = np.array([figure_row.micros(one) for one in begins], np.int64)
    codes: Array = np.maximum(0, np.searchsorted(micros, rows.cut_at(), side="right") - 1)
    return Groups(codes, tuple(one.isoformat() for one in begins))


def _in_buckets(rows: FigureRows, span: Span, now: datetime, rules: FigureRules) -> tuple[Part, ...]:
    """Every bucket in order, also those without a case."""
    groups = _buckets(rows, span)
    found = figure_math.by(rows, groups, now, rules)
    empty: Mapping[str, Value] = {}
    return tuple(Part(key, *found.get(key, (0, empty))) for key in groups.words)


def _late(uow: UnitOfWork, rows: FigureRows, now: datetime, most: int) -> tuple[tuple[LateCase, ...], int]:
    """The cases that are the furthest over a promise, and how many there are."""
    if not len(rows):
        return (), 0
    at = figure_row.micros(now)
    over = np.zeros((len(STAGES[:3]), len(rows)), np.int64)
    broken = np.zeros((len(STAGES[:3]), len(rows)), bool)
    for place, stage in enumerate(STAGES[:3]):
        met = rows.met(stage)
        broken[place] = rows.counts(stage, now) == 0
        ended = np.where(met == figure_row.NONE, at, met)
        over[place] = np.where(broken[place], np.maximum(0, ended - rows.due(stage)), -1)
    worst = over.argmax(axis=0)
    longest = over.max(axis=0)
    which = np.flatnonzero(broken.any(axis=0))
    chosen = which[np.argsort(-longest[which], kind="stable")][:most]
    cases = {case.id: case for case in uow.cases.load(rows.ids(chosen))}
    found = []
    for at_row, case_id in zip(chosen.tolist(), rows.ids(chosen), strict=True):
        if case_id in cases:
            over_s = float(longest[at_row]) / SECOND
            found.append(LateCase(cases[case_id], STAGES[int(worst[at_row])], over_s))
    return tuple(found), len(which)


def _alarms(uow: UnitOfWork, span: Span) -> AlarmSum:
    """What called somebody in the period."""
    events = sorted(uow.alarms.events_between(span.start, span.end), key=_when)
    asked = [one for one in events if one.what in alarm_quality.ASKS]
    busiest = first = 0
    for place, one in enumerate(asked):
        while one.at - asked[first].at > alarm_quality.WINDOW:
            first += 1
        busiest = max(busiest, place - first + 1)
    severities = {one: sum(event.severity is one for event in asked) for one in Severity}
    begun: dict[int, datetime] = {}
    waits = []
    for event in events:
        if event.what in alarm_quality.ASKS:
            begun.setdefault(event.alarm, event.at)
        elif event.what == "acknowledged" and event.alarm in begun:
            waits.append((event.at - begun.pop(event.alarm)).total_seconds())
    middle = kpi.nearest_rank(sorted(waits), 50)[0] if waits else None
    return AlarmSum(len(asked), severities, busiest, middle)


def _when(event: AlarmEvent) -> datetime:
    return event.at


def _seconds(limit: Limit) -> int:
    return limit.value * UNIT_SECONDS[limit.unit]


def _names(uow: UnitOfWork) -> dict[str, Names]:
    places = uow.reference.places("community")
    return {
        "community": {one.id: (one.name_zh, one.name_en) for one in places},
        "team": {one.id: (one.name_zh, one.name_en) for one in uow.reference.teams()},
        "category": {
            f"{one.category.kind}:{one.category.code}": (one.name_zh, one.name_en)
            for one in uow.reference.conditions()
        },
        "officer": {one.name: (one.display_zh, one.display_en) for one in uow.users.all()},
        "cause": {one.code: (one.zh, one.en) for one in causes_of(uow.settings.all())},
    }
