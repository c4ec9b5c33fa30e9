"""The hand-over of a shift: item by item, two signatures, then frozen.

Responsibility passes at the signature of the officer who comes, not at the
clock; in the same transaction the next shift is opened and every acknowledged
alarm rings again for those who come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from console.domain import shifts
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.shift_log import ShiftLog, Stage, What
from console.domain.shifts import ShiftSpan
from console.services import alarms, clean, permissions, shift_items, shift_plan
from console.services.open_cases import OpenCases
from console.services.people import PeopleService
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.shift_items import Item
from console.services.shift_writing import WORDS_MOST, Data, ShiftWriter


class HandOverService(ShiftWriter):
    """Takes over, opens items, signs."""

    def __init__(
        self, uows: UnitOfWorkFactory, clock: Clock, cases: OpenCases, people: PeopleService
    ) -> None:
        super().__init__(uows, clock, cases)
        self._people = people

    def take(self, actor: Actor, shift_id: str, name: str = "", password: str = "") -> ShiftLog:
        """The officer who comes begins to take over: whoever sits here, or a
        person with name and password. What somebody else opened is not seen."""
        person = self._person(actor, name, password)

        def make(_uow: UnitOfWork, log: ShiftLog, _now: datetime) -> list[Data]:
            _demand_not_handed(log)
            if log.off is not None and log.off.who == person.name:
                raise Refusal("needs_second_person", "shift", who=person.name)
            if log.taking == person.name:
                return []
            return [{"what": What.TAKING.value, "who": person.name}]

        return self.change(actor, shift_id, make)

    def look(self, actor: Actor, shift_id: str, item: str) -> ShiftLog:
        """An item was opened by the officer who comes."""
        permissions.demand(actor, "shift.log")

        def make(_uow: UnitOfWork, log: ShiftLog, _now: datetime) -> list[Data]:
            _demand_not_handed(log)
            if not log.taking:
                raise Refusal("conflict", "shift_taking", shift=log.id)
            if item in log.seen:
                return []
            return [{"what": What.SEEN.value, "item": clean.line(item, "item", 80), "who": log.taking}]

        return self.change(actor, shift_id, make)

    def sign_off(self, actor: Actor, shift_id: str, cautions: str = "", keys: str = "") -> ShiftLog:
        """The officer who goes signs: what is written is all there is."""
        permissions.demand(actor, "shift.sign")
        cautions = clean.note(cautions, "cautions", WORDS_MOST)
        keys = clean.note(keys, "keys", WORDS_MOST)

        def make(uow: UnitOfWork, log: ShiftLog, now: datetime) -> list[Data]:
            _demand_not_handed(log)
            if log.off is not None:
                raise Refusal("conflict", "shift_offered", shift=log.id, who=log.off.who)
            data = _signature(uow, What.SIGNED_OFF, actor.name, log, now)
            return [data | {k: v for k, v in (("cautions", cautions), ("keys", keys)) if v}]

        return self.change(actor, shift_id, make)

    def sign_on(
        self, actor: Actor, shift_id: str, name: str = "", password: str = "", objection: str = ""
    ) -> tuple[ShiftLog, ShiftLog | None]:
        """The officer who comes signs, and is responsible from now on. Answers
        with the log that is now frozen and the next shift, which is opened with
        it (``None`` where it is open already). Raises ``needs_second_person``,
        ``auth_failed``, ``conflict.shift_not_offered``, ``conflict.shift_taking``
        and ``conflict.shift_unseen`` while a red item has not been opened."""
        person = self._person(actor, name, password)
        if not person.may_approve:
            raise Refusal("needs_second_person", "shift", who=person.name)
        words = clean.note(objection, "objection", WORDS_MOST)
        following: list[ShiftLog] = []

        def make(uow: UnitOfWork, log: ShiftLog, now: datetime) -> list[Data]:
            _demand_not_handed(log)
            found = self._ready(uow, log, person, now)
            data = _signature(uow, What.SIGNED_ON, person.name, log, now)
            data["closing"] = {
                "items": [shift_items.frozen(one) for one in found],
                "flow": {k: len(v) for k, v in shift_items.flow(uow, log.opened_at, now).items()},
                "equipment": shift_items.equipment(shift_items.active_alarms(uow)),
            }
            if words:
                data["objection"] = words
            return [data]

        def then(uow: UnitOfWork, log: ShiftLog, now: datetime) -> None:
            following.clear()
            head = uow.events.head()
            uow.shifts.copy_head(*head, f"shift {log.id}")
            alarms.ring_again(uow, person, now)
            span = _next(uow, log, now)
            if uow.shifts.get(span.id) is None:
                following.append(self.begin(uow, person, span, now))

        log = self.change(person, shift_id, make, then)
        return log, following[0] if following else None

    def addendum(self, actor: Actor, shift_id: str, words: str) -> ShiftLog:
        """A note to a log that both have signed."""
        permissions.demand(actor, "shift.log")
        said = clean.note(words, "words", WORDS_MOST)
        if not said:
            raise Refusal("missing_reason", "shift_words")

        def make(_uow: UnitOfWork, log: ShiftLog, _now: datetime) -> list[Data]:
            if log.stage is not Stage.HANDED:
                raise Refusal("conflict", "shift_not_handed", shift=log.id)
            return [{"what": What.ADDENDUM.value, "words": said}]

        return self.change(actor, shift_id, make, frozen_too=True)

    def _ready(self, uow: UnitOfWork, log: ShiftLog, person: Actor, now: datetime) -> tuple[Item, ...]:
        """Everything to be handed over, when ``person`` may sign for it now."""
        if log.off is None:
            raise Refusal("conflict", "shift_not_offered", shift=log.id)
        if log.off.who == person.name:
            raise Refusal("needs_second_person", "shift", who=person.name)
        if log.taking != person.name:
            raise Refusal("conflict", "shift_taking", shift=log.id)
        cases = self._cases.look(uow)[0].values()
        items = shift_items.items(cases, shift_items.active_alarms(uow), log.open_entries, now)
        unseen = [one for one in items if one.red and one.key not in log.seen]
        if unseen:
            first = unseen[0].about
            raise Refusal("conflict", "shift_unseen", n=len(unseen), zh=first[0], en=first[1])
        return items

    def _person(self, actor: Actor, name: str, password: str) -> Actor:
        """Who takes over: the actor, or somebody with a password of his own."""
        person = actor
        if name and name != actor.name:
            person = self._people.sign_in(name, password, actor.seat)
        elif password:
            person = self._people.sign_in(actor.name, password, actor.seat)
        permissions.demand(person, "shift.sign")
        return person


def _demand_not_handed(log: ShiftLog) -> None:
    if log.stage is Stage.HANDED:
        raise Refusal("conflict", "shift_frozen", shift=log.id)


def _signature(uow: UnitOfWork, what: What, who: str, log: ShiftLog, now: datetime) -> Data:
    seq, digest = uow.events.head()
    late = int((now - log.end) / timedelta(seconds=1))
    return {"what": what.value, "who": who, "head_seq": seq, "head_hash": digest, "offset_s": late}


def _next(uow: UnitOfWork, log: ShiftLog, now: datetime) -> ShiftSpan:
    plan = shift_plan.load(uow)
    span = shifts.span_at(plan, log.end)
    return span if now < span.end else shifts.span_at(plan, now)
