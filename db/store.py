"""Opening a database: engines, units of work and the change feed together."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import text

from console.domain.vocabulary import Purpose
from db import admin, engine, fence, schema, urls
from db.checkpoint import Checkpointer
from db.engine import Engines
from db.feed import Feed, feed_for
from db.unit import Units


class Store:
    """An open database. ``uows`` makes units of work (any thread; one unit
    belongs to one thread), ``feed`` tells of commits, ``url_shown`` holds no
    password. Close it, or use it in a ``with`` block."""

    def __init__(self, engines: Engines, purpose: Purpose) -> None:
        origin = uuid.uuid4().hex
        self._engines = engines
        self._checkpointer = (
            Checkpointer(urls.file_of(engines.url), engines.write) if engines.sqlite else None
        )
        self.feed: Feed = feed_for(engines.url, origin)
        self.uows: Units = Units(engines, origin, self._committed)
        self.purpose = purpose
        self.url_shown = urls.shown(engines.url)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self._engines.sqlite else "postgresql"

    def standing(self) -> fence.Standing:
        """The database's revision beside the one this program knows."""
        with self._engines.read.connect() as connection:
            return fence.standing(connection)

    def may_write(self) -> bool:
        """Whether this login of the database may do more than read."""
        if self._engines.sqlite:
            return True
        with self._engines.read.connect() as connection:
            asked = text("SELECT has_table_privilege(current_user, 'setting', 'INSERT')")
            return bool(connection.execute(asked).scalar_one())

    def server_time(self) -> datetime | None:
        """The database server's clock, to measure ours against; ``None`` on
        SQLite, where there is no other clock."""
        if self._engines.sqlite:
            return None
        with self._engines.read.connect() as connection:
            told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return told.astimezone(UTC)

    def _committed(self, kinds: frozenset[str]) -> None:
        if self._checkpointer is not None:
            self._checkpointer.committed()
        if kinds:
            self.feed.own(kinds)

    def close(self) -> None:
        """Stop the feed, empty the log if this process may, close everything."""
        self.feed.stop()
        if self._checkpointer is not None:
            self._checkpointer.close()
        self._engines.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(
    url: str,
    *,
    create: bool = False,
    purpose: Purpose | str = Purpose.SITE,
    busy_s: float = engine.BUSY_S,
) -> Store:
    """Open the database at ``url``: an SQLite path or URL, or a PostgreSQL URL.

    With ``create`` a database that is not there is made for ``purpose`` and an
    older one is upgraded (backed up first). ``busy_s`` is how long a writer
    waits for another. Raises ``Refusal``: ``db_missing`` (detail ``tables``:
    there but empty; ``old``: to be upgraded; ``database``: the server has no
    such database), ``db_newer``, ``db_corrupt``, ``db_readonly``,
    ``db_locked``, ``db_unreachable``, ``auth_failed``, ``disk_full``,
    ``bad_usage`` (``db_url``).
    """
    if create:
        admin.create(url, Purpose(purpose), busy_s)
    parsed = urls.parse(url)
    if urls.is_sqlite(parsed):
        engine.demand_file(urls.file_of(parsed))
    engines = engine.build(parsed, busy_s)
    try:
        return Store(engines, schema.demand(engines))
    except BaseException:
        engines.dispose()
        raise
