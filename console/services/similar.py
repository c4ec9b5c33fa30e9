"""Is it known already? Cases of the same small class, near and recent.

The reach is the site's: ``similar_distance`` in metres and ``similar_time`` in
hours (50 m and 24 h in the practice of the field).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.domain import geo, ids
from console.domain.errors import Refusal
from console.domain.model import Actor, Case
from console.domain.vocabulary import OPEN, Source, State
from console.services import audit, clean, lookup, permissions
from console.services.ports import CaseQuery, Clock, EvidenceStore, UnitOfWork, UnitOfWorkFactory

#: Site settings, their defaults and what they may be.
DISTANCE: Final = "similar_distance"
TIME: Final = "similar_time"
DISTANCE_M: Final = 50
TIME_H: Final = 24
DISTANCE_RANGE: Final = (1, 2000)
TIME_RANGE: Final = (1, 720)
#: How many are looked through where a class or a point is not known yet.
_LOOKED: Final = 200


@dataclass(frozen=True, slots=True)
class Reach:
    """How near (metres) and how recent a similar case is."""

    metres: int = DISTANCE_M
    hours: int = TIME_H

    @property
    def within(self) -> timedelta:
        """The recent past that counts."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A case that may be the same. ``metres`` is ``None`` where one of the two
    has no point; ``open`` is False for one that has ended and can only be linked."""

    id: str
    number: str
    state: State
    name_zh: str
    name_en: str
    place: str
    camera: str
    opened_at: datetime | None
    metres: float | None
    open: bool
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cases to be looked at side by side; ``paths``: sha256 → file."""

    case: Case
    other: Case
    metres: float | None
    paths: Mapping[str, str]
    reach: Reach


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the case in question; ``case`` is empty at intake."""

    case: str = ""
    condition: str = ""
    lon: float | None = None
    lat: float | None = None
    community: str = ""
    place: str = ""


def reach(settings: Mapping[str, str]) -> Reach:
    """The site's reach; a setting nobody could have typed counts as not set."""
    try:
        return Reach(
            number(DISTANCE, settings.get(DISTANCE) or str(DISTANCE_M), DISTANCE_RANGE),
            number(TIME, settings.get(TIME) or str(TIME_H), TIME_RANGE),
        )
    except Refusal:
        return Reach()


def number(name: str, text: str, span: tuple[int, int]) -> int:
    """A setting that is a whole number. Raises ``Refusal('bad_value',
    'setting')`` with what it may be."""
    try:
        value = int(clean.narrow(text))
    except ValueError:
        value = span[0] - 1
    if not span[0] <= value <= span[1]:
        raise Refusal("bad_value", "setting", name=name, value=text, low=span[0], high=span[1])
    return value


def of_case(uow: UnitOfWork, case: Case, now: datetime) -> Sequence[Case]:
    """Similar cases of one that has a class and a point, nearest first."""
    if case.category is None or case.lon is None or case.lat is None:
        return ()
    far = reach(uow.settings.all())
    since = (case.opened_at or now) - far.within
    near = uow.cases.near(case.category, case.lon, case.lat, since, far.metres)
    return [other for other in near if other.id != case.id and other.state not in _NOTHING]


#: A mis-key or a report turned away is no case to merge into.
_NOTHING: Final = (State.REJECTED, State.VOIDED, State.DUPLICATE)


class SimilarService:
    """Finds what may be the same, and lays two cases side by side."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, store: EvidenceStore) -> None:
        self._uows, self._clock, self._store = uows, clock, store

    def reach(self, actor: Actor) -> Reach:
        """How near and how recent counts as similar here."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            return reach(uow.settings.all())

    def put_reach(self, actor: Actor, metres: str, hours: str) -> Reach:
        """Set it. Raises ``Refusal('bad_value', 'setting')``."""
        permissions.demand(actor, "setting.edit")
        far = Reach(number(DISTANCE, metres, DISTANCE_RANGE), number(TIME, hours, TIME_RANGE))
        with self._uows.write() as uow:
            uow.settings.put(DISTANCE, str(far.metres))
            uow.settings.put(TIME, str(far.hours))
            audit.changed(uow, self._clock, actor, "similar", metres=far.metres, hours=far.hours)
            uow.commit()
        return far

    def find(self, actor: Actor, asked: Asked, limit: int = 5) -> tuple[SimilarCase, ...]:
        """Cases like the one asked about, open ones first, then the nearest."""
        permissions.demand(actor, "case.read")
        now = self._clock.now()
        with self._uows.read() as uow:
            case = _in_question(uow, asked)
            far = reach(uow.settings.all())
            if case.category is not None and case.lon is not None and case.lat is not None:
                rows: Iterable[Case] = of_case(uow, case, now)
            else:
                rows = _loosely(uow, case, far, now)
            found = [_told(other, _apart(case, other)) for other in rows]
        found.sort(key=_open_and_near)
        return tuple(found[:limit])

    def pair(self, actor: Actor, case_id: str, other_id: str) -> Pair:
        """Two cases with where their pictures lie."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            case, other = lookup.case(uow, case_id), lookup.case(uow, other_id)
            far = reach(uow.settings.all())
        found = ((e.sha256, self._store.path(e.sha256)) for e in (*case.evidence, *other.evidence))
        paths = {sha256: str(path) for sha256, path in found if path is not None}
        return Pair(case, other, _apart(case, other), paths, far)


def _in_question(uow: UnitOfWork, asked: Asked) -> Case:
    """The stored case or the one being typed, with the class it would get."""
    if asked.case:
        case = lookup.case(uow, asked.case)
    else:
        case = Case(
            "",
            State.REGISTERING,
            Source.PUBLIC,
            community=asked.community,
            place=asked.place,
            lon=asked.lon,
            lat=asked.lat,
        )
    condition = uow.reference.condition(asked.condition) if asked.condition else None
    if condition is None:
        return case
    return replace(case, category=condition.category, name_zh=condition.name_zh)


def _loosely(uow: UnitOfWork, case: Case, far: Reach, now: datetime) -> Iterable[Case]:
    """Where class or point is missing: what is open, recent, and not
    contradicted by what is known."""
    if case.category is None and case.lon is None and not case.place:
        return ()
    query = CaseQuery(
        open_only=True, since=now - far.within, community=case.community, text="", limit=_LOOKED
    )
    return [other for other in uow.cases.find(query).rows if _fits(case, other, far)]


def _fits(case: Case, other: Case, far: Reach) -> bool:
    if other.id == case.id or (case.category is not None and other.category != case.category):
        return False
    metres = _apart(case, other)
    if metres is not None:
        return metres <= far.metres
    return (bool(case.place) and case.place == other.place) or bool(case.category and case.community)


def _apart(case: Case, other: Case) -> float | None:
    if case.lon is None or case.lat is None or other.lon is None or other.lat is None:
        return None
    return geo.distance_m((case.lon, case.lat), (other.lon, other.lat))


def _told(case: Case, metres: float | None) -> SimilarCase:
    return SimilarCase(
        case.id,
        ids.number(case.id),
        case.state,
        case.name_zh,
        case.name_en,
        case.place,
        case.camera,
        case.opened_at,
        metres,
        case.state in OPEN,
        bool(case.evidence),
    )


def _open_and_near(one: SimilarCase) -> tuple[bool, float, str]:
    return not one.open, one.metres if one.metres is not None else float("inf"), one.id
