"""Notices to people who are not here.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from db.migrations import r0005_notices

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table, and an index on the alarms that ring."""
    r0005_notices.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
