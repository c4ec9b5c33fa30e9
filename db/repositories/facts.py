"""Where cases happened and which were open: what pages ask besides the figures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from db.repositories.base import Repository
from db.tables import case_file


class Facts(Repository):
    """Implements ``FactsRepository``."""

    def places_of_cases(self, since: datetime) -> tuple[tuple[str, float | None, float | None, int], ...]:
        """Counted by the database; a case that names its grid is not told by
        its place."""
        grid, lon, lat = case_file.c.grid, case_file.c.lon, case_file.c.lat
        many = func.count().label("many")
        counted = (case_file.c.opened_at >= since) & ~case_file.c.mis_key
        named = select(grid, many).where(counted, grid != "").group_by(grid)
        placed = select(lon, lat, many).where(counted, grid == "").group_by(lon, lat)
        found: list[tuple[str, float | None, float | None, int]] = [
            (row.grid, None, None, row.many) for row in self._db.execute(named)
        ]
        found += [("", row.lon, row.lat, row.many) for row in self._db.execute(placed)]
        return tuple(found)

    def open_at(self, instant: datetime, since: datetime) -> tuple[str, ...]:
        """Ids of the cases opened since ``since`` that were open at ``instant``.
        One that ended before it and was reopened later is taken for open."""
        begun = (case_file.c.opened_at >= since) & (case_file.c.opened_at <= instant)
        lasting = case_file.c.ended_at.is_(None) | (case_file.c.ended_at > instant)
        return tuple(row.id for row in self._db.execute(select(case_file.c.id).where(begun, lasting)))
