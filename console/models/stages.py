"""The columns of the board: which states stand in which stage."""

from __future__ import annotations

from typing import Final

from console.domain.vocabulary import State

#: Stage key (text ``states.stage.<key>``) → the states it shows, in order.
STAGES: Final[dict[str, tuple[State, ...]]] = {
    "deciding": (State.REPORTED, State.VERIFYING, State.REGISTERING),
    "dispatching": (State.FILED,),
    "enroute": (State.DISPATCHED, State.ENROUTE),
    "handling": (State.HANDLING, State.SUSPENDED),
    "checking": (State.FEEDBACK, State.CHECKING),
    "closing": (State.CLOSING,),
}
STAGE_OF: Final = {state: stage for stage, states in STAGES.items() for state in states}
