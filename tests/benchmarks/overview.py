"""``bench overview``: all cameras of a district connected at once, each a
thumbnail on one wall, while sixteen of them move on another.

One console a stage: first the sixteen moving tiles alone, then the overview
of more and more cameras beside them. What the overview costs is the
difference. The simulator stands outside and is not counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, QTimer, Slot

from console.app import ConsoleApp, Options, make_application
from console.domain.model import Camera
from console.i18n import language
from console.settings import Places
from console.simulation import district
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from console.widgets.stall_meter import StallMeter
from tests.benchmarks.alarms import percentile
from tests.benchmarks.open_cases import ACTOR
from tests.benchmarks.site import site

#: The desk, the wall with the moving tiles, the wall with the overview.
MONITORS = 3
VIRTUAL = True

MOVING = 16
DEFAULT_CAMERAS = 600
DEFAULT_SECONDS = 12
#: Shares of the cameras whose cost is compared; the last is beyond what is promised.
STEPS = (0.25, 0.5, 1.0, 2.0)
#: 352 × 288 is what old sub streams send; 5 pictures a second, a key frame every 4 s.
SIZE, FPS = (352, 288), 5
RING_S = 30.0
#: Connected and every thumbnail there; for the memory the rings must be full.
SETTLE_S = 6.0
SETTLE_MAX_S = 40.0
#: Every camera's picture is looked at once a second, a twentieth at a time: the
#: measuring must not be what holds the screen up.
LOOKS = 20

TARGETS: Mapping[str, float] = {
    "age_s.p95": 6.0,
    "cpu_over_16_tiles": 0.5,
    "rss_mb": 1000.0,
    "growth_ratio": 1.0,
    "gui.stall_p99_s": 0.010,
    "gui.stall_max_s": 0.1,
}


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md, with ``growth_ratio``: cost a camera at
    the full count over that at a quarter of it."""
    count, seconds = int(args.cameras or DEFAULT_CAMERAS), float(args.seconds or DEFAULT_SECONDS)
    stages = [max(MOVING, round(count * step)) for step in STEPS]
    make_application()
    with SpawnedCameras(CameraPlan(stages[-1], cache, size=SIZE, fps=FPS)) as street:
        say(f"{MOVING} moving tiles alone …")
        alone = _stage(street, cache, MOVING, seconds, overview=False)
        done = []
        for cameras in stages:
            say(f"{cameras} cameras …")
            done.append(_stage(street, cache, cameras, seconds, overview=True))
            over = done[-1]["cpu_total"] - alone["cpu_total"]
            say(f"{over:.2f} cores over the moving tiles, age p95 {done[-1]['age_s']['p95']} s")
    return joined(alone, done, count)


def joined(alone: Mapping[str, Any], done: Sequence[dict[str, Any]], count: int) -> dict[str, Any]:
    """The figures at ``count`` cameras beside the growth of the cost."""
    main = next(stage for stage in done if stage["cameras"] == count)
    base = alone["cpu_total"]
    growth = [
        {
            "cameras": s["cameras"],
            "cpu": round(s["cpu_total"] - base, 3),
            "age_p95_s": s["age_s"]["p95"],
            "rss_mb": s["rss_mb"],
            "pictures_per_s": s["pictures_per_s"],
        }
        for s in done
    ]
    each = [one["cpu"] / max(1, one["cameras"] - MOVING) for one in growth]
    place = [one["cameras"] for one in growth].index(count)
    return {
        **main,
        "cpu_over_16_tiles": round(main["cpu_total"] - base, 3),
        "cpu_16_tiles": base,
        "growth": growth,
        "growth_ratio": round(each[place] / each[0], 2) if each[0] > 0 else None,
    }


def _stage(
    street: SpawnedCameras, cache: Path, cameras: int, seconds: float, *, overview: bool
) -> dict[str, Any]:
    with site(_rows(cameras, street.urls, street.urls_sub), cache) as places:
        return _Stage(places, cameras, seconds, overview).run()


def _rows(count: int, urls: Sequence[str], urls_sub: Sequence[str]) -> tuple[Camera, ...]:
    """Cameras of the district; beyond its positions the same ones once more."""
    table = district.camera_rows(min(count, DEFAULT_CAMERAS))
    return tuple(
        replace(
            table[n % len(table)],
            id=f"cam{n + 1:04d}",
            url=urls[n],
            url_sub=urls_sub[n],
            username="",
        )
        for n in range(count)
    )


class _Stage(QObject):
    """The console for one measurement."""

    def __init__(self, places: Places, cameras: int, seconds: float, overview: bool) -> None:
        super().__init__()
        self._cameras, self._seconds, self._overview = cameras, seconds, overview
        self._app = make_application()
        options = Options(places, lang=language(), actor=ACTOR, layout=str(MOVING), ring_seconds=RING_S)
        self.console = ConsoleApp(self._app, options, self)
        self._clock = self.console.engine.clock
        self.meter = StallMeter(self)
        self._started = self._begun = 0.0
        self._measuring = False
        self._cpu: dict[int, float] = {}
        self._seqs = 0
        self._ages: list[float] = []
        self._figures: dict[str, Any] = {}
        self._sampler = QTimer(self)
        self._turn = 0
        self._sampler.setInterval(1000 // LOOKS)
        self._sampler.timeout.connect(self._sample)

    def run(self) -> dict[str, Any]:
        """Start, settle, measure, stop."""
        self.console.start()
        second = self.console.named_panes["wall-2"]
        if self._overview:
            second.wall.overviewRequested.emit()
        else:
            second.window().hide()
        self._started = self._clock.monotonic()
        self._sampler.start()
        try:
            self._app.exec()
        finally:
            self._sampler.stop()
            self.meter.stop()
            self.console.stop()
            self.deleteLater()
        return self._figures

    @property
    def _feeds(self) -> Any:
        feeds = self.console.engine.feeds
        assert feeds is not None
        return feeds

    @Slot()
    def _sample(self) -> None:
        now = self._clock.monotonic()
        passed = now - self._started
        self._turn += 1
        if not self._measuring:
            if self._turn % LOOKS:
                return
            full = passed >= RING_S + SETTLE_S or self._cameras != DEFAULT_CAMERAS
            if (passed >= SETTLE_S and full and self._all_there()) or passed >= SETTLE_MAX_S:
                self._begin(now)
            return
        self._ages += self._look(now)
        if now - self._begun >= self._seconds:
            self._close(now)
            self._app.quit()

    def _look(self, now: float) -> list[float]:
        some = self.console.cameras[self._turn % LOOKS :: LOOKS]
        pictures = (self._feeds.read(camera.id, 0) for camera in some)
        return [now - p.captured_monotonic if p is not None else now - self._started for p in pictures]

    def _all_there(self) -> bool:
        return not self._overview or all(self._feeds.slots.seq(c.id) for c in self.console.cameras)

    def _processes(self) -> list[psutil.Process]:
        return [psutil.Process(), *(psutil.Process(pid) for pid in self._feeds.worker_pids())]

    def _begin(self, now: float) -> None:
        self._measuring, self._begun = True, now
        self._cpu = {p.pid: _cpu_s(p) for p in self._processes()}
        self._seqs = self._pictures()
        self.meter.start()

    def _pictures(self) -> int:
        return sum(self._feeds.slots.seq(camera.id) for camera in self.console.cameras)

    def _close(self, now: float) -> None:
        passed = now - self._begun
        self.meter.stop()
        used = [(_cpu_s(p) - self._cpu.get(p.pid, 0.0)) / passed for p in self._processes()]
        self._figures = {
            "cameras": self._cameras,
            "age_s": {key: percentile(self._ages, share) for key, share in
                      (("p50", 0.5), ("p95", 0.95), ("max", 1.0))},
            "pictures_per_s": round((self._pictures() - self._seqs) / passed, 1),
            "cpu_total": round(sum(used), 3),
            "cpu": {"gui": round(used[0], 3), "workers": round(sum(used[1:]), 3)},
            "rss_mb": round(sum(p.memory_full_info().pss for p in self._processes()) / 1e6, 1),
            "gui": self.meter.figures(),
        }  # fmt: skip


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
