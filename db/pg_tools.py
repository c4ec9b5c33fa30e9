"""``pg_dump`` and ``pg_restore``: found, their version checked, run without a
password on the command line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, text

from console.domain.errors import Refusal
from db import urls

#: libpq takes these from the environment, which other users cannot read.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "dbname": "PGDATABASE",
    "password": "PGPASSWORD",
}
_VERSION = re.compile(r"\(PostgreSQL\)\s+(\d+)")


def server_major(connection: Connection) -> int:
    """Major version of the server."""
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    return number // 10000


def find(tool: str, major: int) -> str:
    """Path of ``tool``, of the server's major version or newer: an older one
    refuses the server. Raises ``Refusal('db_unreachable', 'tool')``."""
    candidates = [Path(p) for p in (shutil.which(tool),) if p]
    candidates += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))
    found: dict[int, str] = {}
    for path in candidates:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        version = _VERSION.search(said)
        if version is not None:
            found[int(version[1])] = str(path)
    fit = [number for number in found if number >= major]
    if not fit:
        have = ", ".join(str(number) for number in sorted(found)) or "-"
        raise Refusal("db_unreachable", "tool", tool=tool, need=major, found=have)
    return found[min(fit)]


def _call(url: URL, command: list[str]) -> None:
    named = urls.parameters(url)
    environment = {**os.environ, "PGAPPNAME": "fifteen backup", "PGTZ": "UTC", "PGCONNECT_TIMEOUT": "10"}
    for key, variable in _VARIABLES.items():
        if key in named:
            environment[variable] = named[key]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise _refusal(done.stderr, url, command)


def _refusal(said: str, url: URL, command: list[str]) -> Refusal:
    facts: dict[str, Any] = {"path": urls.shown(url), "host": url.host or "localhost"}
    if "No space left" in said:
        return Refusal("disk_full", **facts)
    if "authentication failed" in said or "no password supplied" in said:
        return Refusal("auth_failed", "database", **facts)
    if "connection to server" in said:
        return Refusal("db_unreachable", **facts)
    reason = said.strip().splitlines()[-1][:200] if said.strip() else ""
    return Refusal("bad_file", "tool", tool=Path(command[0]).name, reason=reason, **facts)


def dump(url: URL, major: int, snapshot: str, target: Path) -> None:
    """Dump the schema ``public`` at ``snapshot`` in the custom format."""
    tool = find("pg_dump", major)
    options = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public"]
    _call(url, [tool, *options, f"--snapshot={snapshot}", f"--file={target}"])


def load(url: URL, major: int, source: Path) -> None:
    """Restore a dump in one transaction: all of it or nothing."""
    tool = find("pg_restore", major)
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _call(url, [tool, *options, f"--dbname={url.database or ''}", str(source)])
