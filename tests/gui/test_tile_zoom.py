"""Looking closer on a wall: zoom in place, a part as a tile of its own,
details of the streams, neighbours that change places."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.vocabulary import FeedState
from console.widgets.hangings import camera_of, crop_of, inside, with_crop
from console.widgets.tile_board import pixels
from console.widgets.tile_marks import zoom_words
from console.widgets.wall import WallWidget
from console.widgets.wall_zoom import banded, closer
from tests.gui.wall_kit import Bench, bgr, cameras, colour_at, health, look, opened

QUARTERS = ((0, 0, 255), (0, 255, 0), (255, 0, 0), (0, 255, 255))


@pytest.fixture
def wall(kit: Bench, qtbot: QtBot) -> WallWidget:
    widget = opened(kit, qtbot, 3, "4")
    widget.setFocus()
    for tile in widget.tiles[:3]:
        quarters(kit, widget, tile.index)
    look(widget)
    return widget


def quarters(kit: Bench, wall: WallWidget, index: int) -> None:
    """A picture with another colour in each quarter."""
    tile = wall.tiles[index]
    w, h = tile.box.picture.w, tile.box.picture.h
    rows = []
    for left, right in (QUARTERS[:2], QUARTERS[2:]):
        row = bytes((*left, 255)) * (w // 2) + bytes((*right, 255)) * (w - w // 2)
        rows.append(row * (h // 2))
    pixels_now = b"".join(rows)
    kit.feeds.show(tile.camera, pixels_now, w, 2 * (h // 2))


def key(wall: WallWidget, which: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(wall, which, held)
    QApplication.processEvents()


def test_tokens_say_camera_and_part() -> None:
    token = with_crop("CAM-001", (0.25, 0.5, 0.5, 0.5))
    assert camera_of(token) == "CAM-001"
    assert crop_of(token) == (0.25, 0.5, 0.5, 0.5)
    assert with_crop(token, None) == "CAM-001"
    assert with_crop("CAM-001", (0.0, 0.0, 1.0, 1.0)) == "CAM-001"
    assert camera_of("gate@north") == "gate@north"
    assert crop_of("a@0.1,0.1,0,0.5") is None
    assert inside((0.9, -0.2, 0.5, 0.5)) == (0.5, 0.0, 0.5, 0.5)


def test_a_part_keeps_the_point_under_the_pointer_and_never_leaves_the_picture() -> None:
    assert closer((0.0, 0.0, 1.0, 1.0), 2.0) == (0.25, 0.25, 0.5, 0.5)
    assert closer((0.0, 0.0, 1.0, 1.0), 2.0, (1.0, 1.0)) == (0.5, 0.5, 0.5, 0.5)
    assert closer((0.5, 0.5, 0.5, 0.5), 0.1) == (0.0, 0.0, 1.0, 1.0)
    x, y, w, h = banded((0.0, 0.0, 1.0, 1.0), (0.6, 0.6, 0.2, 0.1))
    assert w == h == pytest.approx(0.2)
    assert (x, y) == (pytest.approx(0.6), pytest.approx(0.55))


def test_z_enlarges_in_place_and_asks_for_the_pixels_it_needs(kit: Bench, wall: WallWidget) -> None:
    wall.select(0)
    before = wall.wishes()[wall.tiles[0].camera]
    key(wall, Qt.Key.Key_Z)
    tile = wall.tiles[0]
    assert tile.zoomed
    assert zoom_words(tile) == "×2.0"
    assert wall.wishes()[tile.camera].height == 2 * before.height
    for _ in range(4):
        key(wall, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        key(wall, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert wall.selected == 0, "Shift and arrows move the part, not the selection"
    assert bgr(colour_at(wall, 0, 0.8, 0.8)) == QUARTERS[0]
    key(wall, Qt.Key.Key_Z)
    assert wall.tiles[0].crop is None
    assert wall.wishes()[tile.camera] == before
    assert bgr(colour_at(wall, 0, 0.8, 0.8)) == QUARTERS[3]


def test_no_wish_is_larger_than_a_slot() -> None:
    from console.feeds.slots import MAX_HEIGHT, MAX_WIDTH
    from console.widgets.layouts import Rect

    w, h = pixels(Rect(0, 0, 1900, 1060), (0.0, 0.0, 0.1, 0.1))
    assert w <= MAX_WIDTH
    assert h <= MAX_HEIGHT


def test_the_wheel_with_ctrl_and_a_rubber_band_choose_the_part(kit: Bench, wall: WallWidget) -> None:
    room = wall._logical(wall.tiles[1].box.picture)
    at = QPointF(room.right() - 2, room.bottom() - 2)
    none, ctrl = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    for held in (none, ctrl):
        event = QWheelEvent(
            at,
            QPointF(wall.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        wall.wheelEvent(event)
        assert (wall.tiles[1].crop is not None) is (held == ctrl)
    assert bgr(colour_at(wall, 1, 0.5, 0.5)) == QUARTERS[3]
    wall.zoom_to(1, None)
    shift = Qt.KeyboardModifier.ShiftModifier
    start = QPoint(room.x() + room.width() // 8, room.y() + room.height() * 5 // 8)
    end = start + QPoint(room.width() // 4, room.height() // 4)
    QTest.mousePress(wall, Qt.MouseButton.LeftButton, shift, start)
    QTest.mouseMove(wall, end)
    assert wall._band is not None
    wall._band.setGeometry(start.x(), start.y(), end.x() - start.x(), end.y() - start.y())
    QTest.mouseRelease(wall, Qt.MouseButton.LeftButton, shift, end)
    QApplication.processEvents()
    for fx, fy in ((0.1, 0.3), (0.9, 0.9)):
        assert bgr(colour_at(wall, 1, fx, fy)) == QUARTERS[2]


def test_a_part_becomes_a_tile_of_its_own_beside_the_whole(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[0].camera
    wall.select(0)
    wall.zoom_to(0, (0.5, 0.0, 0.5, 0.5))
    key(wall, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    look(wall)
    assert wall.plan.slots[3] == with_crop(camera, (0.5, 0.0, 0.5, 0.5))
    assert (wall.tiles[0].camera, wall.tiles[3].camera) == (camera, camera)
    assert wall.tiles[0].crop is None
    assert wall.selected == 3
    assert bgr(colour_at(wall, 0, 0.2, 0.8)) == QUARTERS[2]
    assert bgr(colour_at(wall, 3, 0.2, 0.8)) == QUARTERS[1]
    assert wall.wishes()[camera].height == 2 * wall.tiles[0].box.picture.h
    # Both tiles of the camera go on with its next picture.
    wall.painted.clear()
    quarters(kit, wall, 0)
    look(wall)
    assert wall.painted[camera] == 2
    wall.set_cameras(cameras(4))
    assert wall.tiles[3].camera == camera, "new cameras do not push it off"
    key(wall, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert with_crop(camera, (0.5, 0.0, 0.5, 0.5)) not in wall.plan.slots


def test_details_are_renewed_once_a_second_and_cost_pictures_nothing(kit: Bench, wall: WallWidget) -> None:
    first = wall.tiles[0].camera
    wall.set_health({first: health(first, FeedState.LIVE)})
    key(wall, Qt.Key.Key_I)
    lines = wall.tiles[0].details
    assert any("15.0" in line and "H264" in line and "640×360" in line for line in lines)
    assert any("700 kbit/s" in line and "子码流" in line for line in lines)
    kept = wall.tiles[0].details
    quarters(kit, wall, 0)
    look(wall)
    assert wall.tiles[0].details is kept
    kit.clock.go(1.0)
    wall._second(None)
    assert wall.tiles[0].details != kept
    key(wall, Qt.Key.Key_I)
    assert all(not tile.details for tile in wall.tiles)


def test_ctrl_and_an_arrow_swap_neighbours_unless_locked(wall: WallWidget) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    a, b = wall.tiles[0].camera, wall.tiles[1].camera
    wall.select(0)
    key(wall, Qt.Key.Key_Right, ctrl)
    assert (wall.tiles[0].camera, wall.tiles[1].camera) == (b, a)
    assert wall.selected == 1
    key(wall, Qt.Key.Key_Z, ctrl)
    assert (wall.tiles[0].camera, wall.tiles[1].camera) == (a, b)
    wall.toggle_lock()
    said: list[str] = []
    wall.said.connect(said.append)
    wall.select(0)
    key(wall, Qt.Key.Key_Right, ctrl)
    assert wall.tiles[0].camera == a
    assert said
    key(wall, Qt.Key.Key_Z)
    assert wall.tiles[0].zoomed, "a lock guards the layout, not the eye"
