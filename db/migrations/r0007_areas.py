"""Seventh revision: limits by the grade of an area, and finding the supervised
cases that wait for a reply, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import json_text, texts


def create() -> None:
    """A condition may hold a limit for each grade and say in English what not
    to file; a place has a grade; a case keeps the one its limit was taken from."""
    op.add_column("condition", json_text("grade_limits", "[]"))
    for column in texts("not_to_file_en"):
        op.add_column("condition", column)
    for column in texts("grade"):
        op.add_column("place", column)
    for column in texts("limit_grade"):
        op.add_column("case_file", column)
    op.create_index(
        "ix_case_file_reply_by",
        "case_file",
        ["reply_by"],
        sqlite_where=sa.text("reply_by IS NOT NULL"),
        postgresql_where=sa.text("reply_by IS NOT NULL"),
    )
