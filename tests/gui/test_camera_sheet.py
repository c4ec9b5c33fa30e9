"""The card with all that is known of one camera."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import set_language
from console.models.camera_facts import CameraFacts, clock_words, rows
from console.services.camera_records import CameraDay, CameraSeen
from console.theme import Theme
from console.widgets.camera_sheet import CameraSheet
from tests.gui.wall_kit import START, health

pytestmark = pytest.mark.usefixtures("qapp")

CAMERA = Camera("cam017", "朝凤路-17", "rtsp://camera.invalid/1", road="朝凤路", community="朝凤社区")


@pytest.fixture(autouse=True)
def _chinese() -> None:
    set_language("zh")


def facts(**more: object) -> CameraFacts:
    told = health("cam017", FeedState.LIVE, key_gap_s=2.0, clock_offset_s=90.2, **more)
    day = CameraDay(
        "cam017", "2026-03-02", 26_000.0, 24_960.0, 3, "silent", START - timedelta(minutes=9, seconds=6)
    )
    seen = CameraSeen("cam017", START - timedelta(seconds=17), "li.na", "值班席-1")
    return CameraFacts(told, day, seen, START)


def test_every_row_in_both_languages() -> None:
    made = [row.value for row in rows(facts())]
    assert made[1] == "H264 · 640×360 · 15.0 帧/秒 · 700 kbit/s · 关键帧间隔 2.0 秒"
    assert made[2].startswith("快 01:30")
    assert made[3].startswith("96.0 %")
    assert "14:23:01" in made[4]
    assert "li.na" in made[5]
    assert [row.bad for row in rows(facts())] == [False, False, True, False, False, False, False]
    set_language("en")
    assert "01:30 fast" in rows(facts())[2].value
    assert len(rows(CameraFacts(None, None, None, START))) == 7


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (None, "摄像机没有报时"),
        (0.04, "准确（+0.0 秒）"),
        (-1.9, "准确（-1.9 秒）"),
        (-2.5, "慢 00:02，画面上的时间不可信"),
    ],
)
def test_the_clock_in_words(offset: float | None, words: str) -> None:
    assert clock_words(offset) == words


def test_it_takes_the_keyboard_and_gives_it_back() -> None:
    page = QWidget()
    page.resize(900, 700)
    page.show()
    QTest.qWaitForWindowExposed(page)
    held = QWidget(page)
    held.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    held.show()
    page.activateWindow()
    held.setFocus()
    sheet = CameraSheet(Theme("dark"), page)
    gone = []
    sheet.closed.connect(_counter(gone))
    sheet.open(CAMERA, facts())
    assert sheet.camera == "cam017"
    assert page.rect().contains(sheet.geometry())
    assert "快 01:30" in sheet.accessibleDescription()
    page.resize(500, 420)
    assert page.rect().contains(sheet.geometry())
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isHidden()
    assert (sheet.camera, len(gone)) == ("", 1)
    assert page.focusWidget() is held
    page.close()


def _counter(gone: list[int]) -> object:
    def count() -> None:
        gone.append(1)

    return count


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_picture_of_it_with_everything_in_it(lang: str, qapp: QApplication) -> None:
    theme = Theme("dark")
    theme.apply(qapp)
    set_language(lang)
    page = QWidget()
    page.resize(900, 600)
    page.show()
    sheet = CameraSheet(theme, page)
    sheet.offer_recorder(True)
    sheet.open(CAMERA, replace(facts(), recorder="10.1.2.3:554 · 大华 · 17"))
    QTest.qWaitForWindowExposed(page)
    assert page.rect().contains(sheet.geometry())
    assert sheet.recorder.isVisible()
    for value in sheet.values:
        assert value.height() >= value.heightForWidth(value.width()), "no line is cut"
    ground = page.grab().toImage().pixelColor(sheet.geometry().center().x(), sheet.geometry().top() + 6)
    assert ground == theme.color("raised"), "it stands out from what lies behind it"
    shots = os.environ.get("FIFTEEN_TEST_SHOTS", "")
    if shots:
        page.grab().save(str(Path(shots) / f"sheet-{lang}.png"))
    page.close()
    qapp.setStyleSheet("")
    set_language("zh")
