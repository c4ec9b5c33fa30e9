"""A life cast in a mould is the life the domain leads."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import db
from console.services.bulk import Finished, Packed
from console.services.rules import load_rules
from console.simulation import history, lives
from console.simulation.moulds import Moulds
from console.simulation.world import World
from tests.unit.simulation.conftest import MORNING


class _Kept:
    """A packer that only keeps what it is given."""

    def __call__(self, cases: list[Finished], day: str, first: int) -> Packed:
        return Packed({"": [(one.case, tuple(one.told), one.request) for one in cases]}, (), frozenset())


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _plan(store: db.Store, end_days: int = 60) -> tuple[lives.Plan, lives.Bundle]:
    world = World.read(store.uows)
    with store.uows.read() as uow:
        rules = load_rules(uow, MORNING)
    plan = lives.Plan(world, rules, MORNING + timedelta(days=end_days), 11, "zh", False, _Kept())  # type: ignore[arg-type]
    start = MORNING - timedelta(days=9)
    times = history._times(random.Random(4), start, MORNING, 2600)
    return plan, lives.Bundle("20261022", 1, list(enumerate(times)))


def test_cast_and_led_lives_are_alike(store: db.Store) -> None:
    """Cases, clocks and events, to the byte of what is hashed, over nights and
    a week-end on the calendars of all limits."""
    plan, bundle = _plan(store)
    moulds = Moulds(plan.rules.calendar)
    cast = Counter[str]()
    ask = moulds.cast

    def counted(*what: object) -> object:
        found = ask(*what)  # type: ignore[arg-type]
        cast["cast" if found is not None else "led"] += 1
        return found

    moulds.cast = counted  # type: ignore[method-assign,assignment]
    quick = lives.lead(plan, bundle, moulds).packed.rows[""]
    slow = lives.lead(plan, bundle, None).packed.rows[""]
    assert len(quick) == len(slow) == 2600
    for one, other in zip(quick, slow, strict=True):
        assert one[1] == other[1]
        assert {
            name: (value, getattr(other[0], name))
            for name, value in _fields(one[0]).items()
            if value != getattr(other[0], name)
        } == {}
        assert one[2] == other[2]
    assert cast["cast"] > 600
    units = {clock.limit.unit for case, _, _ in quick for clock in case.deadlines}
    assert len(units) > 2
