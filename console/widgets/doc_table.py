"""A table of a report on the screen: typed cells, numbers at the right, letters
that are keys. What has no room on a narrow page is left out from the right; the
page says the chosen row in full below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from console.reports.report_doc import Cell, Column, Table, shown
from console.theme import Theme
from console.widgets.keyed_table import KeyedTable

Index = QModelIndex | QPersistentModelIndex
CELL: Final = int(Qt.ItemDataRole.UserRole)
_PAD: Final = 8
#: Pixels one unit of a column's width needs at least, and may grow to.
_LEAST: Final = 72
#: Where words are to be read whole: rows that are measured, and the widest column.
_LOOKED_AT: Final = 40
_MOST: Final = 176
_TONES: Final = {"muted": "muted", "bad": "lamp.red", "warn": "lamp.yellow", "good": "lamp.green"}
_DISPLAY: Final = int(Qt.ItemDataRole.DisplayRole)
_AT_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_AT_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class DocTableModel(QAbstractTableModel):
    """Rows of a table, those that pass a filter."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[Column, ...] = ()
        self._rows: tuple[tuple[Cell, ...], ...] = ()
        self._shown: list[int] = []

    def apply(self, table: Table, chosen: Sequence[int] | None = None) -> None:
        """Take a table; ``chosen``: the rows that are shown, by their place in it."""
        self.beginResetModel()
        self.columns, self._rows = table.columns, table.rows
        self._shown = list(range(len(table.rows))) if chosen is None else list(chosen)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Columns of the table."""
        return 0 if parent.isValid() else len(self.columns)

    def place(self, row: int) -> int:
        """A shown row's place in the table; −1 for none."""
        return self._shown[row] if 0 <= row < len(self._shown) else -1

    def row_of(self, place: int) -> int:
        """Where a row of the table is shown; −1 when it is not."""
        return self._shown.index(place) if place in self._shown else -1

    def cell(self, index: Index) -> Cell | None:
        """The typed cell."""
        place = self.place(index.row())
        return self._rows[place][index.column()] if place >= 0 else None

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        """Words, or the cell itself (``CELL``)."""
        cell = self.cell(index) if index.isValid() else None
        if cell is None:
            return None
        if role == CELL:
            return cell
        if role in (_DISPLAY, int(Qt.ItemDataRole.ToolTipRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return shown(cell)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        """Titles, aligned as their columns."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == _DISPLAY:
            return column.title
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return _AT_RIGHT if column.right else _AT_LEFT
        return None


class _Painter(QStyledItemDelegate):
    """Paints one cell."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground of the chosen row, its edge where the keyboard is, the words."""
        model, cell = index.model(), index.data(CELL)
        if not isinstance(model, DocTableModel) or not isinstance(cell, Cell):
            return
        theme = self._theme
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("panel"))
            painter.fillRect(option.rect, theme.color("accent", 0.14))
            view = self.parent()
            held = isinstance(view, QTableView) and view.hasFocus()
            if index.column() == 0 or (isinstance(view, DocTable) and view.by_cell):
                edge = option.rect.adjusted(0, 2, 3 - option.rect.width(), -2)
                painter.fillRect(edge, theme.color("accent" if held else "muted"))
        box = option.rect.adjusted(_PAD, 0, -_PAD, 0)
        font = theme.font(14, cell.tone in ("main", "heading"))
        words = QFontMetrics(font).elidedText(shown(cell), Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(font)
        painter.setPen(theme.color(_TONES.get(cell.tone, "text")))
        painter.drawText(box, _AT_RIGHT if model.columns[index.column()].right else _AT_LEFT, words)
        painter.restore()


class DocTable(KeyedTable):
    """``asked(what)`` by one of ``keys`` or a double click (what Enter asks),
    ``walked(place)`` when another row is current, −1 for none."""

    walked = Signal(int)

    def __init__(
        self, theme: Theme, keys: Mapping[Qt.Key, str], *, cells: bool = False, readable: bool = False
    ) -> None:
        """``cells``: one cell is chosen, not a row. ``readable``: what is shown
        can be read, rather than that all columns are there."""
        super().__init__(theme, keys, cells=cells)
        self._readable = readable
        self.by_cell = cells
        self._theme = theme
        self.source = DocTableModel()
        self.source.setParent(self)
        self.setModel(self.source)
        self.setItemDelegate(_Painter(theme, self))

    def apply(self, table: Table, chosen: Sequence[int] | None = None, keep: int = -1) -> None:
        """Show a table; the row at ``keep`` stays current, else the first is."""
        self.source.apply(table, chosen)
        self._fit()
        row = max(0, self.source.row_of(keep))
        if self.source.rowCount():
            self.setCurrentIndex(self.source.index(row, 0))
        else:
            self.walked.emit(-1)

    @property
    def place(self) -> int:
        """The current row's place in the table; −1 for none."""
        return self.source.place(self.currentIndex().row())

    def facts(self) -> list[tuple[str, str]]:
        """The current row in full: titles and words, without what is empty."""
        row = self.currentIndex().row()
        cells = [self.source.cell(self.source.index(row, at)) for at in range(self.source.columnCount())]
        told = zip(self.source.columns, cells, strict=True)
        return [(column.title, shown(cell)) for column, cell in told if cell is not None and shown(cell)]

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row it is."""
        super().currentChanged(current, previous)
        if current.row() != previous.row() or not previous.isValid():
            self.walked.emit(self.source.place(current.row()))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room there is goes to the columns by their widths."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        columns, room = self.source.columns, self.viewport().width()
        needs = [max(self._least(at), self._wish(at)) for at in range(len(columns))]
        kept = len(needs)
        while kept > 3 and sum(needs[:kept]) > room:
            kept -= 1
        spare = max(0, room - sum(needs[:kept]))
        whole = sum(column.width for column in columns[:kept]) or 1.0
        for at, column in enumerate(columns):
            self.setColumnHidden(at, at >= kept)
            if at < kept:
                self.setColumnWidth(at, needs[at] + int(spare * column.width / whole))

    def _wish(self, at: int) -> int:
        """What a column is to have before one at the right is left out."""
        if not self._readable:
            return int(self.source.columns[at].width * _LEAST)
        metrics = QFontMetrics(self._theme.font(14))
        rows = range(min(_LOOKED_AT, self.source.rowCount()))
        cells = (self.source.cell(self.source.index(row, at)) for row in rows)
        words = (metrics.horizontalAdvance(shown(cell)) for cell in cells if cell is not None)
        return min(_MOST, max(words, default=0) + 2 * _PAD + 4)

    def _least(self, at: int) -> int:
        """Times are never cut, nor is a title."""
        metrics = QFontMetrics(self.horizontalHeader().font())
        title = metrics.horizontalAdvance(self.source.columns[at].title) + 2 * _PAD + 8
        first = self.source.cell(self.source.index(0, at)) if self.source.rowCount() else None
        if first is not None and first.kind == "instant":
            font = QFontMetrics(self._theme.font(14))
            return max(title, font.horizontalAdvance("2026-11-21 22:22:22") + 2 * _PAD + 8)
        return title
