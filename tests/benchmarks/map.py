"""``bench map``: the map page with thousands of open cases and 1,200 cameras,
moved by hand. Alone in its process: what is measured is what the map itself
asks of the windows' thread."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.app import make_application
from console.bridge import Bridge
from console.domain.model import Camera
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_page import MapPage
from console.widgets.map_tiles import TileStore
from console.widgets.stall_meter import StallMeter
from console.wiring.map_workshop import GroundDone, MapWorkshop
from tests.benchmarks.alarms import percentile
from tests.gui import map_kit
from tests.gui.desk_rig import HandClock

DEFAULT_CAMERAS = 1200
ROUNDS = 60
TARGETS: Mapping[str, float] = {
    "tick_s.p95": 0.008,
    "paint_s.p95": 0.020,
    "pan_s.p95": 0.020,
    "change_s.p99": 0.050,
}


class _Bench(QObject):
    """A page with its thread."""

    def __init__(self, cases: int, cameras: int) -> None:
        super().__init__()
        self.clock = HandClock()
        self.ticker = Ticker(self.clock)
        self.bridge = Bridge(self)
        self.bridge.posted.connect(self._posted)
        self.shop = MapWorkshop(self.bridge.post)
        theme = Theme()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app)
        self.page = MapPage(theme, self.ticker, TileStore(self.shop.decode))
        self.page.view.paint_grounds_with(self.shop.paint)
        self.page.resize(1440, 860)
        self.cards = list(map_kit.cards(cases))
        self.page.set_ground(map_kit.ground())
        self.page.view.set_cameras(many(cameras))
        live = next(iter(map_kit.health().values()))
        self.page.view.set_health({c.id: replace(live, camera=c.id) for c in many(cameras)})
        self.page.set_cards(self.cards)
        self.page.show()

    @Slot(object)
    def _posted(self, what: object) -> None:
        if isinstance(what, GroundDone):
            what.job.owner.take_ground(what.job.turn, what.image)

    def paint(self) -> None:
        self.page.view.repaint()

    def pan(self) -> None:
        view = self.page.view
        view.go(view.view.panned(7, 4))
        view.repaint()

    def zoom(self) -> None:
        view = self.page.view
        view.go(view.view.zoomed(1.19 if view.view.metres > 0.8 else 0.2))
        view.repaint()

    def tick(self) -> None:
        self.clock.at += timedelta(seconds=1)
        self.ticker.tick.emit(self.clock.at)

    def change(self) -> None:
        """A board in which one case changed."""
        at = random.randrange(len(self.cards))
        self.cards[at] = replace(self.cards[at], version=self.cards[at].version + 1)
        self.page.set_cards(list[CaseCard](self.cards))

    def close(self) -> None:
        self.shop.stop()
        self.bridge.close()
        self.page.close()


def many(count: int) -> tuple[Camera, ...]:
    """The district's cameras, and their neighbours some metres on."""
    found = []
    for number in range(count):
        camera = map_kit.CAMERAS[number % len(map_kit.CAMERAS)]
        again = number // len(map_kit.CAMERAS)
        lon, lat = (camera.lon or 0.0) + 0.0004 * again, (camera.lat or 0.0) + 0.0002 * again
        found.append(replace(camera, id=f"cam{number + 1:04d}", lon=lon, lat=lat))
    return tuple(found)


def _timed(run: Callable[[], None], rounds: int) -> list[float]:
    took = []
    for _ in range(rounds):
        begun = time.thread_time()
        run()
        took.append(time.thread_time() - begun)
        QTest.qWait(15)
    return took


def _shares(took: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": percentile(took, share / 100) or 0.0 for share in (50, 95, 99)}


def run(args: argparse.Namespace, cache: Path, note: Callable[[str], None]) -> dict[str, Any]:
    """CPU seconds of the windows' thread (so that a busy machine does not
    count), but for the stalls, which are what a hand feels."""
    make_application()
    cameras = args.cameras or DEFAULT_CAMERAS
    bench = _Bench(args.cases, cameras)
    try:
        QTest.qWait(1500)
        meter = StallMeter()
        meter.start()
        figures: dict[str, Any] = {
            "cases": args.cases,
            "cameras": cameras,
            "marks": len(bench.page.view.marks),
        }
        for name in ("paint", "pan", "zoom", "tick", "change"):
            figures[f"{name}_s"] = _shares(_timed(getattr(bench, name), ROUNDS))
        meter.stop()
        figures["gui"] = meter.figures()
    finally:
        bench.close()
    return figures
