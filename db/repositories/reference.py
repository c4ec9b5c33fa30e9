"""Catalogue, filing standard, teams, places, calendar, promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from console.domain.model import Category, CategoryKey, Condition, GradeLimit, Place, Team
from console.domain.vocabulary import Unit
from db.repositories.base import Repository, Row
from db.tables_reference import calendar_row, category, condition, place, promise, team

_CALENDAR = ("type", "from", "to", "start", "end", "name")
_PROMISE = ("kind", "value", "unit", "version", "valid_from")


class Reference(Repository):
    """Implements ``ReferenceRepository``."""

    _teams: tuple[Team, ...] | None = None

    def __init__(self, connection: Connection, touch: Callable[..., None], still: bool = False) -> None:
        super().__init__(connection, touch, still)
        # A step asks for the condition it files under when it looks the name up and
        # when it is judged; a version once stored stays as it is.
        self._asked: dict[tuple[str, int | None], Condition | None] = {}

    def categories(self) -> tuple[Category, ...]:
        """The whole catalogue, components after events as the codes sort."""
        query = select(category).order_by(category.c.standard, category.c.kind, category.c.code)
        return tuple(_category(row) for row in self._db.execute(query))

    def put_categories(self, rows: Iterable[Category]) -> int:
        """Insert or replace; returns how many were new or different."""
        self._touch("standard")
        return self._put(category, [_keyed(row, row.key, "key") for row in rows])

    def conditions(self, active: bool = True) -> tuple[Condition, ...]:
        """The newest version of each condition; ``active`` leaves out those
        whose newest version is switched off."""
        newest = (
            select(condition.c.condition_id, func.max(condition.c.version).label("version"))
            .group_by(condition.c.condition_id)
            .subquery()
        )
        query = select(condition).join(
            newest,
            (condition.c.condition_id == newest.c.condition_id) & (condition.c.version == newest.c.version),
        )
        if active:
            query = query.where(condition.c.active)
        query = query.order_by(condition.c.kind, condition.c.code, condition.c.condition_id)
        return tuple(_condition(row) for row in self._db.execute(query))

    def condition(self, condition_id: str, version: int | None = None) -> Condition | None:
        """One version of a condition; the newest when none is named."""
        if (condition_id, version) in self._asked:
            return self._asked[condition_id, version]
        query = select(condition).where(condition.c.condition_id == condition_id)
        if version is not None:
            query = query.where(condition.c.version == version)
        row = self._db.execute(query.order_by(condition.c.version.desc()).limit(1)).first()
        found = None if row is None else _condition(row)
        self._asked[condition_id, version] = found
        return found

    def put_conditions(self, rows: Iterable[Condition]) -> int:
        """Insert new versions; a version once stored is never changed.
        Returns how many were new."""
        self._touch("standard")
        self._asked.clear()
        return self._insert_new(condition, [_condition_row(row) for row in rows])

    def teams(self) -> tuple[Team, ...]:
        """Every team, by id."""
        if self._teams is not None:
            return self._teams
        found = tuple(_team(row) for row in self._db.execute(select(team).order_by(team.c.id)))
        if self._still:
            self._teams = found
        return found

    def put_teams(self, rows: Iterable[Team]) -> int:
        """Insert or replace; returns how many were new or different."""
        self._touch("standard")
        return self._put(team, [_team_row(row) for row in rows])

    def places(self, kind: str = "") -> tuple[Place, ...]:
        """Places of one kind, or all."""
        query = select(place).order_by(place.c.kind, place.c.id)
        if kind:
            query = query.where(place.c.kind == kind)
        return tuple(Place(**row._mapping) for row in self._db.execute(query))

    def place(self, kind: str, place_id: str) -> Place | None:
        """One place by its id."""
        query = select(place).where(place.c.kind == kind, place.c.id == place_id)
        row = self._db.execute(query).first()
        return None if row is None else Place(**row._mapping)

    def put_places(self, rows: Iterable[Place]) -> int:
        """Insert or replace; returns how many were new or different."""
        self._touch("standard")
        return self._put(place, [asdict(row) for row in rows])

    def calendar_rows(self) -> tuple[Mapping[str, str], ...]:
        """Rows as in a calendar file, in the order they were stored."""
        rows = self._db.execute(select(calendar_row).order_by(calendar_row.c.id))
        return tuple({name: row._mapping[name] for name in _CALENDAR} for row in rows)

    def put_calendar_rows(self, rows: Iterable[Mapping[str, str]]) -> int:
        """Add rows that are not there yet; returns how many were new."""
        self._touch("standard")
        values = [{name: str(row.get(name) or "") for name in _CALENDAR} for row in rows]
        return self._insert_new(calendar_row, values)

    def drop_calendar_rows(self) -> None:
        """Take every row away."""
        self._touch("standard")
        self._db.execute(delete(calendar_row))

    def promises(self) -> tuple[Mapping[str, object], ...]:
        """Limits: kind, value, unit, version, valid_from (aware, or ``None``
        for always), and what narrows one (category, area, hour) if anything."""
        rows = self._db.execute(select(promise).order_by(promise.c.id))
        return tuple({name: row._mapping[name] for name in _PROMISE} | row.scope for row in rows)

    def put_promises(self, rows: Iterable[Mapping[str, object]]) -> int:
        """Add limits; one kind and version is stored once for each scope."""
        self._touch("standard")
        return self._insert_new(promise, [_promise_row(row) for row in rows])

    def _insert_new(self, table: Table, rows: list[Row]) -> int:
        if not rows:
            return 0
        before = self._db.execute(select(func.count()).select_from(table)).scalar_one()
        self._db.execute(self._insert(table).on_conflict_do_nothing(), rows)
        after = self._db.execute(select(func.count()).select_from(table)).scalar_one()
        return int(after) - int(before)


def _keyed(record: Category | Condition, key: CategoryKey, name: str) -> Row:
    """The record as a row, its category key in three columns."""
    row = asdict(record)
    row.pop(name)
    return row | {"standard": key.standard, "kind": key.kind, "code": key.code}


def _category(row: Any) -> Category:
    values = dict(row._mapping)
    return Category(key=_pop_key(values), **values)


def _condition_row(record: Condition) -> Row:
    limits = [[one.grade, one.value, one.unit.value] for one in record.grade_limits]
    return _keyed(record, record.category, "category") | {"grade_limits": limits}


def _condition(row: Any) -> Condition:
    values = dict(row._mapping)
    values["grade_limits"] = tuple(
        GradeLimit(grade, value, Unit(unit)) for grade, value, unit in values["grade_limits"]
    )
    return Condition(category=_pop_key(values), **values)


def _pop_key(values: Row) -> CategoryKey:
    return CategoryKey(values.pop("standard"), values.pop("kind"), values.pop("code"))


def _team_row(record: Team) -> Row:
    row = asdict(record)
    return row | {"communities": list(record.communities), "categories": list(record.categories)}


def _team(row: Any) -> Team:
    values = dict(row._mapping)
    values["communities"] = tuple(values["communities"])
    values["categories"] = tuple(values["categories"])
    return Team(**values)


def _promise_row(given: Mapping[str, object]) -> Row:
    row: Row = dict(given)
    valid_from = row.pop("valid_from", None)
    if isinstance(valid_from, str):
        valid_from = datetime.fromisoformat(valid_from) if valid_from else None
    made: Row = {
        "kind": str(row.pop("kind")),
        "value": int(row.pop("value")),
        "unit": Unit(row.pop("unit")),
        "version": str(row.pop("version")),
        "valid_from": valid_from,
    }
    made["scope"] = json.loads(json.dumps(row))
    return made
