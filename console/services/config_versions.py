"""How a row with versions came to what it is: each version, since when it holds,
who set it, and what was different before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.services.config_diff import Row, differences
from console.services.ports import UnitOfWork
from console.services.reference_rows import condition_cells
from console.services.rules import promise_rows

#: Parts whose rows have versions.
VERSIONED = ("standard", "promises", "thresholds")


@dataclass(frozen=True, slots=True)
class Version:
    """``fields``: ``(name, before, from then on)``; all of it for the first."""

    version: str
    valid_from: datetime
    by: str
    fields: tuple[tuple[str, Any, Any], ...]


def versions_of(uow: UnitOfWork, part: str, key: str) -> tuple[Version, ...]:
    """The versions of a row, the newest first; none for a part without."""
    if part == "standard":
        return _told(_conditions(uow, key))
    if part == "promises":
        rows = [one for one in promise_rows(uow.reference.promises()) if _key(one.scope) == key]
        return _told((r.version, r.valid_from, r.by, {"limit": f"{r.value} {r.unit.value}"}) for r in rows)
    if part == "thresholds":
        steps = [one for one in uow.thresholds.all() if _key(one.scope) == key]
        return _told(
            (str(one.version), one.valid_from, one.set_by, {"at": one.at, "severity": one.severity.value})
            for one in steps
        )
    return ()


_Told = tuple[str, datetime, str, Row]


def _conditions(uow: UnitOfWork, key: str) -> Iterable[_Told]:
    newest = uow.reference.condition(key)
    for number in range(1, (newest.version if newest is not None else 0) + 1):
        one = uow.reference.condition(key, number)
        if one is not None:
            yield str(number), one.valid_from, "", condition_cells(one)


def _told(rows: Iterable[_Told]) -> tuple[Version, ...]:
    found: list[Version] = []
    before: Row = {}
    for version, valid_from, by, row in rows:
        found.append(Version(version, valid_from, by, differences(before, row)))
        before = row
    return tuple(reversed(found))


def _key(scope: Sequence[str]) -> str:
    return " ".join(filter(None, scope))
