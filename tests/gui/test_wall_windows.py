"""Windows on monitors that come and go, as the display server tells it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from console.simulation.display import VirtualDisplay
from console.windows.displays import Screen
from console.windows.screen_watch import ScreenWatch, put_on, screens_now
from console.windows.wall_window import WallWindow
from tests.gui.wall_kit import Bench, cameras


def nothing(*_: object) -> None:
    """No player in these tests."""


@pytest.mark.display
def test_a_wall_fills_its_monitor_and_monitors_are_watched(
    kit: Bench, qtbot: QtBot, room: VirtualDisplay
) -> None:
    qtbot.waitUntil(lambda: len(screens_now()) == 3)
    watch = ScreenWatch()
    third = screens_now()[2]
    assert (third.name, third.width_mm, third.height_mm) == ("DP-3", 508, 286)
    window = WallWindow("wall-1", kit.sight, nothing, nothing)
    qtbot.addWidget(window)
    window.pane.set_cameras(cameras(4))
    assert put_on(window, third)
    wanted = QRect(third.x, third.y, third.width, third.height)
    qtbot.waitUntil(lambda: window.geometry() == wanted, timeout=5000)
    told: list[tuple[Screen, ...]] = []
    watch.changed.connect(told.append)
    try:
        room.unplug(2)
        qtbot.waitUntil(lambda: bool(told), timeout=8000)
        assert [len(screens) for screens in told] == [2]
        assert not put_on(window, third)
        room.plug(2)
        qtbot.waitUntil(lambda: len(told) == 2, timeout=8000)
        assert len(told[1]) == 3
        assert put_on(window, third)
    finally:
        if len(screens_now()) < 3:
            room.plug(2)
            qtbot.waitUntil(lambda: len(screens_now()) == 3)
        watch.deleteLater()
