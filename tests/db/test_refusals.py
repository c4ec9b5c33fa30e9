"""Databases that are locked, read-only, full, corrupt, newer or not there:
each a refusal with the right code, its sentence fit to be shown, nothing
changed, and never a password in it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

import db
from console import i18n
from console.domain.errors import Refusal
from db import admin, refusals, search, urls
from tests import postgres
from tests.db import raw
from tests.db.building import case, draft

PASSWORD = "p@ss/w:rd#%?&= 密"


def refused(call: Callable[[], object], code: str, detail: str = "") -> Refusal:
    """The refusal of ``call``; it has a sentence in both languages."""
    with pytest.raises(Refusal) as caught:
        call()
    refusal = caught.value
    assert (refusal.code, refusal.detail) == (code, detail or refusal.detail)
    for language in i18n.LANGUAGES:
        message, mend = i18n.explain(refusal, language)
        assert message
        assert mend
        assert PASSWORD not in message + mend
    assert PASSWORD not in repr(refusal.facts) + str(refusal)
    return refusal


def write(store: db.Store) -> None:
    with store.uows.write() as unit:
        made = unit.cases.add(case(), "20260805")
        unit.events.append([draft(made.id)])
        unit.commit()


def file_of(url: str) -> Path:
    return urls.file_of(urls.parse(url))


@pytest.fixture
def file(tmp_path: Path, sqlite_template: Path) -> Path:
    """An SQLite database with one case in it."""
    path = tmp_path / "fifteen.db"
    path.write_bytes(sqlite_template.read_bytes())
    with db.open_store(str(path)) as store:
        write(store)
    return path


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "no" / "such.db"
    for call in (db.open_store, admin.info, admin.check, admin.upgrade):
        assert refused(lambda call=call: call(str(path)), "db_missing").facts["path"] == str(path)
    refused(lambda: admin.backup(str(path), tmp_path / "b.zip"), "db_missing")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("这不是数据库" * 1000, "utf-8")
    before = path.read_bytes()
    for call in (db.open_store, admin.info, admin.check, admin.upgrade, admin.init):
        refused(lambda call=call: call(str(path)), "db_corrupt")
    assert path.read_bytes() == before
    refused(lambda: db.open_store(str(tmp_path)), "db_corrupt")


def test_an_empty_file_holds_no_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    refusal = refused(lambda: db.open_store(str(tmp_path / "empty.db")), "db_missing", "tables")
    assert str(refusal.facts["path"]).endswith("empty.db")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE setting (theirs)")
        other.commit()
    before = path.read_bytes()
    refused(lambda: admin.init(str(path)), "bad_file", "foreign_database")
    assert path.read_bytes() == before
    refused(lambda: db.open_store(str(path)), "db_missing", "tables")


def test_a_page_that_is_damaged_is_found(file: Path) -> None:
    with db.open_store(str(file)) as store, store.uows.write() as unit:
        unit.events.append([draft(text="路" * 50) for _ in range(2000)])
        unit.commit()
    size = file.stat().st_size
    with file.open("r+b") as handle:
        # The later half holds events; the schema at the front is another matter.
        for page in range(size // 8192, size // 4096, 3):
            handle.seek(page * 4096)
            handle.write(os.urandom(4096))
    told = admin.check(str(file))
    assert (told["ok"], told["integrity_ok"]) == (False, False)
    refused(lambda: admin.backup(str(file), file.with_name("b.zip")), "db_corrupt")
    assert sorted(path.name for path in file.parent.iterdir() if ".zip" in path.name) == []


def test_a_file_marked_read_only(file: Path) -> None:
    file.chmod(0o444)
    refusal = refused(lambda: db.open_store(str(file)), "db_readonly", "path")
    assert refusal.facts["path"] == str(file)
    file.chmod(0o644)
    with db.open_store(str(file)) as store:
        write(store)


def test_a_writer_who_waits_too_long(file: Path) -> None:
    with (
        db.open_store(str(file), busy_s=0.1) as store,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        refused(lambda: write(store), "db_locked", "path")
        with store.uows.read() as unit:
            assert unit.cases.resolve("1") == "20260805-0001"
        other.execute("ROLLBACK")
        write(store)
    assert admin.check(str(file))["events"] == 2


def test_a_database_that_may_not_grow(file: Path) -> None:
    with db.open_store(str(file)) as store:
        with store.uows.write() as unit:
            pages = unit.settings._db.exec_driver_sql("PRAGMA page_count").scalar_one()
            unit.settings._db.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
            refused(lambda: unit.settings.put("big", "x" * 200_000), "disk_full")
        with store.uows.read() as unit:
            assert unit.settings.all() == {}
    assert admin.check(str(file))["ok"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "fifteen-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, file: Path) -> None:
    url = str(small_disk / "fifteen.db")
    admin.init(url, "test")
    with db.open_store(url) as store:
        write(store)

        def fill() -> None:
            with store.uows.write() as unit:
                unit.settings.put("big", "x" * 4_000_000)
                unit.commit()

        refused(fill, "disk_full")
        with store.uows.read() as unit:
            assert unit.settings.all() == {}
    told = admin.check(url)
    assert (told["ok"], told["events"]) == (True, 1)
    (small_disk / "rest").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * 4096 - 8192))
    refused(lambda: admin.backup(str(file), small_disk / "b.zip"), "disk_full")
    refused(lambda: admin.init(str(small_disk / "new.db")), "disk_full")
    assert (
        sorted(path.name for path in small_disk.iterdir() if path.name.startswith(("new", "b", ".b"))) == []
    )


def test_a_network_drive(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine._filesystem", lambda path: "nfs4")
    refusal = refused(lambda: db.open_store(str(file)), "db_unreachable", "network_drive")
    assert refusal.code == "db_unreachable"


def test_postgresql_that_is_not_there(tmp_path: Path) -> None:
    refused(lambda: db.open_store("postgresql://li@127.0.0.1:1/fifteen"), "db_unreachable")
    refused(lambda: db.open_store(f"postgresql://li@/fifteen?host={tmp_path}"), "db_unreachable")
    with_password = f"postgresql://li:{PASSWORD}@127.0.0.1:1/fifteen"
    for call in (admin.info, admin.check, admin.init, admin.upgrade):
        refusal = refused(lambda call=call: call(with_password), "db_unreachable")
        assert PASSWORD not in str(refusal) + i18n.explain(refusal, "en")[0]


def test_a_table_that_somebody_took_away(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE alarm_event")
    assert refused(lambda: admin.info(str(file)), "db_corrupt", "schema").facts["path"] == str(file)
    told = admin.check(str(file))
    assert (told["ok"], told["integrity_ok"], told["chain_ok"]) == (False, False, True)


@pytest.mark.parametrize("rest", ["x?nonsense=1", "x?sslmode=bogus", "x?host=127.0.0.1&port=99999"])
def test_an_address_that_libpq_does_not_understand(rest: str) -> None:
    refusal = refused(lambda: db.open_store(f"postgresql://li:{PASSWORD}@/{rest}"), "bad_usage", "db_url")
    assert PASSWORD not in str(refusal) + i18n.explain(refusal, "en")[0]


def test_a_server_that_does_not_answer_is_not_called_unknown() -> None:
    refusal = refused(lambda: db.open_store("postgresql://li@127.0.0.1:1/x"), "db_unreachable", "server")
    assert "127.0.0.1" in i18n.explain(refusal, "en")[0]


def test_a_writer_loads_what_it_needs_before_it_waits_for_the_lock(file: Path) -> None:
    search._initials.cache_clear()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with db.open_store(str(file), busy_s=0.01) as store:
            refused(lambda: write(store), "db_locked")
    assert search._initials.cache_info().currsize == 1


def test_an_unknown_host_name() -> None:
    error = psycopg.OperationalError("failed to resolve host 'db.invalid': Name or service not known")
    refusal = refusals.of_postgres(error, urls.parse(f"postgresql://li:{PASSWORD}@db.invalid/x"))
    assert refusal is not None
    assert (refusal.code, refusal.detail, refusal.facts["host"]) == ("db_unreachable", "host", "db.invalid")
    assert PASSWORD not in str(refusal)


@pytest.fixture
def sealed() -> str:
    """A database whose owner needs a password full of special signs."""
    url = postgres.fresh_url("test")
    name = postgres.name_of(url)
    with postgres.server().connect(name) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'sealed'").fetchone():
            connection.execute("CREATE ROLE sealed LOGIN")
        # Other tests have the role too, with another password and more rights.
        connection.execute(f"ALTER ROLE sealed NOSUPERUSER PASSWORD '{PASSWORD}'")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO sealed")
        connection.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO sealed")
    return url.replace("//fifteen@", "//sealed@")


def test_a_password_with_special_signs(sealed: str, tmp_path: Path) -> None:
    from urllib.parse import quote

    for password in (PASSWORD.replace("%", "%25"), quote(PASSWORD, safe="")):
        url = sealed.replace("sealed@", f"sealed:{password}@")
        with db.open_store(url) as store:
            write(store)
            assert store.url_shown == sealed
        told = admin.backup(url, tmp_path / "b.zip")
        assert PASSWORD not in repr(told)
    assert admin.check(url)["events"] == 2


def test_a_wrong_password(sealed: str) -> None:
    for url in (sealed, sealed.replace("sealed@", f"sealed:{PASSWORD}1@")):
        refused(lambda url=url: db.open_store(url), "auth_failed", "database")
    url = sealed.replace("//sealed@", "//nobody@")
    refusal = refused(lambda: db.open_store(url), "auth_failed", "database")
    assert PASSWORD not in str(refusal) + i18n.explain(refusal, "en")[0]


def test_postgresql_refuses_in_our_words() -> None:
    url = postgres.fresh_url("test")
    name = postgres.name_of(url)
    refused(lambda: db.open_store(url.replace(name, "nothing_here")), "db_missing", "database")
    refused(lambda: db.open_store(postgres.fresh_url()), "db_missing", "tables")
    with db.open_store(url, busy_s=0.1) as store, postgres.server().connect(name) as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE chain_head IN ACCESS EXCLUSIVE MODE")
        refused(lambda: write(store), "db_locked")
        other.execute("ROLLBACK")
        write(store)
    raw.run(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with db.open_store(url) as store:
        refused(lambda: write(store), "db_readonly")
    assert admin.check(url)["events"] == 1
    postgres.drop(url)


def test_rights_that_are_missing(sealed: str) -> None:
    raw.run(sealed, "REVOKE INSERT ON event FROM sealed")
    with db.open_store(sealed.replace("sealed@", f"sealed:{PASSWORD.replace('%', '%25')}@")) as store:
        refused(lambda: write(store), "db_readonly", "rights")
    assert admin.check(sealed.replace("sealed@", "fifteen@"))["events"] == 0


def test_two_who_wait_for_each_other_are_a_conflict() -> None:
    for error in (psycopg.errors.DeadlockDetected("x"), psycopg.errors.SerializationFailure("x")):
        refusal = refusals.translate(error, urls.parse("postgresql://li@db/x"))
        assert refusal is not None
        assert refusal.code == "conflict"
    full = refusals.translate(psycopg.errors.DiskFull("x"), urls.parse("postgresql://li@db/x"))
    assert full is not None
    assert full.code == "disk_full"
    assert refusals.translate(psycopg.errors.SyntaxError("x"), urls.parse("postgresql://li@db/x")) is None


def test_a_server_that_goes_away_and_comes_back() -> None:
    url = postgres.fresh_url("test")
    with db.open_store(url) as store:
        write(store)
        raw.run(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        write(store)
        with store.uows.read() as unit:
            assert unit.cases.resolve("2") == "20260805-0002"
    postgres.drop(url)
