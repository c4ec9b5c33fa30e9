"""Plans of reports, and what was made of late; works by keyboard alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.report_plan import Plan, Subject
from console.i18n import either, language, t
from console.reports.report_doc import Cell, Column, Table, instant, text
from console.services.report_records import ReportRun
from console.services.report_requests import PlansView
from console.theme import Theme
from console.widgets.doc_table import DocTable
from console.widgets.parts import button, label, set_tone, spaced
from console.widgets.report_plan_form import Choices, ReportPlanForm

PLAN_KEYS: Final = {
    Qt.Key.Key_Return: "edit",
    Qt.Key.Key_Enter: "edit",
    Qt.Key.Key_N: "new",
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_V: "section",
}
RUN_KEYS: Final = {Qt.Key.Key_R: "again", Qt.Key.Key_Return: "", Qt.Key.Key_V: "section"}
_TONES: Final = {"done": "", "making": "muted", "again": "warn", "failed": "bad"}


class ReportPlansPanel(QWidget):
    """``put_wanted(Plan, seen)``, ``delete_wanted(id, seen)``, ``again_wanted(run
    id)``, ``asked(what)`` for keys that are the page's."""

    put_wanted = Signal(object, int)
    delete_wanted = Signal(str, int)
    again_wanted = Signal(int)
    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._view = PlansView((), ())
        self.choices: Choices = {}
        self._sure = ""
        self.plans_title = label(theme, "", 16, bold=True)
        self.runs_title = label(theme, "", 16, bold=True)
        self.new = button(theme, "", "primary")
        self.empty = label(theme, "", 14, tone="muted", wrap=True)
        self.notice = label(theme, "", 14, tone="muted", wrap=True)
        self.told = label(theme, "", 14, tone="muted", wrap=True)
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self.plans = DocTable(theme, PLAN_KEYS)
        self.runs = DocTable(theme, RUN_KEYS)
        self.form = ReportPlanForm(theme)
        self._stack = QStackedWidget()
        self._build()
        self.new.clicked.connect(self._new)
        self.plans.asked.connect(self._plan_asked)
        self.runs.asked.connect(self._run_asked)
        self.runs.walked.connect(self._run_walked)
        self.form.saved.connect(self._saved)
        self.form.left.connect(self.close_form)
        self.setFocusProxy(self.plans)
        self.retranslate()

    def _build(self) -> None:
        listed = QWidget()
        head = QHBoxLayout()
        spaced(head, 0, 12)
        head.addWidget(self.plans_title)
        head.addStretch(1)
        head.addWidget(self.new)
        column = QVBoxLayout(listed)
        spaced(column, 0, 8)
        column.addLayout(head)
        for one in (self.empty, self.notice):
            column.addWidget(one)
        column.addWidget(self.plans, 2)
        column.addWidget(self.runs_title)
        column.addWidget(self.runs, 3)
        for one in (self.told, self._help):
            column.addWidget(one)
        self._stack.addWidget(listed)
        self._stack.addWidget(self.form)
        outer = QVBoxLayout(self)
        spaced(outer, 0, 0)
        outer.addWidget(self._stack)

    def apply(self, view: PlansView) -> None:
        """Take the plans and runs; a form that was kept closes."""
        self._view = view
        self._sure = ""
        self._show()

    def kept(self) -> None:
        """What was asked for has been done."""
        self.say("")
        self.close_form()

    def refuse(self, sentence: str) -> None:
        """A rule said no: into the form while it is open, what is typed stays."""
        if self._stack.currentWidget() is self.form:
            self.form.refuse(sentence)
        else:
            self.say(sentence, "red")

    def say(self, sentence: str, tone: str = "muted") -> None:
        """One sentence above the list; empty for none."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))
        set_tone(self.notice, tone)

    @Slot()
    def close_form(self) -> None:
        """Back to the list."""
        self._stack.setCurrentIndex(0)
        self.plans.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.plans_title.setText(t("reports.plans.title"))
        self.runs_title.setText(t("reports.plans.runs"))
        self.new.setText(t("reports.plans.new"))
        self.empty.setText(t("reports.plans.empty"))
        self._help.setText(t("reports.plans.help"))
        self.plans.setAccessibleName(t("reports.plans.title"))
        self.runs.setAccessibleName(t("reports.plans.runs"))
        self.form.retranslate()
        self._show()

    def _show(self) -> None:
        self.empty.setVisible(not self._view.plans)
        self.notice.setVisible(bool(self.notice.text()))
        self.plans.apply(self._plan_table(), keep=self.plans.place)
        self.runs.apply(self._run_table(), keep=self.runs.place)
        self._run_walked(self.runs.place)

    def _plan_table(self) -> Table:
        heads = (("name", 1.4), ("kind", 1.2), ("files", 0.9), ("where", 2.2), ("on", 0.7))
        columns = tuple(Column(t(f"reports.plans.col.{one}"), width) for one, width in heads)
        rows = tuple(self._plan_row(one) for one in self._view.plans)
        return Table("", columns, rows)

    def _plan_row(self, plan: Plan) -> tuple[Cell, ...]:
        subject = plan.subject
        kind = t(f"reports.kind.{subject.kind}")
        if subject.key:
            kind += " · " + (
                either(*self.choices.get(subject.kind, {}).get(subject.key, ("", ""))) or subject.key
            )
        where = ", ".join(one for one in (plan.folder, *plan.mails) if one)
        state = text(
            t("reports.plans.on" if plan.enabled else "reports.plans.off"), "" if plan.enabled else "muted"
        )
        return text(plan.name), text(kind), text(" ".join(plan.formats).upper()), text(where), state

    def _run_table(self) -> Table:
        heads = (("plan", 1.3), ("period", 1.2), ("state", 1.2), ("made", 1.5), ("files", 0.6))
        columns = tuple(Column(t(f"reports.plans.col.{one}"), width, one == "files") for one, width in heads)
        return Table("", columns, tuple(self._run_row(one) for one in self._view.runs))

    def _run_row(self, run: ReportRun) -> tuple[Cell, ...]:
        name = next((one.name for one in self._view.plans if one.id == run.plan), run.plan)
        number = len(run.files) + len(run.sent)
        state = text(t(f"reports.run.state.{run.state}"), _TONES.get(run.state, ""))
        return text(name), text(run.period), state, instant(run.made_at), Cell(number, "count")

    @Slot(int)
    def _run_walked(self, place: int) -> None:
        """Below: the files, the addresses, or what went wrong."""
        run = self._view.runs[place] if 0 <= place < len(self._view.runs) else None
        if run is None:
            self.told.setText("")
            return
        error = run.error.get(language(), "") if run.error else ""
        self.told.setText("  ".join(one for one in (error, *run.files, *run.sent) if one))
        set_tone(self.told, "red" if error else "muted")

    @Slot(str)
    def _plan_asked(self, what: str) -> None:
        place = self.plans.place
        if what in ("new", "section"):
            self._new() if what == "new" else self.asked.emit(what)
            return
        if not 0 <= place < len(self._view.plans):
            return
        plan = self._view.plans[place]
        if what == "edit":
            self._open(plan)
        elif self._sure == plan.id:
            self._sure = ""
            self.delete_wanted.emit(plan.id, plan.version)
        else:
            self._sure = plan.id
            self.say(t("reports.plans.sure", name=plan.name))

    @Slot(str)
    def _run_asked(self, what: str) -> None:
        if what == "section":
            self.asked.emit(what)
        elif what == "again" and 0 <= self.runs.place < len(self._view.runs):
            self.again_wanted.emit(self._view.runs[self.runs.place].id)

    @Slot()
    def _new(self) -> None:
        taken = {one.id for one in self._view.plans}
        number = next(n for n in range(1, 10_000) if f"plan-{n}" not in taken)
        subject = Subject("day")
        self._open(Plan(f"plan-{number}", t("reports.kind.day"), subject, lang=language()))

    def _open(self, plan: Plan) -> None:
        self._stack.setCurrentWidget(self.form)
        self.form.open(plan, self.choices)

    @Slot(object)
    def _saved(self, plan: Plan) -> None:
        self.put_wanted.emit(plan, plan.version)
