"""The event chain: every event carries the hash of the one before it.

hash = SHA-256(previous hash ‖ canonical JSON of the event). Canonical JSON has
sorted keys, no spaces, UTC microseconds, no floats and a shape version ``v``.
A change made behind the program's back breaks the chain at the first event it
touched; a tail cut off is found with the head kept in a backup.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, cast

from console.domain.model import Event, EventDraft

#: What the first event of a site follows.
GENESIS: Final = "0" * 64

#: The shape of an event that this module writes; older ones stay readable.
SHAPE: Final = 1


def canonical(
    v: int,
    seq: int,
    case: str,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    action: str,
    data: Mapping[str, object],
) -> bytes:
    """The bytes that are hashed. Raises ``ValueError`` for what has no one
    form: floats, naive times, keys that are not strings, other objects."""
    body = {
        "v": v,
        "seq": seq,
        "case": case,
        "at": instant(at),
        "recorded_at": instant(recorded_at),
        "actor": actor,
        "action": str(action),
        "data": data if _is_plain(data) else _plain(data),
    }
    return _dumped(body).encode("utf-8")


def instant(at: datetime) -> str:
    """``2026-08-05T00:15:02.000000Z``; raises ``ValueError`` for naive times."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone has no one form")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:-6] + "Z"


def link(prev_hash: str, seq: int, draft: EventDraft) -> Event:
    """The draft as event ``seq`` after the one with ``prev_hash``."""
    return Event(
        seq=seq,
        case=draft.case,
        at=draft.at,
        recorded_at=draft.recorded_at,
        actor=draft.actor,
        action=draft.action,
        data=draft.data,
        v=SHAPE,
        prev_hash=prev_hash,
        hash=_digest(prev_hash, _bytes(SHAPE, seq, draft)),
    )


def unnumbered(draft: EventDraft) -> tuple[str, str]:
    """A draft's canonical JSON up to its number, and its data alone: what can
    be written before its place in the chain is known."""
    if draft.at.tzinfo is None or draft.recorded_at.tzinfo is None:
        raise ValueError("a time without a zone has no one form")
    data = encoded(draft.data)
    when = instant(draft.at)
    then = when if draft.recorded_at == draft.at else instant(draft.recorded_at)
    return body(str(draft.action), draft.actor, draft.case, data, when, then), data


def encoded(data: Mapping[str, object]) -> str:
    """The canonical JSON of an event's data."""
    return _dumped(data if _is_plain(data) else _plain(data))


def encoded_text(text: str) -> str:
    """The canonical JSON of one text."""
    return _quoted(text)


def body(action: str, actor: str, case: str, data: str, at: str, recorded_at: str) -> str:
    """An event's canonical JSON up to its number, from its :func:`encoded` data
    and its :func:`instant` times."""
    return (
        f'{{"action":{_quoted(action)},"actor":{_quoted(actor)},"at":"{at}","case":{_quoted(case)},'
        f'"data":{data},"recorded_at":"{recorded_at}","seq":'
    )


def seal(prev_hash: str, seq: int, start: bytes) -> str:
    """The hash of the event that begins with ``start`` (:func:`unnumbered`, as
    UTF-8); the same as :func:`link` gives."""
    return _digest(prev_hash, b'%b%d,"v":%d}' % (start, seq, SHAPE))


#: One encoder for all: making one costs as much as using it.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _dumped(value: object) -> str:
    return _ENCODER.encode(value)


@lru_cache(maxsize=4096)
def _quoted(word: str) -> str:
    """A name that stands in many events."""
    return _ENCODER.encode(word)


def extend(seq: int, prev_hash: str, drafts: Iterable[EventDraft]) -> tuple[Event, ...]:
    """The drafts linked one after the other behind the head ``(seq, hash)``."""
    events: list[Event] = []
    for draft in drafts:
        seq += 1
        event = link(prev_hash, seq, draft)
        prev_hash = event.hash
        events.append(event)
    return tuple(events)


def verify(events: Iterable[Event], prev: str = GENESIS, after: int | None = None) -> int | None:
    """The number of the first event that is changed, missing or out of its
    place; ``None`` when all hold.

    ``prev`` and ``after`` are hash and number of the event before the first;
    from the beginning of a site neither is needed.
    """
    expected = after + 1 if after is not None else (1 if prev == GENESIS else None)
    for event in events:
        if expected is not None and event.seq != expected:
            return min(expected, event.seq)
        if event.prev_hash != prev:
            return event.seq
        try:
            digest = _digest(prev, _bytes(event.v, event.seq, event))
        except (ValueError, TypeError):
            return event.seq
        if digest != event.hash:
            return event.seq
        prev, expected = event.hash, event.seq + 1
    return None


def _bytes(v: int, seq: int, event: Event | EventDraft) -> bytes:
    return canonical(v, seq, event.case, event.at, event.recorded_at, event.actor, event.action, event.data)


def _digest(prev_hash: str, body: bytes) -> str:
    return hashlib.sha256(prev_hash.encode("ascii") + body).hexdigest()


_LEAVES: Final = frozenset({str, int, bool, type(None)})


def _is_plain(value: object) -> bool:
    """True when the value is plain JSON as it stands, which nearly every event
    is; else :func:`_plain` decides."""
    kind = type(value)
    if kind is dict:
        for key, item in cast("dict[object, object]", value).items():
            if type(key) is not str or (type(item) not in _LEAVES and not _is_plain(item)):
                return False
        return True
    if kind is list or kind is tuple:
        for item in cast("list[object]", value):
            if type(item) not in _LEAVES and not _is_plain(item):
                return False
        return True
    return kind in _LEAVES


def _plain(value: object) -> object:
    """The value as plain JSON, or ``ValueError``."""
    if type(value) is str or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("keys of an event are strings")
        return {str(key): _plain(item) for key, item in value.items()}
    raise ValueError(f"an event holds no {type(value).__name__}")
