"""A week is sampled by keys alone: drawn, judged, objected to, looked at again;
the lists beside it open the cases behind their rows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.domain.model import Actor, Command
from console.domain.review import Standing, Verdict
from console.domain.vocabulary import Action, Role, Source
from console.i18n import LANGUAGES
from console.services.cases import NewCase
from console.services.review_records import ReviewQuery
from console.settings import Places
from console.widgets.review_page import ReviewPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]

LEADER, FELLOW_LEADER = "wang.jun", "demo.leader"
MONDAY = "2026-03-09"
SHOTS = os.environ.get("FIFTEEN_REVIEW_SHOTS", "")


def week_of_work(here: Seat, story: Story) -> None:
    """Four stalls at one place, closed; one case voided; all on one Monday."""
    service, leader = here.console.engine.services.cases, Actor(FELLOW_LEADER, Role.LEADER)
    for n in range(4):
        story.stand(at(f"{9 + n:02d}:00:00"))
        new = NewCase(
            source=Source.PATROL, condition="E09006-1", place="亚太广场", lon=113.74, lat=34.77 + n * 1e-5
        )
        case = service.open(OFFICER, new).case
        service.act(OFFICER, case.id, Command(Action.FILE))
        story.stand(at(f"{9 + n:02d}:03:00"))
        for action in ("dispatch", "accept", "arrive", "handled", "check", "close"):
            service.act(OFFICER, case.id, Command(Action(action)))
    wrong = service.open(OFFICER, NewCase(source=Source.PATROL, condition="E09006-1", place="菜市场")).case
    service.act(OFFICER, wrong.id, Command(Action.FILE))
    asked = service.act(OFFICER, wrong.id, Command(Action.VOID, reason="立错了，是消防通道"))
    assert asked.approval is not None
    service.approve(leader, asked.approval.id)


class Hand:
    """Keys at the page, and what stands there."""

    def __init__(self, here: Seat, folder: Path) -> None:
        self.here, self.folder, self.taken = here, folder, 0
        page = here.desk.parts.pages.widget("review")
        assert isinstance(page, ReviewPage)
        self.page = page

    def come(self, who: str) -> None:
        """Sign in, and Shift+F9."""
        if self.here.console.actor is not None:
            self.here.desk.lock()
            until(lambda: self.here.console.actor is None, "locked")
        self.here.sign_in(who)
        press(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
        until(lambda: self.here.desk.parts.pages.current == "review" and self.listed(), f"the page for {who}")

    def listed(self) -> object:
        return self.page.shown.listed is not None

    def turn(self, tab: str) -> None:
        """→ until this list is up and read."""
        while self.page.tab != tab:
            press(Qt.Key.Key_Right)
        until(self.listed, tab)

    def look(self, name: str) -> None:
        """A picture in both languages and themes, for whoever asks for them."""
        if not SHOTS:
            return
        for lang in LANGUAGES:
            self.here.desk.use_language(lang)
            for theme in ("dark", "light"):
                self.here.console.theme.use(theme)
                QTest.qWait(250)
                self.here.desk.grab().save(f"{SHOTS}/{name}.{lang}.{theme}.png")
        self.here.desk.use_language("zh")
        self.here.console.theme.use("dark")

    def stands(self) -> list[tuple[str, Standing, Verdict | None]]:
        """Reviews as stored."""
        with self.here.console.engine.store.uows.read() as uow:
            return [(one.officer, one.standing, one.stands) for one in uow.reviews.find(ReviewQuery())]


def test_a_week_is_sampled_judged_objected_to_and_looked_at_again(
    quiet: Places, story: Story, tmp_path: Path, qapp: object
) -> None:
    with seat(copied(quiet, tmp_path / "data"), story) as here:
        week_of_work(here, story)
        story.stand(at("08:30:00", MONDAY))
        hand = Hand(here, tmp_path)
        page = hand.page
        hand.come(LEADER)
        until(lambda: page.shown.listed.due == "2026-W10", "last week is due")
        hand.look("empty")
        press(Qt.Key.Key_W)
        until(lambda: page.table.source.rowCount() == 1, "one of five")
        assert hand.stands() == [(OFFICER.name, Standing.WAITING, None)], (
            "who granted the void had no hand in it"
        )
        assert page.shown.listed.due == "", "drawn"
        hand.look("drawn")
        press(Qt.Key.Key_Return)
        until(lambda: page.sheet_open, "the sheet")
        until(lambda: here.desk.parts.detail.case_id, "the whole case beside it")
        assert page.sheet.lines.count() == 13
        for _ in range(11):
            press(Qt.Key.Key_Y)
        press(Qt.Key.Key_N)
        press(Qt.Key.Key_X)
        hand.look("sheet")
        press(Qt.Key.Key_Tab)
        typed("nothing said about the place")
        press(Qt.Key.Key_Return)
        until(lambda: not page.sheet_open, "the verdict is in")
        assert (OFFICER.name, Standing.GIVEN, Verdict.MINOR) in hand.stands()

        hand.come(OFFICER.name)
        until(lambda: page.shown.listed.own, "only one's own")
        assert [row.review.officer for row in page.shown.listed.rows] == [OFFICER.name]
        assert [name for name, made in page.tabs.items() if made.isVisible()] == ["sample"]
        press(Qt.Key.Key_Return)
        until(lambda: page.sheet_open, "the officer's sheet")
        typed("it stands in the dispatch note")
        hand.look("objection")
        press(Qt.Key.Key_Return)
        until(lambda: not page.sheet_open, "the objection is in")

        hand.come(FELLOW_LEADER)
        until(lambda: page.shown.listed.rows[0].review.standing is Standing.DISPUTED, "disputed")
        press(Qt.Key.Key_Return)
        until(lambda: page.sheet_open and page.sheet.words.hasFocus(), "the second look")
        typed("so it does")
        hand.look("second")
        press(Qt.Key.Key_Tab)
        press(Qt.Key.Key_Space)
        until(lambda: not page.sheet_open, "settled")
        assert (OFFICER.name, Standing.SETTLED, Verdict.PASS) in hand.stands()
        assert here.console.engine.services.reviews.check(Actor(LEADER, Role.LEADER)).ok


def test_the_lists_open_their_cases_and_are_written(
    quiet: Places, story: Story, tmp_path: Path, qapp: object
) -> None:
    with seat(copied(quiet, tmp_path / "data"), story) as here:
        week_of_work(here, story)
        story.stand(at("19:00:00"))
        hand = Hand(here, tmp_path)
        page = hand.page
        hand.come(LEADER)
        hand.turn("deeds")
        until(lambda: page.table.source.rowCount() == 1, "the void")
        row = page.shown.listed.rows[0]
        assert (row.kind, row.who, row.second) == ("void", OFFICER.name, FELLOW_LEADER)
        hand.look("deeds")
        press(Qt.Key.Key_E)
        until(page.target.hasFocus, "where to")
        page.target.setText(str(tmp_path / "例外.xlsx"))
        press(Qt.Key.Key_Return)
        until((tmp_path / "例外.xlsx").exists, "the file")
        book = load_workbook(tmp_path / "例外.xlsx")
        cells = [cell.value for sheet in book for line in sheet.iter_rows() for cell in line]
        assert "立错了，是消防通道" in cells
        hand.turn("late")
        hand.look("late")
        hand.turn("repeats")
        until(lambda: page.table.source.rowCount() == 1, "one place")
        assert len(page.shown.listed.rows[0].ids) == 4
        hand.look("repeats")
        press(Qt.Key.Key_Return)
        until(lambda: here.desk.parts.pages.current == "search", "the cases behind it")
        found = here.desk.parts.pages.widget("search").view.found  # type: ignore[union-attr]
        until(lambda: found.rowCount() == 4, "all four")
        press(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
        until(lambda: page.isVisible() and page.table.hasFocus(), "back")
        hand.turn("cameras")
        hand.look("cameras")
        assert all(one.seen_at is None for one in page.shown.listed.rows)
        hand.turn("logs")
        hand.look("logs")
