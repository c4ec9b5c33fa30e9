"""The models tell Qt exactly what changed, and nothing that did not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from console.domain.vocabulary import AlarmState, FeedState, Severity, State
from console.models.alarms import AlarmModel
from console.models.board import BoardModels, StageModel
from console.models.cameras import CAMERA_ROLE, LIVE_ROLE, STATE_ROLE, CameraTreeModel
from console.models.case_table import LEFT_COLUMN, CaseTableModel
from console.models.stages import STAGES
from console.models.timeline import TimelineModel
from console.services.card_order import by_slack
from tests.gui import samples

WARN = QAbstractItemModelTester.FailureReportingMode.Warning


class Counted:
    """Counts the signals of a model."""

    def __init__(self, model: StageModel) -> None:
        self.changed = self.moved = self.inserted = self.removed = self.reset = 0
        model.dataChanged.connect(self.on_changed)
        model.rowsMoved.connect(self.on_moved)
        model.rowsInserted.connect(self.on_inserted)
        model.rowsRemoved.connect(self.on_removed)
        model.modelReset.connect(self.on_reset)

    def on_changed(self) -> None:
        self.changed += 1

    def on_moved(self) -> None:
        self.moved += 1

    def on_inserted(self) -> None:
        self.inserted += 1

    def on_removed(self) -> None:
        self.removed += 1

    def on_reset(self) -> None:
        self.reset += 1

    def all(self) -> tuple[int, int, int, int, int]:
        return self.changed, self.moved, self.inserted, self.removed, self.reset


def test_every_open_state_has_one_column() -> None:
    shown = [state for states in STAGES.values() for state in states]
    assert len(shown) == len(set(shown))
    ended = {State.CLOSED, State.REJECTED, State.VOIDED, State.DUPLICATE}
    assert set(shown) == set(State) - ended


def test_the_same_board_again_says_nothing(qapp: QApplication) -> None:
    models = BoardModels()
    testers = [QAbstractItemModelTester(model, WARN) for model in models.stages.values()]
    models.apply(samples.board())
    counts = [Counted(model) for model in models.stages.values()]
    assert models.apply(samples.board()) == ()
    assert [one.all() for one in counts] == [(0, 0, 0, 0, 0)] * 6
    assert len(testers) == 6


def test_a_case_that_goes_on_leaves_one_column_for_the_next(qapp: QApplication) -> None:
    models = BoardModels()
    kept = [QAbstractItemModelTester(model, WARN) for model in models.stages.values()]
    models.apply(samples.board())
    cards = samples.cards()
    arrived = tuple(
        replace(card, state=State.HANDLING, version=9) if card.number == "#1042" else card for card in cards
    )
    enroute, handling = Counted(models.stages["enroute"]), Counted(models.stages["handling"])
    moved = models.apply(samples.board(arrived))
    assert [(one.case_id, one.origin, one.target) for one in moved] == [
        ("20260929-1042", "enroute", "handling")
    ]
    assert enroute.all() == (0, 0, 0, 1, 0)
    assert handling.all() == (0, 0, 1, 0, 0)
    assert models.where("20260929-1042") == "handling"
    assert kept


def test_columns_are_sorted_by_what_is_due_first(qapp: QApplication) -> None:
    models = BoardModels()
    models.apply(samples.board())
    for model in models.stages.values():
        rows = [model.card(row) for row in range(model.rowCount())]
        assert rows == sorted((one for one in rows if one), key=by_slack)
    first = models.stages["enroute"].card(0)
    assert first is not None
    assert first.number == "#1040"


def test_a_selection_stays_on_its_case_when_the_order_changes(qapp: QApplication) -> None:
    model = StageModel("enroute")
    tester = QAbstractItemModelTester(model, WARN)
    cards = sorted((c for c in samples.cards() if c.state is State.ENROUTE), key=by_slack)
    model.apply(cards)
    mark = QPersistentModelIndex(model.index(len(cards) - 1))
    model.apply(list(reversed(cards)))
    assert mark.row() == 0
    assert tester is not None


def test_numbers_are_found_by_their_last_digits(qapp: QApplication) -> None:
    models = BoardModels()
    models.apply(samples.board())
    found = models.by_digits("1042")
    assert found is not None
    assert found.number == "#1042"
    ends = models.by_digits("42")
    assert ends is not None
    assert ends.number == "#1042"
    assert models.by_digits("7") is not None  # #1047 and #1027: the newest
    assert models.by_digits("9999") is None


def test_the_list_sorts_and_keeps_the_selection(qapp: QApplication) -> None:
    model = CaseTableModel()
    tester = QAbstractItemModelTester(model, WARN)
    model.apply(samples.cards())
    row = model.row_of("20260929-1042")
    mark = QPersistentModelIndex(model.index(row, 0))
    for column in range(model.columnCount()):
        model.sort(column, Qt.SortOrder.DescendingOrder)
        model.sort(column, Qt.SortOrder.AscendingOrder)
        assert mark.row() == model.row_of("20260929-1042")
    model.sort(LEFT_COLUMN)
    model.apply(samples.cards()[:5])
    assert model.rowCount() == 5
    model.apply(samples.cards())
    assert model.rowCount() == len(samples.cards())
    first = model.card(0)
    assert first is not None
    assert first.number == "#1040"
    assert tester is not None


def test_ten_thousand_cards_cost_one_reset(qapp: QApplication) -> None:
    base = samples.cards()[4]
    many = tuple(replace(base, id=f"20260929-{n:05d}", number=f"#{n:05d}") for n in range(10_000))
    models = BoardModels()
    count = Counted(models.stages["enroute"])
    models.apply(samples.board(many))
    assert count.all() == (0, 0, 0, 0, 1)
    assert models.stages["enroute"].rowCount() == 10_000
    again = Counted(models.stages["enroute"])
    models.apply(samples.board((*many, replace(base, id="20260929-10001", number="#10001"))))
    assert again.all() == (0, 0, 1, 0, 0)


def test_the_worst_alarm_comes_first_and_an_acknowledged_one_last(qapp: QApplication) -> None:
    model = AlarmModel()
    tester = QAbstractItemModelTester(model, WARN)
    rows = samples.alarms()
    model.apply(rows)
    worst = model.worst()
    assert worst is not None
    assert worst.alarm.severity is Severity.HIGH
    acked = replace(worst, alarm=replace(worst.alarm, state=AlarmState.ACKNOWLEDGED))
    model.apply([acked if row is worst else row for row in rows])
    assert model.rows()[-1].alarm.id == worst.alarm.id
    model.apply([replace(row, alarm=replace(row.alarm, state=AlarmState.SHELVED)) for row in rows])
    assert model.worst() is None
    assert tester is not None


def test_the_camera_tree(qapp: QApplication) -> None:
    model = CameraTreeModel()
    tester = QAbstractItemModelTester(model, WARN)
    model.set_cameras(samples.cameras())
    assert model.rowCount() == 3
    model.set_health(samples.feeds().health)
    assert model.counts() == (21, 24)
    lost = model.find("cam05")
    assert lost.data(STATE_ROLE) == FeedState.LOST
    assert lost.data(CAMERA_ROLE).id == "cam05"
    live, total = model.parent(lost).data(LIVE_ROLE)
    assert (live, total) == (6, 8)
    model.set_filter("cam05")
    assert model.rowCount() == 1
    assert not model.find("cam06").isValid()
    model.set_filter("")
    assert model.find("cam06").isValid()
    assert tester is not None


def test_the_state_of_one_camera_touches_one_row(qapp: QApplication) -> None:
    model = CameraTreeModel()
    model.set_cameras(samples.cameras())
    model.set_health(samples.feeds().health)
    seen: list[tuple[int, int]] = []

    def note(top: object, bottom: object) -> None:
        seen.append((top.row(), bottom.row()))  # type: ignore[attr-defined]

    model.dataChanged.connect(note)
    model.set_health(samples.feeds().health)
    assert seen == []
    changed = dict(samples.feeds().health)
    changed["cam06"] = replace(changed["cam06"], state=FeedState.STALE)
    model.set_health(changed)
    row = model.find("cam06").row()
    assert (row, row) in seen
    assert len(seen) == 2  # the camera, and its community's count


def test_the_timeline_only_grows(qapp: QApplication) -> None:
    model = TimelineModel()
    tester = QAbstractItemModelTester(model, WARN)
    events = samples.case_view().events
    model.apply(events[:4])
    resets: list[int] = []
    model.modelReset.connect(resets.clear)
    mark = QPersistentModelIndex(model.index(0))
    model.apply(events)
    assert mark.row() == 2
    assert model.rowCount() == len(events)
    assert tester is not None


@pytest.mark.parametrize("digits", ["１０４２", "42"])
def test_full_width_digits_are_digits(digits: str, qapp: QApplication) -> None:
    models = BoardModels()
    models.apply(samples.board())
    assert models.by_digits("".join(str(int(d)) for d in digits)) is not None
