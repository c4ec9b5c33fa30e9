"""``report make``, ``report schedule …`` and ``shift report``: reports as files."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, number, when
from console.commands.session import Session, iso
from console.domain import report_plan
from console.domain.errors import Refusal
from console.i18n import LANGUAGES, language, t

if TYPE_CHECKING:
    from console.domain.report_plan import Plan, Span, Subject
    from console.services.report_records import ReportRun

CUTS = ("reported", "filed", "due", "closed")


def add(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``make`` and ``schedule`` to the group ``report``."""
    make = add_parser(group, common, "make", "reports.cli.make")
    _subject(make, required=True)
    make.add_argument("--at", metavar="T", type=when, help=t("reports.cli.at"))
    make.add_argument("--from", dest="start", metavar="T", type=when, help=t("cli.kpi.start"))
    make.add_argument("--to", dest="end", metavar="T", type=when, help=t("cli.kpi.end"))
    make.add_argument("--cut", choices=CUTS, default="filed", help=t("cli.kpi.cut"))
    make.add_argument("--out", metavar="FILE", type=Path, help=t("reports.cli.out"))
    make.set_defaults(run=_make)
    schedule = add_group(group, common, "schedule", "reports.cli.schedule")
    add_parser(schedule, common, "list", "reports.cli.list").set_defaults(run=_list)
    _add_set(schedule, common)
    remove = add_parser(schedule, common, "remove", "reports.cli.remove")
    remove.add_argument("plan", metavar="PLAN", help=t("reports.cli.plan"))
    remove.set_defaults(run=_remove)
    run = add_parser(schedule, common, "run", "reports.cli.run")
    run.add_argument("--again", metavar="RUN", type=number(1, 2**53), help=t("reports.cli.again"))
    run.set_defaults(run=_run)


def add_shift(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``report`` to the group ``shift``."""
    parser = add_parser(group, common, "report", "reports.cli.shift")
    parser.add_argument("id", metavar="ID", nargs="?", default="", help=t("reports.cli.shift_id"))
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=t("reports.cli.out"))
    parser.set_defaults(run=_shift)


def _subject(parser: argparse.ArgumentParser, required: bool) -> None:
    parser.add_argument("--kind", choices=report_plan.KINDS, required=required, help=t("reports.cli.kind"))
    parser.add_argument("--key", metavar="ID", default=None, help=t("reports.cli.key"))
    parser.add_argument("--every", choices=report_plan.EVERY, default=None, help=t("reports.cli.every"))


def _add_set(schedule: Subparsers, common: argparse.ArgumentParser) -> None:
    parser = add_parser(schedule, common, "set", "reports.cli.set")
    parser.add_argument("plan", metavar="PLAN", help=t("reports.cli.plan"))
    _subject(parser, required=False)
    parser.add_argument("--format", metavar="pdf,xlsx,csv", help=t("reports.cli.format"))
    parser.add_argument("--folder", metavar="DIR", help=t("reports.cli.folder"))
    parser.add_argument("--mail", metavar="A,B", help=t("reports.cli.mail"))
    parser.add_argument(
        "--delay", metavar="MIN", type=number(*report_plan.DELAY), help=t("reports.cli.delay")
    )
    parser.add_argument("--in", dest="report_lang", choices=LANGUAGES, help=t("reports.cli.lang"))
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument("--on", dest="enabled", action="store_const", const=True, help=t("reports.cli.on"))
    switch.add_argument("--off", dest="enabled", action="store_const", const=False, help=t("reports.cli.off"))
    parser.set_defaults(run=_set)


# -- one report ----------------------------------------------------------------


def _make(session: Session) -> None:
    from console.domain.report_plan import Subject

    args = session.args
    subject = Subject(args.kind, args.key or "", args.every or "month")
    if args.start is not None or args.end is not None:
        if args.start is None or args.end is None:
            raise Refusal("bad_usage", "required", what="--to" if args.end is None else "--from")
        span = report_plan.free(args.start, args.end)
    else:
        around, last = session.services.reports.spans(session.actor, subject, args.at)
        span = around if args.at is not None else last
    _answer(session, subject, span, args.out, args.cut)


def _shift(session: Session) -> None:
    from console.domain.report_plan import Subject

    span = session.services.reports.shift(session.actor, session.args.id)
    _answer(session, Subject("shift"), span, session.args.out, "filed")


def _answer(session: Session, subject: Subject, span: Span, file: Path | None, cut: str) -> None:
    from console.reports import case_sheet, report_build, report_doc, report_words

    if file is not None:
        report_doc.demand_suffix(file)  # before it is counted for seconds
        if not file.absolute().parent.is_dir():
            raise Refusal("bad_file", "place", path=str(file))
    data = session.services.reports.read(session.actor, subject, span, cut)
    document: dict[str, Any] = {
        "kind": subject.kind,
        "key": subject.key,
        "period": {"id": span.id, "from": iso(span.start), "to": iso(span.end)},
        "cut": cut,
        "rules": data.rules.version,
        "n": data.whole.n,
        "indicators": {
            name: {"value": value.value, "num": value.num, "den": value.den}
            for name, value in data.whole.values.items()
        },
    }
    name = data.name(subject.kind, subject.key)
    title = report_words.title(subject, name, language())
    lines = [
        t(
            "reports.cli.made",
            title=title,
            period=report_words.period(span, language(), data.at),
            n=data.whole.n,
        )
    ]
    if file is not None:
        if file.suffix.lower() == ".pdf":
            case_sheet.fonts()
        session.services.audit.exported(session.actor, "report", str(file), right="report", name=title)
        parts = report_doc.write(report_build.build(data, language()), file)
        document |= {"file": str(file), "parts": parts}
        lines.append(t("reports.cli.written", file=file))
    session.answer(document, lines)


# -- plans ---------------------------------------------------------------------


def _list(session: Session) -> None:
    plans = session.services.report_plans.plans(session.actor)
    runs = session.services.report_plans.runs(session.actor)
    document = {
        "rows": [_plan(one) for one in plans],
        "total": len(plans),
        "runs": [run_document(one) for one in runs],
    }
    lines = [_plan_line(one) for one in plans] or [t("reports.cli.no_plans")]
    lines += [run_line(one, plans) for one in runs]
    session.answer(document, lines)


def _set(session: Session) -> None:
    from console.domain.report_plan import Plan, Subject

    args, service = session.args, session.services.report_plans
    was = next((one for one in service.plans(session.actor) if args.plan in (one.id, one.name)), None)
    if was is None and args.kind is None:
        raise Refusal("bad_usage", "required", what="--kind")
    plan = was or Plan(
        new_id(args.plan, service.plans(session.actor)), args.plan, Subject(args.kind or "day")
    )
    subject = Subject(
        args.kind or plan.subject.kind,
        plan.subject.key if args.key is None else args.key,
        args.every or plan.subject.every,
    )
    given = {
        "formats": _words(args.format),
        "folder": None if args.folder is None else args.folder and str(Path(args.folder).absolute()),
        "mails": _words(args.mail),
        "delay": args.delay,
        "lang": args.report_lang,
        "enabled": args.enabled,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    kept = service.put(session.actor, replace(plan, subject=subject, **changed), plan.version)
    session.answer(_plan(kept), [_plan_line(kept)])


def _remove(session: Session) -> None:
    service = session.services.report_plans
    found = next((p for p in service.plans(session.actor) if session.args.plan in (p.id, p.name)), None)
    if found is None:
        raise Refusal("conflict", "report_plan", name=session.args.plan)
    service.delete(session.actor, found.id, found.version)
    session.answer({"removed": found.id}, [t("reports.cli.removed", name=found.name)])


def _run(session: Session) -> int:
    import os

    from console.report_making import ReportMaker
    from console.services import permissions

    services = session.services
    permissions.demand(session.actor, "report.plan")
    session.demand_true_clock()
    if session.args.again is not None:
        services.report_plans.again(session.actor, session.args.again)
    maker = ReportMaker(services, services.clock, f"{session.seat}-{os.getpid()}", services.purpose)
    tried: list[int] = []
    maker.once(lambda run: tried.append(run.id))
    plans = services.report_plans.plans(session.actor)
    runs = [one for one in services.report_plans.runs(session.actor, 500) if one.id in tried]
    document = {"rows": [run_document(one) for one in runs], "total": len(runs)}
    session.answer(document, [run_line(one, plans) for one in runs] or [t("reports.cli.nothing_due")])
    return 0 if all(one.state == "done" for one in runs) else 3


def new_id(name: str, plans: tuple[Plan, ...]) -> str:
    """A short name for a plan that no other has: out of its name, or a number."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")[:30] or "plan"
    taken = {one.id for one in plans}
    return next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, 1000))) if one not in taken)


def _words(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(one for one in text.replace(",", " ").replace("，", " ").split() if one)


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "name": plan.name,
        "kind": plan.subject.kind,
        "key": plan.subject.key,
        "every": plan.subject.period,
        "formats": list(plan.formats),
        "lang": plan.lang,
        "folder": plan.folder,
        "mail": list(plan.mails),
        "delay": plan.delay,
        "enabled": plan.enabled,
        "since": iso(plan.since),
        "by": plan.by,
        "version": plan.version,
    }


def _plan_line(plan: Plan) -> str:
    where = ", ".join(one for one in (plan.folder, *plan.mails) if one)
    key = "reports.cli.plan_line" if plan.enabled else "reports.cli.plan_off"
    kind = t(f"reports.kind.{plan.subject.kind}") + (f" {plan.subject.key}" if plan.subject.key else "")
    return t(key, name=plan.name, kind=kind, formats=", ".join(plan.formats), delay=plan.delay, where=where)


def run_document(run: ReportRun) -> dict[str, Any]:
    """A run in the shape of the command line."""
    return {
        "id": run.id,
        "plan": run.plan,
        "period": run.period,
        "kind": run.kind,
        "from": iso(run.start_at),
        "to": iso(run.end_at),
        "state": run.state,
        "attempts": run.attempts,
        "made_at": iso(run.made_at),
        "next_at": iso(run.next_at),
        "files": list(run.files),
        "sent": list(run.sent),
        "error": run.error.get(language(), "") if run.error else "",
    }


def run_line(run: ReportRun, plans: tuple[Plan, ...]) -> str:
    """A run as a line: number, plan, period, how it stands."""
    name = next((one.name for one in plans if one.id == run.plan), run.plan)
    told = [", ".join((*run.files, *run.sent)), run.error.get(language(), "") if run.error else ""]
    if run.next_at is not None:
        told.append(t("reports.cli.next", at=_local(run.next_at)))
    words = " ".join(one for one in told if one)
    return t(
        "reports.cli.run_line",
        id=run.id,
        name=name,
        period=run.period,
        state=t(f"reports.run.state.{run.state}"),
        told=words,
    ).rstrip()


def _local(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%m-%d %H:%M}"
