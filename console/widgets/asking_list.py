"""A list of facts on two lines whose letters are keys: what the lists of alarms
and of teams have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.models.kept_rows import KeptRows
from console.theme import Theme
from console.ticker import Ticker

ROW: Final = 60
PAD: Final = 12
LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
CENTER: Final = int(Qt.AlignmentFlag.AlignCenter)


class RowDelegate(QStyledItemDelegate):
    """Paints one row; a second costs the visible rows only."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are of one height."""
        return QSize(480, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground and line of a row; what it says is :meth:`paint_row`."""
        model = index.model()
        row = index.data(model.role) if isinstance(model, KeptRows) else None
        if row is None:
            return
        painter.save()
        box, theme = option.rect.adjusted(0, 0, 0, -1), self._theme
        if option.state & QStyle.StateFlag.State_Selected:
            focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
            painter.fillRect(box, theme.color("raised"))
            edge = QRect(box.left(), box.top(), 3, box.height())
            painter.fillRect(edge, theme.color("accent" if focused else "muted"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(box.left(), option.rect.bottom(), box.right(), option.rect.bottom())
        self.paint_row(painter, box, row)
        painter.restore()

    def paint_row(self, painter: QPainter, box: QRect, row: Any) -> None:
        """Draw what a row says."""


class AskingList(QListView):
    """``asked(what)`` by key or double click; ``walked(key)`` when another row
    is current (``none`` for no row)."""

    asked = Signal(str)
    walked = Signal(object)
    #: Keys that belong to the list while it has the keyboard, and what they ask.
    keys: Mapping[Qt.Key, str] = {}
    #: What a double click asks, and what is walked to without a row.
    opens = ""
    none: object = None

    def __init__(self, source: KeptRows, painter: RowDelegate, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        source.setParent(self)
        painter.setParent(self)
        self._kept = source
        self.setModel(source)
        self.setItemDelegate(painter)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._opened)
        self.selectionModel().currentChanged.connect(self._moved)
        theme.changed.connect(self.viewport().update)
        ticker.tick.connect(self._on_tick)

    def go_to(self, key: object) -> None:
        """Make a row current (the first when it is not shown)."""
        if self._kept.rowCount():
            self.setCurrentIndex(self._kept.index(max(0, self._kept.place_of(key))))

    @classmethod
    def asks(cls, event: QEvent) -> str:
        """What a key of the list asks; empty for all other events."""
        if not isinstance(event, QKeyEvent):
            return ""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        return cls.keys.get(Qt.Key(event.key()), "") if plain else ""

    def event(self, event: QEvent) -> bool:
        """The list's keys are its own while it has the keyboard."""
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
        self.asked.emit(self.opens)

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = self._kept.at(current.row())
        self.walked.emit(self._kept.key_of(row) if row is not None else self.none)

    @Slot(object)
    def _on_tick(self, _now: object) -> None:
        if self.isVisible():
            self.viewport().update()


def words(painter: QPainter, box: QRect, text: str, font: QFont, color: QColor) -> int:
    """Draw, shortened at the right; answers the width used, px."""
    painter.setFont(font)
    painter.setPen(color)
    if box.width() <= 0:
        return 0
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, LEFT_V, shown)
    return painter.fontMetrics().horizontalAdvance(shown)
