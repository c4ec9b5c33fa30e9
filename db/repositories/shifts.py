"""Shifts as rows, and what only their logs ask of the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from console.domain.errors import Refusal
from console.domain.model import Event
from console.services.shift_records import ShiftPersonRow, ShiftRow
from db.repositories.base import Repository, Row, chunks
from db.repositories.events import read_event
from db.tables import event, head_copy
from db.tables_shifts import shift, shift_person

_FIELDS = tuple(field.name for field in fields(ShiftRow))
_COLUMNS = [shift.c[name] for name in _FIELDS]
_PERSON = tuple(field.name for field in fields(ShiftPersonRow))
#: What a log that both have signed says of itself.
HANDED = "handed"


class Shifts(Repository):
    """Implements ``ShiftRepository``."""

    def get(self, shift_id: str) -> ShiftRow | None:
        """A shift by its number."""
        row = self._db.execute(select(*_COLUMNS).where(shift.c.id == shift_id)).first()
        return ShiftRow(**row._mapping) if row is not None else None

    def between(self, start: datetime, end: datetime) -> tuple[ShiftRow, ...]:
        """Shifts planned to begin in ``[start, end)``, newest first."""
        query = select(*_COLUMNS).where(shift.c.start_at >= start, shift.c.start_at < end)
        return self._rows(query.order_by(shift.c.start_at.desc()))

    def unsigned(self) -> tuple[ShiftRow, ...]:
        """Shifts nobody has taken over, newest first."""
        query = select(*_COLUMNS).where(shift.c.stage.in_(("open", "offered")))
        return self._rows(query.order_by(shift.c.start_at.desc()))

    def add(self, row: ShiftRow) -> None:
        """A new shift; ``Refusal('conflict')`` when somebody was faster."""
        self._touch("shift")
        made = self._insert(shift).values(**_row(row)).on_conflict_do_nothing().returning(shift.c.id)
        if self._db.execute(made).first() is None:
            raise Refusal("conflict", "shift", shift=row.id)

    def save(self, row: ShiftRow, expected_version: int) -> ShiftRow:
        """Compare-and-set on the version."""
        self._touch("shift")
        grown = replace(row, version=expected_version + 1)
        same = (shift.c.id == row.id) & (shift.c.version == expected_version)
        if self._db.execute(update(shift).where(same).values(**_row(grown))).rowcount != 1:
            raise Refusal("conflict", "shift", shift=row.id)
        return grown

    def successors(self, seqs: Sequence[int]) -> Mapping[int, str]:
        """By number of an event: the hash its successor says it has."""
        found: dict[int, str] = {}
        for part in chunks([seq + 1 for seq in seqs]):
            query = select(event.c.seq, event.c.prev_hash).where(event.c.seq.in_(part))
            found.update((int(row.seq) - 1, str(row.prev_hash)) for row in self._db.execute(query))
        return found

    def events_between(self, start: datetime, end: datetime, actions: Sequence[str]) -> tuple[Event, ...]:
        """Events of the site of these actions recorded in ``[start, end)``."""
        c = event.c
        query = select(event).where(c.recorded_at >= start, c.recorded_at < end, c.action.in_(actions))
        return tuple(read_event(row) for row in self._db.execute(query.order_by(c.seq)))

    def copy_head(self, seq: int, digest: str, copied_to: str) -> None:
        """Remember a head that stands in a signed log."""
        if seq:
            self._touch()
            self._db.execute(insert(head_copy).values(seq=seq, hash=digest, copied_to=copied_to))

    def add_person(self, row: ShiftPersonRow) -> None:
        """Keep a caller."""
        self._touch()
        self._db.execute(insert(shift_person).values({name: getattr(row, name) for name in _PERSON}))

    def person(self, person_id: str) -> ShiftPersonRow | None:
        """A caller by id."""
        columns = [shift_person.c[name] for name in _PERSON]
        row = self._db.execute(select(*columns).where(shift_person.c.id == person_id)).first()
        return ShiftPersonRow(**row._mapping) if row is not None else None

    def callers_before(self, before: datetime) -> int:
        """How many callers have been kept since before then."""
        query = select(func.count()).select_from(shift_person).where(shift_person.c.added_at < before)
        return int(self._db.execute(query).scalar_one())

    def erase_persons(self, before: datetime) -> tuple[tuple[str, str], ...]:
        """Erase callers kept since before then."""
        c = shift_person.c
        gone = delete(shift_person).where(c.added_at < before).returning(c.shift_id, c.id)
        found = tuple((str(row.shift_id), str(row.id)) for row in self._db.execute(gone))
        if found:
            self._touch("shift")
        return found

    def _rows(self, query: Any) -> tuple[ShiftRow, ...]:
        return tuple(ShiftRow(**row._mapping) for row in self._db.execute(query))


def _row(item: ShiftRow) -> Row:
    return {name: getattr(item, name) for name in _FIELDS}
