"""``alarms priorities …`` and ``alarms maintenance …``: the office's own rules."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, number, when
from console.commands.session import Session, iso
from console.i18n import t

if TYPE_CHECKING:
    from console.domain.alarm_priorities import Folding, Maintenance, Priority

_MONTH_MINUTES = 31 * 24 * 60


def add(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add both to the group ``alarms``."""
    table = add_group(group, common, "priorities", "alarmrules.cli.priorities")
    add_parser(table, common, "list", "alarmrules.cli.priorities_list").set_defaults(run=_list)
    setting = add_parser(table, common, "set", "alarmrules.cli.priorities_set")
    setting.add_argument("name", metavar="KIND.CODE", help=t("alarmrules.cli.name"))
    setting.add_argument("--severity", default="", help=t("alarmrules.cli.loud"))
    for name in ("on", "off", "flaps", "within"):
        setting.add_argument(f"--{name}", type=number(0, 86_400), help=t(f"alarmrules.cli.{name}"))
    setting.set_defaults(run=_set)
    folding = add_parser(table, common, "fold", "alarmrules.cli.fold")
    folding.add_argument("--members", type=number(2, 1000), help=t("alarmrules.cli.members"))
    folding.add_argument("--within", type=number(5, 3600), help=t("alarmrules.cli.fold_within"))
    folding.set_defaults(run=_fold)
    _maintenance(add_group(group, common, "maintenance", "alarmrules.cli.maintenance"), common)


def _maintenance(group: Subparsers, common: argparse.ArgumentParser) -> None:
    listing = add_parser(group, common, "list", "alarmrules.cli.maintenance_list")
    listing.add_argument("--past", action="store_true", help=t("alarmrules.cli.past"))
    listing.set_defaults(run=_list_maintenance)
    start = add_parser(group, common, "start", "alarmrules.cli.maintenance_start")
    start.add_argument("kind", metavar="KIND", help=t("alarmrules.cli.kind"))
    start.add_argument("id", metavar="ID", help=t("alarmrules.cli.source"))
    start.add_argument("--reason", default="", help=t("alarmrules.cli.reason"))
    end = start.add_mutually_exclusive_group(required=True)
    end.add_argument("--minutes", type=number(1, _MONTH_MINUTES), help=t("alarmrules.cli.minutes"))
    end.add_argument("--until", metavar="T", type=when, help=t("alarmrules.cli.until"))
    start.add_argument("--from", dest="begin", metavar="T", type=when, help=t("alarmrules.cli.start"))
    start.set_defaults(run=_start)
    ending = add_parser(group, common, "end", "alarmrules.cli.maintenance_end")
    ending.add_argument("number", metavar="N", type=number(1, 2**31), help=t("alarmrules.cli.number"))
    ending.set_defaults(run=_end)


def _list(session: Session) -> None:
    from console.commands import shapes
    from console.domain import alarm_priorities

    table = session.services.alarm_tables.priorities(session.actor)
    document = shapes.rows(map(alarm_priorities.write, table.rows)) | {"folding": _folding(table.folding)}
    lines = [*map(_line, table.rows), _fold_line(table.folding)]
    session.answer(document, lines)


def _set(session: Session) -> None:
    from console.domain import alarm_priorities

    args = session.args
    numbers = {"on_s": args.on, "off_s": args.off, "flaps": args.flaps, "within_s": args.within}
    row = session.services.alarm_tables.put_priority(session.actor, args.name, args.severity, **numbers)
    session.answer(alarm_priorities.write(row), [_line(row)])


def _fold(session: Session) -> None:
    args = session.args
    folding = session.services.alarm_tables.put_folding(
        session.actor, members=args.members, within_s=args.within
    )
    session.answer(_folding(folding), [_fold_line(folding)])


def _list_maintenance(session: Session) -> None:
    from console.commands import shapes

    rows = session.services.alarm_tables.maintenance(session.actor, past=session.args.past)
    lines = [maintained(row) for row in rows] or [t("alarmrules.no_maintenance")]
    session.answer(shapes.rows(map(document, rows)), lines)


def _start(session: Session) -> None:
    args = session.args
    begin = args.begin or session.services.clock.now()
    until = args.until or begin + timedelta(minutes=args.minutes)
    row = session.services.alarm_tables.begin_maintenance(
        session.actor, args.kind, args.id, args.reason, until, args.begin
    )
    session.answer(document(row), [maintained(row)])


def _end(session: Session) -> None:
    row = session.services.alarm_tables.end_maintenance(session.actor, session.args.number)
    session.answer(document(row), [maintained(row)])


def _folding(folding: Folding) -> dict[str, object]:
    return {"members": folding.members, "within_s": folding.within_s}


def _line(row: Priority) -> str:
    loud = t(f"states.severity.{row.severity.value}") if row.severity is not None else t("alarmrules.silent")
    facts = {"on": row.on_s, "off": row.off_s, "flaps": row.flaps, "within": row.within_s}
    return f"{row.name}  {loud}  {t('alarmrules.row', **facts)}"


def _fold_line(folding: Folding) -> str:
    return t("alarmrules.folding", members=folding.members, within=folding.within_s)


def document(row: Maintenance) -> dict[str, object]:
    """A row of maintenance as JSON."""
    return {
        "number": row.number,
        "source": {"kind": row.kind.value, "id": row.id},
        "start": iso(row.start),
        "end": iso(row.end),
        "reason": row.reason,
        "by": row.by,
    }


def maintained(row: Maintenance) -> str:
    """A row of maintenance as a line."""
    span = " – ".join(at.astimezone(LOCAL).strftime("%m-%d %H:%M") for at in (row.start, row.end))
    return f"{row.number}  {row.kind.value} {row.id}  {span}  {row.reason}  {row.by}"
