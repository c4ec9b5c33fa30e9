"""The large display: how it behaves, what somebody put on it, and its PIN.

How it behaves and what was put there are texts in the settings, so that every
display of the site follows within half a second. The PIN is kept as an Argon2
hash; how often a wrong one was typed is counted at the machine it is typed at
(the display's login of the database may only read).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.domain import kiosk
from console.domain.errors import Refusal
from console.domain.kiosk import KioskPlan, Push
from console.domain.model import Actor
from console.domain.vocabulary import OPEN
from console.services import audit, clean, lookup, permissions
from console.services.ports import Clock, PasswordHasher, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Heavy, Reading, Request
from console.services.views import Names
from console.services.watch_lease import SEAT

if TYPE_CHECKING:
    from console.services.assembly import Services

log = logging.getLogger(__name__)

#: Keys among the settings, and the form of the plan's text.
PLAN: Final = "kiosk.plan"
PUSH: Final = "kiosk.push"
PIN: Final = "kiosk.pin"
FORM: Final = 1
#: Longest title and notice, characters; more cannot be read in passing.
TITLE_MOST: Final = 30
NOTICE_MOST: Final = 200
EDIT: Final = "kiosk.edit"
PUT: Final = "kiosk.push"


@dataclass(frozen=True, slots=True)
class KioskState:
    """What a display needs beside board and cameras. ``watched_at``: when a
    program that watches the deadlines was heard last (``None``: never)."""

    plan: KioskPlan
    push: Push | None
    has_pin: bool
    watched_at: datetime | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class LoadKiosk(Reading):
    """→ ``KioskState``."""


@dataclass(frozen=True, slots=True)
class KioskNames:
    """What places and teams are called: id to Chinese and English name. Nobody's
    name is in it."""

    names: Names
    teams: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LoadKioskNames(Reading):
    """→ ``KioskNames``."""


@dataclass(frozen=True, slots=True)
class PutKiosk(Request):
    """Let the display behave so; ``plan.version`` is the one looked at
    → ``KioskState``."""

    plan: KioskPlan


@dataclass(frozen=True, slots=True)
class PushKiosk(Request):
    """Put a camera or a case on the display; an empty ``kind`` takes away what
    was put there → ``KioskState``."""

    kind: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class SetPin(Request):
    """The PIN that ends the display → ``KioskState``."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TryPin(Heavy):
    """Typed at the display: may it be left → ``bool``, or ``auth_failed.pin_wait``."""

    pin: str = field(repr=False)


class KioskService:
    """Reads and changes it. Raises ``Refusal``."""

    def __init__(
        self, uows: UnitOfWorkFactory, clock: Clock, hasher: PasswordHasher | None, tries: Path
    ) -> None:
        """``tries``: file of this machine that counts wrong PINs."""
        self._uows, self._clock = uows, clock
        self._given, self._tries = hasher, tries

    def load(self, actor: Actor) -> KioskState:
        """As it is now. Raises ``forbidden``."""
        permissions.demand(actor, "board.read")
        with self._uows.read() as uow:
            return self._state(uow)

    def names(self, actor: Actor) -> KioskNames:
        """Names of places and teams. Raises ``forbidden``."""
        permissions.demand(actor, "board.read")
        with self._uows.read() as uow:
            places, teams = uow.reference.places(), uow.reference.teams()
        areas = {one.id: (one.name_zh, one.name_en) for one in places if one.kind == "community"}
        spots = {
            one.name_zh: (one.name_zh, one.name_en) for one in places if one.kind not in ("community", "grid")
        }
        called = {one.id: (one.name_zh, one.name_en) for one in teams}
        return KioskNames(Names(areas, {}, spots), called)

    def put(self, actor: Actor, plan: KioskPlan) -> KioskState:
        """Change how it behaves. Raises ``forbidden``, ``bad_value``, ``conflict``."""
        permissions.demand(actor, EDIT)
        plan = _sound(plan)
        with self._uows.write() as uow:
            if decode(uow.settings.get(PLAN)).version != plan.version:
                raise Refusal("conflict", "kiosk")
            uow.settings.put(PLAN, encode(replace(plan, version=plan.version + 1)))
            audit.write(uow, self._clock, actor, "kiosk", what="plan", version=plan.version + 1)
            state = self._state(uow)
            uow.commit()
        return state

    def push(self, actor: Actor, kind: str, id: str = "") -> KioskState:
        """Put a camera or an open case on every display of the site, or take it
        away again. Raises ``forbidden``, ``unknown_camera``, ``unknown_case``,
        ``bad_value``."""
        permissions.demand(actor, PUT)
        now = self._clock.now()
        with self._uows.write() as uow:
            if kind:
                id = _demand_there(uow, kind, id)
                stays = timedelta(seconds=decode(uow.settings.get(PLAN)).push_s)
                uow.settings.put(PUSH, _push_text(Push(kind, id, actor.name, now, now + stays)))
            else:
                uow.settings.put(PUSH, "")
            state = self._state(uow)
            uow.commit()
        return state

    def set_pin(self, actor: Actor, pin: str) -> KioskState:
        """Another PIN. Raises ``forbidden``, ``bad_value.pin``."""
        permissions.demand(actor, "setting.edit")
        pin = clean.narrow(pin)
        if not kiosk.good_pin(pin):
            raise Refusal("bad_value", "pin", least=kiosk.PIN_DIGITS[0], most=kiosk.PIN_DIGITS[1])
        hashed = self._hasher().hash(pin)
        with self._uows.write() as uow:
            uow.settings.put(PIN, hashed)
            audit.write(uow, self._clock, actor, "kiosk", what="exit-code-set")
            state = self._state(uow)
            uow.commit()
        return state

    def try_pin(self, actor: Actor, pin: str) -> bool:
        """Whether ``pin`` is the one. Raises ``auth_failed``: ``pin_none`` where
        none was set, ``pin_wait`` (``seconds``) while nothing may be tried,
        ``pin`` for a wrong one."""
        permissions.demand(actor, "board.read")
        now = self._clock.now()
        failures, until = _read_tries(self._tries)
        waits = kiosk.still_waits(until, now)
        if waits:
            raise Refusal("auth_failed", "pin_wait", seconds=waits)
        with self._uows.read() as uow:
            stored = uow.settings.get(PIN)
        if not stored:
            raise Refusal("auth_failed", "pin_none")
        if self._hasher().verify(stored, clean.narrow(pin)):
            _write_tries(self._tries, 0, now)
            self._tell(actor, what="left")
            return True
        failures += 1
        wait = kiosk.wait_after(failures)
        _write_tries(self._tries, failures, now + timedelta(seconds=wait))
        self._tell(actor, what="wrong-exit-code", failures=failures)
        if wait:
            raise Refusal("auth_failed", "pin_wait", seconds=wait)
        raise Refusal("auth_failed", "pin")

    def _tell(self, actor: Actor, **facts: object) -> None:
        """Into the audit log, where the display's login may write; into the log
        of its machine in any case."""
        log.info("at the large display: %s", facts)
        try:
            with self._uows.write() as uow:
                audit.write(uow, self._clock, actor, "kiosk", **facts)
                uow.commit()
        except Refusal as refusal:
            log.info("not in the audit log: %s", refusal.code)

    def _state(self, uow: UnitOfWork) -> KioskState:
        stored = uow.settings.all()
        heard = [at for key, text in stored.items() if key.startswith(SEAT) and (at := _instant(text))]
        return KioskState(
            decode(stored.get(PLAN, "")),
            _push_from(stored.get(PUSH, "")),
            bool(stored.get(PIN)),
            max(heard, default=None),
            self._clock.now(),
        )

    def _hasher(self) -> PasswordHasher:
        if self._given is None:
            from console.services.people import Argon2Hasher

            self._given = Argon2Hasher()
        return self._given


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What windows may ask of it."""
    room = services.kiosk
    return {
        LoadKiosk: lambda request: room.load(request.actor),
        LoadKioskNames: lambda request: room.names(request.actor),
        PutKiosk: lambda request: room.put(request.actor, request.plan),
        PushKiosk: lambda request: room.push(request.actor, request.kind, request.id),
        SetPin: lambda request: room.set_pin(request.actor, request.pin),
        TryPin: lambda request: room.try_pin(request.actor, request.pin),
    }


def _demand_there(uow: UnitOfWork, kind: str, id: str) -> str:
    if kind == kiosk.CAMERA:
        if uow.cameras.get(id) is None:
            raise Refusal("unknown_camera", camera=id)
        return id
    if kind == kiosk.CASE:
        case = lookup.case(uow, id)
        if case.state not in OPEN:
            raise Refusal("bad_value", "kiosk_closed", case=case.id)
        return case.id
    raise Refusal("bad_value", "kiosk_kind", value=kind[:40], allowed=", ".join(kiosk.PUSHED))


def _sound(plan: KioskPlan) -> KioskPlan:
    """A plan that can be followed. Raises ``Refusal('bad_value')``."""
    pages = tuple((page, dwell) for page, dwell in plan.pages if dwell)
    low, high = kiosk.DWELL_S
    for page, dwell in pages:
        if page not in kiosk.PAGES:
            raise Refusal("bad_value", "kiosk_page", value=page[:40], allowed=", ".join(kiosk.PAGES))
        if not low <= dwell <= high:
            raise Refusal("bad_value", "kiosk_number", name=page, value=dwell, low=low, high=high)
    if not pages or len({page for page, _ in pages}) != len(pages):
        raise Refusal("bad_value", "kiosk_pages")
    for name, (low, high) in kiosk.NUMBERS.items():
        value = getattr(plan, name)
        if not low <= value <= high:
            raise Refusal("bad_value", "kiosk_number", name=name, value=value, low=low, high=high)
    return replace(
        plan,
        pages=pages,
        night_from=_hour(plan.night_from),
        night_to=_hour(plan.night_to),
        title=clean.line(plan.title, "title", TITLE_MOST),
        notice=clean.note(plan.notice, "notice", NOTICE_MOST),
    )


def _hour(text: str) -> str:
    try:
        return time.fromisoformat(clean.narrow(text).zfill(5)).strftime("%H:%M")
    except ValueError:
        raise Refusal("bad_value", "kiosk_hour", value=text[:40]) from None


# The texts -------------------------------------------------------------------


def encode(plan: KioskPlan) -> str:
    """The plan as it is stored."""
    return json.dumps({"form": FORM, **asdict(plan)}, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> KioskPlan:
    """What :func:`encode` wrote; what cannot be read is the usual plan, since a
    display must show something."""
    if not text:
        return KioskPlan()
    try:
        raw = json.loads(text)
        raw.pop("form")
        known = {name: raw[name] for name in KioskPlan.__slots__ if name in raw}
        known["pages"] = tuple((str(page), int(dwell)) for page, dwell in raw["pages"])
        return replace(_sound(KioskPlan(**known)), version=int(raw["version"]))
    except (ValueError, KeyError, TypeError, AttributeError, Refusal) as error:
        log.warning("the settings of the large display cannot be read: %s", error)
        return KioskPlan()


def _push_text(push: Push) -> str:
    row = {**asdict(push), "at": push.at.isoformat(), "until": push.until.isoformat()}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _push_from(text: str) -> Push | None:
    if not text:
        return None
    try:
        raw = json.loads(text)
        times = {name: datetime.fromisoformat(raw[name]) for name in ("at", "until")}
        return Push(str(raw["kind"]), str(raw["id"]), str(raw["by"]), **times)
    except (ValueError, KeyError, TypeError):
        return None  # written by another program


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def _read_tries(path: Path) -> tuple[int, datetime | None]:
    try:
        raw = json.loads(path.read_text("utf-8"))
        return int(raw["failures"]), datetime.fromisoformat(raw["until"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, None


def _write_tries(path: Path, failures: int, until: datetime) -> None:
    """Kept over a restart: pulling the plug must not give three more tries."""
    spare = path.with_name(f"{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump({"failures": failures, "until": until.isoformat()}, out)
    os.replace(spare, path)
