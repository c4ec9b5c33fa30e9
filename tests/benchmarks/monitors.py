"""Forty live orders at three monitors: pulled, plugged, swapped, set to another
resolution, and the console ended and started again in between; one program, real
cameras. After each order every window fills a monitor of its own or is parked and
listed, and the walls that are seen go on moving. Then once more with another scale
factor at each monitor, in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QApplication

from console.app import ConsoleApp, make_application
from console.commands.bench import AtLeast
from console.settings import Places
from console.simulation import display
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from tests.benchmarks.alarms import percentile
from tests.scenarios.console_kit import OFFICER, build_site, seat, until
from tests.scenarios.monitor_orders import Cables, wrong

#: The room is the benchmark's own: it pulls its cables.
MONITORS: Final = 3
VIRTUAL: Final = True
SEED: Final = 20261122
ORDERS: Final = 40
CAMERAS: Final = 4
#: Device pixels a logical one, monitor by monitor.
SCALES: Final = "DP-1=1;DP-2=1.5;DP-3=2"
#: So much later than the settling time a window may stand, seconds.
TARGETS: Final = {
    "orders": AtLeast(ORDERS),
    "wrong": 0.0,
    "restarts": AtLeast(3),
    "stood_still": 0.0,
    "scaled.wrong": 0.0,
    "scaled.factors": AtLeast(3),
}
_CHILD: Final = "FIFTEEN_BENCH_MONITORS"


def run(args: argparse.Namespace, cache: Path, note: Callable[[str], None]) -> dict[str, Any]:
    """Orders that went wrong, with the sentence that says how."""
    seed = int(os.environ.get("FIFTEEN_BENCH_SEED", SEED))
    note(f"seed {seed}")
    name = os.environ["DISPLAY"]
    cables = Cables(display.VirtualDisplay(name, None))  # type: ignore[arg-type]
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="monitors-") as folder:
        plan = CameraPlan(CAMERAS, Path(folder) / "footage", auth=("operator", "street"))
        with SpawnedCameras(plan) as cameras:
            url = f"sqlite:///{folder}/site.sqlite"
            places = build_site(Path(folder) / "data", url, cameras)
            figures = _orders(places, cables, random.Random(seed), note)
        cables.all_back()
        figures["scaled"] = _scaled(places)
    return {"seed": seed, **figures}


def _orders(
    places: Places, cables: Cables, dice: random.Random, note: Callable[[str], None]
) -> dict[str, Any]:
    make_application()
    bad: list[str] = []
    took: list[float] = []
    done = restarts = still = 0
    last: dict[str, str] = {}
    while done < ORDERS:
        with seat(places, actor=OFFICER) as here:
            cables.settle(here.console)
            before = dict(here.console.monitors.placed.windows)
            if restarts and before != last:
                bad.append(f"after the restart: {before}, before it {last}")
            for _ in range(ORDERS // 4):
                began = time.monotonic()
                order = cables.order(dice)
                cables.settle(here.console)
                took.append(time.monotonic() - began)
                if said := wrong(here.console):
                    bad.append(f"{done} {order}: {said}")
                if not _moves(here.console):
                    still += 1
                    note(f"{done} {order}: a wall stands still")
                done += 1
            last = dict(here.console.monitors.placed.windows)
        restarts += 1
    for line in bad:
        note(line)
    return {
        "orders": done,
        "wrong": len(bad),
        "restarts": restarts - 1,
        "stood_still": still,
        "settled_s": {"p50": percentile(took, 0.5), "max": percentile(took, 1.0)},
    }


def _moves(console: ConsoleApp) -> bool:
    """The walls that are seen paint new pictures."""
    walls = [pane.wall for pane in console.panes if pane.isVisible()]
    before = [dict(wall.painted) for wall in walls]
    shown = [[tile.camera for tile in wall.tiles if tile.camera] for wall in walls]

    def painted() -> bool:
        each = zip(walls, before, shown, strict=True)
        return all(wall.painted[c] > was.get(c, 0) for wall, was, cameras in each for c in cameras)

    try:
        until(painted, "pictures", 15)
    except AssertionError:
        return False
    return True


# Another scale at each monitor --------------------------------------------------


def _scaled(places: Places) -> dict[str, Any]:
    """Qt takes the factors when it starts: a process of its own."""
    env = dict(os.environ, QT_SCREEN_SCALE_FACTORS=SCALES, QT_QPA_PLATFORM="xcb")
    env[_CHILD] = json.dumps([places.db_url, str(places.data), str(places.cache)])
    env.pop("QT_SCALE_FACTOR", None)
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.monitors"], env=env, capture_output=True, timeout=120
    )
    lines = told.stdout.decode().strip().splitlines()
    if told.returncode or not lines:
        return {"wrong": 1, "said": told.stderr.decode()[-300:]}
    figures: dict[str, Any] = json.loads(lines[-1])
    return figures


def child() -> dict[str, Any]:
    """In that process: windows put up, a map sent out, a cable pulled and
    plugged."""
    url, data, cache = json.loads(os.environ[_CHILD])
    make_application()
    bad: list[str] = []
    with seat(Places(url, Path(data), Path(cache)), actor=OFFICER) as here:
        console = here.console
        until(lambda: len(console.monitors.placed.screens) == MONITORS, "three monitors")
        factors = sorted({s.scale for s in console.monitors.placed.screens.values()})
        room = display.VirtualDisplay(os.environ["DISPLAY"], None)  # type: ignore[arg-type]
        second = list(console.monitors.placed.screens)[1]
        steps: tuple[Callable[[], object], ...] = (
            QApplication.processEvents,
            lambda: console.monitors.send("show-map", second),
            lambda: room.unplug(2),
            lambda: room.plug(2),
        )
        for number, step in enumerate(steps):
            step()
            wanted = MONITORS - (number == 2)
            until(lambda: len(console.monitors.placed.screens) == wanted, f"step {number}")  # noqa: B023
            if said := wrong(console):
                bad.append(f"step {number}: {said}")
    return {"factors": len(factors), "scales": factors, "wrong": len(bad), "said": bad}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(child()))
