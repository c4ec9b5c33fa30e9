"""Periods of reports and what a plan owes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from console.domain import report_plan as plans
from console.domain import shifts
from console.domain.errors import Refusal
from console.domain.periods import ZONE
from console.domain.report_plan import Plan, Subject


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def told(period: str, text: str) -> tuple[str, str, str]:
    """Name, first and last minute of the period around an instant, local."""
    span = plans.span_at(period, shifts.DEFAULT, at(text))
    first, last = span.start.astimezone(ZONE), (span.end - timedelta(minutes=1)).astimezone(ZONE)
    return span.id, f"{first:%m-%d %H:%M}", f"{last:%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("period", "around", "expected"),
    [
        ("shift", "2026-11-21T07:59", ("20261121-night", "11-21 00:00", "11-21 07:59")),
        ("shift", "2026-11-21T16:00", ("20261121-middle", "11-21 16:00", "11-21 23:59")),
        ("day", "2026-11-21T00:00", ("2026-11-21", "11-21 00:00", "11-21 23:59")),
        ("week", "2027-01-02T12:00", ("2026-W53", "12-28 00:00", "01-03 23:59")),
        ("ten", "2026-02-10T23:59", ("2026-02-t1", "02-01 00:00", "02-10 23:59")),
        ("ten", "2026-02-11T00:00", ("2026-02-t2", "02-11 00:00", "02-20 23:59")),
        ("ten", "2026-02-28T08:00", ("2026-02-t3", "02-21 00:00", "02-28 23:59")),
        ("ten", "2026-01-31T08:00", ("2026-01-t3", "01-21 00:00", "01-31 23:59")),
        ("month", "2026-12-31T23:59", ("2026-12", "12-01 00:00", "12-31 23:59")),
        ("quarter", "2026-11-21T08:00", ("2026-Q4", "10-01 00:00", "12-31 23:59")),
        ("year", "2026-11-21T08:00", ("2026", "01-01 00:00", "12-31 23:59")),
    ],
)
def test_a_period_has_a_name_and_local_edges(
    period: str, around: str, expected: tuple[str, str, str]
) -> None:
    assert told(period, around) == expected, "one name for everybody, cut at local midnight"


@pytest.mark.parametrize("period", ["shift", "day", "week", "ten", "month", "quarter"])
def test_periods_follow_each_other_and_no_two_have_one_name(period: str) -> None:
    span = plans.span_at(period, shifts.DEFAULT, at("2026-01-30T12:00"))
    seen = {span.id}
    for _ in range(14):
        after = plans.span_after(span, shifts.DEFAULT)
        assert after.start == span.end, "no gap and no overlap"
        assert after.id not in seen, "the name is what keeps a report single"
        seen.add(after.id)
        span = after


def test_what_a_report_is_compared_with() -> None:
    night = plans.span_at("shift", shifts.DEFAULT, at("2026-11-21T03:00"))
    assert plans.span_before(night, shifts.DEFAULT).id == "20261120-night", "a night with a night"
    third = plans.span_at("ten", shifts.DEFAULT, at("2026-03-25T03:00"))
    assert plans.span_before(third, shifts.DEFAULT).id == "2026-03-t2", "ten days with those before"
    typed = plans.free(at("2026-03-05T08:00"), at("2026-03-05T20:00"))
    assert plans.span_before(typed, shifts.DEFAULT).end == typed.start, "as long as it"
    with pytest.raises(Refusal, match="period"):
        plans.free(at("2026-03-05T20:00"), at("2026-03-05T08:00"))


def plan(**more: object) -> Plan:
    begun = at("2026-11-18T12:00")
    made = Plan("daily", "日报", Subject("day"), folder="/srv/reports", delay=10, since=begun)
    return replace(made, **more)  # type: ignore[arg-type]


def owed(one: Plan, now: str) -> list[str]:
    return [span.id for span in plans.due(one, shifts.DEFAULT, at(now))]


def test_a_plan_owes_what_ended_since_it_was_made() -> None:
    assert owed(plan(), "2026-11-19T00:09") == [], "the delay is not over yet"
    assert owed(plan(), "2026-11-19T00:10") == ["2026-11-18"], "the day on which it was made"
    missed = ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert owed(plan(), "2026-11-21T09:00") == missed, "what was missed is made up for, oldest first"
    assert owed(plan(enabled=False), "2026-11-21T09:00") == [], "a plan that rests owes nothing"


def test_a_long_stop_is_not_made_up_for_without_end() -> None:
    found = owed(plan(), "2027-06-01T09:00")
    assert len(found) == plans.MOST_MISSED, "the newest of them"
    assert found[-1] == "2027-05-31", "up to yesterday"


def test_when_a_plan_owes_the_next_one() -> None:
    soon = plans.next_due(plan(), shifts.DEFAULT, at("2026-11-21T09:00"))
    assert soon == at("2026-11-22T00:10"), "ten minutes after midnight"
    again = plans.next_due(plan(), shifts.DEFAULT, at("2026-11-21T00:05"))
    assert again == at("2026-11-21T00:10"), "yesterday's is still to come"
    shift = plans.next_due(plan(subject=Subject("shift")), shifts.DEFAULT, at("2026-11-21T09:00"))
    assert shift == at("2026-11-21T16:10"), "when the shift is over"
    assert plans.next_due(plan(enabled=False), shifts.DEFAULT, at("2026-11-21T09:00")) is None, "it rests"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "  "}, "report_plan_name"),
        ({"formats": ()}, "report_plan_format"),
        ({"formats": ("docx",)}, "report_plan_format"),
        ({"delay": -1}, "report_plan_delay"),
        ({"delay": 2881}, "report_plan_delay"),
        ({"folder": ""}, "report_plan_target"),
        ({"subject": Subject("fortnight")}, "choice"),
        ({"subject": Subject("team", "", "hour")}, "choice"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(Refusal) as refused:
        plans.sound(plan(**wrong))
    assert refused.value.detail == why, "the sentence names what to mend"
