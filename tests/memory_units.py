"""Units of work in memory: thousands of schedules in the time a database takes
for dozens. Cases, alarms and events, each transaction all or nothing; whatever
else is read (settings, limits) comes from a real database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from console.domain import deadlines
from console.domain.errors import Refusal
from console.domain.model import Alarm, AlarmEvent, Case, Event, EventDraft
from console.domain.vocabulary import OPEN, AlarmState, State
from console.services.ports import CaseQuery, Page, UnitOfWork

Mark = tuple[str, str, int, int]


@dataclass
class Stored:
    """What has been committed; the records are frozen."""

    cases: dict[str, Case] = field(default_factory=dict)
    swept: set[Mark] = field(default_factory=set)
    alarms: dict[int, Alarm] = field(default_factory=dict)
    rings: dict[str, int] = field(default_factory=dict)
    log: dict[int, tuple[AlarmEvent, ...]] = field(default_factory=dict)
    chain: dict[str, tuple[Event, ...]] = field(default_factory=dict)

    def copy(self) -> Stored:
        """Dictionaries of its own."""
        return Stored(
            self.cases.copy(),
            self.swept.copy(),
            self.alarms.copy(),
            self.rings.copy(),
            self.log.copy(),
            self.chain.copy(),
        )


class Cases:
    """The part of ``CaseRepository`` that steps and sweeps need."""

    def __init__(self, stored: Stored) -> None:
        self._all = stored

    def add_all(self, cases: Sequence[Case], local_date: str) -> tuple[Case, ...]:
        first = len(self._all.cases) + 1
        made = tuple(
            replace(c, id=f"{local_date}-{n:04d}", version=1) for n, c in enumerate(cases, start=first)
        )
        self._all.cases.update((case.id, case) for case in made)
        return made

    def get(self, case_id: str) -> Case | None:
        return self._all.cases.get(case_id)

    def save(self, case: Case, expected_version: int) -> Case:
        if self._all.cases[case.id].version != expected_version:
            raise Refusal("conflict", case=case.id)
        self._all.cases[case.id] = replace(case, version=expected_version + 1)
        return self._all.cases[case.id]

    def find(self, query: CaseQuery) -> Page[Case]:
        rows = tuple(self._all.cases.values())
        return Page(rows, len(rows))

    def crossing(self, now: datetime, limit: int = 5000, hold: bool = False) -> tuple[Case, ...]:
        return tuple(case for case in self._all.cases.values() if self._wants(case, now))[:limit]

    def next_crossing(self, after: datetime | None = None) -> datetime | None:
        # Always something to look at: that a quiet sweep writes nothing is tested on the databases.
        return datetime.min.replace(tzinfo=UTC)

    def mark_swept(self, crossed: Iterable[Mark]) -> None:
        self._all.swept.update(crossed)

    def _wants(self, case: Case, now: datetime) -> bool:
        if case.state not in OPEN:
            return False
        if case.state is State.SUSPENDED and case.suspended_until and case.suspended_until <= now:
            return True
        crossed = (
            (case.id, c.kind.value, c.due_version, c.threshold) for c in deadlines.crossings(case, now)
        )
        return any(mark not in self._all.swept for mark in crossed)


class Alarms:
    """The part of ``AlarmRepository`` that steps and sweeps need."""

    def __init__(self, stored: Stored) -> None:
        self._all = stored

    def get(self, alarm_id: int) -> Alarm | None:
        return self._all.alarms.get(alarm_id)

    def open_of(self, source_kind: str, source_ids: Sequence[str]) -> Mapping[str, Alarm]:
        rings = self._all.rings
        return {one: self._all.alarms[rings[one]] for one in source_ids if one in rings}

    def add(self, alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
        taken = self.open_of("case", [alarm.source_id for alarm in alarms])
        made = []
        for alarm in alarms:
            if alarm.source_id not in taken:
                made.append(replace(alarm, id=len(self._all.alarms) + 1, version=1))
                self._all.alarms[made[-1].id] = made[-1]
                self._all.rings[alarm.source_id] = made[-1].id
        return tuple(made)

    def save(self, alarms: Sequence[Alarm]) -> None:
        for alarm in alarms:
            if self._all.alarms[alarm.id].version != alarm.version:
                raise Refusal("conflict", "alarm", alarm=alarm.id)
            self._all.alarms[alarm.id] = replace(alarm, version=alarm.version + 1)
            if alarm.state is AlarmState.CLEARED:
                self._all.rings.pop(alarm.source_id, None)

    def record(self, events: Sequence[AlarmEvent]) -> tuple[AlarmEvent, ...]:
        fresh = []
        for event in events:
            life = self._all.log.get(event.alarm, ())
            if event.what not in ("raised", "worsened") or _key(event) not in map(_key, life):
                self._all.log[event.alarm] = (*life, event)
                fresh.append(event)
        return tuple(fresh)

    def events_of(self, alarm_id: int) -> tuple[AlarmEvent, ...]:
        return self._all.log.get(alarm_id, ())

    def find(self, active: bool = False, since: datetime | None = None, limit: int = 500) -> Page[Alarm]:
        rows = self._open() if active else tuple(self._all.alarms.values())
        return Page(rows[::-1][:limit], len(rows))

    def timed(self, now: datetime) -> tuple[Alarm, ...]:
        ends = {AlarmState.ACKNOWLEDGED: "promise_until", AlarmState.SHELVED: "shelved_until"}
        timed = ((getattr(a, ends.get(a.state, ""), None), a) for a in self._open())
        return tuple(alarm for at, alarm in timed if at is not None and at <= now)

    def next_timed(self, after: datetime | None = None) -> datetime | None:
        return None  # the cases are always looked at

    def _open(self) -> tuple[Alarm, ...]:
        return tuple(self._all.alarms[number] for number in self._all.rings.values())


class Events:
    """The chain without its hashes, a case at a time."""

    def __init__(self, stored: Stored) -> None:
        self._all = stored

    def append(self, drafts: Sequence[EventDraft]) -> None:
        for d in drafts:
            event = Event(0, d.case, d.at, d.recorded_at, d.actor, d.action, d.data, 1, "", "")
            self._all.chain[d.case] = (*self._all.chain.get(d.case, ()), event)

    def of_case(self, case_id: str) -> tuple[Event, ...]:
        return self._all.chain.get(case_id, ())


class MemoryUnit:
    """One transaction; gone without :meth:`commit`."""

    def __init__(self, units: MemoryUnits, stored: Stored) -> None:
        self._units, self._stored = units, stored
        self.cases, self.alarms, self.events = Cases(stored), Alarms(stored), Events(stored)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._units.beside, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to give back."""

    def touch(self, *kinds: str) -> None:
        """Nobody listens."""

    def commit(self) -> None:
        """From now on it has happened."""
        self._units.stored = self._stored


class MemoryUnits:
    """Makes units, one at a time; ``beside`` is an open reading unit."""

    def __init__(self, beside: UnitOfWork) -> None:
        self.beside, self.stored = beside, Stored()

    def write(self, *, cases: bool = True) -> Any:
        """A unit that may change things."""
        return MemoryUnit(self, self.stored.copy())

    def read(self) -> Any:
        """A unit on what is there now."""
        return MemoryUnit(self, self.stored)


def _key(event: AlarmEvent) -> tuple[object, ...]:
    return event.deadline, event.due_version, event.threshold
