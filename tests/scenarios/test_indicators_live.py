"""The indicators in the running console, by keys: figures follow what people do,
a number opens its cases and Esc leads back, nobody asks for what nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.kpi import Value
from console.domain.model import Command
from console.domain.vocabulary import Action, Source
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.figures_page import FiguresPage
from console.widgets.indicators_section import IndicatorsSection
from console.widgets.search_page import SearchPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """Three cases this morning, two of them filed."""
    story.stand(at("08:15:02"))
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        ids = [open_case(made, place) for place in ("朝凤路", "经北六路", "亚太广场")]
        for case_id in ids[:2]:
            file(made, case_id)
        yield made


def open_case(here: Seat, place: str) -> str:
    new = NewCase(source=Source.PUBLIC, condition="E09006-1", place=place, community="410199001010")
    return here.console.engine.services.cases.open(OFFICER, new).case.id


def file(here: Seat, case_id: str) -> None:
    here.console.engine.services.cases.act(OFFICER, case_id, Command(Action.FILE, condition="E09006-1"))


def value(section: IndicatorsSection, figure: str) -> Value | None:
    """A figure of all cases as the table has it."""
    view = section.model.view
    return view.columns[0].values[figure] if view is not None else None


def number(section: IndicatorsSection, figure: str) -> float | None:
    found = value(section, figure)
    return found.value if found is not None else None


def to_indicators(here: Seat) -> IndicatorsSection:
    """F12, then along the sections."""
    page = here.desk.findChild(FiguresPage)
    section = here.desk.findChild(IndicatorsSection)
    assert isinstance(page, FiguresPage)
    assert isinstance(section, IndicatorsSection)
    assert section.model.view is None, "nobody has looked yet"
    press(Qt.Key.Key_F12)
    until(lambda: bool(page.seen), "the page of figures")
    if page.seen != "indicators":
        press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    until(lambda: page.seen == "indicators", "the section of indicators")
    until(lambda: section.table.hasFocus(), "the keyboard on the table")
    return section


def test_figures_follow_and_open_their_cases(here: Seat) -> None:
    here.sign_in()
    section = to_indicators(here)
    until(lambda: number(section, "filed") == 2, "two filed today")
    section.go_to("filed")
    third = open_case(here, "镜湖大道")
    file(here, third)
    until(lambda: number(section, "filed") == 3, "the third one by itself")
    press(Qt.Key.Key_Return)
    found = here.desk.findChild(SearchPage)
    assert isinstance(found, SearchPage)
    until(lambda: len(found.listed) == 3 and found.isVisible(), "the three cases")
    assert found.listed[0] == third
    assert "立案数" in found.state.text()
    press(Qt.Key.Key_Escape)
    until(section.isVisible, "the figures again")
    until(lambda: section.table.hasFocus(), "the keyboard is back")
    press(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: section.choice[1] == "reported" and number(section, "reported") == 4, "by intake")
    press(Qt.Key.Key_G)
    until(lambda: section.choice[2] == "team" and section.model.view is not None, "team by team")
    view = section.model.view
    assert view is not None
    assert [(one.key, one.n) for one in view.columns] == [(None, 4), ("", 4)]


def test_nothing_is_asked_behind_another_page(here: Seat) -> None:
    here.sign_in()
    section = to_indicators(here)
    until(lambda: section.model.view is not None, "figures")
    press(Qt.Key.Key_F5)
    until(lambda: not section.isVisible(), "the board")
    before = section.model.view
    open_case(here, "航海路")
    board = here.board
    until(lambda: here.board is not board, "the board knows")
    assert section.model.view is before
