"""What the feed tests share: waiting by condition, units made of real video."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av

from console.feeds.rtp import Codec, Unit, nal_units

STREET = Path(__file__).resolve().parents[2] / "resources" / "street"
#: Nothing asserts this long; it only ends a test that would never end.
PATIENCE_S = 20.0


def until(condition: Callable[[], object], what: str = "", patience_s: float = PATIENCE_S) -> None:
    """Wait until ``condition`` holds; fail when it does not come to pass."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)


@lru_cache(maxsize=2)
def street_units(name: str = "plaza-a.mp4", fps: int = 15) -> tuple[Unit, ...]:
    """The access units of a street clip, as a camera would send them."""
    units: list[Unit] = []
    with av.open(str(STREET / name)) as container:
        stream = container.streams.video[0]
        filters = av.BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            for out in filters.filter(packet if packet.size else None):
                count = len(units)
                at = 1000.0 + count / fps
                units.append(Unit(bytes(out), count * 90_000 // fps, out.is_keyframe, at))
    return tuple(units)


@lru_cache(maxsize=2)
def hevc_units(count: int = 30) -> tuple[Unit, ...]:
    """Access units of a small H.265 stream with a key frame every ten."""
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt = 160, 96, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 15), Fraction(15, 1)
    context.options = {
        "x265-params": "keyint=10:min-keyint=10:bframes=0:log-level=none",
        "preset": "ultrafast",
    }
    packets = []
    for number in range(count):
        frame = av.VideoFrame(160, 96, "yuv420p")
        for index, plane in enumerate(frame.planes):
            level = (number * 8) % 256 if index == 0 else 128
            plane.update(bytes([level]) * plane.buffer_size)
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return tuple(Unit(bytes(p), n * 6000, p.is_keyframe, 1000.0 + n / 15) for n, p in enumerate(packets))


def packetise(codec: Codec, units: Sequence[Unit], sizes: Callable[[], int], aggregate: Callable[[], bool],
              first_seq: int = 65_530, first_stamp: int = 0xFFFF_F000) -> list[bytes]:  # fmt: skip
    """RTP packets of access units: NAL units longer than ``sizes()`` go as
    fragments, neighbours are put together when ``aggregate()`` says so."""
    packets: list[bytes] = []

    def emit(payload: bytes, pts: int, last: bool) -> None:
        seq = (first_seq + len(packets)) & 0xFFFF
        stamp = (first_stamp + pts) & 0xFFFFFFFF
        head = bytes([0x80, 96 | (0x80 if last else 0)])
        packets.append(head + seq.to_bytes(2, "big") + stamp.to_bytes(4, "big") + b"\0\0\0\7" + payload)

    for unit in units:
        nals = nal_units(unit.data)
        at = 0
        while at < len(nals):
            together = [nals[at]]
            while aggregate() and at + len(together) < len(nals) and sum(map(len, together)) < 1200:
                together.append(nals[at + len(together)])
            at += len(together)
            payloads = _payloads(codec, together, sizes())
            for index, payload in enumerate(payloads):
                emit(payload, unit.pts, at >= len(nals) and index == len(payloads) - 1)
    return packets


def _payloads(codec: Codec, nals: list[bytes], size: int) -> list[bytes]:
    if len(nals) > 1 and all(len(nal) < 65_000 for nal in nals) and sum(map(len, nals)) < 60_000:
        body = b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)
        return [(b"\x78" if codec == "h264" else b"\x60\x01") + body]
    return [payload for nal in nals for payload in _fragments(codec, nal, size)]


def _fragments(codec: Codec, nal: bytes, size: int) -> list[bytes]:
    if len(nal) <= size:
        return [nal]
    if codec == "h264":
        indicator, kind, body = bytes([nal[0] & 0xE0 | 28]), nal[0] & 0x1F, nal[1:]
    else:
        indicator, kind, body = bytes([nal[0] & 0x81 | 49 << 1, nal[1]]), nal[0] >> 1 & 0x3F, nal[2:]
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    out = []
    for index, piece in enumerate(pieces):
        flags = (0x80 if index == 0 else 0) | (0x40 if index == len(pieces) - 1 else 0)
        out.append(indicator + bytes([flags | kind]) + piece)
    return out
