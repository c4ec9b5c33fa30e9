"""What can be done to several chosen cases at once, under the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface

#: What is offered, with its key; texts ``board.several.<id>``.
DEEDS: Final = (
    ("note", "Shift+T"),
    ("urge", "Shift+U"),
    ("cameras", "Shift+C"),
    ("copy", "Ctrl+C"),
    ("export", "Shift+E"),
    ("print", "Shift+P"),
)


class SeveralBar(QWidget):
    """Seen while more than one row is chosen. ``wanted(deed)``;
    ``noted(text)`` when the one note for all was typed."""

    wanted = Signal(str)
    noted = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        surface(self, "accent")
        self._count = label(theme, "", 14, bold=True)
        self._buttons = {deed: button(theme, "", px=14) for deed, _keys in DEEDS}
        self.note = QLineEdit()
        self.note.setFont(theme.font(14))
        self._chosen = 0
        row = QHBoxLayout(self)
        spaced(row, 4, 8)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(self._count)
        row.addWidget(self.note, 1)
        for deed, made in self._buttons.items():
            made.setProperty("deed", deed)
            made.clicked.connect(self._pressed)
            row.addWidget(made)
        row.addStretch(0)
        self.note.hide()
        self.note.returnPressed.connect(self._send)
        self.hide()
        self.retranslate()

    @Slot(int)
    def set_chosen(self, count: int) -> None:
        """How many rows are chosen."""
        self._chosen = count
        self._count.setText(t("board.several.chosen", n=count))
        self.setVisible(count > 1)
        if count <= 1:
            self._close_note()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._count.setText(t("board.several.chosen", n=self._chosen))
        for deed, keys in DEEDS:
            words = t(f"board.several.{deed}")
            self._buttons[deed].setText(words)
            self._buttons[deed].setToolTip(f"{words} {keys}")
        self.note.setPlaceholderText(t("board.several.note_hint"))
        self.note.setAccessibleName(t("board.several.note_hint"))

    def ask_note(self) -> None:
        """One line for all of them; Enter sends it."""
        for made in self._buttons.values():
            made.hide()
        self.note.show()
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _close_note(self) -> None:
        self.note.hide()
        for made in self._buttons.values():
            made.show()

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.wanted.emit(str(sender.property("deed")))

    @Slot()
    def _send(self) -> None:
        text = self.note.text().strip()
        if text:
            self._close_note()
            self.note.clear()
            self.noted.emit(text)
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the note; what was typed stays for the next time."""
        if event.key() == Qt.Key.Key_Escape and not self.note.isHidden():
            self._close_note()
            self.left.emit()
            return
        super().keyPressEvent(event)
