"""The board in the running program: order, filters, several cases at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.model import Case, Command
from console.domain.vocabulary import Action, Source, State
from console.services.cases import NewCase
from console.settings import Places
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp, pytest.mark.logs("the clock was stepped")]
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def opened(here: Seat, place: str, *steps: Action, condition: str = "E09006-1") -> Case:
    """A case by patrol, some steps on."""
    service = here.console.engine.services.cases
    case = service.open(OFFICER, NewCase(source=Source.PATROL, condition=condition, place=place)).case
    for step in steps:
        case = service.act(OFFICER, case.id, Command(step)).case
    return case


def on_board(here: Seat, count: int) -> None:
    """Every case is on the board, and the board has the keyboard."""
    board = here.desk.parts.board
    here.desk.link.load_board()
    until(lambda: len(board.models.shown()) == count, f"{count} cases on the board")
    if board.listing:
        here.take(here.desk, board.list._table)
    else:
        board.take_focus()
        until(lambda: board.isAncestorOf(QApplication.focusWidget()), "the keyboard on the board")


def test_several_cases_are_urged_and_one_that_cannot_be_says_why(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        sent = [opened(here, f"{n} 号", Action.FILE, Action.DISPATCH) for n in (1, 2)]
        early = opened(here, "3 号")
        desk, board = here.desk, here.desk.parts.board
        on_board(here, 3)
        press(Qt.Key.Key_B)
        until(lambda: board.listing, "the list")
        here.take(desk, board.list._table)
        press(Qt.Key.Key_Home, CTRL)
        press(Qt.Key.Key_Down, SHIFT)
        press(Qt.Key.Key_Down, SHIFT)
        assert {card.id for card in board.list.chosen()} == {early.id, *(case.id for case in sent)}
        press(Qt.Key.Key_U, SHIFT)
        room = next(one for one in here.console._parts if type(one).__name__ == "BoardPart")
        sheet = room._desks[0].sheet  # type: ignore[attr-defined]
        until(lambda: sheet.isVisible() and sheet.counts == (2, 1, 0), f"the sheet: {sheet.counts}")
        assert "✗" in sheet.list.item(0).text()
        assert [here.case(case.id).urges for case in sent] == [1, 1]
        assert here.case(early.id).urges == 0
        press(Qt.Key.Key_Escape)
        assert not sheet.isVisible()
        until(lambda: QApplication.focusWidget() is board.list._table, "the keyboard back in the list")
        # Each was a transaction of its own, and the selection is still there.
        assert len(board.list.chosen()) == 3
        press(Qt.Key.Key_T, SHIFT)
        typed("yu tian")
        press(Qt.Key.Key_Return)
        until(lambda: sheet.isVisible() and sheet.counts == (3, 0, 0), "noted in all three")
        for case in (*sent, early):
            assert [e.data["text"] for e in here.events(case.id) if e.action is Action.NOTE] == ["yu tian"]
        press(Qt.Key.Key_Escape)
        press(Qt.Key.Key_C, CTRL)
        assert len(QApplication.clipboard().text().split()) == 3
        assert {here.case(case.id).state for case in sent} == {State.DISPATCHED}


def test_a_filter_is_kept_under_a_name_and_is_there_after_a_restart(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        shown = opened(here, "甲路", Action.FILE)
        rings = opened(here, "乙路", condition="E06010-1")
        story.stand(at("08:04:30"))
        until(lambda: here.alarms(), "the alarm of the one that is not decided")
        board = here.desk.parts.board
        on_board(here, 2)
        press(Qt.Key.Key_F)
        until(lambda: QApplication.focusWidget() is board.panel.field, "the keyboard in the filter")
        board.panel.field.setText("甲路")  # an input method writes Chinese
        until(lambda: [card.id for card in board.models.shown()] == [shown.id], "one case shown")
        strip = board.head.strip
        until(lambda: "报警未显示" in strip.words(), f"the hidden alarm: {strip.words()}")
        assert "1 / 2" in strip.words()
        here.take(here.desk, board.panel.name)
        typed("jialu")
        press(Qt.Key.Key_Return)
        until(lambda: [one.name for one in board.panel._shelf.filters] == ["jialu"], "saved")
        press(Qt.Key.Key_Escape)
        press(Qt.Key.Key_F, SHIFT)
        assert strip.words() == ""
        press(Qt.Key.Key_1, CTRL | ALT)
        assert "jialu" in strip.words()
        press(Qt.Key.Key_S)
        press(Qt.Key.Key_B)
        assert (board.listing, board.models.sort) == (True, "due")
    with seat(site, story) as again:
        again.sign_in()
        board = again.desk.parts.board
        until(lambda: "jialu" in board.head.strip.words(), "the filter of before the restart")
        assert (board.listing, board.models.sort) == (True, "due")
        assert again.case(rings.id).state is State.REGISTERING


def test_the_pace_of_the_office_is_on_the_cards(site: Places, story: Story, tmp_path: Path) -> None:
    """Six cases whose team took eight minutes; the seventh has five left."""
    with seat(site, story) as here:
        service = here.console.engine.services.cases
        for n in range(6):
            day = f"2026-02-{10 + n:02d}"
            story.stand(at("08:00:00", day))
            case = opened(here, "甲路", Action.FILE, Action.DISPATCH, Action.ACCEPT)
            story.stand(at("08:08:00", day))
            service.act(OFFICER, case.id, Command(Action.ARRIVE))
            story.stand(at("08:20:00", day))
            for step in (Action.HANDLED, Action.CHECK, Action.CLOSE):
                service.act(OFFICER, case.id, Command(step))
        story.stand(at("08:00:00"))
        here.sign_in()
        board = here.desk.parts.board
        case = opened(here, "甲路", Action.FILE, Action.DISPATCH)
        until(lambda: board.models.card(case.id) is not None, "the case")
        until(lambda: board.models.card(case.id).pace is not None, "its pace")  # type: ignore[union-attr]
        card = board.models.card(case.id)
        assert card is not None
        assert card.pace is not None
        assert (card.pace.need_s, card.pace.n) == (480, 6)
        assert not card.pace.short(600)
        story.stand(at("08:05:00"))
        here.desk.link.load_board()
        until(lambda: "5 分" in board.delegate.tip(card), board.delegate.tip(card))
        assert "常" in board.delegate.tip(card)
        assert "6 件" in board.delegate.tip(card)


def test_a_step_of_the_checklist_is_ticked_by_keyboard(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        case = opened(here, "甲路", Action.FILE)
        desk = here.desk
        desk.open_case(case.id)
        detail = desk.parts.detail
        until(lambda: detail.case_id == case.id, "the case")
        on_board(here, 1)
        press(Qt.Key.Key_L, SHIFT)
        room = next(one for one in here.console._parts if type(one).__name__ == "ChecklistPart")
        panel = room._desks[0].panel  # type: ignore[attr-defined]
        until(lambda: QApplication.focusWidget() is panel, "the keyboard in the checklist")
        until(lambda: panel.count() > 3, "its steps")
        press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Space)
        until(lambda: panel.tick(panel.steps()[1]) is not None, "ticked")
        assert panel.tick(panel.steps()[1]).by == OFFICER.name
        assert panel.tick(panel.steps()[0]) is None
        note = here.events(case.id)[-1]
        assert (note.action, note.data["sop"], note.data["done"]) == (Action.NOTE, "event:09006/2", True)
        press(Qt.Key.Key_Space)
        until(lambda: panel.tick(panel.steps()[1]) is None, "taken back")
        never = next(at for at, step in enumerate(panel.steps()) if step.kind == "never")
        panel.setCurrentRow(never)
        before = len(here.events(case.id))
        press(Qt.Key.Key_Space)
        assert len(here.events(case.id)) == before
