"""What is wrong besides cases, as each watcher follows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update

from console.domain.conditions import Tracked
from db.repositories.base import Repository, Row
from db.tables_sources import alarm_condition, alarm_watch
from db.types import from_micros, to_micros

_FIELDS = tuple(field.name for field in fields(Tracked))
_COLUMNS = [alarm_condition.c[name] for name in _FIELDS]
_KEY = ("watcher", "kind", "id", "code")
_VERSION = select(alarm_watch.c.version).where(alarm_watch.c.id == 1)
_DROP = delete(alarm_condition).where(
    and_(*(alarm_condition.c[name] == bindparam(f"k_{name}") for name in _KEY))
)


class Sources(Repository):
    """Implements ``SourceRepository``."""

    def version(self) -> int:
        """Grows with every change of the book or of its rules."""
        return int(self._db.execute(_VERSION).scalar_one())

    def hold(self) -> int:
        """The version, locked. SQLite has one writer at a time anyhow."""
        return int(self._db.execute(_VERSION.with_for_update()).scalar_one())

    def bump(self) -> int:
        """The next version."""
        self._touch()
        grown = update(alarm_watch).where(alarm_watch.c.id == 1).values(version=alarm_watch.c.version + 1)
        return int(self._db.execute(grown.returning(alarm_watch.c.version)).scalar_one())

    def tracked(self) -> tuple[Tracked, ...]:
        """All rows of all watchers."""
        return tuple(_tracked(row) for row in self._db.execute(select(*_COLUMNS)))

    def put(self, rows: Sequence[Tracked]) -> None:
        """Insert or replace by watcher, kind, id and code."""
        if not rows:
            return
        self._touch()
        put = self._insert(alarm_condition)
        changed = {name: put.excluded[name] for name in _FIELDS if name not in _KEY}
        query = put.on_conflict_do_update(index_elements=list(_KEY), set_=changed)
        self._db.execute(query, [_row(item) for item in rows])

    def drop(self, rows: Iterable[Tracked]) -> None:
        """Forget rows."""
        keys: list[Row] = [{f"k_{name}": getattr(item, name) for name in _KEY} for item in rows]
        if keys:
            self._touch()
            self._db.execute(_DROP, keys)


def _row(item: Tracked) -> Row:
    row: Row = {name: getattr(item, name) for name in _FIELDS}
    row["onsets"] = [to_micros(at) for at in item.onsets]
    row["facts"] = dict(item.facts)
    return row


def _tracked(row: Any) -> Tracked:
    values = dict(row._mapping)
    values["onsets"] = tuple(_instant(at) for at in values["onsets"])
    values["facts"] = tuple(sorted(values["facts"].items()))
    return Tracked(**values)


def _instant(value: int) -> datetime:
    return from_micros(int(value))
