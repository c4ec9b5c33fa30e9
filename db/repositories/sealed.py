"""Everything that is stored encrypted, for a change of the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Table, select, update

from console.services.sealed_records import SealedRow
from db.repositories.base import Repository
from db.tables import case_person, setting
from db.tables_reference import camera
from db.tables_shifts import shift_person

_TABLES: Final[Mapping[str, tuple[Table, str, tuple[str, ...]]]] = {
    "camera": (camera, "id", ("secret",)),
    "case_person": (case_person, "id", ("name_sealed", "phone_sealed")),
    "shift_person": (shift_person, "id", ("name_sealed", "phone_sealed")),
    "setting": (setting, "key", ("value",)),
}
#: What every Fernet token begins with (version 0x80 and the high bytes of its time).
_TOKEN: Final = "gAAAA"


class Sealed(Repository):
    """Implements ``SealedRepository``."""

    def all(self) -> tuple[SealedRow, ...]:
        """Every row that holds something encrypted."""
        found = []
        for name, (table, key, columns) in _TABLES.items():
            query = select(*(table.c[one] for one in (key, *columns))).order_by(table.c[key])
            for row in self._db.execute(query):
                texts = {one: str(row._mapping[one]) for one in columns}
                if any(text.startswith(_TOKEN) for text in texts.values()):
                    found.append(SealedRow(name, str(row._mapping[key]), texts))
        return tuple(found)

    def put(self, row: SealedRow) -> None:
        """Other texts in the place of those stored."""
        self._touch("camera" if row.table == "camera" else "setting")
        table, key, _ = _TABLES[row.table]
        self._db.execute(update(table).where(table.c[key] == row.key).values(**row.texts))
