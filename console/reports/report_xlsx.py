"""A report as a workbook: real numbers and native charts.

The first sheet has the title, the rules, the large figures and the charts; each
table has a sheet of its own with a frozen head and a filter; the last sheet
holds what the charts are drawn from. Shares are percentages of the program that
opens it, lengths are its times (a day is 1), instants its dates in the site's
time. Words are never run as formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from console.i18n import t_in
from console.reports.report_doc import (
    ZONE,
    Block,
    Cell,
    Chart,
    Facts,
    Lines,
    Report,
    Series,
    Table,
    Tiles,
    charts,
    shown,
    tables,
)

_DAY: Final = 86_400.0
#: Number formats by kind of cell.
FORMATS: Final[Mapping[str, str]] = {
    "count": "#,##0",
    "rate": "0.0%",
    "seconds": "[mm]:ss",
    "score": "0.0",
    "number": "#,##0.00",
    "instant": "yyyy-mm-dd hh:mm:ss",
    "points": "+0.0;-0.0;0.0",
    "diff": "+#,##0.#;-#,##0.#;0",
    "diff_s": '+#,##0" s";-#,##0" s";0" s"',
    "text": "@",
}
_COLORS: Final[Mapping[str, str]] = {
    "": "#1A2129",
    "main": "#0B62C4",
    "muted": "#8A93A0",
    "bad": "#C4261A",
    "warn": "#8A6100",
    "good": "#0E7A4B",
    "heading": "#1A2129",
}
#: Size of a chart, px, and how many rows of the sheet it covers.
_CHART_PX: Final = (860, 300)
_CHART_ROWS: Final = 16
#: Widths of the first sheet's two columns, and of a table's, in characters.
_FIRST_WIDTHS: Final = (26, 16)
_LEAST_WIDTH: Final = 9
_MOST_WIDTH: Final = 48
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")


def write(report: Report, file: Path) -> int:
    """Write ``file``; returns how many sheets. Raises ``OSError``."""
    try:
        with file.open("wb") as out, Workbook(out, {"default_date_format": FORMATS["instant"]}) as book:
            return _Book(book, report).write()
    except XlsxWriterException as error:
        raise OSError(str(error)) from error


class _Book:
    """One workbook being filled."""

    def __init__(self, book: Workbook, report: Report) -> None:
        self._book, self._report = book, report
        self._formats: dict[tuple[str, str], Any] = {}
        self._names: set[str] = set()
        book.set_properties({"title": report.title, "subject": report.period, "author": report.made})

    def write(self) -> int:
        """Every sheet; the answer is how many."""
        first = self._sheet(t_in(self._report.lang, "reports.paper.summary"))
        row = self._head(first)
        plots = []
        for block in self._report.blocks:
            if isinstance(block, Chart):
                plots.append(row)
                row += _CHART_ROWS
            else:
                row = self._first_block(first, row, block)
        for table in tables(self._report):
            self._table(table)
        if plots:
            self._charts(first, plots)
        return len(self._names)

    # -- the first sheet -----------------------------------------------------------

    def _head(self, sheet: Any) -> int:
        report = self._report
        for column, width in enumerate(_FIRST_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, report.title, self._book.add_format({"bold": True, "font_size": 16}))
        row = 1
        said = (("site", report.site), ("period", report.period), ("cut", report.cut), ("made", report.made))
        for name, words in said:
            if words:
                sheet.write_string(
                    row, 0, t_in(report.lang, f"reports.paper.{name}"), self._format("", "muted")
                )
                sheet.write_string(row, 1, words)
                row += 1
        for rule in report.rules:
            sheet.write_string(row, 0, t_in(report.lang, "reports.paper.rule"), self._format("", "muted"))
            sheet.write_string(row, 1, rule)
            row += 1
        return row + 1

    def _first_block(self, sheet: Any, row: int, block: Block) -> int:
        if isinstance(block, Tiles):
            for tile in block.tiles:
                sheet.write_string(row, 0, tile.name)
                self._cell(sheet, row, 1, tile.cell)
                sheet.write_string(row, 2, tile.below, self._format("", "muted"))
                row += 1
            return row + 1
        if isinstance(block, Facts | Lines) and block.title:
            sheet.write_string(row, 0, block.title, self._format("", "heading"))
            row += 1
        if isinstance(block, Facts):
            for name, cell in block.rows:
                sheet.write_string(row, 0, name)
                self._cell(sheet, row, 1, cell)
                row += 1
            return row + 1
        if isinstance(block, Lines):
            for line in block.lines:
                sheet.write_string(row, 0, line)
                row += 1
            return row + 1
        return row

    # -- tables --------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        sheet = self._sheet(table.title)
        head = self._book.add_format(
            {"bold": True, "bg_color": "#E8EBEF", "text_wrap": True, "valign": "vcenter"}
        )
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.title, head)
            sheet.set_column(place, place, _width(table, place))
        for number, row in enumerate(table.rows, start=1):
            for place, cell in enumerate(row):
                self._cell(sheet, number, place, cell)
        sheet.freeze_panes(1, 1)
        last = len(table.rows)
        if last and table.columns:
            sheet.autofilter(0, 0, last, len(table.columns) - 1)
        below = [words for words in (table.empty if not last else "", table.note) if words]
        for number, words in enumerate(below, start=last + 2):
            sheet.write_string(number, 0, words, self._format("", "muted"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        """Nothing is an empty cell: a dash would make the column words."""
        value = cell.value
        look = self._format(cell.kind, cell.tone)
        if value is None:
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.astimezone(ZONE).replace(tzinfo=None), look)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, look)
        else:
            sheet.write_number(row, column, scaled(float(value), cell.kind), look)

    # -- charts --------------------------------------------------------------------

    def _charts(self, first: Any, rows: list[int]) -> None:
        name = t_in(self._report.lang, "reports.paper.chart_data")
        data = self._sheet(name)
        data.set_column(0, 0, 18)
        at = 0
        for place, chart in zip(rows, charts(self._report), strict=True):
            first.insert_chart(place, 0, self._chart(data, data.get_name(), at, chart))
            at += len(chart.labels) + 3

    def _chart(self, data: Any, sheet: str, at: int, chart: Chart) -> Any:
        """Write what a chart is drawn from, and the chart."""
        data.write_string(at, 0, chart.title, self._format("", "heading"))
        for number, label in enumerate(chart.labels, start=at + 2):
            data.write_string(number, 0, label)
        made = self._book.add_chart({"type": "line" if chart.shape == "lines" else "column"})
        for place, series in enumerate(_series(chart), start=1):
            data.write_string(at + 1, place, series.name)
            kind = "rate" if chart.shape == "pareto" and place == 2 else chart.kind
            for number, value in enumerate(series.values, start=at + 2):
                if value is not None:
                    data.write_number(number, place, scaled(value, kind), self._format(kind, ""))
            last = at + 1 + len(chart.labels)
            drawn = {
                "name": [sheet, at + 1, place],
                "categories": [sheet, at + 2, 0, last, 0],
                "values": [sheet, at + 2, place, last, place],
            }
            self._add(made, chart, place, series, drawn)
        made.set_title({"name": chart.title, "name_font": {"size": 12}, "overlay": False})
        made.set_legend({"position": "bottom"})
        made.set_y_axis({"num_format": FORMATS[chart.kind], "min": 0, "major_gridlines": {"visible": True}})
        made.set_size({"width": _CHART_PX[0], "height": _CHART_PX[1]})
        made.show_blanks_as("gap")
        return made

    def _add(self, made: Any, chart: Chart, place: int, series: Series, drawn: dict[str, Any]) -> None:
        color = _COLORS[series.tone]
        if place > len(chart.series):  # the limit
            line = {"color": _COLORS["bad"], "width": 1.25, "dash_type": "dash"}
            other = self._book.add_chart({"type": "line"})
            other.add_series(drawn | {"line": line})
            made.combine(other) if chart.shape != "lines" else made.add_series(drawn | {"line": line})
        elif chart.shape == "pareto" and place == 2:
            other = self._book.add_chart({"type": "line"})
            other.add_series(drawn | {"line": {"color": color, "width": 1.5}, "y2_axis": True})
            other.set_y2_axis({"num_format": FORMATS["rate"], "min": 0, "max": 1})
            made.combine(other)
        elif chart.shape == "lines":
            mark = {"type": "circle", "size": 4, "fill": {"color": color}, "border": {"color": color}}
            made.add_series(drawn | {"line": {"color": color, "width": 1.5}, "marker": mark})
        else:
            made.add_series(drawn | {"fill": {"color": color}, "gap": 60})

    # -- sheets and formats ----------------------------------------------------------

    def _sheet(self, title: str) -> Any:
        name = next(one for one in _sheet_names(title) if one.lower() not in self._names)
        self._names.add(name.lower())
        return self._book.add_worksheet(name)

    def _format(self, kind: str, tone: str) -> Any:
        if (kind, tone) not in self._formats:
            look: dict[str, Any] = {"font_color": _COLORS[tone], "valign": "top"}
            if kind:
                look["num_format"] = FORMATS[kind]
            if tone in ("bad", "heading", "main"):
                look["bold"] = True
            self._formats[(kind, tone)] = self._book.add_format(look)
        return self._formats[(kind, tone)]


def scaled(value: float, kind: str) -> float:
    """A value as a spreadsheet counts: lengths in days, points in hundredths."""
    if kind == "seconds":
        return value / _DAY
    return value * 100 if kind == "points" else value


def _series(chart: Chart) -> Iterator[Series]:
    yield from chart.series
    if chart.limit is not None:
        name, value = chart.limit
        yield Series(name, (value,) * len(chart.labels), "bad")


def _sheet_names(title: str) -> Iterator[str]:
    """Names a program of spreadsheets takes: short, without some signs, unlike
    any other in the book."""
    plain = _FORBIDDEN.sub(" ", title).strip()[:31] or "1"
    yield plain
    for number in range(2, 1000):
        yield f"{plain[:27]} {number}"


def _width(table: Table, place: int) -> float:
    """Wide enough for the longest words of a column; Chinese counts twice."""
    words = [table.columns[place].title, *(shown(row[place]) for row in table.rows)]
    longest = max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in one) for one in words)
    return min(_MOST_WIDTH, max(_LEAST_WIDTH, longest + 2))
