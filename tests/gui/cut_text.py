"""Finds texts that have no room: walks what is visible and measures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListWidget, QWidget

from console.widgets.parts import DataLabel

#: Pixels a font engine may round by.
SLACK = 1


def cut_texts(root: QWidget) -> list[str]:
    """One line per visible label, button or placeholder whose text is wider or
    higher than its room. Names people gave (``DataLabel``) may be shortened
    and are whole in their tool tip."""
    found: list[str] = []
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        line = _cut(widget)
        if line:
            found.append(line)
    return found


def _cut(widget: QWidget) -> str:
    if isinstance(widget, DataLabel):
        return "" if widget.toolTip() == widget.text() else f"no tool tip: {widget.text()!r}"
    if isinstance(widget, QLabel):
        return _label(widget)
    if isinstance(widget, QAbstractButton) and widget.text():
        need = widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, widget.text())
        room = widget.contentsRect()
        if need.width() > room.width() + SLACK or need.height() > room.height() + SLACK:
            sizes = f"needs {need.width()}x{need.height()} has {room.width()}x{room.height()}"
            return f"button {widget.text()!r} {sizes}"
    if isinstance(widget, QLineEdit) and widget.placeholderText() and not widget.text():
        need = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
        if need > widget.width() - 12:
            return f"placeholder {widget.placeholderText()!r} needs {need} has {widget.width() - 12}"
    if isinstance(widget, QListWidget):
        return ""  # rows shorten with an ellipsis and carry a tool tip
    return ""


def _label(widget: QLabel) -> str:
    text, room = widget.text(), widget.contentsRect()
    if not text:
        return ""
    if widget.wordWrap():
        box = widget.fontMetrics().boundingRect(
            room.adjusted(0, 0, 0, 10000), int(Qt.TextFlag.TextWordWrap), text
        )
        need_w, need_h = box.width(), box.height()
    else:
        need_w, need_h = widget.fontMetrics().horizontalAdvance(text), widget.fontMetrics().height()
    if need_w > room.width() + SLACK or need_h > room.height() + SLACK:
        return f"label {text!r} needs {need_w}x{need_h} has {room.width()}x{room.height()}"
    shown = widget.visibleRegion().boundingRect()
    if shown.width() + SLACK < min(room.width(), need_w):
        return f"label {text!r} lies outside its parent"
    return ""
