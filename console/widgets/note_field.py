"""Several lines of free text: Enter sends, Shift+Enter is a new line."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit


def is_file(mime: QMimeData) -> bool:
    """True for files and pictures. Cells of a spreadsheet come as text and as
    a picture of themselves: that is text."""
    return mime.hasUrls() or (mime.hasImage() and not mime.hasText())


class NoteField(QPlainTextEdit):
    """``sent()`` on Enter; Tab moves on; a pasted picture or file is not text:
    ``brought(QMimeData)`` tells of it."""

    sent = Signal()
    brought = Signal(object)

    def __init__(self, height: int) -> None:
        """``height``: px."""
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends; with Ctrl it is left to whoever is around."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
                return
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.sent.emit()
                return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, pictures and files."""
        return source.hasText() or source.hasImage() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text goes in, all else is passed on."""
        if is_file(source):
            self.brought.emit(source)
        else:
            super().insertFromMimeData(source)
