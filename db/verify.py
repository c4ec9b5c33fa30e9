"""Is the chain whole, and is everything there that keeps it so?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, inspect, select, text

from console.domain import audit
from console.domain.chain import GENESIS as GENESIS
from console.domain.chain import verify as first_bad
from console.domain.errors import Refusal
from console.domain.model import Event
from console.domain.shift_log import fold, shift_of
from console.domain.vocabulary import Action
from console.services.shift_records import row_of
from db.repositories.audit import row_of as audit_row
from db.repositories.events import read_chain, read_event
from db.schema import metadata
from db.tables import chain_head, event, head_copy
from db.tables_audit import audit_entry
from db.tables_shifts import shift
from db.triggers import FUNCTIONS, TRIGGERS


@dataclass(frozen=True, slots=True)
class ChainState:
    """``first_bad_seq`` is the first event that is changed, missing or not
    where its number says; ``None`` when the chain is whole."""

    events: int
    seq: int
    hash: str
    first_bad_seq: int | None


def check_chain(
    connection: Connection,
    copies: tuple[tuple[int, str], ...] = (),
    watch: Callable[[Event], None] | None = None,
) -> ChainState:
    """Recompute every hash, compare the end with the stored head, and every
    copied head (those in the database and ``copies``) with its event. ``watch`` is
    shown every event up to the first bad one."""
    counter = _Counter(watch)
    bad = first_bad(counter.watch(read_chain(connection)), GENESIS)
    if bad is None:
        bad = counter.out_of_place
    head = connection.execute(select(chain_head.c.seq, chain_head.c.hash)).first()
    seq, digest = (int(head.seq), str(head.hash)) if head is not None else (0, GENESIS)
    ends = [] if bad is None else [bad]
    if (counter.seq, counter.hash) != (seq, digest) or head is None:
        ends.append(min(counter.seq, seq) + 1 if counter.seq != seq else seq)
    ends.extend(_lost_copies(connection, copies))
    return ChainState(counter.events, seq, digest, min(ends, default=None))


class _Counter:
    """Counts events on their way through, and sees one in the wrong place."""

    def __init__(self, watch: Callable[[Event], None] | None = None) -> None:
        self._watch = watch
        self.events = 0
        self.seq = 0
        self.hash = GENESIS
        self.out_of_place: int | None = None

    def watch(self, events: Iterator[Event]) -> Iterator[Event]:
        """The same events, counted."""
        for item in events:
            self.events += 1
            if item.seq != self.seq + 1 and self.out_of_place is None:
                self.out_of_place = self.seq + 1
            self.seq, self.hash = item.seq, item.hash
            if self._watch is not None:
                self._watch(item)
            yield item


def _lost_copies(connection: Connection, copies: tuple[tuple[int, str], ...]) -> Iterator[int]:
    """Numbers of heads that were once copied out and are no longer there."""
    kept = [(int(row.seq), str(row.hash)) for row in connection.execute(select(head_copy))]
    for seq, digest in {*kept, *copies}:
        if seq == 0:
            continue
        found = connection.execute(select(event.c.hash).where(event.c.seq == seq)).scalar()
        if found != digest:
            yield seq


def bad_shifts(connection: Connection) -> tuple[str, ...]:
    """Shifts whose row is not what their events say, whose events are gone or
    changed, or that have events and no row."""
    rows = {str(row.id): dict(row._mapping) for row in connection.execute(select(shift))}
    query = select(event).where(event.c.action == Action.SHIFT).order_by(event.c.case_id, event.c.seq)
    found: dict[str, list[Event]] = {}
    for row in connection.execute(query):
        if shift_of(row.case_id):
            found.setdefault(shift_of(row.case_id), []).append(read_event(row))
    bad = rows.keys() ^ found.keys()
    for shift_id in rows.keys() & found.keys():
        if not _holds(rows[shift_id], found[shift_id]):
            bad.add(shift_id)
    return tuple(sorted(bad))


def _holds(row: dict[str, object], events: list[Event]) -> bool:
    try:
        log = fold(events)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    if any(first_bad([one], one.prev_hash, one.seq - 1) is not None for one in events):
        return False
    return log is not None and asdict(row_of(log, int(str(row["version"])))) == row


class Audited:
    """Holds the index of the audit log against the events as they pass."""

    def __init__(self) -> None:
        self._told: dict[int, dict[str, object]] = {}
        self._bad: list[int] = []
        self._last = 0

    def __call__(self, item: Event) -> None:
        """Note what an event should have made."""
        self._last = item.seq
        try:
            one = audit.entry(item)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._bad.append(item.seq)
            return
        if one is not None:
            self._told[item.seq] = audit_row(one)

    def bad(self, connection: Connection, whole: bool) -> tuple[int, ...]:
        """Numbers of entries whose row is not what their event says, is gone, or has
        no event. Where the chain is not ``whole`` nothing is said of what comes after
        the break."""
        bad, missing = list(self._bad), dict(self._told)
        query = select(audit_entry)
        for row in connection.execute(query if whole else query.where(audit_entry.c.seq <= self._last)):
            if missing.pop(int(row.seq), None) != dict(row._mapping):
                bad.append(int(row.seq))
        return tuple(sorted({*bad, *missing}))


def missing_triggers(connection: Connection) -> tuple[str, ...]:
    """Names of triggers that are gone, switched off, or not what they were."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        found = {row.name: _flat(row.sql) for row in rows}
        wanted = TRIGGERS["sqlite"]
        return tuple(name for name, ddl in wanted.items() if found.get(name) != _flat(ddl))
    return _missing_postgres(connection)


def _missing_postgres(connection: Connection) -> tuple[str, ...]:
    triggers = connection.execute(
        text(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = 'public'::regnamespace"
        )
    )
    names = {row.tgname for row in triggers}
    bodies = connection.execute(
        text("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    )
    sources = {row.proname: row.prosrc for row in bodies}
    gone = [name for name in TRIGGERS["postgresql"] if name not in names]
    gone += [name for name, ddl in FUNCTIONS.items() if f"$body${sources.get(name)}$body$" not in ddl]
    return tuple(gone)


def _flat(ddl: str | None) -> str:
    return " ".join((ddl or "").split())


def _incomplete(connection: Connection) -> bool:
    """True when a table or a column of ours is gone."""
    looked = inspect(connection)
    there = set(looked.get_table_names())
    for table in metadata.tables.values():
        if table.name not in there:
            return True
        if not set(table.c.keys()) <= {column["name"] for column in looked.get_columns(table.name)}:
            return True
    return False


def integrity(connection: Connection) -> bool:
    """Every table and column is there, and the database's own check: pages and
    references on SQLite, every index valid on PostgreSQL."""
    try:
        if _incomplete(connection):
            return False
        if connection.dialect.name == "sqlite":
            said = connection.execute(text("PRAGMA integrity_check(5)")).scalars().all()
            loose = connection.execute(text("PRAGMA foreign_key_check")).first()
            return list(said) == ["ok"] and loose is None
        broken = connection.execute(text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).scalar_one()
        return int(broken) == 0
    except Refusal as refusal:
        if refusal.code == "db_corrupt":
            return False
        raise
