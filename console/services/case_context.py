"""What a step needs from outside its case, and the full ids of what was named."""

from __future__ import annotations

from dataclasses import replace

from console.domain.corrections import AREA, told_key
from console.domain.errors import Refusal
from console.domain.model import Approval, Case, CategoryKey, Command, Condition
from console.domain.terms import Context
from console.domain.vocabulary import Action
from console.services import area, lookup
from console.services.ports import UnitOfWork


def context(uow: UnitOfWork, case: Case, command: Command) -> Context:
    """The condition, the other case or the right class this wish speaks of."""
    if command.action is Action.FILE and command.condition:
        named = uow.reference.condition(command.condition)
        return Context(condition=named, grade=area.grade_for(uow, case, named))
    if command.action is Action.CORRECT and command.field_name == "category":
        if case.condition_id:
            right = lookup.condition(uow, command.field_value)
            return Context(condition=right, grade=area.grade_for(uow, case, right))
        return Context(category=lookup.Classes.read(uow).find(command.field_value))
    other = uow.cases.get(command.other) if command.other else None
    condition = condition_of(uow, case)
    grade = ""
    if command.action is Action.CORRECT and command.field_name in AREA:
        where: dict[str, str] = {command.field_name: command.field_value.strip()}
        grade = area.grade_for(uow, replace(case, **where), condition)  # type: ignore[arg-type]
    return Context(condition=condition, other=other, grade=grade)


def condition_of(uow: UnitOfWork, case: Case) -> Condition | None:
    """The version of the standard the case was filed under."""
    if not case.condition_id:
        return None
    return uow.reference.condition(case.condition_id, case.condition_version)


def request(uow: UnitOfWork, request_id: int) -> Approval:
    """The request of this number. Raises ``unknown_request``."""
    found = uow.users.approval(request_id)
    if found is None:
        raise Refusal("unknown_request", request=request_id)
    return found


def right_value(uow: UnitOfWork, case: Case, command: Command) -> Command:
    """A correction with the id of the community, condition or class named."""
    text = command.field_value.strip()
    if command.field_name == "community" and text:
        place = lookup.place(uow, "community", text)
        if place is None:
            raise Refusal("bad_value", "community", value=text)
        return replace(command, field_value=place.id)
    if command.field_name == "category" and text:
        return replace(command, field_value=_class(uow, case, text))
    return command


def _class(uow: UnitOfWork, case: Case, text: str) -> str:
    """A condition's id for a filed case, ``standard:kind:code`` otherwise."""
    classes = lookup.Classes.read(uow)
    if not case.condition_id:
        named = uow.reference.condition(text) or uow.reference.condition(text.upper())
        return told_key(named.category if named is not None else classes.find(text).key)
    if uow.reference.condition(text) or uow.reference.condition(text.upper()):
        return lookup.condition(uow, text).condition_id
    return only_condition(classes, classes.find(text).key).condition_id


def only_condition(classes: lookup.Classes, key: CategoryKey) -> Condition:
    """The one condition of a class. Raises ``missing_condition`` when it has
    none, or several to choose from."""
    found = classes.under(key)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal("missing_condition", "none", category=f"{key.kind}:{key.code}")
    named = ", ".join(f"{c.condition_id} {c.name_zh}" for c in found)
    raise Refusal("missing_condition", "several", conditions=named)
