"""A site's past out of its chain: many cases at once, and as it was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain import chain, life, replay
from console.domain.model import Command, EventDraft
from console.domain.vocabulary import Action, Channel, State
from tests.unit.domain.build import DUTY, LEADER, RULES, STALL, T0, after, draft

STANDARD = {(STALL.condition_id, STALL.version): STALL}


def two_cases() -> list[EventDraft]:
    """Two cases side by side; the second's arrival is entered ten minutes late."""
    drafts: list[EventDraft] = []
    for number in (1, 2):
        case_id = f"20260805-000{number}"
        opened = life.open_case(draft(place="朝凤路"), DUTY, RULES, T0)
        case = replace(opened.case, id=case_id)
        drafts += [replace(one, case=case_id) for one in opened.drafts]
        for minutes, action in enumerate((Action.FILE, Action.DISPATCH, Action.ACCEPT), 1):
            step = life.step(case, Command(action), DUTY, RULES, after(minutes), life.Context(STALL))
            case, drafts = step.case, [*drafts, *step.drafts]
        at = after(8) if number == 2 else None
        told = Command(Action.ARRIVE, at=at, channel=Channel.RADIO)
        drafts += life.step(case, told, LEADER, RULES, after(18)).drafts
    return drafts


def test_a_chain_of_many_cases_is_unravelled() -> None:
    events = chain.extend(0, chain.GENESIS, two_cases())
    first, second = replay.cases(events, STANDARD).values()
    assert (first.state, second.state) == (State.HANDLING, State.HANDLING)
    assert (first.arrived_at, second.arrived_at) == (after(18), after(8))
    assert (first.manual_time, second.manual_time) == (False, True)
    assert first.condition_zh == STALL.condition_zh
    assert replay.case(()) is None


def test_what_the_office_knew_then_is_not_what_had_happened() -> None:
    events = chain.extend(0, chain.GENESIS, two_cases())
    known = replay.known_at(events, after(17))
    assert {case.state for case in replay.cases(known).values()} == {State.ENROUTE}
    assert len(replay.known_at(events, after(18))) == len(events)
    assert replay.known_at(events, T0 - timedelta(seconds=1)) == ()


def test_events_no_case_can_have_are_not_passed_over() -> None:
    opened, *_ = chain.extend(0, chain.GENESIS, two_cases())
    strange = replace(opened, action=Action.CLOSE, data={"from": "registering", "to": "closed"})
    with pytest.raises(ValueError, match="leads nowhere"):
        replay.case((opened, strange))
