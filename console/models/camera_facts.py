"""What a camera's sheet says, row by row. No Qt; both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models import wording
from console.services.camera_records import CameraDay, CameraSeen
from console.services.ports import FeedHealth

#: From here on a camera's clock is told as wrong, seconds.
CLOCK_NOTICE_S: Final = 2.0
#: A camera less available than this today is told in red.
POOR: Final = 0.95
_QUIET: Final = frozenset({FeedState.LIVE, FeedState.CONNECTING, FeedState.DISABLED})


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """All a sheet is made from; ``None`` is what nobody knows."""

    health: FeedHealth | None
    today: CameraDay | None
    seen: CameraSeen | None
    now: datetime
    recorder: str = ""
    """Where its recordings lie, in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the sheet; ``bad`` is told in red."""

    label: str
    value: str
    bad: bool = False


def rows(facts: CameraFacts) -> tuple[Row, ...]:
    """State, stream, clock, availability, falls, last sight, recorder."""
    made = (
        _state(facts),
        _stream(facts),
        _clock(facts),
        _available(facts),
        _falls(facts),
        _seen(facts),
        (facts.recorder, False),
    )
    names = ("state", "stream", "clock", "available", "falls", "seen", "recorder")
    return tuple(
        Row(t(f"camera.row.{name}"), value, bad) for name, (value, bad) in zip(names, made, strict=True)
    )


def clock_words(offset_s: float | None) -> str:
    """``ahead by 01:30``, ``right``, or that the camera says nothing."""
    if offset_s is None:
        return t("camera.clock.unknown")
    if abs(offset_s) <= CLOCK_NOTICE_S:
        return t("camera.clock.right", offset=f"{offset_s:+.1f}")
    return t("camera.clock.ahead" if offset_s > 0 else "camera.clock.behind", span=wording.span(offset_s))


def _state(facts: CameraFacts) -> tuple[str, bool]:
    told = facts.health
    if told is None:
        return t("states.feed.unknown"), False
    parts = [t(f"states.feed.{told.state.value}")]
    if told.reason:
        parts.append(t(f"feeds.reason.{told.reason}"))
    if told.since is not None:
        parts.append(t("camera.state.since", time=when(told.since, facts.now)))
    useless = told.covered_since is not None or told.torn_since is not None
    return " · ".join(parts), useless or told.state not in _QUIET


def _stream(facts: CameraFacts) -> tuple[str, bool]:
    told = facts.health
    if told is None or not told.codec:
        return t("camera.stream.none"), False
    parts = [told.codec.upper()]
    if told.width and told.height:
        parts.append(f"{told.width}×{told.height}")
    if told.fps or told.kbit_s:
        parts.append(t("camera.stream.rate", fps=f"{told.fps:.1f}", kbit=f"{told.kbit_s:.0f}"))
    if told.key_gap_s:
        parts.append(t("camera.stream.key", gap=f"{told.key_gap_s:.1f}"))
    return " · ".join(parts), False


def _clock(facts: CameraFacts) -> tuple[str, bool]:
    offset = facts.health.clock_offset_s if facts.health is not None else None
    return clock_words(offset), offset is not None and abs(offset) > CLOCK_NOTICE_S


def _available(facts: CameraFacts) -> tuple[str, bool]:
    share = facts.today.availability if facts.today is not None else None
    if facts.today is None or share is None:
        return t("camera.available.none"), False
    # Rounded down: 99.96 % of a day is not a whole day.
    shown = f"{int(share * 1000) / 10:.1f} %"
    return t("camera.available.share", share=shown, span=wording.span(facts.today.watched_s)), share < POOR


def _falls(facts: CameraFacts) -> tuple[str, bool]:
    today = facts.today
    if today is None or (today.flaps == 0 and not today.last_reason):
        return t("camera.falls.none"), False
    said = t("camera.falls.count", n=today.flaps)
    if today.last_reason and today.last_bad_at is not None:
        reason = today.last_reason
        known = reason in {state.value for state in FeedState}
        words = t(f"states.feed.{reason}") if known else t(f"feeds.reason.{reason}")
        said += " · " + t("camera.falls.last", reason=words, time=when(today.last_bad_at, facts.now))
    return said, False


def _seen(facts: CameraFacts) -> tuple[str, bool]:
    seen = facts.seen
    if seen is None:
        return t("camera.seen.never"), False
    return t("camera.seen.by", time=when(seen.at, facts.now), who=seen.by, seat=seen.seat), False


def when(at: datetime, now: datetime, *, brief: bool = False) -> str:
    """The site's clock, with the day when it is not today; ``brief`` for a
    narrow column: minutes, or the day alone."""
    here = wording.local(at)
    same = here.date() == wording.local(now).date()
    if brief:
        return here.strftime("%H:%M" if same else "%m-%d")
    return here.strftime("%H:%M:%S" if same else "%m-%d %H:%M")
