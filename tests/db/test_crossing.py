"""Which cases the sweep is given, and that none is given twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import db
from console.domain.model import Case
from console.domain.vocabulary import DeadlineKind, State
from tests.db.building import NOW, case, clock

MINUTE = timedelta(minutes=1)


def put(store: db.Store, *new: Case) -> list[str]:
    with store.uows.write() as unit:
        made = unit.cases.add_all(new, "20260805")
        unit.commit()
    return [item.id for item in made]


def due(store: db.Store, minutes: float) -> list[str]:
    with store.uows.read() as unit:
        return [item.id for item in unit.cases.crossing(NOW + minutes * MINUTE)]


def mark(store: db.Store, *crossed: tuple[str, str, int, int]) -> None:
    with store.uows.write() as unit:
        unit.cases.mark_swept(crossed)
        unit.commit()


def change(store: db.Store, case_id: str, **fields: object) -> None:
    with store.uows.write() as unit:
        got = unit.cases.get(case_id)
        assert got is not None
        unit.cases.save(replace(got, **fields), got.version)  # type: ignore[arg-type]
        unit.commit()


def next_at(store: db.Store) -> object:
    with store.uows.read() as unit:
        found = unit.cases.next_crossing()
    return None if found is None else (found - NOW) / MINUTE


def test_a_clock_is_looked_at_at_80_then_100_then_never(store: db.Store) -> None:
    (one,) = put(store, case())
    assert (due(store, 3.99), due(store, 4), next_at(store)) == ([], [one], 4)
    mark(store, (one, "decision", 1, 80))
    assert (due(store, 4.99), due(store, 5), next_at(store)) == ([], [one], 5)
    mark(store, (one, "decision", 1, 80))
    assert due(store, 5) == [one]
    mark(store, (one, "decision", 1, 100))
    assert (due(store, 999), next_at(store)) == ([], None)


def test_what_comes_after_an_instant_does_not_hide_behind_what_is_before_it(store: db.Store) -> None:
    put(store, case(), case(NOW + MINUTE))
    with store.uows.read() as unit:
        found = [unit.cases.next_crossing(NOW + minutes * MINUTE) for minutes in (3, 4, 5)]
    assert found == [NOW + 4 * MINUTE, NOW + 5 * MINUTE, None]


def test_a_late_sweep_marks_both(store: db.Store) -> None:
    (one,) = put(store, case())
    mark(store, (one, "decision", 1, 100), (one, "decision", 1, 80))
    assert due(store, 999) == []


def test_a_mark_of_an_old_due_time_does_not_count(store: db.Store) -> None:
    (one,) = put(store, case())
    change(store, one, deadlines=(clock(minutes=10, due_version=2),))
    mark(store, (one, "decision", 1, 80))
    assert (due(store, 7.9), due(store, 8)) == ([], [one])


def test_a_new_due_version_rings_anew_and_the_same_one_does_not(store: db.Store) -> None:
    (one,) = put(store, case())
    mark(store, (one, "decision", 1, 80))
    change(store, one, note="nothing of the clock", deadlines=(replace(clock(), paused_s=0),))
    assert next_at(store) == 5
    # A pause moves the due time; what rang does not ring again.
    change(store, one, deadlines=(clock(minutes=20, due_version=1),))
    assert (due(store, 16), due(store, 20)) == ([], [one])
    change(store, one, deadlines=(clock(minutes=20, due_version=2),))
    assert due(store, 16) == [one]


def test_what_stands_still_is_not_looked_at(store: db.Store) -> None:
    put(
        store,
        case(deadlines=(clock(met_at=NOW),)),
        case(deadlines=(clock(cancelled=True),)),
        case(deadlines=(clock(paused_since=NOW),)),
        case(deadlines=(clock(DeadlineKind.TOTAL),)),
        case(state=State.CLOSED, deadlines=(clock(),)),
    )
    assert (due(store, 999), next_at(store)) == ([], None)


def test_a_pause_that_ends_is_looked_at_again(store: db.Store) -> None:
    (one,) = put(store, case())
    change(store, one, deadlines=(clock(paused_since=NOW),))
    assert due(store, 999) == []
    change(store, one, deadlines=(clock(minutes=30),))
    assert next_at(store) == 24
    change(store, one, state=State.VOIDED)
    assert next_at(store) is None


def test_a_suspension_that_is_over_is_given_too_and_the_earliest_first(store: db.Store) -> None:
    late, suspended, early = put(
        store,
        case(NOW + MINUTE),
        case(state=State.SUSPENDED, suspended_until=NOW + 3 * MINUTE, deadlines=(clock(paused_since=NOW),)),
        case(NOW - 2 * MINUTE),
    )
    assert due(store, 99) == [early, suspended, late]
    assert next_at(store) == 2
    mark(store, (early, "decision", 1, 100))
    assert next_at(store) == 3
    with store.uows.read() as unit:
        assert [c.id for c in unit.cases.crossing(NOW + 99 * MINUTE, limit=1)] == [suspended]


def test_a_case_with_two_clocks_over_is_given_once(store: db.Store) -> None:
    (one,) = put(store, case(deadlines=(clock(), clock(DeadlineKind.ARRIVAL, minutes=4))))
    assert due(store, 99) == [one]
    mark(store, (one, "arrival", 1, 100))
    assert due(store, 99) == [one]


def test_thousands_in_the_same_second_take_few_queries(store: db.Store) -> None:
    """2,000 of 10,000: the queries must not grow with the cases."""
    from sqlalchemy import event

    soon = [case(deadlines=(clock(), clock(DeadlineKind.TOTAL, minutes=15))) for _ in range(2000)]
    later = [case(NOW + timedelta(hours=1)) for _ in range(8000)]
    put(store, *soon, *later)
    said: list[str] = []

    def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    engine = store._engines.read
    event.listen(engine, "before_cursor_execute", count)
    try:
        with store.uows.read() as unit:
            found = unit.cases.crossing(NOW + 4 * MINUTE)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(found) == 2000
    assert all(len(item.deadlines) == 2 for item in found)
    assert len(said) <= 9, said
