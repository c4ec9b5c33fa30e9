"""Changes of the cameras that can be taken back.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from db.migrations import r0016_camera_changes

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table."""
    r0016_camera_changes.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
