"""A PostgreSQL server for the test run, on a Unix socket in a folder of its own.

It starts with the first :func:`fresh_url` and stops at exit. ``postgres`` and
``initdb`` refuse root, so root runs them as the user ``postgres``. There is no
fsync: nothing in here outlives the run.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import psycopg

#: In memory where there is room: a database is copied for every test. Not
#: "fifteen-…", which names our frame slots and is swept by the feeds.
_PREFIX: Final = "pg-fifteen-"
_ROOM: Final = 1 << 30
_numbers = itertools.count(1)
_running: list[Server] = []
_templates: set[str] = set()


def binaries() -> Path | None:
    """Folder of the newest server installed, or ``None``."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_major)
    if found:
        return found[-1].parent
    path = shutil.which("postgres")
    return Path(path).parent if path else None


def _major(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdigit() else 0


def _base() -> str:
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM:
        return str(memory)
    return tempfile.gettempdir()


class Server:
    """One server; its superuser is ``fifteen``, trusted on the socket."""

    def __init__(self) -> None:
        found = binaries()
        if found is None:
            raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
        self.bin = found
        self.owner = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{self.owner}-", dir=_base()))
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._do("initdb", "-D", self.data, "-U", "fifteen", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._hba()
        options = [
            "-c listen_addresses=''",
            f"-c unix_socket_directories='{self.folder}'",
            "-c fsync=off",
            "-c full_page_writes=off",
            "-c max_connections=60",
            "-c shared_buffers=32MB",
            "-c autovacuum_naptime=1d",
        ]
        log = str(self.folder / "log")
        self._do("pg_ctl", "-D", self.data, "-l", log, "-w", "-o", " ".join(options), "start")

    def _hba(self) -> None:
        """Everybody is trusted but the role ``sealed``, who needs a password."""
        hba = Path(self.data) / "pg_hba.conf"
        hba.write_text("local all sealed scram-sha-256\nlocal all all trust\n", "utf-8")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def _do(self, tool: str, *arguments: str) -> None:
        call([str(self.bin / tool), *arguments], self.folder)

    def url(self, database: str) -> str:
        """URL of a database of this server."""
        return f"postgresql://fifteen@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A raw autocommit connection, for what only another tool would do."""
        return psycopg.connect(host=str(self.folder), user="fifteen", dbname=database, autocommit=True)

    def stop(self) -> None:
        """Stop at once and leave nothing behind."""
        if os.getpid() != self.owner:
            return
        self._do("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def call(command: list[str], folder: Path) -> None:
    """Run a server tool as the user it accepts."""
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # To a file, not a pipe: the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, check=False
        )
        said.seek(0)
        output = said.read().decode(errors="replace")
    if done.returncode != 0:
        raise RuntimeError(f"{command} failed: {output[-2000:]}")


def server() -> Server:
    """The server of this run."""
    if not _running:
        _sweep()
        _running.append(Server())
        atexit.register(stop)
    return _running[0]


def stop() -> None:
    """Stop the server of this run, if there is one."""
    while _running:
        _running.pop().stop()


def _sweep() -> None:
    """Stop servers of runs that were killed before they could."""
    for folder in Path(_base()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            found = binaries()
            if found is not None and (folder / "data" / "postmaster.pid").exists():
                try:
                    call(
                        [str(found / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop"], folder
                    )
                except RuntimeError:
                    pass  # it is gone already; only its folder is left
            shutil.rmtree(folder, ignore_errors=True)


def create(name: str, template: str = "template0") -> None:
    """A new database, copied from ``template``."""
    with server().connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def fresh_url(purpose: str = "") -> str:
    """URL of a new database. With ``purpose`` it holds our schema already
    (copied from one made once a run), without it is empty."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    if not purpose:
        create(name)
        return server().url(name)
    base = f"base_{purpose}"
    if base not in _templates:
        from db import admin

        create(base)
        admin.init(server().url(base), purpose)
        _templates.add(base)
    create(name, base)
    return server().url(name)


def copy(url: str) -> str:
    """URL of a new database with what is in the one of ``url``, which nobody
    may be connected to."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    create(name, name_of(url))
    return server().url(name)


def name_of(url: str) -> str:
    """Database name of a URL made here."""
    return url.split("@/")[1].split("?")[0]


def drop(url: str) -> None:
    """Remove a database, whoever is still connected."""
    with server().connect() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name_of(url)}" WITH (FORCE)')
