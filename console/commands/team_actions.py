"""``teams duty|place|board|template``: how teams stand, and what they are told."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.commands.framework import Subparsers, add_parser, number
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.i18n import LANGUAGES, either, t

if TYPE_CHECKING:
    from console.services.team_state import Standing

_DUTY = {"on": True, "off": False, "rota": None}
_WAYS = ("wechat", "phone", "radio")


def register(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the actions on teams below ``teams``."""
    duty = add_parser(group, common, "duty", "cli.teams.duty")
    duty.add_argument("team", metavar="TEAM", help=t("cli.teams.team"))
    duty.add_argument("on", choices=tuple(_DUTY), help=t("cli.teams.on"))
    duty.set_defaults(run=_duty)
    place = add_parser(group, common, "place", "cli.teams.place")
    place.add_argument("team", metavar="TEAM", help=t("cli.teams.team"))
    place.add_argument("place", metavar="PLACE", nargs="?", default="", help=t("cli.teams.where"))
    place.add_argument("--lon", type=number(-180, 180, whole=False), help=t("cli.case.lon"))
    place.add_argument("--lat", type=number(-90, 90, whole=False), help=t("cli.case.lat"))
    place.set_defaults(run=_place)
    board = add_parser(group, common, "board", "cli.teams.board")
    board.set_defaults(run=_board)
    template = add_parser(group, common, "template", "cli.teams.template")
    template.add_argument("way", choices=_WAYS, help=t("cli.teams.way"))
    template.add_argument("--set", dest="text", metavar="TEXT", help=t("cli.teams.set"))
    template.add_argument("--reset", action="store_true", help=t("cli.teams.reset"))
    template.add_argument("--template-lang", choices=LANGUAGES, default="zh", help=t("cli.teams.lang"))
    template.set_defaults(run=_template)


def _duty(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    session.services.teams.set_duty(session.actor, args.team, _DUTY[args.on])
    _tell(session, args.team)


def _place(session: Session) -> None:
    args = session.args
    session.demand_true_clock()
    session.services.teams.set_place(session.actor, args.team, args.place, args.lon, args.lat)
    _tell(session, args.team)


def _tell(session: Session, name: str) -> None:
    rows = session.services.teams.board(session.actor).rows
    row = next(one for one in rows if name in (one.team.id, one.team.name_zh, one.team.name_en))
    session.answer(_document(row), [_line(row)])


def _board(session: Session) -> None:
    rows = session.services.teams.board(session.actor).rows
    document = {"rows": [_document(row) for row in rows], "total": len(rows)}
    session.answer(document, [_line(row) for row in rows])


def _template(session: Session) -> None:
    from console.services.team_message import Told

    args = session.args
    teams, told = session.services.teams, Told(args.way)
    if args.reset and args.text is not None:
        raise Refusal("bad_usage", "not_with", what="--set", value="--reset")
    if args.reset or args.text is not None:
        # A shell has no line breaks to spare.
        teams.set_template(session.actor, told, args.template_lang, (args.text or "").replace("\\n", "\n"))
    text = teams.template(session.actor, told, args.template_lang)
    own = bool(text)
    if not own:
        from console.i18n import catalogue

        text = catalogue(args.template_lang)[f"teams.template.{told.value}"]
    document = {"way": told.value, "lang": args.template_lang, "own": own, "text": text}
    session.answer(document, text.split("\n"))


def _document(row: Standing) -> dict[str, object]:
    spot = row.spot
    return {
        "id": row.team.id,
        "on": row.on,
        "on_from": row.on_from,
        "doing": row.doing.value,
        "load": row.load,
        "cases": [{"id": one.id, "doing": one.doing.value} for one in row.cases],
        "place": None
        if spot is None
        else {
            "name": spot.place,
            "lon": spot.lon,
            "lat": spot.lat,
            "at": iso(spot.at),
            "source": spot.source,
        },
        "contacts": [{"name": name, "phone": phone} for name, phone in row.contacts],
        "hours": row.hours,
    }


def _line(row: Standing) -> str:
    team, spot = row.team, row.spot
    words = [team.id, either(team.name_zh, team.name_en), t(f"teams.doing.{row.doing.value}")]
    words += [one.number for one in row.cases]
    words.append(spot.place if spot is not None else t("teams.page.no_place"))
    return "  ".join(words)
