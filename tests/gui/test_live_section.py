"""The live charts on the page: painted only while seen, chosen by keys, in both
languages and on every size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.domain.kpi import Value
from console.domain.vocabulary import State
from console.models.live_charts import Pick
from console.services.live_series import Dot, Load, Share, Taken
from console.services.live_view import CHARTS, LiveView
from console.theme import Theme
from console.widgets.figures_page import FiguresPage
from console.widgets.live_section import LiveSection
from console.windows.language import switch_language
from tests.gui import samples
from tests.gui.cut_text import bare_keys, cut_texts, left_in_chinese, overlapping, shown_texts
from tests.gui.desk_rig import settle
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.usefixtures("qapp")
DESK = (1234, 792)
TEAMS = {"appearance": ("市容劝导队", "City-appearance team"), "patrol": ("巡消队", "Patrol and fire")}


def view(**more: object) -> LiveView:
    """An hour with something in every chart."""
    now = samples.NOW.timestamp()
    begin = now - 3600
    times = tuple(begin + 60 * n for n in range(1, 61))
    n30, n9 = Value(0.9, 27, 30), Value(8 / 9, 8, 9)
    rates = {f"{stage}_met": n30 for stage in ("decision", "dispatch", "arrival")}
    rates |= {f"{stage}_p90": Value(240.0, 27, 30) for stage in ("decision", "dispatch", "arrival")}
    dots = tuple(Dot(begin + 600 * n, 100.0 + 60 * n, n < 4, n == 5, f"20260302-000{n}") for n in range(6))
    edges = [begin + 600 * n for n in range(7)]
    made = LiveView(
        taken_at=samples.NOW, span="hour", begin=begin, end=now, ready=1.0, week_ready=1.0, times=times,
        open={State.REGISTERING: tuple(n % 3 + 1 for n in range(60)), State.HANDLING: (9,) * 60},
        dots={"decision": dots, "dispatch": dots[:2], "arrival": ()},
        limits={"decision": 300.0, "dispatch": 60.0, "arrival": 600.0, "total": 900.0},
        values={**rates, "total_met": n9},
        shares=tuple(Share(a, a + 600, 1, ("20260302-0001", "20260302-0002")) for a in edges[:-1]),
        taken=tuple(Taken(a, a + 600, {"camera": 2, "public": 1}) for a in edges[:-1]),
        calls=tuple(n // 5 for n in range(60)), dark=(2,) * 60,
        loads=(Load("appearance", 7, 2, 5), Load("patrol", 1, 0, None)), alarms_10min=12,
        week_times=times, open_before=(11,) * 60, values_before={**rates, "total_met": n30},
        calls_before=(1,) * 60, dark_before=(0,) * 60,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def rig() -> Iterator[Callable[..., PageRig[LiveSection]]]:
    """Sections in windows of their own, gone afterwards."""
    made: list[PageRig[LiveSection]] = []

    def build(size: tuple[int, int] = DESK, lang: str = "zh", scale: float = 1.0) -> PageRig[LiveSection]:
        one = PageRig(lambda theme, _ticker, _drafts: LiveSection(theme, scale), size, lang)
        one.page.set_names(TEAMS)
        made.append(one)
        return one

    yield build
    for one in made:
        one.close()


def shown(one: PageRig[LiveSection], what: LiveView) -> LiveSection:
    one.page.apply(what)
    for _ in range(4):
        settle()
    return one.page


def shoot(one: PageRig[LiveSection], name: str) -> None:
    """A picture for the eye, where FIFTEEN_SHOTS names a folder."""
    if folder := os.environ.get("FIFTEEN_SHOTS"):
        assert one.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_only_what_changed_is_painted(rig: Callable[..., PageRig[LiveSection]]) -> None:
    page = shown(rig(), view())
    assert [card.draws for card in page.cards.values()] == [1] * len(CHARTS)
    shown_again = view(taken_at=samples.NOW + timedelta(seconds=1))
    page.apply(shown_again)
    settle()
    assert page.draws == len(CHARTS), "a second later it is the same picture"
    page.apply(view(dark=(3,) * 60))
    settle()
    assert page.draws == len(CHARTS) + 1
    assert page.cards["cameras"].draws == 2
    page.set_cameras(597, 600)
    settle()
    assert page.cards["cameras"]._big.text() == "597/600"


def test_nothing_is_painted_for_nobody(rig: Callable[..., PageRig[LiveSection]]) -> None:
    one = rig()
    page = shown(one, view())
    one.window.hide()
    settle()
    done = page.draws
    for n in range(5):
        page.apply(view(dark=(n + 4,) * 60, alarms_10min=n))
        page.set_cameras(n, 600)
        settle()
    assert page.draws == done
    one.theme.use("light")
    one.window.show()
    for _ in range(4):
        settle()
    assert page.draws == done + 2, "both that changed, once each"
    plot = page.cards["cameras"]._drawn
    assert plot.backgroundBrush().color() == one.theme.color("panel")
    assert page.cards["cameras"].chart is not None
    assert page.cards["cameras"].chart.bands[0].values[-1] == 8


def test_a_chart_out_of_sight_waits(rig: Callable[..., PageRig[LiveSection]]) -> None:
    one = rig((420, 420))
    page = shown(one, view())
    assert 0 < page.draws < len(CHARTS)
    bar = page._area.verticalScrollBar()
    bar.setValue(bar.maximum())
    for _ in range(4):
        settle()
    assert page.cards["teams"].draws == 1


def test_points_by_keys(rig: Callable[..., PageRig[LiveSection]]) -> None:
    page = shown(rig(), view())
    picks: list[Pick] = []
    spans: list[str] = []
    page.cases_wanted.connect(picks.append)
    page.span_wanted.connect(spans.append)
    page.setFocus()
    assert page.cards["open"].hasFocus()
    QTest.keyClick(page.cards["open"], Qt.Key.Key_Left)
    assert page.cards["open"].at == 59
    assert "待立案 3" in page.readout
    assert "处置中 9" in page.readout
    assert "上周同时 11" in page.readout
    QTest.keyClick(page.cards["open"], Qt.Key.Key_Return)
    assert picks[-1].ask is not None
    assert (picks[-1].ask.chart, picks[-1].ask.at) == ("open", view().times[59])
    QTest.keyClick(page.cards["open"], Qt.Key.Key_Tab)
    assert page.cards["decision"].hasFocus()
    QTest.keyClick(page.cards["decision"], Qt.Key.Key_Home)
    QTest.keyClick(page.cards["decision"], Qt.Key.Key_Return)
    assert picks[-1].case == "20260302-0005"
    assert "超时未完" in page.readout
    QTest.keyClick(page.cards["decision"], Qt.Key.Key_Down)
    assert page.cards["attainment"].hasFocus()
    QTest.keyClick(page.cards["attainment"], Qt.Key.Key_End)
    QTest.keyClick(page.cards["attainment"], Qt.Key.Key_Return)
    assert picks[-1].cases == ("20260302-0001", "20260302-0002")
    QTest.keyClick(page.cards["attainment"], Qt.Key.Key_Escape)
    assert page.readout == ""
    page.cards["teams"].setFocus()
    QTest.keyClick(page.cards["teams"], Qt.Key.Key_Right)
    assert "市容劝导队" in page.readout
    QTest.keyClick(page.cards["teams"], Qt.Key.Key_Return)
    assert picks[-1].ask is not None
    assert picks[-1].ask.key == "appearance"
    QTest.keyClick(page.cards["teams"], Qt.Key.Key_2)
    assert (spans, page.span) == (["shift"], "shift")


def test_a_click_chooses_the_nearest_point(rig: Callable[..., PageRig[LiveSection]]) -> None:
    page = shown(rig(), view())
    picks: list[Pick] = []
    page.cases_wanted.connect(picks.append)
    for chart, n in (("sources", 2), ("alarms", 30), ("decision", 3)):
        card = page.cards[chart]
        plot, made = card._drawn, card.chart
        assert made is not None
        height = made.dots[n].taken_s / 60 if made.dots else 1.0
        place = plot.getPlotItem().vb.mapViewToScene(QPointF(made.spots[n], height))
        QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.mapFromScene(place))
        settle()
        assert card.at == n, chart
    assert picks[0].ask is not None
    assert (picks[0].ask.at, picks[0].ask.end) == (view().taken[2].begin, view().taken[2].end)
    assert picks[2].case == "20260302-0003"
    rows = page.cards["teams"]._drawn
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert picks[3].ask is not None
    assert picks[3].ask.key == "patrol"


def test_few_cases_stay_grey_and_a_flood_does_not(rig: Callable[..., PageRig[LiveSection]]) -> None:
    page = shown(rig(), view())
    tones = {name: card._big.property("tone") for name, card in page.cards.items()}
    assert tones["attainment"] == "muted", "nine cases say little"
    assert tones["decision"] == "red", "the last one was late"
    assert tones["dispatch"] == ""
    assert tones["alarms"] == "red"
    assert page.cards["arrival"]._big.text() == "—"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    ("size", "scale"),
    [(DESK, 1.0), ((714, 700), 1.0), ((500, 600), 1.0), ((1920, 1080), 1.35), ((3840, 2160), 2.6)],
)
def test_no_text_is_cut(
    rig: Callable[..., PageRig[LiveSection]], size: tuple[int, int], scale: float, theme: str
) -> None:
    one = rig(size, "zh", scale)
    one.theme.use(theme)
    page = shown(one, view())
    page.tick(samples.NOW + timedelta(seconds=20))
    settle()
    zh = shown_texts(one.window)
    assert cut_texts(one.window) == []
    shoot(one, f"live-{size[0]}-{theme}-zh")
    switch_language("en")
    for _ in range(3):
        settle()
    shoot(one, f"live-{size[0]}-{theme}-en")
    assert cut_texts(one.window) == []
    assert bare_keys(one.window) == []
    assert left_in_chinese(zh, shown_texts(one.window)) == []
    assert overlapping(one.window) == []


def test_sections_are_told_whether_they_are_seen() -> None:
    told: list[tuple[str, str]] = []

    def build(theme: Theme, _ticker: object, _drafts: object) -> FiguresPage:
        page = FiguresPage(theme)
        page.shown.connect(lambda name: told.append(("shown", name)))
        page.hidden.connect(lambda name: told.append(("hidden", name)))
        for name in ("whatif", "live", "indicators"):
            page.add_section(name, QWidget())
        return page

    one = PageRig(build, (700, 400))
    page = one.page
    try:
        assert [made.text() for made in page.tabs._choice.buttons()] != []
        titles = [page.tabs._choice.button(n).text() for n in range(3)]
        assert titles == ["实时", "指标", "时限推演"]
        assert (page.current, page.seen, told) == ("live", "live", [("shown", "live")])
        page.setFocus()
        QTest.keyClick(page, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert page.seen == "indicators"
        QTest.keyClick(page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
        assert page.seen == "whatif"
        one.window.hide()
        settle()
        assert told[-1] == ("hidden", "whatif")
        page.show_section("live")
        assert (page.current, page.seen) == ("live", "")
        one.window.show()
        settle()
        assert told[-1] == ("shown", "live")
        assert all(before[0] != after[0] for before, after in pairwise(told))
        with pytest.raises(ValueError, match="there already"):
            page.add_section("live", QWidget())
    finally:
        one.close()
