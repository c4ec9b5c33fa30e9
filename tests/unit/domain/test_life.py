"""The life of a case, step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain import deadlines, life
from console.domain.model import Actor, Command
from console.domain.transitions import FORWARD, MIS_KEY
from console.domain.vocabulary import OPEN, TERMINAL, Action, Channel, DeadlineKind, Lamp, Role, Source, State
from tests.unit.domain.build import (
    DUTY,
    FIELD,
    KEY,
    LEADER,
    RULES,
    STALL,
    T0,
    after,
    clock,
    do,
    draft,
    local,
    opened,
    refused,
    to,
)

KIND = DeadlineKind
DISPATCHED_ORIGIN = life.Rules(arrival_origin="dispatched")
SEPARATE = life.Rules(separate_filing=True)


def test_the_street_case_to_the_second() -> None:
    case = opened(T0)
    assert (case.state, case.found_at, case.opened_at) == (State.REGISTERING, T0, T0)
    case = do(case, Action.FILE, local(2026, 8, 5, 8, 17, 40))
    case = do(case, Action.DISPATCH, local(2026, 8, 5, 8, 18, 5))
    case = do(case, Action.ACCEPT, local(2026, 8, 5, 8, 18, 30), actor=FIELD)
    arrived = local(2026, 8, 5, 8, 26, 30)
    step = life.step(case, Command(Action.ARRIVE, channel=Channel.RADIO), FIELD, RULES, arrived)
    case = step.case
    (event,) = step.drafts
    assert event.data["channel"] == "radio"
    assert (event.data["from"], event.data["to"]) == ("enroute", "handling")
    told = {c["kind"]: c for c in event.data["clocks"]}  # type: ignore[attr-defined]
    assert told["arrival"]["met_at"] == arrived.isoformat()
    assert told["arrival"]["start_at"] == local(2026, 8, 5, 8, 17, 40).isoformat()
    assert told["arrival"]["in_time"] is True
    assert told["total"]["start_at"] == local(2026, 8, 5, 8, 15, 2).isoformat()
    case = do(case, Action.HANDLED, local(2026, 8, 5, 9, 2, 10), actor=FIELD)
    case = do(case, Action.CHECK, local(2026, 8, 5, 9, 15))
    case = do(case, Action.CLOSE, local(2026, 8, 5, 9, 16))
    assert case.state is State.CLOSED
    assert case.teams == ("appearance",)
    assert (case.condition_id, case.category, case.filed_by) == ("E09006-1", KEY, "duty-1")
    used = {d.kind: (d.met_at - d.start_at).seconds for d in case.deadlines if d.met_at}
    assert used == {
        KIND.DECISION: 158,
        KIND.TOTAL: 688,
        KIND.DISPATCH: 25,
        KIND.ARRIVAL: 530,
        KIND.HANDLING: 2645,
        KIND.CHECK: 770,
    }
    lamps = {d.kind: deadlines.lamp(d, after(600)) for d in case.deadlines}
    assert lamps[KIND.ARRIVAL] is Lamp.YELLOW
    assert {lamps[k] for k in used if k is not KIND.ARRIVAL} == {Lamp.GREEN}
    assert not case.manual_time


def test_a_camera_counts_from_the_sight_and_the_public_from_the_report() -> None:
    camera = opened(after(1), found_at=T0)
    assert clock(camera, KIND.DECISION).start_at == T0
    public = opened(after(9), Source.PUBLIC, found_at=T0, reported_at=after(8))
    assert clock(public, KIND.DECISION).due_at == after(13)
    assert clock(public, KIND.TOTAL).due_at == after(23)
    assert opened(T0, Source.PATROL).reported_at == T0


def test_opening_times_are_checked() -> None:
    with refused("time_future"):
        life.open_case(draft(found_at=after(1)), DUTY, RULES, T0)
    with refused("time_order", "reported_before_found"):
        life.open_case(draft(Source.PUBLIC, found_at=after(1), reported_at=T0), DUTY, RULES, after(2))
    with refused("bad_value", "time"):
        life.open_case(draft(found_at=T0.replace(tzinfo=None)), DUTY, RULES, T0)
    with refused("forbidden", "role") as caught:
        life.open_case(draft(), FIELD, RULES, T0)
    assert caught.value.facts == {"action": "open", "role": "field"}


def test_intake_nobody_took_in_waits_as_reported() -> None:
    step = life.open_case(replace(draft(Source.PUBLIC), state=State.REPORTED), life.SYSTEM, RULES, T0)
    assert step.case.state is State.REPORTED
    assert do(step.case, Action.FILE, after(1)).state is State.FILED
    turned_away = do(
        step.case, Action.REJECT, after(1), Actor("c", Role.CALLTAKER), SEPARATE, reason="not here"
    )
    assert turned_away.state is State.REJECTED


def test_arrival_from_filing_or_from_dispatch() -> None:
    filed = to(State.FILED)
    assert clock(filed, KIND.ARRIVAL).start_at == filed.filed_at
    later = to(State.FILED, DISPATCHED_ORIGIN)
    assert deadlines.of(later, KIND.ARRIVAL) is None
    assert clock(later, KIND.TOTAL).limit.value == 16
    sent = to(State.DISPATCHED, DISPATCHED_ORIGIN)
    assert clock(sent, KIND.ARRIVAL).start_at == sent.dispatched_at


def test_verification_pauses_the_decision_and_has_its_own_half_hour() -> None:
    away = do(opened(), Action.VERIFY, after(3))
    assert clock(away, KIND.VERIFY).due_at == after(33)
    assert clock(away, KIND.DECISION).paused_since == after(3)
    assert deadlines.headline(away) == clock(away, KIND.VERIFY)
    back = do(away, Action.VERIFIED, after(20), result="exists")
    assert (back.state, back.verified_at) == (State.REGISTERING, after(20))
    assert clock(back, KIND.DECISION).due_at == after(22)
    assert clock(back, KIND.VERIFY).met_at == after(20)
    with refused("bad_value", "result"):
        do(away, Action.VERIFIED, after(20))
    with refused("bad_value", "result"):
        do(away, Action.VERIFIED, after(20), result="perhaps")


def test_filing_needs_a_condition_that_is_there_and_active() -> None:
    with refused("missing_condition"):
        life.step(opened(), Command(Action.FILE), DUTY, RULES, after(1))
    with refused("unknown_condition"):
        life.step(opened(), Command(Action.FILE, condition="E1"), DUTY, RULES, after(1))
    with refused("unknown_condition"):
        life.step(opened(), Command(Action.FILE, condition="E1"), DUTY, RULES, after(1), life.Context(STALL))
    with refused("unknown_condition", "inactive"):
        do(opened(), Action.FILE, after(1), condition=replace(STALL, active=False))
    assert do(opened(), Action.FILE, after(1), condition=STALL).condition_id == STALL.condition_id


def test_filing_under_another_class_says_so() -> None:
    case = opened(category=replace(KEY, code="06022"))
    step = life.step(case, Command(Action.FILE), DUTY, RULES, after(1), life.Context(STALL))
    assert step.case.category == KEY
    assert step.drafts[0].data["old_category"] == {
        "standard": KEY.standard,
        "kind": "event",
        "code": "06022",
    }


def test_a_key_pressed_by_mistake_is_taken_back_within_ten_seconds() -> None:
    gone = do(opened(), Action.REJECT, after(seconds=10), reason=MIS_KEY)
    assert (gone.state, gone.mis_key) == (State.REJECTED, True)
    assert clock(gone, KIND.DECISION).cancelled, "nothing was decided"
    with refused("illegal_transition", "mis_key_late"):
        do(opened(), Action.REJECT, after(seconds=11), reason=MIS_KEY)
    with refused("illegal_transition", "mis_key_typed"):
        do(opened(note="stall"), Action.REJECT, after(seconds=3), reason=MIS_KEY)
    with refused("illegal_transition", "mis_key_typed"):
        do(opened(source=Source.PUBLIC), Action.REJECT, after(seconds=3), reason=MIS_KEY)
    separate = do(opened(rules=SEPARATE), Action.REJECT, after(seconds=3), rules=SEPARATE, reason=MIS_KEY)
    assert separate.mis_key, "whoever may press the key may take it back"


def test_a_rejection_is_a_decision_and_needs_a_reason() -> None:
    gone = do(opened(), Action.REJECT, after(2), reason="a private yard")
    assert clock(gone, KIND.DECISION).met_at == after(2)
    assert clock(gone, KIND.TOTAL).cancelled
    assert (gone.end_reason, gone.ended_at, gone.mis_key) == ("a private yard", after(2), False)
    with refused("missing_reason"):
        do(opened(), Action.REJECT, after(2), reason="  ")


def test_merge_and_void_end_clocks_as_cancelled_not_met() -> None:
    other = replace(to(State.FILED), id="20260805-0002")
    step = life.step(
        opened(), Command(Action.MERGE, other=other.id), DUTY, RULES, after(2), life.Context(other=other)
    )
    assert step.case.state is State.DUPLICATE
    assert [(link.id, link.kind) for link in step.case.links] == [("20260805-0002", "into")]
    assert [(link.id, link.kind) for link in step.also[0].links] == [("20260805-0001", "from")]
    assert [d.case for d in step.drafts] == ["20260805-0001", "20260805-0002"]
    assert all(d.cancelled and d.met_at is None for d in step.case.deadlines)
    voided = do(to(State.ENROUTE), Action.VOID, after(5), reason="drill")
    assert voided.state is State.VOIDED
    assert not any(d.running for d in voided.deadlines)
    assert clock(voided, KIND.ARRIVAL).cancelled
    assert clock(voided, KIND.DECISION).met_at is not None


def test_merging_into_oneself_or_into_something_ended_is_refused() -> None:
    case = opened()
    with refused("illegal_transition", "same_case"):
        do(case, Action.MERGE, after(1), other=case)
    with refused("illegal_transition", "merge_into_ended"):
        do(case, Action.MERGE, after(1), other=replace(to(State.CLOSED), id="x"))
    with refused("unknown_case", "missing"):
        do(case, Action.MERGE, after(1))
    other = replace(opened(), id="20260805-0002")
    assert do(case, Action.MERGE, after(1), other=other).state is State.DUPLICATE


def test_a_link_goes_both_ways_and_once() -> None:
    other = replace(to(State.CLOSED), id="20260805-0002")
    step = life.step(opened(), Command(Action.LINK), DUTY, RULES, after(1), life.Context(other=other))
    assert (step.case.links[0].id, step.also[0].links[0].id) == (other.id, "20260805-0001")
    assert step.case.state is State.REGISTERING
    with refused("illegal_transition", "linked_before"):
        do(step.case, Action.LINK, after(1), other=other)


def test_time_given_by_hand_is_the_leaders_and_marked() -> None:
    case = to(State.ENROUTE)
    step = life.step(case, Command(Action.ARRIVE, at=after(6), on_behalf_of="team"), LEADER, RULES, after(9))
    assert (step.case.arrived_at, step.case.manual_time) == (after(6), True)
    event = step.drafts[0]
    assert (event.at, event.recorded_at) == (after(6), after(9))
    assert event.data["manual"] is True
    assert event.data["on_behalf_of"] == "team"
    with refused("forbidden", "at"):
        do(case, Action.ARRIVE, after(9), at=after(6))
    with refused("time_future"):
        do(case, Action.ARRIVE, after(9), LEADER, at=after(10))
    with refused("time_order", "before_accepted"):
        do(case, Action.ARRIVE, after(9), LEADER, at=after(1, 59))
    with refused("time_order", "too_old"):
        do(case, Action.ARRIVE, after(60 * 25), LEADER, at=after(30))
    with refused("bad_value", "time"):
        do(case, Action.ARRIVE, after(9), LEADER, at=after(6).replace(tzinfo=None))
    with refused("bad_value", "at_with_approval"):
        do(case, Action.VOID, after(9), LEADER, at=after(6), reason="x")


def test_a_clock_a_little_behind_follows_the_former_step() -> None:
    case = to(State.ENROUTE)
    assert do(case, Action.ARRIVE, after(1, 57)).arrived_at == case.accepted_at
    with refused("time_order", "before_accepted"):
        do(case, Action.ARRIVE, after(1, 54))


def test_a_field_user_acts_for_his_own_team() -> None:
    sent = to(State.DISPATCHED)
    assert do(sent, Action.ACCEPT, after(2), FIELD).state is State.ENROUTE
    with refused("forbidden", "other_team"):
        do(sent, Action.ACCEPT, after(2), Actor("x", Role.FIELD, team="patrol"))


def test_separate_filing_leaves_filing_and_closing_to_the_leader() -> None:
    case = opened(rules=SEPARATE)
    with refused("forbidden", "role"):
        do(case, Action.FILE, after(1), rules=SEPARATE)
    assert life.next_action(case, Role.DUTY, SEPARATE) is None
    assert life.next_action(case, Role.LEADER, SEPARATE) is Action.FILE
    with refused("forbidden", "role"):
        do(to(State.CLOSING), Action.CLOSE, after(41), rules=SEPARATE)
    with refused("forbidden", "role"):
        do(to(State.CLOSING), Action.CHECK, after(41), rules=SEPARATE, result="rework", reason="x")


@pytest.mark.parametrize("state", sorted(OPEN))
def test_exactly_one_next_action_in_every_open_state(state: State) -> None:
    case = replace(opened(), state=state)
    action = life.next_action(case, Role.DUTY, RULES)
    assert action is FORWARD[state][0]
    assert life.available(case, Role.DUTY, RULES)[0] is action


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_nothing_leads_on_from_the_end(state: State) -> None:
    case = replace(opened(), state=state)
    assert life.next_action(case, Role.LEADER, RULES) is None
    offered = set(life.available(case, Role.LEADER, RULES))
    aside = {Action.LINK, Action.NOTE, Action.ATTACH}
    assert offered == (
        aside | {Action.CORRECT, Action.REOPEN, Action.CALL_BACK} if state is State.CLOSED else aside
    )


def test_only_readers_are_offered_nothing() -> None:
    for state in State:
        case = replace(opened(), state=state)
        for role in (Role.KIOSK, Role.SUPERVISOR, Role.ADMIN):
            assert life.available(case, role, RULES) == ()


def test_a_step_without_the_right_is_forbidden_whatever_the_state() -> None:
    for state in (State.FILED, State.CLOSED):
        with refused("forbidden", "role"):
            do(to(state), Action.FILE, after(50), Actor("k", Role.KIOSK))
    with refused("illegal_transition"):
        do(to(State.FILED), Action.FILE, after(50))
    with refused("illegal_transition") as caught:
        do(to(State.FILED), Action.APPROVE, after(50))
    assert caught.value.code == "illegal_transition"
