"""Engines: one that writes and one that only reads, on either database.

SQLite (sources: sqlite.org on WAL, ``synchronous`` and ``BEGIN IMMEDIATE``;
SQLAlchemy's notes on pysqlite): write-ahead log, ``synchronous=FULL`` so that
a commit survives a power cut, writers take the lock when they begin because a
reader that turns writer fails at once whatever the time-out, readers cannot
write, nobody checkpoints by accident (``db.checkpoint``).

PostgreSQL: UTC sessions, limits on waiting, readers on one snapshot.
"""

from __future__ import annotations

import sqlite3
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from console.domain.errors import Refusal
from db import refusals, urls

#: How long a writer waits for another one, in seconds.
BUSY_S = 5.0
#: A PostgreSQL statement that takes longer is given up, in milliseconds.
_STATEMENT_MS = 120_000
#: File systems on which SQLite's write-ahead log does not work.
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs"})


@dataclass(frozen=True, slots=True)
class Engines:
    """The two engines of a database."""

    url: URL
    write: Engine
    read: Engine

    @property
    def sqlite(self) -> bool:
        """True for the embedded database."""
        return urls.is_sqlite(self.url)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.read.dispose()
        self.write.dispose()


def build(url: URL, busy_s: float = BUSY_S, application: str = "fifteen") -> Engines:
    """Engines for ``url``; nothing is opened yet."""
    if urls.is_sqlite(url):
        return _sqlite(url, busy_s)
    return _postgres(url, busy_s, application)


def _sqlite(url: URL, busy_s: float) -> Engines:
    made = URL.create("sqlite+pysqlite", database=str(urls.file_of(url)))
    write = create_engine(made, connect_args={"timeout": busy_s}, max_overflow=20)
    read = create_engine(made, connect_args={"timeout": busy_s}, max_overflow=20)
    for engine, begin, pragmas in (
        (write, "BEGIN IMMEDIATE", ()),
        (read, "BEGIN", ("query_only=ON",)),
    ):
        refusals.watch(engine, url)
        _on_connect(engine, busy_s, pragmas)
        _on_begin(engine, begin)
    return Engines(url, write, read)


def _on_connect(engine: Engine, busy_s: float, more: tuple[str, ...]) -> None:
    def configure(connection: sqlite3.Connection, record: Any) -> None:
        # sqlite3 must not send a BEGIN of its own.
        connection.isolation_level = None
        prepare(connection, busy_s, more)

    event.listen(engine, "connect", configure)


def prepare(connection: sqlite3.Connection, busy_s: float = BUSY_S, more: tuple[str, ...] = ()) -> None:
    """Put the house recipe on a raw SQLite connection."""
    connection.execute(f"PRAGMA busy_timeout={int(busy_s * 1000)}")
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=0", *more):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(engine: Engine, statement: str) -> None:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine, "begin", begin)


def _postgres(url: URL, busy_s: float, application: str) -> Engines:
    write = _pool(url, busy_s, application, "")
    # One snapshot for all queries of a reading unit, as SQLite has it.
    read = _pool(url, busy_s, application, " -c default_transaction_read_only=on", "REPEATABLE READ")
    return Engines(url, write, read)


def _pool(url: URL, busy_s: float, application: str, more: str, isolation: str = "READ COMMITTED") -> Engine:
    waits = f"-c lock_timeout={int(busy_s * 1000)} -c statement_timeout={_STATEMENT_MS}"
    arguments: dict[str, Any] = {
        "options": f"-c timezone=UTC {waits}{more}",
        "application_name": application,
        "connect_timeout": 10,
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    # Short pages: psycopg reads the text of an INSERT with thousands of values
    # slower than it sends it.
    made = create_engine(
        url,
        connect_args=arguments,
        pool_pre_ping=True,
        max_overflow=20,
        isolation_level=isolation,
        insertmanyvalues_page_size=50,
    )
    refusals.watch(made, url)
    return made


def demand_file(path: Path) -> None:
    """Refuse an SQLite file that is not there, cannot be written, or lies on a
    network drive, before SQLite says it in its own words."""
    if not path.exists():
        raise Refusal("db_missing", "path", path=str(path))
    if not path.is_file():
        raise Refusal("db_corrupt", "path", path=str(path))
    mode = path.stat().st_mode
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise Refusal("db_readonly", "path", path=str(path))
    demand_local(path)


def demand_local(path: Path) -> None:
    """Refuse a network drive: several machines need PostgreSQL."""
    if sys.platform.startswith("linux") and _filesystem(path) in _NETWORK:
        raise Refusal("db_unreachable", "network_drive", path=str(path))


def _filesystem(path: Path) -> str:
    """Type of the file system ``path`` lies on; empty when unknown."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    where = str(path.resolve())
    for line in lines:
        mount, fs = (*line.split(" "), "", "", "")[1:3]
        mount = mount.replace("\\040", " ")
        inside = where == mount or where.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fs
    return kind
