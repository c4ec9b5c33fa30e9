"""Which things a program watches besides cases: made of the engine's rooms.

The console watches cameras, disks, database, scheduler, backups and the up-reports
of emergencies; ``fifteen watch`` all of that but the cameras, which it does not read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from console.domain.conditions import Condition
from console.domain.model import Camera
from console.services import source_conditions, source_watch
from console.services.assembly import Services
from console.services.backups import BackupPlan
from console.services.disk_rooms import DiskRooms, Folder
from console.services.source_watch import CAMERAS, SITE, SourceWatch, Watcher
from console.services.watch_lease import Leases

if TYPE_CHECKING:
    from console.engine import Engine

#: The list of cameras is read anew this often, s.
CAMERAS_EVERY_S: Final = 30.0
#: Backups are looked at this often, s.
BACKUP_EVERY_S: Final = 30.0
#: Programs that have fallen silent, and reports that are owed, s.
SILENT_EVERY_S: Final = 10.0
EMERGENCY_EVERY_S: Final = 5.0


def build(engine: Engine, role: str) -> SourceWatch:
    """The watchers of a program; ``role`` is ``console`` or ``watch``. The
    engine must have opened its cameras, if it reads any."""
    services, clock, seat = engine.services, engine.clock, engine.seat
    leases = Leases(services.uows, clock, seat, role, os.getpid())
    watch = SourceWatch(services.alarm_sources, leases, clock, seat)
    disks = DiskRooms(_Folders(engine), seat, clock)
    plan = BackupPlan(services.uows, clock)

    def scheduler(now: datetime) -> list[Condition]:
        return source_conditions.scheduler(seat, role, engine.waker.heartbeat(), now)

    def silent(now: datetime) -> list[Condition]:
        return source_watch.silent(leases, services.alarm_sources, now)

    def backup(now: datetime) -> list[Condition]:
        return _backup(plan, now)

    watch.add(
        Watcher(source_watch.disks_of(seat), disks.look, every_s=2.0),
        Watcher(source_watch.beat_of(f"{seat}/{role}"), scheduler),
        Watcher("scheduler", silent, SITE, SILENT_EVERY_S),
        Watcher("backup", backup, SITE, BACKUP_EVERY_S),
        Watcher("emergency", services.emergencies.conditions, SITE, EMERGENCY_EVERY_S),
        Watcher("supervision", services.supervision.conditions, SITE, EMERGENCY_EVERY_S),
    )
    if engine.feeds is not None:
        watch.add(Watcher("cameras", _Cameras(engine).look, CAMERAS))
    return watch


def once(services: Services) -> None:
    """What does not need somebody who goes on looking: backups, and the
    up-reports that are owed. For a round without a program that stays."""
    now = services.clock.now()
    plan = BackupPlan(services.uows, services.clock)
    services.alarm_sources.present("backup", _backup(plan, now), now)
    services.alarm_sources.present("emergency", services.emergencies.conditions(now), now)


def _backup(plan: BackupPlan, now: datetime) -> list[Condition]:
    _, last = plan.last()
    bad = last is not None and not last.ok
    at = datetime.fromisoformat(last.at) if last is not None and bad else None
    return source_conditions.backup(plan.overdue_s(), last.error if last and bad else "", at, now)


class _Cameras:
    """The cameras as configured, and how the feeds find them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begun = engine.clock.monotonic()
        self._rows: dict[str, Camera] = {}
        self._behind: dict[str, str] = {}
        self._read_at = float("-inf")

    def look(self, now: datetime) -> list[Condition] | None:
        """What is wrong with them."""
        engine = self._engine
        assert engine.feeds is not None
        monotonic = engine.clock.monotonic()
        if monotonic - self._read_at >= CAMERAS_EVERY_S:
            with engine.store.uows.read() as uow:
                rows = uow.cameras.all()
            self._rows = {camera.id: camera for camera in rows if camera.enabled}
            self._behind, self._read_at = source_conditions.behind(self._rows.values()), monotonic
        health, clocks = engine.feeds.health(), not engine.clock.shifted
        young = monotonic - self._begun < source_conditions.FIRST_S
        return source_conditions.cameras(self._rows, self._behind, health, now, young=young, clocks=clocks)


class _Folders:
    """Where this program writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._plan = BackupPlan(engine.services.uows, engine.clock)

    def __call__(self) -> Iterable[Folder]:
        places = self._engine.places
        root = os.environ.get("FIFTEEN_EVIDENCE", "")
        yield Folder("evidence", Path(root) if root else places.evidence, shared=bool(root))
        if places.db_url.startswith("sqlite:"):
            yield Folder("database", Path(unquote(urlsplit(places.db_url).path.removeprefix("/"))).parent)
        yield Folder("data", places.data)
        backups = self._plan.last()[0].folder
        if backups:
            yield Folder("backup", Path(backups))
