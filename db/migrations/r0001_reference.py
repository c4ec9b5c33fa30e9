"""First revision: reference data, cameras, people and the change log, as they were when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, count, flag, flags, json_text, stamps, texts, times


def create() -> None:
    """Create the tables with their indexes."""
    _account()
    _approval()
    _calendar_row()
    _camera()
    _category()
    _change_log()
    _condition()
    _place()
    _promise()
    _team()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(80), nullable=False),
        *texts("display_zh display_en"),
        sa.Column("role", sa.String(24), nullable=False),
        *texts("password_hash team"),
        *flags("disabled"),
        count("version", "1"),
        sa.PrimaryKeyConstraint("name", name="pk_account"),
    )


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("case_id", sa.String(20), nullable=False),
        sa.Column("action", sa.String(24), nullable=False),
        *texts("asked_by"),
        *stamps("asked_at"),
        *texts("reason"),
        json_text("command", "{}"),
        sa.Column("state", sa.String(12), nullable=False, server_default="waiting"),
        *texts("answered_by"),
        *times("answered_at"),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
    )
    op.create_index("ix_approval_case_id", "approval", ["case_id"])
    op.create_index("ix_approval_state", "approval", ["state"])


def _calendar_row() -> None:
    op.create_table(
        "calendar_row",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("type", sa.String(12), nullable=False),
        *texts("from to start end name"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_row"),
        sa.UniqueConstraint(
            "type", "from", "to", "start", "end", name="uq_calendar_row_type_from_to_start_end"
        ),
    )


def _camera() -> None:
    op.create_table(
        "camera",
        sa.Column("id", sa.String(80), nullable=False),
        *texts("name url url_sub username secret vendor host"),
        *texts("channel community road grid"),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("bearing", sa.Float(53), nullable=True),
        json_text("groups", "[]"),
        *texts("segment owner note"),
        flag("enabled", "true"),
        count("version", "1"),
        sa.PrimaryKeyConstraint("id", name="pk_camera"),
    )


def _category() -> None:
    op.create_table(
        "category",
        sa.Column("standard", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        *texts("code_2013 big_zh big_en name_zh name_en note"),
        sa.PrimaryKeyConstraint("standard", "kind", "code", name="pk_category"),
    )


def _change_log() -> None:
    op.create_table(
        "change_log",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        *texts("kinds origin"),
        sa.PrimaryKeyConstraint("id", name="pk_change_log"),
    )


def _condition() -> None:
    op.create_table(
        "condition",
        sa.Column("condition_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("standard", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        *texts("code_2013 name_zh name_en condition_zh condition_en"),
        sa.Column("limit_value", sa.Integer, nullable=False),
        sa.Column("limit_unit", sa.String(24), nullable=False),
        *texts("closing_zh closing_en team team_also not_to_file limit_source"),
        *stamps("valid_from"),
        flag("active", "true"),
        sa.PrimaryKeyConstraint("condition_id", "version", name="pk_condition"),
    )
    op.create_index("ix_condition_code", "condition", ["code"])


def _place() -> None:
    op.create_table(
        "place",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", sa.String(80), nullable=False),
        *texts("name_zh name_en parent"),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        *texts("wkt"),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_place"),
    )


def _promise() -> None:
    op.create_table(
        "promise",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(24), nullable=False),
        *times("valid_from"),
        json_text("scope", "{}"),
        sa.PrimaryKeyConstraint("id", name="pk_promise"),
        sa.UniqueConstraint("kind", "version", "scope", name="uq_promise_kind_version_scope"),
    )


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.String(40), nullable=False),
        *texts("name_zh name_en"),
        sa.Column("own", sa.Boolean, nullable=False),
        json_text("communities", "[]"),
        json_text("categories", "[]"),
        *texts("leader phone"),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
    )
