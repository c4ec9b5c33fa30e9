"""A table of lines, as the pages of shifts use it: filled anew without moving
the selection, walked and opened by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from console.theme import Theme
from console.widgets.plain_table import plain, titles_left

ROW_PX: Final = 28
_KEY: Final = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its key, its cells, and the role of its colour."""

    key: str
    cells: tuple[str, ...]
    tone: str = ""


class ShiftTable(QTableWidget):
    """``walked(key)`` when another row is current, ``opened(key)`` on Enter or a
    double click. ``widths`` in px; the column of width 0 takes what is left."""

    walked = Signal(str)
    opened = Signal(str)

    def __init__(self, theme: Theme, widths: Sequence[int]) -> None:
        super().__init__(0, len(widths))
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self.setFont(theme.font(14))
        plain(self, ROW_PX)
        header = titles_left(self)
        for column, width in enumerate(widths):
            if width:
                self.setColumnWidth(column, width)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.itemSelectionChanged.connect(self._walked)
        self.itemDoubleClicked.connect(self._opened)
        theme.changed.connect(self._paint)

    @property
    def current(self) -> str:
        """The key of the current row; empty without one."""
        row = self.currentRow()
        return self._lines[row].key if 0 <= row < len(self._lines) else ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def set_titles(self, titles: Sequence[str]) -> None:
        """The words above the columns."""
        self.setHorizontalHeaderLabels(list(titles))

    def fill(self, lines: Sequence[Line], *, follow_end: bool = False) -> None:
        """Show these. The current row stays current; ``follow_end``: who stood on
        the last one goes on standing there."""
        fresh = tuple(lines)
        if fresh == self._lines:
            return
        at_end = follow_end and self.currentRow() in (-1, len(self._lines) - 1)
        kept, self._lines = self.current, fresh
        self.blockSignals(True)
        self.setRowCount(len(fresh))
        for row, one in enumerate(fresh):
            for column, text in enumerate(one.cells):
                cell = self.item(row, column)
                if cell is None:
                    cell = QTableWidgetItem()
                    self.setItem(row, column, cell)
                cell.setText(text)
                cell.setToolTip(text)
                cell.setData(_KEY, one.key)
        self._paint()
        keys = [one.key for one in fresh]
        row = len(fresh) - 1 if at_end else keys.index(kept) if kept in keys else min(0, len(fresh) - 1)
        self.setCurrentCell(row, 0)
        self.blockSignals(False)
        if at_end and fresh:
            self.scrollToBottom()
        if self.current != kept:
            self.walked.emit(self.current)

    @Slot()
    def _paint(self) -> None:
        roles = {"": "text", "muted": "muted", "red": "lamp.red", "yellow": "lamp.yellow"}
        for row, one in enumerate(self._lines):
            for column in range(len(one.cells)):
                cell = self.item(row, column)
                if cell is not None:
                    cell.setForeground(self._theme.color(roles[one.tone]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; letters stay with the desk's own keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current:
                self.opened.emit(self.current)
            return
        walks = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
        if event.key() in (*walks, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
            return
        event.ignore()

    @Slot()
    def _walked(self) -> None:
        self.walked.emit(self.current)

    @Slot(object)
    def _opened(self, item: QTableWidgetItem) -> None:
        self.opened.emit(str(item.data(_KEY)))
