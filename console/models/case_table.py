"""The list mode of the board: one row a case, sorted by our own hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.i18n import either, t
from console.models.board import CARD_ROLE
from console.models.names import NOBODY, NameBook
from console.models.wording import clock, state
from console.services.card_order import KEYS, SORTS, held
from console.services.views import CaseCard

Index = QModelIndex | QPersistentModelIndex
#: Column keys; ``left`` and ``slack`` are painted by the delegate from the
#: ticker's time.
COLUMNS: Final = ("number", "state", "what", "where", "left", "slack", "who", "opened")
LEFT_COLUMN: Final = COLUMNS.index("left")
SLACK_COLUMN: Final = COLUMNS.index("slack")
#: The column that stands for each of the board's orders.
COLUMN_OF: Final = {"slack": SLACK_COLUMN, "due": LEFT_COLUMN, "number": COLUMNS.index("number")}
_SORT_OF: Final = {"left": "due", "slack": "slack", "number": "number"}
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: More changed places than this are told as one reset: cheaper than moves.
_MANY: Final = 200


class CaseTableModel(QAbstractTableModel):
    """Open cases in rows. Sorting uses instants, which stand still, not the
    remaining time, which does not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[CaseCard] = []
        self._at: dict[str, int] | None = {}
        self._teams: Mapping[str, str] = {}
        self._names = NOBODY
        self._sort = (COLUMN_OF[SORTS[0]], False)
        #: While somebody chooses among the rows they keep their order.
        self.hold = False

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of cases."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Number of :data:`COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Words of one cell, or the card (``CARD_ROLE``)."""
        if role not in (CARD_ROLE, int(Qt.ItemDataRole.DisplayRole)) or not index.isValid():
            return None
        card = self._rows[index.row()]
        return card if role == CARD_ROLE else self._text(card, COLUMNS[index.column()])

    def _text(self, card: CaseCard, column: str) -> str:
        if column == "number":
            return card.number
        if column == "state":
            return state(card.state)
        if column == "what":
            return either(card.name_zh, card.name_en)
        if column == "where":
            return self._names.where(card.community, card.place)
        if column == "who":
            return " ".join(self._teams.get(team, team) for team in card.teams)
        return clock(card.opened_at) if column == "opened" else ""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """Name of a column."""
        if orientation is not Qt.Orientation.Horizontal or role != int(Qt.ItemDataRole.DisplayRole):
            return None
        return t(f"desk.list.{COLUMNS[section]}")

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; ``left`` sorts by due time, ``slack`` by slack."""
        self._sort = (column, order is Qt.SortOrder.DescendingOrder)
        self._take(self._rows)

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id, in the language now."""
        self._teams = names

    def set_names(self, names: NameBook) -> None:
        """What places are called."""
        self._names = names
        self.retranslate()

    def apply(self, cards: Sequence[CaseCard]) -> None:
        """Take the cards of a snapshot."""
        self._take(cards)

    def row_of(self, case_id: str) -> int:
        """Row of a case, or -1."""
        if self._at is None:
            self._at = {card.id: row for row, card in enumerate(self._rows)}
        return self._at.get(case_id, -1)

    def card(self, row: int) -> CaseCard | None:
        """The card in a row, or ``None``."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def retranslate(self) -> None:
        """Say everything again in the language now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def _key(self, card: CaseCard) -> tuple[object, ...]:
        column = COLUMNS[self._sort[0]] if 0 <= self._sort[0] < len(COLUMNS) else "slack"
        sort = _SORT_OF.get(column)
        if sort is not None:
            return KEYS[sort](card)
        if column == "opened":
            return (card.opened_at or _NEVER, card.id)
        return (self._text(card, column), card.id)

    def _take(self, cards: Sequence[CaseCard]) -> None:
        rows: Sequence[CaseCard] = sorted(cards, key=self._key, reverse=self._sort[1])
        if self.hold:
            rows = held([card.id for card in self._rows], rows)
        ids, before = [card.id for card in rows], [card.id for card in self._rows]
        if ids == before:
            self._replace(rows)
            return
        self._at = None
        changed = set(ids).symmetric_difference(before)
        if len(changed) > _MANY:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        if changed:
            self._swap(rows)
        # Persistent indexes follow their case, so the selection stays on it.
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        held_rows, self._rows = self._rows, list(rows)
        self._at = None
        moved = [self.index(self.row_of(held_rows[one.row()].id), one.column()) for one in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _swap(self, rows: Sequence[CaseCard]) -> None:
        """Take out what left, add what came; the order follows."""
        wanted = {card.id for card in rows}
        for row in range(len(self._rows) - 1, -1, -1):
            if self._rows[row].id not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()
        known = {card.id for card in self._rows}
        fresh = [card for card in rows if card.id not in known]
        if fresh:
            at = len(self._rows)
            self.beginInsertRows(QModelIndex(), at, at + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()

    def _replace(self, rows: Sequence[CaseCard]) -> None:
        for row, card in enumerate(rows):
            if card is not self._rows[row] and card != self._rows[row]:
                self._rows[row] = card
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
