"""Who looked at what: a tile seen for five seconds becomes a row, and the list
of those not looked at follows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.i18n import t
from console.models.cameras import SEEN_ROLE
from console.services.camera_records import CameraSeen
from console.settings import Places
from console.widgets.camera_list import CameraList
from console.wiring.coverage import Coverage
from console.worker import Rank
from tests.scenarios.console_kit import OFFICER, Seat, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]
CAMERA = "cam001"


def rows(here: Seat) -> dict[str, CameraSeen]:
    """What is stored."""
    with here.console.engine.store.uows.read() as uow:
        return {row.camera: row for row in uow.camera_records.seen()}


def order(listed: CameraList) -> list[str]:
    """Cameras as the list shows them."""
    model = listed.model
    top = model.index(0, 0)
    return [model.cameras_of(model.index(row, 0, top))[0] for row in range(model.rowCount(top))]


def pictures(here: Seat) -> None:
    """The desk in both languages, where somebody wants to look at it."""
    folder = os.environ.get("FIFTEEN_TEST_SHOTS", "")
    for lang in ("en", "zh") if folder else ():
        here.desk.use_language(lang)
        here.desk.keys.run("command")
        here.desk.parts.command.field.setText("轮巡" if lang == "zh" else "tour")
        QApplication.processEvents()
        here.desk.grab().save(str(Path(folder) / f"coverage-{lang}.png"))
        here.desk.parts.command.leave()


def test_five_seconds_before_somebodys_eyes(site: Places) -> None:
    with seat(site, layout="1", seat="一号台") as here:
        part = next(one for one in here.console._parts if isinstance(one, Coverage))
        here.live(CAMERA)
        pane = here.walls["wall-1"]
        pane.wall.bring(CAMERA)
        until(lambda: pane.wall.painted[CAMERA] > 75, "five seconds of pictures, nobody signed in")
        part.keep(Rank.PERSON)
        assert part.tracker.last(CAMERA) is None
        assert rows(here) == {}

        here.sign_in()
        pane.wall.bring(CAMERA)
        until(lambda: part.tracker.last(CAMERA) is not None, "seen by an officer")
        part.keep(Rank.PERSON)
        until(lambda: CAMERA in rows(here), "the row")
        row = rows(here)[CAMERA]
        assert (row.by, row.seat) == (OFFICER.name, "一号台")
        hidden = set(here.console.cameras) and {one.id for one in here.console.cameras} - set(rows(here))
        assert hidden, "those on no tile were not seen"

        listed = here.desk.parts.cameras
        listed.unseen.click()
        until(lambda: len(order(listed)) == len(here.console.cameras), "the list")
        shown = order(listed)
        assert shown[0] in hidden
        assert shown.index(CAMERA) >= len(hidden), "those never seen come first"
        assert listed.model.find(shown[0]).data(SEEN_ROLE) == t("camera.list.never")
        assert listed.model.find(CAMERA).data(SEEN_ROLE) != t("camera.list.never")
        pictures(here)
        here.take(here.desk, listed.tree)
        listed.tree.setCurrentIndex(listed.model.find(shown[0]))
        press(Qt.Key.Key_Return)
        until(lambda: shown[0] in pane.wall.plan.shown(), "the longest unseen on the wall")
