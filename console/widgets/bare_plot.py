"""A plot without anything but its axes: local time below, no menu, no mouse.

Brings pyqtgraph with it (``later.py``).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from console.models.wording import SITE_ZONE
from console.theme import Theme


def axes() -> dict[str, pg.AxisItem]:
    """The axis of the site's local time."""
    # The site's zone has one offset all year.
    offset = SITE_ZONE.utcoffset(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)) or timedelta()
    return {"bottom": pg.DateAxisItem(orientation="bottom", utcOffset=-int(offset.total_seconds()))}


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
