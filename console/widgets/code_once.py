"""A recovery code: shown once, then typed back from what was written down.

Nobody can read it again afterwards, so that it is worth the half minute.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, label, spaced

#: What is taken for one another on paper.
_SAME: Final = str.maketrans("OILU", "011V")


def plain(code: str) -> str:
    """A code as it was meant: without gaps, whatever the width and the case."""
    wide = unicodedata.normalize("NFKC", code).upper().translate(_SAME)
    return "".join(sign for sign in wide if sign.isalnum())


class CodeOnce(QWidget):
    """``confirmed()`` when the code was typed back."""

    confirmed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._code = ""
        self._typing = self._wrong = False
        self._words = label(theme, "", 14, wrap=True)
        self.shown = label(theme, "", 20, bold=True, wrap=True)
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.field = QLineEdit()
        self.field.setFont(theme.font(16))
        self.field.setMinimumHeight(36)
        self.field.setMaxLength(64)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self.go = button(theme, "", "primary", px=16, bold=True)
        self.go.setMinimumHeight(36)
        self._again = button(theme, "", "quiet")
        row = QHBoxLayout()
        spaced(row, 0, 8)
        row.addWidget(self.go, 1)
        row.addWidget(self._again)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for one in (self._words, self.shown, self.field, self._error):
            column.addWidget(one)
        column.addLayout(row)
        self.go.clicked.connect(self._onward)
        self.field.returnPressed.connect(self._onward)
        self._again.clicked.connect(self._back)
        self.retranslate()

    def show_code(self, code: str) -> None:
        """A new one to write down; empty forgets it."""
        self._code = code
        self._typing = self._wrong = False
        self.field.clear()
        self.retranslate()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._words.setText(t("people.code.type" if self._typing else "people.code.write"))
        self.shown.setText("" if self._typing else _two_lines(self._code))
        self.shown.setVisible(not self._typing)
        self.field.setVisible(self._typing)
        self.field.setAccessibleName(t("people.card.code_word"))
        self._error.setText(t("people.code.wrong") if self._wrong else "")
        self._error.setVisible(self._wrong)
        self.go.setText(t("people.code.check" if self._typing else "people.code.written"))
        self._again.setText(t("people.code.again"))
        self._again.setVisible(self._typing)

    @Slot()
    def _onward(self) -> None:
        if not self._typing:
            self._typing = True
            self.retranslate()
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif plain(self.field.text()) == plain(self._code):
            self.show_code("")
            self.confirmed.emit()
        else:
            self._wrong = True
            self.retranslate()
            self.field.selectAll()
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _back(self) -> None:
        self._typing = self._wrong = False
        self.retranslate()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)


def _two_lines(code: str) -> str:
    """Half of the groups on each line, so that none is torn."""
    groups = code.split("-")
    half = -(-len(groups) // 2)
    return "\n".join("-".join(part) for part in (groups[:half], groups[half:]) if part)
