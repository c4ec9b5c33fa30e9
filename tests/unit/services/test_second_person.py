"""Requests, corrections and supervision through the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain import deadlines, obstacles
from console.domain.approvals import Word
from console.domain.errors import Refusal
from console.domain.life import Rules
from console.domain.model import Approval, Case, Command
from console.domain.vocabulary import Action, Channel, DeadlineKind, Role, Source, State
from console.services.board import BoardReader
from tests.unit.services.conftest import DUTY, LEADER, OTHER_LEADER, Site

RULES = Rules()


def handling(site: Site) -> Case:
    """A case whose team is at work."""
    case = site.open(place="亚太广场")
    for action in ("file", "dispatch", "accept", "arrive"):
        site.clock.on(seconds=20)
        case = site.do(case, action, DUTY, condition="E09006-1" if action == "file" else "")
    return case


def ask(site: Site, case: Case, action: Action, **wish: object) -> Approval:
    """A request of the officer on duty."""
    site.do(case, action, DUTY, reason="等产权单位", **wish)
    request = site.last.approval
    assert request is not None
    return request


def refused(site: Site, code: str, detail: str, do: object, *args: object, **more: object) -> Refusal:
    """Refused so, and nothing was written."""
    before = site.size()
    with pytest.raises(Refusal) as caught:
        do(*args, **more)  # type: ignore[operator]
    assert (caught.value.code, caught.value.detail) == (code, detail)
    assert site.size() == before
    return caught.value


def test_one_request_of_a_kind_and_its_asker_may_take_it_back(site: Site) -> None:
    case = handling(site)
    request = ask(site, case, Action.EXTEND)
    why = refused(
        site,
        "illegal_transition",
        "asked_before",
        site.do,
        case,
        Action.EXTEND,
        LEADER,
        reason="again",
    )
    assert (why.facts["request"], why.facts["who"]) == (request.id, DUTY.name)
    ask(site, case, Action.VOID)  # another kind may wait beside it
    refused(site, "forbidden", "not_asker", site.services.cases.withdraw, LEADER, request.id)
    answer = site.services.cases.withdraw(DUTY, request.id)
    assert answer.approval is not None
    assert (answer.approval.state, answer.case.extensions) == ("withdrawn", 0)
    refused(site, "conflict", "answered", site.services.cases.approve, LEADER, request.id)
    ask(site, case, Action.EXTEND)


def test_what_the_end_of_a_case_makes_idle_lapses(site: Site) -> None:
    case = handling(site)
    idle, void = ask(site, case, Action.EXTEND), ask(site, case, Action.VOID)
    answer = site.services.cases.approve(LEADER, void.id)
    assert answer.case.state is State.VOIDED
    with site.store.uows.read() as uow:
        assert uow.users.waiting(case.id) == ()
        lapsed = uow.users.approval(idle.id)
    assert lapsed is not None
    assert (lapsed.state, lapsed.answered_by) == ("lapsed", "system")
    assert site.events(case)[-1] == "withdraw"


def test_a_grant_by_telephone_is_entered_later(site: Site) -> None:
    case = handling(site)
    request = ask(site, case, Action.EXTEND)
    said_at = site.clock.on(minutes=5)
    now = site.clock.on(minutes=20)
    word = Word(at=said_at, on_behalf_of="王队", channel=Channel.PHONE)
    early = replace(word, at=request.asked_at - timedelta(seconds=1))
    approve = site.services.cases.approve
    refused(site, "time_order", "before_asked", approve, LEADER, request.id, early)
    refused(
        site, "time_future", "", approve, LEADER, request.id, replace(word, at=now + timedelta(seconds=9))
    )
    answer = approve(LEADER, request.id, word)
    grant, deed = answer.events[-2:]
    assert (grant.at, deed.at, deed.recorded_at) == (said_at, said_at, now)
    assert (grant.data["on_behalf_of"], grant.data["channel"], grant.data["manual"]) == (
        "王队",
        "phone",
        True,
    )
    assert answer.case.manual_time


def test_place_source_and_class_are_corrected_with_their_clocks(site: Site) -> None:
    case = handling(site)
    due = deadlines.of(case, DeadlineKind.HANDLING)
    assert due is not None

    def right(field: str, value: str) -> Case:
        wish = {"field_name": field, "field_value": value}
        request = ask(site, case, Action.CORRECT, **wish)
        return site.services.cases.approve(LEADER, request.id).case

    fixed = right("place", "经北六路")
    assert (case.place, fixed.place, fixed.manual_time) == ("亚太广场", "经北六路", False)
    told = site.services.cases.show(DUTY, case.id)[1][-1].data
    assert (told["old"], told["new"], told["reason"]) == ("亚太广场", "经北六路", "等产权单位")
    assert right("source", "public").source is Source.PUBLIC
    assert right("community", "亚太社区").community == "yatai"
    with site.store.uows.read() as uow:
        others = [one for one in uow.reference.conditions() if one.limit_unit is not due.limit.unit]
    other = right("category", others[0].condition_id)
    assert (other.condition_id, other.name_zh) == (others[0].condition_id, others[0].name_zh)
    moved = deadlines.of(other, DeadlineKind.HANDLING)
    assert moved is not None
    assert (moved.start_at, moved.limit.value) == (due.start_at, others[0].limit_value)
    assert moved.due_at != due.due_at
    same = {"reason": "x", "field_name": "place", "field_value": "经北六路"}
    refused(site, "illegal_transition", "same_value", site.do, case, Action.CORRECT, DUTY, **same)
    nowhere = {"reason": "x", "field_name": "community", "field_value": "火星"}
    refused(site, "bad_value", "community", site.do, case, Action.CORRECT, DUTY, **nowhere)
    owner = {"reason": "x", "field_name": "owner", "field_value": "me"}
    refused(site, "bad_value", "field", site.do, case, Action.CORRECT, DUTY, **owner)


def test_a_supervision_waits_for_its_reply(site: Site) -> None:
    case = handling(site)
    refused(site, "illegal_transition", "no_reply_due", site.do, case, Action.REPLY, DUTY, text="已处理")
    by = site.clock.now() + timedelta(minutes=30)
    case = site.do(case, Action.SUPERVISE, LEADER, reply_by=by, text="为何未到")
    assert case.reply_by == by
    site.clock.on(minutes=31)
    case = site.do(case, Action.REPLY, DUTY, text="路上堵车")
    assert case.reply_by is None
    assert site.last.events[-1].data["in_time"] is False


def test_returned_from_the_spot_the_next_unit_has_its_own_ten_minutes(site: Site) -> None:
    case = handling(site)
    now = site.clock.on(minutes=3)
    case = site.do(case, Action.REFUSE, DUTY, reason="不属本队")
    assert (case.state, case.arrived_at, case.refusals) == (State.FILED, None, 1)
    arrival = deadlines.of(case, DeadlineKind.ARRIVAL)
    assert arrival is not None
    assert (arrival.running, arrival.start_at) == (True, now)


def test_a_view_tells_what_is_ruled_out_and_what_a_grant_would_do(site: Site) -> None:
    case = handling(site)
    request = ask(site, case, Action.EXTEND)
    reader = BoardReader(site.services.uows, site.clock, site.services.store)
    view = reader.case(OTHER_LEADER, case.id)
    assert view.blocked[Action.EXTEND].detail == "asked_before"
    assert Action.EXTEND not in view.allowed
    after = view.previews[request.id]
    assert isinstance(after, Case)
    assert (after.extensions, case.extensions) == (1, 0)
    site.clock.on(hours=3)
    late = reader.case(OTHER_LEADER, case.id).previews[request.id]
    assert isinstance(late, Refusal)
    assert late.detail == "extend_overdue"


def test_obstacles_are_told_in_the_words_of_the_refusal_that_would_come(site: Site) -> None:
    case = handling(site)
    now = site.clock.now()
    blocked = obstacles.of(case, Role.DUTY, RULES, now)
    assert blocked[Action.APPEAL].facts["state"] == "handling"
    assert blocked[Action.SUPERVISE].code == "forbidden"
    assert Action.SUSPEND not in blocked
    rested = replace(case, suspensions=1)
    assert obstacles.of(rested, Role.DUTY, RULES, now)[Action.SUSPEND].detail == "suspended_before"
    assert Action.SUSPEND not in obstacles.possible(rested, Role.DUTY, RULES, now)
    with pytest.raises(Refusal):
        site.do(case, Action.APPEAL, DUTY, reason="x")
    assert Command(Action.APPEAL).action in blocked
