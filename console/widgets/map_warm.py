"""All that the map's thread uses of Qt, used once in the windows' own thread.

PySide makes the enumerations that a call's overloads ask for at their first
use. Two threads that paint for the first time at the same instant find each
other's half-made ones: seen with 6.11 as a segmentation fault in the first
``fillRect`` of the thread. What was used once before the thread begins is safe.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QImage

from console.domain.geo import Line, Shape
from console.models.map_viewport import Viewport
from console.services.district_map import MapData
from console.theme import Theme
from console.widgets.map_ground import prepare
from console.widgets.map_static import GROUND_LAYERS, GroundPainter, Look

#: A square of some 200 m: every layer is large enough to be drawn with its name.
_SQUARE: Final[Line] = ((113.0, 34.0), (113.002, 34.0), (113.002, 34.002), (113.0, 34.002), (113.0, 34.0))
_warmed: set[str] = set()


def warm(theme: Theme) -> None:
    """Paint each layer once, very small; some milliseconds, and nothing when
    it was done before. Call in the windows' thread, before the map's begins."""
    if _warmed:
        return
    _warmed.add(theme.name)
    area = Shape("001", "甲", "A", (_SQUARE,), True)
    road = Shape("r", "甲路", "A Road", (((113.0, 34.001), (113.002, 34.001)),), False)
    spot = Shape("s", "甲店", "A Shop", (((113.001, 34.0012),),), False)
    ground = prepare(MapData((area,), (area,), (road,), (area, area), (spot,)))
    view = Viewport(width=400, height=400).centred(113.001, 34.001, 0.6)
    painter = GroundPainter(theme)
    for look in (
        Look(GROUND_LAYERS),
        Look(GROUND_LAYERS, {"001": 3}, raster=True),
        Look(("roads",), small=True),
    ):
        image = painter.image(ground, view, look, 1.0)
    image.hasAlphaChannel()
    image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    QImage.fromData(b"").isNull()
