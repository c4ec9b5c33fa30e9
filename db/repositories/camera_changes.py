"""What was changed about the cameras, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from console.services.camera_records import CHANGES_KEPT, CameraChange, ChangedCamera
from db.repositories.base import Repository
from db.tables_cameras import camera_change

_HEAD = [column for column in camera_change.c if column.name != "rows"]


class CameraChanges(Repository):
    """Implements ``CameraChangeRepository``."""

    def add(self, change: CameraChange) -> int:
        """Store one and forget the oldest."""
        self._touch("camera")
        values = {
            "at": change.at,
            "by": change.by,
            "what": change.what,
            "cameras": change.count,
            "fields": list(change.fields),
            "rows": _plain(change.rows),
        }
        made = self._db.execute(insert(camera_change).values(**values).returning(camera_change.c.id))
        number = int(made.scalar_one())
        self._db.execute(delete(camera_change).where(camera_change.c.id <= number - CHANGES_KEPT))
        return number

    def get(self, number: int) -> CameraChange | None:
        """One with its rows."""
        row = self._db.execute(select(camera_change).where(camera_change.c.id == number)).first()
        return None if row is None else _change(row, row.rows)

    def newest(self, limit: int = 20) -> tuple[CameraChange, ...]:
        """The newest first, without rows."""
        query = select(*_HEAD).order_by(camera_change.c.id.desc()).limit(limit)
        return tuple(_change(row, []) for row in self._db.execute(query))

    def all(self) -> tuple[CameraChange, ...]:
        """Every one with its rows."""
        query = select(camera_change).order_by(camera_change.c.id)
        return tuple(_change(row, row.rows) for row in self._db.execute(query))

    def put_rows(self, number: int, rows: Sequence[ChangedCamera]) -> None:
        """Other rows in the place of those stored."""
        self._touch()
        query = update(camera_change).where(camera_change.c.id == number)
        self._db.execute(query.values(rows=_plain(rows)))

    def mark_undone(self, number: int, at: datetime, by: str) -> bool:
        """Compare-and-set from not undone."""
        self._touch("camera")
        free = (camera_change.c.id == number) & camera_change.c.undone_at.is_(None)
        query = update(camera_change).where(free).values(undone_at=at, undone_by=by)
        return self._db.execute(query).rowcount == 1


def _plain(rows: Sequence[ChangedCamera]) -> list[dict[str, Any]]:
    return [{"camera": row.camera, "before": row.before, "after": row.after} for row in rows]


def _change(row: Any, rows: list[dict[str, Any]]) -> CameraChange:
    return CameraChange(
        row.id,
        row.at,
        row.by,
        row.what,
        row.cameras,
        tuple(row.fields),
        row.undone_at,
        row.undone_by,
        tuple(ChangedCamera(one["camera"], one["before"], one["after"]) for one in rows),
    )
