"""The figures, counted by hand, and against cases that were really driven."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import kpi
from console.domain.model import Case, CaseFact
from console.domain.vocabulary import Action, Source, State
from tests.unit.domain.build import LEADER, STALL, T0, after, do, opened, to

STAGES = ("decision", "dispatch", "arrival", "total")
IDS = (
    "reported filed rejected dispatched to_handle handled on_time late to_close closed closed_on_time rework "
    "extended suspended voided filing_rate filing_on_time filing_accuracy dispatch_on_time dispatch_accuracy "
    "handling_rate handling_on_time close_rate close_on_time rework_rate extension_rate suspension_rate "
    "public_share decision_met dispatch_met arrival_met total_met "
    + " ".join(f"{s}_{p}" for s in STAGES for p in ("p50", "p90", "p95", "mean"))
    + " score_department score_area score_leader score_dispatcher score_inspector score_calltaker"
).split()  # fmt: skip


def fact(case: Case) -> CaseFact:
    """A case as the store reads it for the figures."""
    clocks = {d.kind.value: d for d in case.deadlines}
    return CaseFact(
        id=case.id,
        state=case.state,
        source=case.source.value,
        community=case.community,
        team=case.teams[0] if case.teams else "",
        category="",
        camera=case.camera,
        officer=case.filed_by,
        found_at=case.found_at,
        reported_at=case.reported_at,
        opened_at=case.opened_at,
        filed_at=case.filed_at,
        dispatched_at=case.dispatched_at,
        arrived_at=case.arrived_at,
        handled_at=case.handled_at,
        closed_at=case.closed_at,
        rework=case.rework,
        refusals=case.refusals,
        extensions=case.extensions,
        suspensions=case.suspensions,
        exempt=case.exempt,
        mis_key=case.mis_key,
        voided=case.state is State.VOIDED,
        suspended=case.state is State.SUSPENDED,
        deadlines={k: (d.start_at, d.due_at, d.met_at, d.cancelled) for k, d in clocks.items()},
        missed_before=tuple(k for k, d in clocks.items() if d.missed_before),
        paused=tuple(k for k, d in clocks.items() if d.paused_since is not None),
        paused_s={k: d.paused_s for k, d in clocks.items()},
        check_sent_at=case.check_sent_at,
    )


def figures(*cases: Case, now: datetime = after(60)) -> dict[str, float | None]:
    return {k: v.value for k, v in kpi.compute([fact(c) for c in cases], now).items()}


def arrived(minute: float) -> Case:
    """A case whose team arrived so many minutes after filing at +1."""
    return do(to(State.ENROUTE), Action.ARRIVE, after(1 + minute))


def test_every_indicator_is_there_in_its_order_and_named_twice() -> None:
    assert [i.id for i in kpi.INDICATORS] == IDS
    assert list(kpi.compute([], T0)) == IDS
    for indicator in kpi.INDICATORS:
        assert indicator.zh
        assert indicator.en
        assert indicator.numerator
        assert indicator.kind == "count" or indicator.denominator


def test_no_cases_give_counts_of_nothing_and_no_rates() -> None:
    for name, value in kpi.compute([], T0).items():
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
    found = kpi.compute([fact(arrived(5)), fact(waiting)], after(13))
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
    for parts in kpi.SCORES.values():
        assert sum(weight for weight, _ in parts) == 100
        for _, part in parts:
            name = part.removeprefix("1-")
            assert name in kpi.FORMULAS or part.partition(":")[0] in kpi.BANDS


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
    assert kpi.grade(score) == letter


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
    assert kpi.band(kpi.BANDS[table], number) == points


def test_scores_by_hand_and_nothing_made_up() -> None:
    found = kpi.compute([fact(to(State.CLOSED))], after(60))
    assert found["score_department"] == kpi.Value(100.0, 100.0, 100, "A")
    assert found["score_area"].value == 10 + 0.2 * 90 + 30 + 40
    assert found["score_leader"].grade == "A"
    assert found["score_dispatcher"] == kpi.Value(80.0, 80.0, 100, "B")
    assert found["score_inspector"] == kpi.Value(None, None, 100), "nobody was sent to verify"
    verified = do(do(opened(), Action.VERIFY, after(3)), Action.VERIFIED, after(20), result="exists")
    both = kpi.compute([fact(verified), fact(to(State.CLOSED))], after(60))
    assert both["score_inspector"].value == pytest.approx(40 * 0.5 + 20 + 20 + 20)
    assert both["score_calltaker"].value == pytest.approx(0.25 * 0 + 40 + 35)


def test_a_site_scales_the_bands() -> None:
    bands = {**kpi.BANDS, "grid": ((None, 100.0),)}
    found = kpi.compute([fact(to(State.CLOSED))], after(60), bands)
    assert found["score_area"].value == 100


def test_facts_may_come_one_by_one() -> None:
    case = to(State.CLOSED)
    stream = (replace(fact(case), id=str(i)) for i in range(3))
    assert kpi.compute(stream, after(60))["closed"].value == 3
    assert STALL.condition_id == case.condition_id
