"""The page of reports (Shift+F12): choose what and when, read the figures, see
the paper, write it, plan it; works by keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.report_plan import KEYED, KINDS, Span, Subject
from console.i18n import either, explain, t
from console.reports import report_words
from console.reports.report_doc import SUFFIXES, Cell
from console.services.report_requests import PlansView, ReportShown
from console.theme import Theme
from console.widgets.ask_row import AskRow
from console.widgets.parts import button, label, set_tone, spaced
from console.widgets.report_figures import ReportFigures
from console.widgets.report_paper import ReportPaper
from console.widgets.report_plans import ReportPlansPanel

FIGURES, PAPER, PLANS = "figures", "paper", "plans"
SECTIONS: Final = (FIGURES, PAPER, PLANS)
_LETTERS: Final = {
    Qt.Key.Key_Comma: "earlier",
    Qt.Key.Key_Period: "later",
    Qt.Key.Key_K: "kind",
    Qt.Key.Key_O: "key",
    Qt.Key.Key_E: "write",
    Qt.Key.Key_V: "section",
}


class ReportsPage(QWidget):
    """``wanted(Subject, Span or None, step, with pages)``, ``write_wanted(file)``,
    ``cases_wanted(title, drill)``, ``plans_wanted()``, ``left()`` on Esc; what is
    done to plans are the panel's own signals."""

    wanted = Signal(object, object, int, bool)
    write_wanted = Signal(str)
    cases_wanted = Signal(str, str)
    plans_wanted = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._subject = Subject("shift")
        self._shown: ReportShown | None = None
        self._section = FIGURES
        self._folder = ""
        self._notice: tuple[str, dict[str, Any]] | Refusal | None = None
        self.kinds: dict[str, QPushButton] = {one: button(theme, "", "quiet") for one in KINDS}
        self.sections: dict[str, QPushButton] = {one: button(theme, "", "quiet") for one in SECTIONS}
        self.earlier, self.later = button(theme, "◀", "quiet"), button(theme, "▶", "quiet")
        self.period = label(theme, "", 16, bold=True)
        self.key = QComboBox()
        self.key.setFont(theme.font(14))
        self.key.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.writes = {one: button(theme, one[1:].upper()) for one in SUFFIXES}
        self.ask = AskRow(theme)
        self.notice = label(theme, "", 14, tone="muted", wrap=True)
        self.figures = ReportFigures(theme)
        self.paper = ReportPaper(theme)
        self.paper.installEventFilter(self)
        self.plans = ReportPlansPanel(theme)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        head, second = QHBoxLayout(), QHBoxLayout()
        for row in (head, second):
            spaced(row, 0, 8)
        for group, row in ((self.sections, head), (self.kinds, second)):
            for name, made in group.items():
                made.setCheckable(True)
                made.setProperty("choice", name)
                row.addWidget(made)
        head.addStretch(1)
        for made in self.writes.values():
            head.addWidget(made)
        self.second = QWidget()
        third = QHBoxLayout()
        spaced(third, 0, 8)
        second.addStretch(1)
        for one in (self.earlier, self.period, self.later):
            third.addWidget(one)
        third.addWidget(self.key)
        third.addStretch(1)
        inner = QVBoxLayout(self.second)
        spaced(inner, 0, 8)
        inner.addLayout(second)
        inner.addLayout(third)
        for widget in (self.figures, self.paper, self.plans):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addWidget(self.second)
        column.addWidget(self.ask)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        for made in self.kinds.values():
            made.clicked.connect(self._kind_clicked)
        for made in self.sections.values():
            made.clicked.connect(self._section_clicked)
        for suffix, made in self.writes.items():
            made.setProperty("choice", suffix)
            made.clicked.connect(self._write_clicked)
        self.earlier.clicked.connect(self._earlier)
        self.later.clicked.connect(self._later)
        self.key.activated.connect(self._key_chosen)
        self.ask.answered.connect(self._answered)
        self.ask.left.connect(self.take_focus)
        self.figures.asked.connect(self._asked)
        self.figures.cases_wanted.connect(self._open)
        self.plans.asked.connect(self._asked)

    # -- what comes in -------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """What the report shown, or asked for, is about."""
        return self._subject

    @property
    def span(self) -> Span | None:
        """The period shown; ``None`` before the first answer."""
        return self._shown.span if self._shown is not None else None

    @property
    def section(self) -> str:
        """The section that is shown."""
        return self._section

    def set_folder(self, folder: str) -> None:
        """Where files go unless somebody says otherwise."""
        self._folder = folder

    def apply(self, shown: ReportShown) -> None:
        """Take a report."""
        self._shown, self._subject = shown, shown.subject
        self.plans.choices = shown.choices
        self.figures.apply(shown.report)
        if self._section == PAPER:
            self.paper.apply(shown.pages)
            more = shown.page_count - len(shown.pages)
            self.say("reports.page.more" if more else "", n=more)
        self._say_all()

    def apply_plans(self, view: PlansView) -> None:
        """Take plans and runs."""
        self.plans.apply(view)

    def say(self, key: str, **facts: Any) -> None:
        """One sentence; an empty key for none."""
        self._notice = (key, facts) if key else None
        self._say_notice()

    def refuse(self, refusal: Refusal) -> None:
        """Why not, in the language now."""
        self._notice = refusal
        self._say_notice()

    def retranslate(self) -> None:
        """Say everything in the language now; the report itself is asked for anew."""
        for name, made in self.kinds.items():
            made.setText(t(f"reports.tab.{name}"))
        for name, made in self.sections.items():
            made.setText(t(f"reports.page.{name}"))
        for suffix, made in self.writes.items():
            made.setToolTip(t("reports.page.write", kind=suffix[1:].upper()))
        self.earlier.setToolTip(t("reports.page.earlier"))
        self.later.setToolTip(t("reports.page.later"))
        for made in (self.earlier, self.later):
            made.setAccessibleName(made.toolTip())
        self.key.setAccessibleName(t("reports.plan.key"))
        self.paper.setAccessibleName(t("reports.page.paper"))
        self.figures.retranslate()
        self.plans.retranslate()
        self.ask.retranslate()
        self._say_all()
        self._say_notice()
        if self._shown is not None and self.isVisible():
            self._want(self._shown.span)

    # -- asking --------------------------------------------------------------------

    def turn(self, section: str) -> None:
        """Another section comes up with the keyboard."""
        self._section = section
        self._stack.setCurrentIndex(SECTIONS.index(section))
        self.second.setVisible(section != PLANS)
        for made in self.writes.values():
            made.setVisible(section != PLANS)
        if section == PLANS:
            self.plans_wanted.emit()
        elif section == PAPER or self._shown is None:
            self._want(self.span)
        self._say_all()
        self.take_focus()

    def take(self, kind: str) -> None:
        """Another kind of report, of the newest period that is over."""
        self._subject = Subject(kind)
        self._want(None)

    def _want(self, span: Span | None, step: int = 0) -> None:
        self.wanted.emit(self._subject, span, step, self._section == PAPER)

    @Slot()
    def take_focus(self) -> None:
        """The keyboard goes to the section."""
        widget = self._stack.currentWidget()
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "section":
            self.turn(SECTIONS[(SECTIONS.index(self._section) + 1) % len(SECTIONS)])
        elif what == "kind":
            self.take(KINDS[(KINDS.index(self._subject.kind) + 1) % len(KINDS)])
        elif what in ("earlier", "later"):
            self._want(self.span, -1 if what == "earlier" else 1)
        elif what == "key" and self.key.count() > 1:
            self.key.setCurrentIndex((self.key.currentIndex() + 1) % self.key.count())
            self._key_chosen(self.key.currentIndex())
        elif what == "write":
            self._ask_write(".pdf")

    def _ask_write(self, suffix: str) -> None:
        if self._shown is None:
            return
        names = self._shown.choices.get(self._subject.kind, {}).get(self._subject.key, ("", ""))
        title = report_words.title(self._subject, names, self._shown.report.lang)
        name = report_words.file_name(title, self._shown.span)
        self.ask.ask("write", "reports.page.where", f"{self._folder}/{name}{suffix}")

    @Slot(str, object)
    def _open(self, title: str, cell: Cell) -> None:
        if cell.drill:
            self.cases_wanted.emit(title, cell.drill)

    @Slot(str, str)
    def _answered(self, _what: str, file: str) -> None:
        self.ask.hide()
        self.say("reports.page.writing", file=file)
        self.write_wanted.emit(file)
        self.take_focus()

    @Slot()
    def _kind_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.take(str(sender.property("choice")))

    @Slot()
    def _section_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.turn(str(sender.property("choice")))

    @Slot()
    def _write_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._ask_write(str(sender.property("choice")))

    @Slot()
    def _earlier(self) -> None:
        self._want(self.span, -1)

    @Slot()
    def _later(self) -> None:
        self._want(self.span, 1)

    @Slot(int)
    def _key_chosen(self, at: int) -> None:
        self._subject = Subject(self._subject.kind, str(self.key.itemData(at) or ""), self._subject.every)
        self._want(self.span)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The paper hears the page's letters, too."""
        if watched is self.paper and isinstance(event, QKeyEvent):
            what = _LETTERS.get(Qt.Key(event.key()), "")
            if what and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                if event.type() == QEvent.Type.KeyPress:
                    self._asked(what)
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the board."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """The page's keyboard is its section's."""
        super().focusInEvent(event)
        self.take_focus()

    def showEvent(self, event: QShowEvent) -> None:
        """Read when it is looked at."""
        super().showEvent(event)
        if self._section == PLANS:
            self.plans_wanted.emit()
        else:
            self._want(self.span)

    # -- words -----------------------------------------------------------------------

    def _say_all(self) -> None:
        for name, made in self.kinds.items():
            made.setChecked(name == self._subject.kind)
        for name, made in self.sections.items():
            made.setChecked(name == self._section)
        self.period.setText(
            self._shown.report.period if self._shown is not None else t("reports.page.reading")
        )
        self.later.setEnabled(self._shown is not None and not self._shown.running)
        keyed = self._subject.kind in KEYED
        self.key.setVisible(keyed)
        if keyed and self._shown is not None:
            self._offer(self._shown.choices.get(self._subject.kind, {}))

    def _offer(self, names: Mapping[str, tuple[str, str]]) -> None:
        self.key.blockSignals(True)
        self.key.clear()
        self.key.addItem(t("reports.page.all"), "")
        for key, pair in names.items():
            self.key.addItem(either(*pair) or key, key)
        self.key.setCurrentIndex(max(0, self.key.findData(self._subject.key)))
        self.key.blockSignals(False)

    def _say_notice(self) -> None:
        said = self._notice
        if isinstance(said, Refusal):
            self.notice.setText(" ".join(explain(said)))
        else:
            self.notice.setText(t(said[0], **said[1]) if said is not None else "")
        set_tone(self.notice, "red" if isinstance(said, Refusal) else "muted")
        self.notice.setVisible(bool(self.notice.text()))
