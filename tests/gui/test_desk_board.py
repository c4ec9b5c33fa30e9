"""The board: what a second costs, what the keys do, what a refresh leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.domain.model import Command
from console.domain.vocabulary import Action, State
from console.i18n import t
from console.models.board import StageModel
from console.models.case_table import COLUMNS
from console.models.wording import clock
from console.services.requests import Acknowledge, Act, LoadBoard, LoadCase, LoadTrend
from console.services.views import CaseAnswer, Pulse
from console.widgets.card_delegate import CARD_HEIGHT, time_rect
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.desk_rig import desk, settle

pytestmark = pytest.mark.usefixtures("qapp")


class PaintWatch(QObject):
    """Remembers what a widget was asked to repaint."""

    def __init__(self) -> None:
        super().__init__()
        self.regions: list[QRegion] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(event.region())
        return False


def test_a_second_repaints_only_the_running_times(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk() as rig:
        rig.sign_in()
        base = samples.cards()[4]
        many = tuple(replace(base, id=f"20260929-{n:05d}", number=f"#{n:05d}") for n in range(5000))
        rig.board(samples.board(many))
        calls: list[int] = []
        plain_data = StageModel.data

        def data(self: StageModel, index: QModelIndex, role: int = 0) -> object:
            calls.append(role)
            return plain_data(self, index, role)

        monkeypatch.setattr(StageModel, "data", data)
        view = rig.parts.board.columns["enroute"].view
        watch = PaintWatch()
        view.viewport().installEventFilter(watch)
        visible = len(view.visible_cells())
        assert 3 < visible < 20
        rig.parts.board.delegate.painted = 0
        rig.tick()
        assert 0 < rig.parts.board.delegate.painted <= visible
        assert len(calls) <= visible * 12  # independent of the 5,000 rows
        cell = view.visualRect(view.model().index(1, 0))
        above = cell.adjusted(0, 0, 0, -CARD_HEIGHT + 40)
        assert watch.regions
        assert all(not region.intersects(above) for region in watch.regions)
        assert any(region.contains(time_rect(cell)) for region in watch.regions)


def test_nothing_is_painted_behind_the_sign_in_page() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.window.set_actor(None)
        settle()
        rig.parts.board.delegate.painted = 0
        drawn = rig.parts.chart.draws
        asked = len(rig.worker.all(LoadTrend))
        rig.tick(20)
        rig.parts.chart.apply(samples.trend())
        assert rig.parts.board.delegate.painted == 0
        assert rig.parts.chart.draws == drawn
        assert len(rig.worker.all(LoadTrend)) == asked
        assert not rig.parts.chart.wanted
        rig.window.set_actor(samples.OFFICER)
        settle()
        assert rig.parts.chart.draws == drawn + 1


def test_arrows_enter_and_digits() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        board.take_focus()
        view = board.columns["deciding"].view
        assert view.hasFocus()
        QTest.keyClick(view, Qt.Key.Key_Right)
        assert board.columns["dispatching"].view.hasFocus()
        QTest.keyClick(board.columns["dispatching"].view, Qt.Key.Key_Right)
        enroute = board.columns["enroute"].view
        assert enroute.hasFocus()
        QTest.keyClick(enroute, Qt.Key.Key_Down)
        QTest.keyClick(enroute, Qt.Key.Key_Return)
        asked = rig.worker.last(LoadCase)
        assert asked.case_id == "20260929-1042"  # type: ignore[attr-defined]
        for digit in "1038":
            held = QApplication.focusWidget()
            assert held is not None
            QTest.keyClicks(held, digit)
        assert board.columns["handling"].view.hasFocus()
        QTest.keyClick(board.columns["handling"].view, Qt.Key.Key_Enter)
        asked = rig.worker.last(LoadCase)
        assert asked.case_id == "20260929-1038"  # type: ignore[attr-defined]


def test_a_number_that_is_not_there_is_said() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.parts.board.take_focus()
        view = rig.parts.board.columns["deciding"].view
        QTest.keyClicks(view, "9999")
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert "9999" in rig.parts.toast.text()


def test_a_refresh_never_takes_the_keyboard() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.registering())
        field = rig.parts.detail.filing.field
        field.setFocus()
        QTest.keyClicks(field, "zd")
        field.setCursorPosition(1)
        moved = tuple(
            replace(one, state=State.HANDLING) if one.number == "#1040" else one for one in samples.cards()
        )
        rig.board(samples.board(moved))
        rig.window.link.case.emit(replace(samples.registering(), events=samples.case_view().events[:2]))
        rig.window.link.feeds.emit(samples.feeds())
        rig.tick()
        assert field.hasFocus()
        assert field.text() == "zd"
        assert field.cursorPosition() == 1


def test_the_chosen_card_stays_chosen_when_it_moves() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.parts.board.show_case("20260929-1042")
        moved = tuple(
            replace(one, state=State.HANDLING) if one.number == "#1042" else one for one in samples.cards()
        )
        rig.board(samples.board(moved))
        handling = rig.parts.board.columns["handling"].view
        card = rig.parts.board.models.stages["handling"].card(handling.currentIndex().row())
        assert card is not None
        assert card.number == "#1042"


def test_list_mode_and_its_filter() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        board.take_focus()
        QTest.keyClick(board.columns["deciding"].view, Qt.Key.Key_B)
        assert board.listing
        board.toggle_panel()
        assert board.panel.field.hasFocus()
        QTest.keyClicks(board.panel.field, "1042")
        settle()
        assert board.list.model.rowCount() == 1
        assert "1 / 17" in board.head.strip.words()
        QTest.keyClick(board.panel.field, Qt.Key.Key_Return)
        current = board.list.current()
        assert current is not None
        assert current.number == "#1042"
        rig.tick()
        board.toggle_list()
        assert not board.listing
        board.clear_filter()
        assert board.head.strip.words() == ""


def test_the_banner_shows_the_worst_and_takes_a_promise() -> None:
    with desk() as rig:
        rig.sign_in()
        banner = rig.parts.banner
        assert banner.chip.blinking
        texts = [one.text() for one in banner.findChildren(type(banner._what)) if one.isVisible()]
        assert "#1040 到场超时" in texts
        assert "+01:12" in texts
        rig.tick()
        assert banner._time.text() == "+01:13"
        QTest.keyClick(rig.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        asked = rig.worker.last(Acknowledge)
        assert (asked.alarm_id, asked.minutes) == (1040, 3)  # type: ignore[attr-defined]
        rig.board(samples.board(rings=()))
        assert not banner.chip.blinking
        assert not rig.ticker._blinker.isActive()


def test_a_dead_watch_is_said_in_red_words() -> None:
    with desk() as rig:
        rig.sign_in()
        line = rig.parts.pulse
        rig.window.link.pulse.emit(Pulse(rig.clock.at, 0.4))
        rig.tick()
        assert not line.isVisible()
        rig.tick(3)
        assert line.isVisible()
        assert "4" in line._words.text()
        rig.window.link.pulse.emit(Pulse(rig.clock.at, 0.2))
        settle()
        assert not line.isVisible()
        rig.window.link.pulse.emit(Pulse(rig.clock.at, 12.0))
        settle()
        assert line.isVisible()


def test_a_database_that_is_away_is_said_with_the_time_and_above_all_else() -> None:
    with desk() as rig:
        rig.sign_in()
        line = rig.parts.pulse
        since = rig.clock.at - timedelta(seconds=4)
        rig.window.link.pulse.emit(Pulse(rig.clock.at, 5.0, 0.7, since))
        settle()
        assert line.isVisible()
        assert line._words.text() == t("desk.pulse.away", at=clock(since))
        rig.window.link.pulse.emit(Pulse(rig.clock.at, 0.2))
        settle()
        assert not line.isVisible()


def until(condition: Callable[[], bool]) -> None:
    """Run the program until something holds, five seconds at most."""
    for _ in range(500):
        if condition():
            return
        QTest.qWait(10)


def test_changes_are_folded_into_one_more_read() -> None:
    from console.services.ports import Change

    with desk() as rig:
        rig.sign_in()
        rig.worker.answer(LoadBoard, samples.board())
        before = len(rig.worker.all(LoadBoard))
        for _ in range(50):
            rig.window.link._on_posted(Change(frozenset({"case"})))
        assert len(rig.worker.all(LoadBoard)) == before + 1
        rig.worker.answer(LoadBoard, samples.board())
        assert len(rig.worker.all(LoadBoard)) == before + 2


def test_the_board_follows_the_view_of_the_open_case() -> None:
    from console.services.ports import Change

    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.worker.answer(LoadBoard, samples.board())
        rig.worker.answer(LoadCase, samples.case_view())
        cases, boards = len(rig.worker.all(LoadCase)), len(rig.worker.all(LoadBoard))
        for _ in range(20):
            rig.window.link._on_posted(Change(frozenset({"case"})))
        assert (len(rig.worker.all(LoadCase)), len(rig.worker.all(LoadBoard))) == (cases + 1, boards)
        rig.worker.answer(LoadCase, samples.case_view())
        until(lambda: len(rig.worker.all(LoadBoard)) > boards)
        assert len(rig.worker.all(LoadBoard)) == boards + 1
        # The view does not come back: the board is asked for all the same.
        rig.worker.answer(LoadBoard, samples.board())
        rig.window.link._on_posted(Change(frozenset({"case"})))
        until(lambda: len(rig.worker.all(LoadBoard)) > boards + 1)
        assert len(rig.worker.all(LoadBoard)) == boards + 2


def test_the_view_of_a_step_is_asked_for_with_it() -> None:
    """Not after the change was told: this thread may be at a large board by then."""
    from console.services.ports import Change

    told = Change(frozenset({"case"}), here=True)
    with desk() as rig:
        rig.sign_in()
        rig.case(samples.case_view())
        rig.worker.answer(LoadBoard, samples.board())
        rig.worker.answer(LoadCase, samples.case_view())
        link, views = rig.window.link, len(rig.worker.all(LoadCase))

        def asked_since() -> int:
            return len(rig.worker.all(LoadCase)) - views

        def step() -> None:
            link.submit(Act(samples.OFFICER, link.open_case, Command(Action.NOTE), 0))

        def answer(*changed: str) -> None:
            rig.worker.answer(Act, CaseAnswer(samples.case(), (), changed))

        step()
        assert [type(request) for _token, request in rig.worker.asked[-2:]] == [Act, LoadCase]
        answer("case")
        link._on_posted(told)
        rig.worker.answer(LoadCase, samples.case_view())
        assert asked_since() == 1, "its own change is in the view already"
        link._on_posted(told)
        rig.worker.answer(LoadCase, samples.case_view())
        assert asked_since() == 2, "what changes after the step is read"
        step()
        link._on_posted(Change(frozenset({"case"})))
        rig.worker.answer(LoadCase, samples.case_view())
        assert asked_since() == 4, "another console's change may be newer than the view"
        rig.worker.answer(LoadCase, samples.case_view())
        answer("case")
        link._on_posted(told)
        for refused in (True, False):
            before = asked_since()
            step()
            if refused:
                rig.worker.refuse(Act, Refusal("missing_reason"))
            else:
                answer("approval")
            for _ in range(3):
                rig.worker.answer(LoadCase, samples.case_view())
            link._on_posted(told)
            rig.worker.answer(LoadCase, samples.case_view())
            assert asked_since() > before + 1, "no change is told of what was not done"


def test_the_chart_is_asked_for_only_while_it_is_seen() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.tick()
        rig.tick(20)
        asked = len(rig.worker.all(LoadTrend))
        assert asked >= 1
        rig.parts.chart.hide()
        rig.tick(20)
        rig.tick(20)
        assert len(rig.worker.all(LoadTrend)) <= asked + 1


def test_figures_nobody_counted_are_dashes() -> None:
    with desk() as rig:
        rig.sign_in()
        view = samples.board()
        rig.board(replace(view, kpi=replace(view.kpi, total_met=None, total_n=0, arrival_p90_s=None)))
        assert rig.parts.kpi._values["met"].text() == "—"
        assert rig.parts.kpi._values["arrival_p90"].text() == "—"
        assert rig.parts.kpi._values["open"].text() == "17"


def test_communities_and_people_have_names_not_codes() -> None:
    with desk() as rig:
        rig.sign_in(replace(samples.OFFICER, name="li.na"))
        coded = samples.card(1, State.FILED, ("占道经营", ""), None, community="410199001010", place="朝凤路")
        rig.board(samples.board((coded,)))
        rig.parts.board.toggle_list()
        where = rig.parts.board.list.model.index(0, COLUMNS.index("where"))
        assert where.data() == "朝凤路"
        rig.window.link.names.emit(samples.NAMES)
        assert where.data() == "和顺社区 · 朝凤路"
        assert "李娜" in rig.parts.header._who.text()
        switch_language("en")
        assert where.data() == "Heshun community · Chaofeng Road"
        assert "Li Na" in rig.parts.header._who.text()


def test_the_rest_of_the_alarms_is_a_list_to_jump_from() -> None:
    with desk() as rig:
        rig.sign_in()
        banner = rig.parts.banner
        banner._list.aboutToShow.emit()
        entries = banner._list.actions()
        assert [one.text().split("\t")[1] for one in entries] == ["+01:12", "00:38", "01:12"]
        banner._list.triggered.emit(entries[2])
        assert rig.worker.last(LoadCase).case_id == "20260929-1042"  # type: ignore[attr-defined]
