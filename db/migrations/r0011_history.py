"""Eleventh revision: what a shift looked like, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, json_text, stamps, texts, times


def create() -> None:
    """A table of what hung on the walls; an alarm's event tells how long it was
    promised or shelved for; a shift of long ago is found without reading all."""
    op.create_table(
        "wall_change",
        sa.Column("id", KEY, nullable=False),
        *stamps("at"),
        *texts("actor"),
        sa.Column("seat", sa.String(80), nullable=False),
        sa.Column("wall", sa.String(40), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        json_text("hung", "{}"),
        sa.PrimaryKeyConstraint("id", name="pk_wall_change"),
    )
    op.create_index("ix_wall_change_at", "wall_change", ["at"])
    op.create_index("ix_wall_change_seat_wall_at", "wall_change", ["seat", "wall", "at"])
    for column in times("until"):
        op.add_column("alarm_event", column)
    op.create_index("ix_alarm_event_at", "alarm_event", ["at"])
    op.create_index("ix_alarm_cleared_at", "alarm", ["cleared_at"])
    op.create_index("ix_case_file_ended_at_opened_at", "case_file", ["ended_at", "opened_at"])
