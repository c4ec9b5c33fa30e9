"""``watch``: the console's duties without a window."""

from __future__ import annotations

import argparse
import json
import logging
import signal
from datetime import datetime
from types import FrameType
from typing import Any

from console.commands.framework import LOCAL, Subparsers, add_parser, number
from console.commands.session import Session, plain
from console.i18n import t

log = logging.getLogger(__name__)


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``watch``."""
    parser = add_parser(subparsers, common, "watch", "notify.watch.about")
    every = number(1, 3600)
    parser.add_argument("--every", metavar="N", type=every, default=60, help=t("notify.watch.every"))
    parser.add_argument("--once", action="store_true", help=t("notify.watch.once"))
    parser.set_defaults(run=_run)


def _run(session: Session) -> int:
    from console.log import start_logging

    # Opened here, so that a wrong database is told in a sentence.
    purpose, url = session.store.purpose, session.store.url_shown
    teller = _Teller(session)
    if session.args.once:
        return _once(session, teller)
    from console.watching import Watch

    start_logging(session.places.logs)
    watch = Watch(session.places, teller.tell, session.seat, session.args.every)
    code = 0

    def end(which: int, frame: FrameType | None) -> None:
        nonlocal code
        code = 130 if which == signal.SIGINT else 0
        watch.stop()

    before = {which: signal.signal(which, end) for which in (signal.SIGTERM, signal.SIGINT)}
    session.note(t("notify.watch.started", url=url, purpose=t(f"common.purpose.{purpose}")))
    try:
        watch.run()
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
    session.note(t("notify.watch.stopped"))
    return code


def _once(session: Session, teller: _Teller) -> int:
    from console.notify.outbox import Outbox, channels
    from console.watching import once

    session.demand_true_clock()
    services = session.services
    ways = channels(services.clock, str(session.store.purpose))
    outbox = Outbox(services.notices, ways, session.seat)
    document, good = once(services, session.places, outbox, session.seat)
    teller.tell(document)
    return 0 if good else 1


class _Teller:
    """Prints lines, as text or as JSON, one at a time and at once."""

    def __init__(self, session: Session) -> None:
        self._json = session.as_json

    def tell(self, document: dict[str, Any]) -> None:
        """One line."""
        text = json.dumps(document, ensure_ascii=False, default=plain) if self._json else _line(document)
        try:
            print(text, flush=True)
        except BrokenPipeError:
            raise
        except OSError:
            # The disk its lines go to is full: that must not end the watch.
            log.warning("a line of the watch could not be written", exc_info=True)


def _line(document: dict[str, Any]) -> str:
    at = document["at"].astimezone(LOCAL).strftime("%m-%d %H:%M:%S")
    if "trouble" in document:
        return t("notify.watch.trouble", at=at, text=document["trouble"])
    facts = {n: document[n] for n in ("open", "ringing", "raised", "notified", "escalated")}
    backup = _backup(document["backup"])
    heartbeat = document["heartbeat_s"]
    return t("notify.watch.line", at=at, **facts, **document["notices"], backup=backup, heartbeat=heartbeat)


def _backup(state: dict[str, Any]) -> str:
    if not state["on"]:
        return t("notify.watch.backup_off")
    if state["at"] is None:
        return t("notify.watch.backup_none")
    at = datetime.fromisoformat(state["at"]).astimezone(LOCAL).strftime("%m-%d %H:%M")
    if state["ok"]:
        return t("notify.watch.backup_good", at=at)
    return t("notify.watch.backup_bad", at=at, text=state["error"])
