"""Accounts, passwords, sign-in and login tokens.

Passwords are Argon2id. After five wrong ones an account waits, twice as long
each time (2 s to 15 min), whichever workstation they were typed at. A login
token is a random text kept by the person (0600); the database keeps only its
hash, bound to the password in force, so that a new password ends all tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor, User
from console.domain.vocabulary import Role
from console.services import permissions
from console.services.ports import Clock, PasswordHasher, UnitOfWork, UnitOfWorkFactory

FREE_FAILURES: Final = 5
LONGEST_WAIT_S: Final = 900
TOKEN_LIFE: Final = timedelta(hours=14)  # a shift with its hand-over
SHORTEST_PASSWORD: Final = 8


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


def actor_of(user: User, seat: str = "") -> Actor:
    """The actor a signed-in user is."""
    return Actor(name=user.name, role=user.role, may_approve=True, team=user.team, seat=seat)


class PeopleService:
    """Accounts of the site."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._uows = uows
        self._clock = clock
        self._given = hasher
        self._decoy = ""

    # -- accounts ------------------------------------------------------------

    def list(self, actor: Actor) -> tuple[User, ...]:
        """All accounts, without their hashes."""
        permissions.demand(actor, "user.read")
        with self._uows.read() as uow:
            return tuple(replace(user, password_hash="") for user in uow.users.all())

    def names(self) -> tuple[User, ...]:
        """Accounts that may sign in, for the login window; no hashes."""
        with self._uows.read() as uow:
            return tuple(replace(u, password_hash="") for u in uow.users.all() if not u.disabled)

    def add(self, actor: Actor | None, user: User, password: str) -> User:
        """A new account. ``actor`` may be ``None`` for the very first one,
        which must be an administrator (nobody could sign in to make it)."""
        _demand_name(user.name)
        _demand_password(password)
        hashed = self._hasher().hash(password)
        with self._uows.write() as uow:
            if actor is None:
                if uow.users.all() or user.role is not Role.ADMIN:
                    raise Refusal("forbidden", "sign_in")
            else:
                permissions.demand(actor, "user.edit")
            if uow.users.get(user.name) is not None:
                raise Refusal("bad_value", "user_exists", name=user.name)
            uow.users.put(replace(user, password_hash=hashed))
            uow.touch("user")
            uow.commit()
        return replace(user, password_hash="")

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
    ) -> User:
        """Change an account; everybody may change their own password."""
        others = (role, display_zh, display_en, team, disabled)
        if name != actor.name or any(value is not None for value in others):
            permissions.demand(actor, "user.edit")
        if password is not None:
            _demand_password(password)
        hashed = None if password is None else self._hasher().hash(password)
        with self._uows.write() as uow:
            user = _known(uow, name)
            changed = replace(
                user,
                role=user.role if role is None else role,
                display_zh=user.display_zh if display_zh is None else display_zh,
                display_en=user.display_en if display_en is None else display_en,
                team=user.team if team is None else team,
                disabled=user.disabled if disabled is None else disabled,
                password_hash=user.password_hash if hashed is None else hashed,
            )
            _keep_an_admin(uow, user, changed)
            uow.users.put(changed)
            if changed.disabled and not user.disabled:
                _end_tokens(uow, name)
            uow.touch("user")
            uow.commit()
        return replace(changed, password_hash="")

    def disable(self, actor: Actor, name: str) -> User:
        """Close an account; what it did stays in the record."""
        return self.set(actor, name, disabled=True)

    # -- sign-in -------------------------------------------------------------

    def sign_in(self, name: str, password: str, seat: str = "") -> Actor:
        """The actor behind a name and a password. Raises
        ``Refusal('auth_failed')``, the same for a wrong name and a wrong
        password; ``.wait`` while the account waits."""
        now = self._clock.now()
        with self._uows.read() as uow:
            user = uow.users.get(name)
            failures, until = _lockout(uow, name)
        if user is not None and until is not None and now < until:
            raise Refusal("auth_failed", "wait", seconds=int((until - now).total_seconds()) + 1)
        hasher = self._hasher()
        if user is None or user.disabled or not user.password_hash:
            # As slow as a real check, so that the time does not tell which names exist.
            self._decoy = self._decoy or hasher.hash(secrets.token_hex(8))
            hasher.verify(self._decoy, password)
            raise Refusal("auth_failed", "sign_in")
        if not hasher.verify(user.password_hash, password):
            self._count_failure(name, now)
            raise Refusal("auth_failed", "sign_in")
        if failures:
            self._forget_failures(name)
        return actor_of(user, seat)

    def _count_failure(self, name: str, now: datetime) -> None:
        with self._uows.write() as uow:
            failures = _lockout(uow, name)[0] + 1
            wait = 0 if failures < FREE_FAILURES else min(LONGEST_WAIT_S, 2 ** (failures - FREE_FAILURES + 1))
            until = (now + timedelta(seconds=wait)).isoformat()
            uow.settings.put(f"lockout.{name}", json.dumps({"failures": failures, "until": until}))
            uow.commit()

    def _forget_failures(self, name: str) -> None:
        with self._uows.write() as uow:
            uow.settings.put(f"lockout.{name}", "")
            uow.commit()

    # -- tokens --------------------------------------------------------------

    def issue_token(self, actor: Actor) -> str:
        """A token that stands for ``actor``'s password for fourteen hours."""
        token = secrets.token_urlsafe(32)
        with self._uows.write() as uow:
            user = _known(uow, actor.name)
            kept = {
                "user": user.name,
                "until": (self._clock.now() + TOKEN_LIFE).isoformat(),
                "bound": _digest(user.password_hash),
            }
            uow.settings.put(f"login.{_digest(token)}", json.dumps(kept))
            uow.commit()
        return token

    def by_token(self, name: str, token: str, seat: str = "") -> Actor:
        """The actor behind a login token. Raises ``Refusal('auth_failed')``."""
        with self._uows.read() as uow:
            text = uow.settings.get(f"login.{_digest(token)}")
            user = uow.users.get(name)
        kept = json.loads(text) if text else {}
        good = (
            user is not None
            and not user.disabled
            and kept.get("user") == name
            and datetime.fromisoformat(kept["until"]) > self._clock.now()
            and hmac.compare_digest(str(kept["bound"]), _digest(user.password_hash))
        )
        if user is None or not good:
            raise Refusal("auth_failed", "token", name=name)
        return actor_of(user, seat)

    def _hasher(self) -> PasswordHasher:
        if self._given is None:
            self._given = Argon2Hasher()
        return self._given


def _end_tokens(uow: UnitOfWork, name: str) -> None:
    """A closed account's tokens stay dead when it is opened again."""
    for key, text in uow.settings.all().items():
        if key.startswith("login.") and text and json.loads(text).get("user") == name:
            uow.settings.put(key, "")


class TokenFile:
    """Where ``fifteen login`` keeps tokens: one per database, owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, database: str) -> tuple[str, str] | None:
        """Name and token for ``database`` (its shown URL), if there is one."""
        entry = self._all().get(database)
        return (entry["user"], entry["token"]) if entry else None

    def write(self, database: str, name: str, token: str) -> None:
        """Keep a token; the file is never readable by others."""
        entries = {**self._all(), database: {"user": name, "token": token}}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        spare = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(entries, out)
        os.replace(spare, self._path)

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            if os.name == "posix" and self._path.stat().st_mode & 0o077:
                return {}  # somebody could have read it: as good as no token
            return dict(json.loads(self._path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _lockout(uow: UnitOfWork, name: str) -> tuple[int, datetime | None]:
    text = uow.settings.get(f"lockout.{name}")
    if not text:
        return 0, None
    kept = json.loads(text)
    return int(kept["failures"]), datetime.fromisoformat(kept["until"]).astimezone(UTC)


def _known(uow: UnitOfWork, name: str) -> User:
    user = uow.users.get(name)
    if user is None:
        raise Refusal("unknown_user", "name", name=name)
    return user


def _keep_an_admin(uow: UnitOfWork, before: User, after: User) -> None:
    """The last administrator may not be shut out of the site."""

    def is_admin(user: User) -> bool:
        return user.role is Role.ADMIN and not user.disabled

    if is_admin(before) and not is_admin(after):
        others = [u for u in uow.users.all() if u.name != before.name]
        if not any(is_admin(user) for user in others):
            raise Refusal("forbidden", "last_admin", name=before.name)


def _demand_name(name: str) -> None:
    good = name.replace("-", "").replace("_", "").replace(".", "").isalnum()
    if not good or not 1 <= len(name) <= 32:
        raise Refusal("bad_value", "user_name", name=name)


def _demand_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal("bad_value", "password", shortest=SHORTEST_PASSWORD)
