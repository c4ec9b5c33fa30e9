"""How anything is added to a shift: fold the log, ask, append, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from console.domain import shift_log
from console.domain.errors import Refusal
from console.domain.model import Actor, EventDraft
from console.domain.shift_log import ShiftLog, Stage, What, fold, place_of
from console.domain.shifts import ShiftSpan
from console.domain.vocabulary import Action
from console.services import permissions, shift_conditions, shift_items, shift_roster
from console.services.open_cases import OpenCases
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.shift_records import row_of

#: An entry, an addendum, a caution, characters.
WORDS_MOST: Final = 4000
#: Ids of one kind kept in the snapshot of the stock.
STOCK_MOST: Final = 500
#: How often a use case is tried again when another desk was faster.
TRIES: Final = 4
#: What an event tells.
Data = dict[str, object]
#: What is to be added to a log.
Make = Callable[[UnitOfWork, ShiftLog, datetime], list[Data]]


class ShiftWriter:
    """What all who write shifts share."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, cases: OpenCases) -> None:
        self._uows, self._clock, self._cases = uows, clock, cases

    def begin(self, uow: UnitOfWork, actor: Actor, span: ShiftSpan, now: datetime) -> ShiftLog:
        """The first events of a shift: what it finds, and who opens it."""
        found = shift_items.stock(self._cases.look(uow)[0].values(), now)
        before = last_before(uow, span)
        data: Data = {
            "what": What.OPENED.value,
            "kind": span.kind.id,
            "zh": span.kind.zh,
            "en": span.kind.en,
            "start": span.start.isoformat(),
            "end": span.end.isoformat(),
            "stock": {
                name: {"n": len(getattr(found, name)), "cases": list(getattr(found, name)[:STOCK_MOST])}
                for name in shift_items.STOCK
            },
            "carried": shift_log.carried(before.open_entries) if before is not None else [],
        }
        if before is not None:
            data["before"] = before.id
        duty = shift_roster.duty_of(uow, span)
        data |= {"leader": duty.leader, "chief": duty.chief, "officers": list(duty.officers)}
        conditions = shift_conditions.load(uow)
        kept = shift_log.conditions_data(conditions)
        if kept:
            data["conditions"] = {**kept, "by": conditions.by}
        drafts = [draft(span.id, actor.name, now, data)]
        if actor.seat or not permissions.is_local(actor):
            drafts.append(draft(span.id, actor.name, now, came(actor)))
        uow.events.append(drafts)
        log = folded(uow, span.id)
        uow.shifts.add(row_of(log))
        return log

    def change(
        self,
        actor: Actor,
        shift_id: str,
        make: Make,
        then: Callable[[UnitOfWork, ShiftLog, datetime], None] | None = None,
        *,
        frozen_too: bool = False,
    ) -> ShiftLog:
        """Fold the log, ask ``make`` what is to be added, add it. Another desk
        that was faster is answered by looking again."""
        for attempt in range(1, TRIES + 1):
            try:
                with self._uows.write() as uow:
                    log = found(uow, shift_id)
                    if log.stage is Stage.HANDED and not frozen_too:
                        raise Refusal("conflict", "shift_frozen", shift=log.id)
                    now = self._clock.now()
                    made = make(uow, log, now)
                    if not made:
                        return log
                    log = append(uow, actor, log, made, now)
                    if then is not None:
                        then(uow, log, now)
                    uow.commit()
                return log
            except Refusal as refusal:
                if refusal.code != "conflict" or refusal.detail.startswith("shift_") or attempt == TRIES:
                    raise
        raise AssertionError("the loop returns or raises")


def current(uow: UnitOfWork) -> ShiftLog | None:
    """The log of the newest shift that nobody has taken over; ``None`` without."""
    rows = uow.shifts.unsigned()
    return folded(uow, rows[0].id) if rows else None


def found(uow: UnitOfWork, shift_id: str) -> ShiftLog:
    """The log of a shift, or of the one that is open now. Raises
    ``unknown_shift``: ``.none`` when no shift is open."""
    if not shift_id:
        log = current(uow)
        if log is None:
            raise Refusal("unknown_shift", "none")
        return log
    if uow.shifts.get(shift_id) is None:
        raise Refusal("unknown_shift", "closed", shift=shift_id)
    return folded(uow, shift_id)


def folded(uow: UnitOfWork, shift_id: str) -> ShiftLog:
    """The log of a shift there is a row for; raises ``db_corrupt`` without events."""
    log = fold(uow.events.of_case(place_of(shift_id)))
    if log is None:
        raise Refusal("db_corrupt", "shift", shift=shift_id)
    return log


def append(uow: UnitOfWork, actor: Actor, log: ShiftLog, made: list[Data], now: datetime) -> ShiftLog:
    """Add events to a log and bring its row in line; the log after it."""
    row = uow.shifts.get(log.id)
    assert row is not None
    uow.events.append([draft(log.id, actor.name, now, data) for data in made])
    after = folded(uow, log.id)
    uow.shifts.save(row_of(after), row.version)
    return after


def draft(shift_id: str, who: str, now: datetime, data: Mapping[str, Any]) -> EventDraft:
    """An event of a shift."""
    return EventDraft(place_of(shift_id), now, now, who, Action.SHIFT, data)


def came(actor: Actor) -> Data:
    """What the event of somebody sitting down tells."""
    return {"what": What.CAME.value, "who": actor.name, "role": actor.role.value, "seat": actor.seat}


def falls(log: ShiftLog) -> list[Data]:
    """What comes before anything else is written: a signature that would not
    cover it falls."""
    return [{"what": What.WITHDRAWN.value}] if log.stage is Stage.OFFERED else []


def last_before(uow: UnitOfWork, span: ShiftSpan) -> ShiftLog | None:
    """The log of the shift before; what it left open is carried on."""
    rows = uow.shifts.between(span.start - timedelta(days=3), span.start)
    return folded(uow, rows[0].id) if rows else None
