"""The timeline of a case: time, what, who, and the words that came with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.domain.model import Event
from console.i18n import t
from console.models.branch_words import Correction, correction
from console.models.names import NameBook
from console.models.timeline import EVENT_ROLE, TimelineModel
from console.models.wording import clock, event_detail, event_line
from console.theme import Theme

_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_V: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ROW: Final = 24
_DETAIL: Final = 20


class _EventDelegate(QStyledItemDelegate):
    """Time in muted figures, the deed in text, the words below it."""

    def __init__(self, theme: Theme, model: TimelineModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._source = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines when there are words."""
        event = index.data(EVENT_ROLE)
        told = isinstance(event, Event) and (event_detail(event) or event.data.get("field"))
        more = bool(told)
        return QSize(120, _ROW + (_DETAIL if more else 0) + 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one event."""
        event = index.data(EVENT_ROLE)
        if not isinstance(event, Event):
            return
        theme, box = self._theme, option.rect
        painter.save()
        row = QRect(box.left(), box.top(), box.width() - 4, _ROW)
        painter.setFont(theme.font(14))
        painter.setPen(theme.color("muted"))
        painter.drawText(row, _LEFT_V, clock(event.at))
        painter.setFont(theme.font(12))
        who = self._source.names.person(event.actor)
        painter.drawText(row, _RIGHT_V, who)
        used = painter.fontMetrics().horizontalAdvance(who) + 12
        painter.setFont(theme.font(14))
        painter.setPen(theme.color("text"))
        words = row.adjusted(76, 0, -used, 0)
        self._elided(painter, words, event_line(event, self._source.teams))
        below = QRect(row.left() + 76, row.bottom(), row.width() - 76, _DETAIL)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("muted"))
        right = correction(event, self._source.names)
        if right is not None:
            below = self._corrected(painter, below, right)
        detail = event_detail(event)
        if detail:
            self._elided(painter, below, detail)
        painter.restore()

    def _corrected(self, painter: QPainter, box: QRect, right: Correction) -> QRect:
        """The old value struck through, the new one; returns the room left."""
        font = QFont(self._theme.font(12))  # the theme's own is everybody's
        font.setStrikeOut(True)
        painter.setFont(font)
        painter.drawText(box, _LEFT_V, right.old)
        box = box.adjusted(painter.fontMetrics().horizontalAdvance(right.old), 0, 0, 0)
        painter.setFont(self._theme.font(12))
        words = f" → {right.new}"
        self._elided(painter, box, words)
        return box.adjusted(painter.fontMetrics().horizontalAdvance(words) + 12, 0, 0, 0)

    def _elided(self, painter: QPainter, box: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _LEFT_V, shown)


class Timeline(QListView):
    """Newest first; read only."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._source = TimelineModel(self)
        self.setModel(self._source)
        self.setItemDelegate(_EventDelegate(theme, self._source, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(72)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("desk.case.timeline"))
        self.viewport().update()

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id."""
        self._source.teams = names
        self.viewport().update()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._source.names = names
        self.viewport().update()

    def apply(self, events: Sequence[Event]) -> None:
        """Take the events of a case."""
        self._source.apply(events)

    def sizeHint(self) -> QSize:
        """Modest: it takes what is left."""
        return QSize(240, 120)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""
