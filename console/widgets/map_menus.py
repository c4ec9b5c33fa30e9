"""What can be done with a mark or a place on the map, as menus, and in words
what a mark is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from console.domain.geo import Point, from_plane
from console.i18n import either, t
from console.models.map_marks import Spot
from console.models.names import NOBODY, NameBook
from console.models.wording import countdown
from console.models.wording import state as state_name
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_canvas import MapCanvas, Placed
from console.widgets.map_tiles import TileStore

#: A list of what stands together has at most so many lines.
MOST_LISTED: Final = 20


class MapMenus(MapCanvas):
    """A map whose marks have menus; what is chosen there becomes a signal."""

    case_wanted = Signal(str)
    wall_wanted = Signal(object)
    """Cameras (a tuple of ids) to be hung on the wall."""
    near_wanted = Signal(float, float)
    """The cameras nearest to a place to be hung on the wall; lon, lat."""
    focus_wanted = Signal(str)
    case_at_camera = Signal(str)
    card_wanted = Signal(str)
    point_chosen = Signal(float, float)
    """A new case at a place: lon, lat (WGS-84)."""
    said = Signal(str, dict)
    menu_made = Signal(object)

    def __init__(self, theme: Theme, ticker: Ticker, tiles: TileStore, parent: QWidget | None = None) -> None:
        super().__init__(theme, ticker, tiles, parent)
        self._names: NameBook = NOBODY

    def set_names(self, names: NameBook) -> None:
        """What communities and places are called."""
        self._names = names

    def place_of(self, spot: Spot) -> Point:
        """Where a mark stands, degrees."""
        return from_plane(spot.x, spot.y)

    def pop_up(self, menu: QMenu, at: QPointF) -> None:
        """Show a menu at a point of the map; it is gone when it is closed."""
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu_made.emit(menu)
        menu.popup(self.mapToGlobal(at.toPoint()))

    def _menu(self, title: str, entries: list[tuple[str, str, Callable[[], None]]]) -> QMenu:
        menu = QMenu(self)
        head = menu.addAction(title)
        head.setEnabled(False)
        menu.addSeparator()
        for text, key, run in entries:
            action = menu.addAction(f"{text}\t{key}" if key else text)
            action.setData(run)
        menu.triggered.connect(_run)
        return menu

    def camera_menu(self, camera: str) -> QMenu:
        """What can be done with a camera."""
        row = self.cameras.row_of(camera)
        title = camera if row is None else self.cameras.cameras[row].name

        def hang() -> None:
            self.wall_wanted.emit((camera,))

        def focus() -> None:
            self.focus_wanted.emit(camera)

        def new_case() -> None:
            self.case_at_camera.emit(camera)

        def card() -> None:
            self.card_wanted.emit(camera)

        entries = [
            (t("map.menu.wall"), "W", hang),
            (t("map.menu.focus"), "", focus),
            (t("map.menu.case_here"), "", new_case),
            (t("map.menu.card"), "", card),
        ]
        return self._menu(title, entries)

    def ground_menu(self, lon: float, lat: float) -> QMenu:
        """What can be done with a place."""

        def near() -> None:
            self.near_wanted.emit(lon, lat)

        def new_case() -> None:
            self.point_chosen.emit(lon, lat)

        def copy() -> None:
            QApplication.clipboard().setText(f"{lon:.6f},{lat:.6f}")
            self.said.emit("map.said.copied", {"place": f"{lon:.6f}, {lat:.6f}"})

        entries = [
            (t("map.menu.near"), "", near),
            (t("map.menu.case_at"), "", new_case),
            (t("map.menu.copy"), "", copy),
        ]
        return self._menu(self.where(lon, lat) or f"{lon:.5f}, {lat:.5f}", entries)

    def list_menu(self, spot: Spot) -> QMenu:
        """What stands in one place, the worst first."""
        entries: list[tuple[str, str, Callable[[], None]]] = []
        for member in spot.members[:MOST_LISTED]:
            entries.append((self.words_of(spot.kind, member), "", self._opener(spot.kind, member)))
        more = len(spot.members) - MOST_LISTED
        title = t("map.menu.here", n=len(spot.members))
        if more > 0:
            title = t("map.menu.here_first", n=len(spot.members), first=MOST_LISTED)
        return self._menu(title, entries)

    def _opener(self, kind: str, member: int) -> Callable[[], None]:
        id = self.id_of(kind, member)

        def open_it() -> None:
            self.light(kind, id)
            if kind == "case":
                self.case_wanted.emit(id)
            elif kind == "camera":
                self.wall_wanted.emit((id,))

        return open_it

    # -- words -----------------------------------------------------------------

    def words_of(self, kind: str, member: int) -> str:
        """One mark in a line: what it is and how it stands."""
        if kind == "case":
            card = self.cases.cards[member]
            words = [card.number, either(card.name_zh, card.name_en), state_name(card.state)]
            if card.headline is not None and card.headline.paused_since is None:
                left = (card.headline.due_at - self._ticker.now()).total_seconds()
                words.append(countdown(left))
            words.append(self._names.where(card.community, card.place))
        elif kind == "camera":
            camera, state = self.cameras.cameras[member], self.cameras.states[member]
            words = [camera.name, t(f"states.feed.{state.value if state is not None else 'unknown'}")]
        else:
            team = self.teams.teams[member]
            words = [either(team.name_zh, team.name_en), t("map.team_at", time=team.at) if team.at else ""]
        return " · ".join(word for word in words if word)

    def where(self, lon: float, lat: float) -> str:
        """Community and grid around a place."""
        if self.ground is None:
            return ""
        community = self.ground.community_index.find((lon, lat))
        grid = self.ground.grid_index.find((lon, lat))
        words = [either(community.name_zh, community.name_en)] if community is not None else []
        if grid is not None:
            words.append(t("map.grid", number=grid.id[-3:]))
        return " · ".join(words)

    def lines_of(self, one: Placed) -> list[str]:
        """What the card beside a mark says."""
        spot = one.spot
        if len(spot.members) == 1:
            return [self.words_of(spot.kind, spot.members[0])]
        lines = [t(f"map.many.{spot.kind}", n=len(spot.members))]
        lines += [self.words_of(spot.kind, member) for member in spot.members[:3]]
        return lines


def _run(action: object) -> None:
    run = action.data()  # type: ignore[attr-defined]
    run()
