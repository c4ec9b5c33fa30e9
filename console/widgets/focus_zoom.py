"""Digital zoom of one large picture: a factor and what it is turned to."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF

from console.widgets.hangings import Crop

#: Beyond this the pixels are larger than what they show.
MOST: Final = 8.0
#: One notch of the wheel, one press of a key.
STEP: Final = 1.25


class FocusZoom:
    """``factor`` 1 shows the whole picture; ``centre`` in fractions of it."""

    def __init__(self) -> None:
        self.factor = 1.0
        self.centre = QPointF(0.5, 0.5)

    def reset(self) -> bool:
        """The whole picture again; whether that changed anything."""
        return self._set(1.0, QPointF(0.5, 0.5))

    def turn(self, steps: float, at: QPointF | None = None) -> bool:
        """Nearer (``steps`` > 0) or further, what lies under ``at`` (fractions
        of the room on screen) stays there; whether that changed anything."""
        at = QPointF(0.5, 0.5) if at is None else at
        factor = min(MOST, max(1.0, self.factor * STEP**steps))
        if abs(factor - 1.0) < 0.01:
            factor = 1.0
        held = self.centre + (at - QPointF(0.5, 0.5)) / self.factor
        return self._set(factor, held - (at - QPointF(0.5, 0.5)) / factor)

    def drag(self, by: QPointF) -> bool:
        """Move the picture by fractions of the room on screen."""
        return self._set(self.factor, self.centre - by / self.factor)

    def _set(self, factor: float, centre: QPointF) -> bool:
        half = 0.5 / factor
        inside = QPointF(min(1 - half, max(half, centre.x())), min(1 - half, max(half, centre.y())))
        changed = (factor, inside) != (self.factor, self.centre)
        self.factor, self.centre = factor, inside
        return changed

    @property
    def crop(self) -> Crop | None:
        """What is shown, in parts of the picture; ``None`` for all of it."""
        part = self.part(1, 1)
        return (part.x(), part.y(), part.width(), part.height()) if self.factor > 1.0 else None

    def part(self, width: int, height: int) -> QRectF:
        """What is shown of a picture of this size, in its pixels."""
        w, h = width / self.factor, height / self.factor
        return QRectF(self.centre.x() * width - w / 2, self.centre.y() * height - h / 2, w, h)
