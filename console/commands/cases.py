"""``case …``: every transition, approvals, list and show."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands import case_intake
from console.commands.framework import Parser, Subparsers, add_group, add_parser, number, when
from console.commands.session import Session, iso
from console.domain.approvals import Word
from console.domain.errors import Refusal
from console.domain.model import Command
from console.domain.transitions import CALL_BACK_RESULTS, CHECK_RESULTS, VERIFIED_RESULTS
from console.domain.vocabulary import OPEN, Action, Channel, EvidenceKind, Source, State
from console.i18n import either, t

if TYPE_CHECKING:
    from console.domain.model import Case
    from console.services.cases import Attachment
    from console.services.ports import CaseQuery, Page
    from console.services.views import CaseAnswer

#: Options of the actions beyond the case and the ones good for all.
_REASONED = ("reject", "refuse", "extend", "void", "force-close", "appeal", "reopen")
#: Ends that ask why a promise was broken.
_CAUSED = ("close", "force-close")
#: Steps a team reports: of several sent, which one.
_ANSWERS = ("accept", "refuse", "arrive")
_PLAIN = ("verify", "accept", "arrive", "feedback", "close", "resume", "urge")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``case``."""
    group = add_group(subparsers, common, "case", "cli.case.about")
    for_all = _for_all()

    def action(name: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = group.add_parser(
            name, parents=[common, for_all], help=t(f"cli.case.{name}"), allow_abbrev=False
        )
        parser.set_defaults(run=_act, action=name)
        return parser

    def on_case(name: str) -> argparse.ArgumentParser:
        parser = action(name)
        parser.add_argument("id", metavar="ID", help=t("cli.case.id"))
        return parser

    _open_options(action("open"))
    for name in (*_PLAIN, *_REASONED):
        parser = on_case(name)
        if name in _REASONED:
            parser.add_argument("--reason", default="", help=t("cli.case.reason"))
        if name in _ANSWERS:
            parser.add_argument("--team", action="append", default=[], help=t("cli.case.answering"))
        if name in _CAUSED:
            parser.add_argument("--cause", metavar="CODE", default="", help=t("ranking.cli.cause"))
            parser.add_argument("--words", dest="text", default="", help=t("ranking.cli.cause_words"))
        if name == "verify":
            parser.add_argument("--to", dest="text", metavar="WHO", default="", help=t("intake.cli.whom"))
    _special_options(on_case)
    for name in ("approve", "deny", "withdraw"):
        parser = action(name) if name != "withdraw" else add_parser(group, common, name, f"cli.case.{name}")
        parser.add_argument("request", metavar="REQUEST", type=number(1, 2**53), help=t("cli.given.request"))
        parser.set_defaults(run=_answer_request, action=name)
        if name == "deny":
            parser.add_argument("--reason", default="", help=t("cli.case.reason"))
    _list_options(add_parser(group, common, "list", "cli.case.list"))
    show = add_parser(group, common, "show", "cli.case.show")
    show.add_argument("id", metavar="ID", help=t("cli.case.id"))
    show.set_defaults(run=_show)
    case_intake.register(group, common)


def _for_all() -> argparse.ArgumentParser:
    """The options every action takes."""
    parser = Parser(add_help=False)
    parser.add_argument("--at", metavar="T", type=when, help=t("cli.case.at"))
    parser.add_argument("--on-behalf-of", metavar="WHO", default="", help=t("cli.case.on_behalf_of"))
    channels = [channel.value for channel in Channel]
    parser.add_argument("--channel", choices=channels, default=Channel.DESK.value, help=t("cli.case.channel"))
    return parser


def _open_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--category", metavar="[STD:]KIND:CODE", default="", help=t("cli.case.category"))
    parser.add_argument(
        "--source", choices=[s.value for s in Source], required=True, help=t("cli.case.source")
    )
    for name in ("camera", "place", "community", "note"):
        parser.add_argument(f"--{name}", default="", help=t(f"cli.case.{name}_option"))
    parser.add_argument("--lon", type=number(-180, 180, whole=False), help=t("cli.case.lon"))
    parser.add_argument("--lat", type=number(-90, 90, whole=False), help=t("cli.case.lat"))
    parser.add_argument("--found-at", metavar="T", type=when, help=t("cli.case.found_at"))
    parser.add_argument("--reported-at", metavar="T", type=when, help=t("cli.case.reported_at"))
    case_intake.caller_options(parser)
    parser.set_defaults(run=_open)


def _special_options(on_case: Callable[[str], argparse.ArgumentParser]) -> None:
    on_case("verified").add_argument(
        "--result", choices=VERIFIED_RESULTS, required=True, help=t("cli.given.verified")
    )
    on_case("file").add_argument("--condition", metavar="CID", default="", help=t("cli.case.condition"))
    on_case("merge").add_argument(
        "--into", dest="other", metavar="ID", required=True, help=t("cli.given.other")
    )
    link = on_case("link")
    link.add_argument("--to", dest="other", metavar="ID", required=True, help=t("cli.given.other"))
    case_intake.link_options(link)
    on_case("dispatch").add_argument("--team", action="append", default=[], help=t("cli.case.team"))
    further = on_case("add-team")
    further.add_argument("--team", action="append", required=True, help=t("cli.case.team"))
    further.add_argument("--reason", default="", help=t("cli.case.reason"))
    on_case("handled").add_argument(
        "--evidence", metavar="FILE", action="append", default=[], help=t("cli.given.after")
    )
    check = on_case("check")
    check.add_argument("--result", choices=CHECK_RESULTS, default="", help=t("cli.given.checked"))
    check.add_argument("--reason", default="", help=t("cli.case.reason"))
    suspend = on_case("suspend")
    suspend.add_argument("--until", metavar="T", type=when, help=t("cli.given.until"))
    suspend.add_argument("--reason", default="", help=t("cli.case.reason"))
    called = on_case("call-back")
    called.add_argument(
        "--satisfied", dest="result", choices=CALL_BACK_RESULTS, required=True, help=t("cli.given.satisfied")
    )
    called.add_argument("--text", default="", help=t("cli.given.said"))
    correct = on_case("correct")
    correct.add_argument("correction", metavar="FIELD=VALUE", help=t("cli.given.correction"))
    correct.add_argument("--reason", default="", help=t("cli.case.reason"))
    supervise = on_case("supervise")
    supervise.add_argument("--reply-by", metavar="T", type=when, help=t("cli.given.reply_by"))
    supervise.add_argument("--text", default="", help=t("cli.given.text"))
    on_case("reply").add_argument("text", metavar="TEXT", help=t("cli.given.text"))
    on_case("note").add_argument("text", metavar="TEXT", help=t("cli.given.text"))
    on_case("attach").add_argument("files", metavar="FILE", nargs="+", help=t("cli.given.files"))


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", metavar="S,…", default="", help=t("cli.case.state_option"))
    parser.add_argument("--open", dest="open_only", action="store_true", help=t("cli.case.open_only"))
    parser.add_argument("--since", metavar="T", type=when, help=t("cli.case.since"))
    parser.add_argument("--community", default="", help=t("cli.case.community_option"))
    parser.add_argument("--team", default="", help=t("cli.case.team"))
    parser.add_argument("--text", metavar="Q", default="", help=t("cli.case.text"))
    parser.add_argument("--limit", type=number(1, 10_000), default=100, help=t("cli.case.limit"))
    parser.add_argument("--offset", type=number(0, 10**9), default=0, help=t("cli.case.offset"))
    parser.set_defaults(run=_list)


def _open(session: Session) -> None:
    from console.services.cases import NewCase
    from console.services.intake import Report
    from console.services.persons import Caller

    args = session.args
    new = NewCase(
        source=Source(args.source),
        category=args.category,
        camera=args.camera,
        place=args.place,
        community=args.community,
        lon=args.lon,
        lat=args.lat,
        found_at=args.found_at,
        reported_at=args.reported_at,
        note=args.note,
        at=args.at,
        on_behalf_of=args.on_behalf_of,
        channel=Channel(args.channel),
    )
    session.demand_true_clock()
    report = Report(new, Caller(args.caller, args.phone), args.callback)
    _tell(session, session.services.intake.take(session.actor, report))


def _act(session: Session) -> None:
    args = session.args
    field_name, field_value = _correction(getattr(args, "correction", None))
    action = Action(args.action)
    command = Command(
        action=action,
        at=args.at,
        on_behalf_of=args.on_behalf_of,
        channel=Channel(args.channel),
        condition=getattr(args, "condition", ""),
        teams=tuple(getattr(args, "team", ())),
        reason=getattr(args, "reason", ""),
        result=getattr(args, "result", ""),
        until=getattr(args, "until", None),
        reply_by=getattr(args, "reply_by", None),
        other=getattr(args, "other", ""),
        text=getattr(args, "text", ""),
        field_name=field_name,
        field_value=field_value,
        cause=getattr(args, "cause", ""),
    )
    session.demand_true_clock()
    answer = session.services.cases.act(session.actor, args.id, command, attachments=_files(args))
    _tell(session, answer)


def _files(args: argparse.Namespace) -> list[Attachment]:
    """Files named for ``handled`` (after-pictures) or ``attach``."""
    from console.services.cases import Attachment

    after = [Path(name) for name in getattr(args, "evidence", ())]
    other = [Path(name) for name in getattr(args, "files", ())]
    return [
        *(Attachment(path, EvidenceKind.AFTER, _written(path)) for path in after),
        *(Attachment(path, EvidenceKind.DOCUMENT, _written(path)) for path in other),
    ]


def _written(path: Path) -> datetime | None:
    """When the file was last written: the nearest thing to when it was taken."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:  # the store says what is wrong with the file
        return None


def _correction(text: str | None) -> tuple[str, str]:
    if text is None:
        return "", ""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise Refusal("bad_usage", "correction", text=text)
    # A time without an offset is local, here as everywhere.
    return name, (iso(when(value)) or "") if name.endswith("_at") else value


def _answer_request(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    cases = session.services.cases
    if args.action == "withdraw":
        _tell(session, cases.withdraw(session.actor, args.request))
        return
    word = Word(
        reason=getattr(args, "reason", ""),
        at=args.at,
        on_behalf_of=args.on_behalf_of,
        channel=Channel(args.channel),
    )
    if args.action == "approve":
        _tell(session, cases.approve(session.actor, args.request, word))
    else:
        _tell(session, cases.deny(session.actor, args.request, word=word))


def _tell(session: Session, answer: CaseAnswer) -> None:
    from console.commands import shapes

    request = answer.approval
    if request is not None and request.state == "waiting":
        lines = [t("cli.case.asked", request=request.id, case=request.case)]
        session.answer({"request": shapes.approval(request)}, lines)
        return
    now, calendar = _when_and_calendar(session)
    document = {
        "case": shapes.case(answer.case, now, calendar),
        "events": [shapes.event(event) for event in answer.events],
        "changed": list(answer.changed),
    }
    if request is not None:
        document["request"] = shapes.approval(request)
    session.answer(document, [_line(answer.case)])


def _list(session: Session) -> None:
    from console.commands import shapes
    from console.services.ports import CaseQuery

    args = session.args
    query = CaseQuery(
        states=_states(args.state),
        open_only=args.open_only,
        since=args.since,
        community=args.community,
        team=args.team,
        text=args.text,
        limit=args.limit,
        offset=args.offset,
    )
    page = _found(session, query) if args.text else session.services.cases.list(session.actor, query)
    now, calendar = _when_and_calendar(session)
    lines = [_line(case) for case in page.rows]
    lines.append(t("cli.case.total", shown=len(page.rows), total=page.total))
    session.answer(shapes.rows((shapes.case(c, now, calendar) for c in page.rows), page.total), lines)


def _found(session: Session, query: CaseQuery) -> Page[Case]:
    """The list of ``--text``, which is a line of search; the other options
    narrow it."""
    from console.services import ports
    from console.services.find import MOST_LISTED

    states = query.states & OPEN if query.states and query.open_only else query.states
    states = states or (OPEN if query.open_only else frozenset())
    if query.states and not states:
        return ports.Page((), 0)
    groups = [tuple(("state", state.value) for state in sorted(states))] if states else []
    groups += [((kind, value),) for kind in ("community", "team") if (value := getattr(query, kind))]
    finder = session.services.find
    ids, _ = finder.ids(session.actor, query.text, MOST_LISTED, groups, query.since)
    rows = finder.load(session.actor, ids[query.offset : query.offset + query.limit])
    return ports.Page(rows, len(ids))


def _states(text: str) -> frozenset[State]:
    known = {state.value for state in State}
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise Refusal("bad_usage", "choice", what="--state", value=name, choices=", ".join(sorted(known)))
    return frozenset(State(name) for name in names)


def _show(session: Session) -> None:
    from console.commands import shapes

    case, events, requests = session.services.cases.show(session.actor, session.args.id)
    now, calendar = _when_and_calendar(session)
    document = shapes.case(case, now, calendar)
    document["events"] = [shapes.event(event) for event in events]
    document["requests"] = [shapes.approval(request) for request in requests]
    lines = [_line(case)]
    lines += [f"  {_local(e.at)}  {t(f'actions.verb.{e.action.value}')}  {e.actor}" for e in events]
    session.answer(document, lines)


def _when_and_calendar(session: Session):  # type: ignore[no-untyped-def]
    """The time and the calendar the clocks are shown by."""
    from console.services.rules import load_rules

    services = session.services
    now = services.clock.now()
    with services.uows.read() as uow:
        return now, load_rules(uow, now).calendar


def _line(case: Case) -> str:
    """A case on one line of a terminal."""
    name = either(case.name_zh, case.name_en) or t("common.word.none")
    where = case.place or case.community or case.camera
    return f"{case.id}  {t(f'states.case.{case.state.value}')}  {name}  {where}".rstrip()


def _local(at: datetime) -> str:
    from console.commands.framework import LOCAL

    return at.astimezone(LOCAL).strftime("%m-%d %H:%M:%S")
