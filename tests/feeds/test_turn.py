"""Streams being opened take turns, and one that does not answer gives its place up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.feeds.turn import Turn
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.main_heard import Heard, main_stream, soon


def test_a_place_is_given_back_once_however_it_ends() -> None:
    async def story() -> list[int]:
        gate, free = asyncio.Semaphore(1), []
        async with Turn(gate):
            free.append(gate._value)
        free.append(gate._value)
        turn = Turn(gate)
        await turn.__aenter__()
        turn._release()  # its time is over
        free.append(gate._value)
        await turn.__aexit__()
        free.append(gate._value)
        with pytest.raises(RuntimeError):
            async with Turn(gate):
                raise RuntimeError
        free.append(gate._value)
        return free

    assert asyncio.run(story()) == [0, 1, 1, 1, 1]


@pytest.mark.rtsp
def test_a_mute_main_stream_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    async def story(mute: str, good: str) -> tuple[int, str]:
        gate, silent, heard = asyncio.Semaphore(1), Heard(), Heard()
        async with main_stream(mute, gate, silent) as first, main_stream(good, gate, heard):
            await soon(lambda: heard.units)
            return silent.losses, first.failure

    with SimulatedCameras(2, SystemClock(), tmp_path, faults=["1=mute"]) as server:
        # The mute one is still being opened: it has failed neither once nor for good.
        assert asyncio.run(story(server.url(1), server.url(2))) == (0, "")
