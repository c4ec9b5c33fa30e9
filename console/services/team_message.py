"""What a team is told of a case by WeChat, telephone or radio.

The words are templates of the site with named blanks; the blanks hold nothing
of the person who reported: neither name, telephone nor the free note, and runs
of digits that could be a telephone number are taken out of the place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from string import Formatter
from typing import Final

from console.domain import deadlines, ids, limits
from console.domain.errors import Refusal
from console.domain.model import Case, Condition, Evidence, Place, Team
from console.domain.vocabulary import DeadlineKind, EvidenceKind
from console.i18n import t_in
from console.length_words import length
from console.services.cases import SITE_ZONE

KEY: Final = "message."
MOST_CHARS: Final = 1000
#: What a template may name.
BLANKS: Final = tuple("number what condition place community grid arrive_by limit closing teams time".split())
#: Seven digits and more, also written in groups: telephone and identity numbers.
_DIGITS: Final = re.compile(r"(?<!\d)\+?\d(?:[ \-]?\d){6,}(?!\d)")
#: What a blank that stayed empty leaves behind.
_LOOSE: Final = re.compile(r"\s+([）),，])")
_HOLLOW: Final = re.compile(r"[（(]\s*[）)]")
#: Pictures in the order in which they tell a team most.
_SHOWN: Final = (
    EvidenceKind.BEFORE,
    EvidenceKind.MAIN_PICTURE,
    EvidenceKind.SNAPSHOT,
)


class Told(StrEnum):
    """How a team is told; each has a template."""

    WECHAT = "wechat"
    PHONE = "phone"
    RADIO = "radio"


@dataclass(frozen=True, slots=True)
class TeamMessage:
    """The finished text; ``picture`` is the file that goes with it, if any."""

    case: str
    told: Told
    text: str
    picture: str = ""
    teams: tuple[str, ...] = ()
    """Whom it is for."""


def check_template(text: str) -> str:
    """A template as it is stored. Raises ``Refusal('bad_value', 'template…')``
    for blanks nobody fills, braces left open, nothing, or too much."""
    clean = unicodedata.normalize("NFC", text).strip()
    if not clean or len(clean) > MOST_CHARS:
        raise Refusal("bad_value", "template_length", most=MOST_CHARS)
    try:
        parts = list(Formatter().parse(clean))
    except ValueError:
        raise Refusal("bad_value", "template_braces") from None
    for _, name, spec, how in parts:
        if name is not None and (name not in BLANKS or spec or how):
            raise Refusal("bad_value", "template_blank", blank=name, known=", ".join(BLANKS))
    return clean


def compose(template: str, facts: Mapping[str, str], lang: str, told: Told) -> str:
    """The template (empty: the shipped one) with its blanks filled. Lines left
    without a single fact by that are dropped."""
    if not template:
        template = t_in(lang, f"teams.template.{told.value}")
    lines = []
    for line in template.split("\n"):
        blanks = [name for _, name, _, _ in Formatter().parse(line) if name]
        if not blanks or any(facts.get(name) for name in blanks):
            filled = line.format_map({name: facts.get(name, "") for name in BLANKS}).rstrip()
            lines.append(_HOLLOW.sub("", _LOOSE.sub(r"\1", filled)))
    return "\n".join(lines)


def facts_of(
    case: Case,
    condition: Condition | None,
    teams: Mapping[str, Team],
    places: Mapping[str, Place],
    lang: str,
    now: datetime,
) -> Mapping[str, str]:
    """What fills the blanks, in one language."""
    zh = lang == "zh"

    def pick(chinese: str, english: str) -> str:
        return (chinese or english) if zh else (english or chinese)

    arrival = deadlines.of(case, DeadlineKind.ARRIVAL)
    due = arrival.due_at if arrival is not None and arrival.running else None
    place, community = places.get(case.place), places.get(case.community)
    where = pick(place.name_zh, place.name_en) if place is not None else case.place
    limit = ""
    if condition is not None:
        own = limits.of_condition(condition, case.limit_grade)
        limit = length(lang, own.value, own.unit.value)
    names = [pick(team.name_zh, team.name_en) for team in teams.values()]
    return {
        "number": ids.number(case.id),
        "what": pick(case.name_zh, case.name_en),
        "condition": pick(case.condition_zh, case.condition_en),
        "place": without_numbers(where),
        "community": pick(community.name_zh, community.name_en) if community is not None else "",
        "grid": case.grid,
        "arrive_by": due.astimezone(SITE_ZONE).strftime("%H:%M") if due is not None else "",
        "limit": limit,
        "closing": pick(condition.closing_zh, condition.closing_en) if condition is not None else "",
        "teams": ("、" if zh else ", ").join(names),
        "time": now.astimezone(SITE_ZONE).strftime("%H:%M"),
    }


def without_numbers(text: str) -> str:
    """Text without what could be a telephone or identity number."""
    return _DIGITS.sub("***", unicodedata.normalize("NFKC", text))


def best_picture(evidence: tuple[Evidence, ...]) -> Evidence | None:
    """The picture that goes along: the clearest of before, newest first."""
    for kind in _SHOWN:
        found = [one for one in evidence if one.kind is kind]
        if found:
            return max(found, key=_taken)
    return None


def _taken(one: Evidence) -> datetime:
    return one.captured_at
