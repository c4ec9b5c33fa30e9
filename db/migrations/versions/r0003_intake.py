"""How cases came in: outside numbers, conditions named, call-backs.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from db.migrations import r0003_intake

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table; nothing else changes."""
    r0003_intake.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
