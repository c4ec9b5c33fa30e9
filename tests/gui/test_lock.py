"""The locked desk: board and alarms go on, nothing can be pressed, whoever
presses is asked who they are; another officer may sit down."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.services.people_requests import LockDesk, Recover, ShownCode, SwitchOfficer, UnlockDesk
from console.services.requests import Acknowledge, LoadBoard, LoadTrend, OpenFromCamera, SignIn
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.login_card import CHANGE, CODE, RECOVER, SIGN
from console.windows.language import switch_language
from console.windows.page_window import PageWindow
from tests.gui import samples
from tests.gui.cut_text import cut_texts
from tests.gui.desk_rig import HandClock, Rig, desk, settle

pytestmark = pytest.mark.usefixtures("qapp")
_CTRL = Qt.KeyboardModifier.ControlModifier


def key(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClick(held, which, modifier)
    settle()


def locked(rig: Rig) -> None:
    rig.sign_in()
    assert QTest.qWaitForWindowActive(rig.window)
    rig.parts.board.take_focus()
    settle()
    key(Qt.Key.Key_L, _CTRL)
    assert rig.window.locked_by == samples.OFFICER


def test_the_board_is_seen_and_read_on_and_no_key_reaches_it() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.window.lock()
        settle()
        parts = rig.parts
        assert parts.board.isVisible()
        assert parts.banner.isVisible()
        assert not parts.detail.case_id, "a case with what people wrote stayed on the screen"
        rig.worker.answer(LoadBoard, samples.board())
        asked = len(rig.worker.all(LoadBoard)), len(rig.worker.all(LoadTrend))
        for _ in range(2):
            rig.tick(20)
        assert len(rig.worker.all(LoadBoard)) > asked[0]
        assert len(rig.worker.all(LoadTrend)) > asked[1]
        for keys in ((Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier), (Qt.Key.Key_K, _CTRL), (Qt.Key.Key_N,)):
            QTest.keyClick(parts.veil, *keys)
        settle()
        assert not rig.worker.all(Acknowledge)
        assert not rig.worker.all(OpenFromCamera)
        assert parts.command.isHidden()
        assert parts.veil.asking


def test_a_key_brings_the_card_a_click_too_and_esc_puts_it_away() -> None:
    with desk() as rig:
        locked(rig)
        veil, card = rig.parts.veil, rig.parts.login
        assert not veil.asking
        assert "14:32:07" in rig.parts.lock_bar._words.text()
        key(Qt.Key.Key_Space)
        assert veil.asking
        assert card.name.text() == samples.OFFICER.name
        assert QApplication.focusWidget() is card.password
        key(Qt.Key.Key_K, _CTRL)
        assert rig.parts.command.isHidden()
        key(Qt.Key.Key_Escape)
        assert not veil.asking
        QTest.mouseClick(veil, Qt.MouseButton.LeftButton, pos=QPoint(900, 500))
        settle()
        assert veil.asking
        for _ in range(12):
            key(Qt.Key.Key_Tab)
            held = QApplication.focusWidget()
            assert held is not None
            assert card.isAncestorOf(held), "Tab left the card"


def test_who_locked_it_finds_the_case_again_and_another_one_does_not() -> None:
    with desk() as rig:
        rig.sign_in()
        view = samples.case_view()
        rig.case(view)
        rig.window.lock()
        rig.window.set_actor(samples.OFFICER)
        assert rig.window.link.open_case == view.case.id
        rig.window.lock()
        rig.window.set_actor(samples.LEADER)
        assert rig.window.link.open_case == ""
        assert rig.parts.veil.isHidden()
        assert rig.parts.lock_bar.isHidden()


def test_a_change_of_officer_locks_and_asks_for_a_name() -> None:
    with desk() as rig:
        locked(rig)
        rig.window.set_actor(samples.OFFICER)
        settle()
        key(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
        card = rig.parts.login
        assert rig.parts.veil.asking
        assert card.name.text() == ""
        assert QApplication.focusWidget() is card.name
        QTest.keyClicks(card.name, "wang.jun")
        key(Qt.Key.Key_Return)
        QTest.keyClicks(card.password, "a long password")
        key(Qt.Key.Key_Return)
        asked = rig.worker.last(SwitchOfficer)
        assert asked == SwitchOfficer(samples.OFFICER, "wang.jun", "a long password")
        rig.worker.refuse(SwitchOfficer, Refusal("auth_failed", "sign_in"))
        assert rig.parts.veil.asking
        assert card.password.text() == ""
        key(Qt.Key.Key_Return)
        rig.worker.answer(SwitchOfficer, samples.LEADER)
        assert rig.window.link.actor == samples.LEADER
        assert rig.parts.veil.isHidden()


def test_who_locked_it_comes_back_with_the_password_alone() -> None:
    with desk() as rig:
        locked(rig)
        assert rig.worker.last(LockDesk) == LockDesk(samples.OFFICER, "key")
        key(Qt.Key.Key_Space)
        QTest.keyClicks(rig.parts.login.password, "a long password")
        key(Qt.Key.Key_Return)
        assert rig.worker.last(UnlockDesk) == UnlockDesk(samples.OFFICER, "a long password")
        rig.worker.answer(UnlockDesk, samples.OFFICER)
        assert rig.window.locked_by is None
        assert rig.window.link.actor == samples.OFFICER


def test_a_password_somebody_else_chose_has_to_be_changed_on_the_way_in() -> None:
    with desk() as rig:
        card = rig.parts.login
        card.name.setText("new.hand")
        card.password.setText("the given one")
        card.password.returnPressed.emit()
        rig.worker.refuse(SignIn, Refusal("auth_failed", "must_change", name="new.hand", days=0))
        assert card.asks == CHANGE
        assert "new.hand" in card._sub.text()
        card.pair.first.setText("my very own one")
        card.pair.again.setText("my very own one")
        card.pair.entered.emit()
        assert rig.worker.last(SignIn) == SignIn("new.hand", "the given one", "", "my very own one")
        rig.worker.refuse(SignIn, Refusal("bad_value", "password_common", shortest=8))
        assert card.asks == CHANGE
        assert card._error.text()
        card.pair.entered.emit()
        rig.worker.answer(SignIn, samples.OFFICER)
        assert rig.window.link.actor == samples.OFFICER


def test_the_recovery_code_lets_in_once_the_next_one_was_written_down() -> None:
    with desk() as rig:
        card = rig.parts.login
        card.name.setText("admin")
        card.ask_code()
        card.code.setText("K7QF-2M9X-T4HB-6WPD-R8CN-0000")
        card.pair.first.setText("my very own one")
        card.pair.again.setText("my very own one")
        card.pair.entered.emit()
        asked = rig.worker.last(Recover)
        assert asked == Recover("admin", "K7QF-2M9X-T4HB-6WPD-R8CN-0000", "my very own one", "")
        assert "6WPD" not in repr(asked)
        rig.worker.answer(Recover, ShownCode("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", samples.LEADER))
        assert card.once.shown.text() == "AAAA-BBBB-CCCC\nDDDD-EEEE-FFFF"
        QTest.mouseClick(card.once.go, Qt.MouseButton.LeftButton)
        assert card.once.shown.text() == ""
        card.once.field.setText("AAAA-BBBB-CCCC-DDDD-EEEE-FFFG")
        QTest.keyClick(card.once.field, Qt.Key.Key_Return)
        assert rig.window.link.actor is None, "the code was not written down yet"
        card.once.field.setText("aaaa bbbb cccc dddd eeee ffff")
        QTest.keyClick(card.once.field, Qt.Key.Key_Return)
        assert rig.window.link.actor == samples.LEADER
        assert card.once.shown.text() == ""


def test_what_was_typed_is_the_officers_own(tmp_path: Path) -> None:
    view = samples.case_view()
    with desk(data_dir=tmp_path) as rig:
        rig.sign_in()
        rig.case(view)
        rig.parts.detail.note.setText("half a sentence")
        rig.parts.intake.fields.lines["caller_name"].setText("张三")
        rig.window.lock()
        rig.window.set_actor(samples.LEADER)
        rig.case(view)
        assert rig.parts.detail.note.text() == ""
        assert rig.parts.intake.fields.lines["caller_name"].text() == ""
        rig.parts.detail.note.setText("another one's")
        rig.window.lock()
        rig.window.set_actor(samples.OFFICER)
        rig.case(view)
        assert rig.parts.detail.note.text() == "half a sentence"
        assert rig.parts.intake.fields.lines["caller_name"].text() == "张三"
    assert "张三" not in (tmp_path / "drafts.json").read_text(encoding="utf-8")


def test_a_page_on_a_display_of_its_own_is_watched_and_takes_no_key(qtbot: QtBot) -> None:
    theme, clock = Theme(), HandClock()
    ticker = Ticker(clock)
    window = PageWindow("show-alarms", "alarms", theme, ticker)
    qtbot.addWidget(window)
    page = QPushButton("acknowledge")
    did = QSignalSpy(page.clicked)
    shortcut = QShortcut(QKeySequence("F5"), window)
    shortcut.activated.connect(page.click)
    asked = QSignalSpy(window.pressed)
    closed = QSignalSpy(window.closing)
    window.hold(page)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)

    def tried() -> int:
        """Keys and clicks at whatever takes them; how many led to a question."""
        before = asked.count()
        for which in (Qt.Key.Key_F5, Qt.Key.Key_Space, Qt.Key.Key_Return):
            key(which)
        middle = page.mapTo(window, page.rect().center()) if page.isVisible() else window.rect().center()
        handle = window.windowHandle()
        assert handle is not None
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=middle)
        settle()
        return asked.count() - before

    assert tried() == 0
    worked = did.count()
    assert worked == 3, "unlocked F5, the space bar and a click work"
    for seen in (True, False):
        for _ in range(2):  # it is told each second
            window.set_locked(True, seen=seen)
        settle()
        assert page.isVisible() is seen
        assert tried() == 4
        assert did.count() == worked
    assert not window.close()
    assert closed.count() == 0
    window.set_locked(False)
    settle()
    assert page.isVisible()
    assert tried() == 0
    assert did.count() == 2 * worked
    assert window.close()
    assert closed.count() == 1
    ticker.stop()


def test_every_face_of_the_card_has_room_in_both_languages() -> None:
    with desk(size=(1366, 768)) as rig:
        locked(rig)
        card, found = rig.parts.login, []
        card.set_offered((("li.na", "李娜"), ("wang.jun", "王军")))
        for lang in ("zh", "en"):
            switch_language(lang)
            for face in (SIGN, CHANGE, RECOVER, CODE):
                rig.window.ask_who()
                if face == CHANGE:
                    card.demand_change("people.card.must_change", {"name": "new.hand"})
                elif face == RECOVER:
                    card.ask_code()
                elif face == CODE:
                    card.show_code("K7QF-2M9X-T4HB-6WPD-R8CN")
                settle()
                assert card.asks == face
                found += [f"{lang} {face}: {line}" for line in cut_texts(rig.window)]
        assert not found


def test_a_new_password_is_typed_twice_and_only_then_sent() -> None:
    with desk() as rig:
        card = rig.parts.login
        sent: list[tuple[str, str, str]] = []
        card.change.connect(lambda *words: sent.append(words))
        card.name.setText("duty1")
        card.password.setText("first password")
        card.demand_change("people.card.must_change", {"name": "duty1"})
        card.pair.first.setText("another password")
        card.pair.again.setText("another passwort")
        assert card.pair._wrong.text()
        card.pair.entered.emit()
        assert sent == []
        card.pair.again.setText("another password")
        card.pair.entered.emit()
        assert sent == [("duty1", "first password", "another password")]


def test_who_reads_no_board_sees_nothing_of_what_the_one_before_read() -> None:
    with desk() as rig:
        rig.sign_in()
        parts = rig.parts
        for _ in range(2):
            rig.tick(20)
        rig.worker.answer(LoadBoard, samples.board())
        rig.worker.answer(LoadTrend, samples.trend())
        assert parts.banner.unacknowledged()
        assert parts.board.models.shown()
        rig.window.lock()
        rig.tick(20)
        in_flight = len(rig.worker.all(LoadBoard))
        rig.window.set_actor(Actor("admin", Role.ADMIN))
        for lang, words in (("zh", "当前角色"), ("en", "not shown to your role")):
            switch_language(lang)
            settle()
            assert {value.text() for value in parts.kpi._values.values()} == {"—"}
            assert {last.text() for last in parts.chart._last.values()} == {"—"}
            assert words in parts.banner._quiet.text(), "nothing shown is not calm"
            assert parts.banner._quiet.isVisible()
            assert cut_texts(parts.banner) == []
        assert parts.banner.model.rows() == ()
        assert not parts.header._facts["db"].isVisible()
        assert parts.board.models.shown() == []
        # What was asked before comes late.
        rig.worker.answer(LoadBoard, samples.board())
        rig.worker.answer(LoadTrend, samples.trend())
        assert len(rig.worker.all(LoadBoard)) == in_flight
        assert parts.board.models.shown() == []
        assert parts.kpi._values["open"].text() == "—"
        assert parts.chart._last["open"].text() == "—"
        rig.window.set_actor(samples.OFFICER)
        rig.worker.answer(LoadBoard, samples.board())
        assert parts.banner.unacknowledged()
        assert parts.kpi._values["open"].text() != "—"
