"""A tile that the governor put on key frames, as the wall shows it."""

from __future__ import annotations

import pytest

from console.domain.vocabulary import FeedState
from console.widgets.tile_board import TileBoard
from console.widgets.tile_paint import Tile
from console.widgets.wall_plan import WallPlan
from tests.gui.wall_kit import bench, cameras, health


def _ignore(_tile: Tile, _part: str) -> None:
    """Nothing is painted here."""


@pytest.mark.parametrize(
    ("interval_s", "age_s", "state"),
    [
        (1 / 15, 2.5, FeedState.STALE),
        (2.0, 2.5, FeedState.LIVE),
        (2.0, 6.5, FeedState.STALE),
    ],
)
def test_a_gap_between_key_frames_is_no_failure(interval_s: float, age_s: float, state: FeedState) -> None:
    with bench() as b:
        board = TileBoard(b.feeds, b.clock, _ignore)
        (camera,) = cameras(1)
        board.set_cameras([camera])
        board.lay(WallPlan(layout="1", slots=(camera.id,)), 320, 180, 1.0)
        board.tiles[0].asked_monotonic -= 60
        b.feeds.show(camera.id, bytes(16 * 16 * 4), 16, 16, age_s=age_s)
        board.set_health({camera.id: health(camera.id, FeedState.LIVE, interval_s=interval_s)})
        board.look()
        board.judge_all()
        truth = board.truth(camera.id)
        assert truth is not None
        assert truth.state is state
