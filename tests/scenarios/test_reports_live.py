"""The page of reports in the running console, by keys alone: another period,
another table, the cases behind a number, a file, a plan that is made by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.model import Command
from console.domain.vocabulary import Action, Source
from console.i18n import LANGUAGES
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.reports_page import PAPER, PLANS, ReportsPage
from console.widgets.search_page import SearchPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]

LEADER = "wang.jun"
SHOTS = os.environ.get("FIFTEEN_REPORT_SHOTS", "")
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def morning_of_work(here: Seat, story: Story) -> list[str]:
    """Three stalls filed in the morning shift; the second one too late."""
    service, ids = here.console.engine.services.cases, []
    for n, minutes in enumerate((2, 9, 3)):
        story.stand(at(f"{9 + n:02d}:00:00"))
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        case = service.open(OFFICER, new).case
        story.stand(at(f"{9 + n:02d}:{minutes:02d}:00"))
        service.act(OFFICER, case.id, Command(Action.FILE))
        for action in ("dispatch", "accept", "arrive", "handled", "check"):
            service.act(OFFICER, case.id, Command(Action(action)))
        ids.append(case.id)
    return ids


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """The morning shift is over, its leader sits at the desk."""
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        made.cases = morning_of_work(made, story)  # type: ignore[attr-defined]
        story.stand(at("16:20:00"))
        made.sign_in(LEADER)
        yield made


def page_of(here: Seat) -> ReportsPage:
    """Shift+F12, and the morning's report is read."""
    press(Qt.Key.Key_F12, _SHIFT)
    page = here.desk.parts.pages.widget("reports")
    assert isinstance(page, ReportsPage)
    until(lambda: page.span is not None, "a report")
    return page


def look(here: Seat, name: str) -> None:
    """Pictures in both languages and themes, for whoever asks for them."""
    if not SHOTS:
        return
    for lang in LANGUAGES:
        here.desk.use_language(lang)
        for theme in ("dark", "light"):
            here.console.theme.use(theme)
            QTest.qWait(700)
            here.desk.grab().save(f"{SHOTS}/{name}.{lang}.{theme}.png")
    here.desk.use_language("zh")
    here.console.theme.use("dark")
    QTest.qWait(700)


def test_a_number_opens_its_cases_and_the_file_tells_the_same(here: Seat, tmp_path: Path) -> None:
    page = page_of(here)
    assert page.span is not None
    assert page.span.id == "20260302-morning", "the newest shift that is over"
    tiles = {one.name.text(): one for one in page.figures.tiles}
    assert tiles["受理数"].value.text() == "3", "what the shift took in"
    look(here, "figures")
    table = page.figures.table
    until(table.hasFocus, "the keyboard is in the table")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    cell = table.source.cell(table.currentIndex())
    assert cell is not None
    assert (cell.value, cell.drill.split("|")[0]) == (2, "decision_met"), "two of three decided in time"
    press(Qt.Key.Key_Return)
    found = here.desk.parts.pages.widget("search")
    assert isinstance(found, SearchPage)
    until(lambda: here.desk.parts.pages.current == "search", "the cases behind the number")
    until(lambda: found.view.found.rowCount() == 3, "all three were decided")
    press(Qt.Key.Key_Escape)
    until(lambda: here.desk.parts.pages.current == "reports", "back where the number stood")
    table.setFocus()
    press(Qt.Key.Key_E)
    until(page.ask.isVisible, "where to")
    file = tmp_path / "shift.csv"
    page.ask.field.selectAll()
    typed(str(file))
    press(Qt.Key.Key_Return)
    until(file.exists, "the file")
    assert "受理数,3," in file.read_text("utf-8-sig"), "the figure of the screen"
    until(lambda: str(file) in page.notice.text(), "it says so")


def test_periods_kinds_tables_and_the_paper_by_keys(here: Seat) -> None:
    page = page_of(here)
    until(page.figures.table.hasFocus, "the keyboard is in the table")
    press(Qt.Key.Key_Comma)
    until(lambda: page.span is not None and page.span.id == "20260302-night", "the shift before")
    press(Qt.Key.Key_Period)
    press(Qt.Key.Key_Period)
    until(lambda: page.span is not None and page.span.id == "20260302-middle", "the one that runs")
    assert "本期未完" in page.period.text(), "it says that it is not over"
    press(Qt.Key.Key_Period)
    QTest.qWait(50)
    until(lambda: page.span is not None and page.span.id == "20260302-middle", "nothing lies ahead")
    press(Qt.Key.Key_K)
    until(lambda: page.span is not None and page.span.kind == "day", "another kind")
    first = page.figures.choice.currentText()
    press(Qt.Key.Key_T)
    assert page.figures.choice.currentText() != first, "another table"
    press(Qt.Key.Key_V)
    until(lambda: page.section == PAPER and page.paper.widget().height() > 1000, "pages as printed")
    look(here, "paper")
    here.desk.use_language("en")
    until(lambda: page.period.text().endswith("(Sun)"), "read again in the other language")
    here.desk.use_language("zh")


def test_a_plan_is_filled_in_and_makes_the_shift_by_itself(here: Seat, story: Story, tmp_path: Path) -> None:
    page, folder = page_of(here), tmp_path / "out"
    folder.mkdir()
    press(Qt.Key.Key_V)
    press(Qt.Key.Key_V)
    assert page.section == PLANS, "figures, paper, plans"
    until(page.plans.plans.hasFocus, "the keyboard is in the plans")
    look(here, "plans-empty")
    press(Qt.Key.Key_N)
    form = page.plans.form
    until(form.name.hasFocus, "a new plan")
    typed("each shift")
    look(here, "form")
    press(Qt.Key.Key_Return)
    until(lambda: form.notice.text() != "", "neither folder nor address: refused")
    assert form.name.text() == "each shift", "what was typed stays"
    form.kind.setCurrentIndex(form.kind.findData("shift"))
    form.folder.setFocus()
    typed(str(folder))
    press(Qt.Key.Key_Return)
    until(lambda: page.plans.plans.source.rowCount() == 1, "the plan is kept")
    assert not list(folder.iterdir()), "the shift still runs"
    story.stand(at("00:11:00", "2026-03-03"))
    here.console.engine.reports.wake()
    until(lambda: (folder / "班报-20260302-middle.pdf").exists(), "made by itself")
    until(lambda: page.plans.runs.source.rowCount() == 1, "and listed")
    until(lambda: "班报-20260302-middle.pdf" in page.plans.told.text(), "with its file")
    look(here, "plans")


def test_who_may_not_read_reports_is_told_so(here: Seat) -> None:
    here.desk.lock()
    until(lambda: here.console.actor is None, "locked")
    here.sign_in(OFFICER.name)
    press(Qt.Key.Key_F12, _SHIFT)
    page = here.desk.parts.pages.widget("reports")
    assert isinstance(page, ReportsPage)
    until(lambda: page.notice.text() != "", "a sentence")
    assert page.span is None, "and no figures"
