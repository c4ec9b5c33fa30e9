"""Rankings, heat and causes: who keeps the promises, where and when it is hard, why.

One ranking compares the groups of a period with everybody and with the period
before. What is printed beside it — cut, minimum, intervals, how the adjusted
value comes about — is part of the answer, so that nobody has to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from console.domain import figure_row, kpi, periods, ranking
from console.domain.causes import Cause
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.domain.model import Actor
from console.domain.periods import Period
from console.domain.ranking import CauseShare, Standing
from console.services import figure_math, permissions, ranking_math, similar
from console.services.figure_rows import Array, FigureRows, Groups, read_rows
from console.services.figures import rules_of
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.ranking_math import CASES, FOUND, GROUPS, MEASURES, Heat
from console.services.ranking_names import key_names as key_names
from console.services.requests import Heavy
from console.services.rules import load_rules

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


if TYPE_CHECKING:
    from console.services.assembly import Services

#: Settings and what they may be: the least a group is measured on to have a
#: place, and how many flags of each colour there are.
MINIMUM: Final = "ranking_minimum"
MINIMUM_RANGE: Final = (1, 10_000)
FLAGS: Final = "ranking_flags"
FLAGS_RANGE: Final = (0, 20)
_DAY: Final = timedelta(days=1)

Names = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RankWish:
    """What to compare. ``minimum`` ``None``: the site's setting; ``fair`` orders
    by the value adjusted for the mix of cases."""

    by: str
    measure: str
    period: Period
    cut: str = "filed"
    minimum: int | None = None
    fair: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer. ``whole`` is everybody's figure, ``whole_before`` that of
    ``before``; ``nameless`` are cases without such a key (no camera, say)."""

    wish: RankWish
    before: Period
    minimum: int
    n: int
    whole: float | None
    whole_before: float | None
    rows: tuple[Standing, ...]
    names: Names
    nameless: int
    direction: int
    rules: FigureRules = kpi.DEFAULT_RULES

    @property
    def kind(self) -> str:
        """``rate``, ``seconds``, ``score``, ``count`` or ``hourly``."""
        return "hourly" if self.wish.measure == FOUND else kpi.BY_ID[self.wish.measure].kind


@dataclass(frozen=True, slots=True)
class HeatMap:
    """When and where: the table by weekday and hour, and places by cases:
    community, road and grid lists of (key, cases, of them late, share of all)."""

    period: Period
    cut: str
    n: int
    heat: Heat
    places: Mapping[str, tuple[tuple[str, int, int, int], ...]]
    names: Names


@dataclass(frozen=True, slots=True)
class CauseList:
    """Causes of broken promises. ``late`` closed cases that broke one, of
    ``closed``; ``known`` is the list in force."""

    period: Period
    cut: str
    closed: int
    late: int
    rows: tuple[CauseShare, ...]
    known: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class AskRanking(Heavy):
    """→ ``Ranking``."""

    actor: Actor
    wish: RankWish


@dataclass(frozen=True, slots=True)
class AskHeat(Heavy):
    """→ ``HeatMap``."""

    actor: Actor
    period: Period
    cut: str = "filed"


@dataclass(frozen=True, slots=True)
class AskCauses(Heavy):
    """→ ``CauseList``."""

    actor: Actor
    period: Period
    cut: str = "filed"


@dataclass(frozen=True, slots=True)
class AskBehind(Heavy):
    """The cases behind a number → ids. ``what``: ``group`` (``key`` of
    ``by``; with ``late`` only those that pull ``measure`` down), ``cell``
    (weekday × 24 + hour), ``cause`` (a code, empty: none given)."""

    actor: Actor
    period: Period
    cut: str
    what: str
    key: str
    by: str = ""
    measure: str = ""
    late: bool = False


class RankingService:
    """Reads cases; changes nothing."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def rank(self, actor: Actor, wish: RankWish) -> Ranking:
        """Raises ``Refusal('bad_usage', 'choice')`` for a measure or group
        that is none, or does not go together."""
        permissions.demand(actor, "kpi.read")
        demand(wish)
        now = self._clock.now()
        former = periods.before(wish.period)
        with self._uows.read() as uow:
            settings = uow.settings.all()
            wish = replace(wish, minimum=minimum(settings) if wish.minimum is None else wish.minimum)
            flags = similar.number(FLAGS, settings.get(FLAGS) or str(ranking.FLAGS), FLAGS_RANGE)
            rows, was = (_rows(uow, one, wish.cut, now) for one in (wish.period, former))
            found = self._standings(uow, rows, wish, wish.period, now)
            old = self._standings(uow, was, wish, former, now)
            names, rules = key_names(uow, wish.by), rules_of(uow)
        assert wish.minimum is not None
        way = ranking_math.direction(wish.measure)
        whole = _whole(found, rows, wish, now, rules)
        whole_before = _whole(old, was, wish, now, rules)
        placed = _placed(found, old, wish, (whole, whole_before), flags)
        told = sum(row.n for row in found)
        total = len(rows) if wish.measure != FOUND else told
        return Ranking(
            wish,
            former,
            wish.minimum,
            len(rows),
            whole,
            whole_before,
            placed,
            names,
            total - told,
            way,
            rules,
        )

    def heat(self, actor: Actor, period: Period, cut: str = "filed") -> HeatMap:
        """When and where cases come and are late."""
        permissions.demand(actor, "kpi.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            rows = _rows(uow, period, cut, now)
            days = _weekdays(period, now)
            total = rows.counts("total", now)
            places, names = {}, dict[str, tuple[str, str]]()
            for by in ("community", "road", "camera"):
                places[by] = _places(group(uow, rows, by), total)
                names |= key_names(uow, by)
        return HeatMap(period, cut, len(rows), ranking_math.heat(rows, days, now), places, names)

    def causes(self, actor: Actor, period: Period, cut: str = "filed") -> CauseList:
        """Why promises were broken, as it was coded at the close."""
        permissions.demand(actor, "kpi.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            rows = _rows(uow, period, cut, now)
            known = load_rules(uow, now).causes
        closed = int(figure_math.marks(rows, now)["closed"].sum())
        late = int(ranking_math.broken(rows, now).sum())
        return CauseList(period, cut, closed, late, ranking_math.causes(rows, now), known)

    def behind(self, actor: Actor, wish: AskBehind) -> tuple[str, ...]:
        """Ids of the cases behind a number, newest first."""
        permissions.demand(actor, "case.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            rows = _rows(uow, wish.period, wish.cut, now)
            which = _which(uow, rows, wish, now)
        return tuple(reversed(rows.ids(which)))

    def _standings(
        self, uow: UnitOfWork, rows: FigureRows, wish: RankWish, period: Period, now: datetime
    ) -> tuple[Standing, ...]:
        if wish.measure == FOUND:
            return ranking_math.found_per_hour(rows, hours_live(uow, period))
        groups = group(uow, rows, wish.by)
        return ranking_math.standings(rows, groups, wish.by, wish.measure, now, rules_of(uow))


def demand(wish: RankWish) -> None:
    """Raises ``Refusal('bad_usage', 'choice')`` as :meth:`RankingService.rank`."""
    for what, value, allowed in (("--by", wish.by, GROUPS), ("--measure", wish.measure, MEASURES)):
        if value not in allowed:
            raise Refusal("bad_usage", "choice", what=what, value=value, choices=", ".join(allowed))
    if wish.measure == FOUND and wish.by != "camera":
        raise Refusal("bad_usage", "choice", what="--by", value=wish.by, choices="camera")
    if wish.minimum is not None:
        low, high = MINIMUM_RANGE
        if not low <= wish.minimum <= high:
            raise Refusal("bad_value", "range", value=wish.minimum, low=low, high=high)


def minimum(settings: Mapping[str, str]) -> int:
    """The site's least number of cases for a place."""
    return similar.number(MINIMUM, settings.get(MINIMUM) or str(ranking.MINIMUM), MINIMUM_RANGE)


def group(uow: UnitOfWork, rows: FigureRows, by: str) -> Groups:
    """Cases by one of :data:`GROUPS`."""
    if by != "road":
        return rows.groups(by)
    roads = [place.name_zh for place in uow.reference.places("road")]
    return ranking_math.by_road(rows, roads, {one.id: one.road for one in uow.cameras.all()})


def hours_live(uow: UnitOfWork, period: Period) -> Mapping[str, float]:
    """Hours each camera was live on our consoles, by its coverage rows."""
    first = period.start.astimezone(periods.ZONE).date()
    last = (period.end - timedelta(microseconds=1)).astimezone(periods.ZONE).date()
    seconds = uow.camera_records.live_seconds(first.isoformat(), last.isoformat())
    return {camera: live / 3600 for camera, live in seconds.items() if live > 0}


def _rows(uow: UnitOfWork, period: Period, cut: str, now: datetime) -> FigureRows:
    return read_rows(uow, period.start, period.end, cut, load_rules(uow, now).calendar)


def _whole(
    found: tuple[Standing, ...], rows: FigureRows, wish: RankWish, now: datetime, rules: FigureRules
) -> float | None:
    if wish.measure == FOUND:
        long = sum(row.den for row in found)
        return sum(row.n for row in found) / long if long else None
    if wish.measure == CASES:
        return sum(row.n for row in found) / len(found) if found else None
    return figure_math.compute(rows, None, now, rules)[wish.measure].value


def _placed(
    found: tuple[Standing, ...],
    old: tuple[Standing, ...],
    wish: RankWish,
    whole: tuple[float | None, float | None],
    flags: int,
) -> tuple[Standing, ...]:
    """Places, flags, and what the period before says of each."""
    assert wish.minimum is not None
    way, former = ranking_math.direction(wish.measure), {row.key: row for row in old}
    order = way or -1  # plain numbers: the most first
    if wish.measure == CASES:
        order = 1

    def judged(rows: tuple[Standing, ...], at: int) -> tuple[Standing, ...]:
        placed = ranking.placed(rows, order, wish.minimum or 1, by_adjusted=wish.fair)
        return ranking.flagged(placed, whole[at], way, flags) if way else placed

    flag_before = {row.key: row.flag for row in judged(old, 1)}
    made = []
    for row in judged(found, 0):
        was = former.get(row.key)
        again = bool(row.flag) and flag_before.get(row.key) == row.flag
        made.append(
            replace(
                row,
                before=was.value if was is not None else None,
                before_n=int(was.den) if was is not None else 0,
                again=again,
            )
        )
    return tuple(made)


def _weekdays(period: Period, now: datetime) -> tuple[int, ...]:
    """How often each weekday lies in the period, up to now."""
    days = [0] * 7
    at = period.start
    while at < min(period.end, now):
        days[at.astimezone(periods.ZONE).weekday()] += 1
        at += _DAY
    return tuple(days)


def _places(groups: Groups, total: Array) -> tuple[tuple[str, int, int, int], ...]:
    """(key, cases, late ones, counted ones), most cases first; ``total``: the 15
    minutes of each case, 1 kept, 0 broken, -1 not counted."""
    many = len(groups.words)
    sums = [
        np.bincount(groups.codes, column, many).astype(int).tolist()
        for column in (np.ones(len(total)), total == 0, total >= 0)
    ]
    found = [(key, *(column[at] for column in sums)) for at, key in enumerate(groups.words) if key]
    return tuple(sorted((row for row in found if row[1]), key=_most))


def _most(row: tuple[Any, ...]) -> tuple[int, str]:
    return -row[1], row[0]


def _which(uow: UnitOfWork, rows: FigureRows, wish: AskBehind, now: datetime) -> Array:
    found: Array
    if wish.what == "cell":
        found = ranking_math.cell(rows) == int(wish.key)
        return found
    if wish.what == "cause":
        found = ranking_math.broken(rows, now) & (rows.raw["cause"] == figure_row.word(wish.key))
        return found
    groups = group(uow, rows, wish.by)
    at = groups.words.index(wish.key) if wish.key in groups.words else -1
    found = np.asarray(groups.codes == at)
    if wish.measure == FOUND:
        found = found & (rows.raw["source"] == figure_row.word("camera"))
    elif wish.measure and wish.measure != CASES:
        pick = figure_math.failed if wish.late else figure_math.members
        found = found & pick(rows, wish.measure, now)
    return found


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What a window may ask of this room."""

    def rank(request: AskRanking) -> Ranking:
        return services.rankings.rank(request.actor, request.wish)

    def heat(request: AskHeat) -> HeatMap:
        return services.rankings.heat(request.actor, request.period, request.cut)

    def causes(request: AskCauses) -> CauseList:
        return services.rankings.causes(request.actor, request.period, request.cut)

    def behind(request: AskBehind) -> tuple[str, ...]:
        return services.rankings.behind(request.actor, request)

    return {AskRanking: rank, AskHeat: heat, AskCauses: causes, AskBehind: behind}
