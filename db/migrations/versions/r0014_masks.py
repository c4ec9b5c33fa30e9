"""Privacy masks of cameras.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from db.migrations import r0014_masks

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more column."""
    r0014_masks.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
