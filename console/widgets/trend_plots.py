"""The plots of the live charts: items made once and only given data.

A module of its own, because it brings pyqtgraph with it, which takes a second
to read in on a busy machine (``later.py``).
"""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from console.i18n import t
from console.services.views import TrendView
from console.theme import Theme
from console.widgets import bare_plot


class TrendPlots:
    """The two plots, by ``open`` and ``arrivals``."""

    def __init__(self, theme: Theme) -> None:
        self.plots = {key: _plot(theme) for key in ("open", "arrivals")}
        self._items()
        self.recolor(theme)

    def _items(self) -> None:
        self._open = self.plots["open"].plot([], [], stepMode="right", skipFiniteCheck=True)
        points = {"symbol": "o", "symbolSize": 5, "pen": None, "skipFiniteCheck": True}
        self._good = self.plots["arrivals"].plot([], [], **points)
        # Shape beside colour: a late arrival is a cross.
        self._late = self.plots["arrivals"].plot([], [], **(points | {"symbol": "x", "symbolSize": 8}))
        self._breach = pg.LinearRegionItem((10, 1000), orientation="horizontal", movable=False)
        self._limit = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        )
        self.plots["arrivals"].addItem(self._breach, ignoreBounds=True)
        self.plots["arrivals"].addItem(self._limit, ignoreBounds=True)

    def draw(self, view: TrendView) -> None:
        """Show these points."""
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
            self.plots[key].setXRange(begin, end, padding=0.01)
            self.plots[key].setYRange(0, high, padding=0)

    def say(self, minutes: int) -> None:
        """The words of the limit's line."""
        self._limit.label.setFormat(t("desk.chart.limit", n=minutes))

    def recolor(self, theme: Theme) -> None:
        """The colours of the theme now."""
        muted, red = theme.color("muted"), theme.color("lamp.red")
        for plot in self.plots.values():
            bare_plot.recolor(plot, theme)
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
    """A bare plot of the desk's size."""
    plot = pg.PlotWidget(axisItems=bare_plot.axes())
    bare_plot.dress(plot, theme)
    return plot
