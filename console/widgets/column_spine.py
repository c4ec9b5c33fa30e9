"""A column with nothing in it: its name on the narrow side."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.theme import Theme

WIDTH: Final = 32
_CENTER: Final = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


class ColumnSpine(QWidget):
    """``0`` and the name below it: Chinese from top to bottom, English turned."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = ""
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_words(self, name: str, hint: str) -> None:
        """The column's name; ``hint`` tells what will appear there."""
        self._name = name
        self.setToolTip(f"{name}\n{hint}")
        self.setAccessibleName(f"{name} 0")
        self.setAccessibleDescription(hint)
        self.update()

    def sizeHint(self) -> QSize:
        """As narrow as a row of text is high."""
        return QSize(WIDTH, 160)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw count and name."""
        painter = QPainter(self)
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font(14))
        painter.drawText(QRect(0, 0, self.width(), 24), _CENTER, "0")
        painter.setFont(self._theme.font(12))
        if _HAN.search(self._name):
            for at, sign in enumerate(self._name):
                painter.drawText(QRect(0, 32 + 18 * at, self.width(), 18), _CENTER, sign)
            return
        painter.translate(self.width() / 2, 32)
        painter.rotate(90)
        painter.drawText(
            QRect(0, -9, max(0, self.height() - 40), 18), int(Qt.AlignmentFlag.AlignLeft), self._name
        )
