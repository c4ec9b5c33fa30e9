"""A picture of every page, in both languages, taken from the running console.

The tour presses what a person would press, waits until the page has answered,
grabs the window and goes on. It runs beside the live feeds and the case
traffic, so the pictures show what people see. Files are written outside the
GUI thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.app import ConsoleApp
from console.domain.model import Actor
from console.domain.vocabulary import Role, State
from console.i18n import language
from console.services.views import CaseCard
from console.simulation import small_png
from console.widgets.camera_sheet import CameraSheet
from console.widgets.figures_page import FiguresPage
from console.widgets.history_page import HistoryPage
from console.widgets.rankings_view import RankingsView
from console.widgets.reports_page import ReportsPage
from console.widgets.review_page import ReviewPage
from console.widgets.shift_page import ShiftPage
from console.widgets.whatif_view import WhatIfView
from console.windows.language import switch_language

log = logging.getLogger(__name__)

#: How long a page may take to answer before its picture is taken, in ms.
ANSWER_MS: Final = 600
#: The same page in the other language, in ms.
SWITCH_MS: Final = 350
#: A beat of whoever measures lies between a picture and the next page, ms.
BETWEEN_MS: Final = 60
#: The player needs a key frame before it shows anything, in ms.
PLAYER_MS: Final = 3600
#: A case that was just filed comes back from the database, in ms.
FILED_MS: Final = 1500
#: Every thumbnail has had its key frame by then, in ms.
OVERVIEW_MS: Final = 3000


@dataclass(frozen=True, slots=True)
class Stop:
    """One page: what to press, how long to wait, which window to grab."""

    name: str
    prepare: Callable[[], None]
    window: str
    wait_ms: int = ANSWER_MS
    then: Callable[[], None] | None = None  # pressed once the page has answered


class PageTour(QObject):
    """Runs through its stops once for ``languages``; ``finished(list[str])``
    gives the files written, ``taking()`` comes before each picture and the change
    of language after it: those are the tour's, opening a page is what people do."""

    finished = Signal(object)
    taking = Signal()

    def __init__(
        self, console: ConsoleApp, folder: Path, *, languages: tuple[str, ...] = ("zh", "en")
    ) -> None:
        super().__init__(console)
        self._console = console
        self._folder = folder
        self._languages = languages
        self._first = language()
        self._files: list[str] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="page-tour")
        self._todo: list[Stop] = []
        self._now: Stop | None = None
        self._left: list[str] = []
        self._between = QTimer(self)
        self._between.setSingleShot(True)
        self._between.setInterval(BETWEEN_MS)
        self._between.timeout.connect(self._next)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._grab)

    def start(self) -> None:
        """Begin; the pages that fit the windows shown now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        stops = self._wide_stops() if "desk" in self._console.windows else self._page_stops()
        self._todo = stops
        self._next()

    def close(self) -> None:
        """Wait for the files; a tour that was cut short leaves the language as
        it found it."""
        self._timer.stop()
        self._between.stop()
        if self._now is not None or self._todo:
            self._now = None
            self._todo = []
            switch_language(self._first)
        self._pool.shutdown(wait=True)

    @property
    def files(self) -> tuple[str, ...]:
        """The pictures taken so far."""
        return tuple(self._files)

    # -- the stops ------------------------------------------------------------
    def _wide_stops(self) -> list[Stop]:
        return [
            Stop("desk", self._calm, "desk"),
            Stop("case", self._case, "desk"),
            Stop("filing", self._to_file, "desk", then=self._typing),
            Stop("dispatch", self._dispatching, "desk", FILED_MS),
            Stop("evidence", self._case, "desk", 900, then=self._evidence),
            Stop("intake", self._intake, "desk"),
            Stop("teams", self._teams, "desk", 1000),
            Stop("map", self._map, "desk", 1500),
            Stop("search", self._search, "desk", 1000),
            Stop("alarms", self._alarms, "desk"),
            Stop("shift", self._shift, "desk", 1500),
            Stop("shift-hand-over", self._hand_over, "desk"),
            Stop("shift-roster", self._roster, "desk"),
            Stop("figures", self._figures, "desk", 2500),
            Stop("indicators", self._indicators, "desk", 2000),
            Stop("rankings", self._rankings, "desk", 2500),
            Stop("rankings-heat", self._rankings_heat, "desk", 2000),
            Stop("rankings-causes", self._rankings_causes, "desk", 2000),
            Stop("whatif", self._whatif, "desk", 3000, then=self._shorter),
            Stop("history", self._history, "desk", 2500, then=self._some_time_ago),
            Stop("history-walls", self._past_walls, "desk", 1000),
            Stop("review", self._review, "desk", 2000),
            Stop("reports", self._reports, "desk", 2000, then=self._reports_now),
            Stop("reports-paper", self._reports_paper, "desk", 2500),
            Stop("reports-plans", self._reports_plans, "desk"),
            Stop("", self._unlock, "desk", 300),
            Stop("list", self._listing, "desk"),
            Stop("commands", self._commands, "desk"),
            Stop("keys", self._keys, "desk"),
            Stop("light", self._light, "desk"),
            Stop("wall", self._dark, "wall-1"),
            Stop("details", self._details, "wall-1", 1500),
            Stop("replay", self._look_back, "wall-1", 2500),
            Stop("overview", self._overview, "wall-1", OVERVIEW_MS),
            Stop("camera", self._camera, "wall-1", 1500),
            Stop("focus", self._focus, "wall-1", PLAYER_MS),
            Stop("login", self._lock, "desk"),
            Stop("", self._unlock, "desk", 300),
        ]

    def _page_stops(self) -> list[Stop]:
        return [
            Stop("one-display", self._calm, "page", 1800),
            Stop("one-display-case", self._case, "page"),
            Stop("", self._calm, "page", 200),
        ]

    def _calm(self) -> None:
        self._desk.control.close_case()

    def _case(self) -> None:
        self._open(State.HANDLING, State.ENROUTE, State.DISPATCHED)

    def _to_file(self) -> None:
        self._open(State.REGISTERING)

    def _typing(self) -> None:
        panel = self._desk.parts.detail.filing
        panel.take_focus()
        panel.field.setText("zdjy")

    def _dispatching(self) -> None:
        """A filed case that waits; where all are on their way, the one whose
        class has just been typed is filed."""
        field = self._desk.parts.detail.filing.field
        if any(card.state is State.FILED for card in self._cards()):
            field.clear()
            self._open(State.FILED)
        else:
            self._press(field, Qt.Key.Key_Return)

    def _evidence(self) -> None:
        view = self._desk.parts.detail.view
        if view is not None and view.evidence_paths:
            first = next(iter(view.evidence_paths.items()))
            self._console.evidence.show(*first)

    def _intake(self) -> None:
        self._desk.parts.evidence.leave()
        self._desk.control.new_by_hand()

    def _teams(self) -> None:
        self._case()
        self._desk.show_page("teams")

    def _map(self) -> None:
        self._desk.show_page("map")

    def _search(self) -> None:
        self._desk.show_page("search")
        page = self._desk.parts.pages.widget("search")
        if page is not None:
            page.search("zdjy")

    def _alarms(self) -> None:
        self._desk.show_page("alarms")

    def _reports(self) -> None:
        self._calm()
        self._desk.show_page("reports")
        self._reports_page().turn("figures")

    def _reports_now(self) -> None:
        """The shift that runs: the one before it had no cases here."""
        self._reports_page().later.click()

    def _reports_paper(self) -> None:
        self._reports_page().turn("paper")

    def _reports_plans(self) -> None:
        self._reports_page().turn("plans")

    def _reports_page(self) -> ReportsPage:
        page = self._desk.parts.pages.widget("reports")
        assert isinstance(page, ReportsPage)
        return page

    def _indicators(self) -> None:
        self._figures_page().show_section("indicators")

    def _rankings(self) -> None:
        self._figures_page().show_section("rankings")

    def _rankings_heat(self) -> None:
        self._rankings_view().turn("heat")

    def _rankings_causes(self) -> None:
        self._rankings_view().turn("causes")

    def _whatif(self) -> None:
        self._figures_page().show_section("whatif")

    def _shorter(self) -> None:
        """Two minutes less for the arrival."""
        view = self._figures_page().section("whatif")
        if isinstance(view, WhatIfView):
            view.limits["arrival"].stepBy(-4)

    def _rankings_view(self) -> RankingsView:
        view = self._figures_page().section("rankings")
        assert isinstance(view, RankingsView)
        return view

    def _figures_page(self) -> FiguresPage:
        page = self._desk.parts.pages.widget("figures")
        assert isinstance(page, FiguresPage)
        return page

    def _figures(self) -> None:
        self._calm()
        self._desk.keys.run("page_figures")

    def _shift(self) -> None:
        self._calm()
        self._desk.show_page("shift")
        self._shift_page().show_section("log")

    def _hand_over(self) -> None:
        self._shift_page().show_section("hand")

    def _roster(self) -> None:
        self._shift_page().show_section("roster")

    def _shift_page(self) -> ShiftPage:
        page = self._desk.parts.pages.widget("shift")
        assert isinstance(page, ShiftPage)
        return page

    def _review(self) -> None:
        """A supervisor's page: somebody with the right to it sits down."""
        self._held = self._console.actor
        self._console.enter(Actor("wang.jun", Role.LEADER))
        self._desk.show_page("review")
        page = self._desk.parts.pages.widget("review")
        assert isinstance(page, ReviewPage)
        page.turn("late")

    def _history(self) -> None:
        self._desk.show_page("history")

    def _some_time_ago(self) -> None:
        """The last limit that was passed, a minute later."""
        page = self._history_page()
        page.do("end")
        page.do("mark_back")
        page.do("on_60")

    def _past_walls(self) -> None:
        page = self._history_page()
        page.do("end")
        page.upper.show_section(page.walls)

    def _history_page(self) -> HistoryPage:
        page = self._desk.parts.pages.widget("history")
        assert isinstance(page, HistoryPage)
        return page

    def _listing(self) -> None:
        self._desk.show_page("board")
        self._calm()
        self._desk.keys.run("listing")

    def _commands(self) -> None:
        self._desk.keys.run("listing")
        self._case()
        self._desk.keys.run("command")

    def _keys(self) -> None:
        self._desk.parts.command.leave()
        self._desk.keys.run("help")

    def _light(self) -> None:
        self._desk.keys.run("help")
        self._desk.toggle_theme()

    def _dark(self) -> None:
        self._desk.toggle_theme()

    def _details(self) -> None:
        self._wall_key(Qt.Key.Key_I)

    def _look_back(self) -> None:
        self._wall_key(Qt.Key.Key_I)
        self._console.panes[0].wall.select(0)
        self._wall_key(Qt.Key.Key_Space)

    def _overview(self) -> None:
        self._wall_key(Qt.Key.Key_End)
        self._wall_key(Qt.Key.Key_O)

    def _camera(self) -> None:
        pane = self._console.panes[0]
        pane.uncover()
        pane.wall.select(0)
        self._wall_key(Qt.Key.Key_D)

    def _wall_key(self, key: Qt.Key) -> None:
        """What the first wall does when an officer presses ``key`` there."""
        self._press(self._console.panes[0].wall, key)

    def _press(self, widget: QWidget, key: Qt.Key) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))

    def _focus(self) -> None:
        pane = self._console.panes[0]
        for sheet in pane.findChildren(CameraSheet):
            sheet.leave()
        camera = next((tile for tile in pane.wall.plan.shown() if tile), "")
        if camera:
            pane.show_focus(camera)

    def _lock(self) -> None:
        self._console.panes[0].focus_view.close_camera()
        self._held = self._console.actor
        self._desk.lock()

    def _unlock(self) -> None:
        if self._held is not None:
            self._console.enter(self._held)

    @property
    def _desk(self):  # type: ignore[no-untyped-def]
        return self._console.desk

    def _cards(self) -> tuple[CaseCard, ...]:
        board = self._console.board
        return board.cards if board is not None else ()

    def _open(self, *states: State) -> None:
        # A case with pictures shows more of the page than one without.
        ranked = sorted(self._cards(), key=lambda card: not card.has_evidence)
        for state in states:
            found = next((card for card in ranked if card.state is state), None)
            if found is not None:
                self._desk.open_case(found.id)
                return

    # -- going round ----------------------------------------------------------
    @Slot()
    def _next(self) -> None:
        if not self._todo:
            self._now = None
            switch_language(self._first)
            self.finished.emit(list(self._files))
            return
        self._now = stop = self._todo.pop(0)
        # One page in every language, then the next: what a page needs to come
        # up (a player, thumbnails) is waited for once.
        self._left = list(self._languages)
        switch_language(self._left.pop(0))
        try:
            stop.prepare()
        except Exception:
            log.exception("page %s could not be prepared", stop.name)
        self._timer.start(stop.wait_ms)

    @Slot()
    def _grab(self) -> None:
        if self._now is None:
            return
        stop = self._now
        if stop.then is not None:
            self._now = replace(stop, then=None)
            stop.then()
            self._timer.start(stop.wait_ms)
            return
        window: QWidget | None = self._console.windows.get(stop.window)
        if window is not None and stop.name:
            self.taking.emit()
            path = self._folder / f"{stop.name}.{language()}.png"
            self._pool.submit(_save, window.grab().toImage(), path)
            self._files.append(str(path))
            if self._left:
                switch_language(self._left.pop(0))
                self._timer.start(SWITCH_MS)
                return
            switch_language(self._languages[0])
            self._now = None
            self._between.start()
            return
        self._next()


def _save(image: QImage, path: Path) -> None:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    try:
        small_png.write(bytes(plain.constBits()), plain.width(), plain.height(), path)
    except Exception as error:
        # A larger file is better than none.
        log.info("the picture %s is written in true colour: %s", path.name, error)
        if not image.save(str(path)):
            log.warning("the picture %s could not be written", path.name)
