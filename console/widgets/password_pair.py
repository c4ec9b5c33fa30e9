"""A new password, typed twice. What is wrong is said while it is typed; whether
the password is allowed is the service's word."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import label, spaced

_MOST: Final = 256


class PasswordPair(QWidget):
    """``entered()`` on Enter in the second field."""

    entered = Signal()

    def __init__(self, theme: Theme, px: int = 16) -> None:
        super().__init__()
        self.first, self.again = QLineEdit(), QLineEdit()
        self._words = (label(theme, "", 12, tone="muted"), label(theme, "", 12, tone="muted"))
        self._rule = label(theme, "", 12, tone="muted", wrap=True)
        self._wrong = label(theme, "", 14, tone="red", wrap=True)
        self._rules = 0
        self._differ = False
        column = QVBoxLayout(self)
        spaced(column, 0, 4)
        for words, field in zip(self._words, (self.first, self.again), strict=True):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setFont(theme.font(px))
            field.setMinimumHeight(36 if px > 14 else 28)
            field.setMaxLength(_MOST)
            column.addWidget(words)
            column.addWidget(field)
        column.addWidget(self._rule)
        column.addWidget(self._wrong)
        self.first.returnPressed.connect(self._onward)
        self.again.returnPressed.connect(self.entered)
        self.again.textChanged.connect(self._typed)
        self.first.textChanged.connect(self._typed)
        self.retranslate()

    def set_shortest(self, characters: int) -> None:
        """The length the site asks for; 0 says nothing."""
        self._rules = characters
        self.retranslate()

    def clear(self) -> None:
        """Both fields empty, nothing is wrong."""
        self.first.clear()
        self.again.clear()
        self._differ = False
        self.retranslate()

    def complete(self) -> bool:
        """Both are the same and not empty; says so where they are not, and
        gives the keyboard to what has to be typed."""
        same = self.first.text() == self.again.text()
        self._differ = not same
        self.retranslate()
        if not self.first.text():
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not same:
            self.again.setFocus(Qt.FocusReason.OtherFocusReason)
        return same and bool(self.first.text())

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for words, field, key in zip(
            self._words, (self.first, self.again), ("people.pair.first", "people.pair.again"), strict=True
        ):
            words.setText(t(key))
            field.setAccessibleName(t(key))
        self._rule.setText(t("people.pair.rule", n=self._rules) if self._rules else "")
        self._rule.setVisible(bool(self._rules))
        self._wrong.setText(t("people.pair.differ") if self._differ else "")
        self._wrong.setVisible(self._differ)

    @Slot()
    def _typed(self) -> None:
        """Wrong is told once the second one is no longer the beginning of the first."""
        differ = bool(self.again.text()) and not self.first.text().startswith(self.again.text())
        if differ != self._differ:
            self._differ = differ
            self.retranslate()

    @Slot()
    def _onward(self) -> None:
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)
