"""A picture that libVLC shows is never told younger than it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import av
import pytest

from console.feeds.decoder import UtcMap
from console.feeds.rtp import CLOCK_HZ, Unit
from console.feeds.slots import FrameSlots
from console.feeds.vlc_age import BEGIN_S, HELD, LATE_S, PictureAges
from console.feeds.vlc_play import INSTANCE_OPTIONS, Play
from tests.feeds.rig import until

STEP = 1 / 15


def fed(count: int, first: float = 100.0, past: int = 0) -> PictureAges:
    """Ages after ``count`` pictures at 15 a second; ``past`` of them at once."""
    ages = PictureAges(0.3)
    for n in range(count):
        at = first + n * STEP
        ages.feed(at, first + past * STEP if n < past else at, n < past)
    return ages


def test_pictures_are_counted() -> None:
    ages = fed(8)
    shown = [ages.show(False, 100.6 + n * STEP) for n in range(5)]
    assert shown == [pytest.approx(100.0 + n * STEP) for n in range(5)]


def test_the_same_picture_drawn_again_is_not_a_younger_one() -> None:
    ages = fed(HELD)
    assert ages.show(False, 100.5) == 100.0
    assert [ages.show(True, 100.5 + n) for n in range(20)] == [None] * 20


def test_pictures_that_were_dropped_are_passed_over_later() -> None:
    ages = fed(40)
    assert ages.show(False, 100.6) == 100.0
    # Thirty were dropped: what is drawn now was fed its lag ago.
    now = 100.0 + 39 * STEP + ages.lag_s
    told = ages.show(False, now)
    assert told is not None
    assert now - ages.lag_s - LATE_S - STEP <= told <= now - ages.lag_s


def test_a_street_where_nothing_moves_grows_no_older_than_what_may_be_late() -> None:
    ages = fed(1)
    assert ages.show(False, 100.6) == 100.0
    told = [100.0]
    for n in range(1, 60):
        at = 100.0 + n * STEP
        ages.feed(at, at, past=False)
        told.append(ages.show(True, at) or told[-1])
    assert 100.0 + 59 * STEP - told[-1] < ages.lag_s + LATE_S + 2 * STEP


def test_the_past_a_player_begins_with_is_only_counted() -> None:
    ages = fed(30, past=30)
    begun = 100.0 + 30 * STEP
    assert ages.show(False, begun + 0.1) == 100.0
    assert ages.show(True, begun + 1.5) is None
    assert ages.show(False, begun + 1.6) == pytest.approx(100.0 + STEP)
    # Whoever takes longer than that has dropped them.
    assert ages.show(True, begun + 0.1 + BEGIN_S + 1.0) is not None


def bars(number: int) -> av.VideoFrame:
    """A picture, 320 × 192, that shows its number as twelve bars."""
    row = b"".join(bytes([235 if number >> bit & 1 else 16]) * 24 for bit in range(12)).ljust(320, b"\x80")
    frame = av.VideoFrame(320, 192, "yuv420p")
    for index, plane in enumerate(frame.planes):
        line = row if index == 0 else b"\x80" * plane.width
        plane.update(line.ljust(plane.line_size, b"\x80") * plane.height)
    return frame


def numbered(count: int) -> list[tuple[bytes, bool]]:
    """An H.264 stream, 15 a second, that shows its numbers as twelve bars."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 320, 192, "yuv420p"
    context.time_base, context.gop_size = Fraction(1, 15), 30
    context.options = {"preset": "veryfast", "tune": "zerolatency"}
    packets = []
    for number in range(count):
        frame = bars(number)
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return [(bytes(packet), packet.is_keyframe) for packet in packets]


def number_in(pixels: memoryview) -> int:
    row = 96 * 320 * 4
    return sum((pixels[row + (bit * 24 + 12) * 4 + 1] > 128) << bit for bit in range(12))


@pytest.fixture
def slots() -> Iterator[FrameSlots]:
    made = FrameSlots()
    yield made
    made.close()


def test_by_the_numbers_in_the_picture(slots: FrameSlots) -> None:
    """A second and more of the past, the present, then nothing for a while."""
    import vlc

    packets, given, seen = numbered(70), dict[int, float](), list[tuple[int, float]]()
    play = Play(
        vlc,
        vlc.Instance(list(INSTANCE_OPTIONS)),
        slots.ensure("x"),
        (320, 192),
        UtcMap(),
        shown=lambda at, pixels: seen.append((number_in(pixels), at)),
    )

    def feed(number: int, at: float) -> None:
        given[number] = at
        data, key = packets[number]
        play.feed("h264", Unit(data, number * CLOCK_HZ // 15, key, at))

    begun = time.monotonic()
    for number in range(25):
        feed(number, begun - (25 - number) * STEP)
    for number in range(25, 70):
        time.sleep(max(0.0, begun + (number - 25) * STEP - time.monotonic()))
        feed(number, time.monotonic())
    until(lambda: len(seen) >= 30, "thirty pictures")
    until(lambda: slots.seq("x") and time.monotonic() - given[69] > 1.5, "nothing new for a while")
    count = slots.seq("x")
    play.end()
    assert all(at <= given[number] + 0.001 for number, at in seen), "never younger than it is"
    assert all(later[0] >= earlier[0] for earlier, later in pairwise(seen)), "in their order"
    assert count == len(seen)
    assert max(given[number] - at for number, at in seen) < 1.0
