"""The form that says where recordings lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.domain.model import Camera
from console.domain.recorders import RecorderPlace
from console.i18n import set_language, t
from console.services.recorders import RecorderBook
from console.theme import Theme
from console.widgets.recorder_form import RecorderForm, place_words

CAMERA = Camera("cam017", "朝凤路-17", "rtsp://camera.invalid/1", vendor="dahua", channel="17")
BOOK = RecorderBook(RecorderPlace("10.1.2.3:554"), {})


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[QWidget]:
    set_language("zh")
    Theme("dark").apply(qapp)
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    yield made
    qapp.setStyleSheet("")
    set_language("zh")


def test_it_says_what_r_will_do_while_one_types(page: QWidget) -> None:
    form = RecorderForm(Theme("dark"), CAMERA, BOOK, page)
    told: list[tuple[object, ...]] = []
    form.wanted.connect(lambda *what: told.append(what))
    assert form.answer.text() == "10.1.2.3:554 · 大华 · 通道 17 · 全站设置"
    form.address.setText("rtsp://10.9.9.9/live")
    assert form.problem.text() == t("camera.recorder.bad_host")
    QTest.keyClick(form.address, Qt.Key.Key_Return)
    assert form.problem.text() == t("camera.recorder.bad_host")
    assert form.address.text() == "rtsp://10.9.9.9/live"
    form.address.setText("10.9.9.9")
    form.channel.setText("３")
    assert form.problem.text() == ""
    form.vendor.setCurrentIndex(form.vendor.findData("hikvision"))
    assert form.answer.text() == "10.9.9.9:554 · 海康威视 · 通道 3 · 单独设置"
    form.finish()
    assert told == [("cam017", RecorderPlace("10.9.9.9:554", "hikvision", "3"), RecorderPlace())]
    form.tell("别人改过", replace(BOOK, own={"cam017": RecorderPlace("10.7.7.7:554")}))
    form.finish()
    assert told[-1][2] == RecorderPlace("10.7.7.7:554"), "the second time it takes the place of what is there"


def test_the_site_has_no_channel(page: QWidget) -> None:
    form = RecorderForm(Theme("dark"), CAMERA, BOOK, page)
    told: list[tuple[object, ...]] = []
    form.wanted.connect(lambda *what: told.append(what))
    form.scope.setCurrentIndex(1)
    assert form.address.text() == "10.1.2.3:554"
    assert not form.channel.isEnabled()
    form.address.clear()
    assert form.answer.text() == t("camera.recorder.none")
    form.finish()
    assert told == [("", RecorderPlace(), RecorderPlace("10.1.2.3:554"))]


def test_what_is_missing_is_said() -> None:
    set_language("zh")
    assert place_words(RecorderPlace(), False) == t("camera.recorder.none")
    assert t("camera.recorder.incomplete") in place_words(RecorderPlace("10.1.2.3:554"), False)
    assert "acme" in place_words(RecorderPlace("10.1.2.3:554", "acme", "1"), False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_fits_in_both_languages(page: QWidget, lang: str, qtbot: QtBot) -> None:
    set_language(lang)
    form = RecorderForm(Theme("dark"), CAMERA, BOOK, page)
    form.address.setText("10.9.9.9/x")
    form.finish()
    form.show()
    qtbot.waitExposed(form)
    for knob in (form.ok, form.cancel):
        assert knob.width() >= knob.sizeHint().width()
    shots = os.environ.get("FIFTEEN_TEST_SHOTS", "")
    if shots:
        form.grab().save(str(Path(shots) / f"recorder-{lang}.png"))
    form.reject()
