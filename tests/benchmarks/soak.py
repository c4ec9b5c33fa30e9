"""``bench soak``: does a full wall grow when it runs on and on?

Thirty-six moving tiles beside the desk with case traffic; memory (PSS of the
console and its workers), threads and open files after three minutes and at the
end. The first minutes are left out: rings fill for one minute, caches for
another.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import psutil
from PySide6.QtCore import QTimer, Slot

from console.app import make_application
from console.commands.bench import AtLeast
from console.settings import Places
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from tests.benchmarks.wall import _Round, street

MONITORS = 2
VIRTUAL = True

DEFAULT_SECONDS: Final = 1800
DEFAULT_TILES: Final = 36
#: What is measured before this is not growth, in seconds.
WARM_S: Final = 180.0
EVERY_MS: Final = 15_000


def targets(_args: argparse.Namespace) -> Mapping[str, float]:
    """Memory within a twentieth, no thread and no file more."""
    return {"growth": 0.05, "threads_growth": 0, "files_growth": 2, "fps.min": AtLeast(14.0)}


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Run for ``--seconds`` (default half an hour) and compare."""
    tiles, seconds = int(args.tiles or DEFAULT_TILES), float(args.seconds or DEFAULT_SECONDS)
    make_application()
    with SpawnedCameras(CameraPlan(tiles, cache)) as cameras, street(cameras, cache) as places:
        soak = _Soak(places, tiles, seconds, args.engine, say)
        figures = soak.run()
    return {"tiles": tiles, "minutes": round(seconds / 60, 1), "fps": figures["fps"],
            "age_s": figures["age_s"], "gui": figures["gui"], **soak.grown()}  # fmt: skip


class _Soak(_Round):
    """A round that is weighed every quarter of a minute."""

    def __init__(
        self, places: Places, tiles: int, seconds: float, engine: str, say: Callable[[str], None]
    ) -> None:
        super().__init__(places, tiles, seconds, engine)
        self._say = say
        self._weights: list[tuple[float, float, int, int]] = []
        self._scale = QTimer(self)
        self._scale.setInterval(EVERY_MS)
        self._scale.timeout.connect(self._weigh)

    def run(self) -> dict[str, Any]:
        """The round's figures; the weights are asked for afterwards."""
        self._scale.start()
        figures = super().run()
        return figures

    @Slot()
    def _weigh(self) -> None:
        processes = self._processes()
        at = self._clock.monotonic() - self._started
        memory = sum(p.memory_full_info().pss for p in processes) / 1e6
        threads = sum(p.num_threads() for p in processes)
        self._weights.append((at, memory, threads, sum(_files(p) for p in processes)))
        if len(self._weights) % 8 == 0:
            self._say(f"{at / 60:.0f} min: {memory:.0f} MB, {threads} threads")

    def grown(self) -> dict[str, Any]:
        """Means of the first and the last five weights after the warm-up."""
        warm = [w for w in self._weights if w[0] >= WARM_S] or self._weights
        first, last = warm[:5], warm[-5:]

        def mean(rows: list[tuple[float, float, int, int]], column: int) -> float:
            return sum(row[column] for row in rows) / max(1, len(rows))

        begun, ended = mean(first, 1), mean(last, 1)
        return {
            "rss_mb": {"first": round(begun, 1), "last": round(ended, 1)},
            "growth": round(ended / begun - 1.0, 4) if begun else None,
            "threads_growth": round(mean(last, 2) - mean(first, 2), 1),
            "files_growth": round(mean(last, 3) - mean(first, 3), 1),
        }


def _files(process: psutil.Process) -> int:
    return int(process.num_fds()) if hasattr(process, "num_fds") else 0
