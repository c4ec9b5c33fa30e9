"""Every instant belongs to exactly one shift."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import shifts
from console.domain.errors import Refusal
from console.domain.shifts import DEFAULT, ShiftKind, ShiftPlan

INSTANTS = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@st.composite
def plans(draw: st.DrawFn) -> ShiftPlan:
    """One to six shifts around the clock, begun at any minute."""
    starts = sorted(draw(st.sets(st.integers(0, 1439), min_size=1, max_size=6)))
    ends = [*starts[1:], starts[0]]
    made = [
        ShiftKind(f"k{n}", f"班{n}", f"Shift {n}", time(*divmod(a, 60)), time(*divmod(b, 60)))
        for n, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]
    return shifts.checked(draw(st.permutations(made)))


@given(plans(), INSTANTS)
def test_an_instant_has_one_shift_and_its_number_finds_it(plan: ShiftPlan, at: datetime) -> None:
    span = shifts.span_at(plan, at)
    assert span.start <= at < span.end
    assert shifts.span_of(plan, span.id) == span
    assert shifts.next_span(plan, span).start == span.end
    assert shifts.span_before(plan, shifts.next_span(plan, span)) == span
    assert (span.end - span.start) == timedelta(seconds=span.kind.seconds)


@given(plans(), INSTANTS, st.integers(1, 400))
def test_shifts_of_a_period_follow_each_other(plan: ShiftPlan, start: datetime, hours: int) -> None:
    end = start + timedelta(hours=hours)
    found = shifts.spans_between(plan, start, end)
    assert found[0].start <= start < found[0].end
    assert found[-1].start < end <= found[-1].end
    assert all(one.end == two.start for one, two in pairwise(found))
    assert len({one.id for one in found}) == len(found)


def test_the_three_shifts_of_the_office() -> None:
    at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # 00:30 on the 21st in Shanghai
    night = shifts.span_at(DEFAULT, at)
    assert (night.id, night.day, night.kind.zh) == ("20261121-night", "20261121", "夜班")
    assert (night.start.hour, night.end.hour) == (16, 0)
    assert shifts.span_before(DEFAULT, night).id == "20261120-middle"
    assert shifts.next_span(DEFAULT, night).id == "20261121-morning"


def test_a_shift_over_midnight_is_named_after_the_day_it_begins() -> None:
    late = ShiftKind("late", "晚班", "Late", time(20), time(8))
    plan = shifts.checked([late, ShiftKind("day", "白班", "Day", time(8), time(20))])
    assert shifts.span_at(plan, datetime(2026, 11, 20, 18, tzinfo=UTC)).id == "20261120-late"


@pytest.mark.parametrize(
    "text", ["", "night", "20261341-night", "20261121-noon", "20261121", "99991231-middle"]
)
def test_a_number_nobody_gave(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        shifts.span_of(DEFAULT, text)
    assert refused.value.code == "unknown_shift"


def _kind(name: str, start: int, end: int) -> ShiftKind:
    return ShiftKind(name, "班", "Shift", time(start), time(end))


@pytest.mark.parametrize(
    "kinds",
    [
        [],
        [_kind("a", 8, 16), _kind("b", 17, 8)],
        [_kind("a", 8, 16), _kind("b", 15, 8)],
        [_kind("a", 8, 20), _kind("a", 20, 8)],
        [_kind("a", 8, 8), _kind("b", 8, 8)],
        [_kind("A b", 8, 8)],
    ],
)
def test_a_plan_that_is_none(kinds: list[ShiftKind]) -> None:
    with pytest.raises(Refusal) as refused:
        shifts.checked(kinds)
    assert refused.value.code == "bad_value"
