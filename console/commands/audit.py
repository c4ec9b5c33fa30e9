"""``audit list|export``: the audit log."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import LOCAL, Parser, Subparsers, add_group, add_parser, number, when
from console.commands.session import Session, iso
from console.domain.audit import Kind
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.domain.audit import Entry

#: Columns of an exported file.
COLUMNS = ("seq", "at", "actor", "seat", "kind", "kind_name", "told", "facts")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``audit``."""
    group = add_group(subparsers, common, "audit", "audit.cli.about")
    shown = add_parser(group, common, "list", "audit.cli.list")
    _filters(shown)
    shown.add_argument("--limit", metavar="N", type=number(1, 5000), default=100, help=t("audit.cli.limit"))
    shown.add_argument("--offset", metavar="N", type=number(0, 10**9), default=0, help=t("audit.cli.offset"))
    shown.set_defaults(run=_list)
    export = add_parser(group, common, "export", "audit.cli.export")
    _filters(export)
    export.add_argument("--out", metavar="FILE", type=Path, required=True, help=t("cli.export.out"))
    export.set_defaults(run=_export)


def _filters(parser: Parser) -> None:
    parser.add_argument("--text", metavar="Q", default="", help=t("audit.cli.text"))
    parser.add_argument("--who", metavar="NAME", default="", help=t("audit.cli.who"))
    choices = [kind.value for kind in Kind]
    parser.add_argument("--kind", action="append", choices=choices, default=[], help=t("audit.cli.kind"))
    parser.add_argument("--since", "--from", metavar="T", type=when, help=t("cli.export.start"))
    parser.add_argument("--until", "--to", metavar="T", type=when, help=t("cli.export.end"))


def _wanted(session: Session) -> dict[str, Any]:
    args = session.args
    if args.since is not None and args.until is not None and args.until <= args.since:
        raise Refusal("bad_value", "period", start=args.since, end=args.until)
    return {
        "text": args.text,
        "kinds": args.kind,
        "since": args.since,
        "until": args.until,
        "who": args.who,
    }


def _list(session: Session) -> None:
    args = session.args
    page = session.services.audit.search(
        session.actor, **_wanted(session), limit=args.limit, offset=args.offset
    )
    document = {"rows": [document_of(one) for one in page.rows], "total": page.total}
    session.answer(document, [_line(one) for one in page.rows])


def _export(session: Session) -> None:
    from console.reports.tables import WRITERS, write_table

    out = session.args.out
    if out.suffix.lower() not in WRITERS:
        raise Refusal("bad_usage", "export", file=out.name)
    entries = session.services.audit.taken(session.actor, out.name, **_wanted(session))
    count = write_table((document_of(one) for one in entries), COLUMNS, out)
    document = {"rows": count, "file": str(out)}
    session.answer(document, [t("cli.export.done", rows=count, file=out)])


def document_of(entry: Entry) -> dict[str, Any]:
    """An entry as a document."""
    from console.services import audit_words

    return {
        "seq": entry.seq,
        "at": iso(entry.at),
        "actor": entry.actor,
        "seat": entry.seat,
        "kind": entry.kind.value,
        "kind_name": audit_words.kind(entry),
        "told": audit_words.told(entry),
        "facts": dict(entry.facts),
    }


def _line(entry: Entry) -> str:
    from console.services import audit_words

    at = entry.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    who = entry.actor or t("audit.cli.nobody")
    return f"{at}  {who}  {entry.seat or '-'}  {audit_words.kind(entry)}  {audit_words.told(entry)}"
