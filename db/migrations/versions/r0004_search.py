"""Search by state, team and officer, and by what was said about a case.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from db.migrations import r0004_search

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table; the index is built anew."""
    r0004_search.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
