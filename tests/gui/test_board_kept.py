"""Columns and index that follow what changed show what a new board would."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from console.domain.vocabulary import Severity, State
from console.models.board import BoardModels
from console.models.board_index import BoardIndex
from console.models.stage_model import MANY, StageModel
from console.models.stages import STAGES
from console.services.card_order import KEYS
from console.services.views import CaseCard
from tests.gui import samples

WARN = QAbstractItemModelTester.FailureReportingMode.Warning
CARDS = samples.cards()
STATES = (State.REGISTERING, State.FILED, State.ENROUTE, State.HANDLING)
CAMERAS = ("", "cam01", "cam02")
CHANGE = st.tuples(
    st.integers(0, len(CARDS) - 1),
    st.sampled_from(("go", "come", "state", "due", "ring", "camera")),
    st.integers(0, 3),
    st.integers(-300, 300),
)


def changed(card: CaseCard, what: str, which: int, seconds: int) -> CaseCard:
    """The card after something happened to its case."""
    if what == "state":
        return replace(card, state=STATES[which])
    if what == "due" and card.headline is not None:
        due = card.headline.due_at + timedelta(seconds=seconds)
        return replace(card, headline=replace(card.headline, due_at=due))
    if what == "ring":
        return replace(card, severity=(None, Severity.LOW, Severity.MEDIUM, Severity.HIGH)[which])
    if what == "camera":
        return replace(card, camera=CAMERAS[which % len(CAMERAS)])
    return replace(card, version=card.version + 1)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.lists(CHANGE, max_size=4), st.booleans(), st.sampled_from(["", *KEYS])), max_size=8)
)
def test_columns_and_index_follow(
    qapp: QApplication, boards: list[tuple[list[tuple[int, str, int, int]], bool, str]]
) -> None:
    models, index = BoardModels(), BoardIndex()
    testers = [QAbstractItemModelTester(model, WARN) for model in models.stages.values()]
    there = dict(enumerate(CARDS))
    for changes, hold, sort in boards:
        for at, what, which, seconds in changes:
            if what == "go":
                there.pop(at, None)
            else:
                there[at] = changed(there.get(at, CARDS[at]), what, which, seconds)
        if sort:
            models.sort_by(sort)
        view = samples.board(tuple(there.values()))
        models.apply(view, hold)
        index.take(view)
        if not hold:
            _columns_are(models, view.cards)
        _index_is(index, view.cards)
    models.apply(samples.board(tuple(there.values())))
    _columns_are(models, tuple(there.values()))
    assert len(testers) == len(STAGES)


def _columns_are(models: BoardModels, cards: tuple[CaseCard, ...]) -> None:
    """Each column has its cards, the very same, in the order chosen."""
    for stage, states in STAGES.items():
        model = models.stages[stage]
        wanted = sorted((card for card in cards if card.state in states), key=KEYS[models.sort])
        found = [model.card(row) for row in range(model.rowCount())]
        assert found == wanted
        assert [model.row_of(card.id) for card in wanted] == list(range(len(wanted)))


def _index_is(index: BoardIndex, cards: tuple[CaseCard, ...]) -> None:
    """What the index says is what walking through all cards says."""
    assert dict(index.cards) == {card.id: card for card in cards}
    at = [card for card in cards if card.camera]
    ticking = [card for card in at if card.headline is not None]
    assert index.cased == {c.camera for c in at if c.headline is not None or c.severity is not None}
    assert index.high == {card.camera for card in at if card.severity is Severity.HIGH}
    assert set(index.badges) == {card.camera for card in ticking}
    for camera, badge in index.badges.items():
        here = [card for card in ticking if card.camera == camera]
        assert badge.more == len(here) - 1
        heads = [card.headline for card in here if card.headline is not None]
        first = min((head.paused_since is not None, head.due_at) for head in heads)
        assert (badge.deadline.paused_since is not None, badge.deadline.due_at) == first


def test_what_was_chosen_moves_with_its_case(qapp: QApplication) -> None:
    models = BoardModels()
    models.apply(samples.board())
    model = models.stages["enroute"]
    last = model.card(model.rowCount() - 1)
    assert last is not None
    assert last.headline is not None
    mark = QPersistentModelIndex(model.index(model.rowCount() - 1))
    soon = replace(last, headline=replace(last.headline, due_at=samples.NOW - timedelta(hours=9)))
    models.apply(samples.board(tuple(soon if card.id == last.id else card for card in samples.cards())))
    assert (mark.row(), model.card(0)) == (0, soon)


def test_ten_thousand_other_cards_are_told_once(qapp: QApplication) -> None:
    base = samples.cards()[4]
    many = [replace(base, id=f"20260929-{n:05d}") for n in range(MANY * 3)]
    model = StageModel("enroute")
    model.apply(many)
    told: list[tuple[int, int]] = []

    def note(top: object, bottom: object) -> None:
        told.append((top.row(), bottom.row()))  # type: ignore[attr-defined]

    model.dataChanged.connect(note)
    model.apply([replace(card, version=9) for card in many])
    assert told == [(0, len(many) - 1)]
    assert all(card is not None and card.version == 9 for card in map(model.card, range(len(many))))
