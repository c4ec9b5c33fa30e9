"""One column of the board: its name, how many, and the cards."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from console.i18n import t
from console.models.board import CARD_ROLE, StageModel
from console.services.views import CaseCard
from console.theme import Theme
from console.widgets.card_delegate import CardDelegate, time_rect, who_rect
from console.widgets.column_spine import ColumnSpine
from console.widgets.parts import label, spaced

#: A column with cards in it is this wide at least, px.
LEAST_WIDTH: Final = 116
_ANY_WIDTH: Final = 16_777_215
#: Events of somebody who looks for a card with the mouse.
HANDS: Final = frozenset({QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


class CardView(QListView):
    """The cards of one stage. Left, right, digits and Enter go to the board."""

    key_for_board = Signal(int, str)
    focused = Signal()
    touched = Signal()

    def __init__(self, model: StageModel, delegate: CardDelegate) -> None:
        super().__init__()
        self._cards = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.viewport().setMouseTracking(True)
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
        self.touched.emit()
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        sideways = key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        hand_up = key in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
        if plain and (sideways or hand_up or event.text().isdecimal()):
            self.key_for_board.emit(int(key), event.text())
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The delegate is told what is painted, so that it leaves the rest."""
        self._cards.region = event.region()
        super().paintEvent(event)
        self._cards.region = None

    def viewportEvent(self, event: QEvent) -> bool:
        """A hand on the mouse is somebody choosing."""
        if event.type() in HANDS:
            self.touched.emit()
        return super().viewportEvent(event)

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

    def _visible(self) -> list[tuple[QModelIndex, QRect]]:
        model = self.model()
        rows = model.rowCount()
        if not rows or not self.isVisible():
            return []
        room = self.viewport().rect()
        first = self.indexAt(room.topLeft()).row()
        found: list[tuple[QModelIndex, QRect]] = []
        for row in range(max(0, first), rows):
            index = model.index(row, 0)
            cell = self.visualRect(index)
            if cell.top() > room.bottom():
                break
            found.append((index, cell))
        return found

    def visible_cells(self) -> list[QRect]:
        """Cells of the rows on screen now, in viewport coordinates."""
        return [cell for _index, cell in self._visible()]

    def repaint_times(self) -> None:
        """Repaint the running times that can be seen, and what the pace says
        where it turned; nothing else."""
        region = QRegion()
        for index, cell in self._visible():
            region += time_rect(cell)
            card = index.data(CARD_ROLE)
            if isinstance(card, CaseCard) and self._cards.turned(card):
                region += who_rect(cell)
        if not region.isEmpty():
            self.viewport().update(region)


class StageColumn(QWidget):
    """Header and cards. ``opened(case id)`` on Enter or a click. An empty
    column may be folded to its name."""

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
        self.spine = ColumnSpine(theme)
        self._whole = QWidget()
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self._name)
        head.addWidget(self._count)
        head.addStretch(1)
        column = QVBoxLayout(self._whole)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        both = QHBoxLayout(self)
        spaced(both, 0, 0)
        both.addWidget(self._whole)
        both.addWidget(self.spine)
        self.spine.hide()
        model.rowsInserted.connect(self._recount)
        model.rowsRemoved.connect(self._recount)
        model.modelReset.connect(self._recount)
        self.setMinimumWidth(LEAST_WIDTH)
        self.retranslate()

    @property
    def folded(self) -> bool:
        """True while only the name stands there."""
        return not self.spine.isHidden()

    def fold(self, folded: bool) -> None:
        """Give the room of an empty column away, or take it back."""
        if folded is self.folded:
            return
        self._whole.setVisible(not folded)
        self.spine.setVisible(folded)
        wide = self.spine.width() if folded else LEAST_WIDTH
        self.setMinimumWidth(wide)
        self.setMaximumWidth(wide if folded else _ANY_WIDTH)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        name, hint = t(f"states.stage.{self._stage}"), t(f"desk.empty.{self._stage}")
        self._name.setText(name)
        self._empty.setText(hint)
        self.spine.set_words(name, hint)
        self.view.setAccessibleName(name)
        self._recount()
        self.view.viewport().update()

    @Slot()
    def _recount(self) -> None:
        rows = self._source.rowCount()
        self._count.setText(str(rows))
        self._empty.setVisible(rows == 0)
        if rows:
            self.fold(False)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        card = self._source.card(index.row())
        if card is not None:
            self.opened.emit(card.id)
