"""Taking a change of the cameras back, field by field: what somebody has changed
again since then stays as it is now, and is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from console.domain.errors import Refusal
from console.domain.model import Camera
from console.services.camera_records import CameraChange, ChangedCamera
from console.services.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back did. ``cameras`` are as they were; ``gone`` (of those) were
    added by the change and named by nothing; ``off`` were added and are named
    by a case: they are switched off; ``kept`` were changed again since."""

    number: int
    cameras: tuple[str, ...]
    gone: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be stored: cameras to be deleted, cameras as they are and as
    they become."""

    done: Undone
    gone: tuple[str, ...]
    old: Mapping[str, Camera]
    made: tuple[Camera, ...]


def change(uow: UnitOfWork, number: int) -> CameraChange:
    """The change of that number, or the newest that can be taken back. Raises
    ``bad_value.camera_change``, ``conflict.camera_undone``."""
    if not number:
        number = next((one.number for one in uow.camera_changes.newest() if one.undone_at is None), 0)
    found = uow.camera_changes.get(number) if number else None
    if found is None:
        raise Refusal("bad_value", "camera_change", value=number or "-")
    if found.undone_at is not None:
        raise Refusal("conflict", "camera_undone", number=number)
    return found


def plan(uow: UnitOfWork, undone: CameraChange) -> Plan:
    """How to take ``undone`` back now."""
    used = uow.cameras.named([row.camera for row in undone.rows if row.before is None])
    stored = {one.id: one for one in uow.cameras.all()}
    gone, off, kept = [], [], []
    made: dict[str, Camera] = {}
    for row in undone.rows:
        now = stored.get(row.camera)
        if row.before is None and row.after is not None:
            if now is None:
                continue
            if plain(now, row.after) != dict(row.after):
                kept.append(row.camera)
            elif row.camera in used:
                off.append(row.camera)
                made[row.camera] = replace(now, enabled=False)
            else:
                gone.append(row.camera)
        elif row.before is not None and row.after is None:
            if now is None:
                made[row.camera] = typed(Camera(row.camera, "", ""), row.before)
            else:
                kept.append(row.camera)
        elif row.before is not None and row.after is not None:
            if now is None or plain(now, row.after) != dict(row.after):
                kept.append(row.camera)
            else:
                made[row.camera] = typed(now, row.before)
    done = Undone(undone.number, (*made, *gone), tuple(gone), tuple(off), tuple(kept))
    # A camera that is deleted is in the record of the taking back as well.
    old = {name: stored[name] for name in (*made, *gone) if name in stored}
    return Plan(done, tuple(gone), old, tuple(made.values()))


def rows_of(old: Mapping[str, Camera], made: Sequence[Camera]) -> tuple[ChangedCamera, ...]:
    """What a change did to each camera; one of ``old`` that is not among ``made``
    is gone."""
    rows = []
    for one in made:
        was = old.get(one.id)
        names = _different(was, one)
        rows.append(
            ChangedCamera(one.id, None if was is None else plain(was, names), plain(one, names))
        )  # fmt: skip
    left = {one.id for one in made}
    rows += [ChangedCamera(name, plain(was, _ALL), None) for name, was in old.items() if name not in left]
    return tuple(rows)


def fields_of(old: Mapping[str, Camera], made: Sequence[Camera]) -> tuple[str, ...]:
    """Names of the fields that differ in cameras that were there before; a new
    password is ``login``."""
    found = {name for one in made if one.id in old for name in _different(old[one.id], one)}
    return tuple("login" if name == "secret" else name for name in _ALL if name in found)


_ALL = tuple(name for name in Camera.__dataclass_fields__ if name not in ("id", "version"))


def _different(was: Camera | None, now: Camera) -> tuple[str, ...]:
    return tuple(name for name in _ALL if was is None or getattr(was, name) != getattr(now, name))


def plain(camera: Camera, names: Sequence[str] | Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a camera as JSON has them."""
    row = asdict(camera)
    return {name: _listed(row[name]) for name in names}


def typed(camera: Camera, values: Mapping[str, Any]) -> Camera:
    """A camera with fields out of JSON."""
    return replace(camera, **{name: _tupled(value) for name, value in values.items() if name in _ALL})


def _listed(value: Any) -> Any:
    return [_listed(one) for one in value] if isinstance(value, tuple | list) else value


def _tupled(value: Any) -> Any:
    return tuple(_tupled(one) for one in value) if isinstance(value, list) else value
