"""What all repositories share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, and_, select
from sqlalchemy.dialects import sqlite

T = TypeVar("T")
Row = dict[str, Any]

#: Ids in one IN list; SQLite allows 32,766 variables.
CHUNK = 2000


class Repository:
    """A connection inside a transaction, and how to say that it changed."""

    def __init__(self, connection: Connection, touch: Callable[..., None], still: bool = False) -> None:
        """``still``: nothing changes while this unit lives, which reads on one
        snapshot; what was read once need not be read again."""
        self._db = connection
        self._touch = touch
        self._still = still
        self._dialect = connection.dialect.name

    def _insert(self, table: Table) -> Any:
        """The dialect's own INSERT, which knows ON CONFLICT."""
        if self._dialect == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)

    def _put(self, table: Table, rows: Sequence[Row], versioned: bool = False) -> int:
        """Insert or update ``rows`` by primary key, only those that differ; a
        ``versioned`` table counts its version up. Returns how many it wrote."""
        keys = [column.name for column in table.primary_key]
        stored: dict[tuple[Any, ...], Row] = {}
        for found in self._db.execute(select(table)):
            old = dict(found._mapping)
            stored[tuple(old[key] for key in keys)] = old
        fresh = {tuple(row[key] for key in keys): row for row in rows}
        inserts = [row for key, row in fresh.items() if key not in stored]
        updates = [row for key, row in fresh.items() if key in stored and _differs(stored[key], row)]
        if inserts:
            self._db.execute(table.insert(), inserts)
        for row in updates:
            same = and_(*(table.c[key] == row[key] for key in keys))
            more: Row = {"version": table.c.version + 1} if versioned else {}
            self._db.execute(table.update().where(same).values(**row, **more))
        return len(inserts) + len(updates)


def _differs(old: Row, new: Row) -> bool:
    return any(old[name] != value for name, value in new.items())


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """``values`` in pieces short enough for one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
