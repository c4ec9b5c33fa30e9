"""``cameras …``: the site's cameras, brought in, changed, tried, found."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_group, add_parser, number, when
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.domain.gb28181 import Hint
    from console.services.camera_cards import CameraCard, Changed

_MONTH_MINUTES = 31 * 24 * 60


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add them."""
    group = add_group(subparsers, common, "cameras", "camset.cli.about")
    _tables(group, common)
    _changes(group, common)
    from console.commands import camera_devices

    camera_devices.register(group, common)


def _tables(group: Subparsers, common: argparse.ArgumentParser) -> None:
    importing = add_parser(group, common, "import", "camset.cli.import")
    importing.add_argument("file", metavar="FILE", type=Path, help=t("cli.given.table"))
    importing.add_argument("--dry-run", action="store_true", help=t("cli.import.dry_run"))
    importing.add_argument("--ask", action="store_true", help=t("camset.cli.import_ask"))
    importing.set_defaults(run=_import)
    exporting = add_parser(group, common, "export", "camset.cli.export")
    exporting.add_argument("file", metavar="FILE", type=Path, help=t("camset.cli.out"))
    exporting.add_argument("--with-passwords", action="store_true", help=t("camset.cli.with_passwords"))
    exporting.set_defaults(run=_export)
    listing = add_parser(group, common, "list", "camset.cli.list")
    listing.add_argument("--text", metavar="Q", default="", help=t("camset.cli.text"))
    listing.set_defaults(run=_list)
    groups = add_parser(group, common, "groups", "camset.cli.groups")
    groups.add_argument("--rename", nargs=3, metavar=("KIND", "NAME", "TO"), help=t("camset.cli.rename"))
    groups.set_defaults(run=_groups)


def _changes(group: Subparsers, common: argparse.ArgumentParser) -> None:
    adding = add_parser(group, common, "add", "camset.cli.add")
    adding.add_argument("id", metavar="ID", help=t("camset.cli.id"))
    adding.add_argument("values", metavar="KEY=VALUE", nargs="+", help=t("camset.cli.values"))
    _login(adding)
    adding.add_argument("--ask", action="store_true", help=t("camset.cli.ask"))
    adding.set_defaults(run=_add)
    setting = add_parser(group, common, "set", "camset.cli.set")
    setting.add_argument("words", metavar="ID|KEY=VALUE", nargs="+", help=t("camset.cli.words"))
    _login(setting)
    setting.set_defaults(run=_set)
    renewing = add_parser(group, common, "replace", "camset.cli.replace")
    renewing.add_argument("id", metavar="ID", help=t("camset.cli.id"))
    renewing.add_argument("values", metavar="KEY=VALUE", nargs="+", help=t("camset.cli.values"))
    renewing.add_argument("--reason", default="", help=t("camset.cli.reason"))
    _login(renewing)
    renewing.set_defaults(run=_replace)
    for name in ("remove", "restore"):
        switching = add_parser(group, common, name, f"camset.cli.{name}")
        switching.add_argument("ids", metavar="ID", nargs="+", help=t("camset.cli.ids"))
        switching.set_defaults(run=_switch, on=name == "restore")
    undoing = add_parser(group, common, "undo", "camset.cli.undo")
    undoing.add_argument(
        "--number", metavar="N", type=number(1, 2**31), default=0, help=t("camset.cli.number")
    )
    undoing.add_argument("--list", action="store_true", help=t("camset.cli.changes"))
    undoing.set_defaults(run=_undo)
    work = add_parser(group, common, "maintenance", "camset.cli.maintenance")
    work.add_argument("ids", metavar="ID", nargs="+", help=t("camset.cli.ids"))
    work.add_argument("--reason", default="", help=t("camset.cli.reason"))
    end = work.add_mutually_exclusive_group(required=True)
    end.add_argument("--minutes", type=number(1, _MONTH_MINUTES), help=t("alarmrules.cli.minutes"))
    end.add_argument("--until", metavar="T", type=when, help=t("alarmrules.cli.until"))
    end.add_argument("--end", action="store_true", help=t("camset.cli.end"))
    work.set_defaults(run=_maintenance)


def _login(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--login", metavar="NAME", help=t("camset.cli.login"))


def _values(session: Session, words: Iterable[str], camera: str) -> dict[str, str]:
    """``KEY=VALUE`` words by column. A password is never a word: anybody on the
    machine can read a command line; ``--login`` has it read from the prompt or
    from standard input."""
    values: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key:
            raise Refusal("bad_usage", "camera_word", word=word[:40])
        if key.endswith(("+", "-")):  # groups+=a;b
            values[key.strip()] = value
            continue
        values[key.strip()] = value
    if values.get("password", "-") != "-" or any(
        _login_in(values.get(key, "")) for key in ("url", "url_sub")
    ):
        raise Refusal("bad_usage", "camera_password")
    if values.get("password") == "-":
        values["password"] = session.read_password(f"{values.get('username', '')} @ {camera}")
    if session.args.login is not None:
        values["username"] = session.args.login
        values["password"] = session.read_password(f"{session.args.login} @ {camera}")
    return values


def _login_in(url: str) -> bool:
    from console.domain.stream_addresses import split_login

    return bool(split_login(url)[1].password)


def _import(session: Session) -> int:
    from console.commands import reference
    from console.commands.camera_devices import asking

    args = session.args
    ask = asking(session) if args.ask else None
    report = session.services.cameras.import_table(session.actor, args.file, dry_run=args.dry_run, ask=ask)
    if report.unknown_columns:
        session.note(t("cli.import.unknown_columns", columns=", ".join(report.unknown_columns)))
    document = reference.document(report)
    told: Any = document["rows"]
    for row, made in zip(report.rows, told, strict=True):
        made["hints"] = [hint(one) for one in row.hints]
    odd = [t("camset.cli.odd", row=row.row, hint=hint(one)) for row in report.rows for one in row.hints]
    session.answer(document, [*odd, *reference.lines(report)])
    return 0 if report.ok else 1


def _export(session: Session) -> None:
    from console.camera_files import write_cameras

    args = session.args
    rows = write_cameras(session.services, session.actor, args.file, with_passwords=args.with_passwords)
    lines = [t("camset.cli.exported", n=rows, file=args.file)]
    if args.with_passwords:
        session.note(t("camset.cli.careful", file=args.file))
    session.answer({"rows": rows, "file": str(args.file)}, lines)


def _list(session: Session) -> None:
    from console.commands import shapes

    text = session.args.text.strip().casefold()
    cards = session.services.cameras.table(session.actor).rows
    found = [card for card in cards if text in _said(card)]
    session.answer(shapes.rows(map(document, found)), map(_line, found))


def _groups(session: Session) -> None:
    from console.commands import shapes

    service = session.services.cameras
    if session.args.rename:
        kind, name, to = session.args.rename
        _answer(session, service.rename_group(session.actor, kind, name, to))
        return
    rows = service.groups(session.actor)
    documents = ({"kind": one.kind, "name": one.name, "cameras": list(one.cameras)} for one in rows)
    lines = (f"{t(f'camset.column.{one.kind}')}  {one.name}  {len(one.cameras)}" for one in rows)
    session.answer(shapes.rows(documents, len(rows)), lines)


def _add(session: Session) -> None:
    args = session.args
    values = {"id": args.id, **_values(session, args.values, args.id)}
    if args.ask:
        from console.commands.camera_devices import asked

        values = asked(session, values)
    _answer(session, session.services.cameras.add(session.actor, values))


def _set(session: Session) -> None:
    words = session.args.words
    ids = [word for word in words if "=" not in word]
    values = _values(session, (word for word in words if "=" in word), " ".join(ids[:3]))
    if not ids or not values:
        raise Refusal("bad_usage", "camera_set")
    _answer(session, session.services.cameras.set_many(session.actor, ids, values))


def _replace(session: Session) -> None:
    args = session.args
    values = _values(session, args.values, args.id)
    _answer(session, session.services.cameras.replace(session.actor, args.id, values, args.reason))


def _switch(session: Session) -> None:
    service, args = session.services.cameras, session.args
    change = service.restore if args.on else service.remove
    _answer(session, change(session.actor, args.ids))


def _undo(session: Session) -> None:
    service = session.services.cameras
    if session.args.list:
        _list_changes(session)
        return
    done = service.undo(session.actor, session.args.number)
    document = {
        "number": done.number,
        "cameras": list(done.cameras),
        "gone": list(done.gone),
        "off": list(done.off),
        "kept": list(done.kept),
    }
    lines = [t("camset.cli.undone", number=done.number, n=len(done.cameras))]
    if done.kept:
        lines.append(t("camset.cli.kept", names=", ".join(done.kept)))
    if done.off:
        lines.append(t("camset.cli.off", names=", ".join(done.off)))
    session.answer(document, lines)


def _list_changes(session: Session) -> None:
    from console.commands import shapes
    from console.commands.framework import LOCAL
    from console.commands.session import iso

    rows = session.services.cameras.changes(session.actor)
    documents = (
        {
            "number": one.number,
            "at": iso(one.at),
            "by": one.by,
            "what": one.what,
            "cameras": one.count,
            "fields": list(one.fields),
            "undone_at": iso(one.undone_at),
        }
        for one in rows
    )
    lines = (
        f"{one.number}  {one.at.astimezone(LOCAL):%m-%d %H:%M}  {one.by}  {t(f'camset.what.{one.what}')}"
        f"  {one.count}" + (f"  {t('camset.cli.taken_back')}" if one.undone_at else "")
        for one in rows
    )
    session.answer(shapes.rows(documents, len(rows)), lines)


def _maintenance(session: Session) -> None:
    from console.commands import alarm_tables, shapes

    service, args = session.services.cameras, session.args
    if args.end:
        rows = service.end_aside(session.actor, args.ids)
    else:
        until = args.until or session.services.clock.now() + timedelta(minutes=args.minutes)
        rows = service.set_aside(session.actor, args.ids, args.reason, until)
    lines = [alarm_tables.maintained(row) for row in rows] or [t("alarmrules.no_maintenance")]
    session.answer(shapes.rows(map(alarm_tables.document, rows)), lines)


def _answer(session: Session, changed: Changed) -> None:
    """What a change did: the cameras as they are now."""
    cards = {card.camera.id: card for card in session.services.cameras.table(session.actor).rows}
    found = [cards[name] for name in changed.cameras]
    odd = [hint(one) for hints in changed.hints.values() for one in hints]
    answer = {
        "number": changed.number,
        "rows": [document(card) for card in found],
        "total": len(found),
        "hints": odd,
    }
    lines = [*map(_line, found), *odd] or [t("camset.cli.same")]
    session.answer(answer, lines)


def document(card: CameraCard) -> dict[str, object]:
    """A camera in the columns of its table, without its password."""
    from console.services.camera_rows import COLUMNS

    row: dict[str, object] = {
        name: getattr(card.camera, name) for name in COLUMNS if name not in ("password", "groups")
    }
    row["groups"] = list(card.camera.groups)
    row["has_password"], row["version"] = card.has_password, card.camera.version
    row["hints"] = [hint(one) for one in card.hints]
    row["aside"] = [one.reason for one in card.aside]
    return row


def hint(one: Hint) -> str:
    """A hint as a sentence."""
    facts: Mapping[str, object] = one.facts
    return t(f"camset.hint.{one.code}", **facts)


def _said(card: CameraCard) -> str:
    one = card.camera
    words = (one.id, one.name, one.url, one.host, one.vendor, one.community, one.road, one.grid, one.segment)
    return "\n".join((*words, *one.groups, one.owner, one.note)).casefold()


def _line(card: CameraCard) -> str:
    one = card.camera
    off = "" if one.enabled else f"  {t('camset.cli.is_off')}"
    return "  ".join(filter(None, (one.id, one.name, one.url, ";".join(one.groups), one.segment))) + off
