"""Slanted lines over what is not current: the look of everything that is past."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPen

#: From one line to the next, px.
STEP: Final = 12


def hatch(p: QPainter, box: QRect, color: QColor, step: int = STEP) -> None:
    """Lines from lower left to upper right over ``box``."""
    p.save()
    p.setClipRect(box)
    p.setPen(QPen(color, 2))
    tall = box.height()
    for x in range(box.left() - tall - (box.left() - tall) % step, box.right() + tall, step):
        p.drawLine(QPointF(x, box.bottom() + 1), QPointF(x + tall, box.top()))
    p.restore()
