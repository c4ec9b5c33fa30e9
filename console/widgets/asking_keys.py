"""Letters that belong to a widget while it has the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


class AskingKeys:
    """Mixed into a widget with a signal ``asked(what)``: its :attr:`keys` are
    its own, so that no key of the desk is meant by them."""

    keys: Mapping[Qt.Key, str] = {}
    asked: Any

    def asks(self, event: QEvent) -> str:
        """What a key asks; empty for all other events."""
        if not isinstance(event, QKeyEvent):
            return ""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        return self.keys.get(Qt.Key(event.key()), "") if plain else ""

    def event(self, event: QEvent) -> bool:
        """Keep the keys from becoming shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and self.asks(event):
            event.accept()
            return True
        return bool(super().event(event))  # type: ignore[misc]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters ask; the rest is the widget's."""
        what = self.asks(event)
        if what:
            self.asked.emit(what)
            return
        super().keyPressEvent(event)  # type: ignore[misc]

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys."""
