"""The chain: whole under concurrency, and every way to break it is found."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import db
from console.domain.chain import link, verify
from console.domain.model import EventDraft
from console.domain.vocabulary import Action
from db import admin
from db.types import UNREADABLE
from tests.db import raw
from tests.db.building import NOW, case, draft

GENESIS = "0" * 64
SOUND = {
    "ok": True,
    "chain_ok": True,
    "first_bad_seq": None,
    "triggers_ok": True,
    "integrity_ok": True,
    "bad_shifts": [],
    "bad_audit": [],
}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
DATA = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def append(store: db.Store, number: int, case_id: str = "20260805-0001") -> None:
    with store.uows.write() as unit:
        unit.events.append([draft(case_id, step=i, text="处置中") for i in range(number)])
        unit.commit()


def sound(url: str, events: int) -> bool:
    told = admin.check(url)
    return told == {**SOUND, "events": events, "missing_triggers": []}


@settings(max_examples=25)
@given(data=st.lists(DATA, min_size=1, max_size=3), micros=st.integers(0, 10**15))
def test_what_is_read_back_has_the_hash_it_was_given(
    store: db.Store, data: list[dict[str, object]], micros: int
) -> None:
    at = NOW + timedelta(microseconds=micros)
    with store.uows.read() as unit:
        seq, previous = unit.events.head()
    with store.uows.write() as unit:
        made = unit.events.append([EventDraft("c", at, at, "王", Action.NOTE, item) for item in data])
        unit.commit()
    with store.uows.read() as unit:
        read = unit.events.since(seq)
        assert unit.events.head() == (read[-1].seq, read[-1].hash)
    assert read == made
    assert [event.seq for event in read] == list(range(seq + 1, seq + 1 + len(data)))
    assert verify(read, previous) is None


def test_both_databases_give_the_same_hashes(store: db.Store) -> None:
    append(store, 2)
    first = link(GENESIS, 1, draft(step=0, text="处置中"))
    second = link(first.hash, 2, draft(step=1, text="处置中"))
    with store.uows.read() as unit:
        assert unit.events.of_case("20260805-0001") == (first, second)


def test_events_are_numbered_at_the_commit(store: db.Store) -> None:
    with store.uows.write() as unit:
        (event,) = unit.events.append([draft()])
        assert (event.seq, event.hash) == (0, "")
        assert unit.events.head() == (0, GENESIS)
        assert unit.events.of_case(event.case) == (event,)
        made = unit.cases.add(case(), "20260805")  # written after, locked before
        unit.commit()
    assert event.seq == 1
    assert len(event.hash) == 64
    with store.uows.read() as unit:
        assert unit.cases.get(made.id) == made
        assert unit.events.of_case(event.case) == (event,)


def test_what_is_rolled_back_leaves_no_gap(store: db.Store, url: str) -> None:
    append(store, 1)
    with store.uows.write() as unit:
        unit.events.append([draft()])
    append(store, 1)
    assert sound(url, 2)


def test_a_float_breaks_the_whole_unit(store: db.Store, url: str) -> None:
    with store.uows.write() as unit:
        unit.cases.add(case(), "20260805")
        unit.events.append([draft(lon=108.3)])
        with pytest.raises(ValueError, match="float"):
            unit.commit()
    with store.uows.read() as unit:
        assert unit.cases.resolve("1") is None
    assert sound(url, 0)


def test_four_at_once_make_one_chain(store: db.Store, url: str) -> None:
    failed: list[BaseException] = []
    ready = threading.Barrier(4)

    def work(number: int) -> None:
        ready.wait()
        try:
            for step in range(20):
                with store.uows.write() as unit:
                    unit.cases.count_by_state()  # reads, then writes: what a deferred BEGIN fails at
                    made = unit.cases.add(case(owner=f"officer-{number}"), "20260805")
                    unit.events.append([draft(made.id, step=step), draft(made.id, Action.FILE)])
                    unit.commit()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sound(url, 160)
    with store.uows.read() as unit:
        assert unit.cases.resolve("80") == "20260805-0080"
        assert unit.cases.resolve("81") is None


CHANGES = {
    "actor": "'somebody else'",
    "data": "'{}'",
    "action": "'close'",
    "hash": f"'{'1' * 64}'",
    "case_id": "'x'",
}


def test_a_changed_event_is_found(store: db.Store, url: str) -> None:
    append(store, 12)
    raw.drop_trigger(url, "event_no_update", "event")
    for seq, (column, value) in reversed(list(enumerate(CHANGES.items(), 3))):
        raw.run(url, f"UPDATE event SET {column} = {value} WHERE seq = {seq}")
        told = admin.check(url)
        assert (told["ok"], told["chain_ok"], told["first_bad_seq"]) == (False, False, seq), column
        assert (told["triggers_ok"], told["missing_triggers"]) == (False, ["event_no_update"])


def test_data_nobody_can_read_is_found_like_any_other_change(store: db.Store, url: str) -> None:
    append(store, 5)
    raw.drop_trigger(url, "event_no_update", "event")
    raw.run(url, "UPDATE event SET data = '{' WHERE seq = 4")
    assert admin.check(url)["first_bad_seq"] == 4
    with store.uows.read() as uow:
        assert dict(uow.events.since(3, 1)[0].data) == UNREADABLE


def test_a_changed_time_is_found(store: db.Store, url: str, kind: str) -> None:
    append(store, 5)
    raw.drop_trigger(url, "event_no_update", "event")
    later = "at + 1" if kind == "sqlite" else "at + interval '1 microsecond'"
    raw.run(url, f"UPDATE event SET at = {later} WHERE seq = 4")
    assert admin.check(url)["first_bad_seq"] == 4


def test_an_event_taken_out_is_found(store: db.Store, url: str) -> None:
    append(store, 5)
    raw.drop_trigger(url, "event_no_delete", "event")
    raw.run(url, "DELETE FROM event WHERE seq = 2")
    assert admin.check(url)["first_bad_seq"] == 2


def test_a_cut_tail_is_found_by_the_head(store: db.Store, url: str) -> None:
    append(store, 5)
    raw.drop_trigger(url, "event_no_delete", "event")
    raw.run(url, "DELETE FROM event WHERE seq > 3")
    assert admin.check(url)["first_bad_seq"] == 4


def cut_with_head(url: str) -> None:
    """Cut the tail and set the head back, so that the rest looks whole."""
    raw.drop_trigger(url, "event_no_delete", "event")
    raw.drop_trigger(url, "chain_head_forward", "chain_head")
    raw.run(
        url,
        "DELETE FROM event WHERE seq > 3",
        "UPDATE chain_head SET seq = 3, hash = (SELECT hash FROM event WHERE seq = 3)",
    )


def test_a_tail_cut_with_its_head_is_found_by_the_copy_of_a_backup(
    store: db.Store, url: str, tmp_path: Path
) -> None:
    append(store, 5)
    admin.backup(url, tmp_path / "backup.zip")
    cut_with_head(url)
    assert admin.check(url)["first_bad_seq"] == 5
    raw.drop_trigger(url, "head_copy_no_delete", "head_copy")
    raw.run(url, "DELETE FROM head_copy")
    assert admin.check(url)["first_bad_seq"] is None
    assert admin.check(url, against=tmp_path / "backup.zip")["first_bad_seq"] == 5


def test_a_missing_trigger_is_found(store: db.Store, url: str, kind: str) -> None:
    from db.triggers import TRIGGERS

    append(store, 1)
    for name in TRIGGERS[kind]:
        table = next(t for t in ("head_copy", "chain_head", "event") if name.startswith(t))
        raw.drop_trigger(url, name, table)
        told = admin.check(url)
        assert (told["ok"], told["chain_ok"], told["triggers_ok"]) == (False, True, False)
        assert name in told["missing_triggers"]


def test_a_trigger_made_harmless_is_found(store: db.Store, url: str, kind: str) -> None:
    if kind == "sqlite":
        raw.run(
            url,
            "DROP TRIGGER event_no_update",
            "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT 1; END",
        )
    else:
        raw.run(
            url,
            "CREATE OR REPLACE FUNCTION fifteen_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NEW; END'",
            "ALTER TABLE event DISABLE TRIGGER event_no_delete",
        )
        assert "event_no_delete" in admin.check(url)["missing_triggers"]
    assert admin.check(url)["triggers_ok"] is False


COPY = (
    "INSERT INTO event (seq, case_id, at, recorded_at, action, prev_hash, hash) "
    "SELECT %d, case_id, at, recorded_at, action, prev_hash, hash FROM event WHERE seq = 2"
)
FORBIDDEN = [
    ("UPDATE event SET actor = 'x' WHERE seq = 1", "never changed"),
    ("DELETE FROM event WHERE seq = 2", "never changed"),
    (COPY % 9, "must follow"),
    (COPY % 3, "must follow"),
    ("UPDATE chain_head SET seq = 1", "only moves forward"),
    ("UPDATE chain_head SET seq = 7", "only moves forward"),
    ("DELETE FROM chain_head", "stays|never changed"),
    ("INSERT INTO chain_head (id, seq, hash) VALUES (2, 0, 'x')", "ck_chain_head_one_row"),
    ("DELETE FROM head_copy", "never changed"),
    ("UPDATE head_copy SET seq = 0", "never changed"),
]


def test_the_database_itself_refuses(store: db.Store, url: str, tmp_path: Path) -> None:
    append(store, 2)
    admin.backup(url, tmp_path / "backup.zip")
    for statement, words in FORBIDDEN:
        with pytest.raises((sqlite3.Error, psycopg.Error), match=words):
            raw.run(url, statement)
    assert sound(url, 2)


def test_thousands_in_one_unit(store: db.Store, url: str) -> None:
    append(store, 2000)
    assert sound(url, 2000)


def test_data_is_kept_as_readable_text(store: db.Store, url: str) -> None:
    append(store, 1)
    with store._engines.read.connect() as connection:
        stored = connection.exec_driver_sql("SELECT data FROM event").scalar_one()
    assert isinstance(stored, str)
    assert "处置中" in stored
    assert json.loads(stored) == {"step": 0, "text": "处置中"}
