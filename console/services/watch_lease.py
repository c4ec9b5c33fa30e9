"""Which program tells what all of them could tell, and which of them live.

Several consoles, and ``fifteen watch``, may stand at one database. What is a
matter of the whole site is told by one of them, which renews its lease while it
works; another takes over when it has been silent for a while. Each writes its
own heartbeat as well, so that the others notice when nobody sits there any more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: Keys among the settings.
LEASE: Final = "watch.lease."
SEAT: Final = "watch.seat."
#: How often a lease and a heartbeat are renewed, s. Each time is one commit.
RENEW_S: Final = 10.0
#: How long a lease holds.
HOLD: Final = timedelta(seconds=60)
#: A program that has not been heard for so long is gone.
SILENT: Final = timedelta(seconds=90)
#: One that has been gone for so long is not expected back.
FORGOTTEN: Final = timedelta(hours=24)


class Leases:
    """The leases of one program, known by ``seat`` and ``role`` (``console``,
    ``watch``) and its process id. One thread."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, seat: str, role: str, pid: int) -> None:
        self._uows, self._clock = uows, clock
        self._by = f"{seat}/{role}/{pid}"
        self._seat = f"{SEAT}{seat}/{role}"
        self._held: frozenset[str] = frozenset()
        self._renew_at = float("-inf")
        self._heard: dict[str, datetime] = {}

    def held(self, lease: str) -> bool:
        """Whether this program has a lease; one that has just been claimed
        counts only after it has been read back."""
        return lease in self._held

    def keep(self, wanted: Collection[str]) -> None:
        """Look who has the leases; claim those that are free, and renew in
        time. Raises ``Refusal`` as the database does."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        with self._uows.read() as uow:
            holders = {lease: _holder(uow, lease, now) for lease in wanted}
        self._held = frozenset(lease for lease, by in holders.items() if by == self._by)
        free = {lease for lease, by in holders.items() if not by}
        if monotonic < self._renew_at and not free:
            return
        with self._uows.write(cases=False) as uow:
            for lease in wanted:
                if _holder(uow, lease, now) in ("", self._by):
                    uow.settings.put(LEASE + lease, _claim(self._by, now + HOLD), quiet=True)
            uow.settings.put(self._seat, now.isoformat(), quiet=True)
            self._heard = dict(_seats(uow))
            uow.commit()
        self._renew_at = monotonic + RENEW_S

    def silent(self, now: datetime) -> dict[str, datetime]:
        """Programs (``seat/role``) that stopped without a word within the last
        day, and when they were heard last."""
        return {name: at for name, at in self._heard.items() if SILENT <= now - at < FORGOTTEN}

    def retired(self, now: datetime) -> frozenset[str]:
        """Seats of which no program has been heard for a day, of late."""
        last: dict[str, datetime] = {}
        for name, at in self._heard.items():
            seat = name.rpartition("/")[0]
            last[seat] = max(at, last.get(seat, at))
        return frozenset(seat for seat, at in last.items() if FORGOTTEN <= now - at < 2 * FORGOTTEN)

    def release(self) -> None:
        """This program ends in good order: its leases are free, and nobody
        waits for its heartbeat."""
        now = self._clock.now()
        with self._uows.write(cases=False) as uow:
            for lease in self._held:
                if _holder(uow, lease, now) == self._by:
                    uow.settings.put(LEASE + lease, "", quiet=True)
            uow.settings.put(self._seat, "", quiet=True)
            uow.commit()
        self._held = frozenset()


def _claim(by: str, until: datetime) -> str:
    return json.dumps({"by": by, "until": until.isoformat()}, ensure_ascii=False)


def _holder(uow: UnitOfWork, lease: str, now: datetime) -> str:
    """Who has a lease; empty when it is free. One far in the future was taken
    under a clock that was wrong."""
    try:
        said: dict[str, Any] = json.loads(uow.settings.get(LEASE + lease) or "{}")
        until = datetime.fromisoformat(str(said["until"]))
        return str(said["by"]) if now < until <= now + HOLD else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _seats(uow: UnitOfWork) -> Iterator[tuple[str, datetime]]:
    for key, value in uow.settings.all().items():
        if key.startswith(SEAT) and value:
            try:
                yield key.removeprefix(SEAT), datetime.fromisoformat(value)
            except ValueError:
                continue  # written by another program
