"""Pictures of a raster map, as many as there is room for.

They are read and decoded elsewhere; here they are asked for and kept. Which
tile shows what is Web-Mercator's XYZ: 2^zoom columns and rows from the
north-west.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPainter

from console.domain import gcj02
from console.domain.geo import to_plane
from console.models.map_viewport import Viewport

#: Decoded pictures kept, bytes: four screens full.
ROOM: Final = 64 << 20
#: More tiles in one view are a map without coarse levels: left out.
MOST_SEEN: Final = 240
#: Zoom level, column, row.
Key = tuple[int, int, int]


class TileStore(QObject):
    """The tiles of one raster map. ``arrived()`` after new ones came, ``opened()``
    after another map was taken, or none."""

    arrived = Signal()
    opened = Signal()

    def __init__(self, ask: Callable[[Sequence[Key]], Sequence[Key]], room: int = ROOM) -> None:
        """``ask`` has tiles decoded; each comes back by :meth:`put`, but for those
        it returns."""
        super().__init__()
        self._ask, self._room = ask, room
        self._kept: OrderedDict[Key, QImage] = OrderedDict()
        self._missing: set[Key] = set()
        self._asked: set[Key] = set()
        self._bytes = 0
        self.zooms: tuple[int, int] | None = None
        self.shifted = False
        self.attribution = ""

    def open(self, zooms: tuple[int, int] | None, shifted: bool = False, attribution: str = "") -> None:
        """Another map, or none; ``shifted``: its pictures are GCJ-02."""
        self.zooms, self.shifted, self.attribution = zooms, shifted, attribution
        self._kept.clear()
        self._missing.clear()
        self._asked.clear()
        self._bytes = 0
        self.opened.emit()

    @property
    def bytes(self) -> int:
        """How much is kept."""
        return self._bytes

    def put(self, key: Key, image: QImage | None) -> None:
        """A tile came; ``None``: there is none, and it is not asked for again."""
        self._asked.discard(key)
        if image is None or image.isNull():
            self._missing.add(key)
            return
        before = self._kept.pop(key, None)
        self._bytes += image.sizeInBytes() - (before.sizeInBytes() if before is not None else 0)
        self._kept[key] = image
        while self._bytes > self._room and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= old.sizeInBytes()
        self.arrived.emit()

    def paint(self, p: QPainter, view: Viewport) -> int:
        """Draw what is here of the tiles in ``view`` and ask for the rest; a
        missing one is drawn out of a coarser one. Returns how many were drawn."""
        if self.zooms is None:
            return 0
        zoom = max(self.zooms[0], min(self.zooms[1], round(view.zoom)))
        shift_x, shift_y = self._shift(view)
        left, top, right, bottom = view.window()
        count = 1 << zoom
        columns = _span(left + shift_x, right + shift_x, count)
        rows = _span(top + shift_y, bottom + shift_y, count)
        if len(columns) * len(rows) > MOST_SEEN:  # far out, and no coarse tiles
            return 0
        wanted: list[Key] = []
        drawn = 0
        for column in columns:
            for row in rows:
                x, y = view.to_screen(column / count - shift_x, row / count - shift_y)
                # Whole pixels, so that no seam shows between two tiles.
                end_x, end_y = view.to_screen((column + 1) / count - shift_x, (row + 1) / count - shift_y)
                room = QRectF(round(x), round(y), round(end_x) - round(x), round(end_y) - round(y))
                drawn += self._draw(p, (zoom, column, row), room, wanted)
        if wanted:
            self._asked.update(wanted)
            self._asked.difference_update(self._ask(wanted))
        return drawn

    def _shift(self, view: Viewport) -> tuple[float, float]:
        """How far the pictures lie off, on the plane: over a district the shift
        of GCJ-02 changes by less than a metre."""
        if not self.shifted:
            return 0.0, 0.0
        there = to_plane(*gcj02.from_wgs84(*view.middle))
        return there[0] - view.x, there[1] - view.y

    def _draw(self, p: QPainter, key: Key, room: QRectF, wanted: list[Key]) -> bool:
        image = self._kept.get(key)
        if image is not None:
            self._kept.move_to_end(key)
            p.drawImage(room, image)
            return True
        if key not in self._missing and key not in self._asked:
            wanted.append(key)
        zoom, column, row = key
        for up in range(1, 5):
            coarse = self._kept.get((zoom - up, column >> up, row >> up))
            if coarse is not None:
                side = coarse.width() / (1 << up)
                part = QRectF((column % (1 << up)) * side, (row % (1 << up)) * side, side, side)
                p.drawImage(room, coarse, part)
                return True
        return False


def _span(low: float, high: float, count: int) -> range:
    """Columns or rows that touch a stretch of the plane."""
    return range(max(0, math.floor(low * count)), min(count, math.floor(high * count) + 1))
