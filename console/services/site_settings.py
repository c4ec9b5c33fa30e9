"""Settings of the site that are plain numbers, each with what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.domain import passwords, ranking
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import (
    audit,
    emergency,
    forewarning,
    permissions,
    persons,
    prediction,
    rankings,
    shift_reading,
    similar,
)
from console.services.ports import Clock, UnitOfWorkFactory

#: Name → (default, least, most).
NUMBERS: Final[Mapping[str, tuple[int, int, int]]] = {
    similar.DISTANCE: (similar.DISTANCE_M, *similar.DISTANCE_RANGE),
    similar.TIME: (similar.TIME_H, *similar.TIME_RANGE),
    emergency.MINUTES["phone"]: (emergency.PHONE_MIN, *emergency.MINUTES_RANGE),
    emergency.MINUTES["written"]: (emergency.WRITTEN_MIN, *emergency.MINUTES_RANGE),
    persons.RETENTION: (persons.RETENTION_DAYS, 1, 36_500),
    prediction.WARN: (prediction.WARN_PERCENT, *prediction.WARN_RANGE),
    forewarning.ALARM: (1, 0, 1),
    rankings.MINIMUM: (ranking.MINIMUM, *rankings.MINIMUM_RANGE),
    rankings.FLAGS: (ranking.FLAGS, *rankings.FLAGS_RANGE),
    shift_reading.GRACE: (shift_reading.GRACE_MIN, *shift_reading.GRACE_RANGE),
    **{name: row[1:] for name, row in passwords.SETTINGS.items()},
}


def read(uows: UnitOfWorkFactory, actor: Actor) -> Mapping[str, int]:
    """Every setting as it is in force."""
    permissions.demand(actor, "setting.edit" if permissions.may(actor, "setting.edit") else "case.read")
    with uows.read() as uow:
        stored = uow.settings.all()
    return {name: in_force(name, stored) for name in NUMBERS}


def put(uows: UnitOfWorkFactory, clock: Clock, actor: Actor, name: str, text: str) -> int:
    """Set one. Raises ``Refusal('bad_value')``: ``setting_name`` for one that is
    not here, ``setting`` for a number it may not be."""
    permissions.demand(actor, "setting.edit")
    if name not in NUMBERS:
        raise Refusal("bad_value", "setting_name", name=name, allowed=", ".join(NUMBERS))
    value = similar.number(name, text, NUMBERS[name][1:])
    with uows.write() as uow:
        before = uow.settings.get(name) or NUMBERS[name][0]
        uow.settings.put(name, str(value))
        audit.changed(uow, clock, actor, "number", name=name, was=str(before), now=value)
        uow.commit()
    return value


def in_force(name: str, stored: Mapping[str, str]) -> int:
    """A number out of the stored settings, its default where none is sound."""
    default, low, high = NUMBERS[name]
    text = stored.get(name, "")
    try:
        return similar.number(name, text or str(default), (low, high))
    except Refusal:
        return default
