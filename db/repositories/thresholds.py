"""Rows that say when clocks ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from sqlalchemy import func, insert, select

from console.domain.thresholds import Threshold
from console.domain.vocabulary import Severity
from db.repositories.base import Repository, Row
from db.tables_sources import threshold

_FIELDS = tuple(field.name for field in fields(Threshold))
_COLUMNS = [threshold.c[name] for name in _FIELDS]
_SCOPE = ("clock", "step", "category", "community", "hours")


class Thresholds(Repository):
    """Implements ``ThresholdRepository``."""

    def all(self) -> tuple[Threshold, ...]:
        """Every version, as they were stored."""
        rows = self._db.execute(select(*_COLUMNS).order_by(threshold.c.id))
        return tuple(Threshold(**{**row._mapping, "severity": Severity(row.severity)}) for row in rows)

    def add(self, rows: Sequence[Threshold]) -> tuple[Threshold, ...]:
        """Store each as the next version of its scope."""
        if not rows:
            return ()
        self._touch("setting")
        c = threshold.c
        newest = select(*(c[name] for name in _SCOPE), func.max(c.version)).group_by(*(c[n] for n in _SCOPE))
        last = {tuple(str(part) for part in row[:5]): int(row[5]) for row in self._db.execute(newest)}
        stored = []
        for item in rows:
            last[item.scope] = last.get(item.scope, 0) + 1
            stored.append(replace(item, version=last[item.scope]))
        self._db.execute(insert(threshold), [_row(item) for item in stored])
        return tuple(stored)


def _row(item: Threshold) -> Row:
    return {name: getattr(item, name) for name in _FIELDS} | {"severity": item.severity.value}
