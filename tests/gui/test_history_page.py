"""The page of history by itself: the hand on its bar, one question at a time,
pictures on the walls of then, and nothing that moves while nobody looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain import shifts
from console.domain.calendars import WorkingCalendar
from console.domain.model import Evidence
from console.domain.terms import Rules
from console.domain.vocabulary import EvidenceKind, Severity
from console.models.past_walls import written
from console.services.history_records import WallChange
from console.services.past_shift import Deed, Mark, Moment, PastShift, moment
from console.widgets.history_head import WIDE
from console.widgets.history_page import HistoryPage
from tests.gui.desk_rig import settle
from tests.gui.page_kit import PageRig

START = datetime(2026, 8, 5, 0, 0, tzinfo=UTC)
SHAPE = ("4", 2, 2, [(0, 0, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (1, 1, 1, 1)])


def later(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def past(folder: Path, end: datetime | None = None) -> PastShift:
    """A morning with a wall that hangs from 08:10 on and a picture of 08:20."""
    picture = folder / "cam01.png"
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor("#3388cc"))
    assert image.save(str(picture))
    hung = written(SHAPE, ["cam01", "cam02"], (0, 1), None, {})
    change = WallChange(later(10), "li.na", "desk-1", "wall-1", hung=hung)
    row = Evidence(
        id="e", case="20260805-0001", kind=EvidenceKind.SNAPSHOT, sha256="f" * 64, bytes=9,
        captured_at=later(20), camera="cam01", added_at=later(20),
    )  # fmt: skip
    span = shifts.span_at(shifts.DEFAULT, START)
    return PastShift(
        span=span,
        end=end or span.end,
        cases=(),
        alarms=(),
        deeds=(Deed(later(10), "li.na", change), Deed(later(30), "li.na", change)),
        marks=(Mark(later(15), "alarm", Severity.MEDIUM), Mark(later(40), "breach", Severity.HIGH)),
        walls=(change,),
        evidence=(row,),
        paths={row.sha256: str(picture)},
        rules=Rules({}, WorkingCalendar.default()),
        teams={},
    )


class Asked:
    """What the page asks for; answered when the test says so."""

    def __init__(self, page: HistoryPage) -> None:
        self.moments: list[tuple[PastShift, datetime]] = []
        self.shifts: list[object] = []
        self.evidence: list[str] = []
        self._page = page
        page.moment_wanted.connect(self._moment)
        page.shift_wanted.connect(self.shifts.append)
        page.evidence_wanted.connect(self._evidence)

    def _moment(self, whole: PastShift, at: datetime) -> None:
        self.moments.append((whole, at))

    def _evidence(self, _rows: object, sha256: str) -> None:
        self.evidence.append(sha256)

    def answer(self) -> Moment:
        """The oldest question."""
        found = moment(*self.moments.pop(0))
        self._page.show_moment(found)
        return found


@pytest.fixture
def rig(qapp: QApplication) -> Iterator[PageRig[HistoryPage]]:
    made = PageRig(lambda theme, _ticker, _drafts: HistoryPage(theme), (1200, 860))
    yield made
    made.page.close_reader()
    made.close()


@pytest.mark.display
def test_one_moment_is_asked_for_at_a_time_and_the_last_one_wanted_comes(
    rig: PageRig[HistoryPage], tmp_path: Path
) -> None:
    page = rig.page
    asked = Asked(page)
    page.show_shift(past(tmp_path))
    for minutes in (1, 2, 3, 90):
        page.look(later(minutes))
    assert [at for _, at in asked.moments] == [START]
    asked.answer()
    assert [at for _, at in asked.moments] == [later(90)]
    assert asked.answer().at == later(90)
    assert asked.moments == []
    assert page.deeds.source.rowCount() == 2
    # Outside of the shift there is nothing to look at.
    page.look(later(-30))
    assert page.at == START
    page.look(later(24 * 60))
    assert page.at == later(480)


@pytest.mark.display
def test_keys_and_mouse_move_the_hand(rig: PageRig[HistoryPage], tmp_path: Path) -> None:
    page = rig.page
    Asked(page)
    page.show_shift(past(tmp_path, end=later(240)))
    page.bar.setFocus()
    steps = [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, later(1)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, later(1) - timedelta(seconds=10)),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.NoModifier, later(10)),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.ShiftModifier, later(15)),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.ShiftModifier, later(40)),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.ShiftModifier, later(40)),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.NoModifier, later(30)),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, START),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, later(240)),
    ]
    for key, held, wanted in steps:
        QTest.keyClick(page.bar, key, held)
        assert page.at == wanted, key
    # A click; beyond what has happened it is the last that is known.
    middle = round(page.bar.x_of(later(120)))
    QTest.mouseClick(page.bar, Qt.MouseButton.LeftButton, pos=QPoint(middle, 40))
    assert page.at is not None
    assert abs(page.at - later(120)) < timedelta(minutes=1)
    QTest.mouseClick(page.bar, Qt.MouseButton.LeftButton, pos=QPoint(page.bar.width() - 20, 40))
    assert page.at == later(240)


@pytest.mark.display
def test_it_plays_only_while_somebody_looks(rig: PageRig[HistoryPage], tmp_path: Path) -> None:
    page = rig.page
    Asked(page)
    page.show_shift(past(tmp_path))
    page.do("play")
    assert page.playing
    rig.window.hide()
    settle()
    assert not page.playing
    rig.window.show()
    page.look(later(480))
    page.do("play")
    assert page.at == START  # from the beginning again
    page.do("play")
    assert not page.playing
    for _ in range(9):
        page.do("faster")
    assert page.speed == 60


@pytest.mark.display
def test_tiles_show_what_was_kept_of_them_then(rig: PageRig[HistoryPage], tmp_path: Path) -> None:
    page = rig.page
    asked = Asked(page)
    page.show_shift(past(tmp_path))
    page.upper.show_section(page.walls)
    asked.answer()
    assert page.walls.walls == ()
    for minutes, pictured in ((12, 0), (21, 1), (23, 0)):
        page.look(later(minutes))
        asked.answer()
        settle()
        page.walls.repaint()
        assert len(page.walls.walls) == 1
        assert len(page.walls.pictured) == pictured, minutes
    page.look(later(21))
    asked.answer()
    page.walls.repaint()
    box = page.walls._rooms[0][0]
    QTest.mouseClick(page.walls, Qt.MouseButton.LeftButton, pos=box.center())
    assert asked.evidence == ["f" * 64]


@pytest.mark.display
def test_on_a_narrow_page_the_figures_stand_below(rig: PageRig[HistoryPage], tmp_path: Path) -> None:
    head = rig.page.head
    for width in (WIDE + 60, 620, WIDE + 60):
        head.fit(width)
        row, _column, _rows, _columns = head._grid.getItemPosition(head._grid.indexOf(head.kpi))
        assert row == (0 if width >= WIDE else 1)


@pytest.mark.display
def test_another_shift_by_buttons_and_choice(rig: PageRig[HistoryPage]) -> None:
    page = rig.page
    asked = Asked(page)
    page.set_plan(shifts.DEFAULT, later(60))
    assert page.head.span is not None
    assert page.head.span.id == "20260805-morning"
    page.do("earlier")
    page.head.kind.setCurrentIndex(1)
    assert [one.id for one in asked.shifts if isinstance(one, shifts.ShiftSpan)] == [
        "20260805-night",
        "20260805-middle",
    ]
    page.refuse("没有开始")
    assert "没有开始" in page.note.text()
