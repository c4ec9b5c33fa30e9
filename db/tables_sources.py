"""The schema, sixth part: what is wrong now besides cases, and the site's thresholds."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from console.domain.vocabulary import DeadlineKind, SourceKind
from db.columns import count, flag, instant, json_text, serial_id, words
from db.tables import metadata
from db.types import Word

#: One row for everything that somebody who watches sees wrong, or has seen
#: wrong a moment ago: what delays, counts and folds is computed from it.
alarm_condition = Table(
    "alarm_condition",
    metadata,
    Column("watcher", String(40), primary_key=True),
    Column("kind", Word(SourceKind), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("code", String(40), primary_key=True),
    words("segment"),
    instant("since", nullable=False),
    instant("gone_at"),
    json_text("onsets"),
    flag("active"),
    flag("unstable"),
    instant("steady_at"),
    json_text("facts", "{}"),
    instant("facts_at"),
)

#: One row: grows with every change of the table above or of its rules, and is
#: locked by whoever changes them.
alarm_watch = Table(
    "alarm_watch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    count("version"),
)

#: When clocks ring: a version once stored stays; the newest that has begun holds.
threshold = Table(
    "threshold",
    metadata,
    serial_id(),
    Column("clock", Word(DeadlineKind), nullable=False),
    Column("step", String(12), nullable=False),
    Column("category", String(60), nullable=False, server_default=""),
    Column("community", String(80), nullable=False, server_default=""),
    Column("hours", String(12), nullable=False, server_default=""),
    count("version", 1),
    count("percent"),
    count("left_s"),
    words("severity"),
    instant("valid_from", nullable=False),
    words("set_by"),
    UniqueConstraint("clock", "step", "category", "community", "hours", "version"),
)
