"""What is foretold, on a past of which the truth is known."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.pace import TRAVEL
from console.domain.prediction import (
    FACTS,
    LEAST,
    LEAST_LATE,
    Crowds,
    Model,
    Span,
    TimeAlone,
    crowd_level,
    enough,
    fit,
    levels,
    silence_level,
)
from console.domain.prediction_check import bins, check, wilson
from tests.unit.domain.past import LIMIT_S, arrivals


@pytest.mark.parametrize("seed", range(3))
def test_it_foretells_better_than_the_share_of_all_and_the_time_left_alone(seed: int) -> None:
    past = arrivals(seed, 3200)
    found = check(TRAVEL, past.spans, Crowds(past.spans))
    assert found is not None
    assert (found.learned, found.n) == (2400, 800)
    assert found.useful
    assert found.better_than(found.brier_base) > 0.10
    assert found.better_than(found.brier_alone) > 0.03
    # What was said came true, as far as a thousand cases can tell: of the
    # classes with some cases nearly all intervals hold what was said.
    told = [one for one in found.bins if one.n >= 20]
    assert len(told) >= 4
    assert sum(not one.least <= one.said <= one.most for one in told) <= 1
    assert sum(one.n for one in found.bins) <= found.n


def model_of(seed: int, count: int, strong: float = 1.0) -> tuple[Model, list[Span], list[float], Crowds]:
    past = arrivals(seed, count, strong)
    crowds = Crowds(past.spans)
    return fit(TRAVEL, past.spans, crowds), past.spans, past.truth, crowds


def test_what_is_said_at_the_start_is_near_the_truth() -> None:
    model, spans, truth, crowds = model_of(11, 6000)
    said = [model.chance(0.0, LIMIT_S, levels(span, 0.0, crowds.others(span, span.at_s))) for span in spans]
    base = mean(span.missed for span in spans)
    assert mean(said) == pytest.approx(base, rel=0.1)
    away = mean(abs(one - true) for one, true in zip(said, truth, strict=True))
    assert away < 0.4 * mean(abs(base - true) for true in truth)
    # The more the team has to reach, the later it comes: as it was made.
    calls = model.effects["calls"]
    assert calls["0"].value < calls["1"].value < calls["3"].value
    assert model.effects["part"]["night"].value < model.effects["part"]["rush"].value


def test_where_nothing_matters_nothing_is_made_of_it() -> None:
    past = arrivals(5, 4000, strong=0.0)
    found = check(TRAVEL, past.spans, Crowds(past.spans))
    assert found is not None
    assert found.brier == pytest.approx(found.brier_alone, rel=0.03)
    model = fit(TRAVEL, past.spans, Crowds(past.spans))
    strongest = max(
        abs(one.value) for fact in ("class", "place", "part") for one in model.effects[fact].values()
    )
    assert strongest < 0.45


def test_the_chance_grows_while_nothing_happens() -> None:
    model, spans, _, _ = model_of(3, 3000)
    known = levels(replace(spans[0], accepted_s=0.0), 0.0, 1)
    said = [model.chance(spent, LIMIT_S - spent, known) for spent in range(0, 600, 20)]
    assert said == sorted(said)
    assert said[-1] > 3 * said[0]
    assert model.alone.chance(LIMIT_S, 0.0) > 0.99


def test_a_level_never_seen_moves_nothing() -> None:
    model, _, _, _ = model_of(3, 1000)
    unseen = tuple("?" for _ in FACTS[TRAVEL])
    assert model.parts(unseen) == (0.0,) * len(unseen)
    plain = model.chance(0.0, LIMIT_S, unseen)
    assert plain == pytest.approx(1 / (1 + math.exp(-model.logit(0.0, LIMIT_S))))


def test_few_cases_are_no_past() -> None:
    late = Span(TRAVEL, 0, 1, 60, 61)
    kept = replace(late, took_s=30)
    assert not enough([kept] * (LEAST - 1) + [late] * 0)
    assert not enough([kept] * LEAST + [late] * (LEAST_LATE - 1))
    assert not enough([late] * LEAST)
    assert enough([kept] * (LEAST - LEAST_LATE) + [late] * LEAST_LATE)
    few = arrivals(1, 150).spans
    assert check(TRAVEL, few, Crowds(few)) is None


def test_the_learner_rests_in_between() -> None:
    rests: list[int] = []

    def rest() -> None:
        rests.append(len(rests))

    spans = arrivals(1, 400).spans
    fit(TRAVEL, spans, Crowds(spans), rest)
    assert len(rests) > 2 * len(FACTS[TRAVEL])


SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 30), st.sampled_from("ab")), min_size=1, max_size=25
)


@given(SPANS, st.integers(-5, 90))
def test_how_many_others_wait(rows: list[tuple[int, int, str]], at: int) -> None:
    spans = [Span(TRAVEL, begun, begun + took, 60, took, team=team) for begun, took, team in rows]
    crowds = Crowds(spans)
    for span in spans:
        when = span.at_s + at % span.took_s if at >= 0 else span.at_s
        truth = sum(o.team == span.team and o.at_s <= when < o.end_s for o in spans if o is not span)
        assert crowds.others(span, when) == truth


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=60), st.floats(0, 900), st.floats(0.1, 900))
@settings(max_examples=60)
def test_the_time_alone_is_the_share_of_those_still_under_way(
    took: list[float], spent: float, left: float
) -> None:
    alone = TimeAlone([Span(TRAVEL, 0, 1, 600, one) for one in took])
    said = alone.chance(spent, left)
    assert 0 < said < 1
    under_way = [one for one in took if one > spent]
    longer = [one for one in took if one > spent + left]
    assert said == pytest.approx((len(longer) + 2 * alone.base) / (len(under_way) + 2))
    assert alone.chance(spent, left) >= alone.chance(spent, left + 50)
    assert alone.chance(spent + left / 2, left / 2) >= said


def test_classes_of_the_facts() -> None:
    assert [crowd_level(n) for n in (0, 1, 2, 3, 4, 5, 7, 8, 90)] == list("012335588")
    assert [silence_level(s, math.inf) for s in (0, 59, 60, 180, 900)] == ["0", "0", "60", "180", "180"]
    assert silence_level(50, 40) == "yes"
    assert silence_level(39, 40) == "0"


def test_the_interval_is_wilsons() -> None:
    # 8 of 10: 0.490 to 0.943 (Newcombe, 1998).
    assert wilson(0.8, 10) == (pytest.approx(0.490, abs=5e-4), pytest.approx(0.943, abs=5e-4))
    assert wilson(0.0, 5)[0] == 0.0
    dice = random.Random(1)
    told = [(p, dice.random() < p) for p in (dice.random() for _ in range(20_000))]
    assert all(one.low <= one.said <= one.high for one in bins(told))
    assert sum(one.least <= one.said <= one.most for one in bins(told)) >= len(bins(told)) - 1
    assert bins([(1.0, True)])[0].high == 1.0
