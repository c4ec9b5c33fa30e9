"""The schema, fourth part: how cases came in."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, text

from db.columns import instant, words
from db.tables import metadata

#: One row a case that was taken in by hand or from a list.
case_intake = Table(
    "case_intake",
    metadata,
    Column("case_id", String(20), ForeignKey("case_file.id"), primary_key=True),
    words("origin_key"),
    words("external"),
    words("told_condition"),
    words("callback"),
    instant("called_at"),
    words("called_by"),
    Index(
        "uq_case_intake_origin_key",
        "origin_key",
        unique=True,
        sqlite_where=text("origin_key <> ''"),
        postgresql_where=text("origin_key <> ''"),
    ),
)
