"""One live chart on its card: title, large figure, plot, and its keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models import live_charts
from console.models.live_charts import Chart
from console.services.live_view import LiveView
from console.theme import Theme
from console.widgets.parts import DataLabel, label, set_tone, spaced

if TYPE_CHECKING:
    from console.widgets.live_plots import LivePlot
    from console.widgets.team_bars import TeamBars

_LINE: Final = 15
_CHIP: Final = 7


class Rail(QWidget):
    """Words beside the bands they name, in the same order, none over another."""

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__()
        self._theme, self._scale = theme, scale
        self._font = theme.font(round(12 * scale))
        self._top = 1.0
        #: Number of the band, words, where it lies, of those that have something.
        self._told: list[tuple[int, str, float]] = []

    def draw(self, chart: Chart) -> None:
        """Name the last values of these bands."""
        self._told, self._top, below = [], chart.top, 0.0
        for n, band in enumerate(chart.bands):
            last = band.values[-1] if band.values else 0.0
            if last:
                self._told.append((n, f"{band.words} {last:.0f}", below + last / 2))
            below += last
        metrics = QFontMetrics(self._font)
        wide = max((metrics.horizontalAdvance(words) for _, words, _ in self._told), default=0)
        self.setFixedWidth(wide + round((_CHIP + 10) * self._scale))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A chip in the band's grey, its words, its value."""
        from console.widgets.live_plots import shade

        painter = QPainter(self)
        painter.setFont(self._font)
        scale, high = self._scale, _LINE * self._scale
        room = self.height() - 20 * scale
        chip, left = _CHIP * scale, (_CHIP + 8) * scale
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        for (n, words, _), y in zip(self._told, self._places(room, high), strict=True):
            painter.fillRect(QRectF(4, y + (high - chip) / 2, chip, chip), shade(self._theme, n))
            painter.setPen(self._theme.color("muted"))
            painter.drawText(QRectF(left, y, self.width(), high), middle, words)

    def _places(self, room: float, high: float) -> list[float]:
        """Where each line begins, from the lowest band up."""
        floor, places = room - high, []
        for _, _, centre in self._told:
            floor = min(room * (1 - centre / self._top) - high / 2, floor)
            places.append(floor)
            floor -= high
        shift = max(0.0, -min(places, default=0.0))
        return [y + shift for y in places]


class ChartCard(QFrame):
    """``chosen(chart id, point)`` when the cases of a point are wanted,
    ``pointed(chart id, point)`` when one is only looked at (-1: none)."""

    chosen = Signal(str, int)
    pointed = Signal(str, int)

    def __init__(self, theme: Theme, chart: str, scale: float = 1.0) -> None:
        super().__init__()
        self.setObjectName("card")
        self.chart_id = chart
        self._theme, self._scale = theme, scale
        self._chart: Chart | None = None
        self._drawn: LivePlot | TeamBars | None = None
        self._rail: Rail | None = None
        self._at = -1
        self._names: dict[str, str] = {}
        self._minutes = 15
        #: How often it was painted anew, for the tests.
        self.draws = 0
        self._title = label(theme, "", round(12 * scale), tone="muted")
        self._big = label(theme, "", round(28 * scale), bold=True)
        self._sub = DataLabel(theme, round(12 * scale), tone="muted")
        words = QVBoxLayout()
        spaced(words, 0, 0)
        words.addWidget(self._title)
        words.addWidget(self._sub)
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addLayout(words, 1)
        head.addWidget(self._big, 0, Qt.AlignmentFlag.AlignTop)
        self._body = QHBoxLayout()
        spaced(self._body, 0, 0)
        column = QVBoxLayout(self)
        spaced(column, round(8 * scale), round(4 * scale))
        column.addLayout(head)
        column.addLayout(self._body, 1)
        self.setMinimumHeight(round(168 * scale))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    @property
    def at(self) -> int:
        """The point that is looked at; -1 for none."""
        return self._at

    def set_names(self, names: dict[str, str]) -> None:
        """What teams are called."""
        self._names = dict(names)
        if self._drawn is not None and hasattr(self._drawn, "set_names"):
            self._drawn.set_names(self._names)

    def draw(self, chart: Chart, view: LiveView) -> None:
        """Paint a chart; called only while it can be seen."""
        self._chart = chart
        self._minutes = round(view.limits.get("total", 900.0) / 60)
        self._say()
        if self._drawn is None:
            self._drawn = self._make(chart)
        self.draws += 1
        self._drawn.draw(chart)
        if self._rail is not None:
            self._rail.draw(chart)
        if self._at >= len(chart.spots):
            self._point(-1)
        else:
            self._show_point()

    def word(self, chart: Chart) -> None:
        """Only the words of a chart that is painted already."""
        if self._drawn is not None:
            self._chart = chart
        self._say()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._say()

    def recolor(self) -> None:
        """The colours of the theme now."""
        if self._drawn is not None:
            self._drawn.recolor(self._theme)
        self.update()

    def _say(self) -> None:
        title = live_charts.title(self.chart_id, self._minutes)
        self._title.setText(title)
        self.setAccessibleName(title)
        chart = self._chart
        if chart is None:
            self._big.setText(t("common.time.none"))
            return
        self._big.setText(chart.big)
        self._sub.setText(" · ".join((chart.sub, *chart.names)))
        tone = "red" if chart.loud else "" if chart.enough else "muted"
        set_tone(self._big, tone)

    def _make(self, chart: Chart) -> LivePlot | TeamBars:
        from console.widgets.live_plots import plot_of
        from console.widgets.team_bars import TeamBars

        if chart.kind == "rows":
            rows = TeamBars(self._theme, self._scale)
            rows.set_names(self._names)
            rows.pressed.connect(self._row_pressed)
            self._body.addWidget(rows, 1)
            return rows
        plot = plot_of(chart.kind, self._theme, self._scale)
        plot.pressed.connect(self._pressed)
        self._body.addWidget(plot, 1)
        if chart.kind == "bands":
            self._rail = Rail(self._theme, self._scale)
            self._body.addWidget(self._rail)
        return plot

    # -- points --------------------------------------------------------------

    @Slot(int)
    def _row_pressed(self, row: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._point(row)
        self.chosen.emit(self.chart_id, row)

    @Slot(float, float)
    def _pressed(self, x: float, y: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = self._nearest(x, y)
        if at >= 0:
            self._point(at)
            self.chosen.emit(self.chart_id, at)

    def _nearest(self, x: float, y: float) -> int:
        chart = self._chart
        if chart is None or not chart.spots:
            return -1
        wide, high = max(chart.end - chart.begin, 1.0), max(chart.top, 1e-9)
        best, least = -1, float("inf")
        for n, spot in enumerate(chart.spots):
            away = abs(spot - x) / wide
            if chart.kind == "dots":
                away += abs(min(chart.dots[n].taken_s / 60, chart.top) - y) / high
            if away < least:
                best, least = n, away
        return best

    def step(self, by: int) -> None:
        """To the next point, from the newest on when none is looked at."""
        many = len(self._chart.spots) if self._chart is not None else 0
        if not many:
            return
        if self._at < 0:
            self._point(0 if by > 0 and self._chart is not None and self._chart.kind == "rows" else many - 1)
        else:
            self._point(max(0, min(many - 1, self._at + by)))

    def _point(self, at: int) -> None:
        if at == self._at:
            return
        self._at = at
        self._show_point()
        self.pointed.emit(self.chart_id, at)

    def _show_point(self) -> None:
        chart, at, drawn = self._chart, self._at, self._drawn
        if chart is None or drawn is None:
            return
        if chart.kind == "rows":
            drawn.choose(at)
        elif chart.kind == "dots":
            dot = chart.dots[at] if at >= 0 else None
            drawn.mark(dot.at if dot else None, dot.taken_s / 60 if dot else 0.0)  # type: ignore[union-attr]
        else:
            drawn.point_at(chart.spots[at] if at >= 0 else None)  # type: ignore[union-attr]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← → along the points, Enter for their cases, Esc lets them go."""
        key, rows = event.key(), self._chart is not None and self._chart.kind == "rows"
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(1 if key == Qt.Key.Key_Right else -1)
        elif rows and key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.step(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Home:
            self.step(-len(self._chart.spots) if self._chart is not None else 0)
        elif key == Qt.Key.Key_End:
            self.step(len(self._chart.spots) if self._chart is not None else 0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0:
            self.chosen.emit(self.chart_id, self._at)
        elif key == Qt.Key.Key_Escape and self._at >= 0:
            self._point(-1)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The keyboard comes here."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Framed, and its point is told."""
        super().focusInEvent(event)
        self.pointed.emit(self.chart_id, self._at)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The frame goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame of what has the keyboard."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self._theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
