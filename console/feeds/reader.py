"""What a channel reads a stream through, whatever the protocol.

``rtsp://`` is read by asyncio (:mod:`console.feeds.rtsp`), all else by FFmpeg's
demuxers in a thread of their own (:mod:`console.feeds.demux`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from console.feeds import demux
from console.feeds.rtp import Codec, Depacketiser, PacketSink
from console.feeds.rtp_jpeg import JpegDepacketiser
from console.feeds.rtp_sound import Sound, sound_sink
from console.feeds.rtsp import RtspError, RtspSession, open_session

#: ``deliver(data, pts, key)`` of a whole access unit; see ``Depacketiser``.
Deliver = Callable[[bytes, int, bool], None]


class Ears(NamedTuple):
    """Where a reader delivers: access units, the news that bytes came, and
    the sound of the stream when somebody wants it."""

    unit: Deliver
    packet: Callable[[], None]
    sound: Callable[[Sound], None] | None = None


class Reader(Protocol):
    """One connection to one stream. ``RtspError`` is the error of all of them."""

    codec: Codec
    note: str
    """A word on the kind of source: ``file``, or nothing."""

    @property
    def lost(self) -> int:
        """Packets missing."""
        ...

    @property
    def dropped(self) -> int:
        """Access units thrown away: torn, or waiting for a key frame."""
        ...

    @property
    def clock_base(self) -> float | None:
        """The camera's Unix time minus monotonic time; ``None`` unknown."""
        ...

    async def open(self) -> None:
        """Connect and begin to play. Raises ``RtspError``."""
        ...

    async def run(self) -> None:
        """Until the connection ends; raises ``RtspError`` with the reason."""
        ...

    def fail(self, error: RtspError) -> None:
        """End the connection for a reason."""
        ...

    def close(self) -> None:
        """Hang up; never blocks."""
        ...


class RtspReader:
    """RTSP over TCP, by asyncio."""

    def __init__(self, url: str, username: str, password: str, ears: Ears) -> None:
        self.codec: Codec = "h264"
        self.note = ""
        self._where = (url, username, password)
        self._ears = ears
        self._session: RtspSession | None = None
        self._sink: PacketSink | None = None

    @property
    def lost(self) -> int:
        """Packets missing by their sequence numbers."""
        return self._sink.lost if self._sink is not None else 0

    @property
    def dropped(self) -> int:
        """Access units thrown away."""
        return self._sink.dropped if self._sink is not None else 0

    @property
    def clock_base(self) -> float | None:
        """By the camera's sender reports."""
        return self._session.wire.camera_clock.base if self._session is not None else None

    async def open(self) -> None:
        """DESCRIBE, SETUP, PLAY. Raises ``RtspError``."""
        session = self._session = await open_session(*self._where)
        description = await session.describe()
        media = await session.setup(description)
        assert media.codec is not None
        self.codec = media.codec
        self._sink = packet_sink(media.codec, self._ears.unit, media.parameter_sets)
        if self._ears.sound is not None and description.audio is not None:
            sounds = sound_sink(description.audio, self._ears.sound)
            if sounds is not None:
                await session.setup_sound(description.audio, sounds)
        session.wire.on_packet = self._ears.packet
        await session.play(self._sink)

    async def run(self) -> None:
        """Keep the session alive until it ends."""
        assert self._session is not None
        await self._session.keep_alive()

    def fail(self, error: RtspError) -> None:
        """End the connection for a reason."""
        if self._session is not None:
            self._session.wire.fail(error)

    def close(self) -> None:
        """TEARDOWN without waiting for the answer."""
        if self._session is not None:
            self._session.close()


def packet_sink(codec: Codec, deliver: Deliver, parameter_sets: tuple[bytes, ...] = ()) -> PacketSink:
    """What takes the RTP packets of ``codec``."""
    if codec == "mjpeg":
        return JpegDepacketiser(deliver)
    return Depacketiser(codec, deliver, parameter_sets)


def reader_for(url: str, username: str, password: str, ears: Ears) -> Reader:
    """The reader that understands ``url``. Raises ``RtspError('unsupported')``."""
    if url.strip().lower().startswith("rtsp://"):
        return RtspReader(url, username, password, ears)
    return demux.DemuxReader(url, username, password, ears.unit, ears.packet, ears.sound)
