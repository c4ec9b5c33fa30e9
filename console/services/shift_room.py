"""The services of shifts together, what windows may ask of them, and their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.domain.shift_log import Conditions, ShiftLog
from console.domain.shifts import ShiftPlan
from console.services.people import PeopleService
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.requests import Heavy, Reading, Request
from console.services.shift_hand_over import HandOverService
from console.services.shift_reading import DutyView, ShiftList, ShiftReading, ShiftView
from console.services.shift_roster import Duty, Roster, RosterService
from console.services.shifts import EntryWish, ShiftService
from console.services.teams import TeamService
from console.services.vault import Vault

if TYPE_CHECKING:
    from console.services.assembly import Services


class ShiftRoom:
    """``desk`` opens and writes, ``hand_over`` signs, ``reading`` tells,
    ``roster`` plans."""

    def __init__(
        self,
        uows: UnitOfWorkFactory,
        clock: Clock,
        people: PeopleService,
        teams: TeamService,
        vault: Vault,
    ) -> None:
        self.desk = ShiftService(uows, clock, teams.open_cases, vault)
        self.hand_over = HandOverService(uows, clock, teams.open_cases, people)
        self.reading = ShiftReading(uows, clock, teams)
        self.roster = RosterService(uows, clock)


@dataclass(frozen=True, slots=True)
class LoadDuty(Reading):
    """What the headers show → ``DutyView``."""


@dataclass(frozen=True, slots=True)
class LoadShift(Heavy):
    """One shift in full; empty: the one that is open → ``ShiftView``."""

    shift_id: str = ""


@dataclass(frozen=True, slots=True)
class LoadShifts(Heavy):
    """Shifts of a period, by default the last days → ``ShiftList``."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoadRoster(Reading):
    """A month, ``202611`` → ``tuple[ShiftPlan, Roster]``."""

    month: str


@dataclass(frozen=True, slots=True)
class PutDuty(Request):
    """Name who is on → ``Roster``; ``seen``: the version looked at."""

    day: str
    kind: str
    duty: Duty
    seen: int


@dataclass(frozen=True, slots=True)
class CopyWeek(Request):
    """The week from ``day`` on as the one before → ``Roster``."""

    day: str
    seen: int


@dataclass(frozen=True, slots=True)
class OpenShift(Request):
    """→ ``ShiftLog``; empty: the shift of now."""

    shift_id: str = ""


@dataclass(frozen=True, slots=True)
class SitDown(Request):
    """The actor sits down at a seat → whether it was written."""


@dataclass(frozen=True, slots=True)
class WriteEntry(Request):
    """A line of the log → ``ShiftLog``."""

    wish: EntryWish
    shift_id: str = ""


@dataclass(frozen=True, slots=True)
class FollowEntry(Request):
    """What became of a line → ``ShiftLog``."""

    key: str
    words: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class SetConditions(Request):
    """Weather, signal, level → ``Conditions``."""

    conditions: Conditions


@dataclass(frozen=True, slots=True)
class LookUpCaller(Request):
    """A caller of the telephone log in clear → ``tuple[str, str]``."""

    person: str


@dataclass(frozen=True, slots=True)
class TakeShift(Request):
    """The officer who comes begins → ``ShiftLog``; without a name the actor."""

    shift_id: str
    name: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SeeItem(Request):
    """An item was opened by the officer who comes → ``ShiftLog``."""

    shift_id: str
    item: str


@dataclass(frozen=True, slots=True)
class SignOff(Request):
    """The officer who goes signs → ``ShiftLog``."""

    shift_id: str
    cautions: str = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class SignOn(Request):
    """The officer who comes signs → ``tuple[ShiftLog, ShiftLog | None]``."""

    shift_id: str
    name: str = ""
    password: str = field(default="", repr=False)
    objection: str = ""


@dataclass(frozen=True, slots=True)
class AddAddendum(Request):
    """A note to a log both have signed → ``ShiftLog``."""

    shift_id: str
    words: str


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""
    room = services.shifts
    return {**_reading(room), **_writing(room), **_signing(room)}


def _reading(room: ShiftRoom) -> Mapping[type, Callable[[Any], object]]:
    def duty(request: LoadDuty) -> DutyView:
        return room.reading.duty(request.actor)

    def one(request: LoadShift) -> ShiftView:
        return room.reading.view(request.actor, request.shift_id)

    def several(request: LoadShifts) -> ShiftList:
        return room.reading.list(request.actor, request.start, request.end)

    def roster(request: LoadRoster) -> tuple[ShiftPlan, Roster]:
        return room.roster.month(request.actor, request.month)

    return {LoadDuty: duty, LoadShift: one, LoadShifts: several, LoadRoster: roster}


def _writing(room: ShiftRoom) -> Mapping[type, Callable[[Any], object]]:
    def open_shift(request: OpenShift) -> ShiftLog:
        return room.desk.open(request.actor, request.shift_id)

    def sit(request: SitDown) -> bool:
        return room.desk.sit(request.actor)

    def write(request: WriteEntry) -> ShiftLog:
        return room.desk.write(request.actor, request.wish, request.shift_id)

    def follow(request: FollowEntry) -> ShiftLog:
        return room.desk.follow(request.actor, request.key, request.words, request.done)

    def conditions(request: SetConditions) -> Conditions:
        return room.desk.set_conditions(request.actor, request.conditions)

    def caller(request: LookUpCaller) -> tuple[str, str]:
        return room.desk.caller(request.actor, request.person)

    def put(request: PutDuty) -> Roster:
        return room.roster.put(request.actor, request.day, request.kind, request.duty, request.seen)

    def copy(request: CopyWeek) -> Roster:
        return room.roster.copy_week(request.actor, request.day, request.seen)

    return {
        OpenShift: open_shift,
        SitDown: sit,
        WriteEntry: write,
        FollowEntry: follow,
        SetConditions: conditions,
        LookUpCaller: caller,
        PutDuty: put,
        CopyWeek: copy,
    }


def _signing(room: ShiftRoom) -> Mapping[type, Callable[[Any], object]]:
    def take(request: TakeShift) -> ShiftLog:
        return room.hand_over.take(request.actor, request.shift_id, request.name, request.password)

    def see(request: SeeItem) -> ShiftLog:
        return room.hand_over.look(request.actor, request.shift_id, request.item)

    def off(request: SignOff) -> ShiftLog:
        return room.hand_over.sign_off(request.actor, request.shift_id, request.cautions, request.keys)

    def on(request: SignOn) -> tuple[ShiftLog, ShiftLog | None]:
        names = request.name, request.password
        return room.hand_over.sign_on(request.actor, request.shift_id, *names, request.objection)

    def addendum(request: AddAddendum) -> ShiftLog:
        return room.hand_over.addendum(request.actor, request.shift_id, request.words)

    return {TakeShift: take, SeeItem: see, SignOff: off, SignOn: on, AddAddendum: addendum}
