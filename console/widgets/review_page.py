"""The page of reviews (Shift+F9): samples of ended cases, and the lists beside
them; works by keyboard alone. A row opens the cases behind it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models.drafts import Drafts
from console.models.names import NameBook
from console.models.review_lists import BROKE, SAMPLE, TABS, Shown, day_of
from console.reports.report_doc import Report, Table
from console.reports.review_doc import Teams, Writer
from console.services.reviews import ReviewSheet
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.doc_table import DocTable
from console.widgets.parts import button, label, set_tone, spaced
from console.widgets.review_sheet import ReviewSheetPanel

#: Keys that belong to the table while it has the keyboard, and what they ask.
KEYS: Final = {
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_C: "case",
    Qt.Key.Key_L: "cases",
    Qt.Key.Key_W: "draw",
    Qt.Key.Key_K: "kind",
    Qt.Key.Key_Slash: "find",
    Qt.Key.Key_E: "export",
    Qt.Key.Key_Comma: "earlier",
    Qt.Key.Key_Period: "later",
    Qt.Key.Key_Left: "tab_left",
    Qt.Key.Key_Right: "tab_right",
}
_NO_TABLE: Final = Table("", (), ())
#: Keys differ where a row is no case.
_HELP: Final = {SAMPLE: "sample", "cameras": "cameras", "logs": "logs"}


class ReviewPage(QWidget):
    """``wanted(list, period)``, ``sheet_wanted(review id)``, ``draw_wanted()``,
    ``case_wanted(id)``, ``cases_wanted(title, ids)``, ``camera_wanted(id)``,
    ``shift_wanted(id)``, ``export_wanted(Report, file)``; verdicts and objections
    are the sheet's own signals."""

    wanted = Signal(str, object)
    sheet_wanted = Signal(str)
    draw_wanted = Signal()
    case_wanted = Signal(str)
    cases_wanted = Signal(str, object)
    camera_wanted = Signal(str)
    shift_wanted = Signal(str)
    export_wanted = Signal(object, str)

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._ticker = ticker
        self._lists = {one: Shown(one) for one in TABS}
        self._tab = SAMPLE
        self._own = False
        self._folder = ""
        self._names, self._teams = NameBook(), dict[str, str]()
        self._notice: tuple[str, dict[str, Any]] | Refusal | None = None
        self.tabs: dict[str, QPushButton] = {one: button(theme, "", "quiet") for one in TABS}
        self.search = QLineEdit()
        self.target = QLineEdit()
        self.narrowing = label(theme, "", 14, tone="muted")
        self.sum = label(theme, "", 14, wrap=True)
        self.notice = label(theme, "", 14, tone="muted", wrap=True)
        self.empty = label(theme, "", 16, tone="muted", wrap=True)
        self.facts = label(theme, "", 14, wrap=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self.table = DocTable(theme, KEYS, readable=True)
        self.sheet = ReviewSheetPanel(theme, drafts)
        for field in (self.search, self.target):
            field.setFont(theme.font(14))
        self._build()
        self._connect()
        self.setFocusProxy(self.table)
        self.retranslate()

    def _build(self) -> None:
        head, second = QHBoxLayout(), QHBoxLayout()
        for row in (head, second):
            spaced(row, 0, 8)
        for name, made in self.tabs.items():
            made.setCheckable(True)
            made.setProperty("tab", name)
            head.addWidget(made)
        head.addStretch(1)
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(240)
        self.search.setMaximumWidth(320)
        self.target.hide()
        second.addWidget(self.search)
        second.addWidget(self.narrowing)
        second.addStretch(1)
        listed = QWidget()
        inner = QVBoxLayout(listed)
        spaced(inner, 0, 8)
        for one in (self.sum, self.empty):
            inner.addWidget(one)
        inner.addWidget(self.table, 1)
        for one in (self.facts, self._help):
            inner.addWidget(one)
        self._stack = QStackedWidget()
        self._stack.addWidget(listed)
        self._stack.addWidget(self.sheet)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addLayout(second)
        for above in (self.target, self.notice):
            column.addWidget(above)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        for made in self.tabs.values():
            made.clicked.connect(self._tab_clicked)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self.take_focus)
        self.target.returnPressed.connect(self._export)
        for field in (self.search, self.target):
            field.installEventFilter(self)
        self.table.asked.connect(self._asked)
        self.table.walked.connect(self._walked)
        self.sheet.left.connect(self.close_sheet)

    # -- what comes in --------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The list that is shown."""
        return self._tab

    @property
    def shown(self) -> Shown:
        """The list that is shown, as it stands."""
        return self._lists[self._tab]

    def apply(self, which: str, listed: Any) -> None:
        """Take a list."""
        shown = self._lists[which]
        shown.listed = listed
        shown.refused = None
        if which == SAMPLE:
            self._own = listed.own
        if which == self._tab:
            self._fill()

    def refuse_list(self, which: str, refusal: Refusal | None) -> None:
        """A list could not be read: a rule, or ``None`` when something broke."""
        self._lists[which].listed = None
        self._lists[which].refused = refusal or BROKE
        if which == self._tab:
            self._fill()

    def show_sheet(self, sheet: ReviewSheet, actor: Any) -> None:
        """Open a review in place of the list."""
        self.sheet.show_sheet(sheet, actor, not self._own)
        self._stack.setCurrentIndex(1)
        self._show_second()
        self.sheet.take_focus()

    @Slot()
    def close_sheet(self) -> None:
        """Back to the list; what was typed stays a draft."""
        self._stack.setCurrentIndex(0)
        self._show_second()
        self.take_focus()

    @property
    def sheet_open(self) -> bool:
        """True while a review is open."""
        return self._stack.currentIndex() == 1

    def say(self, key: str = "", **facts: Any) -> None:
        """One sentence above the list (a text key); empty for none."""
        self._notice = (key, facts) if key else None
        self._say_notice()

    def refuse(self, refusal: Refusal) -> None:
        """A rule said no to something asked on the page."""
        self._notice = refusal
        self._say_notice()

    def set_names(self, names: NameBook) -> None:
        """What people and places are called."""
        self._names = names
        self.sheet.set_names(names)
        self._fill()

    def set_teams(self, teams: Teams) -> None:
        """What teams are called."""
        self._teams = dict(teams)
        if self._tab == "late":
            self._fill()

    def set_folder(self, folder: str) -> None:
        """Where files go unless somebody says otherwise."""
        self._folder = folder

    def reset(self) -> None:
        """Somebody else sits here now: nothing of what was read stays."""
        self._lists = {one: Shown(one) for one in TABS}
        self._tab, self._own, self._notice = SAMPLE, False, None
        self.search.clear()
        self.target.hide()
        self._stack.setCurrentIndex(0)
        self._show_second()
        self._fill()
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Read the list that is shown again."""
        shown = self.shown
        self.wanted.emit(self._tab, {} if self._tab == SAMPLE else shown.asks(self._ticker.now()))

    def showEvent(self, event: QShowEvent) -> None:
        """A list is read when it is looked at."""
        super().showEvent(event)
        self.refresh()

    # -- lists and filters -------------------------------------------------------------

    def turn(self, tab: str) -> None:
        """Another list comes up; the table takes the keyboard."""
        self._tab = tab
        self.search.setText(self.shown.text)
        self.say()
        self.close_sheet()
        self._fill()
        self.refresh()

    @Slot()
    def take_focus(self) -> None:
        """The keyboard goes to the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _tab_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.turn(str(sender.property("tab")))

    @Slot()
    def _narrow(self) -> None:
        self.shown.text = self.search.text()
        self._fill()

    def _fill(self) -> None:
        shown = self.shown
        shown.narrow(Writer(self._names, self._teams))
        self.table.apply(shown.table or _NO_TABLE, shown.rows, shown.place)
        self._say_all()

    @Slot(int)
    def _walked(self, place: int) -> None:
        if place >= 0:
            self.shown.place = place
        self._say_facts()

    # -- keys -----------------------------------------------------------------------

    @Slot(str)
    def _asked(self, what: str) -> None:
        shown, place = self.shown, self.table.place
        if what.startswith("tab_"):
            tabs = self._offered()
            step = 1 if what == "tab_right" else -1
            self.turn(tabs[(tabs.index(self._tab) + step) % len(tabs)])
        elif what == "kind":
            shown.turn_kind()
            self._fill()
        elif what in ("earlier", "later"):
            shown.move(what == "later")
            if self._tab == SAMPLE:
                self._fill()
            else:
                self.refresh()
        elif what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif what == "draw":
            if self._tab == SAMPLE and not self._own:
                self.draw_wanted.emit()
        elif what == "export":
            self._open_export()
        elif what == "cases":
            self._all_cases()
        elif place >= 0:
            self._open(place, case_alone=what == "case")

    def _open(self, place: int, *, case_alone: bool) -> None:
        """Enter: what stands behind the row."""
        row = self.shown.listed.rows[place]
        if self._tab == SAMPLE:
            self.case_wanted.emit(row.review.case)
            if not case_alone:
                self.sheet_wanted.emit(row.review.id)
        elif self._tab == "repeats":
            what = next(iter(self.table.facts()))[1]
            self.cases_wanted.emit(t("review.cases_of", what=what, n=len(row.ids)), row.ids)
        elif self._tab in ("deeds", "late") and row.case:
            self.case_wanted.emit(row.case)
        elif self._tab == "cameras":
            self.camera_wanted.emit(row.camera)
        elif self._tab == "logs" and row.fault != "missing":
            self.shift_wanted.emit(row.shift)

    def _all_cases(self) -> None:
        """L: the cases behind every row that is shown, each once."""
        found = self.shown.cases()
        if found:
            what = f"{t(f'review.doc.{self._tab}')} {self.shown.says()}"
            self.cases_wanted.emit(t("review.cases_of", what=what, n=len(found)), found)

    def _offered(self) -> tuple[str, ...]:
        """Who sees only their own samples has no other lists."""
        return (SAMPLE,) if self._own else TABS

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc and arrows lead from a field back to the table."""
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

    # -- files ----------------------------------------------------------------------

    def _open_export(self) -> None:
        if self.shown.table is None:
            return
        self.target.setText(f"{self._folder}/review-{self._tab}-{day_of(self._ticker.now())}.xlsx")
        self.target.show()
        self.target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _export(self) -> None:
        file, report = self.target.text().strip(), self._report()
        if file and report is not None:
            self.export_wanted.emit(report, file)
        self.target.hide()
        self.take_focus()

    def _report(self) -> Report | None:
        """What the page shows now, as a document."""
        kept = self.shown.kept()
        if kept is None:
            return None
        return Writer(self._names, self._teams).report(self._tab, self.shown.listed, table=kept)

    # -- words ----------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.search.setPlaceholderText(t("review.page.filter"))
        self.search.setAccessibleName(t("review.page.filter"))
        self.target.setPlaceholderText(t("review.page.file"))
        self.target.setAccessibleName(t("review.page.file"))
        self.table.setAccessibleName(t("review.title"))
        self.sheet.retranslate()
        self._fill()

    def _say_all(self) -> None:
        offered = self._offered()
        for name, made in self.tabs.items():
            made.setText(t(f"review.tab.{name}"))
            made.setChecked(name == self._tab)
            made.setVisible(name in offered)
        shown = self.shown
        rows = self.table.source.rowCount()
        self.narrowing.setText(shown.says())
        self.sum.setText(shown.sums())
        self.sum.setVisible(bool(self.sum.text()))
        self.empty.setText("" if rows else shown.emptiness())
        self.empty.setVisible(not rows)
        self._help.setText(t(f"review.page.help_{_HELP.get(self._tab, 'list')}"))
        self._say_facts()
        self._say_notice()

    def _say_facts(self) -> None:
        """The chosen row in full: on a narrow page columns are left out."""
        told = self.table.facts() if self.table.place >= 0 else []
        self.facts.setText(" · ".join(f"{title} {words}" for title, words in told))
        self.facts.setVisible(bool(told))

    def _show_second(self) -> None:
        """Filters belong to the list."""
        for one in (self.search, self.narrowing):
            one.setVisible(not self.sheet_open)

    def _say_notice(self) -> None:
        told = self._notice
        wrong = isinstance(told, Refusal)
        if isinstance(told, Refusal):
            self.notice.setText(" ".join(explain(told)))
        else:
            self.notice.setText(t(told[0], **told[1]) if told is not None else "")
        set_tone(self.notice, "red" if wrong else "muted")
        self.notice.setVisible(told is not None)
