"""Every page, in both languages and on both sizes: whole, translated, named."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from console.domain.errors import Refusal
from console.domain.vocabulary import State
from console.i18n import LANGUAGES, catalogue, set_language
from console.widgets.keys import ACTION_KEYS, ALL_KEYS
from console.windows.desk_base import DeskBase
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import Rig, desk, settle

pytestmark = pytest.mark.usefixtures("qapp")
SIZES = ((1920, 1080), (1366, 768))


def pages(rig: Rig) -> list[str]:
    """Walk every state of the page; one line for each text without room."""
    found: list[str] = []

    def look(name: str) -> None:
        settle()
        found.extend(f"{name}: {line}" for line in cut_texts(rig.window))

    look("login")
    rig.parts.login.refused(Refusal("auth_failed"))
    look("login refused")
    rig.sign_in()
    look("board")
    rig.case(samples.case_view())
    look("en route")
    rig.parts.detail.refuse(Refusal("forbidden"))
    look("refused")
    rig.case(samples.registering())
    look("filing, nothing typed")
    rig.parts.detail.filing.field.setText("zdjy")
    rig.parts.detail.take_search("zdjy", samples.HITS)
    look("filing")
    rig.case(samples.filed())
    look("dispatch")
    for action in ("void", "note"):
        rig.parts.detail.start(action)
        look(action)
        rig.parts.detail._leave_form()
    rig.window.control.new_by_hand()
    look("by hand")
    rig.parts.help.toggle()
    look("keys")
    rig.parts.help.toggle()
    rig.window.keys.open_commands()
    look("command bar")
    rig.parts.command.leave()
    rig.parts.board.toggle_list()
    look("list")
    rig.parts.toast.refuse(Refusal("db_locked"))
    look("toast")
    rig.board(samples.board((), ()))
    look("empty list")
    rig.parts.board.toggle_list()
    look("empty board")
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("one_display", [False, True])
def test_no_text_is_cut(lang: str, size: tuple[int, int], one_display: bool) -> None:
    with desk(one_display=one_display, size=size) as rig:
        switch_language(lang)
        assert (rig.window.width(), rig.window.height()) == size
        assert pages(rig) == []


def texts(root: QWidget) -> set[str]:
    """Every fixed text that can be seen."""
    shown: set[str] = set()
    for one in root.findChildren(QWidget):
        if not one.isVisible():
            continue
        if isinstance(one, QLabel | QAbstractButton):
            shown.add(one.text())
        elif isinstance(one, QLineEdit):
            shown.add(one.placeholderText())
    return {text for text in shown if text}


def test_the_language_changes_live_and_all_of_it() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    names = {"值班员01", "#1042"}
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        zh = texts(rig.window)
        switch_language("en")
        settle()
        english = texts(rig.window)
        data = {"亚太社区 · 朝凤路与经北六路口 · YT-07", "中文"}
        left = {one for one in english if han.search(one) and not any(name in one for name in names)} - data
        assert left == set()
        switch_language("zh")
        settle()
        assert texts(rig.window) == zh
        rig.parts.header.language_wanted.emit("en")
        assert "Case board" in texts(rig.window)
        set_language("zh")


def test_the_theme_changes_live() -> None:
    with desk() as rig:
        rig.sign_in()
        before = rig.window.grab().toImage().pixelColor(4, 200)
        rig.window.toggle_theme()
        settle()
        after = rig.window.grab().toImage().pixelColor(4, 200)
        assert before == rig.theme.__class__("dark").color("bg")
        assert after == rig.theme.color("bg")


def test_what_takes_keys_has_a_name() -> None:
    with desk() as rig:
        rig.sign_in()
        nameless = []
        for view in (samples.case_view(), samples.registering(), samples.filed()):
            rig.case(view)
            for one in rig.window.findChildren(QWidget):
                kinds = (QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView, QListWidget)
                if one.isVisible() and isinstance(one, kinds) and not one.accessibleName():
                    nameless.append(f"{type(one).__name__} in {type(one.parent()).__name__}")
                if (
                    one.isVisible()
                    and isinstance(one, QAbstractButton)
                    and not (one.accessibleName() or one.text())
                ):
                    nameless.append(f"button in {type(one.parent()).__name__}")
        assert nameless == []


def test_every_key_is_explained_once() -> None:
    for lang in LANGUAGES:
        for key in ALL_KEYS:
            assert catalogue(lang)[f"desk.keys.{key.id}"]
    handled = [key.keys for key in ALL_KEYS if key.here]
    assert len(handled) == len(set(handled))
    assert not set(ACTION_KEYS.values()) & set(handled)


def test_a_lamp_never_stands_alone() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        words = rig.parts.detail.clocks.words()
        assert words == [
            "立案 02:35 / 05:00 ✓",
            "派遣 00:31 / 01:00 ✓",
            "到场 01:12 / 10:00 将超时",
            "总计 03:37 / 15:00",
            "处置 1:51:43 / 2:00:00",
        ]
        rig.tick(73)
        assert rig.parts.detail.clocks.words()[2] == "到场 +00:01 / 10:00 超时"


def test_the_work_is_never_scrolled_away_on_a_full_display() -> None:
    with desk() as rig:
        rig.sign_in()
        detail = rig.parts.detail
        for view in (samples.case_view(), samples.registering(), samples.filed()):
            rig.case(view)
            if view.case.state is State.REGISTERING:
                detail.filing.field.setText("zdjy")
                detail.take_search("zdjy", samples.HITS)
                settle()
            assert detail._scroll.verticalScrollBar().maximum() == 0, view.case.state
            assert detail.timeline.isVisible()
        detail.start("void")
        settle()
        assert detail._scroll.verticalScrollBar().maximum() == 0


def test_a_desk_that_adds_nothing_shows_cameras_board_and_case() -> None:
    with desk(kind=DeskBase) as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        shown = (rig.parts.cameras, rig.parts.pages, rig.parts.work)
        assert [one.isVisible() for one in shown] == [True, True, True]
        places = [one.mapTo(rig.window, QPoint(0, 0)).x() for one in shown]
        assert places == sorted(set(places)), "side by side"
        assert rig.parts.pages.width() > 2 * rig.parts.cameras.width(), "the board has the most"
