"""What the governor judges by: how the workers and the machine do right now."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import psutil

from console.feeds.governor import Load
from console.feeds.messages import Report
from console.feeds.pool import FeedPool
from console.feeds.sources import MOVING


class Workload:
    """Read it about once a second: the machine's CPU is that since the last
    reading. Cheap; it waits for nobody."""

    def __init__(self, pool: FeedPool) -> None:
        self._pool = pool
        psutil.cpu_percent(None)

    def read(self) -> tuple[Load, dict[str, int]]:
        """The load, and the points of a picture of every camera heard of."""
        reports = self._pool.reports()
        ages = [age for facts in self._pool.worker_facts() for age in facts.ages_s]
        moving = [r for camera, r in reports.items() if self._pool.budget(camera).mode == MOVING]
        # libVLC shows every picture more than half a second late by design:
        # under it age says nothing of the load.
        age = None if self._pool.engine == "vlc" else late(ages)
        load = Load(psutil.cpu_percent(None) / 100, age, delivered(moving))
        return load, {camera: r.width * r.height for camera, r in reports.items()}


def late(ages: Sequence[float]) -> float | None:
    """The 95th percentile (nearest rank)."""
    ordered = sorted(ages)
    return ordered[-(-95 * len(ordered) // 100) - 1] if ordered else None


def delivered(reports: Sequence[Report]) -> float | None:
    """How many of the pictures that came were decoded in time: the median
    over the cameras, since one that sends rubbish says nothing of the load."""
    shares = [
        min(1.0, report.picture_fps / report.unit_fps)
        for report in reports
        if report.phase == "playing" and report.unit_fps > 0 and not report.decode_errors
    ]
    return statistics.median(shares) if shares else None
