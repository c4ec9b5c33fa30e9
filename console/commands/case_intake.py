"""``case import``, the reporter of a case, and what ``case open`` takes of one."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.framework import Subparsers, add_parser
from console.commands.session import Session
from console.domain.transitions import OTHER_END, PLAIN_LINK
from console.domain.vocabulary import Source
from console.i18n import t


def register(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add them below ``case``."""
    importing = add_parser(group, common, "import", "intake.cli.import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("intake.cli.file"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    sources = [one.value for one in Source if one is not Source.CAMERA]
    importing.add_argument(
        "--source", choices=sources, default=Source.HANDDOWN.value, help=t("intake.cli.source")
    )
    importing.set_defaults(run=_import)
    caller = add_parser(group, common, "caller", "intake.cli.caller")
    caller.add_argument("id", metavar="ID", help=t("cli.case.id"))
    caller.set_defaults(run=_caller)
    called = add_parser(group, common, "called", "intake.cli.called")
    called.add_argument("id", metavar="ID", help=t("cli.case.id"))
    called.add_argument("--result", choices=("reached", "missed"), required=True, help=t("intake.cli.result"))
    called.add_argument("--note", default="", help=t("cli.given.text"))
    called.set_defaults(run=_called)
    forget = add_parser(group, common, "forget", "intake.cli.forget")
    forget.add_argument("id", metavar="ID", help=t("cli.case.id"))
    forget.add_argument("--reason", default="", help=t("cli.case.reason"))
    forget.set_defaults(run=_forget)


def caller_options(parser: argparse.ArgumentParser) -> None:
    """Who reported it."""
    parser.add_argument("--caller", default="", help=t("intake.cli.name"))
    parser.add_argument("--phone", default="", help=t("intake.cli.phone"))
    parser.add_argument("--callback", action="store_true", help=t("intake.cli.callback"))


def link_options(parser: argparse.ArgumentParser) -> None:
    """What the other case is to this one."""
    kinds = [kind for kind in OTHER_END if kind != PLAIN_LINK]
    parser.add_argument("--as", dest="result", choices=kinds, default="", help=t("intake.cli.link"))


def _import(session: Session) -> int:
    from console.commands import reference

    args = session.args
    if not args.dry_run:
        session.demand_true_clock()
    report = session.services.case_import.run(
        session.actor, args.file, dry_run=args.dry_run, source=Source(args.source)
    )
    return reference.told(session, report)


def _caller(session: Session) -> None:
    session.demand_true_clock()
    view = session.services.persons.read(session.actor, session.args.id)
    document = {"case": view.case, "name": view.name, "phone": view.phone, "others": list(view.others)}
    session.answer(document, [t("intake.caller.clear", name=view.name or "–", phone=view.phone or "–")])


def _called(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    answer = session.services.persons.called_back(session.actor, args.id, args.result, args.note)
    session.answer({"case": answer.case.id, "result": args.result}, [t(f"intake.say.{args.result}")])


def _forget(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    answer = session.services.persons.erase(session.actor, args.id, args.reason)
    session.answer({"case": answer.case.id, "erased": True}, [t("intake.caller.erased")])
