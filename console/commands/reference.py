"""``standard …``, ``teams …``, ``places …``, ``calendar import``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import either, explain, language, t
from console.length_words import length

if TYPE_CHECKING:
    from console.domain.model import Condition
    from console.services.reference import ImportReport, ImportRow

_LISTED = ("standard", "teams", "places")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the tables a site brings."""
    for name in ("standard", "teams", "places", "calendar"):
        group = add_group(subparsers, common, name, f"cli.{name}.about")
        importing = add_parser(group, common, "import", f"cli.{name}.import")
        importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
        importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
        importing.set_defaults(run=_import, table=name)
        if name in _LISTED:
            listing = add_parser(group, common, "list", f"cli.{name}.list")
            listing.set_defaults(run=_list, table=name)
            if name == "standard":
                listing.add_argument("--text", metavar="Q", default="", help=t("cli.standard.text"))
        if name == "teams":
            from console.commands import team_actions

            team_actions.register(group, common)


def _import(session: Session) -> int:
    args = session.args
    service = session.services.reference
    importers = {
        "standard": service.import_standard,
        "teams": service.import_teams,
        "places": service.import_places,
        "calendar": service.import_calendar,
    }
    return told(session, importers[args.table](session.actor, args.file, dry_run=args.dry_run))


def told(session: Session, report: ImportReport) -> int:
    """Answer with what became of a table; the exit code of its command. Columns
    nobody knows are named, not left out in silence."""
    if report.unknown_columns:
        session.note(t("cli.import.unknown_columns", columns=", ".join(report.unknown_columns)))
    session.answer(document(report), lines(report))
    return 0 if report.ok else 1


def document(report: ImportReport) -> dict[str, object]:
    """A report of an import as JSON."""
    return {
        "rows": [_row(row) for row in report.rows],
        "total": len(report.rows),
        "unknown_columns": list(report.unknown_columns),
        "dry_run": report.dry_run,
    }


def _row(row: ImportRow) -> dict[str, object]:
    document: dict[str, object] = {"row": row.row, "ok": row.ok, "id": row.id, "action": row.action}
    document["error"] = None if row.error is None else _said(row.error)
    if row.error is not None:
        document["code"] = row.error.code
    return document


def _said(refusal: Refusal) -> str:
    return " ".join(explain(refusal))


def lines(report: ImportReport) -> list[str]:
    """What a report says on a terminal: every refused row, then the sum."""
    told = [
        t("cli.import.refused", row=row.row, id=row.id or "–", error=_said(row.error))
        for row in report.rows
        if row.error is not None
    ]
    count = {
        action: sum(row.action == action for row in report.rows)
        for action in ("added", "updated", "unchanged", "refused")
    }
    told.append(t("cli.import.dry_total" if report.dry_run else "cli.import.total", **count))
    return told


def _limits(condition: Condition) -> str:
    """The base limit, then those of graded areas: ``4 工作时  A 2 工作时``."""
    found = [("", condition.limit_value, condition.limit_unit)]
    found += [(f"{one.grade} ", one.value, one.unit) for one in condition.grade_limits]
    return "  ".join(f"{grade}{length(language(), value, unit.value)}" for grade, value, unit in found)


def _list(session: Session) -> None:
    from console.commands import shapes
    from console.services import permissions

    permissions.demand(session.actor, "standard.read")
    service = session.services.reference
    table = session.args.table
    if table == "standard":
        conditions = service.conditions(session.args.text)
        lines = [
            f"{c.condition_id}  {either(c.name_zh, c.name_en)}  {_limits(c)}  {c.team}"
            for c in conditions.rows
        ]
        session.answer(shapes.rows(map(shapes.condition, conditions.rows), conditions.total), lines)
    elif table == "teams":
        teams = service.teams()
        lines = [f"{team.id}  {either(team.name_zh, team.name_en)}" for team in teams.rows]
        session.answer(shapes.rows(map(shapes.team, teams.rows), teams.total), lines)
    else:
        places = service.places()
        lines = [f"{p.kind}  {p.id}  {either(p.name_zh, p.name_en)}" for p in places.rows]
        session.answer(shapes.rows(map(shapes.place, places.rows), places.total), lines)
