"""A plot without anything but its axes: local time below, no menu, no mouse.

Brings pyqtgraph with it (``later.py``).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Final

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from console.models.wording import SITE_ZONE
from console.theme import Theme

#: Steps between two times of the axis, seconds, and the room a time needs, px.
_STEPS: Final = (600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200)
_ROOM: Final = 42


class ClockAxis(pg.AxisItem):  # type: ignore[misc]
    """The site's local time at round steps, as many as have room."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        #: 1 at a desk, more on a large display.
        self.scale_of_room = 1.0

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The times of the axis, of one rank."""
        fits = max(1.0, size / (_ROOM * self.scale_of_room))
        step = next((one for one in _STEPS if (high - low) / one <= fits), _STEPS[-1])
        # The site's zone has one offset all year.
        offset = SITE_ZONE.utcoffset(datetime.fromtimestamp(low, UTC).replace(tzinfo=None))
        shift = offset.total_seconds() if offset is not None else 0.0
        first = -(-(low + shift) // step) * step - shift
        return [(float(step), [first + n * step for n in range(int((high - first) // step) + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Hour and minute."""
        return [datetime.fromtimestamp(at, SITE_ZONE).strftime("%H:%M") for at in values]


def axes() -> dict[str, pg.AxisItem]:
    """The axis of the site's local time."""
    return {"bottom": ClockAxis()}


def dress(plot: pg.PlotWidget, theme: Theme, scale: float = 1.0) -> None:
    """Fonts and margins; ``scale`` is 1 at a desk, more on a large display."""
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setClipToView(True)
    # Room for the upper half of the topmost figure of the axis.
    plot.getPlotItem().setContentsMargins(0, round(8 * scale), round(4 * scale), 0)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for side in ("left", "bottom"):
        plot.getAxis(side).setStyle(tickFont=theme.font(round(12 * scale)), tickLength=-4)
    plot.getAxis("left").setWidth(round(28 * scale))
    plot.getAxis("bottom").setHeight(round(20 * scale))
    plot.getAxis("bottom").scale_of_room = scale


def recolor(plot: pg.PlotWidget, theme: Theme, ground: str = "bg") -> None:
    """Ground and axes in the colours of the theme now."""
    plot.setBackground(theme.color(ground))
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.color("line"), width=1))
        axis.setTextPen(theme.color("muted"))


def blend(low: QColor, high: QColor, share: float) -> QColor:
    """A colour between two, opaque: 0 is ``low``, 1 is ``high``."""
    pairs = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))
