"""The index of the audit log.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from db.migrations import r0015_audit

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table."""
    r0015_audit.create()


def downgrade() -> None:
    """A backup is the way back."""
    raise RuntimeError("restore a backup instead")
