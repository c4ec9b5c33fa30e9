"""Rows that are replaced as a whole and change in place where they can, so that
selection, scroll position and keyboard stay where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


class KeptRows(QAbstractListModel):
    """``role`` gives the row itself; :meth:`key_of` and :meth:`spoken` say by
    what a row is known and what a screen reader says of it."""

    role = int(Qt.ItemDataRole.UserRole)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Any] = []

    def key_of(self, row: Any) -> object:
        """What stays the same of a row while its facts change."""
        return row

    def spoken(self, row: Any) -> str:
        """The row in words."""
        return str(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Rows that are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The row (``role``) and its words for screen readers."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == self.role:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return self.spoken(row)
        return None

    def at(self, place: int) -> Any:
        """The row at a place of the list, ``None`` beyond its ends."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, key: object) -> int:
        """The place of the row known by ``key``, or -1."""
        return next((at for at, row in enumerate(self._rows) if self.key_of(row) == key), -1)

    def take(self, rows: Sequence[Any]) -> None:
        """Show these; the same ones in the same order change in place."""
        if self._keys(rows) != self._keys(self._rows):
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for at, row in enumerate(rows):
            if row != self._rows[at]:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))

    def _keys(self, rows: Iterable[Any]) -> list[object]:
        return [self.key_of(row) for row in rows]
