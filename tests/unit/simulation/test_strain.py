"""What makes an invented office late can be found again in its history."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from statistics import mean
from zoneinfo import ZoneInfo

import db
from console.domain.model import Actor
from console.domain.pace import TRAVEL
from console.domain.vocabulary import Action, Role
from console.services.slack import SlackService
from console.simulation.plans import LATE_ARRIVAL, draw
from console.simulation.replay_clock import ReplayClock
from console.simulation.strain import CROWD, PARTS, Strain, risk
from console.simulation.world import World
from tests.unit.simulation.conftest import MORNING
from tests.unit.simulation.test_history import fill

ZONE = ZoneInfo("Asia/Shanghai")
READER = Actor("supervisor01", Role.SUPERVISOR)


def test_the_risk_is_as_it_says() -> None:
    plain = risk(Action.ARRIVE, "morning", "yatai", "09006", 0)
    assert risk(Action.ARRIVE, "rush", "yatai", "09006", 0) == plain * PARTS["rush"]
    assert risk(Action.ARRIVE, "morning", "yatai", "09006", 2) == plain * CROWD**2
    assert risk(Action.ARRIVE, "rush", "yatai", "09006", 99) <= 0.85
    many = [risk(Action.ARRIVE, "morning", f"c{n}", f"k{n % 7}", 0) for n in range(500)]
    assert 0.7 * LATE_ARRIVAL < mean(many) < 1.3 * LATE_ARRIVAL


def test_as_many_are_late_as_the_risk_says(store: db.Store) -> None:
    """Plans bent by the hour alone: no crowd, for each is a day apart."""
    world = World.read(store.uows)
    late: dict[int, list[bool]] = defaultdict(list)
    for number in range(2000):
        dice = random.Random(f"strain:{number}")
        plan = draw(dice, world.conditions, "zh")
        hour = (17, 3)[number % 2]
        at = MORNING.replace(hour=0) + timedelta(days=number, hours=(hour - 8) % 24)
        bent = Strain(ZONE).bend(dice, plan, at, "yatai", "09006", "appearance")
        assert [deed.action for deed in bent.deeds] == [deed.action for deed in plan.deeds]
        names = [deed.action for deed in bent.deeds]
        if Action.ARRIVE in names:
            first = names.index(Action.DISPATCH)
            whole = sum(deed.after_s for deed in bent.deeds[first : names.index(Action.ARRIVE) + 1])
            late[hour].append(whole > 600)
    for hour, part in ((17, "rush"), (3, "night")):
        assert abs(mean(late[hour]) - risk(Action.ARRIVE, part, "yatai", "09006", 0)) < 0.04


def test_a_history_lets_itself_be_foretold(store: db.Store) -> None:
    """Cases made, stored, read and learned from, as an office would: better
    than the share of all and than the time left alone."""
    fill(store, 1500, 5, seed=3)
    slack = SlackService(store.uows, ReplayClock(MORNING))
    found = {one.leg: one for one in slack.report(READER).legs}
    travel = found[TRAVEL]
    assert travel.n > 1200
    assert travel.check is not None
    assert travel.told
    assert travel.check.better_than(travel.check.brier_base) > 0.05
    assert travel.check.better_than(travel.check.brier_alone) > 0
    # The crowd was found to be what it is.
    calls = {fact.level: fact.factor for fact in travel.facts if fact.fact == "calls"}
    assert calls["0"] < calls["1"] < calls["3"]
    parts = {fact.level: fact.factor for fact in travel.facts if fact.fact == "part"}
    assert parts["night"] < parts["rush"]
