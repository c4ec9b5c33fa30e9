"""Sixth revision: what is wrong besides cases, and thresholds, as it was when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, count, counts, flags, json_text, stamps, texts, times


def create() -> None:
    """Create three tables; alarms, their events and clocks get columns."""
    _conditions()
    _thresholds()
    for column in (*texts("code"), *times("began_at"), *texts("facts")):
        op.add_column("alarm", column)
    for column in texts("code"):
        op.add_column("alarm_event", column)
    for column in texts("marks"):
        op.add_column("deadline", column)


def _conditions() -> None:
    op.create_table(
        "alarm_condition",
        sa.Column("watcher", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        *texts("segment"),
        *stamps("since"),
        *times("gone_at"),
        json_text("onsets", "[]"),
        *flags("active unstable"),
        *times("steady_at"),
        json_text("facts", "{}"),
        *times("facts_at"),
        sa.PrimaryKeyConstraint("watcher", "kind", "id", "code", name="pk_alarm_condition"),
    )
    watch = op.create_table(
        "alarm_watch",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        *counts("version"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_watch"),
    )
    op.bulk_insert(watch, [{"id": 1, "version": 0}])


def _thresholds() -> None:
    scope = ("category", 60), ("community", 80), ("hours", 12)
    op.create_table(
        "threshold",
        sa.Column("id", KEY, nullable=False),
        sa.Column("clock", sa.String(24), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        *(sa.Column(name, sa.String(size), nullable=False, server_default="") for name, size in scope),
        count("version", "1"),
        *counts("percent left_s"),
        *texts("severity"),
        *stamps("valid_from"),
        *texts("set_by"),
        sa.PrimaryKeyConstraint("id", name="pk_threshold"),
        sa.UniqueConstraint(
            "clock", "step", "category", "community", "hours", "version",
            name="uq_threshold_clock_step_category_community_hours_version",
        ),
    )  # fmt: skip
