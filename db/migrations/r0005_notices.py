"""Fifth revision: notices to people who are not here, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, counts, json_text, stamps, texts, times


def create() -> None:
    """Create the table, the index that keeps a notice single, and the index of
    what waits."""
    op.create_table(
        "notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("alarm", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("severity", sa.String(24), nullable=False),
        *texts("channel target address state"),
        json_text("facts", "{}"),
        *stamps("made_at"),
        *times("ring_at"),
        *counts("attempts"),
        *times("next_at"),
        *texts("lease_by"),
        *times("lease_until done_at"),
        *texts("reason"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("uq_notice_key", "notice", ["key"], unique=True)
    waits = sa.text("next_at IS NOT NULL")
    op.create_index("ix_notice_next_at", "notice", ["next_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_notice_alarm", "notice", ["alarm"])
    # The alarms that ring are asked for every other second.
    raised = sa.text("state = 'raised'")
    op.create_index("ix_alarm_raised", "alarm", ["raised_at"], sqlite_where=raised, postgresql_where=raised)
