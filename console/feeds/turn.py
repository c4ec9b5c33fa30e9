"""A place in the queue of cameras being opened."""

from __future__ import annotations

import asyncio
from typing import Final

#: How long an open that goes on may hold its place in the queue of opens.
TURN_S: Final = 0.5


class Turn:
    """A place among the streams being opened, given up after
    :data:`TURN_S` at the latest: cameras that do not answer must not keep the
    others waiting. ``gate`` counts the places; used as ``async with``."""

    def __init__(self, gate: asyncio.Semaphore) -> None:
        self._gate = gate
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> None:
        await self._gate.acquire()
        self._timer = asyncio.get_running_loop().call_later(TURN_S, self._release)

    async def __aexit__(self, *_: object) -> None:
        self._release()

    def _release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._gate.release()
