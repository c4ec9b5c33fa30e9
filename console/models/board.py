"""The cards of the board: one list model a stage, fed by snapshots.

The models hold what the last ``BoardView`` said and nothing else. A running
time is not in here: the delegate paints it from the ticker's time, so that a
second costs no ``data()`` call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.i18n import either
from console.models.stages import STAGE_OF, STAGES
from console.models.wording import state as state_name
from console.services.card_order import SORTS, arranged, held
from console.services.views import BoardView, CaseCard

CARD_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex
#: More changed places than this are told as one reset: cheaper than moves.
_MANY: Final = 200


class StageModel(QAbstractListModel):
    """The cases of one stage, the most urgent first. A case is there once."""

    def __init__(self, stage: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self._rows: list[CaseCard] = []
        self._at: dict[str, int] | None = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of cases; a list has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The card itself (``CARD_ROLE``) and words for screen readers."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        card = self._rows[index.row()]
        if role == CARD_ROLE:
            return card
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return f"{card.number} {either(card.name_zh, card.name_en)} {state_name(card.state)}"
        if role == int(Qt.ItemDataRole.ToolTipRole):
            words = (card.number, either(card.name_zh, card.name_en), card.community, card.place)
            return " · ".join(word for word in words if word)
        return None

    def card(self, row: int) -> CaseCard | None:
        """The card in a row, or ``None`` beyond the end."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, case_id: str) -> int:
        """Row of a case, or -1."""
        if self._at is None:
            self._at = {card.id: row for row, card in enumerate(self._rows)}
        return self._at.get(case_id, -1)

    def ids(self) -> tuple[str, ...]:
        """The cases in their order."""
        return tuple(card.id for card in self._rows)

    def apply(self, cards: Sequence[CaseCard]) -> None:
        """Take the new cards (already in order) with the fewest signals, so
        that the selection and the scroll position stay."""
        wanted = {card.id: card for card in cards}
        held = {card.id for card in self._rows}
        changed = held.symmetric_difference(wanted)
        if len(changed) > _MANY:
            self._at = None
            self.beginResetModel()
            self._rows = list(cards)
            self.endResetModel()
            return
        if changed:
            self._at = None
            self._drop(wanted)
            self._fill(cards)
        if [card.id for card in cards] != [card.id for card in self._rows]:
            self._reorder(cards)
        self._refresh(cards)

    def _drop(self, wanted: Mapping[str, CaseCard]) -> None:
        gone = [row for row, card in enumerate(self._rows) if card.id not in wanted]
        for row in reversed(gone):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()

    def _fill(self, cards: Sequence[CaseCard]) -> None:
        held = {card.id for card in self._rows}
        for row, card in enumerate(cards):
            if card.id not in held:
                self.beginInsertRows(QModelIndex(), row, row)
                self._rows.insert(row, card)
                self.endInsertRows()

    def _reorder(self, cards: Sequence[CaseCard]) -> None:
        """Persistent indexes follow their case: what was chosen stays chosen."""
        self._at = None
        self.layoutAboutToBeChanged.emit()
        before, self._rows = self._rows, list(cards)
        kept = self.persistentIndexList()
        moved = [self.index(self.row_of(before[one.row()].id)) for one in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _refresh(self, cards: Sequence[CaseCard]) -> None:
        for row, (card, new) in enumerate(zip(self._rows, cards, strict=True)):
            # The reader hands the same object out again while nothing changed.
            if new is not card and new != card:
                self._rows[row] = new
                index = self.index(row)
                self.dataChanged.emit(index, index, [CARD_ROLE, int(Qt.ItemDataRole.DisplayRole)])


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that changed its column."""

    case_id: str
    origin: str
    target: str


class BoardModels(QObject):
    """All columns together: which cards, in which order.

    ``cards`` may be less than all there are (a filter): numbers are found among
    all, columns show those that came through."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stages = {stage: StageModel(stage, self) for stage in STAGES}
        self.sort = SORTS[0]
        #: While somebody chooses among the cards they keep their order.
        self.hold = False
        self._where: dict[str, str] = {}
        self._cards: dict[str, CaseCard] = {}

    def where(self, case_id: str) -> str:
        """The column of a case, or an empty string."""
        return self._where.get(case_id, "")

    def card(self, case_id: str) -> CaseCard | None:
        """The card of an open case, shown or not."""
        return self._cards.get(case_id)

    def by_digits(self, digits: str) -> CaseCard | None:
        """The newest case whose number is, or ends with, these digits."""
        number = digits.zfill(4)
        exact = [card for card in self._cards.values() if card.number == f"#{number}"]
        loose = [card for card in self._cards.values() if card.number.endswith(digits)]
        found = exact or loose
        return max(found, key=_id_of) if found else None

    def apply(self, view: BoardView, shown: Sequence[CaseCard] | None = None) -> tuple[Moved, ...]:
        """Take a snapshot, of which only ``shown`` (all, without) stand in the
        columns; tells which cases changed their column."""
        sorted_in: dict[str, list[CaseCard]] = {stage: [] for stage in STAGES}
        for card in view.cards if shown is None else shown:
            stage = STAGE_OF.get(card.state)
            if stage is not None:
                sorted_in[stage].append(card)
        where = {card.id: stage for stage, cards in sorted_in.items() for card in cards}
        moved = tuple(
            Moved(case_id, self._where[case_id], stage)
            for case_id, stage in where.items()
            if self._where.get(case_id, stage) != stage
        )
        self._where = where
        self._cards = {card.id: card for card in view.cards}
        for stage, cards in sorted_in.items():
            model = self.stages[stage]
            ordered = arranged(cards, self.sort)
            model.apply(held(model.ids(), ordered) if self.hold else ordered)
        return moved


def _id_of(card: CaseCard) -> str:
    return card.id
