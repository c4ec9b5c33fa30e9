"""What the windows of accounts, sign-in and locked desks ask.

None of them is answered in the GUI thread: a password costs a twentieth of a
second. Secrets stand in no ``repr``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.domain.model import Actor, User
from console.domain.passwords import Policy
from console.domain.vocabulary import Role
from console.services.people import AccountSheet
from console.services.requests import Reading, Request

if TYPE_CHECKING:
    from console.services.assembly import Services


@dataclass(frozen=True, slots=True)
class LoadAccounts(Reading):
    """→ ``AccountsView``."""


@dataclass(frozen=True, slots=True)
class AccountsView:
    """Every account, the rules, and when the recovery code was made."""

    rows: tuple[AccountSheet, ...]
    policy: Policy
    code_made: datetime | None


@dataclass(frozen=True, slots=True)
class AddAccount(Request):
    """→ the ``User``."""

    user: User
    password: str = field(repr=False)
    change_first: bool | None = None


@dataclass(frozen=True, slots=True)
class SetAccount(Request):
    """→ the ``User``; fields that are ``None`` stay as they are."""

    name: str
    role: Role | None = None
    display_zh: str | None = None
    display_en: str | None = None
    team: str | None = None
    password: str | None = field(default=None, repr=False)
    disabled: bool | None = None
    change_first: bool | None = None


@dataclass(frozen=True, slots=True)
class UnlockAccount(Request):
    """End the wait after wrong passwords → ``None``."""

    name: str


@dataclass(frozen=True, slots=True)
class NewRecoveryCode(Request):
    """→ :class:`ShownCode`; the one before ends."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A recovery code, to be shown once; ``actor`` is who came in by the one before."""

    code: str = field(repr=False)
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class LoadPolicy:
    """→ ``Policy``; nobody need be signed in."""


@dataclass(frozen=True, slots=True)
class Recover:
    """An administrator's password by the recovery code → :class:`ShownCode` with the
    actor and the next code; nobody need be signed in."""

    name: str
    code: str = field(repr=False)
    password: str = field(repr=False)
    seat: str = ""


@dataclass(frozen=True, slots=True)
class BeginSite:
    """The first administrator of a new site → :class:`ShownCode`; nobody is signed in."""

    user: User
    password: str = field(repr=False)
    seat: str = ""


@dataclass(frozen=True, slots=True)
class ChangePassword(Request):
    """One's own → ``None``."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SwitchOfficer(Request):
    """Somebody else sits down here → their ``Actor``."""

    name: str
    password: str = field(repr=False)
    new_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LockDesk(Request):
    """The desk was locked by ``key`` or ``idle`` → ``None``."""

    why: str = "key"


@dataclass(frozen=True, slots=True)
class UnlockDesk(Request):
    """→ the ``Actor`` with the rights in force now."""

    password: str = field(repr=False)


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What a window may ask here."""
    people = services.people

    def load(request: LoadAccounts) -> AccountsView:
        rows = people.sheets(request.actor)
        return AccountsView(rows, people.policy(), people.has_code(request.actor))

    def add(request: AddAccount) -> User:
        return people.add(request.actor, request.user, request.password, change_first=request.change_first)

    def change(request: SetAccount) -> User:
        names = ("role", "display_zh", "display_en", "team", "password", "disabled", "change_first")
        wanted = {name: getattr(request, name) for name in names}
        return people.set(request.actor, request.name, **wanted)

    def recover(request: Recover) -> ShownCode:
        actor, code = people.recover(request.name, request.code, request.password, request.seat)
        return ShownCode(code, actor)

    def begin(request: BeginSite) -> ShownCode:
        actor, code = people.begin(request.user, request.password, request.seat)
        return ShownCode(code, actor)

    def switch(request: SwitchOfficer) -> Actor:
        return people.switch(request.actor, request.name, request.password, request.new_password)

    return {
        LoadAccounts: load,
        AddAccount: add,
        SetAccount: change,
        UnlockAccount: lambda request: people.unlock_account(request.actor, request.name),
        NewRecoveryCode: lambda request: ShownCode(people.new_code(request.actor)),
        LoadPolicy: lambda request: people.policy(),
        Recover: recover,
        BeginSite: begin,
        ChangePassword: lambda request: people.change_password(request.actor, request.old, request.new),
        SwitchOfficer: switch,
        LockDesk: lambda request: people.lock_session(request.actor, request.why),
        UnlockDesk: lambda request: people.unlock_session(request.actor, request.password),
    }
