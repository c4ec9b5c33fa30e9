"""Months of cases at once, by the databases' own bulk ways.

The same rows as the repositories write: rows come from the same functions, the
chain from the same domain, and ``db check`` knows no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import select, text, update

from console.domain import chain, figure_row
from console.domain.model import Approval, Case
from console.services.bulk import Finished, Packed, PackedEvent, Told
from db import search
from db.repositories import case_rows
from db.repositories.audit import index_bodies
from db.repositories.base import Repository, chunks
from db.repositories.cases import take_numbers
from db.repositories.figures import Figures
from db.squeeze import squeeze
from db.tables import case_counter, case_file, chain_head, deadline
from db.types import dump_json, to_micros

#: Columns of a case; the first three are not in its own row's values.
_FIRST: Final = ("id", "day", "number")
_CASE: Final = (*_FIRST, *(c.name for c in case_file.columns if c.name not in _FIRST))
#: Columns of a clock without those that begin at their default.
_CLOCK: Final = (
    "case_id",
    *(c.name for c in deadline.columns if c.name not in ("case_id", "swept", "swept_version")),
)
_EVENT: Final = ("seq", "prev_hash", "hash", "case_id", "at", "recorded_at", "actor", "action", "data", "v")
_ASKED: Final = (
    "id", "case_id", "action", "asked_by", "asked_at", "reason", "command", "state", "answered_by",
    "answered_at",
)  # fmt: skip
_FIGURE: Final = ("key", "reported_cut", "filed_cut", "due_cut", "closed_cut", "packed")
#: What a bundle of cases fills, in the order in which it may be filled.
_TABLES: Final[Mapping[str, Sequence[str]]] = {
    "case_file": _CASE,
    "deadline": _CLOCK,
    "case_team": ("case_id", "pos", "team"),
    "case_link": ("case_id", "pos", "other", "kind"),
    "case_said": ("case_id", "words"),
    "case_figure": _FIGURE,
    "case_search": ("rowid", "tokens"),
}
#: Where the data stands in an event's row after number and hashes.
_DATA: Final = _EVENT.index("data") - 3
#: What a request without a number looks like in an event.
_NOUGHT: Final = '"request":0'
_CASE_VALUES: Final = itemgetter(*_CASE[3:])
_CLOCK_VALUES: Final = itemgetter(*_CLOCK[1:])
_AS_THEY_ARE: Final = frozenset({str, int, bool, float, type(None)})
#: Page cache of SQLite while much is written, in KiB: the indexes of a million
#: cases do not fit into its usual two megabytes.
_CACHE_KIB: Final = 262_144
#: Parts of FTS5's index of one level that are merged as it grows (its default);
#: none while much comes: sixteen is then the bound, and all are merged at the end.
_AUTOMERGE: Final = 4
_MERGE: Final = text("INSERT INTO case_search(case_search, rank) VALUES ('automerge', :at)")


@dataclass(frozen=True, slots=True)
class RowPacker:
    """Implements ``Packer``: rows as the driver takes them, the data of events
    ``squeezed`` where there are many."""

    sqlite: bool
    squeezed: bool = False

    def __call__(self, cases: Sequence[Finished], day: str, first: int) -> Packed:
        """Cut cases, which are numbered from ``first`` on."""
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _TABLES}
        events: list[PackedEvent] = []
        requests: list[Approval] = []
        words: set[str] = set()
        for number, item in enumerate(cases, first):
            self._case(rows, item.case, (item.case.id, day, number))
            self._found(rows, item)
            fact = figure_row.fact_of(item.case)
            key = search.row_key(item.case.id)
            figure = figure_row.keyed(figure_row.pack(fact), key)
            rows["case_figure"].append((key, *_cut(self.sqlite, figure_row.cuts(fact)), figure))
            words.update(figure_row.words_of(fact))
            if item.request is not None:
                requests.append(item.request)
            request = len(requests) if item.request is not None else 0
            for told in item.told:
                events.append(self.event(told, item.case.id, request if told.asks else 0))
        return Packed(rows, events, frozenset(words), requests)

    def _case(self, rows: Mapping[str, list[tuple[Any, ...]]], case: Case, first: tuple[Any, ...]) -> None:
        rows["case_file"].append((*first, *_cut(self.sqlite, _CASE_VALUES(case_rows.case_row(case)))))
        for pos in range(len(case.deadlines)):
            clock = _CLOCK_VALUES(case_rows.clock_row(case, pos))
            rows["deadline"].append((case.id, *_cut(self.sqlite, clock)))
        rows["case_team"].extend((case.id, pos, team) for pos, team in enumerate(case.teams))
        rows["case_link"].extend((case.id, pos, str(to.id), to.kind) for pos, to in enumerate(case.links))

    def _found(self, rows: Mapping[str, list[tuple[Any, ...]]], item: Finished) -> None:
        """What the case is found by."""
        case_id = item.case.id
        said = search.said_by(word for told in item.told for word in told.words)
        if said:
            rows["case_said"].append((case_id, said))
        tokens = search.tokens_of(search.words_of(item.case), said)
        key = search.row_key(case_id)
        rows["case_search"].append((key, " ".join(tokens)) if self.sqlite else (case_id, key, tokens))

    def event(self, told: Told, case_id: str, request: int = 0) -> PackedEvent:
        """Cut one event; one that waits for the number of its request keeps
        its data as text until then."""
        then = to_micros(told.recorded_at)
        at: Any = told.at
        recorded: Any = told.recorded_at
        if self.sqlite:
            at, recorded = then if told.at is told.recorded_at else to_micros(told.at), then
        data = told.data if request else self.data(told.data)
        row = (case_id, at, recorded, told.actor, told.action, data, chain.SHAPE)
        return PackedEvent(then, told.start.encode("utf-8"), row, request)

    def numbered(self, event: PackedEvent, number: int) -> PackedEvent:
        """The number goes where the nought stands; data is squeezed only now."""
        told = f'"request":{number}'
        start = event.start.replace(_NOUGHT.encode("ascii"), told.encode("ascii"))
        row = list(event.row)
        row[_DATA] = self.data(str(row[_DATA]).replace(_NOUGHT, told))
        return PackedEvent(event.recorded, start, tuple(row))

    def data(self, text: str) -> str | bytes:
        """The data of an event as it is stored."""
        return squeeze(text) if self.squeezed else text


def _cut(sqlite: bool, values: Iterable[Any]) -> tuple[Any, ...]:
    if not sqlite:
        return tuple([value if type(value) in _AS_THEY_ARE else _plain(value) for value in values])
    return tuple(
        [
            value
            if (kind := type(value)) in _AS_THEY_ARE
            else to_micros(value)
            if kind is datetime
            else _plain(value)
            for value in values
        ]
    )


def _plain(value: Any) -> Any:
    """The driver's own value of a field: a word of a closed list as text."""
    return str(value) if isinstance(value, str) else value


class Bulk(Repository):
    """Implements ``BulkStore``."""

    @property
    def _sqlite(self) -> bool:
        return self._dialect == "sqlite"

    def packer(self, many: bool = False) -> RowPacker:
        """For this database; PostgreSQL compresses by itself what is long."""
        return RowPacker(self._sqlite, many and self._sqlite)

    def begin(self) -> None:
        """On SQLite a large page cache, and a search index that merges its
        parts sixteen at a time. PostgreSQL has its own ways."""
        if self._sqlite:
            self._db.execute(text(f"PRAGMA cache_size=-{_CACHE_KIB}"))
            self._db.execute(_MERGE, {"at": 0})

    def end(self) -> None:
        """The search index becomes one piece, and merges again as it goes."""
        if self._sqlite:
            self._db.execute(_MERGE, {"at": _AUTOMERGE})
            self._db.execute(text("INSERT INTO case_search(case_search) VALUES ('optimize')"))

    def last_numbers(self, days: Sequence[str]) -> Mapping[str, int]:
        """The last number given on each day."""
        found = dict.fromkeys(days, 0)
        for part in chunks(days):
            query = select(case_counter.c.day, case_counter.c.last).where(case_counter.c.day.in_(part))
            found.update((row.day, int(row.last)) for row in self._db.execute(query))
        return found

    def take_numbers(self, day: str, count: int) -> int:
        """Take the day's next numbers."""
        return take_numbers(self._db, self._insert(case_counter), day, count) - count + 1

    def put(self, packed: Packed) -> None:
        """Store cases with all that belongs to them but their events."""
        self._touch("case")
        Figures(self._db, self._touch).put_words(packed.words)
        for table, columns in _TABLES.items():
            if table == "case_search" and not self._sqlite:
                self._index(packed.rows[table])
            else:
                self._many(table, columns, packed.rows[table])

    def _index(self, rows: Sequence[tuple[Any, ...]]) -> None:
        put = text(
            "INSERT INTO case_search(case_id, key, tokens) VALUES (:id, :key, array_to_tsvector(:tokens))"
        )
        if rows:
            self._db.execute(put, [{"id": i, "key": key, "tokens": tokens} for i, key, tokens in rows])

    def chain(self, events: Sequence[PackedEvent]) -> None:
        """Number, hash and store events; the head follows."""
        if not events:
            return
        self._touch("case")
        head = self._db.execute(select(chain_head.c.seq, chain_head.c.hash).with_for_update()).one()
        seq, previous = int(head.seq), str(head.hash)
        rows = []
        bodies = []
        for item in events:
            seq += 1
            bodies.append((seq, item.start))
            digest = chain.seal(previous, seq, item.start)
            rows.append((seq, previous, digest, *item.row))
            previous = digest
        self._many("event", _EVENT, rows)
        index_bodies(self._db, bodies)
        self._db.execute(update(chain_head).values(seq=seq, hash=previous))

    def asked(self, requests: Sequence[Approval]) -> tuple[int, ...]:
        """The next numbers of requests."""
        if not requests:
            return ()
        if self._sqlite:
            # The write lock is ours: nobody else takes these.
            last = self._db.execute(text("SELECT coalesce(max(id), 0) FROM approval")).scalar_one()
            return tuple(range(int(last) + 1, int(last) + 1 + len(requests)))
        taken = text("SELECT nextval(pg_get_serial_sequence('approval', 'id')) FROM generate_series(1, :n)")
        return tuple(int(row[0]) for row in self._db.execute(taken, {"n": len(requests)}))

    def put_asked(self, requests: Sequence[Approval]) -> None:
        """Store requests as they stand at the end of the history."""
        self._touch("approval")
        rows = []
        for item in requests:
            times = _cut(self._sqlite, (item.asked_at, item.answered_at))
            command = dump_json(dict(item.command))
            what = (item.id, item.case, str(item.action), item.asked_by, times[0], item.reason, command)
            rows.append((*what, item.state, item.answered_by, times[1]))
        self._many("approval", _ASKED, rows)

    def _many(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        names = ", ".join(columns)
        if self._sqlite:
            marks = ", ".join("?" * len(columns))
            self._db.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))
            return
        driver: Any = self._db.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
