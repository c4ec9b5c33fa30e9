"""The wall on a screen: what is painted, what is read, what keys mean."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.vocabulary import FeedState
from console.i18n import t_in
from console.services.ports import Budget
from console.theme import Theme
from console.widgets.tile_overlay import fit_caption
from console.widgets.wall import CAMERA_MIME, WallWidget
from console.widgets.wall_pane import WallPane
from tests.gui.wall_kit import (
    BLUE,
    RED,
    START,
    Bench,
    board,
    cameras,
    card,
    colour_at,
    fill,
    health,
    opened,
    plain,
    publish,
)


@pytest.fixture
def wall(kit: Bench, qtbot: QtBot) -> WallWidget:
    widget = opened(kit, qtbot, 9, "9")
    widget._tell_budgets()
    return widget


def test_only_changed_tiles_are_painted(kit: Bench, wall: WallWidget) -> None:
    fill(kit, wall)
    wall.painted.clear()
    publish(kit, wall, 4, BLUE)
    wall.look()
    QApplication.processEvents()
    assert dict(wall.painted) == {wall.tiles[4].camera: 1}
    wall.look()
    QApplication.processEvents()
    assert sum(wall.painted.values()) == 1


def test_a_picture_made_for_its_box_is_painted_one_to_one(kit: Bench, wall: WallWidget) -> None:
    tile = wall.tiles[0]
    w, h = tile.box.picture.w, tile.box.picture.h
    pixels = b"".join(bytes((x & 255, y & 255, (x * y) & 255, 255)) for y in range(h) for x in range(w))
    kit.feeds.show(tile.camera, pixels, w, h)
    wall.look()
    QApplication.processEvents()
    image = wall.grab().toImage()
    room, cap = tile.box.picture, tile.box.caption.h
    for x, y in ((0, cap), (w - 1, h - 1), (w // 2, h // 2), (3, h - 2)):
        assert image.pixelColor(room.x + x, room.y + y).getRgb()[:3] == ((x * y) & 255, y & 255, x & 255)


def test_nothing_is_read_or_asked_for_when_hidden(kit: Bench, wall: WallWidget, qtbot: QtBot) -> None:
    fill(kit, wall)
    assert set(kit.feeds.budgets[-1]) == {tile.camera for tile in wall.tiles}
    wall.hide()
    before = kit.feeds.reads
    wall.look()
    assert kit.feeds.reads == before
    qtbot.waitUntil(lambda: kit.feeds.budgets[-1] == {})
    assert not wall._timer.isActive()


def test_a_minimised_window_sleeps(kit: Bench, wall: WallWidget, qtbot: QtBot) -> None:
    wall.setWindowState(Qt.WindowState.WindowMinimized)
    qtbot.waitUntil(lambda: not wall._awake)
    assert wall.wishes() == {}
    wall.setWindowState(Qt.WindowState.WindowNoState)
    qtbot.waitUntil(lambda: wall._awake)


def test_the_budget_is_the_box_of_the_picture(kit: Bench, wall: WallWidget) -> None:
    tile = wall.tiles[0]
    assert wall.wishes()[tile.camera] == Budget("moving", tile.box.picture.w, tile.box.picture.h)
    wall.set_covered(True)
    assert wall.wishes()[tile.camera].mode == "slow"


def test_layout_changes_are_told_once(kit: Bench, wall: WallWidget, qtbot: QtBot) -> None:
    told = len(kit.feeds.budgets)
    for name in ("4", "1", "4"):
        wall.use_layout(name)
    qtbot.waitUntil(lambda: len(kit.feeds.budgets) > told)
    assert len(kit.feeds.budgets) == told + 1
    assert len(kit.feeds.budgets[-1]) == 4


def test_an_old_picture_never_looks_live(kit: Bench, wall: WallWidget) -> None:
    fill(kit, wall)
    assert colour_at(wall, 0).getRgb()[:3] == (255, 0, 0)
    # No report says so: the age of the picture alone does.
    kit.clock.go(12)
    for _ in range(8):
        wall.look()
    QApplication.processEvents()
    seen = colour_at(wall, 0)
    assert max(seen.getRgb()[:3]) - min(seen.getRgb()[:3]) < 40  # grey, not red
    assert wall.truth(wall.tiles[0].camera).seconds == 12  # type: ignore[union-attr]
    assert "滞后" in wall.model.data(wall.model.index(0), Qt.ItemDataRole.AccessibleTextRole)


def test_waking_up_does_not_show_yesterday_as_live(kit: Bench, wall: WallWidget) -> None:
    fill(kit, wall)
    wall.hide()
    kit.clock.go(3600)
    wall.show()
    QApplication.processEvents()
    assert colour_at(wall, 3).getRgb()[:3] != (255, 0, 0)
    assert not any(tile.truth.current for tile in wall.tiles)


def test_a_picture_that_arrives_old_does_not_look_live(kit: Bench, wall: WallWidget) -> None:
    publish(kit, wall, 0, RED, age=30.0)
    kit.clock.go(4)
    wall.look()
    QApplication.processEvents()
    assert wall.tiles[0].truth.state is FeedState.STALE
    assert colour_at(wall, 0).getRgb()[:3] != (255, 0, 0)


def test_a_camera_that_comes_back_is_shown_at_once(kit: Bench, wall: WallWidget) -> None:
    fill(kit, wall)
    kit.clock.go(12)
    for _ in range(8):
        wall.look()
    publish(kit, wall, 2, BLUE)
    wall.look()
    QApplication.processEvents()
    assert colour_at(wall, 2).getRgb()[:3] == (0, 0, 255)
    assert wall._board.counts() == (1, 9)


@pytest.mark.parametrize("state", [s for s in FeedState if s not in (FeedState.LIVE, FeedState.CONNECTING)])
def test_every_state_has_its_word_and_no_live_picture(kit: Bench, wall: WallWidget, state: FeedState) -> None:
    fill(kit, wall)
    if state is FeedState.STALE:
        kit.clock.go(5)
    camera = wall.tiles[1].camera
    wall.set_health({camera: health(camera, state, 5.0)})
    for _ in range(8):
        wall.look()
    QApplication.processEvents()
    assert wall.truth(camera).state is state  # type: ignore[union-attr]
    assert colour_at(wall, 1).getRgb()[:3] != (255, 0, 0)
    said = wall.model.data(wall.model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert t_in("zh", f"states.feed.{state.value}") in said


def test_the_badge_counts_on_the_second_and_repaints_only_itself(kit: Bench, wall: WallWidget) -> None:
    fill(kit, wall)
    camera = wall.tiles[0].camera
    wall.set_board(board(card(camera, 42, START)))
    QApplication.processEvents()
    assert wall.tiles[0].face.time == "10:00"  # type: ignore[union-attr]
    wall.painted.clear()
    for seconds, time in ((1, "09:59"), (478, "02:01"), (1, "02:00"), (119, "00:01"), (1, "+00:00")):
        kit.clock.go(seconds)
        kit.ticker.tick.emit(kit.clock.now())
        assert wall.tiles[0].face.time == time  # type: ignore[union-attr]
    assert wall.tiles[0].face.lamp == "red"  # type: ignore[union-attr]
    QApplication.processEvents()
    assert set(wall.painted) <= {camera}


def test_the_border_has_the_colour_of_the_lamp(kit: Bench, wall: WallWidget) -> None:
    fill(kit, wall)
    wall.select(8)
    theme = Theme()
    camera = wall.tiles[0].camera
    for passed, role in ((0, "lamp.green"), (480, "lamp.yellow"), (600, "lamp.red")):
        wall.set_board(board(card(camera, 42, START - timedelta(seconds=passed))))
        QApplication.processEvents()
        room = wall.tiles[0].box.picture
        got = wall.grab().toImage().pixelColor(room.right, room.y + room.h // 2)
        assert got == theme.color(role)


def test_n_carries_the_time_of_the_key_press(kit: Bench, wall: WallWidget, qtbot: QtBot) -> None:
    wall.setFocus()
    wall.select(4)
    kit.clock.go(1.25)
    with qtbot.waitSignal(wall.newCase) as seen:
        qtbot.keyClick(wall, Qt.Key.Key_N)
    assert seen.args == [wall.tiles[4].camera, START + timedelta(seconds=1.25)]


def test_walking_by_keys(wall: WallWidget, qtbot: QtBot) -> None:
    key = Qt.Key
    for pressed, at in (
        (key.Key_Right, 1), (key.Key_Down, 4), (key.Key_Left, 3), (key.Key_Up, 0), (key.Key_Up, 0),
        (key.Key_End, 8), (key.Key_Home, 0), (key.Key_7, 6), (key.Key_5, 4),
    ):  # fmt: skip
        qtbot.keyClick(wall, pressed)
        assert wall.selected == at
    with qtbot.waitSignal(wall.focusRequested) as seen:
        qtbot.keyClick(wall, key.Key_Return)
    assert seen.args == [wall.tiles[4].camera]
    with qtbot.waitSignal(wall.snapshotRequested):
        qtbot.keyClick(wall, key.Key_S)
    with qtbot.assertNotEmitted(wall.replayRequested):
        qtbot.keyClick(wall, key.Key_Space)
    wall.offer_replay(True)
    with qtbot.waitSignal(wall.replayRequested):
        qtbot.keyClick(wall, key.Key_Space)


def test_two_digits_are_one_number(wall: WallWidget, qtbot: QtBot) -> None:
    wall.set_cameras(cameras(16))
    wall.use_layout("16")
    qtbot.keyClick(wall, Qt.Key.Key_1)
    qtbot.keyClick(wall, Qt.Key.Key_2)
    assert wall.selected == 11


def test_pages_by_keys(wall: WallWidget, qtbot: QtBot) -> None:
    wall.use_layout("4")
    first = [tile.camera for tile in wall.tiles]
    qtbot.keyClick(wall, Qt.Key.Key_PageDown)
    assert [tile.camera for tile in wall.tiles] != first
    qtbot.keyClick(wall, Qt.Key.Key_PageUp)
    assert [tile.camera for tile in wall.tiles] == first


def test_dropping_swaps_and_undo_takes_it_back(wall: WallWidget, qtbot: QtBot) -> None:
    before = [tile.camera for tile in wall.tiles]
    assert wall.drop(3, wall.mime_of(0))
    after = [tile.camera for tile in wall.tiles]
    assert (after[0], after[3]) == (before[3], before[0])
    qtbot.keyClick(wall, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [tile.camera for tile in wall.tiles] == before


def test_a_camera_from_the_tree(wall: WallWidget) -> None:
    data = QMimeData()
    data.setData(CAMERA_MIME, b"CAM-009\nCAM-008\nnobody")
    assert wall.drop(0, data)
    assert [tile.camera for tile in wall.tiles][:2] == ["CAM-009", "CAM-008"]
    assert sorted(tile.camera for tile in wall.tiles) == [f"CAM-{i:03d}" for i in range(1, 10)]
    data.setData(CAMERA_MIME, b"nobody")
    assert not wall.drop(0, data)


def test_a_locked_layout_stays_and_says_why(wall: WallWidget, qtbot: QtBot) -> None:
    qtbot.keyClick(wall, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    before = wall.plan
    with qtbot.waitSignal(wall.said):
        assert not wall.drop(3, wall.mime_of(0))
    wall.use_layout("4")
    assert wall.plan == before
    qtbot.keyClick(wall, Qt.Key.Key_PageDown)
    qtbot.keyClick(wall, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    wall.use_layout("4")
    assert wall.plan.layout == "4"


def test_a_click_on_the_badge_opens_its_case(kit: Bench, wall: WallWidget, qtbot: QtBot) -> None:
    fill(kit, wall)
    wall.set_board(board(card(wall.tiles[0].camera, 42, START)))
    room = wall.tiles[0].badge_rect
    assert room is not None
    with qtbot.waitSignal(wall.caseRequested) as seen:
        qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=QPoint(room.x + 5, room.y + 5))
    assert seen.args == ["20260302-0042"]


def test_double_click_asks_for_focus(wall: WallWidget, qtbot: QtBot) -> None:
    room: QRect = wall._rects[5][1]
    with qtbot.waitSignal(wall.focusRequested) as seen:
        qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=room.center())
    assert seen.args == [wall.tiles[5].camera]


def test_the_menu_offers_what_can_be_done(wall: WallWidget) -> None:
    menu = wall.menu()
    texts = [action.text().split("\t")[0] for action in menu.actions()]
    assert t_in("zh", "wall.action.new_case") in texts
    assert t_in("zh", "wall.action.replay") not in texts
    menu.deleteLater()


def test_the_list_of_tiles_is_a_proper_model(kit: Bench, wall: WallWidget) -> None:
    tester = QAbstractItemModelTester(wall.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    fill(kit, wall)
    wall.use_layout("4")
    wall.next_page()
    assert wall.model.rowCount() == 4
    assert wall.accessibleDescription()
    tester.deleteLater()


def test_other_proportions_are_kept(kit: Bench, wall: WallWidget) -> None:
    camera = wall.tiles[0].camera
    report = health(camera, FeedState.LIVE)
    wall.set_health({camera: report.__class__(camera, FeedState.LIVE, 0, 0, 15, 1, "h264", 704, 576)})
    box = wall.tiles[0].box.picture
    assert box.w / box.h == pytest.approx(704 / 576, rel=0.03)
    assert wall.wishes()[camera] == Budget("moving", box.w, box.h)


def test_no_cameras_says_what_will_appear(kit: Bench, qtbot: QtBot) -> None:
    widget = WallWidget(kit.sight)
    qtbot.addWidget(widget)
    widget.resize(640, 360)
    image = widget.grab().toImage()
    ground = Theme().color("bg")
    assert any(image.pixelColor(x, 180) != ground for x in range(640))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("state", list(FeedState))
def test_on_the_smallest_tile_the_state_is_whole(qapp: QApplication, lang: str, state: FeedState) -> None:
    """64 tiles on 1920 × 1080: the state is never cut, the name gives way."""
    theme = Theme()
    name_m, state_m = QFontMetricsF(theme.font(12)), QFontMetricsF(theme.font(12, True))
    text = t_in(lang, f"states.feed.{state.value}") + " 1:23:45"
    width = 1920 / 8 - 8 - 12 * (0.8 + 0.62 * 1.7)
    got = fit_caption("亚太广场东北角地铁口云台球机-12", text, width, name_m, state_m, 7)
    assert got.state == text
    assert name_m.horizontalAdvance(got.name) + state_m.horizontalAdvance(text) + 7 <= width + 1
    assert got.name.endswith("12")


def test_focus_and_back(kit: Bench, qtbot: QtBot) -> None:
    asked: list[tuple[object, ...]] = []

    def focus(*what: object) -> None:
        asked.append(what)

    def unfocus(camera: str) -> None:
        asked.append(("end", camera))

    pane = WallPane(kit.sight, focus, unfocus)
    qtbot.addWidget(pane)
    pane.set_cameras(cameras(4))
    pane.wall.use_layout("4")
    pane.resize(960, 600)
    pane.show()
    qtbot.waitExposed(pane)
    view = pane.focus_view
    kit.feeds.show("CAM-002", plain(320, 180, RED), 320, 180)
    pane.show_focus("CAM-002")
    qtbot.waitUntil(lambda: bool(asked))
    view._timer.stop()
    assert asked[0][0] == "CAM-002"
    assert kit.feeds.budgets[-1]["CAM-002"].mode == "moving"
    assert kit.feeds.budgets[-1]["CAM-001"].mode == "slow"
    view.look()
    QApplication.processEvents()
    room = view.board.tiles[0].box.picture
    middle = QPoint(room.x + room.w // 2, room.y + room.h // 2)
    assert view.grab().toImage().pixelColor(middle).getRgb()[:3] == (255, 0, 0)
    assert not view.from_player
    kit.feeds.show("focus:CAM-002", plain(room.w, room.h, BLUE), room.w, room.h)
    view.look()
    QApplication.processEvents()
    assert view.grab().toImage().pixelColor(middle).getRgb()[:3] == (0, 0, 255)
    assert kit.feeds.budgets[-1]["CAM-002"].mode == "slow"
    with qtbot.waitSignal(pane.newCase) as seen:
        qtbot.keyClick(view, Qt.Key.Key_N)
    assert seen.args[0] == "CAM-002"
    # The player stops: back to the wall's picture, and that is old as well.
    kit.clock.go(10)
    for _ in range(8):
        view.look()
    QApplication.processEvents()
    assert view.grab().toImage().pixelColor(middle).getRgb()[:3] not in ((255, 0, 0), (0, 0, 255))
    with qtbot.waitSignal(pane.focusChanged):
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert asked[-1] == ("end", "CAM-002")
    assert pane.wall.isVisible()
    qtbot.waitUntil(lambda: kit.feeds.budgets[-1]["CAM-001"].mode == "moving")


def test_notices_take_room_only_when_there_are_any(kit: Bench, qtbot: QtBot) -> None:
    def nothing(*_: object) -> None:
        return None

    pane = WallPane(kit.sight, nothing, nothing)
    qtbot.addWidget(pane)
    pane.resize(800, 500)
    pane.show()
    assert not pane.strip.isVisible()
    pane.set_notices(["12 路改为只解关键帧"])
    assert pane.strip.isVisible()
    pane.say("已撤销布局改动")
    assert pane.strip.notices == ("已撤销布局改动", "12 路改为只解关键帧")
    pane.retranslate()  # what was said was in the other language
    assert pane.strip.notices == ("12 路改为只解关键帧",)
    pane.set_notices([])
    assert not pane.strip.isVisible()


HIDPI = """
from PySide6.QtWidgets import QApplication
from tests.gui.wall_kit import BLUE, RED, bench, cameras, look, publish
from console.widgets.wall import WallWidget
SCALE = float(__import__("os").environ["QT_SCALE_FACTOR"])
app = QApplication([])
with bench() as kit:
    wall = WallWidget(kit.sight)
    wall.set_cameras(cameras(4)); wall.use_layout("4"); wall.resize(641, 361); wall.show()
    app.processEvents()
    assert wall.devicePixelRatioF() == SCALE
    tile = wall.tiles[3]
    w, h = tile.box.picture.w, tile.box.picture.h
    assert w > 300 * SCALE, w  # device pixels, not logical ones
    assert wall.wishes()[tile.camera].width == w
    pixels = b"".join(bytes((x & 255, y & 255, 7, 255)) for y in range(h) for x in range(w))
    kit.feeds.show(tile.camera, pixels, w, h)
    wall.look(); app.processEvents()
    image = wall.grab().toImage()
    cap = tile.box.caption.h
    for x, y in ((0, cap), (w // 2, h // 2), (w - 1, h - 1)):
        got = image.pixelColor(tile.box.picture.x + x, tile.box.picture.y + y).getRgb()[:3]
        assert got == (7, y & 255, x & 255), (got, x, y)
    # No seam: the tiles cover the wall and share no pixel; of a picture that
    # is painted over, nothing is left at any edge.
    rooms = [tile.box.tile for tile in wall.tiles]
    width, height = round(wall.width() * SCALE), round(wall.height() * SCALE)
    assert sum(room.w * room.h for room in rooms) == width * height
    assert max(room.right for room in rooms) == width and max(room.bottom for room in rooms) == height
    for colour in (RED, BLUE):
        for tile in wall.tiles:
            publish(kit, wall, tile.index, colour)
        look(wall)
    raw = wall.grab().toImage().convertToFormat(image.Format.Format_RGB32)
    assert 0xFFFF0000 not in memoryview(bytes(raw.constBits())).cast("I"), "red is left"
    for tile in wall.tiles:
        room, top = tile.box.picture, tile.box.caption.bottom
        for x in (room.x, room.right - 1):
            for y in (top, room.bottom - 1):
                assert raw.pixelColor(x, y).getRgb()[:3] == (0, 0, 255), (tile.index, x, y)
    wall.close()
print("one to one")
"""


@pytest.mark.parametrize("scale", ["1.25", "1.5", "2"])
def test_one_device_pixel_a_pixel_and_no_seam_at_any_scale(scale: str) -> None:
    env = dict(os.environ, QT_SCALE_FACTOR=scale, QT_QPA_PLATFORM="offscreen")
    done = subprocess.run(
        [sys.executable, "-c", HIDPI], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert "one to one" in done.stdout, done.stderr


def test_the_focus_views_of_two_walls_do_not_take_from_each_other(kit: Bench, qtbot: QtBot) -> None:
    def nothing(*_: object) -> None:
        return None

    panes = [WallPane(kit.sight, nothing, nothing) for _ in range(2)]
    for pane in panes:
        qtbot.addWidget(pane)
        pane.set_cameras(cameras(4))
        pane.resize(640, 400)
        pane.show()
    panes[0].show_focus("CAM-001")
    qtbot.waitUntil(
        lambda: any(b.get("CAM-001", Budget("idle", 0, 0)).width > 500 for b in kit.feeds.budgets)
    )
    panes[1].hide()
    qtbot.waitUntil(lambda: not panes[1].wall._ask.isActive())
    assert kit.feeds.budgets[-1]["CAM-001"].width > 500
