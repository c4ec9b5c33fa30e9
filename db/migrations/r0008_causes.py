"""Eighth revision: why a promise was broken, coded when the case is closed."""

from __future__ import annotations

from alembic import op

from db.migrations.columns import texts


def create() -> None:
    """A closed case may have a cause and words beside it."""
    for column in texts("breach_cause breach_words"):
        op.add_column("case_file", column)
