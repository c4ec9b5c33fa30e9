"""The ground below the marks as a picture larger than the widget, painted
elsewhere while the one from before stands in, with a scale bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QHideEvent, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from console.models.map_viewport import Viewport, scale_bar
from console.theme import Theme
from console.widgets.map_ground import Ground
from console.widgets.map_static import GroundPainter, Look
from console.widgets.map_tiles import TileStore
from console.widgets.map_warm import warm

#: The ground is painted so much larger than the widget on each side, px: a
#: small pan moves a picture and paints nothing.
MARGIN: Final = 160
#: Ground and tiles that come bit by bit are painted together, ms.
FOLD_MS: Final = 60
#: A new scale is painted when the hand has rested so long, ms.
REST_MS: Final = 80
LAYERS: Final = ("communities", "grids", "roads", "cameras", "cases", "teams")


class GroundOwner(Protocol):
    """Who asked for a picture of the ground."""

    def take_ground(self, turn: int, image: QImage) -> None:
        """The picture asked for at a turn."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundJob:
    """A picture of the ground to be painted: :meth:`paint` in any thread, then
    ``owner.take_ground(turn, image)`` in the windows' own."""

    owner: GroundOwner
    turn: int
    painter: GroundPainter
    ground: Ground | None
    view: Viewport
    look: Look
    ratio: float

    def paint(self) -> QImage:
        """The picture."""
        return self.painter.image(self.ground, self.view, self.look, self.ratio)


class MapBackdrop(QWidget):
    """Keeps the view and the ground; :class:`console.widgets.map_canvas.MapCanvas`
    adds the marks."""

    def __init__(self, theme: Theme, tiles: TileStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._tiles = theme, tiles
        self._painter = GroundPainter(theme)
        self.view = Viewport()
        self.ground: Ground | None = None
        self._layers: set[str] = set(LAYERS)
        self._heat: Mapping[str, int] | None = None
        self._picture: tuple[QImage, Viewport] | None = None
        self._stale = True
        self._asked_for: tuple[Viewport, int] | None = None
        self._turn = 0
        self._paint_elsewhere: Callable[[GroundJob], None] | None = None
        #: What was painted, for measurements: ``ground``, ``paint``, ``mark``, ``place``.
        self.painted: Counter[str] = Counter()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._fold = QTimer(self)
        self._fold.setSingleShot(True)
        self._fold.setInterval(FOLD_MS)
        self._fold.timeout.connect(self.update)
        self._zoomed_to = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)
        tiles.arrived.connect(self._tile_came)
        tiles.opened.connect(self._ground_changed)

    def paint_grounds_with(self, elsewhere: Callable[[GroundJob], None]) -> None:
        """Have the ground painted by ``elsewhere`` from now on: it answers with
        :meth:`take_ground`."""
        self._paint_elsewhere = elsewhere

    @Slot()
    def _tile_came(self) -> None:
        if self.isVisible() and not self._fold.isActive():
            self._fold.start()

    @Slot()
    def _ground_changed(self) -> None:
        self._stale = True
        self.update()

    def _fits(self, view: Viewport) -> bool:
        """Whether a picture of ``view`` covers all that is to be seen."""
        if view.scale != self.view.scale:
            return False
        left, top = view.to_screen(*self.view.to_plane(0, 0))
        fits = left >= 0 and top >= 0
        return fits and left + self.width() <= view.width and top + self.height() <= view.height

    def _want_ground(self) -> None:
        """Have the ground painted around what is shown, when what there is does
        not do. In another thread where there is one; the picture from before,
        moved and stretched, stands in meanwhile, or the marks alone."""
        if not self._stale and self._picture is not None and self._fits(self._picture[1]):
            return
        if not self._stale and self._asked_for is not None and self._fits(self._asked_for[0]):
            return
        zooming = self._picture is not None and self._picture[1].scale != self.view.scale
        if zooming and not self._stale and self._paint_elsewhere is not None:
            # A ground for each notch of the wheel is seen by nobody, and each
            # takes the interpreter from the hand that turns it.
            if self._zoomed_to != self.view.scale:
                self._zoomed_to = self.view.scale
                self._rest.start()
            return
        self._ask_ground()

    @Slot()
    def _rested(self) -> None:
        """The hand has stopped zooming."""
        self._zoomed_to = 0.0
        if self.isVisible() and not (self._asked_for is not None and self._fits(self._asked_for[0])):
            self._ask_ground()

    def _ask_ground(self) -> None:
        view = replace(self.view, width=self.width() + 2 * MARGIN, height=self.height() + 2 * MARGIN)
        self._turn += 1
        self._stale, self._asked_for = False, (view, self._turn)
        raster = self._tiles.zooms is not None
        look = Look(frozenset(self._layers), self._heat, raster=raster)
        job = GroundJob(self, self._turn, self._painter, self.ground, view, look, self.devicePixelRatioF())
        if self._paint_elsewhere is not None:
            warm(self._theme)
            self._paint_elsewhere(job)
        else:
            self.take_ground(job.turn, job.paint())

    def take_ground(self, turn: int, image: QImage) -> None:
        """A picture of the ground; one asked for before a newer one is left."""
        if self._asked_for is None or turn != self._asked_for[1]:
            return
        self._picture = (image, self._asked_for[0])
        self.painted["ground"] += 1
        self.update()

    def _paint_ground(self, p: QPainter) -> None:
        if self._picture is None:
            p.fillRect(self.rect(), self._theme.color("bg"))
            self._tiles.paint(p, self.view)
            return
        image, view = self._picture
        if not self._fits(view) or self._tiles.zooms is not None:
            p.fillRect(self.rect(), self._theme.color("bg"))
        self._tiles.paint(p, self.view)
        left, top = self.view.to_screen(*view.to_plane(0, 0))
        if view.scale == self.view.scale:
            p.drawImage(QPointF(round(left), round(top)), image)
            return
        share = self.view.scale / view.scale
        p.drawImage(QRectF(left, top, view.width * share, view.height * share), image)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: the large picture is let go."""
        super().hideEvent(event)
        self._picture = self._asked_for = None
        self._fold.stop()
        self._rest.stop()
        self._zoomed_to = 0.0

    def _paint_scale(self, p: QPainter) -> None:
        """A bar of a round length, bottom left."""
        metres, wide = scale_bar(self.view)
        text = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
        font = self._theme.font(12)
        bottom = self.height() - 14.0
        words = QFontMetricsF(font).horizontalAdvance(text)
        plate(p, QRectF(8, bottom - 22, max(wide, words) + 16, 30), self._theme.color("bg", 0.8))
        p.setPen(QPen(self._theme.color("text"), 1.4))
        p.drawPolyline(
            [
                QPointF(16, bottom - 5),
                QPointF(16, bottom),
                QPointF(16 + wide, bottom),
                QPointF(16 + wide, bottom - 5),
            ]
        )
        p.setFont(font)
        p.drawText(QPointF(18, bottom - 7), text)
        told = self._tiles.attribution
        if told and self._tiles.zooms is not None:
            p.setPen(self._theme.color("muted"))
            p.drawText(QPointF(28 + max(wide, words), bottom), told)


def plate(p: QPainter, box: QRectF, color: QColor) -> None:
    """A ground for words over the map."""
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    p.drawRoundedRect(box, 4, 4)
    p.setBrush(Qt.BrushStyle.NoBrush)
