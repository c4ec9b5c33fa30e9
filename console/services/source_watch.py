"""Looks about once a second at everything that can be wrong besides cases, and
tells the door of the alarms.

A thread of its own: it asks the feeds, the disks and the database, none of which
may hold up a sweep or a screen. When the database itself is away nobody can be
told through it: :meth:`SourceWatch.trouble` says so to the screens of this machine.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.domain.conditions import Condition
from console.domain.errors import Refusal
from console.domain.vocabulary import SourceKind
from console.services import source_conditions
from console.services.alarm_sources import AlarmSources
from console.services.ports import Clock
from console.services.watch_lease import Leases

log = logging.getLogger(__name__)

#: Rounds begin this often, s.
EVERY_S: Final = 1.0
#: A database that has not answered for so long is away, s.
AWAY_S: Final = 3.0
#: Leases: cameras are told by a program that reads them.
CAMERAS: Final = "cameras"
SITE: Final = "site"
#: Answers of the database that say it is away, or that nobody may write to it.
_AWAY: Final = frozenset(
    {"db_unreachable", "db_locked", "db_missing", "db_readonly", "db_corrupt", "disk_full", "auth_failed"}
)

Look = Callable[[datetime], Sequence[Condition] | None]


@dataclass(frozen=True, slots=True)
class Watcher:
    """One who looks. ``lease``: told by one program of the site only; without
    one it is a matter of this machine. ``every_s``: how often it looks."""

    name: str
    look: Look
    lease: str = ""
    every_s: float = EVERY_S


@dataclass(frozen=True, slots=True)
class Trouble:
    """The database is away: since when, and the code of its refusal."""

    since: datetime
    code: str


class SourceWatch:
    """One program's watchers. ``start`` and ``stop`` once each."""

    def __init__(self, door: AlarmSources, leases: Leases, clock: Clock, seat: str) -> None:
        self._door, self._leases, self._clock, self._seat = door, leases, clock, seat
        self._watchers: list[Watcher] = []
        self._next: dict[str, float] = {}
        self._broken: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="source-watch", daemon=True)
        self._stopping = threading.Event()
        self._shut = ""
        self._lock = threading.Lock()
        self._asking: tuple[datetime, float] | None = None
        self._away: tuple[datetime, float, str] | None = None
        self._slow_since: datetime | None = None
        self.rounds = 0

    def add(self, *watchers: Watcher) -> None:
        """Call before :meth:`start`."""
        self._watchers += watchers

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what stands goes on standing."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10.0)

    def trouble(self) -> Trouble | None:
        """Whether the database has been away for some seconds; any thread."""
        now = self._clock.monotonic()
        with self._lock:
            away, asking = self._away, self._asking
        if away is not None and now - away[1] >= AWAY_S:
            return Trouble(away[0], away[2])
        if asking is not None and now - asking[1] >= AWAY_S:
            return Trouble(asking[0], "db_locked")
        return None

    def _run(self) -> None:
        due = self._clock.monotonic()
        while not self._stopping.is_set():
            try:
                self.round()
                self._shut = ""
            except Refusal as refusal:
                # A newer program upgraded the database: others look now.
                if refusal.code != self._shut:
                    log.warning("what is wrong is not told: %s %s", refusal.code, refusal.detail)
                self._shut = refusal.code
            except Exception:
                log.exception("looking for what is wrong broke")
            due = max(due + EVERY_S, self._clock.monotonic())
            self._stopping.wait(due - self._clock.monotonic())
        try:
            self._leases.release()
        except Refusal as refusal:
            log.info("the leases were not given back: %s", refusal.code)

    def round(self) -> None:
        """Look at everything that is due, once."""
        self.rounds += 1
        now, begun = self._clock.now(), self._clock.monotonic()
        try:
            with self._question():
                self._leases.keep(sorted({watcher.lease for watcher in self._watchers if watcher.lease}))
            self._answered(now, self._clock.monotonic() - begun)
            for watcher in self._watchers:
                self._tell(watcher)
        except Refusal as refusal:
            if refusal.code not in _AWAY:
                raise
            self._refused(now, begun, refusal)

    @contextmanager
    def _question(self) -> Iterator[None]:
        """Marks that the database is being asked, and since when: a question
        that does not come back is noticed by whoever looks from outside."""
        with self._lock:
            self._asking = (self._clock.now(), self._clock.monotonic())
        try:
            yield
        finally:
            with self._lock:
                self._asking = None

    def _tell(self, watcher: Watcher) -> None:
        monotonic = self._clock.monotonic()
        if monotonic < self._next.get(watcher.name, 0.0):
            return
        if watcher.lease and not self._leases.held(watcher.lease):
            return
        self._next[watcher.name] = monotonic + watcher.every_s
        now = self._clock.now()
        try:
            seen = watcher.look(now)
        except Refusal:
            raise
        except Exception:
            # Once: a bug of one watcher must neither end nor drown the others.
            if watcher.name not in self._broken:
                log.exception("the watcher of %s broke", watcher.name)
            self._broken.add(watcher.name)
            return
        self._broken.discard(watcher.name)
        if seen is not None:
            with self._question():
                self._door.present(watcher.name, seen, now)

    # -- the database -----------------------------------------------------------

    def _answered(self, now: datetime, took_s: float) -> None:
        """It answered: tell how slowly, and that it had been away."""
        with self._lock:
            away, self._away = self._away, None
        if took_s < source_conditions.SLOW_S:
            self._slow_since = None
        else:
            self._slow_since = self._slow_since or now
        found = source_conditions.database(took_s, self._slow_since or now)
        watcher = f"database:{self._seat}"
        if away is not None and now - away[0] >= timedelta(seconds=AWAY_S):
            log.warning("the database is back; it was away since %s (%s)", away[0], away[2])
            lost = source_conditions.outage(away[0], now, away[2])
            self._door.present(watcher, [lost, *found], now)
        self._door.present(watcher, found, now)

    def _refused(self, now: datetime, begun: float, refusal: Refusal) -> None:
        with self._lock:
            first = self._away is None
            self._away = self._away or (now, begun, refusal.code)
        if first:
            log.warning("the database does not answer: %s %s", refusal.code, refusal.detail)


def disks_of(seat: str) -> str:
    """Who tells of the disks of a workstation."""
    return f"disk:{seat}"


def beat_of(name: str) -> str:
    """Who tells that the scheduler of a program (``seat/role``) stands still."""
    return f"scheduler:{name}"


def silent(leases: Leases, door: AlarmSources, now: datetime) -> list[Condition]:
    """Programs that stopped without a word. What they said of their own scheduler
    is past, and of their disks once they are gone for good: nobody else could
    ever say that it is over."""
    found = []
    for seat in sorted(leases.retired(now)):
        door.present(disks_of(seat), [], now)
    for name, at in sorted(leases.silent(now).items()):
        door.present(beat_of(name), [], now)
        seat, _, role = name.rpartition("/")
        facts = {"seat": seat, "role": role}
        found.append(Condition(SourceKind.SCHEDULER, name, "silent", at, "", facts))
    return found
