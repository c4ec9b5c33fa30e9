"""How a team stands now: on duty, where, with what. Frozen, and how it is kept.

What people say of a team (duty, place, contacts, hours) is one setting a team;
what it is doing follows from the open cases and is never stored.
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Deadline, Team
from console.services import rota

log = logging.getLogger(__name__)

KEY: Final = "team."
FORM: Final = 1
#: So many cases in hand (told, on the way, on scene) are enough for a team that
#: is not the one responsible.
BUSY: Final = 3
PLACE_CHARS: Final = 80
CONTACT_CHARS: Final = 40
MOST_CONTACTS: Final = 12


class Doing(StrEnum):
    """What a team is doing; the furthest of its cases counts."""

    OFF = "off"
    FREE = "free"
    TOLD = "told"
    ENROUTE = "enroute"
    SCENE = "scene"


@dataclass(frozen=True, slots=True)
class TeamMark:
    """What people said of one team. ``on`` ``None``: as its hours say."""

    on: bool | None = None
    on_by: str = ""
    on_at: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    place_at: str = ""
    place_by: str = ""
    contacts: tuple[tuple[str, str], ...] = ()
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a team was last: a name, perhaps a point (degrees, WGS-84), when,
    and whether it arrived there (``arrival``) or somebody said so (``hand``)."""

    place: str
    lon: float | None
    lat: float | None
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class TeamCase:
    """A case in a team's hands. ``doing`` is this team's own step in it."""

    id: str
    number: str
    name_zh: str
    name_en: str
    place: str
    doing: Doing
    headline: Deadline | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One team now. ``on_from``: ``hand``, ``rota`` or ``always``."""

    team: Team
    on: bool
    on_from: str
    on_by: str
    on_at: datetime | None
    doing: Doing
    cases: tuple[TeamCase, ...]
    spot: Spot | None
    contacts: tuple[tuple[str, str], ...]
    hours: str

    @property
    def load(self) -> int:
        """Cases in hand."""
        return len(self.cases)


@dataclass(frozen=True, slots=True)
class TeamBoardView:
    """Every team, own ones first, as of one instant."""

    taken_at: datetime
    rows: tuple[Standing, ...]
    calendar: WorkingCalendar


def duty(mark: TeamMark, now: datetime) -> tuple[bool, str]:
    """On duty or not, and by what. A word by hand holds until the hours next
    change; without hours until the next word."""
    hours = rota.parse(mark.hours)
    said = when(mark.on_at)
    if mark.on is not None and said is not None:
        change = rota.next_change(hours, said)
        if change is None or now < change:
            return mark.on, "hand"
    return rota.on(hours, now), "rota" if hours else "always"


def when(text: str) -> datetime | None:
    """An instant as stored."""
    return datetime.fromisoformat(text) if text else None


def metres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Distance of two points in degrees, metres; equirectangular, which within
    a district is exact to centimetres."""
    x = math.radians(lon2 - lon1) * math.cos(math.radians((lat1 + lat2) / 2))
    return 6_371_008.8 * math.hypot(x, math.radians(lat2 - lat1))


def encode(mark: TeamMark) -> str:
    """The mark as the text that is stored."""
    return json.dumps({"form": FORM, **asdict(mark)}, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> TeamMark:
    """What :func:`encode` wrote; what cannot be read is logged and counts as
    nothing said."""
    if not text:
        return TeamMark()
    try:
        raw: dict[str, Any] = json.loads(text)
        if int(raw.pop("form")) > FORM:
            raise ValueError("written by a newer program")
        contacts = tuple((str(name), str(phone)) for name, phone in raw.pop("contacts", ()))
        mark = TeamMark(contacts=contacts, **raw)
        rota.parse(mark.hours)
        when(mark.on_at), when(mark.place_at)
    except (ValueError, KeyError, TypeError, AttributeError, Refusal) as error:
        log.warning("what is stored of a team cannot be read: %s", error)
        return TeamMark()
    return mark
