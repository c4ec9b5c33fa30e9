"""``notify``: messages to people who are not here."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.commands.framework import LOCAL, Subparsers, add_group, add_parser, number
from console.commands.session import Session, iso
from console.domain.errors import Refusal
from console.i18n import language, t

if TYPE_CHECKING:
    from console.services.notice_records import Notice

STATES = ("waiting", "sent", "failed", "dropped", "folded", "skipped")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``notify list``, ``settings``, ``set`` and ``test``."""
    group = add_group(subparsers, common, "notify", "notify.cli.about")
    listing = add_parser(group, common, "list", "notify.cli.list")
    listing.add_argument("--state", choices=STATES, default="", help=t("notify.cli.state"))
    limit = number(1, 10_000)
    listing.add_argument("--limit", metavar="N", type=limit, default=100, help=t("notify.cli.limit"))
    listing.set_defaults(run=_list)
    add_parser(group, common, "settings", "notify.cli.settings").set_defaults(run=_settings)
    setting = add_parser(group, common, "set", "notify.cli.set")
    setting.add_argument("setting", metavar="NAME[=VALUE]", nargs="+", help=t("notify.cli.setting"))
    setting.set_defaults(run=_set)
    test = add_parser(group, common, "test", "notify.cli.test")
    test.add_argument("channel", choices=("webhook", "email"), help=t("notify.cli.channel"))
    test.add_argument("--to", metavar="ADDRESS", default="", help=t("notify.cli.to"))
    test.set_defaults(run=_test)


def _list(session: Session) -> None:
    args = session.args
    rows = session.services.notices.list(session.actor, args.state, args.limit)
    lines = [_line(row) for row in rows] or [t("notify.cli.none")]
    session.answer({"rows": [_document(row) for row in rows], "total": len(rows)}, lines)


def _settings(session: Session) -> None:
    rows = session.services.notify.shown(session.actor)
    document = {"rows": [{"name": name, "value": value} for name, value in rows.items()], "total": len(rows)}
    session.answer(document, [f"{name} = {value}" for name, value in rows.items()])


def _set(session: Session) -> None:
    from console.services.notify_settings import SECRETS

    rows = []
    for text in session.args.setting:
        name, equals, value = text.partition("=")
        name = name.strip().removeprefix("notify.")
        if name in SECRETS:
            if value:
                raise Refusal("bad_usage", "secret_shown", name=name)
            value = value if equals else _secret(session, name)
        elif not equals:
            raise Refusal("bad_usage", "needs_value", what=name)
        rows.append((name, value))
    shown = [(name, session.services.notify.put(session.actor, name, value)) for name, value in rows]
    document = {"rows": [{"name": name, "value": value} for name, value in shown], "total": len(shown)}
    session.answer(document, [f"{name} = {value}" for name, value in shown])


def _secret(session: Session, name: str) -> str:
    """Typed at the prompt, or the next line of standard input. The password of
    ``--password-stdin`` is the line before."""
    import getpass
    import sys

    _ = session.actor
    if sys.stdin.isatty():
        return getpass.getpass(t("notify.cli.secret", name=name))
    line = sys.stdin.readline()
    if not line.strip():
        raise Refusal("bad_usage", "needs_value", what=name)
    return line.rstrip("\r\n")


def _test(session: Session) -> int:
    from console.domain.vocabulary import Severity
    from console.notify import wording
    from console.notify.channel import Cut, SendFailed
    from console.notify.outbox import channels
    from console.services import permissions
    from console.services.notice_records import Notice

    args, services = session.args, session.services
    permissions.demand(session.actor, "setting.edit")
    now = services.clock.now()
    mark = f"test.{args.channel}.{int(now.timestamp() * 1e6)}"
    facts = {"test": True}
    notice = Notice(0, mark, 0, Severity.LOW, args.channel, "", args.to, "waiting", now, facts)
    way = channels(services.clock, str(session.store.purpose))[args.channel]
    said = ""
    try:
        way.send(notice, services.notices.config(), Cut())
    except SendFailed as failure:
        said = failure.reason
    told = {"channel": t(f"notify.channel.{args.channel}"), "reason": wording.reason(language(), said)}
    session.answer(
        {"channel": args.channel, "ok": not said, "reason": said},
        [t("notify.cli.not_sent", **told) if said else t("notify.cli.sent", channel=told["channel"])],
    )
    return 3 if said else 0


def _document(row: Notice) -> dict[str, object]:
    return {
        "id": row.id,
        "key": row.key,
        "alarm": row.alarm or None,
        "severity": row.severity.value,
        "channel": row.channel,
        "to": row.target,
        "address": row.address,
        "state": row.state,
        "made_at": iso(row.made_at),
        "attempts": row.attempts,
        "next_at": iso(row.next_at),
        "done_at": iso(row.done_at),
        "reason": row.reason,
    }


def _line(row: Notice) -> str:
    from console.notify import wording

    at = row.made_at.astimezone(LOCAL).strftime("%m-%d %H:%M:%S")
    severity = t(f"states.severity.{row.severity.value}")
    parts = [
        str(row.id),
        at,
        severity,
        t(f"notify.channel.{row.channel}"),
        f"{wording.target(language(), row.target)} {row.address}".strip(),
        t(f"notify.state.{row.state}"),
        f"×{row.attempts}" if row.attempts else "",
        wording.reason(language(), row.reason) if row.state != "folded" else "",
    ]
    return "  ".join(part for part in parts if part)
