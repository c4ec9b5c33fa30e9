"""Which window belongs on which monitor. Pure: screens in, places out.

A window belongs to a display by identity (:mod:`console.windows.displays`),
not by number. The board and its deadlines always have a display: first of all
comes the desk, then the kiosk, then pages on displays of their own and walls,
of two with one home the one that was sent there last. What has no display is
parked and listed, and goes home when its display comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from console.windows.displays import (
    Display,
    Screen,
    display_from,
    display_row,
    keys,
    recognise,
    trimmed,
)

__all__ = ["DESK", "KIOSK", "PAGE", "Parked", "Placement", "Room", "Screen", "keys", "place"]

#: The page with wall and board together, when no wall has a display.
PAGE: Final = "page"
DESK: Final = "desk"
#: The large display for everybody; no other content takes its place.
KIOSK: Final = "kiosk"
#: ``show-map``: a page of the desk on a display of its own.
SHOW: Final = "show-"
WALL: Final = "wall-"

#: Why a window is parked: its display is not here, another window has it, or
#: somebody put it away.
GONE: Final = "gone"
TAKEN: Final = "taken"
AWAY: Final = "away"


@dataclass(frozen=True, slots=True)
class Room:
    """What is remembered: displays that were here, window → display id (of two
    with one home the later has it), and the windows somebody has put away
    (their display stays as it is)."""

    displays: tuple[Display, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)
    away: frozenset[str] = frozenset()

    def display(self, key: str) -> Display | None:
        """A display that is or was here, by its id."""
        return next((one for one in self.displays if one.id == key), None)


@dataclass(frozen=True, slots=True)
class Parked:
    """A window without a display: its home, and ``gone``, ``taken`` or ``away``."""

    window: str
    display: str
    why: str


@dataclass(frozen=True, slots=True)
class Placement:
    """``screens``: id → screen, left to right, of those here; ``windows``:
    window → id; no two windows have one display."""

    screens: Mapping[str, Screen]
    windows: Mapping[str, str]
    parked: tuple[Parked, ...] = ()

    def on(self, display: str) -> str:
        """The window on this display, ``""`` for none."""
        return next((window for window, one in self.windows.items() if one == display), "")

    @property
    def desk(self) -> str:
        """The window with the board: ``desk`` or ``page``."""
        return DESK if DESK in self.windows else PAGE

    def number(self, display: str) -> int:
        """1 for the leftmost; 0 for one that is not here."""
        return next((at for at, one in enumerate(self.screens, 1) if one == display), 0)


def place(room: Room, screens: Sequence[Screen]) -> tuple[Room, Placement]:
    """Give each window its place, and remember what is new: a display seen for
    the first time gets a wall of its own. Raises ``ValueError`` without any
    screen."""
    here, displays = recognise(room.displays, screens)
    if not here:
        raise ValueError("no screen")
    homes = {window: home for window, home in room.homes.items() if window != PAGE}
    windows: dict[str, str] = {}
    free = list(here)
    kiosk = homes.get(KIOSK)
    if kiosk in free and KIOSK not in room.away and len(free) > 1:
        windows[KIOSK] = str(kiosk)
        free.remove(str(kiosk))
    desk = homes.get(DESK, "")
    if desk not in free:
        desk = next((one for one in free if here[one].primary), free[0])
    free.remove(desk)
    for window in reversed(homes):
        if is_extra(window) and homes[window] in free and window not in room.away:
            windows[window] = homes[window]
            free.remove(homes[window])
    for display in free:
        if display not in homes.values():
            windows[_new_wall(homes)] = homes[_new_wall(homes)] = display
    seen_wall = any(window.startswith(WALL) for window in windows)
    windows = {DESK if seen_wall else PAGE: desk, **windows}
    if seen_wall:
        homes.setdefault(DESK, desk)
    parked = tuple(
        Parked(window, homes[window], _why(window, homes[window], room, here))
        for window in sorted(homes, key=_order)
        if window not in windows and window != DESK
    )
    after = Room(trimmed(displays, homes), homes, room.away & homes.keys())
    return after, Placement(here, windows, parked)


def is_extra(window: str) -> bool:
    """A wall or a page on a display of its own: what may be parked."""
    return window.startswith((SHOW, WALL))


def _why(window: str, home: str, room: Room, here: Mapping[str, Screen]) -> str:
    if window in room.away:
        return AWAY
    return TAKEN if home in here else GONE


def _order(window: str) -> tuple[int, int, str]:
    """Kiosk, pages, walls by number: how they are listed."""
    tail = window.rpartition("-")[2]
    number = int(tail) if tail.isdecimal() and len(tail) < 9 else 10**9
    return (0 if window == KIOSK else 1 if window.startswith(SHOW) else 2), number, window


def _new_wall(homes: Mapping[str, str]) -> str:
    number = 1
    while f"{WALL}{number}" in homes:
        number += 1
    return f"{WALL}{number}"


# What a person asks for ------------------------------------------------------


def send(room: Room, placed: Placement, window: str, display: str) -> Room:
    """``window`` goes to ``display``, which is here. Who stands there changes
    places with it, or is parked; a page from the desk only covers a wall, which
    is back when the page goes home. The kiosk's display is refused
    (``ValueError``): it is left by its PIN alone."""
    if display not in placed.screens:
        raise ValueError("not here")
    there = placed.on(display)
    if there == KIOSK and window != KIOSK:
        raise ValueError("kiosk")
    window = DESK if window == PAGE else window
    there = DESK if there == PAGE else there
    homes, away = dict(room.homes), set(room.away)
    before = placed.windows.get(placed.desk if window == DESK else window, "")
    if not before and homes.get(window) in placed.screens and not placed.on(homes[window]):
        before = homes[window]  # put away: its own display stands empty
    away.discard(window)
    homes.pop(window, None)
    homes[window] = display
    if there and there != window:
        if there.startswith(SHOW):
            homes.pop(there)
        elif before:
            homes[there] = before
        elif there == DESK:
            homes[DESK] = _other(placed, display)
        elif there.startswith(WALL) and window.startswith(WALL):
            away.add(there)
    return replace(room, homes=homes, away=frozenset(away))


def _other(placed: Placement, display: str) -> str:
    """Where the desk goes that has to give way: not where the kiosk is."""
    others = [one for one in placed.screens if one != display and placed.on(one) != KIOSK]
    walls = [one for one in others if placed.on(one).startswith(WALL) or not placed.on(one)]
    return next(iter((*walls, *others)), display)


def put_away(room: Room, window: str) -> Room:
    """A page goes back to the desk, the kiosk gives its display back, a wall
    is parked; the desk stays."""
    homes = dict(room.homes)
    if window.startswith(SHOW) or window == KIOSK:
        homes.pop(window, None)
        return replace(room, homes=homes)
    if window.startswith(WALL) and window in homes:
        return replace(room, away=room.away | {window})
    return room


def arrange(room: Room, homes: Mapping[str, str], away: Iterable[str] = ()) -> Room:
    """A stored set of places: pages not in it go back to the desk, walls not in
    it stay known (parked where others have their display), the kiosk stays."""
    fresh = {w: home for w, home in homes.items() if w == DESK or is_extra(w)}
    kept = {w: home for w, home in room.homes.items() if not w.startswith(SHOW) and w not in fresh}
    return replace(room, homes={**kept, **fresh}, away=frozenset(away) & {*kept, *fresh})


# Kept ------------------------------------------------------------------------


def room_row(room: Room) -> dict[str, Any]:
    """The room as JSON."""
    return {
        "displays": [display_row(one) for one in room.displays],
        "homes": dict(room.homes),
        "away": sorted(room.away),
    }


def room_from(row: Mapping[str, Any]) -> Room:
    """And back. Raises ``KeyError``, ``TypeError``, ``ValueError``."""
    return Room(
        tuple(display_from(one) for one in row["displays"]),
        {str(window): str(home) for window, home in row["homes"].items()},
        frozenset(str(one) for one in row.get("away", ())),
    )


def room_from_first_form(homes: Mapping[str, Any]) -> Room:
    """A file of the first form, window → ``maker/model/serial`` or
    ``socket/WxH``: the displays are known again by what it says of them."""
    displays: dict[str, Display] = {}
    for home in dict.fromkeys(str(one) for one in homes.values()):
        parts = home.partition("#")[0].split("/")
        if len(parts) == 3:
            displays[home] = Display(home, Screen("", parts[0], parts[1], parts[2], 0, 0, 0, 0))
        else:
            wide, _, high = parts[-1].partition("x")
            size = (int(wide), int(high)) if wide.isdecimal() and high.isdecimal() else (0, 0)
            displays[home] = Display(home, Screen(parts[0], "", "", "", 0, 0, *size))
    return Room(tuple(displays.values()), {str(w): str(home) for w, home in homes.items() if w != PAGE})
