"""Accounts of a site: who there is, with which rights; the recovery code.

Names come in here, passwords through ``console.services.sign_in``.
"""

from __future__ import annotations

import json
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from console.domain.audit import Kind
from console.domain.errors import Refusal
from console.domain.model import Actor, User
from console.domain.vocabulary import Role
from console.services import account_state, audit, permissions
from console.services.account_state import RECOVERY
from console.services.login_tokens import TOKEN_LIFE as TOKEN_LIFE
from console.services.login_tokens import TokenFile as TokenFile
from console.services.login_tokens import actor_of as actor_of
from console.services.login_tokens import end_tokens, known
from console.services.ports import UnitOfWork
from console.services.sign_in import Argon2Hasher as Argon2Hasher
from console.services.sign_in import Door, counted_up

#: Crockford's 32 signs: nothing that is taken for something else on paper.
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKE: Final = str.maketrans("OILU", "011V")
_GROUPS, _GROUP = 6, 4
_CODE: Final = RECOVERY + "code"
#: Where wrong recovery codes are counted.
_GUESSES: Final = "?recovery"
_FREE_GUESSES: Final = 3


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """An account as an administrator sees it, without hashes. ``waits_until``:
    after wrong passwords; ``must_change``: at the next sign-in."""

    user: User
    failures: int = 0
    waits_until: datetime | None = None
    must_change: bool = False
    password_since: datetime | None = None
    last_at: datetime | None = None
    last_seat: str = ""


class PeopleService(Door):
    """Accounts of the site."""

    def list(self, actor: Actor) -> tuple[User, ...]:
        """All accounts, without their hashes."""
        permissions.demand(actor, "user.read")
        with self._uows.read() as uow:
            return tuple(replace(user, password_hash="") for user in uow.users.all())

    def sheets(self, actor: Actor) -> tuple[AccountSheet, ...]:
        """All accounts with what an administrator looks after."""
        permissions.demand(actor, "user.read")
        with self._uows.read() as uow:
            stored = uow.settings.all()
            users = uow.users.all()
        return tuple(_sheet(user, dict(stored)) for user in users)

    def names(self) -> tuple[User, ...]:
        """Accounts that may sign in, for the login window; no hashes."""
        with self._uows.read() as uow:
            return tuple(replace(u, password_hash="") for u in uow.users.all() if not u.disabled)

    def add(
        self, actor: Actor | None, user: User, password: str, *, change_first: bool | None = None
    ) -> User:
        """A new account. ``actor`` may be ``None`` for the very first one,
        which must be an administrator (nobody could sign in to make it).
        ``change_first``: the password must be changed at the first sign-in; by
        default everybody's but the first one's and the large display's."""
        if actor is not None:
            permissions.demand(actor, "user.edit")
        demand_name(user.name)
        hashed = self._fresh(replace(user, password_hash=""), password)
        forced = actor is not None and user.role is not Role.KIOSK if change_first is None else change_first
        with self._uows.write() as uow:
            if actor is None:
                _demand_first(uow, user)
            if uow.users.get(user.name) is not None:
                raise Refusal("bad_value", "user_exists", name=user.name)
            made = self._keep(uow, replace(user, password_hash=""), hashed, forced)
            who = actor or actor_of(made)
            audit.write(uow, self._clock, who, Kind.USER, account=user.name, what="added", role=user.role)
            uow.commit()
        return replace(made, password_hash="")

    def set(
        self,
        actor: Actor,
        name: str,
        *,
        role: Role | None = None,
        display_zh: str | None = None,
        display_en: str | None = None,
        team: str | None = None,
        password: str | None = None,
        disabled: bool | None = None,
        change_first: bool | None = None,
    ) -> User:
        """Change an account; everybody may change their own password. One that an
        administrator sets for somebody else has to be changed at the next sign-in
        (``change_first``), and ends the wait after wrong ones."""
        others = (role, display_zh, display_en, team, disabled, change_first)
        if name != actor.name or any(value is not None for value in others):
            permissions.demand(actor, "user.edit")
        given = {"role": role, "display_zh": display_zh, "display_en": display_en, "team": team}
        wanted = {key: value for key, value in {**given, "disabled": disabled}.items() if value is not None}
        with self._uows.read() as uow:
            before = known(uow, name)
        hashed = None if password is None else self._fresh(before, password)
        with self._uows.write() as uow:
            user = known(uow, name)
            changed = replace(user, **wanted)  # type: ignore[arg-type]
            _keep_an_admin(uow, user, changed)
            facts = {key: [getattr(user, key), value] for key, value in wanted.items()}
            uow.users.put(changed)
            if hashed is not None:
                forced = name != actor.name and changed.role is not Role.KIOSK
                changed = self._keep(uow, changed, hashed, forced if change_first is None else change_first)
                account_state.count(uow, name, 0, self._clock.now())
            if changed.disabled and not user.disabled:
                end_tokens(uow, name)
            what = "password" if hashed is not None else "changed"
            audit.write(uow, self._clock, actor, Kind.USER, account=name, what=what, **facts)
            uow.touch("user")
            uow.commit()
        return replace(changed, password_hash="")

    def disable(self, actor: Actor, name: str) -> User:
        """Close an account; what it did stays in the record."""
        permissions.demand(actor, "user.edit")
        return self.set(actor, name, disabled=True)

    def unlock_account(self, actor: Actor, name: str) -> None:
        """End an account's wait after wrong passwords."""
        permissions.demand(actor, "user.edit")
        with self._uows.write() as uow:
            known(uow, name)
            failures = account_state.lockout(uow, name)[0]
            account_state.count(uow, name, 0, self._clock.now())
            audit.write(uow, self._clock, actor, Kind.USER, account=name, what="unlocked", failures=failures)
            uow.touch("user")
            uow.commit()

    # -- the recovery code -------------------------------------------------------

    def begin(self, user: User, password: str, seat: str = "") -> tuple[Actor, str]:
        """The first administrator of a new site and the recovery code, which is
        told this once. Raises ``forbidden.sign_in`` where there are accounts."""
        self.add(None, user, password)
        actor = actor_of(user, seat)
        return actor, self.new_code(actor)

    def has_code(self, actor: Actor) -> datetime | None:
        """When the recovery code in force was made; ``None`` without one."""
        permissions.demand(actor, "user.read")
        with self._uows.read() as uow:
            return _code(uow)[1]

    def new_code(self, actor: Actor) -> str:
        """A new recovery code, told this once; the one before ends."""
        permissions.demand(actor, "user.edit")
        code = _made_code()
        hashed = self._hasher().hash(_bare(code))
        with self._uows.write() as uow:
            self._keep_code(uow, hashed)
            audit.write(uow, self._clock, actor, Kind.RECOVERY, what="made")
            uow.commit()
        return code

    def recover(self, name: str, code: str, password: str, seat: str = "") -> tuple[Actor, str]:
        """An administrator's password by the recovery code: the account is opened,
        its wait ends, and a new code comes in the place of the one used. Raises
        ``auth_failed.recovery`` for a wrong code or an account that is no
        administrator's, ``.wait`` after wrong ones, ``bad_value.password…``."""
        now = self._clock.now()
        with self._uows.read() as uow:
            user = uow.users.get(name)
            stored = _code(uow)[0]
            until = account_state.lockout(uow, _GUESSES)[1]
        if until is not None and now < until:
            raise Refusal("auth_failed", "wait", seconds=int((until - now).total_seconds()) + 1)
        right = bool(stored) and self._hasher().verify(stored, _bare(code))
        if not right or user is None or user.role is not Role.ADMIN:
            self._count_guess(user, seat)
            raise Refusal("auth_failed", "recovery")
        opened = replace(user, disabled=False)
        hashed, fresh = self._fresh(opened, password), _made_code()
        new_hash = self._hasher().hash(_bare(fresh))
        actor = actor_of(opened, seat)
        with self._uows.write() as uow:
            if _code(uow)[0] != stored:
                raise Refusal("auth_failed", "recovery")  # somebody else has used it
            self._keep(uow, opened, hashed, must_change=False)
            end_tokens(uow, name)
            account_state.count(uow, name, 0, now)
            account_state.count(uow, _GUESSES, 0, now)
            self._keep_code(uow, new_hash)
            audit.write(uow, self._clock, actor, Kind.RECOVERY, what="used", account=name)
            uow.commit()
        return actor, fresh

    def _keep_code(self, uow: UnitOfWork, hashed: str) -> None:
        kept = {"hash": hashed, "made": self._clock.now().isoformat()}
        uow.settings.put(_CODE, json.dumps(kept), quiet=True)

    def _count_guess(self, user: User | None, seat: str) -> None:
        who = Actor(user.name if user is not None else "", Role.SYSTEM, seat=seat)

        def counted(uow: UnitOfWork) -> None:
            failures, wait = counted_up(uow, _GUESSES, _FREE_GUESSES, self._clock.now())
            audit.write(uow, self._clock, who, Kind.RECOVERY, what="refused", failures=failures, wait_s=wait)

        self._write(counted)


def _sheet(user: User, stored: dict[str, str]) -> AccountSheet:
    state = account_state.decode(stored.get(account_state.ACCOUNT + user.name, ""))
    failures, until = account_state.decode_lockout(stored.get(account_state.LOCKOUT + user.name, ""))
    return AccountSheet(
        user=replace(user, password_hash=""),
        failures=failures,
        waits_until=until if failures else None,
        must_change=state.must_change,
        password_since=state.since,
        last_at=state.last_at,
        last_seat=state.last_seat,
    )


def _code(uow: UnitOfWork) -> tuple[str, datetime | None]:
    """Hash of the recovery code and when it was made; empty without one."""
    text = uow.settings.get(_CODE)
    if not text:
        return "", None
    kept = json.loads(text)
    return str(kept["hash"]), datetime.fromisoformat(str(kept["made"]))


def _made_code() -> str:
    """24 signs in groups of four: 120 bits."""
    signs = [secrets.choice(_SIGNS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(signs[at : at + _GROUP]) for at in range(0, len(signs), _GROUP))


def _bare(code: str) -> str:
    """A code as it was meant: however it was written down and typed."""
    plain = unicodedata.normalize("NFKC", code).upper().translate(_LOOKALIKE)
    return "".join(sign for sign in plain if sign in _SIGNS)


def _demand_first(uow: UnitOfWork, user: User) -> None:
    if uow.users.all() or user.role is not Role.ADMIN:
        raise Refusal("forbidden", "sign_in")


def _keep_an_admin(uow: UnitOfWork, before: User, after: User) -> None:
    """The last administrator may not be shut out of the site."""

    def is_admin(user: User) -> bool:
        return user.role is Role.ADMIN and not user.disabled

    if is_admin(before) and not is_admin(after):
        others = [u for u in uow.users.all() if u.name != before.name]
        if not any(is_admin(user) for user in others):
            raise Refusal("forbidden", "last_admin", name=before.name)


def demand_name(name: str) -> None:
    """Raise ``Refusal('bad_value', 'user_name')`` for what is no account's name."""
    good = name.replace("-", "").replace("_", "").replace(".", "").isalnum()
    if not good or not 1 <= len(name) <= 32:
        raise Refusal("bad_value", "user_name", name=name)
