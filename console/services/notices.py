"""The outbox as its senders and the command line see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import escalation
from console.domain.model import Actor
from console.services import permissions
from console.services.notice_records import Notice
from console.services.notify_settings import NotifyConfig, NotifySettings
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: How long nobody else may send what one sender has taken: so many time-outs of
#: one step and some seconds. Two addresses and a handshake may take one each,
#: the rest is cut after two (``console.notify.channel``); no longer than need
#: be, since what a killed program had taken waits for its end.
LEASE_STEPS: Final = 5
LEASE_MORE_S: Final = 10
#: Waits between tries, in seconds; the last one repeats.
BACK_OFF_S: Final = (5, 15, 45, 120, 300, 600, 900)
#: After so many tries it is given up: about two hours and a half.
MOST_TRIES: Final = 15
#: What is over is kept so long, in days.
KEPT_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Taken:
    """A leased notice and the settings to send it by."""

    notice: Notice
    config: NotifyConfig


class NoticeService:
    """Leases notices to senders and keeps what became of them."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, settings: NotifySettings) -> None:
        self._uows = uows
        self._clock = clock
        self._settings = settings

    def take(self, channel: str, by: str) -> Taken | None:
        """The next notice of a channel, leased to ``by``; ``None`` when nothing
        is due. What nobody needs any more (the alarm was acknowledged, is over,
        or rings anew) is dropped on the way."""
        while True:
            now = self._clock.now()
            with self._uows.read() as uow:
                if not uow.notices.waits(now, channel):
                    return None
            with self._uows.write() as uow:
                config = self._settings.config(uow)
                until = now + timedelta(seconds=lease_s(config.timeout_s))
                notice = uow.notices.claim(now, channel, by, until)
                if notice is None:
                    return None
                needed = _needed(uow, notice)
                if not needed:
                    uow.notices.settle(_over(notice, "dropped", "answered", now))
                uow.commit()
            if needed:
                return Taken(notice, config)

    def sent(self, notice: Notice) -> bool:
        """It has arrived. False when the lease was lost meanwhile."""
        return self._settle(_over(notice, "sent", "", self._clock.now()))

    def failed(self, notice: Notice, reason: str, *, for_good: bool = False, wait_s: float = 0.0) -> bool:
        """It has not arrived: tried again after its back-off, or ``wait_s`` if
        that is longer, unless the failure is for good or it was the last try."""
        now = self._clock.now()
        if for_good or notice.attempts >= MOST_TRIES:
            return self._settle(_over(notice, "failed", reason, now))
        back_off = BACK_OFF_S[min(notice.attempts, len(BACK_OFF_S)) - 1]
        next_at = now + timedelta(seconds=max(back_off, min(wait_s, BACK_OFF_S[-1])))
        return self._settle(replace(notice, next_at=next_at, reason=reason[:200]))

    def give_back(self, notice: Notice) -> bool:
        """The sender stops before it knows: somebody else may try at once."""
        return self._settle(replace(notice, next_at=self._clock.now(), reason="stopped"))

    def list(self, actor: Actor, state: str = "", limit: int = 200) -> tuple[Notice, ...]:
        """Notices, newest first."""
        permissions.demand(actor, "alarm.read")
        with self._uows.read() as uow:
            return uow.notices.find(state, limit)

    def counts(self, since: datetime) -> Mapping[str, int]:
        """How many wait, and how many came to which end since ``since``."""
        with self._uows.read() as uow:
            return uow.notices.counts(since)

    def config(self) -> NotifyConfig:
        """The settings in force, for a test message."""
        with self._uows.read() as uow:
            return self._settings.config(uow)

    def forget(self) -> int:
        """Delete what was over :data:`KEPT_DAYS` ago."""
        with self._uows.write() as uow:
            gone = uow.notices.forget(self._clock.now() - timedelta(days=KEPT_DAYS))
            uow.commit()
        return gone

    def _settle(self, notice: Notice) -> bool:
        with self._uows.write() as uow:
            kept = uow.notices.settle(notice)
            uow.commit()
        return kept


def lease_s(timeout_s: float) -> float:
    """How long a lease lasts, in seconds, with this time-out of one step."""
    return LEASE_STEPS * timeout_s + LEASE_MORE_S


def _needed(uow: UnitOfWork, notice: Notice) -> bool:
    if not notice.alarm:
        return True
    alarm = uow.alarms.get(notice.alarm)
    ring = escalation.ring_of(alarm) if alarm is not None else None
    return ring is not None and ring.raised_at == notice.ring_at


def _over(notice: Notice, state: str, reason: str, now: datetime) -> Notice:
    return replace(notice, state=state, next_at=None, done_at=now, reason=reason[:200])
