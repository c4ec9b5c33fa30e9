"""What a password must not be."""

from __future__ import annotations

import pytest

from console.domain.passwords import Policy, policy, weakness

NAMES = ("wang.wei", "王伟明", "Wang Weiming")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kurz", "password"),
        ("x" * 257, "password_long"),
        ("zwei\nzeilen hier", "password_signs"),
        ("Wang.Wei1", "password_name"),
        ("iewgnaw77", "password_name"),
        ("王伟明王伟明12", "password_name"),
        ("12345678", "password_common"),
        ("19850317", "password_common"),
        ("138-1234-5678", "password_common"),
        ("P@ssw0rd!", "password_common"),
        ("Hikvision123", "password_common"),
        ("1qaz2wsx", "password_common"),
        ("ｑｗｅｒｔｙｕｉ", "password_common"),
        ("aaaabbbb", "password_common"),
        ("woaini1314", "password_common"),
        ("correct horse", ""),
        ("湖边第三棵柳树下", ""),
        ("mirror-lake-15", ""),
        ("4821 7730 9915 2648", ""),
    ],
)
def test_what_is_short_common_or_the_name_is_named(password: str, why: str) -> None:
    assert weakness(password, NAMES, Policy()) == why


def test_settings_out_of_their_range_are_the_default() -> None:
    stored = {
        "password_shortest": "12",
        "password_history": "99",
        "session_idle_min": "x",
        "sign_in_free": "3",
    }
    assert policy(stored) == Policy(shortest=12, history=5, max_days=0, free=3, idle_min=15)
    assert weakness("elf zeichen", (), policy(stored)) == "password"
