"""What a step does to the clocks of a case, and how its event tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain import deadlines, limits, promises, thresholds
from console.domain.errors import Refusal
from console.domain.model import Case, Condition, Deadline, Limit
from console.domain.records import replace
from console.domain.terms import Rules
from console.domain.transitions import Clock, Op, Row
from console.domain.vocabulary import DeadlineKind


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the clocks: when, under which rules, with which condition,
    whether the handling goes back to the unit that had it, and the grade whose
    limit the case was filed under; the case itself where the office has
    thresholds of its own."""

    at: datetime
    rules: Rules
    condition: Condition | None = None
    same_unit: bool = False
    grade: str = ""
    case: Case | None = None


def limit_of(kind: DeadlineKind, turn: Turn, old: Deadline | None) -> Limit:
    """The limit a new round of ``kind`` runs under. A case keeps the handling
    limit it was filed under, so a later round takes the earlier one's."""
    if kind is DeadlineKind.TOTAL:
        return limits.total(_promises(turn), turn.rules.arrival_origin)
    if kind is not DeadlineKind.HANDLING:
        return limits.promise(_promises(turn), kind)
    if old is not None:
        return old.limit
    if turn.condition is None:
        raise Refusal("missing_condition", "limit")
    return limits.of_condition(turn.condition, turn.grade)


def _promises(turn: Turn) -> Mapping[DeadlineKind, Limit]:
    """The site's promises, narrowed to the case where rows speak of it."""
    if not turn.rules.narrowed or turn.case is None:
        return turn.rules.promises
    own = {
        kind: limit
        for kind in promises.KINDS
        if (limit := promises.chosen(turn.rules.narrowed, kind, turn.case, turn.at, turn.rules.calendar.tz))
    }
    return {**turn.rules.promises, **own}


def apply(case: Case, row: Row, turn: Turn) -> tuple[Case, list[dict[str, object]]]:
    """The case after the row's clock operations, and what to tell of them:
    one entry ``{kind, op, …}`` for each clock that changed."""
    told: list[dict[str, object]] = []
    if turn.rules.thresholds or turn.rules.narrowed:
        turn = replace(turn, case=case)
    clocks = {deadline.kind: deadline for deadline in case.deadlines}
    for clock in row.clocks:
        if clock.origin and clock.origin != turn.rules.arrival_origin:
            continue
        old = clocks.get(clock.kind)
        new = _OPS[clock.op](clock, old, turn)
        if new is not None and new != old:
            clocks[clock.kind] = new
            told.append(_tell(clock, old, new, turn))
    if row.ends:
        ended = [d.kind.value for d in clocks.values() if d.running]
        clocks = {kind: deadlines.cancel(d) for kind, d in clocks.items()}
        told.extend({"kind": kind, "op": Op.CANCEL.value} for kind in ended)
    if told:
        case = replace(case, deadlines=tuple(clocks.values()))
    return case, told


def whole_clock(clock: Deadline) -> dict[str, object]:
    """A clock that was laid out, so that it can be had from its event alone;
    what is as with every new clock is left out."""
    told: dict[str, object] = {
        "start_at": clock.start_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "warn_at": clock.warn_at.isoformat(),
        "limit": {
            "value": clock.limit.value,
            "unit": clock.limit.unit.value,
            "version": clock.limit.version,
        },
    }
    for name, usual in (("due_version", 1), ("times", 1), ("paused_s", 0), ("missed_before", False)):
        value = getattr(clock, name)
        if value != usual:
            told[name] = value
    if clock.marks is not None:
        told["marks"] = [
            {"percent": m.threshold, "at": m.at.isoformat(), "severity": m.severity.value, "left_s": m.left_s}
            for m in clock.marks
        ]
    if clock.paused_since is not None:
        # Extended while it stood still: it goes on standing.
        told["paused_since"] = clock.paused_since.isoformat()
    return told


def corrected(old: Deadline, new: Deadline) -> dict[str, object]:
    """What a correction tells of a clock it moved."""
    told: dict[str, object] = {
        "kind": new.kind.value,
        "op": "correct",
        "old_due_at": old.due_at.isoformat(),
        **whole_clock(new),
    }
    for name in ("met_at", "paused_since"):
        at: datetime | None = getattr(new, name)
        if at is not None:
            told[name] = at.isoformat()
    if new.cancelled:
        told["cancelled"] = True
    return told


def _start(clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    if old is not None and old.running:
        return old  # the arrival runs on through a refusal
    return deadlines.again(old, _fresh(clock, old, turn))


def _fresh(clock: Clock, old: Deadline | None, turn: Turn) -> Deadline:
    """A new round, with the thresholds that hold for this case now."""
    calendar, marks, case = turn.rules.calendar, None, turn.case
    if case is not None:
        if turn.condition is not None:
            case = replace(case, category=turn.condition.category)
        marks = thresholds.marks_for(turn.rules.thresholds, clock.kind, case, turn.at, calendar.tz)
    return deadlines.start(clock.kind, limit_of(clock.kind, turn, old), turn.at, calendar, marks=marks)


def _assign(clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    """Resumed when it goes back to the same unit, begun anew for another."""
    if old is not None and old.paused_since is not None and turn.same_unit:
        return deadlines.resume(old, turn.at, turn.rules.calendar)
    return deadlines.again(old, _fresh(clock, old, turn))


def _meet(_clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    return None if old is None else deadlines.meet(old, turn.at)


def _pause(_clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    return None if old is None else deadlines.pause(old, turn.at)


def _resume(_clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    return None if old is None else deadlines.resume(old, turn.at, turn.rules.calendar)


def _reopen(_clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    return None if old is None else deadlines.reopen(old, turn.at)


def _extend(_clock: Clock, old: Deadline | None, turn: Turn) -> Deadline | None:
    return None if old is None else deadlines.extend(old, turn.rules.calendar)


def _cancel(_clock: Clock, old: Deadline | None, _turn: Turn) -> Deadline | None:
    return None if old is None else deadlines.cancel(old)


_OPS: Final[Mapping[Op, Callable[[Clock, Deadline | None, Turn], Deadline | None]]] = {
    Op.START: _start,
    Op.MEET: _meet,
    Op.PAUSE: _pause,
    Op.RESUME: _resume,
    Op.REOPEN: _reopen,
    Op.EXTEND: _extend,
    Op.CANCEL: _cancel,
    Op.ASSIGN: _assign,
}


def _tell(clock: Clock, old: Deadline | None, new: Deadline, turn: Turn) -> dict[str, object]:
    """What the timeline needs: how long it took against how long it might."""
    whole = limits.seconds(new.limit, new.times)
    told: dict[str, object] = {"kind": clock.kind.value, "op": clock.op.value, "limit_s": whole}
    if clock.op is Op.MEET:
        # Instants, no durations: what a stage took follows from them, and the
        # same case written on two databases differs in its times only.
        told |= {
            "start_at": new.start_at.isoformat(),
            "met_at": turn.at.isoformat(),
            "in_time": not deadlines.ended_late(new),
        }
    elif clock.op is not Op.PAUSE:
        told |= whole_clock(new)
    if clock.op is Op.EXTEND and old is not None:
        told["old_due_at"] = old.due_at.isoformat()
    if clock.op in (Op.RESUME, Op.ASSIGN) and old is not None:
        told["paused_s"] = new.paused_s
    return told
