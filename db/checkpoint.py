"""Who checkpoints an SQLite file: one process, and nobody by accident.

SQLite before 3.51.3 can corrupt a file when two connections checkpoint or
write at the same instant (the "WAL-reset" bug, sqlite.org release notes), so
every connection has ``wal_autocheckpoint=0`` and only the holder of an
advisory lock beside the file moves the log into it, after a commit of its own.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

log = logging.getLogger(__name__)

#: The log is moved into the file when it is longer than this, in bytes.
_LONG = 4 << 20
#: A process without the lock asks for it again after so many commits.
_ASK_EVERY = 32
#: Commits between two checkpoints: each flushes the whole file to the disk.
_REST_COMMITS = 256
#: From this length on, in bytes, somebody writes in bulk, and the log of so many
#: commits would be gigabytes through which every reader has to look.
_HUGE = 256 << 20
_REST_HUGE = 16


def _try_lock(handle: IO[bytes]) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Checkpointer:
    """Holds the lock if it is free, and checkpoints when the log grows."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._wal = path.with_name(path.name + "-wal")
        self._lock_file = path.with_name(path.name + ".lock")
        self._engine = engine
        self._handle: IO[bytes] | None = None
        self._commits = 0
        self._last = -_REST_COMMITS
        self._guard = threading.Lock()
        self._ask()

    @property
    def holder(self) -> bool:
        """True when this process is the one that checkpoints."""
        return self._handle is not None

    def _ask(self) -> None:
        try:
            handle = self._lock_file.open("ab")
        except OSError:
            # A folder one may not write in: then nobody here writes the file either.
            log.debug("no lock file %s", self._lock_file, exc_info=True)
            return
        if _try_lock(handle):
            self._handle = handle
        else:
            handle.close()

    def committed(self) -> None:
        """Called after each commit of this process."""
        with self._guard:
            self._commits += 1
            if self._handle is None and self._commits % _ASK_EVERY == 0:
                self._ask()
            # A passive checkpoint empties the log without making the file
            # shorter, so its length alone would ask for one at every commit.
            length, since = self._length(), self._commits - self._last
            rested = since >= (_REST_HUGE if length > _HUGE else _REST_COMMITS)
            if self._handle is not None and rested and length > _LONG:
                self._last = self._commits
                self._run("PASSIVE")

    def _length(self) -> int:
        try:
            return os.stat(self._wal).st_size
        except OSError:
            return 0

    def _run(self, mode: str) -> None:
        # A checkpoint that could not run is tried again at the next commit:
        # no reason to fail a use case that is safely stored.
        try:
            with self._engine.connect() as connection:
                raw = connection.connection.driver_connection
                if raw is not None:
                    raw.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        except Exception:
            log.debug("no checkpoint", exc_info=True)

    def close(self) -> None:
        """Empty the log if this process may, and let go of the lock."""
        with self._guard:
            if self._handle is None:
                return
            if self._length():
                self._run("TRUNCATE")
            with suppress(OSError):
                self._handle.close()
            self._handle = None
