"""What is kept of an account beside its row: wrong passwords, when the password
was set and which came before, the last sign-in.

These are settings under :data:`PRIVATE` names: nobody exports them, and a change
wakes no console.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.services.ports import UnitOfWork

ACCOUNT: Final = "account."
LOCKOUT: Final = "lockout."
LOGIN: Final = "login."
RECOVERY: Final = "recovery."
#: Beginnings of settings that hold hashes: no export and no other site takes them.
PRIVATE: Final = (ACCOUNT, LOCKOUT, LOGIN, RECOVERY)


@dataclass(frozen=True, slots=True)
class AccountState:
    """``must_change``: somebody else chose the password; ``since``: when it was
    set; ``past``: hashes of the ones before, the newest first."""

    must_change: bool = False
    since: datetime | None = None
    past: tuple[str, ...] = ()
    last_at: datetime | None = None
    last_seat: str = ""

    def __repr__(self) -> str:
        """Without the hashes."""
        return f"AccountState(must_change={self.must_change}, since={self.since}, last_at={self.last_at})"


def load(uow: UnitOfWork, name: str) -> AccountState:
    """What is kept of an account; nothing yet is all empty."""
    return decode(uow.settings.get(ACCOUNT + name))


def decode(text: str) -> AccountState:
    """What a setting's text says; nonsense is as good as nothing."""
    try:
        kept = json.loads(text or "{}")
        return AccountState(
            bool(kept.get("must_change")),
            _at(kept.get("since")),
            tuple(str(one) for one in kept.get("past", ())),
            _at(kept.get("last_at")),
            str(kept.get("last_seat", "")),
        )
    except (ValueError, AttributeError, TypeError):
        return AccountState()


def save(uow: UnitOfWork, name: str, state: AccountState) -> None:
    """Keep it."""
    kept = {
        "must_change": state.must_change,
        "since": state.since.isoformat() if state.since else "",
        "past": list(state.past),
        "last_at": state.last_at.isoformat() if state.last_at else "",
        "last_seat": state.last_seat,
    }
    uow.settings.put(ACCOUNT + name, json.dumps(kept, ensure_ascii=False), quiet=True)


def lockout(uow: UnitOfWork, name: str) -> tuple[int, datetime | None]:
    """Wrong passwords in a row, and until when the account waits."""
    return decode_lockout(uow.settings.get(LOCKOUT + name))


def decode_lockout(text: str) -> tuple[int, datetime | None]:
    """The same from a setting's text."""
    if not text:
        return 0, None
    kept = json.loads(text)
    return int(kept["failures"]), datetime.fromisoformat(kept["until"]).astimezone(UTC)


def count(uow: UnitOfWork, name: str, failures: int, until: datetime) -> None:
    """Remember wrong passwords; 0 forgets them."""
    text = json.dumps({"failures": failures, "until": until.isoformat()}) if failures else ""
    uow.settings.put(LOCKOUT + name, text, quiet=True)


def _at(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
