"""The clocks of a case, one row a promise: ring, name, time, limit, outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain import deadlines, limits
from console.domain.calendars import WorkingCalendar
from console.domain.chance import Chance
from console.domain.model import Case, Deadline
from console.domain.vocabulary import DeadlineKind, Lamp
from console.i18n import t
from console.models.chance_words import short_words
from console.models.wording import clock_name, span
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.ring import Reading, paint_ring, read

_ROW: Final = 28
_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_V: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
ORDER: Final = tuple(DeadlineKind)


class ClockPanel(QWidget):
    """Painted from the ticker's time; a running time is the brightest thing."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme = theme
        self._ticker = ticker
        self._rows: tuple[Deadline, ...] = ()
        self._cut: dict[DeadlineKind, float] = {}
        self._calendar: WorkingCalendar | None = None
        self._chance: Chance | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ticker.tick.connect(self._on_tick)

    def apply(self, case: Case, calendar: WorkingCalendar) -> None:
        """Take the clocks of a case."""
        self._calendar = calendar
        ended = case.closed_at or case.ended_at
        # What a forced close cut off past its due time stays to be seen.
        cut = [one for one in case.deadlines if deadlines.cut_off_late(one, ended)]
        self._cut = {one.kind: (ended - one.due_at).total_seconds() for one in cut if ended is not None}
        kept = (one for one in case.deadlines if not one.cancelled or one.kind in self._cut)
        self._rows = tuple(sorted(kept, key=_place))
        self.updateGeometry()
        self._describe()
        self.update()

    def foretell(self, chance: Chance | None) -> None:
        """The chance that is said in the row of its clock while it warns; for a
        pane without room for a line of its own."""
        self._chance = chance
        self._describe()
        self.update()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """A row each."""
        return QSize(240, _ROW * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        """All rows, always: a clock must not be scrolled away."""
        return QSize(200, _ROW * len(self._rows))

    def words(self) -> list[str]:
        """What the rows say now, for screen readers."""
        if self._calendar is None:
            return []
        now = self._ticker.now()
        found = []
        for row in self._rows:
            reading = read(row, now, self._calendar)
            time, rest = self._parts(row, reading)
            found.append(f"{clock_name(row.kind)} {time}{rest} {self._outcome(row, reading)}".strip())
        return found

    def _describe(self) -> None:
        self.setAccessibleName(t("desk.case.clocks"))
        self.setAccessibleDescription("; ".join(self.words()))

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if self.isVisible() and any(row.running for row in self._rows):
            self.update()

    def _parts(self, row: Deadline, reading: Reading) -> tuple[str, str]:
        """The big time and the small rest: what is left of the limit while it
        runs, what it took once it has ended."""
        whole = limits.seconds(row.limit, row.times)
        if row.kind in self._cut:
            return t("common.time.over", span=span(self._cut[row.kind])), f" / {span(whole)}"
        if row.running:
            return reading.text, f" / {span(whole)}"
        return span(max(0.0, whole - reading.remaining_s)), f" / {span(whole)}"

    def _outcome(self, row: Deadline, reading: Reading) -> str:
        if reading.paused:
            return t("desk.case.paused")
        if row.running and self._warns(row):
            assert self._chance is not None
            return short_words(self._chance, self._ticker.now())
        if row.running:
            return t(f"states.lamp.{reading.lamp.value}") if reading.lamp is not Lamp.GREEN else ""
        return t("desk.case.missed") if self._late(row) else "✓"

    def _warns(self, row: Deadline) -> bool:
        chance = self._chance
        return chance is not None and chance.kind is row.kind and chance.warns(self._ticker.now())

    def _late(self, row: Deadline) -> bool:
        """It ended late, or an earlier round of it did."""
        return deadlines.ended_late(row) or row.missed_before or row.kind in self._cut

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        if self._calendar is None:
            return
        painter = QPainter(self)
        now = self._ticker.now()
        # What runs stands first: where room is short the ended ones are scrolled.
        for at, row in enumerate(sorted(self._rows, key=_ended)):
            box = QRect(0, at * _ROW, self.width(), _ROW)
            self._row(painter, box, row, read(row, now, self._calendar))

    def _row(self, painter: QPainter, box: QRect, row: Deadline, reading: Reading) -> None:
        theme = self._theme
        big = row.running
        paint_ring(painter, QRectF(box.left(), box.center().y() - 8, 18, 18), theme, reading)
        painter.setFont(theme.font(14))
        painter.setPen(theme.color("text" if big else "muted"))
        painter.drawText(box.adjusted(28, 0, 0, 0), _LEFT_V, clock_name(row.kind))
        time, rest = self._parts(row, reading)
        painter.setFont(theme.font(20 if big else 14, big))
        painter.setPen(theme.color("text" if big and not reading.paused else "muted"))
        column = box.adjusted(112, 0, 0, 0)
        painter.drawText(column, _LEFT_V, time)
        used = painter.fontMetrics().horizontalAdvance(time)
        painter.setFont(theme.font(14))
        painter.setPen(theme.color("muted"))
        painter.drawText(column.adjusted(used, 2 if big else 0, 0, 0), _LEFT_V, rest)
        outcome = self._outcome(row, reading)
        late = self._late(row) or reading.lamp is Lamp.RED
        if late:
            painter.setPen(theme.color("lamp.red"))
        elif row.running and (reading.lamp is Lamp.YELLOW or self._warns(row)):
            painter.setPen(theme.color("lamp.yellow"))
        painter.drawText(box, _RIGHT_V, outcome)


def _ended(deadline: Deadline) -> bool:
    return not deadline.running


def _place(deadline: Deadline) -> int:
    return ORDER.index(deadline.kind)
