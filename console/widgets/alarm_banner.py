"""The worst alarm in one line: letter, case, what, time, and what to do.

One row per source; the next worst stands beside it in short, the rest is a
number. Acknowledging asks for a promise, because an alarm that is only
clicked away comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from console.domain.calendars import WorkingCalendar
from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, Severity, SourceKind
from console.i18n import either, t
from console.models.alarms import AlarmModel
from console.models.names import NOBODY, NameBook
from console.models.wording import alarm_text, clock, guide, letter
from console.services.views import AlarmRow, CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.alarm_words import time_left
from console.widgets.parts import EDGE, DataLabel, button, label, spaced, surface
from console.widgets.severity_chip import SeverityChip

#: The promises an officer may give, minutes.
PROMISES: Final = (1, 2, 3)
#: What is wrong with shifts is mended on their page.
OF_SHIFTS: Final = ("handover_late", "shift_missing")


class AlarmBanner(QWidget):
    """``acknowledged(alarm id, minutes)``, ``jump(case id)``,
    ``camera_wanted(camera id)``, ``page_wanted(page)``; "+2" opens the list of all, worst first."""

    acknowledged = Signal(int, int)
    jump = Signal(str)
    camera_wanted = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._ticker = ticker
        self.model = AlarmModel(self)
        self._cards: Mapping[str, CaseCard] = {}
        self._calendar: WorkingCalendar | None = None
        self._names = NOBODY
        self._flood = 0
        self._unread = False
        self.chip = SeverityChip(theme, ticker)
        self._what = label(theme, "", 16, bold=True)
        self._time = label(theme, "", 20, bold=True)
        self._who = DataLabel(theme, 14, tone="muted")
        self._next = label(theme, "", 14, tone="muted")
        self._more = button(theme, "", "quiet")
        self._promise: dict[int, QPushButton] = {n: button(theme, "") for n in PROMISES}
        self._ask_words = label(theme, "", 14, tone="muted")
        self._jump = button(theme, "")
        self._quiet = label(theme, "", 14, tone="muted")
        surface(self, "panel")
        self._build()
        self.setFixedHeight(44)
        ticker.tick.connect(self._on_tick)
        self.retranslate()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        spaced(row, 0, 12)
        row.setContentsMargins(EDGE, 4, EDGE, 4)
        for one in (self._quiet, self.chip, self._what, self._time):
            row.addWidget(one)
        row.addWidget(self._who, 1)
        self._ask = QWidget()
        ask = QHBoxLayout(self._ask)
        spaced(ask, 0, 4)
        ask.addWidget(self._ask_words)
        ask.addSpacing(4)
        for minutes, made in self._promise.items():
            made.setProperty("minutes", minutes)
            made.clicked.connect(self._promised)
            ask.addWidget(made)
        row.addWidget(self._ask)
        row.addWidget(self._jump)
        row.addWidget(self._next)
        row.addWidget(self._more)
        self._jump.clicked.connect(self.jump_worst)
        self._list = QMenu(self._more)
        self._more.setMenu(self._list)
        self._list.aboutToShow.connect(self._fill_list)
        self._list.triggered.connect(self._picked)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for minutes, one in self._promise.items():
            one.setText(t("desk.alarm.promise", n=minutes))
            one.setAccessibleName(t("desk.alarm.promise_name", n=minutes))
            one.setToolTip(t("desk.alarm.promise_name", n=minutes))
        self._ask_words.setText(t("desk.alarm.ack"))
        self._jump.setText(t("desk.alarm.jump"))
        self.setAccessibleName(t("desk.alarm.title"))
        self._show()

    def apply(
        self, rows: Sequence[AlarmRow], cards: Mapping[str, CaseCard], calendar: WorkingCalendar
    ) -> None:
        """Take the alarms of a snapshot and the cards they speak of."""
        self._cards = cards
        self._calendar = calendar
        self._unread = False
        self.model.apply(rows)
        self._show()

    def forget(self) -> None:
        """Whoever sits here reads no alarms: it says so, which is not calm."""
        self._unread = True
        self.model.apply(())
        self._show()

    def set_flood(self, in_ten_minutes: int) -> None:
        """Alarms of the last ten minutes while it is a flood, else 0: the
        banner says so, and counts low alarms instead of naming them."""
        self._flood = in_ten_minutes
        self._show()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self._show()

    def unacknowledged(self) -> int:
        """How many alarms wait for somebody."""
        return sum(row.alarm.state is not AlarmState.ACKNOWLEDGED for row in self.model.rows())

    @Slot()
    def jump_worst(self) -> None:
        """Ask for the case (or camera) of the worst alarm."""
        worst = self.model.worst()
        if worst is not None:
            self.go_to(worst.alarm)

    def go_to(self, alarm: Alarm) -> None:
        """Ask for what an alarm is about: its case, its camera, or the first
        camera of what is folded. The system itself is nowhere to be seen."""
        if alarm.code in OF_SHIFTS:
            self.page_wanted.emit("shift")
        elif alarm.source_kind in (SourceKind.CASE, SourceKind.EMERGENCY, SourceKind.SUPERVISION):
            self.jump.emit(alarm.source_id)
        elif alarm.members:
            self.camera_wanted.emit(alarm.members[0])
        elif alarm.source_kind is SourceKind.CAMERA:
            self.camera_wanted.emit(alarm.source_id)

    def acknowledge_worst(self, minutes: int) -> None:
        """Promise for the worst alarm, if it still waits for one."""
        worst = self.model.worst()
        if worst is not None and worst.alarm.state is not AlarmState.ACKNOWLEDGED:
            self.acknowledged.emit(worst.alarm.id, minutes)

    @Slot()
    def _promised(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acknowledge_worst(int(sender.property("minutes")))

    @Slot()
    def _fill_list(self) -> None:
        """All alarms with their time now; a menu holds no running times."""
        self._list.clear()
        now = self._ticker.now()
        for row in self.model.rows():
            words = (
                f"{letter(row.alarm.severity)}  {row.number} {alarm_text(row.alarm)}\t{self._left(row, now)}"
            )
            self._list.addAction(words).setData(row.alarm)

    @Slot(QAction)
    def _picked(self, entry: QAction) -> None:
        alarm = entry.data()
        if isinstance(alarm, Alarm):
            self.go_to(alarm)

    def _show(self) -> None:
        worst = self.model.worst()
        for one in (self.chip, self._what, self._time, self._who, self._jump):
            one.setVisible(worst is not None)
        self._quiet.setText(t("desk.alarm.unread" if self._unread else "desk.alarm.none"))
        self._quiet.setVisible(worst is None)
        rest = self.model.rows()[1:]
        head = rest[0] if rest else None
        self._next.setVisible(bool(rest))
        self._more.setVisible(len(rest) > 1)
        if head is not None:
            self._next.setText(self._in_short(head))
            self._more.setText(t("desk.alarm.more", n=len(rest) - 1))
            self._more.setAccessibleName(t("desk.alarm.all"))
        if worst is None:
            self._ask.hide()
            self.chip.show_severity(None, False)
            return
        alarm = worst.alarm
        waiting = alarm.state is not AlarmState.ACKNOWLEDGED
        self._ask.setVisible(waiting)
        self.chip.show_severity(alarm.severity, waiting and alarm.severity is Severity.HIGH)
        self._what.setText(f"{worst.number} {alarm_text(alarm)}".strip())
        self._what.setToolTip(guide(alarm))
        if waiting:
            who = either(worst.who_zh, worst.who_en) or either(worst.what_zh, worst.what_en)
        else:
            who = t(
                "desk.alarm.acked", who=self._names.person(alarm.acked_by), until=clock(alarm.promise_until)
            )
        self._who.setText(who)
        self._show_time(worst, self._ticker.now())

    def _in_short(self, head: AlarmRow) -> str:
        """The second worst; in a flood that it is one, and the low ones as a number."""
        if self._flood:
            low = sum(row.alarm.severity is Severity.LOW for row in self.model.rows())
            return t("alarms.banner.flood", n=self._flood, low=low)
        return f"{letter(head.alarm.severity)} {head.number} {alarm_text(head.alarm)}"

    def _show_time(self, row: AlarmRow, now: datetime) -> None:
        self._time.setText(self._left(row, now))

    def _left(self, row: AlarmRow, now: datetime) -> str:
        return time_left(row, self._cards, self._calendar, now)

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        worst = self.model.worst()
        if worst is not None and self.isVisible():
            self._show_time(worst, now)
