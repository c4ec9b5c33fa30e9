"""Teams in words: how a team stands, why it is proposed, how long ago."""

from __future__ import annotations

from datetime import datetime

from console.domain.model import Team
from console.i18n import either, t
from console.models.wording import ago, clock
from console.services.team_state import Doing, Spot, Standing
from console.services.views import TeamProposal

_KM = 1000.0
_HOUR, _DAY = 3600.0, 86400.0


def team_name(team: Team) -> str:
    """Its name in the language now."""
    return either(team.name_zh, team.name_en) or team.id


def doing(value: Doing) -> str:
    """``空闲`` / ``free``."""
    return t(f"teams.doing.{value.value}")


def letter(value: Doing) -> str:
    """One letter for a state, so that no colour has to tell it."""
    return t(f"teams.letter.{value.value}")


def since(at: datetime, now: datetime) -> str:
    """How old a place is: just now, minutes, hours, days."""
    age = max(0.0, (now - at).total_seconds())
    if age < 60:
        return t("teams.page.age_now")
    if age < _HOUR:
        return ago(age)
    if age < _DAY:
        return t("teams.page.age_hours", n=int(age // _HOUR))
    return t("teams.page.age_days", n=int(age // _DAY))


def spot_words(spot: Spot | None, now: datetime) -> str:
    """``朝凤路 · 8 分钟前``; a point without a name as coordinates."""
    if spot is None:
        return t("teams.page.no_place")
    return t("teams.page.place", place=_named(spot), ago=since(spot.at, now))


def _named(spot: Spot) -> str:
    if spot.place or spot.lon is None or spot.lat is None:
        return spot.place
    return f"{spot.lon:.4f}, {spot.lat:.4f}"


def distance(metres: float) -> str:
    """Metres by tens, from one kilometre on kilometres."""
    if metres < _KM:
        return t("teams.fact.metres", metres=round(metres / 10) * 10)
    return t("teams.fact.km", km=f"{metres / _KM:.1f}")


def reason(proposal: TeamProposal) -> str:
    """Why it is proposed, or why not."""
    facts = proposal.facts
    if proposal.reason_key == "refused":
        at = facts.get("at")
        if not isinstance(at, datetime):
            return t("teams.reason.refused_plain")
        why = str(facts.get("why") or t("teams.reason.no_reason"))
        return t("teams.reason.refused", at=clock(at)[:5], why=why)
    return t(f"teams.reason.{proposal.reason_key}", open=facts.get("open", 0))


def proposal_facts(proposal: TeamProposal, now: datetime) -> str:
    """What goes with the reason: state, load, distance, age of the place."""
    facts = proposal.facts
    found = []
    state = facts.get("doing")
    # A team off duty is said to be so by its reason.
    if isinstance(state, Doing) and state is not Doing.OFF:
        found.append(doing(state))
    if proposal.reason_key != "busy" and (facts.get("open") or not isinstance(state, Doing)):
        found.append(t("teams.fact.open", open=facts.get("open", 0)))
    metres = facts.get("metres")
    if isinstance(metres, float):
        words = distance(metres)
        found.append(f"{t('teams.fact.nearest')} {words}" if facts.get("nearest") else words)
    at = facts.get("place_at")
    if isinstance(at, datetime) and facts.get("place"):
        found.append(t("teams.fact.where", place=facts["place"], ago=since(at, now)))
    return " · ".join(found)


def haystack(row: Standing) -> str:
    """Everything the filter of the team board looks in."""
    team, spot = row.team, row.spot
    words = [team.id, team.name_zh, team.name_en, team.leader, team.phone, doing(row.doing)]
    words += [part for name, phone in row.contacts for part in (name, phone)]
    words += [one.number for one in row.cases]
    words.append(spot.place if spot is not None else "")
    return " ".join(words).casefold()
