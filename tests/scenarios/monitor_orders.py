"""Cables pulled and plugged, monitors swapped, turned and set to another
resolution, on a virtual display; and what must hold afterwards."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from PySide6.QtWidgets import QApplication

from console.app import ConsoleApp
from console.simulation.display import MONITORS, VirtualDisplay
from console.windows.placement import DESK, PAGE
from console.windows.screen_watch import screens_now
from tests.scenarios.console_kit import until

#: Widths and heights a monitor may be set to; upright too.
MODES = ((1920, 1080), (1280, 1024), (1600, 900), (1080, 1080))


@dataclass
class Cables:
    """The monitors as they should be: socket → (x, width, height)."""

    room: VirtualDisplay
    there: dict[str, tuple[int, int, int]] = field(
        default_factory=lambda: {name: (1920 * at, 1920, 1080) for at, (name, _) in enumerate(MONITORS)}
    )
    output: str = MONITORS[0][0]

    def change(self, there: dict[str, tuple[int, int, int]]) -> None:
        """These, and no others; what stays as it is is not touched. The
        server's one output hangs on the first of them."""
        before, self.there = dict(self.there), there
        first = next(iter(there))
        again = {name for name, place in there.items() if before.get(name) != place}
        if first != self.output:
            again |= {first, *({self.output} & there.keys())}
        gone = {name for name in before if name not in there or name in again}
        for name in gone:
            self.room.xrandr("--delmonitor", name)
        # Qt has to see it go, or it takes what comes for what went.
        until(lambda: not gone & {screen.name for screen in screens_now()}, f"{gone} gone")
        for name in sorted(again, key=list(there).index):
            x, wide, high = there[name]
            output = "screen" if name == first else "none"
            self.room.xrandr("--setmonitor", name, f"{wide}/508x{high}/286+{x}+0", output)
        self.output = first

    def pull(self, name: str) -> None:
        """One cable out."""
        self.change({key: place for key, place in self.there.items() if key != name})

    def plug(self, name: str) -> None:
        """And in again: where it was at first, or where there is room."""
        home = 1920 * [one for one, _ in MONITORS].index(name)
        taken = {x for x, _, _ in self.there.values()}
        x = next(one for one in (home, 0, 1920, 3840) if one not in taken)
        there = {**self.there, name: (x, 1920, 1080)}
        self.change({one: there[one] for one, _ in MONITORS if one in there})

    def all_back(self) -> None:
        """As at the start."""
        self.change({name: (1920 * at, 1920, 1080) for at, (name, _) in enumerate(MONITORS)})

    def order(self, dice: random.Random) -> str:
        """Something a room goes through; says what it was."""
        names = list(self.there)
        away = [name for name, _ in MONITORS if name not in names]
        kinds = ["mode"] + ["pull"] * (len(names) > 1) + ["plug"] * bool(away) + ["swap"] * (len(names) > 1)
        kind = dice.choice(kinds)
        if kind == "pull":
            name = dice.choice(names)
            self.pull(name)
            return f"pull {name}"
        if kind == "plug":
            name = dice.choice(away)
            self.plug(name)
            return f"plug {name}"
        if kind == "swap":
            one, two = dice.sample(names, 2)
            there = dict(self.there)
            there[one], there[two] = there[two], there[one]
            self.change(there)
            return f"swap {one} {two}"
        name, mode = dice.choice(names), dice.choice(MODES)
        self.change({**self.there, name: (self.there[name][0], *mode)})
        return f"mode {name} {mode[0]}x{mode[1]}"

    def settle(self, console: ConsoleApp) -> None:
        """Until the console has heard of it and put its windows up."""
        wanted = {(name, *place) for name, place in self.there.items()}
        until(lambda: {(s.name, s.x, s.width, s.height) for s in screens_now()} == wanted, f"{wanted}")
        told = console.monitors.placed.screens
        until(
            lambda: (
                {(s.name, s.x, s.width, s.height) for s in console.monitors.placed.screens.values()} == wanted
            ),
            f"the console knows of {wanted}, not {told}",
        )
        for _ in range(3):
            QApplication.processEvents()


def wrong(console: ConsoleApp) -> str:
    """What does not hold, in words; empty when all is well: each window fills a
    monitor of its own, what has none is listed, the board is seen, nothing is
    lost."""
    monitors, shown = console.monitors, console.windows
    placed = monitors.placed
    if set(shown) != set(placed.windows):
        return f"shown {sorted(shown)}, placed {sorted(placed.windows)}"
    if len(set(placed.windows.values())) != len(placed.windows):
        return f"two on one monitor: {placed.windows}"
    for name, display in placed.windows.items():
        at, screen = shown[name].geometry(), placed.screens[display]
        if (at.x(), at.y(), at.width(), at.height()) != (screen.x, screen.y, screen.width, screen.height):
            return f"{name} at {at} does not fill {screen}"
    if len({DESK, PAGE} & set(shown)) != 1:
        return f"the board is not seen once: {sorted(shown)}"
    lost = set(monitors.room.homes) - set(placed.windows) - {one.window for one in placed.parked} - {DESK}
    walls = set(console.wall_windows) - set(monitors.room.homes)
    return f"lost: {sorted(lost | walls)}" if lost or walls else ""
