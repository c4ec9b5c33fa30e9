"""Rankings, when and where, causes and what-if in the running console, by keys
alone; and closing a late case asks why it was late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox

import db
from console.domain.model import Command
from console.domain.vocabulary import Action, Source, State
from console.services.cases import NewCase
from console.services.rankings import AskBehind, AskCauses, AskHeat, AskRanking
from console.services.whatif import AskWhatIf
from console.settings import Places
from console.simulation import history
from console.simulation.replay_clock import ReplayClock
from console.widgets.figures_page import FiguresPage
from console.widgets.rankings_view import RankingsView
from console.widgets.search_page import SearchPage
from console.widgets.whatif_view import WhatIfView
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]
NOW = at("10:00:00")
ASKED = (AskRanking, AskHeat, AskCauses, AskBehind, AskWhatIf)


@pytest.fixture(scope="module")
def february(quiet: Places, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The district after four weeks of invented cases."""
    places = copied(quiet, tmp_path_factory.mktemp("february"))
    with db.open_store(places.db_url) as store:
        history.make(store.uows, ReplayClock(NOW), start=NOW - timedelta(days=28), end=NOW, count=420, seed=9)
    return places


@pytest.fixture
def here(february: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """A Monday after them."""
    story.stand(NOW)
    with seat(copied(february, tmp_path / "data"), story) as made:
        yield made


def asked(here: Seat, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question of these sections from now on."""
    kinds: list[str] = []
    submit = here.console.engine.submit

    def counting(request: object) -> int:
        if isinstance(request, ASKED):
            kinds.append(type(request).__name__)
        return submit(request)

    monkeypatch.setattr(here.console.engine, "submit", counting)
    return kinds


def listed(here: Seat, view: RankingsView | WhatIfView) -> int:
    """The cases behind the chosen number; then back where it stood."""
    page, search = here.desk.findChild(FiguresPage), here.desk.findChild(SearchPage)
    assert isinstance(page, FiguresPage)
    assert isinstance(search, SearchPage)
    section = page.seen
    until(lambda: here.desk.parts.pages.current == "search", "the list of cases")
    until(lambda: search.listed, "cases in it")
    found = len(search.listed)
    press(Qt.Key.Key_F12)
    until(lambda: page.seen == section or page.seen, "back at the figures")
    until(view.isVisible, "the section")
    # A key before that would be typed into the search.
    until(lambda: view.isAncestorOf(QApplication.focusWidget() or here.desk), "the keyboard in the section")
    return found


def test_rankings_by_keys(here: Seat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kinds = asked(here, monkeypatch)
    here.sign_in("wang.jun")
    page, view = here.desk.findChild(FiguresPage), here.desk.findChild(RankingsView)
    assert isinstance(page, FiguresPage)
    assert isinstance(view, RankingsView)
    press(Qt.Key.Key_F12)
    until(lambda: page.seen, "the page of figures")
    assert kinds == [], "nothing is counted for a section nobody sees"
    while page.seen != "rankings":
        press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        until(lambda: page.seen == page.current, "the next section")
    until(lambda: view.table.source.rows, "teams in order")
    assert kinds == ["AskRanking"]
    # March has begun yesterday: the month before tells more.
    press(Qt.Key.Key_BracketLeft)
    until(lambda: "2026-02" in view.head.text(), "February")
    until(lambda: view.table.source.rows and view.table.source.rows[0].cells[0] == "1", "a first place")
    assert not view.table.source.rows[0].muted
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Return)
    assert view.table.current is not None
    n = int(view.table.current.cells[[c.title for c in view.table.source.columns].index("件数")])
    assert listed(here, view) == n

    press(Qt.Key.Key_G)
    until(lambda: any(row.key == "410199001010" for row in view.table.source.rows), "by community")
    press(Qt.Key.Key_R)
    until(lambda: view.target.hasFocus(), "where to write the circular")
    view.target.clear()
    typed(str(tmp_path / "circular.pdf"))
    press(Qt.Key.Key_Return)
    until(lambda: (tmp_path / "circular.pdf").exists(), "the circular")
    assert (tmp_path / "circular.pdf").read_bytes().startswith(b"%PDF")

    press(Qt.Key.Key_2)
    until(lambda: view.grid.hasFocus() and view.places.source.rows, "when and where")
    until(lambda: "2026-02" in view.head.text(), "of February")
    busy = max(range(168), key=lambda cell: view.grid.value(cell) or 0)
    while view.grid.cell // 24 < busy // 24:
        press(Qt.Key.Key_Down)
    while view.grid.cell != busy:
        press(Qt.Key.Key_Right if view.grid.cell < busy else Qt.Key.Key_Left)
    press(Qt.Key.Key_Return)
    day, hour = divmod(busy, 24)
    assert view._heat is not None
    assert listed(here, view) == view._heat.heat.cases[day][hour]

    press(Qt.Key.Key_3)
    until(lambda: view.causes.source.rows, "causes in order")
    row = view.causes.source.rows[0]
    press(Qt.Key.Key_Return)
    assert listed(here, view) == int(row.cells[1])


def test_what_if_by_keys(here: Seat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kinds = asked(here, monkeypatch)
    here.sign_in()
    page, view = here.desk.findChild(FiguresPage), here.desk.findChild(WhatIfView)
    assert isinstance(page, FiguresPage)
    assert isinstance(view, WhatIfView)
    press(Qt.Key.Key_F12)
    while page.seen != "whatif":
        press(Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
        until(lambda: page.seen == page.current, "another section")
    until(lambda: view.found is not None and view.limits["arrival"].value() == 600, "limits in force")
    assert view.found is not None
    stages = {row.kind: row for row in view.found.stages}
    assert stages["arrival"].before == stages["arrival"].after

    here.take(here.desk, view.limits["arrival"])
    for _ in range(6):
        press(Qt.Key.Key_Down)
    until(lambda: view.found.stages[2].limit_after == 420, "seven minutes are tried")  # type: ignore[union-attr]
    until(lambda: view.limits["total"].value() == 720, "the total goes along")
    found = view.found
    assert found.after.calls > found.before.calls
    assert (found.stages[2].after or 1) < (found.stages[2].before or 0)
    press(Qt.Key.Key_Escape)
    until(lambda: view.table.hasFocus(), "the table")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert listed(here, view) == len(found.stages[2].lost)

    here.take(here.desk, view.table)
    press(Qt.Key.Key_E)
    until(lambda: view.target.hasFocus(), "where to write it")
    view.target.clear()
    typed(str(tmp_path / "whatif.xlsx"))
    press(Qt.Key.Key_Return)
    until(lambda: view._state.property("tone") == "red", "no right to write reports")
    assert not (tmp_path / "whatif.xlsx").exists(), "an officer writes no reports"
    here.take(here.desk, view.table)
    press(Qt.Key.Key_Z)
    until(lambda: view.limits["arrival"].value() == 600, "as in force again")
    press(Qt.Key.Key_F5)
    until(lambda: page.seen == "", "the board")
    assert set(kinds) == {"AskWhatIf"}, "rankings were never counted"


def late_case(here: Seat, story: Story) -> str:
    """A case that was dispatched late and waits to be closed."""
    cases = here.console.engine.services.cases
    new = NewCase(source=Source.PUBLIC, condition="E09006-1", place="朝凤路", community="410199001010")
    case = cases.open(OFFICER, new).case
    steps = (
        (1, Command(Action.FILE, condition="E09006-1")),
        (5, Command(Action.DISPATCH)),
        (6, Command(Action.ACCEPT)),
        (8, Command(Action.ARRIVE)),
        (20, Command(Action.HANDLED)),
        (22, Command(Action.CHECK)),
    )
    for minute, command in steps:
        story.stand(NOW + timedelta(minutes=minute))
        case = cases.act(OFFICER, case.id, replace(command, teams=case.teams if minute > 5 else ())).case
    assert case.state is State.CLOSING
    return case.id


def test_closing_a_late_case_asks_why(here: Seat, story: Story) -> None:
    here.sign_in()
    case_id = late_case(here, story)
    here.desk.control.open_case(case_id)
    detail = here.desk.parts.detail
    until(lambda: detail.case_id == case_id and detail.view is not None, "the case")
    here.take(here.desk, detail)
    press(Qt.Key.Key_A)
    until(lambda: detail.form.action is Action.CLOSE and detail.form.isVisible(), "the form asks")
    box = detail.form.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    assert box.hasFocus()
    assert box.currentData() == ""
    press(Qt.Key.Key_Tab)
    typed("road closed")
    press(Qt.Key.Key_Return)
    assert detail.form.isVisible(), "a cause is needed"
    assert here.case(case_id).state is State.CLOSING
    here.take(here.desk, box)
    while box.currentData() != "far":
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    until(lambda: here.case(case_id).state is State.CLOSED, "closed")
    closed = here.case(case_id)
    assert (closed.breach_cause, closed.breach_words) == ("far", "road closed")
    assert here.events(case_id)[-1].data["cause"] == "far"
