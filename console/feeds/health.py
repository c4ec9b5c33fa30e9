"""What is known of every camera, judged anew whenever somebody asks."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime

from console.domain.vocabulary import FeedState
from console.feeds.camera_clock import offset_s
from console.feeds.messages import Report
from console.feeds.recovery import Recovery
from console.feeds.sources import MOVING, FeedSource
from console.feeds.states import LOST_S, FeedFacts, judge
from console.services.ports import Budget, FeedHealth


class HealthBook:
    """The workers' last reports and since when each state has held. Not
    thread-safe: the pool locks."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self._states: dict[str, tuple[FeedState, datetime]] = {}
        self._recoveries: dict[str, Recovery] = {}

    def take(self, reports: Iterable[Report], cameras: Container[str], now: float) -> None:
        """Remember a worker's reports of the cameras that still exist, which came
        at the monotonic instant ``now``. They are judged here as well, so that a
        failure between two questions is not overlooked."""
        for report in reports:
            if report.camera in cameras:
                self.reports[report.camera] = report
                self._told(report, now)

    def _told(self, report: Report, now: float) -> tuple[FeedState, str]:
        recovery = self._recoveries.get(report.camera)
        if recovery is None:
            recovery = self._recoveries[report.camera] = Recovery()
        return recovery.tell(*judge(report.facts(), now), now)

    def forget(self, camera: str) -> None:
        """A camera is gone."""
        self.reports.pop(camera, None)
        self._states.pop(camera, None)
        self._recoveries.pop(camera, None)

    def of(self, source: FeedSource, budget: Budget, now: float, at: datetime) -> FeedHealth:
        """Health at the monotonic instant ``now``, which is ``at`` in UTC.
        Ages are counted to now, so a worker that fell silent makes its
        cameras stale by itself."""
        camera, report = source.id, self.reports.get(source.id)
        if report is None:
            state, reason = judge(FeedFacts(phase="connecting" if source.enabled else "off"), now)
            since = self._since(camera, state, at)
            return FeedHealth(camera, state, None, None, 0.0, 0.0, "", 0, 0, reason, since)
        state, reason = self._told(report, now)
        if state is FeedState.LIVE and not reason:
            reason = report.note
        fresh = report.last_packet is not None and now - report.last_packet < LOST_S
        fps = report.picture_fps if budget.mode == MOVING else report.unit_fps
        return FeedHealth(
            camera,
            state,
            None if report.last_packet is None else max(0.0, now - report.last_packet),
            None if report.last_picture is None else max(0.0, now - report.last_picture),
            fps if fresh else 0.0,
            report.kbit_s if fresh else 0.0,
            report.codec,
            report.width,
            report.height,
            reason,
            self._since(camera, state, at),
            report.picture_interval,
            clock_offset_s=offset_s(report.camera_clock, now, at.timestamp()),
            key_gap_s=report.key_gap,
            falls=self._recoveries[camera].falls,
            stream=report.stream,
        )

    def _since(self, camera: str, state: FeedState, at: datetime) -> datetime:
        before = self._states.get(camera)
        if before is None or before[0] is not state:
            before = self._states[camera] = (state, at)
        return before[1]
