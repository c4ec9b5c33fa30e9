"""Fifteenth revision: the index of the audit log, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import json_text, stamps, texts


def create() -> None:
    """Create the table and the orders in which it is read."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *stamps("at"),
        *texts("actor seat"),
        sa.Column("kind", sa.String(24), nullable=False),
        json_text("facts", "{}"),
        *texts("said"),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_kind_at", "audit_entry", ["kind", "at"])
