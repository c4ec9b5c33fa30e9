"""The life of a case as a table.

One :class:`Row` is one way a case may go: from which states, to which, by
whose right, what must be given, which stamps it sets and clears, and what it
does to the clocks. ``life.step`` reads the table; it has no rule of its own
about states. Sources: the seven stages of GB/T 30428.8 practice, the branches
of deployed systems, and the office's promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.domain.vocabulary import OPEN, TERMINAL, Action, DeadlineKind, State


class Op(StrEnum):
    """What a step does to one clock."""

    START = "start"  # a new round from the step's time
    MEET = "meet"
    PAUSE = "pause"
    RESUME = "resume"
    REOPEN = "reopen"  # the end is taken back, the clock ran on
    EXTEND = "extend"
    CANCEL = "cancel"
    ASSIGN = "assign"  # handling at dispatch: start, or resume for the same unit


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock operation. ``origin`` limits it to sites that count the
    arrival from there (``filed`` or ``dispatched``)."""

    op: Op
    kind: DeadlineKind
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One way a case may go.

    ``to`` ``None`` keeps the state. ``result`` picks the row among those of an
    action. ``right`` is the entry of the rights table (the action's own name
    when empty). ``needs`` names what must be given: ``reason``, ``until``,
    ``reply_by``, ``text``, ``files``, ``condition``, ``teams``, ``other``.
    ``stamps``/``clears`` are time fields of the case; ``actor_field`` takes the
    actor's name; ``counts`` is a counter that grows. ``second`` means a leader
    other than the asker must agree. ``ends`` cancels every clock still running.
    """

    action: Action
    sources: frozenset[State]
    to: State | None
    result: str = ""
    right: str = ""
    needs: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    actor_field: str = ""
    counts: str = ""
    clocks: tuple[Clock, ...] = ()
    second: bool = False
    ends: bool = False

    @property
    def demands(self) -> str:
        """The right this row asks for."""
        return self.right or self.action.value


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


_D = DeadlineKind
_BEFORE_FILING: Final = _from(State.REPORTED, State.REGISTERING)
_AFTER_FILING: Final = OPEN - _from(State.REPORTED, State.REGISTERING, State.VERIFYING)
_WITH_CLOSED: Final = OPEN | {State.CLOSED}

#: The reason that marks a key pressed by mistake (Escape within 10 s).
MIS_KEY: Final = "mis-key"

#: Result words of ``verified`` and of ``check``; ``check`` without one passes.
VERIFIED_RESULTS: Final = ("exists", "none", "unclear")
CHECK_RESULTS: Final = ("pass", "rework")

#: What a link may say of the other case (``Command.result``; none is a plain
#: link), and what the other case then says of this one.
PLAIN_LINK: Final = "link"
OTHER_END: Final[Mapping[str, str]] = {PLAIN_LINK: PLAIN_LINK, "parent": "child", "child": "parent"}

#: What a reporter who was called back said: satisfied or not.
CALL_BACK_RESULTS: Final = ("yes", "no")

#: The clocks that begin with a case, at the decision's origin.
OPENING: Final = (Clock(Op.START, _D.DECISION), Clock(Op.START, _D.TOTAL))

_RETURNED: Final = ("handled_at", "check_sent_at")

_MAIN: Final = (
    Row(
        Action.VERIFY,
        _BEFORE_FILING,
        State.VERIFYING,
        stamps=("verify_sent_at",),
        clears=("verified_at",),
        clocks=(Clock(Op.PAUSE, _D.DECISION), Clock(Op.START, _D.VERIFY)),
    ),
    Row(
        Action.VERIFIED,
        _from(State.VERIFYING),
        State.REGISTERING,
        needs=("result",),
        stamps=("verified_at",),
        clocks=(Clock(Op.MEET, _D.VERIFY), Clock(Op.RESUME, _D.DECISION)),
    ),
    Row(
        Action.FILE,
        _BEFORE_FILING,
        State.FILED,
        needs=("condition",),
        stamps=("filed_at",),
        actor_field="filed_by",
        clocks=(
            Clock(Op.MEET, _D.DECISION),
            Clock(Op.START, _D.DISPATCH),
            Clock(Op.START, _D.ARRIVAL, "filed"),
        ),
    ),
    # Turning a report away before anybody took it in is the call-taker's.
    Row(
        Action.REJECT,
        _from(State.REPORTED),
        State.REJECTED,
        right="verify",
        needs=("reason",),
        stamps=("ended_at",),
        clocks=(Clock(Op.MEET, _D.DECISION),),
        ends=True,
    ),
    Row(
        Action.REJECT,
        _from(State.REGISTERING),
        State.REJECTED,
        needs=("reason",),
        stamps=("ended_at",),
        clocks=(Clock(Op.MEET, _D.DECISION),),
        ends=True,
    ),
    # Escape right after the key: nothing was decided, so nothing is met, and
    # whoever may press the key may take it back.
    Row(
        Action.REJECT,
        _from(State.REGISTERING),
        State.REJECTED,
        result=MIS_KEY,
        right="open",
        stamps=("ended_at",),
        ends=True,
    ),
    Row(
        Action.MERGE,
        _BEFORE_FILING,
        State.DUPLICATE,
        needs=("other",),
        stamps=("ended_at",),
        ends=True,
    ),
    Row(
        Action.DISPATCH,
        _from(State.FILED),
        State.DISPATCHED,
        needs=("teams",),
        stamps=("dispatched_at",),
        actor_field="dispatched_by",
        clocks=(
            Clock(Op.MEET, _D.DISPATCH),
            Clock(Op.START, _D.ARRIVAL, "dispatched"),
            Clock(Op.ASSIGN, _D.HANDLING),
        ),
    ),
    # A further team goes along; the first ones and every clock run on.
    Row(
        Action.ADD_TEAM,
        _from(State.DISPATCHED, State.ENROUTE, State.HANDLING),
        None,
        needs=("reason", "teams"),
    ),
    Row(Action.ACCEPT, _from(State.DISPATCHED), State.ENROUTE, stamps=("accepted_at",)),
    Row(
        Action.REFUSE,
        _from(State.DISPATCHED, State.ENROUTE),
        State.FILED,
        needs=("reason",),
        clears=("dispatched_at", "accepted_at"),
        counts="refusals",
        clocks=(Clock(Op.START, _D.DISPATCH), Clock(Op.PAUSE, _D.HANDLING)),
    ),
    # Seen on the spot that it is another unit's: that one has to arrive too.
    Row(
        Action.REFUSE,
        _from(State.HANDLING),
        State.FILED,
        needs=("reason",),
        # In rework the former handling was another unit's word, too.
        clears=("dispatched_at", "accepted_at", "arrived_at", "handled_at", "checked_at"),
        counts="refusals",
        clocks=(
            Clock(Op.START, _D.DISPATCH),
            Clock(Op.START, _D.ARRIVAL, "filed"),
            Clock(Op.PAUSE, _D.HANDLING),
        ),
    ),
    Row(
        Action.ARRIVE,
        _from(State.ENROUTE),
        State.HANDLING,
        stamps=("arrived_at",),
        clocks=(Clock(Op.MEET, _D.ARRIVAL), Clock(Op.MEET, _D.TOTAL)),
    ),
    Row(
        Action.HANDLED,
        _from(State.HANDLING),
        State.FEEDBACK,
        stamps=("handled_at",),
        clears=("checked_at",),
        clocks=(Clock(Op.MEET, _D.HANDLING), Clock(Op.START, _D.CHECK)),
    ),
    Row(Action.FEEDBACK, _from(State.FEEDBACK), State.CHECKING, stamps=("check_sent_at",)),
    Row(
        Action.CHECK,
        _from(State.FEEDBACK),
        State.CLOSING,
        result="pass",
        stamps=("check_sent_at", "checked_at"),
        clocks=(Clock(Op.MEET, _D.CHECK),),
    ),
    Row(
        Action.CHECK,
        _from(State.CHECKING),
        State.CLOSING,
        result="pass",
        stamps=("checked_at",),
        clocks=(Clock(Op.MEET, _D.CHECK),),
    ),
    Row(
        Action.CHECK,
        _from(State.FEEDBACK, State.CHECKING),
        State.HANDLING,
        result="rework",
        needs=("reason",),
        stamps=("checked_at",),
        clears=_RETURNED,
        counts="rework",
        clocks=(Clock(Op.MEET, _D.CHECK), Clock(Op.REOPEN, _D.HANDLING)),
    ),
    # Whoever closes may send back instead.
    Row(
        Action.CHECK,
        _from(State.CLOSING),
        State.HANDLING,
        result="rework",
        right="close",
        needs=("reason",),
        stamps=("checked_at",),
        clears=_RETURNED,
        counts="rework",
        clocks=(Clock(Op.REOPEN, _D.HANDLING),),
    ),
    Row(
        Action.CLOSE,
        _from(State.CLOSING),
        State.CLOSED,
        needs=("filed",),
        stamps=("closed_at", "ended_at"),
        actor_field="closed_by",
        ends=True,
    ),
)

_BRANCHES: Final = (
    Row(
        Action.SUSPEND,
        _from(State.HANDLING),
        State.SUSPENDED,
        needs=("reason", "until"),
        counts="suspensions",
        clocks=(Clock(Op.PAUSE, _D.HANDLING),),
        second=True,
    ),
    Row(
        Action.RESUME,
        _from(State.SUSPENDED),
        State.HANDLING,
        clears=("suspended_until",),
        clocks=(Clock(Op.RESUME, _D.HANDLING),),
    ),
    Row(
        Action.EXTEND,
        _from(State.HANDLING, State.SUSPENDED),
        None,
        needs=("reason",),
        counts="extensions",
        clocks=(Clock(Op.EXTEND, _D.HANDLING),),
        second=True,
    ),
    Row(
        Action.VOID,
        OPEN,
        State.VOIDED,
        needs=("reason",),
        stamps=("ended_at",),
        second=True,
        ends=True,
    ),
    Row(
        Action.FORCE_CLOSE,
        _AFTER_FILING,
        State.CLOSED,
        needs=("reason",),
        stamps=("closed_at", "ended_at"),
        actor_field="closed_by",
        second=True,
        ends=True,
    ),
    Row(Action.APPEAL, _from(State.CLOSED), None, needs=("reason",), second=True),
    Row(Action.CORRECT, _WITH_CLOSED, None, needs=("reason", "field"), second=True),
    Row(
        Action.REOPEN,
        _from(State.CLOSED),
        State.HANDLING,
        needs=("reason",),
        clears=("handled_at", "check_sent_at", "checked_at", "closed_at", "ended_at"),
        clocks=(Clock(Op.START, _D.HANDLING),),
    ),
    Row(Action.CALL_BACK, _from(State.CLOSED), None),
    Row(Action.LINK, OPEN | TERMINAL, None, needs=("other",)),
    Row(Action.SUPERVISE, OPEN, None, needs=("reply_by",)),
    # What a leader has demanded is answered also after the case has ended.
    Row(Action.REPLY, OPEN | TERMINAL, None, needs=("text",)),
    Row(Action.URGE, _AFTER_FILING, None, counts="urges"),
    Row(Action.NOTE, OPEN | TERMINAL, None, needs=("text",)),
    Row(Action.ATTACH, OPEN | TERMINAL, None, needs=("files",)),
)

#: Every way a case may go.
TABLE: Final = (*_MAIN, *_BRANCHES)

#: Actions whose rows are told apart by a result; the first is the default.
RESULTS: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.VERIFIED: VERIFIED_RESULTS,
    Action.CHECK: CHECK_RESULTS,
    Action.CALL_BACK: CALL_BACK_RESULTS,
}

#: The step forward in each open state; of several the first the role may take.
FORWARD: Final[Mapping[State, tuple[Action, ...]]] = {
    State.REPORTED: (Action.FILE, Action.VERIFY),
    State.REGISTERING: (Action.FILE,),
    State.VERIFYING: (Action.VERIFIED,),
    State.FILED: (Action.DISPATCH,),
    State.DISPATCHED: (Action.ACCEPT,),
    State.ENROUTE: (Action.ARRIVE,),
    State.HANDLING: (Action.HANDLED,),
    State.SUSPENDED: (Action.RESUME,),
    State.FEEDBACK: (Action.CHECK, Action.FEEDBACK),
    State.CHECKING: (Action.CHECK,),
    State.CLOSING: (Action.CLOSE,),
}

#: The stamps of a case in the order they happen.
STAMPS: Final = (
    "found_at",
    "reported_at",
    "verify_sent_at",
    "verified_at",
    "filed_at",
    "dispatched_at",
    "accepted_at",
    "arrived_at",
    "handled_at",
    "check_sent_at",
    "checked_at",
    "closed_at",
)

#: Which clocks may run in which state; the others have ended or not begun.
#: ``total`` runs from the first sight to the arrival.
RUNNING: Final[Mapping[State, frozenset[DeadlineKind]]] = {
    State.REPORTED: frozenset({_D.DECISION, _D.TOTAL}),
    State.REGISTERING: frozenset({_D.DECISION, _D.TOTAL}),
    State.VERIFYING: frozenset({_D.DECISION, _D.VERIFY, _D.TOTAL}),
    State.FILED: frozenset({_D.DISPATCH, _D.ARRIVAL, _D.TOTAL, _D.HANDLING}),
    State.DISPATCHED: frozenset({_D.ARRIVAL, _D.TOTAL, _D.HANDLING}),
    State.ENROUTE: frozenset({_D.ARRIVAL, _D.TOTAL, _D.HANDLING}),
    State.HANDLING: frozenset({_D.HANDLING}),
    State.SUSPENDED: frozenset({_D.HANDLING}),
    State.FEEDBACK: frozenset({_D.CHECK}),
    State.CHECKING: frozenset({_D.CHECK}),
    State.CLOSING: frozenset(),
    State.CLOSED: frozenset(),
    State.REJECTED: frozenset(),
    State.VOIDED: frozenset(),
    State.DUPLICATE: frozenset(),
}


def rows(action: Action, state: State) -> tuple[Row, ...]:
    """The rows of an action that leave ``state``."""
    return _BY_ACTION_STATE.get((action, state), ())


def _index() -> Mapping[tuple[Action, State], tuple[Row, ...]]:
    found: dict[tuple[Action, State], tuple[Row, ...]] = {}
    for row in TABLE:
        for state in row.sources:
            found[row.action, state] = (*found.get((row.action, state), ()), row)
    return found


_BY_ACTION_STATE: Final = _index()
