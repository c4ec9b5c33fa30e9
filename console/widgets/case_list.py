"""The board as a list: for bursts, when columns are too long to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.domain.calendars import WorkingCalendar
from console.i18n import t
from console.models.board import CARD_ROLE
from console.models.case_table import LEFT_COLUMN, CaseTableModel
from console.models.names import NameBook
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import spaced
from console.widgets.ring import paint_ring, read

_WIDTHS = (72, 112, 168, 240, 128, 168, 96)
#: Which share of the room beyond these widths a column gets: names are cut first.
_SHARES = (0.0, 0.0, 0.25, 0.45, 0.0, 0.3, 0.0)
_ROW = 32


class _LeftDelegate(QStyledItemDelegate):
    """Paints ring and remaining time from the ticker's time."""

    def __init__(self, theme: Theme, ticker: Ticker, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ticker = ticker
        self.calendar: WorkingCalendar | None = None

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell of the column ``left``."""
        card = index.data(CARD_ROLE)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("raised"))
        if not isinstance(card, CaseCard) or card.headline is None or self.calendar is None:
            return
        reading = read(card.headline, self._ticker.now(), self.calendar)
        box = option.rect.adjusted(8, 0, -8, 0)
        painter.save()
        ring = QRectF(box.left(), box.center().y() - 7, 16, 16)
        paint_ring(painter, ring, self._theme, reading)
        painter.setFont(self._theme.font(16, True))
        painter.setPen(self._theme.color("text"))
        words = box.adjusted(24, 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), reading.text)
        painter.restore()


class _Table(QTableView):
    """Enter, digits and letters go to the board, not to a search in the table."""

    key_for_board = Signal(int, str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand up what the board answers."""
        key = Qt.Key(event.key())
        ours = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
        if key in ours or event.text().isdecimal():
            self.key_for_board.emit(int(key), event.text())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""


class CaseList(QWidget):
    """The table. ``opened(case id)`` on a double click; Enter by the board."""

    opened = Signal(str)
    key_for_board = Signal(int, str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._model = CaseTableModel(self)
        self._table = _Table()
        self._left = _LeftDelegate(theme, ticker, self)
        table = self._table
        table.setModel(self._model)
        table.setItemDelegateForColumn(LEFT_COLUMN, self._left)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        header.setSortIndicator(LEFT_COLUMN, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        table.doubleClicked.connect(self._chosen)
        table.clicked.connect(self._chosen)
        table.key_for_board.connect(self.key_for_board)
        body = QVBoxLayout(self)
        spaced(body, 0, 0)
        body.addWidget(table)
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room there is goes to the columns with names."""
        super().resizeEvent(event)
        spare = max(0, self.width() - sum(_WIDTHS))
        for column, (width, share) in enumerate(zip(_WIDTHS, _SHARES, strict=True)):
            self._table.setColumnWidth(column, width + int(spare * share))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._table.setAccessibleName(t("desk.board.as_list"))
        self._model.retranslate()

    def set_filter(self, text: str) -> None:
        """Show only rows with ``text``."""
        self._model.set_filter(text)

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id."""
        self._model.set_teams(names)

    def set_names(self, names: NameBook) -> None:
        """What places are called."""
        self._model.set_names(names)

    def apply(self, cards: Sequence[CaseCard], calendar: WorkingCalendar) -> None:
        """Take the cards of a snapshot."""
        self._left.calendar = calendar
        self._model.apply(cards)

    def current(self) -> CaseCard | None:
        """The case of the current row."""
        return self._model.card(self._table.currentIndex().row())

    def select(self, case_id: str) -> None:
        """Make a case the current row without taking the focus."""
        row = self._model.row_of(case_id)
        if row >= 0 and self._table.currentIndex().row() != row:
            self._table.setCurrentIndex(self._model.index(row, 0))

    def take_focus(self) -> None:
        """Put the keyboard on the table."""
        self._table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self._table.currentIndex().isValid() and self._model.rowCount():
            self._table.setCurrentIndex(self._model.index(0, 0))

    def repaint_times(self) -> None:
        """Repaint the one column that moves."""
        left = self._table.columnViewportPosition(LEFT_COLUMN)
        width = self._table.columnWidth(LEFT_COLUMN)
        self._table.viewport().update(QRect(left, 0, width, self._table.viewport().height()))

    @Slot(QModelIndex)
    def _chosen(self, index: QModelIndex) -> None:
        card = self._model.card(index.row())
        if card is not None:
            self.opened.emit(card.id)
