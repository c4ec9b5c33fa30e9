"""The rows of the team board: a cache of one view, filtered."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.models.team_words import doing, haystack, team_name
from console.services.team_state import Doing, Standing, TeamBoardView

STANDING_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 21
Index = QModelIndex | QPersistentModelIndex


class TeamModel(QAbstractListModel):
    """One row a team. A fresh view with the same teams changes rows in place,
    so that selection, scroll position and keyboard stay where they are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Standing, ...] = ()
        self._rows: list[Standing] = []
        self._filter = ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Teams that pass the filter."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The standing (``STANDING_ROLE``) and its words for screen readers."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == STANDING_ROLE:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            cases = " ".join(one.number for one in row.cases)
            return f"{team_name(row.team)} {doing(row.doing)} {cases}".strip()
        return None

    def apply(self, view: TeamBoardView) -> None:
        """Take a fresh view."""
        self._all = view.rows
        self._rebuild()

    def set_filter(self, text: str) -> None:
        """Only teams with every word of ``text`` in name, people, place, state
        or case numbers."""
        self._filter = text.strip().casefold()
        self._rebuild()

    @property
    def total(self) -> int:
        """Teams there are, whatever the filter says."""
        return len(self._all)

    def standing(self, row: int) -> Standing | None:
        """The team in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, team: str) -> int:
        """The row of a team, or -1."""
        return next((at for at, row in enumerate(self._rows) if row.team.id == team), -1)

    def find(self, team: str) -> Standing | None:
        """A team by its id, also one the filter hides."""
        return next((row for row in self._all if row.team.id == team), None)

    def counts(self) -> dict[str, int]:
        """``on`` and the teams by what they do."""
        found = {"on": sum(row.on for row in self._all)}
        for one in (Doing.FREE, Doing.ENROUTE, Doing.SCENE):
            found[one.value] = sum(row.doing is one and row.on for row in self._all)
        return found

    def _rebuild(self) -> None:
        words = self._filter.split()
        rows = [row for row in self._all if all(word in haystack(row) for word in words)]
        if [row.team.id for row in rows] != [row.team.id for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        for at, row in enumerate(rows):
            if row != self._rows[at]:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))
