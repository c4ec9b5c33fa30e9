"""How a cell of the table of cameras is painted: the state is a shape and a word,
what is bad is red and says so."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.domain.vocabulary import FeedState
from console.models.camera_table import COLUMNS, STATE_ROLE, TONE_ROLE, CameraAdminModel, Index
from console.theme import Theme
from console.widgets.keyed_table import KeyedTable
from console.widgets.tile_paint import led

PAD: Final = 8


class CameraCells(QStyledItemDelegate):
    """One cell; the state is a shape and a word."""

    def __init__(self, theme: Theme, table: KeyedTable) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground of what is chosen, the words in their tone."""
        model = index.model()
        if not isinstance(model, CameraAdminModel):
            return
        theme, box = self._theme, option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("accent", 0.14))
        if index.column() == 0 and index.row() == self._table.currentIndex().row():
            role = "accent" if self._table.hasFocus() else "muted"
            painter.fillRect(box.adjusted(0, 2, 3 - box.width(), -2), theme.color(role))
        room = box.adjusted(PAD, 0, -PAD, 0)
        column = COLUMNS[model.view][index.column()][0]
        color = theme.color(str(index.data(TONE_ROLE) or "text"))
        if column == "state":
            # Qt hands the word of an enumeration back as a plain string.
            word = index.data(STATE_ROLE)
            if word:
                at = QRectF(room.left(), room.center().y() - 4, 9, 9)
                led(painter, FeedState(word), at, color)
            room = room.adjusted(16, 0, 0, 0)
        font = theme.font(14, column == "name")
        right = model.right(index.column())
        mode = Qt.TextElideMode.ElideMiddle if column == "name" else Qt.TextElideMode.ElideRight
        words = QFontMetrics(font).elidedText(str(index.data()), mode, room.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()
