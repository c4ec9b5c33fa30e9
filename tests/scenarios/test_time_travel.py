"""An officer looks back: Space, a step, back to live, C; nothing ever claims to
be live that is not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

import db
from console.domain.vocabulary import EvidenceKind, FeedState, Source
from console.feeds.replays import ReplayState
from console.services.cases import NewCase
from console.settings import Places
from console.simulation.camera_process import SpawnedCameras
from console.widgets.camera_sheet import CameraSheet
from console.widgets.replay_bar import ReplayBar
from console.widgets.tile_paint import Tile
from console.widgets.wall import WallWidget
from console.widgets.wall_pane import WallPane
from console.wiring.recorder_settings import RecorderSettings
from tests.feeds.test_clip import probe
from tests.scenarios.console_kit import OFFICER, Seat, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

CAMERA = "cam001"


def pane_of(here: Seat) -> WallPane:
    """The first wall, with the keyboard on the camera's tile."""
    pane = here.walls["wall-1"]
    here.take(pane.window(), pane.wall)
    pane.wall.bring(CAMERA)
    assert pane.wall.selected_camera == CAMERA
    return pane


def tile(wall: WallWidget) -> Tile:
    return next(one for one in wall.tiles if one.camera == CAMERA)


def state(here: Seat) -> ReplayState:
    feeds = here.console.engine.feeds
    assert feeds is not None
    until(lambda: feeds.replays.state(CAMERA) is not None, "the replay's word")
    found = feeds.replays.state(CAMERA)
    assert found is not None
    return found


def ring_s(here: Seat) -> float:
    feeds = here.console.engine.feeds
    assert feeds is not None
    reports = feeds.reports()
    return reports[CAMERA].ring_s if CAMERA in reports else 0.0


def open_menu() -> QMenu:
    """The menu that is up."""
    until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "a menu")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_the_last_minute_on_a_tile_and_back_to_live(site: Places) -> None:
    with seat(site, layout="4") as here:
        here.sign_in()
        here.live(CAMERA)
        until(lambda: ring_s(here) > 5, "five seconds in the ring")
        pane = pane_of(here)
        wall = pane.wall
        press(Qt.Key.Key_Space)
        until(lambda: tile(wall).captured_at is not None, "an old picture")
        assert tile(wall).source == f"replay:{CAMERA}"
        assert tile(wall).truth.past
        assert tile(wall).truth.state is not FeedState.LIVE
        until(lambda: tile(wall).source_words.startswith("回放 "), "the words with the time")
        assert "−00:0" in tile(wall).source_words
        shown = tile(wall).captured_at
        assert shown is not None
        assert datetime.now(UTC) - shown > timedelta(seconds=3)
        bars = [bar for bar in wall.findChildren(ReplayBar) if bar.isVisible()]
        assert [bar.camera for bar in bars] == [CAMERA]

        press(Qt.Key.Key_Space)
        until(lambda: state(here).paused, "pause")
        at = state(here).position
        press(Qt.Key.Key_Period)
        until(lambda: state(here).position > at, "one picture on")
        press(Qt.Key.Key_Comma)
        until(lambda: abs(state(here).position - at) < timedelta(milliseconds=2), "one picture back")
        press(Qt.Key.Key_BracketRight)
        until(lambda: state(here).speed == 2.0 and not state(here).paused, "twice as fast")
        press(Qt.Key.Key_Escape)
        until(lambda: tile(wall).truth.state is FeedState.LIVE and not tile(wall).truth.past, "live again")
        assert not tile(wall).source
        assert not [bar for bar in wall.findChildren(ReplayBar) if bar.isVisible()]


def saved_before_the_key(here: Seat, *which: object) -> datetime:
    """C, and the line of the menu with these facts; when it was pressed."""
    press(Qt.Key.Key_C)
    menu = open_menu()
    pressed = datetime.now(UTC)
    line = next(a for a in menu.actions() if a.data() and a.data()[1 : 1 + len(which)] == which)
    menu.setActiveAction(line)
    press_in(menu, Qt.Key.Key_Return)
    return pressed


def test_c_saves_what_was_before_the_key_and_into_the_open_case_of_the_camera(site: Places) -> None:
    with seat(site, layout="4") as here:
        here.sign_in()
        here.live(CAMERA)
        until(lambda: ring_s(here) > 11, "eleven seconds in the ring")
        pane_of(here)
        pressed = saved_before_the_key(here, 10)
        folder = site.data / "clips"
        until(lambda: list(folder.glob("*.json")), "clip and sidecar")
        facts = json.loads(next(folder.glob("*.json")).read_text(encoding="utf-8"))
        clip: Path = folder / facts["file"]
        seen = probe(clip)
        assert seen["codec_name"] == facts["codec"] == "h264"
        assert 10.0 <= float(seen["duration"]) <= 12.3  # one key-frame gap more
        assert facts["sha256"] == hashlib.sha256(clip.read_bytes()).hexdigest()
        assert facts["bytes"] == clip.stat().st_size
        assert datetime.fromisoformat(facts["start"]) <= pressed - timedelta(seconds=9.9)
        assert (facts["camera"], facts["officer"], facts["source"]) == (CAMERA, "li.na", "ring")
        strip = here.walls["wall-1"].strip
        until(lambda: any(clip.name in line for line in strip.notices), "where it lies, in words")
        into_the_case(here, folder)


def into_the_case(here: Seat, folder: Path) -> None:
    """The same ten seconds, into a case that has been opened meanwhile."""
    before = set(folder.glob("*"))
    engine = here.console.engine
    engine_offset = engine.clock_offset(CAMERA)
    new = NewCase(source=Source.CAMERA, camera=CAMERA, found_at=engine.clock.now())
    case = engine.services.cases.open(OFFICER, new).case
    until(lambda: any(card.id == case.id for card in here.board.cards), "the case on the board")  # type: ignore[union-attr]
    pane_of(here)
    saved_before_the_key(here, 10, case.id)
    until(lambda: len(here.case(case.id).evidence) == 2, "clip and paper in the case")
    kept = {one.kind: one for one in here.case(case.id).evidence}
    assert set(kept) == {EvidenceKind.CLIP, EvidenceKind.DOCUMENT}
    paper = engine.services.store.path(kept[EvidenceKind.DOCUMENT].sha256)
    assert paper is not None
    facts = json.loads(paper.read_text("utf-8"))
    assert facts["sha256"] == kept[EvidenceKind.CLIP].sha256
    assert (facts["case"], facts["camera"], facts["officer"]) == (case.id, CAMERA, OFFICER.name)
    assert (facts["clock_offset_s"] is None) == (engine_offset is None)
    assert set(folder.glob("*")) == before, "not in the folder as well"


def test_a_leader_says_where_recordings_lie_and_r_plays_them(site: Places, street: SpawnedCameras) -> None:
    port = urlsplit(street.urls[0]).port
    with seat(site, layout="4") as here:
        here.sign_in("wang.jun")
        here.live(CAMERA)
        pane = pane_of(here)
        press(Qt.Key.Key_D)
        sheet = next(one for one in pane.window().findChildren(CameraSheet) if one.isVisible())
        assert sheet.values[-1].text() != ""
        sheet.recorder.click()
        settings = next(one for one in here.console._parts if isinstance(one, RecorderSettings))
        form = settings.form
        assert form is not None
        form.address.setText(f"127.0.0.1:{port}/live")
        form.finish()
        assert form.problem.text() != ""
        form.address.setText(f"127.0.0.1:{port}")
        form.vendor.setCurrentIndex(form.vendor.findData("dahua"))
        form.channel.setText("1")
        form.finish()
        until(lambda: settings.form is None, "stored")
        until(lambda: f"127.0.0.1:{port}" in sheet.values[-1].text(), "the card says so")
        press(Qt.Key.Key_Escape)
        pane_of(here)
        press(Qt.Key.Key_R)
        typed("-12")
        press(Qt.Key.Key_Return)
        until(lambda: tile(pane.wall).source_words.startswith("录像机回放 "), "the recorder's words")
        until(lambda: state(here).position - state(here).start > timedelta(seconds=1), "it plays")
        press(Qt.Key.Key_End)


def test_an_officer_may_not_change_the_recorder(site: Places) -> None:
    with seat(site, layout="4") as here:
        here.sign_in()
        pane = pane_of(here)
        press(Qt.Key.Key_D)
        sheet = next(one for one in pane.window().findChildren(CameraSheet) if one.isVisible())
        assert not sheet.recorder.isVisible()


def test_r_plays_the_recorder_of_ten_minutes_ago(site: Places, street: SpawnedCameras) -> None:
    with db.open_store(site.db_url) as store, store.uows.write() as uow:
        known = uow.cameras.get(CAMERA)
        assert known is not None
        uow.cameras.put([replace(known, vendor="hikvision", channel="1")])
        port = urlsplit(street.urls[0]).port
        uow.settings.put("recorder.address", f"127.0.0.1:{port}")
        uow.commit()
    with seat(site, layout="4") as here:
        here.sign_in()
        here.live(CAMERA)
        wall = pane_of(here).wall
        press(Qt.Key.Key_R)
        held = QApplication.focusWidget()
        assert isinstance(held, QLineEdit)
        assert held.text() == "-10"
        typed("-12")
        press(Qt.Key.Key_Return)
        until(lambda: tile(wall).source_words.startswith("录像机回放 "), "the recorder's words")
        now = state(here)
        assert now.recorder
        assert timedelta(minutes=11) < datetime.now(UTC) - now.position < timedelta(minutes=13)
        assert tile(wall).truth.past
        assert QApplication.focusWidget() is wall
        until(lambda: state(here).position - state(here).start > timedelta(seconds=2), "it plays")
        press(Qt.Key.Key_End)
        until(lambda: tile(wall).truth.state is FeedState.LIVE, "live again")


def press_in(menu: QMenu, key: Qt.Key) -> None:
    """A key for the menu that is up."""
    from PySide6.QtTest import QTest

    QTest.keyClick(menu, key)
