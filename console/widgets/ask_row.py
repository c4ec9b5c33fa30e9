"""One question in a line of its own: a name, a file. Not a dialog: nothing waits
for it, and Esc takes it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, label, spaced


class AskRow(QWidget):
    """``answered(what, text)`` on Enter, ``left()`` when it is closed."""

    answered = Signal(str, str)
    left = Signal()

    def __init__(self, theme: Theme, narrow: bool = False) -> None:
        """``narrow``: the question stands in the field, Enter is the button."""
        super().__init__()
        self._what = self._key = ""
        self._narrow = narrow
        self._label = label(theme, "", 14, tone="muted")
        self.field = QLineEdit()
        self.field.setFont(theme.font(14))
        self._go = button(theme, "", "primary")
        row = QHBoxLayout(self)
        spaced(row, 0, 8)
        row.addWidget(self._label)
        row.addWidget(self.field, 1)
        row.addWidget(self._go)
        self._label.setVisible(not narrow)
        self._go.setVisible(not narrow)
        self.field.returnPressed.connect(self._answer)
        self._go.clicked.connect(self._answer)
        self.field.installEventFilter(self)
        self.hide()

    def ask(self, what: str, key: str, text: str) -> None:
        """Ask for ``what``, with the words of ``key`` and an answer to begin with."""
        self._what, self._key = what, key
        self.field.setText(text)
        self.retranslate()
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        if self._key:
            self._label.setText(t(self._key))
            self.field.setAccessibleName(t(self._key))
            self.field.setPlaceholderText(t(self._key) if self._narrow else "")
            self._go.setText(t("search.page.go"))

    def leave(self) -> None:
        """Close; what was typed is kept until the next question."""
        self.hide()
        self.left.emit()

    @Slot()
    def _answer(self) -> None:
        text = self.field.text().strip()
        if text:
            what = self._what
            self.leave()
            self.answered.emit(what, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes."""
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.leave()
            return True
        return False
