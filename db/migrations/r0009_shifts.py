"""Ninth revision: shifts and the callers of their logs, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import count, counts, stamps, texts, times


def create() -> None:
    """Create two tables."""
    op.create_table(
        "shift",
        sa.Column("id", sa.String(20), nullable=False),
        *texts("kind zh en"),
        *stamps("start_at end_at"),
        *texts("stage"),
        *stamps("opened_at"),
        *texts("opened_by off_by"),
        *times("off_at"),
        *texts("on_by"),
        *times("on_at"),
        *texts("objection"),
        *counts("events addenda"),
        count("version", "1"),
        sa.PrimaryKeyConstraint("id", name="pk_shift"),
    )
    op.create_index("ix_shift_start_at", "shift", ["start_at"])
    op.create_index("ix_shift_stage", "shift", ["stage"])
    op.create_table(
        "shift_person",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("shift_id", sa.String(20), nullable=False),
        *texts("name_sealed phone_sealed"),
        *stamps("added_at"),
        sa.PrimaryKeyConstraint("id", name="pk_shift_person"),
    )
    op.create_index("ix_shift_person_shift_id", "shift_person", ["shift_id"])
    op.create_index("ix_shift_person_added_at", "shift_person", ["added_at"])
