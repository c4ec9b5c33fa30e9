"""The state of a feed follows from ages alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.vocabulary import FeedState
from console.feeds.states import FeedFacts, backoff, judge

NOW = 1000.0


def _live(**changes: object) -> FeedFacts:
    facts: dict[str, object] = {
        "phase": "playing", "last_packet": NOW - 0.05, "quiet_since": NOW - 0.05, "packet_interval": 0.067,
        "decoding_since": NOW - 60, "last_picture": NOW - 0.06, "picture_interval": 0.067,
    }  # fmt: skip
    return FeedFacts(**{**facts, **changes})  # type: ignore[arg-type]


def _quiet(age: float, **changes: object) -> FeedFacts:
    return _live(last_packet=NOW - age, quiet_since=NOW - age, last_picture=NOW - age, **changes)


@pytest.mark.parametrize(
    ("facts", "state", "reason"),
    [
        (FeedFacts(phase="off"), FeedState.DISABLED, ""),
        (FeedFacts(), FeedState.CONNECTING, ""),
        (FeedFacts(phase="playing", quiet_since=NOW - 1.9), FeedState.CONNECTING, ""),
        (FeedFacts(phase="playing", quiet_since=NOW - 2), FeedState.STALE, "silent"),
        (FeedFacts(phase="playing", quiet_since=NOW - 10), FeedState.LOST, "silent"),
        (FeedFacts(phase="backoff", failure="refused", failures=1), FeedState.BACKOFF, "refused"),
        (FeedFacts(phase="connecting", failure="no_answer", failures=3), FeedState.BACKOFF, "no_answer"),
        (
            FeedFacts(phase="backoff", failure="unauthorised", failures=1),
            FeedState.UNAUTHORISED,
            "unauthorised",
        ),
        (FeedFacts(phase="connecting", failure="not_found", failures=2), FeedState.NOT_FOUND, "not_found"),
        (FeedFacts(phase="backoff", failure="bad_data", failures=1), FeedState.BAD_DATA, "bad_data"),
        (FeedFacts(phase="backoff", failure="unsupported", failures=1), FeedState.BAD_DATA, "unsupported"),
        (_live(), FeedState.LIVE, ""),
        (_live(decoding_since=None, last_picture=None), FeedState.LIVE, ""),
        (_quiet(1.9), FeedState.LIVE, ""),
        (_quiet(2.0), FeedState.STALE, "silent"),
        (_quiet(9.9), FeedState.STALE, "silent"),
        (_quiet(10.0), FeedState.LOST, "silent"),
        (_quiet(5.0, phase="backoff", failure="closed", failures=1), FeedState.STALE, "closed"),
        (_quiet(60.0, phase="backoff", failure="refused", failures=6), FeedState.LOST, "refused"),
        (_quiet(1.0, phase="backoff", failure="unauthorised"), FeedState.UNAUTHORISED, "unauthorised"),
        # A camera that sends a picture every second is not stale after two.
        (_quiet(2.5, packet_interval=1.0, picture_interval=1.0), FeedState.LIVE, ""),
        (_quiet(3.0, packet_interval=1.0, picture_interval=1.0), FeedState.STALE, "silent"),
        (_live(last_picture=NOW - 2.0), FeedState.STALE, "no_picture"),
        (_live(last_picture=NOW - 2.0, decode_errors=3), FeedState.BAD_DATA, "undecodable"),
        # Key frames every 4 s: three of them must be missing.
        (_live(last_picture=NOW - 11.9, picture_interval=4.0), FeedState.LIVE, ""),
        (_live(last_picture=NOW - 12.0, picture_interval=4.0), FeedState.STALE, "no_picture"),
        # A tile that has only just begun to decode gets its time.
        (_live(last_picture=None, decoding_since=NOW - 1.0), FeedState.LIVE, ""),
        (_live(last_picture=NOW - 300, decoding_since=NOW - 1.0), FeedState.LIVE, ""),
        (_live(same_since=NOW - 9.9), FeedState.LIVE, ""),
        (_live(same_since=NOW - 10.0), FeedState.FROZEN, "same_picture"),
        (_quiet(3.0, same_since=NOW - 60), FeedState.STALE, "silent"),
    ],
)
def test_table(facts: FeedFacts, state: FeedState, reason: str) -> None:
    assert judge(facts, NOW) == (state, reason)


@given(failures=st.integers(1, 1000), since=st.none() | st.floats(0, 1e6), seed=st.integers())
def test_back_off_doubles_to_a_ceiling(failures: int, since: float | None, seed: int) -> None:
    ceiling = 0.5 if since is not None and since < 120 else 60.0
    plain = min(ceiling, 2.0 ** (failures - 1)) if failures < 20 else ceiling
    wait = backoff(failures, since, random.Random(seed))
    assert plain * 0.8 <= wait <= plain * 1.2


def test_back_off_is_spread() -> None:
    chance = random.Random(1)
    assert len({round(backoff(7, None, chance), 3) for _ in range(50)}) > 40
