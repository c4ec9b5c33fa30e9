"""Third revision: how cases came in, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import texts, times


def create() -> None:
    """Create the table and the index that keeps a row of a list single."""
    op.create_table(
        "case_intake",
        sa.Column("case_id", sa.String(20), nullable=False),
        *texts("origin_key external told_condition callback"),
        *times("called_at"),
        *texts("called_by"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_intake_case_id_case_file"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_intake"),
    )
    op.create_index(
        "uq_case_intake_origin_key",
        "case_intake",
        ["origin_key"],
        unique=True,
        sqlite_where=sa.text("origin_key <> ''"),
        postgresql_where=sa.text("origin_key <> ''"),
    )
