"""Escalation behind the sweep: what is due becomes notices, each once.

Like the sweep it is computed from state, may run late, twice or in two programs
at once: a step is recorded under a unique key in one transaction with its
notices and the alarm's own event, and whoever comes second finds it done.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from console.domain import escalation
from console.domain.errors import Refusal
from console.domain.escalation import Due, Policy
from console.domain.model import Alarm, AlarmEvent, Case
from console.domain.terms import SYSTEM
from console.domain.vocabulary import SourceKind
from console.services.notice_records import Notice
from console.services.notify_settings import NotifyConfig, NotifySettings
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

log = logging.getLogger(__name__)

#: More notices than this to one address by one step become one summary.
MOST_SINGLE: Final = 5
#: Steps recorded in one transaction.
BATCH: Final = 250
#: How many alarms a summary names.
NAMED: Final = 10
#: How often it looks, in seconds: what waits a minute is not hurt by two.
EVERY_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Escalated:
    """What one run did: steps recorded, notices put into the outbox."""

    steps: int = 0
    notices: int = 0


class EscalationService:
    """Calls people about alarms nobody has acknowledged."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, settings: NotifySettings) -> None:
        self._uows = uows
        self._clock = clock
        self._settings = settings
        self._looked_at = float("-inf")
        # Keys known to be recorded: only spares reading, never decides.
        self._known: set[str] = set()

    def follow(self) -> Escalated:
        """Behind each sweep: looks every :data:`EVERY_S` seconds and records at
        most one batch, so that the next sweep does not stand behind a flood."""
        if self._clock.monotonic() - self._looked_at < EVERY_S:
            return Escalated()
        self._looked_at = self._clock.monotonic()
        return self._some(self._fresh(self._clock.now())[:BATCH], None)

    def run(self, now: datetime | None = None) -> Escalated:
        """Record every step that is due by ``now`` (default: the clock's time)
        and nobody has recorded."""
        return self._some(self._fresh(now or self._clock.now()), now)

    def policy(self) -> Policy:
        """Who is called when, as it is in force: for screens that show who is
        next (``escalation.next_step``)."""
        with self._uows.read() as uow:
            return self._settings.policy(uow)

    def _some(self, fresh: Sequence[Due], now: datetime | None) -> Escalated:
        steps = notices = 0
        for start in range(0, len(fresh), BATCH):
            part = fresh[start : start + BATCH]
            try:
                done = self._record(part, now)
            except Refusal as refusal:
                if refusal.code != "conflict":
                    raise
                break  # the other program was faster; looked at again in a moment
            self._known.update(due.key for due in part)
            steps += done.steps
            notices += done.notices
        return Escalated(steps, notices)

    def _fresh(self, at: datetime) -> tuple[Due, ...]:
        """What is due and not known to be recorded; takes no write lock."""
        with self._uows.read() as uow:
            policy = self._settings.policy(uow)
            soonest = escalation.soonest(policy)
            rings = () if soonest is None else uow.notices.ringing(at - soonest)
        due = [d for ring in rings for d in escalation.due_steps(ring, at, policy)]
        self._known.intersection_update([d.key for d in due])
        return tuple(d for d in due if d.key not in self._known)

    def _record(self, part: Sequence[Due], now: datetime | None) -> Escalated:
        with self._uows.write() as uow:
            at = now or self._clock.now()
            config = self._settings.config(uow)
            alive = _alive(uow, part)
            # The screen's row is the record of the step itself.
            marks = [_notice(due, "screen", "", {}, at) for due, _ in alive]
            stored = {mark.key for mark in uow.notices.add(marks)}
            new = [(due, alarm) for due, alarm in alive if _key(due, "screen", "") in stored]
            if not new:
                return Escalated()
            reaches = config.webhook is not None or config.mail is not None
            ids = _case_ids(alarm for _, alarm in new) if reaches else []
            cases = {case.id: case for case in uow.cases.load(ids)}
            wanted = [
                notice
                for due, alarm in new
                for notice in _notices(due, _facts(due, alarm, cases.get(alarm.source_id)), config, at)
            ]
            added = _fold(uow, uow.notices.add(wanted), at)
            uow.alarms.record([_told(due, at) for due, _ in new])
            uow.touch("alarm", "notice")
            uow.commit()
        return Escalated(len(new), added)


def _alive(uow: UnitOfWork, part: Sequence[Due]) -> list[tuple[Due, Alarm]]:
    """The steps whose alarm still rings as it did when they were found: an
    acknowledgement may have come between."""
    alarms = {alarm.id: alarm for alarm in uow.alarms.load(sorted({due.ring.alarm for due in part}))}
    found = [(due, alarms.get(due.ring.alarm)) for due in part]
    return [(due, alarm) for due, alarm in found if alarm and escalation.ring_of(alarm) == due.ring]


def _case_ids(alarms: Iterable[Alarm]) -> list[str]:
    return sorted({alarm.source_id for alarm in alarms if alarm.source_kind is SourceKind.CASE})


def _key(due: Due, channel: str, address: str) -> str:
    """Short enough for the column, whatever the address."""
    mark = hashlib.sha256(address.encode()).hexdigest()[:12] if address else "-"
    return f"{due.key}.{channel}.{mark}"


def _notice(due: Due, channel: str, address: str, facts: dict[str, object], now: datetime) -> Notice:
    waits = channel != "screen"
    return Notice(
        id=0,
        key=_key(due, channel, address),
        alarm=due.ring.alarm,
        severity=due.ring.severity,
        channel=channel,
        target=due.step.to,
        address=address,
        state="waiting" if waits else "sent",
        made_at=now,
        facts=facts,
        ring_at=due.ring.raised_at,
        next_at=now if waits else None,
        done_at=None if waits else now,
    )


def _notices(due: Due, facts: dict[str, object], config: NotifyConfig, now: datetime) -> list[Notice]:
    """One row for every way and address the step reaches; a way that is set up
    but leads nowhere is a row too, so that somebody can see it."""
    found = []
    if "webhook" in due.step.channels and config.webhook is not None:
        found.append(_notice(due, "webhook", "", facts, now))
    if "email" in due.step.channels and config.mail is not None:
        addresses = config.addresses.get(due.step.to, ())
        found += [_notice(due, "email", address, facts, now) for address in addresses]
        if not addresses:
            nowhere = _notice(due, "email", "", facts, now)
            over = {"next_at": None, "done_at": now, "reason": "no_address"}
            found.append(replace(nowhere, state="skipped", **over))  # type: ignore[arg-type]
    return found


def _facts(due: Due, alarm: Alarm, case: Case | None) -> dict[str, object]:
    """What the sentences need. Nothing about persons leaves the house."""
    return {
        "source_kind": alarm.source_kind.value,
        "source": alarm.source_id,
        "deadline": alarm.deadline.value if alarm.deadline else "",
        "threshold": alarm.threshold,
        "due_at": alarm.due_at.isoformat() if alarm.due_at else "",
        "raised_at": alarm.raised_at.isoformat(),
        "members": len(alarm.members),
        "code": alarm.code,
        "facts": dict(alarm.facts),
        "louder": alarm.louder,
        "after_s": int(escalation.wait_s(due.step, alarm.louder)),
        "name_zh": case.name_zh if case else "",
        "name_en": case.name_en if case else "",
        "place": case.place if case else "",
    }


def _fold(uow: UnitOfWork, added: Sequence[Notice], now: datetime) -> int:
    """A burst to one address becomes one summary; returns how many will go out."""
    groups: dict[tuple[str, str, str], list[Notice]] = {}
    for notice in added:
        if notice.state == "waiting":
            groups.setdefault((notice.channel, notice.target, notice.address), []).append(notice)
    out = 0
    for group in groups.values():
        if len(group) <= MOST_SINGLE:
            out += len(group)
            continue
        out += len(uow.notices.add([summary := _summary(group, now)]))
        uow.notices.fold([notice.id for notice in group], summary.key, now)
    return out


def _summary(group: Sequence[Notice], now: datetime) -> Notice:
    ordered = sorted(group, key=_worst_first)
    worst = ordered[0]
    listed = "\n".join(sorted(notice.key for notice in group))
    named = [dict(notice.facts) | {"severity": notice.severity.value} for notice in ordered[:NAMED]]
    return Notice(
        id=0,
        key=f"sum.{worst.channel}.{hashlib.sha256(listed.encode()).hexdigest()[:32]}",
        alarm=0,
        severity=worst.severity,
        channel=worst.channel,
        target=worst.target,
        address=worst.address,
        state="waiting",
        made_at=now,
        facts={"count": len(group), "named": named, "after_s": worst.facts.get("after_s", 0)},
        next_at=now,
    )


def _worst_first(notice: Notice) -> tuple[int, str]:
    return -notice.severity.rank, str(notice.facts.get("raised_at", ""))


def _told(due: Due, now: datetime) -> AlarmEvent:
    return AlarmEvent(
        alarm=due.ring.alarm,
        at=now,
        what="escalated",
        actor=SYSTEM.name,
        severity=due.ring.severity,
        late_s=max(0.0, (now - due.at).total_seconds()),
        reason=due.step.to,
    )
