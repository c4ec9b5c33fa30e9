"""``demo``: the console on a throw-away district."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_parser, number
from console.domain.errors import Refusal
from console.i18n import language, t

if TYPE_CHECKING:
    from console.commands.session import Session
    from console.simulation.display import VirtualDisplay

#: How long a demonstration without a display runs, in seconds.
HEADLESS_S = 60.0


def has_display() -> bool:
    """Whether there is a screen to draw on (or Qt was told of a platform)."""
    if sys.platform == "win32":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


@contextlib.contextmanager
def some_display(monitors: int, *, virtual: bool = False) -> Iterator[VirtualDisplay | None]:
    """The display there is, or a virtual one of ``monitors``; with ``virtual``
    that one in any case. Raises ``Refusal('no_display')`` where neither can be
    had."""
    if has_display() and not virtual:
        yield None
        return
    from console.simulation import display

    server = display.start(1920 * monitors, 1080, monitors)
    before = {name: os.environ.get(name) for name in ("DISPLAY", "QT_QPA_PLATFORM")}
    os.environ["DISPLAY"] = server.name
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    try:
        yield server
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        server.stop()


def _run(session: Session) -> int:
    args = session.args
    shots = Path(args.shots) if args.shots else None
    if shots is not None and shots.exists() and not shots.is_dir():
        raise Refusal("bad_file", "not_a_folder", file=str(shots))
    with some_display(2) as server:
        headless = server is not None
        if headless:
            session.note(t("demo.virtual"))
            shots = shots or Path("shots")
        seconds = float(args.seconds or (HEADLESS_S if headless else 0))
        document, interrupted, leaving = _play(session, server, seconds, shots)
    session.answer(document, list(_lines(document)))
    if leaving and not interrupted:
        from console.restart import to_site

        to_site()
    return 130 if interrupted else 0


def _play(
    session: Session, server: VirtualDisplay | None, seconds: float, shots: Path | None
) -> tuple[dict[str, Any], bool, bool]:
    """Run it to its end; the report, whether Ctrl+C ended it, and whether it was
    left for a real site."""
    from console.qt_start import quicken

    quicken()
    from console.app import make_application
    from console.demonstration import DemoPlan, DemoRun, DemoSite, report
    from console.log import start_logging

    args = session.args
    plan = DemoPlan(
        cameras=args.cameras,
        speed=args.speed,
        seconds=seconds,
        shots=shots,
        cases_per_hour=args.cases_per_hour,
        burst=args.burst,
        lang=language(),
        engine=args.engine,
    )
    session.note(t("demo.preparing", cameras=plan.cameras))
    with DemoSite(plan, session.places.cache) as site:
        start_logging(site.places.logs)
        app = make_application()
        run = DemoRun(app, site, server)
        run.over.connect(app.quit)
        try:
            run.start()
            session.note(t("demo.running", seconds=round(seconds)) if seconds else t("demo.open"))
            begun = run.console.engine.clock.monotonic()
            with quit_on_interrupt(app) as interrupt:
                app.exec()
            run.finish()
            document = report(run, run.console.engine.clock.monotonic() - begun)
        finally:
            run.stop()
        document["shots"] = run.shots
    return document, interrupt.came, run.leaving


class Interrupt:
    """Quits the event loop for a signal; ``came`` tells of Ctrl+C."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.came = False

    def __call__(self, number: int, _frame: object) -> None:
        """The signal's handler."""
        self.came = self.came or number == 2
        # Not quit(): that asks every window first, and a large display refuses.
        self._app.exit(0)


@contextlib.contextmanager
def quit_on_interrupt(app: Any) -> Iterator[Interrupt]:
    """Ctrl+C and a stop by the system end the event loop instead of being lost
    in it. Qt looks at Python only when it runs some; a slow timer gives it the
    chance."""
    import signal

    from PySide6.QtCore import QTimer

    nudge = QTimer()
    nudge.setInterval(250)
    nudge.timeout.connect(_nothing)
    nudge.start()
    interrupt = Interrupt(app)
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, interrupt) for one in signals]
    try:
        yield interrupt
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
        nudge.stop()


def _nothing() -> None:
    """Lets Python's signal handlers run."""


def _lines(document: dict[str, Any]) -> Iterator[str]:
    feeds, alarms, gui = document["feeds"], document["alarms"], document["gui"]
    yield t("demo.report.feeds", **{**feeds, "age": feeds["age_p95_s"]})
    yield t("demo.report.cases", cases=", ".join(f"{k} {v}" for k, v in document["cases"].items()))
    for kind, row in document["promises"].items():
        yield t("demo.report.promise", kind=t(f"demo.kind.{kind}"), **row)
    yield t("demo.report.alarms", **alarms)
    yield t("demo.report.gui", p99=gui["stall_p99_s"] * 1000, most=gui["stall_max_s"] * 1000)
    if document["shots"]:
        yield t(
            "demo.report.shots", count=len(document["shots"]), folder=str(Path(document["shots"][0]).parent)
        )


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``demo``."""
    parser = add_parser(subparsers, common, "demo", "demo.about")
    parser.add_argument("--cameras", type=number(1, 600), default=36, metavar="N", help=t("demo.cameras"))
    parser.add_argument("--speed", type=number(0.1, 100, whole=False), default=1.0, help=t("demo.speed"))
    parser.add_argument("--seconds", type=number(5, 86400, whole=False), default=0.0, help=t("demo.seconds"))
    parser.add_argument("--shots", default="", metavar="DIR", help=t("demo.shots"))
    parser.add_argument(
        "--cases-per-hour", type=number(0, 3600, whole=False), default=12.0, help=t("demo.rate")
    )
    parser.add_argument("--engine", choices=("auto", "av", "vlc"), default="auto", help=t("run.engine"))
    parser.add_argument("--burst", action="store_true", help=t("demo.burst"))
    parser.set_defaults(run=_run)
