"""Login tokens: a random text kept by the person (0600) that stands for the
password. The database keeps only its hash, bound to the password in force, so
that a new password ends all tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor, User
from console.services.account_state import LOGIN
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

TOKEN_LIFE: Final = timedelta(hours=14)  # a shift with its hand-over


def actor_of(user: User, seat: str = "") -> Actor:
    """The actor a signed-in user is."""
    return Actor(name=user.name, role=user.role, may_approve=True, team=user.team, seat=seat)


class Tokens:
    """Tokens of the accounts of one site."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def issue_token(self, actor: Actor) -> str:
        """A token that stands for ``actor``'s password for fourteen hours."""
        token = secrets.token_urlsafe(32)
        with self._uows.write() as uow:
            user = known(uow, actor.name)
            now = self._clock.now()
            kept = {
                "user": user.name,
                "until": (now + TOKEN_LIFE).isoformat(),
                "bound": digest(user.password_hash),
            }
            _sweep(uow, now)
            uow.settings.put(LOGIN + digest(token), json.dumps(kept), quiet=True)
            uow.commit()
        return token

    def by_token(self, name: str, token: str, seat: str = "") -> Actor:
        """The actor behind a login token. Raises ``Refusal('auth_failed')``."""
        with self._uows.read() as uow:
            text = uow.settings.get(LOGIN + digest(token))
            user = uow.users.get(name)
        kept = json.loads(text) if text else {}
        good = (
            user is not None
            and not user.disabled
            and kept.get("user") == name
            and datetime.fromisoformat(kept["until"]) > self._clock.now()
            and hmac.compare_digest(str(kept["bound"]), digest(user.password_hash))
        )
        if user is None or not good:
            raise Refusal("auth_failed", "token", name=name)
        return actor_of(user, seat)


def end_tokens(uow: UnitOfWork, name: str) -> None:
    """A closed account's tokens stay dead when it is opened again."""
    for key, text in uow.settings.all().items():
        if key.startswith(LOGIN) and text and json.loads(text).get("user") == name:
            uow.settings.put(key, "", quiet=True)


def _sweep(uow: UnitOfWork, now: datetime) -> None:
    """What ran out is emptied."""
    for key, text in uow.settings.all().items():
        if key.startswith(LOGIN) and text and datetime.fromisoformat(json.loads(text)["until"]) <= now:
            uow.settings.put(key, "", quiet=True)


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


def known(uow: UnitOfWork, name: str) -> User:
    """An account by name. Raises ``Refusal('unknown_user')``."""
    user = uow.users.get(name)
    if user is None:
        raise Refusal("unknown_user", "name", name=name)
    return user


def digest(text: str) -> str:
    """A one-way short form of a token or a hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]
