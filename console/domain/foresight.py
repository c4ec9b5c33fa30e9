"""What was learned of all legs, asked for one case: its chance to be late.

Cases become spans here (:mod:`console.domain.prediction` knows no cases), and
a case that runs is told its chance with the facts that move it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.domain import deadlines
from console.domain.calendars import CONTINUOUS, WorkingCalendar
from console.domain.chance import Chance, Push
from console.domain.model import Case, Deadline
from console.domain.pace import TRAVEL, part_of_day
from console.domain.prediction import (
    DECISION,
    DISPATCH,
    FACTS,
    FORGOTTEN,
    LEGS,
    Model,
    Span,
    levels,
    sigmoid,
)
from console.domain.prediction_check import Check
from console.domain.vocabulary import DeadlineKind, State, Unit

#: A chance is worked out for so many instants until its promise is due.
POINTS: Final = 16
#: Facts that move a chance by less are not named.
NAMED: Final = 0.02
#: It is worked out again after this share of the time left, and after this many
#: seconds at least: others may have come to wait meanwhile.
AGAIN: Final = 0.1
AGAIN_S: Final = 5.0
_WAITING: Final = (State.REGISTERING, State.VERIFYING, State.FILED)
_UNDER_WAY: Final = (State.DISPATCHED, State.ENROUTE)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What is known: models and checks by leg, as of ``at``. A leg whose check
    did not show that foretelling helps has no model here."""

    at: datetime | None = None
    models: Mapping[str, Model] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)

    @property
    def speaks(self) -> bool:
        """True when anything is foretold at all."""
        return bool(self.models)


# -- the past -----------------------------------------------------------------


def spans(case: Case, calendar: WorkingCalendar, zone: ZoneInfo, now: datetime) -> list[Span]:
    """What a case teaches by ``now``: its promises that were kept or missed."""
    if case.mis_key:
        return []
    found = []
    for leg, kind in LEGS.items():
        deadline = deadlines.of(case, kind)
        begun = _begun(case, leg, deadline)
        if deadline is None or begun is None:
            continue
        took = _took(case, deadline, begun, calendar, now)
        span = _span(case, leg, deadline, begun, calendar, zone) if took is not None else None
        if took is None or span is None:
            continue
        found.append(_ended(span, case, deadline, took, calendar))
    return found


def _begun(case: Case, leg: str, deadline: Deadline | None) -> datetime | None:
    """When a leg began; ``None`` for one that did not, or only after it was
    too late already."""
    if deadline is None:
        return None
    if leg != TRAVEL:
        return deadline.start_at
    sent = case.dispatched_at
    return sent if sent is not None and deadline.start_at <= sent < deadline.due_at else None


def _took(
    case: Case, deadline: Deadline, begun: datetime, calendar: WorkingCalendar, now: datetime
) -> float | None:
    """Seconds needed, infinite for a promise missed and never met; ``None``
    where it is not known how it ended."""
    if deadline.met_at is not None:
        took = (
            calendar.elapsed(begun, deadline.met_at, deadline.limit.unit) if deadline.met_at > begun else 0.0
        )
        return max(0.0, took - deadline.paused_s)
    if deadlines.cut_off_late(deadline, case.ended_at):
        return math.inf
    late = deadline.running and deadline.paused_since is None and now > deadline.due_at
    return math.inf if late else None


def _span(
    case: Case, leg: str, deadline: Deadline, begun: datetime, calendar: WorkingCalendar, zone: ZoneInfo
) -> Span | None:
    """The leg as it runs; ``None`` when there was nothing left from its begin."""
    unit = deadline.limit.unit
    limit = calendar.elapsed(begun, deadline.due_at, unit) - deadline.paused_s
    if limit <= 0:
        return None
    accepted = case.accepted_at if leg == TRAVEL else None
    said = calendar.elapsed(begun, accepted, unit) if accepted is not None and accepted > begun else math.inf
    if accepted is not None and accepted <= begun:
        said = 0.0
    return Span(
        leg=leg,
        at_s=begun.timestamp(),
        end_s=math.inf,
        limit_s=limit,
        took_s=math.inf,
        category=case.category.code if case.category is not None else "",
        community=case.community,
        part=part_of_day(begun, zone),
        team=case.teams[0] if leg == TRAVEL and case.teams else "",
        accepted_s=said,
    )


def _ended(span: Span, case: Case, deadline: Deadline, took: float, calendar: WorkingCalendar) -> Span:
    """``span`` with what it took, and until when it held others up."""
    end = deadline.met_at or case.ended_at
    most = span.at_s + FORGOTTEN * span.limit_s
    return Span(
        leg=span.leg,
        at_s=span.at_s,
        end_s=most if end is None else min(most, max(span.at_s, end.timestamp())),
        limit_s=span.limit_s,
        took_s=took,
        category=span.category,
        community=span.community,
        part=span.part,
        team=span.team,
        accepted_s=span.accepted_s,
    )


# -- now ----------------------------------------------------------------------


def crowds_now(cases: Iterable[Case], now: datetime) -> Mapping[str, int]:
    """How many open cases wait for the desk (``desk``) and for each team (by
    its id) at this moment."""
    found: dict[str, int] = {}
    for case in cases:
        if case.state in _WAITING:
            kind = DeadlineKind.DISPATCH if case.state is State.FILED else DeadlineKind.DECISION
            crowd = "desk"
        elif case.state in _UNDER_WAY:
            kind, crowd = DeadlineKind.ARRIVAL, case.teams[0] if case.teams else ""
        else:
            continue
        deadline = deadlines.of(case, kind)
        if deadline is not None and deadline.running and not _forgotten(deadline, now):
            found[crowd] = found.get(crowd, 0) + 1
    return found


def _forgotten(deadline: Deadline, now: datetime) -> bool:
    return now - deadline.due_at > (FORGOTTEN - 1) * (deadline.due_at - deadline.start_at)


def leg_now(case: Case, deadline: Deadline) -> str | None:
    """The leg in which ``deadline`` is judged; ``None`` for other clocks, and
    for an arrival to which nobody was sent yet: the dispatch's clock speaks."""
    if deadline.kind is DeadlineKind.ARRIVAL:
        sent = case.state in _UNDER_WAY and _begun(case, TRAVEL, deadline) is not None
        return TRAVEL if sent else None
    return deadline.kind.value if deadline.kind.value in (DECISION, DISPATCH) else None


def chance(
    known: Foresight,
    case: Case,
    deadline: Deadline,
    crowds: Mapping[str, int],
    now: datetime,
    calendar: WorkingCalendar,
    zone: ZoneInfo,
    warn: float,
) -> Chance | None:
    """The chance that ``deadline``, the clock that counts, will be missed;
    ``None`` where nothing is foretold: it stands still, is over, or too little
    is known. ``warn`` (0–1) is handed on."""
    leg = leg_now(case, deadline)
    model = known.models.get(leg or "")
    still = not deadline.running or deadline.paused_since is not None
    if leg is None or model is None or still or now >= deadline.due_at:
        return None
    begun = _begun(case, leg, deadline)
    span = _span(case, leg, deadline, begun, calendar, zone) if begun is not None else None
    if span is None:
        return None
    unit = deadline.limit.unit
    # A clock that went back never gives more than the whole.
    left = min(span.limit_s, deadlines.remaining_s(deadline, now, calendar))
    others = max(0, crowds.get(span.crowd, 0) - 1)
    points = _points(model, span, left, others, now, unit, calendar)
    spent = span.limit_s - left
    step = max(AGAIN_S, AGAIN * left)
    return Chance(
        kind=deadline.kind,
        due_at=deadline.due_at,
        points=points,
        alone=model.alone.chance(spent, left),
        pushes=pushes(model, spent, left, levels(span, spent, others)),
        n=model.n,
        late=model.late,
        warn=warn,
        until=min(deadline.due_at, _later(now, step, unit, calendar)),
        bins=known.checks[leg].bins if leg in known.checks else (),
    )


def _points(
    model: Model,
    span: Span,
    left: float,
    others: int,
    now: datetime,
    unit: Unit,
    calendar: WorkingCalendar,
) -> tuple[tuple[datetime, float], ...]:
    """The chance at even steps from now until due."""
    spent, found, least = span.limit_s - left, [], 0.0
    for step in range(POINTS):
        after = left * step / POINTS
        known = levels(span, spent + after, others)
        # What is not done yet does not become likelier by waiting.
        least = max(least, model.chance(spent + after, left - after, known))
        found.append((_later(now, after, unit, calendar), least))
    return tuple(found)


def _later(now: datetime, seconds: float, unit: Unit, calendar: WorkingCalendar) -> datetime:
    if unit in CONTINUOUS or seconds <= 0:
        return now + timedelta(seconds=seconds)
    return calendar.add(now, seconds, unit)


def pushes(model: Model, spent: float, left: float, known: Sequence[str]) -> tuple[Push, ...]:
    """The facts that move the chance, the strongest first: each is the
    difference between the chance and the one without it."""
    parts = model.parts(known)
    whole = model.logit(spent, left) + sum(parts)
    value = sigmoid(whole)
    found = []
    for fact, level, part in zip(FACTS[model.leg], known, parts, strict=True):
        points = value - sigmoid(whole - part)
        if abs(points) >= NAMED:
            found.append(Push(fact, level, points, model.effects[fact][level].n))
    return tuple(sorted(found, key=_strength, reverse=True))


def _strength(push: Push) -> float:
    return abs(push.points)
