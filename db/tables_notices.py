"""The schema, fifth part: notices that go out to people who are not here."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, text

from console.domain.vocabulary import Severity
from db.columns import count, instant, json_text, serial_id, words
from db.tables import metadata
from db.types import Word

#: One row for every channel and address of an escalation step. The unique key
#: keeps two programs from calling the same person twice.
notice = Table(
    "notice",
    metadata,
    serial_id(),
    Column("key", String(160), nullable=False),
    Column("alarm", BigInteger, nullable=False, server_default="0"),
    Column("severity", Word(Severity), nullable=False),
    words("channel"),
    words("target"),
    words("address"),
    words("state"),
    json_text("facts", "{}"),
    instant("made_at", nullable=False),
    instant("ring_at"),
    count("attempts"),
    # When it is tried next; empty once it is over.
    instant("next_at"),
    words("lease_by"),
    instant("lease_until"),
    instant("done_at"),
    words("reason"),
    Index("uq_notice_key", "key", unique=True),
    Index(
        "ix_notice_next_at",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
    Index("ix_notice_alarm", "alarm"),
)
