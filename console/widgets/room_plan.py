"""The monitors of this seat, drawn to scale as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.i18n import t
from console.models.room_rows import ScreenTile
from console.theme import Theme

_GAP: Final = 6
_PAD: Final = 10
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RoomPlan(QWidget):
    """``chosen(number)`` when a monitor is clicked."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._screens: tuple[ScreenTile, ...] = ()
        self._marked = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(196)
        theme.changed.connect(self.update)

    def tell(self, screens: Sequence[ScreenTile], marked: str) -> None:
        """The monitors, and the id of the one that is pointed at."""
        self._screens, self._marked = tuple(screens), marked
        words = (t("room.plan.one", number=s.number, name=s.name, what=s.title) for s in screens)
        self.setAccessibleName("; ".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(640, 196)

    def boxes(self) -> list[tuple[QRect, ScreenTile]]:
        """Where each monitor is drawn."""
        if not self._screens:
            return []
        left, top = min(s.x for s in self._screens), min(s.y for s in self._screens)
        wide = max(s.x + s.width for s in self._screens) - left
        high = max(s.y + s.height for s in self._screens) - top
        scale = min(self.width() / wide, self.height() / high)
        off = round((self.width() - wide * scale) / 2), round((self.height() - high * scale) / 2)
        out = []
        for one in self._screens:
            box = QRect(
                off[0] + round((one.x - left) * scale),
                off[1] + round((one.y - top) * scale),
                round(one.width * scale) - _GAP,
                round(one.height * scale) - _GAP,
            )
            out.append((box, one))
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        """Number large, then what stands there, then what monitor it is."""
        p = QPainter(self)
        for box, one in self.boxes():
            self._draw(p, box, one)

    def _draw(self, p: QPainter, box: QRect, one: ScreenTile) -> None:
        theme, marked = self._theme, one.id == self._marked
        p.fillRect(box, theme.color("raised"))
        p.setPen(QPen(theme.color("accent" if marked else "line"), 2 if marked else 1))
        p.drawRect(box.adjusted(0, 0, -1, -1))
        inner = box.adjusted(_PAD, 6, -_PAD, -6)
        number = 44 if inner.height() > 120 else 28
        p.setPen(theme.color("text"))
        p.setFont(theme.font(number, True))
        top = QRect(inner.left(), inner.top(), inner.width(), round(number * 1.25))
        p.drawText(top, _LEFT, str(one.number))
        if one.primary:
            p.setPen(theme.color("muted"))
            p.setFont(theme.font(12))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            p.drawText(top, right, t("room.plan.primary"))
        y = top.bottom() + 2
        lines = ((one.title or t("room.plan.empty"), 16, True, "text" if one.title else "muted"),
                 (one.name, 12, False, "muted"), (one.size, 12, False, "muted"))  # fmt: skip
        for words, px, bold, role in lines:
            high = round(px * 1.4)
            if y + high > inner.bottom() + 4:
                break
            font = theme.font(px, bold)
            p.setFont(font)
            p.setPen(theme.color(role))
            cut = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
            p.drawText(QRect(inner.left(), y, inner.width(), high), _LEFT, cut)
            y += high

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click points at a monitor."""
        at = event.position().toPoint()
        for box, one in self.boxes():
            if box.contains(at):
                self.chosen.emit(one.number)
