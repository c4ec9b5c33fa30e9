"""The page of searches: what is typed, what is asked, what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.domain.model import Case
from console.domain.vocabulary import Source, State
from console.i18n import set_language
from console.models.drafts import Drafts
from console.services.found import Found, SavedSearch
from console.theme import Theme
from console.widgets.command_bar import CommandBar, Entry, match
from console.widgets.found_view import lit
from console.widgets.search_page import WAIT_MS, SearchPage
from tests.gui import samples
from tests.gui.desk_rig import settle

pytestmark = pytest.mark.display


def case(number: int, **more: object) -> Case:
    values: dict[str, object] = {
        "id": f"20260805-{number:04d}",
        "state": State.CLOSED,
        "source": Source.PATROL,
        "name_zh": "占道经营",
        "name_en": "Street vending",
        "place": "望江路",
        "note": "卖水果的三轮车",
        "opened_at": samples.NOW - timedelta(minutes=number),
    }
    return Case(**(values | more))  # type: ignore[arg-type]


class Asked:
    """What the page asked for."""

    def __init__(self, page: SearchPage) -> None:
        self.lines: list[str] = []
        self.opened: list[str] = []
        self.rows: list[tuple[str, ...]] = []
        self.saves: list[tuple[SavedSearch, str, int]] = []
        page.wanted.connect(self.lines.append)
        page.opened.connect(self.opened.append)
        page.rows_wanted.connect(self.rows.append)
        page.save_wanted.connect(self._save)

    def _save(self, search: SavedSearch, was: str, seen: int) -> None:
        self.saves.append((search, was, seen))


@pytest.fixture
def page(qapp: QApplication, tmp_path: Path) -> Iterator[SearchPage]:
    set_language("zh")
    drafts = Drafts(tmp_path)
    made = SearchPage(Theme(), drafts)
    made.resize(1100, 700)
    made.show()
    made.activateWindow()
    made.field.setFocus()
    settle()
    yield made
    made.close()
    drafts.close()
    made.deleteLater()
    settle()


def answer(page: SearchPage, line: str, count: int, rows: int | None = None) -> Found:
    cases = tuple(case(number) for number in range(1, count + 1))
    found = Found(line, tuple(one.id for one in cases), cases[:rows], False, ("路",), 0.02)
    page.show_found(found)
    settle()
    return found


def wait() -> None:
    QTest.qWait(WAIT_MS + 60)


def test_a_line_is_asked_once_a_moment_after_the_last_key(page: SearchPage) -> None:
    asked = Asked(page)
    QTest.keyClicks(page.field, "zd")
    QTest.keyClicks(page.field, "jy")
    assert asked.lines == []
    wait()
    assert asked.lines == ["zdjy"]


def test_an_older_answer_never_covers_a_newer_line(page: SearchPage) -> None:
    asked = Asked(page)
    page.search("zd")
    page.search("zdjy")
    answer(page, "zdjy", 2)
    answer(page, "zd", 5)
    assert asked.lines == ["zd", "zdjy"]
    assert page.view.found.rowCount() == 2
    page.refuse("zd", Refusal("bad_usage", "query_time", value="zd"))
    assert "2 件" in page.state.text()


def test_enter_asks_then_opens_and_down_walks(page: SearchPage) -> None:
    asked = Asked(page)
    QTest.keyClicks(page.field, "lu")
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert asked.lines == ["lu"]
    assert asked.opened == []
    answer(page, "lu", 3)
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert asked.opened == ["20260805-0001"]
    QTest.keyClick(page.field, Qt.Key.Key_Down)
    QTest.keyClick(page.view, Qt.Key.Key_Down)
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    assert asked.opened[1:] == ["20260805-0002"]
    QTest.keyClicks(page.view, "x")
    assert page.field.text() == "lux"


def test_a_new_answer_takes_neither_keyboard_nor_row(page: SearchPage) -> None:
    page.search("lu")
    answer(page, "lu", 5)
    page.view.setFocus()
    page.view.go_to("20260805-0003")
    answer(page, "lu", 5)
    assert page.view.current_id() == "20260805-0003"
    assert QApplication.focusWidget() is page.view


def test_rows_come_as_they_are_scrolled_to(page: SearchPage) -> None:
    asked = Asked(page)
    page.search("lu")
    found = answer(page, "lu", 400, 50)
    assert asked.rows == []
    page.view.scrollToBottom()
    settle()
    assert asked.rows
    assert asked.rows[0][0] in found.ids[50:]
    page.add_rows([case(400)])
    assert page.view.found.case(399) is not None
    settle()
    assert len(asked.rows) == len(set(asked.rows)), "no bundle is asked for twice"


def test_what_cannot_be_read_is_said_and_nothing_is_lost(page: SearchPage) -> None:
    page.search("lu")
    answer(page, "lu", 3)
    page.search("状态:飞走")
    page.refuse("状态:飞走", Refusal("bad_usage", "query_value", field="状态", value="飞走", near="挂账"))
    assert "飞走" in page.state.text()
    assert "挂账" in page.state.text()
    assert page.field.text() == "状态:飞走"
    assert page.view.found.rowCount() == 3


def test_a_reporter_is_looked_for_only_on_enter(page: SearchPage) -> None:
    asked = Asked(page)
    page.field.setText("报案人:王芳")
    wait()
    assert asked.lines == []
    assert "日志" in page.state.text()
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert asked.lines == ["报案人:王芳"]


def test_the_line_survives_a_restart(page: SearchPage, tmp_path: Path) -> None:
    page.field.setText("占道 昨天")
    page._drafts.save()
    page._drafts.close()
    again = SearchPage(Theme(), Drafts(tmp_path))
    assert again.field.text() == "占道 昨天"
    again._drafts.close()
    again.deleteLater()


def test_a_search_is_kept_and_used_by_name(page: SearchPage) -> None:
    asked = Asked(page)
    page.field.setText("占道")
    page._ask_name()
    page.ask.field.setText("路边摊")
    QTest.keyClick(page.ask.field, Qt.Key.Key_Return)
    assert asked.saves == [(SavedSearch("路边摊", "占道"), "", 0)]
    page.set_saved([SavedSearch("路边摊", "占道 昨天", 3)])
    page.do_saved("replace", "路边摊")
    assert asked.saves[1:] == [(SavedSearch("路边摊", "占道"), "路边摊", 3)]
    page.do_saved("run", "路边摊")
    assert page.field.text() == "占道 昨天"
    assert asked.lines[-1] == "占道 昨天"


def test_words_are_lit_where_they_stand() -> None:
    assert lit("望江路12号路口", ("路", "路口")) == [(2, 3), (6, 8)]
    assert lit("Street VENDING", ("vend",)) == [(7, 11)]
    assert lit("abc", ("",)) == []


def test_both_languages(page: SearchPage) -> None:
    page.search("lu")
    answer(page, "lu", 1)
    assert page.view.found.data(page.view.found.index(0, 3)) == "占道经营"
    set_language("en")
    page.retranslate()
    try:
        assert page.view.found.data(page.view.found.index(0, 3)) == "Street vending"
        assert "1 found" in page.state.text()
    finally:
        set_language("zh")


ENTRIES = (
    Entry("act:arrive", "到场", "A", "Arrive"),
    Entry("camera:cam1", "上墙：望江路口", "", "cam1 望江路口 wjlk"),
    Entry("page_map", "地图", "F7", "Map"),
    Entry("theme", "深色 / 浅色", "F3", "Dark / light"),
)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("dc", "act:arrive"), ("arr", "act:arrive"), ("wjlk", "camera:cam1"), ("望江", "camera:cam1"),
     ("map", "page_map"), ("dt", "page_map"), ("light", "theme"), ("上墙 路口", "camera:cam1")],
)  # fmt: skip
def test_a_command_is_found_by_words_initials_and_the_other_language(typed: str, first: str) -> None:
    assert match(ENTRIES, typed)[0].id == first


def test_what_was_done_lately_comes_first() -> None:
    assert [one.id for one in match(ENTRIES, "", ("theme", "page_map"))][:2] == ["theme", "page_map"]
    assert match(ENTRIES, "zzz", ("theme",)) == []


def test_the_bar_remembers_across_a_restart(page: SearchPage, tmp_path: Path) -> None:
    drafts = page._drafts
    ran: list[str] = []
    bar = CommandBar(Theme(), page, drafts)
    bar.run.connect(ran.append)
    bar.open(ENTRIES)
    QTest.keyClicks(bar.field, "dt")
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    bar.open(ENTRIES)
    QTest.keyClicks(bar.field, "20260805-0012")
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    bar.open(ENTRIES)
    QTest.keyClicks(bar.field, "xyzzy")
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert ran == ["page_map", "go:20260805-0012", "find:xyzzy"]
    later = CommandBar(Theme(), page, drafts)
    later.open(ENTRIES)
    assert later.found.item(0).data(Qt.ItemDataRole.UserRole) == "page_map"
    later.leave()


def test_the_cases_behind_a_number_are_listed_until_something_is_typed(page: SearchPage) -> None:
    asked = Asked(page)
    numbers = tuple(case(number).id for number in range(1, 81))
    page.show_cases("超期处置数", numbers)
    settle()
    assert page.listed == numbers
    assert page.state.text() == "超期处置数 · 共 80 件（Esc 返回）"
    assert page.view.hasFocus()
    assert asked.rows[0] == numbers[:50]
    assert asked.lines == []
    page.add_rows([case(number) for number in range(1, 51)])
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    assert asked.opened == [numbers[0]]
    left: list[bool] = []
    page.left.connect(lambda: left.append(True))
    QTest.keyClick(page.view, Qt.Key.Key_Escape)
    assert left == [True]
    page.search("水果")
    assert page.listed == ()
    assert asked.lines == ["水果"]
