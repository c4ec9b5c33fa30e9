"""A camera that hung is called again beside the call it never answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.feeds.connection import CALLS, Connection
from console.feeds.reader import Ears
from console.feeds.rtp import Codec
from console.feeds.sources import FeedSource
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.main_heard import soon

pytestmark = pytest.mark.rtsp


class Told:
    """An owner that writes down what it is told."""

    def __init__(self, *, was_well: bool) -> None:
        self.was_well = was_well
        self.said: list[str] = []
        self.units: list[bool] = []

    def opening(self) -> None:
        self.said.append("opening")

    def opened(self, codec: Codec) -> None:
        self.said.append(codec)

    def failed(self, kind: str, _detail: str) -> None:
        self.said.append(kind)

    def pause(self) -> float:
        return 0.1

    def hurried(self) -> bool:
        return self.was_well

    def unit(self, _data: bytes, _pts: int, key: bool) -> None:
        self.units.append(key)

    def packet(self) -> None: ...


def connection(url: str, told: Told, gate: asyncio.Semaphore | None = None) -> Connection:
    source = FeedSource("c", "", url)
    return Connection(source, url, Ears(told.unit, told.packet), gate or asyncio.Semaphore(2), told)


def test_it_is_back_before_the_old_call_is_given_up(tmp_path: Path) -> None:
    told = Told(was_well=True)

    async def story(server: SimulatedCameras) -> int:
        loop = asyncio.get_running_loop()
        line = connection(server.url(1), told)
        line.start()
        await soon(lambda: "opening" in told.said)
        await loop.run_in_executor(None, server.heal, 1)
        await soon(lambda: len(told.units) >= 20)
        clients = await loop.run_in_executor(None, server.statistics)
        await line.stop()
        return clients["clients"]

    with SimulatedCameras(1, SystemClock(), tmp_path, faults=["1=mute"]) as server:
        clients = asyncio.run(story(server))
    assert told.said == ["opening", "h264"], "nothing had to fail first"
    assert told.units[0]
    assert clients == 1, "the calls that were not needed were hung up"


@pytest.mark.parametrize(("was_well", "calls"), [(True, CALLS), (False, 1)])
def test_calls_are_counted(was_well: bool, calls: int) -> None:
    """A camera that never answers, and for how many calls at once."""
    told, now, most = Told(was_well=was_well), 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        while await reader.read(4096):
            pass
        now -= 1
        writer.close()

    async def story() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            line = connection(f"rtsp://127.0.0.1:{port}/x", told)
            line.start()
            await soon(lambda: "no_answer" in told.said)
            await line.stop()
            await soon(lambda: now == 0)

    asyncio.run(story())
    assert most == calls


def test_not_while_others_wait_for_their_turn() -> None:
    async def story() -> bool:
        gate, told = asyncio.Semaphore(1), Told(was_well=True)
        line = connection("rtsp://127.0.0.1:9/x", told, gate)
        free = line._again(line._call(), 1)
        await gate.acquire()
        return free and not line._again(line._call(), 1)

    assert asyncio.run(story())
