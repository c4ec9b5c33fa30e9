"""A case on the map: where it is, the nearest cameras, and they on the wall."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.domain import deadlines
from console.domain.model import Camera, Case
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models.map_marks import DOWN, LAMPS, LIVE, NO_CLOCK, stand_of
from console.models.map_viewport import Viewport
from console.models.nearest import Near, nearest
from console.models.wording import number
from console.services.ports import FeedHealth
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_backdrop import GroundJob
from console.widgets.map_ground import Ground
from console.widgets.map_sprites import Sprites, camera_letter
from console.widgets.map_static import GroundPainter, Look
from console.widgets.map_tiles import TileStore
from console.widgets.map_warm import warm
from console.widgets.parts import DataLabel, button, label, set_tone, spaced

#: Cameras that are listed.
LISTED: Final = 3
#: Nothing nearer or farther is shown, metres a pixel.
_CLOSEST: Final = 0.5
_LEAST: Final = QSize(140, 80)


class MiniMap(QWidget):
    """The picture; clicked, it asks for the large map."""

    clicked = Signal()

    def __init__(self, theme: Theme, tiles: TileStore) -> None:
        super().__init__()
        self._theme, self._tiles = theme, tiles
        self._painter, self._sprites = GroundPainter(theme), Sprites(theme)
        self._ground: Ground | None = None
        self._picture: QImage | None = None
        self._turn, self._asked_for = 0, 0
        self._paint_elsewhere: Callable[[GroundJob], None] | None = None
        self._near: tuple[Near, ...] = ()
        self._place: tuple[float, float] | None = None
        self._mark: tuple[str, int] = ("", NO_CLOCK)
        self._view = Viewport()
        #: Grounds painted, for measurements.
        self.painted = 0
        self.setMinimumSize(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.anew)
        tiles.arrived.connect(self.update)
        tiles.opened.connect(self.anew)

    def set_ground(self, ground: Ground | None) -> None:
        """The map below."""
        self._ground = ground
        self.anew()

    def show_place(
        self, place: tuple[float, float] | None, mark: tuple[str, int], near: Sequence[Near]
    ) -> None:
        """A case (number and rank of its lamp) at a place, and cameras near it."""
        wanted = place, mark, tuple(near)
        if wanted == (self._place, self._mark, self._near):
            return
        moved = place != self._place or [n.camera.id for n in near] != [n.camera.id for n in self._near]
        self._place, self._mark, self._near = wanted
        if moved:
            self._look()
        self.update()

    def paint_grounds_with(self, elsewhere: Callable[[GroundJob], None]) -> None:
        """As :meth:`console.widgets.map_backdrop.MapBackdrop.paint_grounds_with`."""
        self._paint_elsewhere = elsewhere

    def take_ground(self, turn: int, image: QImage) -> None:
        """A picture of the ground; one of another place or look is left."""
        if turn != self._turn:
            return
        self._picture = image
        self.painted += 1
        self.update()

    def _forget(self) -> None:
        """No ground of another place, theme or language may stand in."""
        self._picture = None
        self._turn += 1

    def _want_ground(self) -> None:
        if self._picture is not None or self._asked_for == self._turn:
            return
        self._asked_for = self._turn
        look = Look(("communities", "roads"), small=True, raster=self._tiles.zooms is not None)
        ratio = self.devicePixelRatioF()
        job = GroundJob(self, self._turn, self._painter, self._ground, self._view, look, ratio)
        if self._paint_elsewhere is not None:
            warm(self._theme)
            self._paint_elsewhere(job)
        else:
            self.take_ground(job.turn, job.paint())

    def _look(self) -> None:
        """All of it in view, the case in the middle."""
        self._forget()
        if self._place is None:
            return
        far = max((one.metres for one in self._near[:LISTED]), default=0.0)
        room = max(24.0, min(self.width() / 2 - 16, self.height() / 2 - 14))
        metres = min(6.0, max(_CLOSEST, far / room))
        self._view = self._view.resized(self.width(), self.height()).centred(*self._place, metres)

    @Slot()
    def anew(self) -> None:
        """After another theme, language or map."""
        self._sprites.forget(self.devicePixelRatioF())
        self._forget()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        self._look()

    def mouseReleaseEvent(self, event: object) -> None:
        """A click asks for the large map."""
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground once, then cameras and the case."""
        p = QPainter(self)
        if self._place is None:
            p.fillRect(self.rect(), self._theme.color("bg"))
            return
        self._want_ground()
        p.fillRect(self.rect(), self._theme.color("bg"))
        self._tiles.paint(p, self._view)
        if self._picture is not None:
            p.drawImage(0, 0, self._picture)
        for near in reversed(self._near):
            self._draw_camera(p, near)
        sprite = self._sprites.case(*self._mark, False)
        sprite.draw(p, QPointF(self.width() / 2, self.height() / 2))

    def _draw_camera(self, p: QPainter, near: Near) -> None:
        camera = near.camera
        if camera.lon is None or camera.lat is None:
            return
        x, y = self._view.place_on_screen(camera.lon, camera.lat)
        if not QRectF(self.rect()).adjusted(-30, -30, 30, 30).contains(x, y):
            return
        sprite = self._sprites.camera(near.state, camera.bearing, False)
        sprite.draw(p, QPointF(round(x), round(y)))


class CaseMap(QWidget):
    """``wall_wanted()``: the nearest cameras to the wall; ``map_wanted()``: the
    large map; ``camera_wanted(camera id)``."""

    wall_wanted = Signal()
    map_wanted = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, tiles: TileStore) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._case: Case | None = None
        self._cameras: tuple[Camera, ...] = ()
        self._health: Mapping[str, FeedHealth] = {}
        self._near: tuple[Near, ...] = ()
        self.mini = MiniMap(theme, tiles)
        self.rows = [DataLabel(theme, 12) for _ in range(LISTED)]
        self._said = label(theme, "", 14, tone="muted", wrap=True)
        self.to_wall = button(theme, "", px=12)
        self._build()
        self.mini.clicked.connect(self.map_wanted)
        self.to_wall.clicked.connect(self.wall_wanted)
        ticker.tick.connect(self._on_tick)
        self.retranslate()

    def _build(self) -> None:
        side = QVBoxLayout()
        spaced(side, 0, 2)
        side.addWidget(self._said)
        for row in self.rows:
            side.addWidget(row)
        side.addStretch(1)
        side.addWidget(self.to_wall, 0, Qt.AlignmentFlag.AlignLeft)
        body = QHBoxLayout(self)
        spaced(body, 0, 8)
        body.addWidget(self.mini, 1)
        body.addLayout(side, 1)

    # -- what it is given ------------------------------------------------------

    def set_ground(self, ground: Ground | None) -> None:
        """The map below."""
        self.mini.set_ground(ground)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras as configured."""
        self._cameras = tuple(cameras)
        self._show()

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest word."""
        self._health = health
        self._show()

    def set_case(self, case: Case | None) -> None:
        """The open case."""
        self._case = case
        self._show()

    @property
    def case(self) -> Case | None:
        """The open case."""
        return self._case

    @property
    def place(self) -> tuple[float, float] | None:
        """Where it is, degrees."""
        case = self._case
        return None if case is None or case.lon is None or case.lat is None else (case.lon, case.lat)

    # -- showing ---------------------------------------------------------------

    @Slot(object)
    def _on_tick(self, _now: object) -> None:
        """The lamp may have turned; the cameras are told of by their feeds."""
        if self.isVisible() and self.place is not None:
            self.mini.show_place(self.place, self._mark(), self._near)

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing was computed while it was hidden."""
        super().showEvent(event)
        self._show()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.to_wall.setText(t("map.case.to_wall"))
        self.to_wall.setAccessibleName(t("map.case.to_wall_name"))
        self.mini.setAccessibleName(t("map.case.name"))
        self.mini.anew()
        self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return
        place = self.place
        near = nearest(self._cameras, self._health, place, LISTED) if place is not None else ()
        self._near = near
        self.mini.setVisible(place is not None)
        self.to_wall.setVisible(bool(near))
        self.mini.show_place(place, self._mark(), near)
        words = ""
        if self._case is None:
            words = t("map.case.none")
        elif place is None:
            words = t("map.case.no_place")
        elif not near:
            words = t("map.case.no_cameras")
        self._said.setText(words)
        self._said.setVisible(bool(words))
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(near))
            if at < len(near):
                row.setText(_words(near[at]))
                set_tone(row, _tone(near[at]))

    def _mark(self) -> tuple[str, int]:
        case = self._case
        if case is None:
            return "", NO_CLOCK
        head = deadlines.headline(case)
        rank = NO_CLOCK if head is None else LAMPS.index(deadlines.lamp(head, self._ticker.now()))
        return number(case.id), rank


def _tone(near: Near) -> str:
    stand = stand_of(near.state)
    return "" if stand == LIVE else "red" if stand == DOWN else "muted"


def _words(near: Near) -> str:
    """Distance and state first: that is what one chooses by, and a long name
    is shortened at its end."""
    metres = round(near.metres) if near.metres < 100 else math.floor(near.metres / 10) * 10
    state = t(f"states.feed.{near.state.value if near.state is not None else 'unknown'}")
    if near.state is not FeedState.LIVE:
        state = f"{camera_letter(near.state)} {state}"
    words = [t("map.case.metres", n=metres), state, near.camera.name]
    if near.faces:
        words.append(t("map.case.faces"))
    return " · ".join(words)
