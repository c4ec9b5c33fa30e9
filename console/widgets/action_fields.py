"""What each action needs to be told, as data for its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from console.domain import corrections
from console.domain.model import Case
from console.domain.transitions import CALL_BACK_RESULTS
from console.domain.vocabulary import Action, Channel
from console.services.views import TeamProposal


@dataclass(frozen=True, slots=True)
class Field:
    """One input: ``name`` is a field of ``Command``; ``kind`` line, text,
    time, case, choice, files, or right (a corrected value, of whatever kind the
    field to correct is)."""

    name: str
    kind: str
    needed: bool = True
    choices: tuple[str, ...] = ()


#: Why: asked for by most branches.
REASON: Final = Field("reason", "line")
_WHO: Final = (
    Field("channel", "choice", needed=False, choices=tuple(one.value for one in Channel)),
    Field("on_behalf_of", "line", needed=False),
    Field("at", "time", needed=False),
)
#: Asked for only when a promise of the case was broken.
_CAUSE: Final = (Field("cause", "choice"), Field("text", "line", needed=False))
FIELDS: Final[Mapping[Action, tuple[Field, ...]]] = {
    Action.REJECT: (REASON,),
    Action.REFUSE: (REASON,),
    Action.MERGE: (Field("other", "case"),),
    Action.LINK: (Field("other", "case"),),
    Action.VERIFIED: (Field("result", "choice", choices=("exists", "none", "unclear")),),
    Action.SUSPEND: (Field("until", "time"), REASON),
    Action.EXTEND: (REASON,),
    Action.VOID: (REASON,),
    Action.FORCE_CLOSE: (REASON, *_CAUSE),
    Action.CLOSE: _CAUSE,
    Action.APPEAL: (REASON,),
    Action.REOPEN: (REASON,),
    Action.CALL_BACK: (
        Field("result", "choice", choices=CALL_BACK_RESULTS),
        Field("text", "line", needed=False),
    ),
    Action.CORRECT: (
        Field("field_name", "choice", choices=corrections.ALLOWED),
        Field("field_value", "right"),
        REASON,
    ),
    Action.ADD_TEAM: (Field("teams", "choice"), REASON),
    Action.SUPERVISE: (Field("reply_by", "time"), Field("text", "line", needed=False)),
    Action.REPLY: (Field("text", "text"),),
    Action.NOTE: (Field("text", "text"),),
    Action.ATTACH: (Field("files", "files"),),
    Action.ACCEPT: _WHO,
    Action.ARRIVE: _WHO,
    # The picture of the place afterwards comes with the team's word.
    Action.HANDLED: (Field("files", "files", needed=False), *_WHO),
}
#: Actions whose fields must be asked for before they can be done.
ASKS: Final = frozenset(
    action for action, fields in FIELDS.items() if any(one.needed for one in fields if one not in _CAUSE)
)


def addable(case: Case | None, proposals: Sequence[TeamProposal]) -> tuple[str, ...]:
    """Teams that may go along, the better reason first."""
    sent = case.teams if case is not None else ()
    return tuple(one.team.id for one in proposals if one.team.id not in sent)


def correctable(case: Case | None) -> tuple[str, ...]:
    """The fields of this case that can be set right: times it has, and what it
    is about."""
    if case is None:
        return corrections.ALLOWED
    return tuple(
        name for name in corrections.ALLOWED if name in corrections.PLAIN or getattr(case, name) is not None
    )
