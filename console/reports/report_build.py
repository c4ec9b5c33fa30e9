"""The reports of a shift, a day, a week, ten days, a month, a team, a community:
figures put into tables, charts and sentences, in one language.

Nothing is counted here: every figure stands in ``ReportData`` as the screen and
the command line have it. Each cell names the cases behind it (``drill``), as
``figure|by|key``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from console.domain import kpi, report_plan
from console.domain.kpi import Indicator, Value
from console.domain.periods import ZONE
from console.domain.report_plan import Span, Subject
from console.i18n import t_in
from console.reports import report_shift
from console.reports.report_doc import (
    Block,
    Cell,
    Chart,
    Column,
    Facts,
    NewPage,
    Report,
    Series,
    Table,
    Tile,
    Tiles,
    count,
    seconds,
    shown,
    text,
    thin,
)
from console.reports.report_words import either, period, title
from console.services.reports import STAGES, LateCase, Part, ReportData

#: Large figures at the top.
TILES: Final = ("total_met", "arrival_p90", "reported", "closed", "handling_on_time")
#: Figures of the tables of parts, in order.
COLUMNS: Final = (
    "filed", "handled", "handling_on_time", "close_rate", "rework_rate",
    "arrival_met", "arrival_p90", "total_met",
)  # fmt: skip
#: The composite of a kind of part.
SCORES: Final = {"team": "score_department", "community": "score_area"}
#: Kind of a cell by kind of an indicator.
_KINDS: Final = {
    "count": "count",
    "rate": "rate",
    "seconds": "seconds",
    "score": "score",
    "multiple": "number",
}
_CHANGES: Final = {
    "count": "diff",
    "rate": "points",
    "seconds": "diff_s",
    "score": "diff",
    "multiple": "diff",
}
_FAMILIES: Final = ("counts", "rates", "promises", "scores")
_DAY: Final = timedelta(days=1)
Say = Callable[..., str]


def build(data: ReportData, lang: str) -> Report:
    """The report in ``lang`` (``zh`` or ``en``)."""
    say = partial(t_in, lang)
    blocks = tuple(_blocks(data, lang, say))
    if data.whole.n < kpi.FEW:
        note = say("reports.note.chart_few", n=data.whole.n, few=kpi.FEW)
        blocks = tuple(thin(one, note) for one in blocks)
    return Report(
        title=title(data.subject, data.name(data.subject.kind, data.subject.key), lang),
        period=period(data.span, lang, data.at),
        blocks=blocks,
        lang=lang,
        cut=say("reports.cut", cut=say(f"cli.kpi.cuts.{data.cut}")),
        rules=(
            say("reports.rules.count"),
            say("reports.rules.before", before=period(data.span_before, lang)),
            say("reports.rules.version", version=data.rules.version),
        ),
        made=say(
            "reports.made",
            at=f"{data.at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
            by=either(data.name("officer", data.by), lang),
        ),
        site=data.site or say("reports.site"),
        tags=(data.subject.kind, data.span.id),
    )


def _blocks(data: ReportData, lang: str, say: Say) -> Iterator[Block]:
    yield Tiles(tuple(_tile(data, one, lang, say) for one in TILES))
    yield _promises(data.whole, data, say)
    yield from _charts(data, data.buckets, say, data.buckets_before)
    yield _late(data, lang, say)
    if any(code for code, _, _ in data.causes):
        yield _causes(data, lang, say)
    yield _alarms(data, say)
    for by in _broken_down(data.subject):
        if data.tables[by]:
            yield _parts(data, by, lang, say)
    if data.span.kind == "shift":
        yield NewPage()
        yield from report_shift.blocks(data, lang)
    yield NewPage()
    yield _indicators(data, lang, say)
    for part in data.pages:
        yield from _page(data, part, lang, say)


def _broken_down(subject: Subject) -> tuple[str, ...]:
    """Which tables a report has: a team is not broken down by team."""
    if subject.kind in report_plan.KEYED:
        others = tuple(one for one in ("team", "community", "category", "source") if one != subject.kind)
        return others if subject.key else (subject.kind, *others)
    return ("team", "community", "category", "officer", "source")


# -- one figure --------------------------------------------------------------------


def cell(figure: str, part: Part, by: str = "") -> Cell:
    """One figure as a cell; grey where it rests on too few cases."""
    value = part.values.get(figure)
    indicator = kpi.BY_ID[figure]
    if value is None:
        return Cell(0 if indicator.kind == "count" else None, _KINDS[indicator.kind], "muted")
    few = value.den is not None and indicator.kind != "score" and value.den < kpi.FEW
    tone = "muted" if few else ""
    return Cell(
        _plain(value, indicator), _KINDS[indicator.kind], tone, value.grade, _drill(figure, by, part.key)
    )


def _plain(value: Value, indicator: Indicator) -> float | int | None:
    """Counts as whole numbers: a spreadsheet shows them so."""
    return int(value.value) if indicator.kind == "count" and value.value is not None else value.value


def _drill(figure: str, by: str, key: str) -> str:
    return f"{figure}|{by}|{key if by else ''}"


def change(figure: str, part: Part) -> Cell:
    """Against the period before; better or worse only where both rest on
    enough cases."""
    indicator = kpi.BY_ID[figure]
    kind = _CHANGES[indicator.kind]
    now, was = part.values.get(figure), (part.before or {}).get(figure)
    if now is None or was is None or now.value is None or was.value is None:
        return Cell(None, kind, "muted")
    moved = now.value - was.value
    few = any(one.den is not None and indicator.kind != "score" and one.den < kpi.FEW for one in (now, was))
    if few or not moved or not indicator.direction:
        return Cell(moved, kind, "muted" if few else "")
    return Cell(moved, kind, "good" if moved * indicator.direction > 0 else "bad")


def before(figure: str, part: Part) -> Cell:
    """The figure of the period before."""
    was = (part.before or {}).get(figure)
    indicator = kpi.BY_ID[figure]
    if was is None:
        return Cell(None, _KINDS[indicator.kind], "muted")
    return Cell(_plain(was, indicator), _KINDS[indicator.kind], "muted", was.grade)


def name(figure: str, lang: str) -> str:
    """What an indicator is called."""
    return either((kpi.BY_ID[figure].zh, kpi.BY_ID[figure].en), lang)


def _tile(data: ReportData, figure: str, lang: str, say: Say) -> Tile:
    part, value = data.whole, data.whole.values[figure]
    if kpi.BY_ID[figure].kind == "rate":
        below = say("reports.tile.rate", num=f"{value.num or 0:g}", den=value.den or 0)
    elif figure == "arrival_p90":
        limit = shown(seconds(data.limits.get("arrival")))
        below = say("reports.tile.limit", limit=limit, n=value.den or 0)
    else:
        below = say("reports.tile.before", before=shown(before(figure, part)))
    return Tile(name(figure, lang), cell(figure, part), below)


# -- blocks ------------------------------------------------------------------------


def _promises(part: Part, data: ReportData, say: Say, by: str = "") -> Table:
    heads = ("stage", "limit", "kept", "of", "share", "before", "change", "p50", "p90", "p95", "mean")
    columns = tuple(
        Column(say(f"reports.col.{one}"), 1.5 if one == "stage" else 1.0, one != "stage") for one in heads
    )
    rows = []
    for stage in STAGES:
        met = f"{stage}_met"
        value = part.values.get(met)
        num, den = (int(value.num or 0), value.den or 0) if value is not None else (0, 0)
        rows.append(
            (
                text(say(f"states.clock.{stage}")),
                seconds(data.limits.get(stage), "muted"),
                count(num, drill=_drill(met, by, part.key)),
                count(den, drill=_drill(met, by, part.key)),
                cell(met, part, by),
                before(met, part),
                change(met, part),
                *(cell(f"{stage}_{one}", part, by) for one in ("p50", "p90", "p95", "mean")),
            )
        )
    return Table(say("reports.block.promises"), columns, tuple(rows), note=say("reports.note.few", n=kpi.FEW))


def _charts(
    data: ReportData, buckets: Sequence[Part], say: Say, earlier: Sequence[Part] = ()
) -> Iterator[Chart]:
    labels = _labels(buckets, data.span)
    # A period that is not over yet: what is still to come is no zero.
    future = [datetime.fromisoformat(part.key) >= data.at for part in buckets]
    yield Chart(
        say("reports.block.cases"),
        "columns",
        "count",
        labels,
        (
            Series(say("reports.series.reported"), _values(buckets, "reported", future, 0.0)),
            Series(say("reports.series.closed"), _values(buckets, "closed", future, 0.0), "muted"),
        ),
    )
    now = Series(say("reports.series.now"), _values(buckets, "total_met", future))
    was = Series(say("reports.series.before"), _values(earlier, "total_met", [False] * len(earlier)), "muted")
    both = (was, now) if len(earlier) == len(buckets) else (now,)
    yield Chart(say("reports.block.attainment"), "lines", "rate", labels, both)
    limit = data.limits.get("arrival")
    yield Chart(
        say("reports.block.arrival"),
        "columns",
        "seconds",
        labels,
        (Series(say("reports.series.p90"), _values(buckets, "arrival_p90", future)),),
        limit=(shown(seconds(limit)), float(limit)) if limit else None,
    )


def _values(
    parts: Sequence[Part], figure: str, future: Sequence[bool], nothing: float | None = None
) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for part, ahead in zip(parts, future, strict=True):
        value = part.values.get(figure)
        plain = value.value if value is not None else nothing
        found.append(None if ahead else plain)
    return tuple(found)


def _labels(buckets: Sequence[Part], span: Span) -> tuple[str, ...]:
    """Hours, days of a month, dates or months, as short as they can be."""
    long = span.end - span.start
    if long <= _DAY + timedelta(hours=1):
        form = "%H:%M" if len(buckets) <= 12 else "%H"
    elif span.kind in ("month", "ten"):
        form = "%d"
    else:
        form = "%m-%d" if long <= 93 * _DAY else "%Y-%m"
    return tuple(f"{datetime.fromisoformat(part.key):{form}}" for part in buckets)


def _late(data: ReportData, lang: str, say: Say) -> Table:
    heads = (
        ("case", 1.3),
        ("what", 1.8),
        ("where", 2.2),
        ("stage", 0.8),
        ("over", 0.9),
        ("team", 1.4),
        ("cause", 1.9),
    )
    columns = tuple(Column(say(f"reports.col.{one}"), width, one == "over") for one, width in heads)
    rows = tuple(_late_row(data, one, lang, say) for one in data.late)
    note = say("reports.note.late", shown=len(rows), n=data.late_total) if rows else ""
    return Table(say("reports.block.late"), columns, rows, note, say("reports.note.none_late"))


def _late_row(data: ReportData, one: LateCase, lang: str, say: Say) -> tuple[Cell, ...]:
    case = one.case
    community = either(data.name("community", case.community), lang) if case.community else ""
    where = " · ".join(word for word in (community, case.place) if word)
    teams = " ".join(either(data.name("team", team), lang) for team in case.teams)
    cause = either(data.name("cause", case.breach_cause), lang) if case.breach_cause else ""
    reason = (
        "：".join(word for word in (cause, case.breach_words) if word)
        if lang == "zh"
        else ": ".join(word for word in (cause, case.breach_words) if word)
    )
    if not reason:
        reason = say("reports.late.uncoded" if case.closed_at else "reports.late.open")
    return (
        text(case.id, drill=f"case|{case.id}|"),
        text(either((case.name_zh, case.name_en), lang)),
        text(where),
        text(say(f"states.clock.{one.stage}")),
        seconds(one.over_s, "bad"),
        text(teams),
        text(reason, "" if cause else "muted"),
    )


def _causes(data: ReportData, lang: str, say: Say) -> Chart:
    labels = tuple(
        either(data.name("cause", code), lang) if code else say("reports.late.uncoded")
        for code, _, _ in data.causes
    )
    return Chart(
        say("reports.block.causes"),
        "pareto",
        "count",
        labels,
        (
            Series(say("reports.series.cases"), tuple(float(n) for _, n, _ in data.causes)),
            Series(say("reports.series.running"), tuple(share for _, _, share in data.causes), "muted"),
        ),
    )


def _alarms(data: ReportData, say: Say) -> Facts:
    found = data.alarms
    mix = " · ".join(
        f"{say(f'states.severity.{one.value}')} {found.by_severity.get(one, 0)}"
        for one in reversed(tuple(found.by_severity))
    )
    return Facts(
        say("reports.block.alarms"),
        (
            (say("reports.alarm.calls"), count(found.calls)),
            (say("reports.alarm.mix"), text(mix)),
            (say("reports.alarm.busiest"), count(found.busiest, "bad" if found.busiest > 10 else "")),
            (say("reports.alarm.acked"), seconds(found.acked_s)),
        ),
    )


def _parts(data: ReportData, by: str, lang: str, say: Say) -> Table:
    score = SCORES.get(by, "")
    figures = (*COLUMNS, score) if score else COLUMNS
    heads = [Column(say(f"reports.by.{by}"), 2.2), Column(say("reports.col.n"), 0.7, True)]
    heads += [Column(name(one, lang), 1.0, True) for one in figures]
    rows = tuple(
        (
            text(_part_name(data, by, part.key, lang, say)),
            count(part.n, drill=_drill("reported", by, part.key)),
            *(cell(one, part, by) for one in figures),
        )
        for part in data.tables[by]
    )
    return Table(say(f"reports.block.by_{by}"), tuple(heads), rows)


def _part_name(data: ReportData, by: str, key: str, lang: str, say: Say) -> str:
    if by == "source":
        return say(f"states.source.{key}")
    return either(data.name(by, key), lang)


def _indicators(data: ReportData, lang: str, say: Say) -> Table:
    heads = (("indicator", 2.4), ("value", 1.0), ("num", 0.9), ("den", 0.9), ("before", 1.0), ("change", 1.0))
    columns = tuple(Column(say(f"reports.col.{one}"), width, one != "indicator") for one, width in heads)
    rows: list[tuple[Cell, ...]] = []
    for family in _FAMILIES:
        rows.append((text(say(f"reports.family.{family}"), "heading"), *(text("") for _ in heads[1:])))
        rows += [_indicator(data.whole, one, lang) for one in kpi.INDICATORS if one.family == family]
    return Table(
        say("reports.block.indicators"), columns, tuple(rows), note=say("reports.note.few", n=kpi.FEW)
    )


def _indicator(part: Part, indicator: Indicator, lang: str) -> tuple[Cell, ...]:
    value, counted = part.values[indicator.id], indicator.kind == "rate"
    over = indicator.kind in ("rate", "seconds", "multiple")
    return (
        text(either((indicator.zh, indicator.en), lang)),
        cell(indicator.id, part),
        count(value.num if counted else None) if counted else text(""),
        count(value.den) if over else text(""),
        before(indicator.id, part),
        change(indicator.id, part),
    )


def _page(data: ReportData, part: Part, lang: str, say: Say) -> Iterator[Block]:
    """A team or a community on a page of its own."""
    by = data.subject.kind
    yield NewPage()
    figures = (*COLUMNS, SCORES[by])
    facts = tuple((name(one, lang), cell(one, part, by)) for one in figures)
    yield Facts(either(data.name(by, part.key), lang), facts)
    yield _promises(part, data, say, by)
    yield from _charts(data, data.page_buckets.get(part.key, ()), say)
