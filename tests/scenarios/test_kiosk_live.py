"""The large display as it hangs in the room: in the session that is shipped, where
nobody gets past it; and as a window of a console, where the officer puts things on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from console.domain import kiosk
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role, Source
from console.i18n import explain
from console.services.cases import NewCase
from console.settings import Places
from console.simulation import display
from console.simulation.display import VirtualDisplay
from console.windows.kiosk_window import KioskWindow
from console.windows.placement import KIOSK
from console.wiring.kiosk import KioskPart
from console.wiring.kiosk_guard import sleep_now
from console.wiring.kiosk_host import KioskHost
from console.worker import Rank
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, copied, press, seat, until

ROOT = Path(__file__).parents[2]
PIN = "482913"
RIGHT = QRect(3840, 0, 1920, 1080)
#: An administrator of the demo district.
ADMIN = Actor("admin", Role.ADMIN)

pytestmark = [pytest.mark.display, pytest.mark.logs("stepped")]


class Session:
    """The shipped openbox session on a display of its own, with the hands of
    somebody who wants to get past it."""

    def __init__(self, places: Places) -> None:
        self.server = display.start(1280, 720, 0)
        self.env = dict(
            os.environ,
            DISPLAY=self.server.name,
            FIFTEEN_DB=places.db_url,
            FIFTEEN_DATA=str(places.data),
            FIFTEEN=f"{sys.executable} {ROOT / 'main.py'}",
            HOME=str(places.data),
        )
        self.data = str(places.data)
        self.process = subprocess.Popen(
            [str(ROOT / "packaging" / "openbox-kiosk" / "session")],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def hand(self, *words: str) -> str:
        """What xdotool does and says."""
        done = subprocess.run(["xdotool", *words], env=self.env, capture_output=True, text=True, timeout=20)
        return done.stdout.strip()

    def stands(self, but: str = "") -> str:
        """The number of its one window, once it fills the display (and is another
        one than ``but``)."""
        found: list[str] = []

        def filled() -> bool:
            there = self.hand("search", "--onlyvisible", "--name", "大屏|large display").split()
            found[:] = [one for one in there if one != but and self._fills(one)]
            return bool(found)

        until(filled, "the large display", 60)
        return found[0]

    def _fills(self, window: str) -> bool:
        return "1280x720" in self.hand("getwindowgeometry", window)

    def child(self) -> int:
        """The process that shows it."""
        for one in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = one.read_bytes().decode().split("\0")
            except OSError:
                continue
            if self.data in words and "kiosk" in words and "--keep" not in words:
                return int(one.parent.name)
        return 0

    def stop(self) -> None:
        """Nothing of it is left."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.process.wait(20)
        until(lambda: not self.child(), "no process of it")
        self.server.stop()


@pytest.fixture
def session(quiet: Places, tmp_path: Path) -> Iterator[Session]:
    places = copied(quiet, tmp_path / "data")
    words = [sys.executable, str(ROOT / "main.py"), "--db", places.db_url, "--data", str(places.data)]
    subprocess.run(
        [*words, "kiosk", "--set-pin"], input=PIN.encode(), check=True, timeout=60, capture_output=True
    )
    made = Session(places)
    yield made
    made.stop()


def test_nobody_gets_past_it_but_with_the_pin(session: Session) -> None:
    window = session.stands()
    for keys in (
        "alt+F4",
        "Escape",
        "ctrl+q",
        "alt+Tab",
        "ctrl+w",
        "super",
        "alt+space",
        "F11",
        "ctrl+alt+Tab",
    ):
        session.hand("key", "--clearmodifiers", keys)
        assert session.stands() == window, keys
    for button in ("1", "2", "3"):
        session.hand("mousemove", "640", "360", "click", button)
    session.hand("windowquit", window)
    assert session.stands() == window, "asked to close"
    session.hand("windowminimize", window)
    assert session.stands() == window, "minimised"
    before = session.child()
    session.hand("windowclose", window)
    window = session.stands(but=window)
    assert session.child() == before, "its window was taken away: another one, the pictures go on"

    os.kill(before, signal.SIGKILL)
    until(lambda: session.child() not in (0, before), "another process")
    session.stands()
    said = subprocess.run(["xset", "q"], env=session.env, capture_output=True, text=True).stdout
    assert "timeout:  0" in said, "the display may not sleep"
    session.hand("type", f"000{PIN[:2]}")
    session.hand("key", "Escape")
    session.hand("type", PIN)
    session.hand("key", "Return")
    until(lambda: session.process.poll() is not None, "left by PIN, the session ends")
    assert session.process.returncode == 0


@pytest.fixture
def monitors(room: VirtualDisplay) -> VirtualDisplay:
    return room


def opened(here: Seat) -> KioskHost:
    """The large display on the last monitor, by the door of the monitors."""
    room = here.console.monitors
    until(lambda: len(room.placed.screens) == 3, "three monitors")
    assert room.send(KIOSK, list(room.placed.screens)[-1])
    part = here.console.findChild(KioskPart)
    assert part is not None
    host = part.content.host
    assert host is not None
    until(lambda: host.board is not None and host.state is not None, "its board")
    return host


def ink(window: KioskWindow) -> QImage:
    """What it shows, a tenth of its size: as from the other end of the room."""
    picture = window.grab().toImage()
    return picture.scaled(
        picture.width() // 10,
        picture.height() // 10,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def contrast(picture: QImage) -> float:
    """Between the brightest and the darkest pixel (WCAG 2.2)."""
    grey = [
        picture.pixelColor(x, y).lightnessF() for x in range(picture.width()) for y in range(picture.height())
    ]
    return (max(grey) ** 2.2 + 0.05) / (min(grey) ** 2.2 + 0.05)


def test_beside_a_desk_it_shows_alarms_what_is_put_there_and_never_what_is_old(
    quiet: Places, tmp_path: Path, story: Story, monitors: VirtualDisplay
) -> None:
    places = copied(quiet, tmp_path / "data")
    with seat(places, story) as here:
        here.sign_in()
        engine = here.console.engine
        desk_before = here.desk
        host = opened(here)
        window = host.window
        until(lambda: window.isVisible() and window.geometry() == RIGHT, "on its monitor")
        assert here.desk is desk_before
        assert (sleep_now().saver_s, host.shown.page) == (0, kiosk.WALL)

        # A case of the officer goes there by one key, and away again.
        here.take(here.desk, here.desk.parts.board)
        new = NewCase(source=Source.PATROL, place="亚太广场 13800138000", category="event:09006")
        case = engine.services.cases.open(OFFICER, new).case
        until(lambda: here.desk.parts.board.models.card(case.id) is not None, "the case")
        here.desk.open_case(case.id)
        until(lambda: here.desk.parts.detail.case_id == case.id and here.desk.parts.detail.view, "its view")
        press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
        until(lambda: host.shown == kiosk.Shown(kiosk.CASE, case.id), "the case on the large display")
        words = window.subject.words
        until(lambda: words.board is not None and words.isVisible(), "its words")
        assert host.board is not None
        card = next(one for one in host.board.cards if one.id == case.id)
        assert words.place_of(card).endswith("亚太广场 …"), "a number of a person is not shown"
        press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
        until(lambda: host.shown.page in kiosk.PAGES, "what it shows by itself")

        # Five minutes and nobody decided: the alarm goes before everything.
        story.stand(at("08:05:30"))
        until(lambda: host.shown.page == kiosk.ALARM, "the alarm")
        small = ink(window)
        digits = small.copy(0, small.height() // 4, small.width() // 2, small.height() // 4)
        assert contrast(digits) > 7, "the time is read from the other end of the room"

        # The thread that reads stands still: what is shown gets old, and says so.
        held = threading.Event()
        engine.reader.call(held.wait, Rank.SWEEP)  # type: ignore[arg-type]
        until(window.stale.isVisible, "grey")
        assert host.age_s <= 6.5
        held.set()
        until(lambda: not window.stale.isVisible(), "current again")

        # A wrong PIN, then the right one; the desk stays.
        engine.services.kiosk.set_pin(ADMIN, PIN)
        window.activateWindow()
        QTest.keyClicks(window, "000")
        assert window.pin.digits == 3
        QTest.keyClick(window, Qt.Key.Key_Return)
        until(lambda: window.pin.said == " ".join(explain(Refusal("auth_failed", "pin"))), "what is wrong")
        QTest.keyClicks(window, PIN)
        QTest.keyClick(window, Qt.Key.Key_Return)
        until(lambda: KIOSK not in here.console.windows, "it is gone")
        assert here.console.actor is not None
        assert here.console.actor.name == OFFICER.name
