"""What a tile may say about its picture, decided by age. Pure, no Qt.

Two witnesses: the feeds' reports and the capture time of the picture in the
slot. The worse one wins, so that a picture never looks live because a report
is missing, late or wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain import deadlines
from console.domain.calendars import WorkingCalendar
from console.domain.vocabulary import FeedState, Lamp
from console.i18n import t
from console.models import board_index, wording
from console.models.board_index import Badge as Badge
from console.services.ports import FeedHealth
from console.services.views import BoardView

#: A picture is stale after max(this, 3 × the tile's own interval), seconds.
STALE_S: Final = 2.0
INTERVALS: Final = 3
#: Reports older than this no longer speak for a camera, seconds.
TRUST_S: Final = 5.0
#: A tile just asked for waits this long for its first key frame before the
#: picture left from earlier is called stale rather than awaited, seconds.
GRACE_S: Final = 3.0

#: The reason the feeds give while a camera's recovery must still hold.
RECOVERING: Final = "recovering"

#: States the feeds alone can know; a young picture does not overrule them.
_REPORTED: Final = frozenset(
    {
        FeedState.FROZEN,
        FeedState.LOST,
        FeedState.BACKOFF,
        FeedState.UNAUTHORISED,
        FeedState.NOT_FOUND,
        FeedState.BAD_DATA,
        FeedState.DISABLED,
    }
)
#: Whoever looks at the state alone must not take a replay for live.
PAST: Final = FeedState.STALE
#: States that are told with their duration.
_TIMED: Final = frozenset({FeedState.STALE, FeedState.LOST, FeedState.FROZEN})


@dataclass(frozen=True, slots=True)
class Truth:
    """State of one tile; ``seconds`` (whole) is how long, where that is told.
    ``past``: the tile shows a replay or a recording, in colour but not now."""

    state: FeedState
    seconds: int | None = None
    past: bool = False

    @property
    def current(self) -> bool:
        """True when the picture may be shown as it is."""
        return self.state is FeedState.LIVE and not self.past


@dataclass(frozen=True, slots=True)
class Witness:
    """What is known at one instant. All ages in seconds; ``report_age_s`` is
    the age of ``health`` itself, ``interval_s`` the tile's own picture
    interval, ``asked_s`` how long this tile has been asking for pictures."""

    health: FeedHealth | None
    report_age_s: float
    picture_age_s: float | None
    interval_s: float
    asked_s: float
    enabled: bool
    now: datetime


def judge(w: Witness) -> Truth:
    """The state of a tile (DESIGN: age decides, never the player)."""
    if not w.enabled:
        return Truth(FeedState.DISABLED)
    old = w.picture_age_s is None or w.picture_age_s > max(STALE_S, INTERVALS * w.interval_s)
    trusted = w.health is not None and w.report_age_s <= TRUST_S
    if w.health is not None and w.health.state in _REPORTED and (trusted or old):
        return Truth(w.health.state, _how_long(w.health, w))
    if trusted and w.health is not None and w.health.reason == RECOVERING:
        # Pictures come again after a failure; the feeds say when to believe them.
        return Truth(FeedState.CONNECTING)
    if w.picture_age_s is None:
        return Truth(FeedState.CONNECTING)
    if old and w.asked_s < GRACE_S and trusted:
        return Truth(FeedState.CONNECTING)
    if old:
        return Truth(FeedState.STALE, int(w.picture_age_s))
    if trusted and w.health is not None and w.health.state is FeedState.STALE:
        return Truth(FeedState.STALE, _how_long(w.health, w))
    return Truth(FeedState.LIVE)


def _how_long(health: FeedHealth, w: Witness) -> int | None:
    if health.state not in _TIMED:
        return None
    if health.state is not FeedState.FROZEN and health.packet_age_s is not None:
        return int(health.packet_age_s + w.report_age_s)
    if health.since is not None:
        return max(0, int((w.now - health.since).total_seconds()))
    return None if w.picture_age_s is None else int(w.picture_age_s)


def words(truth: Truth) -> str:
    """The state in words, the same as in the list of cameras, with how long:
    ``stale 12 s``, ``lost 00:41``, ``live``."""
    if truth.past:
        return t("tiles.past.word")
    word = t(f"states.feed.{truth.state.value}")
    if truth.seconds is None:
        return word
    if truth.state is FeedState.STALE and truth.seconds < 60:
        return t("wall.state.stale_s", seconds=truth.seconds)
    return f"{word} {wording.span(truth.seconds)}"


def hint(state: FeedState) -> str:
    """What to do about it, or what is being done; empty where nothing is."""
    if state in (FeedState.LIVE, FeedState.STALE, FeedState.CONNECTING):
        return ""
    return t(f"wall.hint.{state.value}")


def local_time(at: datetime, now: datetime) -> str:
    """``14:32:07`` in the site's time, with the date when that is another day."""
    here, today = wording.local(at), wording.local(now)
    return wording.clock(at) if here.date() == today.date() else here.strftime("%m-%d %H:%M:%S")


@dataclass(frozen=True, slots=True)
class BadgeFace:
    """A badge as it is at one second. ``left`` is the share of the limit that
    remains, 0–1; ``time`` is ``06:21``, or ``+01:12`` when it is over."""

    number: str
    kind: str
    time: str
    lamp: Lamp
    left: float
    more: str


def badges(view: BoardView) -> dict[str, Badge]:
    """Badge per camera: of its open cases the one that is due first."""
    return dict(board_index.of(view).badges)


def face(badge: Badge, now: datetime, calendar: WorkingCalendar) -> BadgeFace:
    """The badge at ``now``; its digits are those of the case's card on the desk."""
    deadline = badge.deadline
    remaining = deadlines.remaining_s(deadline, now, calendar)
    over = remaining <= 0
    time = wording.countdown(remaining)
    if deadline.paused_since is not None:
        time = f"‖ {time}"
    left = 0.0 if over else min(1.0, max(0.0, 1.0 - deadlines.ratio(deadline, now, calendar)))
    return BadgeFace(
        number=badge.number,
        kind=wording.clock_name(deadline.kind),
        time=time,
        lamp=deadlines.lamp(deadline, now),
        left=left,
        more=f"+{badge.more}" if badge.more else "",
    )
