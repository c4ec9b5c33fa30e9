"""A further team goes along to a case that others were sent to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain import life, obstacles, replay
from console.domain.model import Command
from console.domain.vocabulary import Action, Role, State
from console.services.team_message import Told
from console.services.team_progress import Progress, progress, to_tell
from console.services.team_state import Doing
from tests.unit.services.conftest import DUTY, LEADER, Site
from tests.unit.services.test_cases import refused

WHY = "一队人手不够"


def steps(site: Site, case_id: str) -> Progress:
    with site.store.uows.read() as uow:
        return progress(uow.events.of_case(case_id))


def told(site: Site, case_id: str, what: str, *teams: str) -> None:
    """What a further team says, as the desk notes it."""
    wish = Command(Action.NOTE, text=what, result=what, teams=teams)
    site.services.cases.act(DUTY, case_id, wish)


@pytest.mark.parametrize("way", [(), ("accept",), ("accept", "arrive")])
def test_it_goes_along_and_nothing_else_changes(each_site: Site, way: tuple[str, ...]) -> None:
    site = each_site
    before = site.through(site.do(site.open(), "file"), "dispatch", *way)
    assert Action.ADD_TEAM in life.available(before, Role.DUTY, life.Rules())
    site.clock.on(minutes=1)
    after = site.do(before, "add-team", teams=("巡消队",), reason=WHY)
    assert after == replace(before, teams=("appearance", "patrol"), version=after.version)
    event = site.last.events[-1]
    assert (event.data["added"], event.data["reason"]) == (["patrol"], WHY)
    found = steps(site, after.id).steps
    assert [(one.team, one.sent_at) for one in found] == [
        ("appearance", before.dispatched_at),
        ("patrol", site.clock.at),
    ]
    standing = next(one for one in site.services.teams.board(DUTY).rows if one.team.id == "patrol")
    assert (standing.doing, [one.id for one in standing.cases]) == (Doing.TOLD, [after.id])
    with site.store.uows.read() as uow:
        events = uow.events.of_case(after.id)
        condition = uow.reference.condition(after.condition_id)
        stored = uow.cases.get(after.id)
    assert condition is not None
    assert stored is not None
    made = replay.case(events, {(condition.condition_id, condition.version): condition})
    assert made == replace(stored, version=0, evidence=())


def test_its_own_answers_are_kept(site: Site) -> None:
    case = site.through(site.do(site.open(), "file"), "dispatch", "accept", "arrive")
    site.do(case, "add-team", teams=("patrol", "guard"), reason=WHY)
    site.clock.on(minutes=2)
    told(site, case.id, "accept", "patrol")
    site.clock.on(minutes=3)
    told(site, case.id, "arrive", "patrol")
    told(site, case.id, "refuse", "guard")
    found = steps(site, case.id)
    patrol, guard = found.of("patrol"), found.of("guard")
    assert patrol is not None
    assert guard is not None
    assert patrol.accepted is not None
    assert patrol.arrived is not None
    assert (patrol.arrived.at - patrol.accepted.at).total_seconds() == 180
    assert guard.returned is not None
    assert set(found.returned) == {"guard"}
    kept = site.services.cases.show(DUTY, case.id)[0]
    assert (kept.state, kept.arrived_at) == (State.HANDLING, case.arrived_at)


def test_the_message_is_for_those_who_have_not_been_told(site: Site) -> None:
    case = site.through(site.do(site.open(), "file"), "dispatch")
    assert to_tell(steps(site, case.id).steps) == (), "nobody was told: it is for all"
    told(site, case.id, "copied", "appearance")
    site.do(case, "add-team", teams=("patrol",), reason=WHY)
    only = to_tell(steps(site, case.id).steps)
    assert only == ("patrol",)
    message = site.services.teams.message(DUTY, case.id, Told.WECHAT, "zh", only)
    assert message.teams == ("patrol",)
    assert "巡消队" in message.text
    assert "市容劝导队" not in message.text
    told(site, case.id, "copied", "patrol")
    assert to_tell(steps(site, case.id).steps) == (), "all were told: it is for all again"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"teams": ("patrol",)}, "missing_reason"),
        ({"reason": WHY}, "unknown_team.which"),
        ({"teams": ("appearance",), "reason": WHY}, "unknown_team.sent_before"),
        ({"teams": ("火星队",), "reason": WHY}, "unknown_team."),
    ],
)
def test_what_is_refused_changes_nothing(site: Site, wish: dict[str, object], code: str) -> None:
    case = site.through(site.do(site.open(), "file"), "dispatch")
    before = site.size()
    with refused(*code.split(".", 1)):
        site.do(case, "add-team", **wish)
    assert site.size() == before


def test_when_and_by_whom(site: Site) -> None:
    case = site.do(site.open(), "file")
    with refused("illegal_transition"):
        site.do(case, "add-team", teams=("patrol",), reason=WHY)
    sent = site.do(case, "dispatch")
    rules = life.Rules()
    assert Action.ADD_TEAM in obstacles.possible(sent, Role.DISPATCHER, rules, site.clock.at)
    for role in (Role.FIELD, Role.KIOSK, Role.SUPERVISOR, Role.CALLTAKER):
        assert Action.ADD_TEAM not in obstacles.possible(sent, role, rules, site.clock.at)
    done = site.through(sent, "accept", "arrive", "handled")
    with refused("illegal_transition"):
        site.do(done, "add-team", LEADER, teams=("patrol",), reason=WHY)
