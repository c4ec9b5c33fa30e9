"""Thirteenth revision: on SQLite the search index keeps no text of its own."""

from __future__ import annotations

from alembic import op

from db import search


def create() -> None:
    """Build the index anew from the tokens the old one has kept."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(search.SQLITE_DDL.format(name="case_search_new"))
    op.execute("INSERT INTO case_search_new(rowid, tokens) SELECT rowid, tokens FROM case_search")
    op.execute("DROP TABLE case_search")
    op.execute("ALTER TABLE case_search_new RENAME TO case_search")
