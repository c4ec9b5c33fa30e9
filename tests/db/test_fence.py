"""No older console writes into a newer schema; one that may goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

import db
from console.domain.errors import Refusal
from db import admin, backup, engine, fence, schema, urls

#: The next release.
NEXT = "9998"


@contextmanager
def next_release(monkeypatch: pytest.MonkeyPatch, additive: bool) -> Iterator[None]:
    """What is done in here is done by the program of the next release."""

    def migrate(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": NEXT})

    with monkeypatch.context() as patch:
        patch.setattr(schema, "REVISIONS", (*schema.REVISIONS, NEXT))
        patch.setattr(schema, "HEAD", NEXT)
        patch.setattr(schema, "_migrate", migrate)
        if additive:
            patch.setattr(schema, "ADDITIVE", frozenset({NEXT}))
        yield


def put(store: db.Store, key: str) -> None:
    with store.uows.write() as unit:
        unit.settings.put(key, "x")
        unit.commit()


def has(store: db.Store, key: str) -> bool:
    with store.uows.read() as unit:
        return unit.settings.get(key) == "x"


def test_an_older_console_reads_on_and_writes_no_more(
    store: db.Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "before")
    assert store.standing() == fence.Standing(schema.HEAD, schema.HEAD, schema.HEAD)
    with next_release(monkeypatch, additive=False):
        assert admin.upgrade(url)["to"] == NEXT
    standing = store.standing()
    assert (standing.newer, standing.may_write, standing.stored) == (True, False, NEXT)
    with pytest.raises(Refusal) as refused:
        put(store, "after")
    assert (refused.value.code, refused.value.detail) == ("db_newer", "writing")
    assert refused.value.facts == {"found": NEXT, "known": schema.HEAD}
    assert has(store, "before")
    assert not has(store, "after"), "nothing was written"
    with pytest.raises(Refusal) as closed:
        db.open_store(url)
    assert closed.value.code == "db_newer", "nor does one begin"


def test_the_upgrade_backs_up_first_and_that_backup_can_be_restored(
    store: db.Store, url: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "before")
    store.close()
    with next_release(monkeypatch, additive=False):
        told = admin.upgrade(url, tmp_path / "backups")
    kept = Path(told["backup"])
    assert kept.is_file()
    if kind == "postgresql":
        assert kept.parent == tmp_path / "backups"
        assert backup.read_manifest(kept)["schema"] == schema.HEAD
        assert admin.restore(url, kept)["schema"] == schema.HEAD
        with db.open_store(url) as back:
            assert has(back, "before")
            put(back, "after")


def test_one_that_may_goes_on_and_is_told(store: db.Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with next_release(monkeypatch, additive=True):
        admin.upgrade(url)
        put(store, "new")
    standing = store.standing()
    assert (standing.newer, standing.may_write) == (True, True)
    put(store, "old")
    with db.open_store(url) as again:
        assert has(again, "new")
        assert has(again, "old")


def test_an_old_backup_into_a_newer_database_leaves_no_trace_there(
    store: db.Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with next_release(monkeypatch, additive=False):
        admin.upgrade(url)
    engines = engine.build(urls.parse(url))
    try:
        with pytest.raises(Refusal) as refused:
            backup._remember_head(engines, {"seq": 1, "hash": "0" * 64}, Path("a.zip"))
        assert refused.value.code == "db_newer"
        with engines.read.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM head_copy")).scalar() == 0
    finally:
        engines.dispose()


def test_a_writer_under_way_is_waited_for_and_the_next_one_sees_the_fence(
    store: db.Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The upgrade begins while somebody writes, and somebody else wants to."""
    order: list[str] = []
    with next_release(monkeypatch, additive=False):
        unit = store.uows.write()
        with unit:
            unit.settings.put("under way", "x")
            upgrade = threading.Thread(target=lambda: (admin.upgrade(url), order.append("upgraded")))
            upgrade.start()
            upgrade.join(0.3)
            assert upgrade.is_alive(), "it waits for the writer"
            order.append("written")
            unit.commit()
        upgrade.join(20)
    assert order == ["written", "upgraded"]
    assert has(store, "under way")
    with pytest.raises(Refusal) as refused:
        put(store, "late")
    assert refused.value.detail == "writing"
