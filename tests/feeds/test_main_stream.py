"""The main stream beside the sub stream: shown while asked for, never mixed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import until

pytestmark = pytest.mark.rtsp

BIG, SMALL = Budget("moving", 0, 0, "main"), Budget("moving", 0, 0)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulatedCameras, SimulatedCameras]]:
    cache = tmp_path_factory.mktemp("cache")
    with (
        SimulatedCameras(2, SystemClock(), cache, size=(352, 288)) as sub,
        SimulatedCameras(2, SystemClock(), cache) as main,
    ):
        yield main, sub


def _width(pool: FeedPool, camera: str = "c") -> int:
    picture = pool.read(camera, 0)
    return 0 if picture is None else picture.width


def test_up_and_down_again_the_ring_untouched(servers: tuple[SimulatedCameras, SimulatedCameras]) -> None:
    main, sub = servers
    pool = FeedPool([FeedSource("c", "", main.url(1), sub.url(1))], SystemClock())
    pool.set_budget({"c": SMALL})
    pool.start()
    try:
        until(lambda: _width(pool) == 352, "the sub stream")
        pool.set_budget({"c": BIG})
        until(lambda: _width(pool) > 352, "the main stream")
        until(lambda: "c" in pool.reports() and pool.reports()["c"].stream == "main", "said so")
        seq = pool.slots.seq("c")
        until(lambda: pool.slots.seq("c") >= seq + 20, "it moves")
        assert pool.health()["c"].state is FeedState.LIVE
        pool.set_budget({"c": SMALL})
        until(lambda: _width(pool) == 352, "the sub stream again")
        report = pool.reports()["c"]
        assert (report.decode_errors, report.damaged, report.failures) == (0, 0, 0)
        assert report.ring_s > 1, "the ring went on all the time"
    finally:
        pool.stop()


def test_a_main_stream_that_fails_leaves_the_sub_stream_and_says_so(
    servers: tuple[SimulatedCameras, SimulatedCameras], tmp_path: Path
) -> None:
    main, sub = servers
    with SimulatedCameras(1, SystemClock(), tmp_path) as gone:
        dead = gone.url(1)
    sources = [
        FeedSource("c", "", dead, sub.url(1)),
        FeedSource("missing", "", main.url(1) + "/none", sub.url(2)),
    ]
    pool = FeedPool(sources, SystemClock())
    pool.set_budget({"c": BIG, "missing": BIG})
    pool.start()
    try:
        until(lambda: all(h.reason == "main_failed" for h in pool.health().values()), "in words")
        assert {h.state for h in pool.health().values()} == {FeedState.LIVE}
        seq = pool.slots.seq("c")
        until(lambda: pool.slots.seq("c") >= seq + 10, "the sub stream moves")
        assert _width(pool) == 352
    finally:
        pool.stop()


def test_a_relay_is_of_one_stream_only(servers: tuple[SimulatedCameras, SimulatedCameras]) -> None:
    main, sub = servers
    heard: list[tuple[bytes, bool]] = []
    pool = FeedPool([FeedSource("c", "", main.url(1), sub.url(1))], SystemClock())
    pool.player.take = lambda event: heard.append((event[3], event[5]))  # type: ignore[method-assign]
    pool.start()
    try:
        until(lambda: pool.tell("c", ("relay", "c", True, "main")), "a worker")
        until(lambda: len(heard) >= 40, "units of the main stream")
        pool.tell("c", ("relay", "c", False, "main"))
        assert heard[0][1], "it begins with a key frame"
        sizes = {data[:40] for data, key in heard if key}
        assert len(sizes) == 1, "one set of parameters: one stream"
    finally:
        pool.stop()


def test_the_focus_goes_on_after_its_main_stream_was_cut(
    servers: tuple[SimulatedCameras, SimulatedCameras],
) -> None:
    main, sub = servers
    pool = FeedPool([FeedSource("c", "", main.url(2), sub.url(2))], SystemClock())
    pool.start()
    try:
        until(lambda: pool.reports().get("c") and pool.reports()["c"].ring_s > 1, "a ring")
        key = pool.focus("c", 640, 360)
        until(lambda: pool.slots.seq(key) >= 20, "the main stream in libVLC")
        pid = pool.player_pid
        main.set_fault(2, "cut")
        until(lambda: _age(pool, key) > 2.0, "the picture grows old")
        main.heal(2)
        seq = pool.slots.seq(key)
        until(lambda: pool.slots.seq(key) > seq + 20 and _age(pool, key) < 1.5, "it moves, and is young")
        before, seq = time.monotonic(), pool.slots.seq(key)
        until(lambda: pool.slots.seq(key) > seq + 30, "thirty more")
        assert time.monotonic() - before > 1.0, "at the pace of the street, not as fast as it can"
        assert pool.player_pid == pid
    finally:
        pool.stop()


def _age(pool: FeedPool, key: str) -> float:
    picture = pool.read(key, 0)
    assert picture is not None
    return time.monotonic() - picture.captured_monotonic
