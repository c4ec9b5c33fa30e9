"""Reports made by a plan.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from db.migrations import r0012_reports

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table."""
    r0012_reports.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
