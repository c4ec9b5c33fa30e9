"""Eighth revision: one packed row a case for the figures, and whether a
citizen who was called back was satisfied, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import texts, times

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create() -> None:
    """The rows are filled after the last revision, by the program that knows
    how to pack them (``db.figure_fill``). The indexes on the cuts move there:
    in a case's wide row they cost a look-up each."""
    for column in texts("call_back"):
        op.add_column("case_file", column)
    op.create_table(
        "case_figure",
        sa.Column("key", _KEY, primary_key=True, autoincrement=False),
        *times("reported_cut filed_cut due_cut closed_cut"),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    for name in ("reported_cut", "filed_cut", "due_cut", "closed_cut"):
        op.create_index(f"ix_case_figure_{name}", "case_figure", [name])
    op.create_table(
        "figure_word",
        sa.Column("id", _KEY, primary_key=True, autoincrement=False),
        *texts("word"),
    )
    for name in ("reported_cut", "filed_at", "due_cut", "closed_at"):
        op.drop_index(f"ix_case_file_{name}", "case_file")
