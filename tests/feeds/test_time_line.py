"""One line of time stamps, over every break."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.feeds.rtp import CLOCK_HZ, Unit
from console.feeds.time_line import JUMP_S, TimeLine
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.main_heard import Heard, main_stream, soon

SECOND = CLOCK_HZ


def test_it_begins_at_nothing_and_keeps_the_distances() -> None:
    line = TimeLine()
    assert [line.place(7 * SECOND + n * 6000, n / 15) for n in range(3)] == [0, 6000, 12_000]
    assert not line.broken


def test_pictures_out_of_order_stay_where_they_are() -> None:
    line = TimeLine()
    stamps = [0, 18_000, 6000, 12_000, 36_000, 24_000]
    assert [line.place(pts + 5, n / 15) for n, pts in enumerate(stamps)] == stamps


@pytest.mark.parametrize("raw", [0, 3 * SECOND, 10**9])
def test_another_connection_goes_on_by_the_time_that_passed(raw: int) -> None:
    line = TimeLine()
    line.place(3 * SECOND, 100.0)
    line.interrupt()
    assert line.place(raw, 107.5) == round(7.5 * SECOND)
    assert line.broken
    assert line.place(raw + 6000, 107.6) == round(7.5 * SECOND) + 6000
    assert not line.broken


@pytest.mark.parametrize("jump_s", [JUMP_S + 1, -JUMP_S - 1, 95_443.0])
def test_a_jump_within_a_connection_does_too(jump_s: float) -> None:
    line = TimeLine()
    line.place(10**12, 100.0)
    assert line.place(10**12 + round(jump_s * SECOND), 100.5) == SECOND // 2
    assert line.broken


def test_a_new_connection_that_delivers_at_the_same_instant_still_goes_on() -> None:
    line = TimeLine()
    line.place(0, 100.0)
    line.place(90_000, 100.0)
    line.interrupt()
    assert line.place(0, 100.0) == 90_001


@pytest.mark.rtsp
def test_a_main_stream_that_was_cut_goes_on_where_it_was(tmp_path: Path) -> None:
    async def story(server: SimulatedCameras) -> tuple[list[Unit], int]:
        heard, loop = Heard(), asyncio.get_running_loop()
        async with main_stream(server.url(1), asyncio.Semaphore(1), heard):
            await soon(lambda: len(heard.units) >= 20)
            await loop.run_in_executor(None, server.set_fault, 1, "cut")
            await soon(lambda: heard.losses)
            before = len(heard.units)
            await loop.run_in_executor(None, server.heal, 1)
            await soon(lambda: len(heard.units) >= before + 20)
        return heard.units, before

    with SimulatedCameras(1, SystemClock(), tmp_path) as server:
        units, before = asyncio.run(story(server))
    assert all(later.pts > earlier.pts for earlier, later in pairwise(units))
    last, first = units[before - 1], units[before]
    assert first.key, "what was being sent when it broke cannot be decoded any more"
    assert first.pts - last.pts == pytest.approx((first.at - last.at) * CLOCK_HZ, abs=2)
    assert not any(abs(b.pts - a.pts - 6000) > 1 for a, b in pairwise(units[before:])), "15 a second again"
