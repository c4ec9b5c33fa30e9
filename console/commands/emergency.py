"""``emergency list|report|conditions``: what is reported upward, and when."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, when
from console.commands.session import Session, iso
from console.domain.emergency import KINDS
from console.i18n import t

if TYPE_CHECKING:
    from console.services.emergency import Emergency


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``emergency``."""
    group = add_group(subparsers, common, "emergency", "emergency.cli.about")
    add_parser(group, common, "list", "emergency.cli.list").set_defaults(run=_list)
    report = add_parser(group, common, "report", "emergency.cli.report")
    report.add_argument("id", metavar="ID", help=t("cli.case.id"))
    report.add_argument("--by", choices=KINDS, required=True, help=t("emergency.cli.by"))
    report.add_argument("--to", metavar="WHO", default="", help=t("emergency.cli.to"))
    report.add_argument("--at", metavar="T", type=when, help=t("cli.case.at"))
    report.set_defaults(run=_report)
    conditions = add_parser(group, common, "conditions", "emergency.cli.conditions")
    conditions.add_argument("--set", metavar="CID,…", default=None, help=t("emergency.cli.set"))
    conditions.set_defaults(run=_conditions)


def _list(session: Session) -> None:
    from console.commands import shapes

    rows = session.services.emergencies.owed(session.actor)
    lines = [_line(one) for one in rows] or [t("emergency.none")]
    session.answer(shapes.rows(map(_document, rows)), lines)


def _report(session: Session) -> None:
    from console.services.emergency import UpReport

    args = session.args
    session.demand_true_clock()
    wish = UpReport(session.actor, args.id, args.by, args.to, args.at)
    found = session.services.emergencies.report(session.actor, wish)
    session.answer(_document(found), [_line(found)])


def _conditions(session: Session) -> None:
    from console.services import emergency, permissions

    wanted = session.args.set
    if wanted is None:
        permissions.demand(session.actor, "standard.read")
        with session.services.uows.read() as uow:
            found = emergency.conditions_of(uow)
    else:
        named = [part.strip() for part in wanted.replace("，", ",").split(",") if part.strip()]
        found = emergency.set_conditions(session.services.uows, session.services.clock, session.actor, named)
    session.answer({"conditions": list(found)}, list(found) or [t("emergency.no_conditions")])


def _document(one: Emergency) -> dict[str, object]:
    return {
        "case": one.case.id,
        "condition_id": one.case.condition_id or None,
        "timers": [
            {
                "kind": timer.kind,
                "start_at": iso(timer.start_at),
                "remind_at": iso(timer.remind_at),
                "due_at": iso(timer.due_at),
                "made_at": iso(timer.made_at),
            }
            for timer in one.timers
        ],
        "reports": [{"kind": kind, "at": iso(at)} for kind, at in one.reports],
    }


def _line(one: Emergency) -> str:
    parts = [one.case.id]
    for timer in one.timers:
        due = timer.due_at.astimezone(LOCAL).strftime("%H:%M")
        made = timer.made_at.astimezone(LOCAL).strftime("%H:%M") if timer.made_at else "—"
        parts.append(t(f"emergency.timer.{timer.kind}", due=due, made=made))
    return "  ".join(parts)
