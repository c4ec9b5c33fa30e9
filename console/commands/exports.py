"""``export cases|events|alarms``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_group, add_parser, when
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.services.ports import UnitOfWork

_STEP = 1000

COLUMNS = {
    "cases": (
        "id",
        "state",
        "category.standard",
        "category.kind",
        "category.code",
        "category.code_2013",
        "category.name_zh",
        "category.name_en",
        "category.condition_id",
        "category.condition_zh",
        "category.condition_en",
        "source",
        "camera",
        "place",
        "grid",
        "community",
        "lon",
        "lat",
        "note",
        "teams",
        "owner",
        "found_at",
        "reported_at",
        "filed_at",
        "dispatched_at",
        "accepted_at",
        "arrived_at",
        "handled_at",
        "checked_at",
        "closed_at",
        "manual_time",
        "rework",
        "extensions",
        "suspended_until",
        "end_reason",
    ),
    "events": ("seq", "case", "at", "recorded_at", "actor", "action", "data", "v", "prev_hash", "hash"),
    "alarms": (
        "id",
        "source.kind",
        "source.id",
        "source.what",
        "code",
        "began_at",
        "deadline",
        "severity",
        "state",
        "raised_at",
        "late_s",
        "acked_by",
        "promise_until",
        "shelved_until",
        "reason",
        "message_zh",
        "message_en",
    ),
}


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``export``."""
    group = add_group(subparsers, common, "export", "cli.export.about")
    for name in COLUMNS:
        parser = add_parser(group, common, name, f"cli.export.{name}")
        parser.add_argument("--from", dest="start", metavar="T", type=when, help=t("cli.export.start"))
        parser.add_argument("--to", dest="end", metavar="T", type=when, help=t("cli.export.end"))
        parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=t("cli.export.out"))
        parser.set_defaults(run=_export, table=name)


def _export(session: Session) -> None:
    from console.reports.tables import WRITERS, write_table
    from console.services import permissions

    args = session.args
    permissions.demand(session.actor, "export")
    if args.out.suffix.lower() not in WRITERS:
        raise Refusal("bad_usage", "export", file=args.out.name)
    if args.start is not None and args.end is not None and args.end <= args.start:
        raise Refusal("bad_value", "period", start=args.start, end=args.end)
    session.services.audit.exported(session.actor, args.table, str(args.out), start=args.start, end=args.end)
    now = session.services.clock.now()
    with session.services.uows.read() as uow:
        records = {"cases": _cases, "events": _events, "alarms": _alarms}[args.table]
        count = write_table(records(uow, args.start, args.end, now), COLUMNS[args.table], args.out)
    document = {"rows": count, "file": str(args.out)}
    session.answer(document, [t("cli.export.done", rows=count, file=args.out)])


Records = Iterator[dict[str, Any]]


def _cases(uow: UnitOfWork, start: datetime | None, end: datetime | None, now: datetime) -> Records:
    """Cases opened in the period, newest first."""
    from console.commands import shapes
    from console.services.ports import CaseQuery
    from console.services.rules import load_rules

    calendar = load_rules(uow, now).calendar
    offset = 0
    while True:
        page = uow.cases.find(CaseQuery(since=start, until=end, limit=_STEP, offset=offset))
        yield from (shapes.case(case, now, calendar) for case in page.rows)
        offset += len(page.rows)
        if len(page.rows) < _STEP:
            return


def _events(uow: UnitOfWork, start: datetime | None, end: datetime | None, now: datetime) -> Records:
    """Events recorded in the period, in the chain's order."""
    from console.commands import shapes

    seq = 0
    while events := uow.events.since(seq, _STEP):
        yield from (shapes.event(event) for event in events if _inside(event.recorded_at, start, end))
        seq = events[-1].seq


def _alarms(uow: UnitOfWork, start: datetime | None, end: datetime | None, now: datetime) -> Records:
    """Alarms raised in the period, newest first."""
    from console.commands import shapes

    total = uow.alarms.find(since=start, limit=1).total
    for alarm in uow.alarms.find(since=start, limit=max(1, total)).rows:
        if _inside(alarm.raised_at, start, end):
            yield shapes.alarm(alarm)


def _inside(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or at >= start) and (end is None or at < end)
