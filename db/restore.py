"""Putting a backup back. Nothing that is there is overwritten: a database in
the way is moved aside first, and evidence that is there stays as it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import URL, Connection, inspect, text

from console.domain.errors import Refusal
from db import backup as backups
from db import engine, pg_tools, refusals, schema, urls, verify
from db.engine import Engines

#: Our own name on the server; everybody else is called "fifteen…".
_OURS = "restoring fifteen"
#: How long a console that was just closed may take to leave the server.
_LEAVING_S = 2.0


def run(url: URL, file: Path, evidence_root: Path | None) -> dict[str, Any]:
    """Restore ``file``. Answers ``{file, schema, events, chain_head,
    moved_aside, evidence}``. Raises ``Refusal``: ``bad_file`` (not a backup,
    damaged, or of the other kind of database), ``db_newer``, ``db_locked``
    when somebody works on the database, ``disk_full``. The database that was
    there is untouched by any of them."""
    manifest = backups.read_manifest(file)
    kind = "sqlite" if urls.is_sqlite(url) else "postgresql"
    if manifest["database"] != kind:
        raise Refusal("bad_file", "other_database", path=str(file), found=manifest["database"], wanted=kind)
    if manifest["schema"] not in schema.REVISIONS:
        raise Refusal("db_newer", "found", path=str(file), found=str(manifest["schema"]), known=schema.HEAD)
    with backups.outside_errors(file), zipfile.ZipFile(file) as archive:
        _test(archive, file)
        if kind == "sqlite":
            moved = _sqlite(archive, manifest, urls.file_of(url))
        else:
            moved = _postgres(archive, manifest, url)
        evidence = _evidence(archive, manifest, evidence_root)
    _upgrade(url)
    return {
        "file": str(file),
        "schema": schema.HEAD,
        "events": manifest["events"],
        "chain_head": manifest["chain_head"],
        "moved_aside": moved,
        "evidence": evidence,
    }


def _test(archive: zipfile.ZipFile, file: Path) -> None:
    try:
        broken = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise Refusal("db_corrupt", "backup", path=str(file)) from error
    if broken is not None:
        raise Refusal("db_corrupt", "backup", path=str(file))


def _extract(archive: zipfile.ZipFile, manifest: dict[str, Any], target: Path) -> None:
    with archive.open(backups.entry_of(manifest)) as stored, target.open("wb") as out:
        shutil.copyfileobj(stored, out, 1 << 20)
    if backups.digest_of(target) != manifest["sha256"]:
        raise Refusal("db_corrupt", "backup", path=str(archive.filename))


def _upgrade(url: URL) -> None:
    """A backup of an older release is brought up to date."""
    engines = engine.build(url)
    try:
        schema.upgrade(engines)
    finally:
        engines.dispose()


def _matches(connection: Connection, manifest: dict[str, Any]) -> bool:
    """The chain ends where the manifest says, and is as whole as it was."""
    state = verify.check_chain(connection)
    head = manifest["chain_head"]
    same = (state.seq, state.hash) == (head["seq"], head["hash"])
    return same and (state.first_bad_seq is None) == manifest["chain_ok"]


def _sqlite(archive: zipfile.ZipFile, manifest: dict[str, Any], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.restore")
    try:
        _extract(archive, manifest, part)
        with backups.plain(part) as connection:
            if not verify.integrity(connection) or not _matches(connection, manifest):
                raise Refusal("db_corrupt", "backup", path=str(archive.filename))
        backups.sync(part)
        moved = _move_aside(target) if target.exists() else ""
        os.replace(part, target)
        backups.sync(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return moved


def _move_aside(target: Path) -> str:
    """Rename the file that is there, once nobody has it open."""
    try:
        with closing(sqlite3.connect(target, timeout=1.0, isolation_level=None)) as connection:
            # Leaving the write-ahead log needs the file for oneself, and puts
            # everything into it.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        if mode != "delete":
            raise Refusal("db_locked", "open", path=str(target))
    except sqlite3.Error as error:
        refusal = refusals.of_sqlite(error, target)
        if refusal is not None and refusal.code == "db_locked":
            raise Refusal("db_locked", "open", path=str(target)) from error
        if refusal is None or refusal.code != "db_corrupt":
            raise (refusal or error) from error
    aside = backups.free_name(target.with_name(f"{target.name}.before-restore"))
    os.replace(target, aside)
    for suffix in ("-wal", "-shm"):
        # Only a corrupt database still has these; they belong to it.
        rest = target.with_name(target.name + suffix)
        if rest.exists():
            os.replace(rest, aside.with_name(aside.name + suffix))
    return str(aside)


def _postgres(archive: zipfile.ZipFile, manifest: dict[str, Any], url: URL) -> str:
    engines = engine.build(url, application=_OURS)
    try:
        with tempfile.TemporaryDirectory(prefix="fifteen-restore-") as folder:
            source = Path(folder) / "database.dump"
            _extract(archive, manifest, source)
            with engines.read.connect() as connection:
                major = pg_tools.server_major(connection)
            pg_tools.find("pg_restore", major)
            aside = _schema_aside(engines)
            try:
                pg_tools.load(url, major, source)
                with engines.read.connect() as connection:
                    if not _matches(connection, manifest):
                        raise Refusal("db_corrupt", "backup", path=str(archive.filename))
            except Refusal:
                _schema_back(engines, aside)
                raise
    finally:
        engines.dispose()
    return aside


def _schema_aside(engines: Engines) -> str:
    """Rename ``public`` when something is in it; answers the new name."""
    _demand_alone(engines)
    with engines.write.begin() as connection:
        if not inspect(connection).get_table_names(schema="public"):
            connection.execute(text("DROP SCHEMA IF EXISTS public"))
            return ""
        taken = set(connection.execute(text("SELECT nspname FROM pg_namespace")).scalars())
        number = 1
        while f"before_restore_{number}" in taken:
            number += 1
        connection.execute(text(f"ALTER SCHEMA public RENAME TO before_restore_{number}"))
        return f"before_restore_{number}"


def _demand_alone(engines: Engines) -> None:
    """Refuse while a console is connected."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND application_name LIKE 'fifteen%'"
    )
    for last in (False, False, False, True):
        with engines.write.begin() as connection:
            others = int(connection.execute(query).scalar_one())
        if others == 0:
            return
        if last:
            raise Refusal("db_locked", "open", path=urls.shown(engines.url))
        time.sleep(_LEAVING_S / 3)


def _schema_back(engines: Engines, aside: str) -> None:
    """A restore that failed leaves the database as it was."""
    with engines.write.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
        if aside:
            connection.execute(text(f"ALTER SCHEMA {aside} RENAME TO public"))
        else:
            connection.execute(text("CREATE SCHEMA public"))


def _evidence(archive: zipfile.ZipFile, manifest: dict[str, Any], root: Path | None) -> dict[str, Any] | None:
    """Put the files back that are not there; each is checked by its hash."""
    named: dict[str, str] | None = manifest.get("evidence")
    if named is None or root is None:
        return None
    restored = kept = 0
    for name, digest in sorted(named.items()):
        target = root / _safe(name, archive)
        if target.exists() and backups.digest_of(target) == digest:
            kept += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with archive.open(f"evidence/{name}") as stored, part.open("wb") as out:
            shutil.copyfileobj(stored, out, 1 << 20)
        if backups.digest_of(part) != digest:
            part.unlink()
            raise Refusal("db_corrupt", "backup", path=str(archive.filename))
        if target.exists():
            os.replace(target, backups.free_name(target.with_name(f"{target.name}.before-restore")))
        backups.sync(part)
        os.replace(part, target)
        restored += 1
    return {"files": restored, "kept": kept}


def _safe(name: str, archive: zipfile.ZipFile) -> Path:
    """A name inside the evidence folder, whatever the container says."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in name:
        raise Refusal("db_corrupt", "backup", path=str(archive.filename))
    return Path(*path.parts)
