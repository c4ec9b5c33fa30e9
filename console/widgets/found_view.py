"""The table of a search: rows come as they are scrolled to, what was typed is
lit where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from console.i18n import t
from console.models.found_table import FoundTableModel
from console.theme import Theme
from console.widgets.plain_table import plain, titles_left

_WIDTHS = (68, 136, 80, 136, 160, 96, 120)
#: Which share of the room beyond these widths a column gets.
_SHARES = (0.0, 0.0, 0.0, 0.15, 0.35, 0.1, 0.4)
_ROW = 32
_PAD = 8


def lit(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand in a text: ``(from, to)``, in order, joined where they
    touch; letters in either case."""
    marks: list[list[int]] = []
    found = sorted(
        (match.start(), match.end())
        for word in words
        if word
        for match in re.finditer(re.escape(word), text, re.IGNORECASE)
    )
    for first, last in found:
        if marks and first <= marks[-1][1]:
            marks[-1][1] = max(marks[-1][1], last)
        else:
            marks.append([first, last])
    return [(first, last) for first, last in marks]


class _Lit(QStyledItemDelegate):
    """Paints a cell with the words of the search lit."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.words: tuple[str, ...] = ()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, marks, text cut at the right."""
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("raised"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(
                option.rect.adjusted(0, 4, 2 - option.rect.width(), -4), self._theme.color("accent")
            )
        box = option.rect.adjusted(_PAD, 0, -_PAD, 0)
        font = self._theme.font(14, index.column() == 0)
        metrics = QFontMetrics(font)
        text = metrics.elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, box.width())
        for first, last in lit(text, self.words):
            left = box.left() + metrics.horizontalAdvance(text[:first])
            width = metrics.horizontalAdvance(text[first:last])
            top = box.center().y() - metrics.height() // 2
            painter.fillRect(
                left - 1, top, width + 2, metrics.height() + 1, self._theme.color("accent", 0.35)
            )
        painter.setFont(font)
        painter.setPen(self._theme.color("text" if index.column() != 1 else "muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.restore()


class FoundView(QTableView):
    """``chosen(case id)`` on Enter or a double click, ``looked(case id)`` when
    the current row changes, ``typed(text)`` when letters are to go to the
    field, ``up()`` above the first row."""

    chosen = Signal(str)
    looked = Signal(str)
    typed = Signal(str)
    up = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.found = FoundTableModel(self)
        self._lit = _Lit(theme, self)
        self.setModel(self.found)
        self.setItemDelegate(self._lit)
        plain(self, _ROW)
        titles_left(self).setStretchLastSection(True)
        self.doubleClicked.connect(self._open)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("search.results"))
        self.found.retranslate()

    def light(self, words: Sequence[str]) -> None:
        """Light these words from now on."""
        self._lit.words = tuple(words)
        self.viewport().update()

    def current_id(self) -> str:
        """The id of the current row, or an empty text."""
        return self.found.id(self.currentIndex().row())

    def go_to(self, case_id: str) -> None:
        """Make a case the current row, else the first one; takes no focus."""
        row = max(0, self.found.row_of(case_id))
        if self.found.rowCount():
            self.setCurrentIndex(self.found.index(row, 0))
        else:
            self.looked.emit("")

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell whose facts are to be shown."""
        super().currentChanged(current, previous)
        if current.row() != previous.row() or not previous.isValid():
            self.looked.emit(self.found.id(current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; letters go on with the line above."""
        key = Qt.Key(event.key())
        plain = event.text().strip() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif key == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.up.emit()
        elif plain or key == Qt.Key.Key_Backspace:
            self.typed.emit("" if key == Qt.Key.Key_Backspace else event.text())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """Letters belong to the line above."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room there is goes to the columns with names."""
        super().resizeEvent(event)
        spare = max(0, self.viewport().width() - sum(_WIDTHS))
        for column, (width, share) in enumerate(zip(_WIDTHS, _SHARES, strict=True)):
            self.setColumnWidth(column, width + int(spare * share))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        case_id = self.found.id(index.row())
        if case_id:
            self.chosen.emit(case_id)
