"""``login`` and ``users …``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.commands.framework import Subparsers, add_group, add_parser
from console.commands.session import Session
from console.domain.errors import Refusal
from console.domain.vocabulary import Role
from console.i18n import either, t

if TYPE_CHECKING:
    from console.domain.model import Actor, User

#: The roles an account may hold; the sweep's own is not one of them.
ROLES = [role.value for role in Role if role is not Role.SYSTEM]


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``login`` and ``users``."""
    login = add_parser(subparsers, common, "login", "cli.login.about")
    login.add_argument("name", metavar="NAME", nargs="?", default="", help=t("cli.login.name"))
    login.set_defaults(run=_login)
    group = add_group(subparsers, common, "users", "cli.users.about")
    add_parser(group, common, "list", "cli.users.list").set_defaults(run=_list)
    for name, run in (("add", _add), ("set", _set)):
        parser = add_parser(group, common, name, f"cli.users.{name}")
        parser.add_argument("name", metavar="NAME", help=t("cli.given.account"))
        default = Role.DUTY.value if name == "add" else None
        parser.add_argument("--role", choices=ROLES, default=default, help=t("cli.users.role"))
        blank = "" if name == "add" else None
        parser.add_argument("--display-zh", default=blank, help=t("cli.users.display_zh"))
        parser.add_argument("--display-en", default=blank, help=t("cli.users.display_en"))
        parser.add_argument("--team", default=blank, help=t("cli.users.team"))
        parser.add_argument("--lasting", action="store_true", help=t("cli.users.lasting"))
        parser.set_defaults(run=run)
        if name == "set":
            parser.add_argument("--password", action="store_true", help=t("cli.users.password"))
            parser.add_argument("--enable", action="store_true", help=t("cli.users.enable"))
    for name, run in (("disable", _disable), ("unlock", _unlock), ("passwd", _passwd), ("recover", _recover)):
        parser = add_parser(group, common, name, f"cli.users.{name}")
        parser.add_argument("name", metavar="NAME", help=t("cli.given.account"))
        parser.set_defaults(run=run)
    add_parser(group, common, "new-code", "cli.users.new_code").set_defaults(run=_new_code)


def _login(session: Session) -> None:
    name = session.args.name or session.user_given
    if not name:
        raise Refusal("bad_usage", "required", what="NAME")
    people = session.services.people
    actor = people.sign_in(name, session.read_password(name), session.seat)
    session.tokens.write(session.store.url_shown, name, people.issue_token(actor))
    document = {"name": actor.name, "role": actor.role.value, "url": session.store.url_shown}
    session.answer(document, [t("cli.login.done", name=name, role=t(f"states.role.{actor.role.value}"))])


def _list(session: Session) -> None:
    from console.commands import shapes

    users = session.services.people.list(session.actor)
    session.answer(shapes.rows(map(shapes.user, users)), map(_line, users))


def _add(session: Session) -> None:
    from console.domain.model import User

    args = session.args
    people = session.services.people
    actor = _who_adds(session)
    user = User(
        name=args.name,
        display_zh=args.display_zh or args.name,
        display_en=args.display_en or args.name,
        role=Role(args.role),
        team=args.team,
    )
    password = session.read_password(args.name)
    first = actor is None or (user.role is Role.ADMIN and not people.list(actor))
    if first:
        from console.commands import shapes

        _, code = people.begin(user, password, session.seat)
        document = {**shapes.user(user), "recovery_code": code}
        session.answer(document, [_line(user), *_code_lines(code)])
        return
    _tell(session, people.add(actor, user, password, change_first=False if args.lasting else None))


def _who_adds(session: Session) -> Actor | None:
    """The actor, or ``None`` for the very first account of a shared database:
    nobody could have signed in to make it."""
    try:
        return session.actor
    except Refusal as refusal:
        if refusal.code == "forbidden" and refusal.detail == "sign_in":
            return None
        raise


def _set(session: Session) -> None:
    args = session.args
    actor = session.actor
    changed = session.services.people.set(
        actor,
        args.name,
        role=Role(args.role) if args.role else None,
        display_zh=args.display_zh,
        display_en=args.display_en,
        team=args.team,
        password=session.read_password(args.name) if args.password else None,
        disabled=False if args.enable else None,
        change_first=False if args.lasting and args.password else None,
    )
    _tell(session, changed)


def _disable(session: Session) -> None:
    _tell(session, session.services.people.disable(session.actor, session.args.name))


def _unlock(session: Session) -> None:
    name = session.args.name
    session.services.people.unlock_account(session.actor, name)
    session.answer({"name": name}, [t("cli.users.unlocked", name=name)])


def _passwd(session: Session) -> None:
    """One's own password: the old one, then the new one."""
    name = session.args.name
    old = session.read_password(name)
    new = session.read_secret("cli.users.new_password", name=name)
    session.services.people.sign_in(name, old, session.seat, new)
    session.answer({"name": name}, [t("cli.users.changed", name=name)])


def _recover(session: Session) -> None:
    """The recovery code, then the new password."""
    name = session.args.name
    code = session.read_secret("cli.users.code", name=name)
    new = session.read_secret("cli.users.new_password", name=name)
    _, fresh = session.services.people.recover(name, code, new, session.seat)
    _tell_code(session, name, fresh)


def _new_code(session: Session) -> None:
    _tell_code(session, "", session.services.people.new_code(session.actor))


def _tell_code(session: Session, name: str, code: str) -> None:
    lines = [t("cli.users.changed", name=name)] if name else []
    session.answer({"name": name, "recovery_code": code}, [*lines, *_code_lines(code)])


def _code_lines(code: str) -> list[str]:
    return [t("cli.users.your_code", code=code), t("cli.users.keep_code")]


def _tell(session: Session, user: User) -> None:
    from console.commands import shapes

    session.answer(shapes.user(user), [_line(user)])


def _line(user: User) -> str:
    closed = f"  {t('cli.users.closed')}" if user.disabled else ""
    role = t(f"states.role.{user.role.value}")
    return f"{user.name}  {role}  {either(user.display_zh, user.display_en)}{closed}"
