"""The published figures of alarm quality, on alarms made up for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.domain.alarm_quality import (
    Quality,
    Source,
    Standing,
    Verdict,
    chattering,
    flooding,
    marks,
    quality,
    quantile,
    rate_verdict,
)
from console.domain.model import AlarmEvent
from console.domain.vocabulary import Severity

DAY = datetime(2026, 9, 28, 16, tzinfo=UTC)
END = DAY + timedelta(days=1)


def told(alarm: int, second: float, what: str = "raised", severity: Severity = Severity.LOW) -> AlarmEvent:
    return AlarmEvent(alarm, DAY + timedelta(seconds=second), what, "system", severity)


def report(*events: AlarmEvent, standing: tuple[Standing, ...] = ()) -> Quality:
    sources: dict[int, Source] = {one.alarm: ("camera", f"c{one.alarm}") for one in events}
    return quality(events, sources, standing, DAY, END)


def test_a_flood_begins_above_ten_and_ends_below_five() -> None:
    assert not flooding(False, 10)
    assert flooding(False, 11)
    assert flooding(True, 5)
    assert not flooding(True, 4)
    assert [rate_verdict(n) for n in (1, 2, 3, 10, 11)] == [
        Verdict.GOOD,
        Verdict.GOOD,
        Verdict.HIGH,
        Verdict.HIGH,
        Verdict.OVER,
    ]


def test_time_in_flood_runs_until_fewer_than_five_are_left_in_the_window() -> None:
    # Twelve calls, one a second: the eleventh (second 10) begins the flood; the
    # eighth leaves the window at second 607 and four remain.
    found = report(*(told(n, n) for n in range(12)))
    assert found.flood_s == 597
    assert (found.busiest, found.busiest_at) == (12, DAY)
    assert (found.slots_over, found.slots) == (1, 144)


def test_ten_calls_are_no_flood() -> None:
    found = report(*(told(n, n) for n in range(10)))
    assert (found.flood_s, found.slots_over, found.busiest) == (0, 0, 10)


def test_calls_ten_minutes_apart_are_never_in_one_window() -> None:
    assert report(told(1, 0), told(2, 600)).busiest == 1


def test_several_thresholds_found_at_once_are_one_call_of_the_worst() -> None:
    found = report(told(1, 0), told(1, 0, "worsened", Severity.HIGH), told(1, 30, "worsened"))
    assert found.calls == 2
    assert found.by_severity[Severity.HIGH] == 1
    assert found.by_severity[Severity.LOW] == 1


def test_what_officers_do_is_no_call() -> None:
    found = report(told(1, 0), told(1, 9, "acknowledged"), told(1, 20, "shelved"), told(1, 30, "unshelved"))
    assert (found.calls, found.shelved, found.acked_s, found.waiting) == (2, 1, (9.0,), 1)


def test_a_broken_promise_calls_again_and_its_answer_counts_too() -> None:
    life = (
        told(1, 0),
        told(1, 40, "acknowledged"),
        told(1, 160, "expired"),
        told(1, 170, "acknowledged"),
    )
    found = report(*life)
    assert (found.acked_s, found.promises_broken, found.waiting) == ((10.0, 40.0), 1, 0)


@pytest.mark.parametrize(("apart", "expected"), [(20, 3), (29, 3), (31, 0)])
def test_three_activations_within_a_minute_chatter(apart: int, expected: int) -> None:
    events = []
    for n in range(3):
        events += [told(1, n * apart), told(1, n * apart + 5, "cleared")]
    found = chattering(events, {1: ("camera", "c1")})
    assert sum(one.count for one in found) == expected


def test_worse_is_not_chattering() -> None:
    events = (told(1, 0), told(1, 10, "worsened"), told(1, 20, "worsened"))
    assert chattering(events, {1: ("case", "x")}) == ()


def test_stale_is_more_than_a_day_within_the_period() -> None:
    old = Standing(("camera", "a"), END - timedelta(hours=25))
    young = Standing(("camera", "b"), END - timedelta(hours=23))
    gone = Standing(("camera", "c"), DAY - timedelta(days=3), DAY - timedelta(hours=1))
    gone_today = Standing(("camera", "d"), DAY - timedelta(days=2), DAY + timedelta(hours=1))
    assert report(standing=(young, old, gone, gone_today)).stale == (gone_today, old)


def test_top_ten_and_the_marks() -> None:
    events = [told(n, n * 660 + (n % 2), severity=Severity.MEDIUM) for n in range(12)]
    events += [told(3, 80_000 + n * 700, "expired", Severity.HIGH) for n in range(3)]
    found = report(*events)
    assert len(found.top) == 10
    assert found.top[0].source == ("camera", "c3")
    assert found.top[0].count == 4
    by_name = {one.name: one for one in marks(found)}
    assert by_name["calls"].verdict is Verdict.GOOD
    assert by_name["high"].verdict is Verdict.OVER  # three of fifteen
    assert by_name["chattering"].verdict is Verdict.GOOD


def test_nothing_happened() -> None:
    found = report()
    assert (found.calls, found.top, found.flood_share, found.top_share) == (0, (), 0.0, 0.0)
    assert all(one.verdict is Verdict.GOOD for one in marks(found))


def test_events_of_unknown_alarms_and_other_days_are_left_out() -> None:
    foreign = (told(1, 0), told(2, -5), told(2, 86_400))
    assert quality(foreign, {2: ("camera", "c")}, (), DAY, END).calls == 0


def test_quantiles() -> None:
    assert quantile((), 0.5) is None
    assert quantile((1, 2, 3, 4), 0.5) == 2
    assert quantile((1, 2, 3, 4), 0.9) == 4
    assert quantile((7,), 0.5) == 7
