"""The schema, part of what is looked back at: what hung on the walls, and when."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from db.columns import instant, json_text, serial_id, words
from db.tables import metadata

#: One row for every change of what hangs on a wall; never changed, only added to.
wall_change = Table(
    "wall_change",
    metadata,
    serial_id(),
    instant("at", nullable=False),
    words("actor"),
    Column("seat", String(80), nullable=False),
    Column("wall", String(40), nullable=False),
    Column("what", String(12), nullable=False),
    json_text("hung", "{}"),
    Index(None, "at"),
    Index(None, "seat", "wall", "at"),
)
