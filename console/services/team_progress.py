"""What each team of a case has said so far, read from the case's events.

The case itself moves with the first team that accepts and the first that
arrives; what the others say is recorded in notes (``told``). An event that
names no team speaks for the only one there is, else for the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from console.domain.model import Case, Event
from console.domain.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a team: when, by which channel, by whose word, who wrote
    it down; ``why`` is the reason of a return."""

    at: datetime
    channel: str
    who: str
    actor: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TeamStep:
    """One team sent to a case, and its answers (``None``: not yet). ``told``:
    the message for it was copied."""

    team: str
    sent_at: datetime
    accepted: Said | None = None
    arrived: Said | None = None
    returned: Said | None = None
    told: Said | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """``steps``: teams of the present dispatch, in its order. ``returned``:
    every team that ever said "not ours" to this case, with its last word."""

    steps: tuple[TeamStep, ...] = ()
    returned: Mapping[str, Said] = field(default_factory=dict)

    def of(self, team: str) -> TeamStep | None:
        """The step of one team."""
        return next((one for one in self.steps if one.team == team), None)


_ANSWERS: Final = {Action.ACCEPT: "accepted", Action.ARRIVE: "arrived", Action.REFUSE: "returned"}
_NOTED: Final = {"accept": "accepted", "arrive": "arrived", "refuse": "returned", "copied": "told"}


def progress(events: Sequence[Event]) -> Progress:
    """Read the events of one case, oldest first."""
    steps: dict[str, TeamStep] = {}
    returned: dict[str, Said] = {}
    for event in events:
        if event.action is Action.DISPATCH and not event.data.get("asked"):
            steps = {team: TeamStep(team, event.at) for team in _listed(event, "teams")}
            continue
        if event.action is Action.ADD_TEAM:
            steps |= {team: TeamStep(team, event.at) for team in _listed(event, "added")}
            continue
        what = _ANSWERS.get(event.action) or (
            _NOTED.get(str(event.data.get("told"))) if event.action is Action.NOTE else None
        )
        if what is None:
            continue
        said = _said(event)
        for team in _speaking(event, steps, what):
            if team in steps:
                steps[team] = replace(steps[team], **{what: said})  # type: ignore[arg-type]
            if what == "returned":
                returned[team] = said
    return Progress(tuple(steps.values()), returned)


def to_tell(steps: Sequence[TeamStep]) -> tuple[str, ...]:
    """Whom a message is for: the teams that were added after the others had
    theirs; all of them while nobody, or everybody, was told."""
    silent = [one for one in steps if one.returned is None and _silent(one)]
    return tuple(one.team for one in silent) if len(silent) < len(steps) else ()


def _silent(step: TeamStep) -> bool:
    return step.told is None and step.accepted is None and step.arrived is None


def simple(case: Case) -> tuple[TeamStep, ...]:
    """The same for a case of one team without reading its events: its stamps
    say it all but by whose word."""
    sent = case.dispatched_at
    if sent is None:
        return ()
    accepted = Said(case.accepted_at, "", "", "") if case.accepted_at else None
    arrived = Said(case.arrived_at, "", "", "") if case.arrived_at else None
    return tuple(TeamStep(team, sent, accepted, arrived) for team in case.teams)


def _speaking(event: Event, steps: Mapping[str, TeamStep], what: str) -> tuple[str, ...]:
    named = _listed(event, "by")
    if named:
        return named
    if what == "returned":
        # Nobody was named: the whole dispatch came back.
        return _listed(event, "teams") or tuple(steps)
    return tuple(steps)[:1]


def _said(event: Event) -> Said:
    data = event.data
    why = str(data.get("reason") or data.get("text") or "") if event.action is not Action.ACCEPT else ""
    return Said(
        event.at, str(data.get("channel") or ""), str(data.get("on_behalf_of") or ""), event.actor, why
    )


def _listed(event: Event, key: str) -> tuple[str, ...]:
    found = event.data.get(key)
    return tuple(str(one) for one in found) if isinstance(found, list | tuple) else ()
