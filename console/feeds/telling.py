"""What a worker tells of its cameras: what has changed, at once, and of the
rest a few at a time.

Six hundred cameras that are well say the same twice a second; packing and
unpacking that held the screen up. A camera is *calm* while its packets and
pictures come as they should; a calm camera that is not named in a report is as
it was told last, and its packets have gone on coming until the report.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from console.feeds.messages import Report

#: Calm cameras told anew in one report although nothing has changed: a worker
#: with no more than these tells everything every time.
AT_ONCE: Final = 24
#: Calm is well within what is called live (``states``: 2 s and 3 intervals).
CALM_S: Final = 1.0
CALM_INTERVALS: Final = 1.5
#: A camera's clock that moved by more than this (s) is news.
_CLOCK_S: Final = 0.05


def calm(report: Report, now: float) -> bool:
    """Whether nothing but time would change what is told of this camera."""
    if report.phase != "playing" or report.failure or report.last_packet is None:
        return False
    if report.same_since is not None or report.decode_errors:
        return False
    if now - report.last_packet > max(CALM_S, CALM_INTERVALS * report.packet_interval):
        return False
    if report.decoding_since is None:
        return True
    picture = report.last_picture
    return picture is not None and now - picture <= max(CALM_S, CALM_INTERVALS * report.picture_interval)


class Teller:
    """Remembers what was told. ``picked`` counts reports, for measurements."""

    def __init__(self) -> None:
        self.picked = 0
        self._told: dict[str, tuple[float, Report]] = {}

    def pick(self, reports: Iterable[tuple[Report, bool]], now: float) -> list[Report]:
        """Of the reports made at ``now`` those to be sent; with each whether
        its tile moves (the governor counts its pictures)."""
        news, rest = [], []
        for report, moving in reports:
            at, told = self._told.get(report.camera, (0.0, None))
            if moving or told is None or not calm(report, now) or not calm(told, at) or _other(report, told):
                news.append(report)
            else:
                rest.append((at, report))
        rest.sort(key=_longest_ago)
        news += [report for _, report in rest[: max(0, AT_ONCE - len(news))]]
        self.sent(news, now)
        return news

    def sent(self, reports: Iterable[Report], now: float) -> None:
        """These are sent, whatever they say."""
        for report in reports:
            self._told[report.camera] = (now, report)
            self.picked += 1

    def forget(self, camera: str) -> None:
        """Begin anew with a camera: it is gone, or read in another way."""
        self._told.pop(camera, None)


def _longest_ago(entry: tuple[float, Report]) -> float:
    return entry[0]


def _other(report: Report, told: Report) -> bool:
    if _exact(report) != _exact(told):
        return True
    clock, before = report.camera_clock, told.camera_clock
    if clock is None or before is None:
        return clock is not before
    return abs(clock - before) > _CLOCK_S


def _exact(report: Report) -> tuple[Any, ...]:
    """What is told at once when it is another."""
    r = report
    seen = (r.covered_since, r.torn_since)
    return (r.failures, r.decoding_since, r.codec, r.width, r.height, r.note, r.stream, r.retry_at, seen)
