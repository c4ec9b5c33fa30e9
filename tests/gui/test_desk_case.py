"""One case through the desk, by keyboard; what goes wrong, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from console.domain.errors import Refusal
from console.domain.model import Approval, Command
from console.domain.vocabulary import Action, Channel, Source, State
from console.i18n import t
from console.services.intake_desk import TakeIn
from console.services.requests import (
    Act,
    AnswerApproval,
    Broke,
    LoadCase,
    OpenFromCamera,
    SearchConditions,
    SignIn,
    WithdrawRequest,
)
from console.services.views import CaseAnswer
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.desk_rig import Rig, desk, settle

pytestmark = pytest.mark.usefixtures("qapp")


def key(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key wherever the keyboard is."""
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClick(held, which, modifier)
    settle()


def typed(words: str) -> None:
    """Type words wherever the keyboard is."""
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClicks(held, words)
    settle()


def acted(rig: Rig) -> Command:
    """The last wish about a case."""
    request = rig.worker.last(Act)
    assert isinstance(request, Act)
    return request.command


def went(rig: Rig, state: State = State.FILED, **more: object) -> None:
    """Let the last wish go through."""
    rig.worker.answer(Act, CaseAnswer(samples.case(state), (), ("case",), **more))  # type: ignore[arg-type]


def test_from_seeing_to_filed_in_six_actions() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.parts.cameras.tree.setCurrentIndex(rig.parts.cameras.model.find("cam03"))
        rig.parts.board.take_focus()
        key(Qt.Key.Key_N)  # 1
        asked = rig.worker.last(OpenFromCamera)
        assert (asked.camera, asked.pressed_at) == ("cam03", samples.NOW)  # type: ignore[attr-defined]
        rig.worker.answer(OpenFromCamera, CaseAnswer(samples.case(State.REGISTERING), (), ("case",)))
        rig.worker.answer(LoadCase, samples.registering())
        assert rig.parts.detail.filing.field.hasFocus()
        for letter in "zdjy":  # 2, 3, 4, 5
            typed(letter)
        assert rig.worker.last(SearchConditions).text == "zdjy"  # type: ignore[attr-defined]
        rig.worker.answer(SearchConditions, samples.HITS)
        key(Qt.Key.Key_Return)  # 6
        assert acted(rig) == Command(Action.FILE, condition="E09006-1")
        went(rig)
        assert rig.parts.board.isAncestorOf(QApplication.focusWidget())


def test_nothing_is_filed_without_a_condition() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.detail.focus_search()
        key(Qt.Key.Key_Return)
        assert not rig.parts.detail.filing._go.isEnabled()
        typed("xxxx")
        rig.worker.answer(SearchConditions, ())
        key(Qt.Key.Key_Return)
        assert rig.worker.all(Act) == []


def test_typing_faster_than_the_search_never_files_by_guess() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.detail.focus_search()
        typed("zdjy")
        key(Qt.Key.Key_Return)
        assert rig.worker.all(Act) == []
        rig.worker.answer(SearchConditions, samples.HITS)  # two fit: the officer looks
        assert rig.worker.all(Act) == []
        key(Qt.Key.Key_Return)
        assert acted(rig).condition == "E09006-1"
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.detail.focus_search()
        typed("09006")
        key(Qt.Key.Key_Return)
        rig.worker.answer(SearchConditions, samples.HITS[:1])  # one fits: as typed
        assert acted(rig).condition == "E09006-1"


def test_down_chooses_the_next_condition() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.detail.focus_search()
        typed("jy")
        rig.worker.answer(SearchConditions, samples.HITS)
        key(Qt.Key.Key_Down)
        assert "店外经营" in rig.parts.detail.filing._go.text()
        key(Qt.Key.Key_Return)
        assert acted(rig).condition == "E09005-1"


def test_escape_takes_the_key_back_only_at_once_and_untyped() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.window.open_from_camera("cam03", samples.NOW)
        rig.worker.answer(OpenFromCamera, CaseAnswer(samples.case(State.REGISTERING), (), ("case",)))
        rig.worker.answer(LoadCase, samples.registering())
        key(Qt.Key.Key_Escape)
        assert acted(rig) == Command(Action.REJECT, reason="mis-key")
    with desk() as rig:
        rig.sign_in()
        rig.window.open_from_camera("cam03", samples.NOW)
        rig.worker.answer(OpenFromCamera, CaseAnswer(samples.case(State.REGISTERING), (), ("case",)))
        rig.worker.answer(LoadCase, samples.registering())
        rig.clock.at += timedelta(seconds=11)
        key(Qt.Key.Key_Escape)
        assert rig.worker.all(Act) == []
        assert rig.parts.detail.case_id == ""


def test_one_key_dispatches_the_first_team_and_space_adds_another() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.filed())
        assert "派遣 市容劝导队" in rig.parts.detail.action_bar.primary.text()
        rig.parts.board.take_focus()
        key(Qt.Key.Key_A)
        assert acted(rig).teams == ("appearance",)
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.filed())
        rig.parts.board.take_focus()
        key(Qt.Key.Key_D)
        key(Qt.Key.Key_Down)
        key(Qt.Key.Key_Space)
        assert "市容劝导队 巡消队" in rig.parts.detail.action_bar.primary.text()
        key(Qt.Key.Key_Return)
        assert acted(rig).teams == ("appearance", "patrol")


def test_the_next_action_says_who_told_it() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.detail.action_bar.answer.channels[Channel.RADIO].click()
        rig.parts.board.take_focus()
        key(Qt.Key.Key_A)
        request = rig.worker.last(Act)
        assert isinstance(request, Act)
        assert request.command == Command(Action.ARRIVE, channel=Channel.RADIO)
        assert request.seen_version == 5
        assert not rig.parts.detail.action_bar.primary.isEnabled()
        went(rig, State.HANDLING)
        rig.worker.answer(LoadCase, samples.case_view(State.HANDLING, Action.HANDLED, (Action.HANDLED,)))
        assert rig.parts.detail.action_bar.primary.isEnabled()
        assert "处置完毕" in rig.parts.detail.action_bar.primary.text()


def test_what_an_action_needs_is_asked_in_place() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.board.take_focus()
        key(Qt.Key.Key_R)
        form = rig.parts.detail.form
        assert form.isVisible()
        key(Qt.Key.Key_Return)
        assert rig.worker.all(Act) == []
        assert "理由" in form._error.text()
        typed("bss")
        key(Qt.Key.Key_Return)
        assert acted(rig) == Command(Action.REJECT, reason="bss")


def test_a_time_is_understood_or_refused_in_place() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view(State.HANDLING, Action.HANDLED, (Action.HANDLED, Action.SUSPEND)))
        rig.parts.detail.start("suspend")
        settle()
        form = rig.parts.detail.form
        until, reason = form._inputs["until"], form._inputs["reason"]
        assert isinstance(until, QLineEdit)
        assert isinstance(reason, QLineEdit)
        until.setText("soon")
        reason.setText("等苗木")
        form.submit()
        assert form._error.isVisible()
        assert rig.worker.all(Act) == []
        until.setText("+3d")
        form.submit()
        assert acted(rig).until == samples.NOW + timedelta(days=3)
        assert reason.text() == "等苗木"


def test_rework_asks_why() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view(State.CHECKING, Action.CHECK, (Action.CHECK, Action.NOTE)))
        rig.parts.board.take_focus()
        key(Qt.Key.Key_W)
        typed("hai zai")
        key(Qt.Key.Key_Return)
        assert acted(rig) == Command(Action.CHECK, result="rework", reason="hai zai")


def test_a_lost_race_says_who_and_keeps_what_was_typed() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.filed())
        rig.parts.detail.start("note")
        settle()
        typed("half a sentence")
        rig.parts.board.take_focus()
        rig.parts.detail._leave_form()
        rig.parts.detail.next()
        rig.worker.refuse(Act, Refusal("conflict", "", case="20260929-1042"))
        theirs = samples.event(7, 8, Action.DISPATCH, "值班员02", teams=["patrol"])
        view = samples.case_view(State.DISPATCHED, Action.ACCEPT, (Action.ACCEPT, Action.NOTE))
        rig.worker.answer(LoadCase, replace(view, events=(*view.events, theirs)))
        words = rig.parts.detail.message.text()
        assert "值班员02 8 秒前" in words
        assert "派遣 巡消队" in words
        assert "接单" in rig.parts.detail.action_bar.primary.text()
        rig.parts.detail.start("note")
        settle()
        assert rig.parts.detail.form._inputs["text"].toPlainText() == "half a sentence"  # type: ignore[union-attr]


def test_a_refusal_stands_beside_the_form_and_nothing_is_lost() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.detail.start("void")
        settle()
        typed("dup")
        key(Qt.Key.Key_Return)
        rig.worker.refuse(Act, Refusal("forbidden", "", role="duty"))
        form = rig.parts.detail.form
        assert form._error.isVisible()
        assert form._inputs["reason"].text() == "dup"  # type: ignore[union-attr]
        key(Qt.Key.Key_Escape)
        assert not form.isVisible()


def test_a_bug_leaves_the_board_going() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.detail.next()
        token = rig.worker.asked[-1][0]
        rig.window.link._on_posted(Broke(token, None, "boom"))
        settle()
        assert rig.parts.toast.text()
        assert rig.parts.detail.action_bar.primary.isEnabled()


def test_drafts_outlive_the_program(tmp_path: Path) -> None:
    with desk(data_dir=tmp_path) as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.detail.focus_search()
        typed("zd")
        rig.parts.detail.note.setText("摊主已离开")
    with desk(data_dir=tmp_path) as rig:
        rig.sign_in()
        rig.case(samples.registering())
        assert rig.parts.detail.filing.field.text() == "zd"
        assert rig.parts.detail.note.text() == "摊主已离开"


def test_a_step_taken_elsewhere_does_not_put_the_keyboard_on_the_big_button() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        rig.parts.detail.focus_search()
        rig.window.link.case.emit(samples.filed())
        settle()
        assert not rig.parts.detail.action_bar.primary.hasFocus()
        held = QApplication.focusWidget()
        assert held is not None
        QTest.keyClicks(held, "  ")
        settle()
        assert rig.worker.all(Act) == []


def test_letters_are_text_while_somebody_types() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.detail.note.setFocus()
        typed("aAnrRuU/b")
        assert rig.parts.detail.note.text() == "aAnrRuU/b"
        assert rig.worker.all(Act) == []
        key(Qt.Key.Key_Return)
        assert acted(rig) == Command(Action.NOTE, text="aAnrRuU/b")
        went(rig, State.ENROUTE)
        assert rig.parts.detail.note.text() == ""


def test_ten_thousand_characters_and_emoji_stay_whole() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.detail.start("note")
        settle()
        words = "占道😀" * 2500
        form = rig.parts.detail.form
        form._inputs["text"].setPlainText(words)  # type: ignore[union-attr]
        form.submit()
        assert acted(rig).text == words


def test_a_case_by_hand() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.parts.board.take_focus()
        key(Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        assert rig.parts.intake.isVisible()
        key(Qt.Key.Key_Tab)
        typed("118 hao")
        key(Qt.Key.Key_Return)
        rig.parts.intake.take_places("118 hao", ())
        asked = rig.worker.last(TakeIn)
        assert isinstance(asked, TakeIn)
        assert (asked.source, asked.place, asked.reported_at) == (Source.PUBLIC, "118 hao", samples.NOW)
        rig.worker.answer(TakeIn, CaseAnswer(samples.case(State.REGISTERING), (), ("case",)))
        rig.worker.answer(LoadCase, samples.registering())
        assert rig.parts.detail.filing.field.hasFocus()
        assert rig.parts.intake.fields.place.text == ""


def test_the_second_person_answers_and_the_asker_cannot() -> None:
    request = Approval(7, "20260929-1042", Action.VOID, "值班员01", samples.at(60), "重复登记", {})
    view = replace(samples.case_view(), approvals=(request,))
    with desk() as rig:
        rig.sign_in()
        rig.case(view)
        assert rig.parts.detail.approvals.isVisible()
        (back,) = _buttons(rig.parts.detail.approvals)
        back.click()  # type: ignore[attr-defined]
        assert rig.worker.last(WithdrawRequest) == WithdrawRequest(samples.OFFICER, 7)
    with desk() as rig:
        rig.sign_in(samples.LEADER)
        rig.case(view)
        yes, no = _buttons(rig.parts.detail.approvals)
        yes.click()  # type: ignore[attr-defined]
        assert rig.worker.last(AnswerApproval) == AnswerApproval(samples.LEADER, 7, True)
        no.click()  # type: ignore[attr-defined]
        key(Qt.Key.Key_Return)
        assert len(rig.worker.all(AnswerApproval)) == 1, "not without a reason"
        key(Qt.Key.Key_Down)
        key(Qt.Key.Key_Return)
        assert rig.worker.last(AnswerApproval) == AnswerApproval(samples.LEADER, 7, False, "理由不充分")


def _buttons(root: QWidget) -> list[QWidget]:
    from PySide6.QtWidgets import QPushButton

    return [one for one in root.findChildren(QPushButton) if one.isVisible()]


def test_the_command_bar_does_it_by_typing() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.board.take_focus()
        key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert rig.parts.command.field.hasFocus()
        typed("cb")  # 催办
        key(Qt.Key.Key_Return)
        assert acted(rig) == Command(Action.URGE)
        key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        typed("1038")
        key(Qt.Key.Key_Return)
        assert rig.worker.last(LoadCase).case_id == "20260929-1038"  # type: ignore[attr-defined]


def test_f1_shows_the_keys_and_gives_the_keyboard_back() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.parts.board.take_focus()
        held = QApplication.focusWidget()
        key(Qt.Key.Key_F1)
        assert rig.parts.help.isVisible()
        key(Qt.Key.Key_Escape)
        assert not rig.parts.help.isVisible()
        assert QApplication.focusWidget() is held


def test_signing_in() -> None:
    with desk() as rig:
        login = rig.parts.login
        assert login.isVisible()
        login.name.setText("duty1")
        login.password.setText("wrong")
        login.password.returnPressed.emit()
        rig.worker.refuse(SignIn, Refusal("auth_failed"))
        assert login.isVisible()
        assert login.name.text() == "duty1"
        assert login.password.text() == ""
        assert login._error.isVisible()
        login.password.setText("right")
        login.password.returnPressed.emit()
        assert rig.worker.last(SignIn).password == "right"  # type: ignore[attr-defined]
        rig.worker.answer(SignIn, samples.OFFICER)
        assert rig.parts.page.isVisible()
        assert rig.window.link.actor == samples.OFFICER


def test_f6_goes_round_the_panes() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.parts.board.take_focus()
        seen = []
        for _ in range(3):
            key(Qt.Key.Key_F6)
            held = QApplication.focusWidget()
            seen.append(next(i for i, pane in enumerate(rig.window.panes()) if pane.isAncestorOf(held)))
        assert seen == [1, 2, 0]


def test_while_a_case_is_filed_there_is_one_big_button_in_both_languages() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        detail = rig.parts.detail
        assert detail.filing._go.isVisible()
        assert not detail.action_bar.primary.isVisible()
        detail.action_bar.retranslate()
        detail.action_bar.set_busy(False)
        settle()
        assert not detail.action_bar.primary.isVisible()
        rig.case(samples.filed())
        assert detail.action_bar.primary.isVisible()


def test_a_file_that_is_not_here_says_why() -> None:
    view = samples.case_view()
    kept, removed, elsewhere = view.case.evidence
    pieces = (kept, replace(removed, present_here=False), replace(elsewhere, present_here=False))
    rule = samples.event(9, 86_400, Action.RETENTION, removed=[{"sha256": removed.sha256}])
    view = replace(view, case=replace(view.case, evidence=pieces), events=(*view.events, rule))
    with desk() as rig:
        rig.sign_in()
        rig.case(view)
        shown = rig.parts.detail.evidence._list
        for lang, words in (("zh", "2026-09-28 按留存规则"), ("en", "2026-09-28 by the rule of retention")):
            switch_language(lang)
            tips = [shown.item(row).toolTip() for row in range(3)]
            assert words in tips[1]
            assert tips[2] == t("desk.case.not_here")
            assert tips[0] not in tips[1:]
