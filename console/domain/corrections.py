"""Corrected times: a stamp is set right, its clocks are computed again.

The old value stays in the event. A corrected time may not precede the step
before, follow the step after, lie in the future, or be more than 24 h old when
the correction was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Case, Command
from console.domain.transitions import STAMPS
from console.domain.vocabulary import DeadlineKind, Source

#: How old a time given by hand may be.
OLDEST: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Bearing:
    """Which clocks a stamp ends and which it starts."""

    meets: tuple[DeadlineKind, ...] = ()
    starts: tuple[DeadlineKind, ...] = ()


_D = DeadlineKind

#: The stamps that may be corrected, and what hangs on them.
FIELDS: Final[Mapping[str, Bearing]] = {
    "found_at": Bearing(starts=(_D.DECISION, _D.TOTAL)),
    "reported_at": Bearing(starts=(_D.DECISION, _D.TOTAL)),
    "filed_at": Bearing(meets=(_D.DECISION,), starts=(_D.DISPATCH, _D.ARRIVAL)),
    "dispatched_at": Bearing(meets=(_D.DISPATCH,), starts=(_D.ARRIVAL, _D.HANDLING)),
    "accepted_at": Bearing(),
    "arrived_at": Bearing(meets=(_D.ARRIVAL, _D.TOTAL)),
    "handled_at": Bearing(meets=(_D.HANDLING,), starts=(_D.CHECK,)),
    "checked_at": Bearing(meets=(_D.CHECK,)),
    "closed_at": Bearing(),
}


def origin(case: Case) -> datetime | None:
    """Where the decision clock starts: found by a camera, else reported."""
    if case.source is Source.CAMERA:
        return case.found_at or case.reported_at
    return case.reported_at or case.found_at


def parse_time(text: str) -> datetime:
    """An ISO 8601 time with offset as aware UTC; raises
    ``Refusal('bad_value', 'time', value=text)``."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refusal("bad_value", "time", value=text) from error
    if at.tzinfo is None:
        raise Refusal("bad_value", "time", value=text)
    return at.astimezone(UTC)


def check(case: Case, command: Command, asked_at: datetime) -> datetime:
    """The corrected time, or a refusal; ``asked_at`` is when it was asked."""
    name = command.field_name
    if name not in FIELDS:
        raise Refusal("bad_value", "field", field=name, allowed=", ".join(FIELDS))
    value = parse_time(command.field_value)
    old = _stamp(case, name)
    if old is None:
        raise Refusal("illegal_transition", "not_stamped", field=name)
    if value > asked_at:
        raise Refusal("time_future", "", at=value, now=asked_at)
    if value < asked_at - OLDEST:
        raise Refusal("time_order", "too_old", at=value, hours=24)
    place = STAMPS.index(name)
    before = [(s, at) for s in STAMPS[:place] if (at := _stamp(case, s)) is not None]
    after = [(s, at) for s in STAMPS[place + 1 :] if (at := _stamp(case, s)) is not None]
    for stamp, at in reversed(before):
        # In rework the last check is a former step of the next handling, and
        # cleared stamps are not there: what is there is in order.
        if value < at:
            raise Refusal("time_order", f"before_{stamp.removesuffix('_at')}", at=value, former=at)
    for kind in FIELDS[name].meets:
        # A second round (after a refusal, a reopening) began later than the
        # stamps tell; what ends it did not happen before.
        clock = deadlines.of(case, kind)
        if clock is not None and clock.met_at == old and value < clock.start_at:
            raise Refusal("time_order", "before_returned", at=value, former=clock.start_at)
    for stamp, at in after:
        if value > at:
            raise Refusal("time_order", f"after_{stamp.removesuffix('_at')}", at=value, next=at)
    return value


def apply(case: Case, name: str, value: datetime, calendar: WorkingCalendar) -> Case:
    """The case with stamp ``name`` at ``value`` and its clocks laid anew."""
    old, old_origin = _stamp(case, name), origin(case)
    stamped = _with_stamp(case, name, value)
    if case.ended_at is not None and case.ended_at == old and name == "closed_at":
        stamped = replace(stamped, ended_at=value)
    new_origin = origin(stamped)
    bearing = FIELDS[name]
    for deadline in stamped.deadlines:
        moved = deadline
        if deadline.kind in (_D.DECISION, _D.TOTAL):
            if deadline.kind in bearing.starts and new_origin is not None and new_origin != old_origin:
                moved = deadlines.move_start(moved, new_origin, calendar)
        elif deadline.kind in bearing.starts and deadline.start_at == old:
            moved = deadlines.move_start(moved, value, calendar)
        if deadline.kind in bearing.meets and deadline.met_at == old:
            moved = replace(moved, met_at=value)
        if moved is not deadline:
            stamped = deadlines.put(stamped, moved)
    return replace(stamped, manual_time=True)


def _stamp(case: Case, name: str) -> datetime | None:
    value: datetime | None = getattr(case, name)
    return value


def _with_stamp(case: Case, name: str, value: datetime) -> Case:
    changes: dict[str, datetime] = {name: value}
    return replace(case, **changes)  # type: ignore[arg-type]
