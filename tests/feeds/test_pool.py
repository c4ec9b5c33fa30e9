"""Cameras over real RTSP, through worker processes, into slots and files."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import av
import pytest

from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.feeds.slots import PREFIX, Picture
from console.feeds.sources import FeedSource
from console.services.ports import Budget, FeedPictures, Pictures
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import STREET, until
from tests.feeds.test_clip import probe

pytestmark = pytest.mark.rtsp

PASSWORD = "p@ss:wörd/1"
MOVING, SLOW = Budget("moving", 640, 360), Budget("slow", 640, 360)
CAMERAS = ("c1", "c2", "c3", "c4")


def source(server: SimulatedCameras, number: int) -> FeedSource:
    return FeedSource(
        f"c{number}", f"Camera {number}", server.url(number), server.url(number, sub=True), "op", PASSWORD
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCameras]:
    cache = tmp_path_factory.mktemp("cache")
    with SimulatedCameras(4, SystemClock(), cache, auth=("op", PASSWORD)) as cameras:
        yield cameras


@pytest.fixture(scope="module")
def pool(server: SimulatedCameras) -> Iterator[FeedPool]:
    made = FeedPool([source(server, n) for n in (1, 2, 3, 4)], SystemClock(), workers=2)
    made.start()
    until(lambda: all(r.ring_s > 2 for r in _four(made)), "two seconds in every ring")
    yield made
    made.stop()
    assert not [n for n in os.listdir("/dev/shm") if n.startswith(f"{PREFIX}{os.getpid()}-")]


def _four(pool: FeedPool) -> list[object]:
    reports = pool.reports()
    return [reports[c] for c in CAMERAS] if len(reports) == 4 else [_Nothing()]


class _Nothing:
    ring_s = 0.0


def colour(picture: Picture) -> tuple[float, float, float]:
    """Mean blue, green, red of a picture in a slot."""
    data = bytes(picture.buffer)
    return tuple(sum(data[n::4]) / (len(data) // 4) for n in range(3))  # type: ignore[return-value]


def reference(name: str) -> tuple[float, float, float]:
    """The same of the first picture of a clip, by FFmpeg's own demuxer."""
    with av.open(str(STREET / name)) as container:
        frame = next(container.decode(video=0)).reformat(format="bgra")
    data = bytes(frame.planes[0])
    return tuple(sum(data[n::4]) / (len(data) // 4) for n in range(3))  # type: ignore[return-value]


def test_it_is_what_the_services_and_the_wall_ask_for(pool: FeedPool) -> None:
    assert isinstance(pool, FeedPictures)
    pictures: Pictures = pool
    assert pictures.read("nobody", 0) is None


def test_pictures_arrive_grow_and_have_the_streets_colours(pool: FeedPool) -> None:
    pool.set_budget(dict.fromkeys(CAMERAS, MOVING))
    until(lambda: all(pool.slots.seq(c) >= 20 for c in CAMERAS), "twenty pictures of each")
    picture = pool.slots.read("c1", 0)
    assert picture is not None
    assert (picture.width, picture.height, picture.stride) == (640, 360, 2560)
    assert picture.buffer[3] == 255
    for seen, wanted in zip(colour(picture), reference("plaza-a.mp4"), strict=True):
        assert abs(seen - wanted) < 8
    drift = SystemClock().now() - picture.captured_at
    assert timedelta(0) <= drift < timedelta(seconds=30)
    until(lambda: all(h.fps > 0 for h in pool.health().values()), "counted")
    assert {h.state for h in pool.health().values()} == {FeedState.LIVE}
    assert {(h.codec, h.width, h.height) for h in pool.health().values()} == {("h264", 640, 360)}


def test_a_moving_tile_drops_nothing_that_arrives(pool: FeedPool) -> None:
    pool.set_budget(dict.fromkeys(CAMERAS, MOVING))
    until(lambda: all(pool.slots.seq(c) for c in CAMERAS), "moving")
    before = {c: pool.slots.seq(c) for c in CAMERAS}
    until(lambda: pool.slots.seq("c1") - before["c1"] >= 30, "30 pictures of the first")
    for camera in CAMERAS:
        assert pool.slots.seq(camera) - before[camera] >= 27


def test_small_tiles_get_small_pictures(pool: FeedPool) -> None:
    pool.set_budget({"c2": Budget("moving", 160, 120)})

    def small() -> bool:
        picture = pool.slots.read("c2", 0)
        return picture is not None and (picture.width, picture.height) == (160, 90)

    until(small, "a picture of 160 × 90")
    assert pool.health()["c2"].state is FeedState.LIVE


def test_idle_decodes_nothing_and_moving_starts_from_the_ring(pool: FeedPool) -> None:
    pool.set_budget({})
    until(lambda: pool.health()["c3"].picture_age_s is None, "idle")
    count = pool.slots.seq("c3")
    ring = pool.reports()["c3"].ring_bytes
    until(lambda: pool.reports()["c3"].ring_bytes > ring, "the ring goes on")
    assert pool.slots.seq("c3") == count
    assert pool.health()["c3"].state is FeedState.LIVE
    pool.set_budget({"c3": MOVING})
    until(lambda: pool.slots.seq("c3") > count, "moving")
    first = pool.slots.read("c3", count)
    assert first is not None
    # Not the key frame of up to two seconds ago, but what the street shows now.
    assert time.monotonic() - first.captured_monotonic < 1.0


def test_slow_decodes_key_frames_only(pool: FeedPool) -> None:
    pool.set_budget({"c4": SLOW})
    until(lambda: pool.budget("c4") == SLOW and pool.reports()["c4"].decoding_since is not None, "slow")
    count = pool.slots.seq("c4")
    until(lambda: pool.slots.seq("c4") >= count + 2, "two key frames")
    assert 0 < pool.reports()["c4"].picture_fps < 3
    assert pool.health()["c4"].state is FeedState.LIVE


def test_files_of_an_idle_camera(pool: FeedPool, tmp_path: Path) -> None:
    pool.set_budget({})
    before = SystemClock().now()
    at = pool.snapshot("c1", tmp_path / "a.jpg")
    assert timedelta(0) <= before - at + timedelta(seconds=1) < timedelta(seconds=3)
    assert (probe(tmp_path / "a.jpg")["width"], probe(tmp_path / "a.jpg")["height"]) == (640, 360)
    pool.main_picture("c1", tmp_path / "b.jpg")
    assert probe(tmp_path / "b.jpg")["width"] == 1280


def test_a_clip_starts_at_a_key_frame_before_the_wanted_start(pool: FeedPool, tmp_path: Path) -> None:
    until(lambda: pool.reports()["c1"].ring_s > 5, "five seconds in the ring")
    end = SystemClock().now()
    start, length = pool.clip("c1", 3.0, end, tmp_path / "a.mp4")
    seen = probe(tmp_path / "a.mp4")
    assert (seen["codec_name"], seen["width"]) == ("h264", 640)
    assert float(seen["duration"]) == pytest.approx(length, abs=0.05)
    wanted = end - timedelta(seconds=3)
    # At or before the start, by no more than one key-frame gap of 2 s.
    assert timedelta(0) <= wanted - start < timedelta(seconds=2.2)
    assert abs((end - start).total_seconds() - length) < 0.5
    start, length = pool.clip("c1", 3600.0, end, tmp_path / "b.mp4")
    assert length < 70
    assert start < wanted


def test_what_cannot_be_had_is_refused(pool: FeedPool, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="unknown_camera"):
        pool.snapshot("nobody", tmp_path / "a.jpg")
    with pytest.raises(Refusal, match="bad_file"):
        pool.snapshot("c1", tmp_path / "no" / "a.jpg")
    with pytest.raises(Refusal, match="no_camera"):
        pool.clip("c1", 5.0, SystemClock().now() - timedelta(hours=1), tmp_path / "a.mp4")


def test_workers_know_no_qt_and_no_secret_shows(pool: FeedPool) -> None:
    assert len(pool.worker_pids()) == 2
    for pid in pool.worker_pids():
        folder = Path("/proc") / str(pid)
        assert "libQt6" not in (folder / "maps").read_text()
        for name in ("cmdline", "environ"):
            assert PASSWORD.encode() not in (folder / name).read_bytes()


def test_another_list_of_cameras_keeps_those_that_stay(pool: FeedPool, server: SimulatedCameras) -> None:
    ring = pool.reports()["c2"].ring_bytes
    pool.replace([source(server, 1), source(server, 2)])
    assert set(pool.health()) == {"c1", "c2"}
    until(lambda: pool.reports()["c2"].ring_bytes > ring, "the ring of c2 goes on")
    pool.replace([source(server, n) for n in (1, 2, 3, 4)])
    until(lambda: all(h.state is FeedState.LIVE for h in pool.health().values()), "all live again")


@pytest.mark.logs("replacing it")
def test_workers_that_die_or_hang_are_replaced(server: SimulatedCameras) -> None:
    pool = FeedPool([source(server, n) for n in (1, 2, 3, 4)], SystemClock(), workers=3)
    pool.set_budget(dict.fromkeys(CAMERAS, MOVING))
    pool.start()
    try:
        until(lambda: all(pool.slots.seq(c) for c in CAMERAS), "moving")
        killed, stopped, other = pool.worker_pids()
        os.kill(killed, signal.SIGKILL)
        os.kill(stopped, signal.SIGSTOP)
        until(lambda: pool.restarts == 2, "both replaced")
        counts = {c: pool.slots.seq(c) for c in CAMERAS}
        until(lambda: all(pool.slots.seq(c) > counts[c] + 5 for c in CAMERAS), "all cameras back")
        assert other in pool.worker_pids()
        assert not {killed, stopped} & set(pool.worker_pids())
        until(lambda: all(h.state is FeedState.LIVE for h in pool.health().values()), "all live")
    finally:
        pool.stop()


def test_a_pool_that_never_started_stops(server: SimulatedCameras) -> None:
    made = FeedPool([source(server, 1)], SystemClock())
    assert made.health()["c1"].state is FeedState.CONNECTING
    made.stop()
