"""Shifts and the callers of their logs.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from db.migrations import r0009_shifts

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two more tables."""
    r0009_shifts.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
