"""Two live charts: open cases by the minute, arrivals against their limit.

Items are made once and only given data; nothing is computed while hidden.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Final

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models.wording import SITE_ZONE, span
from console.services.views import TrendView
from console.theme import Theme
from console.widgets.parts import label, spaced

#: The charts stand beside the figures of the strip, px.
HEIGHT: Final = 96


class TrendChart(QWidget):
    """``wanted`` is True while somebody can see it: ask for data only then."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: TrendView | None = None
        self._stale = False
        self.draws = 0
        self._titles = {key: label(theme, "", 12, tone="muted") for key in ("open", "arrivals")}
        self._last = {key: label(theme, "", 20, bold=True) for key in ("open", "arrivals")}
        self._plots = {key: _plot(theme) for key in ("open", "arrivals")}
        row = QHBoxLayout(self)
        spaced(row, 0, 24)
        for key in ("open", "arrivals"):
            words = QVBoxLayout()
            spaced(words, 0, 0)
            words.addWidget(self._titles[key])
            words.addWidget(self._last[key])
            words.addStretch(1)
            row.addLayout(words)
            row.addWidget(self._plots[key], 1)
        self._items()
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self._recolor)
        self._recolor()
        self.retranslate()

    def _items(self) -> None:
        self._open = self._plots["open"].plot([], [], stepMode="right", skipFiniteCheck=True)
        points = {"symbol": "o", "symbolSize": 5, "pen": None, "skipFiniteCheck": True}
        self._good = self._plots["arrivals"].plot([], [], **points)
        # Shape beside colour: a late arrival is a cross.
        self._late = self._plots["arrivals"].plot([], [], **(points | {"symbol": "x", "symbolSize": 8}))
        self._breach = pg.LinearRegionItem((10, 1000), orientation="horizontal", movable=False)
        self._limit = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        )
        self._plots["arrivals"].addItem(self._breach, ignoreBounds=True)
        self._plots["arrivals"].addItem(self._limit, ignoreBounds=True)

    @property
    def wanted(self) -> bool:
        """Whether a new drawing would be seen."""
        return self.isVisible()

    def apply(self, view: TrendView) -> None:
        """Take new points; they are drawn now or when the chart is shown."""
        self._view = view
        self._stale = True
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._titles["open"].setText(t("desk.chart.open"))
        self._titles["arrivals"].setText(t("desk.chart.arrivals"))
        self._words()

    def _words(self) -> None:
        none = t("common.time.none")
        view = self._view
        self._last["open"].setText(str(view.open[-1]) if view is not None and view.open else none)
        taken = view.arrivals[-1][1] if view is not None and view.arrivals else None
        self._last["arrivals"].setText(span(taken) if taken is not None else none)
        minutes = round(view.limit_s / 60) if view is not None else 10
        self._limit.label.setFormat(t("desk.chart.limit", n=minutes))

    def _draw(self) -> None:
        view = self._view
        if view is None:
            return
        self._stale = False
        self.draws += 1
        self._words()
        times = np.asarray(view.minutes, dtype=float)
        counts = np.asarray(view.open, dtype=float)
        self._open.setData(times, counts)
        self._good.setData(*_points(view, met=True))
        self._late.setData(*_points(view, met=False))
        limit = view.limit_s / 60
        self._limit.setValue(limit)
        top = max([limit * 1.5, *(taken / 60 * 1.1 for _at, taken, _met in view.arrivals)])
        self._breach.setRegion((limit, top))
        begin, end = (times[0], times[-1]) if len(times) else (0.0, 1.0)
        for key, high in (
            ("open", max(4.0, float(counts.max()) * 1.2 if len(counts) else 4.0)),
            ("arrivals", top),
        ):
            self._plots[key].setXRange(begin, end, padding=0.01)
            self._plots[key].setYRange(0, high, padding=0)

    @Slot()
    def _recolor(self) -> None:
        theme = self._theme
        muted, red = theme.color("muted"), theme.color("lamp.red")
        for plot in self._plots.values():
            plot.setBackground(theme.color("bg"))
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(theme.color("line"), width=1))
                axis.setTextPen(muted)
        self._open.setPen(pg.mkPen(theme.color("text"), width=1))
        self._good.setSymbolBrush(muted)
        self._good.setSymbolPen(None)
        self._late.setSymbolBrush(None)
        self._late.setSymbolPen(pg.mkPen(red, width=1))
        self._breach.setBrush(theme.color("lamp.red", 0.15))
        for edge in self._breach.lines:
            edge.setPen(pg.mkPen(None))
        self._limit.setPen(pg.mkPen(muted, width=1, style=Qt.PenStyle.DashLine))
        self._limit.label.setColor(muted)


def _points(view: TrendView, *, met: bool) -> tuple[np.ndarray, np.ndarray]:
    chosen = [(at, taken / 60) for at, taken, ok in view.arrivals if ok is met]
    return np.array([at for at, _ in chosen]), np.array([taken for _, taken in chosen])


def _plot(theme: Theme) -> pg.PlotWidget:
    """A bare plot: local time below, no menu, no mouse."""
    # The site's zone has one offset all year.
    offset = SITE_ZONE.utcoffset(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)) or timedelta()
    axis = pg.DateAxisItem(orientation="bottom", utcOffset=-int(offset.total_seconds()))
    plot = pg.PlotWidget(axisItems={"bottom": axis})
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setClipToView(True)
    # Room for the upper half of the topmost figure of the axis.
    plot.getPlotItem().setContentsMargins(0, 8, 4, 0)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for side in ("left", "bottom"):
        plot.getAxis(side).setStyle(tickFont=theme.font(12), tickLength=-4)
    plot.getAxis("left").setWidth(28)
    plot.getAxis("bottom").setHeight(20)
    return plot
