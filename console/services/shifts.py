"""Shifts: opened, sat in, logged.

Everything that happens to a shift is an event of the site's chain; the row
beside it is only for lists, and is compared with the events by ``db check``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import shift_log, shifts
from console.domain.errors import Refusal
from console.domain.model import Actor, EventDraft
from console.domain.shift_log import Conditions, ShiftLog, Stage, What
from console.domain.vocabulary import Action
from console.services import clean, permissions, shift_conditions, shift_plan
from console.services.open_cases import OpenCases
from console.services.persons import new_id
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.shift_records import ShiftPersonRow
from console.services.shift_writing import TRIES, WORDS_MOST, Data, ShiftWriter, append, came, current, falls
from console.services.vault import Vault

#: A shift may be opened this long before it begins.
EARLY: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class EntryWish:
    """What somebody writes into the log. ``fields`` as
    ``shift_log.FIELDS[kind]`` allows; ``caller`` and ``phone`` of a telephone
    call are kept apart, sealed; ``open``: something is still to be done."""

    kind: str
    words: str
    owner: str = ""
    due: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    caller: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    open: bool = False


class ShiftService(ShiftWriter):
    """Writes shifts; what screens read is ``shift_reading``'s."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, cases: OpenCases, vault: Vault) -> None:
        super().__init__(uows, clock, cases)
        self._vault = vault

    # -- begin ---------------------------------------------------------------

    def open(self, actor: Actor, shift_id: str = "") -> ShiftLog:
        """Open a shift, by default the one of now. Raises ``forbidden``,
        ``unknown_shift``, ``bad_value.shift_time`` for one that is long over or
        far ahead, ``conflict.shift_opened`` for one that is open already and
        ``conflict.shift_running`` while another one still has its time."""
        permissions.demand(actor, "shift.open")
        with self._uows.write() as uow:
            now, plan = self._clock.now(), shift_plan.load(uow)
            span = shifts.span_of(plan, shift_id) if shift_id else shifts.span_at(plan, now)
            if not span.start - EARLY <= now < span.end:
                raise Refusal("bad_value", "shift_time", shift=span.id, start=span.start, end=span.end)
            if uow.shifts.get(span.id) is not None:
                raise Refusal("conflict", "shift_opened", shift=span.id)
            running = [row for row in uow.shifts.unsigned() if row.end_at > now]
            if running:
                raise Refusal("conflict", "shift_running", shift=running[0].id)
            log = self.begin(uow, actor, span, now)
            uow.commit()
        return log

    def sit(self, actor: Actor) -> bool:
        """Somebody signed in at a seat: an event of the shift that is open, once
        until somebody else sits down there. True when it was written."""
        if permissions.is_local(actor) or not _may(actor, "shift.log"):
            return False
        with self._uows.read() as uow:
            log = current(uow)
        if log is None or _sits(log, actor):
            return False

        def make(_uow: UnitOfWork, now_log: ShiftLog, _now: datetime) -> list[Data]:
            return [] if _sits(now_log, actor) else [came(actor)]

        self.change(actor, log.id, make)
        return True

    # -- the log -------------------------------------------------------------

    def write(self, actor: Actor, wish: EntryWish, shift_id: str = "") -> ShiftLog:
        """One line more. A signature of the officer who goes falls by it, since it
        did not cover this. Raises ``forbidden``, ``bad_value``, ``unknown_shift``,
        ``conflict.shift_frozen``."""
        permissions.demand(actor, "shift.log")
        words = clean.note(wish.words, "words", WORDS_MOST)
        if not words:
            raise Refusal("missing_reason", "shift_words")
        if wish.kind not in shift_log.KINDS:
            raise Refusal("bad_value", "shift_entry", value=wish.kind, allowed=", ".join(shift_log.KINDS))
        fields = _fields(wish)
        data: Data = {"what": What.ENTRY.value, "kind": wish.kind, "words": words}
        if fields:
            data["fields"] = dict(fields)
        owner = clean.line(wish.owner, "owner", clean.NAME_MOST)
        if owner:
            data["owner"] = owner
        if wish.due is not None:
            data["due"] = wish.due.isoformat()
        if wish.open or wish.due is not None:
            data["open"] = True

        def make(uow: UnitOfWork, log: ShiftLog, now: datetime) -> list[Data]:
            person = self._kept(uow, log.id, wish, now)
            return [*falls(log), {**data, "person": person} if person else data]

        return self.change(actor, shift_id, make)

    def _kept(self, uow: UnitOfWork, shift_id: str, wish: EntryWish, now: datetime) -> str:
        """The id of a caller kept apart; empty without one."""
        name = clean.line(wish.caller, "caller_name", clean.NAME_MOST)
        phone = clean.narrow(clean.line(wish.phone, "caller_phone", clean.NAME_MOST))
        if not (name or phone):
            return ""
        person = new_id()
        sealed = [self._vault.seal(text, person) if text else "" for text in (name, phone)]
        uow.shifts.add_person(ShiftPersonRow(person, shift_id, sealed[0], sealed[1], now))
        return person

    def caller(self, actor: Actor, person: str) -> tuple[str, str]:
        """Name and number of a caller of the telephone log; the look is an event
        of the shift. Raises ``forbidden``, ``unknown_person``."""
        permissions.demand(actor, "person.read")
        with self._uows.write() as uow:
            row = uow.shifts.person(person)
            if row is None:
                raise Refusal("unknown_person", "caller")
            now = self._clock.now()
            data: Data = {"result": "viewed", "person": person}
            uow.events.append([EventDraft("", now, now, actor.name, Action.PERSON, data)])
            uow.commit()
        opened = [
            self._vault.open(text, row.id) if text else "" for text in (row.name_sealed, row.phone_sealed)
        ]
        return opened[0], opened[1]

    def follow(self, actor: Actor, key: str, words: str, done: bool = False, shift_id: str = "") -> ShiftLog:
        """What became of an entry, also of one that an earlier shift left."""
        permissions.demand(actor, "shift.log")
        said = clean.note(words, "words", WORDS_MOST)
        if not said and not done:
            raise Refusal("missing_reason", "shift_words")

        def make(_uow: UnitOfWork, log: ShiftLog, _now: datetime) -> list[Data]:
            entry = log.entry(key if "/" in key else f"{log.id}/{key}")
            if entry is None:
                raise Refusal("bad_value", "shift_line", value=key, shift=log.id)
            data: Data = {"what": What.FOLLOW.value, "key": entry.key, "words": said}
            return [*falls(log), {**data, "done": True} if done else data]

        return self.change(actor, shift_id, make)

    def set_conditions(self, actor: Actor, wish: Conditions) -> Conditions:
        """Weather, warning signal, response level and the order behind it: shown
        in every header from now on, and an event of the shift that is open."""
        permissions.demand(actor, "shift.log")
        wanted = shift_conditions.checked(wish)
        for attempt in range(1, TRIES + 1):
            try:
                with self._uows.write() as uow:
                    now = self._clock.now()
                    made = replace(wanted, by=actor.name, at=now)
                    shift_conditions.store(uow, made)
                    log = current(uow)
                    data: Data = {"what": What.CONDITIONS.value, **shift_log.conditions_data(made)}
                    if log is not None and log.stage is not Stage.HANDED:
                        append(uow, actor, log, [*falls(log), data], now)
                    else:
                        uow.events.append([EventDraft("", now, now, actor.name, Action.SHIFT, data)])
                    uow.touch("shift")
                    uow.commit()
                return made
            except Refusal as refusal:
                if refusal.code != "conflict" or attempt == TRIES:
                    raise
        raise AssertionError("the loop returns or raises")


def _sits(log: ShiftLog, actor: Actor) -> bool:
    return any(one.left is None and (one.who, one.seat) == (actor.name, actor.seat) for one in log.seats)


def _may(actor: Actor, right: str) -> bool:
    try:
        permissions.demand(actor, right)
    except Refusal:
        return False
    return True


def _fields(wish: EntryWish) -> dict[str, str]:
    allowed = shift_log.FIELDS[wish.kind]
    kept: dict[str, str] = {}
    for name, text in wish.fields.items():
        if name not in allowed:
            raise Refusal("bad_value", "shift_field", value=name, allowed=", ".join(allowed) or "—")
        value = clean.line(str(text), name)
        if value:
            kept[name] = value
    for name, words in (("stage", shift_log.STAGES), ("device", shift_log.DEVICES)):
        if name in kept and kept[name] not in words:
            raise Refusal("bad_value", "shift_entry", value=kept[name], allowed=", ".join(words))
    return kept
