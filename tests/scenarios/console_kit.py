"""The whole console under test: real cameras over RTSP, a real database, real
windows on the run's monitors, keys pressed as an officer presses them, and a
clock that stands where the story is."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import db
from console.app import ConsoleApp, Options, make_application
from console.clock import CLOCK_FILE_VARIABLE, FileShiftedClock, SystemClock
from console.domain.model import Actor, Alarm, AlarmEvent, Case, Event
from console.domain.vocabulary import FeedState, Role
from console.i18n import set_language
from console.services import permissions
from console.services.assembly import assemble
from console.services.people import Argon2Hasher
from console.services.views import BoardView
from console.settings import Places
from console.simulation import district
from console.simulation.camera_process import SpawnedCameras
from console.widgets.wall_pane import WallPane
from console.windows.desk_base import DeskBase
from db import admin

SITE = ZoneInfo("Asia/Shanghai")
OFFICER = Actor("li.na", Role.DUTY)
#: Nothing asserts this long; it only ends a test that would never end.
PATIENCE_S = 30.0


def at(clock: str, day: str = "2026-03-02") -> datetime:
    """``08:15:02`` of the story's day (a Monday) at the site, as UTC."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SITE).astimezone(ZoneInfo("UTC"))


def until(condition: Callable[[], object], what: str = "", patience_s: float = PATIENCE_S) -> None:
    """Let the program run until ``condition`` holds; fail when it never does."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        QTest.qWait(10)


def press(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key wherever the keyboard is."""
    held = QApplication.focusWidget()
    assert held is not None, "nobody has the keyboard"
    QTest.keyClick(held, which, modifier)


def typed(words: str) -> None:
    """Type wherever the keyboard is."""
    held = QApplication.focusWidget()
    assert held is not None, "nobody has the keyboard"
    QTest.keyClicks(held, words)


def build_site(folder: Path, url: str, cameras: SpawnedCameras | None, purpose: str = "test") -> Places:
    """A database with the district, its people and, of its cameras, those the
    simulator serves; ``folder`` becomes the data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if admin_wanted(url):
        admin.init(url, purpose)
    with db.open_store(url) as store:
        services = assemble(store.uows, _Early(), folder)
        # The password is everybody's; cheap parameters keep the start short.
        hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
        rows = ()
        if cameras is not None:
            rows = district.camera_rows(cameras.plan.count, cameras.urls, cameras.urls_sub, cameras.user)
        password = cameras.password if cameras is not None else ""
        district.load(store.uows, _Early(), hasher, services.vault, rows, password)
    return Places(url, folder, folder / "cache")


def admin_wanted(url: str) -> bool:
    """SQLite files are made here; a PostgreSQL database comes with its schema."""
    return url.startswith("sqlite:")


class _Early(SystemClock):
    """The morning before: what is loaded then is in force on the story's day."""

    def now(self) -> datetime:
        """06:00 of the story's day."""
        return at("06:00:00")


class Story:
    """The file that says what time it is."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clock"
        self.clocks: list[FileShiftedClock] = []

    def stand(self, now: datetime) -> None:
        """The clock of every console jumps to ``now`` and stands there."""
        spare = self.path.with_suffix(".new")
        spare.write_text(now.isoformat(), encoding="ascii")
        os.replace(spare, self.path)
        for clock in self.clocks:
            clock.reread()

    def obeyed_by(self, console: ConsoleApp) -> None:
        """From now on ``console`` jumps at once, not within a second."""
        clock = console.engine.clock
        assert isinstance(clock, FileShiftedClock), "only a test database obeys the file"
        self.clocks.append(clock)


class Seat:
    """A console, its windows, and what lies in its database."""

    def __init__(self, console: ConsoleApp) -> None:
        self.console = console
        self.board: BoardView | None = None
        console.boarded.connect(self._boarded)

    def _boarded(self, view: BoardView) -> None:
        self.board = view

    @property
    def desk(self) -> DeskBase:
        """The window with the board."""
        return self.console.desk

    @property
    def walls(self) -> dict[str, WallPane]:
        """Walls that can be seen, by window name."""
        return {
            name: window.pane  # type: ignore[attr-defined]
            for name, window in self.console.windows.items()
            if name.startswith("wall-")
        }

    def sign_in(self, name: str = OFFICER.name) -> None:
        """Type name and password on the sign-in page."""
        login = self.desk.parts.login
        # A locked desk asks who it is once somebody presses something.
        self.desk.ask_who()
        self.take(self.desk, login.name)
        login.name.clear()
        typed(name)
        press(Qt.Key.Key_Return)
        typed(district.DEMO_PASSWORD)
        press(Qt.Key.Key_Return)
        until(lambda: self.console.actor is not None, "signed in")
        until(lambda: self.board is not None or not self._reads_board(), "the board")

    def _reads_board(self) -> bool:
        """An administrator has work elsewhere."""
        return self.console.actor is not None and permissions.may(self.console.actor, "board.read")

    def take(self, window: QWidget, widget: QWidget) -> None:
        """A click into a widget: the keyboard is there."""

        def there() -> bool:
            window.activateWindow()
            widget.setFocus(Qt.FocusReason.MouseFocusReason)
            return QApplication.focusWidget() is widget

        until(there, f"the keyboard at {type(widget).__name__}")

    def live(self, *cameras: str) -> None:
        """Wait until these are live by the feeds' own word."""
        feeds = self.console.engine.feeds
        assert feeds is not None

        def all_live() -> bool:
            health = feeds.health()
            return all(health[one].state is FeedState.LIVE for one in cameras)

        until(all_live, f"{cameras} live")

    # -- what the database says ---------------------------------------------

    def case(self, case_id: str) -> Case:
        """The case as stored."""
        with self.console.engine.store.uows.read() as uow:
            found = uow.cases.get(case_id)
        assert found is not None
        return found

    def events(self, case_id: str) -> tuple[Event, ...]:
        """Its chain."""
        with self.console.engine.store.uows.read() as uow:
            return uow.events.of_case(case_id)

    def cases(self) -> list[Case]:
        """All cases, oldest first."""
        from console.services.ports import CaseQuery

        with self.console.engine.store.uows.read() as uow:
            return sorted(uow.cases.find(CaseQuery(limit=1000)).rows, key=_id)

    def alarms(self) -> list[tuple[Alarm, tuple[AlarmEvent, ...]]]:
        """Every alarm that ever rang, with its life."""
        with self.console.engine.store.uows.read() as uow:
            return [(one, uow.alarms.events_of(one.id)) for one in uow.alarms.find(limit=1000).rows]


def _id(case: Case) -> str:
    return case.id


@contextmanager
def seat(places: Places, story: Story | None = None, **options: object) -> Iterator[Seat]:
    """A console that runs, and is gone without a trace afterwards."""
    app = make_application()
    if story is not None:
        os.environ[CLOCK_FILE_VARIABLE] = str(story.path)
    console = ConsoleApp(app, replace(Options(places=places), **options))  # type: ignore[arg-type]
    if story is not None:
        story.obeyed_by(console)
    try:
        made = Seat(console)
        console.start()
        yield made
    finally:
        console.stop()
        os.environ.pop(CLOCK_FILE_VARIABLE, None)
        console.deleteLater()
        for _ in range(4):
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        set_language("zh")
        app.setStyleSheet("")
        gc.collect()


def copied(site: Places, folder: Path) -> Places:
    """A site of its own: database, key and all."""
    shutil.copytree(site.data, folder, dirs_exist_ok=True)
    return Places(f"sqlite:///{folder / 'site.sqlite'}", folder, site.cache)
