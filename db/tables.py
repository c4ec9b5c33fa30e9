"""The schema, as SQLAlchemy Core tables.

Columns carry the field names of ``console.domain.model`` wherever there is a
field. What is kept beside them is only what queries need an index for, and
each such column says who keeps it. The search index (``case_search``) and the
triggers are not here: they differ by database (``db.search``, ``db.triggers``).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    text,
)

from console.domain.vocabulary import (
    Action,
    AlarmState,
    DeadlineKind,
    EvidenceKind,
    Severity,
    Source,
    SourceKind,
    State,
    Unit,
)
from db.columns import count, flag, instant, json_text, of_case, serial_id, words
from db.types import EventData, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

site = Table(
    "site",
    metadata,
    Column("key", String(40), primary_key=True),
    words("value"),
)

setting = Table("setting", metadata, Column("key", String(120), primary_key=True), words("value"))

#: The last case number given on a local day; locked by whoever opens a case.
case_counter = Table("case_counter", metadata, Column("day", String(8), primary_key=True), count("last"))

CASE_TIMES = [
    "found_at",
    "reported_at",
    "verify_sent_at",
    "verified_at",
    "filed_at",
    "dispatched_at",
    "accepted_at",
    "arrived_at",
    "handled_at",
    "check_sent_at",
    "checked_at",
    "closed_at",
    "ended_at",
    "suspended_until",
    "reply_by",
    "opened_at",
]
CASE_TEXTS = [
    "code_2013",
    "name_zh",
    "name_en",
    "condition_id",
    "condition_zh",
    "condition_en",
    "limit_grade",
    "camera",
    "place",
    "grid",
    "community",
    "note",
    "owner",
    "person_id",
    "end_reason",
    "filed_by",
    "dispatched_by",
    "closed_by",
    "breach_cause",
    "breach_words",
    "call_back",
]
CASE_COUNTS = ["condition_version", "rework", "refusals", "extensions", "suspensions", "urges"]
CASE_FLAGS = ["manual_time", "exempt", "mis_key"]

case_file = Table(
    "case_file",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("day", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Word(State), nullable=False),
    Column("source", Word(Source), nullable=False),
    Column("cat_standard", String(40)),
    Column("cat_kind", String(12)),
    Column("cat_code", String(20)),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    *(words(name) for name in CASE_TEXTS),
    *(instant(name) for name in CASE_TIMES),
    *(count(name) for name in CASE_COUNTS),
    *(flag(name) for name in CASE_FLAGS),
    count("version", 1),
    # Kept by the case repository for sorting and telling the cuts of the figures.
    instant("headline_due"),
    instant("reported_cut"),
    instant("due_cut"),
    Index(None, "day", "number", unique=True),
    Index(None, "number", "day"),
    Index(None, "state", "headline_due"),
    Index(None, "cat_code", "opened_at"),
    Index(None, "community", "opened_at"),
    Index(None, "camera", "opened_at"),
    Index(None, "opened_at"),
    # Which cases were open at an instant long ago.
    Index(None, "ended_at", "opened_at"),
    Index(
        "ix_case_file_unclosed_end",
        "ended_at",
        sqlite_where=text("closed_at IS NULL AND ended_at IS NOT NULL"),
        postgresql_where=text("closed_at IS NULL AND ended_at IS NOT NULL"),
    ),
    Index(
        "ix_case_file_suspended_until",
        "suspended_until",
        sqlite_where=text("state = 'suspended'"),
        postgresql_where=text("state = 'suspended'"),
    ),
    # Supervised and not yet answered: a handful among a million.
    Index(
        "ix_case_file_reply_by",
        "reply_by",
        sqlite_where=text("reply_by IS NOT NULL"),
        postgresql_where=text("reply_by IS NOT NULL"),
    ),
)

deadline = Table(
    "deadline",
    metadata,
    of_case(primary_key=True),
    Column("kind", Word(DeadlineKind), primary_key=True),
    count("pos"),
    instant("start_at", nullable=False),
    Column("limit_value", Integer, nullable=False),
    Column("limit_unit", Word(Unit), nullable=False),
    words("limit_version"),
    instant("due_at", nullable=False),
    instant("warn_at", nullable=False),
    instant("met_at"),
    flag("cancelled"),
    instant("paused_since"),
    count("paused_s"),
    count("due_version", 1),
    count("times", 1),
    flag("missed_before"),
    # Where the site has set its own thresholds: the instants at which this
    # clock rings (``db.repositories.case_rows``); empty for the usual two.
    words("marks"),
    # The highest threshold recorded for ``swept_version`` of the due time, and
    # the next instant at which the sweep must look: warn_at, then due_at (or
    # mark by mark), then nothing; nothing either while paused, met, cancelled, or for ``total``.
    count("swept"),
    count("swept_version"),
    instant("next_at"),
    Index(
        "ix_deadline_next_at",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)

case_team = Table(
    "case_team",
    metadata,
    of_case(primary_key=True),
    Column("pos", Integer, primary_key=True),
    Column("team", String(40), nullable=False),
    Index(None, "team", "case_id"),
)

case_link = Table(
    "case_link",
    metadata,
    of_case(primary_key=True),
    Column("pos", Integer, primary_key=True),
    Column("other", String(20), nullable=False),
    Column("kind", String(12), nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", String(40), primary_key=True),
    of_case(index=True),
    Column("kind", Word(EvidenceKind), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
    instant("captured_at", nullable=False),
    words("camera"),
    Column("clock_offset_s", Float(53)),
    words("media_type"),
    words("added_by"),
    instant("added_at"),
    count("pos"),
)

#: What people wrote about a case after it was opened, for the search index.
case_said = Table("case_said", metadata, of_case(primary_key=True), words("words"))

#: A reporter: sealed text, and a keyed hash of each for exact search.
case_person = Table(
    "case_person",
    metadata,
    Column("id", String(40), primary_key=True),
    of_case(index=True),
    words("name_sealed"),
    words("phone_sealed"),
    words("name_key", index=True),
    words("phone_key", index=True),
    instant("added_at", nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("case_id", String(20), nullable=False),
    instant("at", nullable=False),
    instant("recorded_at", nullable=False),
    words("actor"),
    Column("action", Word(Action), nullable=False),
    Column("data", EventData, nullable=False, server_default="{}"),
    count("v", 1),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "case_id", "seq"),
    Index(None, "recorded_at"),
)

chain_head = Table(
    "chain_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

#: Every head that left the database in a backup: the chain may never again be
#: shorter than that.
head_copy = Table(
    "head_copy",
    metadata,
    serial_id(),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    words("copied_to"),
)

alarm = Table(
    "alarm",
    metadata,
    serial_id(),
    Column("source_kind", Word(SourceKind), nullable=False),
    Column("source_id", String(80), nullable=False),
    Column("severity", Word(Severity), nullable=False),
    Column("state", Word(AlarmState), nullable=False),
    instant("raised_at", nullable=False),
    Column("late_s", Float(53), nullable=False, server_default="0"),
    Column("deadline", Word(DeadlineKind)),
    count("threshold"),
    instant("due_at"),
    words("acked_by"),
    instant("acked_at"),
    Column("acked_severity", Word(Severity)),
    instant("promise_until"),
    words("shelved_by"),
    instant("shelved_until"),
    words("reason"),
    instant("returned_at"),
    instant("cleared_at"),
    count("louder"),
    json_text("members"),
    count("version", 1),
    words("code"),
    instant("began_at"),
    # JSON as plain text: most alarms have none, and none is quickly read.
    words("facts"),
    # When a promise or a shelf ends; kept by the alarm repository.
    instant("timer_at"),
    Index(
        "uq_alarm_open_source",
        "source_kind",
        "source_id",
        unique=True,
        sqlite_where=text("state <> 'cleared'"),
        postgresql_where=text("state <> 'cleared'"),
    ),
    Index(
        "ix_alarm_timer_at",
        "timer_at",
        sqlite_where=text("timer_at IS NOT NULL"),
        postgresql_where=text("timer_at IS NOT NULL"),
    ),
    Index(None, "raised_at"),
    Index(None, "cleared_at"),
    # Who is called next is asked every other second.
    Index(
        "ix_alarm_raised",
        "raised_at",
        sqlite_where=text("state = 'raised'"),
        postgresql_where=text("state = 'raised'"),
    ),
)

#: Words of ``alarm_event.what`` that answer an alarm rather than cross a
#: threshold; only crossings are unique.
_ANSWERS = "('acknowledged', 'expired', 'shelved', 'unshelved', 'returned', 'cleared', 'suppressed')"
_CROSSING = f"threshold > 0 AND what NOT IN {_ANSWERS}"

alarm_event = Table(
    "alarm_event",
    metadata,
    serial_id(),
    Column("alarm", ForeignKey("alarm.id"), nullable=False),
    instant("at", nullable=False),
    Column("what", String(20), nullable=False),
    words("actor"),
    Column("severity", Word(Severity), nullable=False),
    Column("deadline", Word(DeadlineKind)),
    count("due_version"),
    count("threshold"),
    Column("late_s", Float(53), nullable=False, server_default="0"),
    words("reason"),
    words("code"),
    instant("until"),
    Index(None, "alarm"),
    Index(None, "at"),
    Index(
        "uq_alarm_event_crossing",
        "alarm",
        "deadline",
        "due_version",
        "threshold",
        unique=True,
        sqlite_where=text(_CROSSING),
        postgresql_where=text(_CROSSING),
    ),
)
