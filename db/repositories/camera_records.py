"""Availability of cameras by day, and who last saw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from console.services.camera_records import CameraDay, CameraSeen
from db.repositories.base import Repository
from db.tables_cameras import camera_day, camera_seen


class CameraRecords(Repository):
    """Implements ``CameraRecordRepository``. Other consoles are not told of
    these rows: they come every minute and no board shows them."""

    def add_days(self, seat: str, rows: Sequence[CameraDay]) -> None:
        """Add counts to what this seat has already counted."""
        self._touch()
        old = camera_day.c
        for row in rows:
            values = {
                "camera": row.camera,
                "day": row.day,
                "seat": seat,
                "watched_s": row.watched_s,
                "live_s": row.live_s,
                "flaps": row.flaps,
                "last_reason": row.last_reason,
                "last_bad_at": row.last_bad_at,
            }
            grown: dict[str, Any] = {
                "watched_s": old.watched_s + row.watched_s,
                "live_s": old.live_s + row.live_s,
                "flaps": old.flaps + row.flaps,
            }
            if row.last_bad_at is not None:
                grown |= {"last_reason": row.last_reason, "last_bad_at": row.last_bad_at}
            statement = self._insert(camera_day).values(**values)
            keys = ["camera", "day", "seat"]
            self._db.execute(statement.on_conflict_do_update(index_elements=keys, set_=grown))

    def day(self, day: str, camera: str = "") -> tuple[CameraDay, ...]:
        """All seats together, by camera; of one camera when it is named."""
        query = select(camera_day).where(camera_day.c.day == day)
        if camera:
            query = query.where(camera_day.c.camera == camera)
        found: dict[str, CameraDay] = {}
        for row in self._db.execute(query.order_by(camera_day.c.camera, camera_day.c.seat)):
            one = CameraDay(
                row.camera, row.day, row.watched_s, row.live_s, row.flaps, row.last_reason, row.last_bad_at
            )
            found[row.camera] = found[row.camera].plus(one) if row.camera in found else one
        return tuple(found.values())

    def live_seconds(self, first: str, last: str) -> dict[str, float]:
        """Summed by the database."""
        columns = camera_day.c
        query = select(columns.camera, func.sum(columns.live_s).label("live"))
        query = query.where(columns.day >= first, columns.day <= last).group_by(columns.camera)
        return {row.camera: float(row.live) for row in self._db.execute(query)}

    def put_seen(self, rows: Sequence[CameraSeen]) -> int:
        """Remember the newest sight of each; older ones are left out."""
        self._touch()
        written = 0
        for row in rows:
            values = {"camera": row.camera, "seen_at": row.at, "seen_by": row.by, "seat": row.seat}
            statement = self._insert(camera_seen).values(**values)
            newer = statement.on_conflict_do_update(
                index_elements=["camera"],
                set_={name: statement.excluded[name] for name in ("seen_at", "seen_by", "seat")},
                where=camera_seen.c.seen_at < statement.excluded.seen_at,
            )
            written += len(self._db.execute(newer.returning(camera_seen.c.camera)).all())
        return written

    def seen(self, camera: str = "") -> tuple[CameraSeen, ...]:
        """Last sights, oldest first; of one camera when it is named."""
        query = select(camera_seen).order_by(camera_seen.c.seen_at, camera_seen.c.camera)
        if camera:
            query = query.where(camera_seen.c.camera == camera)
        return tuple(CameraSeen(r.camera, r.seen_at, r.seen_by, r.seat) for r in self._db.execute(query))
