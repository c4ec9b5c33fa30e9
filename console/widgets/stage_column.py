"""One column of the board: its name, how many, and the cards."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from console.i18n import t
from console.models.board import StageModel
from console.theme import Theme
from console.widgets.card_delegate import CardDelegate, time_rect
from console.widgets.parts import label, spaced


class CardView(QListView):
    """The cards of one stage. Left, right, digits and Enter go to the board."""

    key_for_board = Signal(int, str)
    focused = Signal()

    def __init__(self, model: StageModel, delegate: CardDelegate) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setProperty("surface", "bg")
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalScrollBar().setSingleStep(28)
        # The bar keeps its room, so that cards of all columns are of one width.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._on_range(0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down stay here; what moves between columns goes up."""
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        sideways = key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        hand_up = key in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
        if plain and (sideways or hand_up or event.text().isdecimal()):
            self.key_for_board.emit(int(key), event.text())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk, not a search in the list."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A column that gets the focus shows where it stands."""
        super().focusInEvent(event)
        self.focused.emit()

    @Slot(int, int)
    def _on_range(self, low: int, high: int) -> None:
        bar = self.verticalScrollBar()
        if bar.property("idle") is not (high <= low):
            bar.setProperty("idle", high <= low)
            bar.style().unpolish(bar)
            bar.style().polish(bar)

    def visible_cells(self) -> list[QRect]:
        """Cells of the rows on screen now, in viewport coordinates."""
        model = self.model()
        rows = model.rowCount()
        if not rows or not self.isVisible():
            return []
        room = self.viewport().rect()
        first = self.indexAt(room.topLeft()).row()
        cells: list[QRect] = []
        for row in range(max(0, first), rows):
            cell = self.visualRect(model.index(row, 0))
            if cell.top() > room.bottom():
                break
            cells.append(cell)
        return cells

    def repaint_times(self) -> None:
        """Repaint the running times that can be seen, nothing else."""
        region = QRegion()
        for cell in self.visible_cells():
            region += time_rect(cell)
        if not region.isEmpty():
            self.viewport().update(region)


class StageColumn(QWidget):
    """Header and cards. ``opened(case id)`` on Enter or a click."""

    opened = Signal(str)

    def __init__(self, model: StageModel, delegate: CardDelegate, theme: Theme) -> None:
        super().__init__()
        self._stage = model.stage
        self._source = model
        self._name = label(theme, "", 14, bold=True)
        self._count = label(theme, "0", 14, tone="muted")
        self._empty = label(theme, "", 12, tone="muted", wrap=True)
        self.view = CardView(model, delegate)
        self.view.clicked.connect(self._clicked)
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self._name)
        head.addWidget(self._count)
        head.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        model.rowsInserted.connect(self._recount)
        model.rowsRemoved.connect(self._recount)
        model.modelReset.connect(self._recount)
        self.setMinimumWidth(116)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        name = t(f"states.stage.{self._stage}")
        self._name.setText(name)
        self._empty.setText(t(f"desk.empty.{self._stage}"))
        self.view.setAccessibleName(name)
        self._recount()
        self.view.viewport().update()

    @Slot()
    def _recount(self) -> None:
        rows = self._source.rowCount()
        self._count.setText(str(rows))
        self._empty.setVisible(rows == 0)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        card = self._source.card(index.row())
        if card is not None:
            self.opened.emit(card.id)
