"""What screens and reports are told of shifts; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.domain import chain, kpi, shifts
from console.domain.errors import Refusal
from console.domain.model import Actor, Event
from console.domain.shift_log import Conditions, ShiftLog, Stage, fold, place_of
from console.domain.shifts import ShiftPlan, ShiftSpan
from console.services import permissions, shift_conditions, shift_items, shift_plan, shift_roster, similar
from console.services.figures import figures_in
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.shift_items import Item
from console.services.shift_records import ShiftRow, row_of
from console.services.shift_roster import Duty
from console.services.shift_writing import current, found
from console.services.team_state import Standing
from console.services.teams import TeamService

#: Setting: so many minutes after its end a shift may still be handed over
#: without anybody being called; and what it may be.
GRACE: Final = "shift.grace_min"
GRACE_MIN: Final = 15
GRACE_RANGE: Final = (0, 240)
#: Who has opened no shift for so long keeps none.
KEEPS: Final = timedelta(days=3)
#: How far back a list of shifts goes without being told.
LIST_DAYS: Final = 14
#: The figures of a shift's promises, by the ids of the indicators.
FIGURES: Final = ("total_met", "total_p50", "total_p90", "total_p95")


@dataclass(frozen=True, slots=True)
class DutyView:
    """What every header shows. ``span``: the shift by the clock; ``row``: the
    one that is responsible, ``None`` while nobody has opened any; ``late``:
    shifts whose hand-over is overdue."""

    taken_at: datetime
    span: ShiftSpan
    row: ShiftRow | None
    duty: Duty
    conditions: Conditions
    late: tuple[ShiftRow, ...] = ()
    kept: bool = False
    """Shifts were opened here in the last days."""


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One shift in full. ``items``: what is to be handed over, as it stands now,
    or as it stood at the hand-over; ``flow``: ids of cases; ``figures``: of the
    planned time; ``notable``: what the site's chain tells by itself; ``broken``:
    number of the event that was changed, −1 for the row beside the events,
    0 while all is whole."""

    taken_at: datetime
    log: ShiftLog
    items: tuple[Item, ...]
    flow: Mapping[str, tuple[str, ...]]
    figures: Mapping[str, kpi.Value]
    filed: tuple[str, ...]
    notable: tuple[Event, ...]
    equipment: Mapping[str, int]
    teams: tuple[Standing, ...] = ()
    late_s: int = 0
    broken: int = 0

    @property
    def unseen(self) -> tuple[Item, ...]:
        """Red items the officer who comes has not opened."""
        return tuple(one for one in self.items if one.red and one.key not in self.log.seen)


@dataclass(frozen=True, slots=True)
class ShiftList:
    """Shifts, newest first, with those that should have been opened and were
    not; ``late`` are ids whose hand-over is overdue."""

    taken_at: datetime
    rows: tuple[ShiftRow, ...]
    late: frozenset[str] = frozenset()
    gaps: tuple[ShiftSpan, ...] = field(default=())


class ShiftReading:
    """Reads shifts."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, teams: TeamService) -> None:
        self._uows, self._clock, self._teams = uows, clock, teams

    def duty(self, actor: Actor) -> DutyView:
        """For the headers."""
        permissions.demand(actor, "board.read")
        with self._uows.read() as uow:
            now, plan = self._clock.now(), shift_plan.load(uow)
            span = shifts.span_at(plan, now)
            open_rows = uow.shifts.unsigned()
            row = open_rows[0] if open_rows else None
            shown = shifts.span_of(plan, row.id) if row is not None and plan.kind(row.kind) else span
            return DutyView(
                taken_at=now,
                span=span,
                row=row,
                duty=shift_roster.duty_of(uow, shown),
                conditions=shift_conditions.load(uow),
                late=tuple(one for one in open_rows if now > one.end_at + grace(uow)),
                kept=bool(open_rows or uow.shifts.between(now - KEEPS, now + KEEPS)),
            )

    def list(self, actor: Actor, start: datetime | None = None, end: datetime | None = None) -> ShiftList:
        """Shifts planned to begin in ``[start, end)``, by default the last days."""
        permissions.demand(actor, "shift.read")
        with self._uows.read() as uow:
            now = self._clock.now()
            first = start or now - timedelta(days=LIST_DAYS)
            last = end or now + timedelta(days=1)
            rows = uow.shifts.between(first, last)
            late = frozenset(one.id for one in uow.shifts.unsigned() if now > one.end_at + grace(uow))
            return ShiftList(now, rows, late, _gaps(shift_plan.load(uow), rows, min(now, last)))

    def view(self, actor: Actor, shift_id: str = "") -> ShiftView:
        """One shift, by default the one that is open. Raises ``unknown_shift``."""
        permissions.demand(actor, "shift.read")
        with self._uows.read() as uow:
            now = self._clock.now()
            log = found(uow, shift_id)
            until = log.on.at if log.on is not None else now
            cases = self._teams.open_cases.look(uow)[0]
            if log.stage is Stage.HANDED:
                items = tuple(shift_items.thawed(one) for one in log.closing.get("items", ()))
                gear = {str(k): int(v) for k, v in (log.closing.get("equipment") or {}).items()}
            else:
                alarms = shift_items.active_alarms(uow)
                items = shift_items.items(cases.values(), alarms, log.open_entries, now)
                gear = shift_items.equipment(alarms)
            report = figures_in(uow, log.start, log.end, now, cut="filed")
            values = report.rows[0].values if report.rows else {}
            flow = shift_items.flow(uow, log.opened_at, until)
            standing = self._teams.standings(uow, cases, now)
            return ShiftView(
                taken_at=now,
                log=log,
                items=items,
                flow=flow,
                figures={name: values[name] for name in FIGURES if name in values},
                filed=flow["filed"],
                notable=shift_items.notable(uow, log.opened_at, until),
                equipment=gear,
                teams=tuple(one for one in standing.values() if one.on),
                late_s=max(0, int((until - log.end) / timedelta(seconds=1))),
                broken=broken(uow, log),
            )

    def events(self, actor: Actor, shift_id: str) -> tuple[Event, ...]:
        """The events of a shift's log, as the chain holds them."""
        permissions.demand(actor, "shift.read")
        with self._uows.read() as uow:
            return uow.events.of_case(place_of(found(uow, shift_id).id))

    def current(self, actor: Actor) -> ShiftLog | None:
        """The log that is open; ``None`` without."""
        permissions.demand(actor, "shift.read")
        with self._uows.read() as uow:
            return current(uow)


def grace(uow: UnitOfWork) -> timedelta:
    """How long after its end a shift may be handed over in peace."""
    text = uow.settings.get(GRACE)
    try:
        return timedelta(minutes=similar.number(GRACE, text or str(GRACE_MIN), GRACE_RANGE))
    except Refusal:
        return timedelta(minutes=GRACE_MIN)


def broken(uow: UnitOfWork, log: ShiftLog) -> int:
    """The number of an event of the log that was changed by another tool, −1
    where the row beside it was; 0 while all is whole. ``db check`` looks at the
    whole chain; this is what a screen can afford at each look."""
    events = uow.events.of_case(place_of(log.id))
    next_hashes = uow.shifts.successors([one.seq for one in events])
    for one in events:
        if chain.verify([one], prev=one.prev_hash, after=one.seq - 1) is not None:
            return one.seq
        if next_hashes.get(one.seq, one.hash) != one.hash:
            return one.seq
    row, made = uow.shifts.get(log.id), fold(events)
    if row is None or made is None or row_of(made, row.version) != row:
        return -1
    return 0


def _gaps(plan: ShiftPlan, rows: Sequence[ShiftRow], now: datetime) -> tuple[ShiftSpan, ...]:
    """Shifts nobody opened, between the oldest row and now."""
    if not rows:
        return ()
    there = {row.id for row in rows}
    spans = shifts.spans_between(plan, rows[-1].start_at, now)
    return tuple(one for one in reversed(spans) if one.id not in there)
