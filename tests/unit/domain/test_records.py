"""The quick copy of records does what ``dataclasses.replace`` does."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from console.domain import chain
from console.domain.calendars import WorkingCalendar
from console.domain.model import Case, EventDraft
from console.domain.records import replace
from console.domain.vocabulary import Action, Source, State


def test_it_is_the_same_copy() -> None:
    case = Case("20260805-0001", State.FILED, Source.CAMERA, note="水果摊", teams=("a", "b"))
    ours, theirs = (
        replace(case, state=State.CLOSED, note=""),
        dataclasses.replace(case, state=State.CLOSED, note=""),
    )
    assert ours == theirs
    assert hash(ours) == hash(theirs)
    assert case.state is State.FILED
    with pytest.raises(dataclasses.FrozenInstanceError):
        ours.note = "x"  # type: ignore[misc]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError):
        replace(Case("", State.FILED, Source.CAMERA), colour="red")
    with pytest.raises(TypeError):
        replace("no record", x=1)


def test_records_that_do_more_than_fill_slots_are_made_by_their_constructor() -> None:
    calendar = WorkingCalendar.default()
    assert replace(calendar, tz="UTC") == dataclasses.replace(calendar, tz="UTC")


@pytest.mark.parametrize("data", [{}, {"reason": '引"号\n', "n": 3, "nested": {"b": [True, None], "a": "x"}}])
def test_an_event_in_pieces_has_the_hash_of_the_whole(data: dict[str, object]) -> None:
    at = datetime(2026, 8, 5, 0, 15, 2, 123457, tzinfo=UTC)
    draft = EventDraft("20260805-0001", at, at.replace(microsecond=0), "李娜", Action.NOTE, data)
    whole = chain.link(chain.GENESIS, 7, draft)
    start, told = chain.unnumbered(draft)
    assert chain.seal(chain.GENESIS, 7, start.encode()) == whole.hash
    assert json.loads(told) == data
    with pytest.raises(ValueError, match="holds no float"):
        chain.unnumbered(dataclasses.replace(draft, data={"x": 1.5}))
