"""Limits by the grade of an area.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from db.migrations import r0007_areas

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four more columns, and an index."""
    r0007_areas.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
