"""Device numbers of GB/T 28181: what is odd about them is said."""

from __future__ import annotations

import pytest

from console.domain import gb28181

GOOD = "41017100081326000001"


def test_the_parts_of_a_number() -> None:
    number = gb28181.read(GOOD)
    assert (number.centre, number.industry, number.type, number.network, number.serial) == (
        "41017100",
        8,
        132,
        6,
        1,
    )
    with pytest.raises(ValueError, match="twenty"):
        gb28181.read(GOOD[:-1])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (GOOD, []),
        ("４１０１７１０００８１３２６００００01", []),  # full width, as pasted
        ("41017100001316000001", []),
        ("41017100451326000001", []),  # an enterprise
        ("cam001", []),
        ("410171", []),
        (GOOD[:-1], ["gb_length"]),
        (GOOD + "1", ["gb_length"]),
        ("99017100081326000001", ["gb_centre"]),
        ("41017100301326000001", ["gb_industry"]),
        ("41017100082006000001", ["gb_no_picture"]),
        ("41017100081186000001", ["gb_no_picture"]),
        ("41017100089996000001", ["gb_type"]),
        ("41017100081329000001", ["gb_network"]),
        ("00000000309999000000", ["gb_centre", "gb_industry", "gb_type", "gb_network"]),
    ],
)
def test_what_is_odd_about_a_number(text: str, codes: list[str]) -> None:
    assert [hint.code for hint in gb28181.check(text)] == codes
