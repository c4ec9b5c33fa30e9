"""A tile by libVLC: each picture by its own name, at once, and nothing left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.feeds import doctor
from console.feeds.decoder import UtcMap, View
from console.feeds.kept_threads import known_threads
from console.feeds.rtp import CLOCK_HZ, Codec, Unit
from console.feeds.slots import FrameSlots
from console.feeds.vlc_engine import VlcDecoders
from console.feeds.vlc_library import load
from console.feeds.vlc_tile import LEAN_OPTIONS, TILE_OPTIONS, TilePlay
from console.feeds.vlc_times import GAP_S, STRETCH, PictureTimes
from console.services.ports import Budget
from tests.feeds.rig import until
from tests.feeds.test_vlc_age import bars, number_in, numbered

SIZE = (320, 192)
Seen = list[tuple[int, float]]


@pytest.fixture(scope="module")
def instances() -> tuple[Any, Any]:
    vlc = load()
    return vlc.Instance(list(TILE_OPTIONS)), vlc.Instance(list(LEAN_OPTIONS))


@pytest.fixture
def slots() -> Iterator[FrameSlots]:
    made = FrameSlots()
    yield made
    made.close()


def tile(instances: tuple[Any, Any], slots: FrameSlots, seen: Seen, box: tuple[int, int] = SIZE) -> TilePlay:
    return TilePlay(
        instances,
        slots.ensure("x"),
        box,
        UtcMap(),
        lambda at, pixels: seen.append((number_in(pixels) if box == SIZE else 0, at)),
    )


def unit(packet: tuple[bytes, bool], pts: float, at: float) -> Unit:
    return Unit(packet[0], round(pts * CLOCK_HZ), packet[1], at)


def played(play: TilePlay, units: list[Unit], seen: Seen, codec: Codec = "h264", held: int = 0) -> None:
    """Feeds a unit when what was fed before is out, as a camera would; with the
    first ones alone libVLC does not begin."""
    for count, one in enumerate(units, 1):
        play.feed(codec, one)
        end = time.monotonic() + (3.0 if seen else 0.1)
        while len(seen) < count - held and time.monotonic() < end:
            time.sleep(0.001)


def test_each_picture_by_its_name_and_at_once(instances: tuple[Any, Any], slots: FrameSlots) -> None:
    """Uneven pictures, a camera that halts and one whose clock is set anew."""
    seen: Seen = []
    calm, states = len(os.listdir("/proc/self/task")), known_threads()
    play = tile(instances, slots, seen)
    packets, pts, units = numbered(60), 5000.0, []
    for number, packet in enumerate(packets):
        pts += {20: 30.0, 30: -4000.0, 40: 0.9}.get(number, 0.004 if number % 3 else 0.19)
        units.append(unit(packet, pts, 1000.0 + number))
    played(play, units, seen)
    assert seen == [(number, 1000.0 + number) for number in range(60)]
    assert slots.seq("x") == 60
    assert known_threads() >= states + 2, "both threads of libVLC are kept"
    play.end()
    assert known_threads() <= states
    until(lambda: len(os.listdir("/proc/self/task")) <= calm, "libVLC's threads are gone")


def test_of_the_past_it_begins_with_the_newest_is_shown(
    instances: tuple[Any, Any], slots: FrameSlots
) -> None:
    seen: Seen = []
    play = tile(instances, slots, seen)
    now = time.monotonic()
    for number, packet in enumerate(numbered(30)):
        play.feed("h264", unit(packet, number / 15, now - (30 - number) / 15))
    until(lambda: seen and seen[-1][0] == 29, "the newest")
    assert len(seen) < 30
    assert all(at == now - (30 - number) / 15 for number, at in seen)
    assert play.behind_s(time.monotonic()) == 0.0
    play.end()


def reordered(count: int) -> list[tuple[bytes, bool, int]]:
    """A stream with B pictures that shows its numbers; decoding order."""
    context: Any = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = *SIZE, "yuv420p"
    context.time_base, context.gop_size, context.max_b_frames = Fraction(1, 15), 30, 2
    context.options = {"preset": "veryfast", "x264-params": "bframes=2:b-adapt=0"}
    packets = []
    for number in range(count):
        frame = bars(number)
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return [(bytes(packet), packet.is_keyframe, packet.pts) for packet in packets]


def test_pictures_out_of_order_keep_their_names(instances: tuple[Any, Any], slots: FrameSlots) -> None:
    seen: Seen = []
    play = tile(instances, slots, seen)
    packets = reordered(30)
    assert [pts for *_, pts in packets] != sorted(pts for *_, pts in packets)
    for data, key, pts in packets:
        time.sleep(0.02)
        # Each in its place of the camera's time, given as it is decoded.
        play.feed("h264", Unit(data, pts * CLOCK_HZ // 15, key, 1e9 + pts))
    until(lambda: len(seen) >= 25, "most pictures")
    play.end()
    assert [number for number, _at in seen] == sorted(number for number, _at in seen)
    assert all(at == 1e9 + number for number, at in seen)


def encoded(
    codec: str, claimed: int, count: int = 20, size: tuple[int, int] = SIZE
) -> list[tuple[bytes, bool]]:
    """A stream that claims ``claimed`` pictures a second."""
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height = size
    context.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    context.time_base, context.framerate = Fraction(1, claimed), Fraction(claimed, 1)
    if codec == "libx265":
        context.options = {"x265-params": "keyint=10:bframes=0:log-level=none", "preset": "ultrafast"}
    elif codec == "libx264":
        context.options = {"preset": "veryfast", "tune": "zerolatency", "x264-params": "force-cfr=1"}
    packets: list[Any] = []
    for number in range(count):
        frame = av.VideoFrame(*size, context.pix_fmt)
        for plane in frame.planes:
            plane.update(bytes([40 + 8 * number]) * plane.buffer_size)
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return [(bytes(packet), packet.is_keyframe) for packet in packets]


@pytest.mark.parametrize(
    ("codec", "name", "claimed"),
    [("libx265", "hevc", 15), ("mjpeg", "mjpeg", 15), ("libx264", "h264", 1), ("libx264", "h264", 60)],
)
def test_all_codecs_and_streams_that_lie_about_their_rate(
    instances: tuple[Any, Any], slots: FrameSlots, codec: str, name: Codec, claimed: int
) -> None:
    """Twenty-five pictures a second of a stream that claims one, or sixty."""
    seen: Seen = []
    play = tile(instances, slots, seen, (160, 96))
    packets = encoded(codec, claimed)
    held = 1 if name == "mjpeg" else 0
    played(play, [unit(packet, n / 25, float(n)) for n, packet in enumerate(packets)], seen, name, held)
    assert [at for _number, at in seen] == [float(n) for n in range(len(packets) - held)]
    assert play.source == SIZE
    assert play.size == (160, 96)
    assert slots.read("x").stride == 640  # type: ignore[union-attr]
    play.end()


@pytest.mark.parametrize(
    ("source", "box", "wanted"),
    [
        ((1920, 1080), (214, 120), (212, 120)),
        ((854, 480), (640, 360), (640, 358)),
        ((640, 362), (0, 0), (640, 362)),
        ((1080, 1920), (320, 180), (100, 180)),
        ((2560, 1440), (0, 0), (1920, 1080)),
    ],
)
def test_any_size_fills_its_picture_to_the_last_row(
    instances: tuple[Any, Any],
    slots: FrameSlots,
    source: tuple[int, int],
    box: tuple[int, int],
    wanted: tuple[int, int],
) -> None:
    """libVLC decodes a few rows more than a camera means."""
    ends: list[set[int]] = []
    play = TilePlay(
        instances, slots.ensure("x"), box, UtcMap(), lambda _at, pixels: ends.append(set(pixels[-399::4]))
    )
    for number, packet in enumerate(encoded("libx264", 15, 3, source)):
        play.feed("h264", unit(packet, number / 15, time.monotonic()))
    until(lambda: ends, "a picture")
    assert play.size == wanted
    assert play.source == source
    assert all(len(end) == 1 and 100 < min(end) < 220 for end in ends), "one colour all along"
    play.end()


def test_a_damaged_picture_costs_no_other_its_name(instances: tuple[Any, Any], slots: FrameSlots) -> None:
    seen: Seen = []
    play = tile(instances, slots, seen)
    packets = numbered(60)
    units = [unit(packet, n / 15, float(n)) for n, packet in enumerate(packets)]
    units[10] = Unit(b"\0\0\0\1\x41" + bytes(range(200)), units[10].pts, False, 10.0)
    del units[12]
    for one in units:
        play.feed("h264", one)
        time.sleep(0.01)
    until(lambda: seen and seen[-1][1] == 59.0, "the last picture")
    # After the next key frame (30) every picture is whole again.
    assert [(n, at) for n, at in seen if at >= 30] == [(n, float(n)) for n in range(30, 60)]
    play.end()


def test_what_is_no_stream_ends_with_a_line_in_the_log(
    instances: tuple[Any, Any], slots: FrameSlots, caplog: pytest.LogCaptureFixture
) -> None:
    play = tile(instances, slots, [])
    play.feed("h264", Unit(b"no picture", 0, False, 0.0))
    assert not play.ended
    with caplog.at_level("CRITICAL", "console.feeds.vlc_tile"):
        play.feed("h264", Unit(b"\0\0\0\1no picture at all", 0, True, 0.0))
    assert play.ended
    assert play.size == (0, 0)
    play.end()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.02, 0.04, 0.066, 0.2, 1.4, 2.0, 3600.0, -50.0]), st.booleans()),
        min_size=1,
        max_size=60,
    ),
    st.integers(0, 1 << 40),
    st.sampled_from([1 / 5, 1 / 15, 1 / 60]),
)
def test_names_survive_rounding_and_pictures_that_are_lost(
    steps: list[tuple[float, bool]], shift: int, rounding: float
) -> None:
    """Given all at once, some of them never coming out."""
    times, ticks, given_out = PictureTimes(), 1 << 32, []
    before = None
    for step, _lost in steps:
        ticks += round(step * CLOCK_HZ)
        stamps = times.stamp(ticks, float(len(given_out)))
        assert stamps.pts > stamps.dts > 0
        if before is not None:
            assert before.dts < stamps.dts <= before.dts + GAP_S * STRETCH * 1e6
            assert stamps.pts >= before.pts + 2e6 * rounding
        before = stamps
        given_out.append(stamps.pts + shift)
    for number, (out, (_step, lost)) in enumerate(zip(given_out, steps, strict=True)):
        if number == 0 or not lost:
            assert times.taken(int(out - out % (rounding * 1e6))) == number


def test_a_picture_that_was_never_given_has_no_name() -> None:
    times = PictureTimes()
    assert times.taken(5) is None
    first, second = times.stamp(0, 1.0), times.stamp(6000, 2.0)
    assert times.taken(first.pts) == 1.0
    assert times.taken(second.pts) == 2.0
    assert times.taken(second.pts) is None


@pytest.mark.logs("PyAV decodes")
def test_a_libvlc_without_the_modules_leaves_tiles_to_pyav(
    monkeypatch: pytest.MonkeyPatch, slots: FrameSlots
) -> None:
    monkeypatch.setattr(doctor, "TILE_PLUGINS", ("imem", "nonesuch"))
    view = View("a")
    view.budget, view.slot_name = Budget("moving", *SIZE), slots.ensure("x")
    thread = VlcDecoders(0, UtcMap())
    thread.start()
    for number, packet in enumerate(numbered(5)):
        thread.put(view, unit(packet, number / 15, time.monotonic()))
    until(lambda: slots.seq("x"), "a picture all the same")
    thread.stop()
    thread.join(10.0)
    assert not thread.is_alive()
    assert view.pictures > 0
