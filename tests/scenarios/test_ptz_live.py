"""P on a tile of the running console steers a real ONVIF device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import db
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.i18n import t
from console.services.assembly import assemble
from console.settings import Places
from console.widgets.ptz_pad import PtzPad
from tests.feeds.ipycam_device import IpycamDevice, ipycam_device
from tests.scenarios.console_kit import OFFICER, Seat, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]


@pytest.fixture
def device() -> Iterator[IpycamDevice]:
    """It takes the login of the street's cameras."""
    with ipycam_device("operator", "street") as made:
        yield made


@pytest.fixture
def steered(site: Places, device: IpycamDevice) -> Places:
    """The first camera's device is the one that moves."""
    with db.open_store(site.db_url) as store, store.uows.write() as uow:
        first = uow.cameras.get("cam001")
        assert first is not None
        uow.cameras.save(replace(first, host=device.host), first.version)
        uow.commit()
    return site


def opened(here: Seat) -> PtzPad:
    """P on the first tile."""
    pane = next(iter(here.walls.values()))
    here.live("cam001")
    pane.wall.bring("cam001")
    here.take(pane.window(), pane.wall)
    press(Qt.Key.Key_P)
    pad = next(one for one in pane.wall.findChildren(PtzPad) if one.camera)
    assert pad.camera == "cam001"
    return pad


def test_an_officer_steers_a_camera(steered: Places, device: IpycamDevice) -> None:
    with seat(steered, actor=OFFICER, seat="一号台") as here:
        until(lambda: here.board is not None, "the board")
        pad = opened(here)
        until(lambda: pad.ready, "the camera listens")
        until(pad.hasFocus, "the pad has the keyboard")
        QTest.keyPress(pad, Qt.Key.Key_Right)
        assert device.next() == ["move", 0.5, 0.0, 0.0]
        QTest.keyRelease(pad, Qt.Key.Key_Right)
        device.until("stop")
        # Another workstation sees who steers; only its leader may take over.
        with db.open_store(steered.db_url) as store:
            service = assemble(store.uows, SystemClock(), Path(steered.data)).steering
            with pytest.raises(Refusal) as said:
                service.take(Actor("wang.wei", Role.DUTY), "二号台", "cam001")
            assert said.value.facts["seat"] == "一号台"
            service.take(Actor("zhao.min", Role.LEADER), "二号台", "cam001", over=True)
            QTest.keyPress(pad, Qt.Key.Key_Up)
            until(lambda: not pad.ready, "told that the camera was taken over")
            assert t("ptz.pad.lost") in pad.status.text()
            QTest.keyRelease(pad, Qt.Key.Key_Up)
            device.until("stop")
            press(Qt.Key.Key_Escape)
            held = service.holder("cam001")
            assert held is not None
            assert held.seat == "二号台"


def test_the_pad_lies_over_the_focus_view_too(steered: Places, device: IpycamDevice) -> None:
    with seat(steered, actor=OFFICER, seat="一号台") as here:
        until(lambda: here.board is not None, "the board")
        pane = next(iter(here.walls.values()))
        here.live("cam001")
        pane.wall.bring("cam001")
        here.take(pane.window(), pane.wall)
        press(Qt.Key.Key_Return)
        until(lambda: pane.focused == "cam001" and pane.focus_view.hasFocus(), "the camera large")
        press(Qt.Key.Key_P)
        pad = next(one for one in pane.focus_view.findChildren(PtzPad) if one.camera)
        until(lambda: pad.ready, "the camera listens")
        until(pad.hasFocus, "the pad has the keyboard")
        assert pane.focus_view.rect().contains(pad.geometry())
        QTest.keyPress(pad, Qt.Key.Key_Left)
        assert device.next() == ["move", -0.5, 0.0, 0.0]
        QTest.keyRelease(pad, Qt.Key.Key_Left)
        device.until("stop")
        press(Qt.Key.Key_Escape)
        assert not pad.camera
        until(pane.focus_view.hasFocus, "the focus view has the keyboard again")
        press(Qt.Key.Key_Escape)
        until(lambda: pane.focused == "", "back at the wall")


def test_closing_the_console_stops_the_camera(steered: Places, device: IpycamDevice) -> None:
    with seat(steered, actor=OFFICER, seat="一号台") as here:
        until(lambda: here.board is not None, "the board")
        pad = opened(here)
        until(lambda: pad.ready, "the camera listens")
        until(pad.hasFocus, "the pad has the keyboard")
        QTest.keyPress(pad, Qt.Key.Key_Minus)
        assert device.next()[0] == "move"
    assert device.until("stop")[-1] == ["stop"]


def test_a_camera_without_ptz_says_so(site: Places) -> None:
    with seat(site, actor=OFFICER) as here:
        until(lambda: here.board is not None, "the board")
        pad = opened(here)
        until(lambda: pad.status.text() not in ("", t("ptz.pad.asking")), "an answer")
        assert not pad.ready
        pane = next(iter(here.walls.values()))
        assert any(
            "cam001" in one or "127.0.0.1" in one for one in [pane.strip.accessibleName(), pad.status.text()]
        )
