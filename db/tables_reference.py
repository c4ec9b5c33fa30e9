"""The schema, second half: reference data, cameras, people, and the change log."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, UniqueConstraint

from console.domain.vocabulary import Action, Role, Unit
from db.columns import count, flag, instant, json_text, serial_id, words
from db.tables import metadata
from db.types import Word

category = Table(
    "category",
    metadata,
    Column("standard", String(40), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("code", String(20), primary_key=True),
    words("code_2013"),
    words("big_zh"),
    words("big_en"),
    words("name_zh"),
    words("name_en"),
    words("note"),
)

#: Versions of the filing standard's rows; a version once stored stays.
condition = Table(
    "condition",
    metadata,
    Column("condition_id", String(40), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("standard", String(40), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("code", String(20), nullable=False),
    words("code_2013"),
    words("name_zh"),
    words("name_en"),
    words("condition_zh"),
    words("condition_en"),
    Column("limit_value", Integer, nullable=False),
    Column("limit_unit", Word(Unit), nullable=False),
    words("closing_zh"),
    words("closing_en"),
    words("team"),
    words("team_also"),
    words("not_to_file"),
    words("limit_source"),
    instant("valid_from", nullable=False),
    flag("active", True),
    # Limits of their own for areas of a grade: [[grade, value, unit], …].
    json_text("grade_limits"),
    words("not_to_file_en"),
    Index(None, "code"),
)

team = Table(
    "team",
    metadata,
    Column("id", String(40), primary_key=True),
    words("name_zh"),
    words("name_en"),
    Column("own", Boolean, nullable=False),
    json_text("communities"),
    json_text("categories"),
    words("leader"),
    words("phone"),
)

place = Table(
    "place",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("id", String(80), primary_key=True),
    words("name_zh"),
    words("name_en"),
    words("parent"),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    words("wkt"),
    words("grade"),
)

calendar_row = Table(
    "calendar_row",
    metadata,
    serial_id(),
    Column("type", String(12), nullable=False),
    words("from"),
    words("to"),
    words("start"),
    words("end"),
    words("name"),
    UniqueConstraint("type", "from", "to", "start", "end"),
)

#: Limits of the promises, by version; ``scope`` holds what narrows one
#: (category, area, hour) as JSON, ``{}`` for the whole site.
promise = Table(
    "promise",
    metadata,
    serial_id(),
    Column("kind", String(20), nullable=False),
    Column("version", String(40), nullable=False),
    Column("value", Integer, nullable=False),
    Column("unit", Word(Unit), nullable=False),
    instant("valid_from"),
    json_text("scope", "{}"),
    UniqueConstraint("kind", "version", "scope"),
)

camera = Table(
    "camera",
    metadata,
    Column("id", String(80), primary_key=True),
    words("name"),
    words("url"),
    words("url_sub"),
    words("username"),
    words("secret"),
    words("vendor"),
    words("host"),
    words("channel"),
    words("community"),
    words("road"),
    words("grid"),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    Column("bearing", Float(53)),
    json_text("groups"),
    words("segment"),
    words("owner"),
    words("note"),
    flag("enabled", True),
    count("version", 1),
    json_text("masks"),
)

account = Table(
    "account",
    metadata,
    Column("name", String(80), primary_key=True),
    words("display_zh"),
    words("display_en"),
    Column("role", Word(Role), nullable=False),
    words("password_hash"),
    words("team"),
    flag("disabled"),
    count("version", 1),
)

approval = Table(
    "approval",
    metadata,
    serial_id(),
    Column("case_id", String(20), nullable=False, index=True),
    Column("action", Word(Action), nullable=False),
    words("asked_by"),
    instant("asked_at", nullable=False),
    words("reason"),
    json_text("command", "{}"),
    Column("state", String(12), nullable=False, server_default="waiting"),
    words("answered_by"),
    instant("answered_at"),
    Index(None, "state"),
)

#: What changed, for other processes on the same SQLite file (PostgreSQL sends
#: notifications instead). Only the newest rows are kept.
change_log = Table(
    "change_log",
    metadata,
    serial_id(),
    words("kinds"),
    words("origin"),
)
