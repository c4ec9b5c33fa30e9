"""Every page and every section of a case in the running program, both languages.

Pages and sections are asked of the program itself: a new one is looked at
without a word here.
"""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.model import Command
from console.domain.vocabulary import Action, Source
from console.i18n import LANGUAGES, language
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.figures_page import ORDER, FiguresPage
from tests.gui.cut_text import bare_keys, cut_texts, left_in_chinese, overlapping, shown_texts
from tests.scenarios.console_kit import OFFICER, Seat, Story, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp, pytest.mark.logs("the clock was stepped")]


def settle() -> None:
    """Let pages be read and laid out."""
    for _ in range(3):
        QTest.qWait(30)
        QApplication.processEvents()


def look(here: Seat, name: str, over: QWidget | None = None) -> list[str]:
    """What is wrong on the screen as it is, in both languages; of a sheet
    ``over`` the page only the sheet."""
    window, found = here.desk, list[str]()
    shown = over if over is not None else window
    texts: dict[str, dict[int, str]] = {}
    for lang in LANGUAGES:
        if lang != language():
            window.use_language(lang)
        settle()
        texts[lang] = shown_texts(shown)
        wrong = [*cut_texts(shown), *bare_keys(shown), *overlapping(shown)]
        found += [f"{name} {lang}: {line}" for line in wrong]
    given = {"中文", "李娜"}
    found += [f"{name}: {line}" for line in left_in_chinese(texts["zh"], texts["en"]) if line not in given]
    window.use_language("zh")
    return found


def test_every_page_and_section_in_both_languages(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        service = here.console.engine.services.cases
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        case = service.open(OFFICER, new).case
        service.act(OFFICER, case.id, Command(Action.FILE))
        desk = here.desk
        desk.open_case(case.id)
        detail, pages = desk.parts.detail, desk.parts.pages
        until(lambda: detail.case_id == case.id, "the case")
        found: list[str] = []
        names = [page for page in pages._pages if pages.is_offered(page)]
        assert {"board", "map", "search", "teams"} <= set(names)
        for page in names:
            desk.show_page(page)
            until(lambda page=page: pages.current == page, page)
            found += look(here, page)
        figures = pages.widget("figures")
        assert isinstance(figures, FiguresPage)
        desk.show_page("figures")
        for name in ORDER:
            figures.show_section(name)
            until(lambda name=name: figures.seen == name, name)
            found += look(here, f"figures {name}")
        desk.show_page("board")
        sections = [section.widget for section in detail.sections._sections]
        assert len(sections) >= 3
        for section in sections:
            detail.show_section(section)
            found += look(here, type(section).__name__)
        board = desk.parts.board
        board.toggle_panel()
        found += look(here, "filters")
        board.toggle_panel()
        board.toggle_list()
        found += look(here, "list")
        desk.parts.help.toggle()
        found += look(here, "keys", desk.parts.help)
        desk.parts.help.toggle()
        desk.keys.open_commands()
        found += look(here, "command bar", desk.parts.command)
        assert found == []
