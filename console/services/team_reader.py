"""Every team as it stands now, out of the open cases, the chain and what people
said. Keeps what it has read: a look costs what has changed since the last."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain import deadlines, ids
from console.domain.model import Case, Event, Team
from console.domain.vocabulary import Action, State
from console.services import team_state
from console.services.ports import UnitOfWork
from console.services.team_progress import TeamStep, progress, simple
from console.services.team_state import Doing, Spot, Standing, TeamCase, TeamMark

#: Arrivals are looked for so far back in the chain at the first look; at 80
#: cases a day that is several days.
LOOK_BACK: Final = 4000
_IN_HAND: Final = (State.DISPATCHED, State.ENROUTE, State.HANDLING)
_FURTHEST: Final = (Doing.TOLD, Doing.ENROUTE, Doing.SCENE)


@dataclass(frozen=True, slots=True)
class _Arrival:
    case: str
    at: datetime


class TeamReader:
    """One over one database; any thread may ask, one at a time is answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = -1
        self._arrivals: dict[str, _Arrival] = {}
        self._spots: dict[_Arrival, Spot] = {}
        self._made: dict[str, tuple[int, tuple[tuple[str, TeamCase], ...]]] = {}

    def look(self, uow: UnitOfWork, cases: Mapping[str, Case], now: datetime) -> tuple[Standing, ...]:
        """All teams, own ones first. ``cases`` are the open ones by id."""
        with self._lock:
            self._bring_up(uow)
            marks = marks_of(uow)
            hands = self._in_hand(uow, cases)
            self._locate(uow)
            teams = sorted(uow.reference.teams(), key=_own_first)
            return tuple(self._standing(team, marks.get(team.id, _NONE), hands, now) for team in teams)

    def _standing(
        self, team: Team, mark: TeamMark, hands: Mapping[str, list[TeamCase]], now: datetime
    ) -> Standing:
        on, source = team_state.duty(mark, now)
        own = tuple(sorted(hands.get(team.id, ()), key=_due))
        doing = max((one.doing for one in own), key=_FURTHEST.index, default=Doing.FREE)
        return Standing(
            team=team,
            on=on,
            on_from=source,
            on_by=mark.on_by if source == "hand" else "",
            on_at=team_state.when(mark.on_at) if source == "hand" else None,
            doing=doing if on or own else Doing.OFF,
            cases=own,
            spot=self._spot(team, mark),
            contacts=_contacts(team, mark),
            hours=mark.hours,
        )

    def _spot(self, team: Team, mark: TeamMark) -> Spot | None:
        """The newer of the last arrival and the last place somebody said."""
        arrival = self._arrivals.get(team.id)
        found = self._spots.get(arrival) if arrival is not None else None
        said = team_state.when(mark.place_at)
        if said is None or (found is not None and found.at > said):
            return found
        return Spot(mark.place, mark.lon, mark.lat, said, "hand")

    # -- who does what --------------------------------------------------------

    def _in_hand(self, uow: UnitOfWork, cases: Mapping[str, Case]) -> Mapping[str, list[TeamCase]]:
        """Cases by team. What was made of a case holds until its version moves:
        among ten thousand open ones a look makes anew what has changed."""
        hands: dict[str, list[TeamCase]] = {}
        made: dict[str, tuple[int, tuple[tuple[str, TeamCase], ...]]] = {}
        for case in cases.values():
            if case.state not in _IN_HAND or not case.teams:
                continue
            kept = self._made.get(case.id)
            if kept is None or kept[0] != case.version:
                kept = (case.version, _made(uow, case))
            made[case.id] = kept
            for team, one in kept[1]:
                hands.setdefault(team, []).append(one)
        self._made = made
        return hands

    # -- where they were ------------------------------------------------------

    def _bring_up(self, uow: UnitOfWork) -> None:
        head = uow.events.head()[0]
        if head < self._seq or self._seq < 0:
            # The first look, or a restored backup.
            self._arrivals.clear()
            self._seq = max(0, head - LOOK_BACK)
        while self._seq < head:
            events = uow.events.since(self._seq, LOOK_BACK)
            if not events:
                break
            self._seq = events[-1].seq
            arrived = [event for event in events if _arrives(event)]
            lone = [event.case for event in arrived if not event.data.get("by")]
            teams = {case.id: case.teams for case in uow.cases.load(tuple(dict.fromkeys(lone)))}
            for event in arrived:
                for team in _by(event) or teams.get(event.case, ())[:1]:
                    self._arrivals[team] = _Arrival(event.case, event.at)

    def _locate(self, uow: UnitOfWork) -> None:
        """Place and point of the last arrivals; a case's place does not move."""
        wanted = set(self._arrivals.values())
        missing = tuple({one.case for one in wanted - set(self._spots)})
        found = {case.id: case for case in uow.cases.load(missing)} if missing else {}
        spots = {one: self._spots[one] for one in wanted if one in self._spots}
        for one in wanted - set(spots):
            case = found.get(one.case)
            if case is not None:
                spots[one] = Spot(case.place or case.community, case.lon, case.lat, one.at, "arrival")
        self._spots = spots


_NONE: Final = TeamMark()


def marks_of(uow: UnitOfWork) -> Mapping[str, TeamMark]:
    """What people said, by team."""
    cut = len(team_state.KEY)
    return {
        key[cut:]: team_state.decode(text)
        for key, text in uow.settings.all().items()
        if key.startswith(team_state.KEY)
    }


def _made(uow: UnitOfWork, case: Case) -> tuple[tuple[str, TeamCase], ...]:
    """The case as each of its teams has it; only where several were sent the
    events are needed."""
    steps = simple(case) if len(case.teams) == 1 else progress(uow.events.of_case(case.id)).steps
    return tuple(
        (step.team, _team_case(case, step))
        for step in steps
        if step.returned is None and step.team in case.teams
    )


def _team_case(case: Case, step: TeamStep) -> TeamCase:
    doing = Doing.SCENE if step.arrived else Doing.ENROUTE if step.accepted else Doing.TOLD
    return TeamCase(
        id=case.id,
        number=ids.number(case.id),
        name_zh=case.name_zh,
        name_en=case.name_en,
        place=case.place,
        doing=doing,
        headline=deadlines.headline(case),
    )


def _contacts(team: Team, mark: TeamMark) -> tuple[tuple[str, str], ...]:
    """Its leader first, as the site's table of teams has it."""
    first = ((team.leader, team.phone),) if team.leader or team.phone else ()
    return (*first, *(one for one in mark.contacts if one not in first))


def _arrives(event: Event) -> bool:
    return event.action is Action.ARRIVE or (
        event.action is Action.NOTE and event.data.get("told") == "arrive"
    )


def _by(event: Event) -> Sequence[str]:
    found = event.data.get("by")
    return [str(one) for one in found] if isinstance(found, list | tuple) else ()


def _own_first(team: Team) -> tuple[bool, str]:
    return not team.own, team.id


def _due(one: TeamCase) -> tuple[bool, float, str]:
    head = one.headline
    return head is None, head.due_at.timestamp() if head is not None else 0.0, one.id
