"""The length of a limit in words."""

from __future__ import annotations

import pytest

from console.domain.vocabulary import Unit
from console.i18n import LANGUAGES
from console.length_words import length


@pytest.mark.parametrize(
    ("lang", "value", "said"),
    [("en", 1, "1 urgent hour"), ("en", 2, "2 urgent hours"), ("zh", 1, "1 紧急工作时")],
)
def test_one_is_one(lang: str, value: int, said: str) -> None:
    assert length(lang, value, "urgent_hour") == said


def test_every_unit_has_words() -> None:
    for lang in LANGUAGES:
        for unit in Unit:
            assert length(lang, 1, unit.value).startswith("1 ")
            assert length(lang, 7, unit.value).startswith("7 ")
