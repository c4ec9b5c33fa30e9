"""How cameras are counted second by second, and when one counts as seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.domain.vocabulary import FeedState
from console.feeds.statistics import MOST_GAP_S, Statistics
from console.models.coverage import SEEN_S, CoverageTracker
from console.services.camera_records import CameraDay
from console.services.ports import FeedHealth

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = "2026-03-02"


def told(state: FeedState, reason: str = "", falls: int = 0) -> dict[str, FeedHealth]:
    return {"c1": FeedHealth("c1", state, 0.0, 0.0, 15.0, 700.0, "h264", 640, 360, reason, falls=falls)}


def test_seconds_live_falls_and_the_last_reason() -> None:
    counts = Statistics()
    for second in range(11):
        bad = 4 <= second < 7
        state = FeedState.LOST if bad else FeedState.LIVE
        at = NOON + timedelta(seconds=second)
        counts.look(told(state, "silent" if bad else "", int(second >= 4)), 100.0 + second, at, DAY)
    wanted = CameraDay("c1", DAY, 10.0, 7.0, 1, "silent", NOON + timedelta(seconds=6))
    assert counts.pending("c1", DAY) == wanted
    assert wanted.availability == 0.7
    assert counts.take() == (wanted,)
    assert counts.take() == ()
    # Nothing is counted twice after it was taken.
    counts.look(told(FeedState.LIVE, falls=1), 111.0, NOON, DAY)
    assert counts.take() == (CameraDay("c1", DAY, 1.0, 1.0),)


def test_the_day_turns_and_a_sleep_is_not_counted() -> None:
    counts = Statistics()
    counts.look(told(FeedState.LIVE), 0.0, NOON, DAY)
    counts.look(told(FeedState.LIVE), 3600.0, NOON, DAY)
    counts.look(told(FeedState.LIVE), 3601.0, NOON, "2026-03-03")
    assert [(row.day, row.watched_s) for row in counts.take()] == [(DAY, MOST_GAP_S), ("2026-03-03", 1.0)]


def test_switched_off_is_nobodys_failure() -> None:
    counts = Statistics()
    for second in range(5):
        counts.look(told(FeedState.DISABLED), float(second), NOON, DAY)
    assert counts.take() == ()
    assert CameraDay("c1", DAY).availability is None


def test_five_seconds_on_end_make_a_sight() -> None:
    seen = CoverageTracker("seat-1")
    for second in range(5):
        seen.look("li.na", ["c1"], float(second), NOON + timedelta(seconds=second))
    assert seen.gather() == ()
    at = NOON + timedelta(seconds=5)
    seen.look("li.na", ["c1"], SEEN_S, at)
    (one,) = seen.gather()
    assert (one.camera, one.at, one.by, one.seat) == ("c1", at, "li.na", "seat-1")


def test_a_glance_a_gap_or_another_officer_begins_anew() -> None:
    seen = CoverageTracker("seat-1")
    for second in range(12):
        view = [] if second == 4 else ["c1"]  # scrolled away for a second
        seen.look("li.na" if second < 8 else "wu.lei", view, float(second), NOON)
    assert seen.gather() == ()
    seen.look("wu.lei", ["c1"], 60.0, NOON)  # the program hung
    assert seen.gather() == ()


def test_nobody_signed_in_sees_nothing() -> None:
    seen = CoverageTracker("seat-1")
    for second in range(20):
        seen.look("", ["c1"], float(second), NOON)
    assert seen.gather() == ()
