"""The schema, seventh part: shifts, and the callers named in their logs."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from db.columns import count, instant, words
from db.tables import metadata

#: One row a shift, for lists and for comparing with its events, which are the
#: log itself (``console.domain.shift_log``).
shift = Table(
    "shift",
    metadata,
    Column("id", String(20), primary_key=True),
    words("kind"),
    words("zh"),
    words("en"),
    instant("start_at", nullable=False),
    instant("end_at", nullable=False),
    words("stage"),
    instant("opened_at", nullable=False),
    words("opened_by"),
    words("off_by"),
    instant("off_at"),
    words("on_by"),
    instant("on_at"),
    words("objection"),
    count("events"),
    count("addenda"),
    count("version", 1),
    Index(None, "start_at"),
    Index(None, "stage"),
)

#: A caller of the telephone log: sealed, and erased like a case's reporter.
shift_person = Table(
    "shift_person",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("shift_id", String(20), nullable=False),
    words("name_sealed"),
    words("phone_sealed"),
    instant("added_at", nullable=False),
    Index(None, "shift_id"),
    Index(None, "added_at"),
)
