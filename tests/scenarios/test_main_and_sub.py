"""One large tile shows the main stream, many small ones the sub stream; the
picture never stops in between."""

from __future__ import annotations

import time

import pytest

from console.feeds.pool import FeedPool
from console.settings import Places
from tests.scenarios.console_kit import Seat, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

CAMERA = "cam001"
#: Two key frames of the street are this far apart; a picture older than that
#: and then some would have been a gap (s).
GAP_S = 2.0


def _pool(here: Seat) -> FeedPool:
    feeds = here.console.engine.feeds
    assert feeds is not None
    return feeds


class Watch:
    """The oldest picture ever found on the tile while something was awaited."""

    def __init__(self, feeds: FeedPool) -> None:
        self._feeds = feeds
        self.oldest = 0.0

    def sees(self, stream: str) -> bool:
        picture = self._feeds.read(CAMERA, 0)
        if picture is not None:
            self.oldest = max(self.oldest, time.monotonic() - picture.captured_monotonic)
        return self._feeds.reports()[CAMERA].stream == stream


def test_a_large_tile_gets_main_and_small_ones_sub_without_a_gap(site: Places) -> None:
    with seat(site, layout="1") as here:
        here.sign_in()
        feeds, wall = _pool(here), here.walls["wall-1"].wall
        wall.hang([CAMERA], 0)
        here.live(CAMERA)
        watch = Watch(feeds)
        until(lambda: feeds.read(CAMERA, 0) is not None, "a picture")
        until(lambda: watch.sees("main"), "the large tile gets main")
        begun = feeds.slots.seq(CAMERA)
        until(lambda: watch.sees("main") and feeds.slots.seq(CAMERA) >= begun + 20, "main moves")
        wall.use_layout("9")
        until(lambda: watch.sees("sub"), "the small tile gets sub")
        begun = feeds.slots.seq(CAMERA)
        until(lambda: watch.sees("sub") and feeds.slots.seq(CAMERA) >= begun + 20, "sub moves")
        assert watch.oldest < GAP_S
        report = feeds.reports()[CAMERA]
        assert (report.failures, report.damaged, report.decode_errors) == (0, 0, 0)
        assert feeds.restarts == 0
