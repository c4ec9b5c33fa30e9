"""What the figures read.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from db.migrations import r0008_causes, r0008_figure_rows

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three more columns of a case, and the rows the figures are counted from."""
    r0008_causes.create()
    r0008_figure_rows.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
