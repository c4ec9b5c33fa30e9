"""Taking a report in: by hand from the desk, row by row from a list.

The case, its reporter and what is kept about the intake are one transaction.
The five minutes run from the report (or from the sight), whatever else was
typed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final

from console.domain import geo
from console.domain.errors import Refusal
from console.domain.model import Actor, Case
from console.domain.vocabulary import Action, Source
from console.services import clean, permissions, persons
from console.services.cases import CaseService, NewCase
from console.services.intake_records import IntakeRow
from console.services.persons import Caller, PersonService
from console.services.ports import UnitOfWork
from console.services.views import CaseAnswer
from console.services.whereabouts import Whereabouts

#: A reporter who wishes to be called back.
WANTED: Final = "wanted"


@dataclass(frozen=True, slots=True)
class Report:
    """A case as it is told, with who told it."""

    new: NewCase
    caller: Caller = field(default_factory=Caller, repr=False)
    callback: bool = False
    external: str = ""
    """The number under which somebody else keeps it."""


def origin_key(source: Source, external: str) -> str:
    """The hash by which the same outside row is known again."""
    words = f"{source.value}:{clean.narrow(external).casefold()}"
    return hashlib.sha256(words.encode()).hexdigest()


class IntakeService:
    """Takes reports in."""

    def __init__(self, cases: CaseService, people: PersonService, where: Whereabouts) -> None:
        self._cases, self._people, self._where = cases, people, where

    def take(self, actor: Actor, report: Report) -> CaseAnswer:
        """Open the case. Raises what ``CaseService.open`` does, and
        ``bad_value`` (``telephone``, ``too_long``, ``point``, ``callback``)
        before anything is stored."""
        permissions.demand(actor, Action.OPEN)
        caller = persons.checked(report.caller.name, report.caller.phone)
        if report.callback and not caller.phone:
            raise Refusal("bad_value", "callback")
        person_id = persons.new_id() if caller.known else ""
        new = self._placed(replace(_cleaned(report.new), person_id=person_id))
        external = clean.line(report.external, "external", clean.NAME_MOST)

        def beside(uow: UnitOfWork, case: Case) -> None:
            if person_id:
                uow.persons.add(self._people.sealed(person_id, case.id, caller))
            row = IntakeRow(
                case.id,
                origin_key(new.source, external) if external else "",
                external,
                new.condition.upper(),
                WANTED if report.callback else "",
            )
            if row != IntakeRow(case.id):
                uow.intake.put(row)

        answer = self._cases.open(actor, new, beside)
        self._where.grown()
        return answer

    def _placed(self, new: NewCase) -> NewCase:
        """With a point the nearest camera, grid and community come along."""
        if new.lon is None or new.lat is None:
            return new
        if not geo.valid(new.lon, new.lat):
            raise Refusal("bad_value", "point", lon=new.lon, lat=new.lat)
        here = self._where.locate(new.lon, new.lat)
        return replace(
            new,
            community=new.community or here.community,
            grid=new.grid or here.grid,
            place=new.place or here.words,
        )


def _cleaned(new: NewCase) -> NewCase:
    return replace(
        new,
        place=clean.line(new.place, "place"),
        community=clean.line(new.community, "community"),
        note=clean.note(new.note),
    )
