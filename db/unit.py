"""The unit of work: one use case, one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, delete, insert, text

from db import fence, search
from db.bulk import Bulk
from db.engine import Engines
from db.repositories.alarms import Alarms
from db.repositories.audit import Audit
from db.repositories.camera_changes import CameraChanges
from db.repositories.camera_records import CameraRecords
from db.repositories.cameras import Cameras
from db.repositories.cases import Cases
from db.repositories.events import Events
from db.repositories.evidence import EvidenceRows
from db.repositories.facts import Facts
from db.repositories.figures import Figures
from db.repositories.history import History
from db.repositories.intake import Intake
from db.repositories.notices import Notices
from db.repositories.people import People, Persons
from db.repositories.reference import Reference
from db.repositories.reports import ReportRuns
from db.repositories.reviews import Reviews
from db.repositories.sealed import Sealed
from db.repositories.settings import Settings
from db.repositories.shifts import Shifts
from db.repositories.sources import Sources
from db.repositories.thresholds import Thresholds
from db.tables_reference import change_log

log = logging.getLogger(__name__)

#: The channel of LISTEN and NOTIFY.
CHANNEL = "fifteen_changed"
#: Every so many changes the log is cut to its newest rows.
_CUT_EVERY = 512
_KEEP = 1024


class _Touched:
    """What a unit changed. The repositories know this and not the unit: a unit that
    has ended, with all it read, goes at once instead of waiting in a circle for the
    garbage collector, which holds every thread up."""

    def __init__(self, writes: bool) -> None:
        self._writes = writes
        self.kinds: set[str] = set()

    def touch(self, *kinds: str) -> None:
        """See :meth:`Unit.touch`."""
        if not self._writes:
            raise RuntimeError("this unit of work only reads")
        self.kinds.update(kinds)


class Unit:
    """Implements ``console.services.ports.UnitOfWork`` on one connection.

    Leaving the block without :meth:`commit` rolls everything back. Events are
    kept until the commit and numbered last, so that the chain's head is the
    last lock a transaction takes, whatever order the use case wrote in.
    """

    def __init__(
        self, engines: Engines, writes: bool, origin: str, committed: Callable[[frozenset[str]], None]
    ) -> None:
        self._engine = engines.write if writes else engines.read
        self._writes = writes
        self._origin = origin
        self._committed = committed
        self._touched = _Touched(writes)
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        connection = self._engine.connect()
        try:
            connection.begin()
            if self._writes:
                fence.demand(connection)
            self._connection = connection
            still, touch = not self._writes, self._touched.touch
            self.cases = Cases(connection, touch, still)
            self.events = Events(connection, touch, still)
            self.bulk = Bulk(connection, touch)
            self.alarms = Alarms(connection, touch)
            self.notices = Notices(connection, touch)
            self.sources = Sources(connection, touch)
            self.shifts = Shifts(connection, touch)
            self.thresholds = Thresholds(connection, touch)
            self.reference = Reference(connection, touch, still)
            self.cameras = Cameras(connection, touch)
            self.camera_records = CameraRecords(connection, touch)
            self.camera_changes = CameraChanges(connection, touch)
            self.users = People(connection, touch)
            self.intake = Intake(connection, touch)
            self.persons = Persons(connection, touch)
            self.settings = Settings(connection, touch, still)
            self.sealed = Sealed(connection, touch)
            self.facts = Facts(connection, touch)
            self.figures = Figures(connection, touch)
            self.evidence = EvidenceRows(connection, touch)
            self.history = History(connection, touch)
            self.reviews = Reviews(connection, touch)
            self.report_runs = ReportRuns(connection, touch)
            self.audit = Audit(connection, touch)
        except BaseException:
            connection.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            _leave(connection, failed=error is not None)

    def touch(self, *kinds: str) -> None:
        """Name what this unit changed. Repositories do so themselves; a
        reading unit refuses with ``RuntimeError``, since that is a bug."""
        self._touched.touch(*kinds)

    def commit(self) -> None:
        """Number the events, tell the other consoles, commit. After an error
        nothing is stored and the unit is finished."""
        connection = self._connection
        if connection is None:
            raise RuntimeError("this unit of work is finished")
        try:
            self.cases.say(search.said_in(self.events.pending()))
            self.events.number()
            if self._touched.kinds:
                self._announce(connection)
            connection.commit()
        finally:
            self._connection = None
            connection.close()
        self._committed(frozenset(self._touched.kinds))

    def _announce(self, connection: Connection) -> None:
        kinds = sorted(self._touched.kinds)
        if connection.dialect.name == "postgresql":
            payload = json.dumps({"kinds": kinds, "origin": self._origin})
            connection.execute(text("SELECT pg_notify(:c, :p)"), {"c": CHANNEL, "p": payload})
            return
        row = insert(change_log).values(kinds=" ".join(kinds), origin=self._origin)
        number = connection.execute(row).inserted_primary_key
        if number is not None and number[0] % _CUT_EVERY == 0:
            connection.execute(delete(change_log).where(change_log.c.id <= number[0] - _KEEP))


def _leave(connection: Connection, failed: bool) -> None:
    """Roll back and give the connection back; an error that is already on its
    way out is worth more than one from cleaning up after it."""
    try:
        connection.close()
    except Exception:
        if not failed:
            raise
        log.debug("a unit could not be rolled back", exc_info=True)


class Units:
    """Implements ``UnitOfWorkFactory`` on one database."""

    def __init__(self, engines: Engines, origin: str, committed: Callable[[frozenset[str]], None]) -> None:
        self._engines = engines
        self._origin = origin
        self._committed = committed

    def write(self, *, cases: bool = True) -> Unit:
        """A unit that may change things."""
        if cases:
            search.prepare()
        return Unit(self._engines, True, self._origin, self._committed)

    def read(self) -> Unit:
        """A unit that only reads, on one snapshot."""
        return Unit(self._engines, False, self._origin, self._committed)
