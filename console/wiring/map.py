"""The map page and the map in the case, on every desk: what they are given,
and what is set in motion from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from console.domain.model import Camera
from console.models.map_marks import TeamPlace
from console.models.names import NameBook
from console.models.nearest import nearest
from console.models.wording import clock, number
from console.services.district_map import HeatView, LoadHeat, LoadMap, MapData
from console.services.ports import Change
from console.services.requests import Answer, Broke, Refused
from console.services.team_state import TeamBoardView
from console.services.teams import LoadTeamBoard
from console.services.views import BoardView, CaseView, FeedsView, Names
from console.widgets.case_map import CaseMap
from console.widgets.keys import Key
from console.widgets.map_ground import Ground
from console.widgets.map_page import MapPage
from console.widgets.map_tiles import TileStore
from console.widgets.map_warm import warm
from console.widgets.wall_pane import WallPane
from console.wiring.map_workshop import GroundDone, GroundReady, MapWorkshop, TileDone
from console.wiring.overview import hang
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.windows.desk_base import DeskBase

#: A text key and its facts.
Said = tuple[str, dict[str, object]]
#: So many cameras nearest to a place go to the wall.
NEAREST: Final = 4
#: The heat is counted again after changes, but not more often than this, seconds.
HEAT_REST_S: Final = 30.0
#: Where the teams are is asked again after changes at most this often, seconds.
TEAM_REST_S: Final = 5.0


class _Desk(QObject):
    """The maps of one desk window."""

    def __init__(self, part: DistrictMap, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self._shown = ""
        theme, ticker = part.console.theme, part.console.ticker
        self.page = MapPage(theme, ticker, part.tiles)
        self.case_map = CaseMap(theme, ticker, part.tiles)
        for one in (self.page.view, self.case_map.mini):
            one.paint_grounds_with(part.workshop.paint)
        window.add_page("map", self.page, "F7")
        window.parts.detail.add_section(self.case_map, "map.case.title")
        window.add_key(Key("wall_near", "Shift+W", "case"), self.case_to_wall)
        self._connect()

    def _connect(self) -> None:
        window, page, view, link = self.window, self.page, self.page.view, self.window.link
        link.board.connect(self._board)
        link.cameras.connect(self._cameras)
        link.feeds.connect(self._feeds)
        link.case.connect(self._case)
        window.control.left.connect(self._left)
        window.parts.detail.sections.turned.connect(self._turned)
        page.shown.connect(self._part.want_map)
        page.shown.connect(self._part.want_teams)
        page.heat_wanted.connect(self._part.want_heat)
        view.case_wanted.connect(window.control.open_case)
        view.wall_wanted.connect(self._hang)
        view.near_wanted.connect(self._near)
        view.focus_wanted.connect(self._part.focus)
        view.case_at_camera.connect(self._case_at_camera)
        view.card_wanted.connect(self._card)
        view.point_chosen.connect(self._point)
        view.said.connect(self.say)
        self.case_map.wall_wanted.connect(self.case_to_wall)
        self.case_map.map_wanted.connect(self._large)

    # -- what comes ------------------------------------------------------------

    @Slot(object)
    def _board(self, view: BoardView) -> None:
        self.page.set_cards(view.cards)

    @Slot(object)
    def _cameras(self, cameras: Sequence[Camera]) -> None:
        self.page.view.set_cameras(cameras)
        self.case_map.set_cameras(cameras)

    @Slot(object)
    def _feeds(self, view: FeedsView) -> None:
        self.page.view.set_health(view.health)
        self.case_map.set_health(view.health)

    @Slot(object)
    def _case(self, view: CaseView) -> None:
        self.case_map.set_case(view.case)
        if view.case.id != self._shown:
            # A newer state of the same case must not take the map away from
            # where somebody looks now.
            self._shown = view.case.id
            self.page.view.show_case(view.case.id)

    @Slot()
    def _left(self) -> None:
        self._shown = ""
        self.case_map.set_case(None)
        self.page.view.light("", "")

    @Slot(object)
    def _turned(self, shown: object) -> None:
        if shown is self.case_map:
            self._part.want_map()

    # -- what is wanted --------------------------------------------------------

    @Slot(str, dict)
    def say(self, key: str, facts: dict[str, object]) -> None:
        """A sentence over the desk."""
        if key:
            self.window.parts.toast.say(key, **facts)

    @Slot(object)
    def _hang(self, cameras: tuple[str, ...]) -> None:
        self.say(*self._part.hang(cameras))

    @Slot(float, float)
    def _near(self, lon: float, lat: float) -> None:
        self.say(*self._part.hang_nearest((lon, lat)))

    @Slot()
    def case_to_wall(self) -> None:
        """W in a case: the cameras nearest to it on the wall."""
        case, place = self.case_map.case, self.case_map.place
        if case is None:
            self.say("map.said.no_case", {})
        elif place is None:
            self.say("map.said.no_place", {"number": number(case.id)})
        else:
            self.say(*self._part.hang_nearest(place))

    @Slot(str)
    def _case_at_camera(self, camera: str) -> None:
        self.window.open_from_camera(camera, self._part.console.ticker.now())

    @Slot(str)
    def _card(self, camera: str) -> None:
        self.window.parts.cameras.details_wanted.emit(camera)

    @Slot(float, float)
    def _point(self, lon: float, lat: float) -> None:
        """A new case at a place of the map."""
        self.window.control.new_by_hand()
        take = getattr(self.window.parts.intake, "set_point", None)
        if callable(take):
            take(lon, lat)
            return
        QApplication.clipboard().setText(f"{lon:.6f},{lat:.6f}")
        self.say("map.said.by_hand", {"place": f"{lon:.6f}, {lat:.6f}"})

    @Slot()
    def _large(self) -> None:
        """The large map, at the case."""
        self.window.show_page("map")
        place, case = self.case_map.place, self.case_map.case
        if place is not None and case is not None:
            view = self.page.view
            view.go(view.view.centred(*place, min(view.view.metres, 1.0)))
            view.show_case(case.id)


class DistrictMap(Part):
    """One map for all desks: read once, made ready once."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.workshop = MapWorkshop(console.bridge.post)
        self.tiles = TileStore(self.workshop.decode)
        self._desks: list[_Desk] = []
        self._ready: GroundReady | None = None
        self._asked = False
        self._heat_asked: dict[int, float] = {}
        self._teams: tuple[TeamPlace, ...] = ()
        self._teams_asked = 0
        self._looked_at = float("-inf")

    def desk(self, window: DeskBase) -> None:
        """A page and a section more."""
        made = _Desk(self, window)
        self._desks.append(made)
        if self._ready is not None:
            self._give(made, self._ready)
        made.page.view.set_teams(self._teams)

    # -- reading ---------------------------------------------------------------

    @Slot()
    def want_map(self) -> None:
        """Read the map when it is first looked at."""
        if self.console.actor is not None and not self._asked:
            self._asked = True
            warm(self.console.theme)
            self.engine.submit(LoadMap(self.console.actor))

    @Slot(int)
    def want_heat(self, days: int) -> None:
        """Count the cases of the last ``days`` by grid."""
        if self.console.actor is not None:
            self._heat_asked[days] = self.engine.clock.monotonic()
            self.engine.submit(LoadHeat(self.console.actor, days))

    def posted(self, what: object) -> None:
        """Maps, counts, tiles, names."""
        if isinstance(what, TileDone):
            self.tiles.put(what.key, what.image)
        elif isinstance(what, GroundDone):
            what.job.owner.take_ground(what.job.turn, what.image)
        elif isinstance(what, GroundReady):
            self._take(what)
        elif isinstance(what, Change):
            self._changed(what)
        elif isinstance(what, Answer):
            if what.token == self._teams_asked:
                self._teams_asked = 0
            self._answered(what.value)
        elif isinstance(what, Refused | Broke):
            self._failed(what)

    def _failed(self, what: Refused | Broke) -> None:
        """Whoever may not see it is shown none; the next one asks again."""
        if what.token == self._teams_asked:
            self._teams_asked = 0
        elif isinstance(what.request, LoadMap):
            self._asked = False

    def entered(self) -> None:
        """Somebody signed in while a map is looked at."""
        for one in self._desks:
            if one.page.isVisible() or one.case_map.isVisible():
                self.want_map()
                self.want_teams()

    def _answered(self, value: object) -> None:
        if isinstance(value, MapData):
            self.workshop.prepare(value)
        elif isinstance(value, HeatView):
            for one in self._desks:
                one.page.set_heat(value)
        elif isinstance(value, TeamBoardView):
            self._take_teams(value)
        elif isinstance(value, Names):
            for one in self._desks:
                one.page.set_names(NameBook(value))

    def _take(self, ready: GroundReady) -> None:
        self._ready = ready
        self.tiles.open(ready.zooms, ready.ground.data.tiles_gcj02, ready.attribution)
        for one in self._desks:
            self._give(one, ready)

    @staticmethod
    def _give(one: _Desk, ready: GroundReady) -> None:
        ground: Ground = ready.ground
        one.page.set_ground(ground, ground.data.broken, ready.refusal)
        one.case_map.set_ground(ground)

    def _changed(self, change: Change) -> None:
        """Places that were changed are read again; counts when they are old."""
        if "standard" in change.kinds and self._asked:
            self._asked = False
            self.want_map()
        if "case" not in change.kinds:
            return
        now = self.engine.clock.monotonic()
        seen = [one.page for one in self._desks if one.page.isVisible()]
        if seen and now - self._looked_at >= TEAM_REST_S:
            self._looked_at = now
            self.want_teams()
        for page in seen:
            if page.heat_on and now - self._heat_asked.get(page.days, float("-inf")) >= HEAT_REST_S:
                self.want_heat(page.days)

    @Slot()
    def want_teams(self) -> None:
        """Ask where the teams were last, one question at a time."""
        if self.console.actor is not None and not self._teams_asked:
            self._teams_asked = self.engine.submit(LoadTeamBoard(self.console.actor))

    def _take_teams(self, view: TeamBoardView) -> None:
        """Teams on duty or with a case, where that is known."""
        places = []
        for row in view.rows:
            spot = row.spot
            if spot is None or spot.lon is None or spot.lat is None or not (row.on or row.cases):
                continue
            team = row.team
            names = team.name_zh, team.name_en
            places.append(TeamPlace(team.id, *names, spot.lon, spot.lat, clock(spot.at), bool(row.cases)))
        self._teams = tuple(places)
        for one in self._desks:
            one.page.view.set_teams(self._teams)

    # -- the wall --------------------------------------------------------------

    def _pane(self) -> WallPane | None:
        """The wall that can be seen, the one in focus first."""
        return next((pane for pane in self.console.panes if pane.isVisible()), None)

    def hang(self, cameras: Sequence[str]) -> Said:
        """Hang cameras from the selected tile on, one step to undo; returns
        what is to be said of it."""
        pane = self._pane()
        if pane is None:
            return "map.said.no_wall", {}
        if pane.wall.plan.locked:
            return "wall.wall.locked_refusal", {}
        before = pane.wall.plan
        hang(pane.wall, cameras)
        pane.uncover()
        if pane.wall.plan == before and not set(cameras) <= set(before.slots):
            return "", {}  # the wall said why
        names = "、".join(map(self._name, cameras))
        if len(cameras) == 1:
            return "map.said.hung_one", {"name": names}
        return "map.said.hung", {"n": len(cameras), "names": names}

    def hang_nearest(self, place: tuple[float, float]) -> Said:
        """Hang the cameras nearest to a place that have a picture."""
        health = self.engine.feeds.health() if self.engine.feeds is not None else {}
        cameras = self.console.cameras
        pane = self._pane()
        count = min(NEAREST, pane.wall.plan.per_page) if pane is not None else NEAREST
        chosen = nearest(cameras, health, place, count, showing=True)
        if not chosen:
            return "map.said.no_cameras", {}
        ids = tuple(one.camera.id for one in chosen)
        every = nearest(cameras, health, place, len(cameras))
        skipped = sum(one.camera.id not in ids and one.metres < chosen[-1].metres for one in every)
        key, facts = self.hang(ids)
        if skipped and key == "map.said.hung":
            return "map.said.hung_skipped", {**facts, "m": skipped}
        return key, facts

    @Slot(str)
    def focus(self, camera: str) -> None:
        """Show a camera large on the wall."""
        pane = self._pane()
        if pane is not None:
            pane.show_focus(camera)

    def _name(self, camera: str) -> str:
        return next((one.name for one in self.console.cameras if one.id == camera), camera)

    def stop(self) -> None:
        """The workshop's thread ends."""
        self.workshop.stop()
