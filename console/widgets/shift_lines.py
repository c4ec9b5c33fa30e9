"""Alarm calls shift by shift: as they were and as tried, two lines."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.i18n import t
from console.theme import Theme

_LEFT: Final = 44.0
_RIGHT: Final = 132.0
_TOP: Final = 12.0
_FOOT: Final = 22.0
#: More points than this are told as means of several shifts.
_MOST: Final = 120
Calls = tuple[tuple[int, ...], float | None]


class ShiftLines(QWidget):
    """Painted when it is seen; each line has its name and last value at its end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._before: tuple[float, ...] = ()
        self._after: tuple[float, ...] = ()
        self._labels: tuple[str, ...] = ()
        self.together = 1
        self._mean = (0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(140)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(720, 200)

    def apply(self, before: Calls, after: Calls, days: tuple[str, ...]) -> None:
        """Calls of each shift with their mean, and the day each began, oldest
        first."""
        self.together = max(1, -(-len(before[0]) // _MOST))
        self._before, self._after = self._means(before[0]), self._means(after[0])
        self._mean = (before[1] or 0.0, after[1] or 0.0)
        self._labels = days[:: self.together]
        self.update()

    def _means(self, values: tuple[int, ...]) -> tuple[float, ...]:
        step = self.together
        parts = [values[at : at + step] for at in range(0, len(values), step)]
        return tuple(sum(part) / len(part) for part in parts)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis from zero, days below, names at the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _FOOT)
        if len(self._before) >= 2 and room.width() > 40:
            top = _round_up(max(*self._before, *self._after, 1.0))
            self._axis(painter, room, top)
            same = self._before == self._after
            self._line(
                painter, room, top, self._before, "muted", "" if same else t("ranking.whatif.before"), 0
            )
            name = t("ranking.whatif.both" if same else "ranking.whatif.after")
            self._line(painter, room, top, self._after, "accent", name, 1)
        painter.end()

    def _axis(self, painter: QPainter, room: QRectF, top: float) -> None:
        theme = self._theme
        painter.setFont(theme.font(12))
        for part in range(3):
            y = room.bottom() - room.height() * part / 2
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(theme.color("muted"))
            side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - 10, _LEFT - 6, 20), side, f"{top * part / 2:g}")
        count = max(1, int(room.width() // 84))
        step = max(1, len(self._labels) // count)
        for at in range(0, len(self._labels), step):
            x = room.left() + room.width() * at / max(1, len(self._labels) - 1)
            if x + 40 <= room.right() + 20:
                box = QRectF(x - 4, room.bottom() + 4, 80, _FOOT - 4)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), self._labels[at])

    def _line(
        self,
        painter: QPainter,
        room: QRectF,
        top: float,
        values: tuple[float, ...],
        tone: str,
        name: str,
        at: int,
    ) -> None:
        color: QColor = self._theme.color(tone)
        painter.setPen(QPen(color, 1.5 if at else 1.0))
        points = [
            QPointF(
                room.left() + room.width() * n / (len(values) - 1),
                room.bottom() - room.height() * value / top,
            )
            for n, value in enumerate(values)
        ]
        painter.drawPolyline(QPolygonF(points))
        if name:
            box = QRectF(room.right() + 8, room.top() + at * 40, _RIGHT - 10, 38)
            painter.setFont(self._theme.font(12))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), name)
            painter.setFont(self._theme.font(16, True))
            painter.drawText(
                box.adjusted(0, 16, 0, 0), int(Qt.AlignmentFlag.AlignLeft), f"{self._mean[at]:.1f}"
            )


def _round_up(value: float) -> float:
    """The next round number for an axis."""
    for top in (2, 4, 6, 10, 20, 40, 60, 100, 200, 400, 600, 1000, 2000, 4000, 10_000):
        if value <= top:
            return float(top)
    return value
