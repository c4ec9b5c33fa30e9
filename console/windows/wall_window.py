"""A wall that fills one monitor."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.i18n import t
from console.widgets import parts
from console.widgets.focus_view import Focus, Unfocus
from console.widgets.lock_veil import Veil
from console.widgets.pulse_line import PulseLine
from console.widgets.sight import Sight
from console.widgets.wall_pane import WallPane


class WallWindow(QWidget):
    """``key`` is the window's name in the placement (``wall-1``); the content
    is :attr:`pane`, whose signals the composition root connects."""

    closing = Signal(str)
    """The officer closed this wall."""

    def __init__(
        self,
        key: str,
        sight: Sight,
        focus: Focus,
        unfocus: Unfocus,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.key = key
        parts.surface(self, "bg")
        self.pane = WallPane(sight, focus, unfocus, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        # Silence must never look like calm: on the walls too.
        self.pulse = PulseLine(sight.theme, sight.ticker)
        column.addWidget(self.pulse)
        column.addWidget(self.pane, 1)
        self.resize(1280, 760)
        self.setFocusProxy(self.pane)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the language of the process."""
        title = t("wall.wall.title", number=self.key.rpartition("-")[2])
        self.setWindowTitle(title)
        self.pane.bar.set_title(title)
        self.pulse.retranslate()
        self.pane.retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F11 leaves and fills the monitor."""
        if event.key() == Qt.Key.Key_F11:
            if self.isFullScreen():
                self.showNormal()
            else:
                self.showFullScreen()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so; the composition root decides what becomes of the place. Under
        the veil of a locked desk it stays, unless the program itself puts it
        away, which then listens no more."""
        veil = self.pane.findChild(Veil)
        if veil is not None and veil.isVisible() and not self.signalsBlocked():
            event.ignore()
            veil.pressed.emit()
            return
        self.closing.emit(self.key)
        super().closeEvent(event)
