"""The grade of the area something is in (管理区域等级)."""

from __future__ import annotations

from typing import Final

from console.domain.model import Case, Condition, Place
from console.services.ports import UnitOfWork

#: What of a case says where it is, the narrower first.
_NARROWER_FIRST: Final = ("grid", "community")
#: A grid lies in a community, a community in a street: no deeper.
_MOST_PARENTS: Final = 3


def grade_of(uow: UnitOfWork, case: Case) -> str:
    """The grade of the case's grid, else of the community around it, else
    empty: nobody has graded the place."""
    for kind in _NARROWER_FIRST:
        grade = _climbed(uow, kind, getattr(case, kind))
        if grade:
            return grade
    return ""


def grade_for(uow: UnitOfWork, case: Case, condition: Condition | None) -> str:
    """The same, looked up only where the condition asks for it."""
    return grade_of(uow, case) if condition is not None and condition.grade_limits else ""


def _climbed(uow: UnitOfWork, kind: str, place_id: str) -> str:
    for _ in range(_MOST_PARENTS):
        place = uow.reference.place(kind, place_id) if place_id else None
        if place is None or place.grade:
            return place.grade if place is not None else ""
        kind, place_id = _around(place)
    return ""


def _around(place: Place) -> tuple[str, str]:
    return "community", place.parent
