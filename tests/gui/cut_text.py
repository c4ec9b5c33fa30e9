"""Finds texts that have no room: walks what is visible and measures."""

from __future__ import annotations

import re

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


#: A key of a text that was never filled in: ``board.filter.on``.
_KEY = re.compile(r"^[a-z_]+(\.[a-z0-9_]+){1,3}$")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def shown_texts(root: QWidget) -> dict[int, str]:
    """Fixed texts that can be seen, by the widget that shows them; names people
    gave (``DataLabel``) are left out."""
    found: dict[int, str] = {}
    for one in (root, *root.findChildren(QWidget)):
        if not one.isVisible() or one.visibleRegion().isEmpty() or isinstance(one, DataLabel):
            continue
        if isinstance(one, QLabel | QAbstractButton):
            found[id(one)] = one.text()
        elif isinstance(one, QLineEdit):
            found[id(one)] = one.placeholderText()
    return {key: text for key, text in found.items() if text}


def bare_keys(root: QWidget) -> list[str]:
    """Texts that are keys of the catalogue instead of words."""
    return [text for text in shown_texts(root).values() if _KEY.match(text) and "." in text]


def left_in_chinese(zh: dict[int, str], en: dict[int, str]) -> list[str]:
    """Texts that are the same Chinese words in both languages: nobody told the
    widget. What people called something is Chinese in both, but alone."""
    return sorted({text for key, text in en.items() if _HAN.search(text) and zh.get(key) == text})


def overlapping(root: QWidget) -> list[str]:
    """Pairs of labels or buttons side by side in one parent that lie over each
    other."""
    kinds = (QLabel, QAbstractButton, QLineEdit)
    groups: dict[int, list[QWidget]] = {}
    for one in root.findChildren(QWidget):
        if isinstance(one, kinds) and one.isVisible() and not one.visibleRegion().isEmpty():
            groups.setdefault(id(one.parentWidget()), []).append(one)
    found: list[str] = []
    for members in groups.values():
        for at, one in enumerate(members):
            for other in members[at + 1 :]:
                both = one.geometry().intersected(other.geometry())
                if both.width() > SLACK and both.height() > SLACK and _said(one) and _said(other):
                    found.append(f"{_said(one)!r} over {_said(other)!r}")
    return found


def _said(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    return widget.placeholderText() if isinstance(widget, QLineEdit) else ""
