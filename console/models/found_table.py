"""Rows of a search: the ids are all there, the cases come as they are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from console.domain import ids
from console.domain.model import Case
from console.i18n import either, t
from console.models.names import NOBODY, NameBook
from console.models.wording import SITE_ZONE, state

Index = QModelIndex | QPersistentModelIndex
COLUMNS: Final = ("number", "opened", "state", "what", "where", "who", "note")
CASE_ROLE: Final = int(Qt.ItemDataRole.UserRole)
#: Cases asked for at once when somebody scrolls to rows not yet there.
BUNDLE: Final = 50


class FoundTableModel(QAbstractTableModel):
    """``missing(ids)``: rows are looked at whose cases are not here yet."""

    missing = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._cases: dict[str, Case] = {}
        self._asked: set[int] = set()
        self._teams: Mapping[str, str] = {}
        self._names = NOBODY

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of cases told of."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Number of :data:`COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Words of one cell, or the case (``CASE_ROLE``)."""
        if role not in (CASE_ROLE, int(Qt.ItemDataRole.DisplayRole)) or not index.isValid():
            return None
        case = self.case(index.row())
        if case is None:
            self._ask(index.row())
        if role == CASE_ROLE:
            return case
        if case is None:
            return self._ids[index.row()] if index.column() == 0 else ""
        return self._text(case, COLUMNS[index.column()])

    def _text(self, case: Case, column: str) -> str:
        if column == "number":
            return ids.number(case.id)
        if column == "opened":
            return when(case)
        if column == "state":
            return state(case.state)
        if column == "what":
            return either(case.name_zh, case.name_en) or "—"
        if column == "where":
            return self._names.where(case.community, case.place)
        if column == "who":
            return self.teams_of(case)
        return " ".join(case.note.split())

    def teams_of(self, case: Case) -> str:
        """Names of the teams of a case."""
        return " ".join(self._teams.get(team, team) for team in case.teams)

    @property
    def names(self) -> NameBook:
        """What places and people are called."""
        return self._names

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """Name of a column."""
        if orientation is not Qt.Orientation.Horizontal or role != int(Qt.ItemDataRole.DisplayRole):
            return None
        return t(f"search.column.{COLUMNS[section]}")

    def case(self, row: int) -> Case | None:
        """The case of a row, when it is here."""
        return self._cases.get(self._ids[row]) if 0 <= row < len(self._ids) else None

    def id(self, row: int) -> str:
        """The id of a row, or an empty text."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_of(self, case_id: str) -> int:
        """Row of a case, or -1."""
        return self._ids.index(case_id) if case_id in self._ids else -1

    def take(self, found: Sequence[str], cases: Sequence[Case]) -> None:
        """A new answer."""
        self.beginResetModel()
        self._ids = tuple(found)
        self._cases = {case.id: case for case in cases}
        self._asked = set()
        self.endResetModel()

    def add(self, cases: Sequence[Case]) -> None:
        """Cases that were missing."""
        wanted = set(self._ids)
        self._cases.update((case.id, case) for case in cases if case.id in wanted)
        self.retranslate()

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id, in the language now."""
        self._teams = names
        self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What places and people are called."""
        self._names = names
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again in the language now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(COLUMNS) - 1))

    def _ask(self, row: int) -> None:
        bundle = row // BUNDLE
        if bundle not in self._asked:
            self._asked.add(bundle)
            self.missing.emit(self._ids[bundle * BUNDLE : (bundle + 1) * BUNDLE])


def when(case: Case) -> str:
    """Day and minute of opening, on the wall clock of the site."""
    if case.opened_at is None:
        return "—"
    return case.opened_at.astimezone(SITE_ZONE).strftime("%Y-%m-%d %H:%M")
