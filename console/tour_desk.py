"""The way to every page of the desk and of a wall."""

from __future__ import annotations

from PySide6.QtCore import Qt

from console.domain.model import Actor
from console.domain.vocabulary import Role, State
from console.services.views import CaseCard
from console.tour_stop import FILED_MS, OVERVIEW_MS, PLAYER_MS, Guide, Stop, press
from console.widgets.camera_sheet import CameraSheet
from console.widgets.figures_page import FiguresPage
from console.widgets.history_page import HistoryPage
from console.widgets.rankings_view import RankingsView
from console.widgets.reports_page import ReportsPage
from console.widgets.review_page import ReviewPage
from console.widgets.search_page import SearchPage
from console.widgets.shift_page import ShiftPage
from console.widgets.whatif_view import WhatIfView


class DeskGuide(Guide):
    """The wide desk and the first wall."""

    def stops(self) -> list[Stop]:
        """Desk, pages and walls, as an officer sees them."""
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
            Stop("indicators", self._indicators, "desk", 1500),
            Stop("rankings", self._rankings, "desk", 2500),
            Stop("rankings-heat", self._rankings_heat, "desk", 1000),
            Stop("rankings-causes", self._rankings_causes, "desk", 1000),
            Stop("whatif", self._whatif, "desk", 2000, then=self._shorter),
            Stop("history", self._history, "desk", 2500, then=self._some_time_ago),
            Stop("history-walls", self._past_walls, "desk", 1000),
            Stop("review", self._review, "desk", 2000),
            Stop("reports", self._reports, "desk", 2000, then=self._reports_now),
            Stop("reports-paper", self._reports_paper, "desk", 2500),
            Stop("reports-plans", self._reports_plans, "desk"),
            Stop("", self._back, "desk", 300),
            Stop("list", self._listing, "desk"),
            Stop("commands", self._commands, "desk"),
            Stop("keys", self._keys, "desk"),
            Stop("screens", self._active, "desk", 300, then=self._screens),
            Stop("light", self._light, "desk"),
            Stop("wall", self._dark, "wall-1"),
            Stop("details", self._details, "wall-1", 1500),
            Stop("replay", self._look_back, "wall-1", 2500),
            Stop("overview", self._overview, "wall-1", OVERVIEW_MS),
            Stop("camera", self._camera, "wall-1", 1500),
            Stop("focus", self._focus, "wall-1", PLAYER_MS),
            Stop("locked", self._lock, "desk"),
            Stop("locked-who", self._who, "desk"),
            Stop("", self._back, "desk", 300),
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
            press(field, Qt.Key.Key_Return)

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
        if isinstance(page, SearchPage):
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
        self._sit(Actor("wang.jun", Role.LEADER))
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

    def _active(self) -> None:
        """The sheet comes up over the window that has the keyboard."""
        self._desk.keys.run("help")
        self._desk.activateWindow()

    def _screens(self) -> None:
        self._desk.keys.run("screens")

    def _light(self) -> None:
        self._desk.keys.run("screens")
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
        press(self._console.panes[0].wall, key)

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

    def _who(self) -> None:
        self._desk.ask_who()

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


class OneDisplayGuide(DeskGuide):
    """The page that has feeds beside the board."""

    def stops(self) -> list[Stop]:
        """A board, and a case."""
        return [
            Stop("one-display", self._calm, "page", 1800),
            Stop("one-display-case", self._case, "page"),
            Stop("", self._calm, "page", 200),
        ]
