"""Two live charts: open cases by the minute, arrivals against their limit.

Nothing is computed while hidden, and the plots are made with the first points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models.wording import span
from console.services.views import TrendView
from console.theme import Theme
from console.widgets.later import LATER
from console.widgets.parts import label, spaced

if TYPE_CHECKING:
    from console.widgets.trend_plots import TrendPlots

#: The charts stand beside the figures of the strip, px.
HEIGHT: Final = 96
#: While the plots are being read in, it is tried again after this, ms.
AGAIN_MS: Final = 200


class TrendChart(QWidget):
    """``wanted`` is True while somebody can see it: ask for data only then."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: TrendView | None = None
        self._stale = False
        self.draws = 0
        self._titles = {key: label(theme, "", 12, tone="muted") for key in ("open", "arrivals")}
        self._last = {key: label(theme, "", 20, bold=True) for key in ("open", "arrivals")}
        self._drawn: TrendPlots | None = None
        self._rooms = {key: QHBoxLayout() for key in ("open", "arrivals")}
        row = QHBoxLayout(self)
        spaced(row, 0, 24)
        for key in ("open", "arrivals"):
            words = QVBoxLayout()
            spaced(words, 0, 0)
            words.addWidget(self._titles[key])
            words.addWidget(self._last[key])
            words.addStretch(1)
            row.addLayout(words)
            row.addLayout(self._rooms[key], 1)
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self._recolor)
        self.retranslate()

    @property
    def wanted(self) -> bool:
        """Whether a new drawing would be seen."""
        return self.isVisible()

    def apply(self, view: TrendView) -> None:
        """Take new points; they are drawn now or when the chart is shown."""
        self._view = view
        self._stale = True
        if self.isVisible():
            self._draw()

    def forget(self) -> None:
        """Whoever sits here reads no figures: nothing is drawn."""
        self._view, self._stale = None, False
        if self._drawn is not None:
            for plot in self._drawn.plots.values():
                plot.hide()
        self._words()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._titles["open"].setText(t("desk.chart.open"))
        self._titles["arrivals"].setText(t("desk.chart.arrivals"))
        self._words()

    def _words(self) -> None:
        none = t("common.time.none")
        view = self._view
        self._last["open"].setText(str(view.open[-1]) if view is not None and view.open else none)
        taken = view.arrivals[-1][1] if view is not None and view.arrivals else None
        self._last["arrivals"].setText(span(taken) if taken is not None else none)
        if self._drawn is not None:
            self._drawn.say(round(view.limit_s / 60) if view is not None else 10)

    @Slot()
    def _draw(self) -> None:
        view = self._view
        if view is None or not self._stale:
            return
        if self._drawn is None:
            if LATER.busy:
                QTimer.singleShot(AGAIN_MS, self._draw)
                return
            self._drawn = self._plots()
        self._stale = False
        self.draws += 1
        self._words()
        for plot in self._drawn.plots.values():
            plot.show()
        self._drawn.draw(view)

    def _plots(self) -> TrendPlots:
        from console.widgets.trend_plots import TrendPlots

        made = TrendPlots(self._theme)
        for key, plot in made.plots.items():
            self._rooms[key].addWidget(plot, 1)
        return made

    @Slot()
    def _recolor(self) -> None:
        if self._drawn is not None:
            self._drawn.recolor(self._theme)
