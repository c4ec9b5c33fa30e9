"""Looking back: any picture of the ring, forwards and back, while it moves on."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.clock import SystemClock
from console.devices.recorders import playback_url
from console.domain.errors import Refusal
from console.feeds.pool import FeedPool
from console.feeds.replays import ReplayState, slot_key
from console.feeds.ring import Ring, RingStore
from console.feeds.rtp import Unit
from console.feeds.sources import FeedSource
from console.feeds.tape import Tape
from console.services.ports import Budget
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import hevc_units, street_units, until
from tests.feeds.test_clip import probe

SECOND = timedelta(seconds=1)
SITE = ZoneInfo("Asia/Shanghai")


def street(count: int = 90) -> tuple[Unit, ...]:
    return street_units()[:count]


def tape_of(units: tuple[Unit, ...], codec: str = "h264") -> tuple[Tape, deque[Unit]]:
    held = deque(units)
    return Tape(held, lambda: codec), held


def test_seeking_shows_the_picture_of_that_instant() -> None:
    units = street()
    tape, _ = tape_of(units)
    for number in (0, 1, 14, 44, 45, 46, 88):
        shown = tape.seek(units[number].at + 0.01)
        assert shown is not None
        assert (shown.pts, shown.at) == (units[number].pts, units[number].at)
    assert not tape.clamped


def test_forwards_shows_every_picture_once_and_in_order() -> None:
    units = street()
    tape, _ = tape_of(units)
    seen = [tape.seek(units[0].at)]
    while seen[-1] is not None:
        seen.append(tape.next())
    assert [shown.pts for shown in seen if shown] == [unit.pts for unit in units]


def test_steps_back_over_a_key_frame_and_forwards_again() -> None:
    units = street()
    keys = [i for i, unit in enumerate(units) if unit.key]
    tape, _ = tape_of(units)
    place = keys[1] + 1
    shown = tape.seek(units[place].at)
    for expected in (place - 1, place - 2, place - 3):
        assert shown is not None
        shown = tape.back(shown.pts)
        assert shown is not None
        assert shown.pts == units[expected].pts
    following = tape.next()
    assert following is not None
    assert following.pts == units[place - 2].pts


def test_the_first_picture_has_none_before_it() -> None:
    units = street()
    tape, _ = tape_of(units)
    assert tape.back(units[0].pts) is None


def test_it_is_the_same_picture_by_seek_as_by_playing() -> None:
    units = street(60)
    tape, _ = tape_of(units)
    tape.seek(units[0].at)
    played = None
    for _ in range(40):
        played = tape.next()
    sought, _ = tape_of(units)
    direct = sought.seek(units[40].at)
    assert played is not None
    assert direct is not None
    assert bytes(played.frame.planes[0]) == bytes(direct.frame.planes[0])


def test_pictures_that_come_while_it_plays_are_played() -> None:
    units = street()
    tape, held = tape_of(units[:50])
    shown = tape.seek(units[49].at)
    assert shown is not None
    assert shown.pts == units[49].pts
    assert tape.next() is None
    held.extend(units[50:])
    seen = [tape.next() for _ in range(40)]
    assert [one.pts for one in seen if one] == [unit.pts for unit in units[50:90]]


def test_what_the_ring_dropped_is_gone_and_it_says_so() -> None:
    units = street(120)
    ring = Ring(RingStore(1 << 30))
    for unit in units:
        ring.append(unit)
    tape = Tape(ring.units, lambda: "h264")
    shown = tape.seek(units[3].at)
    assert shown is not None
    assert not tape.clamped
    ring.drop_group()
    oldest = ring.units[0]
    assert oldest.at > units[3].at
    following = tape.next()
    assert following is not None
    assert following.pts == oldest.pts
    assert tape.clamped
    tape.clamped = False
    again = tape.seek(units[3].at)
    assert again is not None
    assert again.pts == oldest.pts
    assert tape.clamped


def test_hevc_and_an_empty_ring() -> None:
    units = hevc_units()
    tape, held = tape_of(units, "hevc")
    shown = tape.seek(units[15].at)
    assert shown is not None
    assert shown.pts == units[15].pts
    held.clear()
    assert tape.seek(units[15].at) is None
    assert tape.next() is None
    assert tape.bounds() == (0.0, 0.0)


def test_a_damaged_picture_ends_nothing() -> None:
    units = list(street(60))
    for number in range(20, 24):
        units[number] = Unit(b"\0\0\0\1\x41rubbish", units[number].pts, False, units[number].at)
    tape, _ = tape_of(tuple(units))
    shown = tape.seek(units[0].at)
    last = shown
    while shown is not None:
        last, shown = shown, tape.next()
    assert last is not None
    assert last.pts == units[59].pts


# -- over real RTSP ------------------------------------------------------------


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedPool]:
    cache = tmp_path_factory.mktemp("cache")
    with SimulatedCameras(2, SystemClock(), cache) as cameras:
        sources = [
            FeedSource(f"c{n}", f"Camera {n}", cameras.url(n), cameras.url(n, sub=True)) for n in (1, 2)
        ]
        made = FeedPool(sources, SystemClock())
        made.start()
        made.set_budget({"c1": Budget("moving", 640, 360)})
        until(lambda: len(made.reports()) == 2, "reports")
        until(lambda: all(r.ring_s > 5 for r in made.reports().values()), "five seconds in every ring")
        yield made
        made.stop()


def state(pool: FeedPool, camera: str = "c1") -> ReplayState:
    until(lambda: pool.replays.state(camera) is not None, "the first word of the replay")
    found = pool.replays.state(camera)
    assert found is not None
    return found


def position(pool: FeedPool) -> float:
    return state(pool).position.timestamp()


@pytest.mark.rtsp
def test_replay_shows_old_pictures_with_their_own_time_while_live_goes_on(pool: FeedPool) -> None:
    asked = SystemClock().now()
    key = pool.replays.open("c1", 4.0, 640, 360)
    assert key == slot_key("c1") == "replay:c1"
    until(lambda: pool.read(key) is not None, "a replayed picture")
    picture = pool.read(key)
    assert picture is not None
    assert timedelta(seconds=3) < asked - picture.captured_at < timedelta(seconds=7)
    live = pool.slots.seq("c1")
    until(lambda: pool.slots.seq("c1") > live + 5, "the live picture goes on")
    assert not state(pool).paused
    assert state(pool).speed == 1.0
    assert not state(pool).recorder
    pool.replays.close("c1")
    assert pool.replays.state("c1") is None
    assert pool.read(key) is None


@pytest.mark.rtsp
def test_pause_steps_speeds_and_seek(pool: FeedPool) -> None:
    key = pool.replays.open("c1", 4.0, 640, 360)
    state(pool)
    pool.replays.move("c1", speed=0)
    until(lambda: state(pool).paused, "pause")
    at, seq = position(pool), pool.slots.seq(key)
    pool.replays.move("c1", step=-1)
    until(lambda: position(pool) < at, "a step back")
    assert 0.03 < at - position(pool) < 0.2
    pool.replays.move("c1", step=1)
    until(lambda: abs(position(pool) - at) < 0.001, "a step forwards")
    assert pool.slots.seq(key) == seq + 2
    start = state(pool).start
    pool.replays.move("c1", to=start + SECOND)
    until(lambda: abs(position(pool) - start.timestamp() - 1) < 0.3, "the second wanted")
    pool.replays.move("c1", speed=0.25)
    until(lambda: state(pool).speed == 0.25 and not state(pool).paused, "slow")
    before = pool.slots.seq(key)
    until(lambda: pool.slots.seq(key) > before + 2, "it plays slowly")
    pool.replays.move("c1", speed=4)
    until(lambda: state(pool).ended, "fast until the present")
    pool.replays.move("c1", to=start - 1000 * SECOND)
    until(lambda: position(pool) - start.timestamp() < 2.5, "the oldest, as what was asked for is gone")
    pool.replays.close("c1")


@pytest.mark.rtsp
def test_a_clip_ends_where_the_replay_stands(pool: FeedPool, tmp_path: Path) -> None:
    pool.replays.open("c2", 2.0, 320, 180)
    end = state(pool, "c2").position
    start, length = pool.replays.clip("c2", 2.0, end, tmp_path / "a.mp4")
    assert start <= end - 2 * SECOND
    assert 2.0 <= length <= 2.0 + 2.2  # one key-frame gap more at the most
    assert probe(tmp_path / "a.mp4")["codec_name"] == "h264"
    pool.replays.close("c2")


@pytest.mark.rtsp
def test_a_camera_nobody_knows(pool: FeedPool) -> None:
    with pytest.raises(Refusal) as caught:
        pool.replays.open("nobody", 10, 640, 360)
    assert caught.value.code == "no_camera"
    assert pool.replays.state("nobody") is None
    assert pool.replays.gone("nobody") == ""


@pytest.mark.rtsp
@pytest.mark.litter  # the worker that takes over belongs to the pool
@pytest.mark.logs("feed worker")
def test_the_death_of_the_worker_ends_the_replay(pool: FeedPool) -> None:
    pool.replays.open("c1", 3.0, 640, 360)
    state(pool)
    os.kill(pool.worker_pids()[0], signal.SIGKILL)
    until(lambda: pool.replays.gone("c1") == "worker", "the replay says so")
    pool.replays.close("c1")
    assert pool.replays.gone("c1") == ""
    assert not [t for t in threading.enumerate() if t.name == "replay"]


@pytest.mark.rtsp
@pytest.mark.parametrize("vendor", ["hikvision", "dahua"])
def test_a_recorder_plays_ten_minutes_ago_in_its_own_time(
    vendor: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    with SimulatedCameras(1, SystemClock(), cache, auth=("op", "pw")) as cameras:
        source = FeedSource("c1", "Camera 1", cameras.url(1), cameras.url(1, sub=True), "op", "pw")
        pool = FeedPool([source], SystemClock())
        pool.start()
        try:
            until(lambda: pool.worker_pids() and pool.reports(), "a worker")
            start = (SystemClock().now() - 600 * SECOND).replace(microsecond=0)
            url = playback_url(vendor, f"127.0.0.1:{cameras.port}", "1", start, start + 60 * SECOND, SITE)
            asked = replace(source, url=url, url_sub="")
            key = pool.replays.open_recorder("c1", asked, start, start + 60 * SECOND, 640, 360)
            until(lambda: pool.read(key) is not None, "a recorded picture")
            until(lambda: state(pool).position > start + 2 * SECOND, "two seconds of it")
            now = state(pool)
            assert now.recorder
            assert abs(now.start - start) < SECOND / 10
            begun, length = pool.replays.clip("c1", 1.0, now.position, tmp_path / "r.mp4")
            assert abs(begun - start) < 3 * SECOND
            assert length >= 1.0
            assert probe(tmp_path / "r.mp4")["codec_name"] == "h264"
            pool.replays.close("c1")
            wrong = replace(
                asked, url=url.replace("tracks/101", "tracks/901").replace("channel=1", "channel=9")
            )
            pool.replays.open_recorder("c1", wrong, start, start + 60 * SECOND, 640, 360)
            until(lambda: pool.replays.gone("c1") == "not_found", "nothing recorded there")
            pool.replays.close("c1")
        finally:
            pool.stop()
