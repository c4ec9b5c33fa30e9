"""Why a promise was broken: coded at the close, in the case and in its event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain import approvals, causes, life, replay
from console.domain.errors import Refusal
from console.domain.model import Case, Command
from console.domain.terms import Step
from console.domain.vocabulary import Action, State
from tests.unit.domain.build import LEADER, RULES, SECOND, STALL, after, do, opened, refused, to


def late(state: State) -> Case:
    """A case that was dispatched two minutes late, on its way to the end."""
    case = do(opened(), Action.FILE, after(1))
    case = do(case, Action.DISPATCH, after(4))
    for action, at in ((Action.ACCEPT, 5), (Action.ARRIVE, 8), (Action.HANDLED, 20), (Action.CHECK, 25)):
        if case.state is state:
            break
        case = do(case, action, after(at))
    return case


def closing(case: Case, action: Action = Action.CLOSE, **fields: str) -> Step:
    """The end of a case, granted where it must be."""
    command = Command(action, **fields)  # type: ignore[arg-type]
    step = life.step(case, command, LEADER, RULES, after(30), life.Context(STALL))
    if step.approval is None:
        return step
    return life.perform_approved(case, replace(step.approval, id=3), SECOND, RULES, after(31))


@pytest.mark.parametrize(
    ("state", "action", "given"),
    [(State.CLOSING, Action.CLOSE, {}), (State.HANDLING, Action.FORCE_CLOSE, {"reason": "fixed by others"})],
)
def test_the_cause_is_kept_in_the_case_and_in_the_event_that_closed_it(
    state: State, action: Action, given: dict[str, str]
) -> None:
    case = late(state)
    done = closing(case, action, cause="other", text="the gate was locked", **given)
    assert (done.case.breach_cause, done.case.breach_words) == ("other", "the gate was locked")
    told = done.drafts[-1]
    assert (told.data["cause"], told.data["cause_words"]) == ("other", "the gate was locked")
    again = replay.follow(case, told)
    assert again is not None
    assert (again.breach_cause, again.breach_words) == ("other", "the gate was locked")
    reopened = do(done.case, Action.REOPEN, after(40), LEADER, reason="back again")
    assert (reopened.state, reopened.breach_cause, reopened.breach_words) == (State.HANDLING, "", "")


def test_a_case_that_kept_every_promise_has_no_cause() -> None:
    wish = Command(Action.CLOSE, cause="no_unit", text="typed all the same")
    done = life.step(to(State.CLOSING), wish, LEADER, RULES, after(41))
    assert (done.case.breach_cause, done.case.breach_words) == ("", "")
    assert "cause" not in done.drafts[-1].data


def test_words_without_a_code_are_no_cause() -> None:
    done = closing(late(State.CLOSING), text="nobody chose")
    assert (done.case.breach_cause, done.case.breach_words) == ("", "")


def test_only_causes_of_the_list_are_taken_and_other_wants_words() -> None:
    case = late(State.CLOSING)
    with refused("bad_value", "cause"):
        closing(case, cause="the moon")
    with refused("bad_value", "cause_words"):
        closing(case, cause=causes.OTHER, text="  ")
    done = closing(case, cause=causes.OTHER, text="  桥封了 ")
    assert (done.case.breach_cause, done.case.breach_words) == (causes.OTHER, "桥封了")


def test_what_was_broken_is_told_by_clock() -> None:
    assert causes.broken(late(State.CLOSING), after(30)) == ("dispatch",)
    assert causes.broken(to(State.CLOSING), after(41)) == ()
    waiting = do(opened(), Action.FILE, after(1))
    assert causes.broken(waiting, after(1, 59)) == ()
    assert causes.broken(waiting, after(20)) == ("total", "dispatch", "arrival")


def test_a_wish_that_waits_for_a_second_person_keeps_its_cause() -> None:
    wish = Command(Action.FORCE_CLOSE, reason="done", cause="weather", text="storm")
    assert approvals.decode(approvals.encode(wish)) == wish


def test_a_site_names_rests_and_adds_causes_before_other() -> None:
    rows = [
        {"code": "no_unit", "zh": "队伍全派出", "en": "All teams out", "group": "force"},
        {"code": "rush", "zh": "高峰", "en": "Rush", "group": "order", "active": False},
        {"code": "festival", "zh": "节庆活动", "en": "Festival", "group": "place"},
    ]
    found = causes.of_site(rows)
    named = {one.code: one for one in found}
    assert (named["no_unit"].zh, named["rush"].active) == ("队伍全派出", False)
    assert [one.code for one in found[-2:]] == ["festival", causes.OTHER]
    with pytest.raises(Refusal) as told:
        causes.check("rush", "", found)
    assert told.value.detail == "cause"


@pytest.mark.parametrize(
    "row",
    [
        {"code": "Bad Code", "zh": "甲", "en": "a"},
        {"code": "fine", "zh": "", "en": "a"},
        {"code": "fine", "zh": "甲", "en": "a" * 41},
        {"code": "fine", "zh": "甲", "en": "a", "group": "moon"},
    ],
)
def test_a_row_that_cannot_be_a_cause_is_refused(row: dict[str, str]) -> None:
    with refused("bad_value", "cause_row"):
        causes.of_site([row])
    good = {"code": "fine", "zh": "甲", "en": "a", "group": "place"}
    assert "fine" in [one.code for one in causes.of_site([good])]
