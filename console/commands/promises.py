"""``promises list|set|import``: the site's promises, also for a class, a community
or hours."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands.framework import Subparsers, add_group, add_parser, when
from console.commands.session import Session, iso
from console.i18n import language, t
from console.length_words import length

if TYPE_CHECKING:
    from console.domain.promises import Promise


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``promises``."""
    group = add_group(subparsers, common, "promises", "config.promises.about")
    listing = add_parser(group, common, "list", "config.promises.list")
    listing.add_argument("--versions", action="store_true", help=t("alarmrules.cli.versions"))
    listing.set_defaults(run=_list)
    setting = add_parser(group, common, "set", "config.promises.set")
    setting.add_argument("kind", metavar="KIND", help=t("config.promises.kind"))
    setting.add_argument("limit", metavar="LIMIT", help=t("config.promises.limit"))
    for name in ("category", "community", "hours"):
        setting.add_argument(f"--{name}", default="", help=t(f"alarmrules.cli.{name}"))
    setting.add_argument("--from", dest="begin", metavar="T", type=when, help=t("alarmrules.cli.begin"))
    setting.set_defaults(run=_set)
    importing = add_parser(group, common, "import", "config.promises.import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    importing.set_defaults(run=_import)


def _list(session: Session) -> None:
    from console.commands import shapes

    rows = session.services.promises.rows(session.actor, versions=session.args.versions)
    session.answer(shapes.rows(map(document, rows)), [line(row) for row in rows])


def _set(session: Session) -> None:
    from console.services.promises import PromiseWish

    args = session.args
    wish = PromiseWish(args.kind, args.limit, args.category, args.community, args.hours, args.begin)
    row = session.services.promises.put(session.actor, wish)
    session.answer(document(row), [line(row)])


def _import(session: Session) -> int:
    from console.commands import reference

    args = session.args
    report = session.services.promises.import_table(session.actor, args.file, dry_run=args.dry_run)
    return reference.told(session, report)


def document(row: Promise) -> dict[str, object]:
    """A row as JSON."""
    return {
        "kind": row.kind.value,
        "limit": {"value": row.value, "unit": row.unit.value},
        "category": row.category,
        "community": row.community,
        "hours": row.hours,
        "version": row.version,
        "valid_from": iso(row.valid_from),
        "by": row.by,
    }


def line(row: Promise) -> str:
    """A row on a terminal."""
    scope = "  ".join(part for part in row.scope if part)
    return f"{scope}  {length(language(), row.value, row.unit.value)}  v{row.version}"
