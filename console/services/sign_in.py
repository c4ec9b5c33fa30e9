"""Signing in: passwords, waiting after wrong ones, the change of one that somebody
else chose, the lock of a desk, the change of officer at it. Each is written into
the audit log.

Passwords are Argon2id. After some wrong ones an account waits, twice as long each
time (2 s to 15 min), whichever workstation they were typed at. No hash is ever
computed within a transaction.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.domain.audit import Kind
from console.domain.errors import Refusal
from console.domain.model import Actor, User
from console.domain.passwords import Policy, policy, weakness
from console.domain.vocabulary import Role
from console.services import account_state, audit
from console.services.account_state import AccountState
from console.services.login_tokens import Tokens, actor_of, known
from console.services.ports import Clock, PasswordHasher, UnitOfWork, UnitOfWorkFactory

log = logging.getLogger(__name__)

#: What is done within one transaction.
Change = Callable[[UnitOfWork], None]
LONGEST_WAIT_S: Final = 900
#: Where wrong names are counted: no account can be called so.
_NOBODY: Final = "?"
#: A database that cannot be written must not keep an officer from the desk.
_OUTSIDE: Final = frozenset({"db_readonly", "disk_full"})


class Argon2Hasher:
    """Argon2id with the library's parameters (64 MiB, about 50 ms)."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 4) -> None:
        from argon2 import PasswordHasher as Argon2

        self._hasher = Argon2(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)

    def hash(self, password: str) -> str:
        """The text to store."""
        return str(self._hasher.hash(password))

    def verify(self, stored: str, password: str) -> bool:
        """True when ``password`` is the one behind ``stored``."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return bool(self._hasher.verify(stored, password))
        except (VerificationError, InvalidHashError):
            return False


class Door(Tokens):
    """Who comes in, who locks, who takes the chair."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        super().__init__(uows, clock)
        self._given = hasher
        self._decoy = ""

    def policy(self) -> Policy:
        """The site's rules for passwords and idle desks."""
        with self._uows.read() as uow:
            return policy(uow.settings.all())

    def sign_in(self, name: str, password: str, seat: str = "", new_password: str = "") -> Actor:
        """The actor behind a name and a password. Raises ``Refusal('auth_failed')``,
        the same for a wrong name and a wrong password; ``.wait`` while the account
        waits; ``.must_change`` and ``.password_old`` when the password is right and
        ``new_password`` has to be given with it."""
        user = self._proved(name, password, seat)
        return self._enter(user, password, seat, new_password, Kind.SIGN_IN)

    def switch(self, actor: Actor, name: str, password: str, new_password: str = "") -> Actor:
        """Somebody else sits down at ``actor``'s desk. Raises as :meth:`sign_in`."""
        user = self._proved(name, password, actor.seat)
        return self._enter(user, password, actor.seat, new_password, Kind.SWITCH, before=actor.name)

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """A new password of one's own. Raises ``auth_failed`` for a wrong old one,
        ``bad_value.password…`` for one the rules do not allow."""
        user = self._proved(actor.name, old, actor.seat)
        self._renew(actor_of(user, actor.seat), user, new)

    def lock_session(self, actor: Actor, why: str = "key") -> None:
        """The desk was locked: by ``key`` or because it was ``idle``."""
        self._note(Kind.LOCK, actor, why="idle" if why == "idle" else "key")

    def unlock_session(self, actor: Actor, password: str) -> Actor:
        """The same person is back, with the rights in force now. Raises as :meth:`sign_in`."""
        user = self._proved(actor.name, password, actor.seat)
        back = actor_of(user, actor.seat)
        self._note(Kind.UNLOCK, back)
        return back

    # -- the way in ------------------------------------------------------------

    def _proved(self, name: str, password: str, seat: str) -> User:
        """The account, when the password is its own; wrong ones are counted."""
        now = self._clock.now()
        with self._uows.read() as uow:
            user = uow.users.get(name)
            failures, until = account_state.lockout(uow, name)
        if user is not None and until is not None and now < until:
            raise Refusal("auth_failed", "wait", seconds=int((until - now).total_seconds()) + 1)
        hasher = self._hasher()
        if user is None or user.disabled or not user.password_hash:
            # As slow as a real check, so that the time does not tell which names exist.
            self._decoy = self._decoy or hasher.hash(secrets.token_hex(8))
            hasher.verify(self._decoy, password)
            self._count_failure(user, now, seat)
            raise Refusal("auth_failed", "sign_in")
        if not hasher.verify(user.password_hash, password):
            self._count_failure(user, now, seat)
            raise Refusal("auth_failed", "sign_in")
        if failures:
            self._write(lambda uow: account_state.count(uow, name, 0, now))
        return user

    def _enter(
        self, user: User, password: str, seat: str, new_password: str, kind: Kind, **facts: object
    ) -> Actor:
        now = self._clock.now()
        actor = actor_of(user, seat)
        with self._uows.read() as uow:
            state, rules = account_state.load(uow, user.name), policy(uow.settings.all())
        stale = _stale(user, state, rules, now)
        if new_password:
            self._renew(actor, user, new_password)
        elif stale:
            raise Refusal("auth_failed", stale, name=user.name, days=rules.max_days)

        def entered(uow: UnitOfWork) -> None:
            came = replace(account_state.load(uow, user.name), last_at=now, last_seat=seat)
            account_state.save(uow, user.name, came)
            audit.write(uow, self._clock, actor, kind, role=user.role, **facts)

        self._write(entered)
        return actor

    def _renew(self, actor: Actor, user: User, new: str, *, must_change: bool = False) -> None:
        """Give an account another password, after the rules."""
        hashed = self._fresh(user, new)
        with self._uows.write(cases=False) as uow:
            now = known(uow, user.name)
            if now.password_hash != user.password_hash:
                raise Refusal("conflict", "account", name=user.name)
            self._keep(uow, now, hashed, must_change)
            audit.write(uow, self._clock, actor, Kind.USER, account=user.name, what="password")
            uow.commit()

    def _keep(self, uow: UnitOfWork, user: User, hashed: str, must_change: bool) -> User:
        """Store a new hash; the old one is one of the past."""
        state = account_state.load(uow, user.name)
        past = (user.password_hash, *state.past) if user.password_hash else state.past
        kept = policy(uow.settings.all()).history
        changed = replace(
            state, must_change=must_change, since=self._clock.now(), past=past[: max(kept - 1, 0)]
        )
        account_state.save(uow, user.name, changed)
        renewed = replace(user, password_hash=hashed)
        uow.users.put(renewed)
        uow.touch("user")
        return renewed

    def _fresh(self, user: User, password: str) -> str:
        """The hash of a new password. Raises ``Refusal('bad_value')``: ``password``,
        ``password_long``, ``password_name``, ``password_common``, ``password_again``."""
        with self._uows.read() as uow:
            rules = policy(uow.settings.all())
            state = account_state.load(uow, user.name)
        why = weakness(password, (user.name, user.display_zh, user.display_en), rules)
        if why:
            raise Refusal("bad_value", why, shortest=rules.shortest)
        hasher = self._hasher()
        used = [one for one in (user.password_hash, *state.past) if one][: rules.history]
        if any(hasher.verify(one, password) for one in used):
            raise Refusal("bad_value", "password_again", history=rules.history)
        return hasher.hash(password)

    def _count_failure(self, user: User | None, now: datetime, seat: str) -> None:
        name = user.name if user is not None else _NOBODY

        def counted(uow: UnitOfWork) -> None:
            free = policy(uow.settings.all()).free
            failures, wait = counted_up(uow, name, free, now)
            if user is None and failures > free and failures & (failures - 1):
                return  # names that do not exist: told at 1 to 5, 8, 16, 32 …
            # A name nobody has is not kept: people type passwords there.
            who = actor_of(user, seat) if user is not None else Actor("", Role.SYSTEM, seat=seat)
            known_name = user is not None
            audit.write(
                uow, self._clock, who, Kind.SIGN_IN_FAILED, known=known_name, failures=failures, wait_s=wait
            )

        self._write(counted)

    def _note(self, kind: Kind, actor: Actor, **facts: object) -> None:
        self._write(lambda uow: audit.write(uow, self._clock, actor, kind, **facts))

    def _write(self, change: Change) -> None:
        """One small transaction; on a database that cannot be written (a kiosk's
        read-only role, a full disk) the log file says so instead."""
        try:
            with self._uows.write(cases=False) as uow:
                change(uow)
                uow.commit()
        except Refusal as refusal:
            if refusal.code not in _OUTSIDE:
                raise
            log.info("the audit log could not be written: %s", refusal.code)

    def _hasher(self) -> PasswordHasher:
        if self._given is None:
            self._given = Argon2Hasher()
        return self._given


def counted_up(uow: UnitOfWork, name: str, free: int, now: datetime) -> tuple[int, int]:
    """Count a wrong password of ``name``: how many in a row, and how many seconds
    it waits now."""
    failures = account_state.lockout(uow, name)[0] + 1
    wait = 0 if failures < free else min(LONGEST_WAIT_S, 2 ** min(failures - free + 1, 20))
    account_state.count(uow, name, failures, now + timedelta(seconds=wait))
    return failures, wait


def _stale(user: User, state: AccountState, rules: Policy, now: datetime) -> str:
    """Why the right password does not do: somebody else chose it, or it is too
    old. The large display has nobody to change it."""
    if user.role is Role.KIOSK:
        return ""
    if state.must_change:
        return "must_change"
    old = rules.max_days and state.since is not None and now - state.since > timedelta(days=rules.max_days)
    return "password_old" if old else ""
