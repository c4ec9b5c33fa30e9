"""``bench map``: the map page with thousands of open cases and 1,200 cameras,
moved by hand. Alone in its process: what is measured is what the map itself
asks of the windows' thread."""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console import memory
from console.app import make_application
from console.bridge import Bridge
from console.domain.model import Camera
from console.engine import SWITCH_S
from console.i18n import language
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_page import MapPage
from console.widgets.map_static import GroundPainter
from console.widgets.map_tiles import TileStore
from console.widgets.stall_meter import StallMeter
from console.windows.language import switch_language
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
    "gui.stall_p99_s": 0.030,
    "ground_gui_s.max": 0.030,
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
        self.theme = theme = Theme()
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
        self.gui = threading.get_ident()
        self.grounds: list[tuple[int, float]] = []
        plain = GroundPainter.image

        def timed(painter: GroundPainter, *what: Any) -> QImage:
            begun = time.thread_time()
            made = plain(painter, *what)
            self.grounds.append((threading.get_ident(), time.thread_time() - begun))
            return made

        self._plain, GroundPainter.image = plain, timed  # type: ignore[method-assign]

    @Slot(object)
    def _posted(self, what: object) -> None:
        if isinstance(what, GroundDone):
            what.job.owner.take_ground(what.job.turn, what.image)

    def first(self) -> None:
        """The page is looked at, until its ground stands."""
        self.page.show()
        self._stands(0)

    def theme_other(self) -> None:
        """The other theme."""
        before = self.page.view.painted["ground"]
        self.theme.use("light" if self.theme.dark else "dark")
        self._stands(before)

    def language_other(self) -> None:
        """The other language."""
        before = self.page.view.painted["ground"]
        switch_language("en" if language() == "zh" else "zh")
        self.page.view.repaint_all()
        self._stands(before)

    def _stands(self, before: int) -> None:
        end = time.monotonic() + 30.0
        while self.page.view.painted["ground"] == before and time.monotonic() < end:
            QTest.qWait(10)

    def in_gui(self) -> list[float]:
        """CPU seconds of the grounds that the windows' own thread painted."""
        return [took for thread, took in self.grounds if thread == self.gui]

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
        GroundPainter.image = self._plain  # type: ignore[method-assign]
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
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)  # as the engine does
    cameras = args.cameras or DEFAULT_CAMERAS
    bench = _Bench(args.cases, cameras)
    try:
        figures: dict[str, Any] = {
            "cases": args.cases,
            "cameras": cameras,
        }
        meter = StallMeter()
        # Each from a quiet second on: what a hand feels is counted for each alone.
        for name in ("first", "theme_other", "language_other"):
            QTest.qWait(500)
            meter.start()
            getattr(bench, name)()
            QTest.qWait(100)
            meter.stop()
            figures[name] = meter.figures()
        figures["marks"] = len(bench.page.view.marks)
        memory.settle()  # as the console does after its first board
        QTest.qWait(1000)
        meter.start()
        for name in ("paint", "pan", "zoom", "tick", "change"):
            figures[f"{name}_s"] = _shares(_timed(getattr(bench, name), ROUNDS))
        meter.stop()
        figures["gui"] = meter.figures()
        here = bench.in_gui()
        figures["ground_gui_s"] = {"count": len(here), "max": round(max(here, default=0.0), 4)}
        figures["grounds"] = len(bench.grounds)
    finally:
        memory.unsettle()
        sys.setswitchinterval(before)
        bench.close()
    return figures
