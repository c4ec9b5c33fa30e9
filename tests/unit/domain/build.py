"""What the domain tests build their cases from."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.domain import deadlines, life
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, CategoryKey, Command, Condition, Deadline
from console.domain.vocabulary import Action, DeadlineKind, Role, Source, State, Unit

ZONE = ZoneInfo("Asia/Shanghai")
RULES = life.Rules()

DUTY = Actor("duty-1", Role.DUTY)
LEADER = Actor("leader-1", Role.LEADER)
SECOND = Actor("leader-2", Role.LEADER)
FIELD = Actor("team-1", Role.FIELD, team="appearance")

KEY = CategoryKey("GB/T 47678.5-2026", "event", "09006")
STALL = Condition(
    condition_id="E09006-1",
    version=1,
    category=KEY,
    code_2013="04-06",
    name_zh="占道经营",
    name_en="Trading on road",
    condition_zh="违法占用道路经营",
    condition_en="Selling on the road",
    limit_value=2,
    limit_unit=Unit.URGENT_HOUR,
    closing_zh="取缔",
    closing_en="Removed",
    team="appearance",
    team_also="",
    not_to_file="",
    limit_source="city table 2026",
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
)
OFFICE = replace(STALL, condition_id="E06001-1", limit_value=1, limit_unit=Unit.WORK_DAY)


def local(*parts: int) -> datetime:
    """A local wall time of the site as UTC."""
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[arg-type, misc]


T0 = local(2026, 8, 5, 8, 15, 2)


def after(minutes: float = 0, seconds: float = 0) -> datetime:
    """T0 and so much."""
    return T0 + timedelta(minutes=minutes, seconds=seconds)


def draft(source: Source = Source.CAMERA, **fields: object) -> Case:
    """A case as a service drafts it."""
    return Case(id="", state=State.REGISTERING, source=source, **fields)  # type: ignore[arg-type]


def opened(
    at: datetime = T0, source: Source = Source.CAMERA, rules: life.Rules = RULES, **fields: object
) -> Case:
    """A case just opened, with an id."""
    case = life.open_case(draft(source, **fields), DUTY, rules, at).case
    return replace(case, id="20260805-0001")


def do(
    case: Case,
    action: Action,
    now: datetime,
    actor: Actor = DUTY,
    rules: life.Rules = RULES,
    condition: Condition = STALL,
    other: Case | None = None,
    **fields: object,
) -> Case:
    """One step at ``now``; what needs a second person is granted at once."""
    command = Command(action, **fields)  # type: ignore[arg-type]
    context = life.Context(condition, other)
    step = life.step(case, command, actor, rules, now, context)
    if step.approval is None:
        return step.case
    return life.perform_approved(case, replace(step.approval, id=7), SECOND, rules, now, context).case


def to(state: State, rules: life.Rules = RULES, condition: Condition = STALL) -> Case:
    """A camera's case driven to a state along the straight way, one minute a
    step from T0 (filed at +1, dispatched +1:30, accepted +2, arrived +8)."""
    case = opened(rules=rules)
    way = (
        (State.FILED, Action.FILE, after(1)),
        (State.DISPATCHED, Action.DISPATCH, after(1, 30)),
        (State.ENROUTE, Action.ACCEPT, after(2)),
        (State.HANDLING, Action.ARRIVE, after(8)),
        (State.FEEDBACK, Action.HANDLED, after(30)),
        (State.CHECKING, Action.FEEDBACK, after(32)),
        (State.CLOSING, Action.CHECK, after(40)),
        (State.CLOSED, Action.CLOSE, after(41)),
    )
    if state is State.REGISTERING:
        return case
    if state is State.VERIFYING:
        return do(case, Action.VERIFY, after(1), rules=rules)
    if state is State.SUSPENDED:
        handling = to(State.HANDLING, rules, condition)
        return do(
            handling, Action.SUSPEND, after(10), rules=rules, condition=condition,
            until=after(60 * 24), reason="waits for a crane",
        )  # fmt: skip
    for reached, action, at in way:
        case = do(case, action, at, rules=rules, condition=condition)
        if reached is state:
            return case
    raise AssertionError(f"no straight way to {state}")


def refused(code: str, detail: str = "") -> AbstractContextManager[pytest.ExceptionInfo[Refusal]]:
    """Expect this refusal and no other."""
    return pytest.raises(Refusal, match=f"^{code}{r'[.]' + detail if detail else ''}( |$)")


def clock(case: Case, kind: DeadlineKind) -> Deadline:
    """The case's clock of a kind, which is there."""
    found = deadlines.of(case, kind)
    assert found is not None
    return found
