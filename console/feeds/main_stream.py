"""The main stream of a camera whose tiles read the sub stream: a connection of
its own, kept while somebody looks at the large picture.

The sub stream's connection and ring go on beside it, so that falling back
costs nothing. Runs on the worker's asyncio thread.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Final

from console.feeds import states
from console.feeds.connection import Connection
from console.feeds.reader import Ears
from console.feeds.rtp import Codec, Unit
from console.feeds.rtp_sound import Sound
from console.feeds.sources import FeedSource
from console.feeds.time_line import TimeLine

log = logging.getLogger(__name__)

#: Pictures of the newest group kept for who joins between two key frames; of a
#: longer one nothing is kept: its beginning alone makes a broken picture.
GROUP_UNITS: Final = 300


class MainStream:
    """One connection to ``source.url``. ``unit(unit)`` is called for every
    access unit from the first key frame on, ``lost()`` when the connection has
    ended (it is tried again), ``sound`` for its sound."""

    def __init__(
        self,
        source: FeedSource,
        gate: asyncio.Semaphore,
        chance: random.Random,
        unit: Callable[[Unit], None],
        lost: Callable[[], None],
        sound: Callable[[Sound], None],
    ) -> None:
        self.codec: Codec = "h264"
        self.failure = ""
        """Kind of the last failure while no picture has come since."""
        self.group: list[Unit] = []
        """From the newest key frame on; empty when that was too long ago."""
        self.shows = False
        """Whether a picture has come over the present connection."""
        self._source = source
        self._chance = chance
        self._unit, self._lost = unit, lost
        self._failures = 0
        self._heard: float | None = None
        self._last_heard: float | None = None
        self._line = TimeLine()
        ears = Ears(self._deliver, self._packet, sound)
        self._connection = Connection(source, source.url, ears, gate, self)
        self._connection.start()

    async def stop(self) -> None:
        """Hang up."""
        self.group, self.shows = [], False
        await self._connection.stop()

    def tick(self, now: float) -> None:
        """End a connection that brings nothing."""
        if self._heard is not None and now - self._heard >= states.LOST_S:
            self._connection.fail("silent")

    def opening(self) -> None:
        """See :class:`~console.feeds.connection.Owner`."""
        self._line.interrupt()

    def opened(self, codec: Codec) -> None:
        """See :class:`~console.feeds.connection.Owner`."""
        self.codec, self._heard = codec, time.monotonic()

    def failed(self, kind: str, detail: str) -> None:
        """See :class:`~console.feeds.connection.Owner`."""
        self._failures = 1 if self.shows else self._failures + 1
        self.group, self.shows, self._heard = [], False, None
        if kind != self.failure:
            log.info("main stream of %s: %s %s", self._source.id, kind, detail)
        self.failure = kind
        self._lost()

    def pause(self) -> float:
        """Seconds to the next try: soon while somebody saw it a moment ago."""
        since = None if self._last_heard is None else time.monotonic() - self._last_heard
        return states.backoff(self._failures, since, self._chance)

    def hurried(self) -> bool:
        """Never: the sub stream is shown meanwhile."""
        return False

    def _packet(self) -> None:
        self._heard = self._last_heard = time.monotonic()

    def _deliver(self, data: bytes, pts: int, key: bool) -> None:
        reader, at = self._connection.reader, time.monotonic()
        if reader is not None:
            self.codec = reader.codec
        unit = Unit(data, self._line.place(pts, at), key, at)
        if key:
            self.group, self.shows, self.failure = [], True, ""
        elif not self.shows:
            return
        if key or 0 < len(self.group) < GROUP_UNITS:
            self.group.append(unit)
        else:
            self.group = []
        self._unit(unit)
