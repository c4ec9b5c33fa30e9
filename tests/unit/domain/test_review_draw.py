"""Who is drawn: everybody, the share at the least, and the same from the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import review
from console.domain.errors import Refusal
from console.domain.review import EndedCase, Part

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = st.sampled_from(["", "system", "li.na", "wang.jun", "zhao"])
CASES = st.lists(
    st.builds(EndedCase, st.integers(1, 500).map("20260302-{:04d}".format), NAMES, NAMES, NAMES, NAMES),
    unique_by=lambda case: case.id,
    max_size=120,
)


@given(CASES, st.text("0123456789abcdef", min_size=8, max_size=8), st.sampled_from([200, 500, 10_000]))
def test_everybody_has_a_share_and_the_order_does_not_matter(
    cases: list[EndedCase], seed: str, share: int
) -> None:
    people = review.pool(cases)
    drawn = review.draw(seed, people, share)
    assert set(drawn) == set(people)
    assert not {"", "system"} & set(people)
    for who, picked in drawn.items():
        had = people[who]
        assert set(picked) <= set(had)
        assert len(picked) == len(set(picked)) == min(len(had), max(1, -(-len(had) * share // 10_000)))
    again = review.pool(reversed(cases))
    assert review.draw(seed, again, share) == drawn
    assert review.digest(again) == review.digest(people)


def test_what_somebody_did_is_told() -> None:
    case = EndedCase("1", "li.na", "", "wang.jun", "li.na")
    assert review.hands(case) == {"li.na": (Part.TAKING, Part.CLOSING), "wang.jun": (Part.DISPATCH,)}
    filed = EndedCase("1", "li.na", "zhao", "system", "")
    assert review.hands(filed) == {"zhao": (Part.TAKING,)}


def test_every_case_has_the_same_chance() -> None:
    """Of ten cases one is drawn: over a thousand seeds each about a hundred times."""
    people = {"li.na": [f"{n:02d}" for n in range(10)]}
    counted = Counter(review.draw(f"seed {n}", people)["li.na"][0] for n in range(1000))
    assert len(counted) == 10
    # Four standard deviations of a binomial with p = 0.1, n = 1000.
    assert all(62 <= many <= 138 for many in counted.values()), counted


@pytest.mark.parametrize(
    ("at", "week"),
    [
        ("2026-11-22T15:59:59+00:00", "2026-W47"),
        ("2026-11-22T16:00:00+00:00", "2026-W48"),
        ("2027-01-03T12:00:00+00:00", "2026-W53"),
    ],
)
def test_weeks_begin_on_monday_at_the_site(at: str, week: str) -> None:
    instant = datetime.fromisoformat(at).astimezone(UTC)
    assert review.week_of(instant, ZONE) == week
    start, end = review.week_bounds(week, ZONE)
    assert start <= instant < end
    assert review.named_week(week.lower().replace("-", ""), ZONE) == week


@pytest.mark.parametrize("nonsense", ["", "2026", "2026-W00", "2026-W54", "0000-W01", "W12-2026", "9999-W53"])
def test_what_is_no_week_is_refused(nonsense: str) -> None:
    with pytest.raises(Refusal) as refused:
        review.week_bounds(nonsense, ZONE)
    assert (refused.value.code, refused.value.detail) == ("bad_value", "week")
