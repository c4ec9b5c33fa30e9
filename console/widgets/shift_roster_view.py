"""The roster of a month as a calendar; the chosen day is edited beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from console.domain.errors import Refusal
from console.domain.shifts import DEFAULT, ShiftPlan
from console.i18n import either, explain, t
from console.models.names import NOBODY, NameBook
from console.models.wording import local
from console.services.shift_roster import Duty, Roster, split
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import button, label, spaced, surface

SIDE_PX: Final = 320
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_POSTS: Final = ("leader", "chief", "officers")


class _Calendar(QTableWidget):
    """Seven columns, a week a row; ``entered_day()`` on Enter."""

    entered_day = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, 7)
        self.setFont(theme.font(12))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(True)
        # One line a shift; the whole day stands beside and in the tool tip.
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits the day; arrows walk; all else is the desk's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_day.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        else:
            event.ignore()


class ShiftRosterView(QWidget):
    """``month_wanted(YYYYMM)``, ``duty_wanted(day, kind, Duty)``,
    ``week_wanted(day)``: the chosen day's week as the one before."""

    month_wanted = Signal(str)
    duty_wanted = Signal(str, str, object)
    week_wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme = theme
        self._plan: ShiftPlan = DEFAULT
        self._roster = Roster("")
        self._names: NameBook = NOBODY
        self._day = local(ticker.now()).date()
        self._built: tuple[str, ...] = ()
        self._title = label(theme, "", 16, bold=True)
        self.back, self.on = button(theme, "‹", "quiet"), button(theme, "›", "quiet")
        self.week = button(theme, "")
        self.calendar = _Calendar(theme)
        self._head = label(theme, "", 16, bold=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self._said.hide()
        self.save = button(theme, "", "primary")
        self.fields: dict[tuple[str, str], QLineEdit] = {}
        self._kinds: dict[str, QWidget] = {}
        self._side = QWidget()
        self._form = QVBoxLayout()
        self._build()
        self.setFocusProxy(self.calendar)
        self.back.clicked.connect(self._back)
        self.on.clicked.connect(self._on)
        self.week.clicked.connect(self._week)
        self.save.clicked.connect(self._save)
        self.calendar.entered_day.connect(self._edit)
        self.calendar.itemSelectionChanged.connect(self._walked)
        self.retranslate()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 8)
        for widget in (self.back, self._title, self.on):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.week)
        left = QVBoxLayout()
        spaced(left, 0, 8)
        left.addLayout(head)
        left.addWidget(self.calendar, 1)
        left.addWidget(self._help)
        surface(self._side)
        self._side.setFixedWidth(SIDE_PX)
        column = QVBoxLayout(self._side)
        spaced(column, 12, 8)
        spaced(self._form, 0, 4)
        column.addWidget(self._head)
        column.addLayout(self._form)
        column.addWidget(self.save)
        column.addWidget(self._said)
        column.addStretch(1)
        row = QHBoxLayout(self)
        spaced(row, 0, 12)
        row.addLayout(left, 1)
        row.addWidget(self._side)

    # -- what it is given --------------------------------------------------------

    @property
    def month(self) -> str:
        """The month that is shown, ``202611``."""
        return f"{self._day:%Y%m}"

    @property
    def day(self) -> str:
        """The chosen day, ``20261121``."""
        return f"{self._day:%Y%m%d}"

    @property
    def version(self) -> int:
        """Of the roster that is shown."""
        return self._roster.version

    def apply(self, plan: ShiftPlan, roster: Roster) -> None:
        """A month as it is stored."""
        if roster.month != self.month:
            return
        other = (plan, roster) != (self._plan, self._roster)
        self._plan, self._roster = plan, roster
        self.refuse(None)
        if other:
            self._lay()
            self._fill()
            self._show_day()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self._fill()

    def refuse(self, refusal: Refusal | None) -> None:
        """A rule said no; ``None``: no more."""
        self._said.setText(" ".join(explain(refusal)) if refusal is not None else "")
        self._said.setVisible(refusal is not None)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.calendar.setHorizontalHeaderLabels([t(f"shifts.roster.day_{n}") for n in range(1, 8)])
        self.calendar.setAccessibleName(t("shifts.roster.title"))
        self.back.setAccessibleName(t("shifts.roster.back"))
        self.on.setAccessibleName(t("shifts.roster.next"))
        self.week.setText(t("shifts.roster.week"))
        self.save.setText(t("shifts.roster.save"))
        self._help.setText(t("shifts.roster.help"))
        self._built = ()
        self._lay()
        self._fill()
        self._show_day()

    # -- the calendar ------------------------------------------------------------

    def _first(self) -> date:
        """The Monday on or before the first of the month."""
        first = self._day.replace(day=1)
        return first - timedelta(days=first.weekday())

    def _fill(self) -> None:
        first, month = self._first(), self._day.month
        weeks = 6 if (first + 5 * _WEEK).month == month else 5
        self._title.setText(t("shifts.roster.month", year=self._day.year, month=month))
        self.calendar.blockSignals(True)
        self.calendar.setRowCount(weeks)
        for n in range(weeks * 7):
            day = first + n * _DAY
            cell = self.calendar.item(n // 7, n % 7)
            if cell is None:
                cell = QTableWidgetItem()
                self.calendar.setItem(n // 7, n % 7, cell)
            cell.setText(self._cell(day))
            cell.setToolTip(cell.text())
            cell.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            cell.setForeground(self._theme.color("text" if day.month == month else "muted"))
        at = (self._day - first).days
        self.calendar.setCurrentCell(at // 7, at % 7)
        self.calendar.blockSignals(False)

    def _cell(self, day: date) -> str:
        lines = [str(day.day)]
        for kind in self._plan.kinds:
            duty = self._roster.duties.get((f"{day:%Y%m%d}", kind.id))
            if duty is not None:
                # Who leads is enough at a glance; officers stand beside the calendar.
                named = [one for one in (duty.leader, duty.chief) if one] or list(duty.officers)
                who = " ".join(map(self._names.person, named))
                lines.append(f"{either(kind.zh, kind.en)} {who}")
        return "\n".join(lines)

    # -- the day -----------------------------------------------------------------

    def _lay(self) -> None:
        """Fields for every kind of shift of the plan."""
        kinds = tuple(kind.id for kind in self._plan.kinds)
        if kinds == self._built:
            return
        self._built, self.fields = kinds, {}
        while self._form.count():
            item = self._form.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for kind in self._plan.kinds:
            hours = f"{kind.start:%H:%M}–{kind.end:%H:%M}"
            self._form.addWidget(label(self._theme, f"{either(kind.zh, kind.en)} {hours}", 14, tone="muted"))
            for post in _POSTS:
                field = QLineEdit()
                field.setFont(self._theme.font(14))
                field.setPlaceholderText(t(f"shifts.roster.{post}"))
                field.setAccessibleName(f"{either(kind.zh, kind.en)} {t(f'shifts.roster.{post}')}")
                field.returnPressed.connect(self._save)
                self.fields[kind.id, post] = field
                self._form.addWidget(field)

    def _show_day(self) -> None:
        weekday = t(f"shifts.roster.day_{self._day.isoweekday()}")
        self._head.setText(f"{self._day:%Y-%m-%d} {weekday}")
        for kind in self._built:
            duty = self._roster.duties.get((self.day, kind), Duty())
            texts = {
                "leader": duty.leader,
                "chief": duty.chief,
                "officers": t("shifts.page.and").join(duty.officers),
            }
            for post in _POSTS:
                self.fields[kind, post].setText(texts[post])

    @Slot()
    def _walked(self) -> None:
        row, column = self.calendar.currentRow(), self.calendar.currentColumn()
        if row < 0:
            return
        chosen = self._first() + (row * 7 + column) * _DAY
        other = f"{chosen:%Y%m}" != self.month
        self._day = chosen
        self.refuse(None)
        self._show_day()
        if other:
            self._fill()
            self.month_wanted.emit(self.month)

    def _turn(self, day: date) -> None:
        self._day = day
        self._fill()
        self._show_day()
        self.month_wanted.emit(self.month)

    @Slot()
    def _back(self) -> None:
        self._turn((self._day.replace(day=1) - _DAY).replace(day=1))

    @Slot()
    def _on(self) -> None:
        self._turn((self._day.replace(day=28) + 4 * _DAY).replace(day=1))

    @Slot()
    def _edit(self) -> None:
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _week(self) -> None:
        monday = self._day - timedelta(days=self._day.weekday())
        self.week_wanted.emit(f"{monday:%Y%m%d}")

    @Slot()
    def _save(self) -> None:
        """Every shift of the day that was changed."""
        for kind in self._built:
            texts = {post: self.fields[kind, post].text().strip() for post in _POSTS}
            duty = Duty(texts["leader"], texts["chief"], split(texts["officers"]))
            if duty != self._roster.duties.get((self.day, kind), Duty()):
                self.duty_wanted.emit(self.day, kind, duty)
