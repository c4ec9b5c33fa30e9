"""The page of alarms: one row a source, worst first; works by keyboard alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.domain import alarm_quality
from console.domain.vocabulary import Severity, SourceKind
from console.i18n import t
from console.models import board_index
from console.models.alarm_rows import ACTIVE, HISTORY, SHELVED, Row
from console.models.drafts import Drafts
from console.models.names import NameBook
from console.models.wording import local
from console.services.alarm_log import AlarmHistory, AlarmLife, PastAlarm
from console.services.views import BoardView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.alarm_details import AlarmDetails
from console.widgets.alarm_list import AlarmList, asks
from console.widgets.alarm_report import AlarmReport
from console.widgets.parts import button, label, set_tone, spaced

REPORT: Final = "report"
#: Below this the details have no room beside the list, px.
NARROW: Final = 960
TABS: Final = (ACTIVE, SHELVED, HISTORY, REPORT)
_DAYS: Final = frozenset({HISTORY, REPORT})
_SEVERITIES: Final = (None, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
_KINDS: Final = (None, *SourceKind)


class AlarmPage(QWidget):
    """``acknowledged(alarm id, minutes)``, ``unshelve_wanted(alarm id)``,
    ``jump(Alarm)``, ``life_wanted(alarm id)``, ``history_wanted(day or
    None)``, ``export_wanted(file)``; shelving is the form's own signal."""

    acknowledged = Signal(int, int)
    unshelve_wanted = Signal(int)
    jump = Signal(object)
    life_wanted = Signal(int)
    history_wanted = Signal(object)
    export_wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._view: BoardView | None = None
        self._history: AlarmHistory | None = None
        self.flood = False
        self._tab = ACTIVE
        self._day: date | None = None
        self._kept = 0
        self._severity: Severity | None = None
        self._kind: SourceKind | None = None
        self.tabs: dict[str, QPushButton] = {one: button(theme, "", "quiet") for one in TABS}
        self.meter = label(theme, "", 14)
        self.sound = label(theme, "", 14, tone="muted")
        self._voice = ""
        self.search = QLineEdit()
        self.search.setFont(theme.font(14))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(300)
        self.search.setMaximumWidth(360)
        self.narrowing = label(theme, "", 14, tone="muted")
        self.target = QLineEdit()
        self.target.setFont(theme.font(14))
        self.target.hide()
        self.notice = label(theme, "", 14, tone="muted", wrap=True)
        self.hidden_note = label(theme, "", 14, tone="muted")
        self.empty = label(theme, "", 16, tone="muted", wrap=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self.list = AlarmList(theme, ticker)
        self.details = AlarmDetails(theme, ticker, drafts)
        self.report = AlarmReport(theme)
        self._build()
        self._connect()
        self.setFocusProxy(self.list)
        self.retranslate()

    # -- building -----------------------------------------------------------------

    def _build(self) -> None:
        head, second = QHBoxLayout(), QHBoxLayout()
        self._middle = middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for row in (head, second, middle):
            spaced(row, 0, 12)
        for name, made in self.tabs.items():
            made.setCheckable(True)
            made.setProperty("tab", name)
            head.addWidget(made)
        head.addStretch(1)
        head.addWidget(self.meter)
        second.addWidget(self.search)
        second.addWidget(self.narrowing)
        second.addStretch(1)
        second.addWidget(self.sound)
        self._stack = QStackedWidget()
        listed = QWidget()
        middle.addWidget(self.list, 3)
        middle.addWidget(self.details, 2)
        inner = QVBoxLayout(listed)
        spaced(inner, 0, 8)
        inner.addWidget(self.empty)
        inner.addLayout(middle, 1)
        self._stack.addWidget(listed)
        self._stack.addWidget(self.report)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addLayout(second)
        column.addWidget(self.target)
        column.addWidget(self.notice)
        column.addWidget(self.hidden_note)
        column.addWidget(self._stack, 1)
        column.addWidget(self._help)

    def _connect(self) -> None:
        for made in self.tabs.values():
            made.clicked.connect(self._tab_clicked)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self.take_focus)
        self.target.returnPressed.connect(self._export)
        for field in (self.search, self.target, self.report.area):
            field.installEventFilter(self)
        self.list.asked.connect(self._asked)
        self.list.walked.connect(self._walked)
        self.details.asked.connect(self._asked)
        self.details.shelf.left.connect(self.take_focus)

    # -- what comes in ------------------------------------------------------------

    def apply(self, view: BoardView) -> None:
        """Take a snapshot. The chosen alarm, the keyboard and what is typed stay."""
        self._view = view
        self.flood = alarm_quality.flooding(self.flood, view.kpi.alarms_10min)
        if self.isVisible():
            self._take(view)

    def _take(self, view: BoardView) -> None:
        """Only a page that can be seen is worth sorting thousands of rows."""
        painter = self.list.painter
        painter.calendar = view.calendar
        painter.cards = board_index.of(view).cards
        kept, bar = self._kept, self.list.verticalScrollBar()
        scrolled = bar.value()
        self.list.source.apply(view.alarms, self.flood)
        self._after(kept)
        bar.setValue(scrolled)

    def apply_history(self, history: AlarmHistory) -> None:
        """Take a day."""
        self._history = history
        self.list.source.apply_past(history.rows)
        self.report.apply(history)
        if self._tab in _DAYS:
            self._after(self._kept)

    def show_life(self, life: AlarmLife) -> None:
        """What happened to the chosen alarm."""
        self.details.show_life(life)

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self.list.painter.names = names
        self.details.set_names(names)
        self.list.viewport().update()

    def set_voice(self, word: str, wrong: bool) -> None:
        """Whether alarms are heard and spoken on this workstation: the word
        of the text ``alarms.voice.<word>``."""
        self._voice = word
        self.sound.setText(t(f"alarms.voice.{word}"))
        set_tone(self.sound, "red" if wrong else "muted")

    def say(self, sentence: str, tone: str = "muted") -> None:
        """One sentence above the list; empty for none."""
        self.notice.setText(sentence)
        set_tone(self.notice, tone)
        self._show_notice()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.search.setPlaceholderText(t("alarms.page.filter"))
        self.search.setAccessibleName(t("alarms.page.filter"))
        self.target.setPlaceholderText(t("alarms.page.file"))
        self.target.setAccessibleName(t("alarms.page.file"))
        self.list.setAccessibleName(t("alarms.page.title"))
        if self._voice:
            self.sound.setText(t(f"alarms.voice.{self._voice}"))
        self.details.retranslate()
        self.report.retranslate()
        self.list.viewport().update()
        self._say_all()

    # -- tabs and filters -----------------------------------------------------------

    def turn(self, tab: str) -> None:
        """Another tab comes up; the list takes the keyboard."""
        self._tab = tab
        self._stack.setCurrentIndex(1 if tab == REPORT else 0)
        self.search.setVisible(tab != REPORT)
        if tab in (ACTIVE, SHELVED, HISTORY):
            self.list.source.show(tab)
        if tab in _DAYS:
            self.history_wanted.emit(self._day)
        self._after(self._kept)
        self.take_focus()

    @property
    def tab(self) -> str:
        """The tab that is shown."""
        return self._tab

    @Slot()
    def take_focus(self) -> None:
        """The keyboard goes to the list, or to the report in its place."""
        shown = self.report if self._tab == REPORT else self.list
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _tab_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.turn(str(sender.property("tab")))

    @Slot()
    def _narrow(self) -> None:
        self.list.source.narrow(self.search.text(), self._severity, self._kind)
        self._after(self._kept)

    def _move_day(self, days: int) -> None:
        if self._tab not in _DAYS:
            return
        today = local(self._ticker.now()).date()
        chosen = min(today, (self._day or today) + timedelta(days=days))
        self._day = None if chosen == today else chosen
        self.history_wanted.emit(self._day)
        self._say_all()

    # -- keys -------------------------------------------------------------------------

    @Slot(str)
    def _asked(self, what: str) -> None:
        row = self.list.current
        if what.startswith("tab_"):
            step = 1 if what == "tab_right" else -1
            self.turn(TABS[(TABS.index(self._tab) + step) % len(TABS)])
        elif what == "severity":
            self._severity = _SEVERITIES[(_SEVERITIES.index(self._severity) + 1) % len(_SEVERITIES)]
            self._narrow()
        elif what == "kind":
            self._kind = _KINDS[(_KINDS.index(self._kind) + 1) % len(_KINDS)]
            self._narrow()
        elif what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif what in ("earlier", "later"):
            self._move_day(-1 if what == "earlier" else 1)
        elif what == "export":
            self._open_export()
        elif row is not None:
            self._do(what, row)

    def _do(self, what: str, row: Row) -> None:
        alarm_id = row.alarm.id
        if what == "jump":
            self.jump.emit(row.alarm)
        elif isinstance(row, PastAlarm):
            self.say(t("alarms.page.past"))
        elif what == "shelve":
            self.details.shelf.open(alarm_id, self.details.title.text(), self._ticker.now())
        elif what == "unshelve":
            self.unshelve_wanted.emit(alarm_id)
        else:
            self.acknowledged.emit(alarm_id, int(what[-1]))

    @Slot(int)
    def _walked(self, alarm_id: int) -> None:
        self._kept = alarm_id or self._kept
        row = self.list.current
        self.details.show_row(row)
        if self.details.shelf.isVisibleTo(self.details) and not self.details.isAncestorOf(self._held()):
            self.details.shelf.hide()
        if alarm_id:
            self.life_wanted.emit(alarm_id)

    def _held(self) -> QWidget:
        held = self.window().focusWidget()
        return held if held is not None else self

    # -- export -------------------------------------------------------------------------

    def set_folder(self, folder: str) -> None:
        """Where exports go unless somebody says otherwise."""
        self._folder = folder

    _folder = ""

    def _open_export(self) -> None:
        if self._tab not in _DAYS:
            self.say(t("alarms.page.export_history"))
            return
        day = self._day or local(self._ticker.now()).date()
        self.target.setText(f"{self._folder}/alarms-{day:%Y%m%d}.xlsx")
        self.target.show()
        self.target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _export(self) -> None:
        file = self.target.text().strip()
        if file:
            self.export_wanted.emit(file)
        self.target.hide()
        self.take_focus()

    @property
    def day(self) -> date | None:
        """The day of history and report; ``None`` for today."""
        return self._day

    def shown_past(self) -> tuple[PastAlarm, ...]:
        """The rows of the history as they are filtered now."""
        return tuple(row for row in self.list.source.rows() if isinstance(row, PastAlarm))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc and arrows lead from a field back to the list; the report knows
        the keys of the list that move between days and tabs."""
        if watched is self.report.area:
            return self._report_key(event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self.target.hide()
                self.take_focus()
                return True
            if watched is self.search and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.take_focus()
                return True
        return False

    def _report_key(self, event: QEvent) -> bool:
        what = asks(event)
        if not what.startswith("tab_") and what not in ("earlier", "later", "export"):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._asked(what)
        return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow page the details stand below the list."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        wanted = way.TopToBottom if event.size().width() < NARROW else way.LeftToRight
        if self._middle.direction() is not wanted:
            self._middle.setDirection(wanted)

    def showEvent(self, event: QShowEvent) -> None:
        """What came meanwhile; a day that is looked at again is read again."""
        super().showEvent(event)
        if self._view is not None:
            self._take(self._view)
        if self._tab in _DAYS:
            self.history_wanted.emit(self._day)

    # -- words --------------------------------------------------------------------------

    def _after(self, kept: int) -> None:
        current = self.list.current
        if current is None or current.alarm.id != kept:
            self.list.go_to(kept)
            current = self.list.current
        self.details.show_row(current)
        if current is None:
            self._kept = 0
        self._say_all()

    def _say_all(self) -> None:
        active, aside = self.list.source.counts()
        counted = {ACTIVE: f" {active}", SHELVED: f" {aside}" if aside else ""}
        for name, made in self.tabs.items():
            made.setText(t(f"alarms.tab.{name}") + counted.get(name, ""))
            made.setChecked(name == self._tab)
        self._say_meter()
        self._say_narrowing()
        rows = self.list.source.rowCount()
        self.empty.setText("" if rows else t(f"alarms.empty.{self._emptiness()}"))
        self.empty.setVisible(not rows)
        # The list stays even with nothing in it: it has the keyboard.
        self.details.setVisible(bool(rows))
        self._help.setText(t(f"alarms.help.{'days' if self._tab in _DAYS else 'now'}"))
        self._show_notice()

    def _emptiness(self) -> str:
        if self._view is None:
            return "waiting"
        narrowed = self.search.text() or self._severity or self._kind
        return "filtered" if narrowed and self._tab != REPORT else self._tab

    def _say_meter(self) -> None:
        if self._view is None:
            self.meter.setText("")
            return
        rate = self._view.kpi.alarms_10min
        verdict = alarm_quality.rate_verdict(rate)
        self.meter.setText(t(f"alarms.meter.{'flood' if self.flood else verdict.value}", n=rate))
        set_tone(self.meter, "red" if self.flood or verdict is alarm_quality.Verdict.OVER else "muted")

    def _say_narrowing(self) -> None:
        words = []
        if self._tab in _DAYS:
            day = self._day or local(self._ticker.now()).date()
            words.append(f"{day:%Y-%m-%d}" + ("" if self._day else f" {t('alarms.page.today')}"))
        if self._severity is not None:
            words.append(t(f"alarms.severity.{self._severity.value}"))
        if self._kind is not None:
            words.append(t(f"alarms.kind.{self._kind.value}"))
        if self._tab == HISTORY and self._history is not None:
            words.append(t("alarms.page.rows", n=self.list.source.rowCount(), total=self._history.total))
        self.narrowing.setText(" · ".join(words))

    def _show_notice(self) -> None:
        hidden = self.list.source.hidden if self._tab == ACTIVE else 0
        self.hidden_note.setText(t("alarms.page.hidden", n=hidden) if hidden else "")
        self.hidden_note.setVisible(bool(hidden))
        self.notice.setVisible(bool(self.notice.text()))
