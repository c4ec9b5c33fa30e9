"""What the care section asks, answered in a thread of its own.

A backup, its rehearsal and the doctor take from seconds to minutes; neither a
step of a case nor a sweep may stand behind them, so they run here and not in
the workers of the engine. The doctor and the rehearsal are processes: they load
what a console never needs, and they can be ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import console
from console import crash, updates
from console.domain.errors import Refusal
from console.i18n import explain
from console.log import scrub, tail
from console.services import permissions
from console.services.backups import Last
from console.services.care import CareView
from console.services.care_requests import (
    ApplyRetention,
    DoctorView,
    LoadCare,
    LoadLog,
    LoadPrograms,
    LoadStore,
    LogView,
    MakeBackup,
    ProgramsView,
    PutBackupPlan,
    PutRetention,
    PutUpdates,
    Rehearse,
    RunDoctor,
    StoreView,
    Verified,
    VerifyBackup,
)
from console.services.retention import Removed
from console.watching import Backups, room_of
from db import backup as backups

if TYPE_CHECKING:
    from console.engine import Engine

_MAIN: Final = "import sys; from console.cli import main; sys.exit(main())"
#: The doctor asks displays and speech; a rehearsal reads whole backups.
_DOCTOR_S: Final = 120.0
_REHEARSAL_S: Final = 6 * 3600.0


class CareDesk:
    """Handles the requests of ``services.care_requests``; one thread."""

    def __init__(self, engine: Engine, running: str) -> None:
        self._engine, self._services = engine, engine.services
        self.running = running
        self._seat = f"{engine.seat}/console"
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._stopped = False
        self._handlers: Mapping[type, Callable[[Any], object]] = {
            LoadCare: self._care,
            PutBackupPlan: self._put_plan,
            MakeBackup: self._backup,
            VerifyBackup: self._verify,
            Rehearse: self._rehearse,
            LoadStore: self._store,
            PutRetention: self._put_retention,
            ApplyRetention: self._apply,
            RunDoctor: self._doctor,
            LoadLog: self._log,
            LoadPrograms: self._programs,
            PutUpdates: self._put_updates,
        }

    def handle(self, request: object) -> object:
        """Answer one. Raises ``Refusal`` as the use cases do."""
        return self._handlers[type(request)](request)

    def stop(self) -> None:
        """End a process under way."""
        with self._lock:
            self._stopped = True
            if self._child is not None:
                self._child.kill()

    # -- backups --------------------------------------------------------------
    def _care(self, request: LoadCare) -> CareView:
        view = self._services.care.view(request.actor)
        return replace(view, seats=self._here(view))

    def _here(self, view: CareView) -> tuple[Any, ...]:
        mine = [replace(one, here=f"{one.name}/{one.role}" == self._seat) for one in view.seats]
        return tuple(sorted(mine, key=lambda one: (not one.here, not one.present, one.name)))

    def _put_plan(self, request: PutBackupPlan) -> CareView:
        care = self._services.care
        care.put_plan(request.actor, request.folder, request.at, request.keep, request.evidence)
        return self._care(LoadCare(request.actor))

    def _backup(self, request: MakeBackup) -> Last:
        permissions.demand(request.actor, "db.admin")
        by = f"{self._engine.seat}-{os.getpid()}"
        last = Backups(self._services, self._engine.places, by).at_once()
        self._services.care.note(request.actor, "backup", file=Path(last.file).name, ok=last.ok)
        return last

    def _verify(self, request: VerifyBackup) -> Verified:
        """Every checksum of the container, and the database's own."""
        file = Path(request.file)
        self._services.care.note(request.actor, "verify", file=file.name)
        try:
            manifest = backups.read_manifest(file)
            with zipfile.ZipFile(file) as archive:
                if archive.testzip() is not None:
                    raise Refusal("db_corrupt", "backup", path=str(file))
                with archive.open(backups.entry_of(manifest)) as stored:
                    if backups.digest(stored) != manifest["sha256"]:
                        raise Refusal("db_corrupt", "backup", path=str(file))
        except Refusal as refusal:
            return Verified(str(file), refusal=refusal)
        except (OSError, zipfile.BadZipFile, EOFError):
            return Verified(str(file), refusal=Refusal("db_corrupt", "backup", path=str(file)))
        named = manifest.get("evidence")
        count = None if named is None else len(named)
        return Verified(str(file), str(manifest["schema"]), int(manifest["events"]), count)

    def _rehearse(self, request: Rehearse) -> dict[str, Any]:
        name = Path(request.file).name
        self._services.care.note(request.actor, "rehearsal", file=name)
        return self._run(("db", "rehearse", request.file), _REHEARSAL_S)

    # -- evidence ---------------------------------------------------------------
    def _store(self, request: LoadStore) -> StoreView:
        service, actor = self._services.retention, request.actor
        free, total = room_of(self._engine.places)
        return StoreView(
            service.rules(actor),
            service.plan(actor),
            service.figures(actor),
            service.last(actor),
            free,
            total,
        )

    def _put_retention(self, request: PutRetention) -> StoreView:
        self._services.retention.put_rules(request.actor, request.days, request.auto, request.seen)
        return self._store(LoadStore(request.actor))

    def _apply(self, request: ApplyRetention) -> Removed:
        return self._services.retention.apply(request.actor)

    # -- the machine --------------------------------------------------------------
    def _doctor(self, request: RunDoctor) -> DoctorView:
        permissions.demand(request.actor, "db.admin")
        document = self._run(("doctor", "--lang", request.lang), _DOCTOR_S)
        return DoctorView(bool(document["ok"]), tuple(document["checks"]))

    def _log(self, request: LoadLog) -> LogView:
        permissions.demand(request.actor, "db.admin")
        logs = self._engine.places.logs
        return LogView(tail(logs, request.lines), crash.reports(logs))

    def _programs(self, request: LoadPrograms) -> ProgramsView:
        view = self._services.care.view(request.actor)
        view = replace(view, seats=self._here(view))
        standing = self._engine.store.standing()
        found, trouble = self.look(view.updates)
        return ProgramsView(
            view, self.running, updates.installed(), standing.stored, standing.known, standing.may_write,
            found.version if found else "", found.file if found else "", trouble,
        )  # fmt: skip

    def look(self, folder: str) -> tuple[updates.Update | None, str]:
        """A newer version in the folder, or why it cannot be read."""
        if not folder:
            return None, ""
        try:
            return updates.look(Path(folder), self.running), ""
        except Refusal as refusal:
            return None, " ".join(explain(refusal))

    def _put_updates(self, request: PutUpdates) -> ProgramsView:
        self._services.care.put_updates(request.actor, request.folder)
        return self._programs(LoadPrograms(request.actor))

    def _run(self, words: tuple[str, ...], patience_s: float) -> dict[str, Any]:
        """One of our own commands in a process; its document, good or not.
        Address and password of the database go by the environment."""
        places = self._engine.places
        root = str(Path(console.__file__).resolve().parent.parent)
        paths = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        environ = {
            **os.environ,
            "FIFTEEN_DB": places.db_url,
            "FIFTEEN_DATA": str(places.data),
            "PYTHONPATH": paths,
        }
        with self._lock:
            if self._stopped:
                raise Refusal("bad_file", "stopped")
            self._child = subprocess.Popen(
                [sys.executable, "-c", _MAIN, *words, "--json"],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        try:
            out, err = self._child.communicate(timeout=patience_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            out, err = self._child.communicate()
        finally:
            self._child = None
        try:
            return dict(json.loads(out))
        except ValueError:
            raise _refused(err) from None


def _refused(err: str) -> Refusal:
    """The refusal a command told on standard error."""
    try:
        told = json.loads(err.strip().splitlines()[-1])["error"]
        text = f"{told['message']} {told['mend']}".strip()
    except (ValueError, KeyError, IndexError, TypeError):
        text = scrub(err.strip()[-300:]) or "–"
    return Refusal("bad_file", "command", text=text)
