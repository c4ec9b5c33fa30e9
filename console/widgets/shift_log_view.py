"""The duty log of one shift: head, stock, flow, every line, and writing more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models import shift_words
from console.models.names import NOBODY, NameBook
from console.models.shift_words import AUTO
from console.services.shift_items import FLOW, STOCK
from console.services.shift_reading import ShiftView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import DataLabel, button, label, line, spaced
from console.widgets.shift_conditions import ConditionsForm
from console.widgets.shift_entry import ShiftEntryForm
from console.widgets.shift_table import Line, ShiftTable

#: Time, kind, words, who, state; px.
WIDTHS: Final = (64, 120, 0, 128, 160)


class ShiftLogView(QWidget):
    """``cases_wanted(title, ids)`` for a number, ``follow_wanted(key, words,
    done)``, ``caller_wanted(person)``, ``case_wanted(id)``; the forms have
    signals of their own."""

    cases_wanted = Signal(str, object)
    follow_wanted = Signal(str, str, bool)
    caller_wanted = Signal(str)
    case_wanted = Signal(str)
    addendum_wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._view: ShiftView | None = None
        self._names: NameBook = NOBODY
        self._teams: Mapping[str, str] = {}
        self._cases: dict[str, str] = {}
        self._people = DataLabel(theme, 14)
        self._seats = DataLabel(theme, 14, tone="muted")
        self._weather = DataLabel(theme, 14)
        self.set_weather = button(theme, "", "quiet", px=12)
        self.set_weather.setCheckable(True)
        self.conditions = ConditionsForm(theme)
        self.conditions.hide()
        self._labels = {key: label(theme, "", 14, tone="muted") for key in ("stock", "flow")}
        self.numbers = {name: button(theme, "", "quiet") for name in (*STOCK, *FLOW)}
        self._met = DataLabel(theme, 14)
        self._gear = DataLabel(theme, 14, tone="muted")
        self.table = ShiftTable(theme, WIDTHS)
        self._whole = label(theme, "", 14, wrap=True)
        self._whole.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.follow = QLineEdit()
        self.follow.setFont(theme.font(14))
        self.more = button(theme, "")
        self.end = button(theme, "")
        self.caller = button(theme, "", "quiet")
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self._said.hide()
        self.entry = ShiftEntryForm(theme, ticker)
        self._rule = line()
        self._build()
        self._connect()
        self.setFocusProxy(self.table)
        self.retranslate()

    def _build(self) -> None:
        weather = QHBoxLayout()
        spaced(weather, 0, 8)
        weather.addWidget(self._weather, 1)
        weather.addWidget(self.set_weather)
        numbers = QHBoxLayout()
        spaced(numbers, 0, 2)
        for key, names in (("stock", STOCK), ("flow", tuple(FLOW))):
            numbers.addWidget(self._labels[key])
            for name in names:
                numbers.addWidget(self.numbers[name])
            if key == "stock":
                numbers.addSpacing(12)
        numbers.addStretch(1)
        facts = QHBoxLayout()
        spaced(facts, 0, 12)
        facts.addWidget(self._met, 1)
        facts.addWidget(self._gear, 1)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        spaced(row, 0, 8)
        row.addWidget(self.follow, 1)
        for one in (self.caller, self.more, self.end):
            row.addWidget(one)
        column = QVBoxLayout(self)
        spaced(column, 0, 6)
        column.addWidget(self._people)
        column.addWidget(self._seats)
        column.addLayout(weather)
        column.addWidget(self.conditions)
        column.addLayout(numbers)
        column.addLayout(facts)
        column.addWidget(self.table, 1)
        for widget in (self._whole, self._row, self._said, self._rule, self.entry):
            column.addWidget(widget)

    def _connect(self) -> None:
        self.table.walked.connect(self._walked)
        self.table.opened.connect(self._opened)
        self.set_weather.toggled.connect(self.conditions.setVisible)
        self.follow.returnPressed.connect(self._more)
        self.more.clicked.connect(self._more)
        self.end.clicked.connect(self._end)
        self.caller.clicked.connect(self._caller)
        for name, one in self.numbers.items():
            one.setProperty("number", name)
            one.clicked.connect(self._number)

    # -- what it is given --------------------------------------------------------

    def apply(self, view: ShiftView) -> None:
        """Take a shift as it stands now; the keyboard and what is typed stay."""
        other = self._view is None or self._view.log.id != view.log.id
        self._view = view
        if other:
            self.conditions.show_conditions(view.log.weather)
        self._say()

    def set_names(self, names: NameBook, teams: Mapping[str, str]) -> None:
        """What people and teams are called."""
        self._names, self._teams = names, teams
        self._say()

    def refuse(self, refusal: Refusal | None) -> None:
        """A rule said no to a follow-up; ``None``: no more."""
        self._said.setText(" ".join(explain(refusal)) if refusal is not None else "")
        self._said.setVisible(refusal is not None)

    def followed(self) -> None:
        """It was written."""
        self.follow.clear()
        self.refuse(None)

    def show_caller(self, name: str, phone: str) -> None:
        """A caller in clear, for the eyes of who asked."""
        self.caller.setText(" ".join(part for part in (name, phone) if part))

    def weather_set(self) -> None:
        """The conditions were taken."""
        self.set_weather.setChecked(False)
        self.conditions.refuse(None)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        columns = ("time", "kind", "words", "who", "state")
        self.table.set_titles([t(f"shifts.log.column_{name}") for name in columns])
        self.table.setAccessibleName(t("shifts.log.title"))
        self.set_weather.setText(t("shifts.conditions.change"))
        for key, one in self._labels.items():
            one.setText(t(f"shifts.page.{key}"))
        self.conditions.retranslate()
        self.entry.retranslate()
        self._say()

    # -- saying it ---------------------------------------------------------------

    def _say(self) -> None:
        view = self._view
        if view is None:
            return
        log, now = view.log, self._ticker.now()
        self._people.setText(shift_words.people(log, self._names))
        self._seats.setText(t("shifts.page.seats", seats=shift_words.seats(log.seats, self._names)))
        self._weather.setText(shift_words.conditions(log.weather))
        for name in STOCK:
            self._put(name, int((log.stock.get(name) or {}).get("n", 0)))
        for name in FLOW:
            self._put(name, len(view.flow.get(name, ())))
        self._met.setText(shift_words.attainment(view))
        self._gear.setText(self._equipment(view))
        rows = shift_words.log_rows(view, self._names, self._teams, now)
        self._cases = {row.key: row.case for row in rows if row.case}
        self.table.fill([Line(row.key, row.cells, row.tone) for row in rows], follow_end=True)
        frozen = shift_words.frozen(log)
        self.entry.setVisible(not frozen)
        self._rule.setVisible(not frozen)
        self.set_weather.setVisible(not frozen)
        self.conditions.setVisible(not frozen and self.set_weather.isChecked())
        self._show(self.table.current, now)

    def _equipment(self, view: ShiftView) -> str:
        teams = t("shifts.page.teams", n=len(view.teams)) if not shift_words.frozen(view.log) else ""
        gear = t("shifts.page.gear", gear=shift_words.equipment(view.equipment))
        return " · ".join(part for part in (gear, teams) if part)

    def _put(self, name: str, n: int) -> None:
        self.numbers[name].setText(f"{t(f'shifts.number.{name}')} {n}")
        self.numbers[name].setEnabled(n > 0)
        # What can be opened stands out from what is nothing.
        self.numbers[name].setFont(self._theme.font(14, n > 0))

    def _show(self, key: str, _now: datetime) -> None:
        """The current line in full, and what may be done with it."""
        view = self._view
        entry = view.log.entry(key) if view is not None else None
        frozen = view is not None and shift_words.frozen(view.log)
        words = shift_words.entry_lines(entry, self._names) if entry is not None else ""
        if entry is None and not self.table.lines:
            words = t("shifts.log.empty")
        added = ""
        if view is not None and view.log.addenda:
            lines = [
                f"{shift_words.moment(one.at)} {self._names.person(one.by)}  {one.text}"
                for one in view.log.addenda
            ]
            added = "\n".join((t("shifts.page.addenda"), *lines))
        self._whole.setText("\n".join(part for part in (words, added) if part))
        self._whole.setVisible(bool(words or added))
        self._row.setVisible(frozen or (entry is not None and not key.startswith(AUTO)))
        self.end.setVisible(not frozen and entry is not None and entry.open)
        self.caller.setVisible(entry is not None and bool(entry.person))
        self.caller.setText(t("shifts.log.caller"))
        self.more.setText(t("shifts.page.addendum") if frozen else t("shifts.log.more"))
        self.end.setText(t("shifts.log.end"))
        hint = t("shifts.page.addendum_words") if frozen else t("shifts.log.follow")
        self.follow.setPlaceholderText(hint)
        self.follow.setAccessibleName(hint)

    # -- what is done ------------------------------------------------------------

    @Slot(str)
    def _walked(self, key: str) -> None:
        self.refuse(None)
        self._show(key, self._ticker.now())

    @Slot(str)
    def _opened(self, key: str) -> None:
        case = self._cases.get(key, "")
        if case:
            self.case_wanted.emit(case)
        elif self._row.isVisibleTo(self):
            self.follow.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _more(self) -> None:
        if self._view is None or not self.follow.text().strip():
            return
        if shift_words.frozen(self._view.log):
            self.addendum_wanted.emit(self.follow.text())
        else:
            self.follow_wanted.emit(self.table.current, self.follow.text(), False)

    @Slot()
    def _end(self) -> None:
        self.follow_wanted.emit(self.table.current, self.follow.text(), True)

    @Slot()
    def _caller(self) -> None:
        entry = self._view.log.entry(self.table.current) if self._view is not None else None
        if entry is not None:
            self.caller_wanted.emit(entry.person)

    @Slot()
    def _number(self) -> None:
        name, view = str(self.sender().property("number")), self._view
        if view is None:
            return
        found = view.flow.get(name)
        cases = tuple((view.log.stock.get(name) or {}).get("cases", ())) if found is None else found
        if cases:
            title = f"{shift_words.title(view.log)} · {t(f'shifts.number.{name}')}"
            self.cases_wanted.emit(title, cases)
