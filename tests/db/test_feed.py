"""The change feed: every commit of others is heard, our own exactly once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

import db
from console.services.ports import Change
from db.feed import ALL_KINDS
from db.store import open_store
from tests.db import raw
from tests.db.building import case
from tests.db.test_processes import start

#: Longer than any feed should take; a test fails by it, and never measures.
LONG = 20.0


class Ear:
    """Keeps what the feed told."""

    def __init__(self, store: db.Store) -> None:
        self.heard: queue.Queue[Change] = queue.Queue()
        self.all: list[Change] = []
        self.thread = ""
        store.feed.start(self.listen)

    def listen(self, change: Change) -> None:
        self.thread = threading.current_thread().name
        self.heard.put(change)

    def until(self, kind: str, here: bool = False) -> Change:
        """The next change with ``kind`` in it; everything is kept in ``all``."""
        while True:
            change = self.heard.get(timeout=LONG)
            self.all.append(change)
            if kind in change.kinds and change.here is here:
                return change


@pytest.fixture
def ear(store: db.Store) -> Iterator[Ear]:
    made = Ear(store)
    yield made
    store.feed.stop()


def touch(store: db.Store, *kinds: str) -> None:
    with store.uows.write() as unit:
        unit.touch(*kinds)
        unit.commit()


def test_another_process_is_heard(url: str, ear: Ear) -> None:
    with start(url, "settings") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for kind in ("camera", "standard"):
            process.stdin.write(f"key {kind}\n")
            process.stdin.flush()
            assert ear.until(kind) == Change(frozenset({"setting", kind}))
    assert process.returncode == 0
    assert ear.thread == "change-feed"


def test_our_own_are_told_once_and_as_ours(store: db.Store, url: str, ear: Ear) -> None:
    with store.uows.write() as unit:
        unit.cases.add(case(), "20260805")
        unit.commit()
    assert ear.until("case", here=True) == Change(frozenset({"case"}), here=True)
    touch(store, "user")
    touch(store, "camera")
    with open_store(url) as other:
        touch(other, "standard")
    touch(store, "setting")
    while len(ear.all) < 5:
        ear.all.append(ear.heard.get(timeout=LONG))
    with open_store(url) as other:
        touch(other, "alarm")  # nothing told twice may come before this
    ear.until("alarm")
    ours = [change for change in ear.all if change.here]
    assert ours == [Change(frozenset({kind}), here=True) for kind in ("case", "user", "camera", "setting")]
    others = [change.kinds for change in ear.all if not change.here]
    assert others == [{"standard"}, {"alarm"}]


def test_what_is_rolled_back_or_only_read_is_not_told(store: db.Store, url: str, ear: Ear) -> None:
    with store.uows.write() as unit:
        unit.settings.put("a", "b")
    with store.uows.read() as unit:
        unit.settings.get("a")
    with open_store(url) as other:
        with other.uows.write() as unit:
            unit.settings.put("a", "b")
        with other.uows.write() as unit:
            unit.commit()  # changed nothing
        touch(other, "alarm")
    ear.until("alarm")
    assert ear.all == [Change(frozenset({"alarm"}))]


def test_many_commits_are_all_told(store: db.Store, url: str, ear: Ear) -> None:
    kinds = sorted(ALL_KINDS)
    with open_store(url) as other:
        for number in range(40):
            touch(other, kinds[number % len(kinds)])
        touch(other, "last")
    ear.until("last")
    assert frozenset().union(*(change.kinds for change in ear.all)) == ALL_KINDS | {"last"}


@pytest.mark.logs("listener of the change feed")
def test_a_listener_that_fails_is_called_again(store: db.Store) -> None:
    told = threading.Event()
    calls: list[Change] = []

    def fails(change: Change) -> None:
        calls.append(change)
        if len(calls) > 1:
            told.set()
        raise ValueError("a screen's bug")

    store.feed.start(fails)
    touch(store, "case")
    touch(store, "alarm")
    assert told.wait(LONG)
    store.feed.stop()
    assert [change.here for change in calls] == [True, True]


def test_stopping_ends_it(store: db.Store, ear: Ear) -> None:
    with pytest.raises(RuntimeError, match="runs already"):
        store.feed.start(ear.listen)
    store.feed.stop()
    store.feed.stop()
    touch(store, "case")
    assert ear.heard.empty()
    assert not any(thread.name == "change-feed" for thread in threading.enumerate())
    store.feed.start(ear.listen)
    touch(store, "alarm")
    ear.until("alarm", here=True)
    assert ear.all == [Change(frozenset({"alarm"}), here=True)]


def test_a_lost_connection_comes_back_and_everything_is_read_again(
    store: db.Store, url: str, kind: str, ear: Ear
) -> None:
    if kind == "postgresql":
        raw.run(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'fifteen feed'",
        )
        assert ear.until("case") == Change(ALL_KINDS)
    with open_store(url) as other:
        touch(other, "standard")
    assert ear.until("standard") == Change(frozenset({"standard"}))
    touch(store, "user")
    ear.until("user", here=True)


def test_old_rows_of_the_log_are_cut(sqlite_url: str) -> None:
    raw.run(
        sqlite_url,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2047) "
        "INSERT INTO change_log (id, kinds, origin) SELECT i, 'case', 'x' FROM n",
    )
    with db.open_store(sqlite_url) as store, store._engines.read.connect() as connection:
        touch(store, "alarm")
        rows = connection.exec_driver_sql("SELECT min(id), max(id) FROM change_log").one()
    assert tuple(rows) == (1025, 2048)
