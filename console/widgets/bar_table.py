"""A table of figures with a bar in each row, read with the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from console.models.bar_rows import ROW_ROLE, Bar, BarRow, BarRows, Column
from console.theme import Theme
from console.widgets.asking_keys import AskingKeys
from console.widgets.asking_list import words
from console.widgets.plain_table import plain

ROW: Final = 32
_PAD: Final = 8
_DOT: Final = 3
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEAST: Final = 64


class BarDelegate(QStyledItemDelegate):
    """Paints one cell."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, line, and what the cell says."""
        row = index.data(ROW_ROLE)
        model = index.model()
        if not isinstance(row, BarRow) or not isinstance(model, BarRows):
            return
        theme, box = self._theme, option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("raised"))
            if index.column() == 0:
                painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.color("accent"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        column = model.columns[index.column()]
        inner = box.adjusted(_PAD, 0, -_PAD, -1)
        if column.kind == "bar":
            self._bar(painter, inner, row)
        elif column.kind == "flag":
            self._flag(painter, inner, row, row.cells[index.column()])
        else:
            self._words(painter, inner, row, column.kind, row.cells[index.column()])
        painter.restore()

    def _words(self, painter: QPainter, box: QRect, row: BarRow, kind: str, text: str) -> None:
        theme = self._theme
        color = theme.color("muted" if row.muted else "text")
        font = theme.font(14, kind == "main" and not row.muted)
        if kind in ("figure", "main"):
            painter.setFont(font)
            painter.setPen(color)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, _RIGHT, shown)
            return
        words(painter, box, text, font, color)

    def _flag(self, painter: QPainter, box: QRect, row: BarRow, text: str) -> None:
        """A pennant beside its words: filled for red, an outline for black."""
        if not row.flag:
            return
        theme = self._theme
        pole = QRect(box.left(), box.center().y() - 8, 2, 17)
        cloth = QRect(pole.right() + 1, pole.top(), 14, 9)
        painter.fillRect(pole, theme.color("text"))
        if row.flag == "red":
            painter.fillRect(cloth, theme.color("lamp.red"))
        else:
            painter.fillRect(cloth, theme.color("bg"))
            painter.setPen(QPen(theme.color("text"), 1))
            painter.drawRect(cloth.adjusted(0, 0, -1, -1))
            painter.fillRect(cloth.adjusted(3, 3, -3, -3), theme.color("text"))
        words(painter, box.adjusted(22, 0, 0, 0), text, theme.font(14, True), theme.color("text"))

    def _bar(self, painter: QPainter, box: QRect, row: BarRow) -> None:
        bar = row.bar
        if bar is None or box.width() <= 0:
            return
        color = self._theme.color("muted" if row.muted else "accent")
        middle = box.center().y()
        if bar.mark is not None:
            painter.setPen(QPen(self._theme.color("muted"), 1, Qt.PenStyle.DashLine))
            x = _at(box, bar.mark)
            painter.drawLine(x, box.top(), x, box.bottom())
        if bar.value is not None and not bar.dot:
            painter.fillRect(QRect(box.left(), middle - 6, _at(box, bar.value) - box.left(), 13), color)
        self._whisker(painter, box, bar, color)

    def _whisker(self, painter: QPainter, box: QRect, bar: Bar, color: QColor) -> None:
        middle = box.center().y()
        if bar.low is not None and bar.high is not None:
            painter.setPen(QPen(color, 2))
            low, high = _at(box, bar.low), _at(box, bar.high)
            painter.drawLine(low, middle, high, middle)
            for x in (low, high):
                painter.drawLine(x, middle - 4, x, middle + 4)
        if bar.value is not None and bar.dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("text"))
            x = _at(box, bar.value)
            painter.drawEllipse(QRect(x - _DOT - 1, middle - _DOT - 1, 2 * _DOT + 3, 2 * _DOT + 3))


def _at(box: QRect, share: float) -> int:
    return box.left() + round(min(1.0, max(0.0, share)) * (box.width() - 1))


class BarTable(AskingKeys, QTableView):
    """``asked(what)`` by key or double click (``cases``)."""

    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.source = BarRows(self)
        self._painter = BarDelegate(theme)
        self._painter.setParent(self)
        self.setModel(self.source)
        self.setItemDelegate(self._painter)
        self.setFont(theme.font(14))
        plain(self, ROW)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setFont(theme.font(12))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        self.doubleClicked.connect(self._opened)
        theme.changed.connect(self.viewport().update)

    def apply(self, columns: Sequence[Column], rows: Sequence[BarRow]) -> None:
        """Take another table; the chosen row stays by its key."""
        kept = self.current
        self.source.apply(columns, rows)
        self._widths()
        if rows:
            place = self.source.place_of(kept.key) if kept is not None else 0
            self.setCurrentIndex(self.source.index(max(0, place), 0))

    @property
    def current(self) -> BarRow | None:
        """The chosen row."""
        at = self.currentIndex().row()
        return self.source.rows[at] if 0 <= at < len(self.source.rows) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns without a width share what is left."""
        super().resizeEvent(event)
        self._widths()

    def _widths(self) -> None:
        columns = self.source.columns
        weights = sum(column.weight for column in columns if not column.width)
        left = self.viewport().width() - sum(column.width for column in columns)
        for at, column in enumerate(columns):
            share = left * column.weight // weights if weights else 0
            self.setColumnWidth(at, column.width or max(_LEAST, share))

    @Slot(QModelIndex)
    def _opened(self, _index: QModelIndex) -> None:
        self.asked.emit("cases")
