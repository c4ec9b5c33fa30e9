"""Which cards a filter shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.i18n import t
from console.models.names import NameBook
from console.models.stages import STAGE_OF
from console.models.wording import state as state_name
from console.services.board_filters import BoardFilter
from console.services.views import CaseCard


@dataclass(frozen=True, slots=True)
class Sieved:
    """How many cases are shown, of how many, and which of those left out have
    an alarm: no filter may hide that there are some."""

    shown: int
    total: int
    ringing: tuple[CaseCard, ...] = ()


def passes(wanted: BoardFilter, card: CaseCard, me: str, words: str = "") -> bool:
    """True when ``card`` fits every part of ``wanted`` that is not empty.
    ``me`` is the person signed in, ``words`` what the card says, folded."""
    if wanted.mine and card.owner != me:
        return False
    if wanted.stages and STAGE_OF.get(card.state) not in wanted.stages:
        return False
    if wanted.communities and card.community not in wanted.communities:
        return False
    if wanted.teams and not set(wanted.teams).intersection(card.teams):
        return False
    if wanted.severities and (card.severity is None or card.severity.value not in wanted.severities):
        return False
    if wanted.sources and card.source not in wanted.sources:
        return False
    return all(part in words for part in wanted.text.casefold().split())


def words_of(card: CaseCard, names: NameBook, teams: Mapping[str, str]) -> str:
    """All a person may look for on a card, folded to one case."""
    sent = " ".join(teams.get(team, team) for team in card.teams)
    where = names.where(card.community, card.place)
    who = names.person(card.owner)
    parts = (card.number, card.name_zh, card.name_en, where, card.camera, state_name(card.state), sent, who)
    return " ".join(parts).casefold()


def sieve(
    wanted: BoardFilter, me: str, names: NameBook, teams: Mapping[str, str]
) -> Callable[[CaseCard], bool] | None:
    """The test of a filter for one card; ``None`` where everything passes."""
    if wanted.empty:
        return None
    spoken = bool(wanted.text.strip())

    def test(card: CaseCard) -> bool:
        return passes(wanted, card, me, words_of(card, names, teams) if spoken else "")

    return test


def described(wanted: BoardFilter, names: NameBook, teams: Mapping[str, str]) -> str:
    """A filter without a name, in words."""
    parts = [t(f"states.stage.{one}") for one in wanted.stages]
    parts += [names.where(one, "") for one in wanted.communities]
    parts += [teams.get(one, one) for one in wanted.teams]
    parts += [t(f"states.severity.{one}") for one in wanted.severities]
    parts += [t(f"states.source.{one}") for one in wanted.sources]
    if wanted.mine:
        parts.append(t("board.filter.mine"))
    if wanted.text.strip():
        parts.append(f"“{wanted.text.strip()}”")
    return " · ".join(parts)
