"""What is wrong besides cases, and the site's thresholds.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from db.migrations import r0006_sources

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three more tables, and columns."""
    r0006_sources.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
