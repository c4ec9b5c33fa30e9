"""One row an alarm: severity as letter, colour and word; what, where, who has
it; the time left, large. The worst is at the top and readable first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from console.domain.calendars import WorkingCalendar
from console.domain.vocabulary import AlarmState, Severity
from console.i18n import either, t
from console.models.alarm_rows import AlarmRows, Row, severity_of
from console.models.names import NOBODY
from console.models.wording import alarm_text, letter
from console.services.alarm_log import PastAlarm
from console.services.views import AlarmRow, CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets import alarm_words as words
from console.widgets import asking_list
from console.widgets.asking_list import AskingList, RowDelegate
from console.widgets.asking_list import words as put

_PAD: Final = asking_list.PAD
_BOX: Final = 36
_WORD: Final = 64
_TIME: Final = 132
_RIGHT_V: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WAITING: Final = frozenset({AlarmState.RAISED, AlarmState.RETURNED})
#: Keys that belong to the list while it has the keyboard, and what they ask.
KEYS: Final = {
    Qt.Key.Key_1: "ack1",
    Qt.Key.Key_2: "ack2",
    Qt.Key.Key_3: "ack3",
    Qt.Key.Key_S: "shelve",
    Qt.Key.Key_U: "unshelve",
    Qt.Key.Key_J: "jump",
    Qt.Key.Key_Return: "jump",
    Qt.Key.Key_Enter: "jump",
    Qt.Key.Key_H: "severity",
    Qt.Key.Key_K: "kind",
    Qt.Key.Key_Slash: "find",
    Qt.Key.Key_E: "export",
    Qt.Key.Key_Comma: "earlier",
    Qt.Key.Key_Period: "later",
    Qt.Key.Key_Left: "tab_left",
    Qt.Key.Key_Right: "tab_right",
}


class AlarmDelegate(RowDelegate):
    """Paints one alarm."""

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__(theme, ticker)
        self.calendar: WorkingCalendar | None = None
        self.cards: Mapping[str, CaseCard] = {}
        self.names = NOBODY

    def paint_row(self, painter: QPainter, box: QRect, row: Row) -> None:
        """Severity, what and where, who has it, the time left."""
        severity = severity_of(row)
        waiting = isinstance(row, AlarmRow) and row.alarm.state in _WAITING
        self._chip(painter, QRect(box.left() + _PAD, box.top() + 11, _BOX, _BOX), severity, waiting)
        left = box.left() + 2 * _PAD + _BOX
        tone = self._theme.severity(severity)
        word = QRect(left, box.top(), _WORD, box.height())
        put(painter, word, t(f"alarms.severity.{severity.value}"), self._theme.font(14, waiting), tone)
        right = QRect(box.right() - _TIME - _PAD, box.top() + 8, _TIME, 44)
        middle = QRect(left + _WORD, box.top() + 8, 0, 44)
        middle.setRight(right.left() - _PAD)
        if isinstance(row, AlarmRow):
            self._present(painter, middle, right, row, waiting)
        else:
            self._past(painter, middle, right, row)

    def _chip(self, painter: QPainter, box: QRect, severity: Severity, waiting: bool) -> None:
        color = self._theme.severity(severity)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(color, 1))
        painter.setBrush(color if waiting else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 4, 4)
        painter.setPen(self._theme.color("on_accent") if waiting else color)
        painter.setFont(self._theme.font(20, True))
        painter.drawText(box, asking_list.CENTER, letter(severity))

    def _present(self, painter: QPainter, box: QRect, right: QRect, row: AlarmRow, waiting: bool) -> None:
        theme, now = self._theme, self._ticker.now()
        alarm = row.alarm
        text, muted = theme.color("text"), theme.color("muted")
        first = box.adjusted(0, 0, 0, -22)
        used = put(painter, first, words.said(row), theme.font(16, waiting), text)
        where = first.adjusted(used + _PAD, 0, 0, 0)
        put(painter, where, words.place(row), theme.font(14), text if waiting else muted)
        second = box.adjusted(0, 24, 0, 0)
        who = words.who_has_it(row, self.names, now)
        put(painter, second, who, theme.font(14), text if alarm.louder and waiting else muted)
        left = words.time_left(row, self.cards, self.calendar, now)
        over = left.startswith("+")
        tone = theme.severity(alarm.severity) if over and waiting else text if left else muted
        upper = right.adjusted(0, 0, 0, -18)
        painter.setFont(theme.font(20 if left else 14, bool(left)))
        painter.setPen(tone)
        painter.drawText(upper, _RIGHT_V, left or words.standing(alarm, now))
        _right(painter, right.adjusted(-60, 26, 0, 0), words.lateness(alarm.late_s), theme.font(12), muted)

    def _past(self, painter: QPainter, box: QRect, right: QRect, row: PastAlarm) -> None:
        theme, now = self._theme, self._ticker.now()
        text, muted = theme.color("text"), theme.color("muted")
        first = box.adjusted(0, 0, 0, -22)
        said = f"{row.number} {alarm_text(row.alarm)}".strip()
        used = put(painter, first, said, theme.font(16), text)
        where = first.adjusted(used + _PAD, 0, 0, 0)
        put(painter, where, either(row.what_zh, row.what_en), theme.font(14), muted)
        facts = (
            words.answer_time(row.acked_s),
            self.names.person(row.acked_by) if row.acked_by else "",
            t("alarms.row.calls", n=row.calls) if row.calls > 1 else "",
            t(f"states.alarm.{row.alarm.state.value}"),
            words.lateness(row.late_s),
        )
        second = " · ".join(word for word in facts if word)
        put(painter, box.adjusted(0, 24, 0, 0), second, theme.font(14), muted)
        painter.setFont(theme.font(16))
        painter.setPen(text)
        painter.drawText(right.adjusted(0, 0, 0, -18), _RIGHT_V, words.day_clock(row.first_at, now))


class AlarmList(AskingList):
    """The alarms, by their ids; 0 for none."""

    walked = Signal(int)
    keys = KEYS
    opens = "jump"
    none = 0

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        self.source = AlarmRows()
        self.painter = AlarmDelegate(theme, ticker)
        super().__init__(self.source, self.painter, theme, ticker)

    @property
    def current(self) -> Row | None:
        """The alarm the keyboard is at."""
        return self.source.row(self.currentIndex().row())


asks = AlarmList.asks


def _right(painter: QPainter, box: QRect, text: str, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(box, _RIGHT_V, text)
