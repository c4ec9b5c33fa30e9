"""``run``: the console."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from console import memory
from console.commands.framework import Subparsers, add_parser
from console.domain.errors import Refusal
from console.i18n import language, t

if TYPE_CHECKING:
    from console.commands.session import Session

ROLES = ("duty", "leader", "supervisor", "admin")
ENGINES = ("auto", "av", "vlc")
LAYOUTS = ("1", "4", "6", "8", "9", "16", "25", "36", "64", "1+5", "1+7", "2+8")


def _run(session: Session) -> int:
    from console.commands.demo import has_display, quit_on_interrupt

    if not has_display():
        raise Refusal("no_display", "run")
    if not session.user_given and not _has_site(session):
        return 0
    memory.begin()
    # Asked before a window opens, so that a wrong database is told in a sentence.
    actor = session.actor if session.user_given else None
    purpose = str(session.store.purpose)
    if actor is not None and session.args.role and actor.role.value != session.args.role:
        raise Refusal("forbidden", "role", name=actor.name, role=session.args.role)

    _demand_layout(session)

    from console.qt_start import quicken

    quicken()
    from console.app import ConsoleApp, Options, make_application
    from console.log import start_logging

    start_logging(session.places.logs)
    app = make_application()
    options = Options(
        session.places,
        language(),
        layout=session.args.layout,
        seat=session.seat,
        actor=actor,
        engine=session.args.engine,
    )
    console = ConsoleApp(app, options)
    console.closed.connect(app.exit)
    console.start()
    session.note(t("run.started", purpose=purpose))
    if os.environ.get("FIFTEEN_MARKS"):
        from console.start_marks import StartMarks

        StartMarks(console, Path(os.environ["FIFTEEN_MARKS"]))
    try:
        with quit_on_interrupt(app) as interrupt:
            app.exec()
    finally:
        console.stop()
    if console.restart and not interrupt.came:
        from console.restart import again

        again()
    return 130 if interrupt.came else 0


def _has_site(session: Session) -> bool:
    """True once there is a site; where there is none it is set up by the person
    before the screen. False when they did not."""
    from console import site_setup

    try:
        if not site_setup.has_nobody(session.store):
            return True
    except Refusal as refusal:
        if not site_setup.is_nothing(refusal):
            raise
    from console.app import make_application
    from console.commands.demo import quit_on_interrupt
    from console.services.site_wish import SiteMade, SiteWish
    from console.theme import Theme
    from console.windows.setup_window import SetupWindow

    places = session.places

    def make(wish: SiteWish) -> SiteMade:
        return site_setup.make(wish, places)

    app = make_application()
    theme = Theme()
    theme.apply(app)
    window = SetupWindow(theme, places.db_url.removeprefix("sqlite:///"), session.seat, make)
    window.finished.connect(app.quit)
    window.show()
    window.page.take_focus()
    with quit_on_interrupt(app):
        app.exec()
    window.deleteLater()
    if not window.confirmed:
        if window.made is None:
            session.note(t("setup.told.none"))
        return False
    session.find_again()
    return True


def _demand_layout(session: Session) -> None:
    """``--layout``: a preset, or what has a name at this site."""
    wanted = session.args.layout
    if not wanted or wanted in LAYOUTS:
        return
    library = session.services.layouts.library()
    names = [one.name for one in library.layouts] + [one.name for one in library.salvos]
    if wanted not in names:
        choices = ", ".join((*LAYOUTS, *names))
        raise Refusal("bad_usage", "choice", what="--layout", value=wanted, choices=choices)


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``run``."""
    parser = add_parser(subparsers, common, "run", "run.about")
    parser.add_argument("--role", choices=ROLES, default="", help=t("run.role"))
    parser.add_argument("--layout", default="", help=t("run.layout"))
    parser.add_argument("--engine", choices=ENGINES, default="auto", help=t("run.engine"))
    parser.set_defaults(run=_run)
