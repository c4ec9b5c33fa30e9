"""What is wrong now, followed over time: delays, flaps, folding.

Somebody who watches tells the whole list of what is wrong. From one telling to
the next each entry is followed: it counts only after its on-delay, it is over
only after its off-delay, and one that keeps coming and going is one "unstable".
Many of one segment that are lost together are one condition of the segment.

Pure, and computed from what was and the time: told the same twice, nothing
changes; told late, what counts is when it began. A clock that was set back
delays nothing: an instant that has not come yet is taken as now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.domain.alarm_priorities import FOLDED, MOST_FLAPS, UNSTABLE, Priorities, Priority
from console.domain.records import replace
from console.domain.vocabulary import Severity, SourceKind

#: Facts of something that stays wrong are renewed no more often than this.
FACTS_EVERY: Final = timedelta(seconds=60)

#: Kind, id of the source, code.
Key = tuple[SourceKind, str, str]
Source = tuple[SourceKind, str]
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong now.

    ``kind`` and ``id`` name the source, ``code`` says what is wrong with it,
    ``since`` when that began (UTC). ``segment`` is the network segment or the
    recorder it folds by; ``facts`` are what its sentence needs."""

    kind: SourceKind
    id: str
    code: str
    since: datetime
    segment: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.kind, self.id, self.code


@dataclass(frozen=True, slots=True)
class Tracked:
    """A condition as it is followed by one watcher.

    ``since``: when it began, or began again. ``gone_at``: since when it is no
    longer told (``None``: it is). ``onsets``: when it began of late, oldest
    first. ``active``: it counts. ``steady_at``: the last time an unstable one
    came or went."""

    watcher: str
    kind: SourceKind
    id: str
    code: str
    since: datetime
    segment: str = ""
    gone_at: datetime | None = None
    onsets: tuple[datetime, ...] = ()
    active: bool = False
    unstable: bool = False
    steady_at: datetime | None = None
    facts: Facts = ()
    facts_at: datetime | None = None

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.kind, self.id, self.code

    @property
    def source(self) -> Source:
        """Whose alarm it belongs to."""
        return self.kind, self.id

    @property
    def shown(self) -> str:
        """The code its alarm shows."""
        return UNSTABLE if self.unstable else self.code


Book = Mapping[Key, Tracked]


def follow(
    watcher: str, before: Book, told: Iterable[Condition], table: Priorities, now: datetime
) -> dict[Key, Tracked]:
    """The book of one watcher after it has told everything it sees wrong; what
    is in the answer no more is over and forgotten."""
    seen = {one.key: one for one in told}
    after: dict[Key, Tracked] = {}
    for key in sorted(before.keys() | seen.keys()):
        if key[2] == FOLDED and key not in seen:
            continue  # our own: decided by its members
        old, one = before.get(key), seen.get(key)
        row = _met(watcher, old, one, now) if one is not None else _missed(old, now)
        if row is not None:
            row = settled(row, table.of(row.kind, row.code), now)
        if row is not None:
            after[key] = row
    after.update(_folds(watcher, before, after, table, now))
    return after


def settled(row: Tracked, rule: Priority, now: datetime) -> Tracked | None:
    """What time alone does to a row; ``None`` when it can be forgotten."""
    if row.steady_at is not None and row.steady_at > now:
        row = replace(row, steady_at=now)
    recent = [at for at in row.onsets if _past(at, now) > now - timedelta(seconds=rule.within_s)]
    if rule.severity is None:
        if row.gone_at is not None:
            return None
        return replace(row, active=False, unstable=False) if row.active or row.unstable else row
    if rule.flaps > 0 and len(recent) >= rule.flaps and not row.unstable:
        row = replace(row, unstable=True, active=True, steady_at=row.steady_at or now)
    if row.unstable and _since(row.steady_at, now) >= rule.steady_s:
        # It has kept still for long enough, one way or the other.
        return None if row.gone_at is not None else replace(row, unstable=False, onsets=())
    if row.gone_at is None:
        due = row.active or _since(row.since, now) >= rule.on_s
        return replace(row, active=True) if due and not row.active else row
    if row.active and not row.unstable and _since(row.gone_at, now) >= rule.off_s:
        row = replace(row, active=False)
    return row if row.active or recent else None


def next_change(book: Iterable[Tracked], table: Priorities, now: datetime) -> datetime | None:
    """The nearest instant after ``now`` at which time alone changes something."""
    instants = [at for row in book for at in _instants(row, table.of(row.kind, row.code)) if at > now]
    return min(instants, default=None)


def folded(book: Iterable[Tracked], table: Priorities) -> dict[Key, str]:
    """Rows that speak through their segment: key → segment."""
    rows = list(book)
    within = timedelta(seconds=table.folding.within_s)
    dead: dict[str, datetime] = {}
    for row in rows:
        if row.kind is SourceKind.NETWORK and row.active:
            dead[row.id] = min(row.since - within, dead.get(row.id, row.since))
    return {
        row.key: row.segment
        for row in rows
        if row.segment in dead
        and row.kind is not SourceKind.NETWORK
        and table.of(row.kind, row.code).folds
        and row.since >= dead[row.segment]
    }


@dataclass(frozen=True, slots=True)
class Trouble:
    """One code of a source that counts now: how loud, since when it counts
    (``due_at``), since when it is wrong."""

    code: str
    severity: Severity
    due_at: datetime
    since: datetime
    facts: Facts = ()


def troubles(rows: Iterable[Tracked], table: Priorities) -> dict[Source, tuple[Trouble, ...]]:
    """What counts of each source, worst first."""
    found: dict[Source, dict[str, Trouble]] = {}
    for row in rows:
        severity = table.severity(row.kind, row.code, row.unstable)
        if not row.active or severity is None:
            continue
        due = row.since + timedelta(seconds=table.of(row.kind, row.code).on_s)
        facts = (*row.facts, ("was", row.code)) if row.unstable else row.facts
        if row.unstable or row.code == FOLDED:
            due = max(row.onsets, default=due)
        new = Trouble(row.shown, severity, due, row.since, facts)
        codes = found.setdefault(row.source, {})
        codes[new.code] = min(new, codes.get(new.code, new), key=_worst)
    return {source: tuple(sorted(codes.values(), key=_worst)) for source, codes in found.items()}


def _worst(one: Trouble) -> tuple[int, datetime, str]:
    return -one.severity.rank, one.due_at, one.code


def _met(watcher: str, old: Tracked | None, one: Condition, now: datetime) -> Tracked:
    """A row of something that is told to be wrong."""
    facts = tuple(sorted((str(name), str(text)) for name, text in one.facts.items()))
    since = _past(one.since, now)
    if old is None:
        return Tracked(
            watcher, one.kind, one.id, one.code, since, one.segment,
            onsets=(since,), facts=facts, facts_at=now,
        )  # fmt: skip
    if old.gone_at is None:
        row = old if old.segment == one.segment else replace(old, segment=one.segment)
        row = row if row.since <= now else replace(row, since=now)
        if facts != row.facts and _since(row.facts_at, now) >= FACTS_EVERY.total_seconds():
            return replace(row, facts=facts, facts_at=now)
        return row
    # Back before it was forgotten: one onset more.
    began = max(since, _past(old.gone_at, now))
    return replace(
        old,
        segment=one.segment,
        since=_past(old.since, now) if old.active else began,
        gone_at=None,
        onsets=(*old.onsets[1 - MOST_FLAPS :], began),
        steady_at=now,
        facts=facts,
        facts_at=now,
    )


def _missed(old: Tracked | None, now: datetime) -> Tracked | None:
    """A row of something nobody tells any more."""
    if old is None:
        return None
    if old.gone_at is None:
        return replace(old, gone_at=now, steady_at=now)
    return old if old.gone_at <= now else replace(old, gone_at=now)


def _folds(
    watcher: str, before: Book, after: Mapping[Key, Tracked], table: Priorities, now: datetime
) -> dict[Key, Tracked]:
    """The segments of which many members are lost together."""
    groups: dict[str, list[Tracked]] = {}
    for row in after.values():
        rule = table.of(row.kind, row.code)
        if row.segment and rule.folds and rule.severity is not None and row.kind is not SourceKind.NETWORK:
            groups.setdefault(row.segment, []).append(row)
    known = {key[1] for key in before if key[0] is SourceKind.NETWORK and key[2] == FOLDED}
    found: dict[Key, Tracked] = {}
    for segment in sorted(groups.keys() | known):
        key = (SourceKind.NETWORK, segment, FOLDED)
        fold = _fold(watcher, before.get(key), groups.get(segment, []), segment, table, now)
        if fold is not None:
            found[key] = fold
    return found


def _fold(
    watcher: str, old: Tracked | None, members: list[Tracked], segment: str, table: Priorities, now: datetime
) -> Tracked | None:
    rule, folding = table.of(SourceKind.NETWORK, FOLDED), table.folding
    if rule.severity is None or folding.members < 2:
        return None
    if old is None or not old.active:
        crowd = _together(members, table)
        if crowd is None:
            left = _missed(old, now)
            return None if left is None else settled(left, rule, now)
        began, formed = crowd
        row = _met(watcher, old, Condition(SourceKind.NETWORK, segment, FOLDED, began), now)
        return settled(replace(row, since=began, onsets=(*row.onsets[:-1], _past(formed, now))), rule, now)
    start = old.since - timedelta(seconds=folding.within_s)
    mine = [row for row in members if row.since >= start]
    if len({row.source for row in mine if row.gone_at is None}) >= folding.members:
        return settled(_met(watcher, old, Condition(*old.key, old.since), now), rule, now)
    gone = _missed(old, now)
    if gone is not None and not gone.unstable and not any(r.gone_at is None or r.active for r in mine):
        # All are back, and told to be: nothing to wait for.
        return settled(replace(gone, active=False), rule, now)
    return None if gone is None else settled(gone, rule, now)


def _together(members: list[Tracked], table: Priorities) -> tuple[datetime, datetime] | None:
    """The newest crowd: enough sources of the segment that are still lost, one
    of which counts already, begun close together. When its first was lost, and
    when it was a crowd that counts."""
    least, within = table.folding.members, timedelta(seconds=table.folding.within_s)
    begun: dict[Source, datetime] = {}
    counts: dict[Source, datetime] = {}
    for row in members:
        if row.gone_at is None:
            begun[row.source] = min(row.since, begun.get(row.source, row.since))
            if row.active:
                counts[row.source] = row.since + timedelta(seconds=table.of(row.kind, row.code).on_s)
    lost = sorted((since, source) for source, since in begun.items())
    times = [since for since, _ in lost]
    for end in range(len(lost) - 1, least - 2, -1):
        first = bisect_left(times, times[end] - within)
        if end - first + 1 >= least:
            due = [counts[source] for _, source in lost[first:] if source in counts]
            return (times[first], max(min(due), times[first + least - 1])) if due else None
    return None


def _instants(row: Tracked, rule: Priority) -> list[datetime]:
    """When time alone may change a row; some of them already past."""
    found = []
    if row.unstable and row.steady_at is not None:
        found.append(row.steady_at + timedelta(seconds=rule.steady_s))
    if row.gone_at is None and not row.active:
        found.append(row.since + timedelta(seconds=rule.on_s))
    if row.gone_at is not None:
        found += [at + timedelta(seconds=rule.within_s) for at in row.onsets[-1:]]
        if row.active:
            found.append(row.gone_at + timedelta(seconds=rule.off_s))
    return found


def _past(at: datetime, now: datetime) -> datetime:
    return min(at, now)


def _since(at: datetime | None, now: datetime) -> float:
    """Seconds from ``at`` to ``now``, none for what has not come yet."""
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())
