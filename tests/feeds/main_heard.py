"""A main stream by itself, without a worker around it, and what it said."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from console.feeds.main_stream import MainStream
from console.feeds.rtp import Unit
from console.feeds.rtp_sound import Sound
from console.feeds.sources import FeedSource
from tests.feeds.rig import PATIENCE_S


class Heard:
    """What one main stream said."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.losses = 0

    def unit(self, unit: Unit) -> None:
        self.units.append(unit)

    def lost(self) -> None:
        self.losses += 1

    def sound(self, _sound: Sound) -> None: ...


@asynccontextmanager
async def main_stream(url: str, gate: asyncio.Semaphore, heard: Heard) -> AsyncIterator[MainStream]:
    source = FeedSource("c", "", url)
    stream = MainStream(source, gate, random.Random(1), heard.unit, heard.lost, heard.sound)
    try:
        yield stream
    finally:
        await stream.stop()


async def soon(condition: Callable[[], object]) -> None:
    """Wait until ``condition`` holds; ``TimeoutError`` when it never does."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.02)
