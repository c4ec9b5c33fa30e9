"""Instants and words survive both databases; naive times do not get in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import db
from db import types
from tests.db.building import NOW, case

AWARE = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))]
    ),
)


@given(at=AWARE)
def test_microseconds_are_exact(at: datetime) -> None:
    assert types.from_micros(types.to_micros(at)) == at


@given(a=AWARE, b=AWARE)
def test_integers_sort_as_instants(a: datetime, b: datetime) -> None:
    assert (types.to_micros(a) < types.to_micros(b)) == (a < b)


def test_a_naive_time_is_refused(store: db.Store) -> None:
    naive = datetime(2026, 8, 5, 8, 15)  # noqa: DTZ001
    with pytest.raises(Exception, match="naive"), store.uows.write() as unit:
        unit.cases.add(case(found_at=naive), "20260805")


def test_instants_come_back_in_utc(store: db.Store) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    with store.uows.write() as unit:
        made = unit.cases.add(case(found_at=local), "20260805")
        unit.commit()
    with store.uows.read() as unit:
        got = unit.cases.get(made.id)
    assert got is not None
    assert got.found_at == local
    assert got.found_at is not None
    assert got.found_at.tzinfo is UTC
