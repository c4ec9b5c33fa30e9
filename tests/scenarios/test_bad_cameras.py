"""Five bad cameras on one wall with three good ones: each tile says the right
word, and the good ones go on as if nothing were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.i18n import t
from console.settings import Places
from console.simulation.camera_process import SpawnedCameras
from console.widgets.tile_state import words
from console.widgets.wall import WallWidget
from tests.scenarios.console_kit import Seat, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

GOOD = ("cam001", "cam002", "cam003")
#: Number of the camera → what is wrong with it, what its tile must say.
BAD = {
    4: ("auth", FeedState.UNAUTHORISED),
    5: ("missing", FeedState.NOT_FOUND),
    6: ("garbage", FeedState.BAD_DATA),
    7: ("mute", FeedState.BACKOFF),
}
SILENT = 8


def name(number: int) -> str:
    """The district's id of a simulated camera."""
    return f"cam{number:03d}"


@pytest.fixture
def broken(street: SpawnedCameras) -> Iterator[SpawnedCameras]:
    """The street with four cameras broken from the start; whole afterwards."""
    for number, (kind, _state) in BAD.items():
        street.set_fault(number, kind)
    yield street
    for number in (*BAD, SILENT):
        street.heal(number)


class Watcher:
    """Looks at every tile of a wall now and then, as a person does."""

    def __init__(self, wall: WallWidget) -> None:
        self._wall = wall
        self.seen: dict[str, set[str]] = {tile.camera: set() for tile in wall.tiles if tile.camera}

    def look(self) -> bool:
        for tile in self._wall.tiles:
            if tile.camera:
                # What is painted on the tile; the list for screen readers says it too.
                self.seen[tile.camera].add(words(tile.truth))
        return True

    def said(self, camera: str, state: FeedState) -> bool:
        word = t(f"states.feed.{state.value}")
        return any(sentence.startswith(word) for sentence in self.seen[camera])


def wall_with_all(here: Seat) -> WallWidget:
    """The one wall that shows every camera."""
    wall = here.walls["wall-1"].wall
    assert {tile.camera for tile in wall.tiles} >= {name(n) for n in range(1, 9)}
    return wall


def pool(here: Seat) -> FeedPool:
    """The feeds of the console."""
    feeds = here.console.engine.feeds
    assert feeds is not None
    return feeds


def test_each_says_what_is_wrong_and_the_others_do_not_stutter(site: Places, broken: SpawnedCameras) -> None:
    with seat(site, layout="9") as here:
        here.sign_in()
        feeds, wall = pool(here), wall_with_all(here)
        watcher = Watcher(wall)
        here.live(*GOOD, name(SILENT))
        until(lambda: watcher.look() and watcher.said(name(SILENT), FeedState.LIVE), "the eighth is well")
        begun = {camera: feeds.slots.seq(camera) for camera in GOOD}
        painted = dict(wall.painted)
        broken.set_fault(SILENT, "stall")

        def named() -> bool:
            watcher.look()
            kinds = all(watcher.said(name(n), state) for n, (_kind, state) in BAD.items())
            return kinds and watcher.said(name(SILENT), FeedState.STALE)

        until(named, f"the right words; seen {watcher.seen}")
        until(lambda: watcher.look() and watcher.said(name(SILENT), FeedState.LOST), "lost after ten seconds")
        never_live(watcher)
        told(here, wall)
        the_good_ones(here, begun, painted)
        broken.heal(SILENT)
        here.live(name(SILENT))
        until(lambda: wall.truth(name(SILENT)).current, "well again on the wall")  # type: ignore[union-attr]
        assert all(wall.truth(camera).current for camera in GOOD), "the good ones stayed well"  # type: ignore[union-attr]


def never_live(watcher: Watcher) -> None:
    for number, (kind, _state) in BAD.items():
        assert not watcher.said(name(number), FeedState.LIVE), kind
    for camera in GOOD:
        odd = watcher.seen[camera] - {t("states.feed.live"), t("states.feed.connecting")}
        assert not odd, f"{camera} was called {odd}"


def told(here: Seat, wall: WallWidget) -> None:
    """The list of tiles in words, the camera list and the bar agree with the tiles."""
    model = wall.model
    spoken = [
        str(model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())
    ]
    at = {tile.camera: tile.index for tile in wall.tiles}
    for number, state in (*((n, s) for n, (_kind, s) in BAD.items()), (SILENT, FeedState.LOST)):
        assert t(f"states.feed.{state.value}") in spoken[at[name(number)]]
    until(lambda: here.desk.parts.cameras.model.counts() == (3, 8), "three of eight in the camera list")
    live, hung = wall._counts
    assert (live, hung) == (3, 8)


def the_good_ones(here: Seat, begun: dict[str, int], painted: dict[str, int]) -> None:
    """Counted over the same interval: as many pictures as the source sent, the
    same for each, and painted."""
    feeds, wall = pool(here), here.walls["wall-1"].wall
    shown = {camera: feeds.slots.seq(camera) - begun[camera] for camera in GOOD}
    most = max(shown.values())
    assert most >= 60
    assert min(shown.values()) >= 0.9 * most, shown
    for camera, report in feeds.reports().items():
        if camera in GOOD:
            assert report.lost == 0
            assert report.dropped + report.damaged <= 0.1 * most, report
            # What is decoded keeps up with what the camera sends.
            assert report.picture_fps >= 0.8 * report.unit_fps > 0
    on_wall = {camera: wall.painted[camera] - painted.get(camera, 0) for camera in GOOD}
    assert min(on_wall.values()) >= 0.5 * most, on_wall
