"""Which teams to send, each with its reason, and why the others are not named.

Reason keys (texts ``teams.reason.<key>``): ``responsible_here`` (the condition's
team, and this community is its own), ``standard`` (the condition's team),
``also`` (the condition's second team), ``category`` (the team names this
class), ``here`` (the community is its own); not proposed: ``off_duty``,
``busy`` (has enough in hand and is not the responsible one), ``elsewhere`` (the
team's own communities lie elsewhere), ``other_work``, ``outside`` (an outside
body that the standard does not name), ``refused`` (it has said "not ours").

Facts: ``open`` is how many cases the team has in hand; with a standing also
``doing`` (:class:`~console.services.team_state.Doing`), ``metres`` from its last
place to the case, ``place``, ``place_at``, ``nearest`` (True for the nearest of
those proposed); ``at`` and ``why`` of a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from console.domain.model import Case, Condition, Event, Team
from console.services.team_progress import Said, progress
from console.services.team_state import BUSY, Standing, metres
from console.services.views import TeamProposal

_RANK: Final = ("responsible_here", "standard", "also", "category", "here")
#: Reasons that hold however much the team has in hand.
_ITS_OWN: Final = ("responsible_here", "standard")
#: Why a fitting team is not named, in the order shown; the others after these.
_WHY_NOT: Final = ("busy", "off_duty", "refused")
_FAR: Final = 1e9


def propose(
    case: Case,
    condition: Condition | None,
    teams: Sequence[Team],
    load: Mapping[str, int],
    events: Sequence[Event] = (),
    standings: Mapping[str, Standing] | None = None,
) -> tuple[TeamProposal, ...]:
    """All teams, proposed ones first: the better reason, then the smaller load,
    then the nearer. ``load`` is open cases by team id."""
    returned = progress(events).returned
    found = []
    for team in teams:
        standing = (standings or {}).get(team.id)
        facts: dict[str, object] = {"open": load.get(team.id, 0)}
        if standing is not None:
            facts |= _standing_facts(case, standing)
        reason = _reason(case, condition, team)
        why = _why_not(reason, standing, returned.get(team.id), facts)
        found.append(TeamProposal(team, reason in _RANK and not why, why or reason, facts))
    found.sort(key=_order)
    return _nearest_named(found)


def default_teams(condition: Condition | None) -> tuple[str, ...]:
    """The team a case goes to when nobody names one."""
    return (condition.team,) if condition is not None and condition.team else ()


def _standing_facts(case: Case, standing: Standing) -> dict[str, object]:
    facts: dict[str, object] = {"doing": standing.doing}
    spot = standing.spot
    if spot is None:
        return facts
    facts |= {"place": spot.place, "place_at": spot.at}
    if None not in (case.lon, case.lat, spot.lon, spot.lat):
        facts["metres"] = metres(case.lon, case.lat, spot.lon, spot.lat)  # type: ignore[arg-type]
    return facts


def _why_not(reason: str, standing: Standing | None, said: Said | None, facts: dict[str, object]) -> str:
    """Why a team is not named although it would fit, or has been sent before;
    empty when it is."""
    if said is not None:
        facts |= {"at": said.at, "why": said.why}
        return "refused"
    if standing is None or reason not in _RANK:
        return ""
    if not standing.on:
        return "off_duty"
    return "busy" if reason not in _ITS_OWN and standing.load >= BUSY else ""


def _order(proposal: TeamProposal) -> tuple[int, int, float, bool, str]:
    key = proposal.reason_key
    if proposal.proposed:
        rank = _RANK.index(key)
    else:
        rank = len(_RANK) + (_WHY_NOT.index(key) if key in _WHY_NOT else len(_WHY_NOT))
    far = float(str(proposal.facts.get("metres", _FAR)))
    return rank, int(str(proposal.facts["open"])), far, not proposal.team.own, proposal.team.id


def _nearest_named(found: list[TeamProposal]) -> tuple[TeamProposal, ...]:
    """The nearest of those proposed says so, where there is one to compare."""
    known = [one for one in found if one.proposed and "metres" in one.facts]
    if len(known) < 2:
        return tuple(found)
    nearest = min(known, key=_metres)
    return tuple(replace(o, facts={**o.facts, "nearest": True}) if o is nearest else o for o in found)


def _metres(proposal: TeamProposal) -> float:
    return float(str(proposal.facts["metres"]))


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
