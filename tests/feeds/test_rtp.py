"""RTP packets come back as the access units they were made of."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.feeds.rtp import MAX_BAD_PACKETS, Codec, Depacketiser, Unit, nal_units
from tests.feeds.rig import hevc_units, packetise, street_units


def _feed(sink: Depacketiser, packets: list[bytes]) -> None:
    for packet in packets:
        # In the middle of a larger buffer, as on the wire.
        sink.feed(memoryview(b"\xff" * 7 + packet + b"\xee" * 5), 7, 7 + len(packet))


def _collect(
    codec: Codec, packets: list[bytes], sets: tuple[bytes, ...] = ()
) -> tuple[list[Unit], Depacketiser]:
    got: list[Unit] = []

    def deliver(data: bytes, pts: int, key: bool) -> None:
        got.append(Unit(data, pts, key, 0.0))

    sink = Depacketiser(codec, deliver, sets)
    _feed(sink, packets)
    return got, sink


def _units(codec: Codec) -> tuple[Unit, ...]:
    return street_units()[:36] if codec == "h264" else hevc_units()


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), largest=st.integers(300, 3000), join=st.floats(0, 1))
def test_any_cutting_gives_the_units_back(codec: Codec, seed: int, largest: int, join: float) -> None:
    chance = random.Random(seed)
    units = _units(codec)
    packets = packetise(codec, units, lambda: chance.randint(200, largest), lambda: chance.random() < join)
    got, sink = _collect(codec, packets)
    assert [nal_units(u.data) for u in got] == [nal_units(u.data) for u in units]
    assert [u.key for u in got] == [u.key for u in units]
    assert [u.pts - got[0].pts for u in got] == [u.pts - units[0].pts for u in units]
    assert (sink.lost, sink.dropped, sink.bad) == (0, 0, 0)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), lost=st.sets(st.integers(0, 200), min_size=1, max_size=4))
def test_after_a_loss_nothing_torn_comes_and_the_next_key_frame_resumes(
    codec: Codec, seed: int, lost: set[int]
) -> None:
    chance = random.Random(seed)
    units = _units(codec)
    packets = packetise(codec, units, lambda: 500, lambda: chance.random() < 0.5)
    # Nobody can know of a loss before the first packet.
    lost = {1 + index % (len(packets) - 1) for index in lost}
    got, sink = _collect(codec, [p for n, p in enumerate(packets) if n not in lost])
    whole = {tuple(nal_units(u.data)): n for n, u in enumerate(units)}
    numbers = [whole[tuple(nal_units(u.data))] for u in got]
    for before, after in itertools.pairwise(numbers):
        assert after == before + 1 or units[after].key
    if numbers:
        assert units[numbers[0]].key
    newest = max(set(range(len(packets))) - lost)
    assert sink.lost == sum(1 for index in lost if index < newest)


def test_parameter_sets_of_the_description_are_put_before_bare_key_frames() -> None:
    key = street_units()[0]
    sets = tuple(n for n in nal_units(key.data) if n[0] & 31 in (7, 8))
    bare = [n for n in nal_units(key.data) if n[0] & 31 == 5]
    unit = Unit(b"".join(b"\0\0\0\1" + n for n in bare), 0, True, 0.0)
    got, _ = _collect("h264", packetise("h264", [unit], lambda: 1000, lambda: False), sets)
    assert nal_units(got[0].data)[: len(sets)] == list(sets)


def test_parameter_sets_in_a_packet_of_their_own_with_a_marker_stay_with_the_picture() -> None:
    key = street_units()[0]
    nals = nal_units(key.data)
    split = [Unit(b"\0\0\0\1" + nal, 0, False, 0.0) for nal in nals]
    got, _ = _collect("h264", packetise("h264", split, lambda: 70_000, lambda: False))
    assert [nal_units(u.data) for u in got] == [nals]


def test_time_stamps_do_not_wrap() -> None:
    units = [Unit(street_units()[0].data, n * 0x3000_0000, True, 0.0) for n in range(12)]
    got, _ = _collect("h264", packetise("h264", units, lambda: 9000, lambda: False))
    assert [u.pts - got[0].pts for u in got] == [u.pts for u in units]


@given(st.lists(st.binary(max_size=80), max_size=60), st.sampled_from(["h264", "hevc"]))
def test_garbage_neither_raises_nor_makes_a_picture(junk: list[bytes], codec: Codec) -> None:
    got, _ = _collect(codec, junk)
    for unit in got:
        assert unit.key or unit is not got[0]


def test_what_is_no_rtp_is_counted_in_a_row() -> None:
    _, sink = _collect("h264", [b"\x00" * 40] * MAX_BAD_PACKETS)
    assert sink.bad == MAX_BAD_PACKETS
    _feed(sink, packetise("h264", [street_units()[0]], lambda: 900, lambda: False))
    assert sink.bad == 0
