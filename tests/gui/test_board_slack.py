"""Slack, filters and ten thousand cards on the board: what is shown, what moves,
what is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.domain.pace import Pace
from console.domain.vocabulary import State
from console.models.board import BoardModels, StageModel
from console.models.card_filter import passes
from console.models.names import NOBODY
from console.services.board_filters import BoardFilter, BoardHabit
from console.services.views import CaseCard
from console.widgets.card_delegate import who_rect
from tests.gui import samples
from tests.gui.desk_rig import Rig, desk, settle
from tests.gui.test_desk_models import Counted

pytestmark = pytest.mark.usefixtures("qapp")


def paced(card: CaseCard, need_s: float) -> CaseCard:
    """A card that usually needs so much more."""
    head = card.headline
    assert head is not None
    latest = head.due_at - timedelta(seconds=need_s)
    until = samples.NOW + timedelta(hours=1)
    return replace(card, pace=Pace(need_s, 12, 240, "class_place_hour", samples.NOW, latest, until))


def numbers(model: StageModel) -> list[str]:
    cards = (model.card(row) for row in range(model.rowCount()))
    return [card.number for card in cards if card is not None]


def enroute(*needs: float) -> tuple[CaseCard, ...]:
    """Cards on the way, due one minute after the other."""
    base = next(card for card in samples.cards() if card.number == "#1045")
    assert base.headline is not None
    made = []
    for n, need in enumerate(needs):
        head = replace(base.headline, due_at=samples.NOW + timedelta(minutes=5 + n))
        card = replace(base, id=f"20260929-{n:04d}", number=f"#{n:04d}", headline=head)
        made.append(paced(card, need) if need else card)
    return tuple(made)


def test_least_slack_first_and_the_toggle_goes_round() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        rig.board(samples.board(enroute(10, 400, 0)))
        model = board.models.stages["enroute"]
        # Slack 290, -40, 420 seconds; due after 5, 6, 7 minutes.
        assert numbers(model) == ["#0001", "#0000", "#0002"]
        board.next_sort()
        assert (board.models.sort, numbers(model)) == ("due", ["#0000", "#0001", "#0002"])
        board.next_sort()
        assert (board.models.sort, numbers(model)) == ("number", ["#0000", "#0001", "#0002"])
        board.next_sort()
        assert numbers(model) == ["#0001", "#0000", "#0002"]


def test_a_card_says_when_the_usual_pace_will_not_do() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        (card,) = enroute(290)
        rig.board(samples.board((card,)))
        tip = board.delegate.tip(card)
        assert "通常还要 5 分" in tip
        assert "12 件" in tip
        view = board.columns["enroute"].view
        before = view.grab().toImage()
        assert not board.delegate.turned(card)
        rig.tick(9)
        assert not board.delegate.turned(card)
        rig.tick(2)  # 289 s left of the 290 that are usually needed
        assert not board.delegate.turned(card)  # it was painted again
        cell = view.visualRect(view.model().index(0, 0))
        row = who_rect(cell)
        after = view.grab().toImage()
        yellow = rig.theme.color("lamp.yellow")
        shape = after.pixelColor(row.left() + 12 + 5, row.top() + 8)
        assert shape == yellow, "the triangle"
        assert before.copy(row) != after.copy(row)
        rig.board(samples.board((replace(card, pace=None),)))
        assert "还没有已结案件" in board.delegate.tip(replace(card, pace=None))


def test_nothing_moves_while_somebody_chooses() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        cards = enroute(10, 20, 30)
        rig.board(samples.board(cards))
        model, view = board.models.stages["enroute"], board.columns["enroute"].view
        assert numbers(model) == ["#0000", "#0001", "#0002"]
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Down)
        rig.board(samples.board((cards[0], cards[1], paced(cards[2], 1000))))
        assert numbers(model) == ["#0000", "#0001", "#0002"]
        rig.tick(2)
        assert numbers(model) == ["#0000", "#0001", "#0002"]
        rig.tick(3)
        assert numbers(model) == ["#0002", "#0000", "#0001"]
        current = model.card(view.currentIndex().row())
        assert current is not None


def test_a_filter_never_hides_that_something_rings() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        board.filter(BoardFilter(stages=("handling",)))
        settle()
        words = board.head.strip.words()
        assert "6 / 17" in words
        assert "3 件报警未显示" in words
        assert board.columns["enroute"].folded
        assert not board.columns["handling"].folded
        board.filter(BoardFilter(severities=("high", "medium")))
        assert "报警未显示" not in board.head.strip.words()
        board.clear_filter()
        assert board.head.strip.words() == ""
        assert not any(column.folded for column in board.columns.values())


def test_a_number_opens_its_case_also_where_a_filter_hides_it() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        board.filter(BoardFilter(stages=("handling",)))
        board.take_focus()
        held = board.columns["handling"].view
        opened: list[str] = []
        board.opened.connect(opened.append)
        QTest.keyClicks(held, "1042")
        QTest.keyClick(held, Qt.Key.Key_Return)
        assert opened == ["20260929-1042"]


FITS: list[tuple[BoardFilter, Callable[[CaseCard], bool]]] = [
    (BoardFilter(), lambda card: True),
    (BoardFilter(teams=("patrol",)), lambda card: "patrol" in card.teams),
    (BoardFilter(communities=("康宁社区",)), lambda card: card.community == "康宁社区"),
    (BoardFilter(sources=("public",)), lambda card: False),
    (BoardFilter(severities=("high",)), lambda card: card.severity is not None and card.severity == "high"),
    (BoardFilter(mine=True), lambda card: card.owner == "值班员01"),
    (BoardFilter(text="占道 亚太"), lambda card: "占道" in card.name_zh and "亚太" in card.community),
    (BoardFilter(stages=("deciding", "closing")), lambda card: card.state in ("registering", "closing")),
]


@pytest.mark.parametrize(("wanted", "fits"), FITS)
def test_what_a_filter_shows(wanted: BoardFilter, fits: Callable[[CaseCard], bool]) -> None:
    from console.models.card_filter import words_of

    for card in samples.cards():
        words = words_of(card, NOBODY, {})
        assert passes(wanted, card, "值班员01", words) == fits(card), card.number


def test_the_board_is_taken_up_as_it_was_left() -> None:
    with desk() as rig:
        rig.sign_in()
        board = rig.parts.board
        board.take_habit(BoardHabit(BoardFilter(text="占道"), "number", True))
        settle()
        assert (board.listing, board.models.sort) == (True, "number")
        assert [card.number for card in board.list.chosen()] == []
        rows = [board.list.model.card(row) for row in range(board.list.model.rowCount())]
        assert [card.number for card in rows if card] == ["#1027", "#1031", "#1039", "#1042"]
        assert board.habit() == BoardHabit(BoardFilter(text="占道"), "number", True)


def many(count: int) -> tuple[CaseCard, ...]:
    base = enroute(100)[0]
    assert base.headline is not None
    made = []
    for n in range(count):
        head = replace(base.headline, due_at=base.headline.due_at + timedelta(seconds=n))
        made.append(paced(replace(base, id=f"20260929-{n:05d}", number=f"#{n:05d}", headline=head), 100))
    return tuple(made)


class Reads:
    """Counts how many cards the filter was asked about."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, card: CaseCard) -> bool:
        self.asked += 1
        return True


def test_ten_thousand_cards_cost_what_changed_among_them() -> None:
    cards = many(10_000)
    models, reads = BoardModels(), Reads()
    models.sift(reads)
    models.apply(samples.board(cards))
    assert reads.asked == 10_000
    counts = {stage: Counted(model) for stage, model in models.stages.items()}
    assert models.apply(samples.board(cards)) is None
    moved = replace(cards[7], state=State.HANDLING, version=2)
    told = models.apply(samples.board((*cards[:7], moved, *cards[8:])))
    assert told is not None
    assert [(one.origin, one.target) for one in told] == [("enroute", "handling")]
    assert reads.asked == 10_001
    assert counts["enroute"].all() == (0, 0, 0, 1, 0)
    assert counts["handling"].all() == (0, 0, 1, 0, 0)
    assert counts["deciding"].all() == (0, 0, 0, 0, 0)


def painted(rig: Rig, act: Callable[[], object]) -> int:
    board = rig.parts.board
    board.delegate.painted = 0
    act()
    settle()
    return board.delegate.painted


def test_a_second_and_a_page_paint_only_what_is_seen() -> None:
    with desk() as rig:
        rig.sign_in()
        rig.board(samples.board(many(10_000)))
        view = rig.parts.board.columns["enroute"].view
        seen = len(view.visible_cells())
        assert 3 < seen < 20
        assert 0 < painted(rig, rig.tick) <= seen
        bar = view.verticalScrollBar()

        def page() -> None:
            bar.setValue(bar.value() + bar.pageStep())

        assert 0 < painted(rig, page) <= 2 * (seen + 2)
        rig.parts.board.toggle_list()
        settle()
        times = rig.parts.board.list.times
        times.painted = 0
        rig.tick()
        rows = rig.parts.board.list._table.viewport().height() // 32 + 2
        assert 0 < times.painted <= 2 * rows
