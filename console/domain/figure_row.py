"""One case as the figures keep it: a row of fixed length.

A million cases are counted in a second only when nothing has to be taken apart
first, so every case has, beside its own rows, one packed row with all that any
indicator asks for: instants in microseconds since 1970, every clock, counts,
flags, and what it is grouped by as the number of a word. The row follows the
case in the same transaction and can be had from the case at any time.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from console.domain import limits
from console.domain.model import Case, CaseFact
from console.domain.vocabulary import DeadlineKind, State, Unit

#: Grows when what is below changes; a database with other rows makes them anew
#: when it is upgraded.
LAYOUT: Final = 1
KINDS: Final = tuple(kind.value for kind in DeadlineKind)
#: Kinds whose limit and unit are kept: times of these are told on the limit's
#: own calendar.
OWN_CALENDAR: Final = (DeadlineKind.DECISION.value, DeadlineKind.HANDLING.value)
STATES: Final = tuple(State)
UNITS: Final = tuple(Unit)
INSTANTS: Final = ("opened", "reported", "filed", "dispatched", "arrived", "handled", "check_sent", "closed")
KEYS: Final = ("team", "community", "category", "camera", "officer", "source", "place", "cause")
#: An instant that is not.
NONE: Final = -(2**63)
#: Bits of ``flags``, and of the flags of a clock.
EXEMPT, MIS_KEY, SATISFIED, UNSATISFIED = 1, 2, 4, 8
THERE, CANCELLED, MISSED_BEFORE, PAUSED = 1, 2, 4, 8

_MANY: Final = len(KINDS)
#: Name, numpy type, how many: in this order, without gaps, little-endian.
FIELDS: Final[tuple[tuple[str, str, int], ...]] = (
    ("key", "<i8", 1),
    ("state", "u1", 1),
    ("flags", "u1", 1),
    ("rework", "<u2", 1),
    ("refusals", "<u2", 1),
    ("extensions", "<u2", 1),
    ("suspensions", "<u2", 1),
    *((name, "<i8", 1) for name in INSTANTS),
    *((name, "<i8", 1) for name in KEYS),
    ("start", "<i8", _MANY),
    ("due", "<i8", _MANY),
    ("met", "<i8", _MANY),
    ("paused_s", "<i4", _MANY),
    ("clock", "u1", _MANY),
    ("limit_s", "<i4", len(OWN_CALENDAR)),
    ("unit", "u1", len(OWN_CALENDAR)),
)
_CODES: Final = {"<i8": "q", "<i4": "i", "<u2": "H", "u1": "B"}
_PACK: Final = struct.Struct("<" + "".join(f"{many}{_CODES[kind]}" for _, kind, many in FIELDS))
SIZE: Final = _PACK.size
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)
_MOST: Final = 65_535
_NO_CLOCK: Final = (NONE, NONE, NONE, 0, 0)


@lru_cache(maxsize=16_384)
def word(text: str) -> int:
    """The number of a word: 64 bits of its hash, 0 for none. The same on every
    machine, so that a row can be packed without asking the database."""
    if not text:
        return 0
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def micros(at: datetime | None) -> int:
    """Microseconds since 1970, or :data:`NONE`."""
    return NONE if at is None else (at - _EPOCH) // _MICRO


def instant(value: int) -> datetime | None:
    """The instant of :func:`micros`."""
    return None if value == NONE else _EPOCH + timedelta(microseconds=int(value))


def words_of(fact: CaseFact) -> tuple[str, ...]:
    """What a case is grouped by, in the order of :data:`KEYS`."""
    return (
        fact.team,
        fact.community,
        fact.category,
        fact.camera,
        fact.officer,
        fact.source,
        fact.place,
        fact.cause,
    )


def cuts(fact: CaseFact) -> tuple[datetime | None, datetime | None, datetime | None, datetime | None]:
    """The instants that decide in which period a case counts: reported, filed,
    due, closed. A mis-key counts in none."""
    if fact.mis_key:
        return None, None, None, None
    handling = fact.deadlines.get(DeadlineKind.HANDLING.value)
    reported = fact.reported_at or fact.found_at or fact.opened_at
    return reported, fact.filed_at, handling[1] if handling else None, fact.closed_at


def pack(fact: CaseFact, key: int = 0) -> bytes:
    """The row of a case under the number ``key``."""
    reported = fact.reported_at or fact.found_at or fact.opened_at
    clocks = [_clock(fact, kind) for kind in KINDS]
    own = [fact.limits.get(kind, (0, Unit.URGENT_MINUTE)) for kind in OWN_CALENDAR]
    return _PACK.pack(
        key,
        STATES.index(fact.state),
        _flags(fact),
        min(fact.rework, _MOST),
        min(fact.refusals, _MOST),
        min(fact.extensions, _MOST),
        min(fact.suspensions, _MOST),
        micros(fact.opened_at),
        micros(reported),
        micros(fact.filed_at),
        micros(fact.dispatched_at),
        micros(fact.arrived_at),
        micros(fact.handled_at),
        micros(fact.check_sent_at),
        micros(fact.closed_at),
        *map(word, words_of(fact)),
        *(value for column in zip(*clocks, strict=True) for value in column),
        *(seconds for seconds, _ in own),
        *(UNITS.index(unit) for _, unit in own),
    )


def keyed(packed: bytes, key: int) -> bytes:
    """A row that was packed before its case had a number."""
    return struct.pack("<q", key) + packed[8:]


def _flags(fact: CaseFact) -> int:
    flags = EXEMPT * fact.exempt + MIS_KEY * fact.mis_key
    return flags + {"yes": SATISFIED, "no": UNSATISFIED}.get(fact.call_back, 0)


def _clock(fact: CaseFact, kind: str) -> tuple[int, int, int, int, int]:
    clock = fact.deadlines.get(kind)
    if clock is None:
        return _NO_CLOCK
    start, due, met, cancelled = clock
    flags = THERE + CANCELLED * cancelled
    flags += MISSED_BEFORE * (kind in fact.missed_before) + PAUSED * (kind in fact.paused)
    return micros(start), micros(due), micros(met), fact.paused_s.get(kind, 0), flags


def fact_of(case: Case) -> CaseFact:
    """A case as the figures see it."""
    clocks = case.deadlines
    return CaseFact(
        id=case.id,
        state=case.state,
        source=case.source.value,
        community=case.community,
        team=case.teams[0] if case.teams else "",
        category=f"{case.category.kind}:{case.category.code}" if case.category else "",
        camera=case.camera,
        officer=case.filed_by or case.owner,
        found_at=case.found_at,
        reported_at=case.reported_at,
        opened_at=case.opened_at,
        filed_at=case.filed_at,
        dispatched_at=case.dispatched_at,
        arrived_at=case.arrived_at,
        handled_at=case.handled_at,
        closed_at=case.closed_at,
        rework=case.rework,
        refusals=case.refusals,
        extensions=case.extensions,
        suspensions=case.suspensions,
        exempt=case.exempt,
        mis_key=case.mis_key,
        voided=case.state is State.VOIDED,
        suspended=case.state is State.SUSPENDED,
        deadlines={d.kind.value: (d.start_at, d.due_at, d.met_at, d.cancelled) for d in clocks},
        missed_before=tuple(d.kind.value for d in clocks if d.missed_before),
        paused=tuple(d.kind.value for d in clocks if d.paused_since is not None),
        paused_s={d.kind.value: d.paused_s for d in clocks if d.paused_s},
        check_sent_at=case.check_sent_at,
        place=case.place,
        cause=case.breach_cause,
        call_back=case.call_back,
        limits={d.kind.value: (limits.seconds(d.limit, d.times), d.limit.unit) for d in clocks},
    )
