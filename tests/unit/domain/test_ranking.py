"""Comparing groups: intervals against published values, places, flags, causes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.domain import periods, ranking
from console.domain.errors import Refusal
from console.domain.ranking import Standing
from tests.unit.domain.build import local


@pytest.mark.parametrize(
    ("num", "den", "low", "high"),
    # Newcombe 1998, table of method 3 (score, without correction).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_rate_is_that_of_the_book(num: int, den: int, low: float, high: float) -> None:
    found = ranking.wilson(num, den)
    assert found is not None
    assert found == pytest.approx((low, high), abs=5e-5)
    assert ranking.wilson(0, 0) is None


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390), (100, 81.36, 121.63)]
)
def test_the_interval_of_a_count_is_near_the_exact_one(count: int, low: float, high: float) -> None:
    found = ranking.poisson(count, 2.0)
    assert found is not None
    assert found[0] * 2 == pytest.approx(low, abs=0.03)
    assert found[1] * 2 == pytest.approx(high, rel=0.02)
    assert ranking.poisson(count, 0) is None


def test_the_interval_of_a_percentile_lies_between_values_that_were_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert ranking.percentile(values, 90) == (84.0, 97.0)
    assert ranking.percentile(values[:10], 90) is None
    assert ranking.percentile([], 50) is None


def test_a_group_with_harder_cases_is_not_worse_for_it() -> None:
    # Everybody keeps 90 % of the easy and 50 % of the hard ones; this group had
    # 10 easy and 90 hard ones and kept exactly that.
    expected = 10 * 0.9 + 90 * 0.5
    assert ranking.adjusted(54, expected, 0.8) == pytest.approx(0.8)
    assert ranking.adjusted(60, expected, 0.8) == pytest.approx(0.8889, abs=1e-4)
    assert ranking.adjusted(5, 0, 0.8) is None
    assert ranking.adjusted(100, 50, 0.8) == 1.0


def standing(key: str, num: int, den: int, **more: object) -> Standing:
    low, high = ranking.wilson(num, den) or (None, None)
    return Standing(key, den, num, den, num / den if den else None, low, high, **more)  # type: ignore[arg-type]


def test_small_groups_have_no_place_and_ties_share_one() -> None:
    rows = [
        standing("a", 30, 40),
        standing("b", 36, 40),
        standing("c", 5, 5),
        standing("d", 27, 30),
        standing("e", 0, 0),
    ]
    found = ranking.placed(rows, 1, 20)
    assert [(row.key, row.place) for row in found] == [("b", 1), ("d", 1), ("a", 3), ("c", 0), ("e", 0)]
    backwards = ranking.placed(rows, -1, 20)
    assert [row.key for row in backwards[:3]] == ["a", "b", "d"]


def test_places_by_the_mix_adjusted_value() -> None:
    rows = [
        standing("a", 30, 40, adjusted=0.95),
        standing("b", 36, 40, adjusted=0.80),
        standing("c", 39, 40, adjusted=None),
    ]
    found = ranking.placed(rows, 1, 20, by_adjusted=True)
    assert [(row.key, row.place) for row in found] == [("a", 1), ("b", 2), ("c", 0)]


def test_flags_need_more_than_chance() -> None:
    rows = ranking.placed(
        [
            standing("best", 200, 200),
            standing("good", 95, 100),
            standing("mid1", 90, 100),
            standing("mid2", 89, 100),
            standing("poor", 87, 100),
            standing("worst", 60, 100),
        ],
        1,
        20,
    )
    flags = {row.key: row.flag for row in ranking.flagged(rows, 0.9, 1)}
    assert flags == {"best": "red", "good": "", "mid1": "", "mid2": "", "poor": "", "worst": "black"}
    # Where less is better the last places are the high ones.
    rates = [standing(name, n, 200) for name, n in (("low", 2), ("mid", 20), ("high", 60))]
    turned = ranking.flagged(ranking.placed(rates, -1, 20), 0.14, -1)
    assert [(row.key, row.flag) for row in turned] == [("low", "red"), ("mid", ""), ("high", "black")]


def test_two_groups_are_no_competition() -> None:
    rows = ranking.placed([standing("a", 99, 100), standing("b", 1, 100)], 1, 20)
    assert [row.flag for row in ranking.flagged(rows, 0.5, 1)] == ["", ""]
    assert [row.flag for row in ranking.flagged([replace(row, flag="red") for row in rows], None, 1)] == [
        "",
        "",
    ]


def test_causes_in_order_with_those_not_coded_last() -> None:
    found = ranking.pareto({"": 50, "no_unit": 30, "weather": 10, "far": 10})
    assert [(one.code, one.n) for one in found] == [("no_unit", 30), ("far", 10), ("weather", 10), ("", 50)]
    assert [round(one.running, 2) for one in found] == [0.3, 0.4, 0.5, 1.0]
    assert ranking.pareto({}) == ()


@pytest.mark.parametrize(
    ("kind", "start", "end", "former"),
    [
        ("day", (2026, 3, 1), (2026, 3, 2), (2026, 2, 28)),
        ("week", (2026, 2, 23), (2026, 3, 2), (2026, 2, 16)),
        ("ten", (2026, 3, 1), (2026, 3, 11), (2026, 2, 21)),
        ("month", (2026, 3, 1), (2026, 4, 1), (2026, 2, 1)),
        ("quarter", (2026, 1, 1), (2026, 4, 1), (2025, 10, 1)),
        ("year", (2026, 1, 1), (2027, 1, 1), (2025, 1, 1)),
    ],
)
def test_periods_begin_at_local_midnight_and_follow_each_other(
    kind: str, start: tuple[int, ...], end: tuple[int, ...], former: tuple[int, ...]
) -> None:
    found = periods.around(kind, local(2026, 3, 1, 0, 0, 1))
    assert (found.start, found.end) == (local(*start), local(*end))
    assert periods.before(found).start == local(*former)
    assert periods.before(found).end == found.start
    assert periods.around(kind, found.end).start == found.end


def test_the_third_part_of_a_month_is_as_long_as_the_month_leaves() -> None:
    found = periods.around("ten", local(2026, 2, 25))
    assert (found.start, found.end) == (local(2026, 2, 21), local(2026, 3, 1))
    assert periods.around("ten", local(2026, 12, 31)).end == local(2027, 1, 1)


def test_a_typed_period_is_compared_with_as_long_a_one_before() -> None:
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    found = periods.free(begin, begin + timedelta(days=9))
    assert periods.before(found).start == begin - timedelta(days=9)
    with pytest.raises(Refusal):
        periods.free(begin, begin)
    with pytest.raises(Refusal):
        periods.around("fortnight", begin)
