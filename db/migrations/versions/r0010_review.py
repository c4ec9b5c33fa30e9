"""Samples of ended cases.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from db.migrations import r0010_review

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and an index."""
    r0010_review.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
