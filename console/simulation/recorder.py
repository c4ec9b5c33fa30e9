"""A simulated recorder: the cameras' footage of any moment of the last days.

It answers where two makers' recorders do, ``/Streaming/tracks/<channel>01`` and
``/cam/playback?channel=<n>``, with ``starttime`` and ``endtime``. Channel ``n``
is camera ``n``. What it plays is the street footage from a place in its loop
that follows from the time asked for, so that the same moment always shows the
same pictures; its sender reports carry the recorded time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from console.simulation.rtsp_media import CLOCK_HZ, Clip
from console.simulation.rtsp_session import Session

#: So long a recorder keeps what it has recorded.
KEPT: Final = timedelta(days=30)
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_TRACK = re.compile(r"^/Streaming/tracks/(\d{1,4})0[12]/?$", re.IGNORECASE)
_REPORT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel and a span of time (UTC) that a client asked for."""

    channel: int
    start: datetime
    end: datetime


def wanted(path: str) -> Wanted | None:
    """What a request's path and query ask a recorder for; ``None`` when they
    ask for no recording, or for none there could be."""
    place, _, query = path.partition("?")
    fields = {key.lower(): values[0] for key, values in parse_qs(query).items()}
    track = _TRACK.match(place)
    zone: tzinfo
    if track is not None:
        channel, zone, form = track[1], UTC, "%Y%m%dt%H%M%Sz"
    elif place.lower().rstrip("/") == "/cam/playback":
        channel, zone, form = fields.get("channel", ""), _ZONE, "%Y_%m_%d_%H_%M_%S"
    else:
        return None
    try:
        start, end = (
            datetime.strptime(fields[key].lower(), form).replace(tzinfo=zone).astimezone(UTC)
            for key in ("starttime", "endtime")
        )
        return Wanted(int(channel), start, end) if start < end else None
    except (KeyError, ValueError):
        return None


class Recording:
    """One recording being played (``rtsp_session.StreamPort``), at the speed at
    which it was recorded; the connection ends with it."""

    def __init__(self, title: str, clip: Clip, asked: Wanted, now: Callable[[], datetime]) -> None:
        self.title, self.clip, self.fault = title, clip, ""
        self._asked = asked
        self._now = now
        keys = clip.keys
        seconds = round(asked.start.timestamp())
        self._first = keys[(seconds + asked.channel) % len(keys)]
        self._sent = 0
        self._begun = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def there(self) -> bool:
        """Whether the recorder has it (still, or already)."""
        now = self._now()
        return now - KEPT <= self._asked.start < now

    def ticks_now(self) -> int:
        """A recording begins at zero."""
        return self._sent * self.clip.step

    def join(self, session: Session) -> None:
        """The client plays: from its first picture."""
        session.wait_for_key = False
        loop = asyncio.get_running_loop()
        self._begun = loop.time()
        self._tick(session)

    def leave(self, session: Session) -> None:
        """The client stops."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self, session: Session) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        ticks = self.ticks_now()
        at = self._asked.start + timedelta(seconds=ticks / CLOCK_HZ)
        if at >= min(self._asked.end, self._now()):
            session.drop()
            return
        pictures = self.clip.pictures
        session.report(loop.time(), at.timestamp(), ticks, _REPORT_S)
        # Before the picture: sending may end the session, and with it this.
        self._sent += 1
        self._timer = loop.call_at(self._begun + self._sent / self.clip.fps, self._tick, session)
        session.send(pictures[(self._first + self._sent - 1) % len(pictures)], ticks)
