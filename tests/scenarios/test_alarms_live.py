"""The page of alarms in the running console, by keys alone: shelved with an end
and a reason, taken back, acknowledged, found again in the day's history, written
into a file; and nobody exports who may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, Source
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.alarm_page import AlarmPage
from tests.scenarios.console_kit import (
    OFFICER,
    Seat,
    Story,
    at,
    copied,
    press,
    seat,
    typed,
    until,
)
from tests.scenarios.test_teams_live import every_key_has_one_meaning

pytestmark = [pytest.mark.display, pytest.mark.logs("the clock was stepped")]


@pytest.fixture
def here(quiet: Places, tmp_path: Path, story: Story, qapp: QApplication) -> Iterator[Seat]:
    """Two cases reported at 08:15:02; nobody decides them, so that both ring."""
    story.stand(at("08:15:02"))
    with seat(copied(quiet, tmp_path / "data"), story) as made:
        service = made.console.engine.services.cases
        for place in ("朝凤路", "经北六路"):
            new = NewCase(source=Source.PUBLIC, condition="E09006-1", place=place, community="410199001010")
            service.open(OFFICER, new)
        yield made


def page_of(here: Seat) -> AlarmPage:
    return next(one for one in here.desk.findChildren(AlarmPage))


def ringing(here: Seat) -> list[Alarm]:
    return [alarm for alarm, _ in here.alarms() if alarm.state is not AlarmState.CLEARED]


def on_page(page: AlarmPage) -> None:
    press(Qt.Key.Key_F10)
    until(lambda: QApplication.focusWidget() is page.list, "the keyboard at the alarms")


def test_shelve_unshelve_acknowledge_and_history_by_keys(here: Seat, story: Story, tmp_path: Path) -> None:
    here.sign_in()
    every_key_has_one_meaning(here)
    page = page_of(here)
    story.stand(at("08:20:30"))
    until(lambda: len(ringing(here)) == 2, "two alarms")
    on_page(page)
    until(lambda: page.list.source.rowCount() == 2, "two rows")
    until(lambda: "报警" in page.details.events.text(), "the life of the first one")
    assert page.details.guidance.text()
    assert page.sound.text()
    first = page.list.current
    assert first is not None

    press(Qt.Key.Key_S)
    until(lambda: QApplication.focusWidget() is page.details.shelf.until, "the end of the shelf")
    typed("20")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    assert page.details.shelf._problem.text()
    assert all(one.state is not AlarmState.SHELVED for one in ringing(here))
    typed("shigong")
    press(Qt.Key.Key_Return)
    until(lambda: page.list.source.rowCount() == 1, "one row is left")
    stored = next(one for one in ringing(here) if one.id == first.alarm.id)
    assert stored.state is AlarmState.SHELVED
    assert stored.shelved_until == at("08:40:30")
    assert (stored.reason, stored.shelved_by) == ("shigong", OFFICER.name)

    until(lambda: QApplication.focusWidget() is page.list, "the keyboard is back at the list")
    press(Qt.Key.Key_Right)
    assert page.tab == "shelved"
    assert page.list.source.rowCount() == 1
    press(Qt.Key.Key_U)
    until(lambda: page.list.source.rowCount() == 0, "nothing is shelved")
    press(Qt.Key.Key_Left)
    until(lambda: page.list.source.rowCount() == 2, "both ring again")
    back = next(one for one in ringing(here) if one.id == first.alarm.id)
    assert back.state is AlarmState.RAISED
    story.stand(at("08:20:50"))
    page.list.go_to(first.alarm.id)
    press(Qt.Key.Key_3)
    until(lambda: any(one.state is AlarmState.ACKNOWLEDGED for one in ringing(here)), "acknowledged")
    taken = next(one for one in ringing(here) if one.state is AlarmState.ACKNOWLEDGED)
    assert (taken.id, taken.promise_until) == (first.alarm.id, at("08:23:50"))

    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    assert page.tab == "history"
    until(lambda: any(row.acked_by for row in page.shown_past()), "the history knows who acknowledged")
    told = next(row for row in page.shown_past() if row.acked_by)
    assert (told.alarm.id, told.acked_by) == (first.alarm.id, OFFICER.name)
    assert len(page.shown_past()) == 2
    press(Qt.Key.Key_Right)
    until(lambda: page.report.isVisible() and "朝凤路" not in page.report.words(), "the report")
    assert "1" in page.report.words()


def test_only_who_may_export_does(here: Seat, story: Story, tmp_path: Path) -> None:
    here.sign_in()
    page = page_of(here)
    story.stand(at("08:20:30"))
    until(lambda: len(ringing(here)) == 2, "two alarms")
    on_page(page)
    file = tmp_path / "day.xlsx"
    _export(page, file)
    until(lambda: bool(page.notice.text()), "a sentence")
    assert not file.exists()
    here.desk.lock()
    until(lambda: here.console.actor is None, "locked")
    here.sign_in("wang.jun")
    on_page(page)
    _export(page, file)
    until(file.exists, "the file")
    rows = list(load_workbook(file).active.values)  # type: ignore[union-attr]
    assert len(rows) == 3
    assert "acked_s" in rows[0]


def _export(page: AlarmPage, file: Path) -> None:
    while page.tab != "history":
        press(Qt.Key.Key_Right)
    until(lambda: len(page.shown_past()) == 2, "the day")
    press(Qt.Key.Key_E)
    until(lambda: QApplication.focusWidget() is page.target, "the name of the file")
    page.target.setText(str(file))
    press(Qt.Key.Key_Return)
