"""Months of cases at once, by the databases' own bulk ways.

The same rows as the repositories write: rows come from the same functions, the
chain from the same domain, and ``db check`` knows no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import select, text, update

from console.domain import chain, figure_row
from console.domain.model import Approval, Case, EventDraft
from console.services.bulk import PackedCase, PackedEvent, Packer
from db import search
from db.repositories import case_rows
from db.repositories.base import Repository
from db.repositories.cases import take_numbers
from db.repositories.figures import Figures
from db.tables import case_counter, case_file, chain_head, deadline
from db.types import dump_json, to_micros

#: Columns of a case; the first three are known only when it is stored.
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
_CASE_VALUES: Final = itemgetter(*_CASE[3:])
_CLOCK_VALUES: Final = itemgetter(*_CLOCK[1:])
_AS_THEY_ARE: Final = frozenset({str, int, bool, float, type(None)})
#: Page cache of SQLite while much is written, in KiB: the indexes of a million
#: cases do not fit into its usual two megabytes.
_CACHE_KIB: Final = 262_144


def pack(sqlite: bool, case: Case, drafts: Sequence[EventDraft]) -> PackedCase:
    """Cut one case and its events into rows."""
    row = case_rows.case_row(case)
    clocks = [case_rows.clock_row(case, pos) for pos in range(len(case.deadlines))]
    said = search.said_in(drafts).get(case.id, "")
    words = search.words_of(case)
    fact = figure_row.fact_of(case)
    return PackedCase(
        row=_cut(sqlite, _CASE_VALUES(row)),
        clocks=tuple(_cut(sqlite, _CLOCK_VALUES(clock)) for clock in clocks),
        teams=case.teams,
        tokens=tuple(search.tokens_of(words, said)),
        said=said,
        events=tuple(pack_event(sqlite, draft) for draft in drafts),
        figure=_cut(sqlite, (*figure_row.cuts(fact), figure_row.pack(fact))),
        words=figure_row.words_of(fact),
    )


def pack_event(sqlite: bool, draft: EventDraft) -> PackedEvent:
    """Cut one event."""
    head, rest, data = chain.pieces(draft)
    at, recorded = _plain(sqlite, draft.at), _plain(sqlite, draft.recorded_at)
    row = (at, recorded, draft.actor, str(draft.action), data, chain.SHAPE)
    return PackedEvent(draft.recorded_at, head, rest, row)


def _cut(sqlite: bool, values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple([value if type(value) in _AS_THEY_ARE else _plain(sqlite, value) for value in values])


def _plain(sqlite: bool, value: Any) -> Any:
    """The driver's own value of a field."""
    if isinstance(value, datetime):
        return to_micros(value) if sqlite else value
    if isinstance(value, str):
        return str(value)
    return value


class Bulk(Repository):
    """Implements ``BulkStore``."""

    @property
    def _sqlite(self) -> bool:
        return self._dialect == "sqlite"

    def packer(self) -> Packer:
        """:func:`pack` for this database."""
        return partial(pack, self._sqlite)

    def roomy(self) -> None:
        """A large page cache on SQLite; PostgreSQL has its own."""
        if self._sqlite:
            self._db.execute(text(f"PRAGMA cache_size=-{_CACHE_KIB}"))

    def put(self, packs: Sequence[PackedCase], local_date: str) -> tuple[str, ...]:
        """Store cases of one day with clocks, teams and search tokens."""
        if not packs:
            return ()
        self._touch("case")
        first = take_numbers(self._db, self._insert(case_counter), local_date, len(packs)) - len(packs) + 1
        ids = tuple(f"{local_date}-{number:04d}" for number in range(first, first + len(packs)))
        pairs = list(zip(ids, packs, strict=True))
        self._many("case_file", _CASE, [
            (case_id, local_date, first + n, *item.row) for n, (case_id, item) in enumerate(pairs)
        ])  # fmt: skip
        self._many("deadline", _CLOCK, [(i, *clock) for i, item in pairs for clock in item.clocks])
        teams = [(i, pos, team) for i, item in pairs for pos, team in enumerate(item.teams)]
        self._many("case_team", ("case_id", "pos", "team"), teams)
        self._many("case_said", ("case_id", "words"), [(i, item.said) for i, item in pairs if item.said])
        self._index(pairs)
        self._figures(pairs)
        return ids

    def _figures(self, pairs: Sequence[tuple[str, PackedCase]]) -> None:
        """The packed rows, now that their numbers are known."""
        Figures(self._db, self._touch).put_words({word for _, item in pairs for word in item.words})
        rows = []
        for case_id, item in pairs:
            key = search.row_key(case_id)
            *cuts, packed = item.figure
            rows.append((key, *cuts, figure_row.keyed(packed, key)))
        self._many("case_figure", _FIGURE, rows)

    def _index(self, pairs: Sequence[tuple[str, PackedCase]]) -> None:
        cut = [(i, sorted(search.tokens(i) | set(item.tokens))) for i, item in pairs]
        if self._sqlite:
            rows = [(search.row_key(i), " ".join(tokens)) for i, tokens in cut]
            self._many("case_search", ("rowid", "tokens"), rows)
            return
        put = text(
            "INSERT INTO case_search(case_id, key, tokens) VALUES (:id, :key, array_to_tsvector(:tokens))"
        )
        self._db.execute(put, [{"id": i, "key": search.row_key(i), "tokens": t} for i, t in cut])

    def chain(self, events: Sequence[tuple[str, PackedEvent]]) -> None:
        """Number, hash and store events; the head follows."""
        if not events:
            return
        self._touch("case")
        head = self._db.execute(select(chain_head.c.seq, chain_head.c.hash).with_for_update()).one()
        seq, previous = int(head.seq), str(head.hash)
        rows = []
        for case_id, item in events:
            seq += 1
            digest = chain.seal(previous, seq, case_id, item.head, item.rest)
            rows.append((seq, previous, digest, case_id, *item.row))
            previous = digest
        self._many("event", _EVENT, rows)
        self._db.execute(update(chain_head).values(seq=seq, hash=previous))

    def pack_event(self, draft: EventDraft) -> PackedEvent:
        """One event cut for this database."""
        return pack_event(self._sqlite, draft)

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
            times = _plain(self._sqlite, item.asked_at), _plain(self._sqlite, item.answered_at)
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
