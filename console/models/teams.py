"""The rows of the team board: a cache of one view, filtered."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt

from console.models.kept_rows import KeptRows
from console.models.team_words import doing, haystack, team_name
from console.services.team_state import Doing, Standing, TeamBoardView

STANDING_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 21


class TeamModel(KeptRows):
    """One row a team."""

    role = STANDING_ROLE

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Standing, ...] = ()
        self._filter = ""

    def key_of(self, row: Standing) -> str:
        """The team's id."""
        return row.team.id

    def spoken(self, row: Standing) -> str:
        """Name, what it does, its cases."""
        cases = " ".join(one.number for one in row.cases)
        return f"{team_name(row.team)} {doing(row.doing)} {cases}".strip()

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
        found: Standing | None = self.at(row)
        return found

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
        self.take(rows)
