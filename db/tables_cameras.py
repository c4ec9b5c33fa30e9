"""The schema, third part: what is counted about cameras day by day, and what was
changed about them."""

from __future__ import annotations

from sqlalchemy import Column, Float, String, Table

from db.columns import count, instant, json_text, serial_id, words
from db.tables import metadata

#: One camera on one local day as one workstation saw it. Seconds and falls
#: only grow; availability is ``live_s / watched_s`` over all seats.
camera_day = Table(
    "camera_day",
    metadata,
    Column("camera", String(80), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("seat", String(80), primary_key=True),
    Column("watched_s", Float(53), nullable=False, server_default="0"),
    Column("live_s", Float(53), nullable=False, server_default="0"),
    count("flaps"),
    words("last_reason"),
    instant("last_bad_at"),
)

#: When somebody last really saw a camera, by whom and where.
camera_seen = Table(
    "camera_seen",
    metadata,
    Column("camera", String(80), primary_key=True),
    instant("seen_at", nullable=False),
    words("seen_by"),
    words("seat"),
)

#: Changes of the configuration that can be taken back: the newest only. ``rows``
#: holds the fields that changed, before and after; passwords as ciphertext.
camera_change = Table(
    "camera_change",
    metadata,
    serial_id(),
    instant("at", nullable=False),
    words("by"),
    words("what"),
    count("cameras"),
    json_text("fields"),
    instant("undone_at"),
    words("undone_by"),
    json_text("rows"),
)
