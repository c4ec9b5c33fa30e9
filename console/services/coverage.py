"""Which cameras are looked at, and how available they are.

The counts come from the consoles themselves: there is nobody to sign for
them. Sights are told in the name of the officer who was signed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.model import Actor
from console.services import permissions
from console.services.camera_records import CameraDay, CameraSeen
from console.services.ports import Clock, UnitOfWorkFactory

#: The right to be counted as somebody who watches.
WATCH: Final = "camera.watch"
#: Days begin at midnight of the site.
SITE_ZONE: Final = ZoneInfo("Asia/Shanghai")


def local_day(at: datetime) -> str:
    """``YYYY-MM-DD`` of an instant at the site."""
    return at.astimezone(SITE_ZONE).date().isoformat()


@dataclass(frozen=True, slots=True)
class CameraSheetView:
    """What is stored about one camera: today's counts over all seats, and who
    last saw it."""

    camera: str
    today: CameraDay | None
    seen: CameraSeen | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A camera and when it was last looked at; ``None`` for never."""

    camera: str
    seen: CameraSeen | None


class CoverageService:
    """The use cases around both."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def keep_days(self, seat: str, rows: Sequence[CameraDay]) -> None:
        """Add what this console has counted since it last did so."""
        if rows:
            with self._uows.write() as uow:
                uow.camera_records.add_days(seat, rows)
                uow.commit()

    def saw(self, actor: Actor, rows: Sequence[CameraSeen]) -> int:
        """Cameras ``actor`` has just seen; returns how many rows were new.
        Raises ``Refusal('forbidden')`` for somebody who does not watch."""
        permissions.demand(actor, WATCH)
        if not rows:
            return 0
        with self._uows.write() as uow:
            written = uow.camera_records.put_seen(rows)
            uow.commit()
        return written

    def sheet(self, actor: Actor, camera: str) -> CameraSheetView:
        """What is stored about one camera."""
        permissions.demand(actor, "camera.read")
        with self._uows.read() as uow:
            days = uow.camera_records.day(local_day(self._clock.now()), camera)
            seen = uow.camera_records.seen(camera)
        return CameraSheetView(camera, days[0] if days else None, seen[0] if seen else None)

    def longest_unseen(self, actor: Actor) -> tuple[Unseen, ...]:
        """Enabled cameras, those never seen first, then the longest unseen."""
        permissions.demand(actor, "camera.read")
        with self._uows.read() as uow:
            cameras = [camera.id for camera in uow.cameras.all() if camera.enabled]
            seen = {row.camera: row for row in uow.camera_records.seen()}
        never = [Unseen(camera, None) for camera in cameras if camera not in seen]
        looked = [Unseen(camera, seen[camera]) for camera in cameras if camera in seen]
        return (*never, *sorted(looked, key=_when))


def _when(row: Unseen) -> tuple[datetime, str]:
    assert row.seen is not None
    return row.seen.at, row.camera
