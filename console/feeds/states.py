"""What a tile may say about its camera: a pure function of ages.

Source of the limits: DESIGN §5.7 and §9. Network: stale after max(2 s, 3 ×
packet interval) without a packet, lost after 10 s. Picture: stale after
max(2 s, 3 × the tile's own interval) without a decoded picture; frozen when
packets come and the picture has not changed for 10 s.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Final, Literal

from console.domain.vocabulary import FeedState

STALE_S: Final = 2.0
STALE_INTERVALS: Final = 3.0
LOST_S: Final = 10.0
FROZEN_S: Final = 10.0

#: Seconds between tries double from the first to the last.
BACKOFF_FIRST_S: Final = 1.0
BACKOFF_MAX_S: Final = 60.0
BACKOFF_JITTER: Final = 0.2
#: A camera that was live a moment ago is tried more often: a switch that
#: restarts must not leave the wall grey for a minute, and a healed camera is
#: back within 5 s, its hold (:mod:`console.feeds.recovery`) included.
BACKOFF_RECENT_MAX_S: Final = 0.5
RECENT_S: Final = 120.0
#: A connection that held this long was a good one: back-off starts anew.
SETTLED_S: Final = 10.0

Phase = Literal["connecting", "playing", "backoff", "off"]

#: Failures the camera named itself; they stay on the tile until a picture comes.
NAMED: Final = {
    "unauthorised": FeedState.UNAUTHORISED,
    "not_found": FeedState.NOT_FOUND,
    "bad_data": FeedState.BAD_DATA,
    "unsupported": FeedState.BAD_DATA,
}


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """All that the state depends on. Instants are monotonic seconds (``None``
    for never), intervals seconds (0 unknown). ``quiet_since`` is the last
    packet, or the first PLAY that brought none. ``failure`` is the last
    failure's kind while it is not overcome by a packet."""

    phase: Phase = "connecting"
    failure: str = ""
    failures: int = 0
    last_packet: float | None = None
    quiet_since: float | None = None
    packet_interval: float = 0.0
    decoding_since: float | None = None
    last_picture: float | None = None
    picture_interval: float = 0.0
    decode_errors: int = 0
    """Decoder errors since the last good picture."""
    same_since: float | None = None
    """Since when the picture has not changed."""

    def later(self, seconds: float) -> FeedFacts:
        """The same for a stream that went on as it did for so long."""

        def moved(at: float | None) -> float | None:
            return None if at is None else at + seconds

        return replace(
            self,
            last_packet=moved(self.last_packet),
            quiet_since=moved(self.quiet_since),
            last_picture=moved(self.last_picture),
        )


def judge(facts: FeedFacts, now: float) -> tuple[FeedState, str]:
    """State and reason (``feeds.reason.*``) at the monotonic instant ``now``."""
    if facts.phase == "off":
        return FeedState.DISABLED, ""
    named = NAMED.get(facts.failure)
    if named is not None:
        return named, facts.failure
    if facts.quiet_since is None:
        if facts.failures or facts.phase == "backoff":
            return FeedState.BACKOFF, facts.failure
        return FeedState.CONNECTING, ""
    quiet = now - facts.quiet_since
    if quiet >= LOST_S:
        return FeedState.LOST, facts.failure or "silent"
    if quiet >= max(STALE_S, STALE_INTERVALS * facts.packet_interval):
        return FeedState.STALE, facts.failure or "silent"
    if facts.last_packet is None:
        return FeedState.CONNECTING, ""
    if facts.same_since is not None and now - facts.same_since >= FROZEN_S:
        return FeedState.FROZEN, "same_picture"
    return _judge_picture(facts, now)


def _judge_picture(facts: FeedFacts, now: float) -> tuple[FeedState, str]:
    if facts.decoding_since is None:
        return FeedState.LIVE, ""
    reference = facts.decoding_since
    if facts.last_picture is not None:
        reference = max(reference, facts.last_picture)
    if now - reference < max(STALE_S, STALE_INTERVALS * facts.picture_interval):
        return FeedState.LIVE, ""
    if facts.decode_errors:
        return FeedState.BAD_DATA, "undecodable"
    return FeedState.STALE, "no_picture"


def backoff(failures: int, since_live: float | None, chance: random.Random) -> float:
    """Seconds to wait after the ``failures``-th failure in a row (1 for the
    first): 1, 2, 4 … 60, ±20 %; at most 0.6 while the camera was live within
    the last two minutes (``since_live`` seconds ago)."""
    recent = since_live is not None and since_live < RECENT_S
    ceiling = BACKOFF_RECENT_MAX_S if recent else BACKOFF_MAX_S
    wait = min(ceiling, BACKOFF_FIRST_S * 2.0 ** min(10, max(0, failures - 1)))
    return wait * chance.uniform(1 - BACKOFF_JITTER, 1 + BACKOFF_JITTER)
