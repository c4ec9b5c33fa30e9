"""What may be done to several cases at once: only what is harmless.

Each case is asked for by itself, so that each is a transaction of its own, a
sweep may come between two of them, and one refusal stops nobody else. Filing,
closing, voiding and whatever else decides something is never done in bulk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.domain import ids
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.vocabulary import Action
from console.services import permissions
from console.services.cases import CaseService
from console.services.ports import CaseQuery, UnitOfWorkFactory
from console.services.requests import Heavy, Request

#: Nothing of these moves a case or stops a clock.
HARMLESS: Final = frozenset({Action.NOTE, Action.URGE})
#: More cases than this at once is a slip of Ctrl+A.
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class SeveralStep(Request):
    """One case's share of a bulk action → :class:`SeveralDone`."""

    case_id: str
    command: Command


@dataclass(frozen=True, slots=True)
class SeveralDone:
    """It went through for this case."""

    case_id: str
    number: str


@dataclass(frozen=True, slots=True)
class WriteList(Heavy):
    """Chosen cases as a table or as pages to print; the suffix of ``file``
    says which (``.csv``, ``.xlsx``, ``.pdf``) → :class:`ListWritten`."""

    case_ids: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class ListWritten:
    """How many cases stand in which file."""

    rows: int
    file: str


class SeveralService:
    """Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, cases: CaseService) -> None:
        self._uows = uows
        self._cases = cases

    def step(self, actor: Actor, case_id: str, command: Command) -> SeveralDone:
        """One harmless action on one case. Raises ``forbidden`` (``bulk``) for
        any other action, and whatever the action itself may raise."""
        if command.action not in HARMLESS:
            raise Refusal("forbidden", "bulk", action=command.action.value)
        case = self._cases.act(actor, case_id, command).case
        return SeveralDone(case.id, ids.number(case.id))

    def chosen(self, actor: Actor, case_ids: tuple[str, ...]) -> tuple[Case, ...]:
        """The cases, in this order, for whoever may take lists out of the
        house; those that are gone are left out."""
        permissions.demand(actor, "export")
        if len(case_ids) > MOST:
            raise Refusal("bad_value", "bulk_many", most=MOST)
        with self._uows.read() as uow:
            found = uow.cases.find(CaseQuery(ids=case_ids, limit=len(case_ids))).rows
        known = {case.id: case for case in found}
        return tuple(known[one] for one in case_ids if one in known)


def handlers(service: SeveralService) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""

    def step(request: SeveralStep) -> SeveralDone:
        return service.step(request.actor, request.case_id, request.command)

    return {SeveralStep: step}
