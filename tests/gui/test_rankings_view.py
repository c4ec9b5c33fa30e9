"""The sections of rankings and what-if: what they ask for, what they say, keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain import periods
from console.domain.causes import CAUSES
from console.domain.ranking import Standing, pareto
from console.i18n import set_language
from console.services.ranking_math import Heat
from console.services.rankings import CauseList, HeatMap, Ranking
from console.services.whatif import Ringing, StageRow, WhatIf, Wish
from console.widgets.rank_bar import measures
from console.widgets.rankings_view import RankingsView
from console.widgets.whatif_view import WhatIfView, read
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.display
NAMES = {
    "patrol": ("巡防队", "Patrol team"),
    "clean": ("环卫", "Sanitation"),
    "event:06": ("市容环境类", "Environment"),
}


@pytest.fixture
def rig(qapp: QApplication) -> Iterator[PageRig[RankingsView]]:
    made = PageRig(lambda theme, ticker, _drafts: RankingsView(theme, ticker), (1180, 800))
    yield made
    made.close()


@pytest.fixture
def tried(qapp: QApplication) -> Iterator[PageRig[WhatIfView]]:
    made = PageRig(lambda theme, ticker, _drafts: WhatIfView(theme, ticker), (1180, 800))
    yield made
    made.close()


def ranking(view: RankingsView) -> Ranking:
    first = Standing("clean", 60, 57, 60, 0.95, 0.86, 0.98, 0.94, 0.9, 50, 1, "red", mix=(("event:06", 45),))
    small = Standing("patrol", 8, 4, 8, 0.5, 0.22, 0.78, 0.55)
    wish = view.wish
    return Ranking(wish, periods.before(wish.period), 20, 70, 0.9, 0.88, (first, small), NAMES, 2, 1)


def press(view: RankingsView | WhatIfView, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or view, key)


def test_a_ranking_says_place_interval_change_and_rules(rig: PageRig[RankingsView]) -> None:
    view = rig.page
    view.apply(ranking(view))
    titles = [column.title for column in view.table.source.columns]
    first, small = view.table.source.rows
    told = dict(zip(titles, first.cells, strict=True))
    assert (told["名次"], told["红黑旗"], told["队伍"]) == ("1", "红旗", "环卫")
    assert (told["15分钟达标率"], told["件数"], told["校正值"]) == ("95.0 %", "60", "94.0 %")
    assert (told["比上期，百分点"], told["案件构成"]) == ("+5.0", "市容环境类 75%")
    assert (small.cells[0], small.muted, small.flag) == ("–", True, "")
    assert "全体 90.0 %" in view.head.text()
    assert "不足 20 件" in view._rules.text()
    assert "另有 2 件" in view._rules.text()
    set_language("en")
    view.retranslate()
    assert view.table.source.rows[0].cells[2] == "Sanitation"
    assert "ranking." not in view.head.text() + view._rules.text()


def test_keys_choose_what_is_asked(rig: PageRig[RankingsView]) -> None:
    view = rig.page
    asked: list[tuple[str, str, str]] = []
    view.wanted.connect(lambda tab: asked.append((tab, view.wish.by, view.wish.measure)))
    view.apply(ranking(view))
    view.table.setFocus()
    month = view.period
    press(view, Qt.Key.Key_BracketLeft)
    assert view.period == periods.before(month)
    press(view, Qt.Key.Key_P)
    assert view.period.kind == "quarter", "another kind of period begins with now"
    assert view.period.start <= month.start < view.period.end
    press(view, Qt.Key.Key_G)
    press(view, Qt.Key.Key_M)
    press(view, Qt.Key.Key_F)
    assert view.wish.fair
    assert asked[-1] == ("ranking", "community", "decision_met")
    press(view, Qt.Key.Key_2)
    assert asked[-1][0] == "heat"
    assert len(asked) == 6
    assert "found_hour" in measures("camera")
    assert "found_hour" not in measures("team")


def test_numbers_open_their_cases(rig: PageRig[RankingsView]) -> None:
    view = rig.page
    opened: list[tuple[str, str, bool, str]] = []
    view.cases_wanted.connect(lambda *told: opened.append(told))
    view.apply(ranking(view))
    view.table.setFocus()
    press(view, Qt.Key.Key_Return)
    press(view, Qt.Key.Key_L)
    assert opened == [
        ("group", "clean", False, "环卫 · 15分钟达标率"),
        ("group", "clean", True, "环卫 · 15分钟达标率 · 未达标"),
    ]
    none = tuple((0,) * 24 for _ in range(7))
    busy = (*none[:2], (*((0,) * 8), 6, *((0,) * 15)), *none[3:])
    heat = Heat(busy, none, busy, (2,) * 7)
    view.turn("heat")
    view.apply_heat(HeatMap(view.period, "filed", 6, heat, {"community": (("c1", 6, 0, 6),)}, {}))
    view.grid.choose(8)
    press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Down)
    assert (view.grid.cell, view.grid.value(view.grid.cell)) == (56, 3.0)
    press(view, Qt.Key.Key_Return)
    assert opened[-1][:2] == ("cell", "56")
    assert "周三 08–09 时：6 件" in opened[-1][3]
    press(view, Qt.Key.Key_L)
    assert view.grid.value(view.grid.cell) == 0.0, "now the share that was late"
    view.turn("causes")
    rows = pareto({"far": 30, "no_unit": 10, "": 9})
    view.apply_causes(CauseList(view.period, "filed", 200, 49, rows, CAUSES))
    assert [row.cells[0] for row in view.causes.source.rows] == ["路程远或堵车", "无空闲力量", "没有填原因"]
    press(view, Qt.Key.Key_Return)
    assert opened[-1] == ("cause", "far", False, "路程远或堵车")


def answer(view: WhatIfView, arrival: int = 600) -> WhatIf:
    stages = tuple(
        StageRow(kind, limit, arrival if kind == "arrival" else limit, 1.0, 90, 100, 90, 100)
        for kind, limit in (("decision", 300), ("dispatch", 60), ("arrival", 600), ("total", 900))
    )
    lost = replace(stages[2], hits_after=80, lost=("20260101-0001", "20260102-0002"))
    stages = (*stages[:2], lost, stages[3], StageRow("handling", None, None, 1.0, 9, 10, 9, 10))
    ringing = Ringing(30, (10, 20), {"high": 5, "medium": 20, "low": 5}, 0)
    wish = view.wish if view.found else Wish(view._ticker.now(), view._ticker.now())
    return WhatIf(wish, 100, stages, ("20260101-morning", "20260101-middle"), ringing, ringing, 0, "filed", 0)


def test_limits_in_force_come_first_and_only_what_moved_is_asked(tried: PageRig[WhatIfView]) -> None:
    view = tried.page
    assert view.wish.arrival is None
    view.apply(answer(view))
    assert view.limits["arrival"].text() == "10:00"
    assert (view.wish.arrival, view.wish.handling, view.wish.warn) == (None, None, None)
    view.limits["arrival"].stepBy(-4)
    view.limits["warn"].stepBy(-2)
    assert (view.wish.arrival, view.wish.warn, view.wish.total) == (480, 70, None)
    view.limits["total"].setValue(700)
    assert view.wish.total == 700
    opened: list[object] = []
    view.cases_wanted.connect(lambda ids, title: opened.append(ids))
    view.table.setFocus()
    for _ in range(2):
        press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Return)
    assert opened == [("20260102-0002", "20260101-0001")], "the newest first"
    press(view, Qt.Key.Key_W)
    assert len(opened) == 1
    assert "没有变为达标" in view._state.text()
    press(view, Qt.Key.Key_Z)
    assert (view.limits["arrival"].value(), view.wish.total) == (600, None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("8:30", 510), ("8.5", 510), ("1:02:00", 3720), ("：30", 30), ("soon", None), ("", None)],
)
def test_a_limit_may_be_typed_in_several_ways(text: str, seconds: int | None) -> None:
    assert read(text) == seconds


def test_a_limit_takes_no_nonsense(tried: PageRig[WhatIfView]) -> None:
    box = tried.page.limits["decision"]
    states = [box.validate(text, 0)[0] for text in ("5:00", "", "five")]  # type: ignore[index]
    wanted = QValidator.State
    assert states == [wanted.Acceptable, wanted.Intermediate, wanted.Invalid]


def test_a_refusal_is_still_there_when_the_answer_comes(
    rig: PageRig[RankingsView], tried: PageRig[WhatIfView]
) -> None:
    """A file is refused while the figures are still under way."""
    tried.page.busy()
    tried.page.say("没有权限", "red")
    tried.page.apply(answer(tried.page))
    assert (tried.page._state.text(), tried.page._state.property("tone")) == ("没有权限", "red")
    tried.page.busy()
    tried.page.apply(answer(tried.page))
    assert tried.page._state.text() == ""

    rig.page.busy()
    rig.page.say("没有权限", "red")
    rig.page.apply(ranking(rig.page))
    assert (rig.page._state.text(), rig.page._state.property("tone")) == ("没有权限", "red")
    rig.page.busy()
    rig.page.apply(ranking(rig.page))
    assert rig.page._state.text() == ""
