"""The life of a case, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain import approvals, deadlines, life
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.transitions import FORWARD, MIS_KEY, TABLE
from console.domain.vocabulary import OPEN, TERMINAL, Action, Channel, DeadlineKind, Lamp, Role, Source, State
from tests.unit.domain.build import (
    DUTY,
    FIELD,
    KEY,
    LEADER,
    OFFICE,
    RULES,
    SECOND,
    STALL,
    T0,
    after,
    do,
    draft,
    local,
    opened,
    to,
)

KIND = DeadlineKind
DISPATCHED_ORIGIN = life.Rules(arrival_origin="dispatched")
SEPARATE = life.Rules(separate_filing=True)


def refused(code: str, detail: str = "") -> object:
    """Expect this refusal and no other."""
    return pytest.raises(Refusal, match=f"^{code}{r'[.]' + detail if detail else ''}( |$)")


def clock(case: Case, kind: DeadlineKind) -> deadlines.Deadline:
    found = deadlines.of(case, kind)
    assert found is not None
    return found


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
    assert told["arrival"]["took_s"] == 530
    assert told["arrival"]["in_time"] is True
    assert told["total"]["took_s"] == 688
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
    with refused("forbidden", "role"):
        life.open_case(draft(), FIELD, RULES, T0)


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


def test_a_link_goes_both_ways_and_once() -> None:
    other = replace(to(State.CLOSED), id="20260805-0002")
    step = life.step(opened(), Command(Action.LINK), DUTY, RULES, after(1), life.Context(other=other))
    assert (step.case.links[0].id, step.also[0].links[0].id) == (other.id, "20260805-0001")
    assert step.case.state is State.REGISTERING
    with refused("illegal_transition", "linked_before"):
        do(step.case, Action.LINK, after(1), other=other)


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
    with refused("bad_value", detail):
        do(to(State.HANDLING), Action.SUSPEND, after(10), reason="crane", until=until)


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
    denied = life.deny(case, request, SECOND, RULES, after(11), "no")
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
    with refused(code, detail):
        do(
            to(State.HANDLING),
            Action.CORRECT,
            after(10),
            reason="x",
            field_name=field,
            field_value=value.isoformat(),  # type: ignore[attr-defined]
        )
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
    assert offered == (aside | {Action.CORRECT, Action.REOPEN} if state is State.CLOSED else aside)


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
    with refused("illegal_transition"):
        do(to(State.FILED), Action.APPROVE, after(50))


def test_a_correction_does_not_reach_behind_a_second_round() -> None:
    back = do(to(State.DISPATCHED), Action.REFUSE, after(3), reason="not ours")
    sent = do(back, Action.DISPATCH, after(4))
    wish = {"reason": "x", "field_name": "dispatched_at"}
    with refused("time_order", "before_returned"):
        do(sent, Action.CORRECT, after(5), field_value=after(2).isoformat(), **wish)
    assert do(
        sent, Action.CORRECT, after(5), field_value=after(3.5).isoformat(), **wish
    ).dispatched_at == after(3.5)
