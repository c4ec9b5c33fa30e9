"""How much room is left where the program writes.

A share that does not answer holds whoever asks for minutes; so each folder is
asked by a thread of its own, and one that does not answer is said to be away.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from console.domain.conditions import Condition
from console.services.ports import Clock
from console.services.source_conditions import Room, disks

#: How often each folder is asked, s.
ASK_EVERY_S: Final = 10.0
#: A disk that has not answered for so long is away, s.
PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder the program writes to. ``shared``: it is one for all
    workstations, and must be there; one of this machine is made when needed."""

    name: str
    path: Path
    shared: bool = False


@dataclass(slots=True)
class _Asked:
    """What is known of one folder."""

    thread: threading.Thread
    begun: float
    free: int | None = None
    total: int | None = None
    device: int | None = None
    done: bool = False


class DiskRooms:
    """Asks the disks behind folders. ``folders`` is called each time: a backup
    folder may be set while the program runs. One thread looks."""

    def __init__(self, folders: Callable[[], Iterable[Folder]], seat: str, clock: Clock) -> None:
        self._folders, self._seat, self._clock = folders, seat, clock
        self._asked: dict[Folder, _Asked] = {}
        self._told: dict[str, tuple[str, datetime]] = {}

    def look(self, now: datetime) -> list[Condition] | None:
        """Disks that are low, full or away; ``None`` before the first answers.
        Folders on one disk are one: the first speaks for all."""
        monotonic = self._clock.monotonic()
        folders = tuple(self._folders())
        for folder in folders:
            known = self._asked.get(folder)
            if known is None or (known.done and monotonic - known.begun >= ASK_EVERY_S):
                self._asked[folder] = self._ask(folder, monotonic, known)
        rooms: list[Room] = []
        devices: set[int] = set()
        for folder in folders:
            asked = self._asked[folder]
            late = not asked.done and monotonic - asked.begun >= PATIENCE_S
            if not asked.done and not late and asked.device is None:
                return None
            if asked.device is not None and asked.device in devices and not late:
                continue
            devices |= {asked.device} if asked.device is not None else set()
            free, total = (None, None) if late else (asked.free, asked.total)
            seat = "" if folder.shared else self._seat
            rooms.append(Room(folder.name, str(folder.path), seat, now, free, total))
        return disks([self._since(room, now) for room in rooms])

    def _ask(self, folder: Folder, monotonic: float, before: _Asked | None) -> _Asked:
        thread = threading.Thread(target=self._answer, args=(folder,), name="disk-room", daemon=True)
        asked = _Asked(thread, monotonic)
        if before is not None:
            # Until the answer is there the last one holds.
            asked.free, asked.total, asked.device = before.free, before.total, before.device
        self._asked[folder] = asked
        thread.start()
        return asked

    def _answer(self, folder: Folder) -> None:
        asked = self._asked[folder]
        try:
            place = folder.path if folder.shared else _nearest(folder.path)
            usage = shutil.disk_usage(place)
            asked.device = os.stat(place).st_dev
            asked.free, asked.total = usage.free, usage.total
        except OSError:
            asked.free = asked.total = asked.device = None
        asked.done = True

    def _since(self, room: Room, now: datetime) -> Room:
        """With the time at which it began to be as it is."""
        wrong = [one.code for one in disks([room])]
        code = wrong[0] if wrong else ""
        before = self._told.get(room.name)
        if before is None or before[0] != code:
            before = self._told[room.name] = (code, now)
        return replace(room, since=before[1])

    def stop(self) -> None:
        """Wait a moment for answers under way; a dead share is not waited for."""
        for asked in self._asked.values():
            asked.thread.join(timeout=0.5)


def _nearest(path: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    for place in (path, *path.parents):
        if place.exists():
            return place
    return path
