"""A page of the desk on a display of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import t
from console.services.views import Pulse
from console.theme import Theme
from console.ticker import Ticker
from console.widgets import parts
from console.widgets.lock_veil import Veil
from console.widgets.parts import EDGE, label, spaced
from console.widgets.pulse_line import PulseLine


class PageWindow(QWidget):
    """``key`` is its name in the placement (``show-map``), ``page`` the page's.
    While nobody is signed in it shows a sentence instead of the page; a page to
    watch by (``seen`` while locked) stays. Neither takes a key or a click then:
    ``pressed()`` when somebody tried."""

    closing = Signal(str)
    """Its window was closed: the page goes back to the desk."""
    pressed = Signal()

    def __init__(self, key: str, page: str, theme: Theme, ticker: Ticker) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.key, self.page = key, page
        self._held: QWidget | None = None
        parts.surface(self, "bg")
        self.pulse = PulseLine(theme, ticker)
        self._title = label(theme, "", 16, bold=True)
        self._way_back = label(theme, "", 12, tone="muted")
        self._locked = label(theme, "", 20, tone="muted", wrap=True)
        self._locked.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._locked)
        head = QHBoxLayout()
        spaced(head, 0, 16)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._way_back)
        body = QVBoxLayout()
        spaced(body, EDGE, 8)
        body.setContentsMargins(EDGE, 8, EDGE, 12)
        body.addLayout(head)
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        spaced(column, 0, 0)
        # Silence must never look like calm: here too.
        column.addWidget(self.pulse)
        column.addLayout(body, 1)
        self.veil = Veil(self)
        self.veil.pressed.connect(self.pressed)
        self._is_locked = False
        self.resize(1280, 760)
        self.retranslate()

    def hold(self, widget: QWidget) -> None:
        """Show ``widget``, lent by the desk or made for this window."""
        self._held = widget
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget)

    def let_go(self) -> QWidget | None:
        """Give it back; it belongs to nobody then."""
        held, self._held = self._held, None
        if held is not None:
            self.setFocusProxy(None)  # type: ignore[arg-type]
            self._stack.removeWidget(held)
        return held

    def set_locked(self, locked: bool, *, seen: bool = False) -> None:
        """Nobody is signed in: the page is covered, with ``seen`` by the veil
        alone, and nothing here can be pressed."""
        shown = self._held if seen or not locked else None
        self._stack.setCurrentWidget(self._locked if shown is None else shown)
        if locked and (self.veil.isHidden() or self.focusWidget() is not self.veil):
            self.veil.cover()
        elif not locked and not self.veil.isHidden():
            self.veil.hide()
            if self._held is not None:
                self._held.setFocus(Qt.FocusReason.OtherFocusReason)
        self._is_locked = locked

    def take_pulse(self, pulse: Pulse) -> None:
        """The heart of the program beat."""
        self.pulse.take(pulse)

    def retranslate(self) -> None:
        """Take the language of the process; the page is told by itself."""
        title = t(f"pages.{self.page}")
        self.setWindowTitle(title)
        self._title.setText(title)
        self._way_back.setText(t("room.page.way_back"))
        self._locked.setText(t("room.page.locked", page=title))
        self.pulse.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so; the page is not lost with its window. While locked it stays,
        unless the program itself puts it away, which then listens no more."""
        if self._is_locked and not self.signalsBlocked():
            event.ignore()
            self.pressed.emit()
            return
        self.closing.emit(self.key)
        super().closeEvent(event)
