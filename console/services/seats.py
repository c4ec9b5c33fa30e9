"""Which consoles work at this database, with which program, and what is newest.

In a room that never closes the consoles are not upgraded at one moment. Each
tells its version in the settings; one that is older than another is told so and
goes on working while the database lets it (``db.fence``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: Key among the settings: one row a seat and role.
SEAT: Final = "care.seat."
#: How often a program tells that it is there, s.
TELL_EVERY_S: Final = 120.0
#: One that has not told for so long is gone.
GONE: Final = timedelta(minutes=10)
#: Rows older than this are not listed any more.
FORGOTTEN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Seat:
    """A program at a workstation: ``role`` console, kiosk or watch."""

    name: str
    role: str
    version: str
    schema: str
    at: datetime
    here: bool = False
    present: bool = True


def ordered(version: str) -> tuple[int, ...]:
    """A version as numbers that sort: ``0.10.2`` after ``0.9``."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])


def newer(one: str, other: str) -> bool:
    """True when version ``one`` is newer than ``other``; an empty one is not."""
    return bool(one) and ordered(one) > ordered(other)


class Seats:
    """One program's own row, and everybody's."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, seat: str, role: str) -> None:
        self._uows, self._clock = uows, clock
        self._seat, self._role = seat, role
        self._told_at = float("-inf")

    def tell(self, version: str, schema: str) -> bool:
        """Tell that this program is there, when it is time; True when it did."""
        if self._clock.monotonic() - self._told_at < TELL_EVERY_S:
            return False
        self._told_at = self._clock.monotonic()
        row = {"version": version, "schema": schema, "at": self._clock.now().isoformat()}
        with self._uows.write(cases=False) as uow:
            uow.settings.put(f"{SEAT}{self._seat}/{self._role}", json.dumps(row), quiet=True)
            uow.commit()
        return True

    def all(self) -> tuple[Seat, ...]:
        """Every program of the last days, those that are there first."""
        now = self._clock.now()
        with self._uows.read() as uow:
            return read(uow, now, f"{self._seat}/{self._role}")

    def newest(self) -> str:
        """The newest version at work here; empty when nobody has told."""
        versions = [one.version for one in self.all() if one.present]
        return max(versions, key=ordered, default="")


def read(uow: UnitOfWork, now: datetime, here: str = "") -> tuple[Seat, ...]:
    """The seats as they are stored; what cannot be read is left out."""
    found = []
    for key, text in uow.settings.all().items():
        if not key.startswith(SEAT):
            continue
        name, _, role = key.removeprefix(SEAT).rpartition("/")
        try:
            row = json.loads(text)
            at = datetime.fromisoformat(str(row["at"]))
            made = Seat(name, role, str(row["version"]), str(row["schema"]), at)
        except (ValueError, KeyError, TypeError):
            continue
        if at.tzinfo is not None and now - at < FORGOTTEN:
            mine = key == f"{SEAT}{here}"
            found.append(
                Seat(name, role, made.version, made.schema, at, mine, present=mine or now - at < GONE)
            )
    return tuple(sorted(found, key=lambda one: (not one.here, not one.present, one.name, one.role)))
