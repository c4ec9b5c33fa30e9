"""Why a step is not possible now, said before anybody tries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from console.domain import approvals, guards, life, rights
from console.domain.errors import Refusal
from console.domain.guards import Ask
from console.domain.model import Actor, Approval, Case, Command
from console.domain.terms import Context, Rules
from console.domain.transitions import TABLE, rows
from console.domain.vocabulary import Action, Role

#: The side branches people look for and cannot always have, in their order.
BRANCHES: Final = (
    Action.REFUSE,
    Action.SUSPEND,
    Action.RESUME,
    Action.EXTEND,
    Action.URGE,
    Action.SUPERVISE,
    Action.REPLY,
    Action.CORRECT,
    Action.VOID,
    Action.FORCE_CLOSE,
    Action.APPEAL,
    Action.REOPEN,
    Action.CALL_BACK,
)


def of(
    case: Case, role: Role, rules: Rules, now: datetime, waiting: Sequence[Approval] = ()
) -> Mapping[Action, Refusal]:
    """The branches this role may not take now, each with what would be said.
    ``waiting``: requests of this case nobody has answered."""
    found: dict[Action, Refusal] = {}
    for action in BRANCHES:
        try:
            _try(case, action, role, rules, now, waiting)
        except Refusal as refusal:
            found[action] = refusal
    return found


def _try(
    case: Case, action: Action, role: Role, rules: Rules, now: datetime, waiting: Sequence[Approval]
) -> None:
    """Everything that can be judged before a reason or a time is given."""
    ways = rows(action, case.state)
    named = ways or tuple(row for row in TABLE if row.action is action)
    if not any(rights.allowed(role, row.demands, rules.separate_filing) for row in named):
        raise Refusal("forbidden", "role", action=action.value, role=role.value)
    if not ways:
        raise Refusal("illegal_transition", "", case=case.id, action=action.value, state=case.state.value)
    command = Command(action)
    if action is not Action.CORRECT:
        # A case has many fields: which one a correction is for is not yet known.
        approvals.once(waiting, command)
    guards.special(Ask(case, command, Actor("", role), rules, Context(), now, now), ways[0])


def possible(
    case: Case, role: Role, rules: Rules, now: datetime, waiting: Sequence[Approval] = ()
) -> tuple[Action, ...]:
    """What a role may wish for now (``life.available``), without the branches
    that would be refused before anything is given."""
    blocked = of(case, role, rules, now, waiting)
    return tuple(action for action in life.available(case, role, rules) if action not in blocked)
