"""What each team has in hand: bars beside names, the overdue part at their end."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.i18n import t
from console.models.live_charts import Chart
from console.theme import Theme
from console.widgets.bare_plot import blend

_ROW: Final = 22
#: Names take so much of the width at most.
_NAMES: Final = 0.4
_FIGURES: Final = 96


class TeamBars(QWidget):
    """Rows of a chart of the kind ``rows``; ``pressed(row)``."""

    pressed = Signal(int)

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__()
        self._theme, self._scale = theme, scale
        self._chart: Chart | None = None
        self._names: dict[str, str] = {}
        self._chosen = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def draw(self, chart: Chart) -> None:
        """Show these rows, as many as there is room for."""
        self._chart = chart
        self.update()

    def set_names(self, names: dict[str, str]) -> None:
        """What teams are called."""
        self._names = dict(names)
        self.update()

    def choose(self, row: int) -> None:
        """Frame a row; -1 for none."""
        self._chosen = row
        self.update()

    def recolor(self, _theme: Theme) -> None:
        """The colours of the theme now."""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A row is chosen."""
        row = int(event.position().y() // (_ROW * self._scale))
        if self._chart is not None and 0 <= row < min(len(self._chart.rows), self._room()):
            self.pressed.emit(row)

    def _room(self) -> int:
        return max(1, int(self.height() // (_ROW * self._scale)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name, bar, figures; a line where it was last week."""
        painter = QPainter(self)
        painter.setFont(self._theme.font(round(12 * self._scale)))
        if self._chart is None or not self._chart.rows:
            painter.setPen(self._theme.color("muted"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), t("live.teams.none"))
            return
        room = self._room()
        rows = self._chart.rows[:room]
        for n in range(len(rows)):
            self._row(painter, n)

    def _left(self, painter: QPainter) -> float:
        assert self._chart is not None
        metrics = painter.fontMetrics()
        names = [self._names.get(row.key, row.key) for row in self._chart.rows]
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return min(longest + 12 * self._scale, self.width() * _NAMES)

    def _row(self, painter: QPainter, n: int) -> None:
        chart, theme, scale = self._chart, self._theme, self._scale
        assert chart is not None
        row = chart.rows[n]
        high = _ROW * scale
        top, left = n * high, self._left(painter)
        wide = max(8.0, self.width() - left - _FIGURES * scale)
        name = painter.fontMetrics().elidedText(
            self._names.get(row.key, row.key), Qt.TextElideMode.ElideRight, int(left - 8)
        )
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(0, top, left - 8, high), middle, name)
        each = wide / max(chart.top, 1.0)
        bar = QRectF(left, top + high * 0.25, each * row.busy, high * 0.5)
        painter.fillRect(bar, blend(theme.color("panel"), theme.color("muted"), 0.62))
        if row.overdue:
            over = QRectF(bar.right() - each * row.overdue, bar.top(), each * row.overdue, bar.height())
            painter.fillRect(over, theme.color("lamp.red"))
        if row.before is not None:
            painter.setPen(QPen(theme.color("muted"), max(1.0, scale), Qt.PenStyle.DotLine))
            x = left + each * row.before
            painter.drawLine(int(x), int(top + high * 0.1), int(x), int(top + high * 0.9))
        words = str(row.busy)
        painter.setPen(theme.color("text"))
        after = QRectF(bar.right() + 6, top, self.width() - bar.right() - 6, high)
        painter.drawText(after, middle, words)
        if row.overdue:
            after.adjust(painter.fontMetrics().horizontalAdvance(words) + 8, 0, 0, 0)
            painter.setPen(theme.color("lamp.red"))
            painter.drawText(after, middle, t("live.teams.over_short", n=row.overdue))
        if n == self._chosen:
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(QRectF(0, top, self.width() - 1, high - 1))
