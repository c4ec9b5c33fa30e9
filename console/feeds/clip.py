"""Files from the ring: MP4 remuxed without re-encoding, JPEG of one picture."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from console.feeds.rtp import CLOCK_HZ, Codec, Unit, nal_units

_TICK: Final = Fraction(1, CLOCK_HZ)
#: JPEG quantiser of a snapshot: 2 is the best the encoder knows, 31 the worst.
_JPEG_QUANTISER: Final = 3
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


class NoPicture(Exception):
    """The units hold nothing that can be decoded or muxed."""


@contextlib.contextmanager
def template(codec: Codec, key_frame: bytes) -> Iterator[Any]:
    """A stream (``av.VideoStream``) with the parameters a key frame announces,
    to copy into an output container. Raises :class:`NoPicture`."""
    try:
        container: Any = av.open(io.BytesIO(key_frame), format=codec)
    except av.FFmpegError as error:
        raise NoPicture(str(error)) from error
    try:
        if not container.streams.video or not container.streams.video[0].codec_context.width:
            raise NoPicture("no size in the key frame")
        yield container.streams.video[0]
    finally:
        container.close()


def decode_times(pts: Sequence[int]) -> list[int]:
    """Decoding times for presentation times in decoding order: growing, and
    never later than the presentation (B pictures arrive out of order)."""
    ordered = sorted(pts)
    lag = max((early - own for early, own in zip(ordered, pts, strict=True)), default=0)
    times: list[int] = []
    last: int | None = None
    for early in ordered:
        stamp = early - lag
        last = stamp if last is None or stamp > last else last + 1
        times.append(last)
    return times


def same_parameters(codec: Codec, units: Sequence[Unit]) -> list[Unit]:
    """The last run of units that share one set of parameters: a file cannot
    change its picture size in the middle."""
    start, marks = 0, b""
    for index, unit in enumerate(units):
        if unit.key:
            now = sequence_parameters(codec, unit.data)
            if marks and now != marks:
                start = index
            marks = now
    return list(units[start:])


def sequence_parameters(codec: Codec, data: bytes) -> bytes:
    """The sequence parameter set of a key frame."""
    for unit in nal_units(data[:4096]):
        if (unit[0] & 0x1F == 7) if codec == "h264" else ((unit[0] >> 1) & 0x3F == 33):
            return unit
    return b""


def write_mp4(codec: Codec, units: Sequence[Unit], target: Path) -> tuple[float, float]:
    """Write units, which begin with a key frame, as MP4. Returns the
    monotonic time of the first picture and the length in seconds. Raises
    :class:`NoPicture`, ``OSError``."""
    units = same_parameters(codec, units)
    if not units or not units[0].key:
        raise NoPicture("no key frame")
    first = units[0].pts
    stamps = [unit.pts - first for unit in units]
    ordered = sorted(stamps)
    usual = (ordered[-1] - ordered[0]) // (len(ordered) - 1) if len(ordered) > 1 else CLOCK_HZ // 25
    part = target.with_name(target.name + ".part")
    try:
        with template(codec, units[0].data) as parameters:
            options = {"movflags": "+faststart"}
            with av.open(str(part), "w", format="mp4", options=options) as output:
                stream = output.add_stream_from_template(parameters)
                stream.time_base = _TICK
                for unit, pts, dts in zip(units, stamps, decode_times(stamps), strict=True):
                    packet = av.Packet(unit.data)
                    packet.stream = stream
                    packet.time_base = _TICK
                    packet.pts, packet.dts, packet.is_keyframe = pts, dts, unit.key
                    packet.duration = max(1, usual)
                    output.mux(packet)
        os.replace(part, target)
    except av.FFmpegError as error:
        if isinstance(error, OSError) or error.errno in _NO_ROOM:
            raise OSError(error.errno, str(error)) from error
        raise NoPicture(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return units[0].at, (ordered[-1] + usual) / CLOCK_HZ


def newest_picture(codec: Codec, units: Sequence[Unit]) -> tuple[VideoFrame, float]:
    """Decode a group of pictures to its last one; returns it with the
    monotonic time of its arrival. Raises :class:`NoPicture`."""
    context = CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    newest: VideoFrame | None = None
    at = {unit.pts: unit.at for unit in units}
    for unit in [*units, None]:
        packet = None
        if unit is not None:
            packet = av.Packet(unit.data)
            packet.pts = unit.pts
        try:
            frames = context.decode(packet)
        except av.FFmpegError:
            continue  # a damaged picture in between; a later one may be whole
        if frames:
            newest = frames[-1]
    if newest is None:
        raise NoPicture("nothing decodable")
    return newest, at.get(newest.pts or 0, units[-1].at)


def write_jpeg(frame: VideoFrame, target: Path) -> None:
    """Write one picture as JPEG, whole or not at all. Raises ``OSError``."""
    encoder = CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"qmin": str(_JPEG_QUANTISER), "qmax": str(_JPEG_QUANTISER)}
    picture = frame.reformat(format="yuvj420p", threads=1)
    picture.pts = 0
    data = b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(data)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def describe(path: Path) -> tuple[str, int, int]:
    """Codec, width and height of the video in a file. Raises :class:`NoPicture`."""
    try:
        with av.open(str(path)) as container:
            context: Any = container.streams.video[0].codec_context
            return str(context.name), int(context.width), int(context.height)
    except (av.FFmpegError, IndexError) as error:
        raise NoPicture(str(error)) from error
