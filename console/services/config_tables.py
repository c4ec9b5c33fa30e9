"""The parts of a configuration that stand in tables: teams, places, the standard,
the calendar, promises, thresholds, priorities, checklists, cameras, accounts.

Each reads its rows as the file has them, and takes rows of a file through the
same reading that an import or a form goes through. Nothing is deleted that a case
or a history may name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from console.domain import alarm_priorities, masks, thresholds
from console.domain.alarm_priorities import Priorities
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Actor, User
from console.domain.vocabulary import Role
from console.services import (
    alarm_rules,
    alarm_tables,
    camera_rows,
    lookup,
    reference,
    simple_rows,
    sop,
    standard_rows,
)
from console.services import promises as promise_rows
from console.services import thresholds as threshold_rows
from console.services.config_diff import Problem, Rows
from console.services.people import demand_name
from console.services.ports import UnitOfWork
from console.services.reference_rows import calendar_cells, condition_cells, place_cells, team_cells
from console.services.rules import promise_rows as stored_promises
from console.services.sheets import Row


@dataclass
class Taking:
    """One import under way: its transaction, who, when, and what went wrong."""

    uow: UnitOfWork
    actor: Actor
    now: datetime
    problems: list[Problem] = field(default_factory=list)

    def each(self, part: str, rows: Rows, take: Callable[[str, Mapping[str, Any]], None]) -> None:
        """Take rows one by one; what is refused is kept with its key."""
        for key, row in rows.items():
            try:
                take(key, row)
            except Refusal as refusal:
                self.problems.append(Problem(part, key, refusal))
            except (KeyError, TypeError, ValueError, AttributeError):
                self.problems.append(Problem(part, key, Refusal("bad_value", "config_row")))


@dataclass(frozen=True, slots=True)
class Part:
    """``read`` gives the rows here; ``write`` takes those of a file that differ
    (``gone``: keys that go). ``right`` is needed to take it; ``removes``: what the
    file does not have goes away here."""

    name: str
    right: str
    read: Callable[[UnitOfWork, datetime], Rows]
    write: Callable[[Taking, Rows, tuple[str, ...]], None]
    removes: bool = False
    #: Left out of a file unless it is asked for.
    asked: bool = False


def _line(row: Mapping[str, Any]) -> Row:
    """A row of the file as a line of a table."""
    return Row(0, {name: "" if value is None else str(value) for name, value in row.items()})


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in row.items()}


# -- teams, places, calendar --------------------------------------------------
def _teams(uow: UnitOfWork, _now: datetime) -> Rows:
    return {one.id: team_cells(one) for one in uow.reference.teams()}


def _put_teams(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    def take(_key: str, row: Mapping[str, Any]) -> None:
        taking.uow.reference.put_teams([simple_rows.read_team(_line(row))])

    taking.each("teams", rows, take)


def _places(uow: UnitOfWork, _now: datetime) -> Rows:
    return {reference.place_id(one): place_cells(one) for one in uow.reference.places()}


def _put_places(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    fresh = []

    def take(_key: str, row: Mapping[str, Any]) -> None:
        fresh.append(simple_rows.read_place(_line(row)))

    taking.each("places", rows, take)
    taking.uow.reference.put_places(fresh)


def _calendar(uow: UnitOfWork, _now: datetime) -> Rows:
    return {reference.calendar_id(row): calendar_cells(row) for row in uow.reference.calendar_rows()}


def _put_calendar(taking: Taking, rows: Rows, gone: tuple[str, ...]) -> None:
    """A changed row takes the place of the one with its first day."""
    store = taking.uow.reference
    kept = {
        reference.calendar_id(row): dict(row)
        for row in store.calendar_rows()
        if reference.calendar_id(row) not in {*gone, *rows}
    }

    def take(key: str, row: Mapping[str, Any]) -> None:
        entry = dict(simple_rows.read_calendar_row(_line(row)))
        WorkingCalendar.from_rows([*kept.values(), entry])
        kept[key] = entry

    taking.each("calendar", rows, take)
    store.drop_calendar_rows()
    store.put_calendar_rows(kept.values())


# -- the standard --------------------------------------------------------------
def _standard(uow: UnitOfWork, _now: datetime) -> Rows:
    return {one.condition_id: condition_cells(one) for one in uow.reference.conditions(active=False)}


def _put_standard(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    store = taking.uow.reference
    reader = standard_rows.StandardReader(
        categories={c.key: c for c in store.categories()},
        teams=store.teams(),
        existing={c.condition_id: c for c in store.conditions(active=False)},
        now=taking.now,
        columns=(*standard_rows.COLUMNS, *standard_rows.EXTRA),
    )
    fresh = []

    def take(_key: str, row: Mapping[str, Any]) -> None:
        # Every row of the file is whole: an empty cell is empty, not "as above".
        reader.above.clear()
        fresh.append(reader.read(_line(row)))

    taking.each("standard", rows, take)
    reference.put_local_classes(taking.uow, fresh)
    store.put_conditions(fresh)


# -- promises, thresholds, priorities, checklists -------------------------------
def _promises(uow: UnitOfWork, now: datetime) -> Rows:
    rows = promise_rows.held(stored_promises(uow.reference.promises()), now)
    return {
        " ".join(filter(None, row.scope)): {
            "kind": row.kind.value,
            "limit": f"{row.value} {row.unit.value}",
            "category": row.category,
            "community": row.community,
            "hours": row.hours,
        }
        for row in rows
    }


def _put_promises(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    read = promise_rows.reader(taking.uow, taking.actor, taking.now)

    def take(_key: str, row: Mapping[str, Any]) -> None:
        wish = promise_rows.PromiseWish(**_words(row))
        promise_rows.store(taking.uow, (read(wish),))

    taking.each("promises", rows, take)


def _thresholds(uow: UnitOfWork, now: datetime) -> Rows:
    return {
        " ".join(filter(None, row.scope)): {
            "clock": row.clock.value,
            "step": row.step,
            "at": row.at,
            "severity": row.severity.value,
            "category": row.category,
            "community": row.community,
            "hours": row.hours,
        }
        for row in threshold_rows.held(uow.thresholds.all(), now)
    }


def _put_thresholds(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    read = threshold_rows.reader(taking.uow, taking.actor, taking.now)
    fresh: list[thresholds.Threshold] = []

    def take(_key: str, row: Mapping[str, Any]) -> None:
        fresh.append(read(threshold_rows.ThresholdWish(**_words(row))))

    taking.each("thresholds", rows, take)
    if fresh:
        taking.uow.thresholds.add(fresh)


#: The row of a priority table that says how lost cameras fold.
FOLDING: Final = "folding"


def _priorities(uow: UnitOfWork, _now: datetime) -> Rows:
    table = alarm_rules.load(uow).table
    names = ("severity", *alarm_tables.NUMBERS)
    rows = {row.name: {n: alarm_priorities.write(row)[n] for n in names} for row in table.rows()}
    folding = {name: getattr(table.folding, name) for name in alarm_tables.FOLDING}
    return {**rows, FOLDING: folding}


def _put_priorities(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    own, folding = alarm_rules.priorities_of(taking.uow)
    kept = {one.name: one for one in own}

    def take(key: str, row: Mapping[str, Any]) -> None:
        nonlocal folding
        numbers: dict[str, Any] = {name: _whole(value) for name, value in row.items() if name != "severity"}
        if key == FOLDING:
            alarm_tables.demand_numbers(numbers, alarm_tables.FOLDING)
            folding = replace(folding, **numbers)
            return
        alarm_tables.demand_numbers(numbers, alarm_tables.NUMBERS)
        made = Priorities(tuple(kept.values())).of(*alarm_priorities.known(key))
        severity = alarm_tables.severity_of(str(row["severity"]))
        kept[key] = replace(made, severity=severity, **numbers)

    taking.uow.sources.hold()
    taking.each("priorities", rows, take)
    alarm_tables.put_table(taking.uow, kept, folding)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("bad_value", "config_row")
    return value


def _checklists(uow: UnitOfWork, _now: datetime) -> Rows:
    return {
        one.id: {
            "category": one.category,
            "step": one.step,
            "kind": one.kind,
            "text_zh": one.text_zh,
            "text_en": one.text_en,
            "required": one.required,
        }
        for one in sop.book_of(uow).steps
    }


def _put_checklists(taking: Taking, rows: Rows, gone: tuple[str, ...]) -> None:
    steps = {one.id: one for one in sop.book_of(taking.uow).steps if one.id not in gone}
    classes = lookup.Classes.read(taking.uow)

    def take(_key: str, row: Mapping[str, Any]) -> None:
        cells = {**row, "required": "1" if row.get("required") else ""}
        step = sop.read_step(_line(cells), classes)
        steps[step.id] = step

    taking.each("checklists", rows, take)
    sop.put_book(taking.uow, steps.values())


# -- cameras and accounts ----------------------------------------------------------
_CAMERA: Final = tuple(name for name in camera_rows.COLUMNS if name not in ("username", "password"))


def _cameras(uow: UnitOfWork, _now: datetime) -> Rows:
    """Without user names and passwords; an address holds none either."""
    return {
        one.id: {
            **camera_rows.plain(one, _CAMERA),
            "groups": ";".join(one.groups),
            "masks": [[list(corner) for corner in mask] for mask in one.masks],
        }
        for one in uow.cameras.all()
    }


def _put_cameras(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    known = camera_rows.Known.of(taking.uow.reference.places())
    fresh = []

    def take(key: str, row: Mapping[str, Any]) -> None:
        cells = {name: str(row[name] if row[name] is not None else "") for name in row if name in _CAMERA}
        old = taking.uow.cameras.get(key)
        made = camera_rows.read({**cells, "id": key}, old, known).camera
        version = old.version + 1 if old is not None else 1
        fresh.append(replace(made, version=version, masks=masks.checked(row.get("masks") or ())))

    taking.each("cameras", rows, take)
    taking.uow.cameras.put(fresh)


def _accounts(uow: UnitOfWork, _now: datetime) -> Rows:
    return {
        one.name: {
            "display_zh": one.display_zh,
            "display_en": one.display_en,
            "role": one.role.value,
            "team": one.team,
            "disabled": one.disabled,
        }
        for one in uow.users.all()
    }


def _put_accounts(taking: Taking, rows: Rows, _gone: tuple[str, ...]) -> None:
    """A new account waits, disabled and without a password, for its administrator."""

    def take(key: str, row: Mapping[str, Any]) -> None:
        old = taking.uow.users.get(key)
        roles = {one.value: one for one in Role if one is not Role.SYSTEM}
        if old is None:
            demand_name(key)
        if row["role"] not in roles:
            raise Refusal("bad_value", "config_row")
        made = User(
            key,
            str(row["display_zh"])[:80],
            str(row["display_en"])[:80],
            roles[str(row["role"])],
            old.password_hash if old is not None else "",
            str(row.get("team") or ""),
            bool(row.get("disabled")) or old is None,
            old.version + 1 if old is not None else 1,
        )
        taking.uow.users.put(made)

    taking.each("accounts", rows, take)
    if rows and not any(one.role is Role.ADMIN and not one.disabled for one in taking.uow.users.all()):
        taking.problems.append(Problem("accounts", "", Refusal("bad_value", "config_no_admin")))


#: In the order in which they are taken: what others name comes first.
TABLES: Final = (
    Part("teams", "standard.edit", _teams, _put_teams),
    Part("places", "standard.edit", _places, _put_places),
    Part("standard", "standard.edit", _standard, _put_standard),
    Part("calendar", "standard.edit", _calendar, _put_calendar, removes=True),
    Part("promises", "standard.edit", _promises, _put_promises),
    Part("thresholds", "setting.edit", _thresholds, _put_thresholds),
    Part("priorities", "setting.edit", _priorities, _put_priorities),
    Part("checklists", "standard.edit", _checklists, _put_checklists, removes=True),
    Part("cameras", "camera.edit", _cameras, _put_cameras),
    Part("accounts", "user.edit", _accounts, _put_accounts, asked=True),
)
