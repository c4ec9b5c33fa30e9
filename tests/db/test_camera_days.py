"""Availability of cameras by day and who last saw them, on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

import db
from console.domain.errors import Refusal
from console.domain.model import Actor, Camera
from console.domain.vocabulary import Role
from console.services.camera_records import CameraDay, CameraSeen
from console.services.coverage import CoverageService, local_day
from db import admin, engine, schema, urls

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
OFFICER, KIOSK = Actor("li.na", Role.DUTY), Actor("board", Role.KIOSK)


class Still:
    """Noon of the story's day."""

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return 0.0


def test_counts_add_up_over_restarts_and_seats(url: str) -> None:
    first = CameraDay("c1", "2026-03-02", 60.0, 60.0)
    bad = CameraDay("c1", "2026-03-02", 60.0, 30.0, 2, "silent", NOON)
    other = CameraDay("c1", "2026-03-02", 80.0, 40.0, 1, "refused", NOON - timedelta(hours=1))
    for seat, rows in (("a", [first]), ("a", [bad]), ("b", [other])):
        with db.open_store(url) as store:
            CoverageService(store.uows, Still()).keep_days(seat, rows)
    with db.open_store(url) as store:
        CoverageService(store.uows, Still()).keep_days("a", [CameraDay("c1", "2026-03-03", 9.0)])
        view = CoverageService(store.uows, Still()).sheet(OFFICER, "c1")
    assert view.today == CameraDay("c1", "2026-03-02", 200.0, 130.0, 3, "silent", NOON)
    assert view.today.availability == 0.65
    assert view.seen is None


def test_a_good_minute_does_not_wipe_the_last_reason(store: db.Store) -> None:
    service = CoverageService(store.uows, Still())
    service.keep_days("a", [CameraDay("c1", "2026-03-02", 60.0, 0.0, 1, "silent", NOON)])
    service.keep_days("a", [CameraDay("c1", "2026-03-02", 60.0, 60.0)])
    today = service.sheet(OFFICER, "c1").today
    assert today is not None
    assert (today.last_reason, today.last_bad_at) == ("silent", NOON)


def test_the_newest_sight_stays_and_the_longest_unseen_come_first(store: db.Store) -> None:
    with store.uows.write() as uow:
        cameras = [Camera(f"c{n}", f"c{n}", "rtsp://x/1", enabled=n != 5) for n in range(1, 6)]
        uow.cameras.put(cameras)
        uow.commit()
    service = CoverageService(store.uows, Still())
    early, late = NOON - timedelta(hours=2), NOON - timedelta(minutes=1)
    assert service.saw(OFFICER, [CameraSeen("c1", late, "li.na", "a"), CameraSeen("c2", early, "li.na", "a")])
    # Another seat reports late what it saw before: the newer sight stays.
    assert service.saw(OFFICER, [CameraSeen("c1", early, "wu.lei", "b")]) == 0
    rows = service.longest_unseen(OFFICER)
    assert [row.camera for row in rows] == ["c3", "c4", "c2", "c1"]
    assert rows[-1].seen == CameraSeen("c1", late, "li.na", "a")
    assert service.sheet(OFFICER, "c2").seen == CameraSeen("c2", early, "li.na", "a")


def test_who_does_not_watch_is_not_counted(store: db.Store) -> None:
    service = CoverageService(store.uows, Still())
    with pytest.raises(Refusal) as refused:
        service.saw(KIOSK, [CameraSeen("c1", NOON, "board", "hall")])
    assert refused.value.code == "forbidden"
    with store.uows.read() as uow:
        assert uow.camera_records.seen() == ()


def test_a_day_ends_at_midnight_of_the_site() -> None:
    assert local_day(datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)) == "2026-03-02"
    assert local_day(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) == "2026-03-03"


def test_a_database_of_the_first_release_is_upgraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engines = engine.build(urls.parse(url))
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    try:
        with engines.write.connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
    finally:
        engines.dispose()
    with pytest.raises(Refusal) as refused:
        db.open_store(url)
    assert (refused.value.code, refused.value.detail) == ("db_missing", "old")
    told = admin.upgrade(url)
    assert (told["from"], told["to"]) == ("0001", schema.HEAD)
    with closing(sqlite3.connect(tmp_path / "old.db")) as raw:
        assert raw.execute("SELECT count(*) FROM camera_day").fetchone() == (0,)
