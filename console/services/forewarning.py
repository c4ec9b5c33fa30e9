"""An alarm before the alarm: of a promise that will probably be missed.

It is the case's own alarm, low, raised once a clock and only before its first
threshold; what follows (80 %, 100 %) worsens it like any other. Whether it is
due is asked of the board's chances; everything is looked at again inside the
transaction, and the chain keeps that it rang, so that two consoles ring once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Final

from console.domain import deadlines
from console.domain.chance import FORESEEN, Chance
from console.domain.deadlines import Crossing
from console.domain.model import Actor, Case
from console.domain.rights import allowed
from console.domain.vocabulary import Action, DeadlineKind, Severity
from console.services import ringing
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Request

#: Setting: 1 rings, 0 leaves it at the mark on the card.
ALARM: Final = "prediction_alarm"
#: A look raises so many at most, the likeliest first: what warns of a flood
#: must not be one.
MOST_AT_ONCE: Final = 3
_RIGHT: Final = "alarm.ack"
_Key = tuple[str, DeadlineKind, int]


@dataclass(frozen=True, slots=True)
class LookAhead(Request):
    """Raise what the board's chances foretell → how many alarms it raised."""


class ForewarningService:
    """Raises what is foretold. Asked from one thread."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock
        self._looked: set[_Key] = set()

    def ring(self, actor: Actor, foretold: Iterable[tuple[Case, Chance]]) -> int:
        """Raise a low alarm for each case whose chance warns, unless it has one:
        the likeliest first, :data:`MOST_AT_ONCE` a call. Returns how many.
        Nothing is done for those who answer no alarms."""
        if not allowed(actor.role, _RIGHT):
            return 0
        now = self._clock.now()
        likely = sorted(
            ((chance.at(now), case, chance) for case, chance in foretold if chance.warns(now)),
            key=itemgetter(0),
            reverse=True,
        )
        due = {_key(case, chance): case for _, case, chance in likely}
        # What has been looked at needs no second look, as long as it stands.
        self._looked &= due.keys()
        unseen = ((key, case) for key, case in due.items() if key not in self._looked)
        fresh = dict(islice(unseen, MOST_AT_ONCE))
        if not fresh:
            return 0
        with self._uows.write() as uow:
            wanted = [] if uow.settings.get(ALARM) == "0" else self._due(uow, fresh, self._clock.now())
            rung = ringing.foretell(uow, wanted, self._clock.now())
            if rung.drafts:
                uow.events.append(rung.drafts)
                uow.touch("alarm")
                uow.commit()
        self._looked |= fresh.keys()
        return rung.raised

    def _due(self, uow: UnitOfWork, fresh: dict[_Key, Case], now: datetime) -> list[tuple[Case, Crossing]]:
        """Those that still stand as they stood, have no alarm, and never rang so."""
        cases = {case.id: case for case in uow.cases.load([case.id for case in fresh.values()])}
        ringing_now = uow.alarms.open_of("case", list(cases))
        found = []
        for case_id, kind, due_version in fresh:
            case = cases.get(case_id)
            deadline = deadlines.of(case, kind) if case is not None else None
            if case is None or deadline is None or case_id in ringing_now:
                continue
            still = deadline.running and deadline.paused_since is None and deadline.due_version == due_version
            early = not any(crossing.kind is kind for crossing in deadlines.crossings(case, now))
            if still and early and not _rang(uow, case_id, kind, due_version):
                crossing = Crossing(kind, due_version, FORESEEN, now, deadline.due_at, Severity.LOW)
                found.append((case, crossing))
        return found


def _rang(uow: UnitOfWork, case_id: str, kind: DeadlineKind, due_version: int) -> bool:
    return any(
        event.action is Action.ALARM
        and event.data.get("deadline") == kind.value
        and event.data.get("due_version") == due_version
        for event in uow.events.of_case(case_id)
    )


def _key(case: Case, chance: Chance) -> _Key:
    deadline = deadlines.of(case, chance.kind)
    return case.id, chance.kind, deadline.due_version if deadline is not None else 0
