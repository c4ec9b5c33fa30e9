"""Another key for camera passwords and personal data.

The new key is put on top of the key file, everything is sealed anew in one
transaction, and only then the old keys go. Whatever ends this half-way, nothing
is lost: the old keys are still there, and the next try goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import audit, permissions
from console.services.camera_records import ChangedCamera
from console.services.persons import same_number
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.sealed_records import SealedRow
from console.services.vault import Vault

#: The right.
ROTATE = "db.admin"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done: ``sealed`` rows under the new key; ``unreadable`` rows (table and
    id) that no key opens and that stay as they are; ``retired`` old keys taken away,
    0 when they are kept for other workstations."""

    sealed: int
    unreadable: tuple[str, ...]
    retired: int


class KeyRotation:
    """Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, vault: Vault) -> None:
        self._uows, self._clock, self._vault = uows, clock, vault

    def rotate(self, actor: Actor, *, keep_old: bool = False) -> Rotated:
        """Seal everything under a new key. ``keep_old``: the old keys stay in the
        file until :meth:`finish`, because other workstations have copies of it. A
        change that was interrupted is gone on with."""
        permissions.demand(actor, ROTATE)
        if self._vault.keys() == 1:
            self._vault.add_key()
        with self._uows.write() as uow:
            sealed, unreadable, moved = self._reseal(uow)
            self._reseal_changes(uow, moved)
            audit.write(
                uow,
                self._clock,
                actor,
                "key-rotation",
                rows=sealed,
                unreadable=len(unreadable),
                kept=keep_old,
            )
            uow.commit()
        return Rotated(sealed, unreadable, 0 if keep_old or unreadable else self._vault.retire())

    def finish(self, actor: Actor) -> int:
        """The old keys go, now that every workstation has the new one. Seals once
        more what was stored meanwhile. Returns how many went."""
        permissions.demand(actor, ROTATE)
        if self._vault.keys() == 1:
            return 0
        return self.rotate(actor).retired

    def _reseal(self, uow: UnitOfWork) -> tuple[int, tuple[str, ...], dict[str, str]]:
        sealed, unreadable = 0, []
        moved: dict[str, str] = {}
        for row in uow.sealed.all():
            try:
                made = self._row(row)
            except Refusal:
                unreadable.append(f"{row.table} {row.key}")
                continue
            moved |= {text: made.texts[name] for name, text in row.texts.items() if text}
            uow.sealed.put(made)
            sealed += 1
        return sealed, tuple(unreadable), moved

    def _row(self, row: SealedRow) -> SealedRow:
        clear = {name: self._vault.open(text, row.key) for name, text in row.texts.items() if text}
        texts = {name: self._vault.seal(text, row.key) for name, text in clear.items()}
        if row.table == "case_person":
            # They are found again by keyed hashes, which change with the key.
            if "name_sealed" in clear:
                texts["name_key"] = self._vault.digest(clear["name_sealed"])
            if "phone_sealed" in clear:
                texts["phone_key"] = self._vault.digest(same_number(clear["phone_sealed"]))
        return replace(row, texts=texts)

    def _reseal_changes(self, uow: UnitOfWork, moved: dict[str, str]) -> None:
        """What can be taken back has old passwords in it."""
        for change in uow.camera_changes.all():
            rows = tuple(
                ChangedCamera(
                    row.camera,
                    self._changed(row.camera, row.before, moved),
                    self._changed(row.camera, row.after, moved),
                )
                for row in change.rows
            )
            if rows != change.rows:
                uow.camera_changes.put_rows(change.number, rows)

    def _changed(
        self, camera: str, values: Mapping[str, Any] | None, moved: dict[str, str]
    ) -> Mapping[str, Any] | None:
        secret = str((values or {}).get("secret", ""))
        if values is None or not secret:
            return values
        if secret not in moved:
            try:
                moved[secret] = self._vault.seal(self._vault.open(secret, camera), camera)
            except Refusal:
                moved[secret] = ""
        return {**values, "secret": moved[secret]}
