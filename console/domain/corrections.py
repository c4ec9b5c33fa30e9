"""Corrections: a time, a place, a source or a class is set right, and the
clocks that hang on it are computed again.

The old value stays in the event. A corrected time may not precede the step
before, follow the step after, lie in the future, or be more than 24 h old when
the correction was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from console.domain import deadlines, limits
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Case, CategoryKey, Command, Condition
from console.domain.terms import Context
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

#: What else may be set right. ``category`` is the class, and of a filed case
#: the condition with its limit.
PLAIN: Final = ("place", "community", "grid", "source", "category")
ALLOWED: Final = (*FIELDS, *PLAIN)
#: What a corrected class brings along.
GOES_ALONG: Final = (
    "code_2013",
    "name_zh",
    "name_en",
    "condition_id",
    "condition_version",
    "condition_zh",
    "condition_en",
    "limit_grade",
)
#: What a place set right may bring another area's grade with.
AREA: Final = ("community", "grid")
#: A place longer than this is a pasted text.
LONGEST: Final = 200


def origin(case: Case) -> datetime | None:
    """Where the decision clock starts: found by a camera, else reported."""
    if case.source is Source.CAMERA:
        return case.found_at or case.reported_at
    return case.reported_at or case.found_at


_NOTHING: Final = Context()


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


def check(case: Case, command: Command, asked_at: datetime, context: Context = _NOTHING) -> None:
    """Refuse what cannot be corrected so; ``asked_at`` is when it was asked."""
    name = command.field_name
    if name in FIELDS:
        check_time(case, name, command.field_value, asked_at)
    elif name in PLAIN:
        _check_plain(case, name, command.field_value, context)
    else:
        raise Refusal("bad_value", "field", field=name, allowed=", ".join(ALLOWED))


def _check_plain(case: Case, name: str, text: str, context: Context) -> None:
    value = text.strip()
    if name == "source":
        if value not in {one.value for one in Source}:
            raise Refusal("bad_value", "source", value=value, allowed=", ".join(one.value for one in Source))
    elif name == "category":
        if case.condition_id and context.condition is None:
            raise Refusal("unknown_condition", "", condition=value)
        if not case.condition_id and context.category is None:
            raise Refusal("unknown_category", "code", value=value)
    elif not value or len(value) > LONGEST:
        raise Refusal("bad_value", "long", field=name, most=LONGEST)
    if told(case, name) == value:
        raise Refusal("illegal_transition", "same_value", field=name, value=value)


def told(case: Case, name: str) -> str:
    """A field's value as its event tells it."""
    if name in FIELDS:
        at = _stamp(case, name)
        return at.isoformat() if at is not None else ""
    if name != "category":
        return str(getattr(case, name, ""))
    return case.condition_id or told_key(case.category)


def told_key(key: CategoryKey | None) -> str:
    """``standard:kind:code``, or nothing."""
    return f"{key.standard}:{key.kind}:{key.code}" if key is not None else ""


def category_data(key: CategoryKey | None) -> dict[str, object] | None:
    """A category as an event tells it."""
    if key is None:
        return None
    return {"standard": key.standard, "kind": key.kind, "code": key.code}


def check_time(case: Case, name: str, text: str, asked_at: datetime) -> datetime:
    """The corrected time of a stamp, or a refusal."""
    value = parse_time(text)
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


def corrected(
    case: Case, command: Command, context: Context, calendar: WorkingCalendar
) -> tuple[Case, dict[str, object]]:
    """The case set right, and what its event tells: field, old and new."""
    name, text = command.field_name, command.field_value.strip()
    if name in FIELDS:
        value = parse_time(text)
        data: dict[str, object] = {"field": name, "old": told(case, name), "new": value.isoformat()}
        return apply(case, name, value, calendar), data
    data = {"field": name, "old": told(case, name), "new": text}
    if name == "source":
        fixed = replace(case, source=Source(text))
        return _moved(case, fixed, (_D.DECISION, _D.TOTAL), calendar), data
    if name == "category":
        fixed = _reclassed(case, context, calendar)
        data |= {"category": category_data(fixed.category), "code_2013": fixed.code_2013}
        data |= {"name_zh": fixed.name_zh, "name_en": fixed.name_en}
        if fixed.condition_id:
            data |= {"condition": fixed.condition_id, "condition_version": fixed.condition_version}
        data |= {"old_name_zh": case.name_zh, "old_name_en": case.name_en}
        return fixed, data | _regraded(case, fixed, context)
    changes: dict[str, str] = {name: text}
    fixed = replace(case, **changes)  # type: ignore[arg-type]
    if name in AREA and case.condition_id and context.condition is not None:
        fixed = _under(fixed, context.condition, context.grade, calendar)
    return fixed, data | _regraded(case, fixed, context)


def _regraded(case: Case, fixed: Case, context: Context) -> dict[str, object]:
    """What tells that another grade's limit, or no grade's, counts now."""
    if context.condition is None or case.limit_grade == fixed.limit_grade:
        return {}
    return {"limit": limits.told(context.condition, fixed.limit_grade), "old_grade": case.limit_grade}


def _under(case: Case, condition: Condition, grade: str, calendar: WorkingCalendar) -> Case:
    """The case with its handling under the limit of its area's grade."""
    taken = limits.grade_taken(condition, grade)
    limit = limits.of_condition(condition, taken)
    fixed = replace(case, limit_grade=taken)
    handling = deadlines.of(fixed, _D.HANDLING)
    if handling is None or handling.limit == limit:
        return fixed
    return deadlines.put(fixed, deadlines.relimit(handling, limit, calendar))


def _reclassed(case: Case, context: Context, calendar: WorkingCalendar) -> Case:
    """Under the right class; a filed case also under the right condition, its
    handling under that one's limit."""
    if not case.condition_id:
        assert context.category is not None  # check() has refused otherwise
        found = context.category
        return replace(
            case,
            category=found.key,
            code_2013=found.code_2013,
            name_zh=found.name_zh,
            name_en=found.name_en,
        )
    condition = context.condition
    assert condition is not None  # check() has refused otherwise
    fixed = replace(case, **of_condition(condition))  # type: ignore[arg-type]
    return _under(fixed, condition, context.grade, calendar)


def of_condition(condition: Condition) -> dict[str, object]:
    """The fields of a case that its condition decides."""
    return {
        "category": condition.category,
        "code_2013": condition.code_2013,
        "name_zh": condition.name_zh,
        "name_en": condition.name_en,
        "condition_id": condition.condition_id,
        "condition_version": condition.version,
        "condition_zh": condition.condition_zh,
        "condition_en": condition.condition_en,
    }


def apply(case: Case, name: str, value: datetime, calendar: WorkingCalendar) -> Case:
    """The case with stamp ``name`` at ``value`` and its clocks laid anew."""
    old = _stamp(case, name)
    stamped = _with_stamp(case, name, value)
    if case.ended_at is not None and case.ended_at == old and name == "closed_at":
        stamped = replace(stamped, ended_at=value)
    bearing = FIELDS[name]
    stamped = _moved(case, stamped, bearing.starts, calendar)
    for deadline in stamped.deadlines:
        moved = deadline
        of_origin = deadline.kind in (_D.DECISION, _D.TOTAL)
        if not of_origin and deadline.kind in bearing.starts and deadline.start_at == old:
            moved = deadlines.move_start(moved, value, calendar)
        if deadline.kind in bearing.meets and deadline.met_at == old:
            moved = replace(moved, met_at=value)
        if moved is not deadline:
            stamped = deadlines.put(stamped, moved)
    return replace(stamped, manual_time=True)


def _moved(before: Case, fixed: Case, kinds: tuple[DeadlineKind, ...], calendar: WorkingCalendar) -> Case:
    """The clocks that start at the first sight, when that has moved."""
    begun = origin(fixed)
    if begun is None or begun == origin(before):
        return fixed
    for deadline in fixed.deadlines:
        if deadline.kind in (_D.DECISION, _D.TOTAL) and deadline.kind in kinds:
            fixed = deadlines.put(fixed, deadlines.move_start(deadline, begun, calendar))
    return fixed


def _stamp(case: Case, name: str) -> datetime | None:
    value: datetime | None = getattr(case, name)
    return value


def _with_stamp(case: Case, name: str, value: datetime) -> Case:
    changes: dict[str, datetime] = {name: value}
    return replace(case, **changes)  # type: ignore[arg-type]
