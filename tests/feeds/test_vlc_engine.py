"""libVLC as the engine of the tiles: four real cameras through the same slots."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds import doctor, vlc_engine
from console.feeds.decoder import UtcMap, View
from console.feeds.pool import FeedPool
from console.feeds.rtp import Unit
from console.feeds.slots import PREFIX, FrameSlots
from console.feeds.sources import FeedSource
from console.feeds.vlc_tile import TilePlay
from console.services.ports import Budget
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import street_units, until
from tests.feeds.test_pool import colour, reference

pytestmark = pytest.mark.rtsp
CAMERAS = ("c1", "c2", "c3", "c4")
MOVING = Budget("moving", 640, 360)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[FeedPool]:
    with SimulatedCameras(4, SystemClock(), tmp_path) as server:
        sources = [FeedSource(f"c{n}", "", server.url(n, sub=True)) for n in (1, 2, 3, 4)]
        made = FeedPool(sources, SystemClock(), engine="vlc")
        made.start()
        until(
            lambda: len(made.reports()) == 4 and all(r.ring_s > 1 for r in made.reports().values()), "rings"
        )
        yield made
        made.stop()
        assert not [n for n in os.listdir("/dev/shm") if n.startswith(f"{PREFIX}{os.getpid()}-")]


def test_auto_is_the_engine_of_the_platform() -> None:
    assert doctor.chosen("auto") == doctor.default_engine() == "av"
    assert doctor.chosen("vlc") == "vlc"


def _threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


@pytest.mark.logs("replacing it")
def test_four_cameras_move_in_libvlc_and_leave_nothing_behind(pool: FeedPool) -> None:
    (pid,) = pool.worker_pids()
    calm = _threads(pid)
    pool.set_budget(dict.fromkeys(CAMERAS, MOVING))
    until(lambda: all(pool.slots.seq(c) >= 30 for c in CAMERAS), "thirty pictures of each")
    assert _threads(pid) >= calm + 4 * 2  # it is libVLC that decodes
    picture = pool.slots.read("c1")
    assert picture is not None
    assert (picture.width, picture.height) == (640, 360)
    for seen, wanted in zip(colour(picture), reference("plaza-a.mp4"), strict=True):
        assert abs(seen - wanted) < 10
    # libVLC holds nothing back.
    until(lambda: (p := pool.slots.read("c1")) and time.monotonic() - p.captured_monotonic < 0.2, "young")
    until(lambda: all(h.state is FeedState.LIVE for h in pool.health().values()), "live by their own word")
    # Another size, and tiles that only refresh: no player is kept for them.
    pool.set_budget(
        {"c1": Budget("moving", 320, 180), **dict.fromkeys(CAMERAS[1:], Budget("slow", 640, 360))}
    )

    def smaller() -> bool:
        now = pool.slots.read("c1")
        return now is not None and now.width == 320

    until(smaller, "the smaller picture")
    count = pool.slots.seq("c2")
    until(lambda: pool.slots.seq("c2") > count, "a key frame by the other decoder")
    pool.set_budget({})
    until(lambda: _threads(pid) <= calm + 4, "the players' threads are gone")
    # A crash costs the worker and nothing else.
    pool.set_budget({"c3": MOVING})
    count = pool.slots.seq("c3")
    os.kill(pid, 9)
    until(lambda: pool.worker_pids() and pool.worker_pids() != (pid,), "another worker")
    until(lambda: pool.slots.seq("c3") > count + 10, "pictures again")
    assert pool.restarts == 1


@pytest.mark.logs("takes nothing")
def test_a_player_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first player's input thread stands still; the next plays."""
    made: list[TilePlay] = []
    held = threading.Event()

    class Hanging(TilePlay):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            made.append(self)

        def _get(self, *arguments: Any) -> int:
            if self is made[0]:
                held.wait(20.0)
            return super()._get(*arguments)

    monkeypatch.setattr(vlc_engine, "TilePlay", Hanging)
    monkeypatch.setattr(vlc_engine, "HANG_S", 0.5)
    slots = FrameSlots()
    view = View("a")
    view.budget, view.slot_name = MOVING, slots.ensure("a")
    thread = vlc_engine.VlcDecoders(0, UtcMap())
    thread.start()
    begun, pts = time.monotonic(), 0
    while not slots.seq("a") and time.monotonic() - begun < 15.0:
        for one in street_units()[:30]:
            pts += 6000
            thread.put(view, Unit(one.data, pts, one.key, time.monotonic()))
            time.sleep(0.01)
    assert len(made) > 1
    assert slots.seq("a")
    assert view.dropped > 0
    assert thread.busy_s(time.monotonic()) < vlc_engine.STOP_GRACE_S
    held.set()
    thread.stop()
    thread.join(10.0)
    assert not thread.is_alive()
    slots.close()
