"""What rings besides cases, in the running console. A bag over a lens: found, rung
for, said with what to do, gone to by a key, acknowledged, and over when somebody has
taken it away. A gas leak: to be reported upward in time, recorded by one key."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.conditions import Tracked
from console.domain.model import Alarm
from console.domain.vocabulary import Action, AlarmState, Source, SourceKind
from console.i18n import t
from console.services.cases import NewCase
from console.services.ports import FeedHealth
from console.settings import Places
from console.simulation.camera_process import SpawnedCameras
from console.widgets.alarm_page import AlarmPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, until
from tests.scenarios.test_teams_live import every_key_has_one_meaning

pytestmark = [pytest.mark.display, pytest.mark.rtsp, pytest.mark.logs("the clock was stepped")]

CAMERA = "cam002"


def told(here: Seat) -> FeedHealth:
    """What the feeds say of the camera."""
    feeds = here.console.engine.feeds
    assert feeds is not None
    return feeds.health()[CAMERA]


def alarm(here: Seat) -> Alarm | None:
    """The one alarm there is, if any."""
    found = [one for one, _ in here.alarms()]
    assert len(found) <= 1, found
    return found[0] if found else None


def state(here: Seat) -> AlarmState | None:
    found = alarm(here)
    return found.state if found is not None else None


def test_a_covered_camera_rings_is_gone_to_and_is_over(
    site: Places, street: SpawnedCameras, story: Story
) -> None:
    with seat(site, story, layout="9") as here:
        here.sign_in()
        here.live("cam001", CAMERA)
        street.set_fault(2, "cover")
        try:
            until(lambda: told(here).covered_since, "seen by the feeds")
            assert alarm(here) is None, "not yet: a lorry may stand before it"
            until(lambda: book(here), "told to the alarms' door")
            story.stand(at("08:00:50"))
            until(lambda: state(here) is AlarmState.RAISED, "the alarm")
        finally:
            street.heal(2)
        rung = alarm(here)
        assert rung is not None
        assert (rung.source_kind, rung.source_id, rung.code) == (SourceKind.CAMERA, CAMERA, "covered")
        on_screen(here)

        until(lambda: told(here).covered_since is None, "somebody took it away")
        assert state(here) is AlarmState.RAISED, "back for half a minute before it counts as back"
        until(lambda: all(row.gone_at is not None for row in book(here)), "told no more")
        story.stand(at("08:02:00"))
        until(lambda: state(here) is AlarmState.RETURNED, "over, and still not acknowledged")
        acknowledge(here)


def book(here: Seat) -> tuple[Tracked, ...]:
    """What is followed behind the door."""
    with here.console.engine.store.uows.read() as uow:
        return uow.sources.tracked()


def on_screen(here: Seat) -> None:
    """Banner, page, guidance; and Enter brings the camera to the wall."""
    words = t("alarmtext.of.camera.covered")
    banner = here.desk.parts.banner
    until(lambda: words in banner._what.text(), "the banner")
    press(Qt.Key.Key_F10)
    page = here.desk.findChildren(AlarmPage)[0]
    until(lambda: QApplication.focusWidget() is page.list, "the keyboard at the alarms")
    until(lambda: page.list.source.rowCount() == 1, "its row")
    until(lambda: t("alarmtext.do.camera.covered") in page.details.guidance.text(), "what to do")
    assert CAMERA in page.details.title.text()
    chosen: list[str] = []
    here.desk.camera_chosen.connect(chosen.append)
    press(Qt.Key.Key_Return)
    until(lambda: chosen == [CAMERA], "gone to the camera")
    here.desk.camera_chosen.disconnect(chosen.append)


def acknowledge(here: Seat) -> None:
    """Its end needs somebody who has seen it."""
    press(Qt.Key.Key_F10)
    page = here.desk.findChildren(AlarmPage)[0]
    here.take(here.desk, page.list)
    until(lambda: page.list.current is not None, "the row is chosen")
    press(Qt.Key.Key_2)
    until(lambda: state(here) is AlarmState.CLEARED, "cleared")
    found = alarm(here)
    assert found is not None
    assert found.acked_by == OFFICER.name


def test_a_gas_leak_is_to_be_reported_upward_and_one_key_records_it(
    quiet: Places, tmp_path: Path, story: Story, qapp: QApplication
) -> None:
    story.stand(at("08:15:00"))
    with seat(copied(quiet, tmp_path / "data"), story) as here:
        new = NewCase(source=Source.PUBLIC, condition="L05002-1", place="朝凤路", community="410199001010")
        case = here.console.engine.services.cases.open(OFFICER, new).case.id
        here.sign_in()
        story.stand(at("08:31:05"))

        def owed() -> Alarm | None:
            found = (one for one, _ in here.alarms() if one.source_kind is SourceKind.EMERGENCY)
            return next(found, None)

        until(owed, "reminded at four fifths of twenty minutes")
        rung = owed()
        assert rung is not None
        assert (rung.source_id, rung.code) == (case, "first_report_due")
        assert dict(rung.facts)["due"] == "08:35"
        here.desk.parts.banner.go_to(rung)
        until(lambda: here.desk.parts.detail.view is not None, "gone to its case")
        press(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
        until(lambda: here.events(case)[-1].action is Action.UP_REPORT, "it is in the log")
        told = here.events(case)[-1]
        assert (told.actor, told.at, told.data["kind"]) == (OFFICER.name, at("08:31:05"), "phone")
        until(lambda: (one := owed()) and one.state is AlarmState.RETURNED, "and over")
        every_key_has_one_meaning(here)
