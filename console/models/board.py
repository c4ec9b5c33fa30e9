"""The cards of the board: one list model a stage, fed by snapshots.

The models hold what the last ``BoardView`` said and nothing else. A running
time is not in here: the delegate paints it from the ticker's time, so that a
second costs no ``data()`` call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.i18n import either
from console.models.stages import STAGE_OF, STAGES
from console.models.wording import state as state_name
from console.services.views import BoardView, CaseCard

CARD_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
#: More changed places than this are told as one reset: cheaper than moves.
_MANY: Final = 200


def slack_order(card: CaseCard) -> tuple[bool, datetime, str]:
    """Sort key: the earliest due time first, cases without a clock last."""
    due = card.headline.due_at if card.headline is not None else _FAR
    return (card.headline is None, due, card.id)


class StageModel(QAbstractListModel):
    """The cases of one stage, the most urgent first. A case is there once."""

    def __init__(self, stage: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self._rows: list[CaseCard] = []

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
        return next((row for row, card in enumerate(self._rows) if card.id == case_id), -1)

    def apply(self, cards: Sequence[CaseCard]) -> None:
        """Take the new cards (already in order) with the fewest signals, so
        that the selection and the scroll position stay."""
        wanted = {card.id: card for card in cards}
        held = {card.id for card in self._rows}
        if len(held.symmetric_difference(wanted)) > _MANY:
            self.beginResetModel()
            self._rows = list(cards)
            self.endResetModel()
            return
        self._drop(wanted)
        self._place(cards)
        self._refresh(wanted)

    def _drop(self, wanted: Mapping[str, CaseCard]) -> None:
        for row in range(len(self._rows) - 1, -1, -1):
            if self._rows[row].id not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()

    def _place(self, cards: Sequence[CaseCard]) -> None:
        held = {card.id for card in self._rows}
        for row, card in enumerate(cards):
            if row < len(self._rows) and self._rows[row].id == card.id:
                continue
            if card.id in held:
                old = next(at for at in range(row, len(self._rows)) if self._rows[at].id == card.id)
                self.beginMoveRows(QModelIndex(), old, old, QModelIndex(), row)
                self._rows.insert(row, self._rows.pop(old))
                self.endMoveRows()
            else:
                self.beginInsertRows(QModelIndex(), row, row)
                self._rows.insert(row, card)
                self.endInsertRows()

    def _refresh(self, wanted: Mapping[str, CaseCard]) -> None:
        for row, card in enumerate(self._rows):
            new = wanted[card.id]
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
    """All columns together."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stages = {stage: StageModel(stage, self) for stage in STAGES}
        self._where: dict[str, str] = {}
        self._cards: dict[str, CaseCard] = {}

    def where(self, case_id: str) -> str:
        """The column of a case, or an empty string."""
        return self._where.get(case_id, "")

    def card(self, case_id: str) -> CaseCard | None:
        """The card of a case on the board."""
        return self._cards.get(case_id)

    def by_digits(self, digits: str) -> CaseCard | None:
        """The newest case whose number is, or ends with, these digits."""
        number = digits.zfill(4)
        exact = [card for card in self._cards.values() if card.number == f"#{number}"]
        loose = [card for card in self._cards.values() if card.number.endswith(digits)]
        found = exact or loose
        return max(found, key=_id_of) if found else None

    def apply(self, view: BoardView) -> tuple[Moved, ...]:
        """Take a snapshot; tells which cases changed their column."""
        sorted_in: dict[str, list[CaseCard]] = {stage: [] for stage in STAGES}
        for card in view.cards:
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
        self._cards = {card.id: card for card in view.cards if card.id in where}
        for stage, cards in sorted_in.items():
            self.stages[stage].apply(cards if _in_order(cards) else sorted(cards, key=slack_order))
        return moved


def _in_order(cards: Sequence[CaseCard]) -> bool:
    """The reader sorts; ten thousand cards need not be sorted again."""
    return all(slack_order(a) <= slack_order(b) for a, b in pairwise(cards))


def _id_of(card: CaseCard) -> str:
    return card.id
