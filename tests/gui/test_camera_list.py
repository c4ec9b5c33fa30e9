"""The search of the camera list, before and after the cameras were read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.theme import Theme
from console.widgets.camera_list import CameraList
from tests.gui.wall_kit import cameras


@pytest.fixture
def listed(qtbot: QtBot, qapp: QApplication) -> Iterator[CameraList]:
    theme = Theme("dark")
    theme.apply(qapp)
    made = CameraList(theme)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.search.setFocus()
    qtbot.waitUntil(made.search.hasFocus)
    yield made
    qapp.setStyleSheet("")


def test_enter_before_the_cameras_were_read_counts_once_they_are(listed: CameraList) -> None:
    QTest.keyClicks(listed.search, "cam-003")
    QTest.keyClick(listed.search, Qt.Key.Key_Return)
    assert listed.current() == ""
    listed.set_cameras(cameras(8))
    assert listed.current() == "CAM-003"
    assert listed.tree.hasFocus()


def test_who_typed_on_after_enter_keeps_the_keyboard(listed: CameraList) -> None:
    QTest.keyClicks(listed.search, "cam-00")
    QTest.keyClick(listed.search, Qt.Key.Key_Return)
    QTest.keyClicks(listed.search, "3")
    listed.set_cameras(cameras(8))
    assert listed.search.hasFocus()
    assert listed.current() == ""


def test_enter_with_nothing_found_waits_for_nothing(listed: CameraList) -> None:
    listed.set_cameras(cameras(4))
    QTest.keyClicks(listed.search, "cam-007")
    QTest.keyClick(listed.search, Qt.Key.Key_Return)
    listed.set_cameras(cameras(8))
    assert listed.search.hasFocus()
    assert listed.current() == ""
