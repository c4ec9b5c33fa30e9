"""Reporters: name and telephone, sealed; who looked is in the chain.

A clear name or number is in no event, no log line and no draft on the disk. It
goes into ``case_person`` encrypted, with a keyed hash for finding the same
caller again, and comes out only for a role with ``person.read``, each time with
an event. It is erased on demand, and by itself after the site's retention.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor, Case, EventDraft
from console.domain.vocabulary import Action
from console.services import clean, lookup, permissions
from console.services.intake_records import IntakeRow
from console.services.person_records import PersonRow
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.vault import Vault
from console.services.views import CaseAnswer

#: Site setting and its default: how long a reporter is kept, days (three years).
RETENTION: Final = "person_retention_days"
RETENTION_DAYS: Final = 1095
#: Digits of a telephone number: short service numbers to international ones.
_DIGITS: Final = range(3, 16)
_PHONE: Final = re.compile(r"^\+?[\d\s().\-/]+(?:(?:转|ext\.?|x|#)\s*\d{1,6})?$", re.IGNORECASE)
#: How a call back may have ended.
CALLS: Final = ("reached", "missed")


@dataclass(frozen=True, slots=True)
class Caller:
    """A reporter as typed; both may be empty."""

    name: str = ""
    phone: str = ""

    @property
    def known(self) -> bool:
        """True when there is anything to keep."""
        return bool(self.name or self.phone)


@dataclass(frozen=True, slots=True)
class CallerView:
    """A reporter in clear, for the eyes of who asked."""

    case: str
    name: str
    phone: str
    others: tuple[str, ...] = ()
    """Other cases with the same telephone, newest first."""


def checked(name: str, phone: str) -> Caller:
    """A caller fit to be kept: full-width digits become plain. Raises
    ``Refusal('bad_value', 'telephone')`` or ``too_long``."""
    number = clean.narrow(clean.line(phone, "caller_phone", clean.NAME_MOST))
    if number and (
        _PHONE.match(number) is None or len(re.sub(r"\D", "", number.partition("转")[0])) not in _DIGITS
    ):
        raise Refusal("bad_value", "telephone", value=number)
    return Caller(clean.line(name, "caller_name", clean.NAME_MOST), number)


class PersonService:
    """What may be done with reporters."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, vault: Vault) -> None:
        self._uows, self._clock, self._vault = uows, clock, vault

    def sealed(self, person_id: str, case_id: str, caller: Caller) -> PersonRow:
        """The row of a new reporter; nothing is stored yet."""
        return PersonRow(
            id=person_id,
            case=case_id,
            name_sealed=self._vault.seal(caller.name, person_id) if caller.name else "",
            phone_sealed=self._vault.seal(caller.phone, person_id) if caller.phone else "",
            name_key=self._vault.digest(caller.name) if caller.name else "",
            phone_key=self._vault.digest(same_number(caller.phone)) if caller.phone else "",
            added_at=self._clock.now(),
        )

    def read(self, actor: Actor, case_id: str) -> CallerView:
        """Name and telephone of a case's reporter; the look is an event of the
        case. Raises ``forbidden``, ``unknown_person``."""
        permissions.demand(actor, "person.read")
        with self._uows.write() as uow:
            case = lookup.case(uow, case_id)
            row = _row(uow, case)
            view = CallerView(
                case.id,
                self._vault.open(row.name_sealed, row.id) if row.name_sealed else "",
                self._vault.open(row.phone_sealed, row.id) if row.phone_sealed else "",
                _others(uow, row),
            )
            uow.events.append([self._told(case, actor, "viewed")])
            uow.touch("case")
            uow.commit()
        return view

    def called_back(self, actor: Actor, case_id: str, outcome: str, text: str = "") -> CaseAnswer:
        """Somebody called the reporter back: ``reached`` or ``missed``."""
        permissions.demand(actor, "person.read")
        if outcome not in CALLS:
            raise Refusal("bad_value", "result", result=outcome, allowed=", ".join(CALLS))
        words = clean.note(text)
        with self._uows.write() as uow:
            case = lookup.case(uow, case_id)
            now = self._clock.now()
            row = uow.intake.get(case.id) or IntakeRow(case.id)
            uow.intake.put(replace(row, callback=outcome, called_at=now, called_by=actor.name))
            more = {"text": words} if words else {}
            events = uow.events.append([self._told(case, actor, outcome, **more)])
            uow.touch("case")
            uow.commit()
        return CaseAnswer(case, events, ("case",), links=case.links)

    def erase(self, actor: Actor, case_id: str, reason: str) -> CaseAnswer:
        """Erase the reporter of a case, who asked for it perhaps; the reason
        and the deed stay in the chain."""
        permissions.demand(actor, "person.erase")
        words = clean.note(reason)
        if not words:
            raise Refusal("missing_reason", "", action="person.erase")
        with self._uows.write() as uow:
            case = lookup.case(uow, case_id)
            row = _row(uow, case)
            uow.persons.erase([row.id])
            events = uow.events.append([self._told(case, actor, "erased", reason=words)])
            uow.touch("case")
            uow.commit()
        return CaseAnswer(case, events, ("case",), links=case.links)

    def expire(self, actor: Actor) -> int:
        """Erase everybody kept longer than the site's retention, callers of the
        duty log too; how many."""
        permissions.demand(actor, "person.erase")
        with self._uows.read() as uow:
            until = self._clock.now() - _retention(uow)
            old = uow.persons.older_than(until)
        callers = self._expire_callers(actor, until)
        if not old:
            return callers
        with self._uows.write() as uow:
            gone = uow.persons.erase([row.id for row in old])
            drafts = []
            for row in old:
                case = uow.cases.get(row.case)
                if case is not None:
                    drafts.append(self._told(case, actor, "expired"))
            uow.events.append(drafts)
            uow.touch("case")
            uow.commit()
        return gone + callers

    def _expire_callers(self, actor: Actor, until: datetime) -> int:
        """Callers named in shifts' telephone logs; each is an event of no case."""
        with self._uows.read() as uow:
            if not uow.shifts.callers_before(until):
                return 0
        with self._uows.write() as uow:
            gone, now = uow.shifts.erase_persons(until), self._clock.now()
            told = [{"result": "expired", "person": person, "shift": shift} for shift, person in gone]
            uow.events.append([EventDraft("", now, now, actor.name, Action.PERSON, data) for data in told])
            uow.commit()
        return len(gone)

    def _told(self, case: Case, actor: Actor, result: str, **more: object) -> EventDraft:
        now = self._clock.now()
        data: dict[str, object] = {"from": case.state.value, "to": case.state.value, "result": result}
        data |= {"person": case.person_id, **more}
        if actor.seat:
            data["seat"] = actor.seat
        return EventDraft(case.id, now, now, actor.name, Action.PERSON, data)


def new_id() -> str:
    """An id that tells nothing of the person."""
    return uuid.uuid4().hex


def same_number(phone: str) -> str:
    """One spelling for one telephone: digits, without China's prefix."""
    digits = re.sub(r"\D", "", clean.narrow(phone).partition("转")[0])
    if digits.startswith("0086"):
        return digits[4:]
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def _row(uow: UnitOfWork, case: Case) -> PersonRow:
    row = uow.persons.get(case.person_id) if case.person_id else None
    if row is None:
        raise Refusal("unknown_person", "erased" if case.person_id else "none", case=case.id)
    return row


def _others(uow: UnitOfWork, row: PersonRow) -> tuple[str, ...]:
    if not row.phone_key:
        return ()
    same = (other.case for other in uow.persons.with_key(row.phone_key))
    return tuple(sorted({case for case in same if case != row.case}, reverse=True))


def _retention(uow: UnitOfWork) -> timedelta:
    """Raises ``Refusal('bad_value', 'setting')`` for what is no number of days."""
    text = uow.settings.get(RETENTION) or str(RETENTION_DAYS)
    try:
        days = int(text)
    except ValueError:
        days = 0
    if not 1 <= days <= 36_500:
        raise Refusal("bad_value", "setting", name=RETENTION, value=text, low=1, high=36_500)
    return timedelta(days=days)
