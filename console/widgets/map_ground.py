"""What stands still on the map, made ready for painting once.

:func:`prepare` may run in any thread: paths are plain values, and nobody
changes them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from console.domain.geo import Line, Shape, bounds, centre, to_plane
from console.domain.geo_index import AreaIndex
from console.models.map_viewport import Viewport
from console.services.district_map import MapData

#: Units of a path in one unit of the plane: about a metre each, so that paths
#: keep their digits however near one looks.
UNITS: Final = float(1 << 25)
#: Small shapes are painted together, so many a path.
TOGETHER: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One shape, or several painted at once: ``path`` in :data:`UNITS` from
    the ground's origin, ``box`` around it."""

    path: QPainterPath
    box: QRectF


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Something with a name: ``x``, ``y`` is where the name stands, on the
    plane; ``lines`` the runs of a road, on the plane."""

    id: str
    name_zh: str
    name_en: str
    piece: Piece
    x: float
    y: float
    lines: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The map without anything that moves. ``box``: west, south, east, north
    of the district, ``None`` for an empty map."""

    data: MapData
    origin: tuple[float, float]
    communities: tuple[Named, ...]
    grids: tuple[Named, ...]
    grid_lines: tuple[Piece, ...]
    roads: tuple[Named, ...]
    buildings: tuple[Piece, ...]
    spots: tuple[Named, ...]
    box: tuple[float, float, float, float] | None
    community_index: AreaIndex = field(repr=False)
    grid_index: AreaIndex = field(repr=False)

    def transform(self, view: Viewport) -> QTransform:
        """From a piece's units to the pixels of ``view``."""
        scale = view.scale / UNITS
        left, top = view.to_screen(*self.origin)
        return QTransform(scale, 0.0, 0.0, scale, left, top)

    def window(self, view: Viewport) -> QRectF:
        """What of the pieces can be seen."""
        left, top, right, bottom = view.window()
        x, y = self.origin
        return QRectF((left - x) * UNITS, (top - y) * UNITS, (right - left) * UNITS, (bottom - top) * UNITS)


def prepare(data: MapData) -> Ground:
    """Paths and indices of a map."""
    box = None
    for layer in (data.communities, data.grids, data.roads, data.buildings, data.spots):
        box = box or bounds(point for shape in layer for line in shape.lines for point in line)
    west, north = (box[0], box[3]) if box is not None else (0.0, 0.0)
    origin = to_plane(west, north)
    grids = tuple(_named(shape, origin) for shape in data.grids)
    return Ground(
        data=data,
        origin=origin,
        communities=tuple(_named(shape, origin) for shape in data.communities),
        grids=grids,
        grid_lines=tuple(_together(data.grids, origin)),
        roads=tuple(_named(shape, origin) for shape in data.roads),
        buildings=tuple(_together(data.buildings, origin)),
        spots=tuple(_named(shape, origin) for shape in data.spots),
        box=box,
        community_index=AreaIndex(data.communities),
        grid_index=AreaIndex(data.grids),
    )


def _named(shape: Shape, origin: tuple[float, float]) -> Named:
    x, y = to_plane(*centre(shape))
    piece = _piece((shape,), origin)
    lines = () if shape.area else tuple(tuple(to_plane(*point) for point in line) for line in shape.lines)
    return Named(shape.id, shape.name_zh, shape.name_en, piece, x, y, lines)


def _together(shapes: Sequence[Shape], origin: tuple[float, float]) -> Iterable[Piece]:
    """Neighbours in one path: sorted along a coarse grid of the ground."""
    placed = sorted(shapes, key=_quarter)
    for start in range(0, len(placed), TOGETHER):
        yield _piece(placed[start : start + TOGETHER], origin)


def _quarter(shape: Shape) -> tuple[int, int]:
    lon, lat = shape.lines[0][0]
    return int(lon * 100), int(lat * 100)


def _piece(shapes: Sequence[Shape], origin: tuple[float, float]) -> Piece:
    path = QPainterPath()
    # One area has holes; areas side by side must not cancel each other.
    path.setFillRule(Qt.FillRule.OddEvenFill if len(shapes) == 1 else Qt.FillRule.WindingFill)
    for shape in shapes:
        for line in shape.lines:
            path.addPolygon(_polygon(line, origin))
    return Piece(path, path.boundingRect())


def _polygon(line: Line, origin: tuple[float, float]) -> QPolygonF:
    polygon = QPolygonF()
    for lon, lat in line:
        x, y = to_plane(lon, lat)
        polygon.append(QPointF((x - origin[0]) * UNITS, (y - origin[1]) * UNITS))
    return polygon
