"""Cases by weekday and hour: seven rows of twenty-four cells."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.i18n import t
from console.services.ranking_math import Heat
from console.theme import Theme
from console.widgets.asking_keys import AskingKeys

_DAY_W: Final = 52
_HEAD: Final = 22
_MOST_H: Final = 44
_LEAST_H: Final = 26
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)
#: A share of misses is told from this many cases on.
_ENOUGH: Final = 5


class HeatTable(AskingKeys, QWidget):
    """``asked(what)`` by key; ``walked(cell)`` when another cell is chosen
    (weekday × 24 + hour). Shade and number are the cases of an average such
    day, or the share that broke the 15 minutes."""

    asked = Signal(str)
    walked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._heat: Heat | None = None
        self.late = False
        self.cell = 8
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Seven rows and a head."""
        return QSize(720, _HEAD + 7 * 40)

    def minimumSizeHint(self) -> QSize:
        """Cells may be narrow; their number then stays away."""
        return QSize(_DAY_W + 24 * 14, _HEAD + 7 * _LEAST_H)

    def apply(self, heat: Heat) -> None:
        """Take another period."""
        self._heat = heat
        self.update()

    def show_late(self, late: bool) -> None:
        """Cases, or the share of them that was late."""
        self.late = late
        self.update()

    def words(self, cell: int) -> str:
        """What a cell says, in words."""
        if self._heat is None:
            return ""
        day, hour = divmod(cell, 24)
        heat = self._heat
        n, of, missed = heat.cases[day][hour], heat.counted[day][hour], heat.missed[day][hour]
        facts = {"day": t(f"ranking.heat.day{day}"), "hour": f"{hour:02d}", "next": f"{(hour + 1) % 24:02d}"}
        return t("ranking.heat.cell", n=n, late=missed, of=of, days=heat.days[day], **facts)

    def value(self, cell: int) -> float | None:
        """Cases of an average such day, or the share that was late (0–1)."""
        if self._heat is None:
            return None
        day, hour = divmod(cell, 24)
        if self.late:
            of = self._heat.counted[day][hour]
            return self._heat.missed[day][hour] / of if of >= _ENOUGH else None
        days = self._heat.days[day]
        return self._heat.cases[day][hour] / days if days else None

    def box(self, cell: int) -> QRect:
        """Where a cell is painted."""
        day, hour = divmod(cell, 24)
        wide = (self.width() - _DAY_W) / 24
        high = min(_MOST_H, (self.height() - _HEAD) / 7)
        left, right = _DAY_W + hour * wide, _DAY_W + (hour + 1) * wide
        top, bottom = _HEAD + day * high, _HEAD + (day + 1) * high
        return QRect(round(left), round(top), round(right) - round(left) - 1, round(bottom) - round(top) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hours above, days at the left, cells shaded by their figure."""
        painter, theme = QPainter(self), self._theme
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("muted"))
        for hour in range(24):
            box = self.box(hour)
            painter.drawText(QRect(box.left(), 0, box.width(), _HEAD), _CENTER, f"{hour:02d}")
        for day in range(7):
            box = self.box(day * 24)
            side = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRect(0, box.top(), _DAY_W, box.height()), side, t(f"ranking.heat.day{day}"))
        values = [self.value(cell) for cell in range(168)]
        most = max((one for one in values if one is not None), default=0.0)
        for cell, value in enumerate(values):
            self._cell(painter, cell, value, most)
        painter.end()

    def _cell(self, painter: QPainter, cell: int, value: float | None, most: float) -> None:
        theme, box = self._theme, self.box(cell)
        painter.fillRect(box, theme.color("panel"))
        share = value / most if value and most else 0.0
        if share:
            painter.fillRect(box, theme.color("lamp.red" if self.late else "accent", 0.08 + 0.62 * share))
        if cell == self.cell:
            tone = "text" if self.hasFocus() else "muted"
            painter.setPen(QPen(theme.color(tone), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        words = self._short(value)
        if words and painter.fontMetrics().horizontalAdvance(words) <= box.width() - 2:
            painter.setPen(theme.color("text"))
            painter.drawText(box, _CENTER, words)

    def _short(self, value: float | None) -> str:
        if value is None:
            return ""
        if self.late:
            return f"{value * 100:.0f}"
        return f"{value:.1f}" if 0 < value < 10 else f"{value:.0f}"

    # -- choosing ----------------------------------------------------------------

    def choose(self, cell: int) -> None:
        """Walk to a cell."""
        if 0 <= cell < 168 and cell != self.cell:
            self.cell = cell
            self.update()
            self.walked.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, letters ask."""
        step = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -24,
            Qt.Key.Key_Down: 24,
        }.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            self.choose(self.cell + step)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        at = event.position().toPoint()
        found = next((cell for cell in range(168) if self.box(cell).contains(at)), -1)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.choose(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens."""
        self.mousePressEvent(event)
        self.asked.emit("cases")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The chosen cell is framed."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And is no more."""
        super().focusOutEvent(event)
        self.update()
