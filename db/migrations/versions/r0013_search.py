"""A search index that takes a fifth of the room.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from db.migrations import r0013_search

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index is built anew."""
    r0013_search.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
