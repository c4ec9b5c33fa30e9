"""Paints the ground of the map: areas, roads, names, the heat of the grids."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from console.i18n import either
from console.models.map_viewport import Viewport
from console.theme import Theme
from console.widgets import map_labels
from console.widgets.map_ground import Ground, Named
from console.widgets.map_labels import Courses

#: Layers a person may switch; all but the first three are marks.
GROUND_LAYERS: Final = ("communities", "grids", "roads")
#: Grid lines and numbers appear when a grid is so many pixels wide.
GRID_PX: Final = 12
NUMBER_PX: Final = 46
#: A heat's number appears in a grid so many pixels wide.
COUNT_PX: Final = 18
#: Shops and sites appear from here on, metres a pixel.
SPOT_M: Final = 1.6
#: With more roads their names do not avoid each other's courses.
MOST_COURSES: Final = 300
#: Where a community's name is tried, in shares of its width and height.
_BESIDE: Final = (
    (0.0, 0.0),
    (0.0, -0.25),
    (-0.25, -0.25),
    (0.25, -0.25),
    (-0.25, 0.25),
    (0.25, 0.25),
    (0.0, 0.25),
)
#: How far names keep off crossings, px: on the map clusters of cameras stand
#: there, on the small one single cameras.
_CLEAR: Final = (28.0, 14.0)
_CLEAR_SMALL: Final = (6.0, 6.0)
#: Steps of the heat: how much of the colour covers the ground.
HEAT_STEPS: Final = (0.14, 0.28, 0.42, 0.56, 0.70)


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn: ``layers`` of the ground, cases by grid id or ``None``,
    ``small`` for the map in a case, which names roads only; ``raster``: pictures
    lie below."""

    layers: Collection[str]
    heat: Mapping[str, int] | None = None
    small: bool = False
    raster: bool = False


def heat_classes(most: int) -> tuple[int, ...]:
    """Lower bounds of the steps for counts up to ``most``: 1 and then doubling
    or growing so that the last step holds the largest."""
    if most <= len(HEAT_STEPS):
        return tuple(range(1, most + 1))
    ratio = most ** (1 / len(HEAT_STEPS))
    found = [1]
    for step in range(1, len(HEAT_STEPS)):
        found.append(max(found[-1] + 1, round(ratio**step)))
    return tuple(found)


def heat_color(theme: Theme, count: int, classes: tuple[int, ...]) -> QColor:
    """The cover of a grid with ``count`` cases."""
    step = sum(count >= low for low in classes) - 1
    # With few steps the last of them is still the strongest.
    at = len(HEAT_STEPS) - len(classes) + step
    return theme.color("accent", HEAT_STEPS[max(0, min(len(HEAT_STEPS) - 1, at))])


class GroundPainter:
    """Paints a ground for one theme; holds nothing that changes, so that any
    thread may paint onto a ``QImage`` with it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def image(self, ground: Ground | None, view: Viewport, look: Look, ratio: float) -> QImage:
        """A picture of ``view`` for a screen of this device ratio; transparent
        where a raster map is to be seen."""
        clear = QImage.Format.Format_ARGB32_Premultiplied if look.raster else QImage.Format.Format_RGB32
        image = QImage(round(view.width * ratio), round(view.height * ratio), clear)
        image.setDevicePixelRatio(ratio)
        if look.raster:
            image.fill(0)
        p = QPainter(image)
        self.paint(p, ground, view, look)
        p.end()
        return image

    def paint(self, p: QPainter, ground: Ground | None, view: Viewport, look: Look) -> None:
        """Fill ``view`` with the map; an empty one stays the ground's colour.
        Over a raster map only lines and names are drawn."""
        theme, raster = self._theme, look.raster
        if not raster:
            p.fillRect(0, 0, view.width, view.height, theme.color("bg"))
        elif theme.dark:
            # Pictures drawn for white paper would outshine every lamp.
            p.fillRect(0, 0, view.width, view.height, theme.color("bg", 0.45))
        if ground is None:
            return
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = ground.window(view)
        p.save()
        p.setTransform(ground.transform(view), True)
        if "communities" in look.layers:
            self._areas(p, ground, seen, raster)
        if look.heat is not None:
            self._heat(p, ground, seen, look.heat)
        self._buildings(p, ground, seen, view)
        if "grids" in look.layers and not look.small and self._grid_px(ground, view) >= GRID_PX:
            self._grids(p, ground, seen)
        if "roads" in look.layers and not raster:
            self._roads(p, ground, seen, view)
        if "communities" in look.layers:
            self._borders(p, ground, seen)
        p.restore()
        self._names(p, ground, view, look, raster)

    @staticmethod
    def _grid_px(ground: Ground, view: Viewport) -> float:
        if not ground.grids:
            return 0.0
        box = ground.grids[len(ground.grids) // 2].piece.box
        return box.width() * ground.transform(view).m11()

    def _pen(self, color: QColor, width: float) -> QPen:
        pen = QPen(color, width)
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        return pen

    def _areas(self, p: QPainter, ground: Ground, seen: QRectF, raster: bool) -> None:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._theme.color("panel", 0.25 if raster else 1.0))
        for one in ground.communities:
            if one.piece.box.intersects(seen):
                p.drawPath(one.piece.path)
        p.setBrush(Qt.BrushStyle.NoBrush)

    def _borders(self, p: QPainter, ground: Ground, seen: QRectF) -> None:
        p.setPen(self._pen(self._theme.color("muted", 0.55), 1.4))
        p.setBrush(Qt.BrushStyle.NoBrush)
        for one in ground.communities:
            if one.piece.box.intersects(seen):
                p.drawPath(one.piece.path)

    def _grids(self, p: QPainter, ground: Ground, seen: QRectF) -> None:
        p.setPen(self._pen(self._theme.color("line", 0.75), 1.0))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for piece in ground.grid_lines:
            if piece.box.intersects(seen):
                p.drawPath(piece.path)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _buildings(self, p: QPainter, ground: Ground, seen: QRectF, view: Viewport) -> None:
        if view.metres > 4.0:
            return
        p.setPen(self._pen(self._theme.color("line"), 1.0))
        p.setBrush(self._theme.color("line", 0.45))
        for piece in ground.buildings:
            if piece.box.intersects(seen):
                p.drawPath(piece.path)

    def _roads(self, p: QPainter, ground: Ground, seen: QRectF, view: Viewport) -> None:
        wide = min(22.0, max(1.8, 11.0 / view.metres))
        p.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((self._theme.color("line"), wide), (self._theme.color("raised"), wide - 2.4)):
            if width < 1.5:
                continue
            p.setPen(self._pen(color, width))
            for one in ground.roads:
                # A box without height touches nothing.
                if one.piece.box.adjusted(-1, -1, 1, 1).intersects(seen):
                    p.drawPath(one.piece.path)

    def _heat(self, p: QPainter, ground: Ground, seen: QRectF, heat: Mapping[str, int]) -> None:
        classes = heat_classes(max(heat.values(), default=0))
        p.setPen(Qt.PenStyle.NoPen)
        for one in ground.grids:
            count = heat.get(one.id, 0)
            if count and one.piece.box.intersects(seen):
                p.setBrush(heat_color(self._theme, count, classes))
                p.drawPath(one.piece.path)
        p.setBrush(Qt.BrushStyle.NoBrush)

    # -- names ---------------------------------------------------------------

    def _names(self, p: QPainter, ground: Ground, view: Viewport, look: Look, raster: bool) -> None:
        room = map_labels.LabelRoom(QRectF(0, 0, view.width, view.height))
        courses = self._courses(ground, view)
        if look.heat is not None:
            self._counts(p, ground, view, look.heat, room)
        if "communities" in look.layers and not look.small:
            self._communities(p, ground, view, room, courses)
        if "roads" in look.layers and not raster:
            self._road_names(p, ground, view, room, courses, _CLEAR_SMALL if look.small else _CLEAR)
        if "grids" in look.layers and not look.small:
            self._numbers(p, ground, view, room)
        if view.metres <= SPOT_M and not look.small:
            self._spots(p, ground, view, room)

    def _colors(self) -> tuple[QColor, QColor]:
        return self._theme.color("muted"), self._theme.color("panel")

    def _communities(
        self, p: QPainter, ground: Ground, view: Viewport, room: map_labels.LabelRoom, courses: Courses
    ) -> None:
        """In the middle, or beside it where a road goes through the name."""
        unit = ground.transform(view).m11()
        for one in ground.communities:
            text = either(one.name_zh, one.name_en)
            wide, high = one.piece.box.width() * unit, one.piece.box.height() * unit
            px = 20 if wide > 420 else 16 if wide > 180 else 14 if wide > 84 else 12
            font = self._theme.font(px, True)
            x, y = view.to_screen(one.x, one.y)
            at = [(x + across * wide, y + down * high) for across, down in _BESIDE]
            # In two lines where one is too long to stand beside the roads; and
            # when nothing is free rather over a road than at its crossing.
            texts = (text, text.replace(" ", "\n", 1))
            tries = [(words, map_labels.box_at(font, words, *spot)) for words in texts for spot in at]
            free = [(words, box) for words, box in tries if not courses.meets(box.adjusted(-6, -4, 6, 4))]
            for words, box in (*free, tries[1], tries[0]):
                if box.width() <= max(wide, 40) and room.claim(box):
                    map_labels.write(p, box, words, font, *self._colors())
                    break

    def _courses(self, ground: Ground, view: Viewport) -> Courses:
        """The roads in view; a city's thousands are not looked at one by one."""
        runs = []
        if len(ground.roads) <= MOST_COURSES:
            for number, one in enumerate(ground.roads):
                for line in one.lines:
                    run = [view.to_screen(x, y) for x, y in line]
                    runs += [(number, part) for part in map_labels.clipped(run, view.width, view.height)]
        return Courses(runs)

    def _road_names(
        self,
        p: QPainter,
        ground: Ground,
        view: Viewport,
        room: map_labels.LabelRoom,
        courses: Courses,
        clear: tuple[float, float],
    ) -> None:
        if view.metres > 9:
            return
        font = self._theme.font(12)
        for number, one in enumerate(ground.roads):
            text = either(one.name_zh, one.name_en)
            for line in one.lines if text else ():
                run = [view.to_screen(x, y) for x, y in line]
                for part in map_labels.clipped(run, view.width, view.height):
                    map_labels.along(p, room, part, text, font, self._colors(), courses, number, clear)

    def _in_view(self, view: Viewport, one: Named) -> tuple[float, float] | None:
        x, y = view.to_screen(one.x, one.y)
        return (x, y) if 0 <= x <= view.width and 0 <= y <= view.height else None

    def _numbers(self, p: QPainter, ground: Ground, view: Viewport, room: map_labels.LabelRoom) -> None:
        if self._grid_px(ground, view) < NUMBER_PX:
            return
        font, unit = self._theme.font(12), ground.transform(view)
        for one in ground.grids:
            corner = unit.map(one.piece.box.topLeft())
            if -60 < corner.x() < view.width and -60 < corner.y() < view.height:
                box = map_labels.box_at(font, one.id[-3:], corner.x() + 18, corner.y() + 12)
                if room.claim(box):
                    map_labels.write(
                        p, box, one.id[-3:], font, self._theme.color("muted"), self._theme.color("bg")
                    )

    def _counts(
        self,
        p: QPainter,
        ground: Ground,
        view: Viewport,
        heat: Mapping[str, int],
        room: map_labels.LabelRoom,
    ) -> None:
        wide = self._grid_px(ground, view)
        if wide < COUNT_PX:
            return
        font = self._theme.font(16 if wide > 60 else 14 if wide > 30 else 12, True)
        for one in ground.grids:
            at = self._in_view(view, one) if heat.get(one.id) else None
            if at is None:
                continue
            text = str(heat[one.id])
            box = map_labels.box_at(font, text, *at)
            if box.width() < wide:
                room.taken.append(box)
                map_labels.write(
                    p, box, text, font, self._theme.color("text"), self._theme.color("panel", 0.6)
                )

    def _spots(self, p: QPainter, ground: Ground, view: Viewport, room: map_labels.LabelRoom) -> None:
        font = self._theme.font(12)
        for one in ground.spots:
            at = self._in_view(view, one)
            text = either(one.name_zh, one.name_en)
            if at is None or not text:
                continue
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(self._theme.color("muted"))
            p.drawEllipse(QRectF(at[0] - 2.5, at[1] - 2.5, 5, 5))
            box = map_labels.box_at(font, text, at[0], at[1] + 13)
            if room.claim(box):
                map_labels.write(p, box, text, font, *self._colors())
