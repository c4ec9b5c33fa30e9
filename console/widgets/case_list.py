"""The board as a list: for bursts, when columns are too long to see, and for
what is done to several cases at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from console.domain.calendars import WorkingCalendar
from console.i18n import t
from console.models.board import CARD_ROLE
from console.models.case_table import COLUMN_OF, LEFT_COLUMN, SLACK_COLUMN, CaseTableModel
from console.models.names import NameBook
from console.models.pace_words import explained, slack_s
from console.models.wording import countdown, span
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.card_delegate import paint_short
from console.widgets.parts import spaced
from console.widgets.plain_table import plain, titles_left
from console.widgets.ring import Reading, paint_ring, read
from console.widgets.stage_column import HANDS

_WIDTHS = (72, 104, 152, 216, 120, 112, 152, 88)
#: Which share of the room beyond these widths a column gets: names are cut first.
_SHARES = (0.0, 0.0, 0.25, 0.45, 0.0, 0.0, 0.3, 0.0)
_ROW = 32
_LEFT_V = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class _TimeDelegate(QStyledItemDelegate):
    """Paints what moves with the second: ring and remaining time, and slack."""

    def __init__(self, theme: Theme, ticker: Ticker, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ticker = ticker
        self.calendar: WorkingCalendar | None = None
        self.history = 0
        self.painted = 0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell of ``left`` or ``slack``."""
        self.painted += 1
        card = index.data(CARD_ROLE)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("line"))
        reading = self._read(card)
        if reading is None or not isinstance(card, CaseCard):
            return
        box = option.rect.adjusted(8, 0, -8, 0)
        painter.save()
        if index.column() == LEFT_COLUMN:
            ring = QRectF(box.left(), box.center().y() - 7, 16, 16)
            paint_ring(painter, ring, self._theme, reading)
            painter.setFont(self._theme.font(16, True))
            painter.setPen(self._theme.color("text"))
            painter.drawText(box.adjusted(24, 0, 0, 0), _LEFT_V, reading.text)
        else:
            self._slack(painter, box, card, reading)
        painter.restore()

    def _read(self, card: object) -> Reading | None:
        if not isinstance(card, CaseCard) or card.headline is None or self.calendar is None:
            return None
        return read(card.headline, self._ticker.now(), self.calendar)

    def _slack(self, painter: QPainter, box: QRect, card: CaseCard, reading: Reading) -> None:
        """What is left beyond the usual; too little has its shape."""
        slack = slack_s(card.pace, reading.remaining_s) if not reading.paused else None
        if slack is None:
            painter.setFont(self._theme.font(12))
            painter.setPen(self._theme.color("muted"))
            painter.drawText(box, _LEFT_V, "—")
            return
        words = countdown(slack) if slack > 0 else t("board.pace.minus", span=span(slack))
        if card.pace is not None and card.pace.short(reading.remaining_s):
            paint_short(painter, box, self._theme, words)
            return
        painter.setFont(self._theme.font(14))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(box.adjusted(14, 0, 0, 0), _LEFT_V, words)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Where the figure comes from."""
        card = index.data(CARD_ROLE)
        reading = self._read(card)
        if reading is not None and isinstance(card, CaseCard):
            QToolTip.showText(event.globalPos(), explained(card, reading.remaining_s, self.history), view)
            return True
        return super().helpEvent(event, view, option, index)


class _Table(QTableView):
    """Enter, digits and letters go to the board, not to a search in the table."""

    key_for_board = Signal(int, str)
    touched = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand up what the board answers."""
        self.touched.emit()
        key = Qt.Key(event.key())
        ours = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
        if key in ours or event.text().isdecimal():
            self.key_for_board.emit(int(key), event.text())
            event.accept()
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """A hand on the mouse is somebody choosing."""
        if event.type() in HANDS:
            self.touched.emit()
        return super().viewportEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""


class CaseList(QWidget):
    """The table. ``opened(case id)`` on a click; Enter by the board. Several
    rows are chosen with Shift or Ctrl (``picked(count)``)."""

    opened = Signal(str)
    key_for_board = Signal(int, str)
    touched = Signal()
    picked = Signal(int)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self.model = CaseTableModel(self)
        self._table = _Table()
        self.times = _TimeDelegate(theme, ticker, self)
        table = self._table
        table.setModel(self.model)
        table.setItemDelegateForColumn(LEFT_COLUMN, self.times)
        table.setItemDelegateForColumn(SLACK_COLUMN, self.times)
        plain(table, _ROW)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        table.viewport().setMouseTracking(True)
        header = titles_left(table)
        header.setSectionsClickable(True)
        header.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        header.setSortIndicator(SLACK_COLUMN, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        self._connect(table)
        body = QVBoxLayout(self)
        spaced(body, 0, 0)
        body.addWidget(table)
        self.retranslate()

    def _connect(self, table: _Table) -> None:
        table.doubleClicked.connect(self._chosen)
        table.clicked.connect(self._clicked)
        table.key_for_board.connect(self.key_for_board)
        table.touched.connect(self.touched)
        table.selectionModel().selectionChanged.connect(self._on_selection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room there is goes to the columns with names."""
        super().resizeEvent(event)
        spare = max(0, self.width() - sum(_WIDTHS))
        for column, (width, share) in enumerate(zip(_WIDTHS, _SHARES, strict=True)):
            self._table.setColumnWidth(column, width + int(spare * share))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._table.setAccessibleName(t("desk.board.as_list"))
        self.model.retranslate()

    def sort_by(self, sort: str) -> None:
        """Take one of the board's orders."""
        self._table.sortByColumn(COLUMN_OF[sort], Qt.SortOrder.AscendingOrder)

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id."""
        self.model.set_teams(names)

    def set_names(self, names: NameBook) -> None:
        """What places are called."""
        self.model.set_names(names)

    def apply(self, cards: Sequence[CaseCard], calendar: WorkingCalendar, history: int = 0) -> None:
        """Take the cards of a snapshot."""
        self.times.calendar, self.times.history = calendar, history
        chosen = [card.id for card in self.chosen()]
        current = self.current()
        self.model.apply(cards)
        if len(chosen) > 1 and not self._table.selectionModel().hasSelection():
            self.choose(chosen, current.id if current is not None else "")

    def current(self) -> CaseCard | None:
        """The case of the current row."""
        return self.model.card(self._table.currentIndex().row())

    def chosen(self) -> tuple[CaseCard, ...]:
        """The cases of the selected rows, in their order."""
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return tuple(card for card in (self.model.card(row) for row in rows) if card is not None)

    def choose(self, case_ids: Sequence[str], current: str = "") -> None:
        """Select these rows (a reload had taken the selection away)."""
        last = self.model.columnCount() - 1
        picked = QItemSelection()
        for case_id in case_ids:
            row = self.model.row_of(case_id)
            if row >= 0:
                picked.select(self.model.index(row, 0), self.model.index(row, last))
        selection, flag = self._table.selectionModel(), QItemSelectionModel.SelectionFlag
        row = self.model.row_of(current)
        if row >= 0:
            selection.setCurrentIndex(self.model.index(row, 0), flag.NoUpdate)
        selection.select(picked, flag.ClearAndSelect)

    def select(self, case_id: str) -> None:
        """Make a case the current row without taking the focus; a selection of
        several rows stays."""
        row = self.model.row_of(case_id)
        if row >= 0 and self._table.currentIndex().row() != row and len(self.chosen()) < 2:
            self._table.setCurrentIndex(self.model.index(row, 0))

    def take_focus(self) -> None:
        """Put the keyboard on the table."""
        self._table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self._table.currentIndex().isValid() and self.model.rowCount():
            self._table.setCurrentIndex(self.model.index(0, 0))

    def repaint_times(self) -> None:
        """Repaint the two columns that move."""
        left = self._table.columnViewportPosition(LEFT_COLUMN)
        width = self._table.columnWidth(LEFT_COLUMN) + self._table.columnWidth(SLACK_COLUMN)
        self._table.viewport().update(QRect(left, 0, width, self._table.viewport().height()))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        # With Shift or Ctrl rows are being picked, none is to be opened.
        if len(self.chosen()) < 2:
            self._chosen(index)

    @Slot(QModelIndex)
    def _chosen(self, index: QModelIndex) -> None:
        card = self.model.card(index.row())
        if card is not None:
            self.opened.emit(card.id)

    @Slot()
    def _on_selection(self) -> None:
        self.picked.emit(len(self._table.selectionModel().selectedRows()))
