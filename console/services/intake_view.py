"""What a case's screen shows of how it came in, without a clear name."""

from __future__ import annotations

from console.domain import rights
from console.domain.model import Actor, Case, Condition
from console.domain.vocabulary import State
from console.services import area, permissions
from console.services.intake_records import IntakeRow
from console.services.ports import UnitOfWork
from console.services.views import IntakeView

_BEFORE_FILING = (State.REPORTED, State.VERIFYING, State.REGISTERING)


def told_at_intake(uow: UnitOfWork, case: Case, actor: Actor) -> tuple[IntakeView, Condition | None]:
    """The intake, and the condition it most likely is: the one named then, or
    the only one of its class; ``None`` once it is filed."""
    row = uow.intake.get(case.id) or IntakeRow(case.id)
    caller = ""
    if case.person_id:
        caller = "there" if uow.persons.get(case.person_id) is not None else "erased"
    may_read, may_erase = (
        permissions.is_local(actor) or rights.allowed(actor.role, right)
        for right in ("person.read", "person.erase")
    )
    grade = area.grade_of(uow, case) if case.state in _BEFORE_FILING else ""
    view = IntakeView(
        caller, may_read, row.external, row.callback, row.called_at, row.called_by, grade, may_erase
    )
    return view, _likely(uow, case, row)


def _likely(uow: UnitOfWork, case: Case, row: IntakeRow) -> Condition | None:
    if case.state not in _BEFORE_FILING:
        return None
    if row.condition:
        found = uow.reference.condition(row.condition)
        return found if found is not None and found.active else None
    if case.category is None:
        return None
    same = [c for c in uow.reference.conditions() if c.category == case.category and c.active]
    return same[0] if len(same) == 1 else None
