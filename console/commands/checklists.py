"""``sop import|list``: checklists by class of case."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.i18n import either, t


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``sop``."""
    group = add_group(subparsers, common, "sop", "sop.cli.about")
    importing = add_parser(group, common, "import", "sop.cli.import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    importing.set_defaults(run=_import)
    listing = add_parser(group, common, "list", "sop.cli.list")
    listing.set_defaults(run=_list)


def _import(session: Session) -> int:
    from console.commands import reference

    args = session.args
    report = session.services.sop.import_table(session.actor, args.file, dry_run=args.dry_run)
    return reference.told(session, report)


def _list(session: Session) -> None:
    from dataclasses import asdict

    steps = session.services.sop.book(session.actor).steps
    rows = [asdict(one) for one in steps]
    words = [f"{one.id}  {t(f'sop.kind.{one.kind}')}  {either(one.text_zh, one.text_en)}" for one in steps]
    session.answer({"rows": rows, "total": len(rows)}, words)
