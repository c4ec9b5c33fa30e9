"""The map page: what is painted when, what a hand and a key do, both languages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType, FunctionType

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from console.domain import gcj02, geo
from console.domain.geo import distance_m
from console.domain.vocabulary import FeedState
from console.i18n import LANGUAGES, set_language
from console.models.map_marks import DOWN, GREEN, RED, YELLOW, TeamPlace
from console.models.map_viewport import Viewport, scale_bar
from console.models.nearest import nearest
from console.services.district_map import HeatView, MapData
from console.widgets import map_labels, map_static, map_warm
from console.widgets.case_map import MiniMap
from console.widgets.map_backdrop import GroundJob
from console.widgets.map_ground import prepare
from console.widgets.map_static import GroundPainter
from console.widgets.map_tiles import Key, TileStore
from console.windows.language import switch_language
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import settle
from tests.gui.map_kit import CAMERAS, MapRig, card, cards, ground, health, map_page

pytestmark = pytest.mark.usefixtures("qapp")
MIDDLE = (113.7302, 34.6990)


@pytest.fixture
def rig(qapp: QApplication) -> Iterator[MapRig]:
    with map_page() as made:
        yield made


def near(rig: MapRig, metres: float, place: tuple[float, float] = MIDDLE) -> None:
    rig.page.view.go(rig.page.view.view.centred(*place, metres))
    settle()


# Viewport ----------------------------------------------------------------------


def test_zoom_keeps_what_is_under_the_cursor() -> None:
    view = Viewport(width=800, height=600).centred(*MIDDLE, 4.0)
    held = view.place_at(123, 456)
    for factor in (1.5, 0.3, 7.0):
        x, y = view.zoomed(factor, 123, 456).place_on_screen(*held)
        assert (x, y) == pytest.approx((123, 456), abs=1e-3)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    view = Viewport(width=800, height=600).centred(*MIDDLE, 2.3)
    metres, px = scale_bar(view)
    assert px <= 120
    assert distance_m(view.place_at(100, 300), view.place_at(100 + px, 300)) == pytest.approx(
        metres, rel=5e-3
    )


def test_zoom_has_two_ends() -> None:
    view = Viewport(width=800, height=600).centred(*MIDDLE, 2.0)
    assert view.zoomed(1e9).metres == pytest.approx(0.1, rel=1e-6)
    assert view.zoomed(1e-9).metres == pytest.approx(400, rel=1e-2)


# Painting -----------------------------------------------------------------------


def test_a_tick_that_changes_nothing_paints_nothing(rig: MapRig) -> None:
    rig.page.set_cards(cards(200))
    settle()
    before = dict(rig.page.view.painted)
    for _ in range(5):
        rig.tick()
    assert dict(rig.page.view.painted) == before


def test_a_lamp_that_turns_repaints_its_mark_and_no_ground(rig: MapRig) -> None:
    view = rig.page.view
    # 238 of 300 s: yellow at 240.
    rig.page.set_cards((card(1, *MIDDLE, 238), *cards(30)))
    settle()
    near(rig, 1.0)
    row = view.cases.row_of("20260929-0001")
    assert row is not None
    assert view.cases.ranks[row] == GREEN
    before = dict(view.painted)
    rig.tick(1)
    assert dict(view.painted) == before
    rig.tick(1)
    assert view.cases.ranks[row] == YELLOW
    assert view.painted["ground"] == before["ground"]
    # What lies under its box, not the forty marks of the view.
    assert 1 <= view.painted["mark"] - before["mark"] <= 6
    rig.tick(60)
    assert view.cases.ranks[row] == RED


def test_hidden_nothing_is_computed(rig: MapRig) -> None:
    view = rig.page.view
    rig.page.set_cards(cards(50))
    settle()
    rig.page.hide()
    before = dict(view.painted)
    rig.page.set_cards(cards(400, seed=6))
    view.set_health(health(["cam001"]))
    rig.tick(300)
    assert dict(view.painted) == before
    assert len(view.cases) == 50
    rig.page.show()
    settle()
    assert len(view.cases) == 400
    assert view.cameras.states[0] is FeedState.LOST


def test_a_small_pan_paints_no_ground_and_looks_for_no_marks(rig: MapRig) -> None:
    view = rig.page.view
    rig.page.set_cards(cards(500))
    near(rig, 2.0)
    before = dict(view.painted)
    for _ in range(10):
        view.go(view.view.panned(10, 6))
        settle()
    assert view.painted["ground"] == before["ground"]
    assert view.painted["place"] == before["place"]
    assert view.painted["paint"] == before["paint"] + 10


def test_ten_thousand_cases_are_few_marks(rig: MapRig) -> None:
    view = rig.page.view
    rig.page.set_cards(cards(10_000))
    settle()
    shown = [one.spot for one in view.marks if one.spot.kind == "case"]
    assert sum(len(spot.members) for spot in shown) == 10_000
    assert len(shown) < 900
    # The same board again costs nothing.
    before = dict(view.painted)
    rig.page.set_cards(list(view.cases.cards))
    settle()
    assert dict(view.painted) == before


def test_marks_that_stand_alone_do_not_lie_over_each_other(rig: MapRig) -> None:
    rig.page.set_cards(cards(2000))
    settle()
    for kind, wide, high in (("case", 52, 25), ("camera", 38, 20)):
        at = sorted((one.at.x(), one.at.y()) for one in rig.page.view.marks if one.spot.kind == kind)
        for i, (x, y) in enumerate(at):
            for other_x, other_y in at[i + 1 : i + 60]:
                # Means of merged cells may move a little nearer.
                assert abs(other_x - x) > wide * 0.45 or abs(other_y - y) > high * 0.45, kind


def test_the_ground_may_be_painted_elsewhere(rig: MapRig, qtbot: QtBot) -> None:
    view = rig.page.view
    jobs: list[object] = []
    view.paint_grounds_with(jobs.append)
    view._rest.setInterval(600_000)  # however slow the machine is, the hand has not rested
    for metres in (1.0, 0.9, 0.8):
        near(rig, metres)
    assert jobs == [], "while a hand zooms the picture from before is stretched"
    view._rest.setInterval(0)
    near(rig, 0.75)
    qtbot.waitUntil(lambda: len(jobs) == 1)
    near(rig, 0.7)
    qtbot.waitUntil(lambda: len(jobs) == 2)
    stale, newest = jobs
    count = view.painted["ground"]
    view.take_ground(stale.turn, stale.paint())  # type: ignore[attr-defined]
    assert view.painted["ground"] == count
    view.take_ground(newest.turn, newest.paint())  # type: ignore[attr-defined]
    assert view.painted["ground"] == count + 1


def test_no_ground_is_painted_by_the_window_that_shows_it() -> None:
    with map_page(shown=False) as rig:
        view = rig.page.view
        jobs: list[GroundJob] = []
        view.paint_grounds_with(jobs.append)
        rig.page.show()
        settle()
        assert (len(jobs), view.painted["ground"]) == (1, 0), "not even the first one"
        assert view.painted["mark"] > 0, "the marks do not wait for it"
        early = jobs[0]
        rig.theme.use("light")
        view.take_ground(early.turn, early.paint())
        assert view.painted["ground"] == 0, "what was asked for before the theme changed is left"
        settle()
        assert len(jobs) == 2
        view.take_ground(jobs[1].turn, jobs[1].paint())
        settle()
        light = view.grab().toImage().pixelColor(4, view.height() // 2)
        assert (view.painted["ground"], len(jobs)) == (1, 2)
        assert light.lightnessF() > 0.5


def test_the_windows_thread_has_used_all_of_it_before_the_maps_thread_does(
    rig: MapRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: set[object] = set()

    def note(frame: FrameType, what: str, _value: object) -> None:
        if what == "call":
            used.add(frame.f_code)

    monkeypatch.setattr(map_warm, "_warmed", set())
    early: list[bool] = []
    rig.page.view.paint_grounds_with(lambda _job: early.append(bool(map_warm._warmed)))
    sys.setprofile(note)
    try:
        rig.page.view.set_ground(ground())
        settle()
    finally:
        sys.setprofile(None)
    assert early == [True], "before the first job is handed over"
    own = {one for one in vars(GroundPainter).values() if isinstance(one, FunctionType)}
    own |= {map_static.heat_color, map_static.heat_classes, map_labels.write, map_labels.along, prepare}
    assert {one.__name__ for one in own if one.__code__ not in used} <= {"__init__"}


def test_nor_is_that_of_the_map_in_a_case(rig: MapRig) -> None:
    mini = MiniMap(rig.theme, TileStore(tuple))
    jobs: list[GroundJob] = []
    mini.paint_grounds_with(jobs.append)
    mini.set_ground(ground())
    mini.resize(300, 200)
    mini.show()
    home, other = (
        (CAMERAS[0].lon or 0.0, CAMERAS[0].lat or 0.0),
        (CAMERAS[9].lon or 0.0, CAMERAS[9].lat or 0.0),
    )
    for place in (home, other):
        mini.show_place(place, ("#0001", RED), ())
        settle()
        mini.repaint()
    assert (len(jobs), mini.painted) == (2, 0)
    for job in jobs:
        mini.take_ground(job.turn, job.paint())
    assert mini.painted == 1, "the ground of the case before is left"
    mini.close()
    mini.deleteLater()
    settle()


def test_a_ground_that_comes_later_takes_the_marks_along(rig: MapRig) -> None:
    view = rig.page.view
    rig.page.set_cards(cards(30))
    view.set_ground(prepare(MapData()))
    view.go(view.view.centred(100.0, 30.0, 9.0))
    view.home()
    view.set_ground(ground())
    assert view.marks
    for one in view.marks:
        assert view.view.to_screen(one.spot.x, one.spot.y) == pytest.approx((one.at.x(), one.at.y()), abs=0.6)


# Hand and keyboard ---------------------------------------------------------------


def test_a_click_opens_a_case_and_a_drag_does_not(rig: MapRig) -> None:
    view = rig.page.view
    rig.page.set_cards((card(7, *MIDDLE),))
    near(rig, 1.0)
    opened: list[str] = []
    view.case_wanted.connect(opened.append)
    (one,) = [m for m in view.marks if m.spot.kind == "case"]
    at = one.hit.center().toPoint()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    for step in range(1, 6):
        QTest.mouseMove(view, at + QPoint(step * 12, 0))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at + QPoint(60, 0))
    assert opened == []
    (moved,) = [m for m in view.marks if m.spot.kind == "case"]
    assert moved.at.x() - one.at.x() == pytest.approx(60, abs=1)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=moved.hit.center().toPoint())
    assert opened == ["20260929-0007"]


def test_several_come_apart_or_are_listed(rig: MapRig) -> None:
    view = rig.page.view
    rig.page.set_cards(
        (
            card(1, *MIDDLE),
            card(2, MIDDLE[0] + 0.0004, MIDDLE[1]),
            *[card(n, 113.74, 34.70) for n in range(3, 30)],
        )
    )
    near(rig, 2.0)
    pair = next(m for m in view.marks if m.spot.kind == "case" and len(m.spot.members) == 2)
    scale = view.view.scale
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=pair.hit.center().toPoint())
    settle()
    assert view.view.scale > scale
    assert {len(m.spot.members) for m in view.marks if m.spot.kind == "case"} == {1}
    near(rig, 0.5, (113.74, 34.70))
    stack = next(m for m in view.marks if m.spot.kind == "case" and len(m.spot.members) == 27)
    menus: list[QMenu] = []
    opened: list[str] = []
    view.menu_made.connect(menus.append)
    view.case_wanted.connect(opened.append)
    view.activate(stack)
    assert "27" in menus[0].title() or "27" in menus[0].actions()[0].text()
    menus[0].actions()[2].trigger()
    menus[0].close()
    assert len(opened) == 1


def test_tab_walks_worst_first_and_then_leaves(rig: MapRig) -> None:
    view = rig.page.view
    view.setFocus()
    view.show_layers(["cases"])
    rig.page.set_cards((card(1, 113.71, 34.70, 30), card(2, 113.72, 34.70, 310), card(3, 113.73, 34.70, 250)))
    settle()
    walked = []
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Tab)
        walked.append(view.lit[1][-1])
    assert walked == ["2", "3", "1"]
    assert "#0001" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert view.lit[1][-1] == "3"
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert view.lit[1][-1] == "2"
    for _ in range(4):
        held = QApplication.focusWidget()
        if held is not view:
            break
        QTest.keyClick(view, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not view


def test_keys_pan_zoom_and_go_home(rig: MapRig) -> None:
    view = rig.page.view
    view.setFocus()
    home = view.view
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.view.scale > home.scale
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.view.x > home.x
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.view.y > home.y
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.view == home


def test_the_wheel_zooms_about_the_cursor(rig: MapRig) -> None:
    view = rig.page.view
    held = view.view.place_at(200, 150)
    turned = QWheelEvent(
        QPointF(200, 150),
        view.mapToGlobal(QPointF(200, 150)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, turned)
    assert view.view.place_on_screen(*held) == pytest.approx((200, 150), abs=0.5)
    assert view.view.scale > Viewport().scale


def test_digits_switch_layers_and_w_wants_cameras(rig: MapRig) -> None:
    view = rig.page.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_4)
    settle()
    assert not [m for m in view.marks if m.spot.kind == "camera"]
    QTest.keyClick(view, Qt.Key.Key_4)
    wanted: list[tuple[float, float]] = []
    chosen: list[object] = []
    view.near_wanted.connect(lambda lon, lat: wanted.append((lon, lat)))
    view.wall_wanted.connect(chosen.append)
    near(rig, 0.5)
    QTest.keyClick(view, Qt.Key.Key_W)
    assert wanted[0] == pytest.approx(MIDDLE, abs=1e-6)
    camera = next(m for m in view.marks if m.spot.kind == "camera" and len(m.spot.members) == 1)
    view.choose(camera)
    QTest.keyClick(view, Qt.Key.Key_W)
    assert chosen == [(view.id_of("camera", camera.spot.members[0]),)]


def test_ground_is_named_and_copied(rig: MapRig) -> None:
    view = rig.page.view
    assert view.where(*MIDDLE) == "湖心社区 · 036 网格"
    menu = view.ground_menu(*MIDDLE)
    assert menu.actions()[0].text() == view.where(*MIDDLE)
    menu.actions()[-1].trigger()
    menu.deleteLater()
    assert QApplication.clipboard().text() == "113.730200,34.699000"


def test_heat_shows_numbers_instead_of_cameras(rig: MapRig) -> None:
    view = rig.page.view
    wanted: list[int] = []
    rig.page.heat_wanted.connect(wanted.append)
    QTest.keyClick(view, Qt.Key.Key_H)
    assert wanted == [7]
    grid = ground().grids[300].id
    # Counts of other days come too late.
    rig.page.set_heat(HeatView(30, {grid: 9}, 9, 0))
    assert view.heat is None
    rig.page.set_heat(HeatView(7, {grid: 5}, 6, 1))
    settle()
    assert view.heat == {grid: 5}
    assert not [m for m in view.marks if m.spot.kind == "camera"]
    QTest.keyClick(view, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert wanted == [7, 30]
    assert view.heat is None
    QTest.keyClick(view, Qt.Key.Key_H)
    assert not rig.page.heat_on


def test_cameras_tell_their_state(rig: MapRig) -> None:
    view = rig.page.view
    view.set_health(health(["cam001"]))
    settle()
    row = view.cameras.row_of("cam001")
    assert row is not None
    assert view.cameras.ranks[row] == DOWN
    assert view.words_of("camera", row) == "镜湖大道和顺街口西 · 离线"
    before = dict(view.painted)
    view.set_health(health(["cam001"]))
    settle()
    assert dict(view.painted) == before


def test_teams_stand_where_they_were_last(rig: MapRig) -> None:
    view = rig.page.view
    view.set_teams([TeamPlace("a", "市容劝导队", "Street team", *MIDDLE, "14:20", True)])
    settle()
    (one,) = [m for m in view.marks if m.spot.kind == "team"]
    assert view.words_of("team", one.spot.members[0]) == "市容劝导队 · 最后位置 14:20"
    set_language("en")
    assert view.words_of("team", one.spot.members[0]) == "Street team · last seen here 14:20"


def test_nearest_cameras_and_which_can_show_it() -> None:
    here = (CAMERAS[0].lon or 0.0, CAMERAS[0].lat or 0.0)
    down = health(["cam001"])
    all_of_them = nearest(CAMERAS, down, here, 4)
    assert all_of_them[0].camera.id == "cam001"
    assert [n.metres for n in all_of_them] == sorted(n.metres for n in all_of_them)
    assert all_of_them[0].faces is None
    showing = nearest(CAMERAS, down, here, 4, showing=True)
    assert "cam001" not in [n.camera.id for n in showing]
    off = (replace(CAMERAS[1], enabled=False), replace(CAMERAS[2], lon=None, lat=None))
    assert nearest(off, {}, here, 4) == ()


# Both languages, empty maps, rasters ----------------------------------------------


@pytest.mark.parametrize("size", [(1200, 760), (960, 420)])
def test_nothing_is_cut_in_either_language(qapp: QApplication, size: tuple[int, int]) -> None:
    found = []
    with map_page(size) as rig:
        rig.page.set_cards((*cards(20), replace(card(99, 0, 0), lon=None, lat=None)))
        rig.page.toggle_heat()
        rig.page.set_heat(HeatView(7, {ground().grids[3].id: 4}, 9, 5))
        for lang in LANGUAGES:
            switch_language(lang)
            settle()
            found += [f"{lang}: {line}" for line in cut_texts(rig.page)]
            assert "1" in rig.page._note.text()
        assert "last 7 days" in rig.page._days_button.text()
    assert not found


def test_an_empty_map_says_how_to_fill_it(rig: MapRig) -> None:
    rig.page.set_ground(prepare(MapData()), broken=("roads",))
    settle()
    assert "map import" in rig.page._note.text()
    assert "roads" in rig.page._note.text()


def tile(color: int) -> QImage:
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


def test_tiles_are_asked_for_once_and_kept_within_bounds(rig: MapRig) -> None:
    view, store = rig.page.view, rig.page.view._tiles
    store.open((3, 17))
    settle()
    near(rig, 2.0)
    assert rig.asked
    assert len(set(rig.asked)) == len(rig.asked)
    first = list(rig.asked)
    view.update()
    settle()
    assert rig.asked == first
    store.put(first[0], None)
    for key in first[1:]:
        store.put(key, tile(0x336699))
    view.update()
    settle()
    assert rig.asked == first, "a tile that is not there was asked for again"
    assert store.bytes == 256 * 256 * 4 * (len(first) - 1)


def test_the_oldest_tiles_go_first(qapp: QApplication) -> None:
    store = TileStore(lambda keys: (), room=256 * 256 * 4 * 3)
    for column in range(5):
        store.put((5, column, 0), tile(0))
    assert store.bytes == 256 * 256 * 4 * 3
    assert [key[1] for key in store._kept] == [2, 3, 4]


def test_a_tile_stands_where_it_belongs(qapp: QApplication) -> None:
    """The red tile covers exactly its part of the ground."""
    with map_page() as rig:
        view = rig.page.view
        view.show_layers([])
        near(rig, 2.0)
        view._tiles.open((15, 15))
        settle()
        red = max(rig.asked, key=_nearness(view.view.x, view.view.y))
        view._tiles.put(red, tile(0xFFFF0000))
        QTest.qWait(120)
        picture = view.grab().toImage()
        zoom, column, row = red
        seen = 0
        for across, down in (
            (0.1, 0.1),
            (0.5, 0.5),
            (0.9, 0.9),
            (-0.1, 0.5),
            (1.1, 0.5),
            (0.5, -0.1),
            (0.5, 1.1),
        ):
            x, y = view.view.to_screen((column + across) / 2**zoom, (row + down) / 2**zoom)
            if 0 <= x < picture.width() and 0 <= y < picture.height() - 40:
                color = picture.pixelColor(int(x), int(y))
                within = 0 < across < 1 and 0 < down < 1
                assert (color.red() > 2 * color.blue() + 40) is within, (across, down, color.name())
                seen += 1
        assert seen >= 5


def _nearness(x: float, y: float) -> Callable[[Key], float]:
    """The tile around a point of the plane first."""

    def near_it(key: Key) -> float:
        zoom, column, row = key
        return -abs((column + 0.5) / 2**zoom - x) - abs((row + 0.5) / 2**zoom - y)

    return near_it


def test_shifted_tiles_are_drawn_where_the_ground_is(qapp: QApplication) -> None:
    store = TileStore(lambda keys: ())
    store.open((3, 17), shifted=True)
    view = Viewport(width=800, height=600).centred(*MIDDLE, 2.0)
    dx, dy = store._shift(view)
    there = gcj02.from_wgs84(*MIDDLE)
    assert geo.from_plane(view.x + dx, view.y + dy) == pytest.approx(there, abs=1e-9)
    assert distance_m(there, MIDDLE) > 100
