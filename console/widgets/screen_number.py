"""A big number on a monitor: which one it is, and what stands on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.i18n import t
from console.models.room_rows import ScreenTile
from console.theme import Theme

#: Its size and distance from the corner, px, and the digit's, px.
_WIDE, _HIGH, _EDGE = 380, 300, 32
_DIGIT: Final = 176
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)


class ScreenNumber(QWidget):
    """Lies above everything on its monitor and takes neither keyboard nor
    mouse."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            None,
            Qt.WindowType.ToolTip
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.BypassWindowManagerHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._theme = theme
        self._tile: ScreenTile | None = None

    def put(self, tile: ScreenTile) -> None:
        """Show on its monitor."""
        self._tile = tile
        wide, high = min(_WIDE, tile.width), min(_HIGH, tile.height)
        edge = _EDGE if tile.width > _WIDE + 2 * _EDGE and tile.height > _HIGH + 2 * _EDGE else 0
        self.setGeometry(tile.x + edge, tile.y + edge, wide, high)
        self.setAccessibleName(t("room.plan.one", number=tile.number, name=tile.name, what=tile.title))
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Digit, content, monitor."""
        tile, theme = self._tile, self._theme
        if tile is None:
            return
        p = QPainter(self)
        p.fillRect(self.rect(), theme.color("panel"))
        p.setPen(QPen(theme.color("accent"), 4))
        p.drawRect(self.rect().adjusted(2, 2, -2, -2))
        p.setPen(theme.color("text"))
        p.setFont(theme.font(_DIGIT, True))
        p.drawText(QRect(0, 4, self.width(), _DIGIT + 20), _CENTER, str(tile.number))
        y = _DIGIT + 24
        lines = ((tile.title or t("room.plan.empty"), 20, True, "text"), (tile.name, 14, False, "muted"),
                 (tile.size, 14, False, "muted"))  # fmt: skip
        for words, px, bold, role in lines:
            font = theme.font(px, bold)
            p.setFont(font)
            p.setPen(theme.color(role))
            room = QRect(16, y, self.width() - 32, round(px * 1.4))
            cut = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            p.drawText(room, _CENTER, cut)
            y += round(px * 1.45)
