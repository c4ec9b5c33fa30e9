"""How far a camera's clock is off, by its own sender reports."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.feeds.camera_clock import NTP_EPOCH_S, CameraClock, offset_s, sender_time
from console.feeds.pool import FeedPool
from console.feeds.sources import FeedSource
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import until


def report(unix: float, kind: int = 200, first: int = 0x80) -> memoryview:
    whole = int(unix)
    ntp, fraction = (whole + NTP_EPOCH_S) & 0xFFFFFFFF, int((unix - whole) * 2**32)
    return memoryview(struct.pack("!BBHIIIIII", first, kind, 6, 7, ntp, fraction, 1, 2, 3))


def test_the_time_in_a_sender_report() -> None:
    data = report(1_772_433_127.25)
    assert sender_time(data, 0, len(data)) == 1_772_433_127.25


@pytest.mark.parametrize(
    "data",
    [
        report(1_772_433_127, kind=201),
        report(1_772_433_127, first=0x40),
        report(1_772_433_127)[:27],
        report(-NTP_EPOCH_S + 3600),  # an hour since it was switched on
        memoryview(b""),
    ],
)
def test_what_is_no_wall_clock_says_nothing(data: memoryview) -> None:
    assert sender_time(data, 0, len(data)) is None


def test_one_late_report_moves_nothing_and_a_clock_that_was_set_moves_it() -> None:
    clock = CameraClock()
    assert clock.base is None
    for at in (0.0, 5.0, 10.0):
        clock.take(1000.0 + at, at)
    clock.take(1000.0 + 15, 18.0)  # three seconds on a slow link
    assert clock.base == 1000.0
    for at in (20.0, 25.0, 30.0):
        clock.take(1090.0 + at, at)
    assert clock.base == 1090.0


def test_offset_is_against_the_true_time() -> None:
    assert offset_s(None, 50.0, 1050.0) is None
    assert offset_s(1090.0, 50.0, 1050.0) == 90.0
    assert offset_s(998.0, 50.0, 1050.0) == -2.0


@pytest.mark.rtsp
def test_a_camera_ninety_seconds_ahead_beside_one_that_is_right(tmp_path: Path) -> None:
    with SimulatedCameras(2, SystemClock(), tmp_path, faults=["2=clock"]) as server:
        sources = [FeedSource(f"c{n}", "", server.url(n, sub=True)) for n in (1, 2)]
        pool = FeedPool(sources, SystemClock())
        pool.start()
        try:
            until(lambda: all(h.clock_offset_s is not None for h in pool.health().values()), "sender reports")
            health = pool.health()
            right, ahead = health["c1"].clock_offset_s, health["c2"].clock_offset_s
            assert right is not None
            assert abs(right) < 1.0
            assert ahead is not None
            assert abs(ahead - 90.0) < 1.0
            # What is told does not age: the next report of the worker says the same.
            seen = pool.reports()["c2"].camera_clock
            assert seen is not None
            assert abs(seen + time.monotonic() - time.time() - 90.0) < 1.0
        finally:
            pool.stop()
