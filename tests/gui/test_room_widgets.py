"""The sheet of screens by its keys, the plan by a click, numbers that take no
keyboard, a window that is darker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.theme import Theme
from console.widgets.dimmer import Dimmer
from console.widgets.parked_bar import ParkedBar
from console.widgets.room_sheet import STEP, RoomSheet
from console.widgets.screen_number import ScreenNumber
from tests.gui.samples_room import VIEW

KEYS = Qt.Key


@pytest.fixture
def sheet(qtbot: QtBot, qapp: QApplication) -> Iterator[RoomSheet]:
    """Open over a page, pointing at the map."""
    theme = Theme("dark")
    theme.apply(qapp)
    page = QWidget()
    page.resize(1280, 800)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.isVisible)
    page.activateWindow()
    made = RoomSheet(theme, page)
    made.open(VIEW, "show-map")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is made.contents)
    yield made
    qapp.setStyleSheet("")


def heard(sheet: RoomSheet) -> list[tuple[object, ...]]:
    """Everything it asks for from now on, in order."""
    out: list[tuple[object, ...]] = []
    for name in ("sent", "put_away", "taken", "saved", "overwritten", "dropped", "dimmed", "left"):
        getattr(sheet, name).connect(lambda *what, name=name: out.append((name, *what)))
    return out


def test_everything_by_keys(sheet: RoomSheet) -> None:
    out = heard(sheet)
    assert sheet.window_id == "show-map"
    for key in (KEYS.Key_3, KEYS.Key_9, KEYS.Key_Delete, KEYS.Key_N, KEYS.Key_Minus, KEYS.Key_Plus):
        QTest.keyClick(sheet.contents, key)
    QTest.keyClick(sheet.contents, KEYS.Key_Down)
    QTest.keyClick(sheet.contents, KEYS.Key_1)
    QTest.keyClick(sheet.contents, KEYS.Key_Right)
    assert QApplication.focusWidget() is sheet.presets
    QTest.keyClick(sheet.presets, KEYS.Key_Down)
    for key in (KEYS.Key_Return, KEYS.Key_O, KEYS.Key_Delete, KEYS.Key_S):
        QTest.keyClick(sheet.presets, key)
    assert QApplication.focusWidget() is sheet.ask.field
    QTest.keyClicks(sheet.ask.field, "storm 1")
    QTest.keyClick(sheet.ask.field, KEYS.Key_Return)
    QTest.keyClick(sheet.presets, KEYS.Key_Escape)
    assert out == [
        ("sent", "show-map", 3), ("put_away", "show-map"), ("taken", "night"), ("dimmed", STEP),
        ("dimmed", -STEP), ("sent", "wall-1", 1), ("taken", "night"), ("overwritten", "night"),
        ("dropped", "night"), ("saved", "storm 1"), ("left",),
    ]  # fmt: skip
    assert sheet.isHidden()


def test_who_may_not_save_is_not_offered_it(sheet: RoomSheet) -> None:
    sheet.tell(replace(VIEW, may_save=False))
    out = heard(sheet)
    for key in (KEYS.Key_S, KEYS.Key_O):
        QTest.keyClick(sheet.contents, key)
    sheet.presets.setFocus()
    QTest.keyClick(sheet.presets, KEYS.Key_Delete)
    assert out == []
    assert sheet.ask.isHidden()


def test_a_click_on_a_monitor_sends(sheet: RoomSheet) -> None:
    out = heard(sheet)
    boxes = {tile.number: box for box, tile in sheet.plan.boxes()}
    assert boxes[2].height() > boxes[2].width(), "an upright monitor stands upright"
    assert not any(boxes[a].intersects(boxes[b]) for a, b in ((1, 2), (2, 3), (1, 3)))
    QTest.mouseClick(sheet.plan, Qt.MouseButton.LeftButton, pos=boxes[1].center())
    QTest.mouseClick(sheet.plan, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert out == [("sent", "show-map", 1)]


def test_a_number_takes_no_keyboard(sheet: RoomSheet, qtbot: QtBot) -> None:
    held = QApplication.focusWidget()
    number = ScreenNumber(Theme("dark"))
    qtbot.addWidget(number)
    number.put(VIEW.screens[0])
    assert number.isVisible()
    assert QApplication.focusWidget() is held
    assert number.geometry().x() >= VIEW.screens[0].x
    small = replace(VIEW.screens[2], width=200, height=150)
    number.put(small)
    assert (number.x(), number.width(), number.height()) == (small.x, 200, 150)


def test_a_dimmed_window_is_darker_and_bright_again(qtbot: QtBot) -> None:
    window = QWidget()
    window.setStyleSheet("background: white")
    qtbot.addWidget(window)
    window.resize(200, 100)
    window.show()
    dimmer = Dimmer(window)
    shades = []
    for percent in (0, 40, 60, 0):
        dimmer.set_percent(percent)
        window.resize(window.width() + 50, 100)
        shades.append(QColor(window.grab().toImage().pixel(window.width() - 5, 50)).red())
    assert shades == [255, 153, 102, 255]


def test_the_list_of_what_is_parked_comes_and_goes(qtbot: QtBot) -> None:
    page = QWidget()
    bar = ParkedBar(Theme("dark"))
    QVBoxLayout(page).addWidget(bar)
    qtbot.addWidget(page)
    page.show()
    assert bar.isHidden()
    bar.tell(["Wall 2 (DP-3 not connected)"])
    assert bar.isVisible()
    with qtbot.waitSignal(bar.opened):
        QTest.mouseClick(bar.findChild(QPushButton), Qt.MouseButton.LeftButton)
    bar.tell([])
    assert bar.isHidden()
