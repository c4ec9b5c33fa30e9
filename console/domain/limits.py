"""Limits: how long a stage may take, in which unit, and the promises.

A unit is part of a limit ("urgent" means round the clock, not important), and a
working day is eight working hours, not "the same time tomorrow". The promises
are the office's own: 5 minutes to decide, 1 to dispatch, 10 to arrive; verify
and check 30 minutes each, as other cities run them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Condition, GradeLimit, Limit
from console.domain.vocabulary import DeadlineKind, Unit

#: Seconds of one unit, on the unit's own calendar.
UNIT_SECONDS: Final[Mapping[Unit, int]] = {
    Unit.URGENT_MINUTE: 60,
    Unit.URGENT_HOUR: 3600,
    Unit.WORK_HOUR: 3600,
    Unit.WORK_DAY: 8 * 3600,
    Unit.NATURAL_DAY: 86_400,
}

#: The version name of the promises below.
DEFAULT_VERSION: Final = "minghu-1"

#: The promises of the office; a site's own rows come before them.
PROMISES: Final[Mapping[DeadlineKind, Limit]] = {
    DeadlineKind.DECISION: Limit(5, Unit.URGENT_MINUTE, DEFAULT_VERSION),
    DeadlineKind.VERIFY: Limit(30, Unit.URGENT_MINUTE, DEFAULT_VERSION),
    DeadlineKind.DISPATCH: Limit(1, Unit.URGENT_MINUTE, DEFAULT_VERSION),
    DeadlineKind.ARRIVAL: Limit(10, Unit.URGENT_MINUTE, DEFAULT_VERSION),
    DeadlineKind.TOTAL: Limit(15, Unit.URGENT_MINUTE, DEFAULT_VERSION),
    DeadlineKind.CHECK: Limit(30, Unit.URGENT_MINUTE, DEFAULT_VERSION),
}

#: Grades of an area (管理区域等级), strictest first: one condition can hold a
#: limit for each, as departments' tables of time limits do.
GRADES: Final = ("A", "B", "C")

#: A limit above this many units is a slip of the finger.
MOST_UNITS: Final = 1000

_WORDS: Final[Mapping[str, Unit]] = {
    "紧急分钟": Unit.URGENT_MINUTE,
    "分钟": Unit.URGENT_MINUTE,
    "分": Unit.URGENT_MINUTE,
    "紧急工作时": Unit.URGENT_HOUR,
    "紧急工作小时": Unit.URGENT_HOUR,
    "紧急小时": Unit.URGENT_HOUR,
    "紧急时": Unit.URGENT_HOUR,
    "工作时": Unit.WORK_HOUR,
    "工作小时": Unit.WORK_HOUR,
    "小时": Unit.WORK_HOUR,
    "工作日": Unit.WORK_DAY,
    "工作天": Unit.WORK_DAY,
    "天": Unit.WORK_DAY,
    "日": Unit.WORK_DAY,
    "紧急工作日": Unit.NATURAL_DAY,
    "紧急日": Unit.NATURAL_DAY,
    "自然日": Unit.NATURAL_DAY,
    "自然天": Unit.NATURAL_DAY,
    "min": Unit.URGENT_MINUTE,
    "minute": Unit.URGENT_MINUTE,
    "urgentminute": Unit.URGENT_MINUTE,
    "urgenthour": Unit.URGENT_HOUR,
    "workhour": Unit.WORK_HOUR,
    "workinghour": Unit.WORK_HOUR,
    "hour": Unit.WORK_HOUR,
    "workday": Unit.WORK_DAY,
    "workingday": Unit.WORK_DAY,
    "day": Unit.WORK_DAY,
    "naturalday": Unit.NATURAL_DAY,
    "calendarday": Unit.NATURAL_DAY,
    "urgentworkday": Unit.NATURAL_DAY,
}

_TYPED: Final = re.compile(r"(\d+)个?(\D+)")


def seconds(limit: Limit, times: int = 1) -> int:
    """Length of ``times`` limits in seconds of the limit's own calendar."""
    return limit.value * UNIT_SECONDS[limit.unit] * times


def parse(text: str) -> tuple[int, Unit]:
    """Read a typed limit: ``2紧急工作时``, ``4小时``, ``2天``, ``2 work_day``.

    Raises ``Refusal('bad_value', 'limit', value=text)``: what cannot be read
    is asked again, never guessed.
    """
    clean = re.sub(r"[\s_]|(?<=[a-z])-(?=[a-z])", "", text.strip().lower())
    typed = _TYPED.fullmatch(clean)
    if typed is None:
        raise Refusal("bad_value", "limit", value=text)
    word = typed[2]
    unit = _WORDS.get(word) or _WORDS.get(word.removesuffix("s"))
    value = int(typed[1])
    if unit is None or not 1 <= value <= MOST_UNITS:
        raise Refusal("bad_value", "limit", value=text)
    return value, unit


def of_condition(condition: Condition, grade: str = "") -> Limit:
    """The handling limit of a filing condition in an area of ``grade``; its
    version names the row, and the grade where that one's own limit is taken."""
    version = f"{condition.condition_id}@{condition.version}"
    own = own_limit(condition, grade)
    if own is not None:
        return Limit(own.value, own.unit, f"{version}/{own.grade}")
    return Limit(condition.limit_value, condition.limit_unit, version)


def own_limit(condition: Condition, grade: str) -> GradeLimit | None:
    """The limit a condition holds for areas of ``grade``; ``None`` where the
    base limit counts: no grade, or none of its own."""
    return next((one for one in condition.grade_limits if one.grade == grade), None)


def grade_taken(condition: Condition, grade: str) -> str:
    """``grade`` where its own limit counts, else empty."""
    return grade if own_limit(condition, grade) is not None else ""


def told(condition: Condition, grade: str) -> dict[str, object]:
    """The limit taken, as an event tells it."""
    limit = of_condition(condition, grade)
    said: dict[str, object] = {"value": limit.value, "unit": limit.unit.value}
    taken = grade_taken(condition, grade)
    return said | {"grade": taken} if taken else said


def promise(promises: Mapping[DeadlineKind, Limit], kind: DeadlineKind) -> Limit:
    """The site's limit of ``kind``, or the office's default."""
    return promises.get(kind) or PROMISES[kind]


def total(promises: Mapping[DeadlineKind, Limit], arrival_origin: str) -> Limit:
    """The promise from the first sight to the arrival.

    With the arrival counted from filing, the dispatch minute lies inside the
    ten and 5 + 10 = 15; counted from dispatch it lies before them, so the total
    grows by the dispatch limit: 16.
    """
    whole = promise(promises, DeadlineKind.TOTAL)
    if arrival_origin != "dispatched":
        return whole
    minutes = -(-seconds(promise(promises, DeadlineKind.DISPATCH)) // 60)
    if whole.unit is Unit.URGENT_MINUTE:
        return replace(whole, value=whole.value + minutes)
    return replace(whole, value=seconds(whole) // 60 + minutes, unit=Unit.URGENT_MINUTE)
