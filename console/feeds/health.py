"""What is known of every camera, judged anew whenever somebody asks.

A camera that is calm (:mod:`console.feeds.telling`) and live is judged when its
report comes, on the thread that reads the pipe: asking for six hundred of them
costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from console.domain.vocabulary import FeedState
from console.feeds.camera_clock import offset_s
from console.feeds.messages import REPORT_S, Report
from console.feeds.recovery import Recovery
from console.feeds.sources import MOVING, FeedSource
from console.feeds.states import LOST_S, FeedFacts, judge
from console.feeds.telling import calm
from console.services.ports import Budget, FeedHealth

#: A worker that has not reported for this long does not vouch for cameras any
#: more, s: their ages grow from its last report on.
VOUCH_S: Final = 2 * REPORT_S


class _Told(NamedTuple):
    """A report, when it was made, and the worker that made it."""

    report: Report
    at: float
    worker: int
    calm: bool


class HealthBook:
    """The workers' last reports and since when each state has held. Not
    thread-safe: the pool locks."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self._told: dict[str, _Told] = {}
        self._beats: dict[int, float] = {}
        self._views: dict[str, FeedHealth] = {}
        self._states: dict[str, tuple[FeedState, datetime]] = {}
        self._recoveries: dict[str, Recovery] = {}
        self.judged = 0
        """Health worked out so far, for measurements."""

    def take(
        self,
        reports: Iterable[Report],
        cameras: Mapping[str, FeedSource],
        budget: Callable[[str], Budget],
        when: tuple[float, float, datetime],
        worker: int = 0,
    ) -> None:
        """Remember the reports of ``worker`` on the cameras that still exist.
        ``when``: the monotonic instants at which they were made and came, and
        the latter in UTC. They are judged here as well, so that a failure
        between two questions is not overlooked."""
        at, now, utc = when
        for report in reports:
            camera = report.camera
            source = cameras.get(camera)
            if source is not None:
                told = _Told(report, at, worker, calm(report, at))
                self.reports[camera], self._told[camera] = report, told
                self._keep(camera, self.of(source, budget(camera), now, utc))

    def _keep(self, camera: str, view: FeedHealth) -> FeedHealth:
        told = self._told.get(camera)
        if told is not None and told.calm and view.state is FeedState.LIVE:
            self._views[camera] = view
        else:
            self._views.pop(camera, None)
        return view

    def beat(self, worker: int, at: float) -> None:
        """A worker's whole report of the instant ``at`` has been taken: its calm
        cameras not named in it are as they were."""
        self._beats[worker] = at

    def _judge(self, told: _Told, now: float) -> tuple[FeedState, str]:
        camera = told.report.camera
        recovery = self._recoveries.get(camera)
        if recovery is None:
            recovery = self._recoveries[camera] = Recovery()
        return recovery.tell(*judge(self._facts(told), now), now)

    def _facts(self, told: _Told) -> FeedFacts:
        """What the state is judged by. The ages of a calm camera stand still
        until its worker's last report, and grow from there."""
        facts = told.report.facts()
        passed = max(0.0, self._beats.get(told.worker, 0.0) - told.at) if told.calm else 0.0
        return facts.later(passed) if passed else facts

    def forget(self, camera: str) -> None:
        """A camera is gone."""
        self.reports.pop(camera, None)
        self._told.pop(camera, None)
        self._views.pop(camera, None)
        self._states.pop(camera, None)
        self._recoveries.pop(camera, None)

    def all(
        self, sources: Iterable[FeedSource], budget: Callable[[str], Budget], now: float, at: datetime
    ) -> dict[str, FeedHealth]:
        """Health of ``sources`` at the monotonic instant ``now``, which is ``at``
        in UTC. For a calm live camera it is the very object of the last time."""
        late = {worker for worker, beat in self._beats.items() if now - beat > VOUCH_S}
        views, found = self._views, {}
        for source in sources:
            camera = source.id
            view = views.get(camera)
            if view is None or (late and self._told[camera].worker in late):
                view = self._keep(camera, self.of(source, budget(camera), now, at))
            found[camera] = view
        return found

    def of(self, source: FeedSource, budget: Budget, now: float, at: datetime) -> FeedHealth:
        """Health of one camera, worked out. Ages are counted to now, so a
        worker that fell silent makes its cameras stale by itself."""
        self.judged += 1
        camera, told = source.id, self._told.get(source.id)
        if told is None:
            state, reason = judge(FeedFacts(phase="connecting" if source.enabled else "off"), now)
            since = self._since(camera, state, at)
            return FeedHealth(camera, state, None, None, 0.0, 0.0, "", 0, 0, reason, since)
        report, facts = told.report, self._facts(told)
        state, reason = self._judge(told, now)
        if state is FeedState.LIVE and not reason:
            reason = report.note or _picture_trouble(report)
        fresh = facts.last_packet is not None and now - facts.last_packet < LOST_S
        fps = report.picture_fps if budget.mode == MOVING else report.unit_fps
        return FeedHealth(
            camera,
            state,
            None if facts.last_packet is None else max(0.0, now - facts.last_packet),
            None if facts.last_picture is None else max(0.0, now - facts.last_picture),
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
            covered_since=_utc(report.covered_since, now, at),
            torn_since=_utc(report.torn_since, now, at),
        )

    def _since(self, camera: str, state: FeedState, at: datetime) -> datetime:
        before = self._states.get(camera)
        if before is None or before[0] is not state:
            before = self._states[camera] = (state, at)
        return before[1]


def _picture_trouble(report: Report) -> str:
    """Why a live picture is of little use."""
    if report.covered_since is not None:
        return "covered"
    return "torn" if report.torn_since is not None else ""


def _utc(instant: float | None, now: float, at: datetime) -> datetime | None:
    """A monotonic instant as the time it was, when ``now`` is ``at``."""
    return None if instant is None else at - timedelta(seconds=now - instant)
