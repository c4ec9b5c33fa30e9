"""The deeds of a shift up to a moment, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.models.names import NOBODY
from console.models.past_words import deed_line
from console.services.past_shift import Deed

DEED_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 41
Index = QModelIndex | QPersistentModelIndex


class DeedRows(QAbstractListModel):
    """``only``: the deeds of one case. Moving on by a second adds what was done
    in it; going back takes it away again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Deed, ...] = ()
        self._places: Sequence[int] = ()
        self._known = 0
        self._shown = 0
        self.only = ""
        self.teams: Mapping[str, str] = {}
        self.names = NOBODY

    def show_shift(self, deeds: Sequence[Deed]) -> None:
        """Another shift; nothing of it is known yet."""
        self.beginResetModel()
        self._all, self.only, self._known = tuple(deeds), "", 0
        self._places, self._shown = range(len(self._all)), 0
        self.endResetModel()

    def filter(self, case_id: str) -> None:
        """Only the deeds of one case, or all of them."""
        if case_id == self.only:
            return
        self.beginResetModel()
        self.only = case_id
        self._places = (
            [at for at, one in enumerate(self._all) if one.case == case_id]
            if case_id
            else range(len(self._all))
        )
        self._shown = self._count(self._known)
        self.endResetModel()

    def know(self, known: int) -> None:
        """So many of all deeds had been done."""
        self._known, wanted = known, self._count(known)
        if wanted > self._shown:
            self.beginInsertRows(QModelIndex(), 0, wanted - self._shown - 1)
            self._shown = wanted
            self.endInsertRows()
        elif wanted < self._shown:
            self.beginRemoveRows(QModelIndex(), 0, self._shown - wanted - 1)
            self._shown = wanted
            self.endRemoveRows()

    def _count(self, known: int) -> int:
        if isinstance(self._places, range):
            return min(known, len(self._places))
        return sum(at < known for at in self._places)

    def deed(self, row: int) -> Deed | None:
        """The deed of a row."""
        if not 0 <= row < self._shown:
            return None
        return self._all[self._places[self._shown - 1 - row]]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many are shown."""
        return 0 if parent.isValid() else self._shown

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The deed (``DEED_ROLE``) and its words."""
        deed = self.deed(index.row()) if index.isValid() else None
        if deed is None:
            return None
        if role == DEED_ROLE:
            return deed
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return deed_line(deed, self.teams, self.names)
        return None
