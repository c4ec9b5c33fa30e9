"""The letter of an alarm, 高/中/低 or H/M/L; the one thing that may blink."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.domain.vocabulary import Severity
from console.models.wording import letter
from console.theme import Theme
from console.ticker import Ticker


class SeverityChip(QWidget):
    """A box of 28 px with the letter in it. It blinks by opacity, at the
    ticker's 1.5 Hz, never by colour."""

    def __init__(self, theme: Theme, ticker: Ticker, side: int = 28) -> None:
        super().__init__()
        self._theme = theme
        self._ticker = ticker
        self._severity: Severity | None = None
        self._blinking = False
        self.setFixedSize(side, side)
        ticker.blink.connect(self._on_blink)
        theme.changed.connect(self._on_theme)

    @property
    def blinking(self) -> bool:
        """True while it asks for attention."""
        return self._blinking

    def show_severity(self, severity: Severity | None, blinking: bool) -> None:
        """What to show, and whether nobody has acknowledged it yet."""
        self._severity = severity
        self._blinking = blinking and severity is not None
        self._ticker.want_blink(self, self._blinking)
        self.setAccessibleName(letter(severity) if severity is not None else "")
        self.update()

    def retranslate(self) -> None:
        """The letter in the language now."""
        self.show_severity(self._severity, self._blinking)

    @Slot(bool)
    def _on_blink(self, on: bool) -> None:
        if self._blinking:
            self.update()

    @Slot()
    def _on_theme(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled box while unacknowledged, an outlined one after."""
        if self._severity is None:
            return
        painter = QPainter(self)
        color = self._theme.severity(self._severity)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        low = self._blinking and self._ticker.opacity < 1.0
        if self._blinking:
            painter.setOpacity(self._ticker.opacity)
        painter.setPen(QPen(color, 1))
        painter.setBrush(color if self._blinking else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        # The letter is to be read in both halves of the blink.
        painter.setOpacity(1.0)
        painter.setPen(self._theme.color("text" if low else "on_accent") if self._blinking else color)
        painter.setFont(self._theme.font(16, True))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), letter(self._severity))
