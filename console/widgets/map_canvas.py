"""The map as a picture: ground in a pixmap, marks above it, painted where they
changed and nowhere else.

Nothing is computed while it cannot be seen: what comes meanwhile is kept as it
came and taken in when the map is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from console.domain.geo import bounds
from console.domain.model import Camera
from console.i18n import either
from console.models.map_marks import CameraLayer, CaseLayer, Layer, Spot, TeamLayer, TeamPlace
from console.models.map_viewport import Viewport
from console.services.ports import FeedHealth
from console.services.views import CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_backdrop import MapBackdrop
from console.widgets.map_ground import Ground
from console.widgets.map_sprites import Sprite, Sprites
from console.widgets.map_tiles import TileStore

#: Marks nearer than this to each other stand together, px across and down.
CASE_CELL: Final = (52.0, 25.0)
CAMERA_CELL: Final = (38.0, 20.0)
TEAM_CELL: Final = (60.0, 18.0)
#: Where a camera looks is shown from here on, metres a pixel.
WEDGE_M: Final = 2.6
#: Marks are found so much around the view, px, so that a pan only moves them.
AROUND: Final = 260
#: Cells for finding a mark under the cursor, px.
HIT: Final = 48


@dataclass(slots=True, eq=False)
class Placed:
    """A mark on the screen: ``at`` its place, ``sprite`` its picture."""

    spot: Spot
    at: QPointF
    sprite: Sprite

    @property
    def box(self) -> QRect:
        """What is repainted for it."""
        return self.sprite.box.translated(self.at).toAlignedRect().adjusted(-1, -1, 1, 1)

    @property
    def hit(self) -> QRectF:
        """What a click meets."""
        return self.sprite.hit.translated(self.at)


class MapCanvas(MapBackdrop):
    """Shows; :class:`console.widgets.map_view.MapView` adds hand and keyboard.
    ``moved()`` after pan, zoom or another size."""

    moved = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, tiles: TileStore, parent: QWidget | None = None) -> None:
        super().__init__(theme, tiles, parent)
        self._ticker = ticker
        self._sprites = Sprites(theme)
        self.cases, self.cameras, self.teams = CaseLayer(), CameraLayer(), TeamLayer()
        self._coming: dict[str, object] = {}
        self._found: tuple[float, QRectF, list[tuple[Spot, Sprite]]] | None = None
        self._placed: list[Placed] = []
        self._buckets: dict[tuple[int, int], list[Placed]] = {}
        self._lit: tuple[str, str] = ("", "")
        self._lit_row: int | None = None
        self._home = True
        theme.changed.connect(self.repaint_all)
        ticker.tick.connect(self._on_tick)

    # -- what it is given ------------------------------------------------------

    def set_ground(self, ground: Ground | None) -> None:
        """The map; the first one brings the district into view."""
        self.ground = ground
        if self._home:
            self._fit()
            self._place()
        self._ground_changed()

    def set_cards(self, cards: Sequence[CaseCard]) -> None:
        """The open cases."""
        self._take("cards", cards)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras as configured."""
        self._take("cameras", tuple(cameras))

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest word."""
        self._take("health", health)

    def set_teams(self, teams: Sequence[TeamPlace]) -> None:
        """Where the teams were last."""
        self._take("teams", tuple(teams))

    def _take(self, what: str, value: object) -> None:
        self._coming[what] = value
        if self.isVisible() and self._take_in():
            self._place_again()

    def _take_in(self) -> bool:
        """Take what came; True when something on the map changed by it."""
        changed = False
        coming, self._coming = self._coming, {}
        for what, value in coming.items():
            if what == "cards":
                changed |= self.cases.take(value, self._ticker.now())  # type: ignore[arg-type]
            elif what == "cameras":
                changed |= self.cameras.take(value)  # type: ignore[arg-type]
                if self._home and self.ground is None:
                    self._fit()
            elif what == "health":
                changed |= self.cameras.hear(value)  # type: ignore[arg-type]
            else:
                changed |= self.teams.take(value)  # type: ignore[arg-type]
        return changed

    def show_layers(self, layers: Collection[str]) -> None:
        """Which of :data:`LAYERS` are drawn."""
        if set(layers) != self._layers:
            self._layers = set(layers)
            self._ground_changed()
            self._place_again()

    def set_heat(self, heat: Mapping[str, int] | None) -> None:
        """Cases by grid, or ``None`` for no heat."""
        if heat != self._heat:
            self._heat = heat
            self._ground_changed()
            self._place_again()

    @property
    def unplaced(self) -> int:
        """Open cases that have no place."""
        cards = self._coming.get("cards", self.cases.cards)
        return self.cases.unplaced if cards is self.cases.cards else 0

    @property
    def heat(self) -> Mapping[str, int] | None:
        """The heat that is shown."""
        return self._heat

    def light(self, kind: str, id: str) -> None:
        """Mark one thing out (``case`` or ``camera``); ``""`` for nothing."""
        if (kind, id) != self._lit:
            self._lit = (kind, id)
            self._place_again()

    @property
    def lit(self) -> tuple[str, str]:
        """Kind and id of what is marked out."""
        return self._lit

    # -- where it looks --------------------------------------------------------

    def go(self, view: Viewport) -> None:
        """Look at another part."""
        if view == self.view:
            return
        self._home = False
        self.view = view
        self._place(anew=False)
        self.update()
        self.moved.emit()

    @Slot()
    def home(self) -> None:
        """All of the district."""
        self._home = True
        self._fit()
        self._place()
        self.update()
        self.moved.emit()

    def _fit(self) -> None:
        self.view = self.view.resized(self.width(), self.height())
        box = self.ground.box if self.ground is not None else None
        if box is None:
            box = bounds((c.lon or 0.0, c.lat or 0.0) for c in self.cameras.cameras)
        if box is not None:
            self.view = self.view.fitted(box)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The middle stays; a map at home fits anew."""
        super().resizeEvent(event)
        self.view = self.view.resized(self.width(), self.height())
        if self._home:
            self._fit()
        self._place()
        self.moved.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Take in what came while nobody looked."""
        super().showEvent(event)
        self._take_in()
        self.cases.tick(self._ticker.now())
        self._place()

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if self.isVisible() and self.cases.tick(now):
            self._place_again()

    # -- marks -----------------------------------------------------------------

    def _place(self, *, anew: bool = True) -> None:
        """Where every mark in view stands; after a small pan (not ``anew``) they
        only move with the ground."""
        self._placed = []
        self._buckets = {}
        if not self.isVisible():
            self._found = None
            return
        found = self._found
        if anew or found is None or found[0] != self.view.scale or not found[1].contains(self._window(0)):
            found = self._found = self._find()
        for spot, sprite in found[2]:
            x, y = self.view.to_screen(spot.x, spot.y)
            # Whole pixels: a mark moves with the ground and is not smeared.
            one = Placed(spot, QPointF(round(x), round(y)), sprite)
            self._placed.append(one)
            for key in _cells(one.hit):
                self._buckets.setdefault(key, []).append(one)

    def _window(self, margin: float) -> QRectF:
        left, top, right, bottom = self.view.window(margin)
        return QRectF(left, top, right - left, bottom - top)

    def _find(self) -> tuple[float, QRectF, list[tuple[Spot, Sprite]]]:
        """The marks in and around the view."""
        self.painted["place"] += 1
        rows = {"case": self.cases.row_of, "camera": self.cameras.row_of}.get(self._lit[0])
        self._lit_row = rows(self._lit[1]) if rows is not None else None
        window, scale = self.view.window(AROUND), self.view.scale
        made: list[tuple[Spot, Sprite]] = []
        for layer, name, (wide, high) in self._by_layer():
            if name in self._layers:
                spots = layer.spots(window, wide / scale, high / scale)
                # From north to south, so that pointers lie over what stands behind.
                made += [(spot, self._sprite(spot)) for spot in sorted(spots, key=_southward)]
        return scale, self._window(AROUND - 60), made

    def _by_layer(self) -> tuple[tuple[Layer, str, tuple[float, float]], ...]:
        cases: tuple[Layer, str, tuple[float, float]] = (self.cases, "cases", CASE_CELL)
        if self._heat is not None:
            # The figures of the heat are what is read now.
            return (cases,)
        return (self.cameras, "cameras", CAMERA_CELL), (self.teams, "teams", TEAM_CELL), cases

    def _sprite(self, spot: Spot) -> Sprite:
        lit = spot.kind == self._lit[0] and self._lit_row in spot.members
        first, alone = spot.members[0], len(spot.members) == 1
        if spot.kind == "case":
            if alone:
                return self._sprites.case(self.cases.cards[first].number, spot.worst, lit)
            return self._sprites.cases(spot.counts, lit)
        if spot.kind == "team":
            if alone:
                team = self.teams.teams[first]
                return self._sprites.team(either(team.name_zh, team.name_en), team.busy, lit)
            return self._sprites.teams(len(spot.members), lit)
        if alone:
            near = self.view.metres <= WEDGE_M
            bearing = self.cameras.cameras[first].bearing if near else None
            return self._sprites.camera(self.cameras.states[first], bearing, lit)
        return self._sprites.cameras(spot.counts, lit)

    def id_of(self, kind: str, member: int) -> str:
        """The id behind a mark's member."""
        if kind == "case":
            return self.cases.cards[member].id
        if kind == "team":
            return self.teams.teams[member].id
        return self.cameras.cameras[member].id

    def _place_again(self) -> None:
        """Place all marks anew and repaint those that came, went or changed."""
        before = {_face(one): one for one in self._placed}
        self._place()
        after = {_face(one): one for one in self._placed}
        for face in before.keys() ^ after.keys():
            self.update((before.get(face) or after[face]).box)

    def placed_at(self, x: float, y: float) -> Placed | None:
        """The mark under a pixel, the one painted last."""
        found = self._buckets.get((int(x // HIT), int(y // HIT)), ())
        return next((one for one in reversed(found) if one.hit.contains(x, y)), None)

    @property
    def marks(self) -> tuple[Placed, ...]:
        """The marks in view, in the order in which they are painted."""
        return tuple(self._placed)

    # -- painting --------------------------------------------------------------

    @Slot()
    def repaint_all(self) -> None:
        """After another theme or language."""
        self._sprites.forget(self.devicePixelRatioF())
        # A dark ground under light marks, or names in the other language, must
        # not stand in meanwhile, nor one that is being painted just now.
        self._stale, self._picture, self._asked_for = True, None, None
        self._place()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, then marks and words that the event's region touches."""
        self.painted["paint"] += 1
        self._want_ground()
        p = QPainter(self)
        self._paint_ground(p)
        region = event.region()
        for one in self._placed:
            if region.intersects(one.box):
                one.sprite.draw(p, one.at)
                self.painted["mark"] += 1
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_scale(p)
        self.paint_over(p)

    def paint_over(self, p: QPainter) -> None:
        """What lies above the marks."""


def _southward(spot: Spot) -> tuple[float, float]:
    return spot.y, spot.x


def _face(one: Placed) -> tuple[object, ...]:
    return one.spot.kind, one.at.x(), one.at.y(), id(one.sprite), len(one.spot.members)


def _cells(box: QRectF) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left() // HIT), int(box.right() // HIT) + 1):
        for row in range(int(box.top() // HIT), int(box.bottom() // HIT) + 1):
            yield column, row
