"""The audit log (审计日志): who signed in, looked at personal data, exported, went
beside the usual way, changed the configuration.

An entry is an event of the site's chain: one of its own that belongs to no case,
or a step of a case that tells the same (a reporter looked at, an evidence pack, a
void, a time by hand). A row in an index makes it searchable and is compared with
the chain by ``db check``. No fact of an entry is ever a secret or personal data: a
reporter is an id, a camera's password is the word that it was changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, Final

from console.domain.model import Event, EventDraft
from console.domain.vocabulary import Action

#: Longest text of one fact, characters; what is longer is cut and says so.
FACT_MOST: Final = 500
#: Most entries of a list within a fact.
LIST_MOST: Final = 200
#: Steps beside the usual way, and who granted or refused them.
OVERRIDES: Final = frozenset(
    {Action.VOID, Action.FORCE_CLOSE, Action.CORRECT, Action.REOPEN, Action.APPROVE, Action.DENY}
)
#: Parts of a fact's name that would make it a secret.
_SECRET: Final = frozenset({"password", "passwd", "secret", "pin", "token", "hash", "phrase"})


class Kind(StrEnum):
    """What an entry is about."""

    SIGN_IN = "sign-in"
    SIGN_IN_FAILED = "sign-in-failed"
    LOCK = "lock"
    UNLOCK = "unlock"
    SWITCH = "switch"
    PERSON_VIEW = "person-view"
    EXPORT = "export"
    OVERRIDE = "override"
    SETTING = "setting"
    USER = "user"
    CAMERA_CONFIG = "camera-config"
    IMPORT = "import"
    CONFIG = "config"
    KIOSK = "kiosk"
    BACKUP = "backup"
    RESTORE = "restore"
    RETENTION = "retention"
    KEY_ROTATION = "key-rotation"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``seq`` is its event's number in the chain, ``actor`` the account
    (empty where nobody was known), ``seat`` the workstation."""

    seq: int
    at: datetime
    actor: str
    seat: str
    kind: Kind
    facts: Mapping[str, object] = field(default_factory=dict)


def draft(kind: Kind, actor: str, seat: str, now: datetime, facts: Mapping[str, object]) -> EventDraft:
    """The event of an entry. Raises ``ValueError`` for a fact whose name says
    that it is a secret, and for a value that has no plain form."""
    data: dict[str, object] = {"kind": kind.value, "seat": seat[:FACT_MOST], "facts": _plain(facts)}
    return EventDraft("", now, now, actor, Action.AUDIT, data)


def entry(event: Event) -> Entry | None:
    """The entry an event tells; ``None`` for one that tells none. Raises
    ``ValueError`` or ``KeyError`` for one that was spoilt."""
    if event.action is Action.AUDIT:
        return _own(event)
    if event.action is Action.PERSON:
        return _of(event, Kind.PERSON_VIEW, what=event.data.get("result"), person=event.data.get("person"))
    if event.action is Action.PACK:
        return _of(event, Kind.EXPORT, what="evidence", **_named(event, "reason", "recipient", "manifest"))
    by_hand = event.data.get("manual") is True
    if not event.case or not (by_hand or event.action in OVERRIDES):
        return None
    facts = _named(event, "reason", "request", "asked_by", "field", "old", "new")
    if event.data.get("asked") is True:
        facts["what"] = "asked"
    if by_hand:
        facts |= {"manual": True, "at": event.at.isoformat()}
    return _of(event, Kind.OVERRIDE, action=event.action.value, **facts)


def _named(event: Event, *names: str) -> dict[str, object]:
    return {name: event.data[name] for name in names if event.data.get(name)}


def _of(event: Event, kind: Kind, **facts: object) -> Entry:
    """A step of a case as an entry, at the time at which it was entered."""
    told: dict[str, Any] = {"case": event.case} if event.case else {}
    plain = _plain({**told, **{name: value for name, value in facts.items() if value}})
    return Entry(event.seq, event.recorded_at, event.actor, str(event.data.get("seat", "")), kind, plain)


def _own(event: Event) -> Entry:
    facts = event.data["facts"]
    if not isinstance(facts, Mapping):
        raise ValueError("the facts of an entry are named")
    kind = Kind(str(event.data["kind"]))
    return Entry(event.seq, event.at, event.actor, str(event.data.get("seat", "")), kind, facts)


def said(one: Entry) -> str:
    """What an entry is found by: its words, small."""
    words = [one.kind.value, one.actor, one.seat, *_texts(one.facts)]
    return "\n".join(word for word in words if word).casefold()


def _texts(value: object) -> list[str]:
    if isinstance(value, Mapping):
        # In the order of names: that is how the chain gives them back.
        return [word for _, item in sorted(value.items()) for word in _texts(item)]
    if isinstance(value, list | tuple):
        return [word for item in value for word in _texts(item)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _plain(value: Any) -> Any:
    """A fact as the chain can hash it: floats become their text."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value if len(value) <= FACT_MOST else value[: FACT_MOST - 1] + "…"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        for name in value:
            if _SECRET & set(str(name).lower().replace("-", "_").split("_")):
                raise ValueError(f"the audit log takes no {name}")
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [_plain(item) for item in items[:LIST_MOST]]
    raise ValueError(f"the audit log takes no {type(value).__name__}")
