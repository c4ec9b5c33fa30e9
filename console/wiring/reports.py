"""The page of reports (Shift+F12): what it asks, files it writes, plans it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Slot

from console.domain.errors import Refusal
from console.domain.report_plan import Plan, Span, Subject
from console.i18n import language
from console.reports import report_build, report_doc, report_pictures
from console.services.ports import Change
from console.services.report_requests import (
    DeletePlan,
    LoadPlans,
    LoadReport,
    LoadReportCases,
    MakeAgain,
    PlansView,
    PutPlan,
    ReportShown,
    WriteReport,
)
from console.services.requests import Answer, Broke, Refused, Request
from console.widgets.reports_page import PLANS, ReportsPage
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.services.assembly import Services

PAGE = "reports"
#: So many pages are painted for the screen; a file has them all.
MOST_PAGES = 8
#: A hand on a key goes no further at once.
MOST_STEPS = 60


def shown(services: Services, request: LoadReport) -> ReportShown:
    """Read and put together one report; heavy."""
    reports = services.reports
    around, last = reports.spans(request.actor, request.subject, request.at)
    if request.at is not None:
        span = around
    else:
        span = request.span if request.span is not None and _fits(request) else last
    for _ in range(abs(request.step)):
        stepped = reports.step(request.actor, span, request.step > 0)
        span = stepped if stepped.start <= services.clock.now() else span
    data = reports.read(request.actor, request.subject, span)
    report = report_build.build(data, request.lang)
    pages, number = (), 0
    if request.pages:
        pages, number = report_pictures.pictures(report, MOST_PAGES)  # type: ignore[assignment]
    running = span.end > services.clock.now()
    return ReportShown(request.subject, span, running, report, pages, number, reports.choices(request.actor))


def _fits(request: LoadReport) -> bool:
    """Another kind of report has another period."""
    return request.span is not None and request.span.kind == request.subject.period


def written(services: Services, request: WriteReport) -> Path:
    """Write one report; heavy."""
    report_doc.demand_suffix(request.file)
    data = services.reports.read(request.actor, request.subject, request.span)
    facts = {"name": request.subject.kind, "id": request.subject.key, "start": request.span.start}
    services.audit.exported(request.actor, "report", str(request.file), right="report", **facts)
    report_doc.write(report_build.build(data, request.lang), request.file)
    return request.file


def _further(before: LoadReport | None, request: LoadReport) -> LoadReport:
    """Steps pressed quickly one after the other add up."""
    if before is None or (before.subject, before.span) != (request.subject, request.span):
        return request
    step = max(-MOST_STEPS, min(MOST_STEPS, before.step + request.step))
    return replace(request, step=step if request.step else before.step)


class _Place(QObject):
    """The page of one desk window."""

    def __init__(self, part: Reports, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self.page = page = ReportsPage(part.console.theme)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        page.set_folder(folder or str(Path.home()))
        self._report = self._plans = self._write = self._put = 0
        self._asked: LoadReport | None = None
        self._next: LoadReport | None = None
        self._cases: dict[int, str] = {}
        page.wanted.connect(self._wanted)
        page.write_wanted.connect(self._write_file)
        page.cases_wanted.connect(self._open)
        page.plans_wanted.connect(self.load_plans)
        page.left.connect(self._to_board)
        page.plans.put_wanted.connect(self._put_plan)
        page.plans.delete_wanted.connect(self._delete)
        page.plans.again_wanted.connect(self._again)

    @Slot(object, object, int, bool)
    def _wanted(self, subject: Subject, span: Span | None, step: int, pages: bool) -> None:
        """One at a time; of what is asked meanwhile only the newest counts."""
        actor = self._part.console.actor
        if actor is None:
            return
        if pages:
            report_pictures.warm()
        request = LoadReport(actor, subject, span, step, None, language(), pages)
        if self._report:
            self._next = _further(self._next or self._asked, request)
        else:
            self._ask(request)

    def _ask(self, request: LoadReport) -> None:
        self._asked = request
        self._report = self._part.engine.submit(request)

    @Slot(str)
    def _write_file(self, file: str) -> None:
        actor, span = self._part.console.actor, self.page.span
        if actor is not None and span is not None and not self._write:
            report_pictures.warm()
            path = Path(file).expanduser()
            self._write = self._part.engine.submit(
                WriteReport(actor, self.page.subject, span, path, language())
            )

    @Slot(str, str)
    def _open(self, title: str, drill: str) -> None:
        """``figure|by|key``, or ``case|number|``."""
        actor, span = self._part.console.actor, self.page.span
        figure, by, key = (*drill.split("|", 2), "", "")[:3]
        if figure == "case":
            self.window.control.open_case(by)
        elif actor is not None and span is not None:
            request = LoadReportCases(actor, self.page.subject, span, figure, by, key)
            self._cases[self._part.engine.submit(request)] = title

    @Slot()
    def load_plans(self) -> None:
        actor = self._part.console.actor
        if actor is not None and not self._plans:
            self._plans = self._part.engine.submit(LoadPlans(actor))

    @Slot(object, int)
    def _put_plan(self, plan: Plan, seen: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._change(PutPlan(actor, plan, seen))

    @Slot(str, int)
    def _delete(self, plan_id: str, seen: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._change(DeletePlan(actor, plan_id, seen))

    @Slot(int)
    def _again(self, run_id: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._change(MakeAgain(actor, run_id))

    def _change(self, request: Request) -> None:
        if not self._put:
            self._put = self._part.engine.submit(request)

    @Slot()
    def _to_board(self) -> None:
        self.window.show_page("board")

    # -- answers -------------------------------------------------------------------

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        if token == self._report:
            self._go_on()
            if isinstance(value, ReportShown) and not self._report:
                self.page.apply(value)
        elif token == self._write:
            self._write = 0
            self.page.say("reports.page.written", file=str(value))
        elif token == self._plans and isinstance(value, PlansView):
            self._plans = 0
            self.page.apply_plans(value)
        elif token == self._put and isinstance(value, PlansView):
            self._put = 0
            self.page.apply_plans(value)
            self.page.plans.kept()
            self._part.engine.reports.wake()
        elif token in self._cases:
            title = self._cases.pop(token)
            if isinstance(value, tuple):
                self.window.show_cases(title, value)

    def refused(self, token: int, refusal: Refusal) -> None:
        """A rule said no, or something broke."""
        if token == self._report:
            self._go_on()
        elif token == self._write:
            self._write = 0
        elif token == self._plans:
            self._plans = 0
        elif token == self._put:
            self._put = 0
            from console.i18n import explain

            self.page.plans.refuse(" ".join(explain(refusal)))
            return
        elif token in self._cases:
            del self._cases[token]
        else:
            return
        self.page.refuse(refusal)

    def _go_on(self) -> None:
        request, self._next, self._report = self._next, None, 0
        if request is not None:
            self._ask(request)

    def changed(self) -> None:
        """Plans or runs are others now."""
        if self.page.isVisible() and self.page.section == PLANS:
            self.load_plans()


class Reports(Part):
    """A page for each desk."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._places: list[_Place] = []
        services = self.engine.services

        def load(request: LoadReport) -> ReportShown:
            return shown(services, request)

        def write(request: WriteReport) -> Path:
            return written(services, request)

        self.engine.office.learn({LoadReport: load, WriteReport: write})

    def desk(self, window: DeskBase) -> None:
        """Shift+F12, from anywhere in the window."""
        place = _Place(self, window)
        self._places.append(place)
        window.add_page(PAGE, place.page, "Shift+F12")

    def tick(self, now: datetime) -> None:
        """The thread that makes planned reports may wait for the windows' own."""
        self.engine.reports.prepare()

    def posted(self, what: object) -> None:
        """Answers to our questions; plans that changed."""
        if isinstance(what, Answer):
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else Refusal("internal")
            for place in self._places:
                place.refused(what.token, refusal)
        elif isinstance(what, Change) and "report" in what.kinds:
            for place in self._places:
                place.changed()
