"""The plots of the live charts: items made once and only given data.

A module of its own, because it brings pyqtgraph with it (``later.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen

from console.models.live_charts import Bar, Chart
from console.theme import Theme
from console.widgets import bare_plot
from console.widgets.bare_plot import blend

#: A bar narrower than this carries no figure above it, px.
_NARROW: Final = 14
#: Room beyond the end of the axis, as a share of it.
_EDGE: Final = 0.015
#: How much of the room of its hour a bar takes.
_WIDE: Final = 0.8
#: Shades of grey for amounts that lie over each other: share of ``muted``.
SHADES: Final = (0.62, 0.42, 0.28, 0.52, 0.34, 0.22)
#: Where the words of a limit may stand, from the left, and how much of a
#: chart they cover.
_PLACES: Final = (0.02, 0.36, 0.7)
_WORDS_WIDE: Final = 0.28
_WORDS_HIGH: Final = 0.25
#: So many figures above bars at most.
_MOST_WORDS: Final = 26


class LivePlot(pg.PlotWidget):  # type: ignore[misc]
    """One chart along the time. ``pressed(x)``: a click at that instant, Unix
    seconds. Made by :func:`plot_of`."""

    pressed = Signal(float, float)

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__(axisItems=bare_plot.axes())
        bare_plot.dress(self, theme, scale)
        self._theme, self._scale = theme, scale
        self._chart: Chart | None = None
        self._before = self.plot([], [], skipFiniteCheck=True)
        self._before.setZValue(5)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setZValue(20)
        self._cursor.hide()
        self.addItem(self._cursor, ignoreBounds=True)
        self._lines: list[pg.InfiniteLine] = []
        self._breach = pg.LinearRegionItem((10, 1000), orientation="horizontal", movable=False)
        self._breach.setZValue(-20)
        self._breach.hide()
        self.addItem(self._breach, ignoreBounds=True)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def draw(self, chart: Chart) -> None:
        """Show this chart."""
        self._chart = chart
        # What happens now stands at the edge and is to be seen whole.
        wide = max(chart.end - chart.begin, 1.0)
        self.setXRange(chart.begin, chart.begin + wide * (1 + _EDGE), padding=0)
        self.setYRange(0, chart.top, padding=0)
        self._draw_lines(chart)
        times, values = chart.before
        self._before.setData(np.asarray(times, dtype=float), np.asarray(values, dtype=float))
        self._draw(chart)

    def point_at(self, x: float | None) -> None:
        """Stand the cursor at an instant, or take it away."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setValue(x)

    def recolor(self, theme: Theme) -> None:
        """The colours of the theme now."""
        bare_plot.recolor(self, theme, "panel")
        red = theme.color("lamp.red")
        self._before.setPen(self._pen(theme.color("muted"), Qt.PenStyle.DotLine))
        self._cursor.setPen(self._pen(theme.color("accent")))
        self._breach.setBrush(theme.color("lamp.red", 0.15))
        for edge in self._breach.lines:
            edge.setPen(pg.mkPen(None))
        for line in self._lines:
            self._dress_line(line)
        self._recolor(theme, red)
        if self._chart is not None:
            self.draw(self._chart)

    def _draw(self, chart: Chart) -> None:
        """The chart's own items."""

    def _recolor(self, theme: Theme, red: QColor) -> None:
        """The colours of its own items."""

    def _pen(self, color: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A pixel at a desk, more on a display that hangs far away."""
        pen: QPen = pg.mkPen(color, width=max(1, round(self._scale)), style=style)
        return pen

    def _dress_line(self, line: pg.InfiniteLine) -> None:
        muted = self._theme.color("muted")
        line.setPen(self._pen(muted, Qt.PenStyle.DashLine))
        line.label.setColor(muted)

    def _draw_lines(self, chart: Chart) -> None:
        while len(self._lines) < len(chart.lines):
            line = pg.InfiniteLine(
                angle=0, label=" ", labelOpts={"position": _PLACES[0], "anchors": [(0, 1), (0, 1)]}
            )
            line.label.setFont(self._theme.font(round(12 * self._scale)))
            self._dress_line(line)
            self.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        for line, told in zip(self._lines, chart.lines, strict=False):
            line.setValue(told.value)
            line.label.setFormat(told.words)
        self._breach.setVisible(chart.breach is not None)
        if chart.breach is not None:
            self._breach.setRegion((chart.breach, max(chart.top, chart.breach)))

    def _make_room(self, chart: Chart, points: Sequence[tuple[float, float]]) -> None:
        """The words of each line stand where the fewest points lie behind them."""
        wide = max(chart.end - chart.begin, 1.0)
        for line, told in zip(self._lines, chart.lines, strict=False):
            top = told.value + chart.top * _WORDS_HIGH
            near = [(x - chart.begin) / wide for x, y in points if told.value <= y <= top]
            hidden = [sum(place <= at <= place + _WORDS_WIDE for at in near) for place in _PLACES]
            line.label.setPosition(_PLACES[hidden.index(min(hidden))])

    @Slot(object)
    def _clicked(self, event: object) -> None:
        place: QPointF = event.scenePos()  # type: ignore[attr-defined]
        inside = self.getPlotItem().vb.mapSceneToView(place)
        self.pressed.emit(inside.x(), inside.y())


class BandsPlot(LivePlot):
    """Amounts that lie over each other, in shades of grey; their sum is the line."""

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__(theme, scale)
        self._bands: list[pg.PlotDataItem] = []
        self._sum = self.plot([], [], stepMode="left", skipFiniteCheck=True)
        self.recolor(theme)

    def _draw(self, chart: Chart) -> None:
        times = np.asarray(chart.times, dtype=float)
        while len(self._bands) < len(chart.bands):
            made = self.plot([], [], stepMode="left", fillLevel=0, skipFiniteCheck=True)
            made.setPen(pg.mkPen(None))
            self._bands.append(made)
        below = np.zeros(len(times))
        for n, item in enumerate(self._bands):
            shown = n < len(chart.bands)
            item.setVisible(shown)
            if shown:
                below = below + np.asarray(chart.bands[n].values, dtype=float)
                item.setZValue(-n - 1)
                item.setBrush(shade(self._theme, n))
                item.setData(times, below)
        self._sum.setData(times, below)

    def _recolor(self, theme: Theme, red: QColor) -> None:
        self._sum.setPen(self._pen(theme.color("text")))


class LinePlot(LivePlot):
    """One line of counts."""

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__(theme, scale)
        self._line = self.plot([], [], stepMode="left", skipFiniteCheck=True)
        self.recolor(theme)

    def _draw(self, chart: Chart) -> None:
        values = chart.bands[0].values if chart.bands else ()
        self._make_room(chart, list(zip(chart.times, values, strict=True)))
        self._line.setData(np.asarray(chart.times, dtype=float), np.asarray(values, dtype=float))

    def _recolor(self, theme: Theme, red: QColor) -> None:
        self._line.setPen(self._pen(theme.color("text")))


class DotsPlot(LivePlot):
    """Single times: kept ones are dots, broken ones crosses, those that go on
    triangles; what lies above the axis lies at its upper edge."""

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__(theme, scale)
        size = {"pen": None, "skipFiniteCheck": True}
        self._good = self.plot([], [], symbol="o", symbolSize=round(5 * scale), **size)
        self._late = self.plot([], [], symbol="x", symbolSize=round(8 * scale), **size)
        self._going = self.plot([], [], symbol="t1", symbolSize=round(9 * scale), **size)
        self._chosen = self.plot([], [], symbol="o", symbolSize=round(14 * scale), **size)
        self.recolor(theme)

    def _draw(self, chart: Chart) -> None:
        groups = (
            (self._good, [d for d in chart.dots if d.met]),
            (self._late, [d for d in chart.dots if not d.met and not d.running]),
            (self._going, [d for d in chart.dots if d.running]),
        )
        for item, dots in groups:
            x = np.array([dot.at for dot in dots], dtype=float)
            y = np.array([dot.taken_s / 60 for dot in dots], dtype=float)
            item.setData(x, np.minimum(y, chart.top * 0.97))
        self._make_room(chart, [(dot.at, dot.taken_s / 60) for dot in chart.dots])

    def mark(self, x: float | None, minutes: float = 0.0) -> None:
        """A ring around one of them."""
        top = self._chart.top * 0.97 if self._chart is not None else minutes
        self._chosen.setData([] if x is None else [x], [] if x is None else [min(minutes, top)])

    def _recolor(self, theme: Theme, red: QColor) -> None:
        muted = theme.color("muted")
        self._good.setSymbolBrush(muted)
        self._good.setSymbolPen(None)
        for item in (self._late, self._going):
            item.setSymbolBrush(red)
            item.setSymbolPen(None)
        self._chosen.setSymbolBrush(None)
        self._chosen.setSymbolPen(pg.mkPen(theme.color("accent"), width=2))


class BarsPlot(LivePlot):
    """Bars by hour with a figure above; those of too few cases are hollow."""

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__(theme, scale)
        self._bars: list[pg.BarGraphItem] = []
        self._words: list[pg.TextItem] = []
        self.getPlotItem().vb.sigResized.connect(self._resized)
        self.recolor(theme)

    def _draw(self, chart: Chart) -> None:
        for item in self._bars:
            self.removeItem(item)
        self._bars = []
        parts = max((len(bar.parts) for bar in chart.bars), default=0)
        for at in range(parts):
            full = [bar for bar in chart.bars if len(bar.parts) > at and bar.enough]
            self._add(full, at, shade(self._theme, at if parts > 1 else 0), None)
            few = [bar for bar in chart.bars if len(bar.parts) > at and not bar.enough]
            self._add(few, at, None, self._pen(self._theme.color("muted")))
        self._say(chart)

    def _add(self, bars: Sequence[Bar], at: int, brush: QColor | None, pen: QPen | None) -> None:
        if not bars:
            return
        spare = (1 - _WIDE) / 2
        item = pg.BarGraphItem(
            x0=[bar.begin + (bar.end - bar.begin) * spare for bar in bars],
            x1=[bar.end - (bar.end - bar.begin) * spare for bar in bars],
            y0=[sum(bar.parts[:at]) for bar in bars],
            y1=[sum(bar.parts[: at + 1]) for bar in bars],
            brush=brush,
            pen=pen or pg.mkPen(None),
        )
        item.setZValue(-5)
        self.addItem(item, ignoreBounds=True)
        self._bars.append(item)

    def _say(self, chart: Chart) -> None:
        told = [bar for bar in chart.bars if bar.words][:_MOST_WORDS]
        whole = max(chart.end - chart.begin, 1.0)
        width = chart.bars[0].end - chart.bars[0].begin if chart.bars else whole
        fits = self.getPlotItem().vb.width() * width / whole >= _NARROW * self._scale
        while len(self._words) < len(told):
            words = pg.TextItem("", anchor=(0.5, 1.0))
            words.setFont(self._theme.font(round(12 * self._scale)))
            self.addItem(words, ignoreBounds=True)
            self._words.append(words)
        for n, words in enumerate(self._words):
            words.setVisible(fits and n < len(told))
            if fits and n < len(told):
                words.setText(told[n].words, color=self._theme.color("muted"))
                words.setPos((told[n].begin + told[n].end) / 2, told[n].height)

    @Slot(object)
    def _resized(self, _box: object) -> None:
        """Figures above bars appear or go with the room."""
        if self._chart is not None:
            self._say(self._chart)


def shade(theme: Theme, at: int) -> QColor:
    """A grey for the ``at``-th of the amounts that lie over each other."""
    return blend(theme.color("panel"), theme.color("muted"), SHADES[at % len(SHADES)])


def plot_of(kind: str, theme: Theme, scale: float) -> LivePlot:
    """A plot for a kind of chart. Raises ``KeyError`` for one without a plot."""
    return {"bands": BandsPlot, "line": LinePlot, "dots": DotsPlot, "bars": BarsPlot}[kind](theme, scale)
