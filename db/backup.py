"""Backups: one file that holds the database, its evidence and its chain head.

The file is a ZIP: ``manifest.json``, ``database.sqlite`` or ``database.dump``,
and ``evidence/…``. It is written beside its place, verified, synced to disk
and renamed, so that a file of that name is always a whole backup. The keys of
the vault are never in it. SQLite is copied online (``Connection.backup``),
PostgreSQL by ``pg_dump`` on the snapshot whose head the manifest names.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, create_engine, insert, select, text
from sqlalchemy.pool import NullPool

from console.domain.errors import Refusal
from console.domain.vocabulary import Action
from db import fence, pg_tools, refusals, schema, urls, verify
from db.engine import Engines, prepare
from db.tables import event, evidence, head_copy

FORMAT: Final = "fifteen-backup"
VERSION: Final = 1
_BLOCK: Final = 1 << 20


def write(engines: Engines, file: Path, evidence_root: Path | None, *, older: bool = False) -> dict[str, Any]:
    """Back the database up into ``file``. Answers ``{file, bytes, schema,
    chain_head, chain_ok, events, evidence:{files, bytes, missing}}``; ``evidence`` is
    ``None`` when it was left out. ``older``: the schema is one of before, about to
    be upgraded; it need not have every table of ours. Raises ``Refusal``: ``db_corrupt`` when the
    copy does not pass its check, ``disk_full``, ``bad_file`` when ``file``
    cannot be written or holds something that is not a backup."""
    _demand_place(file)
    part = file.with_name(f".{file.name}.part")
    data = file.with_name(f".{file.name}.data")
    try:
        with outside_errors(file):
            manifest = _database(engines, data, older)
            answer = _pack(part, data, manifest, _evidence(engines, evidence_root), evidence_root)
            _test(part)
            sync(part)
            os.replace(part, file)
            sync(file.parent)
            size = file.stat().st_size
    finally:
        part.unlink(missing_ok=True)
        data.unlink(missing_ok=True)
    _remember_head(engines, manifest["chain_head"], file)
    return {
        "file": str(file),
        "bytes": size,
        "schema": manifest["schema"],
        "events": manifest["events"],
        "chain_ok": manifest["chain_ok"],
        "chain_head": manifest["chain_head"],
        "evidence": answer,
    }


def _demand_place(file: Path) -> None:
    if not file.parent.is_dir() or file.is_dir():
        raise Refusal("bad_file", "place", path=str(file))
    if file.exists() and file.stat().st_size:
        read_manifest(file)


def _database(engines: Engines, data: Path, older: bool) -> dict[str, Any]:
    """Copy the database to ``data``, checked; returns the manifest."""
    if engines.sqlite:
        copy_sqlite(urls.file_of(engines.url), data)
        with plain(data) as connection:
            manifest = _describe(connection, urls.shown(engines.url), older)
    else:
        with engines.read.connect() as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            manifest = _describe(connection, urls.shown(engines.url), older)
            manifest["server"] = pg_tools.server_major(connection)
            pg_tools.dump(engines.url, manifest["server"], str(snapshot), data)
    manifest["database"] = "sqlite" if engines.sqlite else "postgresql"
    manifest["sha256"] = digest_of(data)
    return manifest


def _describe(connection: Connection, source: str, older: bool) -> dict[str, Any]:
    state = verify.check_chain(connection)
    if not older and not verify.integrity(connection):
        raise Refusal("db_corrupt", "path", path=source)
    return {
        "format": FORMAT,
        "version": VERSION,
        "schema": schema.stored(connection),
        "purpose": schema.purpose(connection).value,
        "events": state.events,
        "chain_ok": state.first_bad_seq is None,
        "chain_head": {"seq": state.seq, "hash": state.hash},
    }


def copy_sqlite(source: Path, target: Path) -> None:
    """An online, consistent copy of an SQLite file, checked and synced. The
    copy has no write-ahead log, so it is one file."""
    target.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(target)) as writer:
            prepare(reader, more=("query_only=ON",))
            reader.backup(writer, pages=2000, sleep=0.01)
            writer.execute("PRAGMA journal_mode=DELETE")
            said = writer.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        refusal = refusals.of_sqlite(error, source)
        raise refusal or error from error
    if said != "ok":
        target.unlink(missing_ok=True)
        raise Refusal("db_corrupt", "path", path=str(source))
    sync(target)


@contextmanager
def plain(path: Path) -> Iterator[Connection]:
    """A reading connection to an SQLite copy, without the house recipe, so
    that no write-ahead log appears beside it."""
    made = create_engine(f"sqlite+pysqlite:///{path}", poolclass=NullPool)
    refusals.watch(made, made.url)
    try:
        with made.connect() as connection:
            yield connection
    finally:
        made.dispose()


def _evidence(engines: Engines, root: Path | None) -> frozenset[str]:
    """The contents the database names, to count what is not in the store."""
    if root is None:
        return frozenset()
    with engines.read.connect() as connection:
        named = frozenset(connection.execute(select(evidence.c.sha256)).scalars())
        return named - removed_by_rule(connection)


def removed_by_rule(connection: Connection) -> frozenset[str]:
    """Contents that a rule of retention removed, by the record: nobody misses them."""
    rows = connection.execute(select(event.c.data).where(event.c.action == Action.RETENTION))
    return frozenset(str(one["sha256"]) for row in rows for one in row.data.get("removed", ()))


def files_under(root: Path) -> Iterator[Path]:
    """Finished files of an evidence store, in order; what is still being
    written (a name with a leading dot or ending in ``.part``) is left out."""
    if not root.is_dir():
        return
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        unfinished = path.suffix in (".part", ".tmp") or any(name.startswith(".") for name in parts)
        if path.is_file() and not path.is_symlink() and not unfinished:
            yield path


def _pack(
    part: Path, data: Path, manifest: dict[str, Any], named: frozenset[str], root: Path | None
) -> dict[str, Any] | None:
    found: dict[str, str] = {}
    size = 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        packing = zipfile.ZIP_DEFLATED if manifest["database"] == "sqlite" else zipfile.ZIP_STORED
        archive.write(data, entry_of(manifest), compress_type=packing, compresslevel=3)
        for path in files_under(root) if root is not None else ():
            name = path.relative_to(root or path).as_posix()
            found[name] = digest_of(path)
            size += path.stat().st_size
            archive.write(path, f"evidence/{name}")
        manifest["evidence"] = None if root is None else found
        archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
    if root is None:
        return None
    missing = sorted(named - set(found.values()))
    return {"files": len(found), "bytes": size, "missing": missing}


def entry_of(manifest: dict[str, Any]) -> str:
    """Name of the database inside the container."""
    return "database.sqlite" if manifest["database"] == "sqlite" else "database.dump"


def _test(part: Path) -> None:
    """Read the container back: every checksum, and the database's own."""
    with zipfile.ZipFile(part) as archive:
        broken = archive.testzip()
        manifest = json.loads(archive.read("manifest.json"))
        with archive.open(entry_of(manifest)) as stored:
            same = digest(stored) == manifest["sha256"]
    if broken is not None or not same:
        raise Refusal("db_corrupt", "backup", path=str(part))


def _remember_head(engines: Engines, head: dict[str, Any], file: Path) -> None:
    row = {"seq": head["seq"], "hash": head["hash"], "copied_to": file.name}
    with engines.write.begin() as connection:
        fence.demand(connection)
        connection.execute(insert(head_copy).values(**row))


def read_manifest(file: Path) -> dict[str, Any]:
    """The manifest of a backup. Raises ``Refusal('bad_file')`` when the file
    is not there, is not a backup, or was written by a newer program."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("manifest.json"))
    except FileNotFoundError as error:
        raise Refusal("bad_file", "missing", path=str(file)) from error
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Refusal("bad_file", "backup", path=str(file)) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Refusal("bad_file", "backup", path=str(file))
    if manifest.get("version") != VERSION:
        raise Refusal(
            "db_newer", "found", path=str(file), found=str(manifest.get("version")), known=str(VERSION)
        )
    return manifest


def head_of(file: Path) -> tuple[int, str]:
    """The chain head copied into a backup."""
    head = read_manifest(file)["chain_head"]
    return int(head["seq"]), str(head["hash"])


def digest(stream: IO[bytes]) -> str:
    """SHA-256 of what is left in ``stream``."""
    made = hashlib.sha256()
    while block := stream.read(_BLOCK):
        made.update(block)
    return made.hexdigest()


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return digest(stream)


def sync(path: Path) -> None:
    """Force a file, or a folder's names, onto the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder; its rename is journalled.
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_name(path: Path) -> Path:
    """``path``, or ``path-2``, ``path-3`` … when it is taken."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def outside(error: OSError, path: Path, code: str = "bad_file") -> Refusal:
    """The refusal for a failed file operation."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal("disk_full", path=str(path))
    return Refusal(code, "place" if code == "bad_file" else "path", path=str(path))


@contextmanager
def outside_errors(path: Path) -> Iterator[None]:
    """Turn failures of files into refusals."""
    try:
        yield
    except OSError as error:
        raise outside(error, path) from error
