"""A table whose letters are keys: what the tables of documents, cameras, tests
and imports have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from console.theme import Theme

ROW: Final = 32


class KeyedTable(QTableView):
    """``asked(what)`` by one of ``keys`` or a double click (what Enter asks)."""

    asked = Signal(str)

    def __init__(
        self, theme: Theme, keys: Mapping[Qt.Key, str], *, cells: bool = False, several: bool = False
    ) -> None:
        """``cells``: one cell is chosen, not a row; ``several``: more than one row."""
        super().__init__()
        self._keys = keys
        way, mode = QAbstractItemView.SelectionBehavior, QAbstractItemView.SelectionMode
        self.setSelectionBehavior(way.SelectItems if cells else way.SelectRows)
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFont(theme.font(12))
        self.doubleClicked.connect(self._opened)
        theme.changed.connect(self.viewport().update)

    def asks(self, event: QEvent) -> str:
        """What a key of the table asks; empty for all other events."""
        if not isinstance(event, QKeyEvent):
            return ""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        return self._keys.get(Qt.Key(event.key()), "") if plain else ""

    def event(self, event: QEvent) -> bool:
        """The table's keys are its own while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and self.asks(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters ask, arrows walk."""
        what = self.asks(event)
        if what:
            self.asked.emit(what)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys."""

    @Slot(QModelIndex)
    def _opened(self, _index: QModelIndex) -> None:
        self.asked.emit(self._keys.get(Qt.Key.Key_Return, ""))
