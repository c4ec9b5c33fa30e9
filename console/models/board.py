"""The cards of the board: one list model a stage, fed by snapshots.

The models hold what the last ``BoardView`` said and nothing else. A running
time is not in here: the delegate paints it from the ticker's time, so that a
second costs no ``data()`` call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.i18n import either
from console.models.card_filter import Sieved
from console.models.stages import STAGE_OF, STAGES
from console.models.wording import state as state_name
from console.services.card_order import KEYS, SORTS, held
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

    A snapshot hands the same objects out again while nothing changed, so only
    cards that are other objects than before are looked at; ten thousand cases
    cost what changed among them. A filter (:meth:`sift`) takes cards out of the
    columns; numbers are found among all."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stages = {stage: StageModel(stage, self) for stage in STAGES}
        self.sort = SORTS[0]
        self._passes: Callable[[CaseCard], bool] | None = None
        self._seen: dict[int, CaseCard] = {}
        self._cards: dict[str, CaseCard] = {}
        self._where: dict[str, str] = {}
        self._in: dict[str, dict[str, CaseCard]] = {stage: {} for stage in STAGES}
        # A card's place is worked out once; sorting then only compares.
        self._keys: dict[str, dict[str, tuple[Any, ...]]] = {stage: {} for stage in STAGES}
        self._ringing: dict[str, CaseCard] = {}
        self._stale: set[str] = set()
        self._looked: tuple[BoardView, dict[int, CaseCard], list[CaseCard], list[CaseCard]] | None = None

    def where(self, case_id: str) -> str:
        """The column of a case, or an empty string."""
        return self._where.get(case_id, "")

    def card(self, case_id: str) -> CaseCard | None:
        """The card of an open case, shown or not."""
        return self._cards.get(case_id)

    def shown(self) -> list[CaseCard]:
        """The cards that came through the filter, column by column."""
        return [card for cards in self._in.values() for card in cards.values()]

    @property
    def sieved(self) -> Sieved:
        """How many came through, of how many; which of the others ring."""
        return Sieved(len(self._where), len(self._cards), tuple(self._ringing.values()))

    def by_digits(self, digits: str) -> CaseCard | None:
        """The newest case whose number is, or ends with, these digits."""
        number = digits.zfill(4)
        exact = [card for card in self._cards.values() if card.number == f"#{number}"]
        loose = [card for card in self._cards.values() if card.number.endswith(digits)]
        found = exact or loose
        return max(found, key=_id_of) if found else None

    def sift(self, passes: Callable[[CaseCard], bool] | None) -> None:
        """From the next snapshot on show only cards that pass; ``None``: all."""
        self._passes = passes
        self._seen, self._looked = {}, None

    def sort_by(self, sort: str) -> None:
        """From the next snapshot on stand in this order."""
        self.sort = sort
        key = KEYS[sort]
        self._keys = {
            stage: {card.id: key(card) for card in cards.values()} for stage, cards in self._in.items()
        }
        self._stale = set(STAGES)

    def fresh(self, view: BoardView) -> list[CaseCard]:
        """The cards of a snapshot that are others than before; :meth:`apply`
        takes it from there."""
        now = {id(card): card for card in view.cards}
        seen = self._seen
        fresh = [card for key, card in now.items() if key not in seen]
        gone = [card for key, card in seen.items() if key not in now]
        if not seen:
            gone = list(self._cards.values())
        self._looked = (view, now, fresh, gone)
        return fresh

    def apply(self, view: BoardView, hold: bool = False) -> tuple[Moved, ...] | None:
        """Take a snapshot; tells which cases changed their column, ``None``
        when nothing changed at all. With ``hold`` cards keep their order."""
        if self._looked is None or self._looked[0] is not view:
            self.fresh(view)
        assert self._looked is not None
        _, now, fresh, gone = self._looked
        self._seen, self._looked = now, None
        moved = self._change(fresh, gone)
        touched, self._stale = self._stale, set()
        for stage in touched:
            model, held_in, keys = self.stages[stage], self._in[stage], self._keys[stage]
            cards = [held_in[case_id] for case_id in sorted(keys, key=keys.__getitem__)]
            model.apply(held(model.ids(), cards) if hold else cards)
        if hold:
            self._stale = set(touched)
        return moved if fresh or gone or touched else None

    def _change(self, fresh: Sequence[CaseCard], gone: Sequence[CaseCard]) -> tuple[Moved, ...]:
        left: dict[str, str] = {}
        for card in gone:
            self._cards.pop(card.id, None)
            self._ringing.pop(card.id, None)
            stage = self._where.pop(card.id, "")
            if stage:
                left[card.id] = stage
                self._stale.add(stage)
                del self._in[stage][card.id], self._keys[stage][card.id]
        moved: list[Moved] = []
        key = KEYS[self.sort]
        for card in fresh:
            stage = STAGE_OF.get(card.state, "")
            if not stage:
                continue
            self._cards[card.id] = card
            if self._passes is None or self._passes(card):
                self._where[card.id] = stage
                self._in[stage][card.id] = card
                self._keys[stage][card.id] = key(card)
                self._stale.add(stage)
                origin = left.get(card.id, stage)
                if origin != stage:
                    moved.append(Moved(card.id, origin, stage))
            elif card.severity is not None:
                self._ringing[card.id] = card
        return tuple(moved)


def _id_of(card: CaseCard) -> str:
    return card.id
