"""``bench wall``: a full wall of moving tiles beside the desk, with a live
database, against what decoding alone costs.

Three rounds; in each the bare decoder first, then the whole console, on the
same simulated cameras. Medians of the rounds; the worst round where the worst
counts (stalls).
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, QTimer, Slot

from console.app import ConsoleApp, Options, make_application
from console.commands.bench import AtLeast
from console.domain.errors import Refusal
from console.i18n import language
from console.settings import Places
from console.simulation import district, opening
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from console.simulation.stills import Stills
from console.simulation.traffic import Traffic
from console.widgets.layouts import nearest
from console.widgets.stall_meter import StallMeter
from console.widgets.wall import WallWidget
from console.worker import Rank
from tests.benchmarks import bare_decoder, compositor
from tests.benchmarks.alarms import percentile
from tests.benchmarks.open_cases import ACTOR
from tests.benchmarks.site import site
from tests.benchmarks.wall_change import Turns

#: A desk on one monitor, the wall on another; always virtual ones, so that
#: every machine paints the same 1920 × 1080.
MONITORS = 2
VIRTUAL = True

ROUNDS = 3
DEFAULT_SECONDS = 20
DEFAULT_TILES = 36
#: What tiles show of a simulated camera, and its key-frame interval in seconds.
SOURCE = {"w": 640, "h": 360, "fps": 15}
KEY_GAP_S = 2.0
#: The wall has come to rest: connected, and the list of moving tiles steady.
SETTLE_S = 8.0
STEADY_S = 8.0
SETTLE_MAX_S = 60.0

_STALLS = {"gui.stall_p99_s": 0.010, "gui.stall_max_s": 0.1}


def targets(args: argparse.Namespace) -> Mapping[str, float]:
    """README's promises for a wall that two cores can decode, and for a
    larger one."""
    if _tiles(args) <= DEFAULT_TILES and str(getattr(args, "engine", "av")) == "vlc":
        # The engine a site may choose, not the default: libVLC keeps its pictures back.
        return {"moving": AtLeast(_tiles(args)), "fps.min": AtLeast(14.0), "cpu.ratio": 1.4, **_STALLS}
    if _tiles(args) <= DEFAULT_TILES:
        return {
            "moving": AtLeast(_tiles(args)),
            "fps.min": AtLeast(14.0),
            "age_s.p95": 0.12,
            "cpu.ratio": 1.0,
            "change.live_p95_s": 3.0,
            "change.all_s": 4.0,
            **_STALLS,
        }
    return {
        "moving": AtLeast(40),
        "fps.min": AtLeast(12.0),
        "age_s.p95": 0.25,
        "age_s.slow_max": 1.5 * KEY_GAP_S,
        "painted_ratio": AtLeast(1.0),
        "steady_s": AtLeast(5.0),
        **_STALLS,
    }


def _tiles(args: argparse.Namespace) -> int:
    return int(args.tiles or DEFAULT_TILES)


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md."""
    tiles, seconds = _tiles(args), float(args.seconds or DEFAULT_SECONDS)
    engine = str(getattr(args, "engine", "av"))
    make_application()
    references, rounds, mosaics = [], [], []
    with SpawnedCameras(CameraPlan(tiles, cache)) as cameras:
        for number in range(ROUNDS):
            say(f"round {number + 1} of {ROUNDS}: bare decoder …")
            references.append(bare_decoder.measure(cameras.urls_sub, seconds))
            if tiles <= DEFAULT_TILES:
                say(f"round {number + 1} of {ROUNDS}: GStreamer's compositor …")
                mosaics.append(compositor.measure(cameras.urls_sub, seconds, SOURCE["fps"]))
            say(f"round {number + 1} of {ROUNDS}: console …")
            with street(cameras, cache) as places:
                rounds.append(_Round(places, tiles, seconds, engine).run())
    change = _change(tiles, cache, say) if tiles <= DEFAULT_TILES else {}
    reference_cpu = statistics.median(r.cpu for r in references)
    reference_per_s = statistics.median(r.per_s for r in references)
    return {"tiles": tiles, "engine": engine, "source": SOURCE,
            **_joined(rounds, reference_cpu, reference_per_s),
            **({"compositor": _beside(mosaics)} if mosaics else {}),
            **({"change": change} if change else {})}  # fmt: skip


def _change(tiles: int, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Pages turned on a site with twice as many cameras as tiles."""
    say("turning pages …")
    with SpawnedCameras(CameraPlan(2 * tiles, cache)) as cameras, street(cameras, cache) as places:
        return Turns(places, tiles).run()


def _beside(mosaics: Sequence[compositor.Mosaic | None]) -> dict[str, float] | None:
    """What a mosaic by GStreamer costs; ``None`` where it is not installed."""
    there = [mosaic for mosaic in mosaics if mosaic is not None]
    if not there:
        return None
    return {
        "cpu": round(statistics.median(m.cpu for m in there), 3),
        "per_s": round(statistics.median(m.per_s for m in there), 1),
    }


def _joined(rounds: Sequence[dict[str, Any]], cpu: float, per_s: float) -> dict[str, Any]:
    """Medians over the rounds; of the stalls the worst."""

    def mid(*path: str) -> float:
        """Median of one figure; what a round could not say is left out."""
        return _median(rounds, path)

    total = mid("cpu", "gui") + mid("cpu", "workers")
    return {
        "moving": int(min(r["moving"] for r in rounds)),
        "fps": {"min": mid("fps", "min"), "mean": mid("fps", "mean")},
        "age_s": {key: mid("age_s", key) for key in ("p50", "p95", "slow_max")},
        "cpu": {"gui": mid("cpu", "gui"), "workers": mid("cpu", "workers"), "total": round(total, 3),
                "reference": round(cpu, 3), "ratio": round(total / cpu, 3) if cpu else None},
        "painted_per_s": mid("painted_per_s"),
        "reference_per_s": round(per_s, 1),
        # Two digits: a picture more or less a tile at the edges is no difference.
        "painted_ratio": round(mid("painted_per_s") / per_s, 2) if per_s else None,
        "gui": {"stall_p99_s": mid("gui", "stall_p99_s"),
                "stall_max_s": max(r["gui"]["stall_max_s"] for r in rounds)},
        "rss_mb": mid("rss_mb"),
        "steady_s": min(r["steady_s"] for r in rounds),
        "dropped": rounds[-1]["dropped"],
    }  # fmt: skip


def _median(rounds: Sequence[dict[str, Any]], path: Sequence[str]) -> float:
    values = []
    for figures in rounds:
        value: Any = figures
        for part in path:
            value = value[part]
        if value is not None:
            values.append(float(value))
    return round(statistics.median(values), 4) if values else 0.0


def street(cameras: SpawnedCameras, cache: Path) -> contextlib.AbstractContextManager[Places]:
    """A site with the simulator's cameras."""
    return site(district.camera_rows(cameras.plan.count, cameras.urls, cameras.urls_sub), cache)


class _Round(QObject):
    """The console for one measurement."""

    def __init__(self, places: Places, tiles: int, seconds: float, engine: str) -> None:
        super().__init__()
        self._tiles, self._seconds = tiles, seconds
        self._app = make_application()
        layout = nearest(tiles)
        self.console = ConsoleApp(
            self._app,
            Options(places, lang=language(), actor=ACTOR, layout=layout, engine=engine),
            self,
        )
        engine = self.console.engine
        self._clock = engine.clock
        self._traffic: Traffic = opening.begin(
            engine.store.uows, engine.clock, engine.services.store, cases_per_hour=60.0, speed=1.0,
            burst=False, lang=language(), stills=Stills(places.data / "stills"),
        )  # fmt: skip
        self.meter = StallMeter(self)
        self._phase = "settling"
        self._started = self._begun = self._moved_at = 0.0
        self._list: frozenset[str] = frozenset()
        self._always: frozenset[str] = frozenset()
        self._least = tiles
        self._steady = float("inf")
        self._before: dict[str, tuple[int, int]] = {}
        self._cpu: dict[int, float] = {}
        self._ages: list[float] = []
        self._slow_ages: list[float] = []
        self._figures: dict[str, Any] = {}
        self._traffic_timer = QTimer(self)
        self._traffic_timer.setInterval(500)
        self._traffic_timer.timeout.connect(self._live)
        self._sampler = QTimer(self)
        self._sampler.setInterval(100)
        self._sampler.timeout.connect(self._sample)

    def run(self) -> dict[str, Any]:
        """Start, settle, measure, stop; the figures of the round."""
        self.console.start()
        self._started = self._moved_at = self._clock.monotonic()
        self._traffic_timer.start()
        self._sampler.start()
        try:
            self._app.exec()
        finally:
            for timer in (self._traffic_timer, self._sampler):
                timer.stop()
            self.meter.stop()
            self.console.stop()
            self.deleteLater()
        return self._figures

    @property
    def wall(self) -> WallWidget:
        """The wall on the second monitor."""
        for pane in self.console.panes:
            if pane.isVisible() and len(pane.wall.tiles) >= self._tiles:
                return pane.wall
        raise Refusal("no_display", "run")

    @Slot()
    def _live(self) -> None:
        self.console.engine.worker.call(self._step, Rank.BACKGROUND, "traffic")

    def _step(self) -> None:
        self._traffic.step(self._clock.now())

    # -- sampling -------------------------------------------------------------
    @Slot()
    def _sample(self) -> None:
        now = self._clock.monotonic()
        moving = self._moving()
        if moving != self._list:
            if self._phase == "measuring":
                self._steady = min(self._steady, now - self._moved_at)
            self._list, self._moved_at = moving, now
        if self._phase == "settling":
            if self.wall.lending:
                # An alarm would hide cameras whose pictures are counted.
                self.wall.use_alarm_tiles("none")
            passed = now - self._started
            rested = passed >= SETTLE_S and now - self._moved_at >= STEADY_S
            if (rested and self._all_live()) or passed >= SETTLE_MAX_S:
                self._begin(now)
            return
        self._always &= moving
        self._least = min(self._least, len(moving))
        for tile in self.wall.tiles:
            if tile.camera and tile.captured_monotonic is not None:
                ages = self._ages if tile.camera in moving else self._slow_ages
                ages.append(now - tile.captured_monotonic)
        if now - self._begun >= self._seconds:
            self._close(now)
            self._app.quit()

    def _moving(self) -> frozenset[str]:
        feeds = self.console.engine.feeds
        assert feeds is not None
        shown = [tile.camera for tile in self.wall.tiles if tile.camera]
        return frozenset(camera for camera in shown if feeds.budget(camera).mode == "moving")

    def _all_live(self) -> bool:
        return all(tile.truth.current for tile in self.wall.tiles if tile.camera)

    def _counts(self) -> dict[str, tuple[int, int]]:
        """Per camera: times painted, pictures decoded. A tile is painted for
        other reasons too; the smaller growth is what was new on the screen."""
        feeds = self.console.engine.feeds
        assert feeds is not None
        wall = self.wall
        cameras = [tile.camera for tile in wall.tiles if tile.camera]
        return {camera: (wall.painted[camera], feeds.slots.seq(camera)) for camera in cameras}

    def _processes(self) -> list[psutil.Process]:
        feeds = self.console.engine.feeds
        assert feeds is not None
        return [psutil.Process(), *(psutil.Process(pid) for pid in feeds.worker_pids())]

    def _begin(self, now: float) -> None:
        self._phase = "measuring"
        self._begun, self._always = now, self._list
        self._least = len(self._list)
        self._before = self._counts()
        self._cpu = {p.pid: _cpu_s(p) for p in self._processes()}
        self.meter.start()

    def _close(self, now: float) -> None:
        passed = now - self._begun
        self._steady = min(self._steady, now - self._moved_at)
        self.meter.stop()
        used = [(_cpu_s(p) - self._cpu.get(p.pid, 0.0)) / passed for p in self._processes()]
        fps = {
            camera: min(painted - self._before[camera][0], seq - self._before[camera][1]) / passed
            for camera, (painted, seq) in self._counts().items()
        }
        moved = sorted(fps[camera] for camera in self._always)
        self._figures = {
            "moving": self._least,
            "fps": {"min": round(moved[0], 2) if moved else 0.0,
                    "mean": round(sum(moved) / len(moved), 2) if moved else 0.0},
            "age_s": {"p50": percentile(self._ages, 0.5), "p95": percentile(self._ages, 0.95),
                      "slow_max": percentile(self._slow_ages, 1.0)},
            "cpu": {"gui": round(used[0], 3), "workers": round(sum(used[1:]), 3)},
            "painted_per_s": round(sum(fps.values()), 1),
            "gui": self.meter.figures(),
            "rss_mb": round(sum(p.memory_full_info().pss for p in self._processes()) / 1e6, 1),
            "steady_s": round(self._steady, 1),
            "dropped": sorted(camera for camera in fps if camera not in self._list),
        }  # fmt: skip


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
