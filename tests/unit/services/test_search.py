"""Finding a condition, and whom to send."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from console.domain.model import Case, Condition, Event, Team
from console.domain.vocabulary import Action, Source, State
from console.services.proposals import default_teams, propose
from console.services.reference import SHIPPED, alike_table
from console.services.search import ConditionIndex, spelt
from tests.unit.services.conftest import MORNING, Site


@pytest.fixture
def conditions(site: Site) -> tuple[Condition, ...]:
    """The starter standard."""
    return site.services.reference.conditions().rows


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("占道经营", "E09006-1"),
        ("占道", "E09006-1"),
        ("zdjy", "E09006-1"),
        ("ZDJY", "E09006-1"),
        ("09006", "E09006-1"),
        ("04-06", "E09006-1"),
        ("E09006-1", "E09006-1"),
        ("e09005", "E09005-1"),
        ("bllj", "E06010-1"),
        ("barbecue", "E06029-1"),
        ("manhole rattling", "C01003-3"),
        ("井盖 破损", "C01003-2"),
        ("垃圾箱", "C03005-1"),
        ("ysjg", "C01003-1"),
    ],
)
def test_the_first_hit(conditions: tuple[Condition, ...], typed: str, first: str) -> None:
    hits = ConditionIndex(conditions).find(typed)
    assert hits[0].condition.condition_id == first


def test_every_word_must_be_found_and_order_is_the_standards(conditions: tuple[Condition, ...]) -> None:
    index = ConditionIndex(conditions)
    assert index.find("占道 火星") == ()
    assert len(index.find("", limit=100)) == 76
    assert len(index.find("", limit=5)) == 5
    assert [h.condition.condition_id for h in index.find("01003")] == [f"C01003-{n}" for n in (1, 2, 3, 4)]


def test_look_alikes_are_named_on_both_sides(conditions: tuple[Condition, ...]) -> None:
    index = ConditionIndex(conditions)
    garbage = index.find("暴露垃圾")[0]
    assert len(garbage.alike_zh) == len(garbage.alike_en) == 2
    assert any(text.startswith("垃圾站（箱）满溢") for text in garbage.alike_zh)
    classes = {(c.category.kind, c.category.code) for c in conditions}
    assert set(alike_table()) <= classes


def test_the_prepared_initials_are_what_the_tables_say() -> None:
    with (SHIPPED / "initials.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) > 100
    assert all(spelt(row["text"]) == row["initials"] for row in rows)


def test_teams_are_proposed_with_their_reasons(conditions: tuple[Condition, ...]) -> None:
    condition = next(c for c in conditions if c.condition_id == "L05006-1")
    case = Case("20260805-0001", State.FILED, Source.CAMERA, community="yatai", category=condition.category)
    teams = (
        Team("municipal", "市政", "", False),
        Team("emergency", "应急大队", "", True, communities=("yatai",)),
        Team("guard", "巡防队", "", True, communities=("yatai",)),
        Team("drains", "排水班", "", True, categories=("05006",)),
        Team("patrol", "巡消队", "", True, communities=("zhongyan",)),
        Team("gas", "燃气", "", False),
    )
    found = propose(case, condition, teams, {"municipal": 3})
    assert [(p.team.id, p.proposed, p.reason_key) for p in found] == [
        ("municipal", True, "standard"),
        ("emergency", True, "also"),
        ("drains", True, "category"),
        ("guard", True, "here"),
        ("patrol", False, "other_work"),
        ("gas", False, "outside"),
    ]
    assert found[0].facts == {"open": 3}
    assert default_teams(condition) == ("municipal",)
    assert default_teams(None) == ()
    here = replace(teams[0], communities=("yatai",))
    assert propose(case, condition, [here], {})[0].reason_key == "responsible_here"
    away = replace(teams[0], communities=("zhongyan",))
    assert propose(case, condition, [away], {})[0].reason_key == "elsewhere"


def test_a_team_that_said_not_ours_is_not_proposed_again(conditions: tuple[Condition, ...]) -> None:
    condition = conditions[0]
    case = Case("20260805-0001", State.FILED, Source.CAMERA, category=condition.category)

    def event(action: Action, **data: object) -> Event:
        return Event(1, case.id, MORNING, MORNING, "x", action, data, 1, "", "")

    past = (event(Action.DISPATCH, teams=[condition.team]), event(Action.REFUSE))
    (team,) = propose(case, condition, [Team(condition.team, "", "", True)], {}, past)
    assert (team.proposed, team.reason_key) == (False, "refused")
