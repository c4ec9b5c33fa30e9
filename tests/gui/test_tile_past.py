"""A tile that shows the past: it says so, and nothing takes it for live."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from console.widgets.wall import WallWidget
from tests.gui.wall_kit import (
    BLUE,
    RED,
    Bench,
    bgr,
    colour_at,
    fill,
    look,
    opened,
    publish,
)


@pytest.fixture
def wall(kit: Bench, qtbot: QtBot) -> WallWidget:
    widget = opened(kit, qtbot, 4, "4")
    fill(kit, widget)
    return widget


def test_the_past_is_shown_in_its_own_look_and_never_counted_live(kit: Bench, wall: WallWidget) -> None:
    camera, other = wall.tiles[1].camera, wall.tiles[2].camera
    assert wall._board.counts() == (4, 4)
    before = wall.wishes()
    wall.set_source(camera, f"replay:{camera}", "回放 14:31:29 · −00:38")
    assert wall._board.counts() == (3, 4)
    assert wall.wishes() == before
    publish(kit, wall, 1, BLUE, 38.0, f"replay:{camera}")
    publish(kit, wall, 1, RED, slot=camera)
    look(wall)
    assert bgr(colour_at(wall, 1, 0.5, 0.5)) == BLUE
    truth = wall.truth(camera)
    assert truth is not None
    assert truth.past
    assert not truth.current
    # Words: the band, the time of this very picture, the list for readers.
    assert wall._state_words(wall.tiles[1]) == "回放 14:31:29"
    assert "回放" in wall._board.rows()[1].spoken
    image = wall.grab().toImage()
    room = wall.tiles[1].box.picture
    assert image.pixelColor(room.x + 1, room.y + room.h // 2) == kit.theme.color("text")
    live = wall.tiles[2].box.picture
    assert image.pixelColor(live.x + 1, live.y + live.h // 2).red() == 255
    assert wall.truth(other) is not None
    assert wall.truth(other).current


def test_the_way_back_shows_nothing_of_the_past(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[0].camera
    wall.set_source(camera, "replay:x", "回放")
    publish(kit, wall, 0, BLUE, 20.0, "replay:x")
    look(wall)
    wall.set_source(camera, "")
    assert wall.tiles[0].captured_at is None
    look(wall)
    assert bgr(colour_at(wall, 0, 0.5, 0.5)) == RED
    assert wall._board.counts() == (4, 4)


def test_pictures_of_the_present_do_not_repaint_a_tile_of_the_past(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[0].camera
    wall.set_source(camera, "replay:x", "回放")
    look(wall)
    wall.painted.clear()
    publish(kit, wall, 0, RED, slot=camera)
    look(wall)
    assert not wall.painted[camera]
    assert bgr(colour_at(wall, 0, 0.5, 0.5)) != RED  # nothing of the past yet: words, not the present


def test_the_past_stays_with_its_camera_through_pages_and_layouts(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[3].camera
    wall.set_source(camera, "replay:x", "回放")
    wall.use_layout("1")
    wall.use_layout("9")
    tile = wall._board.tile_of(camera)
    assert tile is not None
    assert tile.slot == "replay:x"
    assert tile.source_words == "回放"
