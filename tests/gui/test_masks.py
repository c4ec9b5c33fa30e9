"""What a mask covers is nowhere: wall, thumbnails, large view, clips, files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain import kiosk, masks
from console.domain.errors import Refusal
from console.domain.kiosk import Shown
from console.domain.masks import WHOLE, Mask, rectangle
from console.domain.vocabulary import FeedState
from console.widgets.focus_view import FocusView
from console.widgets.kiosk_wall import plan_of
from console.widgets.map_tiles import TileStore
from console.widgets.mask_paint import MASK, mask_file, paint_masks
from console.widgets.overview_cell import Cell, paint_cell
from console.widgets.tile_state import Truth
from console.widgets.wall_plan import WallPlan
from console.windows.kiosk_window import KioskWindow
from tests.gui.wall_kit import RED, Bench, bgr, cameras, colour_at, health, look, opened, plain, publish

#: The left half.
LEFT: tuple[Mask, ...] = (rectangle(0, 0, WHOLE // 2, WHOLE),)
COVERED = bgr(MASK)


def test_a_mask_is_kept_whole_and_a_slip_of_the_hand_is_not() -> None:
    assert masks.checked([[(-50, 0), (9000, 0), (9000, 0), (12_000, 5000), (-50, 0)]]) == (
        ((0, 0), (9000, 0), (10_000, 5000)),
    )
    assert masks.area(LEFT[0]) == pytest.approx(5000)
    for wrong, detail in (
        ([[(0, 0), (100, 0)]], "mask_points"),
        ([[(0, 0), (100, 0), (100, 100, 3)]], "mask_points"),
        ([[(i * 100, i * i) for i in range(65)]], "mask_points"),
        ([[(0, 0), (90, 0), (90, 90)]], "mask_small"),
        ([LEFT[0]] * 33, "mask_count"),
    ):
        with pytest.raises(Refusal) as told:
            masks.checked(wrong)
        assert told.value.detail == detail


def test_a_tile_live_old_and_enlarged(kit: Bench, qtbot: QtBot) -> None:
    wall = opened(kit, qtbot, 2, "1")
    wall.set_cameras([replace(camera, masks=LEFT) for camera in cameras(2)])
    publish(kit, wall, 0, RED)
    look(wall)
    assert bgr(colour_at(wall, 0, 0.25)) == COVERED
    assert bgr(colour_at(wall, 0, 0.75)) == RED
    wall.set_plan(WallPlan(layout="1", slots=("CAM-001@0.4,0,0.2,1",)))
    publish(kit, wall, 0, RED)
    look(wall)
    assert bgr(colour_at(wall, 0, 0.45)) == COVERED, "of a part, the part of the mask"
    assert bgr(colour_at(wall, 0, 0.55)) == RED
    wall.set_plan(WallPlan(layout="1", slots=("CAM-001",)))
    publish(kit, wall, 0, RED)
    look(wall)
    kit.clock.go(30)
    wall.set_health({"CAM-001": health("CAM-001", FeedState.LOST, 30.0)})
    kit.clock.go(1)
    for _ in range(9):
        look(wall)
    assert not wall.tiles[0].truth.current
    still = wall.tiles[0].still
    assert still is not None
    # Hatched and dimmed like the rest; what was red there is a grey of the mask.
    bare = replace(cameras(1)[0])
    wall.set_cameras([bare])
    assert wall.tiles[0].masks == ()
    look(wall)
    unmasked = wall.tiles[0].still
    assert unmasked is not None
    at = still.width() // 4, still.height() // 3
    assert still.pixelColor(*at) != unmasked.pixelColor(*at)
    assert still.pixelColor(still.width() * 3 // 4, at[1]) == unmasked.pixelColor(
        still.width() * 3 // 4, at[1]
    )


def test_pictures_of_the_large_display(kit: Bench, qtbot: QtBot) -> None:
    """On its wall and beside an alarm or case; drawn while they hang there; and
    the last picture of a camera that went away."""
    window = KioskWindow(kit.sight, TileStore(lambda _keys: ()))
    qtbot.addWidget(window)
    window.resize(960, 540)
    window.set_type(kiosk.type_size(540, 300, 20))
    window.show()
    qtbot.waitExposed(window)
    first, second = cameras(2)
    shown = {kiosk.WALL: window.wall, kiosk.ALARM: window.subject.wall, kiosk.CAMERA: window.subject.wall}
    for page, wall in shown.items():
        wall.set_cameras([first, second])
        window.wall.hang(plan_of("1", (first.id,)))
        window.show_page(Shown(page, first.id), first.id)
        QApplication.processEvents()
        seen = []
        for masks_now in ((), LEFT):
            wall.set_cameras([replace(first, masks=masks_now), second])
            publish(kit, wall, 0, RED)
            look(wall)
            seen.append((bgr(colour_at(wall, 0, 0.25)), bgr(colour_at(wall, 0, 0.75))))
        assert seen == [(RED, RED), (COVERED, RED)], page
    wall = window.subject.wall
    kit.clock.go(30)
    wall.set_health({first.id: health(first.id, FeedState.LOST, 30.0)})
    kit.clock.go(1)
    for _ in range(9):
        look(wall)
    assert not wall.tiles[0].truth.current
    stills = []
    for masks_now in (LEFT, ()):
        wall.set_cameras([replace(first, masks=masks_now), second])
        look(wall)
        still = wall.tiles[0].still
        assert still is not None
        stills.append([still.pixelColor(still.width() * of // 4, still.height() // 3) for of in (1, 3)])
    assert stills[0][0] != stills[1][0]
    assert stills[0][1] == stills[1][1]


def test_the_large_view_follows_a_mask_that_is_drawn_meanwhile(kit: Bench, qtbot: QtBot) -> None:
    camera = cameras(1)[0]
    view = FocusView(kit.sight, lambda *_: None, lambda *_: None)
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.show()
    qtbot.waitExposed(view)
    view.open(camera)
    view._timer.stop()
    kit.feeds.show("CAM-001", plain(640, 360, RED), 640, 360)

    def seen(fx: float) -> tuple[int, int, int]:
        view.look()
        QApplication.processEvents()
        room = view.board.tiles[0].box.picture
        return bgr(view.grab().toImage().pixelColor(room.x + int(room.w * fx), room.y + room.h // 2))

    assert seen(0.25) == RED
    view.set_cameras([replace(camera, masks=LEFT)])
    assert (seen(0.25), seen(0.75)) == (COVERED, RED)
    view.zoom.factor = 4.0
    assert (seen(0.45), seen(0.55)) == (COVERED, RED)
    view.close_camera()


def test_a_thumbnail(kit: Bench, qapp: QApplication) -> None:
    kit.feeds.show("CAM-001", plain(160, 90, RED), 160, 90)
    picture = kit.feeds.read("CAM-001", 0)
    assert picture is not None
    camera = replace(cameras(1)[0], masks=LEFT)
    out = QImage(160, 140, QImage.Format.Format_RGB32)
    p = QPainter(out)
    paint_cell(
        p, kit.theme, Cell(camera, Truth(FeedState.LIVE)), QRect(0, 0, 160, 140), picture, 1.0, (False, 0)
    )
    p.end()
    assert (bgr(out.pixelColor(40, 40)), bgr(out.pixelColor(120, 40))) == (COVERED, RED)


def test_a_polygon_covers_what_it_encloses_and_nothing_beside_the_picture(qapp: QApplication) -> None:
    out = QImage(200, 100, QImage.Format.Format_RGB32)
    out.fill(0xFF0000)
    p = QPainter(out)
    paint_masks(p, [((0, 0), (WHOLE, 0), (0, WHOLE))], QRectF(50, 0, 100, 100))
    p.end()
    assert bgr(out.pixelColor(60, 20)) == COVERED
    assert bgr(out.pixelColor(140, 80)) == RED
    assert bgr(out.pixelColor(49, 20)) == RED, "beside the picture nothing is covered"


def test_a_kept_picture_is_covered_in_its_file_or_not_kept(tmp_path: Path, qapp: QApplication) -> None:
    picture = QImage(320, 180, QImage.Format.Format_RGB32)
    picture.fill(0xFF0000)
    kept = tmp_path / "a.jpg"
    assert picture.save(str(kept), quality=95)
    before = kept.read_bytes()
    mask_file(kept, ())
    assert kept.read_bytes() == before, "without masks not a byte is touched"
    mask_file(kept, LEFT)
    after = QImage(str(kept))
    assert after.pixelColor(80, 90).red() < 90
    assert after.pixelColor(240, 90).red() > 240
    assert [one.name for one in tmp_path.iterdir()] == ["a.jpg"]
    kept.write_bytes(b"no picture")
    with pytest.raises(Refusal) as told:
        mask_file(kept, LEFT)
    assert (told.value.code, list(tmp_path.iterdir())) == ("bad_file", [])
