"""The tiles of a wall as a list, for screen readers and tests.

The wall paints all tiles in one widget; this model says in words what is
painted: number, camera, state, case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

_ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TileRow:
    """What is said about one tile. ``camera`` is ``""`` for an empty one."""

    camera: str
    name: str
    spoken: str


class TileModel(QAbstractListModel):
    """One row a tile of the page shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TileRow] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Number of tiles."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, spoken text, or camera id (``UserRole``)."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.spoken
        if role == Qt.ItemDataRole.UserRole:
            return row.camera
        return None

    def show(self, rows: Sequence[TileRow]) -> None:
        """Take another page, or the same with other words; tells only what
        differs."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for i, row in enumerate(rows):
            if row != self._rows[i]:
                self._rows[i] = row
                at = self.index(i)
                self.dataChanged.emit(at, at)
