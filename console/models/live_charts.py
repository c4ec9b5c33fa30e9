"""The live charts as they are drawn: figures, points and words out of a view.

Nothing here knows how a chart is painted. Times are Unix seconds; stage times
are in minutes, shares in per cent, as the axes say them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.domain.alarm_quality import ACCEPTABLE_10, FLOOD_ABOVE, MANAGEABLE_10
from console.domain.kpi import Value
from console.domain.vocabulary import Source
from console.i18n import t
from console.models.stages import STAGES
from console.models.wording import local, number, percent, span
from console.services.live_series import Dot
from console.services.live_view import CHARTS, LiveView, Point

#: Fewer cases than this say little: the figure stays grey.
ENOUGH: Final = 20
#: A stage that took longer than so many limits lies at the upper edge.
_MOST_LIMITS: Final = 3.0
#: The order in which sources lie over each other.
SOURCES: Final = tuple(source.value for source in Source)


@dataclass(frozen=True, slots=True)
class Band:
    """One of several amounts that lie over each other: its words, its values."""

    words: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from ``begin`` to ``end``; ``parts`` lie over each other. ``words``
    stand above it; one without ``enough`` cases stays grey."""

    begin: float
    end: float
    parts: tuple[float, ...]
    words: str
    enough: bool = True

    @property
    def height(self) -> float:
        """How high it is."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled dashed line across a chart."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A team: how much it has, how much of it is over a limit, last week's."""

    key: str
    busy: int
    overdue: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``kind``: ``bands``, ``dots``, ``bars``, ``line`` or ``rows``;
    ``big``, ``sub``: the large figure and the line below the title; ``loud``:
    the figure is not normal; ``enough``: there are cases enough to colour it.
    ``before``: last week's line. Above ``breach`` the ground is tinted."""

    id: str
    kind: str
    big: str
    sub: str
    begin: float
    end: float
    top: float
    loud: bool = False
    enough: bool = True
    times: tuple[float, ...] = ()
    bands: tuple[Band, ...] = ()
    dots: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()
    rows: tuple[Row, ...] = ()
    before: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    lines: tuple[Line, ...] = ()
    breach: float | None = None
    names: tuple[str, ...] = ()

    @property
    def spots(self) -> tuple[float, ...]:
        """Where along the axis points can be chosen (the number of a row)."""
        if self.kind == "rows":
            return tuple(float(n) for n in range(len(self.rows)))
        if self.kind == "dots":
            return tuple(dot.at for dot in self.dots)
        if self.kind == "bars":
            return tuple((bar.begin + bar.end) / 2 for bar in self.bars)
        return self.times


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen point in words, and what to ask for: a case, cases that are
    known already, or a question. ``title`` heads the list of its cases."""

    words: str
    title: str
    case: str = ""
    cases: tuple[str, ...] = ()
    ask: Point | None = None


def charts(view: LiveView, cameras: tuple[int, int] | None = None) -> dict[str, Chart]:
    """All charts of a view by id; ``cameras``: live now, and all."""
    made = (
        _open(view),
        *(_stage(view, stage) for stage in ("decision", "dispatch", "arrival")),
        _attainment(view),
        _sources(view),
        _alarms(view),
        _cameras(view, cameras),
        _teams(view),
    )
    return {one.id: one for one in sorted(made, key=_order)}


def title(chart: str, total_min: int) -> str:
    """What a chart is called."""
    return t(f"live.title.{chart}", minutes=total_min)


def _order(chart: Chart) -> int:
    return CHARTS.index(chart.id)


# -- the charts ----------------------------------------------------------------


def _open(view: LiveView) -> Chart:
    bands = []
    for stage, states in STAGES.items():
        rows = [view.open[state] for state in states if state in view.open]
        values = tuple(float(sum(column)) for column in zip(*rows, strict=True)) if rows else ()
        if values and any(values):
            bands.append(Band(t(f"states.stage.{stage}"), values))
    highest = max((sum(column) for column in zip(*(b.values for b in bands), strict=True)), default=0.0)
    before = tuple(float(n) for n in view.open_before)
    return Chart(
        "open",
        "bands",
        str(view.total),
        _then(view, str(_at(view, view.open_before))),
        view.begin,
        view.end,
        _room(highest, *before),
        times=view.times,
        bands=tuple(bands),
        before=(view.week_times, before),
    )


def _stage(view: LiveView, stage: str) -> Chart:
    dots, limit = view.dots[stage], view.limits[stage] / 60
    met, p90 = view.values[f"{stage}_met"], view.values[f"{stage}_p90"]
    n = met.den or 0
    last = next((dot for dot in reversed(dots) if not dot.running), None)
    longest = max((dot.taken_s / 60 for dot in dots), default=0.0)
    return Chart(
        stage,
        "dots",
        span(last.taken_s) if last is not None else t("common.time.none"),
        _rate_words(met, p90, n, view, stage),
        view.begin,
        view.end,
        min(max(limit * 1.5, longest * 1.1), limit * _MOST_LIMITS),
        loud=last is not None and not last.met,
        enough=n >= ENOUGH,
        dots=dots,
        lines=(Line(limit, t("live.limit", n=_plain(limit))),),
        breach=limit,
    )


def _rate_words(met: Value, p90: Value, n: int, view: LiveView, stage: str) -> str:
    late = sum(dot.running for dot in view.dots[stage])
    more = f" · {t('live.overdue', n=late)}" if late else ""
    if not n:
        return t("live.none_filed") + more
    words = t("live.rate", met=percent(met.value), p90=span(p90.value or 0.0), n=n) + more
    before = view.values_before
    if n < ENOUGH or before is None or not before[f"{stage}_met"].den:
        return words
    return f"{words} · {t('live.week', what=percent(before[f'{stage}_met'].value))}"


def _attainment(view: LiveView) -> Chart:
    whole, then = view.values["total_met"], view.values_before
    n = whole.den or 0
    bars = tuple(
        Bar(s.begin, s.end, (100.0 * s.met / s.n,) if s.n else (), str(s.n) if s.n else "", s.n >= ENOUGH)
        for s in view.shares
    )
    before = [(100.0 * s.met / s.n, s) for s in view.shares_before if s.n]
    words = t("live.n", n=n) if n else t("live.none_filed")
    if then is not None and then["total_met"].den:
        words += f" · {t('live.week', what=percent(then['total_met'].value))}"
    return Chart(
        "attainment",
        "bars",
        percent(whole.value),
        words,
        min((one.begin for one in bars), default=view.begin),
        max((one.end for one in bars), default=view.end),
        115.0,
        enough=n >= ENOUGH,
        bars=bars,
        before=(tuple((s.begin + s.end) / 2 for _, s in before), tuple(v for v, _ in before)),
    )


def _sources(view: LiveView) -> Chart:
    kinds = tuple(s for s in SOURCES if any(one.by_source.get(s) for one in view.taken))
    bars = tuple(
        Bar(
            one.begin,
            one.end,
            tuple(float(one.by_source.get(kind, 0)) for kind in kinds),
            str(one.n) if one.n else "",
        )
        for one in view.taken
    )
    before = tuple(float(one.n) for one in view.taken_before)
    now = view.taken_at.timestamp()
    upto = sum(one.n for one in view.taken_before if one.end <= now)
    totals = [sum(one.by_source.get(kind, 0) for one in view.taken) for kind in kinds]
    named = [t("live.source", name=t(f"states.source.{k}"), n=n) for k, n in zip(kinds, totals, strict=True)]
    return Chart(
        "sources",
        "bars",
        str(sum(totals)),
        _then(view, str(upto)),
        view.begin,
        max((one.end for one in bars), default=view.end),
        _room(*(bar.height for bar in bars), *before),
        bars=bars,
        before=(tuple((one.begin + one.end) / 2 for one in view.taken_before), before),
        names=tuple(named),
    )


def _alarms(view: LiveView) -> Chart:
    values = tuple(float(n) for n in view.calls)
    before = tuple(float(n) for n in view.calls_before)
    now = view.alarms_10min
    grade = "flood" if now > FLOOD_ABOVE else "many" if now > MANAGEABLE_10 else "busy" if now > 1 else "calm"
    return Chart(
        "alarms",
        "line",
        str(now),
        t(f"live.alarms.{grade}"),
        view.begin,
        view.end,
        max(FLOOD_ABOVE * 1.3, _room(*values, *before)),
        loud=now > FLOOD_ABOVE,
        times=view.times,
        bands=(Band("", values),),
        before=(view.week_times, before),
        lines=(
            # One and two lie so close that one line speaks for both.
            Line(float(ACCEPTABLE_10), ""),
            Line(float(MANAGEABLE_10), t("live.alarms.line_2")),
            Line(float(FLOOD_ABOVE), t("live.alarms.line_10")),
        ),
        breach=float(FLOOD_ABOVE),
    )


def _cameras(view: LiveView, cameras: tuple[int, int] | None) -> Chart:
    values = tuple(float(n) for n in view.dark)
    before = tuple(float(n) for n in view.dark_before)
    dark = view.dark[-1] if view.dark else 0
    big = t("live.cameras.live", live=cameras[0], total=cameras[1]) if cameras else str(dark)
    return Chart(
        "cameras",
        "line",
        big,
        t("live.cameras.dark", n=dark),
        view.begin,
        view.end,
        _room(*values, *before),
        times=view.times,
        bands=(Band("", values),),
        before=(view.week_times, before),
    )


def _teams(view: LiveView) -> Chart:
    rows = tuple(Row(one.team, one.busy, one.overdue, one.before) for one in view.loads)
    over = sum(row.overdue for row in rows)
    highest = max((max(row.busy, row.before or 0) for row in rows), default=1)
    return Chart(
        "teams",
        "rows",
        str(sum(row.busy for row in rows)),
        t("live.teams.over", n=over) if over else t("live.teams.none_over"),
        view.begin,
        view.end,
        float(highest),
        rows=rows,
    )


# -- a point ---------------------------------------------------------------------


def pick(chart: Chart, index: int, view: LiveView, names: Mapping[str, str], total_min: int) -> Pick:
    """A point in words; ``names``: what teams are called. Raises ``IndexError``
    for a point that is not there."""
    head = title(chart.id, total_min)
    if chart.kind == "dots":
        dot = chart.dots[index]
        how = "going" if dot.running else "met" if dot.met else "missed"
        facts = {"at": _clock(dot.at), "taken": span(dot.taken_s), "number": number(dot.case)}
        return Pick(f"{head} · {t(f'live.pick.{how}', **facts)}", head, case=dot.case)
    if chart.kind == "rows":
        row = chart.rows[index]
        name = names.get(row.key, row.key)
        words = t("live.pick.team", name=name, n=row.busy, over=row.overdue)
        if row.before is not None:
            words += f" · {t('live.week', what=row.before)}"
        return Pick(words, f"{head} · {name}", ask=Point(chart.id, key=row.key))
    if chart.kind == "bars":
        return _pick_bar(chart, index, view, head)
    at = chart.times[index]
    words = _pick_words(chart, index)
    then = _near(chart.before, at)
    if then is not None:
        words += f" · {t('live.week', what=round(then))}"
    when = _clock(at)
    return Pick(f"{head} · {when} · {words}", f"{head} · {when}", ask=Point(chart.id, at))


def _pick_bar(chart: Chart, index: int, view: LiveView, head: str) -> Pick:
    bar = chart.bars[index]
    when = f"{_clock(bar.begin)[:5]}–{_clock(bar.end)[:5]}"
    if chart.id == "attainment":
        share = view.shares[index]
        words = t("live.pick.share", met=share.met, n=share.n) if share.n else t("live.no_cases")
        rate = percent(share.met / share.n) if share.n else t("common.time.none")
        return Pick(f"{head} · {when} · {rate} {words}", f"{head} · {when}", cases=share.cases)
    parts = view.taken[index]
    named = [
        t("live.source", name=t(f"states.source.{kind}"), n=parts.by_source[kind])
        for kind in SOURCES
        if parts.by_source.get(kind)
    ]
    words = " · ".join((str(parts.n), *named))
    ask = Point(chart.id, bar.begin, bar.end)
    return Pick(f"{head} · {when} · {words}", f"{head} · {when}", ask=ask)


def _pick_words(chart: Chart, index: int) -> str:
    if chart.id == "open":
        total = sum(band.values[index] for band in chart.bands)
        named = [f"{band.words} {band.values[index]:.0f}" for band in chart.bands if band.values[index]]
        return " · ".join((f"{total:.0f}", *named))
    value = chart.bands[0].values[index]
    return t(f"live.pick.{chart.id}", n=round(value))


# -- small things ------------------------------------------------------------------


def _then(view: LiveView, words: str) -> str:
    if view.ready < 1.0:
        return t("live.reading", n=round(100 * view.ready))
    if view.week_ready < 1.0:
        return t("live.reading_week", n=round(100 * view.week_ready))
    return t("live.week", what=words)


def _at(view: LiveView, values: Sequence[int]) -> int:
    """The value of last week's line at this hour."""
    found = _near((view.week_times, tuple(float(n) for n in values)), view.taken_at.timestamp())
    return round(found) if found is not None else 0


def _near(line: tuple[Sequence[float], Sequence[float]], at: float) -> float | None:
    times, values = line
    best = min(range(len(times)), key=lambda n: abs(times[n] - at), default=None)
    return values[best] if best is not None else None


def _room(*values: float) -> float:
    """The upper end of an axis of counts: above the highest, four at least."""
    return max(4.0, max(values, default=0.0) * 1.2)


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clock(at: float) -> str:
    return local(datetime.fromtimestamp(at, UTC)).strftime("%H:%M:%S").removesuffix(":00")
