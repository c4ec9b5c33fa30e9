"""Use cases on teams: the board of teams, duty, place, contacts, and the words a
team is told; plus what windows may ask of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command, Place, Team
from console.domain.vocabulary import Action, EvidenceKind, State
from console.i18n import LANGUAGES
from console.services import audit, lookup, permissions, rota, team_message, team_state
from console.services.cases import Attachment
from console.services.open_cases import OpenCases
from console.services.ports import Clock, EvidenceStore, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Heavy, Reading, Request
from console.services.rules import load_rules
from console.services.team_message import TeamMessage, Told
from console.services.team_reader import TeamReader
from console.services.team_state import Standing, TeamBoardView, TeamMark

if TYPE_CHECKING:
    from console.services.assembly import Services
    from console.services.views import CaseAnswer

#: From here on a picture of the place shows what became of it.
AFTERWARDS: Final = frozenset(
    {State.HANDLING, State.SUSPENDED, State.FEEDBACK, State.CHECKING, State.CLOSING, State.CLOSED}
)


@dataclass(frozen=True, slots=True)
class LoadTeamBoard(Heavy):
    """→ ``TeamBoardView``."""


@dataclass(frozen=True, slots=True)
class SetTeamDuty(Request):
    """On duty or off by hand; ``on`` ``None``: as its hours say → ``TeamBoardView``."""

    team: str
    on: bool | None


@dataclass(frozen=True, slots=True)
class SetTeamPlace(Request):
    """Where a team is now, typed (``place``) or clicked (``lon``, ``lat``)
    → ``TeamBoardView``."""

    team: str
    place: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class SetTeamDetails(Request):
    """Contact persons (``name telephone; …``) and duty hours → ``TeamBoardView``."""

    team: str
    contacts: str
    hours: str


@dataclass(frozen=True, slots=True)
class ComposeMessage(Reading):
    """What ``teams`` (the case's own when empty) are told → ``TeamMessage``."""

    case_id: str
    told: Told
    lang: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachPhotos(Request):
    """Pictures of the place by a person: ``(path, taken at)`` → ``CaseAnswer``.
    After the arrival they count as after-pictures, until then as before."""

    case_id: str
    files: tuple[tuple[str, datetime], ...]


class TeamService:
    """Reads and changes what is known of teams. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, store: EvidenceStore) -> None:
        self._uows = uows
        self._clock = clock
        self._store = store
        #: Also those of the board: ten thousand are read once, not twice.
        self.open_cases = OpenCases()
        self._reader = TeamReader()

    # -- reading --------------------------------------------------------------

    def board(self, actor: Actor) -> TeamBoardView:
        """Every team as it stands now."""
        permissions.demand(actor, "case.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            cases = self.open_cases.look(uow)[0]
            return TeamBoardView(now, self._reader.look(uow, cases, now), load_rules(uow, now).calendar)

    def standings(self, uow: UnitOfWork, cases: Mapping[str, Case], now: datetime) -> Mapping[str, Standing]:
        """By team, within somebody else's unit of work."""
        return {one.team.id: one for one in self._reader.look(uow, cases, now)}

    # -- what people say ------------------------------------------------------

    def set_duty(self, actor: Actor, team: str, on: bool | None) -> None:
        """By hand, until the team's hours next change; ``None`` forgets it."""

        def change(mark: TeamMark, _uow: UnitOfWork, now: str) -> TeamMark:
            return replace(mark, on=on, on_by=actor.name, on_at=now)

        self._change(actor, team, change)

    def set_place(
        self, actor: Actor, team: str, place: str, lon: float | None = None, lat: float | None = None
    ) -> None:
        """Where the team is. A name that is a place of the site brings its
        point along; ``113.75,34.76`` is a point; other words stay words."""
        words = _one_line(place)
        if len(words) > team_state.PLACE_CHARS:
            raise Refusal("bad_value", "team_place", most=team_state.PLACE_CHARS)
        if (lon is None) != (lat is None):
            raise Refusal("bad_value", "one_point")
        if not words and lon is None:
            raise Refusal("bad_value", "team_place_missing")
        if lon is None:
            lon, lat = _typed_point(words)
        if lon is not None and lat is not None and not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise Refusal("bad_value", "team_point", value=words or f"{lon},{lat}")

        def change(mark: TeamMark, uow: UnitOfWork, now: str) -> TeamMark:
            name, x, y = words, lon, lat
            found = lookup.place(uow, "", words) if words and x is None else None
            if found is not None:
                name, x, y = found.name_zh, found.lon, found.lat
            return replace(mark, place=name, lon=x, lat=y, place_at=now, place_by=actor.name)

        self._change(actor, team, change)

    def set_details(self, actor: Actor, team: str, contacts: str, hours: str) -> None:
        """Contact persons and duty hours, as typed."""
        permissions.demand(actor, "team.edit")
        people = read_contacts(contacts)
        rota.parse(hours)
        clean = _one_line(hours)

        def change(mark: TeamMark, _uow: UnitOfWork, _now: str) -> TeamMark:
            return replace(mark, contacts=people, hours=clean)

        self._change(actor, team, change)

    def _change(
        self, actor: Actor, team: str, change: Callable[[TeamMark, UnitOfWork, str], TeamMark]
    ) -> None:
        permissions.demand(actor, "team.edit")
        with self._uows.write() as uow:
            (team_id,) = lookup.teams(uow, (team,))
            key = f"{team_state.KEY}{team_id}"
            mark = team_state.decode(uow.settings.get(key))
            uow.settings.put(key, team_state.encode(change(mark, uow, self._clock.now().isoformat())))
            uow.touch("setting")
            uow.commit()

    # -- what a team is told --------------------------------------------------

    def message(
        self, actor: Actor, case_id: str, told: Told, lang: str, teams: Sequence[str] = ()
    ) -> TeamMessage:
        """The text for one way of telling, and the picture that goes with it."""
        permissions.demand(actor, "case.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            case = lookup.case(uow, case_id)
            named = lookup.teams(uow, tuple(teams)) or case.teams
            known = {team.id: team for team in uow.reference.teams()}
            condition = (
                uow.reference.condition(case.condition_id, case.condition_version)
                if case.condition_id
                else None
            )
            sent: dict[str, Team] = {team: known[team] for team in named if team in known}
            facts = team_message.facts_of(case, condition, sent, _places(uow, case), lang, now)
            template = uow.settings.get(_template_key(told, lang))
        picture = team_message.best_picture(case.evidence) if told is Told.WECHAT else None
        path = self._store.path(picture.sha256) if picture is not None else None
        text = team_message.compose(template, facts, lang, told)
        return TeamMessage(case.id, told, text, str(path or ""), tuple(named))

    def template(self, actor: Actor, told: Told, lang: str) -> str:
        """The site's own template, or empty for the shipped one."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            return uow.settings.get(_template_key(told, lang))

    def set_template(self, actor: Actor, told: Told, lang: str, text: str) -> None:
        """Change a template; an empty text brings the shipped one back."""
        permissions.demand(actor, "setting.edit")
        if lang not in LANGUAGES:
            raise Refusal("bad_usage", "lang", lang=lang)
        clean = team_message.check_template(text) if text.strip() else ""
        with self._uows.write() as uow:
            uow.settings.put(_template_key(told, lang), clean)
            audit.changed(uow, self._clock, actor, "template", name=f"{told} {lang}", now=clean)
            uow.touch("setting")
            uow.commit()


def read_contacts(text: str) -> tuple[tuple[str, str], ...]:
    """``何队长 138…; 王姐 000-1002`` → names and telephones. Raises
    ``Refusal('bad_value', 'contacts')``."""
    found = []
    for part in _one_line(text).replace("；", ";").split(";"):
        words = part.split()
        if not words:
            continue
        name, phone = (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (words[0], "")
        if len(name) > team_state.CONTACT_CHARS or len(phone) > team_state.CONTACT_CHARS:
            raise Refusal("bad_value", "contacts", most=team_state.MOST_CONTACTS)
        found.append((name, phone))
    if len(found) > team_state.MOST_CONTACTS:
        raise Refusal("bad_value", "contacts", most=team_state.MOST_CONTACTS)
    return tuple(found)


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _typed_point(words: str) -> tuple[float | None, float | None]:
    parts = words.replace(" ", ",").split(",")
    try:
        lon, lat = (float(part) for part in parts if part)
    except ValueError:
        return None, None
    if not (abs(lon) < 1e6 and abs(lat) < 1e6):
        return None, None
    return lon, lat


def _template_key(told: Told, lang: str) -> str:
    return f"{team_message.KEY}{told.value}.{lang}"


def _places(uow: UnitOfWork, case: Case) -> Mapping[str, Place]:
    """The case's place (by its Chinese name) and community (by id)."""
    found: dict[str, Place] = {}
    for place in uow.reference.places():
        if place.kind == "community" and place.id == case.community:
            found[case.community] = place
        elif place.kind not in ("community", "grid") and place.name_zh == case.place:
            found.setdefault(case.place, place)
    return found


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What windows may ask of teams."""
    teams = services.teams

    def changed(request: Request) -> TeamBoardView:
        return teams.board(request.actor)

    def duty(request: SetTeamDuty) -> TeamBoardView:
        teams.set_duty(request.actor, request.team, request.on)
        return changed(request)

    def place(request: SetTeamPlace) -> TeamBoardView:
        teams.set_place(request.actor, request.team, request.place, request.lon, request.lat)
        return changed(request)

    def details(request: SetTeamDetails) -> TeamBoardView:
        teams.set_details(request.actor, request.team, request.contacts, request.hours)
        return changed(request)

    def message(request: ComposeMessage) -> TeamMessage:
        return teams.message(request.actor, request.case_id, request.told, request.lang, request.teams)

    def photos(request: AttachPhotos) -> CaseAnswer:
        with services.uows.read() as uow:
            state = lookup.case(uow, request.case_id).state
        kind = EvidenceKind.AFTER if state in AFTERWARDS else EvidenceKind.BEFORE
        files = [Attachment(Path(path), kind, at) for path, at in request.files]
        command = Command(Action.ATTACH)
        return services.cases.act(request.actor, request.case_id, command, attachments=files)

    return {
        LoadTeamBoard: changed,
        SetTeamDuty: duty,
        SetTeamPlace: place,
        SetTeamDetails: details,
        ComposeMessage: message,
        AttachPhotos: photos,
    }
