"""Looking closer on a wall: digital zoom in place, a part as a tile of its
own, details of the streams, neighbours changing places by keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QRubberBand

from console.i18n import t
from console.widgets import layouts
from console.widgets.hangings import SMALLEST, Crop, crop_of, inside, with_crop
from console.widgets.tile_paint import Tile
from console.widgets.wall_changes import WallChanges

#: Key Z enlarges this much, a notch of the wheel this much.
STEP: Final = 2.0
NOTCH: Final = 1.25
#: Shift with an arrow moves by this share of the part shown.
PAN: Final = 0.2
#: A rubber band smaller than this, logical px, was a click.
BAND_PX: Final = 12
WHOLE: Final[Crop] = (0.0, 0.0, 1.0, 1.0)
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier


def closer(crop: Crop, factor: float, at: tuple[float, float] = (0.5, 0.5)) -> Crop:
    """The part ``factor`` times enlarged, so that the point ``at`` (fractions
    of the part shown) stays where it is."""
    x, y, w, h = crop
    w2 = min(1.0, max(SMALLEST, w / factor))
    h2 = min(1.0, max(SMALLEST, h / factor))
    return inside((x + (w - w2) * at[0], y + (h - h2) * at[1], w2, h2))


def banded(crop: Crop, band: Crop) -> Crop:
    """The part of the picture under a rubber band (fractions of the part
    shown), grown to the proportions of the tile: nothing chosen is lost."""
    x, y, w, h = crop
    side = max(band[2], band[3])
    mid_x, mid_y = band[0] + band[2] / 2, band[1] + band[3] / 2
    return inside((x + (mid_x - side / 2) * w, y + (mid_y - side / 2) * h, side * w, side * h))


class WallZoom(WallChanges):
    """Adds zooming to the wall. Zoom is looking, not changing: it is
    possible on a locked wall, and no step of undo."""

    _band: QRubberBand | None = None
    _band_from: QPoint | None = None

    # Zoom ---------------------------------------------------------------

    def _selected_tile(self) -> Tile | None:
        tiles = self._board.tiles
        tile = tiles[self._selected] if self._selected < len(tiles) else None
        return tile if tile is not None and tile.camera else None

    def zoom_to(self, index: int, crop: Crop | None) -> None:
        """Show a part (fractions of the whole picture) in a tile; ``None`` or
        all of it brings back what hangs there."""
        tile = self._board.tiles[index]
        if not tile.camera:
            return
        if crop is not None and crop[2] >= 1.0 and crop[3] >= 1.0:
            crop = None
        self._board.zoom(tile.token, crop)
        self._lay()

    @Slot()
    def toggle_zoom(self) -> None:
        """Z: twice as large, around the middle; Z again: as it was."""
        tile = self._selected_tile()
        if tile is not None:
            self.zoom_to(tile.index, None if tile.zoomed else closer(tile.crop or WHOLE, STEP))

    def pan(self, dx: int, dy: int) -> bool:
        """Move the part shown; False when the tile shows all of its picture."""
        tile = self._selected_tile()
        if tile is None or tile.crop is None:
            return False
        x, y, w, h = tile.crop
        self.zoom_to(tile.index, inside((x + dx * PAN * w, y + dy * PAN * h, w, h)))
        return True

    @Slot()
    def part_as_tile(self) -> None:
        """The part shown (or the middle) onto the next free tile; this one
        shows all of its picture again."""
        tile = self._selected_tile()
        if tile is None:
            return
        token = with_crop(tile.camera, tile.crop or closer(WHOLE, STEP))
        origin, plan = tile.token, self.plan
        if token in plan.tokens:
            self.set_plan(plan.bring(token))
            return
        free = next((one.index for one in self.tiles if not one.camera), None)
        if free is None and not plan.free:
            self.said.emit(t("tiles.pin.all"))
            return
        if free is None:
            after = replace(plan, slots=(*plan.slots, token)).bring(token)
        else:
            after = plan.placed(free, token)
        if self.change(after):
            if crop_of(origin) is None:
                self._board.zoom(origin, None)
            self._lay()
            self.select(next(one.index for one in self.tiles if one.token == token))

    # Details ------------------------------------------------------------

    @Slot()
    def toggle_details(self) -> None:
        """I: numbers of the streams on all tiles, or none."""
        self.show_details(not self.details_shown)

    # Keys and mouse -----------------------------------------------------

    def closer_key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Do what a key means here; False when it means nothing here."""
        ctrl, shift = bool(modifiers & _CTRL), bool(modifiers & _SHIFT)
        if modifiers & _ALT:
            return False
        if key in _ARROWS and ctrl and not shift:
            self._swap(*_ARROWS[Qt.Key(key)])
        elif key in _ARROWS and shift and not ctrl:
            return self.pan(*_ARROWS[Qt.Key(key)])
        elif ctrl:
            return False
        elif key == Qt.Key.Key_Z:
            self.part_as_tile() if shift else self.toggle_zoom()
        elif key == Qt.Key.Key_I:
            self.toggle_details()
        elif key == Qt.Key.Key_0 and not self._typed:
            tile = self._selected_tile()
            if tile is None or not tile.zoomed:
                return False
            self.zoom_to(tile.index, None)
        else:
            return False
        return True

    def _swap(self, dx: int, dy: int) -> None:
        here = self.selected
        there = layouts.neighbour(self._board.rects(), here, dx, dy)
        if self.held_back(here, there):
            return
        if there != here and self.change(self.plan.swapped(here, there)):
            self.select(there)

    def _within(self, tile: Tile, at: QPointF) -> tuple[float, float]:
        """A point of the widget as fractions of the part a tile shows."""
        room = tile.box.picture
        x = (at.x() * self._unit - room.x) / max(1, room.w)
        y = (at.y() * self._unit - room.y) / max(1, room.h)
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel: closer to the point under the pointer."""
        index = self.tile_at(event.position())
        turned = event.angleDelta().y()
        if index is None or not turned or not event.modifiers() & _CTRL:
            super().wheelEvent(event)
            return
        tile = self._board.tiles[index]
        factor = NOTCH if turned > 0 else 1 / NOTCH
        self.zoom_to(index, closer(tile.crop or WHOLE, factor, self._within(tile, event.position())))
        event.accept()

    def band_begins(self, event: QMouseEvent) -> bool:
        """Shift and the left button draw a rubber band; False for other presses."""
        index = self.tile_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or not event.modifiers() & _SHIFT or index is None:
            return False
        if not self._board.tiles[index].camera:
            return False
        self.select(index)
        self._band_from = event.position().toPoint()
        self._band = self._band or QRubberBand(QRubberBand.Shape.Rectangle, self)
        self._band.setAccessibleName(t("tiles.action.zoom"))
        self._band.setGeometry(QRect(self._band_from, self._band_from))
        self._band.show()
        return True

    def band_grows(self, event: QMouseEvent) -> bool:
        """The pointer moves; False when no band is being drawn."""
        if self._band is None or self._band_from is None:
            return False
        tile = self._board.tiles[self._selected]
        room = self._logical(tile.box.picture)
        self._band.setGeometry(QRect(self._band_from, event.position().toPoint()).normalized() & room)
        return True

    def band_ends(self) -> bool:
        """The button is let go: what lies under the band fills the tile."""
        if self._band is None or self._band_from is None:
            return False
        drawn = self._band.geometry()
        self._band.hide()
        self._band_from = None
        tile = self._selected_tile()
        if tile is not None and min(drawn.width(), drawn.height()) >= BAND_PX:
            x, y = self._within(tile, QPointF(drawn.topLeft()))
            right, bottom = self._within(tile, QPointF(drawn.x() + drawn.width(), drawn.y() + drawn.height()))
            self.zoom_to(tile.index, banded(tile.crop or WHOLE, (x, y, right - x, bottom - y)))
        return True
