"""The cards of one stage as a list model that tells what changed, row by row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt, Slot

from console.i18n import either
from console.models.wording import state as state_name
from console.services.views import CaseCard

CARD_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex
#: A card's place in its column: what is compared, and the case's id at its end.
Key = tuple[Any, ...]
#: More changed places than this are told as one reset: cheaper than moves.
MANY: Final = 200
_SHOWN: Final = [CARD_ROLE, int(Qt.ItemDataRole.DisplayRole)]
_FLAGS: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class StageModel(QStringListModel):
    """The cases of one stage, the most urgent first. A case is there once.

    Rows are counted by Qt's own list of (empty) strings: a list view asks for
    that number once for each of ten thousand rows whenever one comes or goes,
    and a Python method would be called as often.
    """

    def __init__(self, stage: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self._rows: list[CaseCard] = []
        # Keys of the rows, row by row, while the rows stand in their order.
        self._keys: list[Key] | None = None
        self._key_of: dict[str, Key] = {}
        self._at: dict[str, int] | None = {}
        #: What the signal that is on its way is about.
        self._coming: list[CaseCard] = []
        # Connected before anybody else: who hears of a change finds it made,
        # and until then finds the rows as they were.
        self.rowsInserted.connect(self._inserted)
        self.rowsRemoved.connect(self._removed)
        self.rowsMoved.connect(self._moved)
        self.modelReset.connect(self._renewed)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cards are chosen, not edited or dragged."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

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
        if self._keys is not None:
            key = self._key_of.get(case_id)
            return -1 if key is None else bisect_left(self._keys, key)
        if self._at is None:
            self._at = {card.id: row for row, card in enumerate(self._rows)}
        return self._at.get(case_id, -1)

    def ids(self) -> tuple[str, ...]:
        """The cases in their order."""
        return tuple(card.id for card in self._rows)

    @property
    def straight(self) -> bool:
        """True while the rows stand in the order of their keys."""
        return self._keys is not None

    # -- a whole column ---------------------------------------------------------

    def apply(self, cards: Sequence[CaseCard], keys: Mapping[str, Key] | None = None) -> None:
        """Take the new cards (already in order) with the fewest signals, so
        that the selection and the scroll position stay. With their ``keys``,
        in the order of which they stand, :meth:`patch` can go on from here."""
        self._keys = None
        wanted = {card.id: card for card in cards}
        held = {card.id for card in self._rows}
        changed = held.symmetric_difference(wanted)
        if len(changed) > MANY:
            self._at = None
            self._coming = list(cards)
            self.setStringList([""] * len(self._coming))
        else:
            if changed:
                self._drop(wanted)
                self._fill(cards)
            if [card.id for card in cards] != [card.id for card in self._rows]:
                self._reorder(cards)
            self._refresh(cards)
        if keys is not None:
            self._key_of = dict(keys)
            self._keys = [keys[card.id] for card in cards]

    def _drop(self, wanted: Mapping[str, CaseCard]) -> None:
        gone = [row for row, card in enumerate(self._rows) if card.id not in wanted]
        for row in reversed(gone):
            self._take_out(row)

    def _fill(self, cards: Sequence[CaseCard]) -> None:
        held = {card.id for card in self._rows}
        for row, card in enumerate(cards):
            if card.id not in held:
                self._put_in(min(row, len(self._rows)), card)

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
        # The reader hands the same object out again while nothing changed.
        pairs = enumerate(zip(self._rows, cards, strict=True))
        rows = [row for row, (card, new) in pairs if new is not card and new != card]
        if len(rows) > MANY:
            self._rows = list(cards)
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]), _SHOWN)
            return
        for row in rows:
            self._show(row, cards[row])

    # -- what changed -----------------------------------------------------------

    def patch(self, gone: Sequence[str], fresh: Sequence[tuple[Key, CaseCard]]) -> None:
        """Cases that went and cards that came, each with its key; one that is
        in both has changed. Costs what changed, not what is there. Only while
        the rows are :attr:`straight`."""
        assert self._keys is not None
        coming = {card.id: (key, card) for key, card in fresh}
        for case_id in gone:
            row = bisect_left(self._keys, self._key_of.pop(case_id))
            new = coming.pop(case_id, None)
            del self._keys[row]
            if new is None:
                self._take_out(row)
            else:
                self._move(row, *new)
        for key, card in coming.values():
            row = bisect_left(self._keys, key)
            self._keys.insert(row, key)
            self._key_of[card.id] = key
            self._put_in(row, card)

    def _move(self, row: int, key: Key, card: CaseCard) -> None:
        """The card of a row is another one now, perhaps with another place."""
        assert self._keys is not None
        target = bisect_left(self._keys, key)
        self._keys.insert(target, key)
        self._key_of[card.id] = key
        if target != row:
            # Qt counts the place before the row has left its own.
            above = target if target < row else target + 1
            self.moveRows(QModelIndex(), row, 1, QModelIndex(), above)
        if self._rows[target] != card:
            self._show(target, card)
        else:
            self._rows[target] = card

    # -- one row ----------------------------------------------------------------

    def _take_out(self, row: int) -> None:
        self._at = None
        self.removeRows(row, 1)

    def _put_in(self, row: int, card: CaseCard) -> None:
        self._at = None
        self._coming = [card]
        self.insertRows(row, 1)

    @Slot(QModelIndex, int, int)
    def _inserted(self, _parent: QModelIndex, first: int, _last: int) -> None:
        self._rows[first:first] = self._coming

    @Slot(QModelIndex, int, int)
    def _removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        del self._rows[first : last + 1]

    @Slot(QModelIndex, int, int, QModelIndex, int)
    def _moved(self, _from: QModelIndex, row: int, _last: int, _to: QModelIndex, above: int) -> None:
        self._rows.insert(above if above < row else above - 1, self._rows.pop(row))

    @Slot()
    def _renewed(self) -> None:
        self._rows = self._coming

    def _show(self, row: int, card: CaseCard) -> None:
        self._rows[row] = card
        index = self.index(row)
        self.dataChanged.emit(index, index, _SHOWN)
