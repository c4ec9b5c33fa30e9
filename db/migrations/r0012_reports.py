"""Twelfth revision: reports made by a plan, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, counts, json_text, stamps, texts, times


def create() -> None:
    """Create the table, the index that keeps a period's report single, and the
    order in which they are listed."""
    op.create_table(
        "report_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("plan", sa.String(40), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        *texts("kind"),
        *stamps("start_at end_at"),
        *texts("state"),
        *counts("attempts"),
        *texts("lease_by"),
        *times("lease_until next_at made_at"),
        json_text("files", "[]"),
        json_text("sent", "[]"),
        json_text("error", "{}"),
        sa.PrimaryKeyConstraint("id", name="pk_report_run"),
    )
    op.create_index("uq_report_run_plan_period", "report_run", ["plan", "period"], unique=True)
    op.create_index("ix_report_run_end_at", "report_run", ["end_at"])
