"""``settings``: numbers of the site, such as how near a similar case is."""

from __future__ import annotations

import argparse

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import t


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``settings list`` and ``settings set``."""
    group = add_group(subparsers, common, "settings", "intake.cli.settings")
    add_parser(group, common, "list", "intake.cli.settings_list").set_defaults(run=_list)
    setting = add_parser(group, common, "set", "intake.cli.settings_set")
    setting.add_argument("setting", metavar="NAME=VALUE", help=t("intake.cli.setting"))
    setting.set_defaults(run=_set)


def _list(session: Session) -> None:
    from console.services import site_settings

    rows = site_settings.read(session.services.uows, session.actor)
    document = {"rows": [{"name": name, "value": value} for name, value in rows.items()], "total": len(rows)}
    session.answer(document, [f"{name} = {value}" for name, value in rows.items()])


def _set(session: Session) -> None:
    from console.services import site_settings

    name, equals, text = session.args.setting.partition("=")
    if not equals:
        raise Refusal("bad_usage", "other", text=session.args.setting)
    services = session.services
    value = site_settings.put(services.uows, services.clock, session.actor, name.strip(), text)
    session.answer({"name": name.strip(), "value": value}, [f"{name.strip()} = {value}"])
