"""A pinned tile keeps its camera, and the bar under the pointer says what can
be done with a tile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.domain.vocabulary import FeedState
from console.i18n import set_language, t
from console.services.wall_layouts import Library, NamedLayout, decode, encode
from console.widgets.wall import CAMERA_MIME, WallWidget
from console.widgets.wall_hover import TOOLS
from console.widgets.wall_library import hung_of, kept, plan_of, restored, same
from console.widgets.wall_plan import WallPlan
from tests.gui.wall_kit import START, Bench, board, card, fill, health, opened

MANY = tuple(f"c{i}" for i in range(1, 12))
PLAN = WallPlan("4", MANY)


@pytest.fixture
def wall(kit: Bench, qtbot: QtBot) -> WallWidget:
    widget = opened(kit, qtbot, 9, "4")
    widget.setFocus()
    fill(kit, widget)
    return widget


# The plan ------------------------------------------------------------------


def test_a_pinned_tile_stays_while_the_others_turn() -> None:
    plan = PLAN.pinned(1)
    assert plan.shown() == ("c1", "c2", "c3", "c4")
    assert plan.turn(1).shown() == ("c5", "c2", "c6", "c7")
    assert plan.pages == 4
    assert plan.turn(1).bring("c9").shown() == ("c8", "c2", "c9", "c10")
    assert plan.turn(2).bring("c2").page == 2, "it is on every page"
    assert plan.pinned(1) == PLAN


def test_nothing_gets_past_a_pin() -> None:
    plan = PLAN.pinned(1)
    assert plan.placed(1, "c9") == plan
    assert plan.placed(0, "c2") == plan
    assert plan.swapped(0, 1) == plan
    assert plan.lent(1, "c9").shown() == ("c1", "c2", "c9", "c4")
    assert plan.filled(1, ("c9", "c10", "c11"))[0].shown() == ("c1", "c2", "c9", "c10")
    assert plan.filled(1, ("c9", "c10", "c11"))[1] == 2
    assert plan.pinned(0).pinned(2).pinned(3).free == ()
    everything = plan.pinned(0).pinned(2).pinned(3)
    assert (everything.pages, everything.turn(1).shown()) == (1, ("c1", "c2", "c3", "c4"))
    assert everything.filled(0, ("c9",)) == (everything, 0)
    assert WallPlan("4").pinned(2) == WallPlan("4"), "an empty tile cannot be pinned"


def test_pins_live_through_layouts_salvos_and_cameras_that_go() -> None:
    plan = PLAN.pinned(3)
    assert plan.with_layout("1").shown() == ("c4",)
    assert plan.with_layout("9").shown()[3] == "c4"
    two = PLAN.pinned(2).pinned(3).with_layout("1")
    assert two.shown() == ("c4",)
    assert "c3" in two.slots, "what has no tile any more hangs among the others"
    salvo = WallPlan("4", ("c4", "c9", "c8"))
    assert salvo.keeping(plan).shown() == ("c9", "c8", "", "c4")
    gone = plan.following([one for one in MANY if one != "c4"])
    assert gone.pins == ()
    assert "c4" not in gone.shown()


def test_pins_are_stored_with_the_layout() -> None:
    plan = PLAN.pinned(2)
    stored = decode(encode(Library((NamedLayout("a", hung_of(plan)),)))).layouts[0].hung
    assert same(plan_of(stored, MANY), hung_of(plan))
    assert plan_of(stored, MANY).shown() == plan.shown()
    assert restored(kept(plan), MANY).pins == plan.pins
    old = {key: value for key, value in kept(plan).items() if key != "pins"}
    assert restored(old, MANY).pins == ()


@given(st.lists(st.tuples(st.sampled_from("psltk"), st.integers(0, 8), st.integers(0, 10)), max_size=25))
def test_whatever_is_done_no_camera_is_shown_twice_and_none_is_lost(
    steps: list[tuple[str, int, int]],
) -> None:
    plan = PLAN
    for what, tile, number in steps:
        held = dict(plan.pins)
        at = tile % plan.per_page
        if what == "p":
            plan = plan.pinned(at)
        elif what == "s":
            plan = plan.swapped(at, number % plan.per_page)
        elif what == "l":
            plan = plan.with_layout(("1", "4", "6", "9")[number % 4])
        elif what == "t":
            plan = plan.turn(number)
        else:
            plan = plan.placed(at, MANY[number])
        shown = [one for one in plan.shown() if one]
        assert len(shown) == len(set(shown))
        assert sorted(one for one in plan.tokens if one) == sorted(MANY)
        if what in "stk":
            assert dict(plan.pins) == held
        assert 0 <= plan.page < plan.pages


# The wall ------------------------------------------------------------------


def test_k_pins_marks_says_and_is_undone(wall: WallWidget, kit: Bench) -> None:
    said: list[str] = []
    wall.said.connect(said.append)
    wall.select(1)
    camera = wall.selected_camera
    QTest.keyClick(wall, Qt.Key.Key_K)
    assert wall.tiles[1].pinned
    assert said[-1] == t("tiles.pin.done")
    assert t("tiles.pin.word") in wall.model.data(wall.model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    QTest.keyClick(wall, Qt.Key.Key_PageDown)
    assert wall.tiles[1].camera == camera
    assert wall.tiles[0].camera != "CAM-001"
    before = wall.plan
    wall.select(1)
    QTest.keyClick(wall, Qt.Key.Key_Delete)
    wall.select(0)
    QTest.keyClick(wall, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert wall.plan == before
    assert said[-1] == t("tiles.pin.refusal")
    data = wall.mime_of(0)
    data.removeFormat("application/x-fifteen-tile")
    data.setData(CAMERA_MIME, b"CAM-009")
    assert not wall.drop(1, data)
    assert wall.hang(("CAM-009",), 1), "an alarm's camera goes to the next tile"
    assert wall.tiles[1].camera == camera
    wall.undo()
    wall.undo()
    assert not wall.tiles[1].pinned
    wall.toggle_lock()
    wall.toggle_pin()
    assert said[-1] == t("wall.wall.locked_refusal")


def test_the_menu_has_it_too(wall: WallWidget) -> None:
    words = [action.text() for action in wall.menu().actions()]
    assert f"{t('tiles.action.pin')}\tK" in words
    wall.toggle_pin()
    assert f"{t('tiles.action.release')}\tK" in [action.text() for action in wall.menu().actions()]


# The bar under the pointer ---------------------------------------------------


def over(wall: WallWidget, index: int, tool: str = "") -> QPoint:
    """The pointer over a tile, or a word of its bar."""
    room = wall.tiles[index].box.tile
    at = QPointF(room.x + room.w / 2, room.y + room.h - 20)
    wall.hover(at)
    tools = wall.tiles[index].tools
    assert tools is not None
    if tool:
        at = QPointF(dict(tools.rooms)[tool].center())
        wall.hover(at)
    return at.toPoint()


def test_each_word_does_what_its_key_does(wall: WallWidget) -> None:
    wall.offer_replay(True)
    done: list[str] = []
    for name, signal in (
        ("steer", wall.steerRequested),
        ("snapshot", wall.snapshotRequested),
        ("replay", wall.replayRequested),
        ("tour", wall.tourWanted),
    ):
        signal.connect(lambda *_, name=name: done.append(name))
    wall.focusRequested.connect(lambda *_: done.append("focus"))
    for name in TOOLS:
        at = over(wall, 2, name)
        QTest.mouseClick(wall, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=at)
    assert set(done) == {"steer", "snapshot", "replay", "tour"}
    assert "focus" not in done
    assert wall.selected == 2
    assert t("tiles.tool.release") == wall._words(wall.tiles[2])["pin"]


def test_the_bar_is_drawn_once_and_goes_with_the_pointer(wall: WallWidget, kit: Bench) -> None:
    over(wall, 0)
    drawn = wall.tiles[0].tools
    fill(kit, wall)
    over(wall, 0)
    assert wall.tiles[0].tools is drawn
    over(wall, 1)
    assert wall.tiles[0].tools is None
    wall.set_touring("walking")
    over(wall, 1)
    assert wall._words(wall.tiles[1])["tour"] == t("tiles.tool.tour_walking")
    wall.hover(None)
    assert all(tile.tools is None for tile in wall.tiles)
    wall.use_layout("1+5")
    assert all(tile.tools is None for tile in wall.tiles)


@pytest.mark.parametrize("layout", ["1", "9", "36", "64"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_bar_stays_within_its_tile(kit: Bench, qtbot: QtBot, layout: str, lang: str) -> None:
    wall = opened(kit, qtbot, 9, layout)
    wall.resize(1280, 720)
    wall.offer_replay(True)
    set_language(lang)
    wall.repaint_all()
    over(wall, 0)
    tools = wall.tiles[0].tools
    assert tools is not None
    room = wall.tiles[0].box.picture
    for _, rect in tools.rooms:
        inner = QRect(room.x, room.y, room.w, room.h)
        assert inner.contains(rect)
    assert len(tools.rooms) == 5 or layout == "64"
    assert len(tools.rooms) > 1
    set_language("zh")


def test_a_picture_of_it(wall: WallWidget, kit: Bench) -> None:
    """Pin and bar beside a badge and a tile that is lost."""
    wall.offer_replay(True)
    wall.select(1)
    wall.toggle_pin()
    wall.set_board(board(card(wall.tiles[2].camera, 42, START)))
    wall.set_health({wall.tiles[3].camera: health(wall.tiles[3].camera, FeedState.LOST, 41.0)})
    over(wall, 2, "pin")
    plain_one = wall.tiles[0].box.caption
    pinned = wall.tiles[1].box.caption
    image = wall.grab().toImage()
    shots = os.environ.get("FIFTEEN_TEST_SHOTS", "")
    if shots:
        image.save(str(Path(shots) / "hover-zh.png"))
        set_language("en")
        wall.repaint_all()
        over(wall, 2, "pin")
        wall.grab().save(str(Path(shots) / "hover-en.png"))
        set_language("zh")
    row = plain_one.h // 2
    accent = kit.theme.color("accent").rgb()

    def marked(x: int, y: int) -> bool:
        return any(image.pixel(x + dx, y + row) == accent for dx in range(60))

    assert marked(pinned.x, pinned.y)
    assert not marked(plain_one.x, plain_one.y)
