"""Promises of the site as rows people list, set and import.

A row once stored stays; setting it again is its next version and holds for
clocks that start from its ``valid_from`` on. The office's default (version 0) is
listed where nothing else holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from console.domain import limits, promises
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.promises import KINDS, Promise
from console.domain.vocabulary import DeadlineKind
from console.services import audit, permissions, reference, simple_rows
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.reference import ImportReport
from console.services.rules import promise_rows
from console.services.sheets import Row, demand_columns, read_sheet, unguard
from console.services.thresholds import GRACE, scope_check

COLUMNS: Final = ("kind", "limit", "category", "community", "hours", "valid_from")
DEFAULTS: Final = tuple(
    Promise(kind, limit.value, limit.unit, "0") for kind, limit in limits.PROMISES.items()
)


@dataclass(frozen=True, slots=True)
class PromiseWish:
    """What is to be set, as people write it: ``limit`` ``5 分钟`` or ``5 min``."""

    kind: str
    limit: str
    category: str = ""
    community: str = ""
    hours: str = ""
    valid_from: datetime | None = None


class PromiseService:
    """Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def rows(self, actor: Actor, *, versions: bool = False) -> tuple[Promise, ...]:
        """What holds now; with ``versions`` every version there is, also of what
        is to come."""
        permissions.demand(actor, "standard.read")
        with self._uows.read() as uow:
            stored = promise_rows(uow.reference.promises())
        if versions:
            return tuple(sorted((*DEFAULTS, *stored), key=order))
        return held(stored, self._clock.now())

    def put(self, actor: Actor, wish: PromiseWish) -> Promise:
        """Set one; one that says the same already is left. Raises ``bad_value``."""
        permissions.demand(actor, "standard.edit")
        with self._uows.write() as uow:
            made = reader(uow, actor, self._clock.now())(wish)
            if not store(uow, (made,)):
                return made
            audit.write(uow, self._clock, actor, "setting", what="promise", rows=[said(made)])
            uow.commit()
        return made

    def import_table(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """A table of them; good rows go in with one transaction. Raises ``bad_file``."""
        permissions.demand(actor, "standard.edit")
        sheet = read_sheet(file, COLUMNS)
        demand_columns(sheet, ("kind", "limit"), file.name)
        with self._uows.write() as uow:
            read = reader(uow, actor, self._clock.now())
            before = held(promise_rows(uow.reference.promises()), self._clock.now())

            def plain(row: Row) -> Promise:
                return replace(read(wish_of(row)), version="", by="")

            stored = {" ".join(one.scope): replace(one, version="", by="") for one in before}
            rows, fresh = reference.judged(sheet, reference.once(plain, _name), _name, stored, same=_same)
            if not dry_run and store(uow, tuple(replace(one, by=actor.name) for one in fresh)):
                audit.write(uow, self._clock, actor, "import", what="promises", rows=list(map(said, fresh)))
                uow.commit()
        return ImportReport(tuple(rows), sheet.unknown, dry_run)


def held(stored: Iterable[Promise], now: datetime) -> tuple[Promise, ...]:
    """What holds at ``now``, the office's default where nothing else does."""
    own = promises.in_force(stored, now)
    known = {row.scope for row in own}
    return tuple(sorted((*(row for row in DEFAULTS if row.scope not in known), *own), key=order))


def reader(uow: UnitOfWork, actor: Actor, now: datetime) -> Callable[[PromiseWish], Promise]:
    """Reads wishes against what the site has. Raises ``bad_value``."""
    demand_scope = scope_check(uow)

    def read(wish: PromiseWish) -> Promise:
        kind = next((one for one in KINDS if one.value == wish.kind.strip().lower()), None)
        if kind is None:
            raise Refusal("bad_value", "promise_kind", value=wish.kind[:40], allowed=", ".join(KINDS))
        value, unit = limits.parse(wish.limit)
        begin = wish.valid_from or now
        if begin < now - GRACE:
            raise Refusal("bad_value", "promise_past", at=begin)
        hours = wish.hours.strip().replace("–", "-").replace("－", "-")
        scope = wish.category.strip().lower(), wish.community.strip(), hours
        made = promises.checked(Promise(kind, value, unit, "", begin, *scope, by=actor.name))
        demand_scope(made.category, made.community)
        return made

    return read


def store(uow: UnitOfWork, rows: tuple[Promise, ...]) -> int:
    """Add rows as the next versions of their scopes; one that is the newest
    already is left out. Returns how many were stored."""
    stored = promise_rows(uow.reference.promises())
    fresh = []
    for row in rows:
        mine = [one for one in stored if one.scope == row.scope]
        before = max((one for one in mine if one.valid_from <= row.valid_from), key=_begun, default=None)
        usual = next(one for one in DEFAULTS if one.kind is row.kind)
        if before is None and not row.narrow:
            before = usual
        if before is not None and _same(before, row):
            continue
        numbers = [int(one.version) for one in mine if one.version.isdecimal()]
        fresh.append(replace(row, version=str(max((*numbers, len(mine))) + 1)))
    if fresh:
        uow.reference.put_promises([columns(row) for row in fresh])
        uow.touch("standard")
    return len(fresh)


def columns(row: Promise) -> dict[str, object]:
    """The row as the repository stores it."""
    scope = {name: getattr(row, name) for name in ("category", "community", "hours", "by")}
    plain = {"kind": row.kind.value, "value": row.value, "unit": row.unit.value, "version": row.version}
    return {**plain, "valid_from": row.valid_from, **{name: word for name, word in scope.items() if word}}


def said(row: Promise) -> str:
    """One line for the audit log: ``decision event:0501 5 urgent_minute``."""
    return " ".join((*filter(None, row.scope), str(row.value), row.unit.value))


def wish_of(row: Row) -> PromiseWish:
    """A line of a table. Raises ``bad_row`` for a day that is none."""
    cells = {name: unguard(row.get(name)) for name in COLUMNS}
    begin = cells.pop("valid_from")
    return PromiseWish(**cells, valid_from=simple_rows.instant(begin, "valid_from"))


def order(row: Promise) -> tuple[int, str, str, str, datetime]:
    """Kinds in the order of a case, the whole site first, the newest last."""
    return list(DeadlineKind).index(row.kind), row.category, row.community, row.hours, row.valid_from


def _name(row: Promise) -> str:
    return " ".join(row.scope)


def _same(one: Promise, other: Promise) -> bool:
    return (one.value, one.unit) == (other.value, other.unit)


def _begun(row: Promise) -> datetime:
    return row.valid_from
