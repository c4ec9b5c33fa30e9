"""How cases came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from console.domain.errors import Refusal
from console.services.intake_records import IntakeRow, UsedPlace
from db.repositories.base import Repository, chunks
from db.tables import case_file
from db.tables_intake import case_intake


class Intake(Repository):
    """Implements ``IntakeRepository``."""

    def put(self, row: IntakeRow) -> None:
        """Insert or replace the row of a case."""
        self._touch("case")
        if row.origin_key:
            taken = self.with_origin((row.origin_key,)).get(row.origin_key)
            if taken is not None and taken != row.case:
                raise Refusal("conflict", "imported", case=taken, external=row.external)
        values = asdict(row)
        values["case_id"] = values.pop("case")
        values["told_condition"] = values.pop("condition")
        statement = self._insert(case_intake).values(**values)
        changed = {name: value for name, value in values.items() if name != "case_id"}
        self._db.execute(statement.on_conflict_do_update(index_elements=["case_id"], set_=changed))

    def get(self, case_id: str) -> IntakeRow | None:
        """The row of a case, or ``None``: it came from a camera, or is older."""
        found = self._db.execute(select(case_intake).where(case_intake.c.case_id == case_id)).first()
        return None if found is None else _row(found)

    def with_origin(self, keys: Sequence[str]) -> dict[str, str]:
        """Case id by origin key, for those already taken in."""
        found: dict[str, str] = {}
        for part in chunks([key for key in keys if key]):
            query = select(case_intake.c.origin_key, case_intake.c.case_id)
            for key, case_id in self._db.execute(query.where(case_intake.c.origin_key.in_(part))):
                found[key] = case_id
        return found

    def used_places(self, newest: int = 2000) -> tuple[UsedPlace, ...]:
        """Distinct places of the newest cases, newest first."""
        c = case_file.c
        query = select(c.place, c.community, c.grid, c.lon, c.lat).order_by(c.id.desc()).limit(newest)
        found: dict[str, UsedPlace] = {}
        for row in self._db.execute(query):
            if row.place and row.place not in found:
                found[row.place] = UsedPlace(row.place, row.community, row.grid, row.lon, row.lat)
        return tuple(found.values())


def _row(found: Any) -> IntakeRow:
    values = dict(found._mapping)
    values["case"] = values.pop("case_id")
    values["condition"] = values.pop("told_condition")
    return IntakeRow(**values)
