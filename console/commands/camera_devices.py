"""``cameras test|discover|streams|rotate-key``: what speaks with devices, and the key."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from console.commands.framework import Subparsers, add_parser, number
from console.commands.session import Session
from console.domain.errors import Refusal
from console.i18n import t

if TYPE_CHECKING:
    from console.devices.discovery import Found
    from console.devices.onvif_media import DeviceStreams
    from console.feeds.trial import Trial
    from console.services.camera_import import Asking

#: Devices that are asked at the same time.
_ASKED_AT_ONCE = 16


def register(group: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add them to the group ``cameras``."""
    trying = add_parser(group, common, "test", "camset.cli.test")
    trying.add_argument("ids", metavar="ID", nargs="*", help=t("camset.cli.test_ids"))
    trying.add_argument(
        "--parallel", metavar="N", type=number(1, 64), default=24, help=t("camset.cli.parallel")
    )
    trying.add_argument(
        "--seconds", metavar="S", type=number(0.5, 60, whole=False), default=8.0, help=t("camset.cli.watch")
    )
    trying.set_defaults(run=_test)
    finding = add_parser(group, common, "discover", "camset.cli.discover")
    finding.add_argument(
        "--seconds", metavar="S", type=number(0.5, 60, whole=False), default=5.0, help=t("camset.cli.seconds")
    )
    finding.set_defaults(run=_discover)
    asking = add_parser(group, common, "streams", "camset.cli.streams")
    asking.add_argument("host", metavar="HOST[:PORT]", help=t("camset.cli.host"))
    asking.add_argument("--login", metavar="NAME", help=t("camset.cli.login"))
    asking.set_defaults(run=_streams)
    turning = add_parser(group, common, "rotate-key", "camset.cli.rotate")
    kept = turning.add_mutually_exclusive_group()
    kept.add_argument("--keep-old", action="store_true", help=t("camset.cli.keep_old"))
    kept.add_argument("--finish", action="store_true", help=t("camset.cli.finish"))
    turning.set_defaults(run=_rotate)


# -- trying ----------------------------------------------------------------------
def _test(session: Session) -> int:
    from console import camera_trials
    from console.commands import shapes
    from console.feeds.trial import Trials
    from console.services import permissions

    args, services = session.args, session.services
    permissions.demand(session.actor, camera_trials.TEST)
    cameras = camera_trials.named(services, args.ids)
    sources = camera_trials.sources(services, cameras)
    found: dict[str, Trial] = {}
    over = threading.Event()

    def done(trial: Trial) -> None:
        found[trial.camera] = trial
        session.note(t("camset.cli.tried", n=len(found), total=len(sources), line=line(trial)))

    trials = Trials(lambda: sources, services.clock, done, over.set, args.parallel, args.seconds)
    trials.start()
    try:
        while not over.wait(0.2):
            pass
    finally:
        trials.stop()
        trials.join(10.0)
    rows = [found[one.id] for one in cameras if one.id in found]
    bad = sum(not one.ok for one in rows)
    lines = [t("camset.cli.tested", n=len(rows), bad=bad)]
    session.answer(shapes.rows(map(document, rows)), lines if not session.as_json else ())
    return 3 if bad else 0


def document(trial: Trial) -> dict[str, object]:
    """How a camera did, as JSON."""
    return {
        "id": trial.camera,
        "ok": trial.ok,
        "state": trial.state,
        "connect_s": trial.connect_s,
        "codec": trial.codec or None,
        "width": trial.width or None,
        "height": trial.height or None,
        "fps": trial.fps,
        "key_gap_s": trial.key_gap_s,
        "clock_offset_s": trial.clock_offset_s,
        "error": trial_words(trial) or None,
        "sub": trial.sub or None,
    }


def trial_words(trial: Trial) -> str:
    """What was wrong, as a sentence; empty when nothing was."""
    if trial.ok:
        return ""
    words = t(f"feeds.reason.{trial.reason}")
    return t("camset.cli.sub_stream", words=words) if trial.sub else words


def line(trial: Trial) -> str:
    """How a camera did, as a line."""
    if not trial.ok:
        return f"{trial.camera}  {trial_words(trial)}"
    facts = [
        trial.camera,
        f"{trial.width}×{trial.height} {trial.codec}",
        f"{trial.fps:g} fps" if trial.fps is not None else "",
        t("camset.cli.gap", s=f"{trial.key_gap_s:g}") if trial.key_gap_s is not None else "",
        t("camset.cli.clock", s=f"{trial.clock_offset_s:+.1f}") if trial.clock_offset_s is not None else "",
    ]
    return "  ".join(filter(None, facts))


# -- finding ---------------------------------------------------------------------
def _discover(session: Session) -> None:
    from console.commands import shapes
    from console.devices.discovery import discover
    from console.services import permissions

    permissions.demand(session.actor, "camera.edit")
    known = known_hosts(session)
    try:
        rows = discover(session.args.seconds)
    except OSError:
        raise Refusal("no_camera", "no_network") from None
    lines = [found_line(one, known) for one in rows] or [t("camset.cli.nobody")]
    session.answer(shapes.rows(_found(one, known) for one in rows), lines)


def known_hosts(session: Session) -> dict[str, str]:
    """Id of the camera by the address of its device or its stream."""
    from urllib.parse import urlsplit

    known: dict[str, str] = {}
    for card in session.services.cameras.table(session.actor).rows:
        one = card.camera
        for host in (one.host.partition(":")[0], urlsplit(one.url).hostname or ""):
            if host:
                known.setdefault(host, one.id)
    return known


def _found(one: Found, known: Mapping[str, str]) -> dict[str, object]:
    return {
        "host": one.host,
        "address": one.address,
        "name": one.name,
        "hardware": one.hardware,
        "location": one.location,
        "camera": known.get(one.host.partition(":")[0]),
    }


def found_line(one: Found, known: Mapping[str, str]) -> str:
    """A device that was found, as a line."""
    camera = known.get(one.host.partition(":")[0], "")
    there = t("camset.cli.is_known", id=camera) if camera else t("camset.cli.is_new")
    return "  ".join(filter(None, (one.host, one.name, one.hardware, one.location, one.address, there)))


# -- asking a device ---------------------------------------------------------------
def _streams(session: Session) -> None:
    from console.services import permissions

    args = session.args
    permissions.demand(session.actor, "camera.edit")
    name = args.login or ""
    password = session.read_password(f"{name} @ {args.host}") if name else ""
    found = ask(session, args.host, args.host, name, password)
    rows = [
        {
            "token": one.token,
            "name": one.name,
            "url": one.url,
            "codec": one.codec or None,
            "width": one.width or None,
            "height": one.height or None,
            "fps": one.fps,
        }
        for one in found.profiles
    ]
    document = {
        "maker": found.maker,
        "model": found.model,
        "firmware": found.firmware,
        "serial": found.serial,
        "clock_offset_s": found.clock_offset_s,
        "rows": rows,
        "total": len(rows),
    }
    lines = [f"{found.maker} {found.model} {found.firmware} {found.serial}"]
    lines += [f"{p.token}  {p.name}  {p.width}×{p.height} {p.codec}  {p.url}" for p in found.profiles]
    session.answer(document, lines)


def ask(session: Session, camera: str, host: str, name: str, password: str) -> DeviceStreams:
    """The streams of a device; says so where its clock is wrong."""
    from console.devices.onvif_device import DeviceAddress
    from console.devices.onvif_media import CLOCK_NOTICE_S, OnvifMedia

    found = OnvifMedia(DeviceAddress(camera, host, name, password), session.services.clock).read()
    away = found.clock_offset_s
    if away is not None and abs(away) > CLOCK_NOTICE_S:
        session.note(t("camset.cli.clock_off", host=host, s=f"{away:+.0f}"))
    return found


def asked(session: Session, values: Mapping[str, str]) -> dict[str, str]:
    """A new camera's columns with the addresses its ONVIF device gives."""
    host = values.get("host", "")
    if not host:
        raise Refusal("bad_row", "empty", column="host")
    name, password = values.get("username", ""), values.get("password", "")
    found = ask(session, values.get("id", host), host, name, password)
    sub = found.sub
    return {
        **values,
        "vendor": values.get("vendor") or found.maker or "onvif",
        "url": found.main.url,
        "url_sub": sub.url if sub is not None else "",
    }


def asking(session: Session) -> Asking:
    """Asks the devices of an import's rows, many at once; a row without a password
    is asked with the one that is stored."""
    from concurrent.futures import ThreadPoolExecutor

    from console import camera_trials
    from console.services.sheets import Row, unguard

    services = session.services
    with services.uows.read() as uow:
        stored = {one.id: one for one in uow.cameras.all()}

    def one(row: Row) -> Mapping[str, str] | Refusal:
        cells = {name: unguard(row.get(name)) for name in ("id", "vendor", "host", "username", "password")}
        old = stored.get(cells["id"])
        if old is not None and not cells["password"]:
            login = camera_trials.source(services, old)
            cells |= {"username": cells["username"] or login.username, "password": login.password}
        try:
            found = asked(session, cells)
        except Refusal as refusal:
            return refusal
        return {"url": found["url"], "url_sub": found["url_sub"]}

    def ask_all(rows: Sequence[Row]) -> Mapping[int, Mapping[str, str] | Refusal]:
        with ThreadPoolExecutor(_ASKED_AT_ONCE, thread_name_prefix="ask") as pool:
            return dict(zip((row.number for row in rows), pool.map(one, rows), strict=True))

    return ask_all


# -- the key ---------------------------------------------------------------------
def _rotate(session: Session) -> int:
    rotation = session.services.keys
    if session.args.finish:
        gone = rotation.finish(session.actor)
        session.answer({"retired": gone}, [t("camset.cli.finished", n=gone)])
        return 0
    # Where others share the database they have copies of the key file.
    keep = session.args.keep_old or session.store.dialect != "sqlite"
    done = rotation.rotate(session.actor, keep_old=keep)
    document = {"sealed": done.sealed, "unreadable": list(done.unreadable), "retired": done.retired}
    lines = [t("camset.cli.rotated", n=done.sealed)]
    if done.unreadable:
        lines.append(t("camset.cli.unreadable", names=", ".join(done.unreadable)))
    lines.append(t("camset.cli.retired", n=done.retired) if done.retired else t("camset.cli.old_kept"))
    session.answer(document, lines)
    return 1 if done.unreadable else 0
