"""Case ids as stored, as shown, as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import ids
from console.domain.errors import Refusal


@given(st.integers(1, 99_999))
def test_what_is_made_is_read_back(count: int) -> None:
    case_id = ids.make("20260805", count)
    assert ids.parse(case_id) == ("20260805", f"{count:04d}")
    assert ids.parse(ids.number(case_id)) == ("", f"{count:04d}")


def test_how_people_type_it() -> None:
    assert ids.number("20260805-0042") == "#0042"
    for typed in ("42", "#42", " 0042 ", "＃42"):
        assert ids.parse(typed) == ("", "0042")


@pytest.mark.parametrize("typed", ["", "#", "4 2", "20260805-", "20261305-0001", "abc", "20260805-00a1"])
def test_what_is_no_case_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match=r"unknown_case\.form"):
        ids.parse(typed)
