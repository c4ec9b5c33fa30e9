"""What the page of reports asks, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.domain.report_plan import Plan, Span, Subject
from console.services.report_records import ReportRun
from console.services.requests import Heavy, Prompt, Reading, Request

if TYPE_CHECKING:
    from console.services.assembly import Services


@dataclass(frozen=True, slots=True)
class LoadReport(Heavy):
    """One report in ``lang`` → ``ReportShown``. ``span`` ``None``: the newest
    period that is over; ``step``: so many periods after it (below 0 before); ``at``:
    the one around this instant. ``pages``: its pages are painted as well."""

    subject: Subject
    span: Span | None = None
    step: int = 0
    at: datetime | None = None
    lang: str = "zh"
    pages: bool = False


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report as the page shows it. ``report`` is a
    ``console.reports.report_doc.Report``, ``pages`` are pictures of its first
    pages of ``page_count``; ``choices``: ids and names of what it can be about."""

    subject: Subject
    span: Span
    running: bool
    report: Any
    pages: tuple[Any, ...] = ()
    page_count: int = 0
    choices: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteReport(Heavy):
    """One report as a file → the ``Path``."""

    subject: Subject
    span: Span
    file: Path
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class LoadReportCases(Prompt):
    """The cases behind a figure of a report → their ids."""

    subject: Subject
    span: Span
    figure: str
    by: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class PlansView:
    """Plans and what was made of late."""

    plans: tuple[Plan, ...]
    runs: tuple[ReportRun, ...]


@dataclass(frozen=True, slots=True)
class LoadPlans(Reading):
    """→ ``PlansView``."""


@dataclass(frozen=True, slots=True)
class PutPlan(Request):
    """→ ``PlansView``. ``seen``: version the person looked at, 0 for a new one."""

    plan: Plan
    seen: int = 0


@dataclass(frozen=True, slots=True)
class DeletePlan(Request):
    """→ ``PlansView``."""

    plan_id: str
    seen: int


@dataclass(frozen=True, slots=True)
class MakeAgain(Request):
    """A report of a plan once more → ``PlansView``."""

    run_id: int


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """A handler by request type, of what needs no writer of files."""
    plans = services.report_plans

    def view(request: Request) -> PlansView:
        return PlansView(plans.plans(request.actor), plans.runs(request.actor))

    def put(request: PutPlan) -> PlansView:
        plans.put(request.actor, request.plan, request.seen)
        return view(request)

    def delete(request: DeletePlan) -> PlansView:
        plans.delete(request.actor, request.plan_id, request.seen)
        return view(request)

    def again(request: MakeAgain) -> PlansView:
        plans.again(request.actor, request.run_id)
        return view(request)

    def cases(request: LoadReportCases) -> tuple[str, ...]:
        return services.reports.cases(
            request.actor, request.subject, request.span, request.figure, request.by, request.key
        )

    return {LoadPlans: view, PutPlan: put, DeletePlan: delete, MakeAgain: again, LoadReportCases: cases}
