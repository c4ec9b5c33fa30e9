"""The schema's version: what a database has, what this program needs.

Alembic runs from code, without an ``alembic.ini``, and is imported only when a
database is made or upgraded: starting the program does not pay for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from console.domain.errors import Refusal
from console.domain.vocabulary import Purpose
from db.engine import Engines
from db.tables_audit import audit_entry
from db.tables_cameras import camera_day
from db.tables_figures import case_figure
from db.tables_history import wall_change
from db.tables_intake import case_intake
from db.tables_notices import notice
from db.tables_reference import camera
from db.tables_reports import report_run
from db.tables_review import review_draw
from db.tables_shifts import shift
from db.tables_sources import alarm_condition
from db.urls import shown

#: All tables: each part has put its own into the one list.
metadata = camera.metadata
assert audit_entry.metadata is metadata
assert camera_day.metadata is metadata
assert wall_change.metadata is metadata
assert case_figure.metadata is metadata
assert case_intake.metadata is metadata
assert notice.metadata is metadata
assert report_run.metadata is metadata
assert review_draw.metadata is metadata
assert alarm_condition.metadata is metadata
assert shift.metadata is metadata
#: Every revision this program knows, oldest first; the last is its own.
REVISIONS: Final = tuple(f"{number:04d}" for number in range(1, 17))
HEAD: Final = REVISIONS[-1]
#: Revisions that merely added what programs of the revision before need not
#: know: those may go on writing after the upgrade (``db.fence``). One that is not
#: named here ends their writing; when in doubt, leave it out.
ADDITIVE: Final[frozenset[str]] = frozenset()
#: One upgrade at a time, and no writer during it: key of PostgreSQL's advisory lock.
LOCK: Final = 0x15F1F7EE


def stored(connection: Connection) -> str | None:
    """The revision in the database; ``None`` when it holds no schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def demand(engines: Engines) -> Purpose:
    """Refuse a database that holds no schema (``db_missing.tables``), an older
    one (``db_missing.old``: upgrade it) or a newer one (``db_newer``: upgrade
    the program) unless that still lets ours write. Returns its purpose."""
    with engines.read.connect() as connection:
        revision = stored(connection)
        facts = {"path": shown(engines.url), "found": revision or "", "known": HEAD}
        if revision is None:
            raise Refusal("db_missing", "tables", **facts)
        if revision not in REVISIONS and not _still_writes(connection):
            raise Refusal("db_newer", "found", **facts)
        if revision in REVISIONS and revision != HEAD:
            raise Refusal("db_missing", "old", **facts)
        return purpose(connection)


def _still_writes(connection: Connection) -> bool:
    """A newer program upgraded this database and left ours room to go on."""
    found = connection.execute(text("SELECT value FROM site WHERE key = 'writers_from'")).scalar()
    return found is not None and str(found) <= HEAD


def writers_from() -> str:
    """The oldest revision whose programs may write into :data:`HEAD`."""
    at = len(REVISIONS) - 1
    while at > 0 and REVISIONS[at] in ADDITIVE:
        at -= 1
    return REVISIONS[at]


def purpose(connection: Connection) -> Purpose:
    """What the database is for."""
    found = connection.execute(text("SELECT value FROM site WHERE key = 'purpose'")).scalar()
    return Purpose(found) if found else Purpose.SITE


def upgrade(engines: Engines, for_purpose: Purpose | None = None) -> tuple[str | None, str]:
    """Bring the schema to :data:`HEAD`; a new database is given its purpose.
    Returns the revision before and after. Raises ``Refusal('db_newer')``.
    The caller has backed the database up."""
    with engines.write.connect() as connection:
        raw = connection.connection.driver_connection
        if engines.sqlite and raw is not None:
            # A batch rebuild drops the old table, which would cascade; the
            # pragma does nothing inside a transaction, so before it begins.
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                before = _run(connection, engines, for_purpose)
        finally:
            if engines.sqlite and raw is not None:
                raw.execute("PRAGMA foreign_keys=ON")
    return before, HEAD


def _run(connection: Connection, engines: Engines, for_purpose: Purpose | None) -> str | None:
    if not engines.sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    before = stored(connection)
    if before is not None and before not in REVISIONS:
        raise Refusal("db_newer", "found", path=shown(engines.url), found=before, known=HEAD)
    if before != HEAD:
        _migrate(connection)
    _fill(connection)
    _raise_fence(connection)
    if before is None and for_purpose is not None:
        row = {"value": for_purpose.value}
        connection.execute(text("INSERT INTO site (key, value) VALUES ('purpose', :value)"), row)
    if engines.sqlite and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise Refusal("db_corrupt", "path", path=shown(engines.url))
    return before


def _raise_fence(connection: Connection) -> None:
    """From this commit on older programs write no more than they may."""
    connection.execute(text("DELETE FROM site WHERE key = 'writers_from'"))
    row = {"value": writers_from()}
    connection.execute(text("INSERT INTO site (key, value) VALUES ('writers_from', :value)"), row)


def _fill(connection: Connection) -> None:
    from db.figure_fill import fill
    from db.repositories import audit

    fill(connection)
    audit.fill(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
