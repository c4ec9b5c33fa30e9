"""The door through which everything but a case becomes an alarm.

Whoever watches something (the cameras, the disk, the database …) tells, about
once a second, the whole list of what it sees wrong. What was told before and is
in the list no more has returned. Severities, delays, flaps, folding by segment
and suppression are decided here, from the office's own table; the caller knows
nothing of alarms.

Called with the same list it asks the database one number and writes nothing.
What is followed stands in the database: a program that starts takes it up, and
two that tell the same make one alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from console.domain import conditions, source_life
from console.domain.alarm_priorities import Maintenance, Priorities
from console.domain.conditions import FACTS_EVERY, Condition, Key, Source, Tracked, Trouble
from console.domain.errors import Refusal
from console.domain.model import Alarm, AlarmEvent
from console.domain.source_life import Picture
from console.domain.vocabulary import AlarmState, SourceKind
from console.services import alarm_rules
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

__all__ = ["AlarmSources", "Condition", "SourcesChange"]

#: How often it is tried again when an officer or a sweep was faster.
TRIES: Final = 5
#: What the columns of a key hold.
_LONGEST_ID: Final = 80
_LONGEST_CODE: Final = 40


@dataclass(frozen=True, slots=True)
class SourcesChange:
    """What a telling changed, by alarm number: ``raised`` are new or ring
    anew, ``worsened`` got something more, ``returned`` are over, ``suppressed``
    are set aside by design. ``changed``: anything at all was written."""

    raised: tuple[int, ...] = ()
    worsened: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    suppressed: tuple[int, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What a watcher told last and how the book stood after it."""

    version: int
    told: frozenset[tuple[Key, str]]
    facts: Mapping[Key, Mapping[str, str]]
    at: datetime
    next_at: datetime | None


class AlarmSources:
    """Everybody who watches tells it here. One thread at a time for a watcher."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def present(self, watcher: str, conditions: Sequence[Condition], now: datetime) -> SourcesChange:
        """The whole list of what ``watcher`` (``cameras``, ``disk``,
        ``database``, ``scheduler``, ``backup``, ``emergency`` …) sees wrong at
        ``now``. Raises ``Refusal`` as the database does."""
        told = {one.key: one for one in map(_fitting, conditions)}
        if self._same(watcher, told, now):
            return SourcesChange()
        for attempt in range(1, TRIES + 1):
            try:
                return self._told(watcher, told, now)
            except Refusal as refusal:
                if refusal.code != "conflict" or attempt == TRIES:
                    raise
        raise AssertionError("the loop returns or raises")

    # -- inside --------------------------------------------------------------

    def _same(self, watcher: str, told: Mapping[Key, Condition], now: datetime) -> bool:
        """Nothing to do, as far as one number of the database tells."""
        known = self._known.get(watcher)
        if known is None or now < known.at or (known.next_at is not None and now >= known.next_at):
            return False
        if frozenset((key, one.segment) for key, one in told.items()) != known.told:
            return False
        if now - known.at >= FACTS_EVERY and any(told[key].facts != known.facts[key] for key in told):
            return False
        with self._uows.read() as uow:
            return uow.sources.version() == known.version

    def _told(self, watcher: str, told: Mapping[Key, Condition], now: datetime) -> SourcesChange:
        with self._uows.write(cases=False) as uow:
            version = uow.sources.hold()
            rules = alarm_rules.load(uow)
            rows = uow.sources.tracked()
            before = {row.key: row for row in rows if row.watcher == watcher}
            others = [row for row in rows if row.watcher != watcher]
            after = conditions.follow(watcher, before, told.values(), rules.table, now)
            book = [*others, *after.values()]
            change = _ring(uow, rows, book, rules, now)
            fresh = [row for key, row in after.items() if before.get(key) != row]
            gone = [row for key, row in before.items() if key not in after]
            if fresh or gone or change.changed:
                uow.sources.put(fresh)
                uow.sources.drop(gone)
                version = uow.sources.bump()
                if change.changed:
                    uow.touch("alarm")
                uow.commit()
        self._known[watcher] = _Known(
            version=version,
            told=frozenset((key, one.segment) for key, one in told.items()),
            facts={key: dict(one.facts) for key, one in told.items()},
            at=now,
            next_at=_next(after.values(), rules, now),
        )
        return replace(change, changed=bool(fresh or gone or change.changed))


def _fitting(one: Condition) -> Condition:
    """Names of segments and folders are free text; a key has an end."""
    if max(len(one.id), len(one.segment)) <= _LONGEST_ID and len(one.code) <= _LONGEST_CODE:
        return one
    return replace(
        one, id=one.id[:_LONGEST_ID], segment=one.segment[:_LONGEST_ID], code=one.code[:_LONGEST_CODE]
    )


def _ring(
    uow: UnitOfWork,
    before: Sequence[Tracked],
    book: Sequence[Tracked],
    rules: alarm_rules.AlarmRules,
    now: datetime,
) -> SourcesChange:
    """Bring the alarms of every source in the book, or just gone from it, in
    line with it."""
    was = conditions.troubles(before, rules.table)
    behind = _behind(book, rules.table)
    pictures = _pictures(book, was, behind, rules, now)
    # Also what rang under rules that are no longer in force.
    sources = pictures.keys() | {row.source for row in before if row.active}
    opened = _open(uow, sources)
    begun: list[tuple[Alarm, tuple[AlarmEvent, ...]]] = []
    moved: list[tuple[Alarm, Alarm, tuple[AlarmEvent, ...]]] = []
    for source in sorted(sources):
        picture = pictures.get(source) or Picture(source, ())
        alarm = opened.get(source)
        if alarm is not None:
            after, events = source_life.follow(alarm, picture, now)
            if after != alarm:
                moved.append((alarm, after, events))
        elif picture.troubles and source not in behind:
            begun.append(source_life.begin(picture, now))
    return _store(uow, begun, moved)


def _store(
    uow: UnitOfWork,
    begun: Sequence[tuple[Alarm, tuple[AlarmEvent, ...]]],
    moved: Sequence[tuple[Alarm, Alarm, tuple[AlarmEvent, ...]]],
) -> SourcesChange:
    stored = {(a.source_kind, a.source_id): a for a in uow.alarms.add([alarm for alarm, _ in begun])}
    if len(stored) != len(begun):
        raise Refusal("conflict")  # another program was faster; looked at again
    events: list[AlarmEvent] = []
    raised: list[int] = []
    suppressed: list[int] = []
    for alarm, told in begun:
        number = stored[alarm.source_kind, alarm.source_id].id
        events += [replace(event, alarm=number) for event in told]
        (suppressed if alarm.state is AlarmState.SUPPRESSED else raised).append(number)
    uow.alarms.save([after for _, after, _ in moved])
    for _, _, told in moved:
        events += told
    uow.alarms.record(events)
    states = {after.id: (old.state, after.state) for old, after, _ in moved}
    rings = {n for n, (old, new) in states.items() if old is not new and new is AlarmState.RAISED}
    over = (AlarmState.RETURNED, AlarmState.CLEARED)
    aside = AlarmState.SUPPRESSED
    more = {event.alarm for event in events if event.what in ("worsened", "unstable", "joined")}
    return SourcesChange(
        raised=tuple(sorted({*raised, *rings})),
        worsened=tuple(sorted(more.difference(raised, rings))),
        returned=tuple(sorted(n for n, (old, new) in states.items() if new in over and old is not new)),
        suppressed=tuple(sorted([*suppressed, *(n for n, (o, s) in states.items() if s is aside is not o)])),
        changed=bool(begun or moved),
    )


def _pictures(
    book: Sequence[Tracked],
    was: Mapping[Source, tuple[Trouble, ...]],
    behind: Mapping[Source, str],
    rules: alarm_rules.AlarmRules,
    now: datetime,
) -> dict[Source, Picture]:
    """How each source stands that has troubles."""
    # What is wrong with a camera may be told with its segment or without.
    segments = {row.source: row.segment for row in sorted(book, key=_segment)}
    members: dict[str, set[str]] = {}
    missing: dict[str, set[str]] = {}
    hidden = conditions.folded(book, rules.table)
    for row in book:
        segment = hidden.get(row.key)
        if segment is not None and (row.gone_at is None or row.active):
            members.setdefault(segment, set()).add(row.id)
            if row.gone_at is None:
                missing.setdefault(segment, set()).add(row.id)
    found = {}
    for source, now_wrong in conditions.troubles(book, rules.table).items():
        kind, name = source
        before = {one.code for one in was.get(source, ())}
        aside = _aside(rules.maintenance, source, segments[source], now)
        network = kind is SourceKind.NETWORK
        found[source] = Picture(
            source=source,
            troubles=now_wrong,
            fresh=frozenset(one.code for one in now_wrong if one.code not in before),
            members=tuple(sorted(members.get(name, ()))) if network else (),
            missing=len(missing.get(name, ())) if network else 0,
            aside=aside or behind.get(source, ""),
        )
    return found


def _segment(row: Tracked) -> str:
    return row.segment


def _behind(book: Sequence[Tracked], table: Priorities) -> dict[Source, str]:
    """Sources all of whose troubles are those of their dead segment."""
    hidden = conditions.folded(book, table)
    found: dict[Source, str] = {}
    for row in book:
        if row.active and row.key in hidden:
            found.setdefault(row.source, hidden[row.key])
    for row in book:
        if row.active and row.key not in hidden:
            found.pop(row.source, None)
    return found


def _aside(rows: Iterable[Maintenance], source: Source, segment: str, now: datetime) -> str:
    """Why a source is being worked on; empty when it is not."""
    return next((row.reason for row in rows if row.covers(*source, segment, now)), "")


def _open(uow: UnitOfWork, sources: Iterable[Source]) -> dict[Source, Alarm]:
    """The open alarm of each source that has one."""
    by_kind: dict[SourceKind, list[str]] = {}
    for kind, name in sources:
        by_kind.setdefault(kind, []).append(name)
    found: dict[Source, Alarm] = {}
    for kind, names in sorted(by_kind.items()):
        for name, alarm in uow.alarms.open_of(kind.value, sorted(names)).items():
            found[kind, name] = alarm
    return found


def _next(rows: Iterable[Tracked], rules: alarm_rules.AlarmRules, now: datetime) -> datetime | None:
    """When the same list may mean something else."""
    ends = [at for row in rules.maintenance for at in (row.start, row.end) if at > now]
    first = conditions.next_change(rows, rules.table, now)
    instants = [*ends, *([first] if first is not None else [])]
    return min(instants, default=None)
