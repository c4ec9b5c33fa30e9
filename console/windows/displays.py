"""Which monitor is which: by what it says of itself, not by its number.

A display tells maker, model and serial number, or nothing at all (virtual
machines, KVM switches, some televisions). What it tells is compared in steps,
the surest first; twins that tell the same are told apart by the socket they
hang on, then by where they stand. Pure: no Qt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

#: Displays that have not been here for longest are forgotten beyond so many,
#: unless a window has its home there.
MOST_KNOWN: Final = 32


@dataclass(frozen=True, slots=True)
class Screen:
    """A monitor as the system names it; position and size in logical px,
    ``width_mm`` × ``height_mm`` of the glass (0: not told), ``scale`` device
    pixels a logical one."""

    name: str
    manufacturer: str
    model: str
    serial: str
    x: int
    y: int
    width: int
    height: int
    primary: bool = False
    width_mm: int = 0
    height_mm: int = 0
    scale: float = 1.0

    @property
    def blind(self) -> bool:
        """It tells nothing of itself: only socket and place are left."""
        return not (self.manufacturer or self.model or self.serial)


@dataclass(frozen=True, slots=True)
class Display:
    """A monitor that has been here: its id for good, and as it was last seen."""

    id: str
    screen: Screen


def _place(screen: Screen) -> tuple[int, int, str]:
    return screen.x, screen.y, screen.name


def in_order(screens: Sequence[Screen]) -> tuple[Screen, ...]:
    """Left to right, then top to bottom: screen 1, screen 2 … Of monitors that
    show the same (mirrored: one lies within the other) the largest counts."""
    kept: list[Screen] = []
    for one in sorted(screens, key=lambda s: (-s.width * s.height, not s.primary, s.name)):
        if one.width > 0 and one.height > 0 and not any(_within(one, other) for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=_place))


def _within(one: Screen, other: Screen) -> bool:
    return (
        other.x <= one.x
        and other.y <= one.y
        and one.x + one.width <= other.x + other.width
        and one.y + one.height <= other.y + other.height
    )


def _mm(screen: Screen) -> tuple[int, int]:
    """The glass, however it is turned: portrait is the same monitor."""
    low, high = sorted((screen.width_mm, screen.height_mm))
    return low, high


def _who(screen: Screen) -> tuple[str, str, str]:
    return screen.manufacturer, screen.model, screen.serial


Step = Callable[[Screen], Hashable]


def _with_serial(*more: str) -> Step:
    def key(screen: Screen) -> Hashable:
        if not screen.serial:
            return None
        return (*_who(screen), *(getattr(screen, one) for one in more))

    return key


def _model(*more: str) -> Step:
    def key(screen: Screen) -> Hashable:
        if screen.serial or not (screen.manufacturer or screen.model):
            return None
        return (*_who(screen), *(getattr(screen, one) for one in more))

    return key


def _model_of_size(screen: Screen) -> Hashable:
    key = _model()(screen)
    return (key, _mm(screen)) if key is not None else None


def _blind(*more: str) -> Step:
    def key(screen: Screen) -> Hashable:
        return tuple(getattr(screen, one) for one in more) if screen.blind else None

    return key


#: The surest first; what is alike in one step is paired by its place.
_STEPS: Final[tuple[Step, ...]] = (
    _with_serial("name"),
    _with_serial("x", "y"),
    _with_serial(),
    _model("name", "x", "y"),
    _model("name"),
    _model("x", "y"),
    _model_of_size,
    _model(),
    _blind("name", "x", "y"),
    _blind("name"),
    _blind("x", "y", "width", "height"),
)


def recognise(
    known: Sequence[Display], screens: Sequence[Screen]
) -> tuple[dict[str, Screen], tuple[Display, ...]]:
    """Who is here: id → screen, left to right, and everybody known from now on
    (those here first). Every screen gets an id of its own, a new one when it
    was never here."""
    left, here = list(known), list(in_order(screens))
    found: dict[Screen, str] = {}
    for step in _STEPS:
        _pair(left, here, step, step, found)
    # A KVM switch that has not read the monitor yet names only the socket.
    _pair(left, here, _told_socket, _blind("name"), found)
    told = {one.id: one.screen for one in known}
    ids = {one.id for one in known}
    out: dict[str, Screen] = {}
    for screen in in_order(screens):
        known_id = found.get(screen)
        if known_id is None:
            known_id = _fresh(screen, ids)
            ids.add(known_id)
        out[known_id] = screen
    now = tuple(Display(key, _kept(told.get(key), screen)) for key, screen in out.items())
    return out, (*now, *(one for one in known if one.id not in out))


def _told_socket(screen: Screen) -> Hashable:
    return None if screen.blind else (screen.name,)


def _pair(
    left: list[Display], here: list[Screen], of_known: Step, of_here: Step, found: dict[Screen, str]
) -> None:
    groups: dict[Hashable, list[Display]] = defaultdict(list)
    for one in sorted(left, key=lambda each: (_place(each.screen), each.id)):
        if (key := of_known(one.screen)) is not None:
            groups[key].append(one)
    for screen in tuple(here):
        key = of_here(screen)
        if key is not None and groups.get(key):
            one = groups[key].pop(0)
            found[screen] = one.id
            left.remove(one)
            here.remove(screen)


def _kept(before: Screen | None, now: Screen) -> Screen:
    """What is remembered of a screen: a name once told is not forgotten when
    it is silent for a while."""
    if before is None or not now.blind or before.blind:
        return now
    return replace(now, manufacturer=before.manufacturer, model=before.model, serial=before.serial)


def _fresh(screen: Screen, taken: set[str]) -> str:
    """An id people can read, which no other display has."""
    base = " ".join(part for part in _who(screen) if part) or screen.name or "screen"
    made, number = base, 2
    while made in taken:
        made, number = f"{base}#{number}", number + 1
    return made


def keys(screens: Sequence[Screen]) -> dict[str, Screen]:
    """An id for each monitor that is here, left to right, from what it says of
    itself alone."""
    return recognise((), screens)[0]


def trimmed(displays: Sequence[Display], needed: Mapping[str, str]) -> tuple[Display, ...]:
    """Those here lately, and every one a window has its home on (``needed``:
    window → display id)."""
    homes = set(needed.values())
    return tuple(one for at, one in enumerate(displays) if at < MOST_KNOWN or one.id in homes)


def words(screen: Screen) -> str:
    """What stands on a monitor's own label: maker and model, or its socket."""
    named = " ".join(part for part in (screen.manufacturer, screen.model) if part)
    return f"{named} · {screen.name}" if named and screen.name else named or screen.name


def display_from(row: Mapping[str, Any]) -> Display:
    """One out of JSON. Raises ``KeyError``, ``TypeError``, ``ValueError``."""
    name, maker, model, serial = (
        str(row.get(key, "")) for key in ("name", "manufacturer", "model", "serial")
    )
    x, y, width, height = (int(row.get(key, 0)) for key in ("x", "y", "width", "height"))
    mm = [int(row.get(key, 0)) for key in ("width_mm", "height_mm")]
    return Display(
        str(row["id"]), Screen(name, maker, model, serial, x, y, width, height, False, mm[0], mm[1])
    )


def display_row(display: Display) -> dict[str, Any]:
    """And into it."""
    s = display.screen
    fields = ("name", "manufacturer", "model", "serial", "x", "y", "width", "height", "width_mm", "height_mm")
    return {"id": display.id, **{key: getattr(s, key) for key in fields}}
