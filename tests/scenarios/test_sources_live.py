"""A bag over a lens in the running console: found, rung for, said with what to do,
gone to by a key, acknowledged, and over when somebody has taken it away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.conditions import Tracked
from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, SourceKind
from console.i18n import t
from console.services.ports import FeedHealth
from console.settings import Places
from console.simulation.camera_process import SpawnedCameras
from console.widgets.alarm_page import AlarmPage
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, press, seat, until

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
