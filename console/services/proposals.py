"""Which teams to send, each with its reason, and why the others are not named.

Reason keys (texts ``desk.team.<key>``): ``responsible_here`` (the condition's
team, and this community is its own), ``standard`` (the condition's team),
``also`` (the condition's second team), ``category`` (the team names this
class), ``here`` (the community is its own); not proposed: ``elsewhere`` (the
team's own communities lie elsewhere), ``other_work``, ``outside`` (an outside
body that the standard does not name), ``refused`` (it has said "not ours").
Facts: ``open`` is how many open cases the team has now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from console.domain.model import Case, Condition, Event, Team
from console.domain.vocabulary import Action
from console.services.views import TeamProposal

_RANK: Final = ("responsible_here", "standard", "also", "category", "here")


def propose(
    case: Case,
    condition: Condition | None,
    teams: Sequence[Team],
    load: Mapping[str, int],
    events: Sequence[Event] = (),
) -> tuple[TeamProposal, ...]:
    """All teams, proposed ones first, the better reason and the smaller load
    before the others. ``load`` is open cases by team id."""
    refused = _refused(events)
    found = []
    for team in teams:
        reason = _reason(case, condition, team)
        proposed = reason in _RANK and team.id not in refused
        if team.id in refused and reason in _RANK:
            reason = "refused"
        found.append(TeamProposal(team, proposed, reason, {"open": load.get(team.id, 0)}))
    found.sort(key=_order)
    return tuple(found)


def default_teams(condition: Condition | None) -> tuple[str, ...]:
    """The team a case goes to when nobody names one."""
    return (condition.team,) if condition is not None and condition.team else ()


def _order(proposal: TeamProposal) -> tuple[int, int, bool, str]:
    rank = _RANK.index(proposal.reason_key) if proposal.proposed else len(_RANK)
    return rank, int(str(proposal.facts["open"])), not proposal.team.own, proposal.team.id


def _reason(case: Case, condition: Condition | None, team: Team) -> str:
    here = bool(case.community) and case.community in team.communities
    if condition is not None and team.id == condition.team:
        if team.communities and case.community and not here:
            return "elsewhere"
        return "responsible_here" if here else "standard"
    if condition is not None and team.id == condition.team_also:
        return "also"
    if case.category is not None and case.category.code in team.categories:
        return "category"
    if here and team.own and not team.categories:
        return "here"
    return "other_work" if team.own else "outside"


def _refused(events: Sequence[Event]) -> frozenset[str]:
    """Teams that said "not ours" to this case."""
    found: set[str] = set()
    sent: tuple[str, ...] = ()
    for event in events:
        if event.action is Action.DISPATCH:
            teams = event.data.get("teams")
            sent = tuple(str(team) for team in teams) if isinstance(teams, list | tuple) else ()
        elif event.action is Action.REFUSE:
            found.update(sent)
    return frozenset(found)
