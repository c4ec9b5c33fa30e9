"""The schema: what was drawn to be looked at again, and what was found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from db.columns import count, instant, json_text, of_case, words
from db.tables import metadata

#: One draw a week.
review_draw = Table(
    "review_draw",
    metadata,
    Column("week", String(8), primary_key=True),
    instant("drawn_at", nullable=False),
    words("drawn_by"),
    words("seed"),
    Column("seed_seq", BigInteger, nullable=False, server_default="0"),
    Column("share", Integer, nullable=False),
    Column("least", Integer, nullable=False),
    json_text("pool", "{}"),
    words("pool_sha256"),
)

#: One drawn case of one person.
review_item = Table(
    "review_item",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("week", String(8), nullable=False),
    of_case(),
    Column("officer", String(120), nullable=False),
    json_text("parts"),
    Column("standing", String(12), nullable=False),
    words("verdict"),
    words("reviewer"),
    instant("given_at"),
    json_text("answers", "{}"),
    count("checklist"),
    words("words"),
    words("dispute"),
    instant("disputed_at"),
    words("second"),
    words("second_by"),
    instant("second_at"),
    words("second_words"),
    count("version", 1),
    Index(None, "week", "officer", "case_id", unique=True),
    Index(None, "officer", "week"),
    Index(None, "case_id"),
)
