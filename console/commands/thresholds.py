"""``thresholds list|set|import``: when the clocks of cases ring."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands.framework import Subparsers, add_group, add_parser, when
from console.commands.session import Session, iso
from console.i18n import t

if TYPE_CHECKING:
    from console.domain.thresholds import Threshold


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``thresholds``."""
    group = add_group(subparsers, common, "thresholds", "alarmrules.cli.thresholds")
    listing = add_parser(group, common, "list", "alarmrules.cli.thresholds_list")
    listing.add_argument("--versions", action="store_true", help=t("alarmrules.cli.versions"))
    listing.set_defaults(run=_list)
    setting = add_parser(group, common, "set", "alarmrules.cli.thresholds_set")
    setting.add_argument("clock", metavar="CLOCK", help=t("alarmrules.cli.clock"))
    setting.add_argument("step", metavar="STEP", help=t("alarmrules.cli.step"))
    setting.add_argument("at", metavar="AT", help=t("alarmrules.cli.at"))
    for name in ("severity", "category", "community", "hours"):
        setting.add_argument(f"--{name}", default="", help=t(f"alarmrules.cli.{name}"))
    setting.add_argument("--from", dest="begin", metavar="T", type=when, help=t("alarmrules.cli.begin"))
    setting.set_defaults(run=_set)
    importing = add_parser(group, common, "import", "alarmrules.cli.thresholds_import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    importing.set_defaults(run=_import)


def _list(session: Session) -> None:
    from console.commands import shapes

    rows = session.services.thresholds.rows(session.actor, versions=session.args.versions)
    session.answer(shapes.rows(map(document, rows)), [line(row) for row in rows])


def _set(session: Session) -> None:
    from console.services.thresholds import ThresholdWish

    args = session.args
    wish = ThresholdWish(
        args.clock, args.step, args.at, args.severity, args.category, args.community, args.hours, args.begin
    )
    row = session.services.thresholds.put(session.actor, wish)
    session.answer(document(row), [line(row)])


def _import(session: Session) -> int:
    from console.commands import reference

    args = session.args
    report = session.services.thresholds.import_table(session.actor, args.file, dry_run=args.dry_run)
    return reference.told(session, report)


def document(row: Threshold) -> dict[str, object]:
    """A row as JSON; version 0 is the office's default."""
    return {
        "clock": row.clock.value,
        "step": row.step,
        "at": row.at,
        "severity": None if row.silent else row.severity.value,
        "category": row.category,
        "community": row.community,
        "hours": row.hours,
        "version": row.version,
        "valid_from": iso(row.valid_from) if row.version else None,
        "set_by": row.set_by,
    }


def line(row: Threshold) -> str:
    """A row on a terminal."""
    scope = " ".join(part for part in (row.category, row.community, row.hours) if part)
    ring = t("alarmrules.silent") if row.silent else f"{row.at}  {t(f'states.severity.{row.severity.value}')}"
    version = f"v{row.version}" if row.version else t("alarmrules.default")
    clock = t(f"states.clock.{row.clock.value}")
    return "  ".join(part for part in (clock, t(f"alarmrules.step.{row.step}"), ring, scope, version) if part)
