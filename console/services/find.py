"""Finding cases by one line: number, text, place, person, camera, team, officer,
class, state, time (``console.services.query`` says what may be typed)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from console.domain.model import Actor, Case, EventDraft
from console.domain.vocabulary import Action, Source, State
from console.i18n import t_in
from console.services import permissions, query
from console.services.cases import SITE_ZONE
from console.services.found import (
    FIRST_ROWS,
    MOST_FOUND,
    DeleteSearch,
    FindCases,
    Found,
    LoadFound,
    LoadSearches,
    PutSearch,
)
from console.services.person_records import PersonRow
from console.services.persons import same_number
from console.services.ports import CaseMatch, Clock, UnitOfWork, UnitOfWorkFactory
from console.services.query import Group, Lexicon, Name, Wanted
from console.services.saved_searches import SavedSearchService
from console.services.search import initials
from console.services.vault import Vault

if TYPE_CHECKING:
    from console.services.assembly import Services

#: Names of a site change rarely; they are read anew after so many seconds.
_NAMES_S: Final = 10.0
#: Longest list a command or an export asks for.
MOST_LISTED: Final = 100_000
_STEP: Final = 500
#: Cases in whose events it is written that their reporter was looked for.
_MOST_LOGGED: Final = 100


class FindService:
    """Searches over everything. Raises ``Refusal`` for a line that cannot be
    understood, saying what to type instead."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, vault: Vault) -> None:
        self._uows, self._clock, self._vault = uows, clock, vault
        self.saved = SavedSearchService(uows)
        self._lock = threading.Lock()
        self._names: tuple[float, Lexicon] | None = None

    def find(self, actor: Actor, text: str) -> Found:
        """The newest cases of a line, the first of them whole."""
        begun = self._clock.monotonic()
        ids, wanted = self.ids(actor, text, MOST_FOUND + 1)
        told = ids[:MOST_FOUND]
        with self._uows.read() as uow:
            rows = uow.cases.load(told[:FIRST_ROWS])
        took = round(self._clock.monotonic() - begun, 4)
        return Found(text, told, rows, len(ids) > MOST_FOUND, wanted.words, took)

    def load(self, actor: Actor, ids: Sequence[str]) -> tuple[Case, ...]:
        """Cases of an answer by id."""
        permissions.demand(actor, "case.read")
        with self._uows.read() as uow:
            return uow.cases.load(ids)

    def ids(
        self,
        actor: Actor,
        text: str,
        bound: int,
        more: Sequence[Group] = (),
        since: datetime | None = None,
    ) -> tuple[tuple[str, ...], Wanted]:
        """Ids of the newest ``bound`` cases of a line, and how it was read.
        ``more`` are further groups that must match, opened from ``since`` on at
        the earliest. An empty line finds
        nothing, lest a slip of the hand lists the whole record."""
        permissions.demand(actor, "case.read")
        wanted = query.read(text, self._lexicon(), self._clock.now(), SITE_ZONE)
        if wanted.empty:
            return (), wanted
        with self._uows.read() as uow:
            named = self._numbered(uow, wanted)
        if named is not None and not named:
            return (), wanted
        if wanted.persons:
            known = self._persons(actor, wanted.persons)
            named = known if named is None else tuple(one for one in named if one in set(known))
            if not named:
                return (), wanted
        first = max((at for at in (wanted.since, since) if at is not None), default=None)
        match = CaseMatch((*wanted.groups, *more), first, wanted.until, named or (), bound)
        with self._uows.read() as uow:
            return uow.cases.matching(match), wanted

    def each(
        self, actor: Actor, text: str, told: Callable[[int, int], bool], listed: Sequence[str] = ()
    ) -> Iterator[Case]:
        """All cases of a line, or those ``listed``, for an export; stops when
        ``told`` says so."""
        permissions.demand(actor, "export")
        ids = tuple(listed) or self.ids(actor, text, MOST_LISTED)[0]
        for start in range(0, len(ids), _STEP):
            if not told(start, len(ids)):
                return
            with self._uows.read() as uow:
                yield from uow.cases.load(ids[start : start + _STEP])
        told(len(ids), len(ids))

    def _numbered(self, uow: UnitOfWork, wanted: Wanted) -> tuple[str, ...] | None:
        if not wanted.numbers:
            return None
        found = (uow.cases.resolve(number) for number in wanted.numbers)
        return tuple(one for one in found if one is not None)

    def _persons(self, actor: Actor, values: Sequence[str]) -> tuple[str, ...]:
        """Cases of reporters with exactly this name or telephone. Who looked
        for whom is written into each case that was found."""
        permissions.demand(actor, "person.read")
        rows: dict[str, PersonRow] = {}
        with self._uows.read() as uow:
            for value in values:
                for spelt in {value.strip(), same_number(value)} - {""}:
                    rows |= {row.case: row for row in uow.persons.with_key(self._vault.digest(spelt))}
            cases = uow.cases.load(sorted(rows, reverse=True))
        if not cases:
            return ()
        now = self._clock.now()
        drafts = []
        for case in cases[:_MOST_LOGGED]:
            data: dict[str, object] = {"from": case.state.value, "to": case.state.value}
            data |= {"result": "viewed", "person": rows[case.id].id}
            drafts.append(EventDraft(case.id, now, now, actor.name, Action.PERSON, data))
        with self._uows.write() as uow:
            uow.events.append(drafts)
            uow.touch("case")
            uow.commit()
        return tuple(case.id for case in cases)

    def _lexicon(self) -> Lexicon:
        at = self._clock.monotonic()
        with self._lock:
            kept = self._names
        if kept is not None and 0 <= at - kept[0] < _NAMES_S:
            return kept[1]
        with self._uows.read() as uow:
            made = Lexicon(tuple(_names(uow)))
        with self._lock:
            self._names = (at, made)
        return made


def _names(uow: UnitOfWork) -> Iterator[Name]:
    for state in State:
        yield _name(
            "state", state.value, *(t_in(lang, f"states.case.{state.value}") for lang in ("zh", "en"))
        )
    for source in Source:
        words = (t_in(lang, f"states.source.{source.value}") for lang in ("zh", "en"))
        yield _name("source", source.value, *words)
    for team in uow.reference.teams():
        yield _name("team", team.id, team.name_zh, team.name_en)
    for place in uow.reference.places():
        if place.kind in ("community", "grid"):
            yield _name(place.kind, place.id, place.name_zh, place.name_en)
    for camera in uow.cameras.all():
        yield _name("camera", camera.id, camera.name, "")
    for user in uow.users.all():
        yield _name("officer", user.name, user.display_zh, user.display_en)
    for row in uow.reference.conditions():
        yield _name("condition", row.condition_id, row.name_zh, row.name_en)
    seen: set[str] = set()
    for row in uow.reference.conditions():
        for code in (row.category.code, row.code_2013):
            if code and row.category.code + code not in seen:
                seen.add(row.category.code + code)
                # Either numbering names the class; what is stored is the new one.
                yield Name("category", row.category.code, code, code)


@lru_cache(maxsize=4096)
def _name(kind: str, key: str, zh: str, en: str) -> Name:
    return Name(kind, key, zh, en, initials(zh))


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What the office answers about searches."""
    finder = services.find

    def find(request: FindCases) -> Found:
        return finder.find(request.actor, request.text)

    def load(request: LoadFound) -> tuple[Case, ...]:
        return finder.load(request.actor, request.ids[:MOST_FOUND])

    def searches(request: LoadSearches) -> object:
        return finder.saved.load(request.actor)

    def put(request: PutSearch) -> object:
        return finder.saved.put(request.actor, request.search, request.was, request.seen)

    def delete(request: DeleteSearch) -> object:
        return finder.saved.delete(request.actor, request.name, request.seen)

    return {FindCases: find, LoadFound: load, LoadSearches: searches, PutSearch: put, DeleteSearch: delete}
