"""The port to catalogue, standard, teams, places, calendar and promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from console.domain.model import Category, Condition, Place, Team


class ReferenceRepository(Protocol):
    """Catalogue, standard, teams, places, calendar: what the site loaded."""

    def categories(self) -> tuple[Category, ...]: ...

    def put_categories(self, rows: Iterable[Category]) -> int: ...

    def conditions(self, active: bool = True) -> tuple[Condition, ...]:
        """The newest version of each condition."""
        ...

    def condition(self, condition_id: str, version: int | None = None) -> Condition | None: ...

    def put_conditions(self, rows: Iterable[Condition]) -> int:
        """Insert new versions; a version once stored is never changed."""
        ...

    def teams(self) -> tuple[Team, ...]: ...

    def put_teams(self, rows: Iterable[Team]) -> int: ...

    def places(self, kind: str = "") -> tuple[Place, ...]: ...

    def place(self, kind: str, place_id: str) -> Place | None:
        """One place by its id."""
        ...

    def put_places(self, rows: Iterable[Place]) -> int: ...

    def calendar_rows(self) -> tuple[Mapping[str, str], ...]:
        """Rows ``type,from,to,start,end,name`` as in CLI.md."""
        ...

    def put_calendar_rows(self, rows: Iterable[Mapping[str, str]]) -> int: ...

    def drop_calendar_rows(self) -> None:
        """Take every row away: for one who puts the whole calendar anew."""
        ...

    def promises(self) -> tuple[Mapping[str, object], ...]:
        """Rows of limits: kind, value, unit, version, valid_from."""
        ...

    def put_promises(self, rows: Iterable[Mapping[str, object]]) -> int: ...
