"""Second revision: what is counted about cameras, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import counts, stamps, texts, times


def create() -> None:
    """Create both tables."""
    op.create_table(
        "camera_day",
        sa.Column("camera", sa.String(80), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("seat", sa.String(80), nullable=False),
        sa.Column("watched_s", sa.Float(53), nullable=False, server_default="0"),
        sa.Column("live_s", sa.Float(53), nullable=False, server_default="0"),
        *counts("flaps"),
        *texts("last_reason"),
        *times("last_bad_at"),
        sa.PrimaryKeyConstraint("camera", "day", "seat", name="pk_camera_day"),
    )
    op.create_table(
        "camera_seen",
        sa.Column("camera", sa.String(80), nullable=False),
        *stamps("seen_at"),
        *texts("seen_by seat"),
        sa.PrimaryKeyConstraint("camera", name="pk_camera_seen"),
    )
