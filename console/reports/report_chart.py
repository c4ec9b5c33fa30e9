"""A report's chart painted: quiet lines, a dashed and named limit, what lies
beyond it tinted, names beside the lines instead of a legend, zero at the
bottom. Any thread; paints with the program's own fonts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from console.reports import marks
from console.reports.report_doc import Cell, Chart, Series, length, shown

INK: Final = QColor("#1a2129")
MUTED: Final = QColor("#526070")
LINE: Final = QColor("#d5dce4")
#: Print colours by tone; paper is white in both themes.
COLORS: Final[Mapping[str, QColor]] = {
    "": INK,
    "main": QColor("#0b62c4"),
    "muted": QColor("#8a93a0"),
    "bad": QColor("#c4261a"),
    "warn": QColor("#8a6100"),
    "good": QColor("#0e7a4b"),
    "heading": INK,
}
#: Height of small words, and room beside the plot, in dots of the page.
WORDS: Final = 13.0
_LEFT: Final = 58.0
_FOOT: Final = 24.0
_TOP: Final = 20.0
_RIGHT: Final = 24.0
#: Steps of an axis: of numbers, and of lengths in seconds.
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
_TIMES: Final = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
_TICKS: Final = 5


def paint(painter: QPainter, box: QRectF, chart: Chart) -> None:
    """Paint ``chart`` without its title into ``box``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(marks.font(WORDS))
    metrics = QFontMetricsF(painter.font())
    beside = [chart.limit[0]] if chart.limit else []
    beside += [one.name for one in chart.series] if chart.shape != "columns" else []
    right = max([_RIGHT, *(metrics.horizontalAdvance(words) + 12 for words in beside)])
    plot = QRectF(
        box.left() + _LEFT, box.top() + _TOP, box.width() - _LEFT - right, box.height() - _TOP - _FOOT
    )
    top, step = scale(_most(chart), chart.kind)
    _axis(painter, plot, top, step, chart)
    _breach(painter, plot, top, chart)
    shapes: Mapping[str, Callable[[QPainter, QRectF, float, Chart], None]] = {
        "columns": _columns,
        "lines": _lines,
        "pareto": _pareto,
    }
    shapes[chart.shape](painter, plot, top, chart)
    _limit(painter, plot, top, chart)
    painter.restore()


def scale(most: float, kind: str) -> tuple[float, float]:
    """The end of an axis that begins at zero, and its step: whole numbers of
    things, round lengths of time, shares up to 1."""
    if kind == "rate":
        return 1.0, 0.25
    if kind == "seconds":
        day = math.ceil(most / _TICKS / 86_400) * 86_400
        step = float(next((one for one in _TIMES if most <= one * _TICKS), day))
        return max(1, math.ceil(most / step)) * step, step
    rough = max(most, 1.0) / _TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * one for one in _STEPS if unit * one >= rough - 1e-9)
    if kind == "count":
        step = max(1.0, step)
    return max(1, math.ceil(most / step - 1e-9)) * step, step


def _most(chart: Chart) -> float:
    drawn = chart.series[:1] if chart.shape == "pareto" else chart.series
    values = [value for series in drawn for value in series.values if value is not None]
    return max([*values, chart.limit[1] if chart.limit else 0.0, 0.0])


def _axis(painter: QPainter, plot: QRectF, top: float, step: float, chart: Chart) -> None:
    number = 0
    while number * step <= top + 1e-9:
        value = number * step
        y = plot.bottom() - value / top * plot.height()
        painter.setPen(QPen(LINE, 1))
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
        painter.setPen(MUTED)
        room = QRectF(plot.left() - _LEFT, y - 10, _LEFT - 8, 20)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(room, right, tick(value, chart.kind))
        number += 1
    metrics = QFontMetricsF(painter.font())
    widest = max((metrics.horizontalAdvance(label) for label in chart.labels), default=0.0) + 10
    slot = plot.width() / max(1, len(chart.labels))
    every = max(1, math.ceil(widest / slot))
    painter.setPen(MUTED)
    for at, label in enumerate(chart.labels):
        if at % every == 0:
            room = QRectF(plot.left() + (at + 0.5) * slot - widest / 2, plot.bottom() + 5, widest, 18)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), label)


def tick(value: float, kind: str) -> str:
    """A value of an axis in as few signs as it needs."""
    if kind == "rate":
        return f"{value:.0%}".replace("%", " %")
    if kind == "seconds":
        return length(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _breach(painter: QPainter, plot: QRectF, top: float, chart: Chart) -> None:
    """What lies on the wrong side of the limit is tinted: below for a share
    that should be reached, above for everything else."""
    if chart.limit is None:
        return
    y = plot.bottom() - chart.limit[1] / top * plot.height()
    tint = QColor(COLORS["bad"])
    tint.setAlphaF(0.07)
    wrong = (
        QRectF(plot.left(), y, plot.width(), plot.bottom() - y)
        if chart.kind == "rate"
        else QRectF(plot.left(), plot.top(), plot.width(), y - plot.top())
    )
    painter.fillRect(wrong, tint)


def _limit(painter: QPainter, plot: QRectF, top: float, chart: Chart) -> None:
    if chart.limit is None:
        return
    name, value = chart.limit
    y = plot.bottom() - value / top * plot.height()
    painter.setPen(QPen(COLORS["bad"], 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
    painter.drawText(QPointF(plot.right() + 6, y + 5), name)


def _columns(painter: QPainter, plot: QRectF, top: float, chart: Chart) -> None:
    slot = plot.width() / max(1, len(chart.labels))
    number = max(1, len(chart.series))
    width = min(46.0, slot * 0.72) / number
    metrics = QFontMetricsF(painter.font())
    said = [said_value(v, chart.kind) for one in chart.series for v in one.values if v]
    room = max((metrics.horizontalAdvance(words) for words in said), default=0.0) + 2
    for place, series in enumerate(chart.series):
        painter.setPen(Qt.PenStyle.NoPen)
        for at, value in enumerate(series.values):
            if value is None:
                continue
            high = value / top * plot.height()
            x = plot.left() + (at + 0.5) * slot + (place - number / 2) * width
            bar = QRectF(x + 0.5, plot.bottom() - high, max(1.0, width - 1), high)
            painter.fillRect(bar, COLORS[series.tone])
            if value and room < slot / number:
                _above(painter, bar, said_value(value, chart.kind))
    if number > 1:
        _names(painter, plot, chart.series)


def said_value(value: float, kind: str) -> str:
    """A value beside its column."""
    return shown(Cell(value, kind)).replace(".0 %", " %")


def _above(painter: QPainter, bar: QRectF, words: str) -> None:
    painter.setPen(INK)
    room = QRectF(bar.center().x() - 40, bar.top() - 18, 80, 17)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom), words)
    painter.setPen(Qt.PenStyle.NoPen)


def _names(painter: QPainter, plot: QRectF, series: tuple[Series, ...]) -> None:
    """Names at the top right, each in its colour."""
    metrics = QFontMetricsF(painter.font())
    x = plot.right()
    for one in reversed(series):
        x -= metrics.horizontalAdvance(one.name) + 16
        painter.fillRect(QRectF(x, plot.top() + 3, 9, 9), COLORS[one.tone])
        painter.setPen(INK)
        painter.drawText(QPointF(x + 13, plot.top() + 12), one.name)
        x -= 10


def _points(plot: QRectF, top: float, series: Series) -> list[QPointF | None]:
    slot = plot.width() / max(1, len(series.values))
    return [
        None
        if value is None
        else QPointF(plot.left() + (at + 0.5) * slot, plot.bottom() - value / top * plot.height())
        for at, value in enumerate(series.values)
    ]


def _lines(painter: QPainter, plot: QRectF, top: float, chart: Chart) -> None:
    ends: list[float] = []
    for series in chart.series:
        end = _line(painter, plot, top, series)
        if end is None:
            continue
        # Names beside the last value, pushed apart where the lines end close.
        y = end.y() + 5
        while any(abs(y - other) < WORDS + 2 for other in ends):
            y -= WORDS + 3
        ends.append(y)
        painter.setPen(COLORS[series.tone])
        painter.drawText(QPointF(plot.right() + 6, y), series.name)


def _line(painter: QPainter, plot: QRectF, top: float, series: Series) -> QPointF | None:
    path, down, end = QPainterPath(), False, None
    color = COLORS[series.tone]
    painter.setBrush(color)
    for point in _points(plot, top, series):
        if point is None:
            down = False
            continue
        path.lineTo(point) if down else path.moveTo(point)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(point, 2.6, 2.6)
        down, end = True, point
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1.4))
    painter.drawPath(path)
    return end


def _pareto(painter: QPainter, plot: QRectF, top: float, chart: Chart) -> None:
    """Columns, and the running share of a second series on its own scale of 0–1."""
    own = Chart(chart.title, "columns", chart.kind, chart.labels, chart.series[:1])
    _columns(painter, plot, top, own)
    if len(chart.series) > 1:
        end = _line(painter, plot, 1.0, chart.series[1])
        if end is not None:
            painter.setPen(COLORS[chart.series[1].tone])
            painter.drawText(QPointF(plot.right() + 6, end.y() + 5), chart.series[1].name)
