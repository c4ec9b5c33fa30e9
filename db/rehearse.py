"""Putting a backup back for trial: somewhere else, looked at, and taken away.

Nobody knows whether a backup can be restored before somebody has restored it.
The database goes into a temporary place (a file beside nothing on SQLite, a
database of its own on the same PostgreSQL server), is checked as ``db check``
does, and its record is compared with the live one up to the backup's last
event. Evidence is read where it lies in the container, every hash recomputed.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from console.domain.errors import Refusal
from console.domain.vocabulary import Action
from db import admin, engine, refusals, urls
from db import backup as backups
from db import restore as restoring
from db.tables import event, evidence

#: How a database made for trial is called on a server.
PREFIX: Final = "fifteen_rehearsal_"
#: Room needed beside the database in the backup: it, and its write-ahead log.
_ROOM: Final = 2.2


@dataclass(frozen=True, slots=True)
class Tried:
    """A backup put back. ``url`` is the temporary database, ``manifest`` what
    the backup says of itself, ``until`` when its last event was recorded."""

    url: str
    manifest: dict[str, Any]
    until: datetime | None


@contextmanager
def tried(url: str, file: Path, folder: Path | None = None) -> Iterator[Tried]:
    """Put ``file`` back in a temporary place, gone when the block is left.
    ``url`` is the live database: untouched, its server is used for a backup
    of PostgreSQL. Raises ``Refusal``: ``bad_file``, ``db_corrupt``, ``db_newer``,
    ``disk_full``, ``db_unreachable.rehearsal`` where the server lets us make
    no database."""
    manifest = backups.read_manifest(file)
    with tempfile.TemporaryDirectory(prefix="fifteen-rehearsal-", dir=folder) as made:
        _demand_room(file, manifest, Path(made))
        if manifest["database"] == "sqlite":
            place = f"sqlite:///{Path(made) / 'rehearsal.sqlite'}"
            restoring.run(urls.parse(place), file, None)
            yield Tried(place, manifest, _until(place, manifest))
            return
        with _database(url, file, manifest) as place:
            restoring.run(urls.parse(place), file, None)
            yield Tried(place, manifest, _until(place, manifest))


def _demand_room(file: Path, manifest: dict[str, Any], folder: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo(backups.entry_of(manifest)).file_size
    if shutil.disk_usage(folder).free < size * _ROOM:
        raise Refusal("disk_full", "path", path=str(folder))


@contextmanager
def _database(url: str, file: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """A database of its own on the live one's server."""
    parsed = urls.parse(url)
    if urls.is_sqlite(parsed):
        raise Refusal(
            "bad_file", "other_database", path=str(file), found=manifest["database"], wanted="sqlite"
        )
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    server = create_engine(parsed, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    refusals.watch(server, parsed)
    try:
        with server.connect() as connection:
            try:
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
            except (DBAPIError, Refusal) as error:
                raise Refusal("db_unreachable", "rehearsal", path=urls.shown(parsed)) from error
            try:
                yield parsed.set(database=name).render_as_string(hide_password=False)
            finally:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        server.dispose()


def _until(url: str, manifest: dict[str, Any]) -> datetime | None:
    with _reading(url) as connection:
        query = select(event.c.recorded_at).where(event.c.seq == manifest["chain_head"]["seq"])
        found: datetime | None = connection.execute(query).scalar()
        return found


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    engines = engine.build(urls.parse(url))
    try:
        with engines.read.connect() as connection:
            yield connection
    finally:
        engines.dispose()


def record(url: str, seq: int) -> dict[str, int]:
    """The record up to event ``seq`` in numbers: events, cases opened, steps of
    each kind. The same on the backup and on the live database, or one of them
    has lost something."""
    with _reading(url) as connection:
        query = select(event.c.action, func.count()).where(event.c.seq <= seq).group_by(event.c.action)
        counts = {str(action): int(number) for action, number in connection.execute(query)}
    return {"events": sum(counts.values()), "cases": counts.get(Action.OPEN.value, 0), **{
        f"event.{name}": number for name, number in sorted(counts.items())
    }}  # fmt: skip


def head_hash(url: str, seq: int) -> str:
    """The hash of event ``seq``: with it, all before are the same."""
    with _reading(url) as connection:
        return str(connection.execute(select(event.c.hash).where(event.c.seq == seq)).scalar() or "")


def touched_since(url: str, seq: int) -> int:
    """Cases something happened to after event ``seq``."""
    with _reading(url) as connection:
        query = select(func.count(func.distinct(event.c.case_id))).where(
            event.c.seq > seq, event.c.case_id != ""
        )
        return int(connection.execute(query).scalar_one())


def evidence_of(place: Tried, file: Path) -> dict[str, Any] | None:
    """Read every evidence file in the container: ``{files, bytes, bad, missing}``;
    ``None`` when evidence was left out. ``missing`` are contents a case names
    that the backup has not and no rule of retention removed."""
    named: dict[str, str] | None = place.manifest.get("evidence")
    if named is None:
        return None
    bad: list[str] = []
    size = 0
    with zipfile.ZipFile(file) as archive:
        for name, digest in sorted(named.items()):
            try:
                with archive.open(f"evidence/{name}") as stored:
                    same = backups.digest(stored) == digest
                size += archive.getinfo(f"evidence/{name}").file_size
            except (KeyError, zipfile.BadZipFile, OSError):
                same = False
            if not same:
                bad.append(name)
    with _reading(place.url) as connection:
        rows = set(connection.execute(select(evidence.c.sha256)).scalars())
        rows -= backups.removed_by_rule(connection)
    return {"files": len(named), "bytes": size, "bad": bad, "missing": sorted(rows - set(named.values()))}


def check(place: Tried, file: Path) -> dict[str, Any]:
    """What ``db check`` says of the restored database."""
    return admin.check(place.url, file)
