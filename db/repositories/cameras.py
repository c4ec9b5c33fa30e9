"""Cameras as configured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import delete, func, select, update

from console.domain.errors import Refusal
from console.domain.model import Camera
from db.repositories.base import Repository, chunks
from db.tables import case_file
from db.tables_reference import camera

_NAMES = tuple(field.name for field in fields(Camera))


class Cameras(Repository):
    """Implements ``CameraRepository``."""

    def all(self) -> tuple[Camera, ...]:
        """Every camera, by id."""
        return tuple(_camera(row) for row in self._db.execute(select(camera).order_by(camera.c.id)))

    def get(self, camera_id: str) -> Camera | None:
        """One camera, or ``None``."""
        row = self._db.execute(select(camera).where(camera.c.id == camera_id)).first()
        return None if row is None else _camera(row)

    def put(self, cameras: Iterable[Camera]) -> int:
        """Insert or replace by id; the stored version grows with each change.
        Returns how many rows were new or different."""
        self._touch("camera")
        rows = [_row(item) for item in cameras]
        for row in rows:
            row.pop("version")
        return self._put(camera, rows, versioned=True)

    def delete(self, ids: Sequence[str]) -> None:
        """Take rows away: only of cameras that nothing names."""
        self._touch("camera")
        for some in chunks(ids):
            self._db.execute(delete(camera).where(camera.c.id.in_(some)))

    def named(self, ids: Sequence[str]) -> frozenset[str]:
        """Those that a case names."""
        found: set[str] = set()
        for some in chunks(ids):
            query = select(case_file.c.camera).where(case_file.c.camera.in_(some)).distinct()
            found.update(self._db.execute(query).scalars())
        return frozenset(found)

    def save(self, item: Camera, expected_version: int) -> Camera:
        """Compare-and-set on the version; raises ``Refusal('conflict')``."""
        self._touch("camera")
        stored = replace(item, version=expected_version + 1)
        same = (camera.c.id == item.id) & (camera.c.version == expected_version)
        if self._db.execute(update(camera).where(same).values(**_row(stored))).rowcount != 1:
            raise Refusal("conflict", "camera", camera=item.id)
        return stored

    def count(self) -> int:
        """How many cameras there are."""
        return int(self._db.execute(select(func.count()).select_from(camera)).scalar_one())


def _row(item: Camera) -> dict[str, Any]:
    row = asdict(item)
    row["groups"] = list(item.groups)
    row["masks"] = [[list(corner) for corner in mask] for mask in item.masks]
    return row


def _camera(row: Any) -> Camera:
    values = dict(row._mapping)
    values["groups"] = tuple(values["groups"])
    values["masks"] = tuple(tuple((corner[0], corner[1]) for corner in mask) for mask in values["masks"])
    return Camera(**{name: values[name] for name in _NAMES})
