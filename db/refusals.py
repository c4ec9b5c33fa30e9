"""What a database driver's error means to a person.

Every error of either driver that somebody outside the program can mend becomes
a ``Refusal`` with the facts a sentence needs. No fact ever holds a password.
What is left over is a bug and stays the exception it was.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import ExceptionContext

from console.domain.errors import Refusal
from db import urls

#: Below this many free bytes an I/O error is a full disk.
_ROOM = 1 << 20

#: SQLite has no code for a table or column that somebody took away.
_MUTILATED = ("no such table", "no such column", "malformed database schema")

_BY_SQLSTATE = {
    "28P01": ("auth_failed", "database"),
    "28000": ("auth_failed", "database"),
    "3D000": ("db_missing", "database"),
    "55P03": ("db_locked", "path"),
    "57014": ("db_locked", "path"),
    "25006": ("db_readonly", "path"),
    "42501": ("db_readonly", "rights"),
    "53100": ("disk_full", ""),
    "40001": ("conflict", "database"),
    "40P01": ("conflict", "database"),
    "XX001": ("db_corrupt", "path"),
    "XX002": ("db_corrupt", "path"),
    "42P01": ("db_missing", "tables"),
}

#: Classes of psycopg's errors that come without a code when the server is away.
_LOST = ("OperationalError", "InterfaceError", "ConnectionTimeout")
#: What libpq says when the address itself is wrong.
_BAD_ADDRESS = ("invalid connection option", "invalid sslmode value", "invalid port number", "bad value for")
#: libpq reports a refused connection without a code, in words.
_BY_WORDS = (
    ("password authentication failed", "auth_failed", "database"),
    ("no password supplied", "auth_failed", "database"),
    ("authentication failed", "auth_failed", "database"),
    ("no pg_hba.conf entry", "auth_failed", "database"),
    ('role "', "auth_failed", "database"),
    ('database "', "db_missing", "database"),
    ("could not translate host name", "db_unreachable", "host"),
    ("failed to resolve host", "db_unreachable", "host"),
)


def of_sqlite(error: sqlite3.Error, path: Path) -> Refusal | None:
    """The refusal for an SQLite error on ``path``; ``None`` for a bug."""
    code = getattr(error, "sqlite_errorcode", None)
    where = str(path)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return Refusal("db_locked", "path", path=where)
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _no_room(path)):
        return Refusal("disk_full", path=where)
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return Refusal("db_readonly", "path", path=where)
    if primary == sqlite3.SQLITE_CANTOPEN:
        return _cannot_open(path)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Refusal("db_corrupt", "path", path=where)
    if primary == sqlite3.SQLITE_IOERR:
        return Refusal("db_unreachable", "disk", path=where)
    if primary == sqlite3.SQLITE_ERROR and str(error).startswith(_MUTILATED):
        return Refusal("db_corrupt", "schema", path=where, text=str(error))
    return None


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _ROOM
    except OSError:
        return False


def _cannot_open(path: Path) -> Refusal:
    if not path.exists():
        return Refusal("db_missing", "path", path=str(path))
    if _no_room(path):
        return Refusal("disk_full", path=str(path))
    return Refusal("db_readonly", "path", path=str(path))


def of_postgres(error: BaseException, url: URL) -> Refusal | None:
    """The refusal for a PostgreSQL error; ``None`` for a bug."""
    facts = {"path": urls.shown(url), "host": url.host or "localhost", "database": url.database or ""}
    state = getattr(error, "sqlstate", None) or ""
    if state in _BY_SQLSTATE:
        code, detail = _BY_SQLSTATE[state]
        return Refusal(code, detail, **facts)
    if state.startswith(("08", "57P", "53")):
        return Refusal("db_unreachable", "server", **facts)
    words = str(error)
    if not state and any(said in words for said in _BAD_ADDRESS):
        return Refusal("bad_usage", "db_url", url=urls.shown(url))
    if state or type(error).__name__ not in _LOST:
        return None
    for pattern, code, detail in _BY_WORDS:
        if pattern in words:
            return Refusal(code, detail, **facts)
    return Refusal("db_unreachable", "server", **facts)


def translate(error: BaseException, url: URL) -> Refusal | None:
    """The refusal for a driver's ``error`` on ``url``, if it is one."""
    if isinstance(error, sqlite3.Error):
        return of_sqlite(error, urls.file_of(url))
    # By name: whoever works on SQLite need not load the other driver.
    if type(error).__module__.startswith("psycopg"):
        return of_postgres(error, url)
    return None


def watch(engine: Engine, url: URL) -> None:
    """Make ``engine`` raise refusals instead of driver errors."""

    def on_error(context: ExceptionContext) -> BaseException | None:
        # A pooled connection that died is only replaced; nobody need hear of it.
        return None if context.is_pre_ping else translate(context.original_exception, url)

    event.listen(engine, "handle_error", on_error)
