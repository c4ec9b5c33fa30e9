"""Makes a window darker for the night."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget


class Dimmer(QWidget):
    """Lies over everything in its window; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._percent = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        window.installEventFilter(self)
        self.hide()

    @property
    def percent(self) -> int:
        """How much light is taken away, 0–100."""
        return self._percent

    def set_percent(self, percent: int) -> None:
        """0 takes it away."""
        if percent == self._percent:
            return
        self._percent = percent
        self.setVisible(percent > 0)
        if percent:
            self._cover()
            self.update()

    def _cover(self) -> None:
        self.setGeometry(self._window.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the window, above whatever was put into it since."""
        if self._percent and event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded):
            self._cover()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Black, as much of it as was asked for."""
        QPainter(self).fillRect(event.rect(), QColor(0, 0, 0, round(2.55 * self._percent)))
