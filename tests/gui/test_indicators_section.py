"""The section of indicators: what is shown, said and asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain import kpi
from console.domain.figure_rules import FigureRules
from console.domain.kpi_counts import Counts, Stage
from console.i18n import catalogue, set_language
from console.models import figure_words
from console.models.indicator_table import TONE
from console.services.figures_desk import GroupColumn, IndicatorsView
from console.widgets.indicators_section import IndicatorsSection
from tests.gui.desk_rig import settle
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.display
DAY = datetime(2026, 8, 4, 16, tzinfo=UTC)
TOOK = tuple(range(1_000_000, 63_000_000, 1_000_000))
MANY = Counts(
    reported=62, filed=62, to_handle=60, handled=50, on_time=48, back=50, closed=49, handed_back=50,
    closed_on_time=48, stages={"arrival": Stage(58, 4, TOOK, sum(TOOK))},
)  # fmt: skip
FEW = Counts(
    reported=4, filed=4, to_handle=4, handled=1, stages={"arrival": Stage(1, 0, (5_000_000,), 5_000_000)}
)


@pytest.fixture
def rig(qapp: QApplication) -> Iterator[PageRig[IndicatorsSection]]:
    made = PageRig(lambda theme, _ticker, _drafts: IndicatorsSection(theme), (1240, 860))
    yield made
    made.close()


def view(by: str = "", *groups: tuple[str, Counts], period: str = "day") -> IndicatorsView:
    columns = [GroupColumn(None, MANY.reported, kpi.values(MANY))]
    columns += [GroupColumn(key, counts.reported, kpi.values(counts)) for key, counts in groups]
    rules = FigureRules()
    parts = {"score_department": (("department:filed", 10, 90.0), ("close_rate", 30, None))}
    names = {"appearance": ("市容劝导队", "City-appearance team")}
    end, at = DAY + timedelta(days=1), DAY + timedelta(hours=9)
    return IndicatorsView(period, "filed", by, DAY, end, at, tuple(columns), len(groups), rules, parts, names)


def cell(section: IndicatorsSection, figure: str, column: int = 1) -> tuple[str, str]:
    """Words and tone of a figure."""
    row = [getattr(one, "id", "") for one in section.model.rows].index(figure)
    index = section.model.index(row, column)
    return str(index.data()), str(index.data(TONE))


def test_values_few_cases_and_none(rig: PageRig[IndicatorsSection]) -> None:
    section = rig.page
    section.choose("day", "filed", "team")
    section.apply(view("team", ("appearance", FEW)))
    settle()
    assert cell(section, "arrival_met") == ("93.5%", "text")
    assert cell(section, "arrival_p90") == ("0:56", "text")
    assert cell(section, "arrival_met", 2) == ("100.0%", "muted"), "one case says nothing yet"
    assert cell(section, "close_rate", 2) == ("—", "muted")
    assert cell(section, "filed", 2) == ("4", "text"), "a count is a count"
    assert cell(section, "score_department") == ("92.4 A 绿", "lamp.green")
    head = section.model.headerData(2, Qt.Orientation.Horizontal)
    assert head == "市容劝导队\nn=4"
    assert "62 件" in section.taken.text()
    assert "gbt30428.4-default" in section.taken.text()


def test_a_figure_says_its_rule_its_parts_and_what_others_promise(rig: PageRig[IndicatorsSection]) -> None:
    section = rig.page
    section.apply(view())
    section.go_to("arrival_p90")
    assert section.rule.text().startswith("到场P90")
    assert "NFPA 1710 首车行驶 90% ≤ 4:00" in section.more.text()
    assert section.more.text().endswith("本期 0:56")
    section.go_to("score_department")
    assert "立案数分值 10% 得 90.0" in section.more.text()
    assert "结案率 30% 无数据" in section.more.text()
    assert not section.bad.isVisible()
    section.go_to("close_rate")
    assert section.bad.isVisible()


def test_keys_open_cases_and_turn_what_is_shown(rig: PageRig[IndicatorsSection]) -> None:
    section = rig.page
    opened: list[tuple[str, object, str, bool]] = []
    wanted: list[tuple[str, str, str]] = []
    section.cases_wanted.connect(lambda *told: opened.append(told))
    section.wanted.connect(lambda *told: wanted.append(told))
    section.apply(view())
    section.go_to("close_rate")
    QTest.keyClick(section.table, Qt.Key.Key_Return)
    QTest.keyClick(section.table, Qt.Key.Key_B)
    assert [(one[0], one[1], one[3]) for one in opened] == [
        ("close_rate", None, False),
        ("close_rate", None, True),
    ]
    assert opened[0][2] == "结案率 · 2026-08-05"
    QTest.keyClick(section.table, Qt.Key.Key_P)
    QTest.keyClick(section.table, Qt.Key.Key_C)
    assert wanted == [("yesterday", "filed", ""), ("yesterday", "due", "")]
    assert section.model.view is None, "figures of another choice are not shown any more"
    section.apply(view())
    assert section.model.view is None, "an answer that came too late"
    QTest.keyClick(section.table, Qt.Key.Key_Return)
    assert len(opened) == 2


def test_both_languages_are_complete(rig: PageRig[IndicatorsSection]) -> None:
    for lang in ("zh", "en"):
        texts = catalogue(lang)
        assert [one.id for one in kpi.INDICATORS if f"indicators.rule.{one.id}" not in texts] == []
    rig.page.apply(view())
    set_language("en")
    rig.page.retranslate()
    assert cell(rig.page, "score_department")[0] == "92.4 A green"
    assert figure_words.name("1-rework_rate") == "1 − Rework rate"
    assert rig.page.cases.text() == "Open the cases"


def test_what_did_not_come_is_said(rig: PageRig[IndicatorsSection]) -> None:
    assert rig.page.taken.text() == "正在统计 …"
    rig.page.broke()
    assert rig.page.taken.text() == "没有统计出来，请再试一次。"
    assert not rig.page.cases.isEnabled()
