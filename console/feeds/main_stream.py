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
from console.feeds.reader import Ears, Reader, reader_for
from console.feeds.rtp import Codec, Unit
from console.feeds.rtp_sound import Sound
from console.feeds.rtsp import RtspError
from console.feeds.sources import FeedSource
from console.feeds.turn import Turn

log = logging.getLogger(__name__)

#: Pictures of the newest group kept for who joins between two key frames.
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
        """From the newest key frame on."""
        self._source = source
        self._gate, self._chance = gate, chance
        self._unit, self._lost, self._sound = unit, lost, sound
        self._reader: Reader | None = None
        self._failures = 0
        self._heard: float | None = None
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def shows(self) -> bool:
        """Whether a picture has come over the present connection."""
        return bool(self.group)

    async def stop(self) -> None:
        """Hang up."""
        self.group = []
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def tick(self, now: float) -> None:
        """End a connection that brings nothing."""
        if self._reader is not None and self._heard is not None and now - self._heard >= states.LOST_S:
            self._reader.fail(RtspError("silent"))

    async def _run(self) -> None:
        while True:
            try:
                await self._play()
            except RtspError as error:
                self._failed(error.kind, error.detail)
            except Exception:
                log.exception("main stream of %s", self._source.id)
                self._failed("server_error", "")
            await asyncio.sleep(states.backoff(self._failures, None, self._chance))

    def _failed(self, kind: str, detail: str) -> None:
        showed, self.group = self.shows, []
        self._failures = 1 if showed else self._failures + 1
        if kind != self.failure:
            log.info("main stream of %s: %s %s", self._source.id, kind, detail)
        self.failure = kind
        self._lost()

    async def _play(self) -> None:
        source = self._source
        reader = reader_for(
            source.url, source.username, source.password, Ears(self._deliver, self._packet, self._sound)
        )
        try:
            async with Turn(self._gate):
                await reader.open()
            self.codec = reader.codec
            self._reader, self._heard = reader, time.monotonic()
            await reader.run()
        finally:
            self._reader = self._heard = None
            reader.close()

    def _packet(self) -> None:
        self._heard = time.monotonic()

    def _deliver(self, data: bytes, pts: int, key: bool) -> None:
        if self._reader is not None:
            self.codec = self._reader.codec
        unit = Unit(data, pts, key, time.monotonic())
        if key:
            self.group, self.failure = [unit], ""
        elif not self.group:
            return
        elif len(self.group) < GROUP_UNITS:
            self.group.append(unit)
        self._unit(unit)
