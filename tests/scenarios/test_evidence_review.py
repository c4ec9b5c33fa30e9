"""A clip of the street, from the key N to looking at it again: the real program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.settings import Places
from console.widgets import clip_view
from console.widgets.clip_view import ClipView
from tests.scenarios.console_kit import Seat, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]
CAMERA = "cam001"


def new_case(here: Seat) -> tuple[str, Evidence]:
    """N on the camera's tile; the case and the clip that came with it."""
    walls = here.walls.values()
    tiles = [(pane, tile) for pane in walls for tile in pane.wall.tiles if tile.camera == CAMERA]
    pane, tile = tiles[0]
    room = tile.box.tile
    pane.window().activateWindow()
    middle = QPoint(room.x + room.w // 2, room.y + room.h // 2)
    QTest.mouseClick(pane.wall, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    here.take(pane.window(), pane.wall)
    press(Qt.Key.Key_N)
    until(here.cases, "the case")
    (case,) = here.cases()

    def clips() -> list[Evidence]:
        return [one for one in here.case(case.id).evidence if one.kind is EvidenceKind.CLIP]

    until(clips, "the clip in the case")
    detail = here.desk.parts.detail
    until(lambda: detail.view is not None and clips()[0].sha256 in detail.view.evidence_paths, "shown")
    return case.id, clips()[0]


def shown(view: ClipView) -> int:
    """Number of the newest picture of the clip."""
    picture = view._pictures.read(clip_view.KEY, 0)
    return 0 if picture is None else picture.seq


def test_a_clip_is_opened_sought_stepped_and_closed(site: Places) -> None:
    with seat(site) as here:
        here.sign_in()
        here.live(CAMERA)
        feeds = here.console.engine.feeds
        assert feeds is not None
        until(lambda: feeds.reports()[CAMERA].ring_s > 4, "four seconds in the ring")
        _, clip = new_case(here)
        detail = here.desk.parts.detail
        assert detail.view is not None
        path = detail.view.evidence_paths[clip.sha256]
        here.desk.activateWindow()
        here.desk.evidence_opened.emit(clip.sha256, path)
        view = here.console.evidence.clip_view()
        until(lambda: shown(view) > 5, "it plays")
        until(lambda: QApplication.focusWidget() is view, "the keyboard on the clip")
        press(Qt.Key.Key_Space)
        until(lambda: view.state.paused, "it stands still")
        press(Qt.Key.Key_Home)
        until(lambda: view.state.position_s == 0.0, "at the start")
        first = view.shown_time()
        assert view.state.length_s > 2
        count = shown(view)
        press(Qt.Key.Key_Period)
        until(lambda: 0 < view.state.position_s < 0.2, "one picture on")
        until(lambda: shown(view) > count, "which is shown")
        assert view.shown_time() >= first
        press(Qt.Key.Key_BracketLeft)
        until(lambda: view.state.rate == 0.5, "half as fast")
        assert view.speed.text() == "0.5×"
        QTest.mouseClick(view.play, Qt.MouseButton.LeftButton)
        until(lambda: not view.state.paused, "it goes on")
        shots = os.environ.get("FIFTEEN_TEST_SHOTS", "")
        if shots:
            here.desk.grab().save(str(Path(shots) / "clip.png"))
        press(Qt.Key.Key_Escape)
        assert not view.isVisible()
        assert feeds.reviews.state(clip_view.KEY) is None
        # A file that is no film: a sentence, and the desk goes on.
        broken = site.data / "broken.mp4"
        broken.write_bytes(Path(path).read_bytes()[:200])
        view.open(clip, str(broken))
        until(lambda: view.state.problem == "damaged", "it says what is wrong")
        assert t("player.clip.damaged")
        press(Qt.Key.Key_Escape)
        assert not view.isVisible()
