"""``shift replay``: a shift as it was at one instant."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from console.commands.framework import LOCAL, Subparsers, add_parser, number, when
from console.commands.session import Session, iso
from console.i18n import either, t

if TYPE_CHECKING:
    from console.services.past_shift import Deed, Moment, PastShift

#: Deeds that are listed unless somebody asks for more.
_DEEDS = 20


def add(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``shift replay`` to the commands of shifts."""
    replay = add_parser(group, common, "replay", "history.cli.about")
    replay.add_argument("id", metavar="ID", nargs="?", default="", help=t("shifts.cli.id"))
    replay.add_argument("--at", metavar="T", type=when, help=t("history.cli.at"))
    replay.add_argument("--limit", type=number(0, 100_000), default=_DEEDS, help=t("history.cli.limit"))
    replay.set_defaults(run=_replay)


def _replay(session: Session) -> None:
    args = session.args
    history = session.services.history
    past = history.shift(session.actor, args.id, args.at)
    found = history.moment(session.actor, past, args.at if args.at is not None else past.end)
    deeds = past.deeds[: found.known][::-1][: int(args.limit)]
    session.answer(_document(past, found, deeds), _lines(past, found, deeds))


def _document(past: PastShift, found: Moment, deeds: tuple[Deed, ...]) -> dict[str, Any]:
    from console.commands import shapes

    open_now = {card.id for card in found.board.cards}
    cases = [one.tape.at(found.at) for one in past.cases if one.id in open_now]
    strip = found.board.kpi
    return {
        "shift": past.span.id,
        "from": iso(past.span.start),
        "to": iso(past.span.end),
        "at": iso(found.at),
        "kpi": {
            "open": strip.open,
            "due_soon": strip.due_soon,
            "overdue": strip.overdue,
            "total_met": strip.total_met,
            "total_n": strip.total_n,
            "arrival_p90_s": strip.arrival_p90_s,
            "alarms_10min": strip.alarms_10min,
        },
        "cases": shapes.rows(
            shapes.case(case, found.at, past.rules.calendar) for case in cases if case is not None
        ),
        "alarms": shapes.rows(shapes.alarm(row.alarm) for row in found.board.alarms),
        "walls": shapes.rows(_walls(found)),
        "did": shapes.rows((_deed(one) for one in deeds), found.known),
    }


def _walls(found: Moment) -> list[dict[str, Any]]:
    from console.models.past_walls import shown

    made = []
    for one in found.walls:
        wall = shown(one.change, found.at)
        if wall is not None:
            made.append(
                {
                    "seat": wall.seat,
                    "wall": wall.name,
                    "since": iso(one.change.at),
                    "layout": wall.layout,
                    "tiles": [tile.token for tile in wall.tiles],
                    "page": wall.page,
                    "pages": wall.pages,
                    "tour": wall.tour or None,
                }
            )
    return made


def _deed(deed: Deed) -> dict[str, Any]:
    from console.domain.model import AlarmEvent, Event

    what = deed.what
    told: dict[str, Any] = {"at": iso(deed.at), "actor": deed.actor, "case": deed.case}
    if isinstance(what, Event):
        return told | {"kind": "event", "what": what.action.value, "data": dict(what.data), "seq": what.seq}
    if isinstance(what, AlarmEvent):
        return told | {"kind": "alarm", "what": what.what, "data": {"alarm": what.alarm}, "seq": None}
    return told | {"kind": "wall", "what": what.what, "data": {"wall": what.wall}, "seq": None}


def _lines(past: PastShift, found: Moment, deeds: tuple[Deed, ...]) -> list[str]:
    from console.models.names import NOBODY
    from console.models.past_words import deed_line
    from console.models.wording import alarm_text, letter, percent, state

    strip = found.board.kpi
    lines = [
        t(
            "history.cli.head",
            shift=past.span.id,
            at=f"{found.at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
            open=strip.open,
            overdue=strip.overdue,
            met=percent(strip.total_met),
            n=strip.total_n,
            alarms=strip.alarms_10min,
        )
    ]
    for card in found.board.cards:
        name = either(card.name_zh, card.name_en)
        lines.append(t("history.cli.case", id=card.id, state=state(card.state), name=name, place=card.place))
    for row in found.board.alarms:
        said = f"{row.number} {alarm_text(row.alarm)}".strip()
        told = t(f"states.alarm.{row.alarm.state.value}")
        lines.append(t("history.cli.alarm", severity=letter(row.alarm.severity), said=said, state=told))
    for one in _walls(found):
        tiles = " ".join(token or "–" for token in one["tiles"])
        lines.append(t("history.cli.wall", wall=one["wall"], layout=one["layout"], tiles=tiles))
    teams = {team.id: either(team.name_zh, team.name_en) for team in past.teams.values()}
    lines += [f"  {deed_line(one, teams, NOBODY)}" for one in deeds]
    return [line.rstrip() for line in lines]
