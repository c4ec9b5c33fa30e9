"""The sheet of keys costs nothing while nobody reads it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import set_language, t
from console.theme import Theme
from console.widgets.key_help import KeyHelp
from console.widgets.keys import Key


def _labels(sheet: KeyHelp) -> set[str]:
    return {one.text() for one in sheet.findChildren(QLabel)}


def test_keys_stand_on_the_sheet_only_while_it_is_read(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []
    grid = KeyHelp._grid
    monkeypatch.setattr(KeyHelp, "_grid", lambda self: built.append(1) or grid(self))
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(1600, 900)
    sheet = KeyHelp(Theme(), page)
    page.show()
    bare = len(sheet.findChildren(QWidget))
    for one in ("page_map", "page_teams"):
        sheet.extend(Key(one, "F7", "page"))
    try:
        for lang in ("en", "zh"):
            set_language(lang)
            sheet.retranslate()
        qtbot.wait(20)
        assert built == [], "neither new keys nor a language need it"
        for turn in (1, 2):
            sheet.toggle()
            assert built == [1] * turn
            assert {t("desk.keys.page_map"), t("desk.keys.page_teams")} <= _labels(sheet)
            set_language("en")
            sheet.retranslate()
            assert t("desk.keys.page_map") in _labels(sheet)
            set_language("zh")
            # A click on a key, as on anything else, takes the sheet away.
            QTest.mouseClick(sheet._words[3][0], Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
            assert sheet.isHidden()
            qtbot.waitUntil(lambda: len(sheet.findChildren(QWidget)) == bare, timeout=3000)
    finally:
        set_language("zh")


def test_a_key_added_meanwhile_is_on_the_open_sheet(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(1600, 900)
    sheet = KeyHelp(Theme(), page)
    page.show()
    sheet.toggle()
    assert t("desk.keys.kiosk_push") not in _labels(sheet)
    sheet.extend(Key("kiosk_push", "Alt+B", "case"))
    assert t("desk.keys.kiosk_push") in _labels(sheet)
    # Covered together with its page it stays as it is.
    page.hide()
    page.show()
    assert t("desk.keys.kiosk_push") in _labels(sheet)
