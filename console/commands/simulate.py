"""``simulate …``: cameras that are not there, and cases that never were."""

from __future__ import annotations

import argparse
import json
import re
import signal
import threading
from datetime import timedelta

from console.commands.framework import Subparsers, add_group, add_parser, number
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import language, t


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``simulate``."""
    group = add_group(subparsers, common, "simulate", "simulate.about")
    cameras = add_parser(group, common, "cameras", "simulate.cameras.about")
    cameras.add_argument("--count", type=number(1, 5000), default=36, help=t("simulate.cameras.count"))
    cameras.add_argument("--port", type=number(0, 65535), default=8554, help=t("simulate.cameras.port"))
    cameras.add_argument("--size", metavar="WxH", type=_size, help=t("simulate.cameras.size"))
    cameras.add_argument("--fps", type=number(1, 30), help=t("simulate.cameras.fps"))
    cameras.add_argument("--auth", metavar="USER:PASS", type=_auth, help=t("simulate.cameras.auth"))
    cameras.add_argument(
        "--fault",
        metavar="N=KIND[:AFTER_S[:FOR_S]]",
        action="append",
        default=[],
        help=t("simulate.cameras.fault"),
    )
    cameras.set_defaults(run=_cameras)
    cases = add_parser(group, common, "cases", "simulate.cases.about")
    cases.add_argument("--days", type=number(1, 3660), default=30, help=t("simulate.cases.days"))
    cases.add_argument("--per-day", type=number(1, 10_000), default=60, help=t("simulate.cases.per_day"))
    cases.add_argument("--seed", type=number(0, 2**31), default=15, help=t("simulate.cases.seed"))
    cases.set_defaults(run=_cases)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text.strip())
    if match is None:
        raise Refusal("bad_usage", "size", value=text)
    return int(match.group(1)), int(match.group(2))


def _auth(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not user or not colon:
        raise Refusal("bad_usage", "value", what="--auth", value=user or text)
    return user, password


def _cameras(session: Session) -> None:
    from console.clock import SystemClock
    from console.simulation.rtsp_server import SimulatedCameras

    args = session.args
    cameras = SimulatedCameras(
        args.count,
        SystemClock(),
        session.places.cache,
        args.port,
        args.size,
        args.fps,
        args.auth,
        args.fault,
    )
    with cameras:
        line = {"urls": cameras.urls, "user": cameras.user, "password": cameras.password}
        print(json.dumps(line, ensure_ascii=False), flush=True)
        session.note(t("simulate.cameras.serving", count=args.count, port=cameras.port))
        # Ends by an interrupt, which the command line answers with 130; also
        # where a script started it in the background, with interrupts ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Event().wait()


def _cases(session: Session) -> None:
    from console.commands.progress import Progress
    from console.services import permissions
    from console.simulation import district, history

    permissions.demand(session.actor, "db.admin")
    history.demand_purpose(session.store.purpose)
    args = session.args
    clock = session.services.clock
    district.load_if_bare(session.store.uows, clock)
    now = clock.now()
    answer = history.make(
        session.store.uows,
        clock,
        start=now - timedelta(days=args.days),
        end=now,
        count=args.days * args.per_day,
        seed=args.seed,
        lang=language(),
        progress=Progress(clock).tell,
    )
    session.answer(answer, [t("simulate.cases.made", **answer)])
