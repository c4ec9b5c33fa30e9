"""Groups of cases side by side: figures, intervals, mix, heat, causes.

Every figure comes from ``console.services.figure_math``, so that a ranking, the
command ``kpi`` and a report never differ; here it is only split by group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from console.domain import kpi, ranking
from console.domain.figure_row import KINDS, NONE, word
from console.domain.figure_rules import FigureRules
from console.domain.ranking import Standing
from console.domain.vocabulary import Source, State
from console.services import figure_math
from console.services.figure_rows import SECOND, SITE_ZONE, Array, FigureRows, Groups, sorted_groups

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


#: What groups can be compared by: rates with an interval and an adjusted value,
#: percentiles of seconds, scores, plain numbers of cases, and for cameras the
#: cases found per hour on our consoles.
RATES: Final = (
    "total_met",
    "decision_met",
    "dispatch_met",
    "arrival_met",
    "handling_on_time",
    "close_on_time",
    "close_rate",
    "rework_rate",
    "dispatch_accuracy",
    "extension_rate",
    "public_share",
    "satisfaction_rate",
)
TIMES: Final = ("arrival_p90", "total_p90", "decision_p90", "dispatch_p90")
SCORES: Final = ("score_department", "score_area")
CASES: Final = "reported"
FOUND: Final = "found_hour"
MEASURES: Final = (*RATES, *TIMES, *SCORES, CASES, FOUND)
GROUPS: Final = ("team", "community", "road", "category", "camera", "officer")
#: How many classes of the mix are told.
_MIX: Final = 3
#: Night begins and ends, local hours: light and traffic differ.
_NIGHT: Final = (20, 7)


def direction(measure: str) -> int:
    """1 more is better, -1 less is better, 0 neither."""
    if measure == FOUND:
        return 1
    return kpi.BY_ID[measure].direction


def hits(rows: FigureRows, measure: str, now: datetime) -> tuple[Array, Array]:
    """Numerator and denominator of a rate, yes or no for each case."""
    inside = figure_math.members(rows, measure, now)
    bad = figure_math.failed(rows, measure, now)
    return (bad if direction(measure) < 0 else inside & ~bad), inside


def by_road(rows: FigureRows, roads: Sequence[str], camera_roads: Mapping[str, str]) -> Groups:
    """Cases by road: the first of ``roads`` their place names, else the road
    their camera stands on."""
    places, cameras = rows.groups("place"), rows.groups("camera")
    ordered = sorted(roads, key=lambda name: (-len(name), name))
    of_place = [_named(words, ordered) for words in places.words]
    of_camera = [camera_roads.get(camera, "") for camera in cameras.words]
    names = sorted({*of_place, *of_camera, ""})
    number = {name: at for at, name in enumerate(names)}
    first = np.array([number[name] for name in of_place] or [0], np.int32)[places.codes]
    then = np.array([number[name] for name in of_camera] or [0], np.int32)[cameras.codes]
    return sorted_groups(np.where(first == number[""], then, first), names)


def _named(place: str, roads: Sequence[str]) -> str:
    """The road a place names first; the longer name where two begin together."""
    found = [(place.find(road), at) for at, road in enumerate(roads) if road and road in place]
    return roads[min(found)[1]] if found else ""


def strata(rows: FigureRows, by: str) -> Groups:
    """What kind of case each is, for a fair comparison: its class (its
    community, where classes are compared) by day or night."""
    kinds = rows.groups("community" if by == "category" else "category")
    night = _night(rows)
    codes = kinds.codes.astype(np.int64) * 2 + night
    used, codes = np.unique(codes, return_inverse=True)
    return Groups(codes, tuple(f"{kinds.words[one // 2]}/{one % 2}" for one in used.tolist()))


def _night(rows: FigureRows) -> Array:
    hours = rows.groups("hour").codes
    found: Array = ((hours >= _NIGHT[0]) | (hours < _NIGHT[1])).astype(np.int64)
    return found


def standings(
    rows: FigureRows, groups: Groups, by: str, measure: str, now: datetime, rules: FigureRules
) -> tuple[Standing, ...]:
    """Each group that has cases, without places; cases without a key left out.
    Not for :data:`FOUND`."""
    if measure == CASES:
        found = _numbers(groups)
    else:
        figures = figure_math.by(rows, groups, now, rules)
        told = {key: (n, values[measure]) for key, (n, values) in figures.items() if key}
        if measure in RATES:
            found = _rates(told, expected(rows, groups, by, measure, now))
        elif measure in TIMES:
            found = _times(told, rows, groups, measure, now)
        else:
            found = [Standing(key, n, n, n, value.value) for key, (n, value) in told.items()]
    mixes = mix(rows, groups, by)
    return tuple(replace(row, mix=mixes.get(row.key, ())) for row in found if row.key)


_Told = Mapping[str, tuple[int, kpi.Value]]


def expected(
    rows: FigureRows, groups: Groups, by: str, measure: str, now: datetime
) -> tuple[Mapping[str, float], float | None]:
    """For each group the hits everybody's rates would give for its own cases,
    stratum by stratum, and everybody's rate."""
    num, den = hits(rows, measure, now)
    kinds = strata(rows, by)
    of_kind = _share(np.bincount(kinds.codes, num), np.bincount(kinds.codes, den))
    sums = np.bincount(groups.codes, np.where(den, of_kind[kinds.codes], 0.0), len(groups.words))
    whole = float(num.sum() / den.sum()) if den.any() else None
    return dict(zip(groups.words, sums.tolist(), strict=True)), whole


def _share(num: Array, den: Array) -> Array:
    found: Array = np.divide(num, den, out=np.zeros(len(num)), where=den > 0)
    return found


def _rates(told: _Told, fair: tuple[Mapping[str, float], float | None]) -> list[Standing]:
    made = []
    for key, (n, value) in told.items():
        num, den = value.num or 0.0, value.den or 0
        low, high = ranking.wilson(num, den) or (None, None)
        even = ranking.adjusted(num, fair[0].get(key, 0.0), fair[1]) if den else None
        made.append(Standing(key, n, num, den, value.value, low, high, even))
    return made


def _times(told: _Told, rows: FigureRows, groups: Groups, measure: str, now: datetime) -> list[Standing]:
    stage, _, what = measure.rpartition("_")
    lengths = rows.took_us(stage, now)
    there = lengths != NONE
    made = []
    for key, (n, value) in told.items():
        mine = there & (groups.codes == groups.words.index(key))
        ordered = (np.sort(lengths[mine]) / SECOND).tolist()
        low, high = ranking.percentile(ordered, int(what[1:])) or (None, None)
        made.append(Standing(key, n, len(ordered), len(ordered), value.value, low, high))
    return made


def _numbers(groups: Groups) -> list[Standing]:
    sums = np.bincount(groups.codes, minlength=len(groups.words)).tolist()
    made = []
    for key, n in zip(groups.words, sums, strict=True):
        low, high = ranking.poisson(n, 1.0) or (None, None)
        if n:
            made.append(Standing(key, n, n, n, float(n), low, high))
    return made


def found_per_hour(rows: FigureRows, hours: Mapping[str, float]) -> tuple[Standing, ...]:
    """Cameras by the cases found on them per hour they were live on our
    consoles; those with neither case nor hour are left out."""
    ours = rows.pick(rows.raw["source"] == word(Source.CAMERA.value))
    groups = ours.groups("camera")
    counted = np.bincount(groups.codes, minlength=len(groups.words)).tolist()
    cases = {key: int(n) for key, n in zip(groups.words, counted, strict=True) if key}
    mixes = mix(ours, groups, "camera")
    made = []
    for key in sorted({*cases, *hours}):
        n, long = cases.get(key, 0), hours.get(key, 0.0)
        low, high = ranking.poisson(n, long) or (None, None)
        value = n / long if long > 0 else None
        made.append(Standing(key, n, n, long, value, low, high, mix=mixes.get(key, ())))
    return tuple(made)


def mix(rows: FigureRows, groups: Groups, by: str) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """The commonest big classes of each group (of a class: sources), with how
    many cases, the most first. A big class is ``event:06``."""
    parts = rows.groups("source") if by == "category" else _big(rows)
    many = len(parts.words)
    both = np.bincount(groups.codes.astype(np.int64) * many + parts.codes, minlength=many * len(groups.words))
    table = both.reshape(len(groups.words), many)
    found = {}
    for at, key in enumerate(groups.words):
        order = np.argsort(-table[at], kind="stable")[:_MIX]
        found[key] = tuple((parts.words[one], int(table[at][one])) for one in order if table[at][one])
    return found


def _big(rows: FigureRows) -> Groups:
    small = rows.groups("category")
    names = [_big_of(key) for key in small.words]
    return sorted_groups(small.codes, names)


def _big_of(key: str) -> str:
    kind, colon, code = key.partition(":")
    return f"{kind}:{code[:2]}" if colon else ""


@dataclass(frozen=True, slots=True)
class Heat:
    """Cases by weekday (0 Monday) and local hour: 7 rows of 24. ``missed``: of
    those counted, how many broke the 15 minutes; ``days``: how often each
    weekday lay in the period."""

    cases: tuple[tuple[int, ...], ...]
    missed: tuple[tuple[int, ...], ...]
    counted: tuple[tuple[int, ...], ...]
    days: tuple[int, ...]


def cell(rows: FigureRows) -> Array:
    """Weekday × 24 + hour of each case, local, by the cut of the report."""
    offset = rows.start.astimezone(SITE_ZONE).utcoffset()
    shift = int(offset.total_seconds()) * SECOND if offset is not None else 0
    hours = (rows.cut_at() + shift) // (3600 * SECOND)
    # 1970-01-01 was a Thursday.
    found: Array = (hours // 24 + 3) % 7 * 24 + hours % 24
    return found


def heat(rows: FigureRows, days: Sequence[int], now: datetime) -> Heat:
    """The table of :class:`Heat`."""
    at = cell(rows)
    counted = rows.counts("total", now)
    columns = (np.ones(len(rows)), counted == 0, counted >= 0)
    tables = [np.bincount(at, column, 168).astype(int).reshape(7, 24) for column in columns]
    cases, missed, all_counted = (tuple(tuple(row) for row in table.tolist()) for table in tables)
    return Heat(cases, missed, all_counted, tuple(days))


def broken(rows: FigureRows, now: datetime) -> Array:
    """Closed cases that broke a promise, or were closed with a cause."""
    found = rows.raw["cause"] != 0
    for kind in KINDS:
        found |= rows.outcome(kind, now) == 0
    late: Array = found & rows.state(State.CLOSED)
    return late


def causes(rows: FigureRows, now: datetime) -> tuple[ranking.CauseShare, ...]:
    """Causes of broken promises in order; empty code: closed without one."""
    late = rows.pick(broken(rows, now))
    groups = late.groups("cause")
    counted = np.bincount(groups.codes, minlength=len(groups.words)).tolist()
    return ranking.pareto({key: int(n) for key, n in zip(groups.words, counted, strict=True) if n})
