"""Sixteenth revision: changes of the cameras that can be taken back, as it was when it
was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, counts, json_text, stamps, texts, times


def create() -> None:
    """One table; its rows are few and read by number."""
    op.create_table(
        "camera_change",
        sa.Column("id", KEY, nullable=False),
        *stamps("at"),
        *texts("by what"),
        *counts("cameras"),
        json_text("fields", "[]"),
        *times("undone_at"),
        *texts("undone_by"),
        json_text("rows", "[]"),
        sa.PrimaryKeyConstraint("id", name="pk_camera_change"),
    )
