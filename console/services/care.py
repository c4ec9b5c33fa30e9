"""Looking after the site: backups, programs, the folder of new versions.

What takes long (a backup, its trial, the doctor) is done by who put the program
together; here is who may ask for it, what is kept of it, and what it left in
the audit log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import audit, notify_settings, permissions, seats
from console.services.backups import BackupPlan, Last, Plan
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.seats import Seat

#: Key among the settings: the folder new versions are looked for in.
UPDATES: Final = "care.update_folder"
#: What a window or a command may have done, for the audit log.
DEEDS: Final = ("backup", "rehearsal", "verify")
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class CareView:
    """The plan of backups, the last one, those before it; how overdue one is
    (seconds, ``None``: not); the programs at this database; the folder of new
    versions (empty: none is looked at)."""

    plan: Plan
    last: Last | None
    history: tuple[Last, ...]
    overdue_s: float | None
    seats: tuple[Seat, ...]
    updates: str


class CareService:
    """Raises ``Refusal``: ``forbidden`` without ``db.admin``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock
        self._plans = BackupPlan(uows, clock)

    def view(self, actor: Actor) -> CareView:
        """How things stand."""
        permissions.demand(actor, "db.admin")
        plan, last = self._plans.last()
        overdue, history = self._plans.overdue_s(), self._plans.history()
        with self._uows.read() as uow:
            there = seats.read(uow, self._clock.now())
            return CareView(plan, last, history, overdue, there, uow.settings.get(UPDATES))

    def put_plan(self, actor: Actor, folder: str, at: str, keep: str, evidence: bool) -> Plan:
        """Change the plan of backups. Raises ``bad_value`` for what it cannot be,
        and then nothing is changed."""
        permissions.demand(actor, "db.admin")
        texts = {
            "backup.folder": folder.strip(),
            "backup.at": at.strip(),
            "backup.keep": keep.strip(),
            "backup.evidence": "yes" if evidence else "no",
        }
        sound = {name: notify_settings.sound(name, text) if text else "" for name, text in texts.items()}
        with self._uows.write() as uow:
            for name, text in sound.items():
                uow.settings.put(f"notify.{name}", text)
            audit.write(uow, self._clock, actor, "setting", name="backup", **_plain(sound))
            uow.commit()
        return self._plans.last()[0]

    def put_updates(self, actor: Actor, folder: str) -> str:
        """Name the folder new versions are looked for in; empty: none. Raises
        ``bad_value.update_folder`` for an address of a network service: this
        program asks nobody outside."""
        permissions.demand(actor, "db.admin")
        folder = folder.strip()
        if "://" in folder or len(folder) > _LONGEST or any(ord(c) < 32 for c in folder):
            raise Refusal("bad_value", "update_folder", text=folder[:80])
        with self._uows.write() as uow:
            uow.settings.put(UPDATES, folder)
            audit.write(uow, self._clock, actor, "setting", name=UPDATES, folder=folder)
            uow.commit()
        return folder

    def updates(self) -> str:
        """The folder, for the program that looks into it."""
        with self._uows.read() as uow:
            return uow.settings.get(UPDATES)

    def note(self, actor: Actor, deed: str, **facts: object) -> None:
        """Keep in the audit log what was done; ``deed`` is one of :data:`DEEDS`."""
        permissions.demand(actor, "db.admin")
        if deed not in DEEDS:
            raise ValueError(f"no such deed: {deed}")
        kind = "backup" if deed == "backup" else "restore"
        with self._uows.write() as uow:
            audit.write(uow, self._clock, actor, kind, deed=deed, **facts)
            uow.commit()


def _plain(texts: dict[str, str]) -> dict[str, object]:
    return {name.removeprefix("backup."): text for name, text in texts.items()}
