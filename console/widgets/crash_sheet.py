"""How the last run ended, and what to do: a sheet over the page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from console.crash import CrashReport
from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface

_WIDE, _HIGH = 860, 560


class CrashSheet(QWidget):
    """Opened by a key, never by itself. Esc puts it away and ``seen(file)``."""

    seen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._page = theme, parent
        self.report: CrashReport | None = None
        self._back: QWidget | None = None
        self._title = label(theme, "", 18, bold=True, wrap=True)
        self._todo = label(theme, "", 14, wrap=True)
        self._where = label(theme, "", 12, tone="muted", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme.font(12))
        self.text.setTabChangesFocus(True)
        self.copy, self.close_knob = button(theme, "", "primary"), button(theme, "")
        self.copy.clicked.connect(self._copied)
        self.close_knob.clicked.connect(self.leave)
        card = surface(QWidget(), "panel")
        card.setMaximumSize(_WIDE, _HIGH)
        foot = QHBoxLayout()
        foot.addWidget(self._where, 1)
        foot.addWidget(self.copy)
        foot.addWidget(self.close_knob)
        body = QVBoxLayout(card)
        spaced(body, 24, 12)
        for one in (self._title, self._todo):
            body.addWidget(one)
        body.addWidget(self.text, 1)
        body.addLayout(foot)
        self._room = QVBoxLayout(self)
        self._room.addWidget(card)
        parent.installEventFilter(self)
        self.hide()

    def open(self, report: CrashReport) -> None:
        """Show a report."""
        self.report = report
        self._back = self.window().focusWidget()
        self.text.setPlainText(report.text)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        self.setGeometry(self._page.rect())
        side = max(24, (self.width() - _WIDE) // 2)
        edge = max(24, (self.height() - _HIGH) // 2)
        self._room.setContentsMargins(side, edge, side, edge)

    @Slot()
    def leave(self) -> None:
        """Put it away; the keyboard goes back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None
        if self.report is not None:
            self.seen.emit(self.report.file)

    @Slot()
    def _copied(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(t("care.crash.copied"))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        if self.report is None:
            return
        at = f"{self.report.at:%m-%d %H:%M}"
        self._title.setText(t(f"care.crash.title_{self.report.kind}", at=at))
        self._todo.setText(t(f"care.crash.todo_{self.report.kind}"))
        self._where.setText(self.report.file)
        self.copy.setText(t("care.crash.copy"))
        self.close_knob.setText(t("care.crash.close"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the page."""
        if watched is self._page and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies behind."""
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.8)
        QPainter(self).fillRect(self.rect(), ground)
