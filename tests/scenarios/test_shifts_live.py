"""A shift at the running console: opened, written, handed over, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.model import Command, Event
from console.domain.shift_log import ShiftLog, Stage, fold, place_of
from console.domain.vocabulary import Action, AlarmState, Source
from console.i18n import t
from console.services.cases import NewCase
from console.settings import Places
from console.simulation import district
from console.widgets.shift_page import ShiftPage
from db import admin
from tests.scenarios.cli_kit import Cli
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]

SHIFT, NEXT = "20260302-morning", "20260302-middle"
COMING = "zhao.lei"
KEY = Qt.Key


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """The console at 08:15 of the morning shift, nobody has opened it."""
    story.stand(at("08:15:00"))
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        made.sign_in()
        yield made


def page_of(here: Seat) -> ShiftPage:
    found = here.desk.parts.pages.widget("shift")
    assert isinstance(found, ShiftPage)
    return found


def log_of(here: Seat, shift: str = SHIFT) -> ShiftLog | None:
    """The log as the chain has it."""
    return fold(events_of(here, shift))


def events_of(here: Seat, shift: str = SHIFT) -> tuple[Event, ...]:
    with here.console.engine.store.uows.read() as uow:
        return uow.events.of_case(place_of(shift))


def begun(here: Seat) -> ShiftPage:
    """F11, and the shift is opened."""
    press(KEY.Key_F11)
    page = page_of(here)
    until(lambda: page.open.isVisible(), "the button that opens a shift")
    here.take(here.desk, page.open)
    press(KEY.Key_Space)
    until(lambda: page.shift == SHIFT, "the shift on its page")
    return page


def test_the_log_is_written_by_keys_and_the_weather_stands_in_every_header(here: Seat) -> None:
    page = begun(here)
    log = log_of(here)
    assert log is not None
    assert [one.who for one in log.seats] == [OFFICER.name]
    here.take(here.desk, page.log.entry.words)
    typed("well covers fenced")
    press(KEY.Key_Return)
    until(lambda: len(page.log.table.lines) == 1, "the line in the log")
    assert page.log.table.lines[0].cells[2] == "well covers fenced"
    assert page.log.entry.words.toPlainText() == ""
    here.take(here.desk, page.log.entry.words)
    press(KEY.Key_Return)
    until(lambda: "写上一句话" in said(page), "an empty line is refused with a sentence")
    page.log.set_weather.click()
    form = page.log.conditions
    for box, word in zip(form.lists.values(), ("rain", "orange", "III"), strict=True):
        box.setCurrentIndex(box.findData(word))
    here.take(here.desk, form.weather)
    typed("heavy rain 21")
    press(KEY.Key_Return)
    warned = "暴雨橙色预警 · 三级响应"
    until(lambda: all(pane.bar._duty.text() == warned for pane in here.console.panes), "on every wall")
    header = here.desk.parts.header
    assert header._weather.text() == "heavy rain 21 · 暴雨橙色预警"
    assert "三级" in header._facts["level"].text()
    here.desk.use_language("en")
    until(lambda: "Rainstorm: orange warning" in header._weather.text(), "in English too")


def said(page: ShiftPage) -> str:
    return page.log.entry._said.text()


def test_a_shift_is_handed_over_item_by_item_and_then_frozen(here: Seat, story: Story) -> None:
    page = begun(here)
    cases = here.console.engine.services.cases
    late = cases.open(OFFICER, NewCase(source=Source.PATROL, condition="E09006-1", place="甲路")).case
    story.stand(at("08:22:00"))
    until(lambda: [one.state for one, _ in here.alarms()] == [AlarmState.RAISED], "it rings")
    alarm = here.alarms()[0][0]
    here.console.engine.services.alarms.acknowledge(OFFICER, alarm.id, 3)
    until(lambda: [one.case for one in page.view.unseen] == [late.id] if page.view else False, "one red item")
    press(KEY.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    hand = page.hand
    until(lambda: hand.isVisible(), "the hand-over")
    here.take(here.desk, hand.keys)
    typed("store key")
    here.take(here.desk, hand.off)
    press(KEY.Key_Space)
    until(lambda: "store key" in hand._told.text(), "signed off")
    here.take(here.desk, hand.name)
    typed(COMING)
    here.take(here.desk, hand.password)
    typed(district.DEMO_PASSWORD)
    press(KEY.Key_Return)
    until(lambda: page.view is not None and page.view.log.taking == COMING, "he takes over")
    assert not hand.on.isEnabled(), "the red item has not been opened"
    here.take(here.desk, hand.table)
    press(KEY.Key_Return)
    until(lambda: hand.on.isEnabled(), "the red item was opened")
    assert here.desk.link.open_case == late.id
    here.take(here.desk, hand.password)
    press(KEY.Key_Return)
    until(lambda: log_of(here, NEXT) is not None, "the next shift is open")
    log, after = log_of(here), log_of(here, NEXT)
    assert log is not None
    assert after is not None
    assert (log.stage, log.on and log.on.who, after.opened_by) == (Stage.HANDED, COMING, COMING)
    assert here.alarms()[0][0].state is AlarmState.RAISED, "rings again for who comes"
    until(lambda: page.view is not None and shown_frozen(page), "the log is shown frozen")
    press(KEY.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    until(lambda: page.log.follow.isVisible(), "addenda can be written")
    assert not page.log.entry.isVisible()
    here.take(here.desk, page.log.follow)
    typed("radio found")
    press(KEY.Key_Return)
    until(lambda: "radio found" in page.log._whole.text(), "the addendum")
    cases.act(OFFICER, late.id, Command(Action.NOTE, text="life goes on"))
    assert admin.check(here.console.engine.places.db_url)["ok"]


def shown_frozen(page: ShiftPage) -> bool:
    return page.view is not None and page.view.log.stage is Stage.HANDED


def test_a_changed_log_is_shown_and_told_by_the_command_line(
    quiet: Places, story: Story, tmp_path: Path, qapp: QApplication
) -> None:
    story.stand(at("08:15:00"))
    places = copied(quiet, tmp_path / "data")
    cli = Cli(places.db_url, places.data, more={"FIFTEEN_CLOCK_FILE": str(story.path)})
    assert cli.did("shift", "open")["id"] == SHIFT
    cli.did("shift", "log", "no incident", "--kind", "matter", "--open")
    cli.did("shift", "weather", "rain 18", "--signal", "rain", "--colour", "blue", "--level", "IV")
    assert cli.here("shift", "sign", SHIFT).json["stage"] == "offered"
    refused = cli.here("shift", "sign", SHIFT)
    assert (refused.code, refused.error["code"]) == (1, "needs_second_person")
    story.stand(at("16:30:00"))
    (row,) = cli.did("shift", "list")["rows"]
    assert (row["late"], row["stage"]) == (True, "offered")
    assert cli.did("shift", "show")["items"][0]["key"] == f"entry:{SHIFT}/1"
    assert cli.did("db", "check")["bad_shifts"] == []
    import sqlite3

    with sqlite3.connect(str(places.data / "site.sqlite")) as other:
        other.execute("DROP TRIGGER event_no_update")
        other.execute("UPDATE event SET data = replace(data, 'no incident', 'an incident')")
    other.close()
    checked = cli.here("db", "check")
    assert checked.code == 1
    assert (checked.json["bad_shifts"], checked.json["chain_ok"]) == ([SHIFT], False)
    with seat(places, story) as made:
        made.sign_in()
        press(KEY.Key_F11)
        page = page_of(made)
        until(lambda: page.shift == SHIFT, "the shift on its page")
        assert page._wrong.isVisible()
        assert page._wrong.text() == t("shifts.broken", shift=SHIFT)
        header = made.desk.parts.header
        until(lambda: header._facts["shift"].text() == t("shifts.header.late"), "the header says it is late")
