"""What the figures read: one packed row a case, and the words they are grouped by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table

from db.columns import instant, words
from db.tables import metadata

_KEY = BigInteger().with_variant(Integer(), "sqlite")

#: ``key`` is the number of a case (``db.search.row_key``): rows lie in the
#: order in which cases were opened, and an index on a cut holds nothing but
#: the cut and the number. The cuts are null where a case counts in no period.
case_figure = Table(
    "case_figure",
    metadata,
    Column("key", _KEY, primary_key=True, autoincrement=False),
    instant("reported_cut"),
    instant("filed_cut"),
    instant("due_cut"),
    instant("closed_cut"),
    Column("packed", LargeBinary, nullable=False),
    Index(None, "reported_cut"),
    Index(None, "filed_cut"),
    Index(None, "due_cut"),
    Index(None, "closed_cut"),
)

#: ``id`` is ``console.domain.figure_row.word`` of the text.
figure_word = Table(
    "figure_word",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=False),
    words("word"),
)
