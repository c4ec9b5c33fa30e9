"""When a backup is due, who makes it, and how the last one ended.

The plan is in the settings; what came of it is kept there too. One program at a
time makes a backup: it claims the appointed hour for some minutes and renews
the claim while it works, so that one that died is followed by another.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal
from console.services import notify_settings
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: Keys among the settings.
LAST: Final = "backup.last"
CLAIM: Final = "backup.claim"
HISTORY: Final = "backup.history"
#: So many results are remembered.
REMEMBERED: Final = 30
#: How long a claim holds unless it is renewed.
HOLD: Final = timedelta(minutes=10)
#: How long after a failure it is tried again.
AGAIN: Final = timedelta(minutes=15)
#: A backup is overdue so long after its hour.
GRACE: Final = timedelta(hours=2)
_ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Plan:
    """Where backups go (``folder`` empty: none are made), at which time of the
    day in the street, how many are kept, and whether evidence goes along."""

    folder: str
    at: time
    keep: int
    evidence: bool


@dataclass(frozen=True, slots=True)
class Last:
    """How the last backup ended. ``slot`` is the hour it was due at, ``at``
    when it ended, both ISO 8601; ``error`` a sentence, empty when it is good."""

    slot: str
    at: str
    file: str
    bytes: int
    error: str

    @property
    def ok(self) -> bool:
        """True when it was made and verified."""
        return not self.error


@dataclass(frozen=True, slots=True)
class Order:
    """A claimed backup: make it into ``file``."""

    slot: datetime
    by: str
    plan: Plan
    file: Path


class BackupPlan:
    """Reads the plan, gives out orders, keeps results."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def last(self) -> tuple[Plan, Last | None]:
        """The plan and how the last backup ended."""
        with self._uows.read() as uow:
            return _plan(uow), _last(uow)

    def overdue_s(self) -> float | None:
        """Seconds since a good backup should have been there at the latest;
        ``None`` when none is overdue or none are made."""
        now = self._clock.now()
        with self._uows.read() as uow:
            plan, last = _plan(uow), _last(uow)
        slot = _slot(plan, now)
        good = last is not None and last.ok and last.slot >= slot.isoformat()
        if not plan.folder or good or now - slot < GRACE:
            return None
        return (now - slot - GRACE) / timedelta(seconds=1)

    def claim(self, by: str) -> Order | None:
        """An order for ``by`` when a backup is due and nobody else makes it."""
        now = self._clock.now()
        with self._uows.read() as uow:
            if _due(uow, by, now) is None:
                return None
        with self._uows.write() as uow:
            order = _due(uow, by, now)
            if order is not None:
                uow.settings.put(CLAIM, _claim(by, now + HOLD))
                uow.commit()
        return order

    def order(self, by: str) -> Order:
        """An order for ``by`` now, due or not: somebody wants a backup. Raises
        ``Refusal``: ``bad_value.backup_folder`` while no folder is set,
        ``conflict.backup`` while another program makes one."""
        now = self._clock.now()
        with self._uows.write() as uow:
            plan = _plan(uow)
            if not plan.folder:
                raise Refusal("bad_value", "backup_folder")
            holder, until = _holder(uow)
            if holder not in ("", by) and now < until <= now + HOLD:
                raise Refusal("conflict", "backup", by=holder)
            uow.settings.put(CLAIM, _claim(by, now + HOLD))
            uow.commit()
        return _order(plan, by, now)

    def history(self) -> tuple[Last, ...]:
        """How the last backups ended, the newest first."""
        with self._uows.read() as uow:
            return _history(uow)

    def renew(self, order: Order) -> None:
        """Keep the claim while the work goes on."""
        with self._uows.write() as uow:
            uow.settings.put(CLAIM, _claim(order.by, self._clock.now() + HOLD))
            uow.commit()

    def done(self, order: Order, size: int, error: str) -> Last:
        """Keep how it ended and give the claim back."""
        slot, now = order.slot.isoformat(), self._clock.now().isoformat()
        last = Last(slot, now, str(order.file), size, error[:400])
        with self._uows.write() as uow:
            uow.settings.put(LAST, json.dumps(asdict(last), ensure_ascii=False))
            rows = [asdict(one) for one in (last, *_history(uow))][:REMEMBERED]
            uow.settings.put(HISTORY, json.dumps(rows, ensure_ascii=False), quiet=True)
            uow.settings.put(CLAIM, "")
            uow.commit()
        return last


def _plan(uow: UnitOfWork) -> Plan:
    texts = notify_settings.read(uow)
    hour, minute = (int(part) for part in texts["backup.at"].split(":"))
    keep = int(texts["backup.keep"])
    return Plan(texts["backup.folder"], time(hour, minute), keep, texts["backup.evidence"] == "yes")


def _last(uow: UnitOfWork) -> Last | None:
    try:
        return Last(**json.loads(uow.settings.get(LAST) or "null"))
    except (ValueError, TypeError):
        return None


def _slot(plan: Plan, now: datetime) -> datetime:
    """The appointed hour that came last."""
    local = now.astimezone(_ZONE)
    today = datetime.combine(local.date(), plan.at, _ZONE)
    return (today if today <= local else today - timedelta(days=1)).astimezone(now.tzinfo)


def _due(uow: UnitOfWork, by: str, now: datetime) -> Order | None:
    plan, last = _plan(uow), _last(uow)
    if not plan.folder:
        return None
    slot = _slot(plan, now)
    if last is not None and last.slot >= slot.isoformat():
        waits = datetime.fromisoformat(last.at) + AGAIN
        if last.ok or (now < waits and waits - now <= AGAIN):
            return None
    holder, until = _holder(uow)
    # A claim far in the future was made under a clock that was wrong.
    if holder not in ("", by) and now < until <= now + HOLD:
        return None
    return _order(plan, by, now)


def _order(plan: Plan, by: str, now: datetime) -> Order:
    stamp = now.astimezone(_ZONE).strftime("%Y%m%d-%H%M%S")
    return Order(_slot(plan, now), by, plan, Path(plan.folder) / f"fifteen-{stamp}.zip")


def _history(uow: UnitOfWork) -> tuple[Last, ...]:
    try:
        return tuple(Last(**row) for row in json.loads(uow.settings.get(HISTORY) or "[]"))
    except (ValueError, TypeError):
        return ()


def _claim(by: str, until: datetime) -> str:
    return json.dumps({"by": by, "until": until.isoformat()})


def _holder(uow: UnitOfWork) -> tuple[str, datetime]:
    try:
        said: dict[str, Any] = json.loads(uow.settings.get(CLAIM) or "{}")
        return str(said["by"]), datetime.fromisoformat(str(said["until"]))
    except (ValueError, KeyError, TypeError):
        return "", datetime.min.replace(tzinfo=_ZONE)
