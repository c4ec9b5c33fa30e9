"""Packed rows of the figures: written with the case, read in bulk."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from console.domain import figure_row
from console.domain.errors import Refusal
from console.domain.model import Case, CaseFact
from db.repositories.base import Repository, chunks
from db.search import row_key
from db.tables_figures import case_figure, figure_word

CUTS: Final = {name: case_figure.c[f"{name}_cut"] for name in ("reported", "filed", "due", "closed")}
#: Up to so many cases are looked up by the index of their cut; for more the
#: table is read through, which costs a case a fifth of that.
_FEW: Final = 20_000
_BUNDLE: Final = 10_000


class Figures(Repository):
    """Implements ``FigureRepository``; the case repository writes through it."""

    def put(self, cases: Sequence[Case], known: Case | None = None) -> None:
        """Store the rows of cases as they stand; ``known`` is the one case as
        it was before, when there is one."""
        facts = [figure_row.fact_of(case) for case in cases]
        before = set(figure_row.words_of(figure_row.fact_of(known))) if known is not None else set()
        self.put_words({text for fact in facts for text in figure_row.words_of(fact)} - before)
        put = self._insert(case_figure)
        names = [column.name for column in case_figure.columns if column.name != "key"]
        put = put.on_conflict_do_update(
            index_elements=["key"], set_={name: put.excluded[name] for name in names}
        )
        self._db.execute(put, [row_of(fact, row_key(fact.id)) for fact in facts])

    def put_words(self, texts: Iterable[str]) -> None:
        """Make sure that these words have their number in the database."""
        # In order, so that two transactions cannot lock each other out.
        rows = [{"id": figure_row.word(text), "word": text} for text in sorted(texts) if text]
        if rows:
            self._db.execute(self._insert(figure_word).on_conflict_do_nothing(), rows)

    def read(self, start: datetime, end: datetime, cut: str) -> tuple[int, Iterator[bytes]]:
        """By the index of the cut when they are few, else by reading through
        the numbers between which they lie."""
        column = CUTS.get(cut)
        if column is None:
            raise Refusal("bad_usage", "cut", cut=cut)
        inside = (column >= start) & (column < end)
        key, packed = case_figure.c.key, case_figure.c.packed
        found = self._db.execute(select(func.count(), func.min(key), func.max(key)).where(inside)).one()
        many = int(found[0])
        if not many:
            return 0, iter(())
        if many <= _FEW:
            keys = sorted(self._db.execute(select(key).where(inside)).scalars())
            return many, self._by_key(keys)
        return many, self._through(select(packed).where(key.between(found[1], found[2])).order_by(key))

    def of_cases(self, ids: Sequence[str]) -> bytes:
        """Rows by case id."""
        return b"".join(self._by_key(sorted(row_key(case_id) for case_id in ids)))

    def words(self) -> dict[int, str]:
        """All words."""
        return {row.id: row.word for row in self._db.execute(select(figure_word))}

    def _by_key(self, keys: Sequence[int]) -> Iterator[bytes]:
        key, packed = case_figure.c.key, case_figure.c.packed
        for part in chunks(keys):
            rows = self._db.execute(select(packed).where(key.in_(part)).order_by(key))
            yield b"".join(rows.scalars())

    def _through(self, query: Any) -> Iterator[bytes]:
        """The driver's own cursor: a row object for each of a million rows
        would take twice as long as reading them."""
        result = self._db.execution_options(stream_results=True).execute(query)
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(_BUNDLE):
            yield b"".join([row[0] for row in rows])
        result.close()


def row_of(fact: CaseFact, key: int) -> dict[str, Any]:
    """The row of one case."""
    reported, filed, due, closed = figure_row.cuts(fact)
    return {
        "key": key,
        "reported_cut": reported,
        "filed_cut": filed,
        "due_cut": due,
        "closed_cut": closed,
        "packed": figure_row.pack(fact, key),
    }


def keys_in(rows: bytes) -> Iterator[int]:
    """Numbers of joined rows."""
    for at in range(0, len(rows), figure_row.SIZE):
        yield struct.unpack_from("<q", rows, at)[0]
