"""The head of the history: that it is history, of which shift, at what time, with
which figures; and the buttons that move it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QDate, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from console.domain import shifts
from console.domain.errors import Refusal
from console.domain.shifts import ShiftPlan, ShiftSpan
from console.i18n import either, t
from console.models.wording import clock, local
from console.services.views import BoardView
from console.theme import Theme
from console.widgets.hatching import hatch
from console.widgets.kpi_strip import KpiStrip
from console.widgets.parts import button, spaced

#: A head narrower than this has its figures in a row of their own, px.
WIDE: Final = 1360
#: What it needs at least, px.
NARROW: Final = 640
#: Buttons with the key that does the same.
_BUTTONS: Final = (("back", "deed_back", "|◀  ,"), ("play", "play", ""), ("next", "deed_on", "▶|  ."))


class Banner(QWidget):
    """Hatched, with the words that it is not now, and when it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(34)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words on a ground of their own, hatching beside them."""
        p = QPainter(self)
        hatch(p, self.rect(), self._theme.color("stale", 0.5))
        p.setFont(self._theme.font(20, True))
        words = "   ".join(word for word in (t("history.page.banner"), self.text) if word)
        wide = p.fontMetrics().horizontalAdvance(words) + 32
        room = self.rect()
        room.setWidth(min(wide, room.width()))
        room.moveCenter(self.rect().center())
        p.fillRect(room, self._theme.color("bg"))
        p.setPen(self._theme.color("text"))
        p.drawText(room, int(Qt.AlignmentFlag.AlignCenter), words)


class HistoryHead(QWidget):
    """``asked(what)`` as the keys of the time bar, ``chosen(ShiftSpan)``."""

    asked = Signal(str)
    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.plan: ShiftPlan = shifts.DEFAULT
        self.span: ShiftSpan | None = None
        self._filling = False
        self._play = (False, 1)
        self.banner = Banner(theme)
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setFont(theme.font(14))
        self.kind = QComboBox()
        self.kind.setFont(theme.font(14))
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.earlier, self.later = button(theme), button(theme)
        self.moves = {what: button(theme) for _, what, _ in _BUTTONS}
        self.speed = button(theme, "", "quiet")
        self.kpi = KpiStrip(theme)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        choice = QHBoxLayout()
        spaced(choice, 0, 6)
        for one in (self.earlier, self.day, self.kind, self.later):
            choice.addWidget(one)
        self._moves = moves = QHBoxLayout()
        spaced(moves, 0, 6)
        for move in (*self.moves.values(), self.speed):
            moves.addWidget(move)
        self._grid = QGridLayout()
        spaced(self._grid, 0, 12)
        self._grid.addLayout(choice, 0, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addLayout(moves, 0, 1, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.kpi, 1, 0, 1, 3)
        self._grid.setColumnStretch(2, 1)
        self._wide = False
        body = QVBoxLayout(self)
        spaced(body, 0, 6)
        body.addWidget(self.banner)
        body.addLayout(self._grid)

    def minimumSizeHint(self) -> QSize:
        """Wide as it is now or not, it may become narrow."""
        return QSize(NARROW, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow page the figures stand below the rest."""
        super().resizeEvent(event)
        self.fit(event.size().width())

    def fit(self, width: int) -> None:
        """Beside each other or below, as ``width`` px allow."""
        wide = width >= WIDE
        if wide is not self._wide:
            self._wide = wide
            self._grid.removeWidget(self.kpi)
            if wide:
                self._grid.addWidget(self.kpi, 0, 2)
            else:
                self._grid.addWidget(self.kpi, 1, 0, 1, 3)

    def _connect(self) -> None:
        self.day.dateChanged.connect(self._picked)
        self.kind.currentIndexChanged.connect(self._picked)
        self.earlier.clicked.connect(self._earlier)
        self.later.clicked.connect(self._later)
        self.speed.clicked.connect(self._faster)
        for one in self.moves.values():
            one.clicked.connect(self._pressed)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.banner.update()
        for made, sign, what in ((self.earlier, "◀", "earlier"), (self.later, "▶", "later")):
            made.setText(sign)
            made.setToolTip(t(f"history.do.{what}"))
            made.setAccessibleName(t(f"history.do.{what}"))
        self.day.setAccessibleName(t("history.do.day"))
        self.kind.setAccessibleName(t("history.do.kind"))
        for at, one in enumerate(self.plan.kinds):
            if at < self.kind.count():
                self.kind.setItemText(at, _named(one))
        self.kpi.retranslate()
        self._say_moves()

    def _say_moves(self) -> None:
        playing, speed = self._play
        for word, what, key in _BUTTONS:
            named = "pause" if word == "play" and playing else word
            words = t(f"history.do.{named}")
            self.moves[what].setText(key or f"{words}  {t('history.do.space')}")
            self.moves[what].setToolTip(words)
            self.moves[what].setAccessibleName(words)
        self.speed.setText(f"{t('history.do.speed', speed=speed)}  [ ]")

    # -- what is shown -----------------------------------------------------------

    def set_plan(self, plan: ShiftPlan, now: datetime) -> None:
        """Which shifts there are; none after today."""
        self.plan = plan
        self._filling = True
        self.kind.clear()
        self.kind.addItems([_named(one) for one in plan.kinds])
        self.day.setMaximumDate(_qdate(local(now).date()))
        self._filling = False
        if self.span is None:
            self.show_span(shifts.span_at(plan, now))

    def show_span(self, span: ShiftSpan) -> None:
        """This shift is looked at."""
        self.span = span
        self._filling = True
        self.day.setDate(_qdate(date(int(span.day[:4]), int(span.day[4:6]), int(span.day[6:]))))
        ids = [one.id for one in self.plan.kinds]
        self.kind.setCurrentIndex(ids.index(span.kind.id) if span.kind.id in ids else -1)
        self._filling = False

    def show_time(self, at: datetime) -> None:
        """The instant one looks at."""
        self.banner.text = f"{local(at):%Y-%m-%d} {clock(at)}"
        self.banner.setAccessibleName(f"{t('history.page.banner')} {self.banner.text}")
        self.banner.update()

    def show_figures(self, view: BoardView) -> None:
        """The strip as it was."""
        self.kpi.apply(view.kpi, view.arrival_origin)

    def show_playing(self, playing: bool, speed: int) -> None:
        """Whether the hand moves, and how fast."""
        self._play = playing, speed
        self._say_moves()

    def step(self, by: int) -> None:
        """The shift before or after."""
        if self.span is not None:
            way = shifts.next_span if by > 0 else shifts.span_before
            self.chosen.emit(way(self.plan, self.span))

    # -- hands --------------------------------------------------------------------

    @Slot()
    def _picked(self) -> None:
        place = self.kind.currentIndex()
        if self._filling or not 0 <= place < len(self.plan.kinds):
            return
        try:
            wanted = f"{self.day.date().toString('yyyyMMdd')}-{self.plan.kinds[place].id}"
            span = shifts.span_of(self.plan, wanted)
        except Refusal:
            return
        if self.span is None or span.id != self.span.id:
            self.chosen.emit(span)

    @Slot()
    def _earlier(self) -> None:
        self.step(-1)

    @Slot()
    def _later(self) -> None:
        self.step(1)

    @Slot()
    def _faster(self) -> None:
        self.asked.emit("faster")

    @Slot()
    def _pressed(self) -> None:
        pressed = self.sender()
        for what, one in self.moves.items():
            if one is pressed:
                self.asked.emit(what)


def _named(kind: shifts.ShiftKind) -> str:
    form = "%H:%M" if kind.start.minute or kind.end.minute else "%H"
    return f"{either(kind.zh, kind.en)} {kind.start:{form}}–{kind.end:{form}}"


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
