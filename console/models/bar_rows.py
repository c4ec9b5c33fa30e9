"""Rows of figures with one bar each: rankings, places, causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 41
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on an axis of 0–1: from 0 to ``value`` (``dot``: only its end),
    with a whisker from ``low`` to ``high`` and a dashed line at ``mark``."""

    value: float | None
    low: float | None = None
    high: float | None = None
    mark: float | None = None
    dot: bool = False


@dataclass(frozen=True, slots=True)
class BarRow:
    """``cells`` as long as the columns; ``muted``: too few cases; ``flag`` is
    ``red``, ``black`` or empty and belongs to the second cell of a ranking."""

    key: str
    cells: tuple[str, ...]
    bar: Bar | None = None
    muted: bool = False
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: ``text``, ``figure`` (right, tabular), ``main`` (bold figure),
    ``bar`` or ``flag``. ``width`` px; 0 shares what is left by ``weight``."""

    title: str
    width: int
    kind: str = "text"
    weight: int = 2


class BarRows(QAbstractTableModel):
    """The rows shown; replaced as a whole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[BarRow, ...] = ()
        self.columns: tuple[Column, ...] = ()

    def apply(self, columns: Sequence[Column], rows: Sequence[BarRow]) -> None:
        """Take another table."""
        self.beginResetModel()
        self.columns, self.rows = tuple(columns), tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The row (``ROW_ROLE``), or the words of a cell."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return row.cells[index.column()]
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return row.cells[index.column()] or None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """Titles of columns."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == int(Qt.ItemDataRole.DisplayRole):
            return self.columns[section].title
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            right = self.columns[section].kind in ("figure", "main")
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def place_of(self, key: str) -> int:
        """The row of a key, -1 for none."""
        return next((at for at, row in enumerate(self.rows) if row.key == key), -1)
