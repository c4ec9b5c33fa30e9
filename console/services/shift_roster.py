"""The roster: who leads and who sits in each shift of a month.

One text a month in the settings, with a version that is compared and set, so
that two who plan at the same time never overwrite each other.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from console.domain import shifts
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.shifts import ShiftKind, ShiftPlan, ShiftSpan
from console.services import audit, clean, permissions, shift_plan
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.reference import ImportReport, ImportRow
from console.services.sheets import demand_columns, read_sheet

log = logging.getLogger(__name__)

KEY: Final = "shift.roster."
FORM: Final = 1
OFFICERS_MOST: Final = 12
COLUMNS: Final = ("day", "kind", "leader", "chief", "officers")
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on: duty leader (带班领导), shift leader (值班长), officers."""

    leader: str = ""
    chief: str = ""
    officers: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nobody is named."""
        return not (self.leader or self.chief or self.officers)


@dataclass(frozen=True, slots=True)
class Roster:
    """A month, ``202611``: duties by day (``20261121``) and kind of shift."""

    month: str
    version: int = 0
    duties: Mapping[tuple[str, str], Duty] = field(default_factory=dict)


def load(uow: UnitOfWork, month: str) -> Roster:
    """The roster of a month; an empty one for none."""
    text = uow.settings.get(KEY + month)
    if not text:
        return Roster(month)
    try:
        kept = json.loads(text)
        duties = {
            (day, kind): Duty(str(one["leader"]), str(one["chief"]), tuple(map(str, one["officers"])))
            for day, kinds in kept["days"].items()
            for kind, one in kinds.items()
        }
        return Roster(month, int(kept["version"]), duties)
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("the roster of %s cannot be read", month)
        return Roster(month)


def duty_of(uow: UnitOfWork, span: ShiftSpan) -> Duty:
    """Who the roster names for a shift."""
    return load(uow, span.day[:6]).duties.get((span.day, span.kind.id), Duty())


class RosterService:
    """Reads and plans."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def month(self, actor: Actor, month: str) -> tuple[ShiftPlan, Roster]:
        """The plan of shifts and a month's roster."""
        permissions.demand(actor, "shift.read")
        _day(f"{month}01")
        with self._uows.read() as uow:
            return shift_plan.load(uow), load(uow, month)

    def put(self, actor: Actor, day: str, kind: str, duty: Duty, seen: int | None = None) -> Roster:
        """Name who is on. ``seen``: the version that was looked at, another one
        is ``conflict.roster``; ``None``: do not care."""
        return self._change(actor, [(day, kind, duty)], seen)

    def plan(self, actor: Actor) -> ShiftPlan:
        """The kinds of shift in force."""
        permissions.demand(actor, "shift.read")
        with self._uows.read() as uow:
            return shift_plan.load(uow)

    def set_plan(self, actor: Actor, kinds: Sequence[ShiftKind]) -> ShiftPlan:
        """Other kinds of shift from now on. A shift that was opened keeps its own
        times. Raises ``forbidden``, ``bad_value.shift_plan`` and ``shift_kind``."""
        permissions.demand(actor, "shift.plan")
        plan = shifts.checked(kinds)
        with self._uows.write() as uow:
            uow.settings.put(shift_plan.KEY, shift_plan.encoded(plan))
            audit.changed(uow, self._clock, actor, "shift_plan", ids=[one.id for one in plan.kinds])
            uow.touch("shift")
            uow.commit()
        return plan

    def copy_week(self, actor: Actor, day: str, seen: int | None = None) -> Roster:
        """The seven days from ``day`` on as the seven before them."""
        permissions.demand(actor, "shift.plan")
        first = _day(day)
        rows: list[tuple[str, str, Duty]] = []
        with self._uows.read() as uow:
            kinds = shift_plan.load(uow).kinds
            for n in range(7):
                source = f"{first - _WEEK + timedelta(days=n):%Y%m%d}"
                duties = load(uow, source[:6]).duties
                target = f"{first + timedelta(days=n):%Y%m%d}"
                rows += [(target, k.id, duties.get((source, k.id), Duty())) for k in kinds]
        return self._change(actor, rows, seen)

    def import_table(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """A table ``day,kind,leader,chief,officers`` (officers with ``;``); good
        rows go in, the others are named."""
        permissions.demand(actor, "shift.plan")
        sheet = read_sheet(file, COLUMNS)
        demand_columns(sheet, ("day", "kind"), file.name)
        with self._uows.read() as uow:
            plan = shift_plan.load(uow)
        rows: list[ImportRow] = []
        good: list[tuple[str, str, Duty]] = []
        for row in sheet.rows:
            text = {name: row.get(name) for name in COLUMNS}
            key = f"{text['day']} {text['kind']}"
            try:
                day = text["day"].replace("-", "")
                duty = Duty(text["leader"], text["chief"], split(text["officers"]))
                good.append(_checked(plan, day, text["kind"], duty))
                rows.append(ImportRow(row.number, True, key, "updated"))
            except Refusal as refusal:
                rows.append(ImportRow(row.number, False, key, "refused", refusal))
        if good and not dry_run:
            self._change(actor, good, None)
        return ImportReport(tuple(rows), sheet.unknown, dry_run)

    def _change(self, actor: Actor, rows: Sequence[tuple[str, str, Duty]], seen: int | None) -> Roster:
        permissions.demand(actor, "shift.plan")
        last = Roster("")
        with self._uows.write() as uow:
            plan = shift_plan.load(uow)
            good = [_checked(plan, *row) for row in rows]
            for month in sorted({day[:6] for day, _, _ in good}):
                before = load(uow, month)
                if seen is not None and month == rows[0][0][:6] and before.version != seen:
                    raise Refusal("conflict", "roster", month=month)
                last = _with(before, (row for row in good if row[0][:6] == month))
                uow.settings.put(KEY + month, _text(last), quiet=True)
            days = sorted({day for day, _, _ in good})
            audit.changed(uow, self._clock, actor, "roster", ids=days)
            uow.touch("shift")
            uow.commit()
        return last


def _with(before: Roster, rows: Iterable[tuple[str, str, Duty]]) -> Roster:
    duties = dict(before.duties)
    for day, kind, duty in rows:
        if duty.empty:
            duties.pop((day, kind), None)
        else:
            duties[day, kind] = duty
    return Roster(before.month, before.version + 1, duties)


def _text(roster: Roster) -> str:
    days: dict[str, dict[str, object]] = {}
    for (day, kind), duty in sorted(roster.duties.items()):
        days.setdefault(day, {})[kind] = asdict(duty)
    return json.dumps({"form": FORM, "version": roster.version, "days": days}, ensure_ascii=False)


def _checked(plan: ShiftPlan, day: str, kind: str, duty: Duty) -> tuple[str, str, Duty]:
    _day(day)
    if plan.kind(kind) is None:
        kinds = ", ".join(one.id for one in plan.kinds)
        raise Refusal("unknown_shift", "name", shift=f"{day}-{kind}", kinds=kinds)
    officers = tuple(dict.fromkeys(name for one in duty.officers if (name := _name(one))))
    if len(officers) > OFFICERS_MOST:
        raise Refusal("bad_value", "roster", most=OFFICERS_MOST)
    return day, kind, Duty(_name(duty.leader), _name(duty.chief), officers)


def _name(text: str) -> str:
    return clean.line(text, "name", clean.NAME_MOST)


def split(text: str) -> tuple[str, ...]:
    """Names parted by a semicolon, a comma or their Chinese signs."""
    for mark in "；、，,/":
        text = text.replace(mark, ";")
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _day(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise Refusal("bad_value", "roster_day", value=text[:20]) from None
