"""Against an RTSP server made by others: ipycam's, which encodes for each client."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.services.ports import Budget
from tests.feeds.children import child_server
from tests.feeds.ipycam_stream import HEIGHT, NAME, WIDTH
from tests.feeds.rig import until
from tests.feeds.test_pool import colour

pytestmark = pytest.mark.rtsp


@pytest.fixture
def address() -> Iterator[str]:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ipycam encodes with the system's ffmpeg")
    with child_server([sys.executable, "-m", "tests.feeds.ipycam_stream"]) as port:
        yield f"rtsp://127.0.0.1:{port}"


def test_its_stream_is_a_tile(address: str) -> None:
    sources = [FeedSource("c", "", f"{address}/{NAME}"), FeedSource("none", "", f"{address}/none")]
    pool = FeedPool(sources, SystemClock())
    pool.set_budget({"c": Budget("moving", WIDTH, HEIGHT)})
    pool.start()
    try:
        until(lambda: pool.slots.seq("c") >= 30, f"pictures {pool.reports()}")
        until(lambda: pool.health()["none"].state is FeedState.NOT_FOUND, "no such stream")
        health = pool.health()["c"]
        assert (health.state, health.codec) == (FeedState.LIVE, "h264")
        assert (health.width, health.height) == (WIDTH, HEIGHT)
        picture = pool.slots.read("c")
        assert picture is not None
        assert all(95 < part < 125 for part in colour(picture)), "grey with a darker bar"
        report = pool.reports()["c"]
        assert (report.lost, report.decode_errors) == (0, 0)
        until(lambda: pool.reports()["c"].ring_s > 1, "its last seconds are kept")
    finally:
        pool.stop()
