"""What is kept of a main stream for who joins between two key frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from random import Random

import av
import pytest

from console.feeds.channel import Channel
from console.feeds.decoder import DecoderThread, UtcMap
from console.feeds.main_stream import GROUP_UNITS, MainStream
from console.feeds.relays import relay
from console.feeds.ring import RingStore
from console.feeds.rtp import Unit
from console.feeds.sources import FeedSource
from tests.feeds.main_heard import Heard, main_stream
from tests.feeds.rig import street_units

#: Nobody listens there: what comes is given by hand.
NOBODY = "rtsp://127.0.0.1:9/main"


def long_group() -> list[Unit]:
    """A key frame, more pictures than are kept, and another group after it."""
    street = street_units()
    first = [street[0], *[u for u in street[1:] if not u.key]]
    while len(first) <= GROUP_UNITS:
        first += [u for u in street[1:] if not u.key]
    return first[: GROUP_UNITS + 5] + list(street[:3])


def give(stream: MainStream, units: Iterable[Unit]) -> None:
    for number, unit in enumerate(units):
        stream._deliver(unit.data, number * 6000, unit.key)


def run(story: Callable[[MainStream, Heard], None]) -> None:
    async def go() -> None:
        heard = Heard()
        async with main_stream(NOBODY, asyncio.Semaphore(1), heard) as stream:
            story(stream, heard)

    asyncio.run(go())


def test_all_of_a_group_is_kept_or_nothing() -> None:
    units = long_group()

    def story(stream: MainStream, heard: Heard) -> None:
        give(stream, units[:GROUP_UNITS])
        assert [u.data for u in stream.group] == [u.data for u in units[:GROUP_UNITS]]
        give(stream, units[GROUP_UNITS : GROUP_UNITS + 5])
        assert stream.group == []
        assert stream.shows
        assert len(heard.units) == GROUP_UNITS + 5, "who looks already goes on looking"
        give(stream, units[GROUP_UNITS + 5 :])
        assert [u.data for u in stream.group] == [u.data for u in units[-3:]]

    run(story)


def test_nothing_is_kept_or_told_before_the_first_key_frame() -> None:
    def story(stream: MainStream, heard: Heard) -> None:
        give(stream, street_units()[1:10])
        assert (stream.group, stream.shows, heard.units) == ([], False, [])

    run(story)


@pytest.mark.parametrize("late", [3, GROUP_UNITS + 2])
def test_who_joins_gets_pictures_that_can_be_decoded(late: int) -> None:
    """Joined after ``late`` pictures: from the key frame on, or from the next."""
    units, sent = long_group(), list[tuple[bytes, bool]]()

    async def story() -> None:
        source = FeedSource("c", "", NOBODY, NOBODY + "/sub")
        channel = Channel(
            source, RingStore(1 << 24), DecoderThread(0, UtcMap()), asyncio.Semaphore(1), Random(1), _ignore
        )
        relay(channel, True, "main", _ignore)  # somebody looks already
        assert channel.main is not None
        give(channel.main, units[:late])
        relay(channel, True, "main", lambda event: sent.append((event[3], event[5])))
        give(channel.main, units[late:])
        await channel.stop()

    asyncio.run(story())
    assert sent[0][1]
    assert len(sent) == (len(units) if late == 3 else 3)
    context = av.CodecContext.create("h264", "r")
    decoded = [f for data, _ in sent[:30] for f in context.decode(av.Packet(data))] + context.decode(None)
    assert len(decoded) == len(sent[:30])


def _ignore(_event: object) -> None: ...


def test_a_camera_can_be_told_of_before_its_first_report() -> None:
    async def story() -> tuple[str, float]:
        source = FeedSource("c", "", NOBODY)
        channel = Channel(
            source, RingStore(1 << 24), DecoderThread(0, UtcMap()), asyncio.Semaphore(1), Random(1), _ignore
        )
        report = channel.report()
        await channel.stop()
        return report.camera, report.unit_fps

    assert asyncio.run(story()) == ("c", 0.0)


def test_a_main_stream_seen_a_moment_ago_is_tried_soon() -> None:
    def tried_again(stream: MainStream, kind: str) -> float:
        stream.failed(kind, "")
        return stream.pause()

    def story(stream: MainStream, heard: Heard) -> None:
        never = [tried_again(stream, "refused") for _ in range(3)]
        assert never[-1] > 2.0
        stream._packet()
        assert max(tried_again(stream, "closed") for _ in range(3)) < 1.0
        assert heard.losses == 6

    run(story)
