"""Which area a place lies in, found without asking every area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from console.domain.geo import Line, Point, Shape, bounds, inside

#: At most so many cells a side; more areas than cells share them.
_SIDE: Final = 64


class AreaIndex:
    """Areas in a grid of cells over all of them."""

    def __init__(self, areas: Sequence[Shape]) -> None:
        self._areas = tuple(area for area in areas if area.area)
        self._cells: dict[tuple[int, int], list[int]] = {}
        whole = bounds(point for area in self._areas for line in area.lines for point in line)
        self._whole = whole or (0.0, 0.0, 0.0, 0.0)
        self._side = max(1, min(_SIDE, math.isqrt(len(self._areas)) + 1))
        for at, area in enumerate(self._areas):
            box = bounds(point for line in area.lines for point in line)
            if box is None:
                continue
            (west, south), (east, north) = self._cell((box[0], box[1])), self._cell((box[2], box[3]))
            for column in range(west, east + 1):
                for row in range(south, north + 1):
                    self._cells.setdefault((column, row), []).append(at)

    def _cell(self, point: Point) -> tuple[int, int]:
        west, south, east, north = self._whole
        column = (point[0] - west) / ((east - west) or 1.0) * self._side
        row = (point[1] - south) / ((north - south) or 1.0) * self._side
        most = self._side - 1
        return max(0, min(most, math.floor(column))), max(0, min(most, math.floor(row)))

    def find(self, point: Point) -> Shape | None:
        """The area around ``point``, the first one given where areas overlap."""
        west, south, east, north = self._whole
        if not (west <= point[0] <= east and south <= point[1] <= north):
            return None
        rings: tuple[Line, ...]
        for at in self._cells.get(self._cell(point), ()):
            rings = self._areas[at].lines
            if inside(point, rings):
                return self._areas[at]
        return None
