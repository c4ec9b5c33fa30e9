"""Rankings, circulars, causes, heat and what-if as documents to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from console.domain.ranking import Standing
from console.i18n import language, t
from console.models import rank_words, whatif_words
from console.reports.report_doc import (
    Block,
    Cell,
    Chart,
    Lines,
    Report,
    Series,
    Table,
    Tile,
    Tiles,
    count,
    of_rows,
    rate,
    text,
)
from console.services.rankings import CauseList, HeatMap, Ranking
from console.services.whatif import WhatIf

#: Points of a line; more shifts are told as means of several.
_POINTS = 60
#: Rows of a chart; the rest is in the table.
MOST_BARS = 20
_KINDS = {"rate": "rate", "seconds": "seconds", "score": "score", "count": "count", "hourly": "number"}


def ranking(found: Ranking, made: str = "") -> Report:
    """The whole table of a ranking, with its rules."""
    wish, kind = found.wish, found.kind
    title = t("ranking.doc.title", measure=rank_words.measure(wish.measure), by=rank_words.group(wish.by))
    ranked = [row for row in found.rows if row.place][:MOST_BARS]
    blocks: list[Block] = [Lines("", (rank_words.head(found),))]
    # Columns of rates that all begin at 0 look alike; their intervals tell more.
    if len(ranked) >= 2 and kind != "rate":
        names = tuple(rank_words.key_name(row.key, found.names) for row in ranked)
        series = (Series(rank_words.measure(wish.measure), tuple(row.value for row in ranked)),)
        blocks.append(Chart(title, "columns", _KINDS[kind], names, series))
    blocks.append(_table(found, found.rows, title=""))
    return _report(title, found, tuple(blocks), made)


def circular(found: Ranking, made: str = "") -> Report:
    """The red and black flags of a period (红黑旗通报), to be hung out."""
    wish = found.wish
    title = t("ranking.circular.title", by=rank_words.group(wish.by))
    blocks: list[Block] = [Lines("", (t("ranking.circular.opening", head=rank_words.head(found)),))]
    for colour in ("red", "black"):
        rows = [row for row in found.rows if row.flag == colour]
        name = t(f"ranking.flag.{colour}")
        if rows:
            blocks.append(_table(found, rows, title=name))
        else:
            blocks.append(Lines(name, (t("ranking.circular.none", flag=name),)))
    again = [row for row in found.rows if row.flag == "black" and row.again]
    if again:
        names = t("ranking.cause.joint").join(rank_words.key_name(row.key, found.names) for row in again)
        blocks.append(Lines(t("ranking.circular.again_title"), (t("ranking.circular.again", names=names),)))
    blocks.append(Lines("", (t("ranking.circular.sign"),)))
    return _report(title, found, tuple(blocks), made)


def _report(title: str, found: Ranking, blocks: tuple[Block, ...], made: str) -> Report:
    return Report(
        title=title,
        period=rank_words.period(found.wish.period),
        blocks=blocks,
        lang=language(),
        cut=rank_words.cut(found.wish.cut),
        rules=rank_words.rules(found),
        made=made,
        wide=True,
    )


def _table(found: Ranking, rows: Sequence[Standing], title: str) -> Table:
    kind = found.kind
    heads = [
        (t("ranking.column.place"), 0.6, True),
        (t("ranking.column.flag"), 1.1, False),
        (rank_words.heading(found.wish.by), 2.4, False),
        (rank_words.measure(found.wish.measure), 1.2, True),
        (t("ranking.column.interval"), 1.7, True),
        (t("ranking.column.base"), 1.0, True),
        (t("ranking.column.adjusted"), 1.0, True),
        (t("ranking.column.before"), 1.0, True),
        (t("ranking.column.change"), 1.2, True),
        (t("ranking.column.mix"), 3.6, False),
    ]
    cells = [_row(found, row, kind) for row in rows]
    if kind != "rate":
        del heads[6]
        for one in cells:
            del one[6]
    return replace(of_rows(title, heads, cells), empty=t("ranking.empty"))


def _row(found: Ranking, row: Standing, kind: str) -> list[Cell]:
    tone = "" if row.place else "muted"
    flags = {"red": "main", "black": "heading"}

    def figure(number: float | None) -> Cell:
        grade = found.rules.grade(number) if kind == "score" and number is not None else ""
        return Cell(number, _KINDS[kind], tone, grade)

    return [
        Cell(row.place or None, "count", tone),
        text(rank_words.flag(row), flags.get(row.flag, tone)),
        text(rank_words.key_name(row.key, found.names), tone),
        figure(row.value),
        text(rank_words.interval(row, kind), tone),
        text(rank_words.base(row, kind), tone) if kind == "hourly" else count(int(row.den), tone),
        figure(row.adjusted),
        figure(row.before),
        text(rank_words.change(row, kind), tone),
        text(rank_words.mix(row, found.names), tone),
    ]


def causes(found: CauseList, made: str = "") -> Report:
    """Why promises were broken, the heaviest first."""
    names = tuple(rank_words.cause(row, found) for row in found.rows)
    heads = [
        (t("ranking.causes.cause"), 3.0, False),
        (t("ranking.causes.cases"), 1.0, True),
        (t("ranking.causes.share"), 1.0, True),
        (t("ranking.causes.running"), 1.0, True),
    ]
    cells = [
        [text(name), count(row.n), rate(row.share), rate(row.running)]
        for name, row in zip(names, found.rows, strict=True)
    ]
    blocks: list[Block] = [
        Lines("", (rank_words.cause_line(found), rank_words.pareto_line(found.rows, found)))
    ]
    if found.rows:
        series = (Series(t("ranking.causes.cases"), tuple(float(row.n) for row in found.rows)),)
        blocks.append(Chart(t("ranking.causes.title"), "pareto", "count", names, series))
    blocks.append(replace(of_rows("", heads, cells), empty=t("ranking.causes.empty")))
    period, cut = rank_words.period(found.period), rank_words.cut(found.cut)
    return Report(t("ranking.causes.title"), period, tuple(blocks), language(), cut, (), made)


def heat(found: HeatMap, made: str = "") -> Report:
    """When and where cases come."""
    days = [t(f"ranking.heat.day{n}") for n in range(7)]
    heads = [(t("ranking.heat.hour"), 1.0, False), *((day, 1.0, True) for day in days)]
    cells = [
        [text(f"{hour:02d}"), *(count(found.heat.cases[day][hour]) for day in range(7))] for hour in range(24)
    ]
    blocks: list[Block] = [of_rows(t("ranking.heat.title"), heads, cells)]
    for by in ("community", "road"):
        rows = found.places.get(by, ())[:MOST_BARS]
        place_heads = [
            (rank_words.heading(by), 3.0, False),
            (t("ranking.heat.cases"), 1.0, True),
            (t("ranking.heat.late"), 1.0, True),
        ]
        place_cells = [
            [text(rank_words.key_name(key, found.names)), count(n), count(late)] for key, n, late, _ in rows
        ]
        blocks.append(of_rows(t("ranking.heat.places", by=rank_words.group(by)), place_heads, place_cells))
    period, cut = rank_words.period(found.period), rank_words.cut(found.cut)
    return Report(t("ranking.heat.title"), period, tuple(blocks), language(), cut, (), made)


def whatif(found: WhatIf, made: str = "") -> Report:
    """Both columns side by side, and how loud the shifts would have been."""
    heads = [
        (t("ranking.whatif.promise"), 2.0, False),
        (t("ranking.whatif.limit_before"), 1.2, True),
        (t("ranking.whatif.limit_after"), 1.2, True),
        (t("ranking.whatif.before"), 1.2, True),
        (t("ranking.whatif.after"), 1.2, True),
        (t("ranking.whatif.change"), 1.3, True),
        (t("ranking.whatif.lost"), 1.2, True),
        (t("ranking.whatif.won"), 1.2, True),
    ]
    cells = [
        [
            text(whatif_words.stage(row)),
            text(whatif_words.limit(row, after=False)),
            text(whatif_words.limit(row, after=True)),
            rate(row.before),
            rate(row.after),
            text(whatif_words.change(row)),
            count(len(row.lost)),
            count(len(row.won)),
        ]
        for row in found.stages
    ]
    was, will = found.before, found.after
    mean = whatif_words.number(will.mean)
    tiles = Tiles(
        (
            Tile(
                t("ranking.whatif.calls_shift"),
                text(mean),
                whatif_words.against(was.mean),
            ),
            Tile(t("ranking.whatif.calls_p90"), count(will.p90), whatif_words.against(was.p90)),
            Tile(t("ranking.whatif.floods"), count(will.floods), whatif_words.against(was.floods)),
        )
    )
    step = max(1, -(-len(found.shifts) // _POINTS))
    series = (
        Series(t("ranking.whatif.before"), _means(was.by_shift, step), "muted"),
        Series(t("ranking.whatif.after"), _means(will.by_shift, step)),
    )
    labels = tuple(f"{shift[4:6]}-{shift[6:8]}" for shift in found.shifts[::step])
    note = t("ranking.whatif.rule_mean", n=step) if step > 1 else ""
    chart = Chart(t("ranking.whatif.chart"), "lines", "count", labels, series, note=note)
    title = t("ranking.whatif.title")
    blocks = (Lines("", whatif_words.summary(found)), of_rows("", heads, cells), tiles, chart)
    period = whatif_words.period(found)
    return Report(
        title, period, blocks, language(), rank_words.cut("filed"), whatif_words.rules(found), made, wide=True
    )


def _means(values: Sequence[int], step: int) -> tuple[float, ...]:
    parts = [values[at : at + step] for at in range(0, len(values), step)]
    return tuple(sum(part) / len(part) for part in parts)
