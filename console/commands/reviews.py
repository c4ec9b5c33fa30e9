"""``review …``: samples of ended cases, and the lists supervisors go through."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, number, when
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.i18n import either, t

if TYPE_CHECKING:
    from console.domain.review import Draw, Review
    from console.services.reviews import ReviewSheet

_KINDS: Final = (
    "void", "force-close", "manual", "correct", "extend", "suspend", "appeal", "reopen",
    "shelved", "suppressed", "limit",
)  # fmt: skip
_STANDINGS: Final = ("waiting", "given", "disputed", "settled")
_VERDICTS: Final = ("pass", "minor", "fail")
_ANSWERS: Final = ("yes", "no", "na")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``review``."""
    group = add_group(subparsers, common, "review", "review.cli.about")
    _register_samples(group, common)
    _register_words(group, common)
    _register_lists(group, common)
    lists = add_group(group, common, "checklist", "review.cli.checklist")
    add_parser(lists, common, "list", "review.cli.checklist_list").set_defaults(run=_checklist)
    importing = add_parser(lists, common, "import", "review.cli.checklist_import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    importing.set_defaults(run=_import)


def _register_samples(group: Subparsers, common: argparse.ArgumentParser) -> None:
    sample = add_parser(group, common, "sample", "review.cli.sample")
    sample.add_argument("--week", metavar="WEEK", default="", help=t("review.cli.week"))
    sample.add_argument("--share", metavar="N", type=number(2, 100), default=2, help=t("review.cli.share"))
    sample.set_defaults(run=_sample)
    check = add_parser(group, common, "check", "review.cli.check")
    check.add_argument("--week", metavar="WEEK", default="", help=t("review.cli.week"))
    check.set_defaults(run=_check)
    listing = add_parser(group, common, "list", "review.cli.list")
    listing.add_argument("--week", metavar="WEEK", default="", help=t("review.cli.week"))
    listing.add_argument("--standing", choices=_STANDINGS, help=t("review.cli.standing"))
    listing.add_argument("--officer", metavar="NAME", default="", help=t("review.cli.officer"))
    listing.add_argument("--case", metavar="ID", default="", help=t("review.cli.case"))
    listing.add_argument("--out", metavar="FILE", type=Path, help=t("review.cli.out"))
    listing.set_defaults(run=_list)
    show = add_parser(group, common, "show", "review.cli.show")
    show.add_argument("id", metavar="ID", help=t("review.cli.id"))
    show.set_defaults(run=_show)


def _register_words(group: Subparsers, common: argparse.ArgumentParser) -> None:
    verdict = add_parser(group, common, "verdict", "review.cli.verdict")
    second = add_parser(group, common, "second", "review.cli.second")
    dispute = add_parser(group, common, "dispute", "review.cli.dispute")
    for parser in (verdict, second, dispute):
        parser.add_argument("id", metavar="ID", help=t("review.cli.id"))
    for parser in (verdict, second):
        parser.add_argument("--verdict", choices=_VERDICTS, required=True, help=t("review.cli.verdict_is"))
        parser.add_argument("--words", metavar="TEXT", default="", help=t("review.cli.words"))
    verdict.add_argument(
        "--answer", metavar="LINE=ANSWER", action="append", default=[], help=t("review.cli.answer")
    )
    verdict.add_argument("--rest", choices=_ANSWERS, help=t("review.cli.rest"))
    dispute.add_argument("--reason", metavar="TEXT", default="", help=t("review.cli.reason"))
    verdict.set_defaults(run=_verdict)
    second.set_defaults(run=_second)
    dispute.set_defaults(run=_dispute)


def _register_lists(group: Subparsers, common: argparse.ArgumentParser) -> None:
    for name in ("deeds", "late", "logs", "repeats", "cameras"):
        parser = add_parser(group, common, name, f"review.cli.{name}")
        parser.add_argument("--out", metavar="FILE", type=Path, help=t("review.cli.out"))
        parser.set_defaults(run=_listed, which=name)
        if name in ("repeats", "cameras"):
            parser.add_argument(
                "--days", metavar="N", type=number(1, 366), default=30, help=t("review.cli.days")
            )
        else:
            parser.add_argument("--from", dest="start", metavar="T", type=when, help=t("review.cli.from"))
            parser.add_argument("--to", dest="end", metavar="T", type=when, help=t("review.cli.to"))
        if name == "deeds":
            parser.add_argument("--kind", choices=_KINDS, help=t("review.cli.kind"))
        if name == "repeats":
            metres, least = t("review.cli.metres"), t("review.cli.least")
            parser.add_argument("--metres", metavar="N", type=number(1, 1000), default=50, help=metres)
            parser.add_argument("--least", metavar="N", type=number(2, 1000), default=3, help=least)


# -- samples -----------------------------------------------------------------------------


def _sample(session: Session) -> None:
    session.demand_true_clock()
    args = session.args
    found = session.services.reviews.sample(session.actor, args.week, args.share * 100)
    draw = found.draw
    facts = {"week": draw.week, "n": len(found.reviews), "people": len(draw.pool)}
    if found.fresh:
        line = t("review.cli.drawn", **facts, pool=sum(draw.pool.values()), seed=draw.seed[:12])
    else:
        at = f"{draw.drawn_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        line = t("review.cli.again", week=draw.week, who=draw.drawn_by, at=at, n=len(found.reviews))
    document = _draw(draw) | {
        "fresh": found.fresh,
        "rows": [_review(one) for one in found.reviews],
        "total": len(found.reviews),
    }
    session.answer(document, [line, *(f"  {one.id}  {one.officer}  {one.case}" for one in found.reviews)])


def _check(session: Session) -> int:
    found = session.services.reviews.check(session.actor, session.args.week)
    document = {
        "ok": found.ok,
        "week": found.week,
        "in_chain": found.in_chain,
        "same_pool": found.same_pool,
        "same_draw": found.same_draw,
        "wrong": list(found.wrong),
    }
    if not found.ok:
        line = t("review.cli.check_bad", week=found.week, n=len(found.wrong), wrong=" ".join(found.wrong))
    else:
        line = t(f"review.cli.check_{'ok' if found.same_pool else 'changed'}", week=found.week)
    session.answer(document, [line])
    return 0 if found.ok else 1


def _list(session: Session) -> None:
    from console.domain.review import Standing, named_week
    from console.services.review_records import ReviewQuery

    args = session.args
    week = named_week(args.week, LOCAL) if args.week else ""
    standing = Standing(args.standing) if args.standing else None
    case = ""
    if args.case:
        (case,) = {_full(session, args.case)}
    query = ReviewQuery(week, args.officer, case, standing, limit=100_000)
    found = session.services.reviews.list(session.actor, query)
    rows = [_review(row.review) for row in found.rows]
    _tell(session, "sample", found, rows)


def _full(session: Session, case: str) -> str:
    with session.store.uows.read() as uow:
        found = uow.cases.resolve(case)
    if found is None:
        raise Refusal("unknown_case", case=case)
    return found


def _show(session: Session) -> None:
    from console.reports import review_doc

    found = session.services.reviews.show(session.actor, session.args.id)
    one = found.review
    document = _review(one) | {
        "lines": [{"id": x.id, "zh": x.zh, "en": x.en, "part": x.part} for x in found.lines],
        "chain": _chain(session, found),
    }
    lines = [t("review.sheet.head", id=one.id, who=one.officer, parts=review_doc.parts(one.parts))]
    for line in found.lines:
        lines.append(
            f"  {t('review.answer.' + one.answers.get(line.id, 'none'))}  {either(line.zh, line.en)}"
        )
    lines += [_verdict_line(one), one.words, one.dispute, one.second_words]
    session.answer(document, [line for line in lines if line.strip()])


def _chain(session: Session, found: ReviewSheet) -> dict[str, object]:
    """The case with its clocks and every event."""
    from console.commands import shapes
    from console.services.rules import load_rules

    with session.store.uows.read() as uow:
        calendar = load_rules(uow, found.now).calendar
    case = shapes.case(found.case, found.now, calendar)
    return {**case, "events": [shapes.event(event) for event in found.events]}


def _verdict(session: Session) -> None:
    session.demand_true_clock()
    args, service = session.args, session.services.reviews
    answers = {}
    if args.rest:
        answers = {line.id: args.rest for line in service.show(session.actor, args.id).lines}
    for told in args.answer:
        name, sign, value = told.partition("=")
        if not sign:
            raise Refusal("bad_value", "answer", line=name[:40], value="")
        answers[name.strip()] = value.strip().lower()
    _said(session, service.judge(session.actor, args.id, args.verdict, answers, args.words))


def _dispute(session: Session) -> None:
    session.demand_true_clock()
    args = session.args
    _said(session, session.services.reviews.dispute(session.actor, args.id, args.reason))


def _second(session: Session) -> None:
    session.demand_true_clock()
    args = session.args
    _said(session, session.services.reviews.second(session.actor, args.id, args.verdict, args.words))


def _said(session: Session, one: Review) -> None:
    session.answer(_review(one), [_verdict_line(one)])


def _verdict_line(one: Review) -> str:
    stands = t(f"review.verdict.{one.stands.value}") if one.stands else "—"
    return f"{one.id}  {t(f'review.standing.{one.standing.value}')}  {stands}"


# -- lists -----------------------------------------------------------------------------


def _listed(session: Session) -> None:
    from dataclasses import asdict, replace

    args, service = session.args, session.services.oversight
    found: Any
    if args.which == "repeats":
        found = service.repeats(session.actor, args.days, float(args.metres), args.least)
    elif args.which == "cameras":
        found = service.cameras(session.actor, args.days)
    else:
        ask = {"deeds": service.deeds, "late": service.late, "logs": service.logs}[args.which]
        found = ask(session.actor, args.start, args.end)
    if args.which == "deeds" and args.kind:
        found = replace(found, rows=tuple(row for row in found.rows if row.kind == args.kind))
    _tell(session, args.which, found, [asdict(row) for row in found.rows])


def _tell(session: Session, which: str, found: Any, rows: list[dict[str, Any]]) -> None:
    from console.reports import report_doc
    from console.reports.review_doc import lines, summary

    writer = _writer(session)
    document: dict[str, Any] = {"rows": rows, "total": len(rows)}
    if which != "sample":
        document |= {"from": iso(found.span.start), "to": iso(found.span.end), "cut": found.span.cut}
    if session.args.out is not None:
        from console.services import permissions

        permissions.demand(session.actor, "export")
        file: Path = session.args.out
        report_doc.demand_suffix(file)
        if file.suffix.lower() == ".pdf":
            from console.reports.case_sheet import fonts

            fonts()
        session.services.audit.exported(session.actor, "list", str(file), name=which)
        report_doc.write(writer.report(which, found, made=session.actor.name), file)
        document["file"] = str(file)
    session.answer(document, [summary(which, found), *lines(writer.table(which, found), report_doc.shown)])


def _writer(session: Session) -> Any:
    from console.models.names import NameBook
    from console.reports.review_doc import Writer
    from console.services.views import Names

    with session.store.uows.read() as uow:
        places, users = uow.reference.places(), uow.users.all()
        teams = {one.id: either(one.name_zh, one.name_en) for one in uow.reference.teams()}
    names = Names(
        communities={p.id: (p.name_zh, p.name_en) for p in places if p.kind == "community"},
        people={u.name: (u.display_zh, u.display_en) for u in users},
        places={p.name_zh: (p.name_zh, p.name_en) for p in places},
    )
    return Writer(NameBook(names), teams)


# -- the checklist ------------------------------------------------------------------------


def _checklist(session: Session) -> None:
    from dataclasses import asdict

    found = session.services.reviews.checklist.load(session.actor)
    rows = [asdict(line) for line in found.lines]
    words = [f"{line.id}  {line.part or '*'}  {either(line.zh, line.en)}" for line in found.lines]
    session.answer({"version": found.version, "rows": rows, "total": len(rows)}, words)


def _import(session: Session) -> int:
    from console.commands import reference

    args = session.args
    report = session.services.reviews.checklist.import_table(session.actor, args.file, dry_run=args.dry_run)
    return reference.told(session, report)


# -- shapes -----------------------------------------------------------------------------


def _draw(draw: Draw) -> dict[str, object]:
    return {
        "week": draw.week,
        "drawn_at": iso(draw.drawn_at),
        "drawn_by": draw.drawn_by,
        "seed": draw.seed,
        "seed_seq": draw.seed_seq,
        "share": draw.share / 10_000,
        "least": draw.least,
        "pool": dict(draw.pool),
        "pool_sha256": draw.pool_sha256,
    }


def _review(one: Review) -> dict[str, object]:
    return {
        "id": one.id,
        "week": one.week,
        "case": one.case,
        "officer": one.officer,
        "parts": [part.value for part in one.parts],
        "standing": one.standing.value,
        "verdict": one.verdict.value if one.verdict else None,
        "stands": one.stands.value if one.stands else None,
        "reviewer": one.reviewer,
        "given_at": iso(one.given_at),
        "answers": dict(one.answers),
        "checklist": one.checklist,
        "words": one.words,
        "dispute": one.dispute,
        "disputed_at": iso(one.disputed_at),
        "second": one.second.value if one.second else None,
        "second_by": one.second_by,
        "second_at": iso(one.second_at),
        "second_words": one.second_words,
    }
