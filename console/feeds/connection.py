"""A stream kept connected: opened in turn, played, and after a failure opened
again when its owner says so.

Runs on the worker's asyncio thread. One connection costs the others nothing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

from console.feeds.reader import Ears, Reader, RtspReader, reader_for
from console.feeds.rtp import Codec
from console.feeds.rtsp import RtspError
from console.feeds.sources import FeedSource
from console.feeds.turn import Turn

log = logging.getLogger(__name__)

#: A camera that was well a moment ago and does not answer for this long (s) is
#: called once more beside: one that hung never answers what it was asked
#: before, and waiting that out would keep its tile grey when it is back.
AGAIN_S: Final = 1.0
#: Calls under way to one camera at the most; cameras allow three to six sessions.
CALLS: Final = 3


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

    def hurried(self) -> bool:
        """Whether the camera was well a moment ago."""
        ...


class Connection:
    """The connection to ``url`` of a camera. ``opened``, ``failed`` … of
    ``owner`` are called on the asyncio thread, units go to ``ears``."""

    def __init__(
        self, source: FeedSource, url: str, ears: Ears, gate: asyncio.Semaphore, owner: Owner
    ) -> None:
        self.reader: Reader | None = None
        """What reads just now, from its first unit on."""
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
        try:
            async with Turn(self._gate):
                self._owner.opening()
                self.reader = reader = await self._open()
                self._owner.opened(reader.codec)
            await reader.run()
        finally:
            last, self.reader = self.reader, None
            if last is not None:
                self._lost += last.lost
                self._dropped += last.dropped
                last.close()

    async def _open(self) -> Reader:
        """The first call that is answered; what any of them fails with is
        raised at once."""
        calls: dict[asyncio.Task[None], Reader] = {}
        due = True
        try:
            while True:
                if due:
                    call = self._call()
                    calls[asyncio.get_running_loop().create_task(call.open())] = call
                patience = AGAIN_S if self._again(call, len(calls)) else None
                done, _ = await asyncio.wait(calls, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                due = not done
                for task in done:
                    task.result()
                    answered = calls.pop(task)
                    if self.reader in (None, answered):
                        return answered
                    answered.close()
        finally:
            for task, call in calls.items():
                task.cancel()
                if call is not self.reader:
                    call.close()
            await asyncio.gather(*calls, return_exceptions=True)

    def _again(self, call: Reader, calls: int) -> bool:
        """Whether to call once more beside: not while others wait for a turn."""
        able = isinstance(call, RtspReader) and calls < CALLS
        return able and self._owner.hurried() and not self._gate.locked()

    def _call(self) -> Reader:
        """A reader whose units count unless another's came first."""
        ears, source = self._ears, self._source

        def mine() -> bool:
            if self.reader is None:
                self.reader = reader
            return self.reader is reader

        def unit(data: bytes, pts: int, key: bool) -> None:
            if mine():
                ears.unit(data, pts, key)

        def packet() -> None:
            if mine():
                ears.packet()

        heard = Ears(unit, packet, ears.sound)
        reader = reader_for(self._url, source.username, source.password, heard)
        return reader
