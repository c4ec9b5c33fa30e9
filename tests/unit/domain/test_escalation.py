"""Who is called when nobody acknowledges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import alarm_life, escalation
from console.domain.errors import Refusal
from console.domain.escalation import Ring, Step
from console.domain.model import Actor, Alarm
from console.domain.vocabulary import AlarmState, Role, Severity, SourceKind

AT = datetime(2026, 8, 5, 0, 20, 2, tzinfo=UTC)
POLICY = {Severity.HIGH: (Step(60, "leader"), Step(180, "supervisor", ("email",)))}
DUTY = Actor("officer01", Role.DUTY)


def alarm(**more: object) -> Alarm:
    """A high alarm of a case, raised at AT."""
    from dataclasses import replace

    made = Alarm(1, SourceKind.CASE, "20260805-0001", Severity.HIGH, AlarmState.RAISED, AT, 0.0)
    return replace(made, **more)  # type: ignore[arg-type]


def called(which: Alarm, **later: float) -> list[str]:
    """Who is due so long after AT."""
    due = escalation.due_steps(escalation.ring_of(which), AT + timedelta(**later), POLICY)
    return [one.step.to for one in due]


def test_each_step_is_due_once_its_wait_has_passed() -> None:
    assert called(alarm(), seconds=59.9) == []
    assert called(alarm(), seconds=60) == ["leader"]
    assert called(alarm(), hours=9) == ["leader", "supervisor"]
    after = escalation.next_step(escalation.ring_of(alarm()), AT + timedelta(seconds=60), POLICY)
    assert after is not None
    assert (after.step.to, after.at) == ("supervisor", AT + timedelta(seconds=180))
    assert escalation.next_step(escalation.ring_of(alarm()), AT + timedelta(hours=1), POLICY) is None


def test_other_severities_call_nobody_and_answers_end_it() -> None:
    assert called(alarm(severity=Severity.MEDIUM), hours=9) == []
    for state in set(AlarmState) - {AlarmState.RAISED}:
        assert called(alarm(state=state), hours=9) == [], state


def test_a_broken_promise_begins_anew_with_half_the_wait_under_keys_of_its_own() -> None:
    first = escalation.due_steps(escalation.ring_of(alarm()), AT + timedelta(minutes=9), POLICY)
    taken, _ = alarm_life.acknowledge(alarm(), DUTY, 2, AT + timedelta(seconds=70))
    back_at = AT + timedelta(seconds=190)
    back, _ = alarm_life.expire(taken, back_at)
    ring = escalation.ring_of(back)
    assert escalation.due_steps(ring, back_at + timedelta(seconds=29), POLICY) == ()
    again = escalation.due_steps(ring, back_at + timedelta(seconds=90), POLICY)
    assert [one.step.to for one in again] == ["leader", "supervisor"]
    assert not {one.key for one in first} & {one.key for one in again}


TARGETS = st.sampled_from(["leader", "王五", "a.b@c"])
WAYS = st.sampled_from([(), ("webhook",), ("email",), ("webhook", "email")])


@given(st.lists(st.tuples(st.integers(0, 86_400), TARGETS, WAYS), max_size=10))
def test_steps_are_read_as_they_are_written(rows: list[tuple[int, str, tuple[str, ...]]]) -> None:
    steps = tuple(sorted({Step(*row) for row in rows}, key=lambda step: step.after_s))
    assert set(escalation.read_steps(escalation.write_steps(steps))) == set(steps)


@given(st.integers(0, 12), st.integers(0, 5), st.floats(0, 400_000))
def test_what_was_due_stays_due(louder: int, rank: int, later: float) -> None:
    ring = Ring(1, Severity.HIGH, AT, louder)
    now = AT + timedelta(seconds=later)
    early = set(escalation.due_steps(ring, now, POLICY))
    assert early <= set(escalation.due_steps(ring, now + timedelta(seconds=rank), POLICY))
    assert len({due.key for due in early}) == len(early)


@pytest.mark.parametrize(
    "text",
    ["leader", "60", "x:leader", "-5:leader", "60:", "60:leader:fax", "86401:leader", "60:a b", "9" * 40],
)
def test_a_step_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        escalation.read_steps(text)
    assert (caught.value.code, caught.value.detail) == ("bad_value", "escalation")
