"""A report as CSV: one table below the other, raw values for other programs.

UTF-8 with a byte order mark, so that a spreadsheet shows Chinese; what a
spreadsheet would run as a formula is guarded. Shares are 0–1, lengths seconds,
instants ISO 8601 with the site's offset; nothing is an empty cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from console.i18n import t_in
from console.reports.report_doc import ZONE, Block, Cell, Chart, Facts, Lines, Report, Table, Tiles
from console.services.sheets import guard

Line = Sequence[str | int | float]


def write(report: Report, file: Path) -> int:
    """Write ``file``; returns how many lines. Raises ``OSError``."""
    number = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        for number, line in enumerate(lines(report), start=1):  # noqa: B007
            writer.writerow([guard(one) if isinstance(one, str) else one for one in line])
    return number


def lines(report: Report) -> Iterator[Line]:
    """The report's lines, before they are guarded."""
    yield [report.title]
    heads = (("site", report.site), ("period", report.period), ("cut", report.cut), ("made", report.made))
    yield from ([t_in(report.lang, f"reports.paper.{name}"), words] for name, words in heads if words)
    yield from ([t_in(report.lang, "reports.paper.rule"), rule] for rule in report.rules)
    for block in report.blocks:
        body = list(_block(block))
        if body:
            yield []
            yield from body


def _block(block: Block) -> Iterable[Line]:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Chart):
        return _chart(block)
    if isinstance(block, Lines):
        return _titled(block.title, ([line] for line in block.lines))
    if isinstance(block, Facts):
        return _titled(block.title, ([name, raw(cell)] for name, cell in block.rows))
    if isinstance(block, Tiles):
        return ([tile.name, raw(tile.cell), tile.below] for tile in block.tiles)
    return ()


def _titled(title: str, rows: Iterable[Line]) -> Iterator[Line]:
    if title:
        yield [title]
    yield from rows


def _table(table: Table) -> Iterator[Line]:
    yield [table.title]
    yield [column.title for column in table.columns]
    for row in table.rows:
        yield [raw(cell) for cell in row]
    if not table.rows and table.empty:
        yield [table.empty]
    if table.note:
        yield [table.note]


def _chart(chart: Chart) -> Iterator[Line]:
    yield [chart.title]
    yield ["", *(series.name for series in chart.series), *([chart.limit[0]] if chart.limit else [])]
    for at, label in enumerate(chart.labels):
        limit: Line = [chart.limit[1]] if chart.limit else []
        yield [label, *(_short(series.values[at]) for series in chart.series), *limit]


def raw(cell: Cell) -> str | int | float:
    """A cell's value for another program."""
    value = cell.value
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="seconds")
    return value if isinstance(value, str) else _short(value)


def _short(value: float | int | None) -> str | int | float:
    """Six decimals are more than any figure here knows."""
    if value is None:
        return ""
    return round(value, 6) if isinstance(value, float) else value
