"""Making, upgrading, describing and checking a database.

The answers have the shapes of the command line (``CLI.md``, ``db …``), with
facts added beside, never instead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from console.domain.errors import Refusal
from console.domain.vocabulary import Purpose
from db import backup as backups
from db import engine, schema, urls, verify
from db import restore as restoring
from db.engine import Engines
from db.schema import metadata
from db.tables import chain_head


def create(url: str, purpose: Purpose, busy_s: float = engine.BUSY_S) -> None:
    """Make the database if it is not there, upgrade it if it is older (backed
    up first). One that is up to date is left alone, whatever its purpose."""
    parsed = urls.parse(url)
    fresh = False
    if urls.is_sqlite(parsed):
        fresh = _make_room(urls.file_of(parsed))
        if not fresh:
            engine.demand_file(urls.file_of(parsed))
            _demand_ours(urls.file_of(parsed))
    engines = engine.build(parsed, busy_s)
    try:
        with engines.read.connect() as connection:
            found = schema.stored(connection)
        if found is not None and found != schema.HEAD:
            _before_upgrade(engines, found)
        if found != schema.HEAD:
            schema.upgrade(engines, purpose)
    except Refusal:
        engines.dispose()
        if fresh:
            _remove_new(urls.file_of(parsed))
        raise
    finally:
        engines.dispose()


def _demand_ours(path: Path) -> None:
    """Another program's tables stay among themselves. Looked at read-only:
    our own way of opening a file already changes its journal mode. Raises
    ``Refusal('bad_file', 'foreign_database')``."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            names = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return  # locked or damaged: told by what opens it next
    if names and "alembic_version" not in names:
        raise Refusal("bad_file", "foreign_database", file=str(path))


def _make_room(path: Path) -> bool:
    """The folder of a new file; True when the file is not there yet."""
    if path.exists():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise backups.outside(error, path.parent, "db_readonly") from error
    engine.demand_local(path.parent)
    return True


def _remove_new(path: Path) -> None:
    """A database that could not be made leaves nothing behind."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _before_upgrade(engines: Engines, found: str, folder: Path | None = None) -> Path | None:
    """Back an older SQLite file up beside itself; on PostgreSQL, where the
    upgrade is one transaction, into ``folder`` if there is one."""
    if found not in schema.REVISIONS:
        raise Refusal("db_newer", "found", path=urls.shown(engines.url), found=found, known=schema.HEAD)
    if not engines.sqlite:
        if folder is None:
            return None
        with backups.outside_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        file = backups.free_name(folder / f"{engines.url.database}.before-{schema.HEAD}.zip")
        backups.write(engines, file, None, older=True)
        return file
    path = urls.file_of(engines.url)
    target = backups.free_name(path.with_name(f"{path.name}.before-{schema.HEAD}"))
    backups.copy_sqlite(path, target)
    return target


def init(url: str, purpose: Purpose | str = Purpose.SITE) -> dict[str, Any]:
    """Make a database for ``purpose``; answers :func:`info`. One that is there
    already is left as it is; with another purpose it is refused
    (``bad_usage.purpose``)."""
    wanted = Purpose(purpose)
    create(url, wanted)
    answer = info(url)
    if answer["purpose"] != wanted.value:
        raise Refusal("bad_usage", "purpose", found=answer["purpose"], wanted=wanted.value)
    return answer


def upgrade(url: str, folder: Path | None = None) -> dict[str, Any]:
    """Bring an older schema up to date, backed up first: an SQLite file beside
    itself, a PostgreSQL database into ``folder`` (``None``: not by us). Consoles may
    be at work: a writer is waited for, and from the commit on older programs
    write no more than ``db.fence`` lets them. Answers ``{from, to, backup}``."""
    with _opened(url, any_schema=True) as engines:
        with engines.read.connect() as connection:
            found = schema.stored(connection)
        if found is None:
            raise Refusal("db_missing", "tables", path=urls.shown(engines.url))
        copied = _before_upgrade(engines, found, folder) if found != schema.HEAD else None
        before, after = schema.upgrade(engines)
    return {"from": before, "to": after, "backup": str(copied) if copied else ""}


def info(url: str) -> dict[str, Any]:
    """``{url, purpose, schema, rows, bytes, chain_head}``."""
    with _opened(url) as engines, engines.read.connect() as connection:
        rows = {
            table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in sorted(metadata.tables.values(), key=_name)
        }
        head = connection.execute(select(chain_head.c.seq, chain_head.c.hash)).one()
        if engines.sqlite:
            path = urls.file_of(engines.url)
            parts = (path, path.with_name(path.name + "-wal"))
            size = sum(part.stat().st_size for part in parts if part.exists())
        else:
            query = text("SELECT pg_database_size(current_database())")
            size = int(connection.execute(query).scalar_one())
        return {
            "url": urls.shown(engines.url),
            "purpose": schema.purpose(connection).value,
            "schema": schema.stored(connection),
            "rows": rows,
            "bytes": size,
            "chain_head": {"seq": int(head.seq), "hash": str(head.hash)},
        }


def _name(table: Any) -> str:
    return str(table.name)


def check(url: str, against: Path | None = None) -> dict[str, Any]:
    """``{ok, chain_ok, first_bad_seq, triggers_ok, integrity_ok, events}``,
    ``missing_triggers``, ``bad_shifts`` and ``bad_audit`` (logs changed by another tool).
    ``against`` is a backup whose copied head must still be in the chain, so
    that a cut tail is found even when the head in the database was cut too."""
    copies = (backups.head_of(against),) if against is not None else ()
    with _opened(url) as engines, engines.read.connect() as connection:
        whole = verify.integrity(connection)
        gone: tuple[str, ...] = ()
        logs: tuple[str, ...] = ()
        entries: tuple[int, ...] = ()
        state = verify.ChainState(0, 0, verify.GENESIS, None)
        readable = True
        try:
            gone = verify.missing_triggers(connection)
            audited = verify.Audited()
            state = verify.check_chain(connection, copies, audited)
            logs = verify.bad_shifts(connection)
            entries = audited.bad(connection, state.first_bad_seq is None)
        except Refusal as refusal:
            if refusal.code != "db_corrupt":
                raise
            readable = whole = False
        chain_ok = readable and state.first_bad_seq is None
        return {
            "ok": chain_ok and whole and not gone and not logs and not entries,
            "chain_ok": chain_ok,
            "first_bad_seq": state.first_bad_seq,
            "triggers_ok": readable and not gone,
            "integrity_ok": whole,
            "events": state.events,
            "missing_triggers": list(gone),
            "bad_shifts": list(logs),
            "bad_audit": list(entries),
        }


@contextmanager
def _opened(url: str, any_schema: bool = False) -> Iterator[Engines]:
    """Engines on a database that is there and, unless told otherwise, ours."""
    parsed = urls.parse(url)
    if urls.is_sqlite(parsed):
        engine.demand_file(urls.file_of(parsed))
    engines = engine.build(parsed)
    try:
        if not any_schema:
            schema.demand(engines)
        yield engines
    finally:
        engines.dispose()


def backup(url: str, file: Path | str, evidence_root: Path | str | None = None) -> dict[str, Any]:
    """Write everything into one file; see ``db.backup``."""
    with _opened(url) as engines:
        return backups.write(engines, Path(file), None if evidence_root is None else Path(evidence_root))


def restore(url: str, file: Path | str, evidence_root: Path | str | None = None) -> dict[str, Any]:
    """Put a backup in the place of the database at ``url``; what was there is
    moved aside first, never overwritten. See ``db.restore``."""
    return restoring.run(urls.parse(url), Path(file), None if evidence_root is None else Path(evidence_root))
