"""The event chain finds what was changed behind the program's back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import chain
from console.domain.model import Event, EventDraft
from console.domain.vocabulary import Action
from tests.unit.domain.build import T0, after

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
DATA = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), JSON, max_size=3)


def draft(number: int, **data: object) -> EventDraft:
    return EventDraft("20260805-0001", after(number), after(number, 1), "duty-1", Action.NOTE, data)


def events(count: int = 5) -> tuple[Event, ...]:
    return chain.extend(0, chain.GENESIS, [draft(i, text=f"第{i}条") for i in range(count)])


def test_a_chain_holds_from_its_beginning_and_from_any_link() -> None:
    whole = events()
    assert [e.seq for e in whole] == [1, 2, 3, 4, 5]
    assert whole[0].prev_hash == "0" * 64
    assert chain.verify(whole) is None
    assert chain.verify(whole[2:], whole[1].hash, after=2) is None
    assert chain.verify(()) is None


def test_the_hash_is_the_one_of_the_written_form() -> None:
    body = chain.canonical(
        1, 7, "20260805-0001", T0, after(1), "值班员01", "file", {"b": 1, "a": [None, True]}
    )
    assert body.decode() == (
        '{"action":"file","actor":"值班员01","at":"2026-08-05T00:15:02.000000Z","case":"20260805-0001",'
        '"data":{"a":[null,true],"b":1},"recorded_at":"2026-08-05T00:16:02.000000Z","seq":7,"v":1}'
    )


def test_the_zone_a_time_is_written_in_does_not_matter() -> None:
    here = T0.astimezone(timezone(timedelta(hours=8)))
    assert chain.instant(here) == chain.instant(T0)
    with pytest.raises(ValueError, match="zone"):
        chain.instant(T0.replace(tzinfo=None))


@given(
    st.integers(0, 4),
    st.sampled_from(["case", "at", "recorded_at", "actor", "action", "data", "v", "prev_hash", "hash"]),
)
def test_any_change_is_found_where_it_was_made(index: int, field: str) -> None:
    rows = list(events())
    row = rows[index]
    change: dict[str, object] = {
        "case": "20260805-0002",
        "at": row.at + timedelta(microseconds=1),
        "recorded_at": row.recorded_at - timedelta(seconds=1),
        "actor": "somebody",
        "action": Action.FILE,
        "data": {**row.data, "text": "no"},
        "v": 2,
        "prev_hash": "f" * 64,
        "hash": "f" * 64,
    }
    rows[index] = replace(row, **{field: change[field]})  # type: ignore[arg-type]
    assert chain.verify(rows) == row.seq


@given(st.integers(0, 3))
def test_a_row_taken_out_or_swapped_is_found(index: int) -> None:
    rows = list(events())
    assert chain.verify(rows[:index] + rows[index + 1 :]) == index + 1
    swapped = [*rows[:index], rows[index + 1], rows[index], *rows[index + 2 :]]
    assert chain.verify(swapped) == index + 1


def test_a_rewritten_row_with_a_fitting_hash_breaks_the_next_one() -> None:
    rows = list(events())
    forged = chain.link(rows[1].prev_hash, 2, draft(1, text="forged"))
    rows[1] = forged
    assert chain.verify(rows) == 3


def test_a_tail_cut_off_is_found_with_the_head() -> None:
    rows = events()
    assert chain.verify(rows[:3]) is None
    assert rows[2].hash != rows[-1].hash, "the head kept elsewhere tells"


def test_a_float_put_in_by_hand_is_found_and_none_is_written() -> None:
    rows = list(events())
    rows[2] = replace(rows[2], data={"text": 1.5})
    assert chain.verify(rows) == 3
    for bad in (1.5, T0, {1: 2}, [object()]):
        with pytest.raises(ValueError, match="event"):
            chain.link(chain.GENESIS, 1, draft(0, x=bad))


@given(DATA, DATA)
def test_different_data_has_different_bytes(one: dict[str, object], two: dict[str, object]) -> None:
    def bytes_of(data: dict[str, object]) -> bytes:
        return chain.canonical(1, 1, "c", T0, T0, "a", "note", data)

    same = repr(sorted(one.items())) == repr(sorted(two.items()))
    if same:
        assert bytes_of(one) == bytes_of(two)
    elif bytes_of(one) == bytes_of(two):
        assert one == two
