"""The site's cameras as an administrator brings them in, changes and replaces them.

Every change, of one camera or of six hundred, is one record that can be taken back
and one entry of the audit log. A camera keeps its id whatever device hangs
there; one that is taken away is switched off, since cases and figures name it.
Passwords go in, and come out only into an export that asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from console.domain.alarm_priorities import Maintenance
from console.domain.errors import Refusal
from console.domain.masks import Mask, checked
from console.domain.model import Actor, Camera
from console.domain.vocabulary import SourceKind
from console.services import alarm_rules, audit, camera_rows, camera_undo, permissions
from console.services.alarm_tables import AlarmTables
from console.services.camera_cards import (
    GROUPINGS,
    CameraCard,
    CameraTable,
    Changed,
    Group,
    card,
    grouped,
    names_of,
)
from console.services.camera_import import Asking, Judge, to_be_asked
from console.services.camera_records import CameraChange, CameraDay
from console.services.camera_rows import Known, Wish
from console.services.camera_undo import Undone
from console.services.coverage import local_day
from console.services.ports import Clock, SecretBox, UnitOfWork, UnitOfWorkFactory
from console.services.reference import ImportReport
from console.services.sheets import demand_columns, read_sheet

READ: Final = "camera.read"
EDIT: Final = "camera.edit"
#: To write the passwords into a file.
SECRETS: Final = "camera.secrets"


class CameraService:
    """Raises ``Refusal``: ``forbidden``, ``unknown_camera``, ``bad_row`` and ``bad_value``
    with what is wrong, ``conflict.camera`` when somebody was quicker."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, vault: SecretBox) -> None:
        self._uows, self._clock, self._vault = uows, clock, vault

    # -- reading -------------------------------------------------------------

    def table(self, actor: Actor) -> CameraTable:
        """All cameras, those switched off too."""
        permissions.demand(actor, READ)
        edits = _may(actor, EDIT)
        now = self._clock.now()
        with self._uows.read() as uow:
            cameras, places = uow.cameras.all(), uow.reference.places()
            aside = [row for row in alarm_rules.maintenance_of(uow) if row.end > now]
            changes = uow.camera_changes.newest() if edits else ()
        known = Known.of(places)
        return CameraTable(tuple(card(one, known, aside, edits) for one in cameras), changes)

    def one(self, actor: Actor, camera: str) -> CameraCard:
        """One camera."""
        permissions.demand(actor, READ)
        now = self._clock.now()
        with self._uows.read() as uow:
            found, known = _found(uow, camera), Known.of(uow.reference.places())
            aside = [row for row in alarm_rules.maintenance_of(uow) if row.end > now]
        return card(found, known, aside, _may(actor, EDIT))

    def groups(self, actor: Actor) -> tuple[Group, ...]:
        """Groups, segments, communities, grids, roads, owners with their cameras."""
        permissions.demand(actor, READ)
        with self._uows.read() as uow:
            cameras = uow.cameras.all()
        return grouped(cameras)

    def today(self, actor: Actor) -> tuple[CameraDay, ...]:
        """How available each camera was today, over all seats, by camera."""
        permissions.demand(actor, READ)
        with self._uows.read() as uow:
            return uow.camera_records.day(local_day(self._clock.now()))

    def changes(self, actor: Actor, limit: int = 20) -> tuple[CameraChange, ...]:
        """The newest changes, without their rows."""
        permissions.demand(actor, EDIT)
        with self._uows.read() as uow:
            return uow.camera_changes.newest(limit)

    # -- changing ------------------------------------------------------------

    def add(self, actor: Actor, values: Mapping[str, str]) -> Changed:
        """A new camera from the columns of the table; ``id``, ``name`` and ``url`` or
        ``vendor``, ``host`` and ``channel`` are needed."""
        permissions.demand(actor, EDIT)
        _demand_columns(values, "id")
        name = camera_rows.camera_id(values.get("id", ""))
        with self._uows.write() as uow:
            if uow.cameras.get(name) is not None:
                raise Refusal("conflict", "camera_exists", camera=name)
            wish = camera_rows.read(values, None, Known.of(uow.reference.places()))
            return self._store(uow, actor, "add", {}, [wish])

    def set_many(
        self,
        actor: Actor,
        cameras: Sequence[str],
        values: Mapping[str, str],
        seen: Mapping[str, int] | None = None,
        what: str = "",
    ) -> Changed:
        """The same values for one camera or many, by column; ``groups+`` and ``groups-``
        add and take names of groups. ``seen`` are the versions that were
        looked at: another one is a lost race. All or nothing."""
        permissions.demand(actor, EDIT)
        _demand_columns(values)
        with self._uows.write() as uow:
            old = _all_of(uow, cameras, seen)
            known = Known.of(uow.reference.places())
            wishes = [camera_rows.read(values, one, known) for one in old.values()]
            return self._store(uow, actor, what or ("bulk" if len(old) > 1 else "edit"), old, wishes)

    def replace(
        self, actor: Actor, camera: str, values: Mapping[str, str], reason: str = "", seen: int = 0
    ) -> Changed:
        """Another device hangs in the same place: id, name, place, groups and the
        history stay. The old device's login goes unless a new one is given."""
        permissions.demand(actor, EDIT)
        _demand_columns(values)
        if not any(values.get(name, "").strip() for name in ("url", "host")):
            raise Refusal("bad_row", "no_address")
        with self._uows.write() as uow:
            old = _all_of(uow, [camera], {camera: seen} if seen else None)
            known = Known.of(uow.reference.places())
            # The old device's own words do not hold for the new one.
            bare = replace(
                old[camera], url="", url_sub="", username="", secret="", vendor="", host="", channel=""
            )
            wish = camera_rows.read({"enabled": "1", **values}, bare, known)
            return self._store(uow, actor, "replace", old, [wish], reason=reason.strip()[:300])

    def remove(self, actor: Actor, cameras: Sequence[str]) -> Changed:
        """Switch cameras off; cases, recordings and figures keep them."""
        return self.set_many(actor, cameras, {"enabled": "0"}, what="remove")

    def restore(self, actor: Actor, cameras: Sequence[str]) -> Changed:
        """Switch cameras on again."""
        return self.set_many(actor, cameras, {"enabled": "1"}, what="restore")

    def rename_group(self, actor: Actor, kind: str, name: str, to: str) -> Changed:
        """Another name for a group, segment … on all its cameras; two that get
        the same name become one, an empty one dissolves it."""
        permissions.demand(actor, EDIT)
        if kind not in GROUPINGS:
            raise Refusal("bad_value", "camera_grouping", value=kind[:40], allowed=", ".join(GROUPINGS))
        with self._uows.write() as uow:
            in_it = [one for one in uow.cameras.all() if name in names_of(one, kind)]
            if not in_it:
                raise Refusal("bad_value", "camera_group", value=name[:60])
            known = Known.of(uow.reference.places())
            values = {"groups-": name, "groups+": to} if kind == "groups" else {kind: to}
            wishes = [camera_rows.read(values, one, known) for one in in_it]
            return self._store(uow, actor, "groups", {one.id: one for one in in_it}, wishes)

    def put_masks(
        self, actor: Actor, camera: str, masks: Iterable[Sequence[Sequence[int]]], seen: int = 0
    ) -> Changed:
        """Other privacy masks for a camera (:mod:`console.domain.masks`); none: all is seen."""
        permissions.demand(actor, EDIT)
        kept: tuple[Mask, ...] = checked(masks)
        with self._uows.write() as uow:
            old = _all_of(uow, [camera], {camera: seen} if seen else None)
            return self._store(uow, actor, "masks", old, [Wish(replace(old[camera], masks=kept))])

    def set_aside(
        self,
        actor: Actor,
        cameras: Sequence[str],
        reason: str,
        end: datetime,
        start: datetime | None = None,
    ) -> tuple[Maintenance, ...]:
        """Work at cameras: their alarms are quiet until ``end``."""
        permissions.demand(actor, "alarm.suppress")
        with self._uows.read() as uow:
            _all_of(uow, cameras, None)
        tables = AlarmTables(self._uows, self._clock)
        return tables.begin_several(actor, SourceKind.CAMERA.value, cameras, reason, end, start)

    def end_aside(self, actor: Actor, cameras: Sequence[str]) -> tuple[Maintenance, ...]:
        """The work is over before its end: alarms are heard again."""
        permissions.demand(actor, "alarm.suppress")
        tables, now = AlarmTables(self._uows, self._clock), self._clock.now()
        with self._uows.read() as uow:
            rows = [row for row in alarm_rules.maintenance_of(uow) if row.end > now]
        numbers = [row.number for row in rows if row.kind is SourceKind.CAMERA and row.id in set(cameras)]
        return tuple(tables.end_maintenance(actor, number) for number in numbers)

    def undo(self, actor: Actor, number: int = 0) -> Undone:
        """Take a change back (0: the newest that has not been). What somebody has
        changed again since then stays, and is named."""
        permissions.demand(actor, EDIT)
        with self._uows.write() as uow:
            change = camera_undo.change(uow, number)
            plan = camera_undo.plan(uow, change)
            now = self._clock.now()
            if not uow.camera_changes.mark_undone(change.number, now, actor.name):
                raise Refusal("conflict", "camera_undone", number=change.number)
            uow.cameras.delete(plan.gone)
            self._record(uow, actor, "undo", plan.old, plan.made)
            audit.write(
                uow, self._clock, actor, "camera-config",
                what="undo", number=change.number, cameras=len(plan.done.cameras), kept=len(plan.done.kept),
            )  # fmt: skip
            uow.touch("camera")
            uow.commit()
        return plan.done

    # -- tables --------------------------------------------------------------

    def import_table(
        self, actor: Actor, file: Path, *, dry_run: bool = False, ask: Asking | None = None
    ) -> ImportReport:
        """A CSV or XLSX table; every row is judged by itself, the good ones go in
        with one transaction. Columns that are not there leave what is stored. ``ask``
        asks devices for the addresses that only they know. Raises ``bad_file``."""
        permissions.demand(actor, EDIT)
        sheet = read_sheet(file, camera_rows.COLUMNS, camera_rows.ALIASES)
        demand_columns(sheet, ("id",), file.name)
        asked = ask(to_be_asked(sheet.rows)) if ask is not None else None
        with self._uows.write() as uow:
            stored = {one.id: one for one in uow.cameras.all()}
            known = Known.of(uow.reference.places())
            judge = Judge(stored, known, self._same_password, asked)
            rows = tuple(judge.row(row) for row in sheet.rows)
            if judge.wishes and not dry_run:
                old = {name: stored[name] for name in judge.wishes if name in stored}
                refused = sum(not row.ok for row in rows)
                self._store(
                    uow, actor, "import", old, list(judge.wishes.values()), file=file.name, refused=refused
                )
        return ImportReport(rows, sheet.unknown, dry_run)

    def export(self, actor: Actor, *, with_passwords: bool = False) -> tuple[Mapping[str, Any], ...]:
        """Rows of the camera table, by id. ``with_passwords`` needs a right of its
        own and is told in the audit log; otherwise that column is empty, and
        empty means on the way back: as it is stored."""
        permissions.demand(actor, SECRETS if with_passwords else EDIT)
        with self._uows.write() as uow:
            cameras = uow.cameras.all()
            audit.write(
                uow, self._clock, actor, "export", what="cameras", rows=len(cameras), logins=with_passwords
            )
            uow.commit()
        return tuple(self._row(one, with_passwords) for one in cameras)

    def _row(self, camera: Camera, with_passwords: bool) -> dict[str, Any]:
        row = {name: getattr(camera, name, "") for name in camera_rows.COLUMNS}
        row["groups"] = list(camera.groups)
        row["password"] = self._password(camera) if with_passwords else ""
        return row

    # -- storing -------------------------------------------------------------

    def _store(
        self,
        uow: UnitOfWork,
        actor: Actor,
        what: str,
        old: Mapping[str, Camera],
        wishes: Sequence[Wish],
        **facts: object,
    ) -> Changed:
        """Put what is different, remember it, tell it, commit."""
        made = [self._sealed(wish, old.get(wish.camera.id)) for wish in wishes]
        fresh = [one for one in made if one != old.get(one.id)]
        names = {one.id for one in fresh}
        hints = {w.camera.id: w.hints for w in wishes if w.hints and w.camera.id in names}
        if not fresh:
            return Changed(0, ())
        number = self._record(uow, actor, what, old, fresh)
        fields = camera_undo.fields_of(old, fresh)
        kind = "import" if what == "import" else "camera-config"
        told = {"cameras": len(fresh), "ids": [one.id for one in fresh[:20]], "fields": fields, **facts}
        audit.write(uow, self._clock, actor, kind, what=what if kind != "import" else "cameras", **told)
        uow.commit()
        return Changed(number, tuple(one.id for one in fresh), hints)

    def _record(
        self, uow: UnitOfWork, actor: Actor, what: str, old: Mapping[str, Camera], made: Sequence[Camera]
    ) -> int:
        uow.cameras.put(made)
        rows = camera_undo.rows_of(old, made)
        change = CameraChange(
            0, self._clock.now(), actor.name, what, len(made), camera_undo.fields_of(old, made), rows=rows
        )
        return uow.camera_changes.add(change)

    def _sealed(self, wish: Wish, old: Camera | None) -> Camera:
        made = wish.camera
        if wish.password is None or (old is not None and old.secret == made.secret and self._same(wish, old)):
            return made
        return replace(made, secret=self._vault.seal(wish.password, made.id))

    def _same(self, wish: Wish, old: Camera) -> bool:
        return self._same_password(old, wish.password or "")

    def _same_password(self, camera: Camera, password: str) -> bool:
        return bool(camera.secret) and self._password(camera) == password

    def _password(self, camera: Camera) -> str:
        """In clear; empty when the key file is another one."""
        try:
            return self._vault.open(camera.secret, camera.id) if camera.secret else ""
        except Refusal:
            return ""


def _may(actor: Actor, right: str) -> bool:
    try:
        permissions.demand(actor, right)
    except Refusal:
        return False
    return True


def _found(uow: UnitOfWork, camera: str) -> Camera:
    found = uow.cameras.get(camera)
    if found is None:
        raise Refusal("unknown_camera", camera=camera[:80])
    return found


def _all_of(uow: UnitOfWork, cameras: Sequence[str], seen: Mapping[str, int] | None) -> dict[str, Camera]:
    if not cameras:
        raise Refusal("unknown_camera", camera="-")
    stored = {one.id: one for one in uow.cameras.all()}
    for name in cameras:
        if name not in stored:
            raise Refusal("unknown_camera", camera=name[:80])
        if seen and seen.get(name, stored[name].version) != stored[name].version:
            raise Refusal("conflict", "camera", camera=name)
    return {name: stored[name] for name in dict.fromkeys(cameras)}


def _demand_columns(values: Mapping[str, str], *more: str) -> None:
    allowed = (*more, *camera_rows.SETTABLE)
    for name in values:
        if name not in allowed:
            raise Refusal("bad_value", "camera_column", value=name[:40], allowed=", ".join(allowed))
    if not values:
        raise Refusal("bad_value", "camera_column", value="-", allowed=", ".join(allowed))
