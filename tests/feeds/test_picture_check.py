"""A covered lens and torn pictures are found; streets at night and in haze are not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.clock import SystemClock
from console.domain.vocabulary import FeedState
from console.feeds.decoder import DecoderThread, UtcMap, View
from console.feeds.picture_check import COVERED_S, LINES, RUNS, PictureCheck, shows_nothing
from console.feeds.pool import FeedPool
from console.feeds.rtp import Unit
from console.feeds.sources import NO_BUDGET, FeedSource
from console.services.ports import Budget
from console.simulation.footage import NAMES, STREET
from console.simulation.rtsp_server import SimulatedCameras
from tests.feeds.rig import street_units, until

WIDTH, HEIGHT = 320, 180


def nothing(picture: np.ndarray) -> bool:
    """Judged as a plane with two more bytes a line, as decoders give them."""
    padded = np.pad(np.clip(picture, 0, 255).astype(np.uint8), ((0, 0), (0, 2)), constant_values=255)
    return shows_nothing(padded.tobytes(), picture.shape[1], picture.shape[0], padded.shape[1])


def noisy(picture: np.ndarray | float, sigma: float) -> np.ndarray:
    chance = np.random.default_rng(15)
    return np.broadcast_to(picture, (HEIGHT, WIDTH)) + chance.normal(0, sigma, (HEIGHT, WIDTH))


def streets() -> Iterator[tuple[str, np.ndarray]]:
    """A key frame of every street clip, as brightness."""
    for name in NAMES:
        with av.open(str(STREET / f"{name}.mp4")) as container:
            yield name, next(container.decode(video=0)).to_ndarray(format="gray").astype(float)


def test_streets_are_seen_by_day_at_night_in_haze_and_at_a_quarter_of_their_light() -> None:
    for name, street in streets():
        assert not nothing(street), name
        assert not nothing(street * 0.25 + 10), f"{name}, dark"
        assert not nothing((street - 128) * 0.2 + 180), f"{name}, fog"


@pytest.mark.parametrize(
    "picture",
    [
        noisy(22.0, 2),  # a cap
        noisy(18.0, 8),  # the dark, and a sensor that hisses
        noisy(235.0, 1),  # blinded
        noisy(np.linspace(90, 200, WIDTH), 3),  # a bag with the sun behind it
        noisy(np.linspace(40, 110, HEIGHT)[:, None], 3),  # paint
        np.full((HEIGHT, WIDTH), 128.0),  # what a decoder shows that has nothing
    ],
)
def test_a_covered_lens_shows_nothing(picture: np.ndarray) -> None:
    assert nothing(picture)


def test_a_hand_over_half_of_it_and_tiny_pictures_show_something() -> None:
    street = dict(streets())["plaza-a"]
    half = street.copy()
    half[:, : half.shape[1] // 2] = 30
    assert not nothing(half)
    assert not shows_nothing(bytes(RUNS * LINES), RUNS - 1, LINES, RUNS)


def look(check: PictureCheck, said: list[bool], every: float = 2.0, begin: float = 100.0) -> float:
    at = begin
    for one in said:
        check.look(one, at)
        at += every
    return at


def test_covered_takes_three_looks_in_a_row_and_begins_at_the_first() -> None:
    check = PictureCheck()
    look(check, [False, True, True, False, True, True])
    assert check.covered_since is None
    assert check.curious
    assert check.wants(110.1)
    check.look(True, 112.0)
    assert check.covered_since == 108.0
    assert not check.curious
    assert [check.wants(at) for at in (114.0, 117.0)] == [False, True]
    check.look(False, 117.0)
    assert check.covered_since == 108.0
    assert check.curious
    check.look(True, 119.0)
    look(check, [False, False], begin=121.0)
    assert check.covered_since is None
    assert not check.curious


def test_three_looks_within_a_moment_are_one_look() -> None:
    check = PictureCheck()
    at = look(check, [True] * 8, every=COVERED_S / 8)
    assert check.covered_since is None
    check.look(True, at)
    assert check.covered_since == 100.0


def test_a_damaged_picture_now_and_then_is_no_bad_stream() -> None:
    check = PictureCheck()
    for group in range(40):
        for picture in range(30):
            check.decoded(picture == 0, group % 5 == 0 and picture == 7, group * 2.0)
        assert check.torn_since is None
        assert check.curious == (group % 5 == 0)


def test_torn_groups_are_a_bad_stream_until_three_in_a_row_are_whole() -> None:
    check = PictureCheck()
    for group in range(3):
        check.decoded(True, False, group * 2.0)
        check.decoded(False, True, group * 2.0 + 1)
    assert check.torn_since == 0.0
    for group in range(3, 6):
        check.decoded(True, False, group * 2.0)
        assert check.torn_since == 0.0
    check.decoded(True, False, 12.0)
    assert check.torn_since is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_it_settles_on_what_goes_on(past: list[tuple[bool, bool]]) -> None:
    """Whatever came before: a good camera is good again after a few pictures,
    a bad one is told after a few."""
    check, at = PictureCheck(), 0.0
    for empty, torn in past:
        check.look(empty, at)
        check.decoded(True, torn, at)
        at += 2.0
    for _ in range(4):
        check.look(False, at)
        check.decoded(True, False, at)
        at += 2.0
    assert (check.covered_since, check.torn_since, check.curious) == (None, None, False)
    for _ in range(5):
        check.look(True, at)
        check.decoded(True, True, at)
        at += 2.0
    assert check.covered_since == check.torn_since == at - 10.0


def torn(unit: Unit, chance: random.Random) -> Unit:
    """Sixteen bytes of each packet's worth are others, behind the headers."""
    data = bytearray(unit.data)
    for at in range(200, len(data) - 1400, 1400):
        spot = at + chance.randrange(1200)
        data[spot : spot + 16] = chance.randbytes(16)
    return Unit(bytes(data), unit.pts, unit.key, unit.at)


def test_a_camera_that_nobody_watches_is_judged_by_its_key_frames_and_shown_nowhere() -> None:
    thread, view = DecoderThread(0, UtcMap()), View("idle")
    chance = random.Random(15)
    keys = [unit for unit in street_units() if unit.key]
    assert view.budget == NO_BUDGET
    for unit in [*keys[:3], *(torn(unit, chance) for unit in keys[3:7])]:
        thread.look(view, unit)
    thread.stop()
    thread.run()
    assert view.check.torn_since == keys[3].at
    assert view.check.covered_since is None
    assert view.check.looks >= 1
    assert (view.pictures, view.errors, view.slot) == (0, 0, None)


@pytest.mark.rtsp
def test_cover_corrupt_and_clock_are_told_of_real_streams(tmp_path: Path) -> None:
    faults = ["1=cover", "2=corrupt", "3=clock"]
    with SimulatedCameras(4, SystemClock(), tmp_path, faults=faults) as street:
        sources = [FeedSource(f"c{n}", "", street.url(n, sub=True)) for n in range(1, 5)]
        pool = FeedPool(sources, SystemClock())
        pool.set_budget({f"c{n}": Budget("slow" if n == 1 else "moving", 320, 180) for n in (1, 2, 4)})
        begun = datetime.now(UTC)
        pool.start()
        try:

            def told() -> bool:
                now = pool.health()
                offset = now["c3"].clock_offset_s or 0.0
                return bool(now["c1"].covered_since and now["c2"].torn_since and offset > 80)

            until(told, "all three told", 60)
            now = pool.health()
            assert now["c1"].covered_since is not None
            assert now["c1"].covered_since > begun
            assert [now[c].reason for c in ("c1", "c2", "c4")] == ["covered", "torn", ""]
            assert now["c4"].state is FeedState.LIVE
            assert now["c1"].torn_since is now["c2"].covered_since is now["c4"].covered_since is None
        finally:
            pool.stop()
