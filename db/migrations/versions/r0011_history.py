"""What a shift looked like.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from db.migrations import r0011_history

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table, a column, and indexes."""
    r0011_history.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
