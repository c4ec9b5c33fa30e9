"""Notices: what is sent to people who are not in front of the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from console.domain.escalation import Ring
from console.domain.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """One message over one channel to one address.

    ``key`` is unique over the site and goes out as the idempotency key.
    ``alarm`` is 0 for a notice of no alarm; ``ring_at`` the instant the alarm
    was raised that this notice speaks of. ``target`` is a role's or a person's
    name, ``address`` what the channel needs (empty: the channel knows).
    ``state``: ``waiting``, ``sent``, ``failed`` (given up), ``dropped`` (nobody
    needs it any more), ``folded`` (part of a summary), ``skipped`` (nowhere to
    send it). ``next_at`` is the next try of a waiting one; while ``lease_until``
    has not passed only ``lease_by`` may send it. ``facts`` fill its sentences."""

    id: int
    key: str
    alarm: int
    severity: Severity
    channel: str
    target: str
    address: str
    state: str
    made_at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    ring_at: datetime | None = None
    attempts: int = 0
    next_at: datetime | None = None
    lease_by: str = ""
    lease_until: datetime | None = None
    done_at: datetime | None = None
    reason: str = ""


class NoticeRepository(Protocol):
    """The outbox."""

    def ringing(self, until: datetime) -> tuple[Ring, ...]:
        """Alarms nobody has acknowledged that were raised at or before ``until``."""
        ...

    def add(self, notices: Sequence[Notice]) -> tuple[Notice, ...]:
        """Insert; those whose key is there already are left out of the answer."""
        ...

    def waits(self, now: datetime, channel: str) -> bool:
        """True when something of a channel is due and nobody has leased it."""
        ...

    def claim(self, now: datetime, channel: str, by: str, until: datetime) -> Notice | None:
        """Lease the most urgent due notice of a channel to ``by`` until
        ``until`` and count the try. Nobody else gets it before the lease ends."""
        ...

    def settle(self, notice: Notice) -> bool:
        """Store what became of a leased notice; false when the lease was lost."""
        ...

    def fold(self, ids: Sequence[int], into: str, now: datetime) -> None:
        """Mark notices as part of the summary whose key is ``into``."""
        ...

    def find(self, state: str = "", limit: int = 200) -> tuple[Notice, ...]:
        """Newest first; all states unless one is named."""
        ...

    def counts(self, since: datetime) -> Mapping[str, int]:
        """How many in each state: all that wait, the others since ``since``."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete what was over before that; returns how many."""
        ...
