"""A shift looked back at in the running console, by keys: from deed to deed, from
mark to mark, played, one case followed; nothing of it is changed. And the same
moment on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.clock import CLOCK_FILE_VARIABLE
from console.domain.model import Command
from console.domain.vocabulary import Action, AlarmState, Source, State
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.history_page import SPEEDS, HistoryPage
from tests.scenarios.cli_kit import Cli
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """A case of 08:15:02, filed in time and dispatched late; another that nobody
    decides. It is 09:00 when somebody looks back."""
    story.stand(at("08:15:02"))
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        service = made.console.engine.services.cases
        first, second = (
            service.open(OFFICER, NewCase(source=Source.PATROL, condition="E09006-1", place=place)).case
            for place in ("朝凤路", "经北六路")
        )
        story.stand(at("08:17:00"))
        service.act(OFFICER, first.id, Command(Action.FILE, condition="E09006-1"))
        story.stand(at("08:21:00"))
        until(lambda: len(made.alarms()) == 2, "both ring")
        story.stand(at("08:22:00"))
        service.act(OFFICER, first.id, Command(Action.DISPATCH))
        story.stand(at("09:00:00"))
        assert second.state is State.REGISTERING
        yield made


def page_of(here: Seat) -> HistoryPage:
    return next(one for one in here.desk.findChildren(HistoryPage))


def looks_at(page: HistoryPage, clock: str) -> None:
    """The hand and what is shown stand there."""
    until(lambda: page.moment is not None and page.moment.at == page.at, "the moment")
    assert page.at is not None
    told = (page.at + timedelta(hours=8)).strftime("%H:%M:%S")
    assert told == clock
    assert clock in page.head.banner.text


def states(page: HistoryPage) -> list[str]:
    assert page.moment is not None
    return sorted(card.state.value for card in page.moment.board.cards)


def test_a_shift_by_keys(here: Seat, story: Story, tmp_path: Path) -> None:
    here.sign_in()
    before = here.cases()
    page = page_of(here)
    press(Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: QApplication.focusWidget() is page.bar, "the keyboard at the time bar")
    until(lambda: page.past is not None, "the shift")
    looks_at(page, "08:00:00")
    assert states(page) == []
    assert page.head.kpi._values["open"].text() == "0"

    # From deed to deed.
    press(Qt.Key.Key_Period)
    looks_at(page, "08:15:02")
    assert states(page) == ["registering", "registering"]
    assert page.deeds.source.rowCount() >= 2
    press(Qt.Key.Key_Period)
    looks_at(page, "08:17:00")
    assert states(page) == ["filed", "registering"]
    # What was left then is what the card says, not what is left now.
    card = next(one for one in page.moment.board.cards if one.state is State.REGISTERING)  # type: ignore[union-attr]
    assert card.headline is not None
    assert card.next_action is None
    assert card.headline.due_at - page.ticker.now() == timedelta(minutes=3, seconds=2)

    # From mark to mark: the first alarm of a clock that ran out.
    press(Qt.Key.Key_Period, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: page.moment is not None and page.moment.at == page.at, "the moment")
    assert page.moment is not None
    ringing = page.moment.board.alarms
    assert ringing
    assert {row.alarm.state for row in ringing} == {AlarmState.RAISED}
    assert page.alarms.source.rowCount() == len(ringing)

    # It plays, and stands still again.
    press(Qt.Key.Key_BracketRight)
    assert page.speed == SPEEDS[4]
    begun = page.at
    press(Qt.Key.Key_Space)
    until(lambda: page.at is not None and begun is not None and page.at > begun, "it moves")
    press(Qt.Key.Key_Space)
    assert not page.playing
    press(Qt.Key.Key_End)
    until(lambda: page.past is not None and page.past.end == at("09:00:00"), "what came since")
    looks_at(page, "09:00:00")
    assert states(page) == ["dispatched", "registering"]

    # One case: who did what in it.
    page.board.show_case(card.id)
    here.take(here.desk, page.board.columns["deciding"].view)
    press(Qt.Key.Key_Return)
    assert page.deeds.source.only == card.id
    until(lambda: page.now_open.isVisible(), "the way to the case of now")
    assert {page.deeds.source.deed(row).case for row in range(page.deeds.source.rowCount())} == {card.id}  # type: ignore[union-attr]
    page.deeds.setFocus()
    press(Qt.Key.Key_Escape)
    assert page.deeds.source.only == ""

    # Nothing was changed by looking; the same moment without a screen.
    assert here.cases() == before
    press(Qt.Key.Key_F5)
    until(lambda: not page.isVisible(), "the board")
    assert not page.playing
    assert page.past is not None
    places = here.console.options.places
    cli = Cli(places.db_url, places.data, more={CLOCK_FILE_VARIABLE: str(story.path)})
    told = cli.ok("shift", "replay", page.past.span.id, "--at", "2026-03-02T08:17:00+08:00")
    assert sorted(case["state"] for case in told["cases"]["rows"]) == ["filed", "registering"]
    assert told["kpi"]["open"] == 2
    assert told["shift"] == "20260302-morning"


def test_walls_are_written_down_as_they_hang(here: Seat, story: Story) -> None:
    here.sign_in()
    history = here.console.engine.services.history

    def hung() -> list[str]:
        past = history.shift(OFFICER)
        return [str(one.hung.get("layout")) for one in past.walls if one.wall == name]

    name, pane = next((name, one) for name, one in here.console.named_panes.items() if one.isVisible())
    until(lambda: len(hung()) == 1, "how it hung when it was put up")
    pane.wall.use_layout("9")
    story.stand(at("09:00:05"))
    until(lambda: hung()[-1] == "9", "the new layout is written down")
    past = history.shift(OFFICER)
    shown = history.moment(OFFICER, past, past.end).walls
    assert [str(one.change.hung["layout"]) for one in shown if one.change.wall == name] == ["9"]
    assert past.walls[-1].actor == OFFICER.name
