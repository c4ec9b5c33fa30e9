"""Availability of cameras by day, and when each was last seen.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from db.migrations import r0002_cameras

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two more tables; nothing else changes."""
    r0002_cameras.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
