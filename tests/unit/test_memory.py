"""The collector rests during a start and never after it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from console import memory


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*before)


@pytest.mark.parametrize("over", [memory.settle, memory.settle_at_last, memory.unsettle])
def test_a_start_ends_whatever_ends_it(over: object) -> None:
    memory.begin()
    assert not gc.isenabled()
    assert callable(over)
    over()
    assert gc.isenabled()


def test_a_start_that_is_over_is_not_ended_again() -> None:
    gc.set_threshold(701, 10, 10)
    memory.settle_at_last()
    assert gc.get_threshold() == (701, 10, 10)
    memory.settle()
    assert gc.get_threshold() == memory.THRESHOLDS
