"""The change feed on PostgreSQL: LISTEN on a connection of its own."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from console.services.ports import Change
from db import urls
from db.feed import ALL_KINDS, POLL_S, Feed
from db.unit import CHANNEL

#: A listening connection is asked whether it lives after so many quiet polls.
_QUIET: Final = 25


class PostgresFeed(Feed):
    """Listens on an autocommit connection of its own, with nothing else on it."""

    losses = (OSError, psycopg.Error)

    def _follow(self, again: bool) -> None:
        with closing(self._connect()) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            if again:
                self._tell(Change(ALL_KINDS))
            self._ready.set()
            quiet = 0
            while not self._stop.is_set():
                heard = False
                # notifies() holds the connection's lock while it lives, so it
                # is left after each one.
                for note in connection.notifies(timeout=POLL_S, stop_after=1):
                    heard = True
                    self._hear(note.payload)
                self._tell_own()
                quiet = 0 if heard else quiet + 1
                if quiet >= _QUIET:
                    connection.execute("SELECT 1")
                    quiet = 0

    def _connect(self) -> psycopg.Connection[Any]:
        more = {"application_name": "fifteen feed", "connect_timeout": "10"}
        more |= {"keepalives_idle": "20", "keepalives_interval": "5", "keepalives_count": "3"}
        told = make_conninfo("", **(urls.parameters(self._url) | more))
        return psycopg.connect(told, autocommit=True)

    def _hear(self, payload: str) -> None:
        try:
            told = json.loads(payload)
            kinds, origin = frozenset(map(str, told["kinds"])), told["origin"]
        except (ValueError, KeyError, TypeError):
            kinds, origin = ALL_KINDS, ""
        if origin != self._origin:
            self._tell(Change(kinds))
