"""Every public method of every service, tried as every role: the table is the expectation.

A method that is in no line of ``rights_table`` fails, and so does a line without a
method. Arguments are made from the annotations; what a role that may do it then
gets (an answer, a refusal of another kind, a complaint about nonsense) does not
matter here, a role that may not must get ``forbidden`` before anything happens.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any

import pytest

from console.domain import rights
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.transitions import TABLE
from console.domain.vocabulary import Action, Role, Source, State
from console.services.board_filters import BoardFilter
from tests.unit.services.conftest import MORNING, Site
from tests.unit.services.rights_table import WANTED

#: Fields of ``Services`` that are no use cases.
_TOOLS = {"uows", "clock", "store", "vault", "purpose"}
#: What the annotations do not say.
_GIVEN: Mapping[str, Mapping[str, object]] = {
    "cases.act": {"command": Command(Action.NOTE)},
    "several.step": {"command": Command(Action.NOTE)},
    "filters.put": {"entry": BoardFilter("x", personal=False)},
    "filters.delete": {"entry": BoardFilter("x", personal=False)},
    "people.set": {"name": "officer02"},
}


def walk(path: str, service: object, seen: set[int]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """``(name, method)`` of a service and of those it is made of."""
    if id(service) in seen:
        return
    seen.add(id(service))
    for name in dir(type(service)):
        method = getattr(service, name, None)
        is_property = isinstance(inspect.getattr_static(type(service), name), property)
        if not name.startswith("_") and callable(method) and not is_property:
            yield f"{path}.{name}", method
    for name, inner in getattr(service, "__dict__", {}).items():
        if not name.startswith("_") and type(inner).__module__.startswith("console.services"):
            yield from walk(f"{path}.{name}", inner, seen)


def methods(site: Site) -> dict[str, Callable[..., Any]]:
    """Every use case of a site by name."""
    seen: set[int] = set()
    found: dict[str, Callable[..., Any]] = {}
    for field in fields(site.services):
        if field.name not in _TOOLS:
            found.update(walk(field.name, getattr(site.services, field.name), seen))
    return found


class Maker:
    """Makes an argument of a type."""

    def __init__(self, site: Site, case: Case) -> None:
        self._site, self._case = site, case
        self._file = site.folder / "given.csv"
        self._file.write_text("id,name\n1,x\n", encoding="utf-8")

    def arguments(self, name: str, method: Callable[..., Any]) -> dict[str, Any]:
        """All that has no default, but the actor."""
        hints = _hints(method)
        given = dict(_GIVEN.get(name, {}))
        for one in inspect.signature(method).parameters.values():
            open_ = one.default is inspect.Parameter.empty and one.kind is not one.VAR_KEYWORD
            if one.name != "actor" and one.name not in given and open_:
                given[one.name] = self.of(hints.get(one.name, str), one.name)
        return given

    def of(self, kind: Any, name: str = "") -> Any:
        """A value of a type; for a few names one that stands for something."""
        if name == "case_id":
            return self._case.id
        origin = typing.get_origin(kind)
        if origin in (typing.Union, UnionType):
            return self.of(next(one for one in typing.get_args(kind) if one is not NoneType), name)
        if origin is tuple or kind is tuple:
            return ()
        if origin is not None and issubclass(origin, typing.Mapping):
            return {}
        if origin is not None and (issubclass(origin, typing.Iterable)):
            return ()
        if origin is not None:
            return _nothing
        plain = {str: "x", int: 1, float: 1.0, bool: False, datetime: MORNING, Path: self._file}
        if kind in plain:
            return plain[kind]
        if isinstance(kind, type) and issubclass(kind, Enum):
            return next(iter(kind))
        if isinstance(kind, type) and is_dataclass(kind):
            return self._record(kind)
        return None

    def _record(self, kind: type) -> Any:
        hints = typing.get_type_hints(kind)
        needed = [one for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
        return kind(**{one.name: self.of(hints[one.name], one.name) for one in needed})


def _nothing(*_given: object) -> None:
    """Where a function is asked for."""


def _hints(method: Callable[..., Any]) -> dict[str, Any]:
    function = getattr(method, "__func__", method)
    try:
        return typing.get_type_hints(function)
    except NameError:  # imported for the type checker alone
        return {}


def outcome(call: Callable[[], object]) -> str:
    """``forbidden`` when the role was refused, else ``let in``."""
    try:
        answer = call()
        if inspect.isgenerator(answer):
            next(answer, None)
    except Refusal as refusal:
        return "forbidden" if (refusal.code, refusal.detail) == ("forbidden", "role") else "let in"
    except Exception:
        return "let in"  # nonsense was looked at: the door was open
    return "let in"


def test_the_table_names_every_use_case_and_no_other(site: Site) -> None:
    found = methods(site)
    assert sorted(found.keys() - WANTED.keys()) == []
    assert sorted(WANTED.keys() - found.keys()) == []
    nobody = {name for name, right in WANTED.items() if right == "-"}
    for name in found.keys() - nobody:
        assert "actor" in inspect.signature(found[name]).parameters, name


@pytest.mark.parametrize("separate", [False, True])
def test_every_use_case_as_every_role(site: Site, separate: bool) -> None:
    with site.store.uows.write() as uow:
        uow.settings.put("separate_filing", "1" if separate else "")
        uow.commit()
    case = site.open()
    maker, found = Maker(site, case), methods(site)
    wrong = []
    for name, right in sorted(WANTED.items()):
        if right == "-":
            continue
        for role in Role:
            actor = Actor(f"{role}01", role)
            given = maker.arguments(name, found[name])
            may = right == "*" or all(rights.allowed(role, one, separate) for one in right.split(" + "))
            said = outcome(lambda call=found[name], a=actor, g=given: call(actor=a, **g))
            if said != ("let in" if may else "forbidden"):
                wrong.append((name, right, role.value, said))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("separate", [False, True])
def test_every_step_of_a_case_as_every_role(site: Site, separate: bool) -> None:
    """Each row of the table of transitions, in a state from which it goes."""
    with site.store.uows.write() as uow:
        uow.settings.put("separate_filing", "1" if separate else "")
        made = {
            state: uow.cases.add(
                Case("", state, Source.PATROL, found_at=MORNING, opened_at=MORNING), "20260805"
            ).id
            for state in State
        }
        uow.commit()
    wrong = []
    for row in TABLE:
        state = min(row.sources, key=list(State).index)
        if row.right:
            continue  # a row of its own right is told from the others by what is given
        for role in Role:
            actor = Actor(f"{role}01", role)
            command = Command(row.action, reason="x")
            said = outcome(lambda a=actor, i=made[state], c=command: site.services.cases.act(a, i, c))
            may = rights.allowed(role, row.demands, separate)
            if said != ("let in" if may else "forbidden"):
                wrong.append((row.action.value, role.value, said))
    assert not wrong, "\n".join(map(str, wrong))
