"""The schema: reports that were made by a plan."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from db.columns import count, instant, json_text, serial_id, words
from db.tables import metadata

#: One row a plan and a period. The unique key keeps two programs from making
#: the same report.
report_run = Table(
    "report_run",
    metadata,
    serial_id(),
    Column("plan", String(40), nullable=False),
    Column("period", String(40), nullable=False),
    words("kind"),
    instant("start_at", nullable=False),
    instant("end_at", nullable=False),
    words("state"),
    count("attempts"),
    words("lease_by"),
    instant("lease_until"),
    instant("next_at"),
    instant("made_at"),
    json_text("files"),
    json_text("sent"),
    json_text("error", "{}"),
    Index("uq_report_run_plan_period", "plan", "period", unique=True),
    Index("ix_report_run_end_at", "end_at"),
)
