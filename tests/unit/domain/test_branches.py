"""Side branches: not ours, rework, suspension, extension, appeal, reopening."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain import deadlines, life
from console.domain.model import Command
from console.domain.vocabulary import Action, DeadlineKind, State
from tests.unit.domain.build import (
    DUTY,
    FIELD,
    LEADER,
    OFFICE,
    RULES,
    STALL,
    after,
    clock,
    do,
    local,
    opened,
    refused,
    to,
)

KIND = DeadlineKind


def test_not_ours_keeps_arrival_opens_dispatch_and_pauses_handling() -> None:
    sent = to(State.DISPATCHED)
    back = do(sent, Action.REFUSE, after(3), reason="not ours")
    assert (back.state, back.refusals, back.dispatched_at) == (State.FILED, 1, None)
    assert clock(back, KIND.ARRIVAL) == clock(sent, KIND.ARRIVAL)
    dispatch = clock(back, KIND.DISPATCH)
    assert (dispatch.start_at, dispatch.due_at, dispatch.due_version) == (after(3), after(4), 2)
    assert clock(back, KIND.HANDLING).paused_since == after(3)
    same = do(back, Action.DISPATCH, after(5), teams=("appearance",))
    handling = clock(same, KIND.HANDLING)
    assert (handling.start_at, handling.paused_s, handling.due_version) == (after(1, 30), 120, 1)
    other = do(back, Action.DISPATCH, after(5), teams=("patrol", "appearance"))
    handling = clock(other, KIND.HANDLING)
    assert (handling.start_at, handling.paused_s, handling.due_version) == (after(5), 0, 2)
    assert clock(other, KIND.DISPATCH).met_at == after(5)
    with refused("missing_reason"):
        do(sent, Action.REFUSE, after(3))


def test_a_late_first_dispatch_is_not_forgotten_by_a_second() -> None:
    case = do(to(State.FILED), Action.DISPATCH, after(3))
    case = do(do(case, Action.REFUSE, after(4), reason="not ours"), Action.DISPATCH, after(4, 30))
    assert not deadlines.ended_late(clock(case, KIND.DISPATCH))
    assert clock(case, KIND.DISPATCH).missed_before


def test_dispatch_needs_a_team_and_the_limit_the_case_was_filed_under() -> None:
    filed = to(State.FILED)
    with refused("unknown_team", "missing"):
        do(filed, Action.DISPATCH, after(2), condition=replace(STALL, team=""))
    with refused("missing_condition", "limit"):
        life.step(filed, Command(Action.DISPATCH, teams=("a",)), DUTY, RULES, after(2))
    handling = clock(do(filed, Action.DISPATCH, after(2), condition=OFFICE), KIND.HANDLING)
    assert (handling.limit.value, handling.limit.version) == (1, "E06001-1@1")
    assert handling.due_at == local(2026, 8, 6, 8, 17, 2), "a working day is eight office hours"


def test_rework_keeps_the_handling_clock_running() -> None:
    checking = to(State.CHECKING)
    again = do(checking, Action.CHECK, after(45), result="rework", reason="goods still there")
    handling = clock(again, KIND.HANDLING)
    assert (again.state, again.rework, again.handled_at, again.checked_at) == (
        State.HANDLING,
        1,
        None,
        after(45),
    )
    assert handling.running
    assert handling.due_at == clock(checking, KIND.HANDLING).due_at
    done = do(again, Action.HANDLED, after(60))
    assert clock(done, KIND.CHECK).start_at == after(60)
    assert clock(done, KIND.CHECK).due_version == 2
    with refused("time_order", "before_checked"):
        do(again, Action.HANDLED, after(50), LEADER, at=after(44))
    with refused("missing_reason"):
        do(checking, Action.CHECK, after(45), result="rework")


def test_rework_past_a_threshold_rings_from_the_rework() -> None:
    checking = do(do(to(State.HANDLING), Action.HANDLED, after(90)), Action.FEEDBACK, after(91))
    assert [c.kind for c in deadlines.crossings(checking, after(115))] == [KIND.CHECK]
    again = do(checking, Action.CHECK, after(115), result="rework", reason="still there")
    (crossing,) = deadlines.crossings(again, after(115))
    assert (crossing.kind, crossing.threshold, crossing.at) == (KIND.HANDLING, 80, after(115))


def test_check_in_feedback_sends_and_answers_in_one() -> None:
    step = life.step(to(State.FEEDBACK), Command(Action.CHECK), DUTY, RULES, after(35))
    assert step.case.state is State.CLOSING
    assert (step.case.check_sent_at, step.case.checked_at) == (after(35), after(35))
    assert step.drafts[0].data["sent"] is True
    sent_back = do(step.case, Action.CHECK, after(36), result="rework", reason="wrong photo")
    assert (sent_back.state, sent_back.rework) == (State.HANDLING, 1)
    with refused("illegal_transition"):
        do(step.case, Action.CHECK, after(36), result="pass")


def test_suspension_stops_handling_once_and_ends_by_itself() -> None:
    suspended = to(State.SUSPENDED)
    assert suspended.suspended_until == after(60 * 24)
    assert clock(suspended, KIND.HANDLING).paused_since == after(10)
    assert deadlines.next_transition(suspended, after(11)) == after(60 * 24)
    with refused("illegal_transition"):
        do(suspended, Action.HANDLED, after(20))
    wish = Command(Action.RESUME, at=suspended.suspended_until)
    step = life.step(suspended, wish, life.SYSTEM, RULES, after(60 * 24 * 3))
    assert step.case.state is State.HANDLING
    assert not step.case.manual_time
    assert step.drafts[0].at == after(60 * 24)
    assert step.drafts[0].data["by_itself"] is True
    handling = clock(step.case, KIND.HANDLING)
    assert handling.paused_s == (24 * 60 - 10) * 60
    with refused("illegal_transition", "suspended_before"):
        do(step.case, Action.SUSPEND, after(60 * 24 * 3), reason="again", until=after(60 * 24 * 5))


@pytest.mark.parametrize(
    ("until", "detail"),
    [(None, "until_missing"), (after(9), "until_past"), (after(60 * 24 * 367), "until_far")],
)
def test_a_suspension_has_an_end_within_a_year(until: object, detail: str) -> None:
    with refused("bad_value", detail) as caught:
        do(to(State.HANDLING), Action.SUSPEND, after(10), reason="crane", until=until)
    assert caught.value.detail == detail


def test_extension_at_most_twice_and_never_once_overdue() -> None:
    case = to(State.HANDLING)
    first_due = clock(case, KIND.HANDLING).due_at
    case = do(case, Action.EXTEND, after(60), reason="crane")
    assert clock(case, KIND.HANDLING).due_at == first_due + timedelta(hours=2)
    case = do(case, Action.EXTEND, after(70), reason="crane")
    assert clock(case, KIND.HANDLING).due_at == first_due + timedelta(hours=4)
    assert case.extensions == 2
    with refused("illegal_transition", "extended_before"):
        do(case, Action.EXTEND, after(80), reason="crane")
    with refused("illegal_transition", "extend_overdue"):
        do(to(State.HANDLING), Action.EXTEND, after(121, 30), reason="crane")


def test_an_extension_asked_in_time_but_granted_late_is_refused() -> None:
    case = to(State.HANDLING)
    asked = life.step(case, Command(Action.EXTEND, reason="crane"), FIELD, RULES, after(100)).approval
    assert asked is not None
    with refused("illegal_transition", "extend_overdue"):
        life.perform_approved(case, asked, LEADER, RULES, after(130))


def test_extension_while_suspended() -> None:
    longer = do(to(State.SUSPENDED), Action.EXTEND, after(30), reason="crane")
    assert longer.state is State.SUSPENDED
    assert (
        deadlines.remaining_s(clock(longer, KIND.HANDLING), after(500), RULES.calendar) == (4 * 60 - 8.5) * 60
    )


def test_forced_close_from_the_street_and_not_before_filing() -> None:
    forced = do(to(State.ENROUTE), Action.FORCE_CLOSE, after(9), reason="flood: all teams elsewhere")
    assert (forced.state, forced.closed_by, forced.end_reason) == (
        State.CLOSED,
        "leader-2",
        "flood: all teams elsewhere",
    )
    assert clock(forced, KIND.ARRIVAL).cancelled
    with refused("illegal_transition"):
        do(opened(), Action.FORCE_CLOSE, after(9), reason="x")


def test_an_appeal_needs_an_overrun_comes_once_and_keeps_it() -> None:
    with refused("illegal_transition", "not_overrun"):
        do(to(State.CLOSED), Action.APPEAL, after(60), reason="rain")
    late = do(to(State.ENROUTE), Action.ARRIVE, after(20))
    late = do(do(do(late, Action.HANDLED, after(30)), Action.CHECK, after(31)), Action.CLOSE, after(32))
    granted = do(late, Action.APPEAL, after(60), reason="road closed")
    assert granted.exempt
    assert granted.deadlines == late.deadlines, "the overrun stays visible"
    with refused("illegal_transition", "appealed_before"):
        do(granted, Action.APPEAL, after(70), reason="again")
    with refused("illegal_transition"):
        do(to(State.CLOSING), Action.APPEAL, after(60), reason="rain")


def test_reopening_gives_the_handling_a_new_round() -> None:
    again = do(to(State.CLOSED), Action.REOPEN, after(100), LEADER, reason="stall is back")
    assert (again.state, again.closed_at, again.handled_at, again.closed_by) == (
        State.HANDLING,
        None,
        None,
        "",
    )
    assert clock(again, KIND.HANDLING).start_at == after(100)
    with refused("time_order", "before_returned"):
        do(again, Action.HANDLED, after(101), LEADER, at=after(99))
    with refused("forbidden", "role"):
        do(to(State.CLOSED), Action.REOPEN, after(100), reason="x")


def test_a_closed_case_is_called_back_and_the_last_answer_counts() -> None:
    closed = to(State.CLOSED)
    asked = do(closed, Action.CALL_BACK, after(60), result="no", text="still there")
    assert (asked.state, asked.call_back) == (State.CLOSED, "no")
    again = do(asked, Action.CALL_BACK, after(70), result="yes")
    assert again.call_back == "yes"
    assert again.deadlines == closed.deadlines
    assert do(again, Action.REOPEN, after(100), LEADER, reason="stall is back").call_back == ""
    with refused("bad_value", "result"):
        do(closed, Action.CALL_BACK, after(60))
    with refused("illegal_transition"):
        do(to(State.HANDLING), Action.CALL_BACK, after(60), result="yes")


def test_supervise_urge_note_attach_turn_no_clock() -> None:
    case = to(State.HANDLING)
    supervised = do(case, Action.SUPERVISE, after(9), LEADER, reply_by=after(30))
    assert (supervised.reply_by, supervised.deadlines) == (after(30), case.deadlines)
    with refused("bad_value", "reply_by_past"):
        do(case, Action.SUPERVISE, after(9), LEADER, reply_by=after(9))
    assert do(do(case, Action.URGE, after(9)), Action.URGE, after(10)).urges == 2
    with refused("bad_value", "text_missing"):
        do(case, Action.NOTE, after(9), text=" ")
    with refused("bad_value", "files_missing"):
        do(case, Action.ATTACH, after(9))
    assert do(to(State.CLOSED), Action.NOTE, after(99), text="thanked").state is State.CLOSED
