"""The whole life of a case without touching the mouse, pages and search included;
and what a hand types is neither disturbed nor lost by what others do meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.model import Command
from console.domain.vocabulary import Action, Role, Source, State
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.search_page import SearchPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, press, seat, typed, until
from tests.scenarios.test_street_case import (
    ACCEPTED,
    ARRIVED,
    CHECKED,
    CLOSED,
    SEEN,
    SENT,
    Officer,
    file,
    hand_back,
    jpeg,
)

pytestmark = [
    pytest.mark.display,
    pytest.mark.rtsp,
    # The clock of the story stands still and jumps: the waker sees and says so.
    pytest.mark.logs("the clock was stepped"),
]

CTRL = Qt.KeyboardModifier.ControlModifier


def search_page(here: Seat) -> SearchPage:
    page = here.desk.parts.pages.widget("search")
    assert isinstance(page, SearchPage)
    return page


def holds(widget: QWidget) -> bool:
    held = QApplication.focusWidget()
    return held is not None and (held is widget or widget.isAncestorOf(held))


def command(here: Seat, letters: str) -> None:
    """Ctrl+K, letters, Enter."""
    press(Qt.Key.Key_K, CTRL)
    bar = here.desk.parts.command
    until(lambda: QApplication.focusWidget() is bar.field, "the command bar")
    typed(letters)
    press(Qt.Key.Key_Return)


def found(here: Seat, line: str, count: int) -> None:
    """F9, a line, Enter: so many cases."""
    press(Qt.Key.Key_F9)
    page = search_page(here)
    until(lambda: QApplication.focusWidget() is page.field, "the line of search")
    press(Qt.Key.Key_A, CTRL)
    typed(line)
    press(Qt.Key.Key_Return)
    until(
        lambda: page._found is not None and page._found.text == line and len(page._found.ids) == count,
        f"{count} cases for {line}",
    )


def test_from_n_to_the_record_by_keys_alone(site: Places, story: Story, tmp_path: Path) -> None:
    story.stand(at("08:14:30"))
    with seat(site, story) as here:
        here.sign_in()
        here.live("cam003")
        desk = here.desk
        officer = Officer(here, story)
        desk.activateWindow()
        officer.at(SEEN)
        press(Qt.Key.Key_Slash)
        until(lambda: QApplication.focusWidget() is desk.parts.cameras.search, "the search of cameras")
        typed("cam003")
        press(Qt.Key.Key_Return)
        until(lambda: desk.parts.cameras.current() == "cam003", "the camera under the hand")
        press(Qt.Key.Key_N)
        until(here.cases, "the case")
        officer.case_id = here.cases()[0].id
        field = desk.parts.detail.filing.field
        until(lambda: QApplication.focusWidget() is field, "the keyboard in the search of classes")
        until(lambda: len(officer.case().evidence) == 4, "clip, its sidecar and pictures")
        file(officer)
        for key, page in ((Qt.Key.Key_F8, "teams"), (Qt.Key.Key_F7, "map"), (Qt.Key.Key_F5, "board")):
            press(key)
            until(lambda wanted=page: desk.parts.pages.current == wanted, page)
        officer.step(SENT, State.DISPATCHED, "市容劝导队")
        officer.step(ACCEPTED, State.ENROUTE, "接单")
        officer.step(ARRIVED, State.HANDLING, "到场")
        hand_back(officer, jpeg(tmp_path / "after.jpg"))
        officer.step(CHECKED, State.CLOSING, "核查通过")
        officer.step(CLOSED, State.CLOSED, "结案")
        desk.control.close_case()
        found(here, "zdjy state:closed today", 1)
        press(Qt.Key.Key_Return)
        detail = desk.parts.detail
        until(lambda: detail.case_id == officer.case_id, "the ended case from the search")
        press(Qt.Key.Key_Escape)
        until(lambda: desk.parts.pages.current == "board", "the board again")
        desk.control.close_case()
        command(here, "1")
        until(lambda: detail.case_id == officer.case_id, "the ended case by its number")
        assert officer.case().state is State.CLOSED


def test_a_refresh_takes_neither_keyboard_nor_letters(site: Places, story: Story) -> None:
    """Others open and move cases while somebody types, on the page of searches
    and in the command bar."""
    with seat(site, story) as here:
        here.sign_in()
        desk, service = here.desk, here.console.engine.services.cases
        desk.activateWindow()
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        found(here, "zdjy", 0)
        page = search_page(here)
        press(Qt.Key.Key_A, CTRL)
        for letter in "zdjy state:filed":
            typed(letter)
            if letter in "dyf":
                case = service.open(OFFICER, new).case
                service.act(OFFICER, case.id, Command(Action.FILE))
                count = len(here.cases())
                until(lambda n=count: here.board is not None and len(here.board.cards) == n, "a board")
            assert QApplication.focusWidget() is page.field
        assert page.field.text() == "zdjy state:filed"
        until(lambda: len(page.view.found._ids) == 4, "the answer to the whole line")
        press(Qt.Key.Key_K, CTRL)
        bar = desk.parts.command
        until(lambda: QApplication.focusWidget() is bar.field, "the command bar")
        typed("dt")
        service.open(OFFICER, new)
        until(lambda: here.board is not None and len(here.board.cards) == 5, "a board")
        assert holds(bar)
        assert bar.field.text() == "dt"


def test_what_was_typed_survives_a_lost_race(site: Places, story: Story) -> None:
    """A reason is half typed; another workstation files the case. The rule says
    no, the words stay."""
    with seat(site, story) as here:
        here.sign_in()
        desk, service = here.desk, here.console.engine.services.cases
        desk.activateWindow()
        new = NewCase(source=Source.PATROL, condition="E09006-1", place="亚太广场")
        case = service.open(OFFICER, new).case
        desk.open_case(case.id)
        detail = desk.parts.detail
        until(lambda: detail.case_id == case.id and detail.action_bar.isVisible(), "the case")
        here.take(desk, desk.parts.board.columns["deciding"].view)
        press(Qt.Key.Key_T)
        until(lambda: holds(detail.form), "the form of a note")
        typed("seen again at the gate")
        other = OFFICER.__class__("wang.lei", Role.LEADER)
        service.act(other, case.id, Command(Action.FILE))
        until(lambda: detail.view is not None and detail.view.case.state is State.FILED, "their step")
        held = QApplication.focusWidget()
        words = getattr(held, "text", getattr(held, "toPlainText", str))()
        assert words == "seen again at the gate"
        assert holds(detail.form)
