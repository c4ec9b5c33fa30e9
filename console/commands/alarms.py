"""``alarms …`` and ``sweep``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.commands import alarm_report, alarm_tables
from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, number, when
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.domain.vocabulary import Purpose
from console.i18n import catalogue, language, t

if TYPE_CHECKING:
    from console.domain.model import Alarm, AlarmEvent


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``alarms`` and ``sweep``."""
    group = add_group(subparsers, common, "alarms", "cli.alarms.about")
    listing = add_parser(group, common, "list", "cli.alarms.list")
    listing.add_argument("--active", action="store_true", help=t("cli.alarms.active"))
    listing.add_argument("--since", metavar="T", type=when, help=t("cli.alarms.since"))
    listing.set_defaults(run=_list)
    show = add_parser(group, common, "show", "alarmrules.cli.show")
    show.add_argument("id", metavar="ID", type=number(1, 2**53), help=t("cli.given.alarm"))
    show.set_defaults(run=_show)
    ack = add_parser(group, common, "ack", "cli.alarms.ack")
    ack.add_argument("id", metavar="ID", type=number(1, 2**53), help=t("cli.given.alarm"))
    ack.add_argument("--minutes", type=int, choices=(1, 2, 3), default=2, help=t("cli.alarms.minutes"))
    ack.set_defaults(run=_acknowledge)
    shelve = add_parser(group, common, "shelve", "cli.alarms.shelve")
    shelve.add_argument("id", metavar="ID", type=number(1, 2**53), help=t("cli.given.alarm"))
    shelve.add_argument("--minutes", type=number(1, 720), required=True, help=t("cli.alarms.shelf"))
    shelve.add_argument("--reason", default="", help=t("cli.case.reason"))
    shelve.set_defaults(run=_shelve)
    unshelve = add_parser(group, common, "unshelve", "cli.alarms.unshelve")
    unshelve.add_argument("id", metavar="ID", type=number(1, 2**53), help=t("cli.given.alarm"))
    unshelve.set_defaults(run=_unshelve)
    add_parser(group, common, "hand-over", "notify.cli.hand_over").set_defaults(run=_hand_over)
    alarm_report.add(group, common)
    alarm_tables.add(group, common)
    sweep = add_parser(subparsers, common, "sweep", "cli.sweep.about")
    sweep.add_argument("--at", metavar="T", type=when, help=t("cli.sweep.at"))
    sweep.set_defaults(run=_sweep)


def _list(session: Session) -> None:
    from console.commands import shapes

    args = session.args
    page = session.services.alarms.list(session.actor, active=args.active, since=args.since)
    lines = [_line(alarm) for alarm in page.rows] or [t("cli.alarms.none")]
    session.answer(shapes.rows((shapes.alarm(a) for a in page.rows), page.total), lines)


def _show(session: Session) -> None:
    from console.commands import shapes
    from console.services.alarm_log import AlarmLog

    services = session.services
    life = AlarmLog(services.uows, services.clock).life(session.actor, session.args.id)
    document = shapes.alarm(life.alarm) | {"events": [shapes.alarm_event(e) for e in life.events]}
    session.answer(document, [_line(life.alarm), *map(_event_line, life.events)])


def _acknowledge(session: Session) -> None:
    args = session.args
    _tell(session, session.services.alarms.acknowledge(session.actor, args.id, args.minutes))


def _shelve(session: Session) -> None:
    args = session.args
    _tell(session, session.services.alarms.shelve(session.actor, args.id, args.minutes, args.reason))


def _unshelve(session: Session) -> None:
    _tell(session, session.services.alarms.unshelve(session.actor, session.args.id))


def _hand_over(session: Session) -> None:
    from console.commands import shapes

    rows = session.services.alarms.hand_over(session.actor)
    lines = [_line(alarm) for alarm in rows] or [t("cli.alarms.none")]
    session.answer(shapes.rows((shapes.alarm(a) for a in rows), len(rows)), lines)


def _tell(session: Session, alarm: Alarm) -> None:
    from console.commands import shapes

    session.answer(shapes.alarm(alarm), [_line(alarm)])


def _line(alarm: Alarm) -> str:
    from console.commands import shapes

    severity = t(f"states.severity.{alarm.severity.value}")
    state = t(f"states.alarm.{alarm.state.value}")
    said = shapes.alarm_message(language(), alarm)
    at = alarm.raised_at.astimezone(LOCAL).strftime("%m-%d %H:%M:%S")
    return f"{alarm.id}  {severity}  {state}  {at}  {said}"


def _event_line(event: AlarmEvent) -> str:
    at = event.at.astimezone(LOCAL).strftime("%m-%d %H:%M:%S")
    what = catalogue(language()).get(f"alarms.life.{event.what}", event.what)
    severity = t(f"states.severity.{event.severity.value}")
    told = (at, severity, what, event.code, event.actor, event.reason)
    return "  ".join(word for word in ("", *told) if word)


def _sweep(session: Session) -> None:
    from console.services import permissions

    at = session.args.at
    services = session.services
    permissions.demand(session.actor, "sweep")
    if at is not None and at > services.clock.now() and session.store.purpose is not Purpose.TEST:
        raise Refusal("bad_value", "sweep_at")
    result = services.alarms.sweep(at)
    document = {
        "at": iso(result.at),
        "raised": result.raised,
        "worsened": result.worsened,
        "notified": result.notified,
        "cleared": result.cleared,
        "took_s": round(result.took_s, 4),
    }
    facts = {name: document[name] for name in ("raised", "worsened", "notified", "cleared")}
    session.answer(document, [t("cli.sweep.done", **facts)])
