"""Which window belongs on which monitor. Pure: screens in, places out.

A window belongs to a display by identity, not by number. Where a display
tells no serial number (virtual machines, KVM switches) its name and size
stand for it, and its position tells two of the same apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

#: The page with wall and board together, for a single display.
PAGE: Final = "page"
DESK: Final = "desk"


@dataclass(frozen=True, slots=True)
class Screen:
    """A monitor as the system names it; position and size in logical px."""

    name: str
    manufacturer: str
    model: str
    serial: str
    x: int
    y: int
    width: int
    height: int
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Window → key of its screen, and the windows whose screen is gone:
    they are parked, and go home when it comes back."""

    windows: Mapping[str, str]
    parked: tuple[str, ...] = field(default=())


def keys(screens: Sequence[Screen]) -> dict[str, Screen]:
    """A stable key per screen, left to right. Two that say the same of
    themselves are told apart by their order."""
    out: dict[str, Screen] = {}
    for screen in sorted(screens, key=_position):
        base = (
            f"{screen.manufacturer}/{screen.model}/{screen.serial}"
            if screen.serial
            else f"{screen.name}/{screen.width}x{screen.height}"
        )
        key, twin = base, 2
        while key in out:
            key, twin = f"{base}#{twin}", twin + 1
        out[key] = screen
    return out


def _position(screen: Screen) -> tuple[int, int, str]:
    return screen.x, screen.y, screen.name


def place(screens: Sequence[Screen], remembered: Mapping[str, str] | None = None) -> Placement:
    """One display: the page that has both. More: the desk on its remembered
    screen or else the primary one, a wall on each other; a wall goes where it
    was, new screens get new walls, and a wall whose screen is gone is parked.

    Raises ``ValueError`` without any screen.
    """
    there = keys(screens)
    if not there:
        raise ValueError("no screen")
    home = dict(remembered or {})
    walls_before = sorted((w for w in home if w not in (PAGE, DESK)), key=_number)
    if len(there) == 1:
        return Placement({PAGE: next(iter(there))}, tuple(walls_before))
    primary = next((k for k, s in there.items() if s.primary), next(iter(there)))
    desk = home.get(DESK, "")
    windows = {DESK: desk if desk in there else primary}
    free = [k for k in there if k != windows[DESK]]
    for wall in walls_before:
        if home[wall] in free:
            windows[wall] = home[wall]
            free.remove(home[wall])
    number = 1
    for key in free:
        while (name := f"wall-{number}") in windows or name in walls_before:
            number += 1
        windows[name] = key
    return Placement(windows, tuple(w for w in walls_before if w not in windows))


def _number(window: str) -> tuple[int, str]:
    tail = window.rpartition("-")[2]
    return (int(tail), window) if tail.isdigit() else (10**6, window)


def remember(before: Mapping[str, str], placed: Placement) -> dict[str, str]:
    """What to keep: the homes of parked windows stay known, and the desk's
    too, which meanwhile stands elsewhere and goes home like a wall does."""
    after = {w: k for w, k in before.items() if w in placed.parked or w == DESK}
    return {**placed.windows, **after}
