"""A row of a table as a form: a field a line, saved with Enter."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.parts import button, clear, label, spaced

#: Fields beside each other.
_PAIRS = 2


class RowForm(QWidget):
    """``saved(texts by field)`` on Enter, ``left()`` on Esc."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._refusal: Refusal | None = None
        self._words: dict[str, QLabel] = {}
        self.fields: dict[str, QLineEdit] = {}
        self._title = label(theme, "", 16, bold=True)
        self._note = label(theme, "", 12, tone="muted", wrap=True)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._save = button(theme, "", "primary")
        self._cancel = button(theme, "")
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        spaced(self._grid, 0, 8)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inside)
        area.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        foot.addWidget(self._save)
        foot.addWidget(self._cancel)
        foot.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for one in (self._title, area, self._error):
            column.addWidget(one)
        column.addLayout(foot)
        column.addStretch(1)
        self._save.clicked.connect(self._send)
        self._cancel.clicked.connect(self.left)
        self.retranslate()

    def show_row(self, title: str, note: str, fields: Mapping[str, tuple[str, str]]) -> None:
        """Fill it: ``fields`` are ``name: (words, text)``."""
        self._title.setText(title)
        self._note.setText(note)
        self._refuse(None)
        clear(self._grid)
        self.fields, self._words = {}, {}
        for at, (name, (words, text)) in enumerate(fields.items()):
            made = QLineEdit(text)
            made.setFont(self._theme.font(14))
            made.setAccessibleName(words)
            made.returnPressed.connect(self._send)
            told = label(self._theme, words, 12, tone="muted")
            row, pair = divmod(at, _PAIRS)
            self._grid.addWidget(told, row, 2 * pair)
            self._grid.addWidget(made, row, 2 * pair + 1)
            self._grid.setColumnStretch(2 * pair + 1, 1)
            self.fields[name], self._words[name] = made, told
        # As high as its fields; more than there is room for are scrolled.
        self._inside.adjustSize()
        self._area.setMaximumHeight(self._grid.sizeHint().height() + 4)

    def take_focus(self) -> None:
        """The keyboard to the first field."""
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)
            first.selectAll()

    def refuse(self, refusal: Refusal) -> None:
        """What was typed cannot be; it stays typed."""
        self._refuse(refusal)

    def _refuse(self, refusal: Refusal | None) -> None:
        self._refusal = refusal
        self._error.setText(" ".join(explain(refusal)) if refusal is not None else "")
        self._error.setVisible(refusal is not None)

    def say(self, title: str, note: str, words: Mapping[str, str]) -> None:
        """The same row in another language; what is typed stays."""
        self._title.setText(title)
        self._note.setText(note)
        for name, told in self._words.items():
            told.setText(words.get(name, name))
            self.fields[name].setAccessibleName(told.text())

    def retranslate(self) -> None:
        """The buttons, and what is wrong."""
        self._refuse(self._refusal)
        self._save.setText(t("settings.save"))
        self._cancel.setText(t("desk.form.cancel"))

    @Slot()
    def _send(self) -> None:
        self._refuse(None)
        self.saved.emit({name: field.text() for name, field in self.fields.items()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)
