"""Who did what in a shift: one line a deed, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.i18n import t
from console.models.deeds import DEED_ROLE, DeedRows
from console.models.names import NameBook
from console.models.past_words import deed_detail, deed_who, deed_words, is_breach, noticed
from console.models.wording import clock
from console.services.past_shift import Deed
from console.theme import Theme
from console.widgets.asking_list import words

ROW: Final = 28
_PAD: Final = 8
_TIME: Final = 68
_WHO: Final = 112


class _DeedDelegate(QStyledItemDelegate):
    """Time and who in muted letters, the deed in text, its words behind it."""

    def __init__(self, theme: Theme, source: DeedRows, parent: DeedList) -> None:
        super().__init__(parent)
        self._theme, self._source = theme, source

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All of one height."""
        return QSize(320, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One deed."""
        deed = index.data(DEED_ROLE)
        if not isinstance(deed, Deed):
            return
        painter.save()
        theme, box = self._theme, option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("raised"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.color("accent"))
        muted, text = theme.color("muted"), theme.color("text")
        row = box.adjusted(_PAD, 0, -_PAD, 0)
        words(painter, QRect(row.left(), row.top(), _TIME, ROW), clock(deed.at), theme.font(14), muted)
        who = QRect(row.left() + _TIME + _PAD, row.top(), _WHO, ROW)
        words(painter, who, deed_who(deed, self._source.names), theme.font(14), muted)
        rest = row.adjusted(_TIME + _WHO + 2 * _PAD, 0, 0, 0)
        tone = theme.color("lamp.red") if is_breach(deed) else muted if noticed(deed) else text
        used = words(painter, rest, deed_words(deed, self._source.teams), theme.font(14), tone)
        detail = deed_detail(deed)
        if detail:
            behind = rest.adjusted(used + 2 * _PAD, 0, 0, 0)
            words(painter, behind, " ".join(detail.split()), theme.font(12), muted)
        painter.restore()


class DeedList(QListView):
    """``chosen(Deed)`` by Enter or double click, ``left()`` by Esc."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.source = DeedRows(self)
        self.setModel(self.source)
        self.setItemDelegate(_DeedDelegate(theme, self.source, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._clicked)
        theme.changed.connect(self.viewport().update)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("history.page.deeds"))
        self.viewport().update()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self.source.names = names
        self.viewport().update()

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id."""
        self.source.teams = names
        self.viewport().update()

    def show_shift(self, deeds: Sequence[Deed]) -> None:
        """Another shift."""
        self.source.show_shift(deeds)

    def know(self, known: int) -> None:
        """So many deeds had been done; the newest is in view unless somebody
        reads further down."""
        top = self.verticalScrollBar().value() == 0
        self.source.know(known)
        if top:
            self.scrollToTop()

    def event(self, event: QEvent) -> bool:
        """Enter and Esc are the list's own while it has the keyboard."""
        own = isinstance(event, QKeyEvent) and event.key() in (
            Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape,
        )  # fmt: skip
        if event.type() == QEvent.Type.ShortcutOverride and own:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, Esc leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._clicked(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        deed = self.source.deed(index.row())
        if deed is not None:
            self.chosen.emit(deed)
