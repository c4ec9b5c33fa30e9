"""Everything of the first release: tables, search index, triggers, first rows.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

from alembic import op

from db import search, triggers
from db.migrations import r0001_cases, r0001_reference

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From an empty database."""
    dialect = op.get_bind().dialect.name
    r0001_cases.create()
    r0001_reference.create()
    for statement in search.DDL[dialect]:
        op.execute(statement)
    op.execute(f"INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    for statement in triggers.ddl(dialect):
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before; a backup is the way back."""
    raise RuntimeError("restore a backup instead")
