"""The duty log (值班日志) of a shift, made from its events alone.

A shift's events stand in the site's chain under :func:`place_of` and are never
changed; the log a person reads is folded from them each time, so that what is
shown is what was written, in the order in which it was written. Blocks: facts of
the duty desk (head, stock, entries, hand-over, signatures).

A log is *open* until the officer who goes signs, *offered* until the one who
comes signs too, and *handed* from then on: frozen, only addenda are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from console.domain.model import Event

#: Kinds of entries: a matter, a telephone call, a report upward, a leader's
#: order, equipment, a team's strength, a plain note.
KINDS: Final = ("matter", "phone", "report", "order", "equipment", "team", "note")
#: What may be in an entry of each kind beside its text, its owner and its state.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "matter": ("source", "action", "case"),
    "phone": ("unit", "handler", "result"),
    "report": ("stage", "to", "channel"),
    "order": ("from",),
    "equipment": ("device", "case"),
    "team": ("team", "people", "vehicles", "place"),
    "note": (),
}
#: Reports upward: first, follow-up, last (初报、续报、终报).
STAGES: Final = ("first", "follow", "last")
#: Equipment whose state is written down (facts: cameras, recording, wall,
#: network, radio, power).
DEVICES: Final = ("camera", "recording", "wall", "network", "radio", "power", "other")
#: Warning signals by colour, and response levels (facts: flood response).
COLOURS: Final = ("blue", "yellow", "orange", "red")
SIGNALS: Final = ("rain", "gale", "snow", "cold", "heat", "thunder", "hail", "fog", "haze", "ice", "sand")
LEVELS: Final = ("IV", "III", "II", "I")


class What(StrEnum):
    """What an event of a shift tells."""

    OPENED = "opened"
    CAME = "came"
    ENTRY = "entry"
    FOLLOW = "follow"
    CONDITIONS = "conditions"
    TAKING = "taking"
    SEEN = "seen"
    SIGNED_OFF = "signed_off"
    WITHDRAWN = "withdrawn"
    SIGNED_ON = "signed_on"
    ADDENDUM = "addendum"


class Stage(StrEnum):
    """How far a log is."""

    OPEN = "open"
    OFFERED = "offered"
    HANDED = "handed"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Weather in words, warning signal (what and colour), response level, the
    order behind it; who set them and when."""

    weather: str = ""
    signal: str = ""
    colour: str = ""
    level: str = ""
    order: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """What became of an entry: ``done`` ends it."""

    at: datetime
    by: str
    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``key`` is ``20261121-night/3``; ``person`` the id of
    a caller kept apart; ``open``: something is still to be done; ``seq`` the
    event's number in the site's chain, 0 for one carried over."""

    key: str
    kind: str
    at: datetime
    by: str
    text: str
    owner: str = ""
    due: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    person: str = ""
    open: bool = False
    follows: tuple[Follow, ...] = ()
    seq: int = 0

    @property
    def n(self) -> int:
        """Its number within the shift it was written in."""
        return int(self.key.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Sat:
    """Who sat where, from when until somebody else sat down there."""

    who: str
    role: str
    seat: str
    came: datetime
    left: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """``head``: number and hash of the site's chain when it was given;
    ``offset_s``: seconds after the planned end, negative before it."""

    who: str
    at: datetime
    head: tuple[int, str]
    objection: str = ""
    cautions: str = ""
    keys: str = ""
    offset_s: int = 0


@dataclass(frozen=True, slots=True)
class Addendum:
    """Written after both have signed."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class ShiftLog:
    """A shift as its events tell it. ``stock``: what was open when it began,
    ``closing``: what was open, shelved and broken when it was handed over."""

    id: str
    kind: str
    zh: str
    en: str
    start: datetime
    end: datetime
    opened_at: datetime
    opened_by: str
    stage: Stage = Stage.OPEN
    leader: str = ""
    chief: str = ""
    officers: tuple[str, ...] = ()
    """Duty leader, shift leader and officers as the roster said."""
    stock: Mapping[str, Any] = field(default_factory=dict)
    closing: Mapping[str, Any] = field(default_factory=dict)
    conditions: tuple[Conditions, ...] = ()
    seats: tuple[Sat, ...] = ()
    entries: tuple[Entry, ...] = ()
    taking: str = ""
    seen: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """By item: who opened it for the taking over, and when."""
    off: Signature | None = None
    on: Signature | None = None
    addenda: tuple[Addendum, ...] = ()
    events: int = 0
    last_seq: int = 0

    @property
    def open_entries(self) -> tuple[Entry, ...]:
        """What the next shift has to go on with."""
        return tuple(one for one in self.entries if one.open)

    def entry(self, key: str) -> Entry | None:
        """A line by its key."""
        return next((one for one in self.entries if one.key == key), None)

    @property
    def weather(self) -> Conditions:
        """The conditions as last set."""
        return self.conditions[-1] if self.conditions else Conditions()


def place_of(shift_id: str) -> str:
    """Where a shift's events stand in the chain, in the place of a case's id."""
    return f"S{shift_id}"


def shift_of(place: str) -> str:
    """The shift whose events stand there; empty for a case's."""
    return place[1:] if place.startswith("S") else ""


def fold(events: Iterable[Event]) -> ShiftLog | None:
    """The log of one shift from its events in order; ``None`` for none. What
    cannot be read is passed over: the chain says whether it was changed."""
    log: ShiftLog | None = None
    for event in events:
        what = str(event.data.get("what", ""))
        if log is None:
            log = _opened(event) if what == What.OPENED else None
        elif what in _STEPS:
            log = _STEPS[What(what)](log, event)
        if log is not None:
            log = replace(log, events=log.events + 1, last_seq=event.seq)
    return log


def conditions_data(one: Conditions) -> dict[str, object]:
    """Conditions as an event keeps them."""
    names = ("weather", "signal", "colour", "level", "order")
    return {name: getattr(one, name) for name in names if getattr(one, name)}


def conditions_from(data: Mapping[str, Any], by: str, at: datetime | None) -> Conditions:
    """The conditions of :func:`conditions_data`."""
    names = ("weather", "signal", "colour", "level", "order")
    return Conditions(**{name: str(data.get(name, "")) for name in names}, by=by, at=at)


def carried(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """Open entries as the next shift's first event keeps them."""
    return [
        {
            "key": one.key,
            "kind": one.kind,
            "at": one.at.isoformat(),
            "by": one.by,
            "words": one.text,
            "owner": one.owner,
            "due": one.due.isoformat() if one.due else "",
            "fields": dict(one.fields),
            "person": one.person,
        }
        for one in entries
    ]


# -- the steps -----------------------------------------------------------------


def _opened(event: Event) -> ShiftLog:
    data: Mapping[str, Any] = event.data
    conditions = data.get("conditions") or {}
    first = (conditions_from(conditions, str(conditions.get("by", "")), event.at),) if conditions else ()
    return ShiftLog(
        id=shift_of(event.case),
        kind=str(data["kind"]),
        zh=str(data["zh"]),
        en=str(data["en"]),
        start=_instant(data["start"]) or event.at,
        end=_instant(data["end"]) or event.at,
        opened_at=event.at,
        opened_by=event.actor,
        leader=str(data.get("leader", "")),
        chief=str(data.get("chief", "")),
        officers=tuple(str(one) for one in data.get("officers", ())),
        stock=data.get("stock") or {},
        conditions=first,
        entries=tuple(_carried(one) for one in data.get("carried", ())),
    )


def _came(log: ShiftLog, event: Event) -> ShiftLog:
    """A seat has one person: who comes takes it over."""
    who, seat = str(event.data.get("who", event.actor)), str(event.data.get("seat", ""))
    before = tuple(
        replace(one, left=event.at) if one.left is None and one.seat == seat else one for one in log.seats
    )
    return replace(log, seats=(*before, Sat(who, str(event.data.get("role", "")), seat, event.at)))


def _entry(log: ShiftLog, event: Event) -> ShiftLog:
    data: Mapping[str, Any] = event.data
    number = 1 + sum(one.key.startswith(f"{log.id}/") for one in log.entries)
    made = Entry(
        key=f"{log.id}/{number}",
        kind=str(data.get("kind", "note")),
        at=event.at,
        by=event.actor,
        text=str(data.get("words", "")),
        owner=str(data.get("owner", "")),
        due=_instant(data.get("due", "")),
        fields={str(k): str(v) for k, v in (data.get("fields") or {}).items()},
        person=str(data.get("person", "")),
        open=bool(data.get("open", False)),
        seq=event.seq,
    )
    return replace(log, entries=(*log.entries, made))


def _follow(log: ShiftLog, event: Event) -> ShiftLog:
    key, done = str(event.data.get("key", "")), bool(event.data.get("done", False))
    made = Follow(event.at, event.actor, str(event.data.get("words", "")), done)
    entries = tuple(
        replace(one, follows=(*one.follows, made), open=one.open and not done) if one.key == key else one
        for one in log.entries
    )
    return replace(log, entries=entries)


def _conditions(log: ShiftLog, event: Event) -> ShiftLog:
    return replace(log, conditions=(*log.conditions, conditions_from(event.data, event.actor, event.at)))


def _taking(log: ShiftLog, event: Event) -> ShiftLog:
    who = str(event.data.get("who", event.actor))
    # What somebody else opened before is not seen by this one.
    kept = log.seen if who == log.taking else {}
    return replace(log, taking=who, seen=kept)


def _seen(log: ShiftLog, event: Event) -> ShiftLog:
    item, who = str(event.data.get("item", "")), str(event.data.get("who", event.actor))
    return replace(log, seen={**log.seen, item: (who, event.at)}) if who == log.taking else log


def _signed_off(log: ShiftLog, event: Event) -> ShiftLog:
    return replace(log, stage=Stage.OFFERED, off=_signature(event))


def _withdrawn(log: ShiftLog, event: Event) -> ShiftLog:
    return replace(log, stage=Stage.OPEN, off=None)


def _signed_on(log: ShiftLog, event: Event) -> ShiftLog:
    closing: Any = event.data.get("closing") or {}
    return replace(log, stage=Stage.HANDED, on=_signature(event), closing=closing)


def _addendum(log: ShiftLog, event: Event) -> ShiftLog:
    made = Addendum(event.at, event.actor, str(event.data.get("words", "")))
    return replace(log, addenda=(*log.addenda, made))


def _signature(event: Event) -> Signature:
    data: Mapping[str, Any] = event.data
    return Signature(
        who=str(data.get("who", event.actor)),
        at=event.at,
        head=(int(data.get("head_seq", 0)), str(data.get("head_hash", ""))),
        objection=str(data.get("objection", "")),
        cautions=str(data.get("cautions", "")),
        keys=str(data.get("keys", "")),
        offset_s=int(data.get("offset_s", 0)),
    )


def _carried(data: Mapping[str, Any]) -> Entry:
    return Entry(
        key=str(data["key"]),
        kind=str(data["kind"]),
        at=_instant(data["at"]) or datetime.min.replace(tzinfo=UTC),
        by=str(data.get("by", "")),
        text=str(data.get("words", "")),
        owner=str(data.get("owner", "")),
        due=_instant(data.get("due", "")),
        fields={str(k): str(v) for k, v in (data.get("fields") or {}).items()},
        person=str(data.get("person", "")),
        open=True,
    )


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None


_STEPS: Final[Mapping[str, Callable[[ShiftLog, Event], ShiftLog]]] = {
    What.CAME: _came,
    What.ENTRY: _entry,
    What.FOLLOW: _follow,
    What.CONDITIONS: _conditions,
    What.TAKING: _taking,
    What.SEEN: _seen,
    What.SIGNED_OFF: _signed_off,
    What.WITHDRAWN: _withdrawn,
    What.SIGNED_ON: _signed_on,
    What.ADDENDUM: _addendum,
}
