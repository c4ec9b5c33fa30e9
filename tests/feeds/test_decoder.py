"""Decoding: what is shown, at what size, and what is dropped when it is late."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from fractions import Fraction

import av
import pytest

from console.feeds.clip import newest_picture
from console.feeds.decoder import DROP_S, DecoderThread, UtcMap, View, same_picture, target_size
from console.feeds.rtp import Unit
from console.feeds.slots import FrameSlots
from console.services.ports import Budget
from tests.feeds.rig import street_units


@pytest.fixture
def table() -> Iterator[FrameSlots]:
    made = FrameSlots()
    yield made
    made.close()


def _view(table: FrameSlots, mode: str) -> View:
    view = View("a")
    view.budget, view.slot_name = Budget(mode, 640, 360), table.ensure("a")
    return view


def _run(thread: DecoderThread, view: View, units: list[Unit], queued_at: float) -> None:
    """Decode as the thread would, on this one."""
    for unit in units:
        view.put += 1
        thread._queue.put((view, unit, queued_at, ("sub", view.codec)))
    thread.stop()
    thread.run()


def _now(units: tuple[Unit, ...]) -> list[Unit]:
    """The same units, arriving as they are decoded: never late, whatever else
    the machine does."""
    return [Unit(unit.data, unit.pts, unit.key, _in_time()) for unit in units]


def _in_time() -> float:
    return time.monotonic() + 60.0


@pytest.mark.parametrize(
    ("source", "box", "size"),
    [
        ((640, 360), (640, 360), (640, 360)),
        ((640, 360), (1280, 720), (640, 360)),
        ((640, 360), (480, 270), (640, 360)),  # scaling would cost more than it saves
        ((640, 360), (320, 180), (320, 180)),
        ((1280, 720), (320, 320), (320, 180)),
        ((3840, 2160), (0, 0), (1920, 1080)),
        ((352, 288), (0, 0), (352, 288)),
        ((640, 360), (1, 1), (2, 2)),
    ],
)
def test_the_size_that_costs_least(
    source: tuple[int, int], box: tuple[int, int], size: tuple[int, int]
) -> None:
    assert target_size(*source, Budget("moving", *box)) == size


def test_late_units_are_dropped_to_the_next_key_frame(table: FrameSlots) -> None:
    thread, view = DecoderThread(0, UtcMap()), _view(table, "moving")
    units = _now(street_units()[:60])  # key frames at 0 and 30
    _run(thread, view, units[:10], _in_time())
    assert (view.pictures, view.dropped) == (10, 0)
    _run(thread, view, units[10:15], time.monotonic() - DROP_S - 1)
    _run(thread, view, units[15:40], _in_time())
    assert view.dropped == 20
    assert view.pictures == 20
    assert view.errors == 0
    assert view.slot is not None
    view.slot.close()


def test_the_past_is_decoded_but_only_the_newest_shown(table: FrameSlots) -> None:
    thread, view = DecoderThread(0, UtcMap()), _view(table, "moving")
    old = [Unit(u.data, u.pts, u.key, time.monotonic() - 2) for u in street_units()[:20]]
    for unit in old:
        view.put += 1
        thread._queue.put((view, unit, _in_time(), ("sub", view.codec)))
    thread.stop()
    thread.run()
    assert view.pictures == 1
    assert table.seq("a") == 1
    assert view.slot is not None
    view.slot.close()


def test_slow_takes_key_frames_alone(table: FrameSlots) -> None:
    thread, view = DecoderThread(0, UtcMap()), _view(table, "slow")
    _run(thread, view, _now(street_units()[:61]), _in_time())
    assert view.pictures == 3
    assert view.context is None
    assert view.slot is not None
    view.slot.close()


def test_broken_data_is_counted_and_mended_by_the_next_key_frame(table: FrameSlots) -> None:
    thread, view = DecoderThread(0, UtcMap()), _view(table, "moving")
    units = _now(street_units()[:32])
    junk = Unit(b"\0\0\0\1\x65" + b"\xff" * 200, units[0].pts, True, units[0].at)
    _run(thread, view, [junk], _in_time())
    assert (view.errors, view.pictures) == (1, 0)
    _run(thread, view, units, _in_time())
    assert (view.errors, view.pictures) == (0, 32)
    assert view.slot is not None
    view.slot.close()


def _sample(frame: av.VideoFrame) -> bytes:
    return bytes(memoryview(frame.planes[0])[::61])


def test_a_frozen_picture_is_told_from_a_quiet_street() -> None:
    units = [unit for unit in street_units("plaza-night.mp4") if unit.key][:5]
    samples = [_sample(newest_picture("h264", [unit])[0]) for unit in units]
    for before, after in itertools.pairwise(samples):
        assert not same_picture(after, before)
    # The same camera with its sensor stuck: one picture, encoded again and again.
    stuck = newest_picture("h264", [units[0]])[0]
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = stuck.width, stuck.height, "yuv420p"
    context.time_base = Fraction(1, 15)
    context.options = {"preset": "veryfast", "b": "450k", "x264-params": "keyint=30:scenecut=0:bframes=0"}
    packets = []
    for number in range(181):
        frame = av.VideoFrame.from_ndarray(stuck.to_ndarray(), format="yuv420p")
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    keys = [Unit(bytes(p), 0, True, 0.0) for p in packets if p.is_keyframe]
    assert len(keys) == 7
    again = [_sample(newest_picture("h264", [key])[0]) for key in keys]
    # The first are still being tuned; for the last the encoder cannot look ahead.
    for before, after in itertools.pairwise(again[2:-1]):
        assert same_picture(after, before)
    assert not same_picture(samples[0], b"")


def test_the_same_picture_after_an_outage_did_not_stand_still_meanwhile(table: FrameSlots) -> None:
    thread, view = DecoderThread(0, UtcMap()), _view(table, "moving")
    key = street_units()[:1]
    _run(thread, view, _now(key), _in_time())
    begun = view.changed_at
    _run(thread, view, _now(key), _in_time())
    assert view.same_since == begun, "the picture stands still"
    view.interrupted = True
    _run(thread, view, _now(key), _in_time())
    assert view.same_since is not None
    assert view.same_since > begun, "counted from where pictures came again"
    assert not view.interrupted
    assert view.slot is not None
    view.slot.close()
