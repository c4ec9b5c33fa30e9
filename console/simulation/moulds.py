"""The same life again, at other times and in another place.

Leading a case through the domain's steps takes a millisecond, and in a history
of a million most go one of a few hundred ways: the same steps for the same
class, the same promises kept and broken. The first ones of a way are led. Then
a mould is taken of one: each instant in the case, its clocks and its events is
traced back to the step it comes from (``step 3``, ``step 3 and ten minutes``,
``four office hours after step 2``), and so is each word of the place. Where one
cannot be traced, or could come from two, no mould is taken.

A mould serves cases only for which the domain would decide alike: for every
clock a step touched it remembers on which side of 80 % and 100 % the step lay,
and a case that lies otherwise is led, and may give another mould. Tests lead
histories both ways and compare them to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from console.domain import chain, limits
from console.domain.calendars import CONTINUOUS, WorkingCalendar
from console.domain.model import Case, Deadline, EventDraft
from console.domain.records import replace
from console.domain.terms import Step
from console.domain.vocabulary import Action, State, Unit
from console.services.bulk import Told, told
from console.simulation.plans import Deed

#: Ways that are too rare to be worth a mould are led so often at least.
_FIRST_LED: Final = 2
#: Moulds of one way, and of all: a few megabytes.
_VARIANTS: Final = 48
_MOST: Final = 10_000
#: What a mould knows nothing of: a second person's word, another case, office
#: time that stands still.
_LED_ALWAYS: Final = frozenset(
    {
        Action.APPROVE,
        Action.DENY,
        Action.MERGE,
        Action.SUSPEND,
        Action.RESUME,
        Action.VERIFY,
        Action.SUPERVISE,
        Action.REPLY,
    }
)
#: Fields of a case that are told in its first event and differ from case to case.
_PLACE: Final = ("camera", "place", "grid", "community", "note")
_SPOT: Final = ("lon", "lat")
_CASE_TIMES: Final = tuple(f.name for f in fields(Case) if "datetime" in str(f.type))
_CLOCK_TIMES: Final = tuple(f.name for f in fields(Deadline) if "datetime" in str(f.type))
#: A place in a template; nobody writes such signs.
_OPEN: Final = "\ue000"
_SHUT: Final = "\ue001"


class Instant(NamedTuple):
    """``seconds`` of ``unit``'s calendar after a step; ``unit`` ``None``: µs of
    plain time."""

    step: int
    amount: float = 0
    unit: Unit | None = None


class Side(NamedTuple):
    """On which side of a mark of a clock a step lay: -1 before, 0 on it, 1 after."""

    step: int
    mark: Instant
    side: int


class Cast(NamedTuple):
    """A case made in a mould."""

    case: Case
    told: list[Told]
    states: list[tuple[datetime, State]]


@dataclass(frozen=True, slots=True)
class _Event:
    """An event's template: its data with ``%s`` where something is to be put,
    and what: places of ``instants``, or of the words behind them."""

    step: int
    action: str
    actor: str
    data: str
    slots: tuple[int, ...]
    words: tuple[str, ...]
    reason: bool
    state: State


@dataclass(frozen=True, slots=True)
class _Mould:
    instants: tuple[Instant, ...]
    sides: tuple[Side, ...]
    case: Case
    times: tuple[tuple[str, int], ...]
    clocks: tuple[tuple[Deadline, tuple[tuple[str, int], ...]], ...]
    events: tuple[_Event, ...]


class _Untraceable(Exception):
    """An instant comes from nowhere, or from two places."""


class Moulds:
    """The moulds of one history, for one calendar."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._ways: dict[tuple[object, ...], list[_Mould]] = {}
        self._seen: dict[tuple[object, ...], int] = {}
        self._count = 0

    def cast(self, draft: Case, deeds: Sequence[Deed], times: Sequence[datetime]) -> Cast | None:
        """The case of ``draft`` after ``deeds`` at ``times``; ``None`` where it
        has to be led."""
        way = _way(draft, deeds)
        moulds = self._ways.get(way)
        if not moulds:
            return None
        steps = (_begun(draft), *times)
        for place, mould in enumerate(moulds):
            if self._fits(mould, steps):
                if place:
                    moulds.insert(0, moulds.pop(place))
                return _filled(mould, draft, deeds, steps, self._calendar)
        return None

    def learn(
        self, draft: Case, deeds: Sequence[Deed], times: Sequence[datetime], steps: Sequence[Step]
    ) -> None:
        """Take a mould of a life, if it is worth one."""
        way = _way(draft, deeds)
        if any(deed.action in _LED_ALWAYS for deed in deeds) or self._count >= _MOST:
            return
        self._seen[way] = self._seen.get(way, 0) + 1
        known = self._ways.setdefault(way, [])
        if self._seen[way] <= _FIRST_LED or len(known) >= _VARIANTS:
            return
        try:
            known.insert(0, _taken(steps, (_begun(draft), *times), self._calendar))
            self._count += 1
        except _Untraceable:
            return

    def _fits(self, mould: _Mould, steps: Sequence[datetime]) -> bool:
        """Whether the domain would decide alike at these steps."""
        if len(steps) != len(mould.events):
            return False
        for step, mark, side in mould.sides:
            at, then = steps[step], _instant_at(mark, steps, self._calendar)
            if (at > then) - (at < then) != side:
                return False
        return True


def _begun(draft: Case) -> datetime:
    at = draft.found_at or draft.reported_at
    assert at is not None
    return at


def _way(draft: Case, deeds: Sequence[Deed]) -> tuple[object, ...]:
    """What the domain decides by, but for the times."""
    known = [bool(getattr(draft, name)) for name in _PLACE]
    done = [(d.action, d.result, not d.reason, d.who, d.again, d.text, not d.cause) for d in deeds]
    return (draft.category, draft.source, draft.lon is None, *known, *done)


# -- filling -----------------------------------------------------------------


def _filled(
    mould: _Mould,
    draft: Case,
    deeds: Sequence[Deed],
    steps: Sequence[datetime],
    calendar: WorkingCalendar,
) -> Cast:
    instants = [_instant_at(instant, steps, calendar) for instant in mould.instants]
    quoted = ['"' + at.isoformat() + '"' for at in instants]
    quoted += [chain.encoded_text(word) for word in _words(draft, deeds)]
    stamps = [chain.instant(at) for at in steps]
    events = []
    states = []
    for event in mould.events:
        at = steps[event.step]
        data = event.data % tuple([quoted[slot] for slot in event.slots])
        when = stamps[event.step]
        start = chain.body(event.action, event.actor, draft.id, data, when, when)
        words = event.words if event.step == 0 or not event.reason else (deeds[event.step - 1].reason,)
        events.append(Told(at, at, event.actor, event.action, start, data, words))
        states.append((at, event.state))
    clocks = tuple(
        [
            replace(clock, **{name: instants[place] for name, place in places})
            for clock, places in mould.clocks
        ]
    )
    changes: dict[str, Any] = {name: instants[place] for name, place in mould.times}
    for name in (*_PLACE, *_SPOT):
        changes[name] = getattr(draft, name)
    if mould.case.breach_cause:
        changes["breach_cause"] = _cause(deeds)
    if mould.case.end_reason:
        changes["end_reason"] = deeds[-1].reason
    case = replace(mould.case, id=draft.id, version=1, deadlines=clocks, **changes)
    return Cast(case, events, states)


def _words(draft: Case, deeds: Sequence[Deed]) -> list[str]:
    """What is put into the events beside instants: what the place is called,
    where it lies, the cause, and each step's reason."""
    found = [getattr(draft, name) for name in _PLACE]
    found += [repr(getattr(draft, name)) for name in _SPOT]
    found.append(_cause(deeds))
    found += [deed.reason for deed in deeds]
    return found


def _cause(deeds: Sequence[Deed]) -> str:
    return next((deed.cause for deed in reversed(deeds) if deed.cause), "")


# -- taking ------------------------------------------------------------------


def _taken(steps: Sequence[Step], times: Sequence[datetime], calendar: WorkingCalendar) -> _Mould:
    """A mould of a led life. Raises :class:`_Untraceable`."""
    if len(steps) != len(times) or len(set(times)) != len(times):
        raise _Untraceable
    sources = _sources(steps, times, calendar)
    case = steps[-1].case
    if any(len(step.drafts) != 1 for step in steps):
        raise _Untraceable
    known: dict[Instant, int] = {}

    def source(at: datetime) -> Instant:
        found = sources.get(at, set())
        if len(found) != 1:
            raise _Untraceable
        return next(iter(found))

    def place(at: datetime) -> int:
        return known.setdefault(source(at), len(known))

    times_of = tuple((name, place(at)) for name in _CASE_TIMES if (at := getattr(case, name)) is not None)
    clocks = tuple(
        (clock, tuple((n, place(at)) for n in _CLOCK_TIMES if (at := getattr(clock, n)) is not None))
        for clock in case.deadlines
    )
    if any(clock.marks is not None for clock, _ in clocks):
        raise _Untraceable
    drafts = [step.drafts[0] for step in steps]
    templates = [_template(number, draft, place) for number, draft in enumerate(drafts)]
    sides = tuple(
        Side(step, source(mark), (times[step] > mark) - (times[step] < mark))
        for step, mark in _touched(steps)
    )
    instants = tuple(known)
    events = tuple(
        _event(number, draft, template, len(instants))
        for number, (draft, template) in enumerate(zip(drafts, templates, strict=True))
    )
    return _Mould(instants, sides, case, times_of, clocks, events)


def _sources(
    steps: Sequence[Step], times: Sequence[datetime], calendar: WorkingCalendar
) -> Mapping[datetime, set[Instant]]:
    """Where each instant of a life may come from."""
    found: dict[datetime, set[Instant]] = {at: {Instant(n)} for n, at in enumerate(times)}
    place = {at: n for n, at in enumerate(times)}
    for step in steps:
        for clock in step.case.deadlines:
            begun = place.get(clock.start_at)
            if begun is None:
                raise _Untraceable
            for at, share in ((clock.due_at, 1.0), (clock.warn_at, 0.8)):
                instant = _after(begun, limits.seconds(clock.limit, clock.times) * share, clock.limit.unit)
                # Where it is not as laid out, it was moved to a step, or is lost.
                if at == _instant_at(instant, times, calendar):
                    found.setdefault(at, set()).add(instant)
    return found


def _after(step: int, seconds: float, unit: Unit) -> Instant:
    if unit in CONTINUOUS:
        return Instant(step, round(seconds * 1_000_000))
    return Instant(step, seconds, unit)


def _instant_at(instant: Instant, steps: Sequence[datetime], calendar: WorkingCalendar) -> datetime:
    at = steps[instant.step]
    if instant.unit is not None:
        return calendar.add(at, instant.amount, instant.unit)
    return at + timedelta(microseconds=instant.amount) if instant.amount else at


def _touched(steps: Sequence[Step]) -> list[tuple[int, datetime]]:
    """For each step the marks that what it did may have hung on: the end of a
    clock that ran, and of one that runs on after it stood still or was met both
    marks. A new round hangs on nothing but the round before, which was looked
    at when it ended."""
    found: dict[tuple[int, datetime], None] = {}
    for number in range(1, len(steps)):
        before = {clock.kind: clock for clock in steps[number - 1].case.deadlines}
        for clock in steps[number].case.deadlines:
            old = before.get(clock.kind)
            if old is None or old == clock or old.start_at != clock.start_at:
                continue
            found[(number, old.due_at)] = None
            if old.met_at is not None or old.paused_since is not None:
                found[(number, old.warn_at)] = None
    return list(found)


def _template(number: int, draft: EventDraft, place: Any) -> object:
    """The data with signs instead of instants, reasons and what the place is
    called."""
    if draft.at != draft.recorded_at:
        raise _Untraceable
    first = draft.action is Action.OPEN
    said = {"reason": f"r{number}", "cause": "cause"}

    def walk(value: object, name: str) -> object:
        if isinstance(value, Mapping):
            return {key: walk(one, str(key)) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [walk(one, name) for one in value]
        if not isinstance(value, str):
            return value
        if first and name in (*_PLACE, *_SPOT):
            return f"{_OPEN}{name}{_SHUT}"
        if not first and name in said and value:
            return f"{_OPEN}{said[name]}{_SHUT}"
        at = _instant(value)
        return value if at is None else f"{_OPEN}{place(at)}{_SHUT}"

    return walk(draft.data, "")


def _instant(value: str) -> datetime | None:
    if len(value) < 25 or value[10:11] != "T":
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.isoformat() == value else None


def _event(number: int, draft: EventDraft, template: object, instants: int) -> _Event:
    assert isinstance(template, dict)
    text = chain.encoded(template).replace("%", "%%")
    pieces = text.split(f'"{_OPEN}')
    slots = []
    made = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition(f'{_SHUT}"')
        slots.append(_slot(name, instants))
        made.append("%s" + rest)
    event = told(draft)
    return _Event(
        number,
        event.action,
        event.actor,
        "".join(made),
        tuple(slots),
        event.words,
        bool(draft.data.get("reason")),
        State(str(draft.data["to"])),
    )


def _slot(name: str, instants: int) -> int:
    """Where the word stands that goes there: behind the instants those of
    :func:`_words`."""
    if name.isdigit():
        return int(name)
    names = (*_PLACE, *_SPOT, "cause")
    if name in names:
        return instants + names.index(name)
    return instants + len(names) + int(name[1:]) - 1
