"""Reference data of a site: catalogue, filing standard, teams, places, calendar.

An import reads a whole file, judges every row by itself and puts the good ones
in with one transaction; a dry run does the same and keeps nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import eq
from pathlib import Path
from typing import Final, TypeVar

from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.gb28181 import Hint
from console.domain.model import Actor, Category, CategoryKey, Condition, Place, Team
from console.domain.vocabulary import Unit
from console.services import audit, permissions, simple_rows, standard_rows
from console.services.ports import Clock, Page, UnitOfWork, UnitOfWorkFactory
from console.services.sheets import Row, Sheet, demand_columns, read_sheet
from console.shipped import RESOURCES

T = TypeVar("T")

SHIPPED: Final = RESOURCES / "standard"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What became of one row: ``added``, ``updated``, ``unchanged`` or
    ``refused`` (then with the refusal). ``hints``: what looks odd and stops nobody."""

    row: int
    ok: bool
    id: str
    action: str
    error: Refusal | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """All rows of one import, and the columns nobody knows by name."""

    rows: tuple[ImportRow, ...]
    unknown_columns: tuple[str, ...]
    dry_run: bool

    @property
    def ok(self) -> bool:
        """True when no row was refused."""
        return all(row.ok for row in self.rows)


@dataclass(frozen=True, slots=True)
class Alike:
    """A matter that is easily mistaken for others of its ``group``, and what
    tells it apart."""

    group: str
    kind: str
    code: str
    name_zh: str
    name_en: str
    mark_zh: str
    mark_en: str


def _shipped_rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@lru_cache(maxsize=1)
def alike_table() -> Mapping[tuple[str, str], tuple[Alike, ...]]:
    """Look-alikes by ``(kind, code)``: the others of its groups."""
    rows = [Alike(**row) for row in _shipped_rows("alike.csv")]
    table: dict[tuple[str, str], tuple[Alike, ...]] = {}
    for row in rows:
        key = (row.kind, row.code)
        others = (o for o in rows if o.group == row.group and (o.kind, o.code) != key)
        table[key] = (*table.get(key, ()), *others)
    return table


class ReferenceService:
    """What the site judges and sends by."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    # -- reading -------------------------------------------------------------

    def conditions(self, text: str = "") -> Page[Condition]:
        """The standard in force, or what a search finds in it, best first."""
        with self._uows.read() as uow:
            rows = uow.reference.conditions()
        if text:
            from console.services.search import ConditionIndex

            rows = tuple(hit.condition for hit in ConditionIndex(rows).find(text, limit=len(rows)))
        return Page(rows, len(rows))

    def teams(self) -> Page[Team]:
        """All teams, own ones first."""
        with self._uows.read() as uow:
            rows = tuple(sorted(uow.reference.teams(), key=lambda team: not team.own))
        return Page(rows, len(rows))

    def places(self) -> Page[Place]:
        """All named places."""
        with self._uows.read() as uow:
            rows = uow.reference.places()
        return Page(rows, len(rows))

    # -- what is shipped -----------------------------------------------------

    def load_shipped(self) -> None:
        """Give a new database the national catalogue, the starter standard and
        the teams. What a site has already changed is left alone."""
        with self._uows.write() as uow:
            if not uow.reference.categories():
                uow.reference.put_categories(_catalogue())
            if not uow.reference.teams():
                rows = (simple_rows.read_team(Row(0, row)) for row in _shipped_rows("teams.csv"))
                uow.reference.put_teams(rows)
            if not uow.reference.conditions(active=False):
                starter = _starter(self._clock.now())
                put_local_classes(uow, starter)
                uow.reference.put_conditions(starter)
            uow.touch("standard")
            uow.commit()

    # -- imports -------------------------------------------------------------

    def import_standard(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """A site's filing standard: one row one condition, empty as above."""
        permissions.demand(actor, "standard.edit")
        sheet = read_sheet(file, (*standard_rows.COLUMNS, *standard_rows.EXTRA), standard_rows.ALIASES)
        standard_rows.check_columns(sheet, file.name)
        with self._uows.write() as uow:
            stored = {c.condition_id: c for c in uow.reference.conditions(active=False)}
            reader = standard_rows.StandardReader(
                categories={c.key: c for c in uow.reference.categories()},
                teams=uow.reference.teams(),
                existing=stored,
                now=self._clock.now(),
                columns=sheet.columns,
            )
            rows, fresh = judged(sheet, reader.read, lambda c: c.condition_id, stored)
            put_local_classes(uow, fresh)
            uow.reference.put_conditions(fresh)
            return self._finish(uow, actor, "standard", file.name, sheet, rows, dry_run)

    def import_teams(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """Teams: ``id,name_zh,name_en,own,communities,categories,leader,phone``."""
        permissions.demand(actor, "standard.edit")
        sheet = read_sheet(file, simple_rows.TEAM_COLUMNS)
        demand_columns(sheet, ("id", "name_zh", "own"), file.name)
        with self._uows.write() as uow:
            stored = {team.id: team for team in uow.reference.teams()}
            read = once(simple_rows.read_team, lambda team: team.id)
            rows, fresh = judged(sheet, read, lambda team: team.id, stored)
            uow.reference.put_teams(fresh)
            return self._finish(uow, actor, "teams", file.name, sheet, rows, dry_run)

    def import_places(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """Places: ``kind,id,name_zh,name_en,parent,lon,lat,wkt,grade``; a file
        without grades leaves those that are stored."""
        permissions.demand(actor, "standard.edit")
        sheet = read_sheet(file, simple_rows.PLACE_COLUMNS, simple_rows.PLACE_ALIASES)
        demand_columns(sheet, ("kind", "id", "name_zh"), file.name)
        with self._uows.write() as uow:
            stored = {place_id(place): place for place in uow.reference.places()}

            def reading(row: Row) -> Place:
                place = simple_rows.read_place(row)
                old = stored.get(place_id(place))
                keeps = old is not None and "grade" not in sheet.columns
                return replace(place, grade=old.grade) if old is not None and keeps else place

            read: Callable[[Row], Place] = once(reading, place_id)
            rows, fresh = judged(sheet, read, place_id, stored)
            uow.reference.put_places(fresh)
            return self._finish(uow, actor, "places", file.name, sheet, rows, dry_run)

    def import_calendar(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """Office hours, holidays and make-up days: ``type,from,to,start,end,name``."""
        permissions.demand(actor, "standard.edit")
        sheet = read_sheet(file, simple_rows.CALENDAR_COLUMNS)
        demand_columns(sheet, ("type", "from"), file.name)
        with self._uows.write() as uow:
            stored: Mapping[str, Mapping[str, str]] = {
                calendar_id(row): dict(row) for row in uow.reference.calendar_rows()
            }
            kept = dict(stored)

            def read(row: Row) -> Mapping[str, str]:
                entry = simple_rows.read_calendar_row(row)
                # The calendar itself judges what clashes (overlapping office hours).
                tried = {**kept, calendar_id(entry): entry}
                WorkingCalendar.from_rows(tried.values())
                kept.update(tried)
                return entry

            reading: Callable[[Row], Mapping[str, str]] = once(read, calendar_id)
            rows, fresh = judged(sheet, reading, calendar_id, stored)
            uow.reference.put_calendar_rows(fresh)
            return self._finish(uow, actor, "calendar", file.name, sheet, rows, dry_run)

    def _finish(
        self,
        uow: UnitOfWork,
        actor: Actor,
        what: str,
        file: str,
        sheet: Sheet,
        rows: Sequence[ImportRow],
        dry_run: bool,
    ) -> ImportReport:
        if not dry_run and any(row.action in ("added", "updated") for row in rows):
            audit.imported(uow, self._clock, actor, what, file, rows)
            uow.touch("standard")
            uow.commit()
        return ImportReport(tuple(rows), sheet.unknown, dry_run)


def judged(
    sheet: Sheet,
    read: Callable[[Row], T],
    name: Callable[[T], str],
    stored: Mapping[str, T],
    same: Callable[[T, T], bool] = eq,
) -> tuple[list[ImportRow], list[T]]:
    """Judge each row; the answer's second part is what has to be stored."""
    rows: list[ImportRow] = []
    fresh: list[T] = []
    for row in sheet.rows:
        try:
            entry = read(row)
        except Refusal as refusal:
            rows.append(
                ImportRow(row.number, False, row.get("condition_id") or row.get("id"), "refused", refusal)
            )
            continue
        before = stored.get(name(entry))
        action = "added" if before is None else ("unchanged" if same(before, entry) else "updated")
        if action != "unchanged":
            fresh.append(entry)
        rows.append(ImportRow(row.number, True, name(entry), action))
    return rows, fresh


def once(read: Callable[[Row], T], name: Callable[[T], str]) -> Callable[[Row], T]:
    """``read``, refusing what an earlier row has already said."""
    seen = simple_rows.Seen()

    def reading(row: Row) -> T:
        entry = read(row)
        seen.once(name(entry), row.number)
        return entry

    return reading


def place_id(place: Place) -> str:
    """A place is known by its kind and its id."""
    return f"{place.kind}:{place.id}"


def calendar_id(row: Mapping[str, str]) -> str:
    """A period is known by its first day and hour, a day by its date."""
    start = row.get("start") or ""
    return f"{row['type']}:{row.get('from') or ''}" + (f"T{start}" if row["type"] == "period" else "")


def put_local_classes(uow: UnitOfWork, conditions: Iterable[Condition]) -> None:
    """Classes of a site's own standard that the catalogue does not have."""
    known = {category.key for category in uow.reference.categories()}
    missing: dict[CategoryKey, Category] = {}
    for condition in conditions:
        if condition.category not in known:
            missing.setdefault(condition.category, standard_rows.category_of(condition))
    if missing:
        uow.reference.put_categories(missing.values())


def _catalogue() -> Iterable[Category]:
    for row in _shipped_rows("catalogue.csv"):
        yield Category(
            key=CategoryKey(standard_rows.NATIONAL, row["kind"], row["code"]),
            code_2013=row["code_2013"],
            big_zh=row["big_zh"],
            big_en=row["big_en"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            note=row["note"],
        )


def _starter(now: datetime) -> list[Condition]:
    found = []
    for row in _shipped_rows("starter.csv"):
        key = CategoryKey(row.pop("standard"), row.pop("kind"), row.pop("code"))
        value, unit = int(row.pop("limit_value")), Unit(row.pop("limit_unit"))
        found.append(
            Condition(version=1, category=key, limit_value=value, limit_unit=unit, valid_from=now, **row)  # type: ignore[arg-type]
        )
    return found
