"""A table whose letters are keys: what the tables of documents, cameras, tests
and imports have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QTableView

from console.theme import Theme
from console.widgets.asking_keys import AskingKeys
from console.widgets.plain_table import plain

ROW: Final = 32


class KeyedTable(AskingKeys, QTableView):
    """``asked(what)`` by one of ``keys`` or a double click (what Enter asks)."""

    asked = Signal(str)

    def __init__(
        self, theme: Theme, keys: Mapping[Qt.Key, str], *, cells: bool = False, several: bool = False
    ) -> None:
        """``cells``: one cell is chosen, not a row; ``several``: more than one row."""
        super().__init__()
        self.keys = keys
        plain(self, ROW)
        if cells:
            self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        if several:
            self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.horizontalHeader().setFont(theme.font(12))
        self.doubleClicked.connect(self._opened)
        theme.changed.connect(self.viewport().update)

    @Slot(QModelIndex)
    def _opened(self, _index: QModelIndex) -> None:
        self.asked.emit(self.keys.get(Qt.Key.Key_Return, ""))
