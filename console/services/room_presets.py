"""Presets of the control room (席位预案): which window stands on which monitor,
what hangs on the walls, light or dark, how much the screens are dimmed.

One text in the settings. Each preset has a version of its own, so that two
seats never overwrite each other's work.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import audit, clean, permissions
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.requests import Reading, Request
from console.services.wall_layouts import Hung, hung_from

if TYPE_CHECKING:
    from console.services.assembly import Services

log = logging.getLogger(__name__)

KEY: Final = "room.presets"
FORM: Final = 1
NAME_CHARS: Final = 40
MOST: Final = 40
#: The darkest a screen may be made, per cent: alarms must stay readable.
DIMMEST: Final = 60
#: These are there before anybody has saved one; their names are translated.
DAY, NIGHT, EMERGENCY = STARTERS = ("day", "night", "emergency")
THEMES: Final = ("", "dark", "light")


@dataclass(frozen=True, slots=True)
class RoomPreset:
    """``places``: (window, display id), none to leave windows where they are;
    ``away``: parked on purpose; ``walls``: (place, what hangs there); ``theme``
    ``""`` as it is; ``dim`` in per cent."""

    name: str
    places: tuple[tuple[str, str], ...] = ()
    away: tuple[str, ...] = ()
    walls: tuple[tuple[str, Hung], ...] = ()
    theme: str = ""
    dim: int = 0
    by: str = ""
    version: int = 0


#: What the three do until somebody saves better ones: light alone.
AT_FIRST: Final = (RoomPreset(DAY), RoomPreset(NIGHT, theme="dark", dim=35), RoomPreset(EMERGENCY))


@dataclass(frozen=True, slots=True)
class LoadPresets(Reading):
    """→ tuple of ``RoomPreset``."""


@dataclass(frozen=True, slots=True)
class PutPreset(Request):
    """Save one; ``preset.version`` is the one looked at, 0 for a new one
    → all of them."""

    preset: RoomPreset


@dataclass(frozen=True, slots=True)
class DropPreset(Request):
    """Delete one as it was ``seen`` → all of them."""

    name: str
    seen: int


class RoomPresetService:
    """Reads and changes them. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def load(self, actor: Actor) -> tuple[RoomPreset, ...]:
        """All of them: day, night and emergency first, saved or not."""
        permissions.demand(actor, "camera.read")
        with self._uows.read() as uow:
            return _with_starters(decode(uow.settings.get(KEY)))

    def put(self, actor: Actor, preset: RoomPreset) -> tuple[RoomPreset, ...]:
        """Save one. Raises ``conflict`` when somebody was quicker or has the
        name, ``bad_value`` for a bad name, theme or dimming."""
        permissions.demand(actor, "layout.edit")
        preset = replace(preset, name=_name(preset.name), by=actor.name)
        if preset.theme not in THEMES or not 0 <= preset.dim <= DIMMEST:
            raise Refusal("bad_value", "preset_light", most=DIMMEST)
        return self._change(actor, preset.name, preset.version, preset)

    def drop(self, actor: Actor, name: str, seen: int) -> tuple[RoomPreset, ...]:
        """Delete one; day, night and emergency are then as they were at first.
        Raises ``conflict`` as :meth:`put` does."""
        permissions.demand(actor, "layout.edit")
        return self._change(actor, name, seen, None)

    def _change(
        self, actor: Actor, name: str, seen: int, preset: RoomPreset | None
    ) -> tuple[RoomPreset, ...]:
        with self._uows.write() as uow:
            rows = {one.name: one for one in decode(uow.settings.get(KEY))}
            before = rows.pop(name, None)
            if (before.version if before is not None else 0) != seen or (preset is None and before is None):
                raise Refusal("conflict", "preset", name=name)
            if preset is not None:
                if len(rows) >= MOST:
                    raise Refusal("bad_value", "preset_many", most=MOST)
                rows[name] = replace(preset, version=seen + 1)
            uow.settings.put(KEY, encode(tuple(rows.values())))
            what = "room_preset" if preset is not None else "room_preset_deleted"
            audit.write(uow, self._clock, actor, "setting", what=what, name=name)
            uow.commit()
        return _with_starters(tuple(rows.values()))


def _name(text: str) -> str:
    name = clean.line(text, "name", 200)
    if not name or len(name) > NAME_CHARS:
        raise Refusal("bad_value", "preset_name", most=NAME_CHARS)
    return name


def _with_starters(rows: tuple[RoomPreset, ...]) -> tuple[RoomPreset, ...]:
    saved = {one.name: one for one in rows}
    first = tuple(saved.pop(one.name, one) for one in AT_FIRST)
    return (*first, *sorted(saved.values(), key=_by_name))


def _by_name(preset: RoomPreset) -> str:
    return preset.name


def encode(presets: tuple[RoomPreset, ...]) -> str:
    """The text that is stored."""
    rows = [asdict(one) for one in presets]
    return json.dumps({"form": FORM, "presets": rows}, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> tuple[RoomPreset, ...]:
    """What :func:`encode` wrote. One that cannot be read is left out and logged;
    a text of a newer program is refused, lest it be overwritten."""
    if not text:
        return ()
    try:
        raw = json.loads(text)
        form, rows = int(raw["form"]), list(raw["presets"])
    except (ValueError, KeyError, TypeError) as error:
        log.warning("the stored presets of the room cannot be read: %s", error)
        return ()
    if form > FORM:
        raise Refusal("bad_value", "preset_newer")
    made = []
    for row in rows:
        try:
            made.append(_preset(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("a stored preset of the room cannot be read: %s", error)
    return tuple(made)


def _preset(row: Mapping[str, Any]) -> RoomPreset:
    theme = str(row.get("theme", ""))
    return RoomPreset(
        str(row["name"]),
        tuple((str(window), str(display)) for window, display in row.get("places", ())),
        tuple(str(one) for one in row.get("away", ())),
        tuple((str(place), hung_from(hung)) for place, hung in row.get("walls", ())),
        theme if theme in THEMES else "",
        max(0, min(DIMMEST, int(row.get("dim", 0)))),
        str(row.get("by", "")),
        int(row.get("version", 1)),
    )


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What windows may ask of it."""
    room = services.room_presets
    return {
        LoadPresets: lambda request: room.load(request.actor),
        PutPreset: lambda request: room.put(request.actor, request.preset),
        DropPreset: lambda request: room.drop(request.actor, request.name, request.seen),
    }
