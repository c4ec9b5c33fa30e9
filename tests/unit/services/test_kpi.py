"""The figures, counted by hand, and against cases that were really driven."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import figure_row, figure_rules, kpi
from console.domain.errors import Refusal
from console.domain.figure_rules import FigureRules
from console.domain.model import Case
from console.domain.vocabulary import Action, Source, State
from console.services import figure_math
from console.services.figure_rows import FigureRows, joined, of_facts
from tests.unit.domain.build import LEADER, T0, after, do, opened, to

STAGES = ("decision", "dispatch", "arrival", "total")
IDS = (
    "reported filed rejected dispatched to_handle handled on_time late to_close closed closed_on_time rework "
    "extended suspended voided filing_rate filing_on_time filing_accuracy dispatch_on_time dispatch_accuracy "
    "handling_rate handling_on_time close_rate close_on_time rework_rate extension_rate suspension_rate "
    "public_share decision_met dispatch_met arrival_met total_met "
    + " ".join(f"{s}_{p}" for s in STAGES for p in ("p50", "p90", "p95", "mean"))
    + " score_department score_area score_leader score_dispatcher score_inspector score_calltaker "
    "valid_reports missed_reports filed_right dispatched_right pending_on_time pending_overdue rework_times "
    "suspended_ever called_back valid_report_rate missed_report_rate verify_on_time check_on_time "
    "verify_issue_on_time check_issue_on_time satisfaction_rate accept_mean handle_mean overrun_multiple"
).split()  # fmt: skip


def compute(
    cases: Sequence[Case], now: datetime = after(60), rules: FigureRules = kpi.DEFAULT_RULES
) -> Mapping[str, kpi.Value]:
    """The figures of these cases, packed and counted as the store's are."""
    facts = [figure_row.fact_of(case) for case in cases]
    return figure_math.compute(of_facts(facts, T0, now, "reported"), None, now, rules)


def figures(*cases: Case, now: datetime = after(60)) -> dict[str, float | None]:
    return {k: v.value for k, v in compute(cases, now).items()}


def arrived(minute: float) -> Case:
    """A case whose team arrived so many minutes after filing at +1."""
    return do(to(State.ENROUTE), Action.ARRIVE, after(1 + minute))


def test_every_indicator_is_there_in_its_order_and_named_twice() -> None:
    assert [i.id for i in kpi.INDICATORS] == IDS
    assert list(compute([], T0)) == IDS
    for indicator in kpi.INDICATORS:
        assert indicator.zh
        assert indicator.en
        assert indicator.numerator
        assert indicator.kind == "count" or indicator.denominator


def test_no_cases_give_counts_of_nothing_and_no_rates() -> None:
    for name, value in compute([], T0).items():
        kind = next(i.kind for i in kpi.INDICATORS if i.id == name)
        assert value.value == (0 if kind == "count" else None)


def test_a_day_counted_by_hand() -> None:
    late = do(do(to(State.HANDLING), Action.HANDLED, after(140)), Action.CHECK, after(150))
    late = do(late, Action.CLOSE, after(151))
    reworked = do(to(State.CHECKING), Action.CHECK, after(45), result="rework", reason="x")
    found = figures(
        to(State.CLOSED),
        late,
        do(late, Action.APPEAL, after(152), reason="flood"),
        reworked,
        to(State.SUSPENDED),
        do(to(State.ENROUTE), Action.VOID, after(6), reason="x"),
        do(opened(source=Source.PUBLIC), Action.REJECT, after(2), reason="x"),
        do(opened(source=Source.PUBLIC), Action.FILE, after(9)),
        do(opened(), Action.REJECT, after(0, 5), reason="mis-key"),
        now=after(160),
    )
    counts = {k: found[k] for k in IDS[:15]}
    assert counts == {
        "reported": 8,
        "filed": 7,
        "rejected": 1,
        "dispatched": 6,
        "to_handle": 5,
        "handled": 3,
        "on_time": 2,
        "late": 1,
        "to_close": 3,
        "closed": 3,
        "closed_on_time": 2,
        "rework": 1,
        "extended": 0,
        "suspended": 1,
        "voided": 1,
    }
    assert found["filing_rate"] == 7 / 8
    assert found["filing_on_time"] == 6 / 7
    assert found["filing_accuracy"] == 6 / 7
    assert found["dispatch_on_time"] == 6 / 7, "the one waiting past its minute counts"
    assert found["dispatch_accuracy"] == 6 / 7
    assert found["handling_rate"] == 3 / 5
    assert found["handling_on_time"] == 2 / 5
    assert found["close_on_time"] == 2 / 3
    assert found["rework_rate"] == 1 / 4
    assert found["suspension_rate"] == 1 / 7
    assert found["public_share"] == 1 / 7
    assert found["decision_met"] == 7 / 8


def test_open_and_late_is_a_miss_and_open_in_time_is_nothing_yet() -> None:
    waiting = to(State.ENROUTE)
    assert figures(arrived(5), waiting, now=after(10))["arrival_met"] == 1.0
    found = compute([arrived(5), waiting], after(13))
    assert (found["arrival_met"].num, found["arrival_met"].den) == (1, 2)
    assert found["arrival_p90"] == kpi.Value(720.0, 2, 2)
    assert found["arrival_mean"].value == (300 + 720) / 2


def test_met_exactly_when_due_is_kept() -> None:
    assert figures(arrived(10))["arrival_met"] == 1.0
    assert figures(arrived(10.01))["arrival_met"] == 0.0


def test_a_pause_counts_neither_as_late_nor_as_time() -> None:
    away = do(opened(), Action.VERIFY, after(3))
    assert figures(away, now=after(30))["decision_met"] is None
    filed = do(do(away, Action.VERIFIED, after(20), result="exists"), Action.FILE, after(21))
    found = figures(filed)
    assert (found["decision_met"], found["decision_p50"]) == (1.0, 240.0)


def test_an_earlier_late_round_stays_a_miss() -> None:
    case = do(to(State.FILED), Action.DISPATCH, after(4))
    case = do(do(case, Action.REFUSE, after(5), reason="not ours"), Action.DISPATCH, after(5.5))
    found = figures(case)
    assert found["dispatch_met"] == 0.0
    assert found["dispatch_accuracy"] == 0.0
    assert found["dispatch_on_time"] == 0.0


def test_cancelled_clocks_and_mis_keys_are_outside() -> None:
    voided = do(to(State.ENROUTE), Action.VOID, after(30), reason="x")
    found = figures(voided)
    assert found["arrival_met"] is None
    assert found["total_p50"] is None
    assert figures(do(opened(), Action.REJECT, after(0, 5), reason="mis-key"))["decision_met"] is None


def test_an_appeal_takes_the_miss_out_of_the_figure() -> None:
    late = arrived(20)
    late = do(do(do(late, Action.HANDLED, after(30)), Action.CHECK, after(31)), Action.CLOSE, after(32))
    assert figures(late)["arrival_met"] == 0.0
    assert figures(do(late, Action.APPEAL, after(40), LEADER, reason="x"))["arrival_met"] is None


@given(st.lists(st.integers(1, 3600), min_size=1, max_size=60), st.sampled_from([50, 90, 95]))
def test_nearest_rank(values: list[int], share: int) -> None:
    ordered = sorted(values)
    found, rank = kpi.nearest_rank(ordered, share)
    assert rank == math.ceil(share * len(values) / 100)
    assert found == ordered[rank - 1]
    assert sum(v <= found for v in values) * 100 >= share * len(values)


def test_weights_add_up_to_a_hundred_and_parts_exist() -> None:
    for parts in figure_rules.SCORES.values():
        assert sum(weight for weight, _ in parts) == 100
        for _, part in parts:
            name = part.removeprefix("1-")
            assert name in kpi.FORMULAS or part.partition(":")[0] in figure_rules.BANDS


@pytest.mark.parametrize(
    ("score", "letter"),
    [
        (100, "A"),
        (90, "A"),
        (89.99, "B"),
        (75, "B"),
        (60, "C"),
        (59.9, "D"),
        (40, "D"),
        (39.9, "E"),
        (0, "E"),
    ],
)
def test_grades_are_half_open(score: float, letter: str) -> None:
    assert FigureRules().grade(score) == letter


@pytest.mark.parametrize(
    ("table", "number", "points"),
    [
        ("work", 100, 0),
        ("work", 101, 40),
        ("work", 2001, 100),
        ("department", 0, 100),
        ("department", 51, 90),
        ("department", 1001, 0),
        ("grid", 0, 100),
        ("grid", 8, 40),
        ("grid", 9, 0),
    ],
)
def test_bands(table: str, number: int, points: float) -> None:
    assert FigureRules().points(table, number) == points


def test_scores_by_hand_and_nothing_made_up() -> None:
    found = compute([to(State.CLOSED)], after(60))
    assert found["score_department"] == kpi.Value(100.0, 100.0, 100, "A")
    assert found["score_area"].value == 10 + 0.2 * 90 + 30 + 40
    assert found["score_leader"].grade == "A"
    assert found["score_dispatcher"] == kpi.Value(80.0, 80.0, 100, "B")
    assert found["score_inspector"] == kpi.Value(None, None, 100), "nobody was sent to verify"
    verified = do(do(opened(), Action.VERIFY, after(3)), Action.VERIFIED, after(20), result="exists")
    both = compute([verified, to(State.CLOSED)], after(60))
    assert both["score_inspector"].value == pytest.approx(40 * 0.5 + 20 + 20 + 20)
    assert both["score_calltaker"].value == pytest.approx(0.25 * 0 + 40 + 35)


def test_a_site_scales_the_bands() -> None:
    mild = figure_rules.read({"version": "minghu-1", "bands": {"grid": [[None, 100]]}})
    assert compute([to(State.CLOSED)], rules=mild)["score_area"].value == 100


def test_what_waits_is_pending_on_time_or_overdue() -> None:
    waiting = to(State.HANDLING)
    early, late = figures(waiting, now=after(60)), figures(waiting, now=after(60 * 24 * 30))
    assert (early["pending_on_time"], early["pending_overdue"]) == (1, 0)
    assert (late["pending_on_time"], late["pending_overdue"]) == (0, 1)
    paused = figures(to(State.SUSPENDED), now=after(60 * 24 * 30))
    assert (paused["pending_on_time"], paused["suspended_ever"]) == (1, 1)


def test_times_are_told_on_the_calendar_of_the_limit() -> None:
    case = do(to(State.HANDLING), Action.HANDLED, after(140))
    clock = next(d for d in case.deadlines if d.kind.value == "handling")
    begin, due = clock.start_at, clock.due_at
    found = compute([case])
    assert found["handle_mean"].value == FigureRows(joined([]), {}, T0, T0, "filed").calendar.elapsed(
        begin, after(140), clock.limit.unit
    )
    assert found["accept_mean"] == kpi.Value(60.0, 60.0, 1)
    over = FigureRows(joined([]), {}, T0, T0, "filed").calendar.elapsed(due, after(140), clock.limit.unit)
    limit = figure_row.fact_of(case).limits["handling"][0]
    assert found["overrun_multiple"].value == pytest.approx(over / limit)


def test_policies_decide_what_is_to_be_closed_and_what_rework_is_taken_over() -> None:
    reworked = do(to(State.CHECKING), Action.CHECK, after(45), result="rework", reason="x")
    cases = [to(State.CLOSED), to(State.CLOSED), reworked]
    assert compute(cases)["rework_rate"].den == 3
    ump = figure_rules.read({"version": "ump", "rework_over": "to_close", "filed_without_suspended": True})
    assert compute(cases, rules=ump)["rework_rate"].den == 2
    assert compute([to(State.SUSPENDED)], rules=ump)["filed"].value == 0


@pytest.mark.parametrize(
    ("stored", "detail"),
    [
        ({"scores": {"score_leader": [[50, "close_rate"], [49, "filing_rate"]]}}, "figure_weights"),
        ({"scores": {"score_nobody": [[100, "close_rate"]]}}, "figure_weights"),
        ({"scores": {"score_area": [[100, "moon:filed"]]}}, "figure_band"),
        ({"bands": {"grid": [[5, 10], [3, 0], [None, 0]]}}, "figure_band"),
        ({"bands": {"grid": [[5, 10]]}}, "figure_band"),
        ({"bands": {"grid": [[None, 101]]}}, "figure_band"),
        ({"grades": [[90, "A"], [95, "B"], [0, "C"]]}, "figure_grades"),
        ({"rework_over": "moon"}, "figure_rules"),
        ({"bands": [1, 2]}, "figure_rules"),
    ],
)
def test_rules_that_cannot_be_counted_with_are_refused(stored: dict[str, object], detail: str) -> None:
    with pytest.raises(Refusal) as caught:
        figure_rules.read(stored)
    assert caught.value.detail == detail
