"""``bench faults``: forty simulated cameras, ten of them broken in ten ways, again
and again; what each is called, how soon, and what the other thirty notice.

The feeds run as in the console (workers, decoders, slots) without windows: what
a tile says is the word of ``FeedPool.health``. The cameras are small (352×288 at
15 fps) so that the machine is not the fault. At the end a worker is killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from console.clock import SystemClock
from console.commands.bench import AtLeast
from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from tests.benchmarks.alarms import percentile

CAMERAS: Final = 40
SIZE: Final = (352, 288)
FPS: Final = 15
DEFAULT_SECONDS: Final = 600
#: One round: broken for this long, then whole for this long, in seconds.
BROKEN_S: Final = 20.0
WHOLE_S: Final = 14.0
SETTLE_S: Final = 30.0
WINDOW_S: Final = 10.0
LOOK_S: Final = 0.1

_QUIET = frozenset({FeedState.STALE, FeedState.LOST, FeedState.BACKOFF})
#: Kind → what its tile must say, within how many seconds, and why that word.
EXPECTED: Final[Mapping[str, tuple[tuple[frozenset[FeedState], float], ...]]] = {
    # Open connection, no packets: stale at once, lost after 10 s (DESIGN §9).
    "stall": ((_QUIET, 5.0), (frozenset({FeedState.LOST}), 11.0)),
    # The camera is gone; that it is being called again is said as the reason.
    "cut": ((_QUIET, 5.0), (frozenset({FeedState.LOST}), 11.0)),
    # Three seconds up, three down: within the first outage it is not live.
    "flap": ((_QUIET | {FeedState.CONNECTING}, 8.0),),
    # Ten seconds of the same picture, and the interval between two looks.
    "freeze": ((frozenset({FeedState.FROZEN}), 15.0),),
    "garbage": ((frozenset({FeedState.BAD_DATA}), 5.0),),
    # A picture in six seconds: its age says stale; "slow" is no state of its own.
    "slow": ((frozenset({FeedState.STALE}), 5.0),),
    "auth": ((frozenset({FeedState.UNAUTHORISED}), 5.0),),
    "missing": ((frozenset({FeedState.NOT_FOUND}), 5.0),),
    # It takes the connection and never answers: like a stall.
    "mute": ((_QUIET, 5.0), (frozenset({FeedState.LOST}), 11.0)),
}
#: The broken cameras, from number 1; the tenth is a second cut.
BROKEN: Final = (*EXPECTED, "cut")

TARGETS: Final[Mapping[str, float]] = {
    "misnamed": 0,
    "late": 0,
    "healed_s.p95": 5.0,
    "healed_s.max": 6.0,
    "healthy_fps_min": AtLeast(14.0),
    "false_words": 0,
    "back_s": 5.0,
    "rss_growth": 0.05,
    "threads_growth": 0,
}


@dataclass
class _Tally:
    """What was seen so far."""

    named: dict[tuple[str, int], list[float | None]] = field(default_factory=dict)
    shown: dict[tuple[str, int], str] = field(default_factory=dict)
    healed: list[tuple[float, str]] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)
    false_words: set[str] = field(default_factory=set)


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shape of CLI.md, with ``late``, ``misnamed`` and
    ``false_words`` (healthy cameras that were called anything but live)."""
    seconds = float(args.seconds or DEFAULT_SECONDS)
    with SpawnedCameras(CameraPlan(CAMERAS, cache, size=SIZE, fps=FPS)) as cameras:
        sources = [FeedSource(f"cam{n:03d}", f"cam{n:03d}", url) for n, url in enumerate(cameras.urls, 1)]
        pool = FeedPool(sources, SystemClock(), min(2, os.cpu_count() or 1))
        pool.start()
        try:
            pool.set_budget({source.id: Budget("moving", *SIZE) for source in sources})
            return _Run(pool, cameras, [source.id for source in sources], say).measure(seconds)
        finally:
            pool.stop()


class _Run:
    def __init__(
        self, pool: FeedPool, cameras: SpawnedCameras, ids: Sequence[str], say: Callable[[str], None]
    ) -> None:
        self._pool, self._cameras, self._ids, self._say = pool, cameras, ids, say
        self._tally = _Tally()
        self._window_at = 0.0
        self._window: dict[str, int] = {}

    def measure(self, seconds: float) -> dict[str, Any]:
        """Rounds of breaking and healing, then the killed worker."""
        self._wait(self._all_live, SETTLE_S)
        begun = time.monotonic()
        rounds = 0
        before: tuple[float, int] | None = None
        while rounds == 0 or time.monotonic() - begun + BROKEN_S + WHOLE_S <= seconds:
            self._round()
            rounds += 1
            self._say(f"round {rounds}: {time.monotonic() - begun:.0f} of {seconds:.0f} s")
            # Rings and decoders are as large as they become after the first minute.
            if before is None and (time.monotonic() - begun >= 75.0 or rounds == 1):
                before = self._weight() if time.monotonic() - begun >= 75.0 or seconds < 150 else None
        minutes = (time.monotonic() - begun) / 60.0
        after = self._weight()
        back = self._kill()
        return self._figures(minutes, before or after, after, back)

    # -- a round ----------------------------------------------------------------
    def _round(self) -> None:
        states = {n: [False] * len(EXPECTED[kind]) for n, kind in enumerate(BROKEN, 1)}
        started: dict[int, float] = {}
        for number, kind in enumerate(BROKEN, 1):
            self._cameras.set_fault(number, kind)
            started[number] = time.monotonic()
        self._begin_window()
        end = time.monotonic() + BROKEN_S
        while time.monotonic() < end:
            health, now = self._pool.health(), time.monotonic()
            for number, kind in enumerate(BROKEN, 1):
                self._name(number, kind, health[self._ids[number - 1]].state, now - started[number], states)
            self._watch_healthy()
            time.sleep(LOOK_S)
        for number, kind in enumerate(BROKEN, 1):
            for step, done in enumerate(states[number]):
                if not done:
                    self._tally.named.setdefault((kind, step), []).append(None)
                    self._tally.shown.setdefault(
                        (kind, step), str(self._pool.health()[self._ids[number - 1]].state.value)
                    )
        self._heal()

    def _name(
        self, number: int, kind: str, state: FeedState, after: float, states: dict[int, list[bool]]
    ) -> None:
        for step, (wanted, _limit) in enumerate(EXPECTED[kind]):
            if not states[number][step] and state in wanted:
                states[number][step] = True
                self._tally.named.setdefault((kind, step), []).append(after)
                self._tally.shown[kind, step] = str(state.value)

    def _heal(self) -> None:
        open_ones: dict[int, tuple[float, int]] = {}
        for number in range(1, len(BROKEN) + 1):
            self._cameras.heal(number)
            open_ones[number] = (time.monotonic(), self._pool.slots.seq(self._ids[number - 1]))
        end = time.monotonic() + WHOLE_S
        while time.monotonic() < end:
            health = self._pool.health()
            for number, (since, seq) in list(open_ones.items()):
                camera = self._ids[number - 1]
                if health[camera].state is FeedState.LIVE and self._pool.slots.seq(camera) > seq:
                    self._tally.healed.append((time.monotonic() - since, BROKEN[number - 1]))
                    del open_ones[number]
            self._watch_healthy()
            time.sleep(LOOK_S)
        for number, (since, _seq) in open_ones.items():
            self._tally.healed.append((time.monotonic() - since, BROKEN[number - 1]))
            state = self._pool.health()[self._ids[number - 1]]
            self._say(f"{BROKEN[number - 1]} not back: {state.state.value} {state.reason}")

    # -- the thirty others --------------------------------------------------------
    @property
    def _healthy(self) -> Sequence[str]:
        return self._ids[len(BROKEN) :]

    def _begin_window(self) -> None:
        self._window_at = time.monotonic()
        self._window = {camera: self._pool.slots.seq(camera) for camera in self._healthy}

    def _watch_healthy(self) -> None:
        health = self._pool.health()
        self._tally.false_words |= {
            f"{camera} {health[camera].state.value}"
            for camera in self._healthy
            if health[camera].state is not FeedState.LIVE
        }
        passed = time.monotonic() - self._window_at
        if passed >= WINDOW_S:
            seq = self._pool.slots.seq
            self._tally.windows.append(min((seq(c) - self._window[c]) / passed for c in self._healthy))
            self._begin_window()

    # -- a killed worker ------------------------------------------------------------
    def _kill(self) -> float:
        """Seconds until every camera shows a picture taken after its worker died."""
        self._wait(self._all_live, SETTLE_S)
        killed = self._pool.worker_pids()[0]
        os.kill(killed, signal.SIGKILL)
        begun = time.monotonic()
        self._wait(lambda: killed not in self._pool.worker_pids(), SETTLE_S)
        seen = {camera: self._pool.slots.seq(camera) for camera in self._ids}

        def all_back() -> bool:
            return self._all_live() and all(self._pool.slots.seq(c) != seen[c] for c in self._ids)

        self._wait(all_back, SETTLE_S)
        return time.monotonic() - begun

    # -- what comes out ---------------------------------------------------------------
    def _all_live(self) -> bool:
        health = self._pool.health()
        return all(health[camera].state is FeedState.LIVE for camera in self._ids)

    def _wait(self, condition: Callable[[], bool], patience_s: float) -> None:
        end = time.monotonic() + patience_s
        while not condition() and time.monotonic() < end:
            time.sleep(LOOK_S)

    def _weight(self) -> tuple[float, int]:
        """Memory (PSS, bytes) and threads of this process and its workers."""
        processes = [psutil.Process(), *(psutil.Process(pid) for pid in self._pool.worker_pids())]
        pss = sum(process.memory_full_info().pss for process in processes)
        return float(pss), sum(process.num_threads() for process in processes)

    def _figures(
        self, minutes: float, before: tuple[float, int], after: tuple[float, int], back: float
    ) -> dict[str, Any]:
        rows, late, misnamed = [], 0, 0
        for (kind, step), found in sorted(self._tally.named.items()):
            wanted, limit = EXPECTED[kind][step]
            known = [seconds for seconds in found if seconds is not None]
            misnamed += len(found) - len(known)
            late += sum(seconds > limit for seconds in known)
            rows.append({"kind": kind, "expected": "|".join(sorted(one.value for one in wanted)),
                         "shown": self._tally.shown[kind, step], "within_s": limit, "times": len(found),
                         "after_s": round(max(known), 2) if known else None})  # fmt: skip
        healed = [seconds for seconds, _kind in self._tally.healed]
        slowest = {kind: round(seconds, 2) for seconds, kind in sorted(self._tally.healed)}
        return {
            "minutes": round(minutes, 2), "cameras": CAMERAS, "faulty": len(BROKEN),
            "healthy_fps_min": round(min(self._tally.windows), 2) if self._tally.windows else None,
            "named": rows, "misnamed": misnamed, "late": late,
            "healed_s": {"p95": percentile(healed, 0.95), "max": percentile(healed, 1.0), "by_kind": slowest},
            "false_words": len(self._tally.false_words), "false": sorted(self._tally.false_words)[:10],
            "workers_killed": 1, "back_s": round(back, 2),
            "rss_growth": round(after[0] / before[0] - 1.0, 4), "threads_growth": after[1] - before[1],
        }  # fmt: skip
