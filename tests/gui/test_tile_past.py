"""A tile that shows the past: it says so, and nothing takes it for live."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.i18n import set_language
from console.widgets.wall import WallWidget
from tests.gui.wall_kit import Bench, bench, cameras, plain

RED, BLUE = (0, 0, 255), (255, 0, 0)


@pytest.fixture
def kit(qapp: QApplication) -> Iterator[Bench]:
    set_language("zh")
    with bench() as made:
        yield made
        QApplication.sendPostedEvents()


@pytest.fixture
def wall(kit: Bench, qtbot: QtBot) -> WallWidget:
    widget = WallWidget(*kit.parts())
    qtbot.addWidget(widget)
    widget.set_cameras(cameras(4))
    widget.use_layout("4")
    widget.resize(960, 540)
    widget.show()
    qtbot.waitExposed(widget)
    widget._timer.stop()
    widget._ask.stop()
    for tile in widget.tiles:
        publish(kit, widget, tile.index, tile.camera, RED)
    look(widget)
    return widget


def publish(
    kit: Bench, wall: WallWidget, index: int, slot: str, colour: tuple[int, int, int], age: float = 0.0
) -> None:
    room = wall.tiles[index].box.picture
    kit.feeds.show(slot, plain(room.w, room.h, colour), room.w, room.h, age)


def look(wall: WallWidget) -> None:
    wall.look()
    QApplication.processEvents()


def middle(wall: WallWidget, index: int) -> tuple[int, ...]:
    room = wall.tiles[index].box.picture
    color = wall.grab().toImage().pixelColor(room.x + room.w // 2, room.y + room.h // 2)
    return (color.blue(), color.green(), color.red())


def test_the_past_is_shown_in_its_own_look_and_never_counted_live(kit: Bench, wall: WallWidget) -> None:
    camera, other = wall.tiles[1].camera, wall.tiles[2].camera
    assert wall._board.counts() == (4, 4)
    before = wall.wishes()
    wall.set_source(camera, f"replay:{camera}", "回放 14:31:29 · −00:38")
    assert wall._board.counts() == (3, 4)
    assert wall.wishes() == before
    publish(kit, wall, 1, f"replay:{camera}", BLUE, age=38.0)
    publish(kit, wall, 1, camera, RED)
    look(wall)
    assert middle(wall, 1) == BLUE
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
    publish(kit, wall, 0, "replay:x", BLUE, age=20.0)
    look(wall)
    wall.set_source(camera, "")
    assert wall.tiles[0].captured_at is None
    look(wall)
    assert middle(wall, 0) == RED
    assert wall._board.counts() == (4, 4)


def test_pictures_of_the_present_do_not_repaint_a_tile_of_the_past(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[0].camera
    wall.set_source(camera, "replay:x", "回放")
    look(wall)
    wall.painted.clear()
    publish(kit, wall, 0, camera, RED)
    look(wall)
    assert not wall.painted[camera]
    assert middle(wall, 0) != RED  # nothing of the past yet: words, not the present


def test_the_past_stays_with_its_camera_through_pages_and_layouts(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[3].camera
    wall.set_source(camera, "replay:x", "回放")
    wall.use_layout("1")
    wall.use_layout("9")
    tile = wall._board.tile_of(camera)
    assert tile is not None
    assert tile.slot == "replay:x"
    assert tile.source_words == "回放"
