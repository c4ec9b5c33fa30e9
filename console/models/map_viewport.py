"""Which part of the map a widget shows, and where a place lies in it. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from console.domain.geo import EQUATOR_M, Point, from_plane, to_plane

#: Nearer or farther than this shows nothing more, metres a pixel on the ground.
NEAREST: Final = 0.1
FARTHEST: Final = 400.0
#: One key or one notch of the wheel.
STEP: Final = math.sqrt(2.0)
#: Lengths a scale bar may have, metres.
_ROUND: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Viewport:
    """``x``, ``y``: the middle, on the plane of :mod:`console.domain.geo`;
    ``scale``: pixels a unit of the plane; ``width``, ``height`` in pixels."""

    x: float = 0.5
    y: float = 0.5
    scale: float = 256.0
    width: int = 1
    height: int = 1

    @property
    def middle(self) -> Point:
        """The place in the middle, degrees."""
        return from_plane(self.x, self.y)

    @property
    def metres(self) -> float:
        """Metres on the ground a pixel is in the middle."""
        return EQUATOR_M * math.cos(math.radians(self.middle[1])) / self.scale

    @property
    def zoom(self) -> float:
        """Zoom level of raster tiles of 256 px that fit this scale exactly."""
        return math.log2(self.scale / 256.0)

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Pixels from the top left of a point on the plane."""
        return (x - self.x) * self.scale + self.width / 2, (y - self.y) * self.scale + self.height / 2

    def place_on_screen(self, lon: float, lat: float) -> tuple[float, float]:
        """Pixels from the top left of a place."""
        return self.to_screen(*to_plane(lon, lat))

    def to_plane(self, px: float, py: float) -> tuple[float, float]:
        """The point on the plane under a pixel."""
        return self.x + (px - self.width / 2) / self.scale, self.y + (py - self.height / 2) / self.scale

    def place_at(self, px: float, py: float) -> Point:
        """The place under a pixel, degrees."""
        return from_plane(*self.to_plane(px, py))

    def window(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the plane, ``margin`` pixels more on each
        side."""
        left, top = self.to_plane(-margin, -margin)
        right, bottom = self.to_plane(self.width + margin, self.height + margin)
        return left, top, right, bottom

    def resized(self, width: int, height: int) -> Viewport:
        """The same middle in another size."""
        return replace(self, width=max(1, width), height=max(1, height))

    def panned(self, dx: float, dy: float) -> Viewport:
        """The map moved by so many pixels with the hand."""
        return replace(
            self,
            x=min(1.0, max(0.0, self.x - dx / self.scale)),
            y=min(1.0, max(0.0, self.y - dy / self.scale)),
        )

    def zoomed(self, factor: float, px: float | None = None, py: float | None = None) -> Viewport:
        """``factor`` times as large; what is under the pixel stays there (the
        middle when none is given)."""
        ground = EQUATOR_M * math.cos(math.radians(self.middle[1]))
        scale = min(max(self.scale * factor, ground / FARTHEST), ground / NEAREST)
        at_x = self.width / 2 if px is None else px
        at_y = self.height / 2 if py is None else py
        held_x, held_y = self.to_plane(at_x, at_y)
        return replace(
            self,
            scale=scale,
            x=held_x - (at_x - self.width / 2) / scale,
            y=held_y - (at_y - self.height / 2) / scale,
        )

    def centred(self, lon: float, lat: float, metres: float | None = None) -> Viewport:
        """A place in the middle, at so many metres a pixel."""
        x, y = to_plane(lon, lat)
        scale = self.scale if metres is None else EQUATOR_M * math.cos(math.radians(lat)) / metres
        return replace(self, x=x, y=y, scale=scale)

    def fitted(self, box: tuple[float, float, float, float], margin: int = 44) -> Viewport:
        """All of ``box`` (west, south, east, north in degrees) with a margin."""
        left, top = to_plane(box[0], box[3])
        right, bottom = to_plane(box[2], box[1])
        wide, high = max(1, self.width - 2 * margin), max(1, self.height - 2 * margin)
        ground = EQUATOR_M * math.cos(math.radians((box[1] + box[3]) / 2))
        scale = min(wide / max(right - left, 1e-12), high / max(bottom - top, 1e-12))
        scale = min(max(scale, ground / FARTHEST), ground / NEAREST)
        return replace(self, x=(left + right) / 2, y=(top + bottom) / 2, scale=scale)


def scale_bar(view: Viewport, most_px: int = 120) -> tuple[int, float]:
    """A round length in metres and how many pixels it is, at most ``most_px``."""
    most = max(view.metres * most_px, 1.0)
    power = 10 ** math.floor(math.log10(most))
    length = max(unit * power for unit in _ROUND if unit * power <= most)
    return int(length), length / view.metres
