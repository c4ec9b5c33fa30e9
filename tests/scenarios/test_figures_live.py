"""The live charts in the running console, by keys alone: they follow what people
do, a point opens its cases, and nobody asks for a chart that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.model import Actor
from console.domain.vocabulary import Role, Source
from console.services.cases import NewCase
from console.services.live_view import LoadLive
from console.settings import Places
from console.widgets.figures_page import FiguresPage
from console.widgets.live_section import LiveSection
from console.widgets.search_page import SearchPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, until
from tests.scenarios.test_teams_live import every_key_has_one_meaning

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """Two citizens' reports at 08:15:02, nobody decides them."""
    story.stand(at("08:15:02"))
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        for place in ("朝凤路", "经北六路"):
            open_case(made, place)
        yield made


def open_case(here: Seat, place: str) -> str:
    new = NewCase(source=Source.PUBLIC, condition="E09006-1", place=place, community="410199001010")
    return here.console.engine.services.cases.open(OFFICER, new).case.id


def asked(here: Seat, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question for the charts from now on."""
    spans: list[str] = []
    submit = here.console.engine.submit

    def counting(request: object) -> int:
        if isinstance(request, LoadLive):
            spans.append(request.span)
        return submit(request)

    monkeypatch.setattr(here.console.engine, "submit", counting)
    return spans


def big(section: LiveSection, chart: str) -> str:
    return section.cards[chart]._big.text()


def test_live_charts_by_keys(here: Seat, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = asked(here, monkeypatch)
    here.sign_in()
    every_key_has_one_meaning(here)
    page = here.desk.findChild(FiguresPage)
    section = here.desk.findChild(LiveSection)
    assert isinstance(page, FiguresPage)
    assert isinstance(section, LiveSection)
    until(lambda: here.board is not None and here.board.kpi.open == 2, "two cases on the board")
    assert (spans, section.draws) == ([], 0), "nobody has looked yet"

    press(Qt.Key.Key_F12)
    until(lambda: big(section, "open") == "2", "the charts know of both")
    until(lambda: all(card.draws for card in section.cards.values()), "every chart is painted")
    assert section.cards["open"].hasFocus()
    assert big(section, "sources") == "2"
    third = open_case(here, "亚太广场")
    until(lambda: big(section, "open") == "3", "the third one by itself")
    strip = here.desk.parts.kpi
    until(lambda: strip._values["open"].text() == "3", "the strip says the same")

    story.stand(at("08:20:30"))
    until(lambda: len(here.alarms()) == 3, "three alarms")
    until(lambda: big(section, "alarms") == "3", "the meter of the charts")
    until(lambda: strip._values["alarms"].text() == "3", "the meter of the strip")
    decision = section.cards["decision"].chart
    assert decision is not None
    until(lambda: len(section.cards["decision"].chart.dots) == 3, "three decisions over their limit")  # type: ignore[union-attr]

    press(Qt.Key.Key_Left)
    until(lambda: "待立案 3" in section.readout, "the newest point in words")
    press(Qt.Key.Key_Return)
    found = here.desk.findChild(SearchPage)
    assert isinstance(found, SearchPage)
    until(lambda: here.desk.parts.pages.current == "search", "the list of the cases behind it")
    until(lambda: third in found.listed, "the third case among them")
    press(Qt.Key.Key_F12)
    until(lambda: page.seen == "live", "back at the charts")
    press(Qt.Key.Key_2)
    until(lambda: "shift" in spans and section.span == "shift", "this shift")
    until(lambda: big(section, "open") == "3", "drawn")

    press(Qt.Key.Key_F5)
    until(lambda: page.seen == "", "the board again")
    QTest.qWait(50)
    many, drawn = len(spans), section.draws
    ticks: list[object] = []
    here.console.ticker.tick.connect(ticks.append)
    fourth = open_case(here, "朝凤路")
    until(lambda: strip._values["open"].text() == "4", f"{fourth} on the board")
    until(lambda: len(ticks) >= 2, "two seconds", 10.0)
    assert (len(spans), section.draws) == (many, drawn), "nothing is asked or painted for nobody"


def test_who_may_not_read_figures_is_told_so(here: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = asked(here, monkeypatch)
    here.console.enter(Actor("admin", Role.ADMIN))
    section = here.desk.findChild(LiveSection)
    assert isinstance(section, LiveSection)
    here.desk.keys.run("page_figures")
    until(lambda: bool(spans) and not section._area.isVisible(), "no figures")
    assert "管理员" in section.readout
    many = len(spans)
    ticks: list[object] = []
    here.console.ticker.tick.connect(ticks.append)
    until(lambda: len(ticks) >= 2, "two seconds", 10.0)
    assert len(spans) == many, "it is asked once, not each second"
    here.desk.lock()
    until(lambda: here.console.actor is None, "locked")
    here.sign_in()
    until(lambda: big(section, "open") == "2", "the officer sees both cases")
    assert section._area.isVisible()
