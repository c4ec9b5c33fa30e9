"""Alarm tiles on a painted wall: lent and given back, never over what is
pinned, selected or replayed, and nothing is changed beneath them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.domain.vocabulary import FeedState
from console.i18n import set_language, t
from console.models.alarm_tiles import Loan
from console.services.wall_layouts import Library, NamedLayout, decode, encode
from console.widgets import layouts, spans
from console.widgets.layout_editor import LayoutEditor
from console.widgets.tile_board import JUDGE_EVERY
from console.widgets.wall import CAMERA_MIME, WallWidget
from console.widgets.wall_library import hung_of, kept, plan_of, restored, same
from console.widgets.wall_plan import WallPlan
from tests.gui.wall_kit import (
    BLUE,
    RED,
    START,
    Bench,
    bgr,
    board,
    card,
    colour_at,
    fill,
    health,
    look,
    opened,
    publish,
)

ALARM = Loan("CAM-012", "#1042 到场超时", "高", "+2")
NEARBY = Loan("CAM-003", "附近 120 米 · #1042")


@pytest.fixture
def wall(kit: Bench, qtbot: QtBot) -> WallWidget:
    """Nine tiles, twelve cameras, the keyboard on the first tile."""
    widget = opened(kit, qtbot, 12, "9")
    widget.setFocus()
    fill(kit, widget)
    return widget


def shown(wall: WallWidget) -> list[str]:
    """Cameras of the tiles, ``1`` for ``CAM-001``."""
    return [tile.camera[-3:].lstrip("0") for tile in wall.tiles]


# The plan ------------------------------------------------------------------------


def test_the_lower_row_of_presets_is_lent_and_of_free_spans_what_is_marked() -> None:
    lent = {name: WallPlan(name).lending(WallPlan(name).arranged(1920, 1080)) for name in layouts.PRESETS}
    assert {name for name, tiles in lent.items() if not tiles} == {"1", "4"}
    assert (lent["9"], lent["16"], lent["1+5"]) == ((6, 7, 8), (12, 13, 14, 15), (3, 4, 5))
    tall = WallPlan("6")
    assert tall.lending(tall.arranged(600, 900)) == (4, 5)
    plan = WallPlan("9", ("a", "b")).with_alarm_tiles((2, 1))
    assert plan.lending(plan.arranged(900, 600)) == (1, 2)
    assert plan.pinned(1).lending(plan.arranged(900, 600)) == (2,), "what is pinned is not lent"
    assert plan.with_layout("16").alarm_tiles is None
    free = spans.plain(2, 2)
    assert plan.with_shape(free).lending(free) == ()
    assert plan.with_shape(free, "", (3,)).lending(free) == (3,)


def test_marks_are_stored_with_named_layouts_and_outlive_a_restart() -> None:
    plan = WallPlan("9", ("a", "b"), seen=frozenset({"a", "b"})).with_alarm_tiles((1, 2))
    library = Library((NamedLayout("早", hung_of(plan)), NamedLayout("晚", hung_of(WallPlan("9")))))
    again = decode(encode(library))
    assert again == library
    hung = again.layouts[0].hung
    assert plan_of(hung, ("a", "b")) == plan
    assert same(plan, hung)
    assert not same(plan.with_alarm_tiles(()), hung)
    assert restored(kept(plan), ("a", "b")) == plan
    old = {key: value for key, value in kept(WallPlan("9", ("a",))).items() if key != "alarm_tiles"}
    assert restored(old, ("a",)).alarm_tiles is None, "written before there were any"


# Lent and given back ---------------------------------------------------------------


def test_an_alarm_shows_its_cameras_and_what_hung_there_comes_back(kit: Bench, wall: WallWidget) -> None:
    plan = wall.plan
    assert wall.lending == (6, 7, 8)
    wall.lend({6: ALARM, 7: NEARBY})
    assert shown(wall) == ["1", "2", "3", "4", "5", "6", "12", "3", "9"]
    assert wall.plan == plan, "the plan of the wall is not touched"
    publish(kit, wall, 6, BLUE)
    publish(kit, wall, 2, RED)
    look(wall)
    assert bgr(colour_at(wall, 6)) == BLUE
    assert bgr(colour_at(wall, 7)) == bgr(colour_at(wall, 2)) == RED, "twice on the wall, both live"
    for _ in range(JUDGE_EVERY):
        wall.look()
    assert (wall._counts, wall.lent) == ((9, 9), {"CAM-012", "CAM-003"})
    assert set(wall.wishes()) == {f"CAM-{n:03d}" for n in (1, 2, 3, 4, 5, 6, 9, 12)}
    assert "#1042" in wall.model.index(6).data(Qt.ItemDataRole.AccessibleTextRole)
    wall.next_page()
    assert shown(wall)[6:8] == ["12", "3"], "held on every page"
    wall.previous_page()
    wall.lend({})
    assert shown(wall) == [str(n) for n in range(1, 10)]
    assert wall.wishes().keys() == {f"CAM-{n:03d}" for n in range(1, 10)}


def test_counts_say_what_is_live_when_the_camera_of_the_alarm_is_not(kit: Bench, wall: WallWidget) -> None:
    wall.lend({8: ALARM})
    wall.set_health({"CAM-012": health("CAM-012", FeedState.LOST, 41.0)})
    kit.clock.go(0.5)
    fill(kit, wall)
    assert wall._counts == (8, 9)
    told = wall.truth("CAM-012")
    assert told is not None
    assert told.state is FeedState.LOST, "an alarm never makes an old picture look live"


def test_what_is_selected_replayed_or_pinned_is_not_taken(wall: WallWidget, qtbot: QtBot) -> None:
    wall.select(7)
    wall.set_source("CAM-007", "replay:CAM-007", "回放")
    assert wall.takeable() == (8,)
    wall.select(8)
    QTest.keyClick(wall, Qt.Key.Key_K)
    assert wall.takeable() == (7,)
    wall.select(0)
    wall.set_source("CAM-007", "")
    assert (wall.takeable(), wall.in_hand()) == ((6, 7), frozenset())
    wall.lend({6: ALARM, 7: NEARBY, 8: ALARM})
    assert shown(wall)[6:] == ["12", "3", "9"], "a pin is stronger than an alarm"
    wall.select(6)
    wall.set_source("CAM-003", "replay:CAM-003", "回放")
    assert wall.takeable() == (6, 7), "what an alarm has already it keeps"
    wall.activateWindow()
    wall.setFocus()
    qtbot.waitUntil(wall.hasFocus)
    assert wall.in_hand() == {6, 7}


def test_a_camera_replayed_elsewhere_is_shown_as_it_is_now(kit: Bench, wall: WallWidget) -> None:
    wall.set_source("CAM-003", "replay:CAM-003", "回放")
    wall.lend({7: NEARBY})
    assert [wall.tiles[i].source for i in (2, 7)] == ["replay:CAM-003", ""]
    wall.set_source("CAM-003", "replay:CAM-003", "回放 14:03:22")
    assert wall.tiles[7].source == "", "each second its words are said anew"
    wall.set_source("CAM-003", "")
    wall.set_source("CAM-003", "replay:CAM-003", "回放")
    assert wall.tiles[7].source == "replay:CAM-003", "but Space on it replays it"
    wall.lend({})
    assert wall.tiles[7].camera == "CAM-008"


# Nothing changes beneath -------------------------------------------------------------


def test_hanging_moving_and_pinning_keep_off_a_lent_tile(wall: WallWidget, qtbot: QtBot) -> None:
    wall.lend({6: ALARM})
    before, refusal = wall.plan, t("alarmtiles.said.refusal")
    said: list[str] = []
    wall.said.connect(said.append)
    data = QMimeData()
    data.setData(CAMERA_MIME, b"CAM-011")
    assert not wall.drop(6, data)
    assert not wall.drop(6, wall.mime_of(0))
    wall.select(6)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_K):
        QTest.keyClick(wall, key)
    QTest.keyClick(wall, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert (wall.plan, said) == (before, [refusal] * 5)
    assert wall.hang(("CAM-010", "CAM-011"), 6)
    assert shown(wall)[6:] == ["12", "10", "11"], "from a list they go past it"
    wall.undo()
    assert wall.plan == before


def test_keys_mark_jump_and_release(wall: WallWidget, qtbot: QtBot) -> None:
    wall.select(0)
    QTest.keyClick(wall, Qt.Key.Key_M)
    assert wall.lending == (0, 6, 7, 8)
    QTest.keyClick(wall, Qt.Key.Key_M)
    QTest.keyClick(wall, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert wall.lending == (0, 6, 7, 8), "marking is a change that can be taken back"
    QTest.keyClick(wall, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(wall, Qt.Key.Key_M)
    assert wall.lending == (0, 6, 7, 8), "a locked wall keeps its marks"
    with qtbot.waitSignal(wall.alarmWanted):
        QTest.keyClick(wall, Qt.Key.Key_A)
    with qtbot.waitSignal(wall.alarmReleased):
        QTest.keyClick(wall, Qt.Key.Key_X)


def test_the_editor_marks_alarm_tiles(kit: Bench, qtbot: QtBot) -> None:
    editor = LayoutEditor(kit.theme, spans.plain(3, 2), None, (4, 5))
    qtbot.addWidget(editor)
    editor.show()
    grid = editor.grid
    grid.setFocus()
    assert grid.alarm_tiles == (4, 5)
    QTest.keyClick(grid, Qt.Key.Key_M)
    assert grid.alarm_tiles == (0, 4, 5)
    assert t("alarmtiles.tile.empty") in grid.accessibleDescription()
    QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert grid.alarm_tiles == (3, 4), "a mark goes with the tile it was on, the others move up"
    editor.name.setText("报警墙")
    with qtbot.waitSignal(editor.finishedWith) as told:
        editor.finish()
    shape, marked = told.args
    assert (shape.name, marked) == ("报警墙", (3, 4))
    assert WallPlan("9").with_shape(shape, "", marked).lending(shape) == (3, 4)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_looks(kit: Bench, qtbot: QtBot, lang: str) -> None:
    """Pictures for the eye, where FIFTEEN_SHOTS names a folder; what is asked
    is that the words of the alarm are on its tile, whatever else is there."""
    set_language(lang)
    wall = opened(kit, qtbot, 16, "16")
    wall.resize(1600, 900)
    wall.set_board(board(card("CAM-012", 1042, START), card("CAM-013", 1043, START)))
    words = "#1042 到场超时，另有 1 条" if lang == "zh" else "#1042 Arrival overdue, 1 more"
    near = t("alarmtiles.tile.near", metres=120, number="#1042")
    wall.lend(
        {
            12: Loan("CAM-012", words, "高" if lang == "zh" else "H", "+2"),
            13: Loan("CAM-003", near),
            14: Loan("CAM-004", near),
        }
    )
    fill(kit, wall)
    wall.set_source("CAM-004", "replay:CAM-004", "14:03:22")
    wall.setFocus()
    wall.select(13)
    image = wall.grab().toImage()
    if folder := os.environ.get("FIFTEEN_SHOTS"):
        image.save(str(Path(folder) / f"alarm_tiles_{lang}.png"))
    lead = wall.tiles[12]
    assert lead.loan_image is not None
    assert lead.loan_image.width() == lead.box.picture.w
    assert wall.tiles[14].loan_image is not None, "below the band of the replay"
    assert wall.tiles[11].loan_image is None
