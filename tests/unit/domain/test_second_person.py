"""What a second person grants, and corrected times."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain import approvals, deadlines, life
from console.domain.model import Case, Command
from console.domain.transitions import TABLE
from console.domain.vocabulary import Action, Channel, DeadlineKind, Source, State
from tests.unit.domain.build import (
    DUTY,
    LEADER,
    RULES,
    SECOND,
    T0,
    after,
    clock,
    do,
    opened,
    refused,
    to,
)

KIND = DeadlineKind


SECOND_PERSON = {
    Action.VOID: State.HANDLING,
    Action.FORCE_CLOSE: State.HANDLING,
    Action.EXTEND: State.HANDLING,
    Action.SUSPEND: State.HANDLING,
    Action.CORRECT: State.HANDLING,
}


def test_the_table_names_who_must_be_second() -> None:
    assert {row.action for row in TABLE if row.second} == {*SECOND_PERSON, Action.APPEAL}


@pytest.mark.parametrize(("action", "state"), SECOND_PERSON.items())
def test_a_second_person_grants(action: Action, state: State) -> None:
    case = to(state)
    wish = Command(
        action,
        reason="because",
        until=after(600) if action is Action.SUSPEND else None,
        field_name="arrived_at" if action is Action.CORRECT else "",
        field_value=after(7).isoformat() if action is Action.CORRECT else "",
    )
    step = life.step(case, wish, LEADER, RULES, after(10))
    assert step.case == case, "nothing happens before the second word"
    assert step.approval is not None
    assert step.drafts[0].data["asked"] is True
    request = replace(step.approval, id=3)
    with refused("needs_second_person", "same_person"):
        life.perform_approved(case, request, LEADER, RULES, after(11))
    with refused("forbidden", "role"):
        life.perform_approved(case, request, DUTY, RULES, after(11))
    with refused("needs_second_person", "not_signed_in"):
        life.perform_approved(case, request, replace(SECOND, may_approve=False), RULES, after(11))
    with refused("conflict", "answered"):
        life.perform_approved(case, replace(request, state="denied"), SECOND, RULES, after(11))
    done = life.perform_approved(case, request, SECOND, RULES, after(11))
    assert done.case != case
    assert [d.action for d in done.drafts] == [Action.APPROVE, action]
    assert done.drafts[1].data["asked_by"] == "leader-1"
    assert done.approval is not None
    assert (done.approval.state, done.approval.answered_by) == ("approved", "leader-2")
    denied = life.deny(case, request, SECOND, RULES, after(11), approvals.Word("no"))
    assert denied.case == case
    assert denied.approval is not None
    assert denied.approval.state == "denied"
    assert denied.drafts[0].data["reason"] == "no"


def test_what_has_become_impossible_is_not_granted() -> None:
    case = to(State.HANDLING)
    asked = life.step(case, Command(Action.SUSPEND, reason="crane", until=after(99)), DUTY, RULES, after(9))
    assert asked.approval is not None
    with refused("illegal_transition"):
        life.perform_approved(to(State.FEEDBACK), asked.approval, LEADER, RULES, after(31))
    with refused("bad_value", "until_past"):
        life.perform_approved(case, asked.approval, LEADER, RULES, after(100))


def test_a_wish_survives_being_stored() -> None:
    wish = Command(
        Action.SUSPEND, reason="crane", until=after(99), channel=Channel.PHONE, on_behalf_of="team 3"
    )
    assert approvals.decode(approvals.encode(wish)) == wish
    fix = Command(
        Action.CORRECT, reason="typo", field_name="arrived_at", field_value="2026-08-05T08:20+08:00"
    )
    assert approvals.decode(approvals.encode(fix)) == fix


def test_a_corrected_arrival_is_counted_again_and_names_the_old_value() -> None:
    case = do(to(State.ENROUTE), Action.ARRIVE, after(14))
    assert deadlines.ended_late(clock(case, KIND.ARRIVAL))
    wish = Command(Action.CORRECT, reason="radio", field_name="arrived_at", field_value=after(9).isoformat())
    asked = life.step(case, wish, DUTY, RULES, after(20)).approval
    assert asked is not None
    done = life.perform_approved(case, asked, LEADER, RULES, after(21))
    assert (done.case.arrived_at, done.case.manual_time) == (after(9), True)
    assert not deadlines.ended_late(clock(done.case, KIND.ARRIVAL))
    data = done.drafts[1].data
    assert (data["field"], data["old"], data["new"]) == (
        "arrived_at",
        after(14).isoformat(),
        after(9).isoformat(),
    )
    assert data["deadlines"] == ["total", "arrival"]


def test_a_corrected_filing_moves_what_starts_there() -> None:
    case = to(State.ENROUTE)
    fixed = do(
        case,
        Action.CORRECT,
        after(9),
        reason="x",
        field_name="filed_at",
        field_value=after(0, 30).isoformat(),
    )
    assert clock(fixed, KIND.DECISION).met_at == after(0, 30)
    assert clock(fixed, KIND.ARRIVAL).due_at == after(10, 30)
    assert clock(fixed, KIND.ARRIVAL).due_version == 2
    assert clock(fixed, KIND.DISPATCH).start_at == after(0, 30)
    assert clock(fixed, KIND.HANDLING) == clock(case, KIND.HANDLING)


def test_a_corrected_sight_moves_the_decision_of_a_camera_only() -> None:
    def fix(case: Case, field: str, minute: float) -> Case:
        return do(
            case,
            Action.CORRECT,
            after(9),
            reason="x",
            field_name=field,
            field_value=after(minute).isoformat(),
        )

    assert clock(fix(opened(after(1)), "found_at", 0), KIND.DECISION).start_at == T0
    public = opened(after(2), Source.PUBLIC, found_at=after(1))
    assert clock(fix(public, "found_at", 0), KIND.DECISION).start_at == after(2)
    assert clock(fix(public, "reported_at", 1.5), KIND.TOTAL).start_at == after(1.5)


@pytest.mark.parametrize(
    ("field", "value", "code", "detail"),
    [
        ("arrived_at", after(1), "time_order", "before_accepted"),
        ("accepted_at", after(9), "time_order", "after_arrived"),
        ("arrived_at", after(999), "time_future", ""),
        ("filed_at", after(-60 * 25), "time_order", "too_old"),
        ("handled_at", after(9), "illegal_transition", "not_stamped"),
        ("opened_at", after(0), "bad_value", "field"),
    ],
)
def test_a_correction_keeps_the_order_of_things(field: str, value: object, code: str, detail: str) -> None:
    with refused(code, detail) as caught:
        do(
            to(State.HANDLING),
            Action.CORRECT,
            after(10),
            reason="x",
            field_name=field,
            field_value=value.isoformat(),  # type: ignore[attr-defined]
        )
    assert caught.value.code == code
    with refused("bad_value", "time"):
        do(
            to(State.HANDLING),
            Action.CORRECT,
            after(10),
            reason="x",
            field_name="arrived_at",
            field_value="noon",
        )


def test_a_correction_asked_in_time_may_be_granted_a_day_later() -> None:
    case = to(State.HANDLING)
    wish = Command(Action.CORRECT, reason="x", field_name="arrived_at", field_value=after(7).isoformat())
    asked = life.step(case, wish, DUTY, RULES, after(60 * 23)).approval
    assert asked is not None
    done = life.perform_approved(case, asked, LEADER, RULES, after(60 * 30))
    assert done.case.arrived_at == after(7)


def test_a_correction_does_not_reach_behind_a_second_round() -> None:
    back = do(to(State.DISPATCHED), Action.REFUSE, after(3), reason="not ours")
    sent = do(back, Action.DISPATCH, after(4))
    wish = {"reason": "x", "field_name": "dispatched_at"}
    with refused("time_order", "before_returned"):
        do(sent, Action.CORRECT, after(5), field_value=after(2).isoformat(), **wish)
    assert do(
        sent, Action.CORRECT, after(5), field_value=after(3.5).isoformat(), **wish
    ).dispatched_at == after(3.5)
