"""Street footage made ready for RTP once, so that a client costs almost nothing.

A clip is demultiplexed once and cut into RTP packets (RFC 6184: single NAL units
and FU-A) with the RTSP interleaved framing (RFC 2326 §10.12) already around
them. Serving a client means copying one picture's bytes and writing ten bytes
per packet: sequence number, timestamp and source. Nothing is encoded here.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av

from console.domain.errors import Refusal

#: RTP payload bytes per packet; what street cameras send, below an Ethernet frame.
MAX_PAYLOAD = 1400
#: RTP clock of video, RFC 6184 §8.2.1.
CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
#: ``$``, channel, length; then the first two octets of the RTP header.
_FRAMING = struct.Struct("!BBHBB")
#: Sequence number, timestamp, source: what differs from client to client.
STAMP = struct.Struct("!HII")
#: Distance from the start of an interleaved frame to the sequence number.
STAMP_AT = _FRAMING.size
_HEADER_BYTES = 12

_SLICE, _IDR = 1, 5


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit as it goes on the wire.

    ``wire`` holds interleaved RTP packets for channel 0 with empty stamps;
    ``stamps`` are the offsets of those stamps; ``octets`` counts payload bytes
    (for sender reports); ``key`` marks a picture a decoder can start from.
    """

    wire: bytes
    stamps: tuple[int, ...]
    octets: int
    key: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """A loop of pictures. ``step`` is the 90 kHz distance of two pictures."""

    name: str
    path: Path | None
    width: int
    height: int
    fps: int
    pictures: tuple[Picture, ...]
    sps: bytes
    pps: bytes

    @property
    def step(self) -> int:
        """RTP ticks from one picture to the next."""
        return CLOCK_HZ // self.fps

    @property
    def keys(self) -> tuple[int, ...]:
        """Indices of the key pictures."""
        return tuple(i for i, picture in enumerate(self.pictures) if picture.key)


def load_clip(source: Path | BinaryIO, name: str = "") -> Clip:
    """Read an H.264 MP4 without B frames.

    Raises ``Refusal('bad_file')`` when there is no such file, or when it is not
    H.264 in an MP4.
    """
    path = source if isinstance(source, Path) else None
    name = name or (path.stem if path else "")
    try:
        with av.open(str(path) if path else source, "r") as container:
            stream = container.streams.video[0]
            fps = round(float(stream.average_rate or 15))
            extradata = bytes(stream.codec_context.extradata or b"")
            width, height = stream.codec_context.width, stream.codec_context.height
            units = [bytes(packet) for packet in container.demux(stream) if packet.size]
    except (OSError, av.FFmpegError, IndexError) as error:
        raise Refusal("bad_file", "clip", file=name, why=str(error)) from error
    if not extradata or extradata[0] != 1 or not units:
        raise Refusal("bad_file", "clip", file=name, why="not H.264 in MP4")
    length_size = (extradata[4] & 3) + 1
    sps, pps = _parameter_sets(extradata)
    pictures = tuple(_picture(_nal_units(unit, length_size), sps, pps) for unit in units)
    return Clip(name, path, width, height, fps, pictures, sps, pps)


def _parameter_sets(extradata: bytes) -> tuple[bytes, bytes]:
    sps_len = int.from_bytes(extradata[6:8], "big")
    sps = extradata[8 : 8 + sps_len]
    at = 8 + sps_len + 1
    pps_len = int.from_bytes(extradata[at : at + 2], "big")
    return sps, extradata[at + 2 : at + 2 + pps_len]


def _nal_units(unit: bytes, length_size: int) -> Iterator[bytes]:
    at = 0
    while at + length_size <= len(unit):
        size = int.from_bytes(unit[at : at + length_size], "big")
        at += length_size
        yield unit[at : at + size]
        at += size


def _picture(nals: Iterator[bytes], sps: bytes, pps: bytes) -> Picture:
    """One picture's packets; a key picture is preceded by the parameter sets,
    as cameras do, so that a client that joins late needs nothing else."""
    slices = [nal for nal in nals if nal and nal[0] & 0x1F in (_SLICE, _IDR)]
    key = any(nal[0] & 0x1F == _IDR for nal in slices)
    payloads: list[bytes] = []
    for nal in ([sps, pps] if key else []) + slices:
        payloads.extend(_payloads(nal))
    wire = bytearray()
    stamps: list[int] = []
    for number, payload in enumerate(payloads):
        marker = 0x80 if number == len(payloads) - 1 else 0
        stamps.append(len(wire) + STAMP_AT)
        wire += _FRAMING.pack(0x24, 0, _HEADER_BYTES + len(payload), 0x80, marker | PAYLOAD_TYPE)
        wire += bytes(STAMP.size)
        wire += payload
    return Picture(bytes(wire), tuple(stamps), sum(map(len, payloads)), key)


def _payloads(nal: bytes) -> Iterator[bytes]:
    """A NAL unit whole, or as FU-A fragments (RFC 6184 §5.8)."""
    if len(nal) <= MAX_PAYLOAD:
        yield nal
        return
    indicator = (nal[0] & 0xE0) | 28
    kind = nal[0] & 0x1F
    for at in range(1, len(nal), MAX_PAYLOAD - 2):
        part = nal[at : at + MAX_PAYLOAD - 2]
        start = 0x80 if at == 1 else 0
        end = 0x40 if at + len(part) == len(nal) else 0
        yield bytes((indicator, start | end | kind)) + part


def sdp(clip: Clip, title: str) -> bytes:
    """The answer to DESCRIBE: one H.264 track, ``trackID=0``."""
    sets = b",".join(base64.b64encode(part) for part in (clip.sps, clip.pps)).decode("ascii")
    lines = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        f"s={title}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=range:npt=now-",
        "a=control:*",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}",
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={clip.sps[1:4].hex()};"
        f"sprop-parameter-sets={sets}",
        f"a=framerate:{clip.fps}",
        "a=control:trackID=0",
        "",
    )
    return "\r\n".join(lines).encode("ascii")


def encode_clip(
    target: Path | BinaryIO,
    frames: Iterator[av.VideoFrame],
    size: tuple[int, int],
    fps: int,
    bit_rate: int,
    key_s: float,
) -> None:
    """Encode pictures to H.264 in MP4, without B frames, a key picture every
    ``key_s`` seconds.

    Used once per size into the cache folder, and for the still pictures of the
    ``freeze`` and ``cover`` faults; never while a client is served.
    """
    gop = max(1, round(fps * key_s))
    options = {"preset": "veryfast", "sc_threshold": "0", "bf": "0", "g": str(gop), "keyint_min": str(gop)}
    with av.open(str(target) if isinstance(target, Path) else target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={**options, "threads": "1"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = bit_rate
        for index, frame in enumerate(frames):
            picture = frame.reformat(width=size[0], height=size[1], format="yuv420p")
            picture.pts, picture.time_base = index, Fraction(1, fps)
            picture.pict_type = av.video.frame.PictureType.NONE
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
