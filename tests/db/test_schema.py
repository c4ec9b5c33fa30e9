"""Making and upgrading databases, and refusing what is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import db
from console.domain.errors import Refusal
from console.domain.vocabulary import Purpose
from db import admin, engine, schema, urls
from db.types import to_micros
from tests.db import raw
from tests.db.building import NOW, case

#: A revision later than any of ours.
NEXT = "9998"


def test_the_revisions_in_the_code_are_those_of_the_folder() -> None:
    folder = Path(schema.__file__).parent / "migrations"
    script = ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])
    found = tuple(reversed([revision.revision for revision in script.walk_revisions()]))
    assert found == schema.REVISIONS


def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    """What ``alembic check`` asks: is there nothing left to migrate?"""

    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (name or "").startswith(("case_search", "ix_case_search"))

    engines = engine.build(urls.parse(url))
    try:
        with engines.read.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "include_object": ours, "render_as_batch": True}
            )
            left = compare_metadata(context, schema.metadata)
    finally:
        engines.dispose()
    assert left == []


def test_an_empty_database_is_made_once(empty_url: str) -> None:
    first = admin.init(empty_url, "drill")
    assert (first["purpose"], first["schema"]) == ("drill", schema.HEAD)
    assert first["chain_head"] == {"seq": 0, "hash": "0" * 64}
    assert first["rows"]["case_file"] == 0
    assert first["bytes"] > 0
    assert admin.init(empty_url, Purpose.DRILL) == first
    with pytest.raises(Refusal) as refused:
        admin.init(empty_url, "site")
    assert (refused.value.code, refused.value.detail) == ("bad_usage", "purpose")
    assert admin.check(empty_url)["ok"]


def test_opening_does_not_make_unless_told(empty_url: str, kind: str) -> None:
    with pytest.raises(Refusal) as refused:
        db.open_store(empty_url)
    detail = "path" if kind == "sqlite" else "tables"
    assert (refused.value.code, refused.value.detail) == ("db_missing", detail)
    if kind == "sqlite":
        assert not urls.file_of(urls.parse(empty_url)).exists()
    with db.open_store(empty_url, create=True, purpose="demo") as store:
        assert store.purpose is Purpose.DEMO
        assert store.dialect == kind
        assert store.url_shown == empty_url
        with store.uows.write() as unit:
            unit.cases.add(case(), "20260805")
            unit.commit()
    with db.open_store(empty_url, create=True) as store, store.uows.read() as unit:
        assert store.purpose is Purpose.DEMO
        assert unit.cases.resolve("1") == "20260805-0001"


def test_a_newer_schema_is_refused_and_left_alone(url: str, tmp_path: Path) -> None:
    raw.run(
        url,
        "UPDATE alembic_version SET version_num = '9999'",
        "UPDATE site SET value = '9999' WHERE key = 'writers_from'",
    )
    calls = (
        lambda: db.open_store(url),
        lambda: db.open_store(url, create=True),
        lambda: admin.init(url),
        lambda: admin.upgrade(url),
        lambda: admin.info(url),
        lambda: admin.check(url),
        lambda: admin.backup(url, tmp_path / "backup.zip"),
    )
    for call in calls:
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == "db_newer"
        assert (refused.value.facts["found"], refused.value.facts["known"]) == ("9999", schema.HEAD)
    assert not (tmp_path / "backup.zip").exists()


def test_an_older_schema_asks_for_an_upgrade(
    url: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next release: this one's schema is old, and upgrading keeps a copy."""
    with db.open_store(url) as store, store.uows.write() as unit:
        unit.settings.put("a", "b")
        unit.commit()
    ours = schema.HEAD
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, NEXT))
    monkeypatch.setattr(schema, "HEAD", NEXT)
    monkeypatch.setattr(schema, "_migrate", _next_release)
    with pytest.raises(Refusal) as refused:
        db.open_store(url)
    assert (refused.value.code, refused.value.detail) == ("db_missing", "old")
    told = admin.upgrade(url)
    assert (told["from"], told["to"]) == (ours, NEXT)
    with db.open_store(url) as store, store.uows.read() as unit:
        assert unit.settings.get("a") == "b"
    if kind == "sqlite":
        with closing(sqlite3.connect(told["backup"])) as kept:
            assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (ours,)
            assert kept.execute("SELECT value FROM setting").fetchone() == ("b",)
    assert admin.upgrade(url) == {"from": NEXT, "to": NEXT, "backup": ""}


def test_what_an_older_release_wrote_is_read_after_the_upgrade(empty_url: str) -> None:
    """An alarm and a clock from before they had codes and marks."""
    _as_of(empty_url, "0005")
    at = to_micros(NOW) if empty_url.startswith("sqlite") else f"'{NOW.isoformat()}'"
    raw.run(
        empty_url,
        f"INSERT INTO case_file(id, day, number, state, source, opened_at) "
        f"VALUES ('20260805-0001', '20260805', 1, 'registering', 'camera', {at})",
        f"INSERT INTO deadline(case_id, kind, start_at, limit_value, limit_unit, due_at, warn_at, next_at) "
        f"VALUES ('20260805-0001', 'decision', {at}, 5, 'urgent_minute', {at}, {at}, {at})",
        f"INSERT INTO alarm(source_kind, source_id, severity, state, raised_at, members) "
        f"VALUES ('camera', 'cam-07', 'low', 'raised', {at}, '[]')",
    )
    told = admin.upgrade(empty_url)
    assert (told["from"], told["to"]) == ("0005", schema.HEAD)
    with db.open_store(empty_url) as store, store.uows.read() as unit:
        (alarm,) = unit.alarms.find(active=True).rows
        assert (alarm.source_id, alarm.code, alarm.facts, alarm.began_at) == ("cam-07", "", (), None)
        (one,) = unit.cases.crossing(NOW)
        assert one.deadlines[0].marks is None
        assert (unit.thresholds.all(), unit.sources.tracked(), unit.sources.version()) == ((), (), 0)
    assert admin.check(empty_url)["ok"]


def _as_of(url: str, revision: str) -> None:
    """A database as an older release made it."""
    from alembic import command
    from alembic.config import Config

    engines = engine.build(urls.parse(url))
    try:
        with engines.write.connect() as connection, connection.begin():
            config = Config()
            config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engines.dispose()


def _next_release(connection: object) -> None:
    from sqlalchemy import Connection, text

    assert isinstance(connection, Connection)
    connection.execute(text(f"UPDATE alembic_version SET version_num = '{NEXT}'"))


def test_an_upgrade_that_fails_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(connection: object) -> None:
        _next_release(connection)
        raise Refusal("disk_full")

    monkeypatch.setattr(schema, "HEAD", NEXT)
    monkeypatch.setattr(schema, "_migrate", half)
    with pytest.raises(Refusal, match="disk_full"):
        admin.upgrade(url)
    monkeypatch.undo()
    assert admin.info(url)["schema"] == schema.HEAD


def test_upgrading_what_is_not_there(empty_url: str) -> None:
    with pytest.raises(Refusal, match="db_missing"):
        admin.upgrade(empty_url)


def test_info_counts(store: db.Store, url: str) -> None:
    with store.uows.write() as unit:
        unit.cases.add_all([case()] * 3, "20260805")
        unit.commit()
    told = admin.info(url)
    assert (told["rows"]["case_file"], told["rows"]["deadline"], told["purpose"]) == (3, 6, "test")


def test_the_recipe_is_on_every_sqlite_connection(sqlite_template: Path) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "query_only")
    with db.open_store(str(sqlite_template)) as store:
        for made, writes in ((store._engines.write, 0), (store._engines.read, 1)):
            with made.connect() as connection:
                asked = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}
            assert asked == {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "wal_autocheckpoint": 0,
                "query_only": writes,
            }


def test_one_process_checkpoints(sqlite_url: str) -> None:
    wal = Path(str(urls.file_of(urls.parse(sqlite_url))) + "-wal")
    with db.open_store(sqlite_url) as first, db.open_store(sqlite_url) as second:
        assert first._checkpointer is not None
        assert second._checkpointer is not None
        assert (first._checkpointer.holder, second._checkpointer.holder) == (True, False)
        for store in (second, first):
            with store.uows.write() as unit:
                unit.settings.put("big", "x" * 5_000_000)
                unit.commit()
        first.close()
        # What the first wrote is in the file; the second takes over in time.
        for number in range(32):
            with second.uows.write() as unit:
                unit.settings.put("n", str(number))
                unit.commit()
        assert second._checkpointer.holder
        assert wal.exists()
    assert not wal.exists() or wal.stat().st_size == 0


def test_only_a_server_has_a_clock_of_its_own(store: db.Store, kind: str) -> None:
    first, second = store.server_time(), store.server_time()
    if kind == "sqlite":
        assert (first, second) == (None, None)
        return
    assert first is not None
    assert second is not None
    assert first < second
    assert first.utcoffset() == timedelta(0)
