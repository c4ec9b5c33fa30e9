"""The change feed: what other consoles committed, within half a second.

PostgreSQL: ``LISTEN`` on a connection of its own. Notifications are not kept
for who was away, so after every reconnect all kinds count as changed.
SQLite: ``PRAGMA data_version`` changes when another connection commits; then
the new rows of ``change_log`` tell what. A unit's own commits are told from
the same thread, once, with ``here`` set.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import closing
from typing import Final

from sqlalchemy import URL

from console.services.ports import Change
from db import urls
from db.engine import prepare

log = logging.getLogger(__name__)

#: What a console that may have missed something must read again.
ALL_KINDS: Final = frozenset({"case", "alarm", "camera", "standard", "user", "setting", "approval", "review"})
#: How often another process's commit is looked for, in seconds.
POLL_S: Final = 0.2
#: Waits before a lost connection is tried again, in seconds; the last repeats.
_BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)

Listener = Callable[[Change], None]


class Feed(ABC):
    """Implements ``ChangeFeed``; see :func:`feed_for`."""

    #: Driver errors that mean the connection is gone.
    losses: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, url: URL, origin: str) -> None:
        self._url = url
        self._origin = origin
        self._own: deque[frozenset[str]] = deque()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._listener: Listener | None = None

    def start(self, listener: Listener) -> None:
        """Call ``listener`` from the feed's own thread, for every commit from
        now on: returns when the feed is listening, or after 2 s when the
        database is away (it goes on trying)."""
        if self._thread is not None:
            raise RuntimeError("the change feed runs already")
        self._listener = listener
        self._stop.clear()
        self._ready.clear()
        self._thread = threading.Thread(target=self._run, name="change-feed", daemon=True)
        self._thread.start()
        self._ready.wait(2.0)

    def stop(self) -> None:
        """End the thread; no call of the listener comes after this returns."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stop.set()
        self._wake.set()
        if thread is not threading.current_thread():
            thread.join()
        self._own.clear()

    def own(self, kinds: frozenset[str]) -> None:
        """A unit of this process committed."""
        if self._thread is not None:
            self._own.append(kinds)
            self._wake.set()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._follow(again=failures > 0)
            except self.losses as error:
                wait = _BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)]
                failures += 1
                log.info("change feed lost (%s), again in %s s", type(error).__name__, wait)
                self._pause(wait)

    def _pause(self, seconds: float) -> None:
        """Wait, but go on telling of this process's own commits."""
        for _ in range(max(1, round(seconds / POLL_S))):
            self._rest()
            if self._stop.is_set():
                return

    def _rest(self) -> None:
        if self._wake.wait(POLL_S):
            self._wake.clear()
        self._tell_own()

    @abstractmethod
    def _follow(self, again: bool) -> None:
        """Listen until stopped or until the connection fails; ``again`` says
        that something may have been missed."""

    def _tell_own(self) -> None:
        while self._own and not self._stop.is_set():
            self._tell(Change(self._own.popleft(), here=True))

    def _tell(self, change: Change) -> None:
        if self._listener is None or self._stop.is_set():
            return
        try:
            self._listener(change)
        except Exception:
            # A bug of a screen must not make the console deaf.
            log.exception("a listener of the change feed failed")


class SqliteFeed(Feed):
    """Looks at ``data_version`` every 0.2 s."""

    losses = (OSError, sqlite3.Error)

    def _follow(self, again: bool) -> None:
        path = urls.file_of(self._url)
        connection = sqlite3.connect(path, isolation_level=None)
        with closing(connection):
            prepare(connection, more=("query_only=ON",))
            version = _one(connection, "PRAGMA data_version")
            last = _one(connection, "SELECT coalesce(max(id), 0) FROM change_log")
            if again:
                self._tell(Change(ALL_KINDS))
            self._ready.set()
            while not self._stop.is_set():
                self._rest()
                now = _one(connection, "PRAGMA data_version")
                if now != version:
                    version = now
                    last = self._read(connection, last)

    def _read(self, connection: sqlite3.Connection, last: int) -> int:
        query = "SELECT id, kinds, origin FROM change_log WHERE id > ? ORDER BY id"
        kinds: set[str] = set()
        rows = connection.execute(query, (last,)).fetchall()
        if rows and rows[0][0] > last + 1:
            kinds |= ALL_KINDS  # rows were cut away before they were read
        for _, words, origin in rows:
            if origin != self._origin:
                kinds.update(words.split())
        if kinds:
            self._tell(Change(frozenset(kinds)))
        return int(rows[-1][0]) if rows else last


def _one(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def feed_for(url: URL, origin: str) -> Feed:
    """The feed of a database; ``origin`` marks this process's own commits."""
    if urls.is_sqlite(url):
        return SqliteFeed(url, origin)
    # Imported here: whoever works on SQLite need not load the other driver.
    from db.feed_postgres import PostgresFeed

    return PostgresFeed(url, origin)
