"""The live section of the page of figures: nine charts of now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.i18n import either, t
from console.models import live_charts
from console.models.live_charts import Chart, Pick
from console.models.wording import ago, clock
from console.services.live_view import CHARTS, SPANS, LiveView
from console.theme import Theme
from console.widgets.chart_card import ChartCard
from console.widgets.later import LATER
from console.widgets.parts import DataLabel, button, label, set_tone, spaced

#: A chart needs so much room, px; there are three, two or one beside each other.
LEAST_WIDE: Final = 300
LEAST_HIGH: Final = 280
#: Older than this is said, seconds.
STALE_S: Final = 5.0
#: While the plots are being read in, it is tried again after this, ms.
_AGAIN_MS: Final = 200


class _Area(QScrollArea):
    """Scrolls by wheel; its keys walk from chart to chart instead."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left to the section."""
        event.ignore()


class LiveSection(QWidget):
    """``span_wanted(hour|shift|day)``, ``cases_wanted(Pick)``. One chart is
    painted a turn of the loop, and only what changed and can be seen."""

    span_wanted = Signal(str)
    cases_wanted = Signal(object)

    def __init__(self, theme: Theme, scale: float = 1.0) -> None:
        """``scale``: 1 at a desk, more on a display that hangs far away."""
        super().__init__()
        self._theme, self._scale = theme, scale
        self._view: LiveView | None = None
        self._cameras: tuple[int, int] | None = None
        self._called: dict[str, tuple[str, str]] = {}
        self._names: dict[str, str] = {}
        self._charts: dict[str, Chart] = {}
        self._dirty: dict[str, None] = {}
        self._pick: tuple[str, int] = ("", -1)
        self._faded = False
        self.span = SPANS[0]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.cards = {chart: ChartCard(theme, chart, scale) for chart in CHARTS}
        self._spans = {span: button(theme, "", "quiet", px=round(14 * scale)) for span in SPANS}
        self._choice = QButtonGroup(self)
        self._readout = DataLabel(theme, round(14 * scale))
        self._taken = label(theme, "", round(12 * scale), tone="muted")
        self._rule = label(theme, "", round(12 * scale), tone="muted", wrap=True)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._draw_one)
        self._lay_out()
        for card in self.cards.values():
            card.chosen.connect(self._chosen)
            card.pointed.connect(self._pointed)
        theme.changed.connect(self._recolor)
        self.retranslate()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        spaced(bar, 0, 4)
        for n, (span, made) in enumerate(self._spans.items()):
            made.setCheckable(True)
            made.setChecked(span == self.span)
            self._choice.addButton(made, n)
            bar.addWidget(made)
        bar.addSpacing(8)
        bar.addWidget(self._readout, 1)
        bar.addWidget(self._taken)
        self._choice.idClicked.connect(self._span_clicked)
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        spaced(self._grid, 0, 8)
        self._columns = 0
        self._area = _Area()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._area.verticalScrollBar().valueChanged.connect(self._scrolled)
        column = QVBoxLayout(self)
        spaced(column, 0, 4)
        column.addLayout(bar)
        column.addWidget(self._area, 1)
        column.addWidget(self._rule)
        self._arrange(3)

    # -- what comes in ---------------------------------------------------------

    def apply(self, view: LiveView) -> None:
        """Take fresh points; charts that changed are painted one after another."""
        if view.span != self.span:
            return
        self._view = view
        self._area.show()
        self._remake()
        self._say()

    def bar(self, words: str) -> None:
        """Show no figures, but why: somebody signed in who may not read them."""
        self._view = None
        self._area.hide()
        self._taken.setText("")
        self._readout.setText(words)

    def set_cameras(self, live: int, total: int) -> None:
        """Live cameras and all of them, as the header says."""
        if self._cameras != (live, total):
            self._cameras = (live, total)
            if self.isVisible() and self._view is not None:
                self._remake()

    def set_names(self, names: Mapping[str, tuple[str, str]]) -> None:
        """What teams are called, Chinese and English."""
        self._called = dict(names)
        self._name()

    def _name(self) -> None:
        self._names = {team: either(zh, en) or team for team, (zh, en) in self._called.items()}
        self.cards["teams"].set_names(self._names)

    @Slot(object)
    def tick(self, now: datetime) -> None:
        """How old what is shown is; called each second while it is seen."""
        if self._view is None:
            return
        age = (now - self._view.taken_at).total_seconds()
        old = age > STALE_S
        at = clock(self._view.taken_at)
        words = t("live.stale", at=at, ago=ago(age)) if old else t("live.taken_at", at=at)
        self._taken.setText(words)
        set_tone(self._taken, "red" if old else "muted")

    @property
    def draws(self) -> int:
        """How many charts were painted since the beginning, for the tests."""
        return sum(card.draws for card in self.cards.values())

    @property
    def readout(self) -> str:
        """The point that is looked at, in words."""
        return self._readout.text()

    def say(self, words: str) -> None:
        """A line in the place of the point."""
        self._readout.setText(words)

    def use_span(self, span: str) -> None:
        """Show the last hour, this shift or today; what was shown goes."""
        if span == self.span:
            return
        self.span = span
        self._view = None
        self._spans[span].setChecked(True)
        self.span_wanted.emit(span)

    # -- painting ----------------------------------------------------------------

    def _remake(self) -> None:
        if self._view is None:
            return
        fresh = live_charts.charts(self._view, self._cameras)
        for chart, made in fresh.items():
            if self._charts.get(chart) != made:
                self._dirty[chart] = None
        self._charts = fresh
        if self._dirty and self.isVisible() and not self._turn.isActive():
            self._turn.start(0)

    @Slot()
    def _draw_one(self) -> None:
        if self._view is None or not self.isVisible():
            return
        if LATER.busy:
            self._turn.start(_AGAIN_MS)
            return
        for chart in tuple(self._dirty):
            card = self.cards[chart]
            if not card.visibleRegion().isEmpty():
                del self._dirty[chart]
                card.draw(self._charts[chart], self._view)
                if self._pick[0] == chart:
                    self._tell_point()
                self._turn.start(0)
                return

    @Slot(int)
    def _scrolled(self, _to: int) -> None:
        if self._dirty and not self._turn.isActive():
            self._turn.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Paint what came while hidden."""
        super().showEvent(event)
        if self._faded:
            self._recolor()
        if self._dirty:
            self._turn.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many charts beside each other as have room."""
        super().resizeEvent(event)
        self._arrange(max(1, min(3, int(self.width() // (LEAST_WIDE * self._scale)))))
        if self._dirty:
            self._turn.start(0)

    def minimumSizeHint(self) -> QSize:
        """One chart; the others are scrolled to."""
        return QSize(round(LEAST_WIDE * self._scale), round(LEAST_HIGH * self._scale))

    def heightForWidth(self, _width: int) -> int:
        """As high as it must be, whatever the width: the rest is scrolled."""
        return self.minimumSizeHint().height()

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for n, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, n // columns, n % columns)
        for n in range(3):
            self._grid.setColumnStretch(n, 1 if n < columns else 0)
        for n in range(len(self.cards)):
            self._grid.setRowStretch(n, 1 if n * columns < len(self.cards) else 0)

    @Slot()
    def _recolor(self) -> None:
        self._faded = not self.isVisible()
        if self._faded:
            return
        for card in self.cards.values():
            card.recolor()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for span, made in self._spans.items():
            made.setText(t(f"live.span_{span}"))
            made.setAccessibleName(t(f"live.span_{span}"))
        self._rule.setText(t("live.rule"))
        self._name()
        self._say()
        self._remake()
        if self._view is not None:
            # All words at once; the pictures follow one after another.
            for chart, fresh in self._charts.items():
                self.cards[chart].word(fresh)
            self.tick(self._view.taken_at)
            self._tell_point()

    def _say(self) -> None:
        if self._view is None:
            self._readout.setText(t("live.empty"))
            self._taken.setText("")
        elif self._pick[1] < 0 and self._readout.text() == t("live.empty"):
            self._readout.setText("")

    # -- points and keys ---------------------------------------------------------

    @Slot(int)
    def _span_clicked(self, at: int) -> None:
        self.use_span(SPANS[at])

    @Slot(str, int)
    def _pointed(self, chart: str, at: int) -> None:
        self._pick = (chart, at)
        card = self.cards[chart]
        if card.hasFocus():
            self._area.ensureWidgetVisible(card, 0, 0)
        self._tell_point()

    def _tell_point(self) -> None:
        found = self._picked(*self._pick)
        self._readout.setText(found.words if found is not None else "")

    @Slot(str, int)
    def _chosen(self, chart: str, at: int) -> None:
        found = self._picked(chart, at)
        if found is not None:
            self.cases_wanted.emit(found)

    def _picked(self, chart: str, at: int) -> Pick | None:
        made = self.cards[chart].chart if chart else None
        if made is None or self._view is None or not 0 <= at < len(made.spots):
            return None
        minutes = round(self._view.limits.get("total", 900.0) / 60)
        return live_charts.pick(made, at, self._view, self._names, minutes)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes to the chart that had it."""
        super().focusInEvent(event)
        self.cards[self._pick[0] or CHARTS[0]].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 2 3 for the span, ↑ ↓ to the chart above and below."""
        key = event.key()
        digits = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
        if key in digits:
            self.use_span(SPANS[digits.index(Qt.Key(key))])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(self._columns if key == Qt.Key.Key_Down else -self._columns)
        else:
            event.ignore()

    def _walk(self, by: int) -> None:
        here = next((n for n, card in enumerate(self.cards.values()) if card.hasFocus()), 0)
        to = here + by
        if not 0 <= to < len(CHARTS):
            # From the foot of a column to the head of the next one.
            to = (here + by) % len(CHARTS)
        self.cards[CHARTS[to]].setFocus(Qt.FocusReason.OtherFocusReason)
