"""The schema: the index of the audit log."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from db.columns import instant, json_text, words
from db.tables import metadata

#: One row an event of the audit log, by the event's number; made when the event
#: gets it. ``said`` is what a search looks through.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    instant("at", nullable=False),
    words("actor"),
    words("seat"),
    Column("kind", String(24), nullable=False),
    json_text("facts", "{}"),
    words("said"),
    Index(None, "at"),
    Index(None, "kind", "at"),
)
