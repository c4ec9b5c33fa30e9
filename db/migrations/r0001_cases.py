"""First revision: cases, clocks, events and alarms, as they were when it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.columns import KEY, count, counts, flags, json_text, stamps, texts, times

CROSSING = sa.text(
    "threshold > 0 AND what NOT IN "
    "('acknowledged', 'expired', 'shelved', 'unshelved', 'returned', 'cleared', 'suppressed')"
)


def create() -> None:
    """Create the tables with their indexes."""
    _alarm()
    _case_counter()
    _case_file()
    _chain_head()
    _event()
    _head_copy()
    _setting()
    _site()
    _alarm_event()
    _case_link()
    _case_person()
    _case_team()
    _deadline()
    _evidence()


def _alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("source_kind", sa.String(24), nullable=False),
        sa.Column("source_id", sa.String(80), nullable=False),
        sa.Column("severity", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        *stamps("raised_at"),
        sa.Column("late_s", sa.Float(53), nullable=False, server_default="0"),
        sa.Column("deadline", sa.String(24), nullable=True),
        *counts("threshold"),
        *times("due_at"),
        *texts("acked_by"),
        *times("acked_at"),
        sa.Column("acked_severity", sa.String(24), nullable=True),
        *times("promise_until"),
        *texts("shelved_by"),
        *times("shelved_until"),
        *texts("reason"),
        *times("returned_at cleared_at"),
        *counts("louder"),
        json_text("members", "[]"),
        count("version", "1"),
        *times("timer_at"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
    )
    op.create_index("ix_alarm_raised_at", "alarm", ["raised_at"])
    op.create_index(
        "ix_alarm_timer_at",
        "alarm",
        ["timer_at"],
        sqlite_where=sa.text("timer_at IS NOT NULL"),
        postgresql_where=sa.text("timer_at IS NOT NULL"),
    )
    op.create_index(
        "uq_alarm_open_source",
        "alarm",
        ["source_kind", "source_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cleared'"),
        postgresql_where=sa.text("state <> 'cleared'"),
    )


def _case_counter() -> None:
    op.create_table(
        "case_counter",
        sa.Column("day", sa.String(8), nullable=False),
        *counts("last"),
        sa.PrimaryKeyConstraint("day", name="pk_case_counter"),
    )


def _case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("source", sa.String(24), nullable=False),
        sa.Column("cat_standard", sa.String(40), nullable=True),
        sa.Column("cat_kind", sa.String(12), nullable=True),
        sa.Column("cat_code", sa.String(20), nullable=True),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        *texts("code_2013 name_zh name_en condition_id condition_zh condition_en camera"),
        *texts("place grid community note owner person_id end_reason"),
        *texts("filed_by dispatched_by closed_by"),
        *times("found_at reported_at verify_sent_at verified_at filed_at dispatched_at accepted_at"),
        *times("arrived_at handled_at check_sent_at checked_at closed_at ended_at suspended_until"),
        *times("reply_by opened_at"),
        *counts("condition_version rework refusals extensions suspensions urges"),
        *flags("manual_time exempt mis_key"),
        count("version", "1"),
        *times("headline_due reported_cut due_cut"),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
    )
    op.create_index("ix_case_file_camera_opened_at", "case_file", ["camera", "opened_at"])
    op.create_index("ix_case_file_cat_code_opened_at", "case_file", ["cat_code", "opened_at"])
    op.create_index("ix_case_file_closed_at", "case_file", ["closed_at"])
    op.create_index("ix_case_file_community_opened_at", "case_file", ["community", "opened_at"])
    op.create_index("ix_case_file_day_number", "case_file", ["day", "number"], unique=True)
    op.create_index("ix_case_file_due_cut", "case_file", ["due_cut"])
    op.create_index("ix_case_file_filed_at", "case_file", ["filed_at"])
    op.create_index("ix_case_file_number_day", "case_file", ["number", "day"])
    op.create_index("ix_case_file_opened_at", "case_file", ["opened_at"])
    op.create_index("ix_case_file_reported_cut", "case_file", ["reported_cut"])
    op.create_index("ix_case_file_state_headline_due", "case_file", ["state", "headline_due"])
    op.create_index(
        "ix_case_file_suspended_until",
        "case_file",
        ["suspended_until"],
        sqlite_where=sa.text("state = 'suspended'"),
        postgresql_where=sa.text("state = 'suspended'"),
    )


def _chain_head() -> None:
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_chain_head_ck_chain_head_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_chain_head"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("seq", KEY, nullable=False, autoincrement=False),
        sa.Column("case_id", sa.String(20), nullable=False),
        *stamps("at recorded_at"),
        *texts("actor"),
        sa.Column("action", sa.String(24), nullable=False),
        json_text("data", "{}"),
        count("v", "1"),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_case_id_seq", "event", ["case_id", "seq"])
    op.create_index("ix_event_recorded_at", "event", ["recorded_at"])


def _head_copy() -> None:
    op.create_table(
        "head_copy",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        *texts("copied_to"),
        sa.PrimaryKeyConstraint("id", name="pk_head_copy"),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(120), nullable=False),
        *texts("value"),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("key", sa.String(40), nullable=False),
        *texts("value"),
        sa.PrimaryKeyConstraint("key", name="pk_site"),
    )


def _alarm_event() -> None:
    op.create_table(
        "alarm_event",
        sa.Column("id", KEY, nullable=False, autoincrement=True),
        sa.Column("alarm", KEY, nullable=False),
        *stamps("at"),
        sa.Column("what", sa.String(20), nullable=False),
        *texts("actor"),
        sa.Column("severity", sa.String(24), nullable=False),
        sa.Column("deadline", sa.String(24), nullable=True),
        *counts("due_version threshold"),
        sa.Column("late_s", sa.Float(53), nullable=False, server_default="0"),
        *texts("reason"),
        sa.ForeignKeyConstraint(["alarm"], ["alarm.id"], name="fk_alarm_event_alarm_alarm"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_event"),
    )
    op.create_index("ix_alarm_event_alarm", "alarm_event", ["alarm"])
    op.create_index(
        "uq_alarm_event_crossing",
        "alarm_event",
        ["alarm", "deadline", "due_version", "threshold"],
        unique=True,
        sqlite_where=CROSSING,
        postgresql_where=CROSSING,
    )


def _case_link() -> None:
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.String(20), nullable=False),
        sa.Column("pos", sa.Integer, nullable=False),
        sa.Column("other", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_link_case_id_case_file"),
        sa.PrimaryKeyConstraint("case_id", "pos", name="pk_case_link"),
    )


def _case_person() -> None:
    op.create_table(
        "case_person",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(20), nullable=False),
        *texts("name_sealed phone_sealed name_key phone_key"),
        *stamps("added_at"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_person_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_case_person"),
    )
    op.create_index("ix_case_person_case_id", "case_person", ["case_id"])
    op.create_index("ix_case_person_name_key", "case_person", ["name_key"])
    op.create_index("ix_case_person_phone_key", "case_person", ["phone_key"])


def _case_team() -> None:
    op.create_table(
        "case_team",
        sa.Column("case_id", sa.String(20), nullable=False),
        sa.Column("pos", sa.Integer, nullable=False),
        sa.Column("team", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_team_case_id_case_file"),
        sa.PrimaryKeyConstraint("case_id", "pos", name="pk_case_team"),
    )
    op.create_index("ix_case_team_team_case_id", "case_team", ["team", "case_id"])


def _deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("case_id", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        *counts("pos"),
        *stamps("start_at"),
        sa.Column("limit_value", sa.Integer, nullable=False),
        sa.Column("limit_unit", sa.String(24), nullable=False),
        *texts("limit_version"),
        *stamps("due_at warn_at"),
        *times("met_at"),
        *flags("cancelled"),
        *times("paused_since"),
        *counts("paused_s"),
        count("due_version", "1"),
        count("times", "1"),
        *flags("missed_before"),
        *counts("swept swept_version"),
        *times("next_at"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_deadline_case_id_case_file"),
        sa.PrimaryKeyConstraint("case_id", "kind", name="pk_deadline"),
    )
    op.create_index(
        "ix_deadline_next_at",
        "deadline",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        *stamps("captured_at"),
        *texts("camera"),
        sa.Column("clock_offset_s", sa.Float(53), nullable=True),
        *texts("media_type added_by"),
        *times("added_at"),
        *counts("pos"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_evidence_case_id_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_case_id", "evidence", ["case_id"])
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])
