"""What the office sets about alarms of sources: priorities, folding, and what is
being worked on for a while. Changes hold from the next telling on, at every seat.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from console.domain import alarm_priorities
from console.domain.alarm_priorities import OFF, Folding, Maintenance, Priorities, Priority
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Severity, SourceKind
from console.services import alarm_rules, audit, permissions
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: Each number of a row, from and to.
NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "on_s": (0, alarm_priorities.LONGEST_S),
    "off_s": (0, alarm_priorities.LONGEST_S),
    "flaps": (0, alarm_priorities.MOST_FLAPS),
    "within_s": (10, alarm_priorities.LONGEST_S),
}
#: Folding: from how many members on, within how many seconds.
FOLDING: Final[Mapping[str, tuple[int, int]]] = {"members": (2, 1000), "within_s": (5, 3600)}
#: The longest maintenance: a month. Longer than that it is out of service.
LONGEST: Final = timedelta(days=31)
#: Maintenance that is over is kept so long, for who asks what was set aside.
KEPT: Final = timedelta(days=31)
_MOST_ROWS: Final = 1000
_MOST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class PriorityTable:
    """The whole table as it is in force."""

    rows: tuple[Priority, ...]
    folding: Folding


class AlarmTables:
    """Reads and changes them. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def priorities(self, actor: Actor) -> PriorityTable:
        """Every row, and how lost cameras fold."""
        permissions.demand(actor, "standard.read")
        with self._uows.read() as uow:
            table = alarm_rules.load(uow).table
        return PriorityTable(table.rows(), table.folding)

    def put_priority(self, actor: Actor, name: str, severity: str = "", **numbers: int | None) -> Priority:
        """Change a row (``camera.lost``): severity ``low``, ``medium``, ``high``
        or ``off``, and :data:`NUMBERS`; what is not given stays."""
        permissions.demand(actor, "setting.edit")
        kind, code = alarm_priorities.known(name)
        given = {word: number for word, number in numbers.items() if number is not None}
        demand_numbers(given, NUMBERS)
        with self._uows.write() as uow:
            uow.sources.hold()
            own, folding = alarm_rules.priorities_of(uow)
            row = replace(Priorities(own).of(kind, code), **given)  # type: ignore[arg-type]
            if severity:
                row = replace(row, severity=severity_of(severity))
            put_table(uow, {**{one.name: one for one in own}, row.name: row}, folding)
            audit.changed(uow, self._clock, actor, "priority", **alarm_priorities.write(row))
            uow.commit()
        return row

    def put_folding(self, actor: Actor, **numbers: int | None) -> Folding:
        """From how many members on (``members``) lost within ``within_s`` one
        alarm stands for all."""
        permissions.demand(actor, "setting.edit")
        given = {word: number for word, number in numbers.items() if number is not None}
        demand_numbers(given, FOLDING)
        with self._uows.write() as uow:
            uow.sources.hold()
            own, folding = alarm_rules.priorities_of(uow)
            folding = replace(folding, **given)
            put_table(uow, {one.name: one for one in own}, folding)
            audit.changed(uow, self._clock, actor, "folding", **given)
            uow.commit()
        return folding

    def maintenance(self, actor: Actor, *, past: bool = False) -> tuple[Maintenance, ...]:
        """What is being worked on now or will be; ``past``: also what was."""
        permissions.demand(actor, "alarm.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            rows = alarm_rules.maintenance_of(uow)
        return tuple(row for row in rows if past or row.end > now)

    def begin_maintenance(
        self, actor: Actor, kind: str, source: str, reason: str, end: datetime, start: datetime | None = None
    ) -> Maintenance:
        """Set a source (``*``: all of its kind) aside until ``end``; a segment
        takes its cameras along. Raises ``missing_reason`` and ``bad_value``."""
        permissions.demand(actor, "alarm.suppress")
        return self.begin_several(actor, kind, (source,), reason, end, start)[0]

    def begin_several(
        self,
        actor: Actor,
        kind: str,
        sources: Sequence[str],
        reason: str,
        end: datetime,
        start: datetime | None = None,
    ) -> tuple[Maintenance, ...]:
        """:meth:`begin_maintenance` for many of a kind at once."""
        permissions.demand(actor, "alarm.suppress")
        found, names, reason = _kind(kind), [source.strip() for source in sources], reason.strip()
        now = self._clock.now()
        begin = max(start or now, now)
        if not reason or len(reason) > _MOST_REASON:
            raise Refusal("missing_reason", "", action="maintenance")
        for name in names:
            if not name or len(name) > 80:
                raise Refusal("bad_value", "maintenance_source", value=name[:40])
        if not begin < end <= begin + LONGEST:
            raise Refusal("bad_value", "maintenance_end", end=end, days=LONGEST.days)
        with self._uows.write() as uow:
            uow.sources.hold()
            rows = [row for row in alarm_rules.maintenance_of(uow) if row.end > now - KEPT][-_MOST_ROWS:]
            number = max((row.number for row in rows), default=0) + 1
            made = tuple(
                Maintenance(n, found, name, begin, end, reason, actor.name)
                for n, name in enumerate(names, start=number)
            )
            _store_maintenance(uow, [*rows, *made])
            facts = {"kind": found, "ids": names, "reason": reason, "start": begin, "end": end}
            audit.changed(uow, self._clock, actor, "maintenance", **facts)
            uow.commit()
        return made

    def end_maintenance(self, actor: Actor, number: int) -> Maintenance:
        """What was set aside rings again from now on. Raises ``bad_value``."""
        permissions.demand(actor, "alarm.suppress")
        with self._uows.write() as uow:
            uow.sources.hold()
            now = self._clock.now()
            rows = {row.number: row for row in alarm_rules.maintenance_of(uow)}
            row = rows.get(number)
            if row is None or row.end <= now:
                raise Refusal("bad_value", "maintenance_number", value=number)
            rows[number] = replace(row, start=min(row.start, now), end=now)
            _store_maintenance(uow, rows.values())
            audit.changed(uow, self._clock, actor, "maintenance", id=row.id, ended=True)
            uow.commit()
        return rows[number]


def put_table(uow: UnitOfWork, rows: Mapping[str, Priority], folding: Folding) -> None:
    """The office's own rows by name, within the caller's transaction."""
    plain = [alarm_priorities.write(row) for _, row in sorted(rows.items())]
    spans = {field.name: getattr(folding, field.name) for field in fields(folding)}
    _put(uow, alarm_rules.PRIORITIES, {"rows": plain, "folding": spans})


def _store_maintenance(uow: UnitOfWork, rows: Iterable[Maintenance]) -> None:
    plain = [
        {
            "number": row.number,
            "kind": row.kind.value,
            "id": row.id,
            "start": row.start.isoformat(),
            "end": row.end.isoformat(),
            "reason": row.reason,
            "by": row.by,
        }
        for row in rows
    ]
    _put(uow, alarm_rules.MAINTENANCE, {"rows": plain})


def _put(uow: UnitOfWork, key: str, document: dict[str, Any]) -> None:
    uow.settings.put(key, json.dumps(document, ensure_ascii=False, sort_keys=True))
    uow.sources.bump()


def demand_numbers(given: Mapping[str, int], allowed: Mapping[str, tuple[int, int]]) -> None:
    """Refuse a number out of its range, and one nobody knows."""
    unknown = next((name for name in given if name not in allowed), None)
    if unknown is not None:
        raise Refusal("bad_value", "setting_name", name=unknown[:40], allowed=", ".join(allowed))
    for name, number in given.items():
        low, high = allowed[name]
        if not low <= number <= high:
            raise Refusal("bad_value", "setting", name=name, low=low, high=high, value=number)


def severity_of(text: str) -> Severity | None:
    """A severity as people write it; ``None`` for what never rings."""
    words = {one.value: one for one in Severity} | {
        "高": Severity.HIGH, "中": Severity.MEDIUM, "低": Severity.LOW,
    }  # fmt: skip
    word = text.strip().lower()
    if word in (OFF, "0", "关"):
        return None
    if word not in words:
        raise Refusal("bad_value", "threshold_severity", value=text[:40])
    return words[word]


def _kind(text: str) -> SourceKind:
    kinds = {one.value: one for one in SourceKind if one is not SourceKind.CASE}
    kinds["segment"] = SourceKind.SEGMENT
    found = kinds.get(text.strip().lower())
    if found is None:
        raise Refusal("bad_value", "priority_name", name=text[:40], kinds=", ".join(kinds))
    return found
