"""The countdown ring: how much of a promise is used, in its lamp's colour.

In time it is a thin ring, never a filled area; the number beside it is drawn
in ``text``, because the lamp is a signal and the time is to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from console.domain import deadlines, limits
from console.domain.calendars import WorkingCalendar
from console.domain.model import Deadline
from console.domain.vocabulary import Lamp
from console.models.wording import countdown
from console.theme import Theme


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock at one instant: what to paint. ``used`` is 0–1 and more."""

    lamp: Lamp
    remaining_s: float
    used: float
    paused: bool
    running: bool

    @property
    def text(self) -> str:
        """``03:48`` or ``+01:12``."""
        return countdown(self.remaining_s)


def read(deadline: Deadline, now: datetime, calendar: WorkingCalendar) -> Reading:
    """Ask the domain what a clock says now."""
    left = deadlines.remaining_s(deadline, now, calendar)
    return Reading(
        lamp=deadlines.lamp(deadline, now),
        remaining_s=left,
        used=1.0 - left / limits.seconds(deadline.limit, deadline.times),
        paused=deadline.paused_since is not None,
        running=deadline.running,
    )


def lamp_color(theme: Theme, reading: Reading) -> QColor:
    """Lamp colour of a running clock; a met or paused one is grey."""
    if reading.paused or not reading.running:
        return theme.color("stale")
    return theme.lamp(reading.lamp)


def paint_ring(painter: QPainter, box: QRectF, theme: Theme, reading: Reading, width: float = 2.0) -> None:
    """Draw the ring into ``box``: the track in ``line``, what is used over it,
    clockwise from twelve; two bars inside while it is paused."""
    color = lamp_color(theme, reading)
    inset = width / 2
    ring = box.adjusted(inset, inset, -inset, -inset)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("line"), width))
    painter.drawEllipse(ring)
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    share = min(1.0, max(0.0, reading.used))
    painter.drawArc(ring, 90 * 16, -round(share * 360 * 16))
    if reading.paused:
        middle, third = box.center(), box.height() / 6
        for shift in (-third / 2, third / 2):
            x = middle.x() + shift
            painter.drawLine(
                QRectF(x, middle.y() - third, 0, 2 * third).topLeft(),
                QRectF(x, middle.y() - third, 0, 2 * third).bottomLeft(),
            )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
