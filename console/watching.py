"""Watching without a window: what ``fifteen watch`` runs.

The engine of the console without cameras: sweep, escalation, outbox. Beside it
backups by the plan, each verified, in a thread of its own. Says one line a
minute, and tells systemd that it lives only while sweeps reach the database.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from console import source_watching
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import OPEN, Role
from console.engine import Engine, Swept
from console.i18n import explain, t
from console.report_making import ReportMaker
from console.services.assembly import Services
from console.services.backups import BackupPlan, Last, Order
from console.services.seats import Seats
from console.settings import Places
from db import admin
from db.backup import outside_errors

log = logging.getLogger(__name__)

#: Without a sweep for so many seconds something is wrong.
LOST_S: Final = 60.0
#: How often it looks whether a backup is due, in seconds.
LOOK_S: Final = 5.0
#: How often old notices are deleted, in seconds.
DAY_S: Final = 86_400.0
#: How long the end waits for a backup under way, in seconds.
PATIENCE_S: Final = 60.0

_SYSTEM: Final = Actor("system", Role.SYSTEM)
Say = Callable[[dict[str, Any]], None]


@dataclass
class Tally:
    """What was done since the last line."""

    raised: int = 0
    worsened: int = 0
    notified: int = 0
    escalated: int = 0


class Backups:
    """Makes the backup that is due."""

    def __init__(self, services: Services, places: Places, by: str) -> None:
        self._services = services
        self._plan = BackupPlan(services.uows, services.clock)
        self._places = places
        self._by = by
        self._thread: threading.Thread | None = None
        self._order: Order | None = None

    def look(self) -> None:
        """Start one in a thread if it is due, renew the claim of one at work."""
        if self._thread is not None and self._thread.is_alive():
            if self._order is not None:
                self._plan.renew(self._order)
            return
        self._order = self._plan.claim(self._by)
        if self._order is not None:
            self._thread = threading.Thread(target=self._run, args=(self._order,), name="backup", daemon=True)
            self._thread.start()

    def at_once(self) -> Last:
        """Make one here and now, due or not. Raises ``Refusal`` as
        ``BackupPlan.order`` does."""
        return self._run(self._plan.order(self._by))

    def now(self) -> Last | None:
        """Make the one that is due here and now; ``None`` when none is."""
        order = self._plan.claim(self._by)
        return None if order is None else self._run(order)

    def stop(self) -> None:
        """Wait for the one at work."""
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def state(self) -> dict[str, Any]:
        """The plan's and the last backup's part of a line."""
        plan, last = self._plan.last()
        if last is None:
            return {"on": bool(plan.folder), "at": None, "ok": None, "file": "", "error": ""}
        return {
            "on": bool(plan.folder),
            "at": last.at,
            "ok": last.ok,
            "file": last.file,
            "error": last.error,
        }

    def _run(self, order: Order) -> Last:
        size, error = 0, ""
        try:
            size = self._make(order)
        except Refusal as refusal:
            error = " ".join(explain(refusal))
        except Exception as failure:
            log.exception("the backup broke")
            error = f"{type(failure).__name__}: {failure}"
        if error:
            log.error("no backup was made: %s", error)
        last = self._plan.done(order, size, error)
        if last.ok:
            self._expire()
        return last

    def _expire(self) -> None:
        """What is in a good backup may go by its age."""
        try:
            done = self._services.retention.automatic(_SYSTEM)
        except Exception:
            log.exception("removing evidence by its age broke")
            return
        if done is not None and done.files:
            log.info("%d evidence files removed by the rule of retention", done.files)

    def _make(self, order: Order) -> int:
        folder = order.file.parent
        with outside_errors(folder):
            _tidy(folder)
        evidence = evidence_of(self._places)
        made = admin.backup(self._places.db_url, order.file, evidence if order.plan.evidence else None)
        # The file has been read back already; this compares its chain head
        # with the database, whose own soundness is looked at as well.
        checked = admin.check(self._places.db_url, order.file)
        if not checked["ok"]:
            raise Refusal("db_corrupt", "path", path=str(order.file))
        with outside_errors(folder):
            for old in sorted(folder.glob("fifteen-*-*.zip"))[: -order.plan.keep]:
                old.unlink(missing_ok=True)
        return int(made["bytes"])


def evidence_of(places: Places) -> Path:
    """The evidence store of this machine: a share, or below the data folder."""
    root = os.environ.get("FIFTEEN_EVIDENCE", "")
    return Path(root) if root else places.evidence


def room_of(places: Places) -> tuple[int | None, int | None]:
    """Free and total bytes of the disk evidence lies on; ``None``: it is away."""
    folder = evidence_of(places)
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        usage = shutil.disk_usage(folder)
    except OSError:
        return None, None
    return usage.free, usage.total


def _tidy(folder: Path) -> None:
    """Make the folder, and take away what a killed backup left: whoever holds
    the claim is the only one at work here."""
    folder.mkdir(parents=True, exist_ok=True)
    for end in (".part", ".data"):
        for left in folder.glob(f".fifteen-*.zip{end}"):
            left.unlink(missing_ok=True)


class Watch:
    """Runs until it is told to stop. ``say`` takes one document a line."""

    def __init__(self, places: Places, say: Say, seat: str, every_s: float) -> None:
        self._say = say
        self._every_s = every_s
        self._lock = threading.Lock()
        self._tally = Tally()
        self._stop = threading.Event()
        self._forget_at = float("-inf")
        self.engine = Engine(places, self._posted, seat=seat)
        services = self.engine.services
        self._backups = Backups(services, places, f"{self.engine.seat}-{os.getpid()}")
        self._seats = Seats(services.uows, services.clock, self.engine.seat, "watch")

    def stop(self) -> None:
        """Let :meth:`run` end; good for signal handlers."""
        self._stop.set()

    def run(self) -> None:
        """Watch until :meth:`stop`."""
        clock = self.engine.clock
        self.engine.start()
        self.engine.watch_sources("watch")
        try:
            tell_systemd("READY=1")
            next_line, next_look = clock.monotonic() + self._every_s, clock.monotonic()
            while not self._stop.is_set():
                if self.engine.waker.heartbeat() < LOST_S:
                    tell_systemd("WATCHDOG=1")
                if clock.monotonic() >= next_look:
                    next_look = clock.monotonic() + LOOK_S
                    self._look()
                if clock.monotonic() >= next_line:
                    next_line = clock.monotonic() + self._every_s
                    self._line()
                self._stop.wait(min(1.0, self._every_s))
        finally:
            tell_systemd("STOPPING=1")
            self.engine.stop()
            self._backups.stop()

    def close(self) -> None:
        """After a start that failed: give the database back."""
        self.engine.store.close()

    def _look(self) -> None:
        try:
            self._backups.look()
            self._seats.tell(version("fifteen"), self.engine.store.standing().known)
            self.engine.reports.prepare()
            if self.engine.clock.monotonic() >= self._forget_at:
                self._forget_at = self.engine.clock.monotonic() + DAY_S
                self.engine.services.notices.forget()
        except Refusal as refusal:
            log.warning("the plan of backups cannot be read: %s", refusal.code)
        except Exception:
            log.exception("looking after backups broke")

    def _line(self) -> None:
        with self._lock:
            tally, self._tally = self._tally, Tally()
            tally.escalated = self.engine.escalated
            self.engine.escalated = 0
        silent = self.engine.waker.heartbeat()
        if silent >= LOST_S:
            text = t("notify.watch.lost", seconds=round(silent))
            self._say({"at": self.engine.clock.now(), "ok": False, "trouble": text})
            return
        try:
            self._say(report(self.engine.services, self._backups, tally, silent, self._every_s))
        except Refusal as refusal:
            self._say({"at": self.engine.clock.now(), "ok": False, "trouble": explain(refusal)[0]})

    def _posted(self, what: object) -> None:
        if isinstance(what, Swept):
            with self._lock:
                self._tally.raised += what.result.raised
                self._tally.worsened += what.result.worsened
                self._tally.notified += what.result.notified


def once(services: Services, places: Places, outbox: Any, seat: str) -> tuple[dict[str, Any], bool]:
    """One round without threads: sweep, escalation, what is due in the outbox,
    the backup and the planned reports that are due. The line's document, and whether all went well."""
    begun = services.clock.now()
    services.alarms.set_back()
    swept = services.alarms.sweep()
    source_watching.once(services)
    done = services.escalation.run()
    outbox.drain()
    backups = Backups(services, places, f"{seat}-{os.getpid()}")
    made = backups.now()
    ReportMaker(services, services.clock, f"{seat}-{os.getpid()}", services.purpose).once()
    tally = Tally(swept.raised, swept.worsened, swept.notified, done.steps)
    document = report(services, backups, tally, 0.0, (services.clock.now() - begun).total_seconds() + 1)
    fell_short = document["notices"]["failed"] > 0 or (made is not None and not made.ok)
    return document | {"ok": not fell_short}, not fell_short


def report(
    services: Services, backups: Backups, tally: Tally, silent_s: float, span_s: float
) -> dict[str, Any]:
    """One line as a document; counts of notices are those of the last ``span_s``."""
    now: datetime = services.clock.now()
    with services.uows.read() as uow:
        states = uow.cases.count_by_state()
        ringing = len(uow.notices.ringing(now))
    counts = services.notices.counts(now - timedelta(seconds=span_s))
    return {
        "at": now,
        "ok": True,
        "open": sum(number for state, number in states.items() if state in OPEN),
        "ringing": ringing,
        "raised": tally.raised,
        "worsened": tally.worsened,
        "notified": tally.notified,
        "escalated": tally.escalated,
        "notices": {name: counts.get(name, 0) for name in ("waiting", "sent", "failed")},
        "backup": backups.state(),
        "heartbeat_s": round(silent_s, 1),
    }


def tell_systemd(text: str) -> None:
    """A line to systemd where it asked for one (``sd_notify``)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(text.encode(), address)
    except OSError:
        log.debug("systemd does not listen", exc_info=True)
