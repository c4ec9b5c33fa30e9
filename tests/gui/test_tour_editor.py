"""The editor of tours, and the camera list by group and by last sight."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.i18n import set_language, t
from console.models.cameras import SEEN_ROLE
from console.services.wall_layouts import MOST_STOPS, Library, TourPlan
from console.theme import Theme
from console.widgets.camera_list import CameraList
from console.widgets.layout_menu import LayoutMenu
from console.widgets.tour_editor import Choices, TourEditor
from console.widgets.wall import CAMERA_MIME
from tests.gui.wall_kit import cameras

ALT = Qt.KeyboardModifier.AltModifier
CHOICES = Choices(
    {
        "layouts": (("早", "早"), ("晚", "晚")),
        "group": (("学校", "学校"),),
        "cameras": tuple((one.id, one.name) for one in cameras(8)),
    }
)
STORED = TourPlan("巡", "cameras", ("CAM-001", "CAM-002", "gone"), 15, "li.na", 3)


@pytest.fixture
def editor(qtbot: QtBot, qapp: QApplication) -> Iterator[TourEditor]:
    set_language("zh")
    theme = Theme("dark")
    theme.apply(qapp)
    made = TourEditor(theme, CHOICES, STORED)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    qapp.setStyleSheet("")


def test_stops_are_added_moved_and_taken_off_by_keys(editor: TourEditor, qtbot: QtBot) -> None:
    assert editor.stops.stops == STORED.stops
    assert "gone" in editor.stops.item(2).text()
    assert editor.stops.item(2).text() == t("layouts.stops.gone", name="gone")
    editor.search.setText("zylk")  # 中烟路口 by its initials
    assert editor.offered.count() == 1
    QTest.keyClick(editor.search, Qt.Key.Key_Return)
    assert editor.stops.stops[-1] == "CAM-003"
    QTest.keyClick(editor.stops, Qt.Key.Key_Up, ALT)
    assert editor.stops.stops == ("CAM-001", "CAM-002", "CAM-003", "gone")
    QTest.keyClick(editor.stops, Qt.Key.Key_Down, ALT)
    editor.stops.setCurrentRow(2)
    QTest.keyClick(editor.stops, Qt.Key.Key_Delete)
    assert editor.stops.stops == ("CAM-001", "CAM-002", "CAM-003")
    editor.stops.setCurrentRow(0)
    editor.search.clear()
    QTest.keyClick(editor.search, Qt.Key.Key_Return)
    assert editor.stops.stops == ("CAM-001", "CAM-001", "CAM-002", "CAM-003"), "twice is a wish too"
    editor.dwell.setValue(3)
    with qtbot.waitSignal(editor.finishedWith) as made:
        editor.finish()
    assert made.args[0] == TourPlan("巡", "cameras", ("CAM-001", "CAM-001", "CAM-002", "CAM-003"), 3)
    assert editor.isVisible(), "it waits until it is stored"


def test_each_kind_keeps_its_own_stops_and_says_what_is_missing(editor: TourEditor, qtbot: QtBot) -> None:
    told: list[object] = []
    editor.finishedWith.connect(told.append)
    editor.kind.setCurrentIndex(editor.kind.findData("layouts"))
    assert editor.stops.stops == ()
    editor.take()
    editor.finish()
    assert editor.problem.text() == t("layouts.stops.few")
    editor.kind.setCurrentIndex(editor.kind.findData("group"))
    editor.finish()
    assert editor.problem.text() == t("layouts.stops.no_group")
    editor.kind.setCurrentIndex(editor.kind.findData("cameras"))
    assert editor.stops.stops == STORED.stops
    editor.name.setText("  ")
    editor.finish()
    assert editor.problem.text() == t("layouts.stops.name_it")
    assert told == []
    for _ in range(MOST_STOPS):
        editor.take()
    assert editor.stops.count() == MOST_STOPS
    assert editor.problem.text() == t("layouts.stops.many", most=MOST_STOPS)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_fits_in_both_languages(editor: TourEditor, lang: str, qtbot: QtBot) -> None:
    set_language(lang)
    again = TourEditor(Theme("dark"), CHOICES, STORED)
    again.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(again)
    again.resize(760, 520)
    again.tell(t("layouts.stops.few"))
    again.show()
    qtbot.waitExposed(again)
    for knob in (again.add, again.remove, again.up, again.down, again.ok):
        assert knob.width() >= knob.sizeHint().width()
    shots = os.environ.get("FIFTEEN_TEST_SHOTS", "")
    if shots:
        again.grab().save(str(Path(shots) / f"tour-editor-{lang}.png"))
    set_language("zh")


def test_the_menu_offers_it_for_each_tour(qtbot: QtBot) -> None:
    menu = LayoutMenu()
    qtbot.addWidget(menu)
    menu.set_library(Library((), (), (STORED,)), (), True)
    menu.rebuild()
    assert menu.entry("compose", "tours", "巡") is not None
    new = menu.entry("compose", "tours", "")
    assert new is not None
    assert new.isEnabled()
    menu.set_library(Library((), (), (STORED,)), (), False)
    menu.rebuild()
    assert menu.entry("compose", "tours", "巡") is None


# The camera list -----------------------------------------------------------------


@pytest.fixture
def listed(qtbot: QtBot) -> CameraList:
    made = CameraList(Theme("dark"))
    qtbot.addWidget(made)
    rows = cameras(4)
    made.set_cameras(
        [replace(rows[0], groups=("学校", "河道")), replace(rows[1], groups=("学校",)), *rows[2:]]
    )
    return made


def test_groups_are_nodes_that_hang_like_communities(listed: CameraList) -> None:
    tester = QAbstractItemModelTester(listed.model)
    model = listed.model
    words = [model.index(row, 0).data() for row in range(model.rowCount())]
    names = [t("camera.list.group", name=name) for name in ("学校", "河道")]
    assert words[-2:] == sorted(names)
    school = model.index(words.index(names[0]), 0)
    data = model.mimeData([school])
    assert bytes(data.data(CAMERA_MIME).data()) == b"CAM-001\nCAM-002"
    assert model.cameras_of(school) == ("CAM-001", "CAM-002")
    assert model.parent(model.find("CAM-001")).row() == 0, "a camera is found in its community"
    model.set_filter("河道")
    assert [model.cameras_of(model.index(row, 0)) for row in range(model.rowCount())] == [("CAM-001",)] * 3
    assert tester is not None


def test_those_not_looked_at_come_first(listed: CameraList, qtbot: QtBot) -> None:
    tester = QAbstractItemModelTester(listed.model)
    with qtbot.waitSignal(listed.unseen_wanted) as wanted:
        listed.unseen.click()
    assert wanted.args == [True]
    rows = [("CAM-004", "从未"), ("CAM-002", "08:15:00"), ("CAM-001", "08:16:00")]
    listed.set_unseen(rows)
    model = listed.model
    top = model.index(0, 0)
    assert model.rowCount() == 1
    shown = [model.index(row, 0, top) for row in range(model.rowCount(top))]
    assert [model.cameras_of(one)[0] for one in shown] == ["CAM-004", "CAM-002", "CAM-001"]
    assert shown[1].data(SEEN_ROLE) == "08:15:00"
    changed: list[object] = []
    model.dataChanged.connect(lambda *_: changed.append(1))
    listed.set_unseen([rows[0], ("CAM-002", "08:17:00"), rows[2]])
    assert changed == [1], "words alone do not build the list anew"
    listed.search.setText("CAM-002")
    assert model.rowCount(model.index(0, 0)) == 1
    listed.search.clear()
    listed.unseen.click()
    assert model.rowCount() > 1
    listed.set_unseen(rows)
    assert model.rowCount() > 1, "an answer that comes late changes nothing"
    assert tester is not None
