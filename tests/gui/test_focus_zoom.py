"""The focus view: digital zoom, pause and sound, each shown in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.model import Camera
from console.i18n import t
from console.services.focus import FocusState
from console.widgets.focus_view import FocusView
from console.widgets.focus_zoom import MOST, FocusZoom
from console.widgets.sight import Sight
from tests.gui.wall_kit import BLUE, RED, bench, cameras, plain


class Player:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.now = FocusState("main")

    def set_sound(self, camera: str, on: bool) -> None:
        self.now = replace(self.now, sound="no_device" if on else "off")

    def set_paused(self, camera: str, paused: bool) -> None:
        self.now = replace(self.now, paused=paused)

    def state(self, camera: str) -> FocusState:
        return self.now


def shown(sight: Sight, qtbot: QtBot) -> tuple[FocusView, Player, Camera]:
    """The view on one camera; it looks when it is told to."""
    view = FocusView(sight, lambda *_: None, lambda *_: None)
    qtbot.addWidget(view)
    player = Player()
    view.controls = player
    view.resize(960, 600)
    camera = cameras(1)[0]
    view.open(camera)
    view.show()
    qtbot.waitExposed(view)
    view._timer.stop()
    return view, player, camera


def test_the_point_under_the_pointer_stays() -> None:
    zoom = FocusZoom()
    assert zoom.turn(4, QPointF(0.25, 0.75))
    part = zoom.part(400, 200)
    assert (part.x() + part.width() * 0.25, part.y() + part.height() * 0.75) == pytest.approx((100, 150))
    assert zoom.turn(100)
    assert zoom.factor == MOST
    assert zoom.drag(QPointF(100, 100))
    assert (zoom.part(400, 200).x(), zoom.part(400, 200).y()) == pytest.approx((0, 0))
    assert zoom.reset()
    assert not zoom.turn(-1)
    assert zoom.part(400, 200).width() == 400


def test_without_libvlc_the_walls_decoder_is_asked_for_main_and_it_is_said(qtbot: QtBot) -> None:
    with bench() as kit:
        view, player, camera = shown(kit.sight, qtbot)
        kit.feeds.show(camera.id, plain(64, 36, BLUE), 64, 36)
        view.look()
        assert kit.feeds.budgets[-1][camera.id].stream == "sub"
        player.now = FocusState("main", problem="no_player")
        view.look()
        budget = kit.feeds.budgets[-1][camera.id]
        assert (budget.mode, budget.stream) == ("moving", "main")
        assert view._kind() == t("player.focus.no_player")


def test_zoom_pause_and_sound_by_keys(qtbot: QtBot) -> None:
    with bench() as kit:
        view, player, camera = shown(kit.sight, qtbot)
        room = view.board.tiles[0].box.picture
        left, right = plain(320, 180, RED), plain(320, 180, BLUE)
        rows = [left[: 320 * 2] + right[: 320 * 2] for _ in range(180)]
        kit.feeds.show(camera.id, b"".join(rows), 320, 180)
        kit.feeds.show(f"focus:{camera.id}", b"".join(rows), 320, 180)
        view.look()
        spot = QPointF(room.x + room.w * 0.6, room.y + room.h * 0.6).toPoint()
        assert view.grab().toImage().pixelColor(spot).getRgb()[:3] == (0, 0, 255)
        qtbot.keyClick(view, Qt.Key.Key_Plus)
        assert view.zoom.factor == pytest.approx(1.25)
        view.zoom.drag(QPointF(1, 0))
        assert view.grab().toImage().pixelColor(spot).getRgb()[:3] == (255, 0, 0)
        qtbot.keyClick(view, Qt.Key.Key_0)
        assert view.zoom.factor == 1.0
        qtbot.keyClick(view, Qt.Key.Key_M)
        view.look()
        assert player.now.sound == "no_device"
        assert "声音设备" in view._kind()
        qtbot.keyClick(view, Qt.Key.Key_Space)
        view.look()
        assert view.paused
        # It stands, however old it gets, and is framed: never taken for the present.
        kit.clock.go(60)
        for _ in range(8):
            view.look()
        QApplication.processEvents()
        image = view.grab().toImage()
        assert image.pixelColor(spot).getRgb()[:3] == (0, 0, 255)
        assert image.pixelColor(room.x + 2, room.y + room.h // 2) == kit.theme.color("stale")
        qtbot.keyClick(view, Qt.Key.Key_Space)
        view.look()
        assert not view.paused
