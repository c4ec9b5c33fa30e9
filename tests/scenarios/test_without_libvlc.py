"""The console on a machine without libVLC: it starts, and a camera shown large
is the main stream from the wall's decoder, which it says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.i18n import t
from console.settings import Places
from tests.feeds.test_no_libvlc import no_libvlc as no_libvlc
from tests.scenarios.console_kit import seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]
CAMERA = "cam001"


@pytest.mark.logs("no libVLC")
@pytest.mark.usefixtures("no_libvlc")
def test_focus_by_the_walls_decoder(site: Places) -> None:
    with seat(site, layout="4") as here:
        here.sign_in()
        pane = here.walls["wall-1"]
        pane.wall.hang([CAMERA], 0)
        here.live(CAMERA)
        feeds = here.console.engine.feeds
        assert feeds is not None
        pane.wall.select(0)
        QTest.keyClick(pane.wall, Qt.Key.Key_Return)
        until(lambda: pane.focused == CAMERA, "the camera large")
        view = pane.focus_view
        until(lambda: view._kind() == t("player.focus.no_player"), "in words")
        until(lambda: feeds.reports()[CAMERA].stream == "main", "the main stream")
        begun = feeds.slots.seq(CAMERA)
        until(lambda: feeds.slots.seq(CAMERA) >= begun + 20, "it moves")
        assert view.board.tiles[0].truth.current
        QTest.keyClick(view, Qt.Key.Key_Escape)
        until(lambda: not pane.focused, "the wall again")
