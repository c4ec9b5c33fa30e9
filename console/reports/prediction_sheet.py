"""The report on what is foretold as one page: for each promise the calibration
as a plot, the scores, and the facts that move it. Qt paints it in any thread;
a program without windows calls :func:`console.reports.case_sheet.fonts` first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLineF, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from console.domain.chance import Bin
from console.domain.errors import Refusal
from console.i18n import t
from console.reports import marks
from console.reports import prediction_table as table
from console.services.prediction import LegReport, PredictionReport

DPI: Final = 144
_INK: Final = QColor("#1a2129")
_MUTED: Final = QColor("#526070")
_LINE: Final = QColor("#d5dce4")
_SAID: Final = QColor("#0b62c4")
_WRAP: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)
#: Where the plots' axes are numbered.
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


def write(found: PredictionReport, file: Path) -> None:
    """Write the page, whole or not at all. Raises ``bad_file.place``."""
    spare = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        spare.touch()
        writer = QPdfWriter(str(spare))
        writer.setTitle(t("chance.report.title"))
        writer.setCreator("Fifteen 十五分钟")
        writer.setResolution(DPI)
        margins = QMarginsF(14, 14, 14, 14)
        size = QPageSize(QPageSize.PageSizeId.A4)
        portrait, unit = QPageLayout.Orientation.Portrait, QPageLayout.Unit.Millimeter
        writer.setPageLayout(QPageLayout(size, portrait, margins, unit))
        painter = QPainter()
        if not painter.begin(writer):
            raise Refusal("bad_file", "place", path=str(file))
        paint(painter, QRectF(0, 0, writer.width(), writer.height()), found)
        painter.end()
        os.replace(spare, file)
    except OSError as error:
        raise Refusal("bad_file", "place", path=str(file)) from error
    finally:
        spare.unlink(missing_ok=True)


def paint(painter: QPainter, page: QRectF, found: PredictionReport) -> None:
    """Paint the page into ``page``, an upright rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y = page.top() + _words(painter, page, t("chance.report.title"), 30, bold=True)
    y += _words(painter, _from(page, y), table.head(found), 16, color=_MUTED) + 10
    note_height = 74.0
    each = (page.bottom() - note_height - y) / len(found.legs)
    for one in found.legs:
        _leg(painter, QRectF(page.left(), y, page.width(), each - 16), found, one)
        y += each
    _words(
        painter,
        QRectF(page.left(), page.bottom() - note_height, page.width(), note_height),
        t("chance.report.note"),
        13,
        color=_MUTED,
    )


def _leg(painter: QPainter, box: QRectF, found: PredictionReport, one: LegReport) -> None:
    painter.setPen(QPen(_LINE, 1))
    painter.drawLine(QLineF(box.topLeft(), box.topRight()))
    y = box.top() + 8
    y += _words(painter, _from(box, y), table.title(one), 20, bold=True) + 4
    side = min(box.bottom() - y - 44, box.width() * 0.42)
    right = QRectF(box.left(), y, box.width(), box.bottom() - y)
    if one.check is not None:
        plot = QRectF(box.left() + 52, y + 6, side, side)
        _plot(painter, plot, one.check.bins)
        right.setLeft(plot.right() + 28)
    said = [*table.verdict(one)]
    facts = [table.fact_line(found, fact) for fact in table.worth_telling(one)]
    if facts:
        said += ["", t("chance.report.facts"), *(f"· {fact}" for fact in facts)]
    y = right.top()
    for words in said:
        y += _words(painter, _from(right, y), words, 15) + 3 if words else 8


def _plot(painter: QPainter, box: QRectF, bins: tuple[Bin, ...]) -> None:
    """Said across, came upwards; what lies on the dashed line came true."""
    painter.setFont(marks.font(12))
    metrics = QFontMetricsF(painter.font())
    for tick in _TICKS:
        x, y = box.left() + tick * box.width(), box.bottom() - tick * box.height()
        painter.setPen(QPen(_LINE, 1))
        painter.drawLine(QLineF(box.left(), y, box.right(), y))
        painter.drawLine(QLineF(x, box.top(), x, box.bottom()))
        painter.setPen(_MUTED)
        label = f"{tick:.0%}"
        painter.drawText(QRectF(x - 30, box.bottom() + 3, 60, metrics.height()), _CENTER, label)
        painter.drawText(QRectF(box.left() - 50, y - 10, 44, 20), _CENTER, label)
    painter.setPen(_MUTED)
    below = QRectF(box.left(), box.bottom() + 4 + metrics.height(), box.width(), metrics.height() + 2)
    painter.drawText(below, _CENTER, t("chance.report.axis_said"))
    painter.drawText(QPointF(box.left() + 6, box.top() + metrics.height()), t("chance.report.axis_came"))
    painter.setPen(QPen(_MUTED, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(box.bottomLeft(), box.topRight()))
    for one in bins:
        _bin(painter, box, one)


def _bin(painter: QPainter, box: QRectF, one: Bin) -> None:
    """A point, its interval, and as large as there are cases."""
    x = box.left() + one.said * box.width()
    painter.setPen(QPen(_SAID, 1.5))
    top, bottom = (box.bottom() - share * box.height() for share in (one.most, one.least))
    painter.drawLine(QLineF(x, top, x, bottom))
    painter.setBrush(_SAID)
    radius = 3.0 + min(4.0, one.n / 100)
    painter.drawEllipse(QPointF(x, box.bottom() - one.came * box.height()), radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _words(
    painter: QPainter, box: QRectF, words: str, px: float, *, bold: bool = False, color: QColor = _INK
) -> float:
    """Write at the top of ``box``; the height it took."""
    painter.setFont(marks.font(px, bold))
    painter.setPen(color)
    needed = painter.boundingRect(box, _WRAP, words)
    painter.drawText(box, _WRAP, words)
    return needed.height()


def _from(box: QRectF, y: float) -> QRectF:
    return QRectF(box.left(), y, box.width(), max(1.0, box.bottom() - y))
