"""Alarms: at most one open for a source, every crossing once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

import db
from console.domain.errors import Refusal
from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, Severity, SourceKind
from tests.db.building import NOW, alarm, crossing

MINUTE = timedelta(minutes=1)


def add(store: db.Store, *new: Alarm) -> tuple[Alarm, ...]:
    with store.uows.write() as unit:
        made = unit.alarms.add(new)
        unit.commit()
    return made


def save(store: db.Store, *changed: Alarm) -> None:
    with store.uows.write() as unit:
        unit.alarms.save(changed)
        unit.commit()


def get(store: db.Store, alarm_id: int) -> Alarm:
    with store.uows.read() as unit:
        found = unit.alarms.get(alarm_id)
    assert found is not None
    return found


def test_what_is_stored_comes_back(store: db.Store) -> None:
    full = alarm(
        members=("a", "b"),
        state=AlarmState.SHELVED,
        acked_by="li",
        acked_at=NOW,
        acked_severity=Severity.LOW,
        promise_until=NOW,
        shelved_by="wang",
        shelved_until=NOW + MINUTE,
        reason="施工",
        returned_at=NOW,
        louder=2,
    )
    (made,) = add(store, full)
    assert made == replace(full, id=made.id, version=1)
    assert get(store, made.id) == made
    save(store, replace(made, severity=Severity.HIGH, members=()))
    assert get(store, made.id) == replace(made, severity=Severity.HIGH, members=(), version=2)


def test_one_open_alarm_for_a_source(store: db.Store) -> None:
    one, two = add(store, alarm("a"), alarm("b"))
    again = add(store, alarm("b"), alarm("c"), alarm("c"))
    assert [item.source_id for item in again] == ["c"]
    (camera,) = add(store, alarm("a", source_kind=SourceKind.CAMERA))
    with store.uows.read() as unit:
        assert unit.alarms.open_of("case", ["a", "b", "x"]) == {"a": one, "b": two}
        assert unit.alarms.open_of("camera", ["a"]) == {"a": camera}
        assert unit.alarms.open_of("case", []) == {}
    save(store, replace(one, state=AlarmState.CLEARED, cleared_at=NOW))
    (new,) = add(store, alarm("a"))
    with store.uows.read() as unit:
        assert unit.alarms.open_of("case", ["a"]) == {"a": new}


def test_of_two_sweeps_at_the_same_instant_one_raises(store: db.Store) -> None:
    """Each source once, each crossing once, whoever comes first."""
    raised: list[str] = []
    recorded: list[tuple[int, int]] = []
    failed: list[BaseException] = []
    ready = threading.Barrier(2)
    sources = [f"20260805-{i:04d}" for i in range(1, 41)]

    def sweep(order: int) -> None:
        ready.wait()
        try:
            with store.uows.write() as unit:
                made = unit.alarms.add([alarm(source) for source in sources[::order]])
                known = unit.alarms.open_of("case", sources)
                events = unit.alarms.record([crossing(known[s].id) for s in sources if s in known])
                unit.cases.mark_swept((s, "decision", 1, 80) for s in sources)
                unit.commit()
            raised.extend(item.source_id for item in made)
            recorded.extend((event.alarm, event.threshold) for event in events)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=sweep, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(raised) == sources
    assert len(recorded) == len(set(recorded)) == len(sources)


def test_a_crossing_is_recorded_once_and_answers_always(store: db.Store) -> None:
    (made,) = add(store, alarm())
    events = [
        crossing(made.id),
        crossing(made.id, 100, what="worsened"),
        crossing(made.id, due_version=2),
        crossing(made.id, what="acknowledged", actor="li"),
        crossing(made.id, what="shelved", actor="li", reason="r"),
    ]
    with store.uows.write() as unit:
        assert unit.alarms.record(events) == tuple(events)
        # Late, or twice: only what is no crossing goes in again.
        later = [replace(item, at=NOW + MINUTE, late_s=60.25) for item in events]
        assert unit.alarms.record([*later, crossing(made.id, what="worsened")]) == tuple(later[3:])
        assert unit.alarms.record([crossing(made.id, due_version=3)] * 2) == (
            crossing(made.id, due_version=3),
        )
        unit.commit()
    with store.uows.read() as unit:
        assert unit.alarms.events_of(made.id) == (*events, *later[3:], crossing(made.id, due_version=3))


def test_who_comes_second_is_refused(store: db.Store) -> None:
    one, two = add(store, alarm("a"), alarm("b"))
    save(store, replace(one, acked_by="li"))
    with pytest.raises(Refusal, match="conflict"):
        save(store, replace(two, acked_by="wang"), replace(one, acked_by="wang"))
    assert (get(store, one.id).acked_by, get(store, two.id).acked_by) == ("li", "")


def test_promises_and_shelves_are_timed(store: db.Store) -> None:
    acked = {"state": AlarmState.ACKNOWLEDGED, "promise_until": NOW + 2 * MINUTE}
    shelf = {"state": AlarmState.SHELVED, "shelved_until": NOW + MINUTE, "promise_until": NOW}
    one, two, three = add(store, alarm("a", **acked), alarm("b", **shelf), alarm("c", promise_until=NOW))
    with store.uows.read() as unit:
        assert unit.alarms.timed(NOW + MINUTE - timedelta(microseconds=1)) == ()
        assert unit.alarms.timed(NOW + MINUTE) == (two,)
        assert unit.alarms.timed(NOW + 2 * MINUTE) == (two, one)
        assert unit.alarms.next_timed() == NOW + MINUTE
    save(store, replace(two, state=AlarmState.CLEARED), replace(one, state=AlarmState.RAISED), three)
    with store.uows.read() as unit:
        assert unit.alarms.next_timed() is None
        assert unit.alarms.timed(NOW + 99 * MINUTE) == ()


def test_find_and_count(store: db.Store) -> None:
    old, new, gone = add(
        store, alarm("a", raised_at=NOW - MINUTE), alarm("b"), alarm("c", raised_at=NOW + MINUTE)
    )
    save(store, replace(gone, state=AlarmState.CLEARED))
    with store.uows.read() as unit:
        assert [item.id for item in unit.alarms.find().rows] == [gone.id, new.id, old.id]
        assert [item.id for item in unit.alarms.find(active=True).rows] == [new.id, old.id]
        page = unit.alarms.find(since=NOW, limit=1)
        assert ([item.id for item in page.rows], page.total) == ([gone.id], 2)
        assert unit.alarms.count_raised(NOW) == 2


def test_thousands_at_once(store: db.Store) -> None:
    made = add(store, *(alarm(f"20260805-{i:04d}") for i in range(2500)))
    assert len({item.id for item in made}) == 2500
    with store.uows.write() as unit:
        assert len(unit.alarms.record([crossing(item.id) for item in made])) == 2500
        assert unit.alarms.record([crossing(item.id) for item in made]) == ()
        unit.alarms.save([replace(item, severity=Severity.HIGH) for item in made])
        unit.commit()
    with store.uows.read() as unit:
        assert len(unit.alarms.open_of("case", [item.source_id for item in made])) == 2500
