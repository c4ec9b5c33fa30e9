"""A camera that failed is told live only after it has held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.domain.vocabulary import FeedState
from console.feeds.recovery import FLAP_FALLS, FLAP_HOLD_S, HOLD_S, RECOVERING, Recovery

LIVE, LOST, STALE = FeedState.LIVE, FeedState.LOST, FeedState.STALE
WAITS = (FeedState.CONNECTING, RECOVERING)


def test_the_first_connection_waits_for_nothing() -> None:
    one = Recovery()
    assert one.tell(FeedState.CONNECTING, "", 0.0) == (FeedState.CONNECTING, "")
    assert one.tell(LIVE, "", 0.5) == (LIVE, "")
    assert one.falls == 0


def test_bad_news_at_once_good_news_after_the_hold() -> None:
    one = Recovery()
    one.tell(LIVE, "", 0.0)
    assert one.tell(LOST, "silent", 10.0) == (LOST, "silent")
    assert one.tell(LIVE, "", 20.0) == WAITS
    assert one.tell(LIVE, "", 20.0 + HOLD_S - 0.01) == WAITS
    assert one.tell(LIVE, "", 20.0 + HOLD_S) == (LIVE, "")
    assert one.falls == 1


def test_a_break_in_the_hold_begins_it_anew() -> None:
    one = Recovery()
    one.tell(LOST, "silent", 0.0)
    assert one.tell(LIVE, "", 10.0) == WAITS
    assert one.tell(FeedState.CONNECTING, "", 11.0) == (FeedState.CONNECTING, "")
    assert one.tell(LIVE, "", 12.0) == WAITS
    assert one.tell(LIVE, "", 12.0 + HOLD_S) == (LIVE, "")


def test_a_single_short_gap_is_no_failure() -> None:
    one = Recovery()
    one.tell(LIVE, "", 0.0)
    assert one.tell(STALE, "silent", 5.0) == (STALE, "silent")
    assert one.tell(LIVE, "", 6.0) == (LIVE, "")
    assert one.falls == 1


def test_three_up_three_down_is_never_called_live_again() -> None:
    """3 s up of which half a second goes on connecting, 3 s down: from the
    third fall on the tile says one thing, not two in turn."""
    one, told = Recovery(), []
    one.tell(LIVE, "", 0.0)
    for tenth in range(1, 600):
        at = tenth / 10
        up = at % 6 < 3 and at % 6 > 0.6
        state, _ = one.tell(LIVE if up else STALE, "", at)
        told.append((at, state))
    late = {state for at, state in told if at > 6 * FLAP_FALLS}
    assert LIVE not in late
    assert one.hold_s(60.0) == FLAP_HOLD_S
    assert one.tell(LIVE, "", 61.0) == WAITS
    assert one.tell(LIVE, "", 61.0 + FLAP_HOLD_S) == (LIVE, "")


def test_switched_off_and_on_is_a_first_connection() -> None:
    one = Recovery()
    one.tell(LOST, "silent", 0.0)
    one.tell(FeedState.DISABLED, "", 1.0)
    assert one.tell(LIVE, "", 2.0) == (LIVE, "")


@given(st.lists(st.tuples(st.sampled_from(list(FeedState)), st.floats(0.01, 20.0)), max_size=40))
def test_never_better_than_judged_and_never_longer_than_the_hold(
    steps: list[tuple[FeedState, float]],
) -> None:
    one, now, since = Recovery(), 0.0, None
    for state, gap in steps:
        now += gap
        told, _ = one.tell(state, "", now)
        if state is not LIVE:
            assert told is state
            since = None
            continue
        since = now if since is None else since
        assert told in (LIVE, FeedState.CONNECTING)
        if now - since >= FLAP_HOLD_S:
            assert told is LIVE
