"""``shift …``: the duty log, its hand-over, the roster, weather and levels."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands import report_make, shift_replay
from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, when
from console.commands.session import Session
from console.domain import shift_log
from console.i18n import either, t

if TYPE_CHECKING:
    from console.domain.shift_log import ShiftLog


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``shift``."""
    group = add_group(subparsers, common, "shift", "shifts.cli.about")
    listing = add_parser(group, common, "list", "shifts.cli.list")
    listing.add_argument("--from", dest="start", metavar="T", type=when, help=t("cli.kpi.start"))
    listing.add_argument("--to", dest="end", metavar="T", type=when, help=t("cli.kpi.end"))
    listing.set_defaults(run=_list)
    show = add_parser(group, common, "show", "shifts.cli.show")
    _id(show, optional=True)
    show.set_defaults(run=_show)
    opening = add_parser(group, common, "open", "shifts.cli.open")
    _id(opening, optional=True)
    opening.set_defaults(run=_open)
    _add_log(group, common)
    _add_hand_over(group, common)
    _add_weather(group, common)
    _add_roster(group, common)
    plan = add_parser(group, common, "plan", "shifts.cli.plan")
    plan.add_argument("kinds", metavar="ID:ZH:EN:HH.MM-HH.MM", nargs="*", help=t("shifts.cli.plan_kinds"))
    plan.set_defaults(run=_plan)
    shift_replay.add(group, common)
    report_make.add_shift(group, common)


def _id(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    parser.add_argument(
        "id", metavar="ID", nargs="?" if optional else None, default="", help=t("shifts.cli.id")
    )


def _add_log(group: Subparsers, common: argparse.ArgumentParser) -> None:
    log = add_parser(group, common, "log", "shifts.cli.log")
    log.add_argument("text", metavar="TEXT", help=t("shifts.cli.text"))
    log.add_argument("--kind", choices=shift_log.KINDS, default="note", help=t("shifts.cli.kind"))
    log.add_argument("--owner", default="", help=t("shifts.cli.owner"))
    log.add_argument("--due", metavar="T", type=when, help=t("shifts.cli.due"))
    log.add_argument("--open", action="store_true", help=t("shifts.cli.keep_open"))
    log.add_argument("--caller", default="", help=t("shifts.cli.caller"))
    log.add_argument("--phone", default="", help=t("shifts.cli.phone"))
    log.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help=t("shifts.cli.set"))
    log.set_defaults(run=_log)
    follow = add_parser(group, common, "follow", "shifts.cli.follow")
    follow.add_argument("line", metavar="N", help=t("shifts.cli.line"))
    follow.add_argument("text", metavar="TEXT", nargs="?", default="", help=t("shifts.cli.text"))
    follow.add_argument("--done", action="store_true", help=t("shifts.cli.done"))
    follow.set_defaults(run=_follow)
    addendum = add_parser(group, common, "addendum", "shifts.cli.addendum")
    _id(addendum)
    addendum.add_argument("text", metavar="TEXT", help=t("shifts.cli.text"))
    addendum.set_defaults(run=_addendum)


def _add_hand_over(group: Subparsers, common: argparse.ArgumentParser) -> None:
    take = add_parser(group, common, "take", "shifts.cli.take")
    _id(take)
    take.set_defaults(run=_take)
    see = add_parser(group, common, "item", "shifts.cli.item")
    _id(see)
    see.add_argument("key", metavar="KEY", help=t("shifts.cli.key"))
    see.set_defaults(run=_see)
    sign = add_parser(group, common, "sign", "shifts.cli.sign")
    _id(sign)
    sign.add_argument("--cautions", default="", help=t("shifts.cli.cautions"))
    sign.add_argument("--keys", default="", help=t("shifts.cli.keys"))
    sign.add_argument("--objection", default="", help=t("shifts.cli.objection"))
    sign.set_defaults(run=_sign)


def _add_weather(group: Subparsers, common: argparse.ArgumentParser) -> None:
    weather = add_parser(group, common, "weather", "shifts.cli.weather")
    weather.add_argument("text", metavar="TEXT", nargs="?", help=t("shifts.cli.weather_text"))
    weather.add_argument("--signal", choices=("none", *shift_log.SIGNALS), help=t("shifts.cli.signal"))
    weather.add_argument("--colour", choices=("none", *shift_log.COLOURS), help=t("shifts.cli.colour"))
    weather.add_argument("--level", choices=("none", *shift_log.LEVELS), help=t("shifts.cli.level"))
    weather.add_argument("--order", help=t("shifts.cli.order"))
    weather.set_defaults(run=_weather)


def _add_roster(group: Subparsers, common: argparse.ArgumentParser) -> None:
    roster = add_parser(group, common, "roster", "shifts.cli.roster")
    inner = roster.add_subparsers(dest="roster_action", metavar=t("cli.action"), required=True)
    listing = add_parser(inner, common, "list", "shifts.cli.roster_list")
    listing.add_argument("month", metavar="YYYYMM", nargs="?", default="", help=t("shifts.cli.month"))
    listing.set_defaults(run=_roster_list)
    setting = add_parser(inner, common, "set", "shifts.cli.roster_set")
    setting.add_argument("day", metavar="YYYYMMDD", help=t("shifts.cli.day"))
    setting.add_argument("kind", metavar="KIND", help=t("shifts.cli.shift_kind"))
    for name in ("leader", "chief", "officers"):
        setting.add_argument(f"--{name}", default="", help=t(f"shifts.cli.{name}"))
    setting.set_defaults(run=_roster_set)
    importing = add_parser(inner, common, "import", "shifts.cli.roster_import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    importing.set_defaults(run=_roster_import)


# -- what they do ----------------------------------------------------------------


def _list(session: Session) -> None:
    from console.commands import shapes, shift_shapes

    args = session.args
    found = session.services.shifts.reading.list(session.actor, args.start, args.end)
    rows = [shift_shapes.row(row) | {"late": row.id in found.late} for row in found.rows]
    document = shapes.rows(rows) | {"gaps": [gap.id for gap in found.gaps]}
    lines = [shift_shapes.row_line(row, row.id in found.late) for row in found.rows]
    lines += [t("shifts.cli.gap", shift=gap.id) for gap in found.gaps]
    session.answer(document, lines or [t("shifts.cli.none")])


def _show(session: Session) -> int:
    from console.commands import shift_shapes

    view = session.services.shifts.reading.view(session.actor, session.args.id)
    document = shift_shapes.shift(view.log) | shift_shapes.more(view)
    session.answer(document, shift_shapes.lines(view.log) + shift_shapes.more_lines(view))
    return 1 if view.broken else 0


def _open(session: Session) -> None:
    session.demand_true_clock()
    _tell(session, session.services.shifts.desk.open(session.actor, session.args.id))


def _log(session: Session) -> None:
    from console.domain.errors import Refusal
    from console.services.shifts import EntryWish

    args = session.args
    session.demand_true_clock()
    fields = {}
    for pair in args.set:
        name, sign, value = pair.partition("=")
        if not sign:
            raise Refusal("bad_usage", "value", what="--set", value=pair)
        fields[name.strip()] = value
    wish = EntryWish(args.kind, args.text, args.owner, args.due, fields, args.caller, args.phone, args.open)
    _tell(session, session.services.shifts.desk.write(session.actor, wish))


def _follow(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    _tell(session, session.services.shifts.desk.follow(session.actor, args.line, args.text, args.done))


def _addendum(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    _tell(session, session.services.shifts.hand_over.addendum(session.actor, args.id, args.text))


def _take(session: Session) -> None:
    session.demand_true_clock()
    _tell(session, session.services.shifts.hand_over.take(session.actor, session.args.id))


def _see(session: Session) -> None:
    from console.commands import shift_shapes

    args = session.args
    session.demand_true_clock()
    log = session.services.shifts.hand_over.look(session.actor, args.id, args.key)
    view = session.services.shifts.reading.view(session.actor, args.id)
    item = next((one for one in view.items if one.key == args.key), None)
    document = shift_shapes.shift(log) | {"item": shift_shapes.item(item, log) if item is not None else None}
    session.answer(
        document, [shift_shapes.item_line(item, log)] if item is not None else shift_shapes.lines(log)
    )


def _sign(session: Session) -> None:
    """Who goes signs first; after that it is the other one's turn."""
    from console.commands import shift_shapes

    args = session.args
    session.demand_true_clock()
    hand = session.services.shifts.hand_over
    log = session.services.shifts.reading.view(session.actor, args.id).log
    if log.off is None:
        _tell(session, hand.sign_off(session.actor, args.id, args.cautions, args.keys))
        return
    log, following = hand.sign_on(session.actor, args.id, objection=args.objection)
    lines = shift_shapes.lines(log)
    if following is not None:
        lines.append(t("shifts.cli.next", shift=following.id))
    session.answer(shift_shapes.shift(log) | {"next": following.id if following is not None else None}, lines)


def _weather(session: Session) -> None:
    from console.commands import shift_shapes
    from console.domain.shift_log import Conditions

    args, room = session.args, session.services.shifts
    now = room.reading.duty(session.actor).conditions
    given = {"weather": args.text, "signal": args.signal, "colour": args.colour, "level": args.level}
    given["order"] = args.order
    if all(value is None for value in given.values()):
        session.answer(shift_shapes.conditions(now), [shift_shapes.conditions_line(now)])
        return
    session.demand_true_clock()
    if args.signal == "none":
        given["colour"] = "none"
    kept = {name: getattr(now, name) if value is None else value for name, value in given.items()}
    weather, *others = ("" if kept[name] == "none" else str(kept[name]) for name in given)
    signal, colour, level, order = others
    wish = Conditions(weather, signal, colour, level, order)
    made = room.desk.set_conditions(session.actor, wish)
    session.answer(shift_shapes.conditions(made), [shift_shapes.conditions_line(made)])


def _plan(session: Session) -> None:
    from console.commands import shapes, shift_shapes

    room = session.services.shifts.roster
    given = [shift_shapes.kind_of(text) for text in session.args.kinds]
    plan = room.set_plan(session.actor, given) if given else room.plan(session.actor)
    lines = [f"{k.id}  {either(k.zh, k.en)}  {k.start:%H:%M}–{k.end:%H:%M}" for k in plan.kinds]
    session.answer(shapes.rows(map(shift_shapes.kind, plan.kinds)), lines)


def _roster_list(session: Session) -> None:
    from console.commands import shapes, shift_shapes

    month = session.args.month or f"{session.services.clock.now().astimezone(LOCAL):%Y%m}"
    _, roster = session.services.shifts.roster.month(session.actor, month)
    rows = [
        {"day": day, "kind": kind, **shift_shapes.duty(duty)}
        for (day, kind), duty in sorted(roster.duties.items())
    ]
    lines = [shift_shapes.duty_line(day, kind, duty) for (day, kind), duty in sorted(roster.duties.items())]
    document = shapes.rows(rows) | {"month": month, "version": roster.version}
    session.answer(document, lines or [t("shifts.cli.roster_none", month=month)])


def _roster_set(session: Session) -> None:
    from console.commands import shift_shapes
    from console.services.shift_roster import Duty, split

    args = session.args
    duty = Duty(args.leader, args.chief, split(args.officers))
    roster = session.services.shifts.roster.put(session.actor, args.day, args.kind, duty)
    made = roster.duties.get((args.day, args.kind), Duty())
    document = {"day": args.day, "kind": args.kind, **shift_shapes.duty(made), "version": roster.version}
    session.answer(document, [shift_shapes.duty_line(args.day, args.kind, made)])


def _roster_import(session: Session) -> int:
    from console.commands import reference

    args = session.args
    report = session.services.shifts.roster.import_table(session.actor, args.file, dry_run=args.dry_run)
    return reference.told(session, report)


def _tell(session: Session, log: ShiftLog) -> None:
    from console.commands import shift_shapes

    session.answer(shift_shapes.shift(log), shift_shapes.lines(log))
