"""A card slides once when its stage changes; nothing else moves."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, QRect, Qt, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QWidget

SLIDE_MS: Final = 150


class CardSlide(QLabel):
    """A picture of the card on its way; it removes itself on arrival."""

    def __init__(self, picture: QPixmap, start: QRect, end: QPoint, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        self.setPixmap(picture)
        self.setGeometry(start)
        self._way = QPropertyAnimation(self, b"pos", self)
        self._way.setDuration(SLIDE_MS)
        self._way.setStartValue(start.topLeft())
        self._way.setEndValue(end)
        self._way.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._way.finished.connect(self._arrived)
        self.show()
        self._way.start()

    @Slot()
    def _arrived(self) -> None:
        self.hide()
        self.deleteLater()
