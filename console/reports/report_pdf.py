"""A report on A4: every page has a head line, its number and how was counted.

Blocks flow down the page; a table that goes on repeats its head, a title never
stands alone at the foot. Fonts are embedded, text can be searched and copied.
Runs in any thread; a program without windows calls
:func:`console.reports.case_sheet.fonts` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLineF, QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from console.i18n import t_in
from console.reports import marks, pdf_text, report_chart
from console.reports.report_chart import COLORS, INK, LINE, MUTED
from console.reports.report_doc import (
    Block,
    Chart,
    Facts,
    Lines,
    NewPage,
    Report,
    Table,
    Tile,
    Tiles,
    shown,
)

DPI: Final = 144
MARGIN_MM: Final = 14.0
#: Room for the lines above and below the text, dots.
HEAD: Final = 38.0
FOOT: Final = 44.0
#: Sizes of words, dots: title, heading, text, small, a large figure.
TITLE, HEADING, TEXT, SMALL, LARGE = 30.0, 19.0, 15.5, 13.0, 30.0
CHART_HEIGHT: Final = 250.0
_PAD: Final = 5.0
_GAP: Final = 14.0
_TILE: Final = 96.0
_MOST_TILES: Final = 5
_TOGETHER: Final = 12
_TOP_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_TOP_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
_SHADE: Final = QColor("#e8ebef")
Paint = Callable[[QPainter, QRectF], None]


@dataclass(frozen=True, slots=True)
class Item:
    """A piece that is not cut: its height in dots and how it is painted.
    ``keep``: it stands on the page of the next one. ``head``: comes again at
    the top when this one begins a page. ``new_page``: begins one always."""

    height: float
    paint: Paint
    keep: bool = False
    head: Item | None = None
    new_page: bool = False


def write(report: Report, file: Path) -> int:
    """Write ``file``; returns how many pages. Raises ``OSError``."""
    file.touch()
    writer = QPdfWriter(str(file))
    writer.setTitle(report.title)
    writer.setCreator("Fifteen 十五分钟")
    writer.setResolution(DPI)
    writer.setPageLayout(layout(report.wide))
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"cannot paint into {file}")
    page = QRectF(0, 0, writer.width(), writer.height())
    try:
        pages = paginate(report, page)
        for number, items in enumerate(pages, start=1):
            if number > 1:
                writer.newPage()
            paint_frame(painter, page, report, number, len(pages))
            paint_page(painter, page, items)
    finally:
        ended = painter.end()
    if not ended:
        raise OSError(f"cannot write {file}")
    # Whatever is painted stands in the report's own words, or is the page's.
    pdf_text.mend(file, repr(report) + t_in(report.lang, "reports.paper.page"))
    return len(pages)


def layout(wide: bool) -> QPageLayout:
    """A4 with our margins."""
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    way = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    return QPageLayout(QPageSize(QPageSize.PageSizeId.A4), way, margins, QPageLayout.Unit.Millimeter)


def paginate(report: Report, page: QRectF) -> list[list[Item]]:
    """The report's pieces, page by page."""
    room = page.height() - HEAD - FOOT
    pages: list[list[Item]] = [[]]
    used = 0.0
    items = list(_items(report, page.width()))
    for at, item in enumerate(items):
        needed = item.height + sum(one.height for one in _kept(items, at))
        if pages[-1] and (item.new_page or used + needed > room):
            pages.append([])
            used = 0.0
            if item.head is not None:
                pages[-1].append(item.head)
                used = item.head.height
        if not pages[-1] and item.height == 0:
            continue
        pages[-1].append(item)
        used += item.height
    return pages


def _kept(items: Sequence[Item], at: int) -> Iterator[Item]:
    """What has to stand on the same page after the piece at ``at``."""
    while items[at].keep and at + 1 < len(items):
        at += 1
        yield items[at]


def paint_page(painter: QPainter, page: QRectF, items: Sequence[Item]) -> None:
    """The pieces of one page below each other."""
    y = page.top() + HEAD
    for item in items:
        painter.save()
        item.paint(painter, QRectF(page.left(), y, page.width(), item.height))
        painter.restore()
        y += item.height


def paint_frame(painter: QPainter, page: QRectF, report: Report, number: int, count: int) -> None:
    """Head line, page number, and below how was counted."""
    painter.setFont(marks.font(SMALL))
    painter.setPen(MUTED)
    metrics = QFontMetricsF(painter.font())
    pages = t_in(report.lang, "reports.paper.page", n=number, of=count)
    top = QRectF(page.left(), page.top(), page.width(), HEAD)
    painter.drawText(top, _TOP_RIGHT, pages)
    words = " · ".join(one for one in (report.site, report.title, report.period) if one)
    room = page.width() - metrics.horizontalAdvance(pages) - 20
    painter.drawText(top, _TOP_LEFT, metrics.elidedText(words, Qt.TextElideMode.ElideRight, room))
    painter.setPen(QPen(LINE, 1))
    painter.drawLine(QLineF(page.left(), HEAD - 14, page.right(), HEAD - 14))
    y = page.bottom() - FOOT + 12
    painter.drawLine(QLineF(page.left(), y, page.right(), y))
    painter.setPen(MUTED)
    below = " · ".join(one for one in (report.cut, report.made) if one)
    foot = QRectF(page.left(), y + 6, page.width(), FOOT)
    painter.drawText(foot, _TOP_LEFT, metrics.elidedText(below, Qt.TextElideMode.ElideRight, page.width()))


# -- pieces ----------------------------------------------------------------------


def _items(report: Report, width: float) -> Iterator[Item]:
    yield _words(report.title, TITLE, width, bold=True)
    if report.period:
        yield _words(report.period, TEXT + 1, width, after=4)
    for line in (report.cut, *report.rules):
        if line:
            yield _words(line, SMALL, width, color=MUTED)
    begins = False
    for block in report.blocks:
        if isinstance(block, NewPage):
            begins = True
            continue
        for item in _block(block, report.lang, width):
            yield Item(item.height, item.paint, item.keep, item.head, True) if begins else item
            begins = False


def _block(block: Block, lang: str, width: float) -> Iterator[Item]:
    yield Item(_GAP, _nothing, keep=True)
    if isinstance(block, Table):
        yield from _table(block, lang, width)
    elif isinstance(block, Chart):
        yield from _chart(block, width)
    elif isinstance(block, Tiles):
        yield from _tiles(block, width)
    elif isinstance(block, Facts):
        yield from _facts(block, width)
    elif isinstance(block, Lines):
        if block.title:
            yield _heading(block.title, width)
        for line in block.lines:
            yield _words(line, TEXT, width, after=2)


def _nothing(painter: QPainter, box: QRectF) -> None:
    """A gap."""


def _words(
    words: str,
    px: float,
    width: float,
    *,
    bold: bool = False,
    color: QColor = INK,
    after: float = 0.0,
    keep: bool = False,
) -> Item:
    """Words that wrap."""
    font = marks.font(px, bold)
    wrap, height = _wrapped(font, words, width)

    def paint(painter: QPainter, box: QRectF) -> None:
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(box, _TOP_LEFT | wrap, words)

    return Item(height + after, paint, keep)


def _heading(words: str, width: float) -> Item:
    return _words(words, HEADING, width, bold=True, after=5, keep=True)


def _wrapped(font: QFont, words: str, width: float) -> tuple[int, float]:
    """How words are broken into lines, and the height they take: between words,
    inside one only where it is longer than the line."""
    metrics = QFontMetricsF(font)
    if not words:
        return 0, metrics.height()
    longest = max(words.split() or [""], key=len)
    plain = longest.isascii() and metrics.horizontalAdvance(longest) > width
    wrap = int(Qt.TextFlag.TextWrapAnywhere if plain else Qt.TextFlag.TextWordWrap)
    return wrap, metrics.boundingRect(QRectF(0, 0, width, 100_000), _TOP_LEFT | wrap, words).height() + 1


def _chart(chart: Chart, width: float) -> Iterator[Item]:
    yield _heading(chart.title, width)

    def paint(painter: QPainter, box: QRectF) -> None:
        report_chart.paint(painter, box, chart)

    yield Item(CHART_HEIGHT, paint, keep=bool(chart.note))
    if chart.note:
        yield _words(chart.note, SMALL, width, color=MUTED)


def _tiles(block: Tiles, width: float) -> Iterator[Item]:
    number = min(_MOST_TILES, max(1, len(block.tiles)))
    for start in range(0, len(block.tiles), number):
        row = block.tiles[start : start + number]

        def paint(painter: QPainter, box: QRectF, row: Sequence[Tile] = row) -> None:
            each = box.width() / number
            for at, tile in enumerate(row):
                _tile(painter, QRectF(box.left() + at * each, box.top(), each - 8, box.height() - 6), tile)

        yield Item(_TILE, paint)


def _tile(painter: QPainter, box: QRectF, tile: Tile) -> None:
    painter.setPen(QPen(LINE, 1))
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(10, 7, -8, -6)
    for words, px, y, color, bold in (
        (tile.name, SMALL, 0.0, MUTED, False),
        (shown(tile.cell), LARGE, 16.0, COLORS[tile.cell.tone], True),
        (tile.below, SMALL, 58.0, MUTED, False),
    ):
        painter.setFont(marks.font(px, bold))
        painter.setPen(color)
        room = QRectF(inner.left(), inner.top() + y, inner.width(), px * 1.6)
        fit = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(room, _TOP_LEFT, fit)


def _facts(block: Facts, width: float) -> Iterator[Item]:
    """Two columns of names and values: a value that needs more room gets a line."""
    if block.title:
        yield _heading(block.title, width)
    names = width * 0.22
    for number, (name, cell) in enumerate(block.rows, start=1):
        made = _row(
            ((name, MUTED, False, False), (shown(cell), COLORS[cell.tone], False, cell.tone == "bad")),
            (names, width - names),
            line=False,
        )
        # A few facts stand together.
        yield Item(made.height, made.paint, keep=number < min(len(block.rows), _TOGETHER))


def _table(table: Table, lang: str, width: float) -> Iterator[Item]:
    if table.title:
        yield _heading(table.title, width)
    total = sum(column.width for column in table.columns) or 1.0
    widths = tuple(column.width / total * width for column in table.columns)
    heads = tuple((column.title, INK, column.right, True) for column in table.columns)
    head = _row(heads, widths, shade=True)
    yield Item(head.height, head.paint, keep=True)
    for row in table.rows:
        cells = tuple(
            (shown(cell), COLORS[cell.tone], column.right, cell.tone in ("bad", "heading"))
            for cell, column in zip(row, table.columns, strict=True)
        )
        made = _row(cells, widths)
        yield Item(made.height, made.paint, head=head)
    if not table.rows:
        yield _words(table.empty or t_in(lang, "reports.paper.empty"), TEXT, width, color=MUTED)
    if table.note:
        yield _words(table.note, SMALL, width, color=MUTED)


def _row(
    cells: Sequence[tuple[str, QColor, bool, bool]],
    widths: Sequence[float],
    *,
    shade: bool = False,
    line: bool = True,
) -> Item:
    """Words side by side: ``(words, colour, right, bold)`` each."""
    fonts = [marks.font(SMALL if shade else TEXT - 1, bold) for _, _, _, bold in cells]
    wraps = [
        _wrapped(font, words, max(8.0, width - 2 * _PAD))
        for font, (words, _, _, _), width in zip(fonts, cells, widths, strict=True)
    ]
    height = max((high for _, high in wraps), default=0.0) + 2 * _PAD

    def paint(painter: QPainter, box: QRectF) -> None:
        if shade:
            painter.fillRect(box, _SHADE)
        x = box.left()
        each = zip(fonts, cells, widths, wraps, strict=True)
        for font, (words, color, right, _), width, (wrap, _) in each:
            painter.setFont(font)
            painter.setPen(color)
            room = QRectF(x + _PAD, box.top() + _PAD, max(8.0, width - 2 * _PAD), height)
            painter.drawText(room, (_TOP_RIGHT if right else _TOP_LEFT) | wrap, words)
            x += width
        if line:
            painter.setPen(QPen(LINE, 1))
            painter.drawLine(QLineF(box.left(), box.bottom(), box.right(), box.bottom()))

    return Item(height, paint)


__all__ = ["paginate", "write"]
