"""Tenth revision: samples of ended cases, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import count, counts, json_text, stamps, texts, times


def create() -> None:
    """Create two tables, and an index of what ended without being closed."""
    op.create_table(
        "review_draw",
        sa.Column("week", sa.String(8), nullable=False),
        *stamps("drawn_at"),
        *texts("drawn_by seed"),
        sa.Column("seed_seq", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("least", sa.Integer, nullable=False),
        json_text("pool", "{}"),
        *texts("pool_sha256"),
        sa.PrimaryKeyConstraint("week", name="pk_review_draw"),
    )
    op.create_table(
        "review_item",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("case_id", sa.String(20), nullable=False),
        sa.Column("officer", sa.String(120), nullable=False),
        json_text("parts", "[]"),
        sa.Column("standing", sa.String(12), nullable=False),
        *texts("verdict reviewer"),
        *times("given_at"),
        json_text("answers", "{}"),
        *counts("checklist"),
        *texts("words dispute"),
        *times("disputed_at"),
        *texts("second second_by"),
        *times("second_at"),
        *texts("second_words"),
        count("version", "1"),
        sa.PrimaryKeyConstraint("id", name="pk_review_item"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_review_item_case_id_case_file"),
    )
    unique = ["week", "officer", "case_id"]
    op.create_index("ix_review_item_week_officer_case_id", "review_item", unique, unique=True)
    op.create_index("ix_review_item_officer_week", "review_item", ["officer", "week"])
    op.create_index("ix_review_item_case_id", "review_item", ["case_id"])
    unclosed = sa.text("closed_at IS NULL AND ended_at IS NOT NULL")
    op.create_index(
        "ix_case_file_unclosed_end",
        "case_file",
        ["ended_at"],
        sqlite_where=unclosed,
        postgresql_where=unclosed,
    )
