"""Alarms: the sweep that computes them from state, and what officers do to them.

The sweep may run late, twice, or on two workstations at once: every crossing
is recorded under a unique key in one transaction with its alarm, and a conflict
is answered by reading again. It never looks at why it was woken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.domain import alarm_life, life
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, AlarmEvent, Case, Command, EventDraft
from console.domain.terms import SYSTEM
from console.domain.vocabulary import Action, AlarmState, State
from console.services import audit, permissions, ringing
from console.services.ports import Clock, Page, UnitOfWork, UnitOfWorkFactory
from console.services.rules import load_rules
from console.services.views import SweepResult

log = logging.getLogger(__name__)

#: Cases looked at in one transaction: long enough to be quick, short enough
#: that an officer's step does not wait behind it.
BATCH: Final = 500
#: More alarms than this are never open at once.
MOST_OPEN: Final = 100_000
#: More rounds than this mean that nothing gets done: better late than for ever.
MOST_ROUNDS: Final = 60


@dataclass
class _Sum:
    """What the rounds of one sweep did together."""

    raised: int = 0
    worsened: int = 0
    notified: int = 0
    cleared: int = 0
    changed: bool = False
    lateness: list[float] = field(default_factory=list)
    looked_at: datetime | None = None


class AlarmService:
    """Everything about alarms."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock
        # Told once in the log, not at every sweep.
        self._stuck: set[str] = set()

    # -- the sweep -----------------------------------------------------------

    def sweep(self, now: datetime | None = None) -> SweepResult:
        """Find what has crossed, expired or ended by ``now`` (default: the
        clock's time, read again in each transaction) and record it once."""
        begun = self._clock.monotonic()
        at = now or self._clock.now()
        total = _Sum()
        if not self._quiet(at):
            for _ in range(MOST_ROUNDS):
                try:
                    if not self._round(now, total):
                        break
                except Refusal as refusal:
                    if refusal.code != "conflict":
                        raise
        return SweepResult(
            at=at,
            raised=total.raised,
            worsened=total.worsened,
            notified=total.notified,
            cleared=total.cleared,
            took_s=self._clock.monotonic() - begun,
            lateness_s=tuple(total.lateness),
            changed=total.changed,
            until=total.looked_at or at,
        )

    def set_back(self) -> int:
        """After the clock has gone back: promises, shelves and rings that lie
        ahead of it now begin now. Answers with how many."""
        with self._uows.write(cases=False) as uow:
            now = self._clock.now()
            found = []
            for alarm in uow.alarms.find(active=True, limit=MOST_OPEN).rows:
                after, events = alarm_life.set_back(alarm, _begun(uow, alarm), now)
                if events:
                    found.append((after, events))
            if not found:
                return 0
            uow.alarms.save([alarm for alarm, _ in found])
            uow.alarms.record([event for _, events in found for event in events])
            uow.touch("alarm")
            uow.commit()
        return len(found)

    def next_wake(self, after: datetime | None = None) -> datetime | None:
        """The nearest instant at which a sweep will have something to do.
        ``after`` (``SweepResult.until``) leaves out what the last sweep has
        seen: what it could not do must neither wake it without end nor hide
        what comes next."""
        with self._uows.read() as uow:
            found = (uow.cases.next_crossing(after), uow.alarms.next_timed(after))
        return min((instant for instant in found if instant is not None), default=None)

    def _quiet(self, at: datetime) -> bool:
        """Nothing is due: found without taking the write lock."""
        nearest = self.next_wake()
        return nearest is None or nearest > at

    def _round(self, given: datetime | None, total: _Sum) -> bool:
        """One transaction; true when another one is needed."""
        with self._uows.write() as uow:
            now = given or self._clock.now()
            total.looked_at = now
            cases = uow.cases.crossing(now, BATCH, hold=True)
            timed = uow.alarms.timed(now)
            if not cases and not timed:
                return False
            ready, drafts = self._resumed(uow, cases, now)
            notified = _expire(uow, timed, now)
            rung = ringing.ring(uow, ready, now, now)
            drafts += rung.drafts
            if drafts:
                uow.events.append(drafts)
            resumed = any(case.state is State.SUSPENDED for case in cases)
            kinds = {"alarm"} if rung.changed or notified else set()
            uow.touch(*kinds, *(("case",) if resumed else ()))
            uow.commit()
        committed = given or self._clock.now()
        total.raised += rung.raised
        total.worsened += rung.worsened
        total.notified += notified
        total.changed = total.changed or bool(kinds) or resumed
        total.lateness += [(committed - at) / timedelta(seconds=1) for at in rung.crossed_at]
        return len(cases) >= BATCH or rung.lost > 0

    def _resumed(
        self, uow: UnitOfWork, cases: tuple[Case, ...], now: datetime
    ) -> tuple[list[Case], list[EventDraft]]:
        """``cases`` with the suspended ones whose end has come resumed, at that
        end, however late the sweep is."""
        ready: list[Case] = []
        drafts: list[EventDraft] = []
        ended = [c for c in cases if _over(c, now)]
        rules = load_rules(uow, now) if ended else None
        for case in cases:
            if rules is None or not _over(case, now):
                ready.append(case)
                continue
            wish = Command(Action.RESUME, at=case.suspended_until)
            try:
                step = life.step(case, wish, SYSTEM, rules, now)
            except Exception:
                # One case that cannot go on must not keep the others from ringing.
                if case.id not in self._stuck:
                    log.exception("case %s did not resume", case.id)
                self._stuck.add(case.id)
                continue
            ready.append(uow.cases.save(step.case, case.version))
            drafts += step.drafts
        return ready, drafts

    # -- officers ------------------------------------------------------------

    def list(
        self, actor: Actor, *, active: bool = False, since: datetime | None = None, limit: int = 500
    ) -> Page[Alarm]:
        """Alarms, newest first."""
        permissions.demand(actor, "alarm.read")
        with self._uows.read() as uow:
            return uow.alarms.find(active=active, since=since, limit=limit)

    def acknowledge(self, actor: Actor, alarm_id: int, minutes: int = 2) -> Alarm:
        """Take an alarm on with a promise of 1, 2 or 3 minutes."""
        permissions.demand(actor, "alarm.ack")
        return self._change(alarm_id, lambda alarm, now: alarm_life.acknowledge(alarm, actor, minutes, now))

    def shelve(self, actor: Actor, alarm_id: int, minutes: int, reason: str) -> Alarm:
        """Put an alarm aside for some minutes, with a reason."""
        permissions.demand(actor, "alarm.shelve")
        if not reason.strip():
            raise Refusal("missing_reason")
        return self._change(
            alarm_id,
            lambda alarm, now: alarm_life.shelve(alarm, actor, now + timedelta(minutes=minutes), reason, now),
            lambda uow: audit.write(
                uow,
                self._clock,
                actor,
                audit.Kind.OVERRIDE,
                what="shelved",
                id=alarm_id,
                minutes=minutes,
                reason=reason.strip(),
            ),
        )

    def unshelve(self, actor: Actor, alarm_id: int) -> Alarm:
        """Take a shelved alarm back."""
        permissions.demand(actor, "alarm.unshelve")
        return self._change(alarm_id, lambda alarm, now: alarm_life.unshelve(alarm, actor, now))

    def hand_over(self, actor: Actor) -> tuple[Alarm, ...]:
        """At the hand-over of a shift every acknowledged alarm rings again for
        those who come. Answers with these; none when nothing was acknowledged."""
        permissions.demand(actor, "shift.sign")
        for attempt in range(1, 4):
            try:
                return self._handed_over(actor)
            except Refusal as refusal:
                # A sweep or an officer was faster with one of them.
                if refusal.code != "conflict" or attempt == 3:
                    raise
        raise AssertionError("the loop returns or raises")

    def _handed_over(self, actor: Actor) -> tuple[Alarm, ...]:
        with self._uows.write() as uow:
            rung = ring_again(uow, actor, self._clock.now())
            if rung:
                uow.commit()
        return rung

    def _change(
        self,
        alarm_id: int,
        change: Callable[[Alarm, datetime], tuple[Alarm, tuple[AlarmEvent, ...]]],
        told: Callable[[UnitOfWork], None] | None = None,
    ) -> Alarm:
        for attempt in range(1, 4):
            try:
                with self._uows.write() as uow:
                    alarm = uow.alarms.get(alarm_id)
                    if alarm is None:
                        raise Refusal("unknown_alarm", alarm=alarm_id)
                    after, events = change(alarm, self._clock.now())
                    uow.alarms.save([after])
                    uow.alarms.record(events)
                    if told is not None:
                        told(uow)
                    uow.touch("alarm")
                    stored = uow.alarms.get(alarm_id) or after
                    uow.commit()
                    return stored
            except Refusal as refusal:
                # A sweep was faster: judged again on the alarm as it is now.
                if refusal.code != "conflict" or refusal.detail == "acknowledged" or attempt == 3:
                    raise
        raise AssertionError("the loop returns or raises")


def ring_again(uow: UnitOfWork, actor: Actor, now: datetime) -> tuple[Alarm, ...]:
    """What somebody of the shift that goes had acknowledged rings again for those
    who come, in the caller's unit of work. Raises ``Refusal('conflict')`` when
    somebody was faster with one of them."""
    taken = [a for a in uow.alarms.find(active=True, limit=MOST_OPEN).rows if a.acked_at is not None]
    lives = [alarm_life.hand_over(alarm, actor, now) for alarm in taken]
    lives = [(alarm, events) for alarm, events in lives if events]
    if lives:
        uow.alarms.save([alarm for alarm, _ in lives])
        uow.alarms.record([event for _, events in lives for event in events])
        uow.touch("alarm")
    return tuple(alarm for alarm, _ in lives)


def _begun(uow: UnitOfWork, alarm: Alarm) -> datetime:
    """When the present state of an open alarm began."""
    if alarm.state is AlarmState.SHELVED:
        events = reversed(uow.alarms.events_of(alarm.id))
        return next((e.at for e in events if e.what in ("shelved", "set_back")), alarm.raised_at)
    return alarm.acked_at or alarm.raised_at


def _expire(uow: UnitOfWork, timed: tuple[Alarm, ...], now: datetime) -> int:
    """Promises not kept and shelves that end; how many call somebody again."""
    changed: list[Alarm] = []
    events: list[AlarmEvent] = []
    for alarm in timed:
        after, told = alarm_life.expire(alarm, now)
        if after != alarm:
            changed.append(after)
            events += told
    uow.alarms.save(changed)
    uow.alarms.record(events)
    return len(changed)


def _over(case: Case, now: datetime) -> bool:
    return case.state is State.SUSPENDED and case.suspended_until is not None and case.suspended_until <= now
