"""``kiosk``: the large display."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from console.commands.framework import Subparsers, add_parser
from console.domain.errors import Refusal
from console.domain.kiosk import NOTICE, NUMBERS, PAGES, KioskPlan
from console.i18n import language, t

if TYPE_CHECKING:
    from console.commands.session import Session
    from console.domain.model import Actor

ROTATE = "rotate"
#: Words of the plan beside pages and numbers.
TEXTS: Final = ("layout", "night_from", "night_to", "title", "notice")
#: Which file descriptor hears the heartbeat.
BEAT = "FIFTEEN_KIOSK_BEAT"
#: How it tells whoever watches over it that the PIN was right.
LEFT = 74


def _run(session: Session) -> int:
    args = session.args
    if args.set_pin:
        return _set_pin(session)
    if args.set is not None:
        return _settings(session, args.set)
    from console.commands.demo import has_display

    if not has_display():
        raise Refusal("no_display", "run")
    if args.keep:
        from console.commands.kiosk_keep import keep

        line = session.read_password(session.user_given) if session.password_given else ""
        return keep(_words(session), line, session.note)
    return _show(session, _who(session))


def _who(session: Session) -> Actor:
    """The display reads in nobody's name; with ``--user`` in that of an account
    of this role. On PostgreSQL without one, only a login of the database that
    cannot write is let in unasked."""
    from console.domain.vocabulary import Role
    from console.wiring.kiosk_host import NOBODY

    if session.user_given:
        actor = session.actor
        if actor.role is not Role.KIOSK:
            raise Refusal("forbidden", "role", name=actor.name, action="board.read", role=actor.role.value)
        return actor
    if session.store.may_write() and session.store.dialect != "sqlite":
        raise Refusal("forbidden", "kiosk_login")
    return NOBODY


def _show(session: Session, actor: Actor) -> int:
    from console.commands.demo import quit_on_interrupt
    from console.qt_start import quicken

    quicken()
    from console.app import make_application
    from console.log import start_logging
    from console.windows.screen_watch import screens_now
    from console.wiring.kiosk_app import KioskApp
    from console.wiring.kiosk_host import find_screen

    start_logging(session.places.logs)
    session.store.close()
    app = make_application()
    screen = session.args.screen
    beat = int(os.environ.get(BEAT, "-1"))
    if screen and not find_screen(screen) and beat < 0:
        there = ", ".join(one.name for one in screens_now())
        raise Refusal("no_display", "screen", name=screen, there=there)
    page = "" if session.args.page == ROTATE else session.args.page
    shown = KioskApp(
        app, session.places, lang=language(), page=page, screen=screen, actor=actor, beat=beat
    )  # fmt: skip
    code: list[int] = []
    shown.ended.connect(code.append)
    shown.ended.connect(app.exit)
    shown.start()
    session.note(t("kiosk.cli.started", screen=screen or screens_now()[0].name))
    try:
        with quit_on_interrupt(app) as interrupt:
            app.exec()
    finally:
        shown.stop()
    if code:
        return LEFT if code[0] == 0 and beat >= 0 else code[0]
    return 130 if interrupt.came else 0


def _words(session: Session) -> list[str]:
    """The same command without ``--keep``, for the program watched over."""
    args = session.args
    words = ["--data", str(session.data), "--lang", language()]
    if getattr(args, "db", ""):
        words += ["--db", args.db]
    if session.user_given:
        words += ["--user", session.user_given]
    if session.password_given:
        words.append("--password-stdin")
    words += ["kiosk", "--page", args.page]
    if args.screen:
        words += ["--screen", args.screen]
    return words


def _set_pin(session: Session) -> int:
    actor = session.actor
    if sys.stdin.isatty():
        pin = getpass.getpass(t("kiosk.cli.pin_new"))
    else:
        pin = sys.stdin.readline().rstrip("\r\n")
    session.services.kiosk.set_pin(actor, pin)
    session.answer({"ok": True}, [t("kiosk.cli.pin_set")])
    return 0


def _settings(session: Session, words: Sequence[str]) -> int:
    """``--set NAME=VALUE…`` changes how every display of the site behaves;
    ``--set`` alone says how it does."""
    from dataclasses import asdict, replace

    room, actor = session.services.kiosk, session.actor
    plan = room.load(actor).plan
    pages = dict(plan.pages)
    changes: dict[str, Any] = {}
    for word in words:
        name, cut, value = word.partition("=")
        if not cut:
            raise Refusal("bad_usage", "needs_value", what=name)
        if (name in PAGES and name != NOTICE) or (name == NOTICE and value.isdigit()):
            pages[name] = _whole(name, value)
        elif name in NUMBERS:
            changes[name] = _whole(name, value)
        elif name in TEXTS:
            changes[name] = value
        else:
            choices = ", ".join((*PAGES, *NUMBERS, *TEXTS))
            raise Refusal("bad_usage", "choice", what="--set", value=name, choices=choices)
    if words:
        plan = room.put(actor, replace(plan, pages=tuple(pages.items()), **changes)).plan
    shown = asdict(plan)
    session.answer(shown, _lines(plan, shown))
    return 0


def _lines(plan: KioskPlan, shown: dict[str, Any]) -> Iterator[str]:
    for page, dwell in plan.pages:
        yield f"{page}={dwell}"
    for name in (*NUMBERS, *TEXTS):
        yield f"{name}={shown[name]}"


def _whole(name: str, text: str) -> int:
    if not text.strip().isdigit():
        raise Refusal("bad_usage", "value", what=name, value=text[:40])
    return int(text)


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``kiosk``."""
    parser = add_parser(subparsers, common, "kiosk", "kiosk.cli.about")
    parser.add_argument("--screen", metavar="NAME", default="", help=t("kiosk.cli.screen"))
    parser.add_argument("--page", choices=(*PAGES, ROTATE), default=ROTATE, help=t("kiosk.cli.page"))
    parser.add_argument("--keep", action="store_true", help=t("kiosk.cli.keep"))
    parser.add_argument("--set-pin", action="store_true", help=t("kiosk.cli.set_pin"))
    parser.add_argument("--set", nargs="*", metavar="NAME=VALUE", help=t("kiosk.cli.set"))
    parser.set_defaults(run=_run)
