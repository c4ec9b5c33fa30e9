"""Menu, editor, list and keys of layouts, as an officer uses them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from console.services.wall_layouts import Hung, Library, NamedLayout, Salvo
from console.theme import Theme
from console.widgets import spans
from console.widgets.camera_list import CameraList
from console.widgets.layout_editor import LayoutEditor
from console.widgets.wall import CAMERA_MIME
from console.widgets.wall_library import plan_of
from console.widgets.wall_pane import WallPane
from tests.gui.wall_kit import bench, cameras

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LIBRARY = Library(
    (NamedLayout("早", Hung("9")), NamedLayout("a&b", Hung("4", (), True))), (Salvo("夜", ()),)
)  # fmt: skip


@pytest.fixture
def pane(qtbot: QtBot) -> Iterator[WallPane]:
    """A wall with its bar and twelve cameras."""
    with bench() as kit:
        made = WallPane(kit.sight, _none, _none)
        qtbot.addWidget(made)
        made.set_cameras(cameras(12))
        yield made


def _none(*_: object) -> None:
    """No player here."""


def test_the_menu_says_verb_kind_and_name(pane: WallPane, qtbot: QtBot) -> None:
    menu = pane.bar.menu
    menu.set_library(LIBRARY, ("学校",), True, "旧")
    menu.rebuild()
    load = menu.entry("load", "layouts", "a&b")
    assert load is not None
    assert load.text() == "a&&b\tCtrl+2"
    with qtbot.waitSignal(pane.bar.asked) as seen:
        load.trigger()
    assert seen.args == ["load", "layouts", "a&b"]
    guarded = [menu.entry(verb, "layouts", "a&b") for verb in ("overwrite", "delete")]
    assert [one.isEnabled() for one in guarded if one] == [False, False]
    preset = menu.entry("preset", "", "9")
    assert preset is not None
    preset.trigger()
    assert pane.wall.plan.layout == "9"
    menu.set_library(LIBRARY, (), False, "旧")
    menu.rebuild()
    kept = [menu.entry("save", "layouts"), menu.entry("restore")]
    assert [one.isEnabled() for one in kept if one] == [False, False], "a kiosk looks and does not save"
    assert menu.entry("delete", "layouts", "早") is None


@pytest.mark.parametrize("key", [Qt.Key.Key_3, Qt.Key.Key_NumberSign])
def test_keys_of_layouts_salvos_and_tours(pane: WallPane, qtbot: QtBot, key: Qt.Key) -> None:
    told: list[object] = []
    pane.wall.layoutWanted.connect(told.append)
    pane.wall.salvoWanted.connect(told.append)
    qtbot.keyClick(pane.wall, key, CTRL | SHIFT)
    qtbot.keyClick(pane.wall, Qt.Key.Key_9, CTRL)
    assert told == [3, 9]
    with qtbot.waitSignal(pane.wall.tourWanted):
        qtbot.keyClick(pane.wall, Qt.Key.Key_T)


def test_loading_passes_a_lock_and_one_undo_brings_all_back(pane: WallPane) -> None:
    wall = pane.wall
    wall.use_layout("6")
    wall.toggle_lock()
    before = wall.plan
    known = [f"CAM-{i:03d}" for i in range(1, 13)]
    wall.load(plan_of(Hung("4", ("CAM-005",), True), known))
    assert wall.plan.locked
    assert not wall.change(wall.plan.placed(1, "CAM-001")), "locked against accident"
    wall.next_page()
    wall.undo()
    assert wall.plan == before
    wall.undo()
    assert wall.plan == before, "its own lock holds again"


def test_a_guarded_wall_says_why(pane: WallPane, qtbot: QtBot) -> None:
    pane.wall.guard("轮巡中")
    before = pane.wall.plan
    with qtbot.waitSignal(pane.wall.said) as said:
        pane.wall.use_layout("4")
    assert (said.args, pane.wall.plan) == (["轮巡中"], before)


def test_spans_by_keys(qtbot: QtBot) -> None:
    editor = LayoutEditor(Theme("dark"), spans.plain(3, 2))
    qtbot.addWidget(editor)
    grid = editor.grid
    for key, held in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Right, SHIFT),
        (Qt.Key.Key_Down, SHIFT),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
    ):
        qtbot.keyClick(grid, key, held)
    assert grid.shape.size == 3
    editor.finish()
    assert editor.problem.text(), "it wants a name"
    editor.name.setText("9")
    editor.finish()
    assert "9" in editor.problem.text(), "not that of a preset"
    editor.name.setText("路口")
    with qtbot.waitSignal(editor.finishedWith) as seen:
        editor.finish()
    assert (seen.args[0].name, seen.args[0].size) == ("路口", 3)


def test_the_list_gives_cameras_and_whole_communities(pane: WallPane, qtbot: QtBot) -> None:
    listed = CameraList(Theme("dark"))
    qtbot.addWidget(listed)
    listed.set_cameras(cameras(3))
    group = listed.model.index(0, 0)
    two = listed.model.index(1, 0, group)
    assert bytes(listed.model.mimeData([two]).data(CAMERA_MIME).data()) == b"CAM-002"
    data = listed.model.mimeData([two, group])
    assert bytes(data.data(CAMERA_MIME).data()) == b"CAM-001\nCAM-002\nCAM-003"
    assert listed.model.cameras_of(QModelIndex()) == ()
    pane.wall.use_layout("6")
    assert pane.wall.drop(3, data)
    assert pane.wall.plan.shown()[3:] == ("CAM-001", "CAM-002", "CAM-003")
    listed.tree.setCurrentIndex(group)
    with qtbot.waitSignal(listed.hang_wanted) as seen:
        qtbot.keyClick(listed.tree, Qt.Key.Key_Return)
    assert seen.args == [("CAM-001", "CAM-002", "CAM-003")]
    listed.tree.setCurrentIndex(two)
    with qtbot.waitSignal(listed.chosen):
        qtbot.keyClick(listed.tree, Qt.Key.Key_Return)
