"""A stream kept connected: opened in turn, played, and after a failure opened
again when its owner says so.

Runs on the worker's asyncio thread. One connection costs the others nothing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from console.feeds.reader import Ears, Reader, reader_for
from console.feeds.rtp import Codec
from console.feeds.rtsp import RtspError
from console.feeds.sources import FeedSource
from console.feeds.turn import Turn

log = logging.getLogger(__name__)


class Owner(Protocol):
    """Who is told how a connection fares."""

    def opening(self) -> None:
        """Its turn has come; what comes now is another time line."""
        ...

    def opened(self, codec: Codec) -> None:
        """It plays."""
        ...

    def failed(self, kind: str, detail: str) -> None:
        """It could not be opened or has ended (``RtspError``'s words)."""
        ...

    def pause(self) -> float:
        """Seconds to wait before the next try."""
        ...


class Connection:
    """The connection to ``url`` of a camera. ``opened``, ``failed`` … of
    ``owner`` are called on the asyncio thread, units go to ``ears``."""

    def __init__(
        self, source: FeedSource, url: str, ears: Ears, gate: asyncio.Semaphore, owner: Owner
    ) -> None:
        self.reader: Reader | None = None
        """What reads just now, from the first byte of the open on."""
        self._source, self._url, self._ears = source, url, ears
        self._gate, self._owner = gate, owner
        self._lost = self._dropped = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def lost(self) -> int:
        """Packets missing, over all connections so far."""
        return self._lost + (self.reader.lost if self.reader is not None else 0)

    @property
    def dropped(self) -> int:
        """Access units thrown away, over all connections so far."""
        return self._dropped + (self.reader.dropped if self.reader is not None else 0)

    def fail(self, kind: str) -> None:
        """End the present connection for a reason."""
        if self.reader is not None:
            self.reader.fail(RtspError(kind))

    async def _run(self) -> None:
        while True:
            try:
                await self._play()
            except RtspError as error:
                self._owner.failed(error.kind, error.detail)
            except Exception:
                log.exception("camera %s", self._source.id)
                self._owner.failed("server_error", "")
            await asyncio.sleep(self._owner.pause())

    async def _play(self) -> None:
        source = self._source
        reader: Reader | None = None
        try:
            async with Turn(self._gate):
                self._owner.opening()
                reader = reader_for(self._url, source.username, source.password, self._ears)
                self.reader = reader
                await reader.open()
                self._owner.opened(reader.codec)
            await reader.run()
        finally:
            self.reader = None
            if reader is not None:
                self._lost += reader.lost
                self._dropped += reader.dropped
                reader.close()
