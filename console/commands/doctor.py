"""``doctor``: what this machine can and cannot do, and what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.commands.framework import Subparsers, add_parser
from console.domain.errors import Refusal
from console.i18n import explain, t

if TYPE_CHECKING:
    from console.commands.session import Session

#: What the console cannot do its work without.
NEEDED = frozenset("python pyside6 fonts displays libvlc engine av sqlite database disk shm".split())
#: The order of the contract.
ORDER = (
    "python pyside6 fonts displays libvlc libvlc_rtsp engine av sqlite database disk shm "
    "clock sound speech ports notices backup calendar"
).split()
#: Room for a day of evidence, in bytes: below it the disk is named.
DISK_FLOOR = 5 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report. ``detail`` and ``mend`` are sentences."""

    id: str
    ok: bool
    detail: str
    mend: str = ""


def _check(id: str, ok: bool, **facts: object) -> Check:
    """A check with its sentences: ``doctor.<id>.good`` or ``.bad`` and ``.mend``."""
    if ok:
        return Check(id, True, t(f"doctor.{id}.good", **facts))
    return Check(id, False, t(f"doctor.{id}.bad", **facts), t(f"doctor.{id}.mend", **facts))


_PROBE = """
import json, sys
from PySide6 import __version__ as version
from PySide6.QtGui import QFontDatabase, QGuiApplication
app = QGuiApplication(sys.argv)
out = {'version': version, 'platform': app.platformName()}
out['screens'] = [[s.name(), s.size().width(), s.size().height(), s.devicePixelRatio()]
                  for s in app.screens()]
out['chinese'] = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)[:40]
try:
    from PySide6.QtMultimedia import QMediaDevices
    out['sound'] = [d.description() for d in QMediaDevices.audioOutputs()]
except ImportError as error:
    out['sound'] = []
try:
    from PySide6.QtTextToSpeech import QTextToSpeech
    out['speech'] = [e for e in QTextToSpeech.availableEngines() if e != 'mock']
except ImportError as error:
    out['speech'] = []
print('PROBE' + json.dumps(out))
"""


def probe_qt() -> dict[str, Any]:
    """What Qt sees, asked in a process of its own: without a display Qt ends
    the process instead of telling."""
    platforms = ["", "offscreen"] if _has_display() else ["offscreen"]
    for platform in platforms:
        env = dict(os.environ)
        if platform:
            env["QT_QPA_PLATFORM"] = platform
        try:
            done = subprocess.run(
                [sys.executable, "-c", _PROBE],
                env=env,
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        for line in done.stdout.splitlines():
            if line.startswith("PROBE"):
                return dict(json.loads(line[5:]))
    return {}


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform == "win32"


def qt_checks() -> list[Check]:
    """PySide6, fonts, displays, sound and speech."""
    seen = probe_qt()
    version = str(seen.get("version", "")) or "-"
    good = bool(seen) and (6, 10, 3) <= tuple(int(p) for p in version.split(".")) < (6, 12)
    chinese = seen.get("chinese", [])
    screens = seen.get("screens", []) if seen.get("platform") not in ("offscreen", None) else []
    virtual = shutil.which("Xvfb") is not None
    shown = ", ".join(f"{n} {w}×{h} ×{r:g}" for n, w, h, r in screens) or t("doctor.displays.virtual")
    sound, speech = seen.get("sound", []), seen.get("speech", [])
    return [
        _check("pyside6", good, version=version),
        _check("fonts", bool(chinese), font=", ".join(chinese[:2])),
        _check("displays", bool(screens) or virtual, screens=shown),
        _check("sound", bool(sound), device=", ".join(sound[:2])),
        _check("speech", bool(speech), engine=", ".join(speech)),
    ]


def _python() -> Check:
    version = ".".join(str(n) for n in sys.version_info[:3])
    return _check("python", sys.version_info >= (3, 11), version=version)


def _sqlite() -> Check:
    import sqlite3

    # Below 3.51.3 two processes that checkpoint at the same instant can damage
    # the file; only the holder of a lock checkpoints, so this is a warning.
    return _check("sqlite", sqlite3.sqlite_version_info >= (3, 37), version=sqlite3.sqlite_version)


def _database(session: Session) -> Check:
    from db import admin

    try:
        info = admin.info(session.places.db_url)
    except Refusal as refusal:
        if refusal.code == "db_missing":
            return Check("database", True, t("doctor.database.none"))
        message, mend = explain(refusal)
        return Check("database", False, message, mend)
    return _check("database", True, url=info["url"], purpose=info["purpose"], schema=info["schema"])


def _disk(session: Session) -> Check:
    folder = session.places.data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return _check("disk", free >= DISK_FLOOR, free=f"{free / (1 << 30):.1f}", folder=str(session.places.data))


def _clock() -> Check:
    """Is the machine's clock disciplined? Asked of systemd where there is one."""
    tool = shutil.which("timedatectl")
    synced = ""
    if tool:
        try:
            done = subprocess.run([tool, "show", "-p", "NTPSynchronized", "--value"], capture_output=True,
                                  text=True, timeout=5, check=False)  # fmt: skip
            synced = done.stdout.strip()
        except (OSError, subprocess.TimeoutExpired):
            synced = ""
    return _check("clock", synced == "yes")


def _ports() -> Check:
    """Whether the simulated cameras' port can be had."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 8554))
        except OSError:
            return _check("ports", False, port=8554)
    return _check("ports", True, port=8554)


def _feeds() -> list[Check]:
    from console.feeds import doctor

    return [_check(str(f["id"]), bool(f["ok"]), **{k: v for k, v in f.items() if k not in ("id", "ok")})
            for f in doctor.checks()]  # fmt: skip


def watching(session: Session) -> list[Check]:
    """Whether somebody who is not here is called, and the last backup is good;
    nothing where there is no database yet."""
    from console.services.backups import BackupPlan

    try:
        services = session.services
        config = services.notices.config()
        plans = BackupPlan(services.uows, services.clock)
        plan, last = plans.last()
        late = plans.overdue_s()
    except Refusal:
        return []  # told by the line of the database
    ways = [name for name, way in (("webhook", config.webhook), ("email", config.mail)) if way is not None]
    called = ", ".join(t(f"notify.channel.{name}") for name in ways)
    sound = bool(plan.folder) and late is None and (last is None or last.ok)
    return [
        _check("notices", bool(ways) and not config.sealed, ways=called),
        _check("backup", sound, at=_minute(last.at) if last else "–", folder=plan.folder),
    ]


def calendar(session: Session) -> list[Check]:
    """Whether the holidays of this year, and late in the year those of the next,
    are entered; nothing where there is no database yet."""
    from console.commands.framework import LOCAL
    from console.services.config_desk import missing_year

    try:
        services = session.services
        with services.uows.read() as uow:
            rows = dict(enumerate(uow.reference.calendar_rows()))
    except Refusal:
        return []
    today = services.clock.now().astimezone(LOCAL).date()
    year = missing_year({str(at): row for at, row in rows.items()}, today)
    return [_check("calendar", not year, year=year or today.year)]


def _minute(text: str) -> str:
    from datetime import datetime

    from console.commands.framework import LOCAL

    return datetime.fromisoformat(text).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def examine(session: Session) -> list[Check]:
    """Every check, in the order of the contract."""
    found: list[Check] = [_python(), *qt_checks(), *_feeds(), _sqlite(), _database(session), _disk(session)]
    found += [_clock(), _ports(), *watching(session), *calendar(session)]
    by_id: Mapping[str, Check] = {c.id: c for c in found}
    return [by_id[name] for name in ORDER if name in by_id]


def _run(session: Session) -> int:
    checks = examine(session)
    ok = all(c.ok for c in checks if c.id in NEEDED)
    lines = []
    for c in checks:
        mark = "✓" if c.ok else ("✗" if c.id in NEEDED else "–")
        lines.append(f"{mark} {c.id:<12} {c.detail}" + (f"\n  {'':<12} → {c.mend}" if c.mend else ""))
    rows = [{"id": c.id, "ok": c.ok, "detail": c.detail, "mend": c.mend} for c in checks]
    session.answer({"ok": ok, "checks": rows}, lines)
    return 0 if ok else 1


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add ``doctor``."""
    runner: Callable[[Session], int] = _run
    add_parser(subparsers, common, "doctor", "doctor.about").set_defaults(run=runner)
