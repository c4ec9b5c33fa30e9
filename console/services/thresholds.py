"""The office's thresholds: when clocks ring, as rows people list, set and import.

A row once stored stays; setting it again is its next version, which holds for
clocks that start from its ``valid_from`` on. Nobody sets a limit by editing code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from console.domain import thresholds
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.thresholds import CLOCKS, DEFAULTS, Threshold
from console.domain.vocabulary import DeadlineKind, Severity
from console.services import audit, permissions, simple_rows
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.reference import ImportReport, ImportRow
from console.services.sheets import Row, demand_columns, read_sheet, unguard

COLUMNS: Final = ("clock", "step", "at", "severity", "category", "community", "hours", "valid_from")
#: A table made a moment ago still begins now.
GRACE: Final = timedelta(minutes=10)
_SEVERITIES: Final[Mapping[str, Severity]] = {one.value: one for one in Severity} | {
    "高": Severity.HIGH,
    "中": Severity.MEDIUM,
    "低": Severity.LOW,
}


@dataclass(frozen=True, slots=True)
class ThresholdWish:
    """What is to be set, as people write it; empty fields are open."""

    clock: str
    step: str
    at: str
    severity: str = ""
    category: str = ""
    community: str = ""
    hours: str = ""
    valid_from: datetime | None = None


class ThresholdService:
    """Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def rows(self, actor: Actor, *, versions: bool = False) -> tuple[Threshold, ...]:
        """What holds now, the office's default (version 0) where nothing else
        does; with ``versions`` every version there is, also of what is to come."""
        permissions.demand(actor, "standard.read")
        with self._uows.read() as uow:
            stored = uow.thresholds.all()
        if versions:
            return tuple(sorted((*DEFAULTS, *stored), key=_order))
        return held(stored, self._clock.now())

    def put(self, actor: Actor, wish: ThresholdWish) -> Threshold:
        """Set one. Raises ``bad_value`` with what is wrong."""
        permissions.demand(actor, "setting.edit")
        with self._uows.write() as uow:
            row = reader(uow, actor, self._clock.now())(wish)
            if _same(row, uow.thresholds.all()):
                return row
            (stored,) = uow.thresholds.add([row])
            facts = {"name": " ".join(filter(None, row.scope)), "now": row.at, "severity": row.severity}
            audit.changed(uow, self._clock, actor, "threshold", **facts)
            uow.commit()
            return stored

    def import_table(self, actor: Actor, file: Path, *, dry_run: bool = False) -> ImportReport:
        """A table of them; good rows go in with one transaction, a dry run
        keeps nothing. Raises ``bad_file``."""
        permissions.demand(actor, "setting.edit")
        sheet = read_sheet(file, COLUMNS)
        demand_columns(sheet, ("clock", "step", "at"), file.name)
        with self._uows.write() as uow:
            read, stored = reader(uow, actor, self._clock.now()), uow.thresholds.all()
            told: list[ImportRow] = []
            fresh: dict[tuple[str, ...], Threshold] = {}
            for line in sheet.rows:
                try:
                    row = read(_wish(line))
                    if (*row.scope, row.valid_from.isoformat()) in fresh:
                        raise Refusal("bad_row", "duplicate", row=line.number, value=" ".join(row.scope))
                except Refusal as refusal:
                    told.append(ImportRow(line.number, False, line.get("clock"), "refused", refusal))
                    continue
                unchanged = _same(row, stored)
                known = any(one.scope == row.scope for one in stored)
                action = "unchanged" if unchanged else "updated" if known else "added"
                told.append(ImportRow(line.number, True, " ".join(filter(None, row.scope)), action))
                if not unchanged:
                    fresh[(*row.scope, row.valid_from.isoformat())] = row
            if fresh and not dry_run:
                uow.thresholds.add(tuple(fresh.values()))
                audit.imported(uow, self._clock, actor, "thresholds", file.name, told)
                uow.commit()
            return ImportReport(tuple(told), sheet.unknown, dry_run)


def held(stored: Iterable[Threshold], now: datetime) -> tuple[Threshold, ...]:
    """What holds at ``now``, the office's default where nothing else does."""
    own = thresholds.in_force(stored, now)
    known = {row.scope for row in own}
    return tuple(sorted((*(row for row in DEFAULTS if row.scope not in known), *own), key=_order))


def reader(uow: UnitOfWork, actor: Actor, now: datetime) -> Callable[[ThresholdWish], Threshold]:
    """Reads wishes against what the site has. Raises ``bad_value``."""
    demand_scope = scope_check(uow)

    def read(wish: ThresholdWish) -> Threshold:
        row = replace(_row(wish), set_by=actor.name, valid_from=wish.valid_from or now)
        if row.valid_from < now - GRACE:
            raise Refusal("bad_value", "threshold_past", at=row.valid_from)
        demand_scope(row.category, row.community)
        return row

    return read


def scope_check(uow: UnitOfWork) -> Callable[[str, str], None]:
    """Refuses a class or a community the site does not have."""
    classes = {f"{one.key.kind}:{one.key.code}" for one in uow.reference.categories()}
    communities = {place.id for place in uow.reference.places("community")}

    def demand(category: str, community: str) -> None:
        if category and not any(name.startswith(category) for name in classes):
            raise Refusal("bad_value", "threshold_category", value=category)
        if community and community not in communities:
            raise Refusal("bad_value", "threshold_community", value=community[:40])

    return demand


def _row(wish: ThresholdWish) -> Threshold:
    clocks = {one.value: one for one in DeadlineKind}
    clock = clocks.get(wish.clock.strip().lower())
    if clock is None:
        raise Refusal("bad_value", "threshold_clock", allowed=", ".join(kind.value for kind in CLOCKS))
    step, (percent, left_s) = wish.step.strip().lower(), thresholds.read_at(wish.at)
    return thresholds.checked(
        Threshold(
            clock=clock,
            step=step,
            percent=percent,
            left_s=left_s,
            severity=_severity(wish.severity, clock, step),
            category=wish.category.strip().lower(),
            community=wish.community.strip(),
            hours=wish.hours.strip().replace("–", "-").replace("－", "-"),
        )
    )


def _severity(text: str, clock: DeadlineKind, step: str) -> Severity:
    """As written; nothing written: as the step rings by default, and long
    overdue as overdue."""
    if text.strip():
        found = _SEVERITIES.get(text.strip().lower())
        if found is None:
            raise Refusal("bad_value", "threshold_severity", value=text[:40])
        return found
    usual = {row.step: row.severity for row in DEFAULTS if row.clock is clock}
    return usual.get(step) or usual.get(thresholds.DUE, Severity.MEDIUM)


def _wish(line: Row) -> ThresholdWish:
    cells = {name: unguard(line.get(name)) for name in COLUMNS}
    begin = cells.pop("valid_from")
    return ThresholdWish(**cells, valid_from=simple_rows.instant(begin, "valid_from"))


def _same(row: Threshold, stored: Iterable[Threshold]) -> bool:
    """True when the newest version of its scope says the same already."""
    known = [one for one in stored if one.scope == row.scope and one.valid_from <= row.valid_from]
    newest = max(known, key=_age, default=None)
    return newest is not None and (newest.at, newest.severity) == (row.at, row.severity)


def _age(row: Threshold) -> tuple[datetime, int]:
    return row.valid_from, row.version


def _order(row: Threshold) -> tuple[int, int, str, str, str, int]:
    clocks = {kind: at for at, kind in enumerate(DeadlineKind)}
    step = thresholds.STEPS.index(row.step) if row.step in thresholds.STEPS else 9
    return clocks[row.clock], step, row.category, row.community, row.hours, row.version
