"""Usual answers below a field: ↓ and ↑ in the field go through them, a click
takes one; what stands in the field can be changed as ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.models.branch_words import Quick
from console.theme import Theme
from console.widgets.parts import button, clear, spaced

_ACROSS: Final = 3


class QuickLine(QLineEdit):
    """A line in which ↓ and ↑ fetch the usual answers. ``left()`` on Esc is
    the form's own."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: tuple[str, ...] = ()
        self._at = -1

    def offer(self, texts: Sequence[str]) -> None:
        """What ↓ goes through."""
        self._texts, self._at = tuple(texts), -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↓ the next one, ↑ the one before."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._texts:
            super().keyPressEvent(event)
            return
        if self._at < 0:
            self._at = 0 if step > 0 else len(self._texts) - 1
        else:
            self._at = (self._at + step) % len(self._texts)
        self.setText(self._texts[self._at])


class QuickRow(QWidget):
    """``chosen(text)``."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines = QVBoxLayout(self)
        spaced(self._lines, 0, 4)
        self.hide()

    def offer(self, rows: Sequence[Quick]) -> None:
        """Show these; none hides the row."""
        clear(self._lines)
        line: QHBoxLayout | None = None
        for at, one in enumerate(rows):
            made = button(self._theme, one.words, "quiet", px=12)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setProperty("text", one.words)
            made.setProperty("answer", one.text)
            made.clicked.connect(self._clicked)
            line = self._line() if line is None or at % _ACROSS == 0 else line
            line.insertWidget(line.count() - 1, made)
            made.show()
        self.setVisible(bool(rows))

    def _line(self) -> QHBoxLayout:
        """One more line of buttons, from the left."""
        holder = QWidget()
        line = QHBoxLayout(holder)
        spaced(line, 0, 4)
        line.addStretch(1)
        self._lines.addWidget(holder)
        holder.show()
        return line

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chosen.emit(str(sender.property("answer")))
